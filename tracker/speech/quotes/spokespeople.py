"""Words given through somebody else are that one's: "Moor said through a spokesman", "ließ über ihren Sprecher mitteilen"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from tracker.languages.data import Language
from tracker.languages.letters import CAPITAL
from tracker.languages.phrases import either
from tracker.speech.draft import Draft
from tracker.speech.tokens.tokens import Tokens
from tracker.speech.types import Span

AROUND = 120
"""Code points around a reporting verb within which the phrase stands, as far as the sentence goes."""


def mark_spokespeople(doc: Tokens, language: Language | None, drafts: Iterable[Draft]) -> None:
    """Credit drafts whose reporting clause says through whom the words came to that one."""
    if language is None or not language.names.through:
        return
    for draft in drafts:
        if draft.cue is None or draft.source is None:
            continue
        start, end = _around(doc.text, draft.cue, draft)
        found = _through(language).search(doc.text, start, end)
        if found is not None and not any(a <= found.start(1) < b for a, b in _marked(draft)):
            draft.source = found.span(1)


def _marked(draft: Draft) -> list[Span]:
    """The words in marks; a sentence that is an utterance as a whole has its reporting clause inside."""
    return [] if draft.whole else draft.spans


def _around(text: str, cue: Span, draft: Draft) -> Span:
    """The part of the sentence around a reporting verb, up to the words in marks and the comma behind the verb."""
    start, end = max(0, cue[0] - AROUND), min(len(text), cue[1] + AROUND)
    start = max([start, *(text.rfind(mark, start, cue[0]) + 1 for mark in ".!?\n")])
    stops = [at for mark in ",.:!?\n" if (at := text.find(mark, cue[1], end)) >= 0]
    stops += [a for a, _ in _marked(draft) if a >= cue[1]]
    return start, min([end, *stops])


@lru_cache(maxsize=16)
def _through(language: Language) -> re.Pattern[str]:
    """Find the phrase; its first group is the one through whom, with the name behind if there is one."""
    names = language.names
    part = r"[\w’'\-]+"
    proxy = (
        rf"(?:[\w\-]*(?:{either(names.proxies)}))" if language.grammar.compounds else rf"(?:{either(names.proxies)})"
    )
    return re.compile(
        rf"(?<!\w)(?i:{either(names.through)})\s+((?:{part}\s+){{0,2}}?(?i:{proxy})(?!\w)(?:\s+{CAPITAL}{part}){{0,3}})"
    )
