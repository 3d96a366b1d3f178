"""Small charts as plain geometry: statements in each week, month or year; a speaker's positions over time. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from tracker.web.views import dates

TOP, BASE = 40.0, 150.0
LEFT = 28.0
LABEL_FROM = 14.0
WEEKS, MONTHS = 60, 60
LINES = 4
FEWEST = 12
EARLIEST = date(2, 1, 1)
STEP = {"week": timedelta(days=7), "month": timedelta(days=32), "year": timedelta(days=366)}
SIZES = tuple(first * 10**power for power in range(9) for first in (1, 2, 5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bucket of time with its count; `label` is False where the bar is too thin for a number."""

    x: float
    y: float
    width: float
    height: float
    number: int
    label: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """Something on the time axis: a day with words, or the band of an event."""

    x: float
    width: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """A bar chart of one width."""

    width: float
    bars: tuple[Bar, ...]
    events: tuple[Mark, ...]
    ticks: tuple[Mark, ...]
    grid: tuple[tuple[float, int], ...]


@dataclass(frozen=True, slots=True)
class Bucket:
    """A row of the table under the chart."""

    words: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BarChart:
    """The chart in two widths, its table, and its finding in words."""

    unit: str
    wide: Bars
    narrow: Bars
    table: tuple[Bucket, ...]
    finding: str


@dataclass(frozen=True, slots=True)
class Point:
    """A position on one day."""

    x: float
    y: float
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionChart:
    """One speaker's positions over time in one width."""

    width: float
    height: float
    grid: tuple[float, ...]
    top: int
    bottom: int
    events: tuple[float, ...]
    ticks: tuple[Mark, ...]
    lines: tuple[str, ...]
    points: tuple[Point, ...]


def bar_chart(per_day: Sequence[tuple[date, int]], events: Sequence[tuple[str, date, date]]) -> BarChart | None:
    """The statements of a topic over time; None without any."""
    if not per_day:
        return None
    unit = _unit(per_day[0][0], per_day[-1][0])
    numbers: dict[date, int] = {}
    for day, number in per_day:
        start = _start(day, unit)
        numbers[start] = numbers.get(start, 0) + number
    starts = _roomy(_starts(min(numbers), max(numbers), unit), unit)
    most = max(numbers.values())
    busiest = max(numbers, key=lambda start: numbers[start])
    finding = (
        f"Most statements fall in the {unit} of {_words(busiest, unit)}: {most}. All values are in the table below."
    )
    table = tuple(Bucket(_words(start, unit), numbers[start]) for start in starts if start in numbers)
    inside = [event for event in events if _start(event[1], unit) <= starts[-1] and _start(event[2], unit) >= starts[0]]
    return BarChart(
        unit=unit,
        wide=_bars(1044, starts, numbers, unit, inside),
        narrow=_bars(354, starts, numbers, unit, inside),
        table=table,
        finding=finding,
    )


def position_chart(
    width: float, steps: Sequence[int], said: Sequence[tuple[date, int | None, bool]], pivots: Sequence[date]
) -> PositionChart:
    """One speaker's statements on one topic: day, step, confirmed; the steps of the scale lowest first."""
    first, last = min(day for day, _, _ in said), max(day for day, _, _ in said)
    first, last = first - timedelta(days=14), last + timedelta(days=14)
    days = max(1, (last - first).days)
    gap = 72 / max(1, len(steps) - 1)

    def x(day: date) -> float:
        return round(22 + (width - 30) * (day - first).days / days, 1)

    def y(step: int) -> float:
        return round(82 - gap * steps.index(step), 1)

    points = tuple(
        Point(x(day), y(step), "dot" if confirmed else "dot-sug")
        for day, step, confirmed in said
        if step is not None and step in steps
    )
    lines = tuple(
        f"M{one.x} {one.y}C{middle:.1f} {one.y} {middle:.1f} {other.y} {other.x} {other.y}"
        for one, other in pairwise(points)
        for middle in ((one.x + other.x) / 2,)
    )
    marks = tuple(x(day) for day in pivots if first <= day <= last)
    months = _month_marks(first, last, x(first), x(last))
    return PositionChart(
        width=width,
        height=110,
        grid=tuple(y(step) for step in steps),
        top=steps[-1],
        bottom=steps[0],
        events=marks,
        ticks=months,
        lines=lines,
        points=points,
    )


def _unit(first: date, last: date) -> str:
    days = (last - first).days
    if days <= 7 * WEEKS:
        return "week"
    return "month" if days <= 30 * MONTHS else "year"


