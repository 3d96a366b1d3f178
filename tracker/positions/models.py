"""Tables of what statements mean: Topic, Position, ClaimTopic, Coding, Event, Shift. Columns and constraints only."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from tracker.db import UTCDateTime, enum_column


class CodingState(StrEnum):
    """Suggested by the machine, or confirmed by a person. Never the same thing."""

    SUGGESTED = "suggested"
    CONFIRMED = "confirmed"


class CodingReading(StrEnum):
    """What a coding says: a position of the scale, or one of five different kinds of "no position"."""

    POSITION = "position"
    NO_POSITION = "no position"
    DECLINED = "declined"
    AMBIGUOUS = "ambiguous"
    OFF_TOPIC = "off topic"
    FRAGMENT = "fragment"


class Side(StrEnum):
    """On which outer side of a scale a step lies; a step without one lies on neither."""

    LOWER = "lower"
    UPPER = "upper"


class Topic(SQLModel, table=True):
    """A subject with its rules: `any`, `all`, `none` are lists of phrases."""

    id: str = Field(primary_key=True, max_length=80)
    name: str
    description: str = ""
    rules: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    scale: int = 1
    """Version of the scale in force; older positions stay for the codings made with them."""
    scale_by: str | None = None
    """Who changed the scale on the site; from then on the configuration changes it no more."""
    edited_by: str | None = None
    """Who made or last changed its rules on the site; such a topic stands in no configuration file."""
    examples: dict[str, list[str]] = Field(default_factory=dict, sa_type=sa.JSON)
    """Words, or ids of statements, that must be found (`in`) and must not (`out`): they test the rules, and make none."""
    signatures: int = 1
    """How many people sign a shift before anybody is told of it: 1, or 2 of whom none coded its statements."""
    created_at: datetime = Field(sa_type=UTCDateTime)


class Position(SQLModel, table=True):
    """One step on a topic's written, ordered scale. `phrases` are the machine's reasons for suggesting it."""

    __table_args__ = (sa.UniqueConstraint("topic_id", "scale", "step"),)

    id: int = Field(default=None, primary_key=True)
    topic_id: str = Field(foreign_key="topic.id", max_length=80)
    scale: int = 1
    step: int
    key: str
    label: str
    definition: str = ""
    phrases: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    side: Side | None = Field(default=None, sa_type=enum_column(Side))
    """A scale without any side has its lowest and its highest step as sides."""
    example_claim_id: int | None = Field(default=None, foreign_key="claim.id")
    """A statement of the record that shows what the step means."""


class ClaimTopic(SQLModel, table=True):
    """A claim is about a topic, because of these matched terms."""

    __tablename__ = "claim_topic"
    __table_args__ = (sa.UniqueConstraint("claim_id", "topic_id"),)

    id: int = Field(default=None, primary_key=True)
    claim_id: int = Field(foreign_key="claim.id")
    topic_id: str = Field(foreign_key="topic.id", max_length=80, index=True)
    matched: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    by_hand: bool = False
    """A person decided it; no rule changes it any more."""
    removed: bool = False
    """The claim is not about the topic: a person found so where `by_hand` is set, else the rules as they are now."""


class TopicBorder(SQLModel, table=True):
    """A statement stands near the border of a topic, on either side: a person is asked. The rules write it, and only they."""

    __tablename__ = "topic_border"
    __table_args__ = (sa.UniqueConstraint("claim_id", "topic_id"), sa.Index("ix_topic_border_place", "place"))

    id: int = Field(default=None, primary_key=True)
    claim_id: int = Field(foreign_key="claim.id")
    topic_id: str = Field(foreign_key="topic.id", max_length=80, index=True)
    place: int = Field(sa_type=sa.BigInteger)
    """In the desk's queue: what would teach most stands first."""
    reason: str
    matched: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    """The terms that speak for it."""


