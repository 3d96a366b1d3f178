"""The line-up's chart, which is its own table: a row a speaker, ring → arrow → dot on the scale, a strip by day. Pure.

The ring stands for the side before, the dot for the side after; what rests on a suggestion is dashed. Every mark names the
statement it opens.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date

from tracker.positions import shift_rule
from tracker.positions.lineup import LineUp, LineUpRow, LineUpSide
from tracker.positions.placement import LineUpStatement, TurningPoint
from tracker.positions.shift_rule import VerdictKind
from tracker.speech import phrasing
from tracker.speech.phrasing import short_day
from tracker.speech.queries import SpeakerRef, Statement
from tracker.web.views import dates

WIDTH = 280.0
MIDDLE = WIDTH / 2
NEAR = 7.0
"""How near to the event a mark of the strip may stand."""
AWAY = 9.0
"""How far an arrow stays from the middle of the marks it leads between."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")
TITLE = 140
STEP_LABEL = 26
SHIFTED = frozenset({VerdictKind.MOVED, VerdictKind.REVERSED})
MOST = 15
"""Statements of one speaker and side that a line-up tells, the nearest ones; the timeline holds all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartMark:
    """One statement as a mark that opens it: where it stands, its shape, and its words."""

    x: float
    kind: str
    """ "dot" confirmed, "dot-prop" suggested, "dot-unk" without a position."""
    public_id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartEnd:
    """The statement that speaks for one side: its step, its day in few words, the quote it opens."""

    x: float | None
    step: int | None
    day: str
    suggested: bool
    public_id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartRow:
    """One speaker: both ends, the arrow between them, the other statements by day, and the change in words."""

    slug: str
    name: str
    moved: bool
    before: ChartEnd | None
    after: ChartEnd | None
    arrow: str
    """The path of the arrow; empty where nothing changed, or one end is missing."""
    firm: bool
    """Whether the arrow rests on confirmed codings."""
    strip: tuple[ChartMark, ...]
    change: str
    notes: tuple[str, ...]
    proposed: str | None
    """What suggestions would say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUpChart:
    """The whole chart; `bands` are the left edges of the boxes of the steps, each `band` wide."""

    steps: tuple[tuple[int, str], ...]
    bands: tuple[float, ...]
    band: float
    low: str
    high: str
    rows: tuple[ChartRow, ...]


Tell = Callable[[int], Statement | None]
"""A statement by its row id, where the page holds it."""


def draw(
    built: LineUp, turn: TurningPoint, steps: Sequence[tuple[int, str]], speakers: Mapping[int, SpeakerRef], tell: Tell
) -> LineUpChart:
    """The chart of these rows. `steps` are those of the scale in force with their labels, lowest first."""
    width = WIDTH / max(1, len(steps))
    xs = {step: (index + 0.5) * width for index, (step, _) in enumerate(steps)}
    reach = _reach(built, turn)
    return LineUpChart(
        steps=tuple(steps),
        bands=tuple(index * width + 2 for index in range(len(steps))),
        band=width - 4,
        low=_clip(steps[0][1]) if steps else "",
        high=_clip(steps[-1][1]) if steps else "",
        rows=tuple(_row(row, turn, xs=xs, who=speakers[row.speaker_id], tell=tell, reach=reach) for row in built.rows),
    )


def nearest(cell: LineUpSide, *, before: bool) -> tuple[LineUpStatement, ...]:
    """The statements of a side that a page tells."""
    return cell.statements[-MOST:] if before else cell.statements[:MOST]


def strip_marks(row: LineUpRow, turn: TurningPoint, tell: Tell, reach: int) -> tuple[ChartMark, ...]:
    """The statements of a row by their day, left and right of the event; those whose side is not known stand on neither."""
    marks: list[ChartMark] = []
    for statements, sign in ((nearest(row.before, before=True), -1), (nearest(row.after, before=False), 1)):
        for one in statements:
            said = tell(one.claim_id)
            day = one.said_from or one.said_to
            if said is None or day is None:
                continue
            away = min(1.0, abs((day - turn.day).days) / max(1, reach))
            x = MIDDLE + sign * (NEAR + away * (MIDDLE - NEAR - 3))
            kind = "dot-unk" if one.step is None else "dot" if one.confirmed else "dot-prop"
            marks.append(ChartMark(x=round(x, 1), kind=kind, public_id=said.public_id, title=title(said)))
    return tuple(marks)


