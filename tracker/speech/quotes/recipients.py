"""Who was told is not who said: "Moor was told that …", "“…”, sagte man Ada Moor", "Аде Мур ответили: «…»".

Where the one named beside a report is its recipient, words in marks are nobody's, and reported ones are no utterance: who
said them is told elsewhere or not at all.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache

from tracker.languages.data import Language
from tracker.languages.phrases import either
from tracker.languages.word_forms import is_dative, is_oblique
from tracker.speech.draft import Draft
from tracker.speech.tokens.tokens import Tokens
from tracker.speech.types import Span

AROUND = 60
"""Code points on both sides of a reporting clause within which its helping verb may stand, as far as the sentence goes."""
_GAP = r"(?:\s+[^\s,;:“”\"«»„]+)"
_WORD = re.compile(r"[^\W\d_][\w’'\-]*")


def mark_recipients(doc: Tokens, language: Language | None, drafts: Iterable[Draft]) -> None:
    """Take the source off drafts that name who was told; a report in no marks that nobody else made is no utterance."""
    if language is None:
        return
    for draft in drafts:
        if draft.source is None or draft.date_only or not _is_told(doc, language, draft, draft.source):
            continue
        draft.source = None
        draft.rule = f"{draft.rule}, told to somebody"
        draft.date_only = not draft.regions


def _is_told(doc: Tokens, language: Language, draft: Draft, source: Span) -> bool:
    cue = draft.cue
    if cue is None or doc.text[cue[0] : cue[1]] == ":":  # the verb stands between the name and the words
        opened = next((a for a, _ in sorted(draft.spans) if source[1] < a <= source[1] + AROUND), None)
        return opened is not None and _is_passive(doc, language, draft, source, (source[1], opened))
    return (
        _is_passive(doc, language, draft, source, cue)
        or _is_behind_preposition(doc.low, language, source, cue)
        or _is_beside_impersonal(doc.low, language, source, cue)
        or _is_dative(doc.text, language, source, cue)
    )


def _is_passive(doc: Tokens, language: Language, draft: Draft, source: Span, cue: Span) -> bool:
    """Whether the verb is passive, or one of hearing, and its agent is not the source."""
    found = _passives(language)
    if found is None:
        return False
    start, end = _clause(doc, draft, source, cue)
    if _agents(language).search(doc.low, max(0, source[0] - AROUND), source[0]):
        return False
    return any(match.start() < cue[1] and cue[0] < match.end() for match in found.finditer(doc.low, start, end))


def _clause(doc: Tokens, draft: Draft, source: Span, cue: Span) -> Span:
    """The code points of a reporting clause with what may belong to it: in its sentence, outside what was said."""
    number = max(0, bisect_right(doc.sentences, (doc.at(cue[0]), len(doc.words))) - 1)
    first, last = doc.sentences[number]
    low, high = min(source[0], cue[0]), max(source[1], cue[1])
    start, end = max(doc.starts[first], low - AROUND), min(doc.ends[last - 1], high + AROUND)
    for a, b in draft.spans:
        if b <= low:
            start = max(start, b)
        elif a >= high:
            end = min(end, a)
    return start, end


@lru_cache(maxsize=16)
def _passives(language: Language) -> re.Pattern[str] | None:
    """Find "was told" in either order, and verbs of hearing."""
    words = language.recipients
    each = [rf"{_GAP}{{0,6}}?\s+".join(re.escape(word) for word in phrase.split()) for phrase in words.heard]
    if words.auxiliaries and words.told:
        helper, told = either(words.auxiliaries), either(words.told)
        each.append(rf"(?:{helper}){_GAP}{{0,{words.gap}}}?\s+(?:{told})")
        if words.behind:
            each.append(rf"(?:{told})\s+(?:{either(words.behind)})")
    return re.compile(rf"(?<!\w)(?:{'|'.join(each)})(?!\w)") if each else None


@lru_cache(maxsize=16)
def _agents(language: Language) -> re.Pattern[str]:
    """Find what stands before the agent of a passive, right before a name and its title: "by the"."""
    articles = either(language.grammar.articles | language.grammar.determiners)
    return re.compile(rf"(?<!\w)(?:{either(language.recipients.agents)})\s+(?:(?:{articles})\s+)?\Z")


@lru_cache(maxsize=16)
def _to(language: Language) -> re.Pattern[str]:
    """Find what stands between a verb and its recipient: "to", "a la"."""
    articles = either(language.grammar.articles)
    return re.compile(rf"(?:\s+[^\W\d]+){{0,2}}\s+(?:{either(language.recipients.to)})(?:\s+(?:{articles}))?\s*")


def _is_behind_preposition(low: str, language: Language, source: Span, cue: Span) -> bool:
    """Whether a preposition parts the verb from a name behind it: "a-t-on dit à la maire Moor"."""
    if not language.recipients.to or not cue[1] < source[0] or source[0] - cue[1] > AROUND:
        return False
    if low[cue[0] : cue[1]].split(maxsplit=1)[0] in {word for phrase in language.according for word in phrase.split()}:
        return False
    return _to(language).fullmatch(low, cue[1], source[0]) is not None


def _is_beside_impersonal(low: str, language: Language, source: Span, cue: Span) -> bool:
    """Whether the verb has a subject that is nobody, beside it or in its ending: "sagte man", "powiedziano"."""
    words = language.recipients
    if words.impersonal_endings and low[cue[0] : cue[1]].endswith(words.impersonal_endings):
        return not _agents(language).search(low, max(0, source[0] - AROUND), source[0])
    if not words.impersonal:
        return False
    nobody = either(words.impersonal)
    behind = re.compile(rf"\s+(?:{nobody})(?!\w)").match(low, cue[1])
    before = re.compile(rf"(?<!\w)(?:{nobody})(?:\s+\w+)?\s+\Z").search(low, max(0, cue[0] - AROUND), cue[0])
    return any(
        found is not None and not (source[0] <= found.start() < source[1] or source[0] < found.end() <= source[1])
        for found in (behind, before)
    )


def _is_dative(text: str, language: Language, source: Span, cue: Span) -> bool:
    """Whether the name beside a verb of saying stands in the case of who is told, where a dictionary knows it."""
    if not language.names.has_dictionary or text[cue[0] : cue[1]].lower() not in language.verbs:
        return False
    words = _WORD.findall(text, *source)
    somebody_else = any(is_oblique(word, language) is False for word in words[1:])  # "сказал Аде Мур Олег Линд"
    return bool(words) and is_dative(words[0], language) and not somebody_else
