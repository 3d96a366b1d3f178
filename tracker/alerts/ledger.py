"""Writes of the alerts floor: sign-up and exit, what is owed, and what became of it.

A message is owed once (a unique key), taken by one sender (a conditional UPDATE), and marked sent only after the mail
server's yes. Its Message-ID is stored before the first try, so the one repeat a crash can cause is recognisable.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from itsdangerous import BadSignature, URLSafeSerializer
from sqlmodel import Session, col, select

from tracker import accounts, limits
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
from tracker.db import insert_new, skip_locked
from tracker.limits import TooMany
from tracker.positions.models import Shift

CONFIRM_WITHIN = timedelta(hours=48)
TAKEN_FOR = timedelta(minutes=5)
"""A message taken longer ago than this belongs to a sender that died; it is owed again, with its Message-ID."""
GIVE_UP_AFTER = timedelta(hours=48)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
HARD_FAILURES = 3
MOST_IN_ONE_MAIL = 50
CONFIRMATIONS_WITHOUT_CLICK = 3


@dataclass(frozen=True, slots=True)
class Wish:
    """What a visitor asks for in the form. `what` is "claims" (every new statement) or "shifts" (only shifts)."""

    address: str
    topic_id: str
    speakers: tuple[int, ...] = ()
    what: str = "claims"
    rhythm: str = "daily"
    plain: bool = False


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


def ask(session: Session, now: datetime, wish: Wish, *, ip: str) -> None:
    """Owe a confirmation mail for a wish; nothing else happens before the click.

    The caller answers the same, known address or not. Raises `TooMany` (20 an hour from one place) and
    `accounts.BadAccount` for an address that is none. An address gets one confirmation in 24 hours, three without a click.
    """
    address = accounts.fold_email(wish.address)
    limits.count(session, now, "follow", ip, most=20, within=timedelta(hours=1))
    blank = {
        "public_id": secrets.token_urlsafe(16),
        "address": wish.address.strip(),
        "address_folded": address,
        "topic_id": wish.topic_id,
        "speakers": [],
        "wanted": {},
        "claims": True,
        "shifts": True,
        "changes": True,
        "plain": False,
        "rhythm": Rhythm.DAILY,
        "timezone": "UTC",
        "state": SubscriptionState.PENDING,
        "confirmations_sent": 0,
        "created_at": now,
    }
    insert_new(session, Subscription, blank)
    row = session.exec(
        select(Subscription).where(Subscription.address_folded == address, Subscription.topic_id == wish.topic_id)
    ).one()
    if not _may_ask_again(session, now, address):
        return
    token = secrets.token_urlsafe(32)
    row.token_sha256, row.token_until = _digest(token), now + CONFIRM_WITHIN
    row.wanted = {
        "speakers": list(wish.speakers),
        "what": wish.what,
        "rhythm": Rhythm(wish.rhythm).value,
        "plain": wish.plain,
    }
    row.confirmations_sent += 1
    row.last_confirmation_at = now
    session.add(row)
    session.add(
        Delivery(
            subscription_id=row.id,
            occasion=Occasion.CONFIRM,
            subject=f"confirm:{_digest(token)[:16]}",
            owed_at=now,
            due_at=now,
            token=token,
        )
    )
    session.flush()


def _may_ask_again(session: Session, now: datetime, address: str) -> bool:
    """One confirmation in 24 hours for an address, whatever the topic; three for ever without a click."""
    last, unclicked = session.exec(
        select(
            sa.func.max(col(Subscription.last_confirmation_at)),
            sa.func.sum(sa.case((col(Subscription.confirmed_at).is_(None), Subscription.confirmations_sent), else_=0)),
        ).where(Subscription.address_folded == address)
    ).one()
    if last is not None and last > now - timedelta(hours=24):
        return False
    return (unclicked or 0) < CONFIRMATIONS_WITHOUT_CLICK


def open_token(session: Session, now: datetime, token: str) -> Subscription | None:
    """The subscription behind a confirmation token that still works, or None. Changes nothing."""
    return session.exec(
        select(Subscription).where(Subscription.token_sha256 == _digest(token), col(Subscription.token_until) > now)
    ).first()


def confirm(session: Session, now: datetime, token: str) -> Subscription | None:
    """The click: what was wanted takes effect and the token is used up. None when it no longer works."""
    row = open_token(session, now, token)
    if row is None:
        return None
    row.speakers = list(row.wanted.get("speakers", []))
    row.claims = row.wanted.get("what") != "shifts"
    row.rhythm = Rhythm(row.wanted.get("rhythm", Rhythm.DAILY))
    row.plain = bool(row.wanted.get("plain"))
    row.state, row.confirmed_at, row.stopped_at = SubscriptionState.CONFIRMED, now, None
    row.token_sha256 = row.token_until = None
    row.confirmations_sent = 0
    session.add(row)
    gone = session.get(Suppression, row.address_folded)
    if gone is not None:
        session.delete(gone)
    session.flush()
    return row


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


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


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
