"""Writes of the outbox: a mail is taken by one sender, held while it is sent, and marked after the server's answer.

Its Message-ID is stored before the first try, so the one repeat a crash can cause is recognisable. How a mail is sent once,
whatever stops in the middle:

1. `take` reserves one mail for `TAKEN_FOR`; `hold` prolongs that, and says whether it is still the sender's.
2. The sender holds it while the talk with the server lasts, and once more before the words themselves go.
3. A sender that died or froze holds nothing any more: its mail is taken by the next one, under the same Message-ID.
4. What a server accepted is `sent`, whoever holds it by then; `failed` and `release` touch only what is still the sender's.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker import processes
from tracker.alerts.digest import DigestSchedule, MailClock
from tracker.alerts.ledger import bounces
from tracker.alerts.ledger.deliveries import drop_undone, drop_withdrawn
from tracker.alerts.models import (
    Delivery,
    DeliveryState,
    Follower,
    Medium,
    Occasion,
    Subscription,
    SubscriptionState,
    Suppression,
)
from tracker.db import skip_locked
from tracker.runs import CLOCK_SKEW

RESERVED_FOR = timedelta(seconds=45)
"""A message that was taken, or held, longer ago than this belongs to a sender that died or froze; it is owed again."""
GIVE_UP_AFTER = timedelta(hours=48)
FIRST_RETRY_AFTER = timedelta(minutes=1)
MAX_RETRY_AFTER = timedelta(hours=1)
MAX_PER_MAIL = 50


@dataclass(frozen=True, slots=True)
class MailBatch:
    """The deliveries that travel in one mail, in the order they were owed."""

    message_id: str
    follower: Follower
    deliveries: tuple[Delivery, ...]

    @property
    def is_confirmation(self) -> bool:
        """Whether it asks if an alert was meant; such a mail carries nothing else."""
        return self.deliveries[0].occasion == Occasion.CONFIRM

    @property
    def is_notice(self) -> bool:
        """Whether it tells operators of the service."""
        return self.deliveries[0].occasion == Occasion.NOTICE


def take(session: Session, now: datetime, taker: str, due_by: datetime | None = None) -> MailBatch | None:
    """Reserve the next mail due by `due_by` (else now): all that one follower is owed; None when nothing is.

    A confirmation travels alone. What another sender left goes out under its old Message-ID. Followers who left get nothing.
    """
    due_by = due_by or now
    first = session.exec(
        skip_locked(
            session,
            select(Delivery)
            .where(Delivery.state == DeliveryState.OWED, Delivery.medium == Medium.MAIL, col(Delivery.due_at) <= due_by)
            .order_by(col(Delivery.due_at), col(Delivery.id))
            .limit(1),
        )
    ).first()
    if first is None:
        return None
    together = select(Delivery).where(
        Delivery.follower_id == first.follower_id,
        Delivery.state == DeliveryState.OWED,
        col(Delivery.due_at) <= due_by,
        _may_travel_with(first),
        col(Delivery.message_id).is_not_distinct_from(first.message_id),
    )
    members = session.exec(
        skip_locked(session, together.order_by(col(Delivery.due_at), col(Delivery.id)).limit(MAX_PER_MAIL))
    ).all()
    return reserve(session, now, taker, session.get_one(Follower, first.follower_id), members)


def _may_travel_with(first: Delivery) -> sa.ColumnElement[bool]:
    """What goes in the same mail: a confirmation goes alone, notices to operators together, alerts together."""
    if first.occasion == Occasion.CONFIRM:
        return col(Delivery.id) == first.id
    if first.occasion == Occasion.NOTICE:
        return col(Delivery.occasion) == Occasion.NOTICE
    return col(Delivery.occasion).not_in([Occasion.CONFIRM, Occasion.NOTICE])


def reserve(session: Session, now: datetime, taker: str, follower: Follower, members: Sequence[Delivery]) -> MailBatch:
    """Hold these deliveries for one sender, under the name that they keep from their first try on."""
    name = members[0].message_id or _message_id(follower, members)
    for row in members:
        row.state, row.taken_at, row.taken_by, row.message_id = DeliveryState.TAKEN, now, taker, name
        row.first_taken_at = row.first_taken_at or now
        row.tries += 1
        session.add(row)
    session.flush()
    return MailBatch(name, follower, tuple(members))


def release_abandoned(
    session: Session, now: datetime, *, also: Sequence[str] = (), medium: Medium = Medium.MAIL
) -> None:
    """Owe again what nobody holds any more, and drop what nobody wants; before messages of a medium are taken.

    Nobody holds what was not held for `TAKEN_FOR`, what a clock ahead of this one dates, and what a dead process of this
    machine, or one of `also`, had taken.
    """
    taken = (col(Delivery.state) == DeliveryState.TAKEN, col(Delivery.medium) == medium)
    takers = session.exec(select(Delivery.taken_by).where(*taken).distinct()).all()
    gone = {taker for taker in takers if taker and processes.is_dead(taker)} | set(also)
    session.connection().execute(
        sa.update(Delivery)
        .where(
            *taken,
            sa.or_(
                col(Delivery.taken_at) <= now - RESERVED_FOR,
                col(Delivery.taken_at) > now + CLOCK_SKEW,
                col(Delivery.taken_by).in_(gone),
            ),
        )
        .values(state=DeliveryState.OWED, error="the sender stopped in the middle; sent again under the same id")
    )
    _drop_unsubscribed(session)


def renew(session: Session, now: datetime, message_id: str, taker: str) -> bool:
    """Prolong the reservation of a mail; False when it is no longer this sender's: then it must not be sent."""
    held = session.connection().execute(_taken(message_id, taker).values(taken_at=now))
    return bool(held.rowcount)


