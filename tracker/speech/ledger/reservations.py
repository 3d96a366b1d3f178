"""Writes of reservations: a statement that one editor has open is not decided by another meanwhile."""

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.db import insert_if_absent
from tracker.speech.models import Reservation

HELD_FOR = timedelta(minutes=10)
"""How long a statement stays with the editor who opened it, unless it is decided before."""


def reserve(session: Session, now: datetime, claim_id: int, by: str) -> Reservation | None:
    """Reserve a statement; the reservation of another editor where one stands, else None."""
    values = {"claim_id": claim_id, "by": by, "until": now + HELD_FOR}
    if insert_if_absent(session, Reservation, values):
        return None
    taken = session.connection().execute(
        sa.update(Reservation)
        .where(col(Reservation.claim_id) == claim_id, sa.or_(col(Reservation.by) == by, col(Reservation.until) <= now))
        .values(by=by, until=now + HELD_FOR)
    )
    return None if taken.rowcount else session.get(Reservation, claim_id)


def release(session: Session, claim_ids: Collection[int], by: str) -> None:
    """Release statements that somebody has reserved."""
    session.connection().execute(
        sa.delete(Reservation).where(col(Reservation.claim_id).in_(claim_ids), col(Reservation.by) == by)
    )


def holders(session: Session, now: datetime, claim_ids: Collection[int], by: str) -> dict[int, Reservation]:
    """Which of these statements other editors have open."""
    rows = session.exec(
        select(Reservation).where(
            col(Reservation.claim_id).in_(claim_ids), col(Reservation.until) > now, Reservation.by != by
        )
    )
    return {one.claim_id: one for one in rows}


def needs_renewal(session: Session, now: datetime, claim_id: int, by: str) -> bool:
    """Whether opening a statement has to be written down: not while one's own reservation has half of its time left."""
    held = session.get(Reservation, claim_id)
    if held is None or held.until <= now:
        return True
    return held.by == by and held.until - now < HELD_FOR / 2
