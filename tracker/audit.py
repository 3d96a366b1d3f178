"""The audit trail: who did what, when, old and new and why; append-only and hash-chained.

Each entry carries the SHA-256 of its own content and of the entry before it, so a row changed or removed later is found.
"""

import hashlib
import json
from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from tracker.db import UTCDateTime, advisory_lock

START = "0" * 64
MACHINES = ("rules", "recheck", "reread")
"""Actors that are no people."""


class AuditEntry(SQLModel, table=True):
    """One act of a person, a rule or a command."""

    __tablename__ = "audit_entry"

    id: int = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UTCDateTime)
    actor: str
    action: str
    subject: str = Field(index=True)
    field: str | None = None
    old: str | None = None
    new: str | None = None
    reason: str | None = None
    previous: str = Field(unique=True, max_length=64)
    digest: str = Field(unique=True, max_length=64)


def write(  # noqa: PLR0913 - an entry is who, what, on what, from, to, why
    session: Session,
    now: datetime,
    *,
    actor: str,
    action: str,
    subject: str,
    field: str | None = None,
    old: str | None = None,
    new: str | None = None,
    reason: str | None = None,
) -> AuditEntry:
    """Add one entry at the end of the chain; of two writers at once the second waits for the first."""
    advisory_lock(session, "audit")
    last = session.exec(select(AuditEntry.digest).order_by(col(AuditEntry.id).desc()).limit(1)).first()
    entry = AuditEntry(
        at=now,
        actor=actor,
        action=action,
        subject=subject,
        field=field,
        old=old,
        new=new,
        reason=reason,
        previous=last or START,
        digest="",
    )
    entry.digest = digest(entry)
    session.add(entry)
    session.flush()
    return entry


def verify(session: Session) -> tuple[int, list[str]]:
    """How many entries stand, and a sentence for each place where the chain is broken."""
    problems: list[str] = []
    previous, count = START, 0
    for entry in session.exec(select(AuditEntry).order_by(col(AuditEntry.id))):
        count += 1
        if entry.previous != previous:
            problems.append(f"audit entry {entry.id} does not follow the entry before it")
        if entry.digest != digest(entry):
            problems.append(f"audit entry {entry.id} was changed after it was written")
        previous = entry.digest
    return count, problems


def history(session: Session, subject: str) -> list[AuditEntry]:
    """All entries about one subject, newest first."""
    return list(
        session.exec(select(AuditEntry).where(AuditEntry.subject == subject).order_by(col(AuditEntry.id).desc()))
    )


def last_ids(session: Session, subjects: Collection[str]) -> dict[str, int]:
    """The id of the newest entry about each of these subjects: another one means that something was decided since."""
    rows = session.exec(
        select(AuditEntry.subject, sa.func.max(AuditEntry.id))
        .where(col(AuditEntry.subject).in_(subjects))
        .group_by(AuditEntry.subject)
    )
    return {subject: int(number) for subject, number in rows}


def touched_by_people(session: Session, subjects: Collection[str]) -> set[str]:
    """Those of these subjects about which somebody who is no rule and no job wrote an entry."""
    rows = session.exec(
        select(AuditEntry.subject)
        .where(col(AuditEntry.subject).in_(subjects), col(AuditEntry.actor).not_in(MACHINES))
        .distinct()
    )
    return set(rows)


def digest(entry: AuditEntry) -> str:
    """The SHA-256 over an entry's content and the digest before it, hexadecimal."""
    content = [
        entry.at.isoformat(),
        entry.actor,
        entry.action,
        entry.subject,
        entry.field,
        entry.old,
        entry.new,
        entry.reason,
        entry.previous,
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()
