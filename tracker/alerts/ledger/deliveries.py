"""Writes of the alerts floor: exit, and what is owed to whom (once: a unique key).

Sign-up and sending have modules of their own: `ledger.sign_up`, `ledger.outbox`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from itsdangerous import BadSignature, URLSafeSerializer
from sqlmodel import Session, col, select

from tracker.alerts import queries
from tracker.alerts.digest import DigestSchedule, due_at
from tracker.alerts.models import (
    Delivery,
    DeliveryState,
    Occasion,
    Subscription,
    SubscriptionState,
)
from tracker.db import insert_if_absent
from tracker.positions import queries as positions
from tracker.positions.ledger.shifts import ShiftChanges
from tracker.positions.models import Shift
from tracker.speech.ledger.source_status import Changed
from tracker.speech.models import Claim


def unsubscribe_token(secret: str, subscription: Subscription) -> str:
    """The token in each mail's exit link; it works for ever and for nothing else."""
    return str(URLSafeSerializer(secret, salt="stop").dumps(subscription.public_id))


def by_unsubscribe_token(session: Session, secret: str, token: str) -> Subscription | None:
    """The subscription an exit link belongs to; None for a link that is not ours."""
    try:
        public_id = URLSafeSerializer(secret, salt="stop").loads(token)
    except BadSignature:
        return None
    return session.exec(select(Subscription).where(Subscription.public_id == str(public_id))).first()


def unsubscribe(session: Session, now: datetime, subscription_id: int) -> None:
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


def enqueue(
    session: Session,
    now: datetime,
    *,
    occasion: Occasion,
    subject: str,
    topic_ids: Sequence[str],
    speaker_id: int | None,
    digests: DigestSchedule,
) -> int:
    """Enqueue one message about `subject` for every follower it concerns; how many are new. None is enqueued twice."""
    new = 0
    for subscription in queries.subscriptions_to(session, topic_ids):
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
            "due_at": due_at(now, subscription.rhythm, subscription.timezone, digests),
            "state": DeliveryState.OWED,
            "tries": 0,
        }
        # A shift may be withdrawn before its mail went, and be back; everything else is dropped for good.
        new += insert_if_absent(session, Delivery, values) or (
            occasion == Occasion.SHIFT and _enqueue_again(session, values)
        )
    return new


def enqueue_change(session: Session, now: datetime, *, change: Changed, look: str, digests: DigestSchedule) -> int:
    """Enqueue the mails about what became of a statement's words at a source; how many are new.

    `look` is the version or removal that showed it: one mail about each.
    """
    claim = session.get_one(Claim, change.appearance.claim_id)
    topics = [topic.id for topic in positions.topics_of(session, [claim.id]).get(claim.id, [])]
    return enqueue(
        session,
        now,
        occasion=Occasion.SOURCE_CHANGED,
        subject=f"appearance:{change.appearance.id}:{look}",
        topic_ids=topics,
        speaker_id=claim.speaker_id,
        digests=digests,
    )


def enqueue_shifts(session: Session, now: datetime, changes: ShiftChanges, digests: DigestSchedule) -> int:
    """Enqueue the mails about the shifts that a coding made, and drop those about the ones it withdrew; how many are new.

    A shift that is back after a while is owed to those who were not told yet, and to nobody twice.
    """
    drop_withdrawn(session)
    return sum(
        enqueue(
            session,
            now,
            occasion=Occasion.SHIFT,
            subject=f"shift:{shift.id}",
            topic_ids=[shift.topic_id],
            speaker_id=shift.speaker_id,
            digests=digests,
        )
        for shift in changes.made
    )


def _enqueue_again(session: Session, values: Mapping[str, Any]) -> bool:
    """Enqueue a message anew that was dropped before its turn; False when it was sent, or is owed already."""
    fresh = {name: values[name] for name in ("owed_at", "due_at", "state", "tries")}
    done = session.connection().execute(
        sa.update(Delivery)
        .where(
            col(Delivery.subscription_id) == values["subscription_id"],
            col(Delivery.occasion) == values["occasion"],
            col(Delivery.subject) == values["subject"],
            col(Delivery.state) == DeliveryState.DROPPED,
        )
        .values(**fresh, error=None, first_taken_at=None, taken_at=None, taken_by=None)
    )
    return bool(done.rowcount)


def drop_withdrawn(session: Session) -> None:
    """Drop what is owed and not yet sent about shifts that do not follow any more."""
    subjects = select(sa.literal("shift:") + sa.cast(col(Shift.id), sa.String)).where(
        col(Shift.withdrawn_at).is_not(None)
    )
    session.connection().execute(
        sa.update(Delivery)
        .where(
            col(Delivery.state) == DeliveryState.OWED,
            col(Delivery.occasion) == Occasion.SHIFT,
            col(Delivery.subject).in_(subjects),
        )
        .values(state=DeliveryState.DROPPED, error="the shift was withdrawn")
    )
