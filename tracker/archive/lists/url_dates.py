"""Dates as lists of links write them: in a `<time>`, in the address, or as words beside the link. Pure."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from tracker.archive.lists.entries import parse_moment
from tracker.languages.data import default
from tracker.languages.phrases import either


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    """The names of months in the default language, from 1: those of others stand in no address we know."""
    return {name: number + 1 for name, number in default().months.items() if not name.endswith(".")}


@lru_cache(maxsize=1)
def _written() -> re.Pattern[str]:
    month, ordinal = either(_months()), rf"(?:{either(default().dates.ordinals)})?"
    return re.compile(
        rf"\b(?P<y1>(?:19|20)\d\d)-(?P<m1>\d\d)-(?P<d1>\d\d)\b"
        rf"|\b(?P<d2>\d{{1,2}}){ordinal}\s+(?P<n2>{month})\.?,?\s+(?P<y2>(?:19|20)\d\d)\b"
        rf"|\b(?P<n3>{month})\.?\s+(?P<d3>\d{{1,2}}){ordinal},?\s+(?P<y3>(?:19|20)\d\d)\b"
        rf"|\b(?P<d4>\d{{1,2}})\.\s?(?P<m4>\d{{1,2}})\.\s?(?P<y4>(?:19|20)\d\d)\b",
        re.IGNORECASE,
    )


EPOCH = re.compile(r"\d{9,10}(\d{3})?(\.\d+)?")


def written_date(text: str | None) -> tuple[str, datetime] | None:
    """The first date in a short text, as it stands and as the beginning of that day in UTC.

    Reads 2024-03-06, 6 March 2024, March 6, 2024 and 6.3.2024; never a date of which day and month could be swapped.
    """
    for found in _written().finditer((text or "")[:2000]):
        groups = {key[0]: value for key, value in found.groupdict().items() if value}
        month = _months()[groups["n"].lower()] if "n" in groups else int(groups["m"])
        day = _day(int(groups["y"]), month, int(groups["d"]))
        if day is not None:
            return found[0], day
    return None


def by_pattern(text: str | None, pattern: re.Pattern[str]) -> tuple[str, datetime] | None:
    """The date that a pattern with the groups year, month and day (day may be missing) finds in a text."""
    found = pattern.search((text or "")[:2000])
    if not found:
        return None
    parts = found.groupdict()
    month = parts.get("month") or ""
    number = _months().get(month.lower()) or (int(month) if month.isdecimal() else 0)
    year, day = parts.get("year") or "", parts.get("day") or "1"
    if not year.isdecimal() or not day.isdecimal():
        return None
    when = _day(int(year), number, int(day))
    return (found[0], when) if when else None


def by_format(text: str | None, form: str | None, zone: str) -> datetime | None:
    """A date in the form told (as for `strptime`), or in one that says itself: ISO 8601, RFC 822, seconds since 1970.

    A time without its zone is one of `zone`.
    """
    text = (text or "").strip()[:100]
    if not text:
        return None
    if form:
        try:
            read = datetime.strptime(text, form)  # noqa: DTZ007 - the zone follows
        except ValueError:
            return None
        return read if read.tzinfo else read.replace(tzinfo=UTC if _is_day(read) else ZoneInfo(zone))
    found = EPOCH.fullmatch(text)
    if found:
        return datetime.fromtimestamp(float(text) / (1000 if found[1] else 1), UTC)
    when = parse_moment(text, zone)
    if when is not None:
        return when
    day = written_date(text)
    return day[1] if day else None


def _day(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None


def _is_day(read: datetime) -> bool:
    return (read.hour, read.minute, read.second) == (0, 0, 0)
