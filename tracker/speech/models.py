"""Tables of who said what, when: Speaker, Alias, Office, Claim, Appearance. Columns and constraints only."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from tracker.db import UTCDateTime, enum_column
from tracker.speech.types import Polarity

UNRESOLVED = "speaker_id IS NULL"
UNDATED = "said_precision = 'unknown'"
LOOSELY_DATED = "said_precision IN ('range', 'month', 'year')"
DAYS_DIFFER = "said_conflict IS NOT NULL"
VENUES_DIFFER = "venue_conflict IS NOT NULL"
NOT_INTACT = "state <> 'intact'"
OPEN_PAIRS = "decided_at IS NULL"
TO_PUBLISH = "status = 'confirmed'"
"""What the editors' lists ask for, in the words of their indexes: SQLite uses a partial index only for the same words."""


def _index_where(name: str, where: str) -> sa.Index:
    """An index of the few rows that meet a condition."""
    return sa.Index(name, "id", sqlite_where=sa.text(where), postgresql_where=sa.text(where))


class QuoteKind(StrEnum):
    """How the words are given in the source."""

    DIRECT = "direct"
    MIXED = "mixed"
    INDIRECT = "indirect"
    TURN = "turn"
    POST = "post"


class Precision(StrEnum):
    """How exactly the day of the words is known."""

    DAY = "day"
    RANGE = "range"
    MONTH = "month"
    YEAR = "year"
    UNKNOWN = "unknown"


class Status(StrEnum):
    """Where a claim stands in the editors' work."""

    NEW = "new"
    IN_REVIEW = "in review"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    PUBLISHED = "published"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


class Form(StrEnum):
    """How an appearance's words relate to the claim's reference wording."""

    VERBATIM = "verbatim"
    TRIMMED = "trimmed"
    ALTERED = "altered"
    TRANSLATED = "translated"


class SourceStatus(StrEnum):
    """What became of an appearance's words at their source."""

    INTACT = "intact"
    CHANGED = "changed"
    MISSING = "missing"
    REMOVED = "removed"


class ChangeState(StrEnum):
    """What became of a difference that reading a document again found."""

    FOLLOWED = "followed"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    OUTDATED = "outdated"


class Speaker(SQLModel, table=True):
    """A person or body that says things. `slug` is its permanent address; `folded` its name without case and accents."""

    id: int = Field(default=None, primary_key=True)
    slug: str = Field(unique=True, max_length=120)
    name: str
    folded: str = Field(unique=True)
    kind: str = "person"
    note: str | None = None
    created_at: datetime = Field(sa_type=UTCDateTime)
    merged_into: int | None = Field(default=None, foreign_key="speaker.id")
    """Who this speaker turned out to be; the address leads there, and new statements are that speaker's."""


class Alias(SQLModel, table=True):
    """Another name of a speaker."""

    __table_args__ = (sa.UniqueConstraint("speaker_id", "folded"),)

    id: int = Field(default=None, primary_key=True)
    speaker_id: int = Field(foreign_key="speaker.id")
    text: str
    folded: str = Field(index=True)


class SpeakerGroup(SQLModel, table=True):
    """A speaker belongs to a group that line-ups can be narrowed to: allies, a cabinet, a party."""

    __tablename__ = "speaker_group"

    speaker_id: int = Field(foreign_key="speaker.id", primary_key=True)
    name: str = Field(primary_key=True, max_length=80)


class Office(SQLModel, table=True):
    """A role a speaker held from one day to another; either end may be open."""

    __table_args__ = (sa.UniqueConstraint("speaker_id", "title", "body", "from_on"),)

    id: int = Field(default=None, primary_key=True)
    speaker_id: int = Field(foreign_key="speaker.id")
    title: str
    body: str = ""
    from_on: date = Field(default=date.min)
    to_on: date | None = None


