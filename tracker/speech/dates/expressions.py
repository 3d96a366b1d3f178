"""When words were spoken: time expressions of a text, as intervals, and which of them dates an utterance.

Days are counted back from publication in the outlet's zone. A weekday is the last one up to and including the day of
publication (the usage of news agencies: within seven days). Nothing is taken from the publication day alone, except
in transcripts. A weekday that contradicts its date gives both days and a conflict.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import compress
from zoneinfo import ZoneInfo

from tracker.languages.data import Language
from tracker.languages.phrases import either
from tracker.languages.word_forms import is_genitive
from tracker.speech.tokens.tokens import NUMBER, Tokens
from tracker.speech.types import Manuscript, Precision, Said

_NEXT = re.compile(r"\s+([^\W\d_]+)")
MONTHS, WEEK, NEARLY = 12, 7, 3
"""Months of a year, days of a week, and how many days "two weeks ago" may be off."""
SOON = 120
"""Days ahead within which a day without a year is one to come, not last year's."""


@lru_cache(maxsize=16)
def _after_next(language: Language) -> re.Pattern[str]:
    """Find, before a weekday, words by which it is to come or bounds a time."""
    dates = language.dates
    return re.compile(rf"(?:{either(dates.after_next)})\s+(?:(?:{either(dates.articles)})\s+)?$", re.IGNORECASE)


@lru_cache(maxsize=16)
def _after_last(language: Language) -> re.Pattern[str]:
    """Find, before a weekday or month, words by which it lies in the week or year before."""
    return re.compile(rf"(?:{either(language.dates.after_last)})\s+$", re.IGNORECASE)


@lru_cache(maxsize=16)
def _week_before(language: Language) -> re.Pattern[str]:
    """Find, behind a weekday, that it is one of the week before."""
    return re.compile(rf"[ \u00a0]+(?:{either(language.dates.week_before)})(?!\w)", re.IGNORECASE)


@lru_cache(maxsize=16)
def _between(language: Language) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Find what stands before the first of two days between which something happened, and what parts the two."""
    conjunctions, articles = either(language.grammar.conjunctions), either(language.dates.articles)
    return (
        re.compile(rf"(?<!\w)(?:{either(language.dates.between)})\s+$", re.IGNORECASE),
        re.compile(rf"\s+(?:{conjunctions})\s+(?:(?:{articles})\s+)?", re.IGNORECASE),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DateExpression:
    """A time expression: its code points and the days it names."""

    start: int
    end: int
    first: date
    last: date
    precision: Precision
    conflict: str | None = None
    rule: str = ""


def local_day(manuscript: Manuscript) -> date | None:
    """The day of publication in the outlet's zone."""
    published = manuscript.published
    if isinstance(published, datetime):
        aware = published if published.tzinfo else published.replace(tzinfo=UTC)
        try:
            return aware.astimezone(ZoneInfo(manuscript.timezone)).date()
        except (KeyError, ValueError, OSError, OverflowError):
            return aware.date()
    return published


def _spoken_at(language: Language) -> str:
    """Words for occasions at which people speak, as alternatives: "press conference"."""
    stems = (f"{word}*" for word in language.occasions)
    return either({*language.dates.events, *language.dates.day_occasions, *stems})


@lru_cache(maxsize=16)
def _owned_by(language: Language) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Find what ties a day to the noun before it ("der Angriff vom"), and an occasion of speaking among the words before."""
    return (
        re.compile(rf"(?<!\w)(?:{either(language.dates.owned_by)})\s+$", re.IGNORECASE),
        re.compile(rf"(?<!\w)(?:{_spoken_at(language)})", re.IGNORECASE),
    )


def is_bound(language: Language, text: str, start: int) -> bool:
    """Whether a day only bounds a time ("until 15 May") or is part of what somebody is: "der heute 60-jährige"."""
    if _after_next(language).search(text, max(0, start - BETWEEN - 4), start):
        return True
    return _aged(language).match(text, start) is not None


@lru_cache(maxsize=16)
def _aged(language: Language) -> re.Pattern[str]:
    """Find "today" before a number that is somebody's age: "heute 60-jährige", "aujourd'hui âgée"."""
    return re.compile(rf"(?:{either(language.days)})\s+(?:\d+[\s-])?(?:{either(language.dates.aged)})", re.IGNORECASE)


