"""Quotation marks: which stretches of a text stand between marks.

A region never crosses a paragraph. A paragraph that ends with an open mark gives a region to its end, and the next
paragraph normally re-opens it (``continues``). A second opening mark of the same family ends the open region: a
closing mark was forgotten. Cost is one pass over the marks, whatever their number.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

MARK = re.compile("``|''|[\"“”„‟«»＂「」『』]")
ROW = re.compile("[\"“”„‟«»＂「」『』`'][\"“”„‟«»＂「」『』`']*")
"""Marks in a row, and what may be half a mark: found fast, then taken apart."""
MOST = 3
"""Marks in a row from which they are an ornament, not a quotation."""
HALVES = frozenset("'`")
SINGLE = re.compile("(?<![\\w‘])[‘‚](?=[\\w\\[($£€…])|(?<=[\\w.,!?…)\\]])[’‘](?!\\w)")
PLAIN_SINGLE = re.compile("(?<![\\w'])'(?=[\\w\\[])|(?<=[\\w.,!?…)\\]])'(?![\\w'])")

_FAMILY = {'"': "straight", "＂": "straight", "``": "tick", "''": "tick"}
_FAMILY |= dict.fromkeys("“”„‟", "curly") | dict.fromkeys("«»", "angle") | dict.fromkeys("「」", "corner")
_FAMILY |= dict.fromkeys("『』", "white corner")
_LEFT = {"“", "„", "«", "``", "「", "『"}
_RIGHT = {"”", "»", "」", "』"}
_OPENERS = set("([{—–-/‘'\u00a0*_")
_CLOSERS = set(".,;:!?)]}—–-/’'\u00a0…*_")
ORNAMENTS, DENSE = 20_000, 12
"""A text with more marks than this, and a mark in every so many code points, has no quotations."""
MIDDLE = 6
"""Paragraphs without a mark that may stand inside one quotation."""
SINGLE_WORDS = 3
"""Single marks count as quotation only from this many words on: shorter ones are titles, scare quotes, apostrophes."""


class Region(NamedTuple):
    """A stretch between marks: ``start``..``end`` with the marks, ``inner``..``outer`` without them."""

    start: int
    inner: int
    outer: int
    end: int
    continues: bool
    closed: bool


def _side(text: str, start: int, end: int) -> str:
    """What the neighbours of a mark tell: "L" opening, "R" closing, "" undecided."""
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    left = before.isspace() or before in _OPENERS
    right = after.isspace() or after in _CLOSERS
    if left != right:
        return "L" if left else "R"
    if left:
        if before.isspace() and not after.isspace():
            return "" if after in ".,;:!?)]}" else "L"
        if after.isspace() and not before.isspace():
            return "R"
    return ""


def _role(text: str, mark: str, start: int, end: int, *, is_open: bool) -> str:
    side = _side(text, start, end)
    if mark in ("「", "『"):
        return "L"
    if mark in ("」", "』"):
        return "R"
    before = start == 0 or text[start - 1].isspace()
    after = end == len(text) or text[end].isspace()
    strong = before != after
    if mark in _LEFT:
        return "R" if side == "R" and (strong or is_open) else "L"
    if mark in _RIGHT:
        return "L" if side == "L" and strong else "R"
    if not is_open:
        return "R" if side == "R" else "L"
    return "L" if side == "L" and strong else "R"


class _Pairing:
    """Pairs the marks of one text, paragraph by paragraph."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.regions: list[Region] = []
        self.open: re.Match[str] | None = None
        self.nested: str | None = None
        self.carry = False
        self.first = True
        self.first_region: bool = True
        self.between: list[tuple[int, int]] = []

    def close(self, outer: int, end: int, *, closed: bool) -> None:
        if self.open is not None:
            start = self.open.start()
            continues: bool = self.carry and self.first_region
            self.regions.append(Region(start, self.open.end(), outer, end, continues=continues, closed=closed))
            self.open = None
            self.nested = None
            self.first_region = False

    def paragraph(self, start: int, end: int, marks: list[re.Match[str]]) -> None:
        self.first = self.first_region = True
        for mark in marks:
            self._mark(mark, start)
            self.first = False
        unclosed = self.open is not None
        self.close(end, end, closed=False)
        self.carry, self.between = unclosed, []

    def unmarked(self, start: int, end: int) -> None:
        """Pass a paragraph without marks: perhaps the middle of a quotation opened before it and closed after it."""
        if self.carry and len(self.between) < MIDDLE:
            self.between.append((start, end))
        else:
            self.carry, self.between = False, []

    def _mark(self, found: re.Match[str], paragraph: int) -> None:
        mark, (start, end) = found.group(), found.span()
        family = _FAMILY[mark]
        role = _role(self.text, mark, start, end, is_open=self.open is not None)
        if self.open is None:
            if role == "L":
                self.open = found
                self.carry = self.carry and not self.between
            elif self.carry and self.first and (not self.between or mark in _RIGHT):
                self.regions += [Region(a, a, b, b, continues=True, closed=False) for a, b in self.between]
                self.regions.append(Region(paragraph, paragraph, start, end, continues=True, closed=True))
                self.first_region = False
            return
        outer = _FAMILY[self.open.group()]
        if family != outer and {family, outer} != {"straight", "curly"}:
            return
        if family == "angle" and role == "L":
            self.nested = family
        elif family == "angle" and self.nested is not None:
            self.nested = None
        elif role == "L":
            self.close(start, start, closed=False)
            self.open = found
        else:
            self.close(start, end, closed=True)