def _start(day: date, unit: str) -> date:
    if unit == "week":
        return day - timedelta(days=day.weekday()) if day.toordinal() > day.weekday() else day
    return day.replace(day=1) if unit == "month" else day.replace(month=1, day=1)


def _starts(first: date, last: date, unit: str) -> list[date]:
    found = [first]
    while found[-1] < last:
        found.append(_start(found[-1] + STEP[unit], unit))
    return found


def _roomy(starts: list[date], unit: str) -> list[date]:
    """At least a dozen buckets, so that a single one does not fill the chart."""
    while len(starts) < FEWEST and starts[0] > EARLIEST:
        starts = [
            _start(starts[0] - timedelta(days=1), unit),
            *starts,
            *_starts(starts[-1], starts[-1] + STEP[unit], unit)[1:2],
        ]
    return starts


def _words(start: date, unit: str) -> str:
    if unit == "week":
        return dates.short_day(start)
    return dates.month(start) if unit == "month" else str(start.year)


def _bars(
    width: float, starts: Sequence[date], numbers: dict[date, int], unit: str, events: Sequence[tuple[str, date, date]]
) -> Bars:
    slot = (width - LEFT - 4) / len(starts)
    most = max(numbers.values())
    bars = tuple(
        Bar(
            x=round(LEFT + index * slot + slot * 0.16, 1),
            y=round(BASE - (BASE - TOP) * numbers[start] / most, 1),
            width=round(slot * 0.68, 1),
            height=round((BASE - TOP) * numbers[start] / most, 1),
            number=numbers[start],
            label=slot >= LABEL_FROM or len(numbers) * LABEL_FROM < width / 2,
        )
        for index, start in enumerate(starts)
        if start in numbers
    )
    marks = [_event(one, starts, slot, unit) for one in events]
    grid = tuple((round(BASE - (BASE - TOP) * value / most, 1), value) for value in _grid(most))
    return Bars(width=width, bars=bars, events=_clear(marks, width), ticks=_ticks(starts, slot, unit, width), grid=grid)


def _event(one: tuple[str, date, date], starts: Sequence[date], slot: float, unit: str) -> Mark:
    words, first, last = one
    index = next((n for n, start in enumerate(starts) if start >= _start(first, unit)), len(starts) - 1)
    until = next((n for n, start in enumerate(starts) if start >= _start(last, unit)), len(starts) - 1)
    return Mark(round(LEFT + index * slot, 1), round(slot * (until - index + 1), 1), words)


def _clear(marks: Sequence[Mark], width: float) -> tuple[Mark, ...]:
    """The marks with their words taken off where they would run into each other or off the chart."""
    end, kept = 0.0, []
    for mark in sorted(marks, key=lambda one: one.x):
        half = len(mark.words) * 3.7
        middle = mark.x + mark.width / 2
        fits = middle - half > end and middle + half < width and half * 2 < width / 2
        end = middle + half + 10 if fits else end
        kept.append(mark if fits else Mark(mark.x, mark.width, ""))
    return tuple(kept)


def _ticks(starts: Sequence[date], slot: float, unit: str, width: float) -> tuple[Mark, ...]:
    room = 48.0
    marks: list[Mark] = []
    last = -room
    seen: set[str] = set()
    for index, start in enumerate(starts):
        words = _tick_words(start, unit)
        x = round(LEFT + index * slot, 1)
        needs = room + (30 if len(words) > 5 else 0)  # noqa: PLR2004 - a month with its year
        if words not in seen and x - last >= room and x + needs <= width:
            marks.append(Mark(x, 0, words))
            last = x + needs - room
        seen.add(words)
        if unit == "week" and start.month == 12:  # noqa: PLR2004 - the same month's name comes again next year
            seen.clear()
            seen.add(words)
    return tuple(marks)


def _tick_words(start: date, unit: str) -> str:
    if unit == "year":
        return str(start.year)
    return dates.month(start) if start.month == 1 else dates.MONTHS[start.month - 1]


def _grid(most: int) -> list[int]:
    step = next(size for size in SIZES if most <= size * LINES)
    return list(range(0, most + 1, step))


def _month_marks(first: date, last: date, left: float, right: float) -> tuple[Mark, ...]:
    days = max(1, (last - first).days)
    room, end = 44.0, -100.0
    marks = []
    day = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    while day <= last:
        x = round(left + (right - left) * (day - first).days / days, 1)
        words = dates.month(day) if day.month == 1 else dates.MONTHS[day.month - 1]
        width = room + (30 if day.month == 1 else 0)
        if x >= end and x + width <= right + 8:
            marks.append(Mark(x, 0, words))
            end = x + width
        day = (day + timedelta(days=32)).replace(day=1)
    return tuple(marks)
