"""Writes of the alerts floor: exit, what is owed, and what became of it; sign-up has a module of its own.

A message is owed once (a unique key), taken by one sender (a conditional UPDATE), and marked sent only after the mail
server's yes. Its Message-ID is stored before the first try, so the one repeat a crash can cause is recognisable.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from itsdangerous import BadSignature, URLSafeSerializer
from sqlmodel import Session, col, select

from tracker.alerts import queries
from tracker.alerts.models import (
    Delivery,
    DeliveryState,
    Occasion,
    Rhythm,
    Subscription,
    SubscriptionState,
    Suppression,
)
from tracker.alerts.sign_up import Wish, ask, confirm, open_token
from tracker.db import insert_new, skip_locked
from tracker.limits import TooMany
from tracker.positions.models import Shift

TAKEN_FOR = timedelta(minutes=5)
"""A message taken longer ago than this belongs to a sender that died; it is owed again, with its Message-ID."""
GIVE_UP_AFTER = timedelta(hours=48)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
HARD_FAILURES = 3
MOST_IN_ONE_MAIL = 50


@dataclass(frozen=True, slots=True)
class Digests:
    """When digests go out: an hour of the day and a weekday (Monday is 0), in each follower's own zone."""

    hour: int = 7
    weekday: int = 0


@dataclass(frozen=True, slots=True)
class Parcel:
    """The deliveries that travel in one mail, in the order they were owed."""

    message_id: str
    subscription: Subscription
    occasion: Occasion
    deliveries: tuple[Delivery, ...]


def stop_token(secret: str, subscription: Subscription) -> str:
    """The token in each mail's exit link; it works for ever and for nothing else."""
    return str(URLSafeSerializer(secret, salt="stop").dumps(subscription.public_id))


def by_stop_token(session: Session, secret: str, token: str) -> Subscription | None:
    """The subscription an exit link belongs to; None for a link that is not ours."""
    try:
        public_id = URLSafeSerializer(secret, salt="stop").loads(token)
    except BadSignature:
        return None
    return session.exec(select(Subscription).where(Subscription.public_id == str(public_id))).first()


def stop(session: Session, now: datetime, subscription_id: int) -> None:
    """End a subscription at once; what waits in the outbox for it is dropped."""
    row = session.get_one(Subscription, subscription_id)
    row.state, row.stopped_at = SubscriptionState.STOPPED, row.stopped_at or now
    row.token_sha256 = row.token_until = None
    session.add(row)
    session.connection().execute(
        sa.update(Delivery)
        .where(col(Delivery.subscription_id) == row.id, col(Delivery.state) == DeliveryState.OWED)
        .values(state=DeliveryState.DROPPED, error="the follower left", token=None)
    )


def owe(
    session: Session,
    now: datetime,
    occasion: Occasion,
    subject: str,
    topic_ids: Sequence[str],
    speaker_id: int | None,
    digests: Digests,
) -> int:
    """Owe one message about `subject` to every follower it concerns; how many are new. The same one is never owed twice."""
    new = 0
    for subscription in queries.following(session, topic_ids):
        if subscription.speakers and speaker_id not in subscription.speakers:
            continue
        if not {
            Occasion.NEW_CLAIMS: subscription.claims,
            Occasion.SHIFT: subscription.shifts,
            Occasion.SOURCE_CHANGED: subscription.changes and subscription.claims,
        }[occasion]:
            continue
        values = {
            "subscription_id": subscription.id,
            "occasion": occasion,
            "subject": subject,
            "owed_at": now,
            "due_at": due_at(now, subscription, digests),
            "state": DeliveryState.OWED,
            "tries": 0,
        }
        new += insert_new(session, Delivery, values)
    return new


def owe_shift(session: Session, now: datetime, shift: Shift, digests: Digests) -> int:
    """Owe the mail about a shift that a confirmed coding made; how many are new."""
    return owe(session, now, Occasion.SHIFT, f"shift:{shift.id}", [shift.topic_id], shift.speaker_id, digests)


def due_at(now: datetime, subscription: Subscription, digests: Digests) -> datetime:
    """When a message owed now goes out: at once, or at the next digest hour of the follower's own day.

    An hour that a clock change skips or repeats is resolved by the zone's rules, so each local day has one digest.
    """
    if subscription.rhythm == Rhythm.INSTANT:
        return now
    zone = ZoneInfo(subscription.timezone)
    day = now.astimezone(zone).date()
    for _ in range(9):
        moment = datetime.combine(day, time(digests.hour), zone).astimezone(UTC)
        if moment > now and (subscription.rhythm == Rhythm.DAILY or day.weekday() == digests.weekday):
            return moment
        day += timedelta(days=1)
    raise AssertionError("every week has each weekday")


