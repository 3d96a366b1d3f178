import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from jobs import Job
from jobs.runner import schedule
from tests.conftest import NOON
from tracker import processes
from tracker.runs import JobRun


def job(counter, *, error=None):
    def work(_world):
        counter.append(1)
        if error:
            raise error
        return {"done": 1}

    return Job("collect", lambda _schedule: 60, work)


def runs(world):
    with world.database.reading() as session:
        return session.exec(select(JobRun).order_by(col(JobRun.id))).all()


def other(world):
    """The same world as another process sees it: its own name."""
    return replace(world, name=processes.new_name())


def test_a_slot_is_done_once_and_the_next_one_again(world, clock):
    done: list[Any] = []
    assert schedule.tick(world, job(done))
    assert not schedule.tick(world, job(done))
    clock.forward(seconds=60)
    assert schedule.tick(world, job(done))
    assert len(done) == 2
    assert [run.state for run in runs(world)] == ["done", "done"]


def test_two_schedulers_never_do_a_slot_twice(world, clock):
    done: list[Any] = []
    worlds = [world, other(world), other(world)]
    for _ in range(5):
        threads = [threading.Thread(target=schedule.tick, args=(one, job(done))) for one in worlds]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        clock.forward(seconds=60)
    assert len(done) == 5


def test_the_second_one_stands_by_and_takes_over_when_the_first_is_silent(world, clock):
    done: list[Any] = []
    second = other(world)
    assert schedule.tick(world, job(done))
    clock.forward(seconds=20)
    assert not schedule.renew(second)
    clock.forward(seconds=60)
    assert schedule.tick(second, job(done))
    assert not schedule.renew(world)


def test_a_job_that_fails_is_written_down_and_runs_again_next_time(world, clock):
    done: list[Any] = []
    assert schedule.tick(world, job(done, error=RuntimeError("the disk is full\nand more")))
    [run] = runs(world)
    assert (run.state, run.error) == ("failed", "RuntimeError: the disk is full")
    clock.forward(seconds=60)
    assert schedule.tick(world, job(done))


def test_work_goes_on_after_the_clock_was_set_back(world, clock):
    done: list[Any] = []
    term = schedule.Leadership()
    for _ in range(10):
        schedule.tick(world, job(done), term)
        clock.forward(seconds=60)
    before = clock.now
    clock.forward(hours=-1)
    schedule.correct_after_jump(world, term, before, clock.now)
    clock.forward(seconds=60)
    assert schedule.tick(world, job(done), term)
    assert not schedule.tick(world, job(done), term)
    assert len(done) == 11
    assert all(run.started_at <= clock.now for run in runs(world))


def test_work_goes_on_after_a_restart_with_a_clock_that_was_a_day_ahead(world, clock):
    done: list[Any] = []
    clock.forward(days=1)
    assert schedule.tick(world, job(done))
    clock.forward(days=-1)
    assert schedule.tick(other(world), job(done))
    assert len(done) == 2


def test_a_clock_that_jumps_forward_a_day_gives_one_run(world, clock):
    done: list[Any] = []
    schedule.tick(world, job(done))
    clock.forward(days=1)
    schedule.tick(world, job(done))
    schedule.tick(world, job(done))
    assert len(done) == 2


@pytest.mark.parametrize("every", [1, 30, 60, 3600])
def test_slots_stand_still_whoever_asks(every):
    assert schedule.slot_of(NOON, every) == schedule.slot_of(NOON + timedelta(seconds=every - 0.001), every)
    assert schedule.slot_of(NOON, every) != schedule.slot_of(NOON + timedelta(seconds=every), every)


def test_the_real_scheduler_runs_its_jobs_and_stops_cleanly(make_world):
    from tracker.world import utc_now as real_clock

    world = replace(
        make_world(schedule={"collect_s": 1, "extract_s": 0, "deliver_s": 0, "recheck_s": 0, "tidy_s": 0}),
        now=real_clock,
    )
    with schedule.running(world):
        while not [run for run in runs(world) if run.state == "done"]:
            threading.Event().wait(0.1)
    done = runs(world)
    assert len({(run.job, run.slot) for run in done}) == len(done) >= 1
    assert all(run.state == "done" for run in done)
    assert schedule.renew(other(world)), "the lease was given back"


def test_a_lease_that_was_given_back_is_not_taken_again_by_a_start_on_its_way(world):
    """A start that saw no end yet is waited for: else it took the lease behind its return, and ran on."""
    entered, go, ended = threading.Event(), threading.Event(), threading.Event()

    def slow_clock():
        entered.set()
        go.wait()
        return world.now()

    term, scheduler = schedule.Leadership(), BackgroundScheduler()
    done: list[Any] = []

    def end():
        schedule.end(world, scheduler, term)
        ended.set()

    scheduler.start()
    starter = threading.Thread(target=schedule.tick, args=(replace(world, now=slow_clock), job(done), term))
    starter.start()
    entered.wait()
    ender = threading.Thread(target=end)
    ender.start()
    ended.wait(1)  # as long as it may take where nothing holds it
    go.set()
    for thread in (starter, ender):
        thread.join()
    assert schedule.renew(other(world)), "the lease was given back"
    assert not schedule.tick(world, job(done), term), "begun behind the end"


def test_a_start_that_could_not_be_saved_leaves_nothing_in_hand_and_is_made_again(world):
    done: list[Any] = []
    term = schedule.Leadership()

    def full(*_):
        raise OperationalError("COMMIT", {}, OSError(28, "No space left on device"))

    # A stand-in for a disk that is full at the moment of the commit.
    event.listen(world.database.engine, "commit", full)
    assert not schedule.tick(world, job(done), term)
    event.remove(world.database.engine, "commit", full)
    assert (term.in_hand, term.fence, done) == (set(), None, [])
    assert schedule.tick(world, job(done), term)
    assert (term.in_hand, len(done)) == (set(), 1)
