"""Sign-up: a request, the mail that asks whether it was meant, and the click that makes it so.

Nothing is sent to anybody on a stranger's word: each wish gets a link of its own, and only its button changes anything.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker import accounts, limits
from tracker.alerts.models import (
    Delivery,
    DeliveryState,
    Occasion,
    Rhythm,
    Subscription,
    SubscriptionState,
    Suppression,
)
from tracker.db import advisory_lock, insert_if_absent

CONFIRM_WITHIN = timedelta(hours=48)
CONFIRMATIONS_WITHOUT_CLICK = 3
CONFIRMATIONS_A_DAY = 10
"""For an address that gets mails already; one that does not gets a single one."""
ONE_DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionRequest:
    """What a visitor asks for in the form. `what` is "claims" (every new statement) or "shifts" (only shifts)."""

    address: str
    topic_id: str
    speakers: tuple[int, ...] = ()
    what: str = "claims"
    rhythm: str = "daily"
    plain: bool = False
    timezone: str = "UTC"
    """The zone in which a new follower's daily and weekly mails go out; who follows already keeps theirs."""


def request(session: Session, now: datetime, wish: SubscriptionRequest, *, ip: str) -> None:
    """Enqueue a confirmation mail for a request; nothing else happens before the click.

    The caller answers the same, known address or not. Raises `TooMany` (20 an hour from one place) and
    `accounts.BadAccount` for an address that is none. `_may_ask_again` says when there is no mail.
    """
    address = accounts.fold_email(wish.address)
    limits.count(session, now, "follow", ip, most=20, within=timedelta(hours=1))
    advisory_lock(session, f"follow {address}")  # of a thousand at once, one is the first
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
        "timezone": wish.timezone,
        "state": SubscriptionState.PENDING,
        "confirmations_sent": 0,
        "created_at": now,
    }
    insert_if_absent(session, Subscription, blank)
    row = session.exec(
        select(Subscription).where(Subscription.address_folded == address, Subscription.topic_id == wish.topic_id)
    ).one()
    wanted = {
        "speakers": sorted(wish.speakers),
        "what": wish.what,
        "rhythm": Rhythm(wish.rhythm).value,
        "plain": wish.plain,
    }
    if not _may_ask_again(session, now, row, wanted):
        return
    token = secrets.token_urlsafe(32)
    row.token_sha256, row.token_until, row.wanted = _digest(token), now + CONFIRM_WITHIN, wanted
    row.confirmations_sent += 1
    row.last_confirmation_at = now
    session.add(row)
    session.connection().execute(
        sa.update(Delivery)
        .where(
            col(Delivery.subscription_id) == row.id,
            col(Delivery.occasion) == Occasion.CONFIRM,
            col(Delivery.state) == DeliveryState.OWED,
        )
        .values(state=DeliveryState.DROPPED, error="a newer wish for the same topic took its place", token=None)
    )
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


def _may_ask_again(session: Session, now: datetime, row: Subscription, wanted: dict[str, Any]) -> bool:
    """Whether a wish gets a confirmation mail: never so many that a stranger could flood an address.

    1. An address that gets mails already: every wish but the one whose link is in its inbox since less than a day; ten a day.
    2. Any other: one in 24 hours, whatever the topic, and three without a click. A click starts the count anew.
    """
    confirmed, last, unclicked = session.exec(
        select(
            sa.func.max(sa.case((col(Subscription.state) == SubscriptionState.CONFIRMED, 1), else_=0)),
            sa.func.max(col(Subscription.last_confirmation_at)),
            sa.func.sum(col(Subscription.confirmations_sent)),
        ).where(Subscription.address_folded == row.address_folded)
    ).one()
    today = session.exec(
        select(sa.func.count())
        .select_from(Delivery)
        .join(Subscription, col(Subscription.id) == col(Delivery.subscription_id))
        .where(
            Subscription.address_folded == row.address_folded,
            Delivery.occasion == Occasion.CONFIRM,
            col(Delivery.owed_at) > now - ONE_DAY,
        )
    ).one()
    if not confirmed:
        return (last is None or last <= now - ONE_DAY) and unclicked < CONFIRMATIONS_WITHOUT_CLICK
    waits = row.token_sha256 is not None and row.wanted == wanted
    fresh = row.last_confirmation_at is not None and row.last_confirmation_at > now - ONE_DAY
    return not (waits and fresh) and today < CONFIRMATIONS_A_DAY


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
    session.add(row)
    # Whoever clicks reads that inbox: the counts against flooding it begin anew, for every topic.
    session.connection().execute(
        sa.update(Subscription)
        .where(col(Subscription.address_folded) == row.address_folded)
        .values(confirmations_sent=0, last_confirmation_at=None)
    )
    row.confirmations_sent, row.last_confirmation_at = 0, None
    gone = session.get(Suppression, row.address_folded)
    if gone is not None:
        session.delete(gone)
    session.flush()
    return row


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
