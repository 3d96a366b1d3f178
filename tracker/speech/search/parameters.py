"""The parameters of an address that make a query: read once, whatever is done with what it finds (page, feed, file, alert).

Their names are those of the search's address; `speaker` may stand several times, any of them does. Pure.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import get_args

from tracker.errors import TrackerError
from tracker.speech.search.grammar import LONGEST, SearchQuery, narrowed, parse
from tracker.speech.types import Polarity, QuoteKind

SIDES = ("before", "during", "after")
LANES = ("primary", "reported")
KINDS: tuple[str, ...] = get_args(QuoteKind)
POLARITIES = tuple(one.value for one in Polarity)
STATUSES = ("new", "in review", "confirmed", "published", "corrected")
"""The states in which a statement is shown at all."""
_WORDS = ("topic", "event", "source", "channel", "language")
_CHOICES = {
    "side": SIDES,
    "kind": KINDS,
    "lane": LANES,
    "polarity": POLARITIES,
    "status": STATUSES,
}
NAMES = (
    "q", "speaker", "topic", "event", "side", "position", "source", "said_from", "said_to", "kind", "channel", "lane",
    "language", "polarity", "status",
)  # fmt: skip
LONGEST_VALUE = 200
MOST_SPEAKERS = 200
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_STEP = re.compile(r"[0-9]{1,2}")

Parameters = Mapping[str, Sequence[str]]
"""Each name with its values, as they stand in an address."""


class BadParameter(TrackerError):
    """A parameter that can't be read as what it should be."""

    def __init__(self, name: str, what: str) -> None:
        """Keep which one, and what is wrong with it."""
        super().__init__(f"“{name}” {what}")
        self.name, self.what = name, what


def canonical(given: Parameters) -> dict[str, list[str]]:
    """The same query in one spelling: known names in one order, single blanks, nothing empty, nothing twice."""
    told: dict[str, list[str]] = {}
    for name in NAMES:
        longest = LONGEST if name == "q" else LONGEST_VALUE
        values = [" ".join(value.split())[:longest] for value in given.get(name, ())]
        values = [value for value in dict.fromkeys(values) if value]
        if values:
            told[name] = sorted(values)[:MOST_SPEAKERS] if name == "speaker" else values[:1]
    return told


def read_query(given: Parameters) -> SearchQuery:
    """The query that these parameters ask for. Raises `BadParameter`."""
    told = canonical(given)
    one = {name: values[0] for name, values in told.items()}
    for name, allowed in _CHOICES.items():
        if name in one and one[name] not in allowed:
            raise BadParameter(name, f"is none of: {', '.join(allowed)}")
    if "side" in one and "event" not in one:
        raise BadParameter("side", "needs an event beside it; before, during or after what?")
    if "position" in one and not _STEP.fullmatch(one["position"]):
        raise BadParameter("position", "is no step of a scale like 3")
    query = narrowed(
        parse(one.get("q", "")),
        speakers=tuple(told.get("speaker", ())),
        first=_day("said_from", one),
        last=_day("said_to", one),
        position=one.get("position"),
        **{name: one.get(name) for name in (*_WORDS, *_CHOICES)},
    )
    if "q" in one and query.is_empty and not query.problems:
        return replace(query, problems=("There is no word in this to look for. Type at least one letter or digit.",))
    return query


def _day(name: str, told: Mapping[str, str]) -> date | None:
    value = told.get(name)
    if value is None:
        return None
    try:
        if _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise BadParameter(name, "is no day like 2024-05-14")
