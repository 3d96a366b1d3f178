"""Questions of the outbox: how it stands, who was told of what, and which addresses get nothing any more."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.alerts.models import Delivery, DeliveryState, Follower, Medium, Suppression, Webhook

_TROUBLED = (DeliveryState.OWED, DeliveryState.TAKEN, DeliveryState.FAILED)


@dataclass(frozen=True, slots=True)
class OutboxStatus:
    """What is due and not sent: since when the oldest, how many; and when the last mail went."""

    oldest_due: datetime | None
    due: int
    last_sent: datetime | None


def outbox_status(session: Session, now: datetime) -> OutboxStatus:
    """How the mails stand; a webhook that its own receiver does not answer is no fault of ours, and stands on its page.

    A mail counts from when it was due first: each failed try moves `due_at` into the future.
    """
    due = sa.func.coalesce(col(Delivery.first_taken_at), col(Delivery.due_at))
    by_mail = col(Delivery.medium) == Medium.MAIL
    waiting = sa.and_(col(Delivery.state).in_([DeliveryState.OWED, DeliveryState.TAKEN]), by_mail, due <= now)
    oldest, number = session.exec(select(sa.func.min(due), sa.func.count()).where(waiting)).one()
    if not number:
        return OutboxStatus(None, 0, None)
    last = session.exec(select(sa.func.max(col(Delivery.sent_at))).where(by_mail, col(Delivery.sent_at) <= now)).one()
    return OutboxStatus(oldest, number, last)


def told_of(session: Session, claim_ids: Collection[int]) -> set[int]:
    """Those of these claims about which somebody is owed a mail, or got one."""
    subjects = {f"claim:{number}": number for number in claim_ids}
    rows = session.exec(select(Delivery.subject).where(col(Delivery.subject).in_(subjects)).distinct())
    return {subjects[subject] for subject in rows}


def suppression(session: Session, address_folded: str) -> Suppression | None:
    """Why an address gets nothing any more; None for one that does."""
    return session.get(Suppression, address_folded)


def suppressed(session: Session, limit: int = 100) -> Sequence[Suppression]:
    """The addresses that get nothing any more, those that were stopped last first."""
    return session.exec(select(Suppression).order_by(col(Suppression.since).desc()).limit(limit)).all()


@dataclass(frozen=True, slots=True, kw_only=True)
class TroubledMail:
    """A message that was tried and did not go, or that is not to go any more."""

    address: str
    webhook: str | None
    """Its name, where the message goes to one: its address is for those who look after it."""
    occasion: str
    state: DeliveryState
    tries: int
    due_at: datetime
    error: str


def by_state(session: Session, since: datetime) -> dict[DeliveryState, int]:
    """How many messages owed since then stand in each state."""
    number = sa.func.count()
    rows = session.exec(
        select(Delivery.state, number).where(col(Delivery.owed_at) >= since).group_by(col(Delivery.state))
    )
    return {DeliveryState(state): count for state, count in rows}


def troubled(session: Session, limit: int = 50) -> list[TroubledMail]:
    """Messages that were tried in vain, or given up, the newest first."""
    rows = session.exec(
        select(Delivery, Follower, Webhook.name)
        .join(Follower, col(Follower.id) == col(Delivery.follower_id))
        .join(Webhook, col(Webhook.follower_id) == col(Follower.id), isouter=True)
        .where(col(Delivery.error).is_not(None), col(Delivery.state).in_(_TROUBLED))
        .order_by(col(Delivery.id).desc())
        .limit(limit)
    )
    return [
        TroubledMail(
            address=follower.address,
            webhook=webhook,
            occasion=row.occasion.value,
            state=row.state,
            tries=row.tries,
            due_at=row.due_at,
            error=row.error or "",
        )
        for row, follower, webhook in rows
    ]
