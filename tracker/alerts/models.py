"""Tables of who must be told, of what, and what became of each message. Columns and constraints only."""

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


class Medium(StrEnum):
    """How a message travels: by mail to an address, or by a signed POST to a webhook's."""

    MAIL = "mail"
    WEBHOOK = "webhook"


class Occasion(StrEnum):
    """Why somebody is told."""

    CONFIRM = "confirm"
    NEW_CLAIMS = "new_claims"
    SHIFT = "shift"
    SOURCE_CHANGED = "source_changed"
    CORRECTED = "corrected"
    """An editor corrected what a mail had told."""
    NOTICE = "notice"
    """Something that operators should know of the service itself."""
    PING = "ping"
    """A test of a webhook that a colleague asked for."""


class Follower(SQLModel, table=True):
    """Who is told: one address, however many alerts it has, and when its mails may go out."""

    id: int = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True, max_length=43)
    medium: Medium = Field(default=Medium.MAIL, sa_type=enum_column(Medium))
    address: str
    """An email address, or the web address that a webhook posts to."""
    address_folded: str = Field(unique=True)
    """Of a webhook `webhook:` and its public id, which is no email address."""
    timezone: str = "UTC"
    quiet_from: int | None = None
    """The hour, in its zone, from which instant mails wait; None for no quiet hours."""
    quiet_to: int | None = None
    paused_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """Until when nothing goes out; what is owed meanwhile goes then."""
    plain: bool = False
    """Plain text only, no HTML part."""
    confirmations_sent: int = 0
    last_confirmation_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime)


class MutedSpeaker(SQLModel, table=True):
    """A speaker of whom a follower is told nothing, whatever its alerts ask for."""

    __tablename__ = "muted_speaker"

    follower_id: int = Field(foreign_key="follower.id", primary_key=True)
    speaker_id: int = Field(foreign_key="speaker.id", primary_key=True)


class StoredQuery(SQLModel, table=True):
    """A query of the search, kept once however many follow it: its parameters in one spelling (`search.parameters`)."""

    __tablename__ = "stored_query"

    id: int = Field(default=None, primary_key=True)
    digest: str = Field(unique=True, max_length=64)
    told: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    created_at: datetime = Field(sa_type=UTCDateTime)


class QueryAnchor(SQLModel, table=True):
    """Something that a statement must have for a query to find it: a word, a speaker, a topic. Any anchor of a query will do.

    So a new statement is compared with the few queries that share one of its words, not with all of them.
    """

    __tablename__ = "query_anchor"

    anchor: str = Field(primary_key=True, max_length=200)
    query_id: int = Field(foreign_key="stored_query.id", primary_key=True)