def flooded(text: str) -> bool:
    """Whether a text is no prose: a mark on every other word is an ornament or an attack."""
    if len(text) <= ORNAMENTS:
        return False
    count = len(MARK.findall(text))
    return count > ORNAMENTS and count * DENSE > len(text)


def _marks(text: str) -> Iterator[re.Match[str]]:
    """The marks of a text in order; a row of many is an ornament, not a quotation."""
    for row in ROW.finditer(text):
        if row.end() - row.start() == 1:
            if row.group() not in HALVES:
                yield row
            continue
        marks = list(MARK.finditer(text, *row.span()))
        if len(marks) <= MOST:
            yield from marks


def regions(text: str, paragraphs: list[tuple[int, int]]) -> list[Region]:
    """The stretches between quotation marks, in order, never overlapping.

    ``paragraphs`` are the (start, end) spans no region may cross. Where a text has no double marks at all, curly or
    plain single marks around at least ``SINGLE_WORDS`` words are taken instead.
    """
    starts = [start for start, _ in paragraphs]
    found: list[list[re.Match[str]]] = [[] for _ in paragraphs]
    for mark in _marks(text):
        index = bisect_right(starts, mark.start()) - 1
        if index >= 0 and mark.end() <= paragraphs[index][1]:
            found[index].append(mark)
    pairing = _Pairing(text)
    for (start, end), marks in zip(paragraphs, found, strict=True):
        if marks:
            pairing.paragraph(start, end, marks)
        else:
            pairing.unmarked(start, end)
    kept = [r for r in pairing.regions if _has_words(text, r.inner, r.outer)]
    return _nested(text, paragraphs, kept) if kept else _single(text, paragraphs)


def _nested(text: str, paragraphs: list[tuple[int, int]], doubles: list[Region]) -> list[Region]:
    """Take single marks around double ones as the quotation, as the British press sets them: ‘He told me “never”,’."""
    if "‘" not in text:
        return doubles
    starts = [region.start for region in doubles]
    outer: list[Region] = []
    for single in _single(text, paragraphs):
        first, last = bisect_right(starts, single.start), bisect_right(starts, single.end)
        inside = doubles[first:last]
        before = doubles[first - 1].end if first else 0
        within = inside and before <= single.start and inside[-1].end <= single.outer
        if within and text[single.outer - 1] in ".,!?…”":
            outer.append(single)
    if not outer:
        return doubles
    ends = [region.start for region in outer]
    free = [d for d in doubles if not ((n := bisect_right(ends, d.start)) and d.end <= outer[n - 1].end)]
    return sorted([*outer, *free])


def _has_words(text: str, start: int, end: int) -> bool:
    return any(char.isalnum() for char in text[start:end])


def _closed(opened: re.Match[str], mark: re.Match[str]) -> Region:
    return Region(opened.start(), opened.end(), mark.start(), mark.end(), continues=False, closed=True)


def _single(text: str, paragraphs: list[tuple[int, int]]) -> list[Region]:
    pattern = SINGLE if "‘" in text else PLAIN_SINGLE
    out: list[Region] = []
    for start, end in paragraphs:
        opened: re.Match[str] | None = None
        for mark in pattern.finditer(text, start, end):
            opening = mark.start() == start or not (
                text[mark.start() - 1].isalnum() or text[mark.start() - 1] in ".,!?…)]"
            )
            if opening and opened is not None and text[mark.end() : mark.end() + 1].isdigit():
                continue  # the year of "since '91"
            if opening:
                opened = mark
            elif opened is not None:
                if len(text[opened.end() : mark.start()].split()) >= SINGLE_WORDS:
                    out.append(_closed(opened, mark))
                opened = None
    return out
