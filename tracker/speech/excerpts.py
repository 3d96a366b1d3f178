"""What of a text may be shown to everybody: its quotes, each with a few sentences around it. Pure."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

SENTENCE_END = re.compile(r"[.!?…]+[\"'”’»“)\]]*(?=\s)|\n+")


def around(text: str, spans: Sequence[tuple[int, int]], sentences: int) -> list[tuple[int, int]]:
    """The parts of the text that hold these spans whole, with so many sentences before and after each; in order, apart."""
    edges = _edges(text)
    wanted = []
    for start, end in spans:
        first = bisect_right(edges, start) - 1 - sentences
        last = bisect_left(edges, end) + sentences
        wanted.append((edges[max(first, 0)], edges[min(last, len(edges) - 1)]))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(wanted):
        if merged and not text[merged[-1][1] : start].strip():
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _edges(text: str) -> list[int]:
    """Where sentences end, each with something to read before it; the beginning and the end of the text."""
    edges = [0]
    for match in SENTENCE_END.finditer(text):
        if text[edges[-1] : match.end()].strip():
            edges.append(match.end())
    return edges if edges[-1] == len(text) else [*edges, len(text)]
