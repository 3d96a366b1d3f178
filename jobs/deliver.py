"""Deliver: take what is owed, render it, send it with nothing open, and write down the mail server's answer.

A crash between the server's yes and our mark leaves the row taken; it is sent once more under the same Message-ID, the
one repeat that SMTP does not let anybody avoid (RFC 1047).
"""

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import structlog

from tracker.alerts.ledger import followers as follower_ledger
from tracker.alerts.ledger import outbox as outbox_ledger
from tracker.alerts.ledger.outbox import RESERVED_FOR, MailBatch
from tracker.alerts.mail import Envelope, Undelivered, compose
from tracker.alerts.models import Occasion, Rhythm
from tracker.alerts.queries import followers, items, notices
from tracker.alerts.queries.notices import notice_item
from tracker.db import DriverError, Session
from tracker.errors import TrackerError
from tracker.runs import LeaseLost
from tracker.world import World

log = structlog.get_logger("deliver")

RENEW_EVERY_S = RESERVED_FOR.total_seconds() / 4


@dataclass(frozen=True, slots=True)
class DeliverCounts:
    """What a run of the job did, in messages."""

    sent: int = 0
    postponed: int = 0
    failed: int = 0


@dataclass(slots=True)
class _TakenMail:
    """The mail in hand: whether it is still ours, as the database said last, and when that was (monotonic seconds)."""

    parcel: MailBatch
    at: float = field(default_factory=time.monotonic)
    ours: bool = True


def run(world: World) -> DeliverCounts:
    """Send everything that is due when the run begins; a mail that is put off waits for the next run."""
    begun = world.now()
    sent = postponed = failed = 0
    mark_accepted(world)
    with world.database.transaction() as session:
        # What this very process had taken in an earlier run that broke off is in nobody's hand.
        outbox_ledger.release_abandoned(session, begun, also=[world.name])
    while not world.stopping.is_set():
        with world.database.transaction() as session:
            parcel = outbox_ledger.take(session, world.now(), world.name, due_by=begun)
        if parcel is None:
            break
        outcome = _send(world, parcel)
        sent += outcome == "sent"
        postponed += outcome == "postponed"
        failed += outcome == "failed"
    return DeliverCounts(sent, postponed, failed)


def _send(world: World, parcel: MailBatch) -> str:
    """Send one mail and write down what became of it: sent, postponed, failed, or left to another sender."""
    try:
        message = _compose_safely(world, parcel)
        with _renewing(world, parcel) as may_go_on:
            world.mailer.send(message, may_go_on)
    except Undelivered as error:
        return _not_sent(world, parcel, error)
    world.accepted.append(parcel.message_id)
    mark_accepted(world)
    log.info("mail sent", message=parcel.message_id, items=len(parcel.deliveries))
    return "sent"


def _not_sent(world: World, parcel: MailBatch, error: Undelivered) -> str:
    with world.database.transaction() as session:
        if error.given_up:
            outbox_ledger.release(session, parcel.message_id, world.name)
        else:
            outbox_ledger.mark_failed(
                session,
                world.now(),
                parcel,
                world.name,
                str(error),
                permanent=error.permanent,
                no_mailbox=error.no_mailbox,
            )
    if error.given_up:
        return "left"
    log.warning("mail not sent", message=parcel.message_id, permanent=error.permanent, reason=str(error))
    return "failed" if error.permanent else "postponed"


def mark_accepted(world: World) -> None:
    """Mark what servers and receivers accepted; what the database can't take now stays in `world.accepted`.

    It is marked first next time, and sending goes on only after that: else a mail that went could be taken again. A sender
    that lost the lead meanwhile marks it, too: that a server took a mail is true whoever leads, and its successor must not
    send it again.
    """
    database = world.database.guarded(None)
    for message_id in list(world.accepted):
        with database.transaction() as session:
            outbox_ledger.mark_sent(session, world.now(), message_id)
        with contextlib.suppress(ValueError):  # who posts to webhooks beside us marked it first
            world.accepted.remove(message_id)


@contextlib.contextmanager
def _renewing(world: World, parcel: MailBatch) -> Iterator["_StillOurs"]:
    """Hold a mail as long as the talk with the server lasts; gives the question whether it may go on."""
    held, done = _TakenMail(parcel), threading.Event()
    holder = threading.Thread(target=_renew_until_done, args=(world, held, done), name="hold mail", daemon=True)
    holder.start()
    try:
        yield _StillOurs(world, held)
    finally:
        done.set()


def _renew_until_done(world: World, held: _TakenMail, done: threading.Event) -> None:
    while not done.wait(RENEW_EVERY_S):
        _renew(world, held)


