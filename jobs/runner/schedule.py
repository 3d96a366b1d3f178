"""The schedule: APScheduler ticks from the settings; the database decides who runs what, and that a slot is run once.

Of several schedulers one leads: it holds the lease `scheduler` and renews it with every tick. A slot is a row with a
unique key, written in the same transaction that proves the lease; every write of the run proves it again. The others stand
by and take over when the lease runs out, or at once when the leader was a process of this machine that is dead.

The wall clock is believed for what it says, not for how long something lasts. APScheduler waits for moments of the wall
clock, so `ClockWatch` looks every second whether it has jumped, and then lets every job look for work anew.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from jobs import JOBS, Job
from jobs.runner import clock
from jobs.runner.reports import FaultLog, reason_of
from tracker import runs
from tracker.db import DriverError, lock_timeout
from tracker.errors import TrackerError
from tracker.runs import LeaseLost
from tracker.world import World

log = structlog.get_logger("schedule")

LEADER = "scheduler"
GRACE_S = 6.0
"""Seconds that jobs in hand get when the service ends; the whole end takes ten at most (see `tracker.cli.service`)."""
RELEASE_WITHIN_S = 1.0
"""Seconds to wait for a locked database with the lease in hand: it runs out by itself."""
BACKWARD_JUMP = timedelta(seconds=5)
"""A difference between one look at the clock and the next, a second later, that is no delay but a jump."""
FORWARD_JUMP = timedelta(minutes=1)
"""A difference ahead may be a process that was frozen or a machine that slept: no less a reason to look for work."""


@dataclass(slots=True, kw_only=True)
class Leadership:
    """What this process knows of its own lead: the runs in hand, the number of its lease, and what it told the log.

    The end of a process gives the lease back, and nobody here may take it again behind that:
    1. Who takes the lease counts as taking first, unless the end was asked for: both under one lock.
    2. The end is asked for, and then waits under that lock until nobody takes and nothing is in hand.
    3. So whoever saw no end is waited for, and whoever comes later sees it.
    """

    in_hand: set[int] = field(default_factory=set)
    takers: int = 0
    fence: int | None = None
    reports: FaultLog = field(default_factory=FaultLog)
    changed: threading.Condition = field(default_factory=threading.Condition)

    @contextlib.contextmanager
    def taking(self, stopping: threading.Event) -> Iterator[bool]:
        """Whether the lease may be taken now; until this ends, the end of the process waits."""
        with self.changed:
            allowed = not stopping.is_set()
            self.takers += allowed
        try:
            yield allowed
        finally:
            with self.changed:
                self.takers -= allowed
                self.changed.notify_all()

    def drop(self, run_id: int) -> None:
        """A run is out of hand; whoever waits for the last one hears of it."""
        with self.changed:
            self.in_hand.discard(run_id)
            self.changed.notify_all()


def tick(world: World, job: Job, term: Leadership | None = None) -> bool:
    """Run a job if this process leads and the slot is still free; True when it ran (well or not).

    Never raises for a fault of the machine: that is told once, and the next tick tries again.
    """
    term = term if term is not None else Leadership()
    try:
        with term.taking(world.stopping) as allowed:
            begun = _begin(world, job, term) if allowed else None
        if begun is None:
            return False
        run_id, fence = begun
        try:
            _work(world.fenced(LEADER, fence), job, run_id, term)
        finally:
            term.drop(run_id)
    except (DriverError, TrackerError) as trouble:
        term.reports.fails(log, job.name, trouble)
        return False
    return True


def _begin(world: World, job: Job, term: Leadership) -> tuple[int, int] | None:
    """The run and the fencing number, when this process leads and the slot is free."""
    now, run_id = world.now(), None
    try:
        with world.database.transaction() as session:
            fence = runs.acquire(session, now, LEADER, world.name, world.settings.schedule.lease_s)
            if fence is None:
                return None
            if term.fence != fence:
                clock.correct_future_moments(session, now, world.digest_schedule)
            closed = runs.close_interrupted(session, now, term.in_hand)
            run = runs.start(session, now, job.name, slot_of(now, job.every_s(world.settings.schedule)), world.name)
            if run is not None:
                run_id = run.id
                with term.changed:
                    term.in_hand.add(run_id)  # before it is committed: another tick must not take it for nobody's
    except BaseException:
        if run_id is not None:
            term.drop(run_id)
        raise
    term.fence = fence  # only now: what was corrected in a transaction that failed is to be corrected again
    if closed:
        log.warning("runs were interrupted", number=closed)
    return None if run_id is None else (run_id, fence)


def _work(world: World, job: Job, run_id: int, term: Leadership) -> None:
    """Do the job and write down what came of it; `world` is that of the leased run."""
    counts: dict[str, Any] = {}
    error: str | None = None
    try:
        counts = job.work(world)
    except LeaseLost:
        raise  # the run is its successor's to close
    except (DriverError, OSError, TrackerError) as trouble:
        term.reports.fails(log, job.name, trouble)
        error = reason_of(trouble)
    except Exception as trouble:
        # A job that fails is a row that says so; the next slot tries again.
        log.exception("job failed", job=job.name)
        error = reason_of(trouble)
    with world.database.transaction() as session:
        runs.finish(session, world.now(), run_id, counts, error)
    if error is None:
        term.reports.works(log, job.name)


def slot_of(now: datetime, every_s: int) -> str:
    """The name of the slot that `now` falls into: the slots of a period stand still in UTC, whoever asks."""
    number = int(now.timestamp()) // every_s
    return f"{number * every_s}/{every_s}"


@contextlib.contextmanager
def running(world: World) -> Iterator[BackgroundScheduler]:
    """A scheduler at work; at the end it finishes the item in hand, `GRACE_S` at most, and gives its lease back."""
    term = Leadership()
    scheduler = BackgroundScheduler(
        timezone="UTC",
        # Grace without end: a late run is run, once, instead of vanishing (the library's default is one second).
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    beat = max(world.settings.schedule.lease_s / 3, 1)
    scheduler.add_job(partial(_keep_lead, world, term), "interval", seconds=beat, id="lease", next_run_time=_wall())
    for job in JOBS:
        every = job.every_s(world.settings.schedule)
        if every:
            scheduler.add_job(
                partial(tick, world, job, term),
                "interval",
                seconds=min(every, 5) if every < 10 else every / 2,  # noqa: PLR2004 - seconds
                id=job.name,
                next_run_time=_wall(),
            )
    scheduler.start()
    watch = ClockWatch(world.now, partial(_after_jump, world, scheduler, term), world.stopping)
    watch.start()
    try:
        yield scheduler
    finally:
        end(world, scheduler, term)


def end(world: World, scheduler: BackgroundScheduler, term: Leadership) -> None:
    """Begin nothing more, wait for what is in hand, and give the lease back when nothing is."""
    world.stop()
    with contextlib.suppress(Exception):  # a scheduler in the middle of its own start or end is ended all the same
        scheduler.pause()
    with term.changed:
        done = term.changed.wait_for(lambda: not (term.in_hand or term.takers), timeout=GRACE_S)
    scheduler.shutdown(wait=False)
    if not done:
        log.warning("ended with work in hand: it goes on at the next start", runs=len(term.in_hand))
        return
    try:
        with lock_timeout(RELEASE_WITHIN_S), world.database.transaction() as session:
            runs.release(session, world.now(), LEADER, world.name)
    except (DriverError, TrackerError) as trouble:
        log.warning("the lease could not be given back; it runs out", error=reason_of(trouble))


def renew(world: World, term: Leadership | None = None) -> bool:
    """Prolong this process's lead, or take it over when nobody leads; whether it leads now."""
    with world.database.transaction() as session:
        fence = runs.acquire(session, world.now(), LEADER, world.name, world.settings.schedule.lease_s)
        fresh = fence is not None and term is not None and term.fence is None
        if fresh:
            clock.correct_future_moments(session, world.now(), world.digest_schedule)
    if fresh and term is not None:
        term.fence = fence
    return fence is not None


