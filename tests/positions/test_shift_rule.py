"""The scale: distances, verdicts and their words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.positions import shift_rule
from tracker.positions.shift_rule import Scale, VerdictKind

FIVE = Scale.of((1, 2, 3, 4, 5))
SIDED = Scale.of((1, 2, 3, 4, 5), lower=(1, 2), upper=(4, 5))
steps = st.lists(st.integers(min_value=-3, max_value=20), min_size=2, max_size=7, unique=True)


@pytest.mark.parametrize(
    ("before", "after", "outcome", "distance", "sentence"),
    [
        (2, 3, VerdictKind.MOVED, 1, "moved one step up, from 2 to 3"),
        (5, 3, VerdictKind.MOVED, -2, "moved two steps down, from 5 to 3"),
        (4, 2, VerdictKind.MOVED, -2, "moved two steps down, from 4 to 2"),
        (1, 5, VerdictKind.REVERSED, 4, "changed sides, four steps up, from 1 to 5"),
        (4, 4, VerdictKind.UNCHANGED, 0, "unchanged at 4"),
        (4, 5, VerdictKind.MOVED, 1, "moved one step up, from 4 to 5"),
    ],
)
def test_two_positions_of_one_scale_give_a_described_verdict(before, after, outcome, distance, sentence):
    verdict = shift_rule.compare_positions(before, after, FIVE)
    assert (verdict.outcome, verdict.distance) == (outcome, distance)
    assert shift_rule.verdict_sentence(verdict) == sentence


def test_sides_change_only_from_one_outer_side_to_the_other_as_the_scale_defines_them():
    pairs = [(1, 5), (2, 4), (5, 2), (2, 3), (3, 5), (1, 2), (4, 5)]
    sides = [shift_rule.compare_positions(*pair, SIDED).outcome is VerdictKind.REVERSED for pair in pairs]
    assert sides == [True, True, True, False, False, False, False]


def test_a_scale_without_sides_has_its_two_ends_as_sides_and_no_middle_that_is_crossed():
    across_the_middle = shift_rule.compare_positions(2, 4, FIVE)
    assert (across_the_middle.outcome, across_the_middle.distance) == (VerdictKind.MOVED, 2)
    assert shift_rule.compare_positions(5, 1, FIVE).outcome is VerdictKind.REVERSED


def test_a_scale_may_start_at_nought_and_leave_numbers_out():
    assert shift_rule.steps_between(0, 10, Scale.of((10, 0, 5))) == 2
    assert shift_rule.compare_positions(0, 10, Scale.of((0, 5, 10))).outcome is VerdictKind.REVERSED


def test_a_step_of_another_scale_is_refused():
    with pytest.raises(ValueError, match="not in tuple"):
        shift_rule.steps_between(2, 9, FIVE)


def test_one_sided_verdicts_keep_the_side_they_know():
    assert shift_rule.verdict_sentence(shift_rule.first_position(2)) == "first position, 2"
    assert shift_rule.verdict_sentence(shift_rule.no_later_statement(5)) == "no later statement; 5 before"
    assert (
        shift_rule.verdict_title(shift_rule.not_comparable(shift_rule.NotComparable.FRAGMENTS_AFTER, before=4))
        == "not comparable"
    )


def test_no_verdict_word_judges_the_speaker():
    spoken = " ".join([*VerdictKind, *shift_rule.NotComparable])
    for judging in ("softened", "hardened", "u-turn", "backtracked", "flip", "contradict", "silent", "refused"):
        assert judging not in spoken


@given(steps, st.data())
def test_the_way_back_is_as_long_as_the_way_there(scale_steps, data):
    one, other = data.draw(st.sampled_from(scale_steps)), data.draw(st.sampled_from(scale_steps))
    scale = Scale.of(scale_steps)
    there, back = shift_rule.compare_positions(one, other, scale), shift_rule.compare_positions(other, one, scale)
    assert there.distance == -back.distance
    assert there.outcome is back.outcome


@given(steps, st.data())
def test_only_equal_positions_are_unchanged(scale_steps, data):
    one, other = data.draw(st.sampled_from(scale_steps)), data.draw(st.sampled_from(scale_steps))
    assert (shift_rule.compare_positions(one, other, Scale.of(scale_steps)).outcome is VerdictKind.UNCHANGED) == (
        one == other
    )


@given(steps)
def test_the_two_ends_of_a_scale_are_opposite(scale_steps):
    ends = min(scale_steps), max(scale_steps)
    assert shift_rule.compare_positions(*ends, Scale.of(scale_steps)).outcome is VerdictKind.REVERSED