class Coding(SQLModel, table=True):
    """One judgement that a claim holds a position. Only ever withdrawn: a later row replaces an earlier one."""

    __table_args__ = (
        sa.UniqueConstraint("claim_id", "topic_id", "number"),
        sa.CheckConstraint("(reading = 'position') = (position_id IS NOT NULL)", name="position_or_reason"),
    )

    id: int = Field(default=None, primary_key=True)
    claim_id: int = Field(foreign_key="claim.id")
    topic_id: str = Field(foreign_key="topic.id", max_length=80)
    number: int
    """1, 2, 3 … within its claim and topic; unique, so two editors at once can't both be the last."""
    state: CodingState = Field(sa_type=enum_column(CodingState))
    reading: CodingReading = Field(default=CodingReading.POSITION, sa_type=enum_column(CodingReading))
    position_id: int | None = Field(default=None, foreign_key="position.id")
    by: str
    at: datetime = Field(sa_type=UTCDateTime)
    reasons: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    note: str | None = None
    withdrawn_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """Since when it counts no longer: a suggestion that does not follow from the rules any more, a coding that was undone."""
    key_quote: bool = False
    """An editor chose this claim as the speaker's key quote of its side."""


class TopicSuggester(SQLModel, table=True):
    """What a suggester knows of a topic, and how far it agrees with the topic's confirmed codings. Only numbers and words."""

    __tablename__ = "topic_suggester"
    __table_args__ = (sa.UniqueConstraint("topic_id", "name"),)

    id: int = Field(default=None, primary_key=True)
    topic_id: str = Field(foreign_key="topic.id", max_length=80)
    name: str = Field(max_length=40)
    """Of the suggester, as on its rows: `suggesters.types.SuggesterName`."""
    scale: int
    rests_on: str = Field(default="", max_length=64)
    """The digest of the codings and the code it was made with; empty until it was applied to every statement."""
    model: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    """What was learned; none where nothing is, or nothing is sure enough."""
    coded: int
    """Statements that editors coded as a step, as in `cross_validation.SuggesterAgreement`; so are the five that follow."""
    shown: int
    exact: int
    near: int
    covered: int
    without: int
    alone: int
    at: datetime = Field(sa_type=UTCDateTime)


class ModelQuestion(SQLModel, table=True):
    """A language model was asked about a statement on a topic, and what came of it: none is asked twice for nothing."""

    __tablename__ = "model_question"
    __table_args__ = (sa.UniqueConstraint("claim_id", "topic_id"), sa.Index("ix_model_question_topic_id", "topic_id"))

    id: int = Field(default=None, primary_key=True)
    claim_id: int = Field(foreign_key="claim.id")
    topic_id: str = Field(foreign_key="topic.id", max_length=80)
    asked_with: str = Field(max_length=64)
    """The digest of the model, its address, what it is told to do, and the scale."""
    outcome: str = Field(max_length=20)
    """ "suggested", "none", "dropped" (an answer that can't be used), or "failed" (no answer: asked again)."""
    detail: str = ""
    """Why it was dropped or failed."""
    tries: int
    at: datetime = Field(sa_type=UTCDateTime)


class SecondCoding(SQLModel, table=True):
    """What a second person coded who saw neither the first coding nor the speaker's name; for agreement, never in force."""

    __tablename__ = "second_coding"
    __table_args__ = (
        sa.UniqueConstraint("claim_id", "topic_id", "by"),
        sa.CheckConstraint("(reading = 'position') = (position_id IS NOT NULL)", name="position_or_reason"),
        sa.Index("ix_second_coding_topic", "topic_id", "claim_id"),
    )

    id: int = Field(default=None, primary_key=True)
    claim_id: int = Field(foreign_key="claim.id")
    topic_id: str = Field(foreign_key="topic.id", max_length=80)
    reading: CodingReading = Field(default=CodingReading.POSITION, sa_type=enum_column(CodingReading))
    position_id: int | None = Field(default=None, foreign_key="position.id")
    by: str
    at: datetime = Field(sa_type=UTCDateTime)
    note: str | None = None


