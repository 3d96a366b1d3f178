"""The recent days that the narration of an article names, outside quotations, captions and plans, and for whom."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from tracker.languages.data import Language
from tracker.languages.phrases import any_of, beginning, either
from tracker.speech.dates.expressions import Clock, DateExpression, is_bound, is_of_another_event
from tracker.speech.draft import Draft
from tracker.speech.people.resolve import Resolver
from tracker.speech.tokens.tokens import Tokens
from tracker.speech.types import Span

RECENT = 14
"""Days before publication within which a day in the narration is the occasion reported, not history."""
RECENT_WEEKDAY = 5
"""The same of a weekday that the narration names without a date."""
MONTH = 31
"""The same where only the month of publication is known, whose last day is counted from."""
LEDE = 4
"""Paragraphs at the head of an article that tell what happened; the headline may be one of them."""
HEAD = 2
"""Paragraphs at the head, the headline and the lead, whose one day is that of whoever they name."""
OPENING = 12
"""Code points at the head of a sentence: a day that stands there opens a new occasion."""
VERB = 50
"""Code points after a day that opens a sentence within which its verb stands."""
JOINED = 5
"""Words from the first of two names up to the second, joined by a conjunction: "Prime Minister Moor and President"."""
EVENT = 70
"""Code points before a day in which the event it belongs to is named."""
AIRED = 40
"""Code points before a day in which a word of broadcast or print stands."""
BESIDE = 16
"""Code points between a reporting verb and the day beside it: "told reporters Tuesday"."""
_LENGTH = re.compile(r"\|\s*\d+:\d\d")
"""The length of a video in its caption."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrated:
    """A recent day in the narration: which sentence names it, and whom that sentence names."""

    when: DateExpression
    paragraph: int
    names: frozenset[str]
    subject: str | None
    together: frozenset[str]
    """Those who open the sentence and act together: "Moor and Lind spoke on Friday"."""
    reports: bool
    at_event: bool
    saying: bool
    """Whether its sentence names something said or written: "in an article"."""
    opens: bool
    """Whether its sentence opens a paragraph: what stands deeper is background to that."""