def _renew(world: World, held: _TakenMail) -> None:
    try:
        with world.database.transaction() as session:
            held.ours = outbox_ledger.renew(session, world.now(), held.parcel.message_id, world.name)
    except LeaseLost:
        held.ours = False
    except (DriverError, TrackerError):
        return  # what the database can't say is not known: the hold ends by its time
    held.at = time.monotonic()


@dataclass(frozen=True, slots=True)
class _StillOurs:
    """Asked before the words go to the server: whether the mail is still this sender's, and the service not ending."""

    world: World
    held: _TakenMail

    def __call__(self) -> bool:
        """Ask the database when its last word is too old to be relied on: after a freeze, it is."""
        if self.world.stopping.is_set():
            return False
        if time.monotonic() - self.held.at > RENEW_EVERY_S:
            self.held.ours = False
            _renew(self.world, self.held)
        return self.held.ours


def _compose_safely(world: World, parcel: MailBatch) -> EmailMessage:
    """The finished mail. Raises `Undelivered`, also for what nobody foresaw: one mail must not hold up the others."""
    try:
        return _compose(world, parcel)
    except (Undelivered, DriverError):
        raise
    except Exception as error:
        log.exception("mail could not be written", message=parcel.message_id)
        reason = f"the mail could not be written: {error.__class__.__name__}"
        raise Undelivered(reason, permanent=False) from error


def _compose(world: World, parcel: MailBatch) -> EmailMessage:
    follower, site = parcel.follower, world.settings.site
    token = follower_ledger.unsubscribe_token(site.secret, follower, _subscriptions(parcel))
    envelope = Envelope(
        to=follower.address,
        message_id=parcel.message_id,
        unsubscribe_url=None if parcel.is_confirmation or parcel.is_notice else f"{site.base_url}/follow/stop/{token}",
        plain=follower.plain,
    )
    with world.database.reading() as session:
        if parcel.is_confirmation:
            folder, values = "confirm", _confirmation(session, world, parcel)
        elif parcel.is_notice:
            numbers = [_number(row.subject) for row in parcel.deliveries]
            folder, values = "notice", {"notices": [notice_item(one) for one in notices.by_id(session, numbers)]}
        else:
            folder, values = "alert", _alert(session, world, parcel)
    return compose(site, world.settings.mail.sender, world.now(), folder=folder, envelope=envelope, values=values)


def _confirmation(session: Session, world: World, parcel: MailBatch) -> dict[str, Any]:
    """What the mail is given that asks whether an alert was meant: nothing that a stranger typed."""
    (row,) = parcel.deliveries
    [alert] = followers.alerts_by_id(session, _subscriptions(parcel)).values()
    wanted, safe = alert.subscription.wanted, followers.ours_alone(session, alert.told)
    return {
        "title": followers.title(session, safe) if safe else "a search",
        "summary": followers.summary(session, safe)
        + ("" if safe == alert.told else ", with the words that were typed"),
        "what": followers.WHAT[wanted.get("what", "claims")],
        "when": followers.WHEN[Rhythm(wanted.get("rhythm", "daily"))],
        "confirm_url": f"{world.settings.site.base_url}/follow/{row.token}",
        "known": followers.is_told(session, parcel.follower.id),
    }


def _alert(session: Session, world: World, parcel: MailBatch) -> dict[str, Any]:
    """What the mail is given that tells a follower all that is due, sorted by what it is."""
    told: dict[Occasion, list[int]] = {}
    for row in parcel.deliveries:
        told.setdefault(row.occasion, []).append(_number(row.subject))
    alerts = followers.alerts_by_id(session, _subscriptions(parcel))
    token = follower_ledger.manage_token(world.settings.site.secret, parcel.follower)
    return {
        "shifts": [items.shift_item(session, number) for number in told.get(Occasion.SHIFT, ())],
        "claims": [items.claim_item(session, number) for number in told.get(Occasion.NEW_CLAIMS, ())],
        "corrections": items.correction_items(session, told.get(Occasion.CORRECTED, [])),
        "changes": [items.change_item(session, number) for number in told.get(Occasion.SOURCE_CHANGED, ())],
        "count": len(parcel.deliveries),
        "alerts": list(alerts.values()),
        "title": followers.title(session, next(iter(alerts.values())).told) if len(alerts) == 1 else "your alerts",
        "manage_url": f"{world.settings.site.base_url}/follow/alerts/{token}",
    }


def _subscriptions(parcel: MailBatch) -> list[int]:
    """The alerts that a mail is owed to."""
    return sorted({row.subscription_id for row in parcel.deliveries if row.subscription_id is not None})


def _number(subject: str) -> int:
    """The row that a delivery's subject names: `claim:12`, `appearance:40:missing`."""
    return int(subject.split(":")[1])
