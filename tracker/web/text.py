"""What a page may write: every text that a template puts out goes through `inert`, so that no page can forget it.

A source, a speaker or a colleague may carry characters that reorder or hide the letters beside them (U+202E in a name
turns the rest of the line around). Evidence keeps them; a page removes the invisible and shows a control character as U+FFFD.
Arabic, Hebrew and their marks stay.
"""

import re

from tracker.speech.wording import visible

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufff9-\ufffb\ufffe\uffff]")


class Typed(str):
    """A text that goes back into a form exactly as it was typed."""

    __slots__ = ()


def as_typed(value: str) -> Typed:
    """Mark a text that must come back from the form unchanged."""
    return Typed(value)


def inert(value: object) -> object:
    """A value as a page shows it; what is no plain text, such as finished HTML or `Typed`, stays as it is."""
    if type(value) is not str or (value.isascii() and value.isprintable()):
        return value
    return CONTROL.sub("\ufffd", visible(value))
