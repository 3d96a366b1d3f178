"""Statements and days as readers see them: "Denied: “…”", "Wed 12 July 2023", "between 7 and 9 July 2023"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from tracker.speech.models import Precision, QuoteKind
from tracker.speech.search.marks import MarkedRun
from tracker.speech.types import Polarity

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
IN_MARKS = frozenset({QuoteKind.DIRECT, QuoteKind.TURN, QuoteKind.POST})
"""Kinds whose words are all the speaker's own. A mixed quote holds the source's marks around what it quotes of them."""
VERBS = {Polarity.AFFIRMED: "said", Polarity.DENIED: "denied"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownWords:
    """How the words of a statement are put before a reader: what stands before them, and the marks around them."""

    label: str
    """ "Denied:" before words that the speaker denies, else empty."""
    opening: str
    text: str
    closing: str
    runs: tuple[MarkedRun, ...] = ()
    """The text in runs, where some of its words are marked."""

    @property
    def plain(self) -> str:
        """All of it as one text: `Denied: “We closed the bridge.”`."""
        return f"{self.label} {self.opening}{self.text}{self.closing}".lstrip()


def show_words(text: str, kind: QuoteKind, polarity: Polarity) -> ShownWords:
    """The words of a statement as every page, mail, feed and citation gives them.

    Marks stand around words that are the speaker's own, all of them. Of a mixed quote the source's own marks tell which
    words are: the reporter's stay outside. Reported speech has none.
    """
    opening, closing = ("“", "”") if kind in IN_MARKS else ("", "")
    label = "Denied:" if polarity is Polarity.DENIED else ""
    return ShownWords(label=label, opening=opening, text=text, closing=closing)


def edits(found: Mapping[str, Sequence[str]]) -> str:
    """What an edit around some words changed: "attributed to Mayor Stone now, before to Minister Bright"."""
    told = []
    if "speaker" in found:
        before, after = (name or "nobody" for name in found["speaker"])
        told.append(f"attributed to {after} now, before to {before}")
    if "day" in found:
        before, after = map(_days, found["day"])
        told.append(f"said {after} by what it tells now, {before} by what it told before")
    if "polarity" in found:
        before, after = (VERBS[Polarity(value)] for value in found["polarity"])
        told.append(f"{after} now, {before} before")
    return "; ".join(told)


def _days(told: str) -> str:
    first, last = (date.fromisoformat(value) for value in told.split("/"))
    return day(first) if first == last else f"between {short_day(first)} and {short_day(last)}"


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
