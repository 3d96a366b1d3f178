"""Job runs and the lease: one runner for each job, every due slot once, whatever number of schedulers is up.

A lease is a row with a holder, an end and a fencing number that grows with every change of holder. How a runner that was
frozen past its end writes nothing any more:

1. The leader takes the lease with `take` and remembers its number.
2. Every writing transaction of a leased run begins with `require` (`Database.guarded` sees to it): the row must still carry
   this holder and this number, and it can't change before the transaction ends.
3. Another process takes over when the end has passed, when the end lies further ahead than any lease lasts (a clock was
   set back), or when the holder was a process of this machine that is dead. The number grows.
4. The first one wakes up; its next transaction finds another number, and ends in `LeaseLost` before anything is written.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from tracker import processes
from tracker.db import UTCDateTime, insert_if_absent, share_lock
from tracker.errors import TrackerError

CLOCK_SKEW = timedelta(seconds=10)
"""How far the clocks of two machines may lie apart: a moment further ahead than this was written by a wrong clock."""


class AlreadyRunning(TrackerError):
    """Somebody else is already doing it."""


class LeaseLost(TrackerError):
    """Another runner has taken over; nothing more may be written."""


class Lease(SQLModel, table=True):
    """Who may do the work called `name`, until when; `fence` grows with every change of holder."""

    name: str = Field(primary_key=True, max_length=120)
    holder: str
    until: datetime = Field(sa_type=UTCDateTime)
    fence: int = 1


class JobRun(SQLModel, table=True):
    """One run of a job. (job, slot) is unique: a slot of the schedule is done once."""

    __tablename__ = "job_run"
    __table_args__ = (sa.UniqueConstraint("job", "slot"),)

    id: int = Field(default=None, primary_key=True)
    job: str = Field(index=True)
    slot: str
    runner: str
    started_at: datetime = Field(sa_type=UTCDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    state: str = "running"
    """running, done, failed or interrupted."""
    counts: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    error: str | None = None


def acquire(session: Session, now: datetime, name: str, holder: str, seconds: float) -> int | None:
    """The fencing number when `holder` now holds the lease `name` for `seconds`; None when somebody else does.

    One's own lease is prolonged and keeps its number, also when it ran out and nobody wanted it. Another's is taken over
    with a higher number as the module's plan says.
    """
    until = now + timedelta(seconds=seconds)
    if insert_if_absent(session, Lease, {"name": name, "holder": holder, "until": until, "fence": 1}):
        return 1
    row = session.exec(select(Lease.holder, Lease.fence).where(Lease.name == name)).one()
    free = sa.or_(col(Lease.until) <= now, col(Lease.until) > until + CLOCK_SKEW)
    if row[0] == holder or processes.is_dead(row[0]):
        free = sa.true()
    # Whoever came between the two statements has another holder or number, and is left in peace.
    taken = session.connection().execute(
        sa.update(Lease)
        .where(col(Lease.name) == name, col(Lease.holder) == row[0], col(Lease.fence) == row[1], free)
        .values(holder=holder, until=until, fence=row[1] + (row[0] != holder))
    )
    return row[1] + (row[0] != holder) if taken.rowcount else None


def require(session: Session, name: str, holder: str, fence: int) -> None:
    """Prove, in the transaction that writes, that `holder` still holds `name` with this number; else `LeaseLost`.

    The row is locked against a take-over until the transaction ends, but not against other writers of the same run.
    """
    held = select(Lease.name).where(Lease.name == name, Lease.holder == holder, Lease.fence == fence)
    if session.exec(share_lock(session, held)).first() is None:
        raise LeaseLost(f"{name}: another runner has taken over")


def release(session: Session, now: datetime, name: str, holder: str) -> None:
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
    if not insert_if_absent(session, JobRun, values):
        return None
    return session.exec(select(JobRun).where(JobRun.job == job, JobRun.slot == slot)).one()


def finish(session: Session, now: datetime, run_id: int, counts: dict[str, Any], error: str | None = None) -> None:
    """Close a run with what it did, or with the one-line error that ended it."""
    run = session.get_one(JobRun, run_id)
    run.finished_at, run.counts, run.error, run.state = now, counts, error, "failed" if error else "done"
    session.add(run)


def close_interrupted(session: Session, now: datetime, in_hand: Collection[int]) -> int:
    """Mark the runs that nobody does any more, and free their slots: what they left is done at once; how many there were.

    Only the leader runs jobs, so whoever holds the lease knows: what is open and not in its own hand is nobody's.
    """
    closed = session.connection().execute(
        sa.update(JobRun)
        .where(col(JobRun.state) == "running", col(JobRun.id).not_in(tuple(in_hand)))
        .values(state="interrupted", finished_at=now, slot=_freed())
    )
    return int(closed.rowcount)


def _freed() -> sa.ColumnElement[str]:
    """A name for a run's slot under which nobody looks for it."""
    return col(JobRun.slot) + "~" + sa.cast(col(JobRun.id), sa.String)


def correct_clock(session: Session, now: datetime) -> int:
    """Free the slots that were done by a clock ahead of this one, and date their runs to now; how many there were.

    Else no job would run again before the clock has reached those slots a second time.
    """
    ahead = now + CLOCK_SKEW
    wrong = session.connection().execute(
        sa.update(JobRun)
        .where(sa.or_(col(JobRun.started_at) > ahead, col(JobRun.finished_at) > ahead))
        .values(
            slot=sa.case(
                (col(JobRun.started_at) > ahead, _freed()),
                else_=col(JobRun.slot),
            ),
            started_at=sa.case((col(JobRun.started_at) > ahead, now), else_=col(JobRun.started_at)),
            finished_at=sa.case((col(JobRun.finished_at) > ahead, now), else_=col(JobRun.finished_at)),
        )
    )
    return int(wrong.rowcount)


def latest(session: Session, limit: int = 50) -> list[JobRun]:
    """The newest runs, newest first."""
    return list(session.exec(select(JobRun).order_by(col(JobRun.id).desc()).limit(limit)))


def delete_old(session: Session, before: datetime) -> int:
    """Delete finished runs older than `before`; nothing points to them."""
    gone = session.connection().execute(
        sa.delete(JobRun).where(col(JobRun.finished_at) < before, col(JobRun.state) != "running")
    )
    return int(gone.rowcount)