def is_of_another_event(language: Language, text: str, start: int) -> bool:
    """Whether the day at ``start`` belongs to a noun that is no occasion of speaking: "nach dem Angriff vom Montag"."""
    tie, spoken = _owned_by(language)
    found = tie.search(text, max(0, start - BETWEEN), start)
    return found is not None and not spoken.search(text, max(0, start - OCCASION), start)


@lru_cache(maxsize=16)
def _behind(language: Language) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Find, behind a weekday, that it is to come or of the week before; and, up to its end, that it is to come."""
    dates = language.dates
    return (
        re.compile(rf"[ \u00a0]+(?:{either(dates.next_behind)})(?!\w)", re.IGNORECASE),
        re.compile(rf"[ \u00a0]+(?:{either(dates.last_behind)})(?!\w)", re.IGNORECASE),
        re.compile(rf"(?<!\w)(?:{either(dates.coming)})$", re.IGNORECASE),
    )


@lru_cache(maxsize=16)
def _night(language: Language) -> re.Pattern[str]:
    """Find, before a weekday, that a night ends on it."""
    return re.compile(rf"(?<!\w)(?:{either(language.dates.nights)})\s+$", re.IGNORECASE)


@lru_cache(maxsize=16)
def _patterns(language: Language) -> re.Pattern[str]:
    dates = language.dates
    space = r"[ \u00a0]+"
    weekday, month = either(language.weekdays, space), either(language.months, space)
    weekday = rf"(?:{weekday})(?:{either(dates.day_endings)})?"
    of = rf"(?:(?:{either(dates.of)}){space})?"
    ordinal = f"(?:{either(dates.ordinals)})?"
    number = rf"(?:\d{{1,2}}|{either(dates.numbers)})"
    days, weeks = (either(phrases, space).replace(r"\#", number) for phrases in (dates.ago_days, dates.ago_weeks))
    dated = rf"(?!\w|{space}[0-3]?\d{ordinal}(?!\d)|,{space}[0-3]?\d,{space}(?:19|20)\d\d)"
    year = rf"(?:,?{space}{of}(?P<{{}}>(?:19|20)\d\d))?(?!\d)"
    return re.compile(
        rf"(?:(?<!\w)(?P<w1>{weekday})(?:{space}(?:{either(dates.day_parts)}))?,?{space}"
        rf"(?:(?:{either(dates.articles)}){space}|,{space})?)?"
        rf"(?:(?<!\w)(?P<m1>{month}){space}(?P<d1>[0-3]?\d){ordinal}(?![\d:.]\d|\d){year.format('y1')}"
        rf"|(?<![\w.,])(?P<d2>[0-3]?\d)(?:\.|{ordinal}){space}{of}(?P<m2>{month})(?!\w){year.format('y2')})"
        rf"|(?<![\w.])(?P<y4>(?:19|20)\d\d)-(?P<m4>[01]\d)-(?P<d4>[0-3]\d)(?!\d)"
        rf"|(?<!\w)(?P<m7>{month}),?{space}(?P<d7>[0-3]?\d),{space}(?P<y7>(?:19|20)\d\d)(?!\d)"
        rf"|(?<![\w./])(?P<a8>[0-3]?\d)/(?P<b8>[0-3]?\d)/(?P<y8>(?:19|20)\d\d)(?![\d/])"
        rf"|(?<!\w)(?:(?P<agod>{days})|(?P<agow>{weeks}))(?!\w)"
        rf"|(?<![\w.])(?P<d5>[0-3]?\d)\.(?P<m5>[01]?\d)\.(?P<y5>(?:19|20)\d\d)(?!\d)"
        rf"|(?<!\w)(?P<day>{either(language.days, space)})(?!\w)"
        rf"|(?<!\w)(?P<span>{either(language.spans, space)})(?!\w)"
        rf"|(?<!\w)(?P<own>{either((*dates.occasion_days, *dates.occasion_weekdays))})"
        rf"(?={space}(?:[\w-]+{space})?(?:{_spoken_at(language)}))"
        rf"|(?<!\w)(?P<w3>{weekday})(?!\w)"
        rf"|(?<!\w)(?P<in>{either(dates.before_month, space)})[ \u00a0-]+(?P<m3>{month})"
        rf"{dated}(?:,?{space}(?P<y3>(?:19|20)\d\d))?"
        rf"|(?<!\w)(?:{either(dates.before_year, space)}){space}(?P<y6>(?:19|20)\d\d)(?!\d|[-–/]\d)",
        re.IGNORECASE,
    )


_WORD = re.compile(r"\w+")


def _before(language: Language) -> list[str]:
    """The words before a month or a year."""
    return [
        word for phrase in (*language.dates.before_month, *language.dates.before_year) for word in phrase.split()[:1]
    ]


@lru_cache(maxsize=16)
def heads(language: Language) -> frozenset[str]:
    """The words with which a time expression can begin, unless it begins with a number."""
    ago = [
        word for phrase in (*language.dates.ago_days, *language.dates.ago_weeks) for word in _counted(phrase, language)
    ]
    dates = language.dates
    parts_of_days = [f"{day}{ending}" for day in language.weekdays for ending in dates.day_endings]
    owners = [*dates.occasion_days, *dates.occasion_weekdays]
    return _beginnings(
        [
            *(*language.weekdays, *parts_of_days, *owners, *language.months, *language.days, *language.spans),
            *(*_before(language), *ago),
        ]
    )


def _counted(phrase: str, language: Language) -> Iterable[str]:
    """The words with which "# days ago" can begin."""
    first = phrase.split(maxsplit=1)[0]
    return language.dates.numbers if first == "#" else [first]


@lru_cache(maxsize=16)
def _weak(language: Language) -> frozenset[str]:
    """Those of the heads that only begin one before a month or a number: "in", "on"."""
    return frozenset(_before(language)) - _beginnings(
        [*language.weekdays, *language.months, *language.days, *language.spans]
    )


@lru_cache(maxsize=16)
def _months(language: Language) -> frozenset[str]:
    return _beginnings(language.months)


def _beginnings(phrases: Iterable[str]) -> frozenset[str]:
    """The first words of some phrases, as a plain word, one before a full stop, one with apostrophe or hyphen."""
    known = [phrase.lower() for phrase in phrases]
    words = {found.group() for phrase in known if (found := _WORD.search(phrase))}
    joined = {phrase.split()[0] for phrase in known if phrase.strip()}
    return frozenset(words | joined | {f"{w}." for w in words})


def places(doc: Tokens, language: Language) -> list[int]:
    """The code points at which a time expression can begin, outside quotation marks."""
    weak, months = _weak(language), _months(language)
    opening = (*language.dates.before_year, *language.dates.before_month)
    goes_on = {word for phrase in opening for word in phrase.split()[1:]}
    units = {phrase.split()[1] for phrase in (*language.dates.ago_days, *language.dates.ago_weeks)}
    found = list(compress(doc.starts, map(NUMBER.__eq__, doc.shapes)))
    for i in compress(range(len(doc.words)), map(heads(language).__contains__, doc.words)):
        if doc.words[i] in language.dates.numbers and doc.words[i + 1 : i + 2] and doc.words[i + 1] not in units:
            continue
        if doc.words[i] in weak:
            follows = doc.words[i + 1] if i + 1 < len(doc.words) else ""
            if follows not in months and follows not in goes_on and doc.shapes[i + 1 : i + 2] != [NUMBER]:
                continue
        found.append(doc.starts[i])
    return sorted(found)


class Clock:
    """Reads the time expressions of one language against one day of publication."""

    def __init__(self, language: Language, published: date | None, *, month_only: bool = False) -> None:
        """Count from ``published``; where only its month is known, nothing is counted in days."""
        self.language = language
        self.published = month_end(published.replace(day=1)) if published and month_only else published
        self.month_only = month_only
        self.pattern = _patterns(language)
        self._text: str | None = None
        self._found: list[DateExpression] = []
        self._starts: list[int] = []

    def find(self, text: str, start: int = 0, end: int | None = None) -> list[DateExpression]:
        """The time expressions that begin between two code points, in order; those that mean nothing certain are left out.

        One that a comma of its own cuts in two ("am Montag, den 18. März") is read whole.
        """
        if text is not self._text:
            words = _WORD.finditer(text)
            known = heads(self.language)
            self.read(text, (w.start() for w in words if w.group().lower() in known or w.group()[0].isdigit()))
        stop = len(text) if end is None else end
        low, high = bisect_left(self._starts, start), bisect_left(self._starts, stop)
        return self._found[low:high]

    def read(self, text: str, places: Iterable[int]) -> None:
        """Read a whole text once; ``places`` are the words with which an expression can begin, in order."""
        self._text, self._found, self._starts = text, [], []
        after = 0
        for place in places:
            match = self.pattern.match(text, place) if place >= after else None
            if match is None:
                continue
            after = match.end()
            try:
                when = self._read(text, match)
            except (ValueError, OverflowError):
                when = None
            if when is not None and not self._joined(text, when):
                self._found.append(when)
                self._starts.append(when.start)

    def _joined(self, text: str, when: DateExpression) -> bool:
        """Make one range of two days: "between March 3 and March 5"."""
        opens, parts = _between(self.language)
        before = self._found[-1] if self._found else None
        if before is None or when.start - before.end > BETWEEN or not parts.fullmatch(text, before.end, when.start):
            return False
        if not opens.search(text, max(0, before.start - BETWEEN), before.start) or when.last < before.first:
            return False
        self._found[-1] = replace(before, end=when.end, last=when.last, precision="range", rule="between two days")
        return True

    def _read(self, text: str, match: re.Match[str]) -> DateExpression | None:
        """The days an expression names: by itself, else counted from the day of publication."""
        return self._absolute(text, match) or self._counted(text, match)

    def _absolute(self, text: str, match: re.Match[str]) -> DateExpression | None:
        group = match.groupdict()
        start, end = match.span()
        for month, day, year in (("m1", "d1", "y1"), ("m2", "d2", "y2")):
            if group[month]:
                return self._date(text, match, group[month], int(group[day]), group[year])
        if group["m7"]:
            return self._date(text, match, group["m7"], int(group["d7"]), group["y7"])
        if group["y8"]:
            return self._slashed(match)
        for suffix in ("4", "5"):
            if group[f"y{suffix}"]:
                named = date(int(group[f"y{suffix}"]), int(group[f"m{suffix}"]), int(group[f"d{suffix}"]))
                return DateExpression(start=start, end=end, first=named, last=named, precision="day", rule="date")
        if group["y6"]:
            year_ = int(group["y6"])
            return DateExpression(
                start=start, end=end, first=date(year_, 1, 1), last=date(year_, 12, 31), precision="year", rule="year"
            )
        return None

    def _slashed(self, match: re.Match[str]) -> DateExpression | None:
        """Read "12/17/2015"; where day and month could change places, both days bound it."""
        first, second, year = int(match["a8"]), int(match["b8"]), int(match["y8"])
        orders = [(first, second)] if self.language.dates.day_first else [(first, second), (second, first)]
        days = sorted({date(year, month, day) for day, month in orders if 0 < month <= MONTHS and day > 0})
        if not days:
            return None
        return DateExpression(
            start=match.start(),
            end=match.end(),
            first=days[0],
            last=days[-1],
            precision="day" if len(days) == 1 else "range",
            conflict=None,
            rule="date",
        )

    def _ago(self, match: re.Match[str]) -> DateExpression | None:
        """Read "two days ago"; of weeks the day is not told."""
        words = match["agod"] or match["agow"]
        numbers = self.language.dates.numbers
        found = re.search(rf"\d+|\b(?:{either(numbers)})\b", words.lower())
        count = (int(found.group()) if found.group().isdigit() else numbers[found.group()]) if found else 1
        if self.published is None:
            return None
        day = self.published - timedelta(days=count * (1 if match["agod"] else WEEK))
        give = 0 if match["agod"] else NEARLY
        return DateExpression(
            start=match.start(),
            end=match.end(),
            first=day - timedelta(days=give),
            last=min(day + timedelta(days=give), self.published),
            precision="range" if give else "day",
            rule="days ago" if match["agod"] else "weeks ago",
        )

    def _counted(self, text: str, match: re.Match[str]) -> DateExpression | None:
        group = match.groupdict()
        if self.published is None or any(group[name] for name in ("m1", "m2", "y4", "y5", "y6", "m7", "y8")):
            return None
        if group["m3"]:
            return self._month(text, match)
        if self.month_only:
            return None
        if group["agod"] or group["agow"]:
            return self._ago(match)
        return self._named(text, match)

    def _named(self, text: str, match: re.Match[str]) -> DateExpression | None:
        """Read "yesterday", "last week" and a weekday."""
        group = match.groupdict()
        start, end = match.span()
        if self.published is None:
            return None
        if group["day"]:
            if self._is_eve(text, match):
                return None
            counted = self.published + timedelta(days=self.language.days[_plain(group["day"])])
            return DateExpression(
                start=start, end=end, first=counted, last=counted, precision="day", rule="relative day"
            )
        if group["span"]:
            return self._span(start, end, self.language.spans[_plain(group["span"])])
        return self._occasion(match) if group["own"] else self._weekday(text, match)

    def _occasion(self, match: re.Match[str]) -> DateExpression | None:
        """Read the day in "heutigen Pressekonferenz" and "poniedziałkowej konferencji"."""
        dates, word = self.language.dates, _plain(match["own"])
        if self.published is None:
            return None
        counted = dates.occasion_days.get(word)
        if counted is None:
            counted = -((self.published.weekday() - dates.occasion_weekdays[word]) % WEEK)
        day = self.published + timedelta(days=counted)
        return DateExpression(
            start=match.start(), end=match.end(), first=day, last=day, precision="day", rule="day of an occasion"
        )

    def _is_eve(self, text: str, match: re.Match[str]) -> bool:
        """Whether a word for yesterday is the eve of what follows: "накануне саммита"."""
        if _plain(match["day"]) not in self.language.dates.before_event:
            return False
        follows = _NEXT.match(text, match.end())
        return follows is not None and follows[1].islower() and is_genitive(follows[1], self.language)

    def _weekday_number(self, words: str) -> int:
        """The number of a weekday, whatever part of a day it ends with."""
        plain = _plain(words)
        for ending in ("", *self.language.dates.day_endings):
            if (number := self.language.weekdays.get(plain.removesuffix(ending))) is not None:
                return number
        raise ValueError(words)

    def _capital(self, text: str, at: int) -> bool:
        return not self.language.grammar.capital_dates or text[at].isupper()

    def _date(self, text: str, match: re.Match[str], month: str, day: int, year: str | None) -> DateExpression | None:
        start, end = match.span()
        group = next(name for name in ("m1", "m2", "m7") if match[name])
        if not self._capital(text, match.start(group)):
            return None
        number = self.language.months[_plain(month)] + 1
        conflict = None
        if year:
            found = date(int(year), number, day)
        elif self.published is None:
            return None
        else:
            found = date(self.published.year, number, day)
            if found > self.published + timedelta(days=SOON):
                found = date(self.published.year - 1, number, day)
        first = last = found
        precision: Precision = "day"
        if match["w1"]:
            wanted = self._weekday_number(match["w1"])
            if found.weekday() != wanted:
                other = min((found + timedelta(days=n) for n in range(-3, 4)), key=lambda d: d.weekday() != wanted)
                conflict = f"weekday and date contradict each other: {text[start:end]}"
                first, last, precision = min(found, other), max(found, other), "range"
        return DateExpression(
            start=start, end=end, first=first, last=last, precision=precision, conflict=conflict, rule="date"
        )

    def _month(self, text: str, match: re.Match[str]) -> DateExpression | None:
        if self.published is None or not self._capital(text, match.start("m3")):
            return None
        number = self.language.months[_plain(match["m3"])] + 1
        year = int(match["y3"]) if match["y3"] else self.published.year - (number > self.published.month)
        if match["in"].lower() in self.language.dates.after_last and not match["y3"] and number >= self.published.month:
            year = self.published.year - 1
        first = date(year, number, 1)
        return DateExpression(
            start=match.start(), end=match.end(), first=first, last=month_end(first), precision="month", rule="month"
        )

    def _weekday(self, text: str, match: re.Match[str]) -> DateExpression | None:
        start, end = match.span()
        if (
            self.published is None
            or not self._capital(text, start)
            or _after_next(self.language).search(text, max(0, start - 24), start)
        ):
            return None
        next_behind, last_behind, coming = _behind(self.language)
        if next_behind.match(text, end) or coming.search(text, max(0, start - 24), end):
            return None
        wanted = self._weekday_number(match["w3"])
        back = (self.published.weekday() - wanted) % WEEK
        last = last_behind.match(text, end)
        if back == 0 and (last or _after_last(self.language).search(text, max(0, start - 16), start)):
            back = WEEK
        day = self.published - timedelta(days=back)
        if _night(self.language).search(text, max(0, start - 24), start):
            eve = day - timedelta(days=1)
            return DateExpression(start=start, end=end, first=eve, last=day, precision="range", rule="night")
        follows = _week_before(self.language).match(text, end)
        if follows:
            monday = self.published - timedelta(days=self.published.weekday() + WEEK)
            day, end = monday + timedelta(days=wanted), follows.end()
        return DateExpression(start=start, end=end, first=day, last=day, precision="day", rule="weekday")

    def _span(self, start: int, end: int, name: str) -> DateExpression | None:
        now = self.published
        if now is None:
            return None
        monday = now - timedelta(days=now.weekday())
        first, last, precision = now, now, "range"
        if name == "this week":
            first = monday
        elif name == "last week":
            first, last = monday - timedelta(days=7), monday - timedelta(days=1)
        elif name == "weekend":
            back = (now.weekday() - 5) % 7
            first = now - timedelta(days=back)
            last = min(now, first + timedelta(days=1))
        elif name == "this month":
            first, precision = now.replace(day=1), "month"
        elif name == "last month":
            last = now.replace(day=1) - timedelta(days=1)
            first, precision = last.replace(day=1), "month"
        elif name == "this year":
            first, precision = date(now.year, 1, 1), "year"
        else:
            first, last, precision = date(now.year - 1, 1, 1), date(now.year - 1, 12, 31), "year"
        if first == last:
            first -= timedelta(days=WEEK)  # on a Monday "this week" is the one that is over as well
        return DateExpression(start=start, end=end, first=first, last=last, precision=precision, rule=name)  # type: ignore[arg-type]


def month_end(first: date) -> date:
    """The last day of a month."""
    return first.replace(day=monthrange(first.year, first.month)[1])


def _plain(words: str) -> str:
    return re.sub(r"[ \u00a0]+", " ", words.lower())


def said(when: DateExpression) -> Said:
    """An expression as the said-date of an utterance."""
    return Said(
        first=when.first,
        last=when.last,
        precision=when.precision,
        basis=(when.start, when.end),
        conflict=when.conflict,
        rule=when.rule,
    )


OCCASION = 60
"""Code points before a day within which the occasion it belongs to is named."""
BETWEEN = 20
"""Code points between two days that bound a time, and before the first of them."""
