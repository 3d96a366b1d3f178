"""Work: what a worker does beside the scheduler, on any machine that reaches the database and the archive folder.

A worker owns nothing: sources are fetched under a lease, a snapshot is marked read by whoever is first, mails are taken
by one. So any number may run, and one that dies leaves nothing undone for longer than its lease.
"""

import structlog

from jobs import SHARED_WORK
from jobs.runner.reports import FaultLog
from tracker.db import DriverError
from tracker.errors import TrackerError
from tracker.settings import BadSettings
from tracker.world import World

log = structlog.get_logger("work")

PAUSE_S = 2.0
"""Seconds between two looks for work."""


def require_shared(world: World) -> None:
    """Refuse a database that only one machine can use. Raises `BadSettings`."""
    if world.database.is_sqlite:
        raise BadSettings(
            ["database.url: workers share a PostgreSQL database (on SQLite, `tracker run` does all work by itself)"]
        )


def run_until_stopped(world: World) -> None:
    """Look for work and do it until the world is stopped; the item in hand is finished."""
    reports = FaultLog()
    while not world.stopping.is_set():
        for kind, do in SHARED_WORK:
            if world.stopping.is_set():
                return
            try:
                do(world)
            except (DriverError, OSError, TrackerError) as trouble:
                # A database that restarts, a disk that is full: the work is still there at the next look.
                reports.fails(log, kind, trouble)
            except Exception:
                log.exception("work failed", kind=kind)
            else:
                reports.works(log, kind)
        world.stopping.wait(PAUSE_S)
