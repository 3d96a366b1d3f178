"""Deliver: take what is owed, render it, send it with nothing open, and write down the mail server's answer.

A crash between the server's yes and our mark leaves the row taken; it is sent once more under the same Message-ID, the
one repeat that SMTP does not let anybody avoid (RFC 1047).
"""

from dataclasses import dataclass
from typing import Any

import structlog
from sqlmodel import Session

from tracker.alerts import ledger, queries
from tracker.alerts.ledger import Parcel
from tracker.alerts.mail import Envelope, Undelivered, compose
from tracker.alerts.models import Occasion, Rhythm
from tracker.world import World

log = structlog.get_logger("deliver")

WHEN = {Rhythm.INSTANT: "at once", Rhythm.DAILY: "daily", Rhythm.WEEKLY: "weekly"}


@dataclass(frozen=True, slots=True)
class Counts:
    """What a run of the job did, in mails."""

    sent: int = 0
    postponed: int = 0
    failed: int = 0


def run(world: World) -> Counts:
    """Send everything that is due."""
    sent = postponed = failed = 0
    while True:
        with world.database.transaction() as session:
            parcels = ledger.take(session, world.now(), world.name)
        if not parcels:
            return Counts(sent, postponed, failed)
        for parcel in parcels:
            outcome = _send(world, parcel)
            sent += outcome == "sent"
            postponed += outcome == "postponed"
            failed += outcome == "failed"


def _send(world: World, parcel: Parcel) -> str:
    """Send one mail and write down what became of it: sent, postponed or failed."""
    subscription, site = parcel.subscription, world.settings.site
    stop_url = f"{site.base_url}/follow/stop/{ledger.stop_token(site.secret, subscription)}"
    envelope = Envelope(
        to=subscription.address,
        message_id=parcel.message_id,
        stop_url=None if parcel.occasion == Occasion.CONFIRM else stop_url,
        plain=subscription.plain,
    )
    try:
        with world.database.reading() as session:
            values = _values(session, world, parcel)
        message = compose(site, world.settings.mail.sender, world.now(), parcel.occasion, envelope, values)
        world.mailer.send(message)
    except Undelivered as error:
        log.warning("mail not sent", message=parcel.message_id, permanent=error.permanent, reason=str(error))
        with world.database.transaction() as session:
            ledger.failed(session, world.now(), parcel, str(error), permanent=error.permanent)
        return "failed" if error.permanent else "postponed"
    with world.database.transaction() as session:
        ledger.sent(session, world.now(), parcel.message_id)
    log.info("mail sent", message=parcel.message_id, occasion=parcel.occasion.value, items=len(parcel.deliveries))
    return "sent"


def _values(session: Session, world: World, parcel: Parcel) -> dict[str, Any]:
    """What the templates of an occasion are given."""
    subscription, base = parcel.subscription, world.settings.site.base_url
    values: dict[str, Any] = {
        "topic": queries.topic_name(session, subscription.topic_id),
        "topic_id": subscription.topic_id,
        "change_url": f"{base}/follow?topic={subscription.topic_id}",
        "wish": _wish(subscription.claims, WHEN[subscription.rhythm]),
    }
    subjects = [row.subject for row in parcel.deliveries]
    topic = subscription.topic_id
    if parcel.occasion == Occasion.CONFIRM:
        wanted = subscription.wanted
        values["wish"] = _wish(wanted.get("what") != "shifts", WHEN[Rhythm(wanted.get("rhythm", "daily"))])
        values["confirm_url"] = f"{base}/follow/{parcel.deliveries[-1].token}"
        values["known"] = queries.gets_mail(session, subscription.address_folded)
    elif parcel.occasion == Occasion.NEW_CLAIMS:
        values["items"] = [queries.claim_item(session, _number(subject), topic) for subject in subjects]
    elif parcel.occasion == Occasion.SHIFT:
        values["items"] = [queries.shift_item(session, _number(subject)) for subject in subjects]
    else:
        values["items"] = [queries.change_item(session, _number(subject), topic) for subject in subjects]
    return values


def _wish(claims: object, when: str) -> str:
    return f"{'every new statement' if claims else 'only shifts'}, {when}"


def _number(subject: str) -> int:
    """The row that a delivery's subject names: `claim:12`, `appearance:40:missing`."""
    return int(subject.split(":")[1])
