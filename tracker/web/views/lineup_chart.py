"""The line-up's chart as plain geometry: a track for each speaker in each step, before left of the pivot. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from tracker.positions.lineup import LineUp, LineUpRow, LineUpStatement, Placement, placement
from tracker.positions.shift_rule import VerdictKind

LEFT, RIGHT = 196.0, 1120.0
EVENT = 60.0
TOP, TRACK, GAP, EMPTY = 34.0, 24.0, 3.0, 38.0
LINE = 17.0
WRAP = 22
NEAR = 9.0
DOT = 11.0
MOST = 60
"""Dots of one speaker on each side: the nearest ones."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A label at a point."""

    x: float
    y: float
    words: str
    more: str = ""
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class Band:
    """The band of one step."""

    y: float
    height: float
    lines: tuple[Text, ...]
    empty: bool


@dataclass(frozen=True, slots=True)
class Dot:
    """One statement: "dot" confirmed, "dot-sug" suggested, "dot-unk" without a position; ringed as key quote."""

    x: float
    y: float
    kind: str
    key: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch between two statements of one speaker."""

    path: str
    kind: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the time axis; its label may be empty."""

    x: float
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wide:
    """The chart for wide screens and paper: time to the right, position upwards."""

    height: float
    axis: float
    bands: tuple[Band, ...]
    event_x: float
    event_width: float
    pivot: float
    ticks: tuple[Tick, ...]
    lines: tuple[Line, ...]
    dots: tuple[Dot, ...]
    names: tuple[Text, ...]
    today: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NarrowRow:
    """One speaker in the narrow chart: a ring before, a dot after, an arrow between."""

    y: float
    name: str
    before: float | None
    after: float | None
    moved: str
    arrow: str


