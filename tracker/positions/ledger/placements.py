"""Writes of where an undated statement stands at an event: an editor's word, with a reason, replaced or taken back later."""

from datetime import datetime

from sqlmodel import Session, col, select

from tracker import audit
from tracker.positions.models import EventPlacement

SIDES = ("before", "after")


def place(session: Session, now: datetime, *, by: str, event_id: str, claim_id: int, side: str, reason: str) -> None:
    """Put a statement before or after an event's pivot; an earlier word on the same two counts no longer."""
    old = _standing(session, event_id, claim_id)
    for row in old:
        row.withdrawn_at = now
        session.add(row)
    session.add(EventPlacement(event_id=event_id, claim_id=claim_id, side=side, reason=reason, by=by, at=now))
    session.flush()
    audit.write(
        session, now, actor=by, action="placed at an event", subject=f"claim:{claim_id}", field=event_id,
        old=old[0].side if old else None, new=side, reason=reason,
    )  # fmt: skip


def take_back(session: Session, now: datetime, *, by: str, event_id: str, claim_id: int) -> bool:
    """Let an editor's word count no longer; whether there was one."""
    old = _standing(session, event_id, claim_id)
    for row in old:
        row.withdrawn_at = now
        session.add(row)
    if old:
        session.flush()
        audit.write(
            session, now, actor=by, action="place at an event taken back", subject=f"claim:{claim_id}", field=event_id,
            old=old[0].side, new=None,
        )  # fmt: skip
    return bool(old)


def _standing(session: Session, event_id: str, claim_id: int) -> list[EventPlacement]:
    query = select(EventPlacement).where(EventPlacement.event_id == event_id, EventPlacement.claim_id == claim_id)
    return list(
        session.exec(query.where(col(EventPlacement.withdrawn_at).is_(None)).order_by(col(EventPlacement.id).desc()))
    )
