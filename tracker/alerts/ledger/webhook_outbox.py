"""Writes of the outbox for webhooks: the mails' own rows, reservations and waits; what is a webhook's own is its health.

1. Each message travels alone, under the id that it keeps. Of those that are due the least tried goes first, so that one that
   its receiver can't take holds up no other; their order is not promised, and each tells its time.
2. A refusal makes the webhook wait, longer after each one in a row, whichever message is tried; a yes ends that.
3. One that answers 410, or took nothing for `SUSPEND_AFTER`, is suspended: what is owed to it waits until somebody resumes it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.alerts.ledger import outbox
from tracker.alerts.ledger.outbox import MailBatch
from tracker.alerts.models import Delivery, DeliveryState, Follower, Medium, Webhook, WebhookState
from tracker.alerts.webhook import WebhookAnswer
from tracker.db import skip_locked

SUSPEND_AFTER = timedelta(days=3)


def due_followers(session: Session, now: datetime) -> Sequence[int]:
    """The followers behind webhooks that may be asked now and are owed something due."""
    return session.exec(
        select(Webhook.follower_id)
        .join(Delivery, col(Delivery.follower_id) == col(Webhook.follower_id))
        .where(*_may_be_asked(now), *_due(now))
        .distinct()
        .order_by(col(Webhook.follower_id))
    ).all()


def take(session: Session, now: datetime, taker: str, follower_id: int, due_by: datetime) -> MailBatch | None:
    """Reserve the next message of a webhook; None when none is due, or it may not be asked now."""
    row = session.exec(
        skip_locked(
            session,
            select(Delivery)
            .where(
                Delivery.follower_id == follower_id,
                *_due(due_by),
                sa.exists().where(col(Webhook.follower_id) == follower_id, *_may_be_asked(now)),
            )
            .order_by(col(Delivery.tries), col(Delivery.due_at), col(Delivery.id))
            .limit(1),
        )
    ).first()
    if row is None:
        return None
    return outbox.reserve(session, now, taker, session.get_one(Follower, follower_id), [row])


def mark_accepted(session: Session, now: datetime, batch: MailBatch, answer: str) -> None:
    """The receiver took the message: it is sent, and the webhook is well."""
    outbox.mark_sent(session, now, batch.message_id)
    webhook = _of(session, batch.follower.id)
    webhook.failing_since = webhook.retry_at = None
    webhook.failures = 0
    webhook.answered_at, webhook.answer, webhook.accepted_at = now, answer, now
    session.add(webhook)


def mark_refused(session: Session, now: datetime, batch: MailBatch, taker: str, answer: WebhookAnswer) -> bool:
    """The message did not go: it is owed for later, and the webhook waits or is suspended; True when it is suspended now.

    Nothing happens when the message is no longer this sender's.
    """
    if not outbox.put_off(session, now, batch, taker, answer.words):
        return False
    webhook = _of(session, batch.follower.id)
    webhook.failures += 1
    webhook.failing_since = webhook.failing_since or now
    wait = outbox.retry_after(batch.follower.public_id, webhook.failures)
    webhook.retry_at = now + max(wait, timedelta(seconds=answer.wait_s or 0))
    webhook.answered_at, webhook.answer = now, answer.words
    ends = answer.gone or now - webhook.failing_since >= SUSPEND_AFTER
    if ends and webhook.state is WebhookState.ACTIVE:
        webhook.state = WebhookState.SUSPENDED
    session.add(webhook)
    return ends


def _of(session: Session, follower_id: int) -> Webhook:
    return session.exec(select(Webhook).where(Webhook.follower_id == follower_id)).one()


def _may_be_asked(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    waits = sa.or_(col(Webhook.retry_at).is_(None), col(Webhook.retry_at) <= now)
    return col(Webhook.state) == WebhookState.ACTIVE, waits


def _due(by: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        col(Delivery.state) == DeliveryState.OWED,
        col(Delivery.medium) == Medium.WEBHOOK,
        col(Delivery.due_at) <= by,
    )