def take(session: Session, now: datetime, taker: str, limit: int = 20) -> list[Parcel]:
    """Reserve what is due, grouped into mails: one for each follower and occasion.

    What a dead sender left is taken again under its old Message-ID. Followers who left get nothing.
    """
    _return_stuck(session, now)
    _drop_unwanted(session)
    rows = session.exec(
        skip_locked(
            session,
            select(Delivery)
            .where(Delivery.state == DeliveryState.OWED, col(Delivery.due_at) <= now)
            .order_by(col(Delivery.due_at), col(Delivery.id))
            .limit(limit * MOST_IN_ONE_MAIL),
        )
    ).all()
    groups: dict[tuple[int, Occasion, str], list[Delivery]] = {}
    for row in rows:
        groups.setdefault((row.subscription_id, row.occasion, row.message_id or ""), []).append(row)
    parcels = []
    for (subscription_id, occasion, message_id), members in list(groups.items())[:limit]:
        members = members if message_id else members[:MOST_IN_ONE_MAIL]  # noqa: PLW2901 - the rest waits for the next mail
        subscription = session.get_one(Subscription, subscription_id)
        name = message_id or _message_id(subscription, occasion, members)
        for row in members:
            row.state, row.taken_at, row.taken_by, row.message_id = DeliveryState.TAKEN, now, taker, name
            row.first_taken_at = row.first_taken_at or now
            row.tries += 1
            session.add(row)
        parcels.append(Parcel(name, subscription, occasion, tuple(members)))
    session.flush()
    return parcels


def sent(session: Session, now: datetime, message_id: str) -> None:
    """The mail server said yes to this mail."""
    session.connection().execute(
        sa.update(Delivery)
        .where(col(Delivery.message_id) == message_id, col(Delivery.state) == DeliveryState.TAKEN)
        .values(state=DeliveryState.SENT, sent_at=now, error=None, token=None)
    )


def failed(session: Session, now: datetime, parcel: Parcel, error: str, *, permanent: bool) -> None:
    """The mail did not go: try again later, or never when the failure is permanent or two days old."""
    first = min(row.first_taken_at or now for row in parcel.deliveries)
    tries = max(row.tries for row in parcel.deliveries)
    over = permanent or now - first > GIVE_UP_AFTER
    wait = min(FIRST_WAIT * 2 ** min(tries - 1, 10), LONGEST_WAIT)
    jitter = 1 + int(hashlib.sha256(f"{parcel.message_id}{tries}".encode()).hexdigest()[:2], 16) / 2550
    values = {"state": DeliveryState.FAILED if over else DeliveryState.OWED, "error": error[:500], "taken_by": None}
    query = sa.update(Delivery).where(
        col(Delivery.message_id) == parcel.message_id, col(Delivery.state) == DeliveryState.TAKEN
    )
    session.connection().execute(query.values(**values) if over else query.values(**values, due_at=now + wait * jitter))
    if permanent:
        _count_hard_failure(session, now, parcel.subscription, error)


def _count_hard_failure(session: Session, now: datetime, subscription: Subscription, error: str) -> None:
    row = session.get(Suppression, subscription.address_folded) or Suppression(
        address_folded=subscription.address_folded, reason="", since=now
    )
    row.failures += 1
    row.reason = f"mail refused {row.failures} times: {error[:200]}"
    session.add(row)
    session.flush()


def _return_stuck(session: Session, now: datetime) -> None:
    session.connection().execute(
        sa.update(Delivery)
        .where(col(Delivery.state) == DeliveryState.TAKEN, col(Delivery.taken_at) <= now - TAKEN_FOR)
        .values(state=DeliveryState.OWED, error="the sender stopped in the middle; sent again with the same Message-ID")
    )


def _drop_unwanted(session: Session) -> None:
    """Suppression beats everything, also what lies in the outbox already."""
    stopped = select(Subscription.id).where(
        sa.or_(
            col(Subscription.state) == SubscriptionState.STOPPED,
            col(Subscription.address_folded).in_(
                select(Suppression.address_folded).where(col(Suppression.failures) >= HARD_FAILURES)
            ),
        )
    )
    session.connection().execute(
        sa.update(Delivery)
        .where(
            col(Delivery.state) == DeliveryState.OWED,
            col(Delivery.occasion) != Occasion.CONFIRM,
            col(Delivery.subscription_id).in_(stopped),
        )
        .values(state=DeliveryState.DROPPED, error="the follower left or the address refuses mail")
    )


def _message_id(subscription: Subscription, occasion: Occasion, members: Sequence[Delivery]) -> str:
    """The left part of the Message-ID, from the keys of what the mail carries."""
    keys = ",".join(f"{row.occasion.value}/{row.subject}" for row in members)
    return hashlib.sha256(f"{subscription.public_id}/{occasion.value}/{keys}".encode()).hexdigest()[:40]


__all__ = [
    "Digests",
    "Parcel",
    "TooMany",
    "Wish",
    "ask",
    "by_stop_token",
    "confirm",
    "due_at",
    "failed",
    "open_token",
    "owe",
    "owe_shift",
    "sent",
    "stop",
    "stop_token",
    "take",
]