class Claim(SQLModel, table=True):
    """One utterance by one speaker. `identity_key` is the unique key that makes the same words on the same day one claim.

    `text` is the reference wording: that of the first appearance, until a fuller one takes its place (`promote_wording`).
    """

    __table_args__ = (
        sa.UniqueConstraint("identity_key", name="uq_claim_once"),  # as it was named before revision 0008
        sa.CheckConstraint("said_from IS NULL OR said_to IS NULL OR said_from <= said_to", name="said_in_order"),
        sa.CheckConstraint(
            "(said_precision = 'unknown') = (said_from IS NULL AND said_to IS NULL)", name="said_known_or_not"
        ),
        sa.Index("ix_claim_speaker_said", "speaker_id", "said_from"),
        _index_where("ix_claim_unresolved", UNRESOLVED),
        _index_where("ix_claim_undated", UNDATED),
        _index_where("ix_claim_loose_day", LOOSELY_DATED),
        _index_where("ix_claim_day_conflict", DAYS_DIFFER),
        _index_where("ix_claim_venue_conflict", VENUES_DIFFER),
        _index_where("ix_claim_to_publish", TO_PUBLISH),
    )

    id: int = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True, max_length=20)
    identity_key: str = Field(max_length=64)
    """What makes it this utterance and no other: `same_statement.identity_key`."""
    speaker_id: int | None = Field(default=None, foreign_key="speaker.id")
    speaker_text: str | None = None
    """The mention beside the words, as the source has it ("he", "the secretary general")."""
    candidates: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    role: str | None = None
    kind: QuoteKind = Field(sa_type=enum_column(QuoteKind))
    text: str
    folded: str
    """The wording without case, accents, marks and punctuation: for look-alikes and search."""
    said_from: date | None = Field(default=None, index=True)
    said_to: date | None = None
    said_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """The minute, where a source or an editor tells it; places a same-day claim before or after a pivot."""
    said_precision: Precision = Field(sa_type=enum_column(Precision))
    said_basis: str = ""
    """The evidence words, or "published", "header", "by hand"; empty when the day is unknown."""
    said_conflict: str | None = None
    channel: str | None = None
    venue: str | None = None
    venue_conflict: str | None = None
    """Another place that a copy of the same words tells, and both outlets' words for it."""
    question: str | None = None
    condition: str | None = None
    polarity: Polarity = Field(default=Polarity.AFFIRMED, sa_type=enum_column(Polarity))
    """A denial is a statement of its own: it never holds what its words would say without the denial."""
    altered: bool = False
    status: Status = Field(default=Status.NEW, sa_type=enum_column(Status))
    created_at: datetime = Field(sa_type=UTCDateTime, index=True)
    merged_into: int | None = Field(default=None, foreign_key="claim.id")


class Fingerprint(SQLModel, table=True):
    """One hash of a few words of a claim; finds look-alikes without reading every claim."""

    hash: int = Field(sa_type=sa.BigInteger, primary_key=True)
    claim_id: int = Field(foreign_key="claim.id", primary_key=True, index=True)


class Appearance(SQLModel, table=True):
    """Where a claim's words stand in one snapshot: code points into its text, the exact words and their SHA-256."""

    __table_args__ = (
        _index_where("ix_appearance_not_intact", NOT_INTACT),
        sa.UniqueConstraint("snapshot_id", "start", "end"),
        sa.CheckConstraint('"start" >= 0 AND "end" > "start"', name="span_in_order"),
    )

    id: int = Field(default=None, primary_key=True)
    claim_id: int = Field(foreign_key="claim.id", index=True)
    snapshot_id: int = Field(foreign_key="snapshot.id")
    start: int
    end: int
    spans: list[list[int]] = Field(default_factory=list, sa_type=sa.JSON)
    exact: str
    exact_sha256: str = Field(max_length=64)
    kind: QuoteKind = Field(sa_type=enum_column(QuoteKind))
    form: Form = Field(default=Form.VERBATIM, sa_type=enum_column(Form))
    state: SourceStatus = Field(default=SourceStatus.INTACT, sa_type=enum_column(SourceStatus))
    state_since: datetime | None = Field(default=None, sa_type=UTCDateTime)
    question_start: int | None = None
    question_end: int | None = None
    reasons: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    """Which rule decided each field, with its evidence spans: speaker, chain, cue, said, condition, reader version."""
    created_at: datetime = Field(sa_type=UTCDateTime)


