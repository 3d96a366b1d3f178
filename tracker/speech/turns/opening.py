"""Opening remarks: what stands before the first label of a transcript and is spoken, by the one whom the heading names.

A page such as "Press conference by Secretary General Ada Moor" often begins with her remarks without a label. They are hers
only if they speak in the first person and the heading names nobody else; two names give candidates and no pick.
"""

from __future__ import annotations

import re
from functools import lru_cache

from tracker.languages.data import Language, or_default
from tracker.languages.phrases import either
from tracker.speech.people.person_index import PersonIndex
from tracker.speech.tokens import layout
from tracker.speech.turns.labels import bare_title
from tracker.speech.turns.speech import first_person
from tracker.speech.types import Manuscript, Mention, Span

WORDS = 40
"""Words of the shortest opening; less is a greeting or a caption."""


@lru_cache(maxsize=16)
def _by(language: Language) -> re.Pattern[str]:
    """Find "press conference by" in a heading."""
    words = language.transcripts
    return re.compile(rf"\b(?:{either(words.occasions)})\b[^\n]{{0,40}}?\b(?:{either(words.by)})\b", re.IGNORECASE)


@lru_cache(maxsize=16)
def _line(language: Language) -> re.Pattern[str]:
    """Find a line "by ..."."""
    return re.compile(rf"\s*(?:{either(language.transcripts.line_by)})\b.{{3,200}}", re.IGNORECASE)


_SPOKEN = re.compile(r"[.!?…][\"”’)\]*_]*\s*$")
_PROSE = re.compile(r"[“„«\"][^“”„»\"\n]{20,}[”“»\"]")
SPOKEN = 0.8
"""Share of paragraphs that must end like sentences from where the opening begins."""


def opening(manuscript: Manuscript, language: Language | None, end: int) -> tuple[Mention, tuple[Span, ...]] | None:
    """Who speaks before the first label (at ``end``) and the paragraphs; None if it is a mere header."""
    head = manuscript.text[:end]
    spans = spoken(head)
    if not spans:
        return None
    words = " ".join(head[a:b] for a, b in spans)
    ours = first_person(or_default(language))
    if len(words.split()) < WORDS or len(ours.findall(words)) < 2 or _PROSE.search(words):  # noqa: PLR2004 - once may be a slip
        return None
    names = _named(manuscript, language, head[: spans[0][0]])
    if not names:
        return None
    name = names[0] if len(names) == 1 else None
    return Mention(
        start=0,
        end=0,
        text="",
        name=name,
        candidates=() if name else tuple(names),
        role=None,
        chain=(),
        rule="opening remarks, named in the heading",
    ), spans


def spoken(head: str) -> tuple[Span, ...]:
    """The paragraphs from the first spoken one on: those that end like sentences, and hardly any other after it."""
    spans = list(layout.paragraphs(head))
    ends = [bool(_SPOKEN.search(head[a:b])) and not head[a:b].lstrip().startswith(("(", "[", "•")) for a, b in spans]
    for index, spoken in enumerate(ends):
        if spoken and sum(ends[index:]) >= SPOKEN * len(ends[index:]):
            return tuple(spans[index:])
    return ()


def _named(manuscript: Manuscript, language: Language | None, header: str) -> list[str]:
    """The people named as speaking: in the title, else in the line of the header that says so."""
    known = or_default(language)
    lines = (manuscript.title or "", *header.splitlines())
    told = next((line for line in lines if _by(known).search(line) or _line(known).match(line)), None)
    return (
        [p.name for p in PersonIndex(bare_title(told, language), language, manuscript.known).people.values()]
        if told
        else []
    )
