"""Quotations by rule, for every language but English: marks, reporting verbs and their order, from the language file.

A language without a file still gives its quotations in marks, with a null speaker. Where a sentence is only partly
quoted or not at all, the whole sentence is the utterance: without a tagger nobody knows where reported words begin.
"""

from __future__ import annotations

import re
from functools import lru_cache

from tracker.languages.data import Grammar, Language, or_default
from tracker.speech.draft import Draft
from tracker.speech.quotes.actions import acts_before
from tracker.speech.quotes.denials import mark_denials
from tracker.speech.quotes.recipients import mark_recipients
from tracker.speech.quotes.rules.dialogue import ASKED, dialogue, inside
from tracker.speech.quotes.rules.sentence import (
    COMMAS,
    SET_OFF,
    SMALL,
    SOURCE,
    Sentence,
    clause,
    closing,
    dated,
    report,
    subjectless,
)
from tracker.speech.quotes.spokespeople import mark_spokespeople
from tracker.speech.tokens.marks import Region
from tracker.speech.tokens.tokens import LOWER, TITLE, UPPER, Tokens
from tracker.speech.types import Span

OPENING = 40
"""Code points in which the words stand that open a sentence about the one before."""
TOLD = 2
"""Sentences before it that it may be about."""
LEAST = 4
"""Words of the shortest sentence that reports without quoting."""
DIRECT = 4
"""Words from which a quotation set off by a comma, colon or dash stands alone."""
_WORDS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\s\u3040-\u30ff\u3400-\u9fff]+")
"""Words, or the letters of scripts that write no spaces."""


def _stands_alone(doc: Tokens, regions: list[Region], sentence: Sentence, quote: int) -> bool:
    region = regions[doc.region[quote]]
    inner = doc.text[region.inner : region.outer]
    before = doc.words[quote - 1] if quote > sentence.first else "."
    after = doc.words[quote + 1] if quote + 1 < sentence.end else "."
    if before not in SET_OFF or not (after in SET_OFF or inner.rstrip()[-1:] in ".,!?…。，！？"):
        return False
    return len(_WORDS.findall(inner)) >= DIRECT or _beside(sentence, quote)


