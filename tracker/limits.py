"""Limits on what strangers may ask: counters in the database, so they survive a restart and hold for every process."""

import hashlib
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from tracker.db import UTCDateTime
from tracker.errors import TrackerError


class TooMany(TrackerError):
    """Too many tries; `retry_after_s` says when to come back."""

    def __init__(self, retry_after_s: int) -> None:
        """When to come back, in seconds."""
        super().__init__("Too many tries from here. Please wait and try again.")
        self.retry_after_s = retry_after_s


class Attempt(SQLModel, table=True):
    """One counted try. `who` is a hash: no address or account name is kept in clear."""

    __table_args__ = (sa.Index("ix_attempt_counted", "action", "who", "at"),)

    id: int = Field(default=None, primary_key=True)
    action: str
    who: str = Field(max_length=64)
    at: datetime = Field(sa_type=UTCDateTime)


def count(session: Session, now: datetime, action: str, who: str, *, most: int, within: timedelta) -> None:
    """Count one try of `who`; raises `TooMany` (and counts nothing) when `most` stand within the period already."""
    hashed = hashlib.sha256(f"{action}\0{who}".encode("utf-8", "replace")).hexdigest()
    seen = session.exec(
        select(sa.func.count(), sa.func.min(Attempt.at)).where(
            Attempt.action == action, Attempt.who == hashed, col(Attempt.at) > now - within, col(Attempt.at) <= now
        )
    ).one()
    if seen[0] >= most:
        oldest = seen[1] if isinstance(seen[1], datetime) else now
        raise TooMany(max(1, int((oldest + within - now).total_seconds())))
    session.add(Attempt(action=action, who=hashed, at=now))
    session.flush()


def delete_old(session: Session, before: datetime) -> int:
    """Delete counted tries older than `before`."""
    return int(session.connection().execute(sa.delete(Attempt).where(col(Attempt.at) < before)).rowcount)
