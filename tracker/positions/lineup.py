"""The line-up: what each speaker said before and after one event's pivot, side by side, with honest empty cells. Pure.

A statement goes to a side only if its day proves it or an editor placed it (`placement`). Verdicts rest on confirmed codings
alone; what suggestions would say is told apart from them, and only where it is asked for.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, get_args

from tracker.positions import shift_rule
from tracker.positions.placement import LineUpStatement, Placement, TurningPoint, gap, placement
from tracker.positions.shift_rule import NotComparable, Scale, Verdict, VerdictKind

Order = Literal["shift", "name", "position", "last", "statements"]
ORDERS: tuple[str, ...] = get_args(Order)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceGap:
    """A source that was not read on some days of a side."""

    name: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What was searched on one side: sources looked at, failing ones among them, documents held, the last look."""

    sources: int = 0
    failing: int = 0
    documents: int = 0
    last_look: datetime | None = None
    down: tuple[SourceGap, ...] = ()
    """The sources that were not read in these days, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUpSide:
    """One side of one speaker: every statement in the order said, and which of them speaks for it.

    `key` counts only confirmed positions; where it has none, `proposed` is the statement that a suggestion would choose.
    `held` are the confirmed steps of the side, on the scale of its key quote, lowest first.
    """

    statements: tuple[LineUpStatement, ...]
    key: LineUpStatement | None
    proposed: LineUpStatement | None = None
    held: tuple[int, ...] = ()
    coverage: Coverage = Coverage()

    @property
    def shown(self) -> LineUpStatement | None:
        """The statement a page shows for the side: the confirmed key quote, else the suggested one, else the nearest."""
        return self.proposed or self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferingStatements:
    """Other statements of a side that hold another confirmed position than its key quote, so that the page can say so."""

    place: Placement
    step: int
    steps_away: int
    claims: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUpRow:
    """One speaker. `proposed`: the verdict if suggestions counted, where that is another one; None where it is not."""

    speaker_id: int
    before: LineUpSide
    after: LineUpSide
    during: tuple[LineUpStatement, ...] = ()
    same_day: tuple[LineUpStatement, ...]
    uncertain: tuple[LineUpStatement, ...]
    unknown: tuple[LineUpStatement, ...]
    verdict: Verdict
    proposed: Verdict | None = None
    differing: tuple[DifferingStatements, ...]

    @property
    def everything(self) -> tuple[LineUpStatement, ...]:
        """Every statement of the row, those on a side first."""
        sides = (*self.before.statements, *self.during, *self.same_day, *self.after.statements)
        return (*sides, *self.uncertain, *self.unknown)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUp:
    """The whole comparison: rows in order, how many of each verdict, and the days it spans."""

    pivot: datetime
    first_day: date | None
    last_day: date | None
    rows: tuple[LineUpRow, ...]
    tally: tuple[tuple[Verdict, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUpOptions:
    """How a visitor wants to see a line-up: days on either side (None: all) or free days, which codings, what order."""

    window_days: int | None = 90
    first_day: date | None = None
    last_day: date | None = None
    confirmed_only: bool = True
    order: Order = "shift"

    def span(self, turn: TurningPoint) -> tuple[date | None, date | None]:
        """The first and last day looked at; None where there is no bound."""
        first, last = window(turn.day, self.window_days)
        return self.first_day or first, self.last_day or last


def key_quote(statements: Iterable[LineUpStatement], turn: TurningPoint) -> LineUpStatement | None:
    """The statement that speaks for a side: an editor's choice, else on the question, nearest, with most sources."""
    return min(
        statements,
        key=lambda one: (not one.key_quote, one.step is None, gap(one, turn), -one.sources, one.claim_id),
        default=None,
    )


