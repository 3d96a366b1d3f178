"""On the Record: who said what, when, and what changed around an event."""
