"""A clock that jumps, an hour or a day, both ways, with and without a restart: work goes on, and nothing is done twice."""

import threading
from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from sqlmodel import select

from jobs import JOBS
from jobs.runner import schedule
from jobs.runner.clock import correct_future_moments
from jobs.runner.schedule import ClockWatch, Leadership
from tests.conftest import NOON
from tests.jobs.test_way import QUOTE, everything, follow
from tracker import processes, runs
from tracker.alerts.models import Delivery, DeliveryState
from tracker.archive.models import Document, Source
from tracker.positions.models import ClaimTopic
from tracker.speech.models import Claim

JUMPS = {"an hour back": -1, "an hour on": 1, "a day back": -24, "a day on": 24}


def work(world, term, clock, seconds):
    """Every job's ticks for so many seconds of the world's clock, five seconds apart."""
    for _ in range(seconds // 5):
        for job in JOBS:
            if job.every_s(world.settings.schedule):
                schedule.tick(world, job, term)
        clock.forward(seconds=5)


@pytest.mark.parametrize("restarted", [False, True], ids=["going on", "restarted"])
@pytest.mark.parametrize("hours", JUMPS.values(), ids=JUMPS)
def test_work_goes_on_within_a_minute_of_a_jump_and_nothing_is_done_twice(
    courier, outlet, clock, mailbox, hours, restarted
):
    follow(courier)
    outlet.write("one", QUOTE)
    term = Leadership()
    work(courier, term, clock, 120)
    before = clock.now
    clock.forward(hours=hours)
    outlet.write("two", "The bridge toll is a matter for next year and not for this one", title="Lind on next year")
    world, now_term = (replace(courier, name=processes.new_name()), Leadership()) if restarted else (courier, term)
    if not restarted:
        schedule.correct_after_jump(world, term, before, clock.now)
    work(world, now_term, clock, 60)
    claims = everything(world, Claim)
    sent = [row for row in everything(world, Delivery) if row.subject.startswith("claim")]
    assert len(claims) == 2
    assert [row.state for row in sent] == [DeliveryState.SENT] * 2
    ids = [message["Message-ID"] for message in mailbox.messages]
    assert len(ids) == len(set(ids)) == 3
    with world.database.reading() as session:
        assert len(session.exec(select(ClaimTopic)).all()) == 2


def test_a_day_ahead_and_right_again_leaves_nothing_waiting_for_tomorrow(courier, outlet, clock, mailbox):
    follow(courier)
    clock.forward(days=1)
    outlet.write("one", QUOTE)
    mailbox.rcpt = lambda _: "451 later"
    term = Leadership()
    work(courier, term, clock, 60)
    wrong = clock.now
    clock.now = NOON
    mailbox.rcpt = lambda _: "250 OK"
    schedule.correct_after_jump(courier, term, wrong, clock.now)
    ahead = clock.now + runs.CLOCK_SKEW
    [source] = [row for row in everything(courier, Source) if row.id == "courier"]
    assert source.next_at <= clock.now
    assert max(source.last_try_at, source.last_good_at, source.state_since) <= ahead
    assert all(row.next_look_at <= clock.now and row.last_look_at <= ahead for row in everything(courier, Document))
    with courier.database.reading() as session:
        assert all(run.started_at <= ahead for run in runs.latest(session))
    work(courier, term, clock, 60)
    assert len(everything(courier, Claim)) == 1
    assert [row.state for row in everything(courier, Delivery)] == [DeliveryState.SENT] * 2
    assert clock.now - NOON == timedelta(minutes=1)


def test_a_lease_that_ends_further_ahead_than_any_lasts_is_taken_over(database):
    def take(now, holder):
        with database.transaction() as session:
            return runs.acquire(session, now, "work", holder, 45)

    take(NOON + timedelta(days=1), "ada")
    assert take(NOON, "ben") == 2
    assert take(NOON, "ada") is None
    take(NOON + timedelta(seconds=9), "ben")
    assert take(NOON, "ada") is None, "two clocks may differ by a little"


def test_a_right_clock_corrects_nothing(courier, outlet, clock):
    outlet.write("one", QUOTE)
    work(courier, Leadership(), clock, 60)
    with courier.database.transaction() as session:
        assert clock_counts(session, clock.now, courier) == {"runs": 0, "sources": 0, "documents": 0, "mails": 0}


def clock_counts(session, now, world):
    return asdict(correct_future_moments(session, now, world.digest_schedule))


def test_the_watch_tells_of_jumps_both_ways_and_of_nothing_else():
    moments = iter([NOON + timedelta(seconds=s) for s in (0, 1, 2, 3603, 3604, 4, 5, 6)])
    told, end = [], threading.Event()

    class Ticking(threading.Event):
        """Asked for by the watch instead of a second's sleep."""

        def wait(self, timeout=None):
            return end.is_set()

    def now():
        moment = next(moments, None)
        if moment is None:
            end.set()
            return NOON + timedelta(seconds=6)
        return moment

    watch = ClockWatch(now, lambda before, after: told.append(round((after - before).total_seconds())), Ticking())
    watch.start()
    watch.join(30)
    assert told == [3601, -3600]


def test_a_real_schedule_looks_for_work_at_once_after_a_jump(make_world, clock):
    # APScheduler waits by the real clock; the world's jumps. What is seen is that a job is asked again, long before its time.
    world = make_world(
        schedule=dict.fromkeys(("extract_s", "deliver_s", "recheck_s", "tidy_s"), 0) | {"collect_s": 3600}
    )
    with schedule.running(world):
        wait_for(lambda: slots(world) == 1)
        clock.forward(hours=-2)
        wait_for(lambda: slots(world) == 2)


def slots(world):
    with world.database.reading() as session:
        return len([run for run in runs.latest(session) if run.job == "collect" and run.state == "done"])


def wait_for(condition):
    for _ in range(600):
        if condition():
            return
        threading.Event().wait(0.1)
    raise AssertionError("it never came")
