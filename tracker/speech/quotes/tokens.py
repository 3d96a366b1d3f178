"""Words and sentences of a text, a quotation counting as one word.

A stretch between quotation marks is collapsed to one token ("<Q…>"), so that a sentence stays a sentence however
much is quoted in it: ``<Q> Ms Ray said .`` The tagger never looks inside the marks, where another person speaks.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from tracker.speech.languages.data import Language
from tracker.speech.languages.glue import seams, unglued
from tracker.speech.quotes.marks import Region

ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof sen sens rep reps gov gen col lt capt sgt rev hon jr sr st vs etc inc corp co no jan feb mar apr "
    "jun jul aug sept sep oct nov dec mon tue wed thu fri sat sun ave ariz calif colo conn del fla ga ill ind kan ky la "
    "mass md mich minn miss mo mont neb nev okla ore pa tenn tex va vt wash wis u.s bzw usw ca nr abs bspw dipl hr fr "
    "proz г гг тыс млн млрд им ул рис стр ok pan np tzn dr hab ul sra sr dña ud uds mme mlle".split()
)
GLUED = 6
"""Letters from which a word may be two."""
LONGEST = 100
"""A longer sentence is cut: keeps the cost linear in texts without full stops."""

_PIECE = re.compile(
    r"\s+|(?:[^\W\d_]\.){2,}|[^\W\d_]\.(?=\s+[^\W\d_])"  # U.S.  J.
    r"|\w+(?:[.,]\d+|[-&/@]\w+|['’](?![sS]\b)\w+)*"  # 1,000  Smith-Jones  didn't
    r"|['’][sS]\b|--+|\.{2,}|[^\w\s]"
)
"""Every character belongs to exactly one piece, so that lengths add up to offsets."""
_ENDERS = frozenset({".", "!", "?", "…", "...", "....", ")", "]"})
SIZES = (1, 2, 4, 8)
"""Words from which a quotation is of the next size."""
_QUOTE_END = re.compile(r"[.!?…,:;—–-]\W*$")


@dataclass(slots=True)
class Tokens:
    """The tokens of a text: offsets, lower-case words and shapes; ``sentences`` are ranges of token indexes."""

    text: str
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    shapes: list[int] = field(default_factory=list)
    region: dict[int, int] = field(default_factory=dict)
    sentences: list[tuple[int, int]] = field(default_factory=list)
    paragraph: list[int] = field(default_factory=list)

    def at(self, offset: int) -> int:
        """Give the index of the first token that ends after ``offset``."""
        return bisect_left(self.ends, offset + 1)

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Give the code points from token ``first`` to token ``last`` (included)."""
        return self.starts[first], self.ends[last]


LOWER, TITLE, UPPER, NUMBER, PUNCTUATION, QUOTE, SPACE = range(7)


@lru_cache(maxsize=65536)
def _shape(word: str) -> tuple[str, int]:
    """Give the lower-case form and the shape of a word."""
    first = word[0]
    if first.isspace():
        return "", SPACE
    if first.isalpha():
        if first.islower():
            return word, LOWER
        if len(word) > 1 and word.isupper():
            return word.lower(), UPPER
        return word.lower(), TITLE
    if first.isdigit():
        return re.sub(r"\d", "0", word), NUMBER
    return {"’s": "'s", "’S": "'s", "'S": "'s", "’": "'", "–": "—", "--": "—"}.get(word, word.lower()), PUNCTUATION


def _quote_word(text: str, region: Region) -> str:
    inner = text[region.inner : region.outer]
    words = inner.count(" ") + 1
    size = max(n for n in SIZES if n <= words)
    upper = "u" if inner[:1].isupper() or inner[1:2].isupper() else "l"
    found = _QUOTE_END.search(inner[-4:])
    mark = found.group()[0] if found else ""
    mark = "." if mark == "…" else "-" if mark in "—–:;" and mark else mark
    return f"<Q{size}{upper}{mark}>"


def _apart(piece: str, language: Language) -> Iterator[str]:
    at = 0
    for seam in seams(piece, language) if len(piece) > GLUED else ():
        yield piece[at:seam]
        at = seam
    yield piece[at:]


class _Splitter:
    """Builds the tokens of a text and cuts them into sentences."""

    def __init__(self, text: str, language: Language | None) -> None:
        self.out = Tokens(text)
        self.first = 0
        self.language = language if unglued(language) else None

    def words(self, start: int, end: int) -> None:
        out = self.out
        starts, ends, words, shapes = out.starts, out.ends, out.words, out.shapes
        at = start
        for piece in self._pieces(start, end):
            word, shape = _shape(piece)
            first, at = at, at + len(piece)
            if shape == SPACE:
                continue
            if word == "." and words and ends[-1] == first and words[-1] in ABBREVIATIONS and shapes[-1] != QUOTE:
                words[-1] += "."
                ends[-1] = at
                continue
            starts.append(first)
            ends.append(at)
            words.append(word)
            shapes.append(shape)

    def _pieces(self, start: int, end: int) -> Iterable[str]:
        """Give the words and the white space of a stretch, glued words apart."""
        found: list[str] = _PIECE.findall(self.out.text, start, end)
        if self.language is None:
            return found
        return (part for piece in found for part in _apart(piece, self.language))

    def quote(self, index: int, region: Region) -> None:
        out = self.out
        out.region[len(out.words)] = index
        out.starts.append(region.start)
        out.ends.append(region.end)
        out.words.append(_quote_word(out.text, region))
        out.shapes.append(QUOTE)

    def sentences(self, paragraph: int) -> None:
        """Cut what was read since the last call, one paragraph, into sentences."""
        out, start, stop = self.out, self.first, len(self.out.words)
        words = out.words
        for index in [i for i in range(start, stop - 1) if words[i] in _ENDERS or words[i][0] == "<"]:
            if self._ends(index, index + 1, stop):
                self._sentence(start, index + 1, paragraph)
                start = index + 1
        if start < stop:
            self._sentence(start, stop, paragraph)
        self.first = stop

    def _sentence(self, start: int, stop: int, paragraph: int) -> None:
        for first in range(start, stop, LONGEST):
            self.out.sentences.append((first, min(stop, first + LONGEST)))
            self.out.paragraph.append(paragraph)

    def _ends(self, index: int, follows: int, stop: int) -> bool:
        out = self.out
        word, shape = out.words[index], out.shapes[follows]
        if out.shapes[index] == QUOTE:
            return word[-2] == "." and shape in (TITLE, UPPER, QUOTE, NUMBER)
        if word in (")", "]") and index and out.words[index - 1] == ".":
            return shape in (TITLE, UPPER, QUOTE)
        if word in (")", "]"):
            return False
        if shape == PUNCTUATION:
            return out.words[follows] in ("—", "(", "[", "'", "*", "•", "‘", "#") and follows + 1 < stop
        return shape in (TITLE, UPPER, QUOTE) or (shape == NUMBER and word != "…")


def tokens(
    text: str, paragraphs: list[tuple[int, int]], regions: list[Region], language: Language | None = None
) -> Tokens:
    """Give the tokens of a text whose paragraphs and quoted regions are known."""
    splitter = _Splitter(text, language)
    following = 0
    for number, (start, end) in enumerate(paragraphs):
        at = start
        while following < len(regions) and regions[following].start < end:
            region = regions[following]
            if region.start >= at:
                splitter.words(at, region.start)
                splitter.quote(following, region)
                at = region.end
            following += 1
        splitter.words(at, end)
        splitter.sentences(number)
    return splitter.out
