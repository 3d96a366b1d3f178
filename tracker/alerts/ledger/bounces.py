"""Writes of mails that came back: which are counted, and when an address gets nothing any more.

A mailbox that does not exist, or refuses us, is left alone at once; one that is full or busy, after three in a week.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, delete, select

from tracker.alerts.models import Bounce, Suppression
from tracker.db import insert_if_absent

SOFT_BOUNCES = 3
WITHIN = timedelta(days=7)
LONGEST = 300


def record(session: Session, now: datetime, address_folded: str, reason: str, *, permanent: bool) -> bool:
    """Count a mail that came back; True when the address gets nothing any more from now on."""
    told = " ".join(reason.split())[:LONGEST]
    session.add(Bounce(address_folded=address_folded, permanent=permanent, reason=told, at=now))
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