def _keep_lead(world: World, term: Leadership) -> None:
    try:
        with term.taking(world.stopping) as allowed:
            if not allowed:
                return
            renew(world, term)
    except (DriverError, TrackerError) as trouble:
        term.reports.fails(log, "lease", trouble)
    else:
        term.reports.works(log, "lease")
    for place in ("database", "archive", "mail"):
        found = [fault.text for fault in world.faults() if fault.place == place]
        if found:
            term.reports.fails(log, f"saving: {place}", found[0])
        else:
            term.reports.works(log, f"saving: {place}")


def correct_after_jump(world: World, term: Leadership, before: datetime, now: datetime) -> None:
    """Bring what lies too far ahead back to now, if this process leads."""
    log.warning("the clock jumped", before=before.isoformat(), now=now.isoformat())
    try:
        with term.taking(world.stopping) as allowed, world.database.transaction() as session:
            if allowed and runs.acquire(session, now, LEADER, world.name, world.settings.schedule.lease_s) is not None:
                clock.correct_future_moments(session, now, world.digest_schedule)
    except (DriverError, TrackerError) as trouble:
        term.reports.fails(log, "clock", trouble)
        term.fence = None  # so that it is done with the next tick that leads


def _after_jump(
    world: World, scheduler: BackgroundScheduler, term: Leadership, before: datetime, now: datetime
) -> None:
    """Correct what the clock before wrote, and let every job look for work at once."""
    correct_after_jump(world, term, before, now)
    for job in scheduler.get_jobs():
        job.modify(next_run_time=_wall())


def _wall() -> datetime:
    """The time by which APScheduler itself goes, whatever clock the world has."""
    return datetime.now(UTC)


class ClockWatch(threading.Thread):
    """Looks at a clock every second and tells when it jumped; ends when `stop` is set."""

    def __init__(
        self, now: Callable[[], datetime], jumped: Callable[[datetime, datetime], None], stop: threading.Event
    ) -> None:
        """`jumped` is called with the moment looked at last and the moment now."""
        super().__init__(name="clock", daemon=True)
        self._now, self._jumped, self._stop_asked = now, jumped, stop

    def run(self) -> None:
        """Look until the end."""
        before = self._now()
        while not self._stop_asked.wait(1.0):
            now = self._now()
            if now < before - BACKWARD_JUMP or now > before + FORWARD_JUMP:
                try:
                    self._jumped(before, now)
                except Exception:
                    # The watch must outlive whatever the jump broke: the next look may find it mended.
                    log.exception("the clock's jump could not be followed")
            before = now
