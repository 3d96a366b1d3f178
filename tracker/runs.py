"""Job runs and the lease: one runner for each job, every due slot once, whatever number of schedulers is up.

A lease is a row with a holder, an end and a fencing number. Who holds the newest number may write; who has lost it finds
out in the same transaction as its next write, and stops.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from tracker.db import Moment, insert_new
from tracker.errors import TrackerError


class AlreadyRunning(TrackerError):
    """Somebody else is already doing it."""


class LeaseLost(TrackerError):
    """Another runner has taken over; nothing more may be written."""


class Lease(SQLModel, table=True):
    """Who may do the work called `name`, until when; `fence` grows with every change of holder."""

    name: str = Field(primary_key=True, max_length=120)
    holder: str
    until: datetime = Field(sa_type=Moment)
    fence: int = 1


class JobRun(SQLModel, table=True):
    """One run of a job. (job, slot) is unique: a slot of the schedule is done once."""

    __tablename__ = "job_run"
    __table_args__ = (sa.UniqueConstraint("job", "slot"),)

    id: int = Field(default=None, primary_key=True)
    job: str = Field(index=True)
    slot: str
    runner: str
    started_at: datetime = Field(sa_type=Moment)
    finished_at: datetime | None = Field(default=None, sa_type=Moment)
    state: str = "running"
    """running, done, failed or interrupted."""
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    error: str | None = None


def take(session: Session, now: datetime, name: str, holder: str, seconds: float) -> int | None:
    """The fencing number when `holder` now holds the lease `name` for `seconds`; None when somebody else does.

    A lease that ran out is taken over with a higher number; one's own is prolonged and keeps its number.
    """
    until = now + timedelta(seconds=seconds)
    if insert_new(session, Lease, {"name": name, "holder": holder, "until": until, "fence": 1}):
        return 1
    prolonged = session.connection().execute(
        sa.update(Lease)
        .where(col(Lease.name) == name, col(Lease.holder) == holder, col(Lease.until) > now)
        .values(until=until)
    )
    if prolonged.rowcount == 0:
        taken = session.connection().execute(
            sa.update(Lease)
            .where(col(Lease.name) == name, col(Lease.until) <= now)
            .values(holder=holder, until=until, fence=Lease.fence + 1)
        )
        if taken.rowcount == 0:
            return None
    return session.exec(select(Lease.fence).where(Lease.name == name)).one()


def require(session: Session, name: str, holder: str, fence: int) -> None:
    """Prove, in the transaction that writes, that `holder` still holds `name` with this number; else `LeaseLost`."""
    kept = session.connection().execute(
        sa.update(Lease)
        .where(col(Lease.name) == name, col(Lease.holder) == holder, col(Lease.fence) == fence)
        .values(fence=fence)
    )
    if kept.rowcount == 0:
        raise LeaseLost(f"{name}: another runner has taken over")


def give_back(session: Session, now: datetime, name: str, holder: str) -> None:
    """End one's own lease at once, so that another need not wait for its end."""
    session.connection().execute(
        sa.update(Lease).where(col(Lease.name) == name, col(Lease.holder) == holder).values(until=now)
    )


def start(session: Session, now: datetime, job: str, slot: str, runner: str) -> JobRun | None:
    """The row of a run that begins now, or None when this slot was taken before."""
    values = {
        "job": job,
        "slot": slot,
        "runner": runner,
        "started_at": now,
        "state": "running",
        "counts": {},
    }
    if not insert_new(session, JobRun, values):
        return None
    return session.exec(select(JobRun).where(JobRun.job == job, JobRun.slot == slot)).one()


def finish(session: Session, now: datetime, run_id: int, counts: dict[str, Any], error: str | None = None) -> None:
    """Close a run with what it did, or with the one-line error that ended it."""
    run = session.get_one(JobRun, run_id)
    run.finished_at, run.counts, run.error, run.state = now, counts, error, "failed" if error else "done"
    session.add(run)


def close_interrupted(session: Session, now: datetime, runner: str) -> int:
    """Mark the runs a dead runner left open; how many there were."""
    closed = session.connection().execute(
        sa.update(JobRun)
        .where(
            col(JobRun.state) == "running",
            col(JobRun.runner) != runner,
            col(JobRun.started_at) < now - timedelta(minutes=10),
        )
        .values(state="interrupted", finished_at=now)
    )
    return int(closed.rowcount)


def last_started(session: Session, job: str) -> datetime | None:
    """When the newest run of a job began."""
    return session.exec(select(sa.func.max(col(JobRun.started_at))).where(JobRun.job == job)).one()


def latest(session: Session, limit: int = 50) -> list[JobRun]:
    """The newest runs, newest first."""
    return list(session.exec(select(JobRun).order_by(col(JobRun.id).desc()).limit(limit)))


def forget(session: Session, before: datetime) -> int:
    """Delete finished runs older than `before`; nothing points to them."""
    gone = session.connection().execute(
        sa.delete(JobRun).where(col(JobRun.finished_at) < before, col(JobRun.state) != "running")
    )
    return int(gone.rowcount)
