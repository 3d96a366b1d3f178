"""Work: what a worker does beside the scheduler, on any machine that reaches the database and the archive folder.

A worker owns nothing: sources are looked at under a lease, a snapshot is marked read by whoever is first, mails are taken
by one. So any number may run, and one that dies leaves nothing undone for longer than its lease.
"""

import threading
from collections.abc import Callable
from functools import partial

import structlog

from jobs import collect, deliver, extract
from tracker.settings import BadSettings
from tracker.world import World

log = structlog.get_logger("work")

PAUSE_S = 2.0
"""Seconds between two looks for work."""
KINDS: tuple[tuple[str, Callable[[World], object]], ...] = (
    ("collect", collect.run),
    ("extract", partial(extract.run, apart=True)),
    ("deliver", deliver.run),
)


def require_shared(world: World) -> None:
    """Refuse a database that only one machine can use. Raises `BadSettings`."""
    if world.database.is_sqlite:
        raise BadSettings(
            ["database.url: workers share a PostgreSQL database (on SQLite, `tracker run` does all work by itself)"]
        )


def run_until(world: World, stop: threading.Event) -> None:
    """Look for work and do it until `stop` is set; the item in hand is finished."""
    while not stop.is_set():
        for kind, do in KINDS:
            if stop.is_set():
                return
            try:
                do(world)
            except Exception:
                # A database that restarts or a race that was lost: the work is still there at the next look.
                log.exception("work failed", kind=kind)
        stop.wait(PAUSE_S)
