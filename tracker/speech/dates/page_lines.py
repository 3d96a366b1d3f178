"""Days that lines of the page tell rather than its sentences: headers, stamps, datelines, lengths of videos."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from tracker.languages.data import Language, of_all
from tracker.languages.letters import CAPITALS
from tracker.languages.phrases import beginning, either
from tracker.speech.dates.expressions import Clock, DateExpression, month_end, said
from tracker.speech.types import Said

HEADER = 3000
"""Code points of the longest header looked at."""
DATELINE = 1500
"""Code points at the head of an article in which its dateline stands."""
EVE = 2
"""Days before publication on which the videos of a report were made."""
LINE = 40
"""Code points of the longest place in a dateline."""
STAMPED = 3000
"""Code points at the head of a live report in which its stamp stands."""
_PLACE = re.compile(rf"\W*[{CAPITALS}]{{3,}}[^\n]{{0,40}}[,.(]\s*")
_DASH = re.compile(r"[^\n]{0,40}?(?:[-–—―]|/)\s")


def header_date(clock: Clock, text: str, end: int) -> Said | None:
    """The day a transcript's header names: recorded before held, held before aired, never updated."""
    dates = clock.language.dates
    held: DateExpression | None = None
    aired: DateExpression | None = None
    for when in clock.find(text, 0, min(end, HEADER)):
        line = text[text.rfind("\n", 0, when.start) + 1 : when.start].lower()
        if when.rule != "date" or beginning(dates.header_updated).search(line):
            continue
        if beginning(dates.header_recorded).search(line):
            return said(when)
        if beginning(dates.header_aired).search(line):
            aired = aired or when
        else:
            held = held or when
    best = held or aired
    return said(best) if best else None


def stamp(clock: Clock, text: str) -> Said | None:
    """The day a running report says it stands at: "Stand: 14.02.2025", "Updated July 4, 2023"."""
    for when in clock.find(text, 0, STAMPED):
        line = text[text.rfind("\n", 0, when.start) + 1 : when.start]
        if (
            when.rule == "date"
            and when.precision == "day"
            and beginning(clock.language.dates.stamps).search(line[-24:])
        ):
            return Said(
                first=when.first,
                last=when.last,
                precision="day",
                basis=(when.start, when.end),
                conflict=None,
                rule="stamp of a live report",
            )
    return None


@lru_cache(maxsize=1)
def _agency() -> re.Pattern[str]:
    """Find an agency behind the day of a dateline, of any language: a Pole cites Reuters."""
    names = either(of_all(lambda language: language.names.agencies))
    return re.compile(rf"\W{{0,3}}\(?(?:{names})\b", re.IGNORECASE)


@lru_cache(maxsize=16)
def _video(language: Language) -> re.Pattern[str]:
    """Find the length of a video behind its day."""
    return re.compile(rf"\s*\|\s*\d+:\d\d\s*(?:{either(language.dates.minutes)})")


def dateline(clock: Clock, text: str) -> Said | None:
    """The day of a dateline, "KYIV, July 4 (Reuters) - ...", else the one day on which all videos were made."""
    for when in clock.find(text, 0, DATELINE):
        before = text[text.rfind("\n", 0, when.start) + 1 : when.start]
        placed = _PLACE.fullmatch(before) and _DASH.match(text, when.end)
        agency = before.strip() and len(before) < LINE and _agency().match(text, when.end)
        if when.rule == "date" and when.precision == "day" and (placed or agency):
            return Said(
                first=when.first,
                last=when.last,
                precision="day",
                basis=(when.start, when.end),
                conflict=None,
                rule="dateline",
            )
    videos = [w for w in clock.find(text) if w.rule == "date" and _video(clock.language).match(text, w.end)]
    if clock.published is None or len({w.first for w in videos}) != 1:
        return None
    made = videos[0]
    if not 0 <= (clock.published - made.first).days <= EVE:
        return None
    return Said(
        first=made.first,
        last=made.last,
        precision="day",
        basis=(made.start, made.end),
        conflict=None,
        rule="day of the report's videos",
    )


def published_day(day: date | None, precision: str) -> Said:
    """The day of publication as a transcript's said-date."""
    if day is None:
        return Said()
    if precision == "day":
        return Said(
            first=day, last=day, precision="day", basis="published", conflict=None, rule="transcript of the day"
        )
    if precision == "month":
        return Said(
            first=day.replace(day=1),
            last=month_end(day.replace(day=1)),
            precision="month",
            basis="published",
            conflict=None,
            rule="transcript of the month",
        )
    return Said(
        first=date(day.year, 1, 1),
        last=date(day.year, 12, 31),
        precision="year",
        basis="published",
        conflict=None,
        rule="transcript of the year",
    )
