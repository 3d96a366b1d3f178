"""Reads an article: from the text to utterances with speaker, cue and said-date."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from tracker.languages import letters
from tracker.languages.data import Language, or_default
from tracker.languages.phrases import any_of, either, phrases
from tracker.speech.dates.article import Dating, trimmed
from tracker.speech.dates.expressions import Clock, local_day, places
from tracker.speech.draft import Draft
from tracker.speech.people.person_index import PersonIndex
from tracker.speech.people.resolve import Resolver, TextLayout
from tracker.speech.quotes import labelled
from tracker.speech.quotes.english.link import Attribution, drafts
from tracker.speech.quotes.only_voice import give_to_only_voice
from tracker.speech.quotes.rules import rules
from tracker.speech.tokens import layout, marks
from tracker.speech.tokens.tokens import Tokens, tokens
from tracker.speech.types import Manuscript, Mention, Quote, QuoteKind, Said, Span

QUOTED_SHARE = 0.9
"""Share of the words in marks from which an utterance is direct (the measure of PolNeAR's scorers)."""
JOIN = 260
"""Code points that may stand between two pieces of one utterance: a reporting clause, not a paragraph."""
_WORD = re.compile(r"\w+")


@lru_cache(maxsize=16)
def _altered(language: Language) -> re.Pattern[str]:
    """Find what an outlet has changed in a quotation: brackets, ellipses, words put in."""
    return re.compile(
        r"\[(?!\d{1,2}:\d\d)[^\]\n]{1,80}\]|…|\.\.\.|\. \. \.|" + rf"\((?:{either(language.grammar.insertions)})\)"
    )


class Page(NamedTuple):
    """An article taken apart: its words, and the stretches in quotation marks."""

    manuscript: Manuscript
    language: Language | None
    doc: Tokens
    regions: list[marks.Region]


def read_prose(articles: Sequence[tuple[Manuscript, Language | None]]) -> list[tuple[Quote, ...]]:
    """The utterances of each article in order; articles given together are read faster, to the same result."""
    pages = [_page(manuscript, language) for manuscript, language in articles]
    english = [page.doc for page in pages if page and _tagged(page)]
    if english:
        from tracker.speech.quotes.english.tagger import attributions

        found = iter(attributions(english))
    return [
        () if page is None else _utterances(page, _drafts(page, next(found) if _tagged(page) else [])) for page in pages
    ]


def _page(manuscript: Manuscript, language: Language | None) -> Page | None:
    text = manuscript.text
    if not _WORD.search(text) or marks.flooded(text):
        return None
    paragraphs = layout.paragraphs(text)
    regions = _without_narration(text, language, marks.regions(text, paragraphs))
    doc = tokens(text, paragraphs, regions, language)
    return Page(manuscript, language, doc, regions) if doc.words else None


def _without_narration(text: str, language: Language | None, regions: list[marks.Region]) -> list[marks.Region]:
    """End a quotation whose closing mark is missing at its reporting clause: “We go on, Moor said on Monday."""
    if language is None:
        return regions
    out = []
    for number, region in enumerate(regions):
        following = regions[number + 1] if number + 1 < len(regions) else None
        goes_on = following is not None and following.continues and _opens_line(text, following.start)
        if not region.closed and not goes_on:
            clause = _reporting(language).search(text, region.inner, region.outer)
            if clause:
                region = region._replace(outer=clause.end(1), end=clause.end(1), closed=True)  # noqa: PLW2901
        out.append(region)
    return out


def _opens_line(text: str, at: int) -> bool:
    return not text[text.rfind("\n", 0, at) + 1 : at].strip()


@lru_cache(maxsize=16)
def _reporting(language: Language) -> re.Pattern[str]:
    """Find ", Moor said" and ", said Moor": a comma, then a verb of saying beside a name or pronoun."""
    verbs, who = either(language.verbs), either(language.he | language.she)
    name = rf"(?:{letters.CAPITAL}[\w’'-]+\s+){{1,5}}"
    behind = rf"(?:{verbs})\s+(?:{letters.CAPITAL}|(?:{who})(?!\w))"
    return re.compile(rf"(,)\s+(?:{name}(?:{verbs})(?!\w)|(?:{who})\s+(?:{verbs})(?!\w)|{behind})")


def _tagged(page: Page) -> bool:
    """Whether the taggers know the language of a page."""
    return page.language is not None and page.language.is_tagged


def _drafts(page: Page, found: list[Attribution]) -> list[Draft]:
    if _tagged(page):
        return drafts(page.doc, page.regions, found, page.language)
    return rules.drafts(page.doc, page.regions, page.language)


def _utterances(page: Page, found: list[Draft]) -> tuple[Quote, ...]:
    """Each utterance with its speaker and its day."""
    manuscript, language, doc, regions = page
    if not found and not labelled.has_posts(doc.text):
        return ()
    text = manuscript.text
    text_layout = TextLayout(
        tuple((doc.starts[a], doc.ends[b - 1]) for a, b in doc.sentences), tuple((r.start, r.end) for r in regions)
    )
    resolver = Resolver(PersonIndex(text, language, manuscript.known), local_day(manuscript), text_layout)
    pieces = [
        piece for draft in found for part in _parted(text, language, draft, regions) for piece in _pieces(part, regions)
    ]
    pieces.sort(key=lambda d: (d.spans[0], d.spans[-1]))
    labelled.attribute(text, language, pieces, regions)
    labelled.posts(text, pieces)
    _lead_on(pieces, regions)
    clock = _clock(manuscript, language)
    if clock:
        clock.read(text, places(doc, clock.language))
        pieces = [trimmed(text, draft, clock) for draft in pieces]
    mentions = give_to_only_voice(text, pieces, _mentions(pieces, resolver), resolver.gender)
    dates = [Said()] * len(pieces)
    if clock:
        dates = Dating(
            doc=doc, clock=clock, drafts=pieces, mentions=mentions, resolver=resolver, title=manuscript.title or ""
        ).said()
    return tuple(
        _quote(page, draft, mention, when)
        for draft, mention, when in zip(pieces, mentions, dates, strict=True)
        if not draft.date_only
    )


def _parted(text: str, language: Language | None, draft: Draft, regions: list[marks.Region]) -> list[Draft]:
    r"""Part a report in a relative clause from the quotation that the next paragraph is: "... R., who had said it:\n“...”".

    Whom the sentence is about said it, or whom the clause is about: nobody can tell.
    """
    known = or_default(language)
    if draft.source is None or not any_of(known.grammar.relative | known.that).match(text, *draft.source):
        return [draft]
    starts = {regions[number].start for number in draft.regions}
    for place in range(1, len(draft.spans)):
        between = text[draft.spans[place - 1][1] : draft.spans[place][0]]
        if draft.spans[place][0] in starts and "\n" in between:
            start = draft.spans[place][0]
            mine, rest = ([n for n in draft.regions if (regions[n].start < start) is early] for early in (True, False))
            own = Draft(spans=draft.spans[place:], source=None, cue=None, rule="paragraph in marks", regions=rest)
            return [replace(draft, spans=draft.spans[:place], regions=mine), own]
    return [draft]


def _pieces(draft: Draft, regions: list[marks.Region]) -> list[Draft]:
    """Part an utterance where more than a reporting clause stands between two quotations."""
    groups: list[list[Span]] = []
    chained = {regions[n].start for n in draft.regions if regions[n].continues}
    for span in draft.spans:
        if groups and (span[0] - groups[-1][-1][1] <= JOIN or span[0] in chained):
            groups[-1].append(span)
        else:
            groups.append([span])
    if len(groups) == 1:
        return [draft]
    return [replace(draft, spans=group) for group in groups]


def _lead_on(drafts: list[Draft], regions: list[marks.Region]) -> None:
    """Set the source of the opening paragraphs of a long quotation: it stands after its last one."""
    for draft, following in zip(drafts[-2::-1], drafts[:0:-1], strict=True):
        if draft.source or not following.source or not draft.regions or not following.regions:
            continue
        if min(following.regions) == max(draft.regions) + 1 and regions[min(following.regions)].continues:
            draft.source, draft.cue, draft.reporting_clause = (
                following.source,
                following.cue,
                following.reporting_clause,
            )
            draft.rule = "opens a quotation attributed at its end"


def _mentions(drafts: list[Draft], resolver: Resolver) -> list[Mention | None]:
    """Resolve each source once, in the order of the text."""
    order = sorted({d.source for d in drafts if d.source})
    known = {span: resolver.mention(*span) for span in order}
    return [known[d.source] if d.source else None for d in drafts]


def _clock(manuscript: Manuscript, language: Language | None) -> Clock | None:
    if language is None:
        return None
    return Clock(language, local_day(manuscript), month_only=manuscript.published_precision != "day")


def _quote(page: Page, draft: Draft, mention: Mention | None, when: Said) -> Quote:
    language, doc, regions = page.language, page.doc, page.regions
    text, low = doc.text, doc.low
    spans = tuple(draft.spans)
    kind: QuoteKind = "post" if draft.rule == labelled.POST else _kind(doc, regions, draft, spans)
    if kind == "direct" and language and any(_posts(language).search(low, a, b) for a, b in draft.reporting_clause):
        kind = "post"
    return Quote(
        start=spans[0][0],
        end=max(b for _, b in spans),
        spans=spans,
        kind=kind,
        speaker=mention,
        cue=draft.cue,
        said=when,
        condition=condition(low, spans, language),
        altered=kind != "indirect" and any(_altered(or_default(language)).search(text, a, b) for a, b in spans),
        polarity=draft.polarity,
        rule=draft.rule,
    )


@lru_cache(maxsize=16)
def _posts(language: Language) -> re.Pattern[str]:
    return phrases(language.post, after="")


def _kind(doc: Tokens, regions: list[marks.Region], draft: Draft, spans: tuple[Span, ...]) -> QuoteKind:
    """Tell direct from mixed and indirect by the share of words in marks."""
    if draft.rule.startswith("dialogue") or draft.rule == labelled.RULE:
        return "direct"
    if draft.whole and not draft.regions:
        return "indirect"
    text = doc.text
    total = quoted = 0
    for a, b in spans:
        first = max(0, bisect_left(regions, a, key=attrgetter("start")) - 1)
        here = []
        for number in range(first, len(regions)):
            region = regions[number]
            if region.start >= b:
                break
            if region.end > a:
                here.append((max(a, region.start), min(b, region.end)))
        if here == [(a, b)]:
            words = len(_WORD.findall(text, a, b)) if len(spans) > 1 else 1
            total, quoted = total + words, quoted + words
            continue
        if here or len(spans) > 1:
            total += len(_WORD.findall(text, a, b))
            quoted += sum(len(_WORD.findall(text, *place)) for place in here)
    if total and quoted >= QUOTED_SHARE * total:
        return "direct"
    return "mixed" if quoted else "indirect"


@lru_cache(maxsize=16)
def _conditions(language: Language) -> re.Pattern[str]:
    return phrases(language.conditions, after=r"\s[^.,;:!?\n“”\"«»—]{3,200}")


@lru_cache(maxsize=16)
def _times(language: Language) -> re.Pattern[str]:
    """The same conjunctions before a mere time: "until now", "bis zum Sommer" open no clause."""
    return re.compile("|".join(rf"{re.escape(words)}\b" for words in language.no_clause) or r"(?!)")


def condition(low: str, spans: tuple[Span, ...], language: Language | None) -> Span | None:
    """The first if, when, until or unless clause inside an utterance of a text in small letters."""
    if language is None:
        return None
    for a, b in spans:
        for found in _conditions(language).finditer(low, a, b):
            if low[found.end() : found.end() + 1] == "?" or _times(language).match(low, found.start()):
                continue
            start, end = found.span()
            while low[end - 1].isspace():
                end -= 1
            return (start, end)
    return None