def title(said: Statement) -> str:
    """A statement as the title of its mark: its day and its words, cut where they are long."""
    words = " ".join(said.text.split())
    cut = words if len(words) <= TITLE else f"{words[:TITLE].rsplit(' ', 1)[0]} […]"
    shown = phrasing.show_words(cut, said.kind, said.polarity).plain
    day = said.said_from or said.said_to
    return f"{short_day(day)}: {shown}" if day else shown


def notes(row: LineUpRow) -> tuple[str, ...]:
    """What must be said beside the change: the range of a side that varies, and what stands on neither side."""
    told = [
        f"{place}: from {cell.held[0]} to {cell.held[-1]}"
        for place, cell in (("before", row.before), ("after", row.after))
        if len(cell.held) > 1
    ]
    if row.during:
        told.append(f"{len(row.during)} during the event")
    if row.same_day:
        told.append(f"{len(row.same_day)} of the same day, not placed")
    if row.uncertain:
        told.append(f"{len(row.uncertain)} whose day is not sure")
    if row.unknown:
        told.append(f"{len(row.unknown)} without a day")
    return tuple(told)


def _row(
    row: LineUpRow, turn: TurningPoint, *, xs: Mapping[int, float], who: SpeakerRef, tell: Tell, reach: int
) -> ChartRow:
    before, after = (_end(cell, xs, tell, turn) for cell in (row.before, row.after))
    words = shift_rule.verdict_title(row.verdict)
    shown = row.proposed and shift_rule.verdict_title(row.proposed)
    return ChartRow(
        slug=who.slug,
        name=who.name,
        moved=row.verdict.outcome in SHIFTED,
        before=before,
        after=after,
        arrow=_arrow(before.x if before else None, after.x if after else None),
        firm=row.verdict.outcome in SHIFTED,
        strip=strip_marks(row, turn, tell, reach),
        change=f"{words[:1].upper()}{words[1:]}",
        notes=notes(row),
        proposed=f"Suggested: {shown}" if shown else None,
    )


def _end(cell: LineUpSide, xs: Mapping[int, float], tell: Tell, turn: TurningPoint) -> ChartEnd | None:
    one = cell.shown
    said = tell(one.claim_id) if one is not None else None
    if one is None or said is None:
        return None
    return ChartEnd(
        x=xs.get(one.step) if one.step is not None else None,
        step=one.step,
        day=_day(one.said_from or one.said_to, turn.day),
        suggested=one.step is not None and not one.confirmed,
        public_id=said.public_id,
        title=title(said),
    )


def _day(value: date | None, near: date) -> str:
    """A day in few words: the year only where it is another one."""
    if value is None:
        return "placed"
    words = f"{value.day} {MONTHS[value.month - 1]}"
    return words if value.year == near.year else f"{words} {value.year}"


def _arrow(before: float | None, after: float | None) -> str:
    if before is None or after is None or before == after:
        return ""
    sign = 1 if after > before else -1
    tip = after - AWAY * sign
    return f"M{before + AWAY * sign:g} 17H{tip:g}M{tip - 6 * sign:g} 12L{tip:g} 17L{tip - 6 * sign:g} 22"


def _reach(built: LineUp, turn: TurningPoint) -> int:
    """How many days the half of a strip stands for: as far as a statement of the page lies away."""
    days = [
        abs((day - turn.day).days)
        for row in built.rows
        for one in (*nearest(row.before, before=True), *nearest(row.after, before=False))
        if (day := one.said_from or one.said_to)
    ]
    return max(days, default=1)


def _clip(words: str) -> str:
    return words if len(words) <= STEP_LABEL else f"{words[: STEP_LABEL - 1].rstrip()}…"


def finding(built: LineUp, names: Mapping[int, SpeakerRef]) -> str:
    """The chart's finding in one sentence: who moved, and how."""
    moved = [row for row in built.rows if row.verdict.outcome in SHIFTED]
    if not moved:
        return "No confirmed position changed between the two sides."
    told = [f"{names[row.speaker_id].name} ({shift_rule.verdict_title(row.verdict)})" for row in moved]
    return f"{dates.spelled(len(moved), 'speaker')} moved: {', '.join(told)}."


def pivot_words(turn: TurningPoint) -> str:
    """The pivot's day and time in UTC."""
    return f"{short_day(turn.day)}, {turn.moment.astimezone(UTC):%H:%M} UTC"
