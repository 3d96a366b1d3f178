"""Days and times in words, as every page writes them: "Wed 12 July 2023", "14 Sept 2023, 06:00 UTC".

Times stand in the newsroom's zone (`site.timezone`), with how far it lies from UTC; times to the second stay in UTC.
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import current_app, has_app_context

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")
TWO_MONTHS, TWO_YEARS = 61, 731
NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


def day(value: date) -> str:
    """A day with its weekday: "Wed 12 July 2023"."""
    return f"{DAYS[value.weekday()]} {short_day(value)}"


def short_day(value: date) -> str:
    """A day: "12 July 2023"."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def month(value: date) -> str:
    """A month: "July 2023"."""
    return f"{MONTHS[value.month - 1]} {value.year}"


def zone() -> ZoneInfo:
    """The newsroom's zone; UTC outside a site."""
    return ZoneInfo(current_app.config["TIME_ZONE"] if has_app_context() else "UTC")


def _offset(here: datetime) -> str:
    """How far a zone lies from UTC at a moment: "UTC", "UTC+3", "UTC−3:30"."""
    away = here.utcoffset()
    minutes = round(away.total_seconds() / 60) if away else 0
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours}{f':{rest:02}' if rest else ''}"


def moment(value: datetime) -> str:
    """A time: "14 Sept 2023, 06:00 UTC"; "14 Sept 2023, 09:00 UTC+3" in a newsroom in Kyiv."""
    here = value.astimezone(zone())
    return f"{short_day(here.date())}, {here:%H:%M} {_offset(here)}"


def clock_time(value: datetime) -> str:
    """A time of the day: "09:00"."""
    return f"{value.astimezone(zone()):%H:%M}"


def long_moment(value: datetime) -> str:
    """A time with its weekday: "Fri 15 Sept 2023, 06:00 UTC"."""
    here = value.astimezone(zone())
    return f"{day(here.date())}, {here:%H:%M} {_offset(here)}"


def exact_moment(value: datetime) -> str:
    """A time to the second: "14 Sept 2023, 06:00:12 UTC"."""
    utc = value.astimezone(UTC)
    return f"{short_day(utc.date())}, {utc:%H:%M:%S} UTC"


def iso(value: datetime) -> str:
    """A time for machines: "2023-09-14T06:00:12Z"."""
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def span(first: date, last: date) -> str:
    """The days from one to another, said once where they share it: "11–12 July 2023"."""
    if first == last:
        return short_day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{short_day(last)}"
    if first.year == last.year:
        return f"{first.day} {MONTHS[first.month - 1]} – {short_day(last)}"
    return f"{short_day(first)} – {short_day(last)}"


def published(value: datetime, precision: str | None) -> str:
    """A time of publication, no finer than the source told it."""
    if precision == "month":
        return month(value.date())
    return short_day(value.date()) if precision == "day" else moment(value)


def counted(number: int, noun: str) -> str:
    """A number with its noun: "1 statement", "3 statements"."""
    plural = noun[:-1] + "ies" if noun.endswith("y") and noun[-2] not in "aeiou" else noun + "s"
    return f"{number:,} {noun if number == 1 else plural}"


def spelled(number: int, noun: str) -> str:
    """The same with a small number in words, as at the start of a sentence: "Three statements"."""
    if number < len(NUMBERS):
        return f"{NUMBERS[number]} {counted(number, noun).split(' ', 1)[1]}"
    return counted(number, noun)


def ago(then: date, today: date) -> str:
    """How far a day lies ahead or behind: "in 20 days", "10 months ago"."""
    days = (then - today).days
    if days == 0:
        return "today"
    amount = _rounded(abs(days))
    return f"in {amount}" if days > 0 else f"{amount} ago"


def _rounded(days: int) -> str:
    if days < TWO_MONTHS:
        return counted(days, "day")
    return counted(round(days / 30.44), "month") if days < TWO_YEARS else counted(int(days / 365.25), "year")
