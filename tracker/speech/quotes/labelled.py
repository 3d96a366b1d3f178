"""Quotations under labels: a line "Source: Ada Moor, ..." and below it "Quote: “...”", as some agencies set their news.

The label is the reporting clause: the person the source line begins with said what stands under "Quote:". A source line
that names a medium tells where the story was read, not who spoke, and is left alone; so is one with nobody's name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from tracker.languages.data import Language, or_default
from tracker.languages.outlets import outlets
from tracker.languages.phrases import either
from tracker.speech.draft import Draft
from tracker.speech.tokens.marks import Region
from tracker.speech.types import Span

RULE = "label of a quotation"
BEFORE = 120
"""Code points before a quotation in which its label stands."""
LONGEST = 6000
"""Code points of the longest quotation whose one closing mark stands paragraphs below its opening one."""
_CLOSING = re.compile('["“”„«»]')


class _LabelPatterns(NamedTuple):
    """How the labels of a language are found."""

    source: re.Pattern[str]
    quote: re.Pattern[str]
    name: re.Pattern[str]


@lru_cache(maxsize=16)
def _patterns(language: Language) -> _LabelPatterns:
    words = language.transcripts
    by = f"(?:[ \\t]+(?:{either(words.author_by)})[ \\t]+(?P<who>[^:\\n]{{2,80}}))?"
    either_by = (  # "And from Mayor Ada Moor:", "Statement of Ada Moor:"
        f"(?:(?:{either(language.grammar.conjunctions)})[ \\t]+)?(?:(?:{either(words.statements)})[ \\t]+)?"
        f"(?:{either(words.author_by)})[ \\t]+(?P<author>[^:\\n]{{2,80}})"
    )
    return _LabelPatterns(
        re.compile(rf"^[ \t*_]*(?:{either(words.source_labels)})[*_]*:[*_ \t]*(?P<line>[^\n]+)", re.MULTILINE),
        re.compile(
            rf"(?:^|\n)[ \t*_]*(?:(?:{either(words.quote_labels)}){by}|{either_by})[*_]*:[*_ \t\n]*$", re.IGNORECASE
        ),
        re.compile(rf"[^,;:(\[\n]+?(?=$|[,;:(\[\n.]|\s+(?:{either(words.after_source)})\s)"),
    )


def attribute(text: str, language: Language | None, drafts: list[Draft], regions: Sequence[Region]) -> None:
    """Set the source of each quotation under such a label, when it has none of its own, and take in all of its paragraphs.

    Only the last paragraph of such a quotation may have a closing mark, and no other an opening one.
    """
    patterns = _patterns(or_default(language))
    named = [(found.start(), _name(found, patterns.name, language)) for found in patterns.source.finditer(text)]
    for draft in [draft for draft in drafts if draft.regions and draft.source is None]:
        region = regions[min(draft.regions)]
        offset = max(0, region.start - BEFORE)
        label = patterns.quote.search(text[offset : region.start])
        if label is None:
            continue
        group = "who" if label.group("who") else "author"
        who = (offset + label.start(group), offset + label.end(group)) if label.group(group) else None
        if who and group == "author" and not text[who[0]].isupper():
            continue
        source = who or next((span for place, span in reversed(named) if place < region.start), None)
        if source is None:
            continue
        lead = len(label.group()) - len(label.group().lstrip())
        draft.source, draft.cue, draft.rule = source, (offset + label.start() + lead, offset + label.end()), RULE
        end = region.end if region.closed else _close(text, region.end)
        if end > region.end:
            draft.spans = [(region.start, end)]
            drafts[:] = [one for one in drafts if one is draft or not region.start <= one.spans[0][0] < end]


POST = "post with its author and day"
_SIGNED = re.compile(
    r"^[ \t]*[—–-]{1,2}[ \t]*(?P<who>[^\n(@]{3,60}?)[ \t]*\(@\w{2,30}\)(?P<day>[^\n]{0,40})$", re.MULTILINE
)
_LAST_PARAGRAPH = re.compile(r"[^\n]*\S[^\n]*(?=\s*\Z)")


def has_posts(text: str) -> bool:
    """Whether a text may set posts with their authors' handles."""
    return "(@" in text


def posts(text: str, drafts: list[Draft]) -> None:
    """Read the paragraph above a line "— Ada Moor (@adamoor) March 10, 2026" as her post of that day."""
    if not has_posts(text):
        return
    after = 0
    for signed in _SIGNED.finditer(text):
        words = _LAST_PARAGRAPH.search(text, after, signed.start())
        after = signed.end()
        if words is None:
            continue
        start, end = words.start() + len(words.group()) - len(words.group().lstrip()), words.end()
        drafts[:] = [d for d in drafts if d.spans[-1][1] <= start or d.spans[0][0] >= signed.end()]
        post = Draft(spans=[(start, end)], source=signed.span("who"), cue=None, rule=POST)
        post.reporting_clause = [signed.span("day")]
        drafts.append(post)
    drafts.sort(key=lambda d: (d.spans[0], d.spans[-1]))


def _close(text: str, start: int) -> int:
    """The end of a quotation left open: behind the next mark if that one closes, else where it was."""
    found = _CLOSING.search(text, start, start + LONGEST)
    if found is None or text[found.start() - 1].isspace() or text[found.end() : found.end() + 1].strip():
        return start
    return found.end()


def _name(found: re.Match[str], pattern: re.Pattern[str], language: Language | None) -> Span | None:
    line = found.group("line")
    name = pattern.match(line)
    if name is None or not name.group()[:1].isupper() or outlets(language).search(name.group()):
        return None
    start = found.start("line")
    return start, start + len(name.group().rstrip(" *_."))
