"""Finds the phrases of a language file in a text: in small letters, at the beginnings of words."""

from __future__ import annotations

import re
from collections.abc import Iterable


def lowered(text: str) -> str:
    """Give a text in small letters, code point for code point: letters whose small form is longer stay as they are."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c if len(c.lower()) > 1 else c.lower() for c in text)


def phrases(words: Iterable[str], after: str = r"(?!\w)") -> re.Pattern[str]:
    """Find any of some phrases at the beginning of a word of a ``lowered`` text, the longest that fits.

    A pattern that begins with a class of letters lets the machine leap over all other places: so the first letter is
    taken by its class, and what stands before it is looked at behind it.
    """
    rest: dict[str, list[str]] = {}
    for word in sorted({w.lower() for w in words if w}, key=lambda w: (-len(w), w)):
        rest.setdefault(re.escape(word[0]), []).append(re.escape(word[1:]))
    if not rest:
        return re.compile(r"(?!)")
    first = f"[{''.join(rest)}]"
    each = "|".join(f"(?<={letter})(?:{'|'.join(ends)})" for letter, ends in rest.items())
    return re.compile(rf"{first}(?<!\w{first})(?:{each}){after}")
