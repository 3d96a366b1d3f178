"""Words and sentences of a text, a quotation counting as one word.

A stretch between quotation marks is collapsed to one token ("<Q…>"), so that a sentence stays a sentence however
much is quoted in it: ``<Q> Ms Ray said .`` The tagger never looks inside the marks, where another person speaks.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate, compress
from operator import itemgetter, sub

from tracker.languages.data import Language, or_default
from tracker.languages.joined_words import has_joined_words, split_joined_words
from tracker.languages.phrases import lowered
from tracker.speech.tokens.marks import Region

GLUED = 5
"""Letters from which a word may be two."""
LONGEST = 100
"""A longer sentence is cut: keeps the cost linear in texts without full stops."""

_MORE = r"(?:[.,]\d+|[-&/@]\w+|['’](?![sS]\b)\w+)*"
_PIECE = re.compile(
    rf"\s*(?:\w\w+{_MORE}"  # 1,000  Smith-Jones  didn't
    r"|(?:[^\W\d_]-)?(?:[^\W\d_]\.){2,}|[^\W\d_]\.(?=\s+[^\W\d_])"  # U.S.  D-N.Y.  J.
    rf"|\w{_MORE}"
    r"|['’][sS]\b|--+|\.{2,}|[^\w\s])"
)
"""A word with the white space before it: every character belongs to one piece, so that lengths add up to offsets."""
_ENDERS = frozenset({".", "!", "?", "…", "...", "....", ")", "]"})
_LEADS = frozenset("—(['*•‘#")
"""Marks with which a sentence may begin."""
SIZES = (1, 2, 4, 8)
"""Words from which a quotation is of the next size."""
_QUOTE_END = re.compile(r"[.!?…,:;—–-]\W*$")


@dataclass(slots=True, kw_only=True)
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

    low: str = ""
    small: frozenset[str] = frozenset()
    """The words that stand in small letters somewhere: with a capital they may only open a sentence."""

    def at(self, offset: int) -> int:
        """The index of the first token that ends after ``offset``."""
        return bisect_left(self.ends, offset + 1)

    def span(self, first: int, last: int) -> tuple[int, int]:
        """The code points from token ``first`` to token ``last`` (included)."""
        return self.starts[first], self.ends[last]


LOWER, TITLE, UPPER, NUMBER, PUNCTUATION, QUOTE = range(6)


def _shape(word: str) -> tuple[str, int]:
    """The lower-case form and the shape of a word."""
    first = word[0]
    if first.isalpha():
        if first.islower():
            return word, LOWER
        if len(word) > 1 and word.isupper():
            return word.lower(), UPPER
        return word.lower(), TITLE
    if first.isdigit():
        return re.sub(r"\d", "0", word), NUMBER
    return {"’s": "'s", "’S": "'s", "'S": "'s", "’": "'", "–": "—", "--": "—"}.get(word, word.lower()), PUNCTUATION


class _Facts(dict[str, tuple[str, int, int]]):
    """What each piece is: lower-case form, shape, and length without the white space before it; reckoned once."""

    KEPT = 100_000

    def __missing__(self, piece: str) -> tuple[str, int, int]:
        word = piece.lstrip()
        made = (word, QUOTE, 0) if word[:2] == "<Q" else (*_shape(word), len(word))
        if len(self) < self.KEPT and len(piece) < LONGEST:
            self[piece] = made
        return made


_FACTS = _Facts()
_WORD_OF, _SHAPE_OF, _LENGTH_OF = itemgetter(0), itemgetter(1), itemgetter(2)


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
    at, lead = 0, len(piece) - len(piece.lstrip())
    for seam in split_joined_words(piece[lead:], language) if len(piece) - lead >= GLUED else ():
        yield piece[at : lead + seam]
        at = lead + seam
    yield piece[at:]


@dataclass(slots=True, kw_only=True)
class _Pieces:
    """The pieces of a text in order, a quotation being one, and how many code points each takes."""

    text: str
    language: Language | None
    found: list[str] = field(default_factory=list)
    gaps: list[tuple[int, int]] = field(default_factory=list)  # code points that no piece holds, before which piece
    quotes: list[int] = field(default_factory=list)  # regions that are a word
    at: int = 0

    def words(self, start: int, end: int) -> None:
        """Read a stretch outside quotation marks."""
        text = self.text
        while end > start and text[end - 1].isspace():
            end -= 1
        if end == start:
            return
        if start > self.at:
            self.gaps.append((len(self.found), start - self.at))
        pieces: list[str] = _PIECE.findall(text, start, end)
        if self.language is not None:
            pieces = [part for piece in pieces for part in _apart(piece, self.language)]
        self.found += pieces
        self.at = end

    def quote(self, number: int, region: Region) -> None:
        """Read a quotation."""
        word = _quote_word(self.text, region)
        self.gaps.append((len(self.found), region.end - self.at - len(word)))
        self.quotes.append(number)
        self.found.append(word)
        self.at = region.end

    def tokens(self, regions: list[Region], abbreviations: frozenset[str]) -> Tokens:
        """The tokens, not yet cut into sentences."""
        facts = [_FACTS[piece] for piece in self.found]
        words, shapes = list(map(_WORD_OF, facts)), list(map(_SHAPE_OF, facts))
        taken = list(map(len, self.found))
        for piece, gap in self.gaps:
            taken[piece] += gap
        ends = list(accumulate(taken))
        starts = list(map(sub, ends, map(_LENGTH_OF, facts)))
        quoted = [i for i, shape in enumerate(shapes) if shape == QUOTE]
        for i, number in zip(quoted, self.quotes, strict=True):
            starts[i] = regions[number].start
        out = Tokens(text=self.text, starts=starts, ends=ends, words=words, shapes=shapes, low=lowered(self.text))
        if _shortened(out, abbreviations):
            quoted = [i for i, shape in enumerate(out.shapes) if shape == QUOTE]
        out.region = dict(zip(quoted, self.quotes, strict=True))
        return out


def _shortened(out: Tokens, abbreviations: frozenset[str]) -> bool:
    """Join the full stop of an abbreviation to its word; whether there was any."""
    words, starts, ends = out.words, out.starts, out.ends
    stops = [
        i
        for i, word in enumerate(words)
        if word == "." and i and ends[i - 1] == starts[i] and words[i - 1] in abbreviations
    ]
    keep = [True] * len(words)
    for i in stops:
        words[i - 1] += "."
        ends[i - 1] += 1
        keep[i] = False
    if stops:
        out.starts, out.ends = list(compress(starts, keep)), list(compress(ends, keep))
        out.words, out.shapes = list(compress(words, keep)), list(compress(out.shapes, keep))
    return bool(stops)


def _sentences(out: Tokens, paragraphs: list[tuple[int, int]], leads: frozenset[str]) -> None:
    """Cut each paragraph into sentences; ``leads`` are the marks that may open one."""
    enders = [i for i, word in enumerate(out.words) if word in _ENDERS]
    if out.region:
        enders = sorted([*enders, *out.region])
    number, start = 0, 0
    for paragraph, (_, end) in enumerate(paragraphs):
        stop = bisect_left(out.starts, end, start)
        while number < len(enders) and enders[number] < stop:
            index = enders[number]
            number += 1
            if index + 1 < stop and _ends(out, index, index + 1, stop, leads):
                _sentence(out, start, index + 1, paragraph)
                start = index + 1
        if start < stop:
            _sentence(out, start, stop, paragraph)
        start = stop


def _sentence(out: Tokens, start: int, stop: int, paragraph: int) -> None:
    for first in range(start, stop, LONGEST):
        out.sentences.append((first, min(stop, first + LONGEST)))
        out.paragraph.append(paragraph)


def _ends(out: Tokens, index: int, follows: int, stop: int, leads: frozenset[str]) -> bool:
    word, shape = out.words[index], out.shapes[follows]
    if out.shapes[index] == QUOTE:
        return word[-2] == "." and shape in (TITLE, UPPER, QUOTE, NUMBER)
    if word in (")", "]"):
        return bool(index) and out.words[index - 1] == "." and shape in (TITLE, UPPER, QUOTE)
    if shape == PUNCTUATION:
        return out.words[follows] in leads and follows + 1 < stop
    return shape in (TITLE, UPPER, QUOTE) or (shape == NUMBER and word != "…")


def tokens(
    text: str, paragraphs: list[tuple[int, int]], regions: list[Region], language: Language | None = None
) -> Tokens:
    """The tokens of a text whose paragraphs and quoted regions are known."""
    pieces = _Pieces(text=text, language=language if has_joined_words(language) else None)
    following = 0
    for start, end in paragraphs:
        at = start
        while following < len(regions) and regions[following].start < end:
            region = regions[following]
            if region.start >= at:
                pieces.words(at, region.start)
                pieces.quote(following, region)
                at = region.end
            following += 1
        pieces.words(at, end)
    grammar = or_default(language).grammar
    out = pieces.tokens(regions, grammar.abbreviations)
    _sentences(out, paragraphs, _LEADS | {"-"} if grammar.hyphen_opens_speech else _LEADS)
    return out
