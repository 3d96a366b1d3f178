"""Said-dates of an article's utterances: from the reporting clause, else from the one occasion the narration names.

In this order: the time expression of the reporting clause; the last day on which the same speaker was said to speak;
the only such day, where it follows soon; the one day the narration names together with the speaker; the one day of the
lede. What is told as earlier, repeated or long held keeps no date, and two days that fit are none.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from tracker.languages.data import Language
from tracker.languages.outlets import outlets
from tracker.languages.phrases import any_of, beginning, either, phrases
from tracker.speech.dates.expressions import Clock, DateExpression, is_bound, is_of_another_event, said
from tracker.speech.dates.narration import BESIDE, LEDE, OPENING, Narrated, Narration, is_before_event, unaired
from tracker.speech.dates.page_lines import dateline, stamp
from tracker.speech.draft import Draft
from tracker.speech.people.resolve import Resolver
from tracker.speech.tokens.tokens import Tokens
from tracker.speech.types import Mention, Said, Span

NEAR = 40
"""Code points between a verb of saying and the month in which it was said."""
CLOSE = 2
"""Paragraphs within which words follow the month or week of the words before."""
CONJUNCTION = 12
"""Code points before reported words in which the word that opens them stands."""
SOON = 6
"""Paragraphs within which a day that follows dates what the same speaker said before it."""
ANSWERED = 24
"""Sentences, and reports, back to the one by which such a reaction is told, and to what it is one to."""
REACTED = 3
"""Paragraphs within which reactions are told that came at once."""
OPENED = 90
"""Code points before a day within which such a word opens its clause."""
_OWNED = re.compile(r"['’]s?\s")


class _Patterns(NamedTuple):
    """How a language's words around dates are found."""

    day_of: re.Pattern[str]
    """What is of a day: the occasion of speaking ("Monday's briefing"), or something else ("Monday's vote")."""
    perfect: re.Pattern[str]
    """Before a reporting verb: said at some time before now."""
    definite: re.Pattern[str]
    """An occasion the text has told of before."""


@lru_cache(maxsize=16)
def _patterns(language: Language) -> _Patterns:
    dates = language.dates
    return _Patterns(
        re.compile(rf"['’]s?\s(?:[\w-]+\s){{0,2}}(?:{either(dates.day_occasions)})", re.IGNORECASE),
        re.compile(rf"\b(?:{either(dates.perfect)})\s+(?:(?:{either(dates.perfect_adverbs)})\s+)?$", re.IGNORECASE),
        re.compile(
            rf"\b(?:{either(dates.definite)})\s+(?:[\w-]+\s+)?(?:{either(dates.definite_occasions)})\b", re.IGNORECASE
        ),
    )


_FINENESS = {"day": 0, "range": 1, "month": 2, "year": 3}