def build(
    statements: Iterable[LineUpStatement],
    turn: TurningPoint,
    *,
    scales: Mapping[int, Scale],
    names: Mapping[int, str],
    options: LineUpOptions,
    coverage: tuple[Coverage, Coverage] = (Coverage(), Coverage()),
) -> LineUp:
    """Line the statements of one topic up around one pivot. `names` of the speakers serve the order by name.

    `scales` are the versions of the topic's scale by their number.
    """
    seen = [counted(one) if options.confirmed_only else one for one in statements]
    first_day, last_day = options.span(turn)
    speakers: dict[int, dict[Placement, list[LineUpStatement]]] = {}
    for one in seen:
        if _inside(one, first_day, last_day):
            speakers.setdefault(one.speaker_id, {}).setdefault(placement(one, turn), []).append(one)
    rows = [_row(speaker, places, turn, scales, coverage) for speaker, places in speakers.items()]
    rows.sort(key=_SortKey(options.order, names))
    return LineUp(
        pivot=turn.moment, first_day=first_day, last_day=last_day, rows=tuple(rows), tally=count_verdicts(rows)
    )


def window(day: date, days: int | None) -> tuple[date | None, date | None]:
    """The first and last day of a window around a day; open on both sides without a number of days."""
    if days is None:
        return None, None
    reach = min(days, (day - date.min).days, (date.max - day).days)
    return day - timedelta(days=reach), day + timedelta(days=reach)


def counted(one: LineUpStatement) -> LineUpStatement:
    """A statement as verdicts see it: without the position that only the machine suggests."""
    if one.confirmed or one.step is None:
        return one
    return replace(one, step=None, key_quote=False)


def side_verdict(row: Mapping[Placement, tuple[LineUpStatement, ...]], before: LineUpStatement | None,
                 after: LineUpStatement | None, scales: Mapping[int, Scale]) -> Verdict:  # fmt: skip
    """The verdict on two key quotes; `row` are all statements of the speaker by their place."""
    if any(key is not None and key.key_quote and key.step is None for key in (before, after)):
        return shift_rule.not_comparable(NotComparable.CHOSEN_NOT_CODED)
    if before is not None and before.step is not None:
        return _from(before, before.step, after, row, scales)
    if after is not None and after.step is not None:
        return shift_rule.first_position(after.step)
    return shift_rule.not_comparable(NotComparable.NOT_CODED if before or after else NotComparable.NOT_PLACED)


def _from(
    early: LineUpStatement,
    step: int,
    late: LineUpStatement | None,
    row: Mapping[Placement, tuple[LineUpStatement, ...]],
    scales: Mapping[int, Scale],
) -> Verdict:
    if late is None:
        # What may have been said after the pivot is no "later statement" that was not found.
        for place, refusal in (
            (Placement.SAME_DAY, NotComparable.SAME_DAY_AFTER),
            (Placement.UNCERTAIN, NotComparable.UNSURE_AFTER),
        ):
            if row[place]:
                return shift_rule.not_comparable(refusal, before=step)
        return shift_rule.no_later_statement(step)
    if late.step is None:
        only_fragments = all(one.fragment for one in row[Placement.AFTER])
        return shift_rule.not_comparable(
            NotComparable.FRAGMENTS_AFTER if only_fragments else NotComparable.NOT_CODED_AFTER, before=step
        )
    if early.scale != late.scale:
        return shift_rule.not_comparable(NotComparable.OTHER_SCALE, step, late.step)
    return shift_rule.compare_positions(step, late.step, scales[early.scale])


def count_verdicts(rows: Iterable[LineUpRow]) -> tuple[tuple[Verdict, int], ...]:
    """How often each verdict occurs, moves told apart by their steps; verdicts without a row count nought."""
    kinds = Counter(_kind(row.verdict) for row in rows)
    for outcome in VerdictKind:
        if outcome is not VerdictKind.MOVED and (outcome, 0) not in kinds:
            kinds[outcome, 0] = 0
    if not any(outcome is VerdictKind.MOVED for outcome, _ in kinds):
        kinds[VerdictKind.MOVED, 0] = 0
    ordered = sorted(
        kinds.items(),
        key=lambda item: (item[1] == 0, shift_rule.VERDICT_ORDER.index(item[0][0]), -abs(item[0][1]), -item[0][1]),
    )
    return tuple((Verdict(outcome=outcome, distance=steps), number) for (outcome, steps), number in ordered)


def _kind(verdict: Verdict) -> tuple[VerdictKind, int]:
    return verdict.outcome, verdict.distance if verdict.outcome is VerdictKind.MOVED else 0


