"""Finds the phrases of a language file in a text: in small letters, at the beginnings of words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache


def lowered(text: str) -> str:
    """A text in small letters, code point for code point: letters whose small form is longer stay as they are."""
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


def either(words: Iterable[str], blank: str = r"\s+") -> str:
    r"""Words or phrases as alternatives of a regular expression, the longest first; none of them matches nothing.

    ``*`` stands for any letters, a blank for ``blank``.
    """
    ordered = sorted(words, key=lambda w: (-len(w), w))
    return "|".join(re.escape(w).replace(r"\*", r"\w*").replace(r"\ ", blank) for w in ordered) or r"(?!)"


@lru_cache(maxsize=1024)
def any_of(words: frozenset[str] | tuple[str, ...]) -> re.Pattern[str]:
    """Find any of some words or phrases as whole words, in capitals or not."""
    return re.compile(rf"(?<!\w)(?:{either(words)})(?!\w)", re.IGNORECASE)


@lru_cache(maxsize=256)
def beginning(words: frozenset[str] | tuple[str, ...]) -> re.Pattern[str]:
    """Find any of some words or phrases anywhere, whatever stands around them, in capitals or not."""
    return re.compile(either(words), re.IGNORECASE)


@lru_cache(maxsize=256)
def any_ending(endings: tuple[str, ...]) -> re.Pattern[str]:
    """Find any of some endings at the end of a word."""
    return re.compile(rf"(?:{either(endings)})$")
