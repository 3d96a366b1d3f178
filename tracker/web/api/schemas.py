"""The schemas of the read interface: what is asked, what is answered. Extra keys are mistakes on both sides."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from tracker.positions.queries.searches import SearchOrder
from tracker.speech.models import QuoteKind


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


def published_name(class_name: str) -> str:
    """The name of a schema in the OpenAPI document: `Statement` for `StatementSchema`."""
    return class_name.removesuffix("Schema")


Number = Annotated[int, BeforeValidator(_number)]
Day = Annotated[date, BeforeValidator(_day)]


class Schema(BaseModel):
    """What all schemas share: the published name is the class name without its "Schema"."""

    model_config = ConfigDict(extra="forbid", model_title_generator=lambda model: published_name(model.__name__))


class NoParams(Schema):
    """No parameter."""


class PageParams(Schema):
    """Which page of a list."""

    page: Number = Field(default=1, ge=1, le=1_000_000)


class StatementsParams(PageParams):
    """Which statements of a topic: by speaker (slug), step of the scale, days said, words."""

    speaker: str | None = Field(default=None, max_length=100)
    step: Number | None = Field(default=None, ge=0, le=20)
    first: Day | None = Field(default=None, alias="from")
    last: Day | None = Field(default=None, alias="to")
    text: str | None = Field(default=None, max_length=200)
    show: Literal["confirmed", "all"] = "confirmed"
    """Which codings `step` looks at: those of a person, or suggestions too."""


class SearchParams(Schema):
    """What to look for: the search's own grammar in `q` (docs/search.md), fields beside it, the order, where to go on."""

    q: str = Field(default="", max_length=2000)
    speaker: str | None = Field(default=None, max_length=200)
    topic: str | None = Field(default=None, max_length=200)
    source: str | None = Field(default=None, max_length=200)
    kind: QuoteKind | None = None
    event: str | None = Field(default=None, max_length=200)
    side: Literal["before", "during", "after"] | None = None
    position: str | None = Field(default=None, max_length=2)
    channel: str | None = Field(default=None, max_length=200)
    lane: Literal["primary", "reported"] | None = None
    language: str | None = Field(default=None, max_length=20)
    polarity: Literal["affirmed", "denied"] | None = None
    status: Literal["new", "in review", "confirmed", "published", "corrected"] | None = None
    said_from: Day | None = None
    said_to: Day | None = None
    order: SearchOrder = SearchOrder.NEWEST
    cursor: str | None = Field(default=None, max_length=40)


class LineUpParams(Schema):
    """How many days on either side of the event (0: all), or free days; which group; whether suggestions are told too.

    Verdicts rest on confirmed codings, whatever is shown beside them.
    """

    window: Number = Field(default=90, ge=0, le=3660)
    first: Day | None = Field(default=None, alias="from")
    last: Day | None = Field(default=None, alias="to")
    show: Literal["confirmed", "all"] = "confirmed"
    group: str | None = Field(default=None, max_length=80)


class SaidSchema(Schema):
    """When it was said: an interval, how exactly it is known, and by which words."""

    first: str | None = Field(alias="from")
    to: str | None
    precision: Literal["day", "range", "month", "year", "unknown", "minute"]
    basis: str
    conflict: str | None


class LinkSchema(Schema):
    """A topic a statement belongs to, and the terms that say so."""

    topic: str
    matched: list[str]


class CodingSchema(Schema):
    """One judgement that a statement holds a position: suggested by the machine or confirmed by a person."""

    topic: str
    position: str
    step: int | None
    state: Literal["suggested", "confirmed"]
    by: str
    at: str
    reasons: list[str]


class AppearanceSchema(Schema):
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


class CorrectionSchema(Schema):
    """One correction: what stood before, what stands now, why, by whom and when."""

    field: str
    old: str
    new: str
    reason: str
    by: str
    at: str


class StatementSchema(Schema):
    """One utterance with its whole provenance, as `tracker export claims` gives it."""

    claim: str
    text: str
    kind: Literal["direct", "mixed", "indirect", "turn", "post"]
    polarity: Literal["affirmed", "denied"]
    speaker: str | None
    role: str | None
    candidates: list[str]
    said: SaidSchema
    channel: str | None
    venue: str | None
    question: str | None
    condition: str | None
    topics: list[LinkSchema]
    codings: list[CodingSchema]
    status: str
    appearances: list[AppearanceSchema]
    corrections: list[CorrectionSchema]
    """What editors corrected, the oldest first."""


class StatementsSchema(Schema):
    """One page of statements, the latest said first."""

    page: int
    pages: int
    total: int
    items: list[StatementSchema]


class FoundSchema(Schema):
    """One page of what a search finds; `cursor` is for the next one, null on the last."""

    total: int
    """Not counted beyond 10,000: then 10,001."""
    cursor: str | None
    problems: list[str]
    """A sentence for each part of the query that was passed over."""
    items: list[StatementSchema]


class StepSchema(Schema):
    """One step of a topic's scale."""

    step: int
    id: str
    label: str
    definition: str


class TopicSchema(Schema):
    """A topic with its numbers."""

    id: str
    name: str
    description: str
    statements: int
    speakers: int
    last_said: date | None


class TopicsSchema(Schema):
    """Every topic, the one with most statements first."""

    items: list[TopicSchema]


class TopicInFullSchema(TopicSchema):
    """A topic with its scale and events."""

    positions: list[StepSchema]
    events: list[str]


class EventSchema(Schema):
    """A happening: its days, its one pivot moment, its topics."""

    id: str
    name: str
    place: str
    start: date
    end: date
    pivot: str
    topics: list[str]


class EventsSchema(Schema):
    """Every event, the latest first."""

    items: list[EventSchema]


class SpeakerSchema(Schema):
    """A speaker with shown statements."""

    id: str
    name: str
    kind: str
    role: str | None
    statements: int
    last_said: date | None


class SpeakersSchema(Schema):
    """Every speaker with shown statements, by name."""

    items: list[SpeakerSchema]


class SideSchema(Schema):
    """The key quote of one side."""

    claim: str
    step: int | None
    state: Literal["suggested", "confirmed"] | None


class RowSchema(Schema):
    """One speaker before and after the event.

    `confirmed`: the codings behind the verdict are; null: it rests on none. `suggested`: what suggestions would say, where
    that is something else and they were asked for.
    """

    speaker: str
    name: str
    verdict: Literal["reversed", "moved", "unchanged", "first position", "no later statement", "not comparable"]
    distance: int
    refusal: str | None
    confirmed: bool | None
    suggested: str | None
    before: SideSchema | None
    after: SideSchema | None
    during: list[str]
    same_day: list[str]
    uncertain: list[str]
    unknown: list[str]


class LineUpSchema(Schema):
    """The comparison of one topic around one event."""

    topic: str
    event: str
    pivot: str
    first_day: date | None
    last_day: date | None
    rows: list[RowSchema]


class ProblemSchema(Schema):
    """What was wrong, as a problem object (RFC 9457): `errors` has one sentence for each mistake, `code` is for our log."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[str]
    code: str | None = None