class Event(SQLModel, table=True):
    """A real happening with days and one pivot moment."""

    id: str = Field(primary_key=True, max_length=80)
    name: str
    place: str = ""
    starts_on: date
    ends_on: date
    pivot: datetime = Field(sa_type=UTCDateTime)
    pivot_name: str = ""
    zone: str = "UTC"
    """In which its days are counted."""
    pivot_zone: str = "UTC"
    """In which the pivot's day is told: a statement of that day without a time stands on neither side."""
    pivot_reason: str = ""
    during: bool = False
    """Whether what was said on its days stands between before and after, in no verdict."""
    documents: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    """Addresses of documents that belong to it: an agenda, a communiqué."""
    groups: dict[str, list[str]] = Field(default_factory=dict, sa_type=sa.JSON)
    """Names of speakers who stand together at this event, by the name of the group."""
    edited_by: str | None = None
    """Who made or changed it on the site; from then on the configuration changes it no more."""
    created_at: datetime = Field(sa_type=UTCDateTime)

    __table_args__ = (sa.CheckConstraint("starts_on <= ends_on", name="days_in_order"),)


class EventPlacement(SQLModel, table=True):
    """An editor's word that a statement whose day does not tell it was said before or after one event's pivot."""

    __tablename__ = "event_placement"
    __table_args__ = (sa.CheckConstraint("side IN ('before', 'after')", name="one_side"),)

    id: int = Field(default=None, primary_key=True)
    event_id: str = Field(foreign_key="event.id", max_length=80, index=True)
    claim_id: int = Field(foreign_key="claim.id", index=True)
    side: str
    reason: str
    by: str
    at: datetime = Field(sa_type=UTCDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """Since when it counts no longer: taken back, or replaced by a later one."""


class EventTopic(SQLModel, table=True):
    """An event matters to a topic."""

    __tablename__ = "event_topic"

    event_id: str = Field(foreign_key="event.id", primary_key=True, max_length=80)
    topic_id: str = Field(foreign_key="topic.id", primary_key=True, max_length=80)


class Shift(SQLModel, table=True):
    """Two claims of one speaker, before and after, and the distance of their confirmed positions.

    Written by `ledger.shifts` alone; `shift_rule` says when two claims are a shift. The codings are those that made it first.
    """

    __table_args__ = (
        sa.UniqueConstraint("topic_id", "before_coding_id", "after_coding_id"),
        sa.CheckConstraint("before_claim_id <> after_claim_id", name="two_claims"),
    )

    id: int = Field(default=None, primary_key=True)
    topic_id: str = Field(foreign_key="topic.id", max_length=80)
    speaker_id: int = Field(foreign_key="speaker.id")
    before_claim_id: int = Field(foreign_key="claim.id")
    after_claim_id: int = Field(foreign_key="claim.id")
    before_coding_id: int = Field(foreign_key="coding.id")
    after_coding_id: int = Field(foreign_key="coding.id")
    distance: int
    """Steps of the scale, with sign: +1 is one step up, whatever the numbers of the steps."""
    verdict: str
    at: datetime = Field(sa_type=UTCDateTime)
    by: str
    withdrawn_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """Since when it does not follow from the codings in force any more; no list shows it."""
    scale: int = 1
    """The version of the scale that both positions are on."""
    signed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """Since when enough people signed it; before, it is a proposal that only the desk sees."""


class ShiftSignature(SQLModel, table=True):
    """A person stands for a shift."""

    __tablename__ = "shift_signature"
    __table_args__ = (sa.UniqueConstraint("shift_id", "by"),)

    id: int = Field(default=None, primary_key=True)
    shift_id: int = Field(foreign_key="shift.id")
    by: str
    at: datetime = Field(sa_type=UTCDateTime)