def _inside(one: LineUpStatement, first_day: date | None, last_day: date | None) -> bool:
    latest, earliest = one.said_to or one.said_from, one.said_from or one.said_to
    if first_day is not None and latest is not None and latest < first_day:
        return False
    return not (last_day is not None and earliest is not None and earliest > last_day)


def _when(one: LineUpStatement) -> tuple[date, datetime, int]:
    day = one.said_from or one.said_to or date.max
    return day, one.said_at or datetime.combine(day, time.min, UTC), one.claim_id


def _row(
    speaker: int,
    places: Mapping[Placement, list[LineUpStatement]],
    turn: TurningPoint,
    scales: Mapping[int, Scale],
    coverage: tuple[Coverage, Coverage],
) -> LineUpRow:
    strips = {where: tuple(sorted(places.get(where, ()), key=_when)) for where in Placement}
    before = _side(strips[Placement.BEFORE], turn, coverage[0])
    after = _side(strips[Placement.AFTER], turn, coverage[1])
    verdict = side_verdict(strips, before.key, after.key, scales)
    proposed = None
    if before.proposed is not None or after.proposed is not None:
        proposed = side_verdict(strips, before.shown, after.shown, scales)
    return LineUpRow(
        speaker_id=speaker,
        before=before,
        after=after,
        during=strips[Placement.DURING],
        same_day=strips[Placement.SAME_DAY],
        uncertain=strips[Placement.UNCERTAIN],
        unknown=strips[Placement.UNKNOWN],
        verdict=verdict,
        proposed=proposed if proposed != verdict else None,
        differing=(*_differing(Placement.BEFORE, before, scales), *_differing(Placement.AFTER, after, scales)),
    )


def _side(statements: tuple[LineUpStatement, ...], turn: TurningPoint, coverage: Coverage) -> LineUpSide:
    certain = [counted(one) for one in statements]
    key = key_quote(certain, turn)
    proposed = None
    if key is not None and key.step is None and not key.key_quote:
        proposed = key_quote([one for one in statements if one.step is not None], turn)
    held = {one.step for one in certain if key is not None and one.step is not None and one.scale == key.scale}
    return LineUpSide(
        statements=statements, key=key, proposed=proposed, held=tuple(sorted(step for step in held if step is not None)),
        coverage=coverage,
    )  # fmt: skip


def _differing(where: Placement, cell: LineUpSide, scales: Mapping[int, Scale]) -> list[DifferingStatements]:
    if cell.key is None or cell.key.step is None:
        return []
    others: dict[int, list[LineUpStatement]] = {}
    for one in cell.statements:
        if one.confirmed and one.step is not None and one.scale == cell.key.scale and one.step != cell.key.step:
            others.setdefault(one.step, []).append(one)
    return [
        DifferingStatements(
            place=where,
            step=step,
            steps_away=shift_rule.steps_between(cell.key.step, step, scales[cell.key.scale]),
            claims=tuple(one.claim_id for one in found),
        )
        for step, found in sorted(others.items())
    ]


@dataclass(frozen=True, slots=True)
class _SortKey:
    """The sort key of a row in each of the orders; the name settles ties, so the order never changes by itself."""

    order: Order
    names: Mapping[int, str]

    def __call__(self, row: LineUpRow) -> tuple[int | str, ...]:
        """What the row is sorted by."""
        name = self.names.get(row.speaker_id, "").casefold()
        if self.order == "name":
            return name, row.speaker_id
        if self.order == "last":
            days = (one.said_to or one.said_from or date.min for one in row.everything)
            return -max(days, default=date.min).toordinal(), name, row.speaker_id
        if self.order == "statements":
            return -len(row.everything), name, row.speaker_id
        if self.order == "position":
            held = next((key.step for key in (row.after.key, row.before.key) if key and key.step is not None), -1)
            return -held, name, row.speaker_id
        sources = sum(one.sources for one in row.everything)
        return (
            shift_rule.VERDICT_ORDER.index(row.verdict.outcome),
            -abs(row.verdict.distance),
            -sources,
            name,
            row.speaker_id,
        )
