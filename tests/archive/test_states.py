"""Whether a state is good is decided in one place, for each state rightly."""

import pytest
from sqlmodel import select

from tests.conftest import NOON
from tracker.archive import queries
from tracker.archive.models import CLEAN, READ, Source, SourceKind, State
from tracker.archive.types import FetchResult

ANSWERS = {
    State.OK: (True, True),
    State.UNCHANGED: (True, True),
    State.SLOW: (True, False),
    State.STALE: (True, False),
    State.MOVED: (True, False),
    State.BLOCKED: (False, False),
    State.GONE: (False, False),
    State.NOT_A_FEED: (False, False),
    State.ERROR: (False, False),
}


def test_every_state_says_whether_it_was_read_and_whether_there_is_anything_to_tell():
    assert {state: (state.is_read, state.is_clean) for state in State} == ANSWERS
    assert (set(READ), set(CLEAN)) == (
        {state for state in State if state.is_read},
        {state for state in State if state.is_clean},
    )


@pytest.mark.parametrize("state", State)
def test_a_look_is_read_when_its_state_is_it_did_not_fail_and_found_the_thing_itself(state):
    assert FetchResult(at=NOON, state=state).is_read is state.is_read
    assert not FetchResult(at=NOON, state=state, failed=True).is_read
    assert not FetchResult(at=NOON, state=state, absent=True).is_read


def test_the_database_and_the_row_agree_on_which_source_is_failing(database):
    with database.transaction() as session:
        for number, state in enumerate([None, *State]):
            for failures in (0, 1):
                name = f"{number}-{failures}"
                session.add(
                    Source(
                        id=name, name=name, kind=SourceKind.FEED, created_at=NOON, state=state,
                        failures=failures if state else 0,
                    )
                )  # fmt: skip
    with database.reading() as session:
        told = set(session.exec(select(Source.id).where(queries.failing())))
        assert {row.id for row in session.exec(select(Source)) if row.is_failing} == told
    assert len(told) == 4 * 2 + 5
