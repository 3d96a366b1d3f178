"""The charts: left is before, right is after; whoever moved has an arrow; every mark opens its quote."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from tracker.positions import lineup
from tracker.positions.lineup import LineUpOptions
from tracker.positions.placement import LineUpStatement, TurningPoint
from tracker.positions.shift_rule import Scale, VerdictKind
from tracker.speech.models import QuoteKind
from tracker.speech.queries import SpeakerRef
from tracker.speech.types import Polarity
from tracker.web.views import charts, dates, lineup_chart

PIVOT = datetime(2024, 5, 14, 15, 0, tzinfo=UTC)
TURN = TurningPoint.at(PIVOT)
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


def drawn(statements, *, confirmed_only=True):
    built = lineup.build(
        statements, TURN, scales={1: Scale.of((1, 2, 3, 4, 5))}, names=NAMES,
        options=LineUpOptions(confirmed_only=confirmed_only),
    )  # fmt: skip
    known = {one.claim_id: statement(one) for one in statements}
    speakers = {number: SpeakerRef(number, name.lower(), name) for number, name in NAMES.items()}
    return built, lineup_chart.draw(built, TURN, STEPS, speakers, known.get)


def statement(one, polarity=Polarity.AFFIRMED):
    """What a page holds of a statement, as far as a mark tells it."""
    return SimpleNamespace(
        public_id=f"c{one.claim_id}", text="We keep our word " * 20, kind=QuoteKind.DIRECT, polarity=polarity,
        said_from=one.said_from, said_to=one.said_to,
    )  # fmt: skip


@given(said)
def test_every_row_is_drawn_and_whoever_moved_has_an_arrow_from_ring_to_dot(statements):
    built, chart = drawn(statements)
    assert [row.slug for row in chart.rows] == [NAMES[row.speaker_id].lower() for row in built.rows]
    for row, line in zip(built.rows, chart.rows, strict=True):
        moved = row.verdict.outcome in {VerdictKind.MOVED, VerdictKind.REVERSED}
        assert (line.moved, line.firm) == (moved, moved)
        if moved:
            assert line.arrow
            assert (line.after.x > line.before.x) == (row.verdict.distance > 0)
            assert not line.before.suggested
            assert not line.after.suggested


@given(said)
def test_without_suggestions_no_mark_is_dashed(statements):
    _, chart = drawn(statements)
    for row in chart.rows:
        assert all(mark.kind != "dot-prop" for mark in row.strip)
        assert row.proposed is None


@given(said)
def test_what_was_said_before_stands_left_of_the_event_and_what_was_said_after_right(statements):
    built, chart = drawn(statements, confirmed_only=False)
    for row, line in zip(built.rows, chart.rows, strict=True):
        before = {f"c{one.claim_id}" for one in row.before.statements}
        assert all((mark.x < lineup_chart.MIDDLE) == (mark.public_id in before) for mark in line.strip)
        assert all(0 < mark.x < lineup_chart.WIDTH for mark in line.strip)


def test_every_mark_opens_its_quote_and_has_it_as_its_title():
    day = date(2024, 5, 1)
    one = LineUpStatement(claim_id=7, speaker_id=1, said_from=day, said_to=day, step=2, confirmed=True)
    _, chart = drawn([one])
    (row,) = chart.rows
    assert (row.before.public_id, row.before.day, row.strip[0].public_id) == ("c7", "1 May", "c7")
    assert row.before.title.startswith("1 May 2024: “We keep our word")
    assert row.before.title.endswith("[…]”")
    assert lineup_chart.title(statement(one, Polarity.DENIED)).startswith("1 May 2024: Denied: “")


def test_a_suggested_end_is_marked_as_suggested_and_its_change_is_told_apart():
    day = date(2024, 5, 1)
    early = LineUpStatement(claim_id=1, speaker_id=1, said_from=day, said_to=day, step=2, confirmed=True)
    late = LineUpStatement(
        claim_id=2, speaker_id=1, said_from=date(2024, 5, 20), said_to=date(2024, 5, 20), step=4, confirmed=False
    )
    _, chart = drawn([early, late], confirmed_only=False)
    (row,) = chart.rows
    assert (row.moved, row.firm, row.after.suggested) == (False, False, True)
    assert row.proposed == "Suggested: moved two steps up"
    assert row.change == "Not comparable"


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
