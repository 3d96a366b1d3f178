import threading
from datetime import timedelta

import pytest

from tests.conftest import NOON
from tracker import runs
from tracker.runs import LeaseLost


def take(database, now, holder, seconds=30):
    with database.transaction() as session:
        return runs.acquire(session, now, "work", holder, seconds)


def test_one_holder_at_a_time(database):
    assert take(database, NOON, "ada") == 1
    assert take(database, NOON, "ben") is None


def test_a_holder_prolongs_its_own_lease_and_keeps_its_number(database):
    assert take(database, NOON, "ada") == 1
    assert take(database, NOON + timedelta(seconds=20), "ada") == 1
    assert take(database, NOON + timedelta(seconds=40), "ben") is None


def test_a_lease_that_ran_out_is_taken_over_with_a_higher_number(database):
    take(database, NOON, "ada")
    assert take(database, NOON + timedelta(seconds=31), "ben") == 2


def test_who_lost_the_lease_finds_out_at_the_next_write(database):
    fence = take(database, NOON, "ada")
    take(database, NOON + timedelta(seconds=31), "ben")
    with pytest.raises(LeaseLost), database.transaction() as session:
        runs.require(session, "work", "ada", fence)


def test_a_lease_given_back_is_free_at_once(database):
    take(database, NOON, "ada")
    with database.transaction() as session:
        runs.release(session, NOON, "work", "ada")
    assert take(database, NOON, "ben") == 2


def test_a_slot_is_started_once_however_many_try(database):
    won = []

    def start(number: int) -> None:
        with database.transaction() as session:
            if runs.start(session, NOON, "collect", "slot-1", f"runner-{number}"):
                won.append(number)

    threads = [threading.Thread(target=start, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


def test_a_run_is_closed_with_what_it_did_and_an_interrupted_one_is_marked(database):
    with database.transaction() as session:
        done = runs.start(session, NOON, "collect", "a", "ada")
        runs.finish(session, NOON, done.id, {"documents": 3})
        runs.start(session, NOON, "collect", "b", "ada")
    with database.transaction() as session:
        assert runs.close_interrupted(session, NOON + timedelta(hours=1), [done.id]) == 1
    with database.reading() as session:
        assert [(run.slot, run.state) for run in runs.latest(session)] == [("b~2", "interrupted"), ("a", "done")]


def test_the_slot_of_an_interrupted_run_is_free_at_once_and_that_of_a_done_one_is_not(database):
    with database.transaction() as session:
        done = runs.start(session, NOON, "collect", "a", "ada")
        runs.finish(session, NOON, done.id, {})
        runs.start(session, NOON, "deliver", "a", "ada")
        assert runs.close_interrupted(session, NOON, []) == 1
        assert runs.start(session, NOON, "collect", "a", "ben") is None
        assert runs.start(session, NOON, "deliver", "a", "ben") is not None
