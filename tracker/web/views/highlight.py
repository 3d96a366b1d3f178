"""An archived text in paragraphs, with the words of its quotes marked; code points in, code points out. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from tracker.speech import wording
from tracker.speech.wording import Piece

BREAK = re.compile(r"\n[ \t\r]*\n+|\n")
MOST_WORDS = 20_000


@dataclass(frozen=True, slots=True)
class TextRun:
    """A run of text; `quotes` are the numbers of the quotes it belongs to, `ends` those that end with it."""

    text: str
    quotes: tuple[int, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one quote in the text."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Change:
    """A paragraph of a comparison."""

    pieces: tuple[Piece, ...]


def paragraphs(text: str, spans: Sequence[Span]) -> tuple[tuple[TextRun, ...], ...]:
    """The text's paragraphs, each cut where a quote begins or ends. Every visible character is there once."""
    kept = [span for span in spans if 0 <= span.start < span.end <= len(text)]
    cuts = sorted({edge for span in kept for edge in (span.start, span.end)})
    firsts = {number: min(span.start for span in kept if span.number == number) for number in {s.number for s in kept}}
    lasts = {number: max(span.end for span in kept if span.number == number) for number in firsts}
    found = []
    start = 0
    for stop, following in [*((gap.start(), gap.end()) for gap in BREAK.finditer(text)), (len(text), len(text))]:
        runs = _runs(text, start, stop, cuts=cuts, spans=kept, firsts=firsts, lasts=lasts)
        if any(run.text.strip() for run in runs):
            found.append(tuple(runs))
        start = following
    return tuple(found)


def _runs(
    text: str,
    start: int,
    stop: int,
    *,
    cuts: Sequence[int],
    spans: Sequence[Span],
    firsts: dict[int, int],
    lasts: dict[int, int],
) -> list[TextRun]:
    edges = [start, *(cut for cut in cuts if start < cut < stop), stop]
    inside = [span for span in spans if span.start < stop and span.end > start]
    runs = []
    for left, right in pairwise(edges):
        if left == right:
            continue
        numbers = tuple(sorted({span.number for span in inside if span.start <= left and right <= span.end}))
        starts = tuple(number for number in numbers if left <= firsts[number] < right)
        ends = tuple(number for number in numbers if left < lasts[number] <= right)
        runs.append(TextRun(text[left:right], numbers, starts, ends))
    return runs


def changes(old: str, new: str) -> tuple[Change, ...]:
    """What differs between two versions, paragraph by paragraph; word by word inside a changed place."""
    ours, theirs = _lines(old), _lines(new)
    found: list[Change] = []
    for operation in Levenshtein.opcodes(ours, theirs):
        gone = ours[operation.src_start : operation.src_end]
        if operation.tag == "equal":
            found.extend(Change((Piece("same", line),)) for line in gone)
        else:
            found.extend(_changed(gone, theirs[operation.dest_start : operation.dest_end]))
    return tuple(found)


def _changed(gone: Sequence[str], came: Sequence[str]) -> list[Change]:
    """A changed place: paragraphs that belong together word by word, the others as a whole."""
    if len(gone) == len(came) and sum(len(line.split()) for line in (*gone, *came)) < MOST_WORDS:
        return [Change(wording.difference(old, new)) for old, new in zip(gone, came, strict=True)]
    if gone and came and sum(len(line.split()) for line in (*gone, *came)) < MOST_WORDS:
        return [Change(wording.difference("\n".join(gone), "\n".join(came)))]
    return [
        *(Change((Piece("gone", line),)) for line in gone),
        *(Change((Piece("new", line),)) for line in came),
    ]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in BREAK.split(text) if line.strip()]
