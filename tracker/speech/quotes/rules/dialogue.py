"""Spoken words after a dash, and reporting clauses between dashes inside the marks."""

from __future__ import annotations

import re

from tracker.speech.draft import Draft
from tracker.speech.quotes.rules.sentence import COMMAS, Sentence, subjectless, verb_like
from tracker.speech.tokens.marks import Region
from tracker.speech.tokens.tokens import LOWER, TITLE, UPPER, Tokens, tokens
from tracker.speech.types import Span

_DASH = re.compile(r"(?:[–—―-]\s+|[—―])(?=[\w¿¡«„“])")
_INNER = re.compile(r"[,.!?…]\s*[—–-]\s+(?=[^\W\d_])([^—–\n«»“”\"]{4,120}?)(?:[.,:]\s*[—–-]\s+(?=\S)|[.,]?\s*$)")
"""A reporting clause between dashes inside the marks: «A, — сказал X. — B»."""


ASKED = "dialogue after a dash, asked"


def inside(doc: Tokens, regions: list[Region], sentence: Sentence, quote: int) -> Draft | None:
    """Read a quotation with the reporting clause inside its marks, as the Slavic press writes them."""
    language = sentence.language
    region = regions[doc.region[quote]]
    if language is None or not language.grammar.clause_inside_marks:
        return None
    for found in _INNER.finditer(doc.text, region.inner, region.outer):
        clause = tokens(doc.text, [found.span(1)], [], language)
        if not clause.words:
            continue
        inner = Sentence(clause, language, 0, len(clause.words))
        if not inner.cues or inner.cues[0] > 1:
            continue
        source = inner.source(inner.cues[0])
        spans = [(region.start, found.start() + 1)]
        if found.end() < region.outer:
            spans.append((found.end(), region.end))
        named = clause.span(*source) if source else None
        at = clause.span(inner.cues[0], inner.cues[0])
        return Draft(
            spans=spans,
            source=named,
            cue=at,
            rule="reporting clause inside the marks",
            regions=[doc.region[quote]],
            reporting_clause=[found.span(1)],
        )
    return None


def _goes_on(doc: Tokens, group: list[Sentence], sentence: Sentence, cue: int) -> Span | None:
    """The words that follow the reporting clause: behind another dash, in some languages also as the next sentence."""
    end = group[-1].span[1]
    for i in range(cue + 1, group[-1].end - 1):
        if doc.words[i] in ("—", "―") or (doc.words[i] == "-" and doc.shapes[i + 1] in (TITLE, UPPER)):
            return (doc.starts[i + 1], end)
    if sentence.grammar.speech_goes_on and sentence is not group[-1]:
        return (group[group.index(sentence) + 1].span[0], end)
    return None


def _tag(sentence: Sentence) -> int | None:
    """The verb of a reporting clause behind spoken words: a known one behind a comma or dash, else any behind a dash."""
    doc = sentence.doc
    for cue in sentence.cues:
        if cue > sentence.first + 1 and any(doc.words[i] in TAGGED for i in (cue - 1, cue - 2) if i > sentence.first):
            return cue
    for i in range(sentence.first + 2, sentence.end - 1):
        verb = i + 1
        if doc.words[i] in COMMAS - {","} and doc.shapes[verb] == LOWER and verb_like(sentence, verb):
            return verb
    return None


TAGGED = frozenset({",", "—", "-", "–", "?", "!"})


def dialogue(doc: Tokens, group: list[Sentence], previous: Draft | None, before: Sentence | None) -> Draft | None:
    """Take a paragraph that opens with a dash as spoken, up to the comma before the reporting verb."""
    start = group[0].span[0]
    opened = _DASH.match(doc.text, start)
    if not opened or group[0].language is None or (doc.text[start] == "-" and group[0].grammar.hyphen_lists):
        return None
    for sentence in group:
        cue = _tag(sentence)
        if cue is None:
            continue
        stop = cue - 1
        while stop > sentence.first and doc.words[stop] not in TAGGED:
            stop -= 1
        end = doc.ends[stop] if doc.words[stop] in "?!" else doc.ends[stop - 1]
        if end > opened.end():
            source = sentence.right(cue + 1)
            if source is None and before is not None and subjectless(sentence, cue):
                source = before.head(before.end)  # the subject goes on: "Bo Lind wahał się. - Nie wiem - przyznał."
            named = doc.span(*source) if source else None
            reporting_clause = [(doc.starts[stop], sentence.span[1])]
            spans = [(opened.end(), end)]
            rest = _goes_on(doc, group, sentence, cue)
            if rest:
                spans.append(rest)
            return Draft(
                spans=spans,
                source=named,
                cue=doc.span(cue, cue),
                rule="dialogue after a dash",
                regions=[],
                reporting_clause=reporting_clause,
            )
    if previous is not None and previous.rule.startswith("dialogue"):
        end = group[-1].span[1]
        if doc.text[opened.end() : end].rstrip().endswith("?"):  # a question between two answers is nobody's
            return Draft(spans=[(opened.end(), end)], source=None, cue=None, rule=ASKED, regions=[])
        return Draft(
            spans=[(opened.end(), end)],
            source=previous.source,
            cue=previous.cue,
            rule="dialogue after a dash, continued",
            regions=[],
            reporting_clause=previous.reporting_clause,
        )
    return None