@dataclass(slots=True, kw_only=True)
class Dating:
    """Dates the utterances of one article."""

    doc: Tokens
    clock: Clock
    drafts: list[Draft]
    mentions: list[Mention | None]
    resolver: Resolver
    title: str = ""
    own: list[DateExpression | None] = field(default_factory=list)
    vague: list[bool] = field(default_factory=list)
    _narration: Narration | None = None
    _event: list[Narrated] | None = None
    _cues: list[tuple[int, Span | None]] = field(default_factory=list)
    _days: dict[str, list[DateExpression]] = field(default_factory=dict)
    _occasions: dict[str, DateExpression | None] = field(default_factory=dict)

    @property
    def narration(self) -> Narration:
        """The days the narration names; read when first asked for."""
        if self._narration is None:
            self._narration = Narration(doc=self.doc, clock=self.clock, drafts=self.drafts, resolver=self.resolver)
        return self._narration

    def said(self) -> list[Said]:
        """When each utterance was said."""
        self._read_clauses()
        days: dict[str, list[int]] = {}
        for number, (mention, when) in enumerate(zip(self.mentions, self.own, strict=True)):
            if mention and mention.name and when:
                days.setdefault(mention.name, []).append(number)
        live = stamp(self.clock, self.doc.text) if self._live() else None
        line = dateline(self.clock, self.doc.text)
        out: list[Said] = []
        last: dict[str, DateExpression] = {}
        for number, (mention, when) in enumerate(zip(self.mentions, self.own, strict=True)):
            name = mention.name if mention else None
            if when:
                out.append(said(when))
                if name:
                    last[name] = when
            elif self.vague[number]:
                out.append(Said())
            elif live:
                out.append(live)
            else:
                found = self._from_others(number, name, last.get(name or ""), days.get(name or "", []))
                if mention and not found.first:
                    gone_on = self._goes_on(number, out) or self._at_once(number, out)
                    found = line or self._of_the_event(number) or gone_on or found
                out.append(found)
        return out

    def _goes_on(self, number: int, before: list[Said]) -> Said | None:
        """The day of the words before, which somebody goes on whose role several bear: "Voss said. ... the mayor said"."""
        here, last = self.mentions[number], self.mentions[number - 1] if number else None
        if here is None or last is None or here.name is not None or last.name not in here.candidates:
            return None
        at, told = self.drafts[number].spans[0][0], before[number - 1]
        ends = self.drafts[number - 1].spans[-1][1]
        paragraphs = self.doc.paragraph[self._sentence(at)] - self.doc.paragraph[self._sentence(ends)]
        if told.precision != "day" or not isinstance(told.basis, tuple) or paragraphs > 1:
            return None
        return replace(told, rule=f"goes on with what was said before: {told.rule}")

    def _at_once(self, number: int, before: list[Said]) -> Said | None:
        """The day of the words that others reacted to at once: "The remarks were promptly rejected. ... Moor said"."""
        at = self.drafts[number].spans[0][0]
        told = self._reaction(at)
        if told is None or self._is_cited(number):
            return None
        back = range(number - 1, max(-1, number - 1 - ANSWERED), -1)
        answered = next((n for n in back if self.drafts[n].spans[-1][1] <= told), None)
        said_before = before[answered] if answered is not None else Said()
        if said_before.precision != "day" or not isinstance(said_before.basis, tuple):
            return None
        return replace(said_before, rule=f"reaction at once to what was said: {said_before.rule}")

    def _reaction(self, at: int) -> int | None:
        """Where the nearest sentence begins, a few paragraphs back, by which the narration tells of a reaction at once."""
        text_layout, here = self.resolver.text_layout, self._sentence(at)
        dates, text = self.clock.language.dates, self.doc.text
        for number in range(here, max(-1, here - ANSWERED), -1):
            if self.doc.paragraph[here] - self.doc.paragraph[number] > REACTED:
                return None
            start, end = text_layout.sentences[number]
            once = any_of(dates.at_once).search(text, start, min(end, at))
            reacted = once and any_of(dates.reactions).search(text, start, end)
            if once and reacted and not text_layout.inside(once.start()):
                return start
        return None

    def _from_others(self, number: int, name: str | None, last: DateExpression | None, days: list[int]) -> Said:
        """Date an utterance whose own clause names no day."""
        if name is None:
            return Said()
        if last:
            return self._after(number, name, last)
        whens = self._days_of(name, days)
        ahead = bisect_left(days, number)
        beside = ahead < len(days) and days[ahead] == number + 1
        if beside and last is None and (when := self._leads_to(number, number + 1)) and self._is_close(number):
            return _same(when, "same occasion")
        if ahead < len(days) and len(whens) == 1 and (when := self._leads_to(number, days[ahead])):
            return _same(when, "same occasion")
        if last is None and all(w.precision != "day" for w in whens):
            if name not in self._occasions:
                self._occasions[name] = self._occasion(name)
            when = self._occasions[name]
            if when and not self._is_apart(number, name, when) and not self._goes_back(number, when):
                return _same(when, "day of the occasion")
        return Said()

    def _after(self, number: int, name: str, last: DateExpression) -> Said:
        """Date words by when the same speaker last spoke; a month or week holds for what follows it closely."""
        if self._elsewhere(number, last) or self._another(number, last):
            return Said()
        if newer := self._since(name, last.start, self.drafts[number].spans[0][0]):
            return _same(newer, "day of the occasion")
        holds = last.precision == "day" or (last.precision in {"month", "range"} and self._close_to(number, last))
        return _same(last, "same occasion") if holds else Said()

    def _close_to(self, number: int, last: DateExpression) -> bool:
        """Whether words follow a month or week in which the same speaker spoke, and nobody spoke between."""
        name, at = self._name(number), self.drafts[number].spans[0][0]
        between = [n for n in range(number) if self.drafts[n].spans[0][0] > last.start]
        paragraphs = self.doc.paragraph[self._sentence(at)] - self.doc.paragraph[self._sentence(last.start)]
        return paragraphs <= CLOSE and all(self._name(n) == name for n in between)

    def _name(self, number: int) -> str | None:
        mention = self.mentions[number]
        return mention.name if mention else None

    def _goes_back(self, number: int, when: DateExpression) -> bool:
        """Whether the narration has gone to another time, between the day of the occasion and these words."""
        return when.start < self.drafts[number].spans[0][0] and self._another(number, when)

    def _of_the_event(self, number: int) -> Said | None:
        """The day of the one occasion the article opens with, for those who speak there and are dated by nothing else."""
        if self._event is None:
            told = [n for n in self.narration.days() if n.paragraph < LEDE and n.at_event and self._told_of_many(n)]
            self._event = told[:1] if len({n.when.first for n in told}) == 1 else []
        if not self._event:
            return None
        when = self._event[0].when
        later = when.start > self.drafts[number].spans[0][0]
        if later or self._is_apart(number, None, when) or self._is_cited(number) or self._another(number, when):
            return None
        return _same(when, "day of the article's occasion")

    def _is_apart(self, number: int, name: str | None, when: DateExpression) -> bool:
        """Whether words are no part of the occasion of a day: given to a medium, or by who is not named with the day."""
        venues, (start, end) = (
            self.clock.language.venues,
            self.resolver.text_layout.sentences[self._sentence(when.start)],
        )
        if name is not None and any(named == name for named, _ in self.resolver.named_between(start, end)):
            return self._elsewhere(number, when, venues.interview)
        apart = (*venues.interview, *venues.statement, *self.clock.language.post)
        return self._elsewhere(number, when, apart)

    def _is_cited(self, number: int) -> bool:
        """Whether somebody is cited and not told to speak: "according to the ministry"."""
        cue = self.drafts[number].cue
        return cue is not None and any_of(self.clock.language.according).match(self.doc.text, cue[0]) is not None

    def _told_of_many(self, told: Narrated) -> bool:
        """Whether the sentence that names an occasion tells of several people there, not of one who speaks or acts."""
        sentence = self._sentence(told.when.start)
        return told.subject is None and not any(
            mention and (mention.name or mention.text.lower() in _pronouns(self.clock.language))
            for draft, mention in zip(self.drafts, self.mentions, strict=True)
            if draft.cue and self._sentence(draft.cue[0]) == sentence
        )

    def _another(self, number: int, last: DateExpression) -> bool:
        """Whether the paragraph has gone back to another time since: "In July she was booed. ... She said"."""
        at = self.drafts[number].spans[0][0]
        sentence = self._sentence(at)
        opens = bisect_left(self.doc.paragraph, self.doc.paragraph[sentence])
        text_layout = self.resolver.text_layout
        start = max(text_layout.sentences[opens][0], last.end)
        return any(
            (when.last < last.first or when.first > last.last)
            and not (self.clock.published and when.first > self.clock.published)
            and not text_layout.inside(when.start)
            and not self.narration.reported(when, lede=False)
            for when in self.clock.find(self.doc.text, start, at)
        )

    def _since(self, name: str, start: int, end: int) -> DateExpression | None:
        """The last day between two code points on which the narration lets a speaker act."""
        acted = [
            n.when
            for n in self.narration.days()
            if start < n.when.start < end and (n.subject == name or name in n.together)
        ]
        return acted[-1] if acted else None

    def _days_of(self, name: str, days: list[int]) -> list[DateExpression]:
        """The different days on which a speaker is told to have spoken."""
        if name not in self._days:
            found = {(w.first, w.last, w.precision): w for n in days if (w := self.own[n])}
            self._days[name] = list(found.values())
        return self._days[name]

    def _elsewhere(self, number: int, last: DateExpression, occasions: Iterable[str] | None = None) -> bool:
        """Whether an utterance names an occasion of its own: "told the Courier in an interview".

        Where many gathered, a press conference is theirs; the ``occasions`` are not.
        """
        language, text = self.clock.language, self.doc.low
        pattern = _occasions(language) if occasions is None else phrases(occasions, after="")
        clauses = self.drafts[number].reporting_clause
        named = {m.group() for a, b in clauses for m in pattern.finditer(text, a, b)}
        told = self._told_to(number)
        if not (named or told) or last.start in range(clauses[0][0], clauses[-1][1]):
            return False
        start, end = self.resolver.text_layout.sentences[self._sentence(last.start)]
        known = {m.group() for m in pattern.finditer(text, start, end)}
        conference = beginning(language.venues.press_conference)
        if not (known or told) and occasions is None and all(conference.match(word) for word in named):
            return False  # at a conference all the day's words may be said
        known |= {found.group().lower() for found in outlets(language).finditer(self.doc.text, start, end)}
        return not (named | told) & known and not any(
            _patterns(language).definite.search(text, a, b) for a, b in clauses
        )

    def _told_to(self, number: int) -> set[str]:
        """The media that a reporting clause says the words were told to, not those that repeat them."""
        language, text, mention = self.clock.language, self.doc.text, self.mentions[number]
        clauses = self.drafts[number].reporting_clause
        repeats = any_of(language.media)
        if any(repeats.search(text, a, b) for a, b in clauses):
            return set()
        return {
            found.group().lower()
            for a, b in clauses
            for found in outlets(language).finditer(text, a, b)
            if found.group()[0].isupper() and not (mention and mention.start <= found.start() < mention.end)
        }

    def _leads_to(self, number: int, ahead: int) -> DateExpression | None:
        """The day of a later utterance if it dates this one too: soon, and not as a new occasion."""
        when = self.own[ahead]
        if when is None or when.precision != "day":
            return None
        sentence = self._sentence(when.start)
        gap = self.doc.paragraph[sentence] - self.doc.paragraph[self._sentence(self.drafts[number].spans[0][0])]
        opens = when.start - self.doc.starts[self.doc.sentences[sentence][0]] <= OPENING
        return when if gap <= (1 if opens else SOON) else None

    def _is_close(self, number: int) -> bool:
        """Whether the next words stand in the same paragraph or open the next one."""
        here, there = (self._sentence(self.drafts[n].spans[0][0]) for n in (number, number + 1))
        return self.doc.paragraph[there] - self.doc.paragraph[here] <= 1

    def _live(self) -> bool:
        live = any_of(self.clock.language.dates.live)
        return any(live.search(words) for words in (self.title, self.doc.text[:400]))

    def _sentence(self, at: int) -> int:
        return self.resolver.text_layout.number(at)

    def _read_clauses(self) -> None:
        """Read the day each reporting clause names, and whether it puts the saying back in time."""
        text, language = self.doc.text, self.clock.language
        # A cue may have no source ("said on Monday: “...”"), and None has no order beside a span.
        self._cues = sorted(((d.cue[0], d.source) for d in self.drafts if d.cue), key=lambda c: (c[0], c[1] or (0, 0)))
        for number, draft in enumerate(self.drafts):
            hits = [
                w for span in draft.reporting_clause for w in self.clock.find(text, *span) if not self._beside(draft, w)
            ]
            hits = unaired(self.clock, text, hits)
            self.own.append(_best(hits, draft.cue))
            perfect = draft.cue is not None and _patterns(language).perfect.search(
                text, max(0, draft.cue[0] - 24), draft.cue[0]
            )
            vague = bool(perfect) or any(_vague(language).search(self.doc.low, a, b) for a, b in draft.reporting_clause)
            vague = vague and not any(
                _patterns(self.clock.language).definite.search(text, a, b) for a, b in draft.reporting_clause
            )
            self.vague.append(not hits and (vague or self._still_vague(number)))

    def _still_vague(self, number: int) -> bool:
        """Whether the words go on, in the same paragraph, what the same speaker said some time before."""
        if not number or not self.vague[number - 1]:
            return False
        here, before = self.mentions[number], self.mentions[number - 1]
        if here is None or here.name is None or before is None or before.name not in (None, here.name):
            return False
        paragraph = [self.doc.paragraph[self._sentence(self.drafts[n].spans[0][0])] for n in (number - 1, number)]
        return paragraph[0] == paragraph[1]

    def _beside(self, draft: Draft, when: DateExpression) -> bool:
        """Whether a time expression belongs to something else: a clause of its own, a day to come, another report."""
        text = self.doc.text
        ahead = self.clock.published is not None and when.first > self.clock.published
        ahead = ahead or is_before_event(self.clock.language, text, 0, when.start)
        ahead = ahead or is_of_another_event(self.clock.language, text, when.start)
        ahead = ahead or is_bound(self.clock.language, text, when.start) or self._is_loose(draft, when)
        if ahead or (_OWNED.match(text, when.end) and not _patterns(self.clock.language).day_of.match(text, when.end)):
            return True
        if draft.cue is None:
            return False
        low, high = (draft.cue[1], when.start) if when.start > draft.cue[1] else (when.end, draft.cue[0])
        first = bisect_left(self._cues, low, key=itemgetter(0))
        if any(source != draft.source for at, source in self._cues[first : first + 3] if at < high and source):
            return True
        if when.start > draft.cue[1]:
            return any_of(self.clock.language.dates.asides).search(text, low, high) is not None
        if "," not in text[low:high]:
            return False  # the saying stands in the same clause: "who on Monday said"
        start = max(0, when.start - OPENED)
        opened = max(start, *(text.rfind(mark, start, when.start) for mark in ",;:.\n"))
        dates = self.clock.language.dates
        return any_of((*dates.asked, *dates.asides)).search(text, opened, when.start) is not None

    def _is_loose(self, draft: Draft, when: DateExpression) -> bool:
        """Whether a month or year stands far from the verb of saying, among what is told: "the attack in October 2023"."""
        if when.precision not in {"month", "year"} or draft.cue is None:
            return False
        opens = when.start - self.resolver.text_layout.sentences[self._sentence(when.start)][0] <= OPENING
        low, high = (draft.cue[1], when.start) if when.start > draft.cue[1] else (when.end, draft.cue[0])
        return not opens and (high - low > NEAR or "," in self.doc.text[low:high])

    def _occasion(self, name: str) -> DateExpression | None:
        """The one day on which the narration lets a speaker act, else is named, else the one day of the lede."""
        told = self.narration.days()
        acting = [n for n in told if n.subject == name]
        named = [
            n
            for n in told
            if name in n.names
            and (n.opens or n.reports or self._tells_of_saying(n))
            and (n.paragraph < LEDE or not n.reports or n.subject in (None, name))
        ]
        for group in (acting, named):
            if group:
                return group[0].when if len({n.when.first for n in group}) == 1 else None
        lede = [
            n
            for n in told
            if n.paragraph < LEDE
            and not n.reports
            and (n.subject == name or (n.opens and (n.at_event or (n.subject is None and n.saying))))
        ]
        if lede and len({n.when.first for n in told}) == 1 and name in self._people_of_the_lede():
            return lede[0].when
        return None

    def _tells_of_saying(self, told: Narrated) -> bool:
        """Whether the sentence of a narrated day has a verb of saying: "Moor announced this on Monday"."""
        start, end = self.resolver.text_layout.sentences[self._sentence(told.when.start)]
        found = any_of(self.clock.language.verbs).finditer(self.doc.text, start, end)
        return any(not self.resolver.text_layout.inside(one.start()) for one in found)

    def _people_of_the_lede(self) -> set[str]:
        """The people the first paragraphs name."""
        last = bisect_left(self.doc.paragraph, LEDE)
        end = self.resolver.text_layout.sentences[last - 1][1] if last else 0
        return {name for name, _ in self.resolver.named_between(0, end)}


