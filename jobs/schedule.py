"""The schedule: APScheduler ticks from the settings; the database decides who runs what, and that a slot is run once.

Of several schedulers one leads: it holds the lease `scheduler` and renews it with every tick. A slot is a row with a
unique key, written in the same transaction that proves the lease. The others stand by and take over when it runs out.
"""

import contextlib
import threading
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from jobs import JOBS, Job
from tracker import runs
from tracker.world import World

log = structlog.get_logger("schedule")

LEADER = "scheduler"


def tick(world: World, job: Job) -> bool:
    """Run a job if this process leads and the slot is still free; True when it ran (well or not)."""
    every = job.every_s(world.settings.schedule)
    now = world.now()
    slot = slot_of(now, every)
    with world.database.transaction() as session:
        if runs.take(session, now, LEADER, world.name, world.settings.schedule.lease_s) is None:
            return False
        run = runs.start(session, now, job.name, slot, world.name)
    if run is None:
        return False
    counts: dict[str, Any] = {}
    error: str | None = None
    try:
        counts = job.work(world)
    except Exception as trouble:
        # A job that fails is a row that says so; the next slot tries again.
        log.exception("job failed", job=job.name)
        error = f"{trouble.__class__.__name__}: {str(trouble).splitlines()[0] if str(trouble) else 'no words'}"[:300]
    with world.database.transaction() as session:
        runs.finish(session, world.now(), run.id, counts, error)
    return True


def slot_of(now: datetime, every_s: int) -> str:
    """The name of the slot that `now` falls into: the slots of a period stand still in UTC, whoever asks."""
    number = int(now.timestamp()) // every_s
    return f"{number * every_s}/{every_s}"


@contextlib.contextmanager
def running(world: World) -> Iterator[BackgroundScheduler]:
    """A scheduler at work; at the end it finishes the job in hand and gives its lease back."""
    scheduler = BackgroundScheduler(
        timezone="UTC",
        # Grace without end: a late run is run, once, instead of vanishing (the library's default is one second).
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    beat = max(world.settings.schedule.lease_s / 3, 1)
    scheduler.add_job(partial(renew, world), "interval", seconds=beat, id="lease", next_run_time=world.now())
    for job in JOBS:
        every = job.every_s(world.settings.schedule)
        if every:
            scheduler.add_job(
                partial(tick, world, job),
                "interval",
                seconds=min(every, 5) if every < 10 else every / 2,  # noqa: PLR2004 - seconds
                id=job.name,
                next_run_time=world.now(),
            )
    scheduler.start()
    try:
        yield scheduler
    finally:
        scheduler.shutdown(wait=True)
        with world.database.transaction() as session:
            runs.give_back(session, world.now(), LEADER, world.name)


def renew(world: World) -> bool:
    """Prolong this process's lead, or take it over when nobody leads; whether it leads now."""
    with world.database.transaction() as session:
        return runs.take(session, world.now(), LEADER, world.name, world.settings.schedule.lease_s) is not None


def run_until(world: World, stop: threading.Event) -> None:
    """Keep the schedule until `stop` is set; then finish what is in hand."""
    with running(world):
        stop.wait()
