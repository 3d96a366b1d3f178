"""The states of a statement: every move that is allowed, and no other."""

from itertools import product

import pytest

from tracker.speech.models import Status
from tracker.speech.states import HIDDEN, MOVES, UNCHECKED, BadMove, after_fix, require_move, ways_out

ALLOWED = {
    ("new", "in review"), ("new", "confirmed"), ("new", "rejected"), ("new", "withdrawn"),
    ("in review", "confirmed"), ("in review", "rejected"), ("in review", "withdrawn"),
    ("confirmed", "published"), ("confirmed", "corrected"), ("confirmed", "rejected"), ("confirmed", "withdrawn"),
    ("rejected", "in review"), ("published", "corrected"), ("published", "withdrawn"),
    ("corrected", "published"), ("corrected", "withdrawn"), ("withdrawn", "in review"), ("withdrawn", "new"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new"), list(product(Status, Status)))
def test_a_move_is_allowed_or_refused(old, new):
    if (old.value, new.value) in ALLOWED:
        assert require_move(old, new) is new
    else:
        with pytest.raises(BadMove):
            require_move(old, new)


def test_every_state_has_a_way_on_and_an_editor_a_way_to_take_it_off():
    assert set(MOVES) == set(Status)
    for status in set(Status) - set(HIDDEN):
        assert ways_out(status) in MOVES[status]


def test_a_fix_is_a_correction_once_somebody_had_confirmed_it():
    assert {after_fix(one) for one in UNCHECKED} == {Status.IN_REVIEW}
    assert {after_fix(one) for one in (Status.CONFIRMED, Status.PUBLISHED, Status.CORRECTED)} == {Status.CORRECTED}
