"""Links in Markdown, as many feeds and copied pages give them: read without their targets, told with the text's own places.

"Chancellor [Ada Moor](https://example.org/moor) said" names Ada Moor; the address between is no word of the sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from operator import itemgetter

from tracker.speech.types import Mention, Quote, Span

_LINK = re.compile(r"!?\[([^\[\]\n]{1,300})\]\((?:[^()\s]|\([^()\s]*\)){1,2000}(?:\s\"[^\"\n]*\")?\)")
"""A link or picture in line: https://spec.commonmark.org/0.31.2/#inline-link, without line ends or nested brackets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlinked:
    """A text without link targets, and where its pieces stand in the text as given: (place here, place there), in order."""

    text: str
    pieces: tuple[tuple[int, int], ...]

    def _place(self, at: int) -> int:
        here, there = self.pieces[bisect_right(self.pieces, at, key=itemgetter(0)) - 1]
        return there + at - here

    def span(self, span: Span) -> Span:
        """The code points of the text as given that hold a span of this one."""
        start, end = span
        return (self._place(start), self._place(end - 1) + 1 if end > start else self._place(start))


def unlink(text: str) -> Unlinked | None:
    """The text with each link's words alone; None where it has no link."""
    if "](" not in text:
        return None
    parts: list[str] = []
    pieces: list[tuple[int, int]] = []
    here = last = 0
    for link in _LINK.finditer(text):
        for start, end in ((last, link.start()), link.span(1)):
            pieces.append((here, start))
            parts.append(text[start:end])
            here += end - start
        last = link.end()
    if not pieces:
        return None
    pieces.append((here, last))
    parts.append(text[last:])
    return Unlinked(text="".join(parts), pieces=tuple(pieces))


def placed(quote: Quote, given: str, unlinked: Unlinked) -> Quote:
    """A quote of the text without links, with its places in the text as given."""
    at = unlinked.span
    start, end = at((quote.start, quote.end))
    said, basis = quote.said, quote.said.basis
    return replace(
        quote,
        start=start,
        end=end,
        spans=tuple(map(at, quote.spans)),
        speaker=_placed_mention(quote.speaker, given, unlinked) if quote.speaker else None,
        cue=at(quote.cue) if quote.cue else None,
        said=replace(said, basis=at(basis)) if isinstance(basis, tuple) else said,
        question=at(quote.question) if quote.question else None,
        condition=at(quote.condition) if quote.condition else None,
    )


def _placed_mention(mention: Mention, given: str, unlinked: Unlinked) -> Mention:
    start, end = unlinked.span((mention.start, mention.end))
    chain = tuple(map(unlinked.span, mention.chain))
    return replace(mention, start=start, end=end, text=given[start:end], chain=chain)
