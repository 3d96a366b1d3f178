"""Writes of webhooks: made, told to follow searches, tested, paused, resumed, given another key, removed.

A webhook is a follower with another medium: what it follows, what it is owed and what is dropped is as for any reader.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker import audit
from tracker.alerts.digest import DigestSchedule
from tracker.alerts.ledger import deliveries, sign_up, stored_queries
from tracker.alerts.ledger.sign_up import AlertRequest
from tracker.alerts.models import (
    Delivery,
    DeliveryState,
    Follower,
    Medium,
    Occasion,
    Subscription,
    SubscriptionState,
    Webhook,
    WebhookState,
)
from tracker.archive.http.address import BadAddress
from tracker.archive.http.posting import check_address
from tracker.errors import TrackerError
from tracker.speech.search.parameters import NAMES, BadParameter, Parameters, canonical

CONFIGURED = "configuration"
"""Who made a webhook of the configuration."""
SENT_AGAIN_FOR = timedelta(days=30)
"""Of what was given up, that which is owed again when a webhook is resumed."""


class BadWebhook(TrackerError):
    """A webhook can't be made or changed as asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWebhook:
    """A webhook that is to be there."""

    name: str
    url: str
    searches: tuple[str, ...]
    """Each as typed into the search, or the address of a search."""
    tell: str = "claims"
    """What of them: as `AlertRequest.what`."""
    created_by: str = CONFIGURED
    configured_as: str | None = None


def add(session: Session, now: datetime, new: NewWebhook, allow_private: frozenset[str]) -> Webhook:
    """Make it, following its searches from now on. Raises `BadWebhook`, `BadParameter` and `TooManyAlerts`."""
    _check(new.url, allow_private)
    public_id = secrets.token_urlsafe(16)
    follower = Follower(
        public_id=public_id,
        medium=Medium.WEBHOOK,
        address=new.url,
        address_folded=f"webhook:{public_id}",
        confirmed_at=now,
        created_at=now,
    )
    session.add(follower)
    session.flush()
    webhook = Webhook(
        follower_id=follower.id,
        name=new.name,
        configured_as=new.configured_as,
        created_by=new.created_by,
        created_at=now,
    )
    session.add(webhook)
    session.flush()
    for search in new.searches:
        follow(session, now, webhook, search, new.tell)
    return webhook


def follow(session: Session, now: datetime, webhook: Webhook, search: str, tell: str) -> Subscription:
    """Tell a webhook what a search finds. Raises `BadParameter` and `TooManyAlerts`."""
    alert = AlertRequest(told=read_search(search), what=tell, rhythm="instant")
    return sign_up.add_alert(session, now, webhook.follower_id, alert)


def read_search(typed: str) -> Parameters:
    """The query in what was typed into the search, or pasted as the address of one."""
    text = " ".join(typed.split())
    begins = text.split("=", 1)[0] if "=" in text else ""
    is_address = text.startswith(("http://", "https://", "/", "?")) or begins in NAMES
    if not is_address:
        return canonical({"q": [text]})
    told = urlsplit(text).query if begins not in NAMES else text
    found = canonical(parse_qs(told))
    if not found:
        raise BadParameter("q", "is empty; there is nothing to follow")
    return found


def unfollow(
    session: Session, now: datetime, webhook: Webhook, subscription_ids: Collection[int], digests: DigestSchedule
) -> None:
    """End these of its alerts; what is owed for them alone is dropped."""
    deliveries.unsubscribe(session, now, webhook.follower_id, digests, subscription_ids)


def ping(session: Session, now: datetime, webhook: Webhook) -> None:
    """Owe it a test message, which goes the way of all others. Raises `BadWebhook` unless it is active."""
    if webhook.state is not WebhookState.ACTIVE:
        raise BadWebhook("it is not active; resume it first")
    session.add(
        Delivery(
            follower_id=webhook.follower_id,
            medium=Medium.WEBHOOK,
            occasion=Occasion.PING,
            subject=f"ping:{secrets.token_hex(8)}",
            owed_at=now,
            due_at=now,
        )
    )
    webhook.retry_at = None
    session.add(webhook)


def pause(session: Session, webhook: Webhook) -> None:
    """Ask it nothing until somebody resumes it; what is owed meanwhile waits."""
    webhook.state = WebhookState.PAUSED
    session.add(webhook)


