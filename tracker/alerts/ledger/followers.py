"""Writes of a follower's own settings: when mails go out, of whom nothing, which alerts end; and the signed links to them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from itsdangerous import BadSignature, URLSafeSerializer
from sqlmodel import Session, col, delete, select

from tracker.accounts import fold_email
from tracker.alerts.digest import DigestSchedule, MailClock
from tracker.alerts.models import (
    Delivery,
    DeliveryState,
    Follower,
    MutedSpeaker,
    Occasion,
    Rhythm,
    Subscription,
    SubscriptionState,
)

MOST_MUTED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowerSettings:
    """What a follower may set. `quiet` is a pair of hours; `paused_until` None goes on at once."""

    timezone: str
    quiet: tuple[int, int] | None
    plain: bool
    paused_until: datetime | None
    muted: Collection[int] = ()


def clock(follower: Follower, rhythm: Rhythm) -> MailClock:
    """When the mails of an alert of this rhythm go out to a follower."""
    if follower.quiet_from is None or follower.quiet_to is None or follower.quiet_from == follower.quiet_to:
        return MailClock(rhythm, follower.timezone)
    return MailClock(rhythm, follower.timezone, (follower.quiet_from, follower.quiet_to))


def manage_token(secret: str, follower: Follower) -> str:
    """The token in each mail's link to the follower's own page; it works for ever and for nothing else."""
    return str(URLSafeSerializer(secret, salt="alerts").dumps(follower.public_id))


def by_manage_token(session: Session, secret: str, token: str) -> Follower | None:
    """The follower whose page a link opens; None for a link that is not ours."""
    try:
        public_id = URLSafeSerializer(secret, salt="alerts").loads(token)
    except BadSignature:
        return None
    return by_public_id(session, str(public_id))


def by_public_id(session: Session, public_id: str) -> Follower | None:
    """The follower with this id, if it ever confirmed its address."""
    return session.exec(
        select(Follower).where(Follower.public_id == public_id, col(Follower.confirmed_at).is_not(None))
    ).first()


def by_address(session: Session, address: str) -> Follower | None:
    """The follower with this address, if it was ever confirmed."""
    folded = fold_email(address)
    return session.exec(
        select(Follower).where(Follower.address_folded == folded, col(Follower.confirmed_at).is_not(None))
    ).first()


def unsubscribe_token(secret: str, follower: Follower, subscription_ids: Collection[int]) -> str:
    """The token of a mail's exit: its follower and the alerts that the mail was about; it works for ever."""
    return str(URLSafeSerializer(secret, salt="stop").dumps([follower.public_id, sorted(set(subscription_ids))]))


def by_unsubscribe_token(session: Session, secret: str, token: str) -> tuple[Follower, list[int]] | None:
    """Whose exit a link is, and which alerts it ends; None for one that is not ours.

    A link of a mail from before an address could have several alerts names one of them by its public id.
    """
    try:
        told = URLSafeSerializer(secret, salt="stop").loads(token)
    except BadSignature:
        return None
    if isinstance(told, str):
        row = session.exec(select(Subscription).where(Subscription.public_id == told)).first()
        return (session.get_one(Follower, row.follower_id), [row.id]) if row else None
    public_id, numbers = told
    follower = session.exec(select(Follower).where(Follower.public_id == str(public_id))).first()
    if follower is None:
        return None
    own = select(Subscription.id).where(Subscription.follower_id == follower.id, col(Subscription.id).in_(numbers))
    return follower, sorted(session.exec(own))


def update_settings(
    session: Session, now: datetime, follower_id: int, settings: FollowerSettings, digests: DigestSchedule
) -> Follower:
    """Write a follower's settings; what waits in the outbox goes out by them. Raises `ZoneInfoNotFoundError`."""
    ZoneInfo(settings.timezone)
    follower = session.get_one(Follower, follower_id)
    follower.timezone, follower.plain = settings.timezone, settings.plain
    follower.quiet_from, follower.quiet_to = settings.quiet or (None, None)
    follower.paused_until = settings.paused_until if settings.paused_until and settings.paused_until > now else None
    session.add(follower)
    for row in session.exec(select(Subscription).where(Subscription.follower_id == follower_id)):
        row.clock = clock(follower, row.rhythm).code
        session.add(row)
    session.exec(delete(MutedSpeaker).where(col(MutedSpeaker.follower_id) == follower_id))
    muted = sorted(set(settings.muted))[:MOST_MUTED]
    session.add_all(MutedSpeaker(follower_id=follower_id, speaker_id=one) for one in muted)
    session.flush()
    reschedule(session, now, follower, digests)
    return follower


def set_rhythm(session: Session, now: datetime, subscription_id: int, rhythm: Rhythm, digests: DigestSchedule) -> None:
    """Change how often an alert is told; what waits for it goes out by the new rhythm."""
    row = session.get_one(Subscription, subscription_id)
    follower = session.get_one(Follower, row.follower_id)
    row.rhythm, row.clock = rhythm, clock(follower, rhythm).code
    session.add(row)
    session.flush()
    reschedule(session, now, follower, digests)


def reschedule(session: Session, now: datetime, follower: Follower, digests: DigestSchedule) -> None:
    """Move what waits for a follower, and was not tried yet, to the moment that its clock names now."""
    waiting = session.exec(
        select(Delivery, Subscription)
        .join(Subscription, col(Subscription.id) == col(Delivery.subscription_id))
        .where(
            Delivery.follower_id == follower.id,
            Delivery.state == DeliveryState.OWED,
            Delivery.occasion != Occasion.CONFIRM,
            col(Delivery.message_id).is_(None),
        )
    )
    for row, subscription in waiting:
        due = MailClock.read(subscription.clock).due_at(now, digests)
        row.due_at = max(due, follower.paused_until or due)
        session.add(row)
    session.flush()


def stop(session: Session, now: datetime, follower_id: int, subscription_ids: Collection[int] | None = None) -> None:
    """End these alerts of a follower, or all, at once. What waits for them alone is dropped; see `deliveries.hand_over`."""
    own = [col(Subscription.follower_id) == follower_id]
    if subscription_ids is not None:
        own.append(col(Subscription.id).in_(subscription_ids))
    session.connection().execute(
        sa.update(Subscription)
        .where(*own)
        .values(
            state=SubscriptionState.STOPPED,
            stopped_at=sa.func.coalesce(col(Subscription.stopped_at), now),
            token_sha256=None,
            token_until=None,
        )
    )
    session.expire_all()
