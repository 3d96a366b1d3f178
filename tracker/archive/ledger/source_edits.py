"""Writes about sources by people: made, changed, paused, on the site or by a command; each with its audit entry."""

from datetime import datetime

from sqlmodel import Session

from tracker import audit
from tracker.archive.ledger.sources import NewSource, write_source
from tracker.archive.models import Source
from tracker.db import advisory_lock

FIELDS = (
    "name", "kind", "address", "outlet", "lane", "channel", "language", "timezone", "every_minutes",
    "expect_every_minutes", "note",
)  # fmt: skip
"""The columns that a person writes, as the audit trail names them; `options` come one by one."""


def wait_for_turn(session: Session) -> None:
    """Let those who write sources stand in line until their transactions end: what the second one reads is the first one's."""
    advisory_lock(session, "sources")


def save_source(session: Session, now: datetime, *, by: str, told: NewSource, reason: str) -> str:
    """Write a source as somebody wants it, field by field in the audit trail: "new", "changed", or "unchanged".

    Whether it is paused stays as it is.
    """
    row = session.get(Source, told.id)
    subject, old = f"source:{told.id}", _fields(row) if row is not None else {}
    if old and old == _fields(told):
        return "unchanged"
    row = write_source(session, now, told, row)
    row.edited_by = by
    session.flush()
    if not old:
        row.next_at = now
        audit.write(session, now, actor=by, action="source made", subject=subject, new=row.name, reason=reason)
    new = _fields(row)
    for name in dict.fromkeys((*new, *old)):
        if old.get(name, "") != new.get(name, ""):
            audit.write(session, now, actor=by, action="source changed", subject=subject, field=name,
                        old=old.get(name), new=new.get(name, ""), reason=reason)  # fmt: skip
    return "changed" if old else "new"


def pause(session: Session, now: datetime, *, by: str, source: Source, reason: str) -> bool:
    """Fetch a source no more until `resume`, whatever the configuration file says; False where it is paused already."""
    if source.paused_by is not None:
        return False
    source.paused_by, source.enabled = by, False
    session.add(source)
    audit.write(session, now, actor=by, action="source paused", subject=f"source:{source.id}", reason=reason)
    return True


def resume(session: Session, now: datetime, *, by: str, source: Source, reason: str) -> bool:
    """Fetch a paused source again, at once; False where nobody paused it."""
    if source.paused_by is None:
        return False
    source.paused_by, source.enabled, source.next_at = None, True, now
    session.add(source)
    audit.write(session, now, actor=by, action="source resumed", subject=f"source:{source.id}", reason=reason)
    return True


def look_now(session: Session, now: datetime, *, by: str, source: Source) -> None:
    """Let the schedule fetch a source with its next round, also one that was gone for good."""
    source.next_at, source.gone_looks = now, 0
    session.add(source)
    audit.write(session, now, actor=by, action="source asked for now", subject=f"source:{source.id}")


def _fields(source: Source | NewSource) -> dict[str, str]:
    told = {name: getattr(source, name) for name in FIELDS} | dict(source.options or {})
    return {name: str(value) for name, value in told.items() if value is not None}
