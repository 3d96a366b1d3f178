"""Tidy: forget what nobody needs any more. Never a claim, a snapshot, an alert or an audit row."""

from dataclasses import dataclass
from datetime import timedelta

from tracker import accounts, limits, runs
from tracker.archive import queries
from tracker.world import World

KEEP_RUNS = timedelta(days=30)
KEEP_ATTEMPTS = timedelta(days=2)
KEEP_TEMPORARY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Counts:
    """What a run of the job removed or closed, in rows and files."""

    runs: int
    attempts: int
    sign_ins: int
    interrupted: int
    files: int


def run(world: World) -> Counts:
    """Delete old runs, counters and sessions, close the runs of dead processes, and sweep half-written files."""
    now = world.now()
    with world.database.transaction() as session:
        interrupted = runs.close_interrupted(session, now, world.name)
        rows = runs.forget(session, now - KEEP_RUNS)
        attempts = limits.forget(session, now - KEEP_ATTEMPTS)
        sign_ins = accounts.forget(session, now)
    with world.database.reading() as session:
        referenced = queries.archived(session)
    files = world.archive.sweep(referenced, now - KEEP_TEMPORARY)
    return Counts(rows, attempts, sign_ins, interrupted, int(files or 0))
