"""Quotations under labels: a line "Source: Ada Moor, ..." and below it "Quote: “...”", as some agencies set their news.

The label is the reporting clause: the person the source line begins with said what stands under "Quote:". A source line
that names a medium tells where the story was read, not who spoke, and is left alone; so is one with nobody's name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from tracker.speech.quotes.english.link import Draft
from tracker.speech.quotes.outlets import OUTLETS
from tracker.speech.tokens.marks import Region
from tracker.speech.types import Span

_SOURCE = re.compile(r"^[ \t*_]*(?:Source|Джерело|Источник)[*_]*:[*_ \t]*(?P<line>[^\n]+)", re.MULTILINE)
_LABEL = re.compile(
    r"(?:^|\n)[ \t*_]*(?:Quote|Direct quote|Literally|Цитата|Пряма мова|Дослівно|Прямая речь|Дословно)"
    r"(?:[ \t]+(?:from|by|of)[ \t]+(?P<who>[^:\n]{2,80}))?[*_]*:[*_ \t\n]*$",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"[^,;:(\[\n]+?(?=$|[,;:(\[\n.]|\s+(?:in|on|during|at|speaking|citing|while|via|у|в|на|під|во время)\s)"
)
RULE = "label of a quotation"
BEFORE = 120
"""Code points before a quotation in which its label stands."""
LONGEST = 6000
"""Code points of the longest quotation whose one closing mark stands paragraphs below its opening one."""
_CLOSING = re.compile('["“”„«»]')


def attribute(text: str, drafts: list[Draft], regions: Sequence[Region]) -> None:
    """Give each quotation under such a label its source, when it has none of its own, and all of its paragraphs.

    Only the last paragraph of such a quotation may have a closing mark, and no other an opening one.
    """
    named = [(found.start(), _name(found)) for found in _SOURCE.finditer(text)]
    for draft in [draft for draft in drafts if draft.regions and draft.source is None]:
        region = regions[min(draft.regions)]
        offset = max(0, region.start - BEFORE)
        label = _LABEL.search(text[offset : region.start])
        if label is None:
            continue
        who = (offset + label.start("who"), offset + label.end("who")) if label.group("who") else None
        source = who or next((span for place, span in reversed(named) if place < region.start), None)
        if source is None:
            continue
        lead = len(label.group()) - len(label.group().lstrip())
        draft.source, draft.cue, draft.rule = source, (offset + label.start() + lead, offset + label.end()), RULE
        end = region.end if region.closed else _close(text, region.end)
        if end > region.end:
            draft.spans = [(region.start, end)]
            drafts[:] = [one for one in drafts if one is draft or not region.start <= one.spans[0][0] < end]


def _close(text: str, start: int) -> int:
    """Give the end of a quotation left open: behind the next mark if that one closes, else where it was."""
    found = _CLOSING.search(text, start, start + LONGEST)
    if found is None or text[found.start() - 1].isspace() or text[found.end() : found.end() + 1].strip():
        return start
    return found.end()


def _name(found: re.Match[str]) -> Span | None:
    line = found.group("line")
    name = _NAME.match(line)
    if name is None or not name.group()[:1].isupper() or OUTLETS.search(name.group()):
        return None
    start = found.start("line")
    return start, start + len(name.group().rstrip(" *_."))
