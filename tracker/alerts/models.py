"""Tables of who must be told: Subscription, Delivery, Suppression. Columns and constraints only."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from tracker.db import UTCDateTime, enum_column


class Rhythm(StrEnum):
    """When a subscription's mails go out."""

    INSTANT = "instant"
    DAILY = "daily"
    WEEKLY = "weekly"


class SubscriptionState(StrEnum):
    """Pending until the click in the confirmation mail; stopped for ever after the exit."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    STOPPED = "stopped"


class DeliveryState(StrEnum):
    """A message is owed, taken by one sender, then sent or failed."""

    OWED = "owed"
    TAKEN = "taken"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"
    """Not sent on purpose: the follower left, or asked for nothing more, before its turn."""


class Occasion(StrEnum):
    """Why somebody is told; each has its folder under templates/email/."""

    CONFIRM = "confirm"
    NEW_CLAIMS = "new_claims"
    SHIFT = "shift"
    SOURCE_CHANGED = "source_changed"


class Subscription(SQLModel, table=True):
    """What somebody asked to be told. One row per address and topic; its tokens are kept as hashes only."""

    __table_args__ = (sa.UniqueConstraint("address_folded", "topic_id"),)

    id: int = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True, max_length=43)
    address: str
    address_folded: str = Field(index=True)
    topic_id: str = Field(foreign_key="topic.id", max_length=80)
    speakers: list[int] = Field(default_factory=list, sa_type=sa.JSON)
    """Only these speakers; empty means every speaker."""
    claims: bool = True
    shifts: bool = True
    changes: bool = True
    plain: bool = False
    """Plain text only, no HTML part."""
    wanted: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    """What was asked for last; it takes effect with the click in the confirmation mail, not before."""
    rhythm: Rhythm = Field(default=Rhythm.DAILY, sa_type=enum_column(Rhythm))
    timezone: str = "UTC"
    state: SubscriptionState = Field(default=SubscriptionState.PENDING, sa_type=enum_column(SubscriptionState))
    token_sha256: str | None = Field(default=None, unique=True, max_length=64)
    token_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    confirmations_sent: int = 0
    last_confirmation_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    stopped_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Delivery(SQLModel, table=True):
    """One message owed. The unique key (subscription, occasion, subject) makes "told once" a law of the database.

    `message_id` is made when the message is first taken and never changes, so a repeat after a crash carries the same one.
    """

    __table_args__ = (
        sa.UniqueConstraint("subscription_id", "occasion", "subject"),
        sa.Index("ix_delivery_waiting", "state", "due_at"),
    )

    id: int = Field(default=None, primary_key=True)
    subscription_id: int = Field(foreign_key="subscription.id")
    occasion: Occasion = Field(sa_type=enum_column(Occasion))
    subject: str = Field(index=True)
    """What it is about: `claim:12`, `shift:3`, `appearance:40:missing`, `confirm:2`."""
    owed_at: datetime = Field(sa_type=UTCDateTime)
    due_at: datetime = Field(sa_type=UTCDateTime)
    state: DeliveryState = Field(default=DeliveryState.OWED, sa_type=enum_column(DeliveryState))
    token: str | None = None
    """The confirmation token in clear, only until its mail is sent; then it is wiped."""
    message_id: str | None = Field(default=None, index=True)
    first_taken_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    taken_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    taken_by: str | None = None
    tries: int = 0
    sent_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    error: str | None = None


class Suppression(SQLModel, table=True):
    """An address that gets nothing any more: it left, bounced or complained."""

    address_folded: str = Field(primary_key=True)
    reason: str
    failures: int = 0
    since: datetime = Field(sa_type=UTCDateTime)