@dataclass(frozen=True, slots=True)
class NarrowColumn:
    """The column of one step."""

    x: float
    width: float
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrow:
    """The chart for narrow screens: one row for each speaker, one column for each step."""

    height: float
    columns: tuple[NarrowColumn, ...]
    rows: tuple[NarrowRow, ...]
    low: str
    high: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """Time to the right, stretched over the days of the event."""

    first: date
    last: date
    starts: date
    ends: date
    pivot: datetime

    def day(self, value: date, fraction: float = 0.5) -> float:
        """Where a day stands."""
        value = min(max(value, self.first), self.last)
        per_day = (RIGHT - LEFT - EVENT) / max(1, (self.starts - self.first).days + (self.last - self.ends).days)
        opens = LEFT + (self.starts - self.first).days * per_day
        if value < self.starts:
            return LEFT + ((value - self.first).days + fraction) * per_day
        if value > self.ends:
            return opens + EVENT + ((value - self.ends).days - 1 + fraction) * per_day
        return opens + ((value - self.starts).days + fraction) / ((self.ends - self.starts).days + 1) * EVENT

    def moment(self) -> float:
        """Where the pivot stands."""
        utc = self.pivot.astimezone(UTC)
        return self.day(utc.date(), (utc.hour + utc.minute / 60) / 24)

    def statement(self, one: LineUpStatement) -> float:
        """Where a statement stands; never across the pivot from where it belongs."""
        known = [day for day in (one.said_from, one.said_to) if day is not None]
        middle = known[0] + timedelta(days=(known[-1] - known[0]).days // 2)
        at = one.said_at.astimezone(UTC) if one.said_at else None
        x = self.day(at.date(), (at.hour + at.minute / 60) / 24) if at else self.day(middle)
        where, pivot = placement(one, self.pivot), self.moment()
        if where is Placement.SAME_DAY:
            return pivot
        return min(x, pivot - NEAR) if where is Placement.BEFORE else max(x, pivot + NEAR)


def axis(found: LineUp, starts: date, ends: date, today: date) -> Axis:
    """The span of the chart: the window, or everything said when there is none."""
    day = found.pivot.astimezone(UTC).date()
    starts, ends = min(starts, day), max(ends, day)
    said = [one for row in found.rows for one in (*row.before.statements, *row.after.statements)]
    days = [known for one in said for known in (one.said_from, one.said_to) if known is not None]
    first = found.first_day or min([*days, starts - timedelta(days=7)])
    last = found.last_day or max([*days, ends + timedelta(days=7)])
    if today < last:
        last = max(min(last, today + timedelta(days=14)), *days, ends + timedelta(days=7))
    return Axis(
        first=min(first, starts - timedelta(days=1)),
        last=max(last, ends + timedelta(days=1)),
        starts=starts,
        ends=ends,
        pivot=found.pivot,
    )


def wide(found: LineUp, steps: Sequence[tuple[int, str]], names: Mapping[int, str], time: Axis, today: date) -> Wide:
    """The wide chart. `steps` are the numbers and labels of the scale, lowest first; `names` are the short names."""
    drawn = [row for row in found.rows if _coded(row)]
    numbers = {step for step, _ in steps}
    tracks = {step: [row.speaker_id for row in drawn if step in _steps_held(row)] for step in numbers}
    bands, ys, bottom = _bands(steps, tracks)
    lines: list[Line] = []
    dots: list[Dot] = []
    labels: list[Text] = []
    for row in drawn:
        points = _points(row, time, ys, numbers)
        lines.extend(_lines(row, points))
        dots.extend(dot for _, dot in points)
        end = max(points, key=lambda point: point[1].x)[1]
        labels.append(_label(row, names[row.speaker_id], end))
    here = time.day(today) if time.first <= today <= time.last else None
    opens = time.day(time.starts, 0)
    return Wide(
        height=bottom + 42,
        axis=bottom,
        bands=tuple(bands),
        event_x=opens,
        event_width=EVENT,
        pivot=time.moment(),
        ticks=ticks(time),
        lines=tuple(lines),
        dots=tuple(dots),
        names=tuple(labels),
        today=here,
    )


def narrow(found: LineUp, steps: Sequence[tuple[int, str]], names: Mapping[int, str]) -> Narrow:
    """The narrow chart of the key quotes."""
    width = 246.0 / max(1, len(steps))
    columns = tuple(NarrowColumn(114 + index * width, width - 4, step) for index, (step, _) in enumerate(steps))
    middle = {column.step: column.x + column.width / 2 for column in columns}
    rows: list[NarrowRow] = []
    for index, row in enumerate(row for row in found.rows if _coded(row)):
        y = 53.0 + 30 * index
        before, after = _column(row.before.key, middle), _column(row.after.key, middle)
        moved, arrow = _arrow(before, after, y)
        name = _short(names[row.speaker_id])
        rows.append(NarrowRow(y=y, name=name, before=before, after=after, moved=moved, arrow=arrow))
    return Narrow(
        height=42.0 + 30 * len(rows), columns=columns, rows=tuple(rows), low=_clip(steps[0][1], 20) if steps else "",
        high=_clip(steps[-1][1], 20) if steps else "",
    )  # fmt: skip


def ticks(time: Axis) -> tuple[Tick, ...]:
    """The first of each month, or of each third or twelfth where there are many; labels keep clear of each other."""
    months = (time.last.year - time.first.year) * 12 + time.last.month - time.first.month
    every = 1 if months <= 13 else 3 if months <= 40 else 12  # noqa: PLR2004 - what fits on the axis
    marks = []
    year, number = time.first.year, time.first.month
    while (year, number) < (time.last.year, time.last.month):
        number += 1
        if number > len(MONTHS):
            year, number = year + 1, 1
        if (number - 1) % every == 0:
            words = f"{MONTHS[number - 1]} {year}" if number == 1 or every > 1 else MONTHS[number - 1]
            marks.append(Tick(time.day(date(year, number, 1), 0), words))
    return tuple(mark for mark in marks if LEFT + 50 < mark.x < RIGHT - 30)


def _column(key: LineUpStatement | None, middle: Mapping[int, float]) -> float | None:
    return middle.get(key.step) if key is not None and key.step is not None else None


def _coded(row: LineUpRow) -> bool:
    return any(one.step is not None for one in (*row.before.statements, *row.same_day, *row.after.statements))


def _steps_held(row: LineUpRow) -> set[int]:
    return {one.step for one in (*row.before.statements, *row.same_day, *row.after.statements) if one.step is not None}


def _bands(
    steps: Sequence[tuple[int, str]], tracks: Mapping[int, Sequence[int]]
) -> tuple[list[Band], dict[tuple[int, int], float], float]:
    bands: list[Band] = []
    ys: dict[tuple[int, int], float] = {}
    y = TOP
    for step, label in reversed(steps):
        words = _wrapped(f"{step}  {label}")
        height = max(EMPTY, TRACK * len(tracks[step]) + 14, LINE * len(words) + 14)
        first = y + (height - TRACK * (len(tracks[step]) - 1)) / 2
        for index, speaker in enumerate(tracks[step]):
            ys[speaker, step] = first + TRACK * index
        middle = y + height / 2 + 4.5 - LINE * (len(words) - 1) / 2
        lines = tuple(
            Text(x=10 if index == 0 else 24, y=middle + LINE * index, words=part) for index, part in enumerate(words)
        )
        bands.append(Band(y, height, lines, not tracks[step]))
        y += height + GAP
    return bands, ys, y - GAP


def _points(
    row: LineUpRow, time: Axis, ys: Mapping[tuple[int, int], float], numbers: set[int]
) -> list[tuple[LineUpStatement, Dot]]:
    said = [*row.before.statements[-MOST:], *row.same_day, *row.after.statements[:MOST]]
    keys = {key.claim_id for key in (row.before.key, row.after.key) if key is not None and key.step is not None}
    first = next((one.step for one in said if one.step is not None and one.step in numbers), None)
    held, points = first, []
    xs = apart(row, time)
    for one in said:
        held = one.step if one.step is not None and one.step in numbers else held
        if held is None:
            continue
        kind = "dot-unk" if one.step is None else "dot" if one.confirmed else "dot-sug"
        y = ys[row.speaker_id, held]
        points.append((one, Dot(xs[one.claim_id], y, kind, one.claim_id in keys)))
    return points


def apart(row: LineUpRow, time: Axis) -> dict[int, float]:
    """Where each statement stands; those of one day side by side, away from the pivot, the nearest one in its place."""
    xs = {one.claim_id: time.statement(one) for one in row.same_day}
    for statements, away in ((reversed(row.before.statements[-MOST:]), -DOT), (row.after.statements[:MOST], DOT)):
        last: float | None = None
        for one in statements:
            x = time.statement(one)
            if last is not None and (x - last) * away < DOT * DOT:
                x = last + away
            xs[one.claim_id] = last = x
    return xs


def _lines(row: LineUpRow, points: Sequence[tuple[LineUpStatement, Dot]]) -> list[Line]:
    found = []
    keys = [index for index, (_, dot) in enumerate(points) if dot.key]
    moved = row.verdict.outcome in {VerdictKind.MOVED, VerdictKind.REVERSED} and len(keys) > 1
    for index, ((_, one), (_, other)) in enumerate(pairwise(points)):
        kind = "line line-moved" if moved and keys[0] <= index < keys[-1] else "line"
        if "dot-unk" in {one.kind, other.kind}:
            kind = "line line-none"
        found.append(Line(_curve(one, other), kind))
    return found


def _curve(one: Dot, other: Dot) -> str:
    if one.y == other.y:
        return f"M{one.x:.1f} {one.y:.1f}H{other.x:.1f}"
    middle = (one.x + other.x) / 2
    return f"M{one.x:.1f} {one.y:.1f}C{middle:.1f} {one.y:.1f} {middle:.1f} {other.y:.1f} {other.x:.1f} {other.y:.1f}"


def _label(row: LineUpRow, name: str, end: Dot) -> Text:
    more = {VerdictKind.FIRST: "first position", VerdictKind.SILENT: "no later statement"}.get(row.verdict.outcome, "")
    room = RIGHT - end.x - 14
    if (len(name) + len(more) + 1) * 7.2 <= room:
        return Text(x=end.x + 14, y=end.y + 4.5, words=name, more=more)
    return Text(x=end.x - 14, y=end.y - 8, words=name, more=more, anchor="end")


def _arrow(before: float | None, after: float | None, y: float) -> tuple[str, str]:
    if before is None or after is None or before == after:
        return "", ""
    sign = 1 if after > before else -1
    tip = after - 8 * sign
    line = f"M{before + 6 * sign:.1f} {y:.1f}H{tip - 4 * sign:.1f}"
    return line, f"M{tip - 7 * sign:.1f} {y - 5:.1f}l{7 * sign} 5l{-7 * sign} 5"


def _wrapped(words: str) -> list[str]:
    lines: list[str] = []
    for word in words.split(" "):
        if lines and (len(lines[-1]) + len(word) + 1 <= WRAP or len(lines) == 3):  # noqa: PLR2004 - the band holds three
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return [_clip(line, WRAP + 4) for line in lines]


def _short(name: str) -> str:
    return _clip(name, 14)


def _clip(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"