@dataclass(slots=True, kw_only=True)
class Narration:
    """Finds the days of an article's narration."""

    doc: Tokens
    clock: Clock
    drafts: list[Draft]
    resolver: Resolver
    _contents: list[tuple[int, int, bool]] | None = None
    _found: list[Narrated] | None = None

    def days(self) -> list[Narrated]:
        """The recent days the narration names, outside quotations, captions and plans."""
        if self._found is None:
            cues = sorted(d.cue[0] for d in self.drafts if d.cue)
            found = (
                self._day(when, cues) for when in unaired(self.clock, self.doc.text, self.clock.find(self.doc.text))
            )
            self._found = [n for n in found if n]
        return self._found

    def _day(self, when: DateExpression, cues: list[int]) -> Narrated | None:
        published, text_layout = self.clock.published, self.resolver.text_layout
        recent = MONTH if self.clock.month_only else RECENT
        if published is None or when.precision != "day" or not 0 <= (published - when.first).days <= recent:
            return None
        number = text_layout.number(when.start)
        start, end = text_layout.sentences[number]
        if text_layout.inside(when.start) or self._captioned(start, end) or self._planned(when, start, end):
            return None
        if self._is_no_occasion(when, start, published):
            return None
        at = bisect_left(cues, start)
        reports = at < len(cues) and cues[at] < end
        paragraph = self.doc.paragraph[number]
        if reports and (self.reported(when, lede=paragraph < LEDE) or self._behind_that(start, when.start)):
            return None
        names = frozenset(n for n, place in self.resolver.named_between(start, end) if not text_layout.inside(place))
        subject = self.resolver.subject(start, end)
        return Narrated(
            when=when,
            paragraph=paragraph,
            names=names,
            subject=subject.person if subject else None,
            together=self._together(start, end),
            reports=reports,
            at_event=self._at_event(when, start, end),
            saying=_sayings(self.clock.language).search(self.doc.text, start, end) is not None,
            opens=number == 0 or self.doc.paragraph[number - 1] != paragraph,
        )

    def _together(self, start: int, end: int) -> frozenset[str]:
        """The two people with whom a sentence opens, joined by a conjunction alone."""
        first, *rest = self.resolver.named_between(start, end) or [("", start)]
        if not rest or first[1] - start > OPENING:
            return frozenset()
        between = self.doc.text[first[1] : rest[0][1]].split()
        joined = any(word.lower() in self.clock.language.grammar.conjunctions for word in between)
        return frozenset({first[0], rest[0][0]}) if joined and len(between) <= JOINED else frozenset()

    def _is_no_occasion(self, when: DateExpression, start: int, published: date) -> bool:
        """Whether a day is of something else, only bounds a time, or may as well be one to come."""
        language, text = self.clock.language, self.doc.text
        if is_of_another_event(language, text, when.start) or is_bound(language, text, when.start):
            return True
        if when.rule == "weekday" and (published - when.first).days > RECENT_WEEKDAY:
            return True  # "she plays the final on Wednesday" is tomorrow
        return is_before_event(language, text, start, when.start)

    def _behind_that(self, start: int, at: int) -> bool:
        """Whether a day follows the word that opens reported words: "said that on Monday"."""
        return any_of(self.clock.language.that).search(self.doc.text, max(start, at - BESIDE), at) is not None

    def _at_event(self, when: DateExpression, start: int, end: int) -> bool:
        """Whether an occasion at which people speak stands beside a day: "at a news conference on Monday"."""
        dates, text = self.clock.language.dates, self.doc.text
        if any_of(dates.after_next).search(text, max(start, when.start - BESIDE), when.start):
            return False  # "from today"
        if beginning(dates.stamps).search(text, max(0, when.start - BESIDE), when.start):
            return False
        near = any_of(dates.events).finditer(text, max(start, when.start - EVENT), min(end, when.end + EVENT))
        return any(not self.resolver.text_layout.inside(found.start()) for found in near)

    def _captioned(self, start: int, end: int) -> bool:
        """Whether a sentence is a caption: its date is the picture's, not the speaker's."""
        found = any_of(self.clock.language.dates.captions).search(self.doc.text, start, end)
        return found is not None or _LENGTH.search(self.doc.text, start, end) is not None

    def _planned(self, when: DateExpression, start: int, end: int) -> bool:
        """Whether a day is one on which something will happen: the verb stands before it, or after one that opens."""
        start = max([start, *(a for a, b, _ in self._reports() if start <= a <= when.start < b)])
        opens = when.start - start <= OPENING
        return (
            any_of(self.clock.language.dates.plans).search(
                self.doc.text, *((when.end, min(end, when.end + VERB)) if opens else (start, when.start))
            )
            is not None
        )

    def reported(self, when: DateExpression, *, lede: bool) -> bool:
        """Whether a day stands in reported words; in the lede only where a whole sentence is the utterance."""
        contents = self._reports()
        at = bisect_left(contents, (when.start + 1, 0, False)) - 1
        if at < 0 or when.start >= contents[at][1]:
            return False
        return contents[at][2] or not lede

    def _reports(self) -> list[tuple[int, int, bool]]:
        """The reported words, in order, and whether each is a whole sentence."""
        if self._contents is None:
            self._contents = sorted((*s, d.whole) for d in self.drafts for s in (_outside(d) if d.whole else d.spans))
        return self._contents


def unaired(clock: Clock, text: str, hits: list[DateExpression]) -> list[DateExpression]:
    """Leave out days of broadcast and print where another day is told: recorded on Friday, aired on Sunday."""
    aired = _aired(clock.language)
    kept = [w for w in hits if not aired.search(text, max(0, w.start - AIRED), w.start)]
    return kept or hits


def is_before_event(language: Language, text: str, start: int, at: int) -> bool:
    """Whether a day is that of an event to come: "ahead of a meeting on"."""
    return _before_event(language).search(text, max(start, at - EVENT), at) is not None


def _outside(draft: Draft) -> list[Span]:
    """The parts of a sentence that is an utterance as a whole which are not its reporting clause."""
    out: list[Span] = []
    for start, end in draft.spans:
        at = start
        for a, b in sorted(draft.reporting_clause):
            if at < a < end:
                out.append((at, a))
            at = max(at, min(b, end))
        if at < end:
            out.append((at, end))
    return out


@lru_cache(maxsize=16)
def _before_event(language: Language) -> re.Pattern[str]:
    """Find, before a day, the event it is the day of: "ahead of a meeting on"; nothing that ends a clause between."""
    words = either(language.dates.before_event)
    return re.compile(rf"(?<!\w)(?:{words})\s+(?:[\w’'-]+\s+){{1,6}}$", re.IGNORECASE)


@lru_cache(maxsize=16)
def _aired(language: Language) -> re.Pattern[str]:
    """Find a word of broadcast or print before a day."""
    dates = language.dates
    return re.compile(rf"\b(?:{either(dates.aired)})\s+(?:(?:{either(dates.before_day)})\s+)?$", re.IGNORECASE)


@lru_cache(maxsize=16)
def _sayings(language: Language) -> re.Pattern[str]:
    """Find words for what is said or written to the public."""
    venues = language.venues
    return any_of(frozenset({*venues.interview, *venues.press_conference, *venues.speech, *venues.statement}))
