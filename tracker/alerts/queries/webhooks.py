"""Questions about webhooks: which there are, how each does, what it follows and what was sent to it."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.alerts.models import Delivery, DeliveryState, Follower, Webhook, WebhookState


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookInfo:
    """A webhook with its address and how much waits for it."""

    webhook: Webhook
    public_id: str
    url: str
    waiting: int
    """Messages owed and not sent."""
    given_up: int


def webhooks(session: Session) -> list[WebhookInfo]:
    """Every webhook that was not removed, by name."""
    rows = session.exec(
        select(Webhook, Follower)
        .join(Follower, col(Follower.id) == col(Webhook.follower_id))
        .where(col(Webhook.state) != WebhookState.REMOVED)
        .order_by(Webhook.name, col(Webhook.id))
    ).all()
    return [_info(session, webhook, follower) for webhook, follower in rows]


def by_public_id(session: Session, public_id: str) -> WebhookInfo | None:
    """The webhook with this id; None for none, and for one that was removed."""
    row = session.exec(
        select(Webhook, Follower)
        .join(Follower, col(Follower.id) == col(Webhook.follower_id))
        .where(Follower.public_id == public_id, col(Webhook.state) != WebhookState.REMOVED)
    ).first()
    return _info(session, *row) if row else None


def by_follower(session: Session, follower_id: int) -> Webhook:
    """The webhook behind a follower of that medium."""
    return session.exec(select(Webhook).where(Webhook.follower_id == follower_id)).one()


def public_id_of(session: Session, webhook: Webhook) -> str:
    """The id in the address of its page."""
    return session.get_one(Follower, webhook.follower_id).public_id


def last_messages(session: Session, webhook: Webhook, limit: int = 20) -> Sequence[Delivery]:
    """What it was owed last, the newest first."""
    return session.exec(
        select(Delivery)
        .where(Delivery.follower_id == webhook.follower_id)
        .order_by(col(Delivery.id).desc())
        .limit(limit)
    ).all()


def _info(session: Session, webhook: Webhook, follower: Follower) -> WebhookInfo:
    number = sa.func.count()
    states = dict(
        session.exec(
            select(Delivery.state, number)
            .where(Delivery.follower_id == webhook.follower_id)
            .group_by(col(Delivery.state))
        ).all()
    )
    return WebhookInfo(
        webhook=webhook,
        public_id=follower.public_id,
        url=follower.address,
        waiting=states.get(DeliveryState.OWED, 0) + states.get(DeliveryState.TAKEN, 0),
        given_up=states.get(DeliveryState.FAILED, 0),
    )
