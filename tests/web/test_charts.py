"""The charts: left is before, right is after, height is position; nothing hides behind something else."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tracker.positions import lineup
from tracker.positions.lineup import LineUpOptions, LineUpStatement
from tracker.web.views import charts, dates, lineup_chart

PIVOT = datetime(2024, 5, 14, 15, 0, tzinfo=UTC)
TODAY = date(2024, 7, 1)
STEPS = [
    (1, "No entry"),
    (2, "Not now"),
    (3, "Later, when conditions are met"),
    (4, "Clear path now"),
    (5, "Admit now"),
]
NAMES = {1: "Lind", 2: "Aske", 3: "Vale", 4: "Brandt"}

said = st.lists(
    st.builds(
        lambda number, speaker, day, step, confirmed: LineUpStatement(
            claim_id=number, speaker_id=speaker, said_from=day, said_to=day, step=step, confirmed=confirmed
        ),
        st.integers(1, 10_000),
        st.integers(1, 4),
        st.dates(min_value=date(2024, 2, 20), max_value=date(2024, 8, 5)),
        st.one_of(st.none(), st.integers(1, 5)),
        st.booleans(),
    ),
    min_size=1,
    max_size=30,
    unique_by=lambda one: one.claim_id,
)


def drawn(statements):
    built = lineup.build(statements, PIVOT, steps={1: (1, 2, 3, 4, 5)}, names=NAMES, options=LineUpOptions())
    axis = lineup_chart.axis(built, date(2024, 5, 14), date(2024, 5, 15), TODAY)
    return built, lineup_chart.wide(built, STEPS, NAMES, axis, TODAY)


@given(said)
def test_no_dot_of_a_side_stands_on_the_other_side_of_the_pivot(statements):
    built, chart = drawn(statements)
    for row in built.rows:
        alone = lineup_chart.axis(built, date(2024, 5, 14), date(2024, 5, 15), TODAY)
        xs = lineup_chart.apart(row, alone)
        assert all(xs[one.claim_id] < chart.pivot for one in row.before.statements)
        assert all(xs[one.claim_id] > chart.pivot for one in row.after.statements)


@given(said)
def test_no_two_dots_of_one_speaker_share_a_place(statements):
    built, _ = drawn(statements)
    time = lineup_chart.axis(built, date(2024, 5, 14), date(2024, 5, 15), TODAY)
    for row in built.rows:
        for side in (row.before.statements, row.after.statements):
            xs = sorted(lineup_chart.apart(row, time)[one.claim_id] for one in side)
            assert all(other - one > 5 for one, other in pairwise(xs))


@given(said)
def test_a_higher_position_is_drawn_higher(statements):
    _, chart = drawn(statements)
    tops = [band.y for band in chart.bands]
    assert tops == sorted(tops)
    assert all(0 < dot.y < chart.axis for dot in chart.dots)


def test_one_statement_alone_still_makes_a_chart():
    _, chart = drawn(
        [LineUpStatement(claim_id=1, speaker_id=1, said_from=date(2024, 5, 1), said_to=date(2024, 5, 1), step=2)]
    )
    assert len(chart.dots) == 1
    assert chart.names[0].more == "no later statement"


def test_a_long_record_is_counted_by_month_and_a_very_long_one_by_year():
    assert charts.bar_chart([(date(2024, 1, 1), 1), (date(2024, 3, 1), 2)], []).unit == "week"
    assert charts.bar_chart([(date(2020, 1, 1), 1), (date(2024, 3, 1), 2)], []).unit == "month"
    assert charts.bar_chart([(date(1990, 1, 1), 1), (date(2024, 3, 1), 2)], []).unit == "year"
    assert charts.bar_chart([], []) is None


@given(st.lists(st.tuples(st.dates(date(1, 1, 1), date(9999, 12, 31)), st.integers(1, 10**6)), max_size=20))
def test_any_days_at_all_can_be_drawn(per_day):
    chart = charts.bar_chart(sorted(dict(per_day).items()), [("a summit", date(2024, 5, 14), date(2024, 5, 15))])
    if per_day:
        assert sum(row.number for row in chart.table) == sum(dict(per_day).values())
        assert all(0 <= bar.x <= chart.wide.width for bar in chart.wide.bars)


def test_days_are_said_as_the_interface_says_them():
    assert dates.day(date(2023, 7, 12)) == "Wed 12 July 2023"
    assert dates.moment(datetime(2023, 9, 14, 8, 0, tzinfo=UTC) - timedelta(hours=2)) == "14 Sept 2023, 06:00 UTC"
    assert dates.span(date(2023, 7, 11), date(2023, 7, 12)) == "11–12 July 2023"
    assert dates.span(date(2023, 12, 30), date(2024, 1, 2)) == "30 Dec 2023 – 2 Jan 2024"
    assert [dates.ago(date(2023, 7, 11), day) for day in (date(2023, 6, 21), date(2023, 7, 11), date(2026, 1, 1))] == [
        "in 20 days",
        "today",
        "2 years ago",
    ]
    assert (dates.counted(1, "reply"), dates.counted(2, "reply"), dates.counted(2, "day")) == (
        "1 reply",
        "2 replies",
        "2 days",
    )
