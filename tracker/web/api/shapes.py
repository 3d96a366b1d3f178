"""The shapes of the read interface: what is asked, what is answered. Extra keys are mistakes on both sides."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _number(value: object) -> object:
    """Digits alone: the library would take "1.0", " 1 " and "1_000" for numbers too."""
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{1,9}", value):
        raise ValueError("is no whole number")
    return value


def _day(value: object) -> object:
    """A day in its one form: the library would read "0" as seconds since 1970."""
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("is no day like 2024-05-14")
    return value


Number = Annotated[int, BeforeValidator(_number)]
Day = Annotated[date, BeforeValidator(_day)]


class Shape(BaseModel):
    """What all shapes share."""

    model_config = ConfigDict(extra="forbid")


class Nothing(Shape):
    """No parameter."""


class PageAsked(Shape):
    """Which page of a list."""

    page: Number = Field(default=1, ge=1, le=1_000_000)


class StatementsAsked(PageAsked):
    """Which statements of a topic: by speaker (slug), step of the scale, days said, words."""

    speaker: str | None = Field(default=None, max_length=100)
    step: Number | None = Field(default=None, ge=0, le=20)
    first: Day | None = Field(default=None, alias="from")
    last: Day | None = Field(default=None, alias="to")
    text: str | None = Field(default=None, max_length=200)


class SearchAsked(PageAsked):
    """The words to look for."""

    text: str = Field(min_length=1, max_length=200)


class LineUpAsked(Shape):
    """How many days on either side of the event (0: all), and whether suggestions count."""

    window: Number = Field(default=90, ge=0, le=3660)
    show: Literal["all", "confirmed"] = "all"


class Said(Shape):
    """When it was said: an interval, how exactly it is known, and by which words."""

    first: str | None = Field(alias="from")
    to: str | None
    precision: Literal["day", "range", "month", "year", "unknown", "minute"]
    basis: str
    conflict: str | None


class Link(Shape):
    """A topic a statement belongs to, and the terms that say so."""

    topic: str
    matched: list[str]


class Coding(Shape):
    """One judgement that a statement holds a position: suggested by the machine or confirmed by a person."""

    topic: str
    position: str
    step: int | None
    state: Literal["suggested", "confirmed"]
    by: str
    at: str
    reasons: list[str]


class Appearance(Shape):
    """Where the words stand in one archived copy: code points into its text, end exclusive."""

    url: str | None
    outlet: str | None
    published: str | None
    fetched: str
    snapshot: str
    start: int
    end: int
    spans: list[tuple[int, int]]
    exact: str
    exact_sha256: str
    form: str
    state: str


class Statement(Shape):
    """One utterance with its whole provenance, as `tracker export claims` gives it."""

    claim: str
    text: str
    kind: Literal["direct", "mixed", "indirect", "turn", "post"]
    speaker: str | None
    role: str | None
    candidates: list[str]
    said: Said
    channel: str | None
    venue: str | None
    question: str | None
    condition: str | None
    topics: list[Link]
    codings: list[Coding]
    status: str
    appearances: list[Appearance]


class Statements(Shape):
    """One page of statements, the latest said first."""

    page: int
    pages: int
    total: int
    items: list[Statement]


class Step(Shape):
    """One step of a topic's scale."""

    step: int
    id: str
    label: str
    definition: str


class Topic(Shape):
    """A topic with its numbers."""

    id: str
    name: str
    description: str
    statements: int
    speakers: int
    last_said: date | None


class Topics(Shape):
    """Every topic, the one with most statements first."""

    items: list[Topic]


class TopicInFull(Topic):
    """A topic with its scale and events."""

    positions: list[Step]
    events: list[str]


class Event(Shape):
    """A happening: its days, its one pivot moment, its topics."""

    id: str
    name: str
    place: str
    start: date
    end: date
    pivot: str
    topics: list[str]


class Events(Shape):
    """Every event, the latest first."""

    items: list[Event]


class Speaker(Shape):
    """A speaker with shown statements."""

    id: str
    name: str
    kind: str
    role: str | None
    statements: int
    last_said: date | None


class Speakers(Shape):
    """Every speaker with shown statements, by name."""

    items: list[Speaker]


class Side(Shape):
    """The key quote of one side."""

    claim: str
    step: int | None
    state: Literal["suggested", "confirmed"] | None


class Row(Shape):
    """One speaker before and after the event. `confirmed`: every coding behind the verdict is; null: it rests on none."""

    speaker: str
    name: str
    verdict: Literal["reversed", "moved", "unchanged", "first position", "no later statement", "not comparable"]
    distance: int
    refusal: str | None
    confirmed: bool | None
    before: Side | None
    after: Side | None
    same_day: list[str]
    uncertain: list[str]
    unknown: list[str]


class LineUp(Shape):
    """The comparison of one topic around one event."""

    topic: str
    event: str
    pivot: str
    first_day: date | None
    last_day: date | None
    rows: list[Row]


class Problem(Shape):
    """What was wrong, as a problem object (RFC 9457): `errors` has one sentence for each mistake, `code` is for our log."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[str]
    code: str | None = None
