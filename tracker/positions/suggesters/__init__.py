"""What suggests positions: phrases, what was learned from confirmed codings, a model at an address. All pure, one interface.

`types.Suggester` is the interface, `assertion` the gate that all share. A suggestion is never more than that: it counts
nowhere, is in no mail, and a person confirms.
"""
