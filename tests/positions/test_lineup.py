"""The line-up: sides, key quotes, verdicts and empty cells."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tracker.positions import lineup
from tracker.positions.lineup import Coverage, LineUpOptions
from tracker.positions.models import Event
from tracker.positions.placement import LineUpStatement, Placement, TurningPoint, placement
from tracker.positions.queries import turning_point
from tracker.positions.shift_rule import NotComparable, Scale, VerdictKind

PIVOT = datetime(2024, 5, 14, 15, 0, tzinfo=UTC)
TURN = TurningPoint.at(PIVOT)
SCALES = {1: Scale.of((1, 2, 3, 4, 5))}
NAMES = {1: "Mara Lind", 2: "Tor Aske", 3: "Åse Brandt"}


def stated(claim_id=1, on=None, *, to=None, speaker=1, step=None, **more):
    first = date.fromisoformat(on) if on else None
    last = date.fromisoformat(to) if to else first
    return LineUpStatement(
        claim_id=claim_id, speaker_id=speaker, said_from=first, said_to=last, step=step, **{"confirmed": True, **more}
    )


def row_of(*statements, view=LineUpOptions()):  # noqa: B008 - frozen
    (row,) = lineup.build(statements, TURN, scales=SCALES, names=NAMES, options=view).rows
    return row


def test_a_day_before_the_pivot_is_before_and_a_day_after_it_is_after():
    assert placement(stated(on="2024-05-13"), TURN) is Placement.BEFORE
    assert placement(stated(on="2024-05-15"), TURN) is Placement.AFTER


def test_the_pivots_own_day_without_a_time_is_the_same_day_and_in_no_verdict():
    row = row_of(stated(1, "2024-05-01", step=2), stated(2, "2024-05-14", step=5), stated(3, "2024-05-20", step=3))
    assert [one.claim_id for one in row.same_day] == [2]
    assert (row.verdict.outcome, row.verdict.distance) == (VerdictKind.MOVED, 1)


def test_the_pivots_own_day_with_a_time_is_split_at_the_moment_not_at_midnight():
    early = stated(on="2024-05-14", said_at=PIVOT - timedelta(minutes=1))
    late = stated(on="2024-05-14", said_at=PIVOT)
    assert (placement(early, TURN), placement(late, TURN)) == (Placement.BEFORE, Placement.AFTER)


def test_days_that_reach_across_the_pivot_are_on_no_side():
    assert placement(stated(on="2024-05-12", to="2024-05-16"), TURN) is Placement.UNCERTAIN
    assert placement(stated(on="2024-05-14", to="2024-05-15"), TURN) is Placement.UNCERTAIN


def test_an_unknown_day_is_never_put_to_a_side():
    row = row_of(stated(1, None, step=5), stated(2, "2024-05-20", step=3))
    assert [one.claim_id for one in row.unknown] == [1]
    assert row.verdict.outcome is VerdictKind.FIRST


def test_on_or_before_a_day_before_the_pivot_is_before():
    assert (
        placement(LineUpStatement(claim_id=1, speaker_id=1, said_from=None, said_to=date(2024, 5, 10)), TURN)
        is Placement.BEFORE
    )
    assert (
        placement(LineUpStatement(claim_id=1, speaker_id=1, said_from=None, said_to=date(2024, 5, 20)), TURN)
        is Placement.UNCERTAIN
    )


def test_an_editors_choice_beats_every_other_key_quote():
    chosen = stated(1, "2024-03-01", step=1, key_quote=True)
    assert lineup.key_quote([stated(2, "2024-05-13", step=4, sources=9), chosen], TURN) is chosen


def test_a_coded_statement_beats_a_nearer_one_without_a_position():
    coded = stated(1, "2024-05-01", step=2)
    assert lineup.key_quote([stated(2, "2024-05-13"), coded], TURN) is coded


def test_the_nearest_coded_statement_speaks_for_a_side_and_sources_break_a_tie():
    near, more = stated(2, "2024-05-12", step=3), stated(3, "2024-05-12", step=3, sources=4)
    assert lineup.key_quote([stated(1, "2024-05-01", step=2, sources=9), near], TURN) is near
    assert lineup.key_quote([near, more], TURN) is more


def test_only_fragments_after_the_event_are_not_comparable():
    row = row_of(stated(1, "2024-05-01", step=4), stated(2, "2024-05-15", fragment=True))
    assert (row.verdict.outcome, row.verdict.refusal) == (VerdictKind.UNCLEAR, NotComparable.FRAGMENTS_AFTER)


def test_nothing_found_after_the_event_says_so_and_what_was_searched():
    searched = (Coverage(), Coverage(sources=12, failing=1))
    (row,) = lineup.build(
        [stated(1, "2024-05-01", step=5)], TURN, scales=SCALES, names=NAMES, options=LineUpOptions(), coverage=searched
    ).rows
    assert row.verdict.outcome is VerdictKind.SILENT
    assert (row.after.statements, row.after.key, row.after.coverage.sources) == ((), None, 12)


def test_a_suggestion_is_in_no_verdict_and_told_apart_where_it_is_asked_for():
    said = stated(1, "2024-05-01", step=2), stated(2, "2024-05-20", step=3, confirmed=False)
    row = row_of(*said, view=LineUpOptions(confirmed_only=False))
    assert row.verdict.refusal is NotComparable.NOT_CODED_AFTER
    assert (row.proposed.outcome, row.proposed.distance) == (VerdictKind.MOVED, 1)
    assert (row.after.key.step, row.after.shown.step) == (None, 3)


def test_a_nearer_suggestion_never_takes_the_place_of_a_confirmed_key_quote():
    said = (
        stated(1, "2024-05-01", step=2),
        stated(2, "2024-05-13", step=5, confirmed=False, sources=9),
        stated(3, "2024-05-20", step=2),
    )
    row = row_of(*said, view=LineUpOptions(confirmed_only=False))
    assert (row.before.shown.claim_id, row.verdict.outcome, row.proposed) == (1, VerdictKind.UNCHANGED, None)


def test_confirmed_only_hides_the_suggested_position_but_not_the_statement():
    both = stated(1, "2024-05-01", step=2), stated(2, "2024-05-20", step=3, confirmed=False)
    row = row_of(*both)
    assert row.verdict.refusal is NotComparable.NOT_CODED_AFTER
    assert [(one.claim_id, one.step) for one in row.after.statements] == [(2, None)]
    assert row.proposed is None


def test_a_statement_of_the_pivots_day_is_never_told_as_none_found():
    row = row_of(stated(1, "2024-05-01", step=2), stated(2, "2024-05-14", step=4), stated(3, "2024-05-14"))
    assert (row.verdict.outcome, row.verdict.refusal) == (VerdictKind.UNCLEAR, NotComparable.SAME_DAY_AFTER)
    unsure = row_of(stated(1, "2024-05-01", step=2), stated(2, "2024-05-12", to="2024-05-16", step=4))
    assert unsure.verdict.refusal is NotComparable.UNSURE_AFTER


def test_an_editor_places_what_its_day_does_not_and_a_proven_day_stays():
    later = stated(2, "2024-05-14", step=4, placed=Placement.AFTER)
    row = row_of(stated(1, "2024-05-01", step=2), later)
    assert (row.verdict.outcome, row.verdict.distance, row.same_day) == (VerdictKind.MOVED, 2, ())
    assert placement(stated(1, "2024-05-01", placed=Placement.AFTER), TURN) is Placement.BEFORE
    early = stated(1, "2024-05-14", said_at=PIVOT - timedelta(minutes=1), placed=Placement.AFTER)
    assert placement(early, TURN) is Placement.BEFORE
    assert placement(stated(placed=Placement.BEFORE), TURN) is Placement.BEFORE


def test_the_pivots_day_is_told_where_it_happened():
    """At 23:30 UTC it is the next day in Vilnius: what was said on that next day is the same day there."""
    event = Event(
        id="e", name="E", starts_on=date(2024, 5, 14), ends_on=date(2024, 5, 15), created_at=PIVOT,
        pivot=datetime(2024, 5, 14, 23, 30, tzinfo=UTC), zone="Europe/Vilnius", pivot_zone="Europe/Vilnius",
    )  # fmt: skip
    turn = turning_point(event)
    places = [placement(stated(on=day), turn) for day in ("2024-05-14", "2024-05-15", "2024-05-16")]
    assert places == [Placement.BEFORE, Placement.SAME_DAY, Placement.AFTER]


def test_the_days_of_an_event_stand_between_where_it_has_days_of_its_own():
    turn = TurningPoint(moment=PIVOT, day=PIVOT.date(), during=(date(2024, 5, 14), date(2024, 5, 16)))
    days = ["2024-05-13", "2024-05-14", "2024-05-16", "2024-05-17"]
    places = [placement(stated(on=day), turn) for day in days]
    assert places == [Placement.BEFORE, Placement.DURING, Placement.DURING, Placement.AFTER]
    assert placement(stated(on="2024-05-16", to="2024-05-17"), turn) is Placement.UNCERTAIN
    assert placement(stated(on="2024-05-14", said_at=PIVOT), turn) is Placement.DURING
    assert placement(stated(on="2024-05-17", said_at=PIVOT + timedelta(days=3)), turn) is Placement.AFTER
    said = stated(1, "2024-05-13", step=2), stated(2, "2024-05-15", step=5), stated(3, "2024-05-17", step=3)
    (row,) = lineup.build(said, turn, scales=SCALES, names=NAMES, options=LineUpOptions()).rows
    assert ([one.claim_id for one in row.during], row.verdict.distance) == ([2], 1)


def test_the_range_of_a_side_is_kept_where_its_confirmed_positions_differ():
    said = (
        stated(1, "2024-04-01", step=1),
        stated(2, "2024-05-01", step=3),
        stated(3, "2024-05-02", step=5, confirmed=False),
        stated(4, "2024-05-20", step=3),
    )
    row = row_of(*said, view=LineUpOptions(confirmed_only=False))
    assert (row.before.held, row.after.held) == ((1, 3), (3,))


def test_free_days_replace_the_days_of_the_window():
    said = stated(1, "2024-01-01", step=2), stated(2, "2024-05-20", step=3)
    assert row_of(*said, view=LineUpOptions(first_day=date(2023, 12, 31))).verdict.outcome is VerdictKind.MOVED
    far = lineup.build(
        said, TURN, scales=SCALES, names=NAMES, options=LineUpOptions(window_days=None, last_day=date(2024, 5, 19))
    )
    assert far.rows[0].verdict.outcome is VerdictKind.SILENT


def test_other_statements_of_a_side_coded_differently_are_told():
    row = row_of(stated(1, "2024-04-01", step=3), stated(2, "2024-05-01", step=2), stated(3, "2024-05-20", step=3))
    (differing,) = row.differing
    assert (differing.place, differing.step, differing.steps_away, differing.claims) == (Placement.BEFORE, 3, 1, (1,))


def test_positions_of_two_versions_of_the_scale_are_never_compared():
    old, new = stated(1, "2024-05-01", step=2), stated(2, "2024-05-20", step=2, scale=2)
    (row,) = lineup.build(
        [old, new],
        TURN,
        scales={1: Scale.of((1, 2, 3)), 2: Scale.of((1, 2, 3, 4))},
        names=NAMES,
        options=LineUpOptions(),
    ).rows
    assert row.verdict.refusal is NotComparable.OTHER_SCALE


def test_a_statement_outside_the_window_is_left_out():
    far, near = stated(1, "2024-01-01", step=2), stated(2, "2024-05-20", step=3)
    assert row_of(far, near, view=LineUpOptions(window_days=30)).verdict.outcome is VerdictKind.FIRST
    assert row_of(far, near, view=LineUpOptions(window_days=None)).verdict.outcome is VerdictKind.MOVED


def test_the_order_by_shift_puts_changed_sides_first_and_the_larger_move_before_the_smaller():
    pairs = {1: (3, 4), 2: (3, 5), 3: (1, 5)}
    statements = [
        one
        for speaker, (before, after) in pairs.items()
        for one in (
            stated(speaker * 2, "2024-05-01", speaker=speaker, step=before),
            stated(speaker * 2 + 1, "2024-05-20", speaker=speaker, step=after),
        )
    ]
    rows = lineup.build(statements, TURN, scales=SCALES, names=NAMES, options=LineUpOptions()).rows
    assert [row.speaker_id for row in rows] == [3, 2, 1]
    by_name = lineup.build(statements, TURN, scales=SCALES, names=NAMES, options=LineUpOptions(order="name")).rows
    assert [row.speaker_id for row in by_name] == [1, 2, 3]
    by_position = lineup.build(
        statements, TURN, scales=SCALES, names=NAMES, options=LineUpOptions(order="position")
    ).rows
    assert [row.verdict.after for row in by_position] == [5, 5, 4]


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
    order=st.sampled_from(lineup.ORDERS),
)


@given(statements, views)
def test_every_statement_stands_in_exactly_one_place(found, view):
    rows = lineup.build(found, TURN, scales=SCALES, names=NAMES, options=view).rows
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
    for row in lineup.build(found, TURN, scales=SCALES, names=NAMES, options=view).rows:
        assert all(one.said_to < PIVOT.date() for one in row.before.statements)
        assert all(one.said_from > PIVOT.date() for one in row.after.statements)


@given(statements, views, st.randoms())
def test_the_result_does_not_depend_on_the_order_of_the_input(found, view, chance):
    shuffled = list(found)
    chance.shuffle(shuffled)
    assert lineup.build(found, TURN, scales=SCALES, names=NAMES, options=view) == lineup.build(
        shuffled, TURN, scales=SCALES, names=NAMES, options=view
    )


@given(statements, views)
def test_the_tally_counts_every_row_once(found, view):
    result = lineup.build(found, TURN, scales=SCALES, names=NAMES, options=view)
    assert sum(number for _, number in result.tally) == len(result.rows)


@given(statements, views)
def test_a_verdict_follows_from_the_key_quotes_alone(found, view):
    for row in lineup.build(found, TURN, scales=SCALES, names=NAMES, options=view).rows:
        if row.verdict.outcome in {VerdictKind.MOVED, VerdictKind.REVERSED, VerdictKind.UNCHANGED}:
            assert row.verdict.after - row.verdict.before == row.verdict.distance
            assert (row.before.key.step, row.after.key.step) == (row.verdict.before, row.verdict.after)
        for key in (row.before.key, row.after.key):
            assert key is None or key.step is None or key.confirmed
        if view.confirmed_only:
            assert row.proposed is None
