import sqlite3

import pytest
import sqlalchemy as sa

from tracker import condition
from tracker.condition import Condition, Trouble, trouble_of
from tracker.db import Database


def error(name: str) -> sa.exc.OperationalError:
    own = sqlite3.OperationalError("the driver's words")
    own.sqlite_errorname = name
    return sa.exc.OperationalError("SELECT", {}, own)


@pytest.mark.parametrize(
    ("name", "trouble"),
    [
        ("SQLITE_FULL", Trouble.FULL),
        ("SQLITE_IOERR_WRITE", Trouble.FULL),
        ("SQLITE_READONLY_DBMOVED", Trouble.FULL),
        ("SQLITE_BUSY_SNAPSHOT", Trouble.LOCKED),
        ("SQLITE_CORRUPT_VTAB", Trouble.DAMAGED),
        ("SQLITE_NOTADB", Trouble.DAMAGED),
        ("SQLITE_CONSTRAINT_UNIQUE", None),
        ("SQLITE_ERROR", None),
    ],
)
def test_the_faults_of_the_machine_are_told_from_ours(name, trouble):
    assert trouble_of(error(name)) is trouble


def test_a_write_that_failed_is_over_only_when_one_goes_well():
    state = Condition()
    state.met(error("SQLITE_FULL"), writing=True)
    state.went_well(writing=False)
    assert state.current() is Trouble.FULL
    state.went_well(writing=True)
    assert state.current() is None


def test_damage_is_over_only_when_a_look_says_so():
    state = Condition()
    state.met(error("SQLITE_CORRUPT"), writing=False)
    state.went_well(writing=True)
    assert state.current() is Trouble.DAMAGED


def test_a_fault_that_does_not_come_again_is_not_believed_for_ever(monkeypatch):
    state = Condition()
    state.met(error("SQLITE_BUSY"), writing=True)
    assert state.current() is Trouble.LOCKED
    monkeypatch.setattr(condition, "TROUBLE_TTL_S", -1)
    assert state.current() is None
    state.met(error("SQLITE_CORRUPT"), writing=False)
    assert state.current() is Trouble.DAMAGED


def test_a_look_that_was_cut_short_takes_nothing_back(sqlite):
    database = Database(sqlite)
    assert database.find_damage() is None
    database.condition.looked("page 7 is gone")
    database.find_damage(-1)  # its time is over before it begins
    assert database.condition.damage == "page 7 is gone"
    assert database.find_damage() is None
    database.dispose()
