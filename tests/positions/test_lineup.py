"""The line-up: sides, key quotes, verdicts and empty cells."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tracker.positions import lineup
from tracker.positions.lineup import Coverage, LineUpOptions, LineUpStatement, Placement
from tracker.positions.shift_rule import NotComparable, VerdictKind

PIVOT = datetime(2024, 5, 14, 15, 0, tzinfo=UTC)
STEPS = {1: (1, 2, 3, 4, 5)}
NAMES = {1: "Mara Lind", 2: "Tor Aske", 3: "Åse Brandt"}


def stated(claim_id=1, on=None, *, to=None, speaker=1, step=None, **more):
    first = date.fromisoformat(on) if on else None
    last = date.fromisoformat(to) if to else first
    return LineUpStatement(
        claim_id=claim_id, speaker_id=speaker, said_from=first, said_to=last, step=step, **{"confirmed": True, **more}
    )


def row_of(*statements, view=LineUpOptions()):  # noqa: B008 - frozen
    (row,) = lineup.build(statements, PIVOT, steps=STEPS, names=NAMES, options=view).rows
    return row


def test_a_day_before_the_pivot_is_before_and_a_day_after_it_is_after():
    assert lineup.placement(stated(on="2024-05-13"), PIVOT) is Placement.BEFORE
    assert lineup.placement(stated(on="2024-05-15"), PIVOT) is Placement.AFTER


def test_the_pivots_own_day_without_a_time_is_the_same_day_and_in_no_verdict():
    row = row_of(stated(1, "2024-05-01", step=2), stated(2, "2024-05-14", step=5), stated(3, "2024-05-20", step=3))
    assert [one.claim_id for one in row.same_day] == [2]
    assert (row.verdict.outcome, row.verdict.distance) == (VerdictKind.MOVED, 1)


def test_the_pivots_own_day_with_a_time_is_split_at_the_moment_not_at_midnight():
    early = stated(on="2024-05-14", said_at=PIVOT - timedelta(minutes=1))
    late = stated(on="2024-05-14", said_at=PIVOT)
    assert (lineup.placement(early, PIVOT), lineup.placement(late, PIVOT)) == (Placement.BEFORE, Placement.AFTER)


def test_days_that_reach_across_the_pivot_are_on_no_side():
    assert lineup.placement(stated(on="2024-05-12", to="2024-05-16"), PIVOT) is Placement.UNCERTAIN
    assert lineup.placement(stated(on="2024-05-14", to="2024-05-15"), PIVOT) is Placement.UNCERTAIN


def test_an_unknown_day_is_never_put_to_a_side():
    row = row_of(stated(1, None, step=5), stated(2, "2024-05-20", step=3))
    assert [one.claim_id for one in row.unknown] == [1]
    assert row.verdict.outcome is VerdictKind.FIRST


def test_on_or_before_a_day_before_the_pivot_is_before():
    assert (
        lineup.placement(LineUpStatement(claim_id=1, speaker_id=1, said_from=None, said_to=date(2024, 5, 10)), PIVOT)
        is Placement.BEFORE
    )
    assert (
        lineup.placement(LineUpStatement(claim_id=1, speaker_id=1, said_from=None, said_to=date(2024, 5, 20)), PIVOT)
        is Placement.UNCERTAIN
    )


def test_an_editors_choice_beats_every_other_key_quote():
    chosen = stated(1, "2024-03-01", step=1, key_quote=True)
    assert lineup.key_quote([stated(2, "2024-05-13", step=4, sources=9), chosen], PIVOT) is chosen


def test_a_coded_statement_beats_a_nearer_one_without_a_position():
    coded = stated(1, "2024-05-01", step=2)
    assert lineup.key_quote([stated(2, "2024-05-13"), coded], PIVOT) is coded


def test_the_nearest_coded_statement_speaks_for_a_side_and_sources_break_a_tie():
    near, more = stated(2, "2024-05-12", step=3), stated(3, "2024-05-12", step=3, sources=4)
    assert lineup.key_quote([stated(1, "2024-05-01", step=2, sources=9), near], PIVOT) is near
    assert lineup.key_quote([near, more], PIVOT) is more


def test_only_fragments_after_the_event_are_not_comparable():
    row = row_of(stated(1, "2024-05-01", step=4), stated(2, "2024-05-15", fragment=True))
    assert (row.verdict.outcome, row.verdict.refusal) == (VerdictKind.UNCLEAR, NotComparable.FRAGMENTS_AFTER)
    assert row.confirmed is None


def test_nothing_found_after_the_event_says_so_and_what_was_searched():
    searched = (Coverage(), Coverage(sources=12, failing=1))
    (row,) = lineup.build(
        [stated(1, "2024-05-01", step=5)], PIVOT, steps=STEPS, names=NAMES, options=LineUpOptions(), coverage=searched
    ).rows
    assert row.verdict.outcome is VerdictKind.SILENT
    assert (row.after.statements, row.after.key, row.after.coverage.sources) == ((), None, 12)


def test_a_verdict_that_rests_on_a_suggestion_says_so():
    confirmed, suggested = stated(1, "2024-05-01", step=2), stated(2, "2024-05-20", step=2, confirmed=False)
    assert row_of(confirmed, suggested).confirmed is False
    assert row_of(confirmed, stated(3, "2024-05-20", step=2)).confirmed is True


def test_confirmed_only_hides_the_suggested_position_but_not_the_statement():
    both = stated(1, "2024-05-01", step=2), stated(2, "2024-05-20", step=3, confirmed=False)
    row = row_of(*both, view=LineUpOptions(confirmed_only=True))
    assert row.verdict.refusal is NotComparable.NOT_CODED_AFTER
    assert [one.claim_id for one in row.after.statements] == [2]


def test_other_statements_of_a_side_coded_differently_are_told():
    row = row_of(stated(1, "2024-04-01", step=3), stated(2, "2024-05-01", step=2), stated(3, "2024-05-20", step=3))
    (differing,) = row.differing
    assert (differing.place, differing.step, differing.steps_away, differing.claims) == (Placement.BEFORE, 3, 1, (1,))


def test_positions_of_two_versions_of_the_scale_are_never_compared():
    old, new = stated(1, "2024-05-01", step=2), stated(2, "2024-05-20", step=2, scale=2)
    (row,) = lineup.build(
        [old, new], PIVOT, steps={1: (1, 2, 3), 2: (1, 2, 3, 4)}, names=NAMES, options=LineUpOptions()
    ).rows
    assert row.verdict.refusal is NotComparable.OTHER_SCALE


def test_a_statement_outside_the_window_is_left_out():
    far, near = stated(1, "2024-01-01", step=2), stated(2, "2024-05-20", step=3)
    assert row_of(far, near, view=LineUpOptions(window_days=30)).verdict.outcome is VerdictKind.FIRST
    assert row_of(far, near, view=LineUpOptions(window_days=None)).verdict.outcome is VerdictKind.MOVED


def test_the_order_by_shift_puts_reversed_first_and_the_larger_move_before_the_smaller():
    pairs = {1: (3, 4), 2: (3, 5), 3: (1, 5)}
    statements = [
        one
        for speaker, (before, after) in pairs.items()
        for one in (
            stated(speaker * 2, "2024-05-01", speaker=speaker, step=before),
            stated(speaker * 2 + 1, "2024-05-20", speaker=speaker, step=after),
        )
    ]
    rows = lineup.build(statements, PIVOT, steps=STEPS, names=NAMES, options=LineUpOptions()).rows
    assert [row.speaker_id for row in rows] == [3, 2, 1]
    by_name = lineup.build(statements, PIVOT, steps=STEPS, names=NAMES, options=LineUpOptions(order="name")).rows
    assert [row.speaker_id for row in by_name] == [1, 2, 3]


days = st.one_of(st.none(), st.dates(min_value=date(2024, 1, 1), max_value=date(2024, 12, 31)))
statements = st.lists(
    st.builds(
        lambda number, speaker, day, more, step, confirmed, chosen, fragment, sources: LineUpStatement(
            claim_id=number,
            speaker_id=speaker,
            said_from=day,
            said_to=day + timedelta(days=more) if day else None,
            step=None if fragment else step,
            confirmed=confirmed,
            key_quote=chosen,
            fragment=fragment,
            sources=sources,
        ),
        st.integers(1, 10_000),
        st.integers(1, 3),
        days,
        st.integers(0, 40),
        st.one_of(st.none(), st.integers(1, 5)),
        st.booleans(),
        st.booleans(),
        st.booleans(),
        st.integers(1, 9),
    ),
    max_size=25,
    unique_by=lambda one: one.claim_id,
)
views = st.builds(
    LineUpOptions,
    window_days=st.one_of(st.none(), st.integers(0, 400)),
    confirmed_only=st.booleans(),
    order=st.sampled_from(["shift", "name", "last"]),
)


@given(statements, views)
def test_every_statement_stands_in_exactly_one_place(found, view):
    rows = lineup.build(found, PIVOT, steps=STEPS, names=NAMES, options=view).rows
    placed = [
        one.claim_id
        for row in rows
        for strip in (row.before.statements, row.after.statements, row.same_day, row.uncertain, row.unknown)
        for one in strip
    ]
    assert len(placed) == len(set(placed))
    if view.window_days is None:
        assert sorted(placed) == sorted(one.claim_id for one in found)


@given(statements, views)
def test_no_side_ever_holds_a_day_that_could_lie_on_the_other(found, view):
    for row in lineup.build(found, PIVOT, steps=STEPS, names=NAMES, options=view).rows:
        assert all(one.said_to < PIVOT.date() for one in row.before.statements)
        assert all(one.said_from > PIVOT.date() for one in row.after.statements)


@given(statements, views, st.randoms())
def test_the_result_does_not_depend_on_the_order_of_the_input(found, view, chance):
    shuffled = list(found)
    chance.shuffle(shuffled)
    assert lineup.build(found, PIVOT, steps=STEPS, names=NAMES, options=view) == lineup.build(
        shuffled, PIVOT, steps=STEPS, names=NAMES, options=view
    )


@given(statements, views)
def test_the_tally_counts_every_row_once(found, view):
    result = lineup.build(found, PIVOT, steps=STEPS, names=NAMES, options=view)
    assert sum(number for _, number in result.tally) == len(result.rows)


@given(statements, views)
def test_a_verdict_follows_from_the_key_quotes_alone(found, view):
    for row in lineup.build(found, PIVOT, steps=STEPS, names=NAMES, options=view).rows:
        if row.verdict.outcome in {VerdictKind.MOVED, VerdictKind.REVERSED, VerdictKind.UNCHANGED}:
            assert row.verdict.after - row.verdict.before == row.verdict.distance
            assert (row.before.key.step, row.after.key.step) == (row.verdict.before, row.verdict.after)
        if view.confirmed_only and row.confirmed is not None:
            assert row.confirmed
