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
from tracker.alerts.ledger import bounces, followers, stored_queries
from tracker.alerts.models import (
    Delivery,
    DeliveryState,
    Follower,
    Occasion,
    Rhythm,
    StoredQuery,
    Subscription,
    SubscriptionState,
)
from tracker.db import advisory_lock, insert_if_absent
from tracker.errors import TrackerError
from tracker.speech.search.parameters import Parameters

CONFIRM_WITHIN = timedelta(hours=48)
CONFIRMATIONS_WITHOUT_CLICK = 3
CONFIRMATIONS_A_DAY = 10
"""For an address that gets mails already; one that does not gets a single one."""
ONE_DAY = timedelta(hours=24)
MOST_ALERTS = 200
"""Alerts of one address."""


class TooManyAlerts(TrackerError):
    """One address has as many alerts as it can have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRequest:
    """What is asked for: a query of the search, what of it to tell, and when."""

    told: Parameters
    """The query's parameters, as in the address of the search."""
    what: str = "claims"
    """ "claims": every new statement, and shifts and changes; "shifts": shifts alone; "changes": changed sources alone."""
    rhythm: str = "daily"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionRequest:
    """What a visitor asks for in the form: an alert, for an address that we do not know to be theirs."""

    address: str
    alert: AlertRequest
    plain: bool = False
    timezone: str = "UTC"
    """The zone in which a new follower's daily and weekly mails go out; who follows already keeps theirs."""


def request(session: Session, now: datetime, wish: SubscriptionRequest, *, ip: str) -> None:
    """Enqueue a confirmation mail for a request; nothing else happens before the click.

    The caller answers the same, known address or not. Raises `TooMany` (20 an hour from one place), `BadParameter` for a query
    that can't be read and `accounts.BadAccount` for an address that is none. `_may_ask_again` says when there is no mail.
    """
    address = accounts.fold_email(wish.address)
    limits.count(session, now, "follow", ip, most=20, within=timedelta(hours=1))
    advisory_lock(session, f"follow {address}")  # of a thousand at once, one is the first
    follower = _follower(session, now, wish.address, timezone=wish.timezone, plain=wish.plain)
    row = _subscription(session, now, follower, wish.alert)
    wanted = {"what": wish.alert.what, "rhythm": Rhythm(wish.alert.rhythm).value, "plain": wish.plain}
    if not _may_ask_again(session, now, follower, row, wanted):
        return
    token = secrets.token_urlsafe(32)
    row.token_sha256, row.token_until, row.wanted = _digest(token), now + CONFIRM_WITHIN, wanted
    follower.confirmations_sent += 1
    follower.last_confirmation_at = now
    session.add_all([row, follower])
    session.connection().execute(
        sa.update(Delivery)
        .where(
            col(Delivery.subscription_id) == row.id,
            col(Delivery.occasion) == Occasion.CONFIRM,
            col(Delivery.state) == DeliveryState.OWED,
        )
        .values(state=DeliveryState.DROPPED, error="a newer wish for the same took its place", token=None)
    )
    session.add(
        Delivery(
            follower_id=follower.id,
            subscription_id=row.id,
            occasion=Occasion.CONFIRM,
            subject=f"confirm:{_digest(token)[:16]}",
            owed_at=now,
            due_at=now,
            token=token,
        )
    )
    session.flush()


def enrol(session: Session, now: datetime, address: str, *, timezone: str) -> Follower:
    """The follower with the address of an account, which counts as confirmed: an administrator gave it."""
    follower = _follower(session, now, address, timezone=timezone)
    follower.confirmed_at = follower.confirmed_at or now
    session.add(follower)
    session.flush()
    return follower


def _follower(session: Session, now: datetime, address: str, *, timezone: str, plain: bool = False) -> Follower:
    folded = accounts.fold_email(address)
    blank = {
        "public_id": secrets.token_urlsafe(16),
        "address": address.strip(),
        "address_folded": folded,
        "timezone": timezone,
        "plain": plain,
        "confirmations_sent": 0,
        "created_at": now,
    }
    insert_if_absent(session, Follower, blank)
    return session.exec(select(Follower).where(Follower.address_folded == folded)).one()


