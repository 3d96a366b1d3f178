"""Writes of mails that came back: which are counted, and when an address gets nothing any more.

A mailbox that does not exist, or refuses us, is left alone at once; one that is full or busy, after three in a week.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, delete, select

from tracker.alerts.bounce_reports import BounceReport, Severity
from tracker.alerts.models import Bounce, Delivery, DeliveryState, Follower, Medium, Suppression
from tracker.db import insert_if_absent

SOFT_BOUNCES = 3
WITHIN = timedelta(days=7)
REPORTED_WITHIN = timedelta(days=30)
"""How long after a mail went a report of it counts."""
LONGEST = 300


def record_report(session: Session, now: datetime, report: BounceReport) -> bool | None:
    """Count what a report tells of one of our mails, once; True when its address gets nothing any more from now on.

    None for a report of no mail that we sent lately: then nothing happens. Whose address it is, our own row says and not the
    report; and nobody but its reader and the servers on its way has seen the id of a mail.
    """
    sent = session.exec(
        select(Delivery.message_id, Follower.address_folded)
        .join(Follower, col(Follower.id) == col(Delivery.follower_id))
        .where(
            col(Delivery.message_id).in_(report.message_ids),
            Delivery.medium == Medium.MAIL,
            Delivery.state == DeliveryState.SENT,
            col(Delivery.sent_at) > now - REPORTED_WITHIN,
        )
        .limit(1)
    ).first()
    if sent is None:
        return None
    message_id, address = sent
    if report.severity is Severity.DELAY:
        return False
    counted = session.exec(select(Bounce).where(Bounce.message_id == message_id)).first()
    permanent = report.severity is Severity.HARD
    if counted is not None and (counted.permanent or not permanent):
        return False
    if counted is not None:
        session.delete(counted)
        session.flush()
    return record(session, now, address, report.reason, permanent=permanent, message_id=message_id)


def record(
    session: Session,
    now: datetime,
    address_folded: str,
    reason: str,
    *,
    permanent: bool,
    message_id: str | None = None,
) -> bool:
    """Count a mail that came back; True when the address gets nothing any more from now on."""
    told = " ".join(reason.split())[:LONGEST]
    session.add(Bounce(address_folded=address_folded, permanent=permanent, reason=told, at=now, message_id=message_id))
    session.flush()
    soft = session.exec(
        select(sa.func.count()).where(
            Bounce.address_folded == address_folded, col(Bounce.permanent).is_(False), col(Bounce.at) > now - WITHIN
        )
    ).one()
    if not permanent and soft < SOFT_BOUNCES:
        return False
    told = told if permanent else f"{soft} mails in a week came back, the last one: {told}"
    return insert_if_absent(session, Suppression, {"address_folded": address_folded, "reason": told, "since": now})


def forget(session: Session, address_folded: str) -> None:
    """Send to an address again: its reader says that it takes mail."""
    session.exec(delete(Suppression).where(col(Suppression.address_folded) == address_folded))
    session.exec(delete(Bounce).where(col(Bounce.address_folded) == address_folded))
