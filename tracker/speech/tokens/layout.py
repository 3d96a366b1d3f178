"""Layout of a text: its paragraphs, with hard line wraps joined."""

from __future__ import annotations

import re
from itertools import pairwise

_LINE = re.compile(r"[^\r\n\u2028\u2029\x0b\x0c\x85]+")
_BREAK = re.compile(r"[\r\n\u2028\u2029\x0b\x0c\x85]+")
_ENDS = ".!?:;\"”“»…)]’'*|"
_ITEM = re.compile(r"\s*(?:[-–—*•#>|+]|\d+[.)]\s)")
WRAP_FROM, WRAP_TO = 50, 110
"""Lines of this many characters look like a hard wrap; longer ones are whole paragraphs, shorter ones headings."""


def _wrapped(text: str, line: tuple[int, int], following: tuple[int, int]) -> bool:
    """Whether the line break between two lines is only a wrap inside one sentence."""
    (start, end), (nxt, nxt_end) = line, following
    if text[end:nxt].count("\n") > 1:
        return False
    head = text[start:end].rstrip()
    tail = text[nxt : min(nxt_end, nxt + 40)].lstrip()
    if not head or not tail or head[-1] in _ENDS or _ITEM.match(tail):
        return False
    return tail[0].islower() and (head[-1].isalnum() or head[-1] in ",–—-")


def _wide(text: str, line: tuple[int, int], following: tuple[int, int]) -> bool:
    (start, end), (nxt, nxt_end) = line, following
    if text[end:nxt].count("\n") > 1 or not WRAP_FROM <= end - start <= WRAP_TO:
        return False
    return not _ITEM.match(text[nxt : min(nxt_end, nxt + 40)])


def paragraphs(text: str) -> list[tuple[int, int]]:
    """The (start, end) of each paragraph that holds something but white space."""
    lines = [m.span() for m in _LINE.finditer(text) if not m.group().isspace()]
    if not lines:
        return []
    pairs = list(pairwise(lines))
    certain = [_wrapped(text, a, b) for a, b in pairs]
    # A text that breaks a tenth of its lines inside sentences is wrapped throughout: also where the next line starts
    # with a capital.
    hard = sum(certain) * 10 >= len(lines) and sum(certain) > 1
    out: list[tuple[int, int]] = []
    start, end = lines[0]
    for (line, following), joined in zip(pairs, certain, strict=True):
        if joined or (hard and _wide(text, line, following)):
            end = following[1]
        else:
            out.append((start, end))
            start, end = following
    out.append((start, end))
    return out
