"""Reads an article: from the text to utterances with speaker, cue and said-date."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from functools import lru_cache

from tracker.speech.dates import Clock, When, local_day, said
from tracker.speech.languages.data import Language
from tracker.speech.parts import Manuscript, Mention, Quote, QuoteKind, Said, Span
from tracker.speech.people import Resolver, Stage
from tracker.speech.quotes import layout, marks, rules
from tracker.speech.quotes.link import Draft
from tracker.speech.quotes.tokens import Tokens, tokens
from tracker.speech.register import Register

QUOTED_SHARE = 0.9
"""Share of the words in marks from which an utterance is direct (the measure of PolNeAR's scorers)."""
ALTERED = re.compile(r"\[[^\]\n]{1,80}\]|…|\.\.\.|\. \. \.|\((?:a|sic|the|his|her|its|their|our|we|he|she|it|they)\)")
JOIN = 260
"""Code points that may stand between two pieces of one utterance: a reporting clause, not a paragraph."""
_WORD = re.compile(r"\w+")


def read_prose(manuscript: Manuscript, language: Language | None) -> tuple[Quote, ...]:
    """Give the utterances of an article in order."""
    text = manuscript.text
    paragraphs = layout.paragraphs(text)
    regions = marks.regions(text, paragraphs)
    doc = tokens(text, paragraphs, regions, language)
    if not doc.words:
        return ()
    if language is not None and language.code == "en":
        from tracker.speech.quotes import link, tagger

        found = link.drafts(doc, regions, tagger.attributions(doc))
    else:
        found = rules.drafts(doc, regions, language)
    if not found:
        return ()
    stage = Stage(
        tuple((doc.starts[a], doc.ends[b - 1]) for a, b in doc.sentences), tuple((r.start, r.end) for r in regions)
    )
    resolver = Resolver(Register(text, language, manuscript.known), local_day(manuscript), stage)
    drafts = [piece for draft in found for piece in _pieces(draft, regions)]
    drafts.sort(key=lambda d: (d.spans[0], d.spans[-1]))
    _lead_on(drafts, regions)
    clock = _clock(manuscript, language)
    if clock:
        drafts = [_trimmed(text, draft, clock) for draft in drafts]
    mentions = _mentions(drafts, resolver)
    dates = _dates(text, clock, drafts, mentions, lambda name: _occasion(doc, resolver, clock, name))
    return tuple(
        _quote(text, regions, language, draft, mention, when)
        for draft, mention, when in zip(drafts, mentions, dates, strict=True)
    )


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
    return [Draft(g, draft.source, draft.cue, draft.rule, draft.regions, draft.zone, draft.whole) for g in groups]


def _lead_on(drafts: list[Draft], regions: list[marks.Region]) -> None:
    """Give the opening paragraphs of a long quotation the source that stands after its last one."""
    for draft, following in zip(drafts[-2::-1], drafts[:0:-1], strict=True):
        if draft.source or not following.source or not draft.regions or not following.regions:
            continue
        if min(following.regions) == max(draft.regions) + 1 and regions[min(following.regions)].continues:
            draft.source, draft.cue, draft.zone = following.source, following.cue, following.zone
            draft.rule = "opens a quotation attributed at its end"


def _mentions(drafts: list[Draft], resolver: Resolver) -> list[Mention | None]:
    """Resolve each source once, in the order of the text."""
    order = sorted({d.source for d in drafts if d.source})
    known = {span: resolver.mention(*span) for span in order}
    return [known[d.source] if d.source else None for d in drafts]


@lru_cache(maxsize=16)
def _vague(language: Language) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(v) for v in language.vague) + r")(?!\w)", re.IGNORECASE)


def _clock(manuscript: Manuscript, language: Language | None) -> Clock | None:
    if language is None:
        return None
    return Clock(language, local_day(manuscript), month_only=manuscript.published_precision != "day")


def _trimmed(text: str, draft: Draft, clock: Clock) -> Draft:
    """Give a day that opens the reported words back to the reporting clause: "said Monday the talks ..."."""
    if draft.whole or not draft.cue:
        return draft
    start, end = draft.spans[0]
    if text[start : start + 1] in "“\"«„'" or start < draft.cue[1]:
        return draft
    for when in clock.find(text, start, min(end, start + 40)):
        lead = text[start : when.start].strip().lower()
        if lead in ("", "on", "in", "am", "late on", "early on") and when.end < end:
            follows = when.end
            while follows < end and (text[follows].isspace() or text[follows] == ","):
                follows += 1
            spans = [(follows, end), *draft.spans[1:]]
            zone = [*draft.zone, (start, when.end)]
            return Draft(spans, draft.source, draft.cue, draft.rule, draft.regions, zone, draft.whole)
        break
    return draft


CAPTION = re.compile(
    r"\b(?:speaks|attends|arrives|gestures|poses|walks|listens|waves|looks on|delivers|addresses|shakes|greets|pictured|"
    r"photo|file|getty|reuters/|afp/|image|foto|фото)\b",
    re.IGNORECASE,
)
"""Words of picture captions: their dates are the picture's, not the speaker's."""