def _beside(sentence: Sentence, quote: int) -> bool:
    """Whether a reporting verb stands right after a short quotation, or right before the comma in front of it."""
    doc = sentence.doc
    behind = quote + 1
    while behind < sentence.end and doc.words[behind] in COMMAS:
        behind += 1
    opens = quote == sentence.first or doc.words[quote - 1] == ":"
    if behind > quote + 1 and behind in sentence.cues and opens:
        return True
    ahead = quote - 1
    return (
        ahead > sentence.first
        and doc.words[ahead] in COMMAS
        and any(ahead - SOURCE // 2 < c < ahead for c in sentence.cues)
    )


def _introduces(doc: Tokens, sentence: Sentence, quote: int) -> tuple[int, int] | None:
    """The subject of a sentence that leads into a quotation with a colon and no verb of saying."""
    if quote - sentence.first < SMALL or doc.words[quote - 1] != ":":
        return None
    named = [i for i in range(sentence.first, quote) if doc.shapes[i] in (TITLE, UPPER) and sentence.part(i)]
    runs: list[list[int]] = []
    for i in named:
        if runs and runs[-1][1] == i - 1:
            runs[-1][1] = i
        else:
            runs.append([i, i])
    full = [(a, b) for a, b in runs if b > a]
    if len(full) == 1:
        before = full[0][0] - 1
        governed = before >= sentence.first and doc.words[before] in _governing(sentence.grammar, sentence.language)
        return None if governed and not sentence.grammar.capital_nouns else full[0]
    return sentence.head(quote) if not full and len(runs) <= 1 else None


def _governing(grammar: Grammar, language: Language | None) -> frozenset[str]:
    """The words that make a name behind them another's: "las fiestas de San Isidro:"."""
    return grammar.prepositions | or_default(language).names.owners | or_default(language).names.office_prepositions


def drafts(doc: Tokens, regions: list[Region], language: Language | None) -> list[Draft]:
    """The utterances of a text by rule, in order."""
    doc.small = frozenset(word for word, shape in zip(doc.words, doc.shapes, strict=True) if shape == LOWER)
    out: list[Draft] = []
    previous: Draft | None = None
    where = -1
    number = 0
    while number < len(doc.sentences):
        paragraph = doc.paragraph[number]
        last = number
        while last + 1 < len(doc.sentences) and doc.paragraph[last + 1] == paragraph:
            last += 1
        if previous is not None and paragraph > where + 1:
            previous = None
        group = [Sentence(doc, language, *doc.sentences[n]) for n in range(number, last + 1)]
        for n, sentence in enumerate(group):
            dashed = n == 0 or doc.words[sentence.first] in COMMAS
            before = group[n - 1] if n else None
            spoken = dialogue(doc, group[n:], previous, before) if dashed else None
            near = previous if where >= paragraph - 1 else None
            if near is not None and sentence.quotes and acts_before(doc, language, number + n, near):
                near = None
            made = [spoken] if spoken else _sentence(doc, regions, sentence, near, before, same=where == paragraph)
            made += _told_before(group, n, made, out[-1].spans[-1][1] if out else 0)
            out += made
            for draft in made:
                if not draft.date_only:
                    previous, where = previous if draft.rule == ASKED else draft, paragraph
            if spoken:
                break
        number = last + 1
    mark_denials(doc, language, out)
    mark_recipients(doc, language, out)
    mark_spokespeople(doc, language, out)
    return out


def _sentence(
    doc: Tokens,
    regions: list[Region],
    sentence: Sentence,
    previous: Draft | None,
    before: Sentence | None,
    *,
    same: bool,
) -> list[Draft]:
    alone = [q for q in sentence.quotes if _stands_alone(doc, regions, sentence, q)]
    within = [draft for q in sentence.quotes if (draft := inside(doc, regions, sentence, q))]
    if within:
        return within
    found = report(sentence)
    if found is None:
        return _without_cue(doc, regions, sentence, alone, previous, same=same)
    told = _told(doc, regions, sentence, alone, found)
    if told and told.source is None and subjectless(sentence, found[0]):
        told.source = previous.source if same and previous is not None else _acting(before)
    return [told] if told else []


def _acting(sentence: Sentence | None) -> Span | None:
    """Who acts in a sentence that tells no words, so that the next one may go on with its verb alone.

    "W poniedziałek Lind odniosła się do cła. Podkreśliła, że ..."; only a name stands for its person here.
    """
    if sentence is None or sentence.quotes:
        return None
    head = sentence.head(sentence.end)
    if head is None or any(sentence.doc.shapes[i] != TITLE for i in range(head[0], head[1] + 1)):
        return None
    governed = head[0] > sentence.first and sentence.doc.words[head[0] - 1] in sentence.grammar.prepositions
    sure = not governed and (head[0] == sentence.first or not or_default(sentence.language).names.has_dictionary)
    return sentence.doc.span(*head) if sure else None


def _told(
    doc: Tokens,
    regions: list[Region],
    sentence: Sentence,
    alone: list[int],
    found: tuple[int, tuple[int, int] | None, Span],
) -> Draft | None:
    """What a sentence with a reporting verb tells."""
    cue, source, at = found
    if sentence.end - sentence.first < LEAST and not alone:
        return None
    named = doc.span(*source) if source else None
    by_phrase = doc.words[cue] not in (sentence.language.verbs if sentence.language else ())
    if by_phrase and source and at[1] <= doc.starts[source[0]]:
        reporting_clause = [(at[0], doc.ends[source[1]])]
    else:
        reporting_clause = clause(sentence, cue, source)
    if alone:
        spans = [(regions[doc.region[q]].start, regions[doc.region[q]].end) for q in alone]
        return Draft(
            spans=spans,
            source=named,
            cue=at,
            rule="quotation beside a reporting verb",
            regions=[doc.region[q] for q in alone],
            reporting_clause=reporting_clause,
        )
    if sentence.quotes or _indirect(sentence, cue):
        rule = "sentence with a quoted part" if sentence.quotes else "reporting verb"
        return Draft(
            spans=[sentence.span],
            source=named,
            cue=at,
            rule=rule,
            regions=[doc.region[q] for q in sentence.quotes],
            reporting_clause=reporting_clause,
            whole=True,
        )
    # "Об этом она заявила во вторник": nothing is said here, but it tells when
    if named is None or not dated(sentence):
        return None
    return Draft(
        spans=[sentence.span],
        source=named,
        cue=at,
        rule="tells when",
        regions=[],
        reporting_clause=reporting_clause,
        whole=True,
        date_only=True,
    )


def _indirect(sentence: Sentence, cue: int) -> bool:
    """Whether the sentence reports words: a conjunction, a comma or colon after the verb, or a subjunctive."""
    doc, language = sentence.doc, sentence.language
    if language is None:
        return False
    following = doc.words[cue + 1 : min(cue + 14, sentence.end)]
    if any(w in language.that for w in following) or doc.words[cue] not in language.verbs:
        return True
    if any(w in language.subjunctive for w in sentence.words) or closing(sentence, cue):
        return True
    if doc.words[cue] in language.grammar.asks and _asks(sentence, cue):
        return True
    return ":" in following and not language.grammar.colon_lists


def _asks(sentence: Sentence, cue: int) -> bool:
    """Whether an infinitive tells what somebody promised or wants: "forderte Moor auf, zu gehen", "призвал уйти"."""
    words, endings = _infinitive(sentence.grammar.asks_by)
    doc, language = sentence.doc, sentence.language
    near = doc.words[max(sentence.first, cue - 1) : min(sentence.end, cue + SMALL)]
    if language is None or any(word in language.denials.negations for word in near):
        return False  # who does not call for it has said nothing
    return any(
        doc.words[i] in words or (doc.shapes[i] == LOWER and doc.words[i].endswith(endings))
        for i in range(cue + 1, sentence.end)
    )


@lru_cache(maxsize=16)
def _infinitive(told: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    endings = tuple(word[1:] for word in told if word.startswith("-"))
    return frozenset(word for word in told if not word.startswith("-")), endings or ("\0",)


def _told_before(group: list[Sentence], number: int, made: list[Draft], taken: int) -> list[Draft]:
    """The sentences before one that only tells who said them: "Об этом заявил мэр Ады Мур"."""
    sentence, found = group[number], report(group[number])
    opening = sentence.doc.low[sentence.span[0] : sentence.span[0] + OPENING]
    opens = any(opening.startswith(phrase + " ") for phrase in sentence.grammar.about_this)
    if not opens or not number or found is None or found[1] is None or sentence.quotes:
        return []
    if any(not draft.date_only for draft in made):
        return []
    before = [other for other in group[max(0, number - TOLD) : number] if other.span[0] >= taken and not other.quotes]
    if not before or before[-1] is not group[number - 1]:
        return []
    cue, source, at = found
    return [
        Draft(
            spans=[(before[0].span[0], before[-1].span[1])],
            source=sentence.doc.span(*source) if source else None,
            cue=at,
            rule="told by the sentence behind",
            regions=[],
            reporting_clause=clause(sentence, cue, source),
            whole=True,
        )
    ]


def _without_cue(
    doc: Tokens, regions: list[Region], sentence: Sentence, alone: list[int], previous: Draft | None, *, same: bool
) -> list[Draft]:
    language = sentence.language
    if alone:
        return [_uncued(doc, regions, sentence, alone, previous, same=same)]
    if language is None or previous is None or not same or not language.subjunctive:
        return []
    count = sum(w in language.subjunctive for w in sentence.words)
    if count and not sentence.cues and (sentence.words[0] in language.he | language.she | language.they or count > 0):
        return [
            Draft(
                spans=[sentence.span],
                source=previous.source,
                cue=previous.cue,
                rule="reported in the subjunctive",
                regions=[],
                reporting_clause=previous.reporting_clause,
                whole=True,
            )
        ]
    return []


def _uncued(
    doc: Tokens, regions: list[Region], sentence: Sentence, alone: list[int], previous: Draft | None, *, same: bool
) -> Draft:
    """A quotation without a reporting verb: signed, led into by a colon, going on with the one before, or nobody's."""
    spans = [(regions[doc.region[q]].start, regions[doc.region[q]].end) for q in alone]
    numbers = [doc.region[q] for q in alone]
    signed = _signature(doc, sentence, alone[-1])
    if signed:
        return Draft(
            spans=spans,
            source=doc.span(*signed),
            cue=doc.span(alone[-1] + 1, alone[-1] + 1),
            rule="signature",
            regions=numbers,
        )
    leading = _introduces(doc, sentence, alone[0])
    if leading:
        colon = doc.span(alone[0] - 1, alone[0] - 1)
        reporting_clause = [(sentence.span[0], doc.starts[alone[0]])]
        return Draft(
            spans=spans,
            source=doc.span(*leading),
            cue=colon,
            rule="introduced by a colon",
            regions=numbers,
            reporting_clause=reporting_clause,
        )
    bare = alone[0] == sentence.first
    floating = sentence.end - alone[-1] <= 2  # noqa: PLR2004 - nothing after it but a full stop
    if previous is not None and bare and (same or floating or regions[numbers[0]].continues):
        return Draft(
            spans=spans,
            source=previous.source,
            cue=previous.cue,
            rule="continued",
            regions=numbers,
            reporting_clause=previous.reporting_clause,
        )
    return Draft(spans=spans, source=None, cue=None, rule="no speaker", regions=numbers)


def _signature(doc: Tokens, sentence: Sentence, quote: int) -> tuple[int, int] | None:
    if quote + 2 >= sentence.end or doc.words[quote + 1] not in ("—", "–", "-", "―"):
        return None
    last = sentence.end - 1
    while last > quote + 2 and doc.words[last] == ".":
        last -= 1
    return (quote + 2, last) if last - quote <= SOURCE and doc.shapes[quote + 2] in (TITLE, UPPER) else None