def mark_sent(session: Session, now: datetime, message_id: str) -> None:
    """The mail server said yes to this mail: it is sent, even if another sender holds it meanwhile."""
    session.connection().execute(
        sa.update(Delivery)
        .where(col(Delivery.message_id) == message_id, col(Delivery.state) != DeliveryState.SENT)
        .values(state=DeliveryState.SENT, sent_at=now, error=None, token=None)
    )


def release(session: Session, message_id: str, taker: str) -> None:
    """Give back a mail that was taken and not tried; it is due as before."""
    session.connection().execute(
        _taken(message_id, taker).values(state=DeliveryState.OWED, taken_by=None, tries=Delivery.tries - 1)
    )


def mark_failed(
    session: Session,
    now: datetime,
    parcel: MailBatch,
    taker: str,
    error: str,
    *,
    permanent: bool,
    no_mailbox: bool = False,
) -> None:
    """The mail did not go: try again later, or never when the failure is permanent or two days old.

    Nothing happens when it is no longer this sender's: its fate is the new one's to tell.
    """
    if put_off(session, now, parcel, taker, error, permanent=permanent) and permanent:
        bounces.record(
            session, now, parcel.follower.address_folded, f"the mail server refused: {error}", permanent=no_mailbox
        )


def put_off(
    session: Session, now: datetime, parcel: MailBatch, taker: str, error: str, *, permanent: bool = False
) -> bool:
    """Owe what did not go for a later try, or give it up; False when it is no longer this sender's."""
    first = min(row.first_taken_at or now for row in parcel.deliveries)
    over = permanent or now - first > GIVE_UP_AFTER
    values = {"state": DeliveryState.FAILED if over else DeliveryState.OWED, "error": error[:500], "taken_by": None}
    wait = retry_after(parcel.message_id, max(row.tries for row in parcel.deliveries))
    query = _taken(parcel.message_id, taker)
    done = session.connection().execute(query.values(**values) if over else query.values(**values, due_at=now + wait))
    return bool(done.rowcount)


def retry_after(name: str, tries: int) -> timedelta:
    """How long to wait after so many tries: twice as long each time, up to a limit, and a little apart from the others'."""
    wait: timedelta = min(FIRST_RETRY_AFTER * 2 ** min(tries - 1, 10), MAX_RETRY_AFTER)
    return wait * (1 + int(hashlib.sha256(f"{name}{tries}".encode()).hexdigest()[:2], 16) / 2550)


def correct_clock(session: Session, now: datetime, ahead: datetime, digests: DigestSchedule) -> int:
    """Bring back to `now` what was owed or tried by a clock later than `ahead`; how many messages.

    A try of that time is made again at once; a message owed then is due as if it were owed now.
    """
    rows = session.exec(
        select(Delivery, Subscription)
        .join(Subscription, col(Subscription.id) == col(Delivery.subscription_id), isouter=True)
        .where(
            col(Delivery.state).in_([DeliveryState.OWED, DeliveryState.TAKEN]),
            sa.or_(col(Delivery.owed_at) > ahead, col(Delivery.taken_at) > ahead),
        )
    ).all()
    for row, subscription in rows:
        tried = row.taken_at is not None and row.taken_at > ahead
        row.owed_at = min(row.owed_at, now)
        row.first_taken_at = min(row.first_taken_at, now) if row.first_taken_at else None
        row.taken_at = min(row.taken_at, now) if row.taken_at else None
        row.due_at = (
            now
            if tried or row.occasion == Occasion.CONFIRM or subscription is None
            else MailClock.read(subscription.clock).due_at(now, digests)
        )
        session.add(row)
    return len(rows)


def _taken(message_id: str, taker: str) -> sa.Update:
    """The change of a mail's rows while they are this sender's."""
    return sa.update(Delivery).where(
        col(Delivery.message_id) == message_id,
        col(Delivery.state) == DeliveryState.TAKEN,
        col(Delivery.taken_by) == taker,
    )


def _drop_unsubscribed(session: Session) -> None:
    """Suppression beats everything, also what lies in the outbox already; and nobody is told what was withdrawn."""
    drop_withdrawn(session)
    drop_undone(session)
    stopped = select(Subscription.id).where(Subscription.state == SubscriptionState.STOPPED)
    refused = (
        select(Follower.id)
        .join(Suppression, col(Suppression.address_folded) == col(Follower.address_folded))
    )  # fmt: skip
    session.connection().execute(
        sa.update(Delivery)
        .where(
            col(Delivery.state) == DeliveryState.OWED,
            col(Delivery.occasion) != Occasion.CONFIRM,
            sa.or_(col(Delivery.subscription_id).in_(stopped), col(Delivery.follower_id).in_(refused)),
        )
        .values(state=DeliveryState.DROPPED, error="the follower left or the address refuses mail")
    )


def _message_id(follower: Follower, members: Sequence[Delivery]) -> str:
    """The left part of the Message-ID, from the keys of what the mail carries."""
    keys = ",".join(f"{row.occasion.value}/{row.subject}" for row in members)
    return hashlib.sha256(f"{follower.public_id}/{keys}".encode()).hexdigest()[:40]