def _occasion(doc: Tokens, resolver: Resolver, clock: Clock | None, name: str) -> When | None:
    """Give the one day the narration names together with a speaker: "On 24 October Moor received ..."."""
    if clock is None or clock.published is None:
        return None
    days: list[When] = []
    sentences = [(doc.starts[a], doc.ends[b - 1]) for a, b in doc.sentences]
    begins = [a for a, _ in sentences]
    for at, who in resolver.starts:
        if who != name:
            continue
        number = bisect_left(begins, at + 1) - 1
        start, end = sentences[max(0, number)]
        if CAPTION.search(doc.text, start, end):
            continue
        quoted = [(doc.starts[i], doc.ends[i]) for i in range(*doc.sentences[max(0, number)]) if i in doc.region]
        for when in clock.find(doc.text, start, end):
            inside = any(a <= when.start < b for a, b in quoted)
            if when.precision == "day" and when.last <= clock.published and not inside:
                days.append(when)
    recent = [w for w in days if (clock.published - w.first).days <= RECENT]
    return recent[0] if len({w.first for w in days}) == 1 and recent else None


RECENT = 14
"""Days before publication within which a day in the narration is the occasion reported, not history."""


def _dates(
    text: str,
    clock: Clock | None,
    drafts: list[Draft],
    mentions: list[Mention | None],
    occasion: Callable[[str], When | None],
) -> list[Said]:
    """Date each utterance by its reporting clause, else by the one occasion on which its speaker spoke."""
    if clock is None:
        return [Said()] * len(drafts)
    language = clock.language
    own: list[When | None] = []
    vague: list[bool] = []
    for draft in drafts:
        hits = [when for zone in draft.zone for when in clock.find(text, *zone)]
        own.append(_best(hits))
        vague.append(not hits and any(_vague(language).search(text, a, b) for a, b in draft.zone))
    days: dict[str, list[When]] = {}
    for mention, when in zip(mentions, own, strict=True):
        if mention and mention.name and when:
            days.setdefault(mention.name, []).append(when)
    out: list[Said] = []
    last: dict[str, When] = {}
    told: dict[str, When | None] = {}
    for mention, when, unclear in zip(mentions, own, vague, strict=True):
        name = mention.name if mention else None
        if when:
            out.append(said(when))
            if name:
                last[name] = when
        elif name is None or unclear:
            out.append(Said())
        elif name in last and last[name].precision == "day":
            out.append(_same(last[name]))
        elif len({(w.first, w.last) for w in days.get(name, [])}) == 1 and days[name][0].precision == "day":
            out.append(_same(days[name][0]))
        elif name not in days:
            if name not in told:
                told[name] = occasion(name)
            when = told[name]
            out.append(_same(when, "day of the occasion") if when else Said())
        else:
            out.append(Said())
    return out


def _same(when: When, why: str = "same occasion") -> Said:
    return Said(when.first, when.last, when.precision, (when.start, when.end), when.conflict, f"{why}: {when.rule}")


def _best(hits: list[When]) -> When | None:
    """Take the finest of the expressions in a reporting clause; two different days are no date."""
    if not hits:
        return None
    order = {"day": 0, "range": 1, "month": 2, "year": 3}
    finest = min(order.get(w.precision, 4) for w in hits)
    best = [w for w in hits if order.get(w.precision, 4) == finest]
    return best[0] if len({(w.first, w.last) for w in best}) == 1 else None


def _quote(
    text: str, regions: list[marks.Region], language: Language | None, draft: Draft, mention: Mention | None, when: Said
) -> Quote:
    spans = tuple(draft.spans)
    kind = _kind(text, regions, draft, spans)
    clause = " ".join(text[a:b] for a, b in draft.zone).lower()
    if kind == "direct" and language and any(p in clause for p in language.post):
        kind = "post"
    cue = text[draft.cue[0] : draft.cue[1]].lower() if draft.cue else ""
    negated = bool(
        language
        and any(
            w in language.negations for w in re.findall(r"[\w’']+", cue.replace("n’t", " n't").replace("n't", " n't"))
        )
    )
    return Quote(
        start=spans[0][0],
        end=max(b for _, b in spans),
        spans=spans,
        kind=kind,
        speaker=mention,
        cue=draft.cue,
        said=when,
        condition=condition(text, spans, language),
        altered=kind != "indirect" and any(ALTERED.search(text, a, b) for a, b in spans),
        negated=negated,
        rule=draft.rule,
    )


def _kind(text: str, regions: list[marks.Region], draft: Draft, spans: tuple[Span, ...]) -> QuoteKind:
    total = quoted = 0
    starts = [r.start for r in regions]
    for a, b in spans:
        total += len(_WORD.findall(text, a, b))
        for region in regions[max(0, bisect_left(starts, a) - 1) :]:
            if region.start >= b:
                break
            if region.end > a:
                quoted += len(_WORD.findall(text, max(a, region.start), min(b, region.end)))
    if draft.rule.startswith("dialogue") or (total and quoted >= QUOTED_SHARE * total):
        return "direct"
    return "mixed" if quoted else "indirect"


@lru_cache(maxsize=16)
def _conditions(language: Language) -> re.Pattern[str]:
    words = "|".join(re.escape(c) for c in sorted(language.conditions, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{words})\s[^.,;:!?\n“”\"«»—]{{3,200}}", re.IGNORECASE)


def condition(text: str, spans: tuple[Span, ...], language: Language | None) -> Span | None:
    """Give the first if, when, until or unless clause inside an utterance."""
    if language is None:
        return None
    for a, b in spans:
        found = _conditions(language).search(text, a, b)
        if found:
            start, end = found.span()
            while text[end - 1].isspace():
                end -= 1
            return (start, end)
    return None