def _subscription(session: Session, now: datetime, follower: Follower, alert: AlertRequest) -> Subscription:
    query = stored_queries.keep(session, now, alert.told)
    blank = {
        "public_id": secrets.token_urlsafe(16),
        "follower_id": follower.id,
        "query_id": query.id,
        "wanted": {},
        "claims": True,
        "shifts": True,
        "changes": True,
        "rhythm": Rhythm.DAILY,
        "clock": followers.clock(follower, Rhythm.DAILY).code,
        "state": SubscriptionState.PENDING,
        "created_at": now,
    }
    insert_if_absent(session, Subscription, blank)
    return session.exec(
        select(Subscription).where(Subscription.follower_id == follower.id, Subscription.query_id == query.id)
    ).one()


def add_alert(session: Session, now: datetime, follower_id: int, alert: AlertRequest) -> Subscription:
    """Another alert of a follower who proved to read that inbox; it counts at once.

    Raises `BadParameter`, and `TooManyAlerts` beyond `MOST_ALERTS`.
    """
    follower = session.get_one(Follower, follower_id)
    held = session.exec(
        select(sa.func.count()).where(
            Subscription.follower_id == follower_id, Subscription.state == SubscriptionState.CONFIRMED
        )
    ).one()
    if held >= MOST_ALERTS:
        raise TooManyAlerts(f"one address can have {MOST_ALERTS} alerts; stop one of them first")
    return _agree(session, now, follower, _subscription(session, now, follower, alert), alert)


def _agree(session: Session, now: datetime, follower: Follower, row: Subscription, alert: AlertRequest) -> Subscription:
    """Let an alert count from now on as it was asked for."""
    row.claims, row.shifts, row.changes = alert.what == "claims", alert.what != "changes", alert.what != "shifts"
    row.rhythm = Rhythm(alert.rhythm)
    row.clock = followers.clock(follower, row.rhythm).code
    row.state, row.confirmed_at, row.stopped_at = SubscriptionState.CONFIRMED, now, None
    row.token_sha256 = row.token_until = None
    session.add(row)
    session.flush()
    return row


def _may_ask_again(
    session: Session, now: datetime, follower: Follower, row: Subscription, wanted: dict[str, Any]
) -> bool:
    """Whether a wish gets a confirmation mail: never so many that a stranger could flood an address.

    1. An address that gets mails already: every wish but the one whose link is in its inbox since less than a day; ten a day.
    2. Any other: one in 24 hours, whatever is asked for, and three without a click. A click starts the count anew.
    """
    confirmed = session.exec(
        select(Subscription.id)
        .where(Subscription.follower_id == follower.id, Subscription.state == SubscriptionState.CONFIRMED)
        .limit(1)
    ).first()
    last = follower.last_confirmation_at
    if confirmed is None:
        return (last is None or last <= now - ONE_DAY) and follower.confirmations_sent < CONFIRMATIONS_WITHOUT_CLICK
    mails = session.exec(
        select(Delivery.subscription_id).where(
            Delivery.follower_id == follower.id,
            Delivery.occasion == Occasion.CONFIRM,
            col(Delivery.owed_at) > now - ONE_DAY,
        )
    ).all()
    waits = row.token_sha256 is not None and row.wanted == wanted
    return not (waits and row.id in mails) and len(mails) < CONFIRMATIONS_A_DAY


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
    follower = session.get_one(Follower, row.follower_id)
    # Whoever clicks reads that inbox: the counts against flooding it begin anew.
    follower.confirmations_sent, follower.last_confirmation_at = 0, None
    follower.confirmed_at = follower.confirmed_at or now
    follower.plain = bool(row.wanted.get("plain"))
    session.add(follower)
    bounces.forget(session, follower.address_folded)
    told = session.get_one(StoredQuery, row.query_id).told
    what, rhythm = row.wanted.get("what", "claims"), row.wanted.get("rhythm", "daily")
    return _agree(session, now, follower, row, AlertRequest(told=told, what=what, rhythm=rhythm))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
