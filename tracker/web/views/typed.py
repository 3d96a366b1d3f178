"""What goes back into a form: exactly what was typed, unlike every other text a page shows (`tracker.speech.display`)."""


class Typed(str):
    """A text that goes back into a form exactly as it was typed."""

    __slots__ = ()


def as_typed(value: str) -> Typed:
    """Mark a text that must come back from the form unchanged."""
    return Typed(value)