class Subscription(SQLModel, table=True):
    """An alert: a follower's wish to be told what a query finds. One row for each follower and query."""

    __table_args__ = (
        sa.UniqueConstraint("follower_id", "query_id"),
        sa.Index("ix_subscription_query", "query_id", "state"),
    )

    id: int = Field(default=None, primary_key=True)
    public_id: str = Field(unique=True, max_length=43)
    follower_id: int = Field(foreign_key="follower.id")
    query_id: int = Field(foreign_key="stored_query.id")
    claims: bool = True
    shifts: bool = True
    changes: bool = True
    wanted: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    """What was asked for last; it takes effect with the click in the confirmation mail, not before."""
    rhythm: Rhythm = Field(default=Rhythm.DAILY, sa_type=enum_column(Rhythm))
    clock: str = Field(max_length=120)
    """When its mails go out (`digest.MailClock`): rhythm, zone and quiet hours as one value, shared by all who share them."""
    state: SubscriptionState = Field(default=SubscriptionState.PENDING, sa_type=enum_column(SubscriptionState))
    token_sha256: str | None = Field(default=None, unique=True, max_length=64)
    token_until: datetime | None = Field(default=None, sa_type=UTCDateTime)
    created_at: datetime = Field(sa_type=UTCDateTime)
    confirmed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    stopped_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Delivery(SQLModel, table=True):
    """One message owed. The unique key (subject, occasion, follower) makes "told once" a law of the database.

    However many alerts of a follower find a statement, one message tells of it: `subscription_id` is the alert it is owed to.
    `message_id` is made when the message is first taken and never changes, so a repeat after a crash carries the same one.
    """

    __table_args__ = (
        sa.UniqueConstraint("subject", "occasion", "follower_id"),
        sa.Index("ix_delivery_waiting", "state", "medium", "due_at"),
        sa.Index("ix_delivery_follower", "follower_id", "state"),
        sa.Index(
            "ix_delivery_message",
            "message_id",
            sqlite_where=sa.text("message_id IS NOT NULL"),
            postgresql_where=sa.text("message_id IS NOT NULL"),
        ),
    )

    id: int = Field(default=None, primary_key=True)
    follower_id: int = Field(foreign_key="follower.id")
    subscription_id: int | None = Field(default=None, foreign_key="subscription.id")
    """None for what no alert asked for: the test of a webhook, a notice to operators."""
    medium: Medium = Field(default=Medium.MAIL, sa_type=enum_column(Medium))
    """Its follower's."""
    occasion: Occasion = Field(sa_type=enum_column(Occasion))
    subject: str
    """What it is about: `claim:12`, `shift:3`, `appearance:40:missing`, `confirm:2`, `notice:5`."""
    owed_at: datetime = Field(sa_type=UTCDateTime)
    due_at: datetime = Field(sa_type=UTCDateTime)
    state: DeliveryState = Field(default=DeliveryState.OWED, sa_type=enum_column(DeliveryState))
    token: str | None = None
    """The confirmation token in clear, only until its mail is sent; then it is wiped."""
    message_id: str | None = None
    first_taken_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    taken_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    taken_by: str | None = None
    tries: int = 0
    sent_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    error: str | None = None


class WebhookState(StrEnum):
    """Paused by a colleague, suspended because it answered no more; what is owed waits in both. Removed is for ever."""

    ACTIVE = "active"
    PAUSED = "paused"
    SUSPENDED = "suspended"
    REMOVED = "removed"


class Webhook(SQLModel, table=True):
    """An address that is told by signed POST requests (Standard Webhooks), as a follower with alerts like any other.

    Its signing key stands in no table: it is derived from the site's secret, or stands in the configuration.
    """

    id: int = Field(default=None, primary_key=True)
    follower_id: int = Field(foreign_key="follower.id", unique=True)
    name: str
    configured_as: str | None = Field(default=None, unique=True, max_length=80)
    """Its id in the configuration; None for one that was made on the site."""
    state: WebhookState = Field(default=WebhookState.ACTIVE, sa_type=enum_column(WebhookState))
    key_number: int = 1
    """Which of its signing keys is in force; each rotation counts on."""
    rotated_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    created_by: str
    """The account of whoever made it, or "configuration"."""
    created_at: datetime = Field(sa_type=UTCDateTime)
    failing_since: datetime | None = Field(default=None, sa_type=UTCDateTime)
    failures: int = 0
    """Refusals since it last took a message."""
    retry_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """Before then it is asked nothing: its last answer was a refusal."""
    answered_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    answer: str | None = None
    """What it answered last, in words."""
    accepted_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """When it last took a message."""


class Notice(SQLModel, table=True):
    """A change that operators are told of: of a source, of collecting, of mail, of a webhook. A subject's newest holds."""

    id: int = Field(default=None, primary_key=True)
    about: str = Field(index=True)
    """What it is about: `source:courier`, `collecting`, `mail`, `webhook:3`."""
    state: str
    """In one word how that is; the same one is not told again."""
    words: str
    at: datetime = Field(sa_type=UTCDateTime)


class Bounce(SQLModel, table=True):
    """A mail that came back, or that the server refused for good."""

    __table_args__ = (sa.Index("ix_bounce_address", "address_folded", "at"),)

    id: int = Field(default=None, primary_key=True)
    address_folded: str
    permanent: bool
    reason: str
    at: datetime = Field(sa_type=UTCDateTime)
    message_id: str | None = Field(default=None, unique=True)
    """Of the mail that a report is about: it is counted once, however often it is reported."""


class Suppression(SQLModel, table=True):
    """An address that gets nothing any more, and why: it refuses mail, or complained. A new confirmation ends it."""

    address_folded: str = Field(primary_key=True)
    reason: str
    since: datetime = Field(sa_type=UTCDateTime)
