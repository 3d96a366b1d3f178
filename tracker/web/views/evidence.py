"""Which codings a visitor sees: confirmed ones alone, unless the address or the visitor's role asks for suggestions too."""

from tracker.web import forms
from tracker.web.context import can

SHOW = ("confirmed", "all")


def shown_evidence() -> str:
    """What `show` in the address says, confirmed or all; without it colleagues who review see all. Raises `Malformed`."""
    return forms.choice("show", SHOW[::-1] if can("review") else SHOW)


def confirmed_only() -> bool:
    """Whether suggestions are left out of what this visitor sees."""
    return shown_evidence() == "confirmed"