def resume(session: Session, now: datetime, webhook: Webhook) -> int:
    """Ask it again, at once; how many messages that were given up of late are owed again."""
    webhook.state, webhook.failing_since, webhook.retry_at, webhook.failures = WebhookState.ACTIVE, None, None, 0
    session.add(webhook)
    given_up = session.exec(
        select(Delivery).where(
            Delivery.follower_id == webhook.follower_id,
            Delivery.state == DeliveryState.FAILED,
            col(Delivery.owed_at) > now - SENT_AGAIN_FOR,
        )
    ).all()
    for row in given_up:
        row.state, row.due_at, row.tries, row.first_taken_at = DeliveryState.OWED, now, 0, None
        session.add(row)
    session.flush()
    statements = [int(row.subject.split(":")[1]) for row in given_up if row.occasion is Occasion.NEW_CLAIMS]
    deliveries.drop_hidden(session, statements)
    return len(given_up)


def rotate(session: Session, now: datetime, webhook: Webhook) -> None:
    """Sign with another key from now on; with the old one beside it for a day. Raises `BadWebhook` for a configured one."""
    if webhook.configured_as is not None:
        raise BadWebhook("its signing key stands in the configuration; change it there")
    webhook.key_number += 1
    webhook.rotated_at = now
    session.add(webhook)


def remove(session: Session, now: datetime, webhook: Webhook, digests: DigestSchedule) -> None:
    """End it for ever, with all that is owed to it."""
    deliveries.unsubscribe(session, now, webhook.follower_id, digests)
    session.connection().execute(
        sa.update(Delivery)
        .where(col(Delivery.follower_id) == webhook.follower_id, col(Delivery.state) == DeliveryState.OWED)
        .values(state=DeliveryState.DROPPED, error="the webhook was removed")
    )
    webhook.state = WebhookState.REMOVED
    webhook.configured_as = None
    session.add(webhook)


def configure(
    session: Session,
    now: datetime,
    wanted: Sequence[NewWebhook],
    allow_private: frozenset[str],
    digests: DigestSchedule,
) -> None:
    """Bring the webhooks of the configuration into the record; one that stands there no more is removed.

    Raises `BadWebhook`, naming it.
    """
    held = {
        row.configured_as: row for row in session.exec(select(Webhook).where(col(Webhook.configured_as).is_not(None)))
    }
    for new in wanted:
        try:
            known = held.pop(new.configured_as, None)
            if known is None:
                made = add(session, now, new, allow_private)
                _note(session, now, made, "webhook made", new.name)
            else:
                _change(session, now, known, new, allow_private=allow_private, digests=digests)
        except (BadParameter, BadWebhook) as error:
            raise BadWebhook(f"webhooks.{new.configured_as}: {error}") from error
    for gone in held.values():
        remove(session, now, gone, digests)
        _note(session, now, gone, "webhook removed", gone.name)


def _note(session: Session, now: datetime, webhook: Webhook, action: str, new: str) -> None:
    audit.write(session, now, actor=CONFIGURED, action=action, subject=f"webhook:{webhook.id}", new=new)


def _change(
    session: Session,
    now: datetime,
    webhook: Webhook,
    new: NewWebhook,
    *,
    allow_private: frozenset[str],
    digests: DigestSchedule,
) -> None:
    """Make a configured webhook what the configuration says by now; its alerts that stay are not touched."""
    follower = session.get_one(Follower, webhook.follower_id)
    if follower.address != new.url:
        _check(new.url, allow_private)
        follower.address = new.url
        _note(session, now, webhook, "webhook moved to another address", new.name)
    webhook.name = new.name
    session.add_all([follower, webhook])
    queries = [stored_queries.keep(session, now, read_search(search)).id for search in new.searches]
    alerts = session.exec(
        select(Subscription).where(
            Subscription.follower_id == follower.id, Subscription.state == SubscriptionState.CONFIRMED
        )
    ).all()
    wants = (new.tell == "claims", new.tell != "changes", new.tell != "shifts")
    stay = {row.query_id for row in alerts if (row.claims, row.shifts, row.changes) == wants} & set(queries)
    over = [row.id for row in alerts if row.query_id not in queries]
    if over:
        deliveries.unsubscribe(session, now, follower.id, digests, over)
    for number, search in zip(queries, new.searches, strict=True):
        if number not in stay:
            follow(session, now, webhook, search, new.tell)


def _check(url: str, allow_private: frozenset[str]) -> None:
    try:
        check_address(url, allow_private)
    except BadAddress as error:
        raise BadWebhook(f"the address can't be posted to: {error}") from error
