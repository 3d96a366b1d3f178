"""Dates and wordings as readers see them: "Wed 12 July 2023", "exact day", "between 7 and 9 July 2023"."""

from datetime import date, datetime

from tracker.speech.models import Precision, QuoteKind

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
MANNER = {
    QuoteKind.DIRECT: "quoted word for word",
    QuoteKind.MIXED: "partly quoted, as reported by the outlet",
    QuoteKind.INDIRECT: "as reported by the outlet, not quoted",
    QuoteKind.TURN: "from a transcript",
    QuoteKind.POST: "posted",
}


def day(value: date) -> str:
    """A day as `Wed 12 July 2023`."""
    return f"{DAYS[value.weekday()]} {value.day} {MONTHS[value.month - 1]} {value.year}"


def short_day(value: date) -> str:
    """A day as `12 July 2023`."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def moment(value: datetime) -> str:
    """A UTC time as `Wed 12 July 2023, 16:20 UTC`."""
    return f"{day(value.date())}, {value:%H:%M} UTC"


def said(first: date | None, last: date | None, precision: Precision) -> tuple[str, str]:
    """When words were said and how exactly that is known: `("Mon 19 June 2023", "exact day")`."""
    if first is None or last is None or precision == Precision.UNKNOWN:
        return "day not known", "the source does not tell it"
    if precision == Precision.DAY or first == last:
        return day(first), "exact day"
    if precision == Precision.MONTH:
        return f"{MONTHS[first.month - 1]} {first.year}", "month only"
    if precision == Precision.YEAR:
        return f"{first.year}", "year only"
    return f"between {short_day(first)} and {short_day(last)}", "range of days"
