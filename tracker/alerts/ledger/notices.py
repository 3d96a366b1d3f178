"""Writes of notices to operators: what changed is noted once, and owed by mail to each of them."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from tracker.alerts.ledger import sign_up
from tracker.alerts.models import Delivery, DeliveryState, Medium, Notice, Occasion
from tracker.alerts.queries import notices
from tracker.alerts.queries.notices import WELL, Finding
from tracker.db import advisory_lock, insert_if_absent

LONGEST = 500


def note(session: Session, now: datetime, findings: Sequence[Finding]) -> list[Notice]:
    """Note every subject that is not as operators were told last; who was never in trouble is no news when it is well."""
    advisory_lock(session, "notices")
    told = notices.standing(session)
    changed = [one for one in findings if one.state != (told[one.about].state if one.about in told else WELL)]
    rows = [Notice(about=one.about, state=one.state, words=one.words[:LONGEST], at=now) for one in changed]
    session.add_all(rows)
    session.flush()
    return rows


def owe(session: Session, now: datetime, rows: Sequence[Notice], addresses: Sequence[str], timezone: str) -> None:
    """Owe the mail about notices to each operator; pauses and quiet hours are for readers."""
    for address in addresses:
        follower = sign_up.enrol(session, now, address, timezone=timezone)
        for row in rows:
            blank = {
                "follower_id": follower.id,
                "medium": Medium.MAIL,
                "occasion": Occasion.NOTICE,
                "subject": f"notice:{row.id}",
                "owed_at": now,
                "due_at": now,
                "state": DeliveryState.OWED,
                "tries": 0,
            }
            insert_if_absent(session, Delivery, blank)