@lru_cache(maxsize=16)
def _pronouns(language: Language) -> frozenset[str]:
    return language.he | language.she


@lru_cache(maxsize=16)
def _that(language: Language) -> re.Pattern[str]:
    """Find the word that opens reported words, right before them."""
    return re.compile(rf"(?<!\w)(?:{either(language.that)})\s+$", re.IGNORECASE)


@lru_cache(maxsize=16)
def _vague(language: Language) -> re.Pattern[str]:
    return phrases(language.vague)


@lru_cache(maxsize=16)
def _occasions(language: Language) -> re.Pattern[str]:
    """Find words that name an occasion of speaking, whatever their ending."""
    return phrases(language.occasions, after="")


def _same(when: DateExpression, why: str) -> Said:
    return Said(
        first=when.first,
        last=when.last,
        precision=when.precision,
        basis=(when.start, when.end),
        conflict=when.conflict,
        rule=f"{why}: {when.rule}",
    )


def _best(hits: list[DateExpression], cue: Span | None) -> DateExpression | None:
    """Take the finest expression of a reporting clause; of two days the one beside the verb, if only one is."""
    if not hits:
        return None
    finest = min(_FINENESS.get(w.precision, 4) for w in hits)
    best = [w for w in hits if _FINENESS.get(w.precision, 4) == finest]
    if len({(w.first, w.last) for w in best}) == 1:
        return best[0]
    beside = [w for w in best if cue and (0 <= w.start - cue[1] <= BESIDE or 0 <= cue[0] - w.end <= BESIDE)]
    return beside[0] if len({(w.first, w.last) for w in beside}) == 1 else None


def trimmed(text: str, draft: Draft, clock: Clock) -> Draft:
    """Move a day that opens the reported words back to the reporting clause: "said Monday the talks ..."."""
    if draft.whole or not draft.cue:
        return draft
    start, end = draft.spans[0]
    if text[start : start + 1] in "“\"«„'" or start < draft.cue[1]:
        return draft
    if _that(clock.language).search(text, max(draft.cue[1], start - CONJUNCTION), start):
        return draft  # "said that on Monday": the day is part of what was said
    when = next(iter(clock.find(text, start, min(end, start + 40))), None)
    if (
        when is None
        or when.end >= end
        or text[start : when.start].strip().lower() not in ("", *clock.language.dates.leads)
    ):
        return draft
    follows = when.end
    while follows < end and (text[follows].isspace() or text[follows] == ","):
        follows += 1
    spans = [(follows, end), *draft.spans[1:]]
    reporting_clause = [*draft.reporting_clause, (start, when.end)]
    return replace(draft, spans=spans, reporting_clause=reporting_clause)