class ReadingChange(SQLModel, table=True):
    """One difference that reading a document again found in a statement: followed by itself, or proposed to a person.

    A row is never rewritten but for what became of it. `old` and `new` hold the values of `field`, `why_old` and `why_new`
    the reasons of both readings.
    """

    __tablename__ = "reading_change"
    __table_args__ = (
        sa.Index("ix_reading_change_state", "state", "id"),
        sa.Index("ix_reading_change_claim", "claim_id", "field"),
    )

    id: int = Field(default=None, primary_key=True)
    claim_id: int = Field(foreign_key="claim.id")
    appearance_id: int | None = Field(default=None, foreign_key="appearance.id")
    field: str = Field(max_length=100)
    """A field of the statement ("speaker", "day"), "statement" itself, "topic:ID" or "position:ID"."""
    old: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    new: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    why_old: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    why_new: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    reader_old: str = ""
    reader_new: str = ""
    state: ChangeState = Field(sa_type=enum_column(ChangeState))
    at: datetime = Field(sa_type=UTCDateTime)
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Correction(SQLModel, table=True):
    """What an editor corrected in a statement, as everybody may read it: old and new in words, the day and the reason."""

    id: int = Field(default=None, primary_key=True)
    claim_id: int = Field(foreign_key="claim.id", index=True)
    field: str = Field(max_length=40)
    """"speaker", "day", "kind", "condition", or "statement" for one that was withdrawn."""
    old: str
    new: str
    reason: str = ""
    by: str
    at: datetime = Field(sa_type=UTCDateTime)
    undone_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """Since when it does not stand: the editor undid it, and no page shows it any more."""


class LookAlike(SQLModel, table=True):
    """Two statements that may be one utterance: a person joins them or says that they are two."""

    __tablename__ = "look_alike"
    __table_args__ = (sa.UniqueConstraint("claim_id", "other_id"), _index_where("ix_look_alike_open", OPEN_PAIRS))

    id: int = Field(default=None, primary_key=True)
    claim_id: int = Field(foreign_key="claim.id")
    """The older one."""
    other_id: int = Field(foreign_key="claim.id", index=True)
    likeness: int
    """Of 100, letter by letter (`same_statement`)."""
    at: datetime = Field(sa_type=UTCDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Settled(SQLModel, table=True):
    """An editor looked at what is unsure about a statement and left it as it is; the list does not show it again."""

    __table_args__ = (sa.Index("ix_settled_claim_doubt", "claim_id", "doubt"),)

    id: int = Field(default=None, primary_key=True)
    claim_id: int = Field(foreign_key="claim.id")
    doubt: str = Field(max_length=40)
    by: str
    at: datetime = Field(sa_type=UTCDateTime)
    lifted_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Reservation(SQLModel, table=True):
    """A statement that an editor has open: others see whose it is, until it is decided or the time is up."""

    claim_id: int = Field(primary_key=True, foreign_key="claim.id", sa_column_kwargs={"autoincrement": False})
    by: str
    until: datetime = Field(sa_type=UTCDateTime)


class SearchText(SQLModel, table=True):
    """The words of a claim as the search holds them, folded (`search.tokens`): made from the claim, never the other way."""

    __tablename__ = "search_text"

    claim_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    quote: str
    about: str
    """Question, names of the speaker, role, venue, outlets."""
    stems: str


class SearchStale(SQLModel, table=True):
    """A claim whose words in the search are to be made anew; triggers write it (`ledger.search_schema`)."""

    __tablename__ = "search_stale"

    id: int = Field(default=None, primary_key=True)
    claim_id: int
