"""Where a quote stands: exact re-anchoring in a new version, W3C selectors, text-fragment links, verification.

A quote is found again only by its exact words. A similar sentence is never taken for it.
"""

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import quote as percent

CONTEXT = 32
"""Characters of prefix and suffix in a TextQuoteSelector (W3C Web Annotation Data Model, 4.2.4)."""
LONG_QUOTE = 300
"""A text fragment longer than this is written as its first and last words."""
EDGE_WORDS = 5


@dataclass(frozen=True, slots=True)
class Found:
    """Where the exact words stand in a text: code points, end exclusive."""

    start: int
    end: int


def sha256(text: str) -> str:
    """The SHA-256 of a text's UTF-8 bytes, hexadecimal (lone surrogates are kept as they are)."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def holds(text: str, start: int, end: int, exact: str, exact_sha256: str) -> bool:
    """Law 1: the words at the place are the words kept, and their hash is the hash kept."""
    return 0 <= start < end <= len(text) and text[start:end] == exact and sha256(exact) == exact_sha256


def find_again(exact: str, old: str, old_start: int, new: str) -> Found | None:
    """The place of the exact words in a new version, or None.

    When they stand there more than once, the one with the same words before and after is taken; if several are as good,
    the first that keeps its order.
    """
    places = [found.start() for found in re.finditer(re.escape(exact), new)]
    if not places:
        return None
    before = old[max(0, old_start - CONTEXT) : old_start]
    after = old[old_start + len(exact) : old_start + len(exact) + CONTEXT]

    def likeness(place: int) -> int:
        left = new[max(0, place - CONTEXT) : place]
        right = new[place + len(exact) : place + len(exact) + CONTEXT]
        return _shared_end(before, left) + _shared_start(after, right)

    best = max(places, key=lambda place: (likeness(place), -places.index(place)))
    return Found(best, best + len(exact))


def selectors(text: str, start: int, end: int) -> list[dict[str, str | int]]:
    """The place as W3C selectors: TextQuoteSelector and TextPositionSelector."""
    return [
        {
            "type": "TextQuoteSelector",
            "exact": text[start:end],
            "prefix": text[max(0, start - CONTEXT) : start],
            "suffix": text[end : end + CONTEXT],
        },
        {"type": "TextPositionSelector", "start": start, "end": end},
    ]


def text_fragment(exact: str) -> str:
    """The `#:~:text=` part of a link to these words (WICG Scroll-to-Text-Fragment); long ones by first and last words."""
    words = " ".join(exact.split())
    parts = words.split(" ")
    if len(words) > LONG_QUOTE or "\n" in exact:
        return f"#:~:text={_escape(' '.join(parts[:EDGE_WORDS]))},{_escape(' '.join(parts[-EDGE_WORDS:]))}"
    return f"#:~:text={_escape(words)}"


def _escape(text: str) -> str:
    # "-", "," and "&" have a meaning inside a fragment directive; `quote` leaves "-" alone.
    return percent(text, safe="").replace("-", "%2D")


def _shared_start(one: str, other: str) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _shared_end(one: str, other: str) -> int:
    return _shared_start(one[::-1], other[::-1])
