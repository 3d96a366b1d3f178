"""The line-up: what each speaker said before and after one event's pivot, side by side, with honest empty cells. Pure.

A statement goes to a side only if its day proves it. One said on the pivot's day without a time, one whose possible
days reach across the pivot and one without a day stand apart, in no verdict.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Literal

from tracker.positions import shift_rule
from tracker.positions.shift_rule import NotComparable, Verdict, VerdictKind

Order = Literal["shift", "name", "last"]
HALF_DAY = timedelta(hours=12)


class Placement(StrEnum):
    """Where a statement stands to the pivot."""

    BEFORE = "before"
    SAME_DAY = "same day"
    AFTER = "after"
    UNCERTAIN = "date uncertain"
    UNKNOWN = "date unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUpStatement:
    """One statement as the line-up sees it. `step` is None where no position is coded; `scale` the version it is of."""

    claim_id: int
    speaker_id: int
    said_from: date | None
    said_to: date | None
    said_at: datetime | None = None
    step: int | None = None
    scale: int = 1
    confirmed: bool = False
    key_quote: bool = False
    fragment: bool = False
    sources: int = 1


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was searched on one side: sources looked at, failing ones among them, documents held, the last look."""

    sources: int = 0
    failing: int = 0
    documents: int = 0
    last_look: datetime | None = None


@dataclass(frozen=True, slots=True)
class LineUpSide:
    """One side of one speaker: every statement in the order said, and the key quote among them."""

    statements: tuple[LineUpStatement, ...]
    key: LineUpStatement | None
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferingStatements:
    """Other statements of a side that hold another position than its key quote, so that the page can say so."""

    place: Placement
    step: int
    steps_away: int
    claims: tuple[int, ...]
    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUpRow:
    """One speaker. `confirmed`: whether every coding behind the verdict is confirmed; None where it rests on none."""

    speaker_id: int
    before: LineUpSide
    after: LineUpSide
    same_day: tuple[LineUpStatement, ...]
    uncertain: tuple[LineUpStatement, ...]
    unknown: tuple[LineUpStatement, ...]
    verdict: Verdict
    confirmed: bool | None
    differing: tuple[DifferingStatements, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUp:
    """The whole comparison: rows in order, how many of each verdict, and the days it spans."""

    pivot: datetime
    first_day: date | None
    last_day: date | None
    rows: tuple[LineUpRow, ...]
    tally: tuple[tuple[Verdict, int], ...]


@dataclass(frozen=True, slots=True)
class LineUpOptions:
    """How a visitor wants to see a line-up."""

    window_days: int | None = 90
    confirmed_only: bool = False
    order: Order = "shift"


def placement(statement: LineUpStatement, pivot: datetime) -> Placement:
    """Where a statement stands to the pivot; never a side its date does not prove."""
    if statement.said_from is None and statement.said_to is None:
        return Placement.UNKNOWN
    if statement.said_at is not None:
        return Placement.BEFORE if statement.said_at < pivot else Placement.AFTER
    day = pivot.astimezone(UTC).date()
    if statement.said_to is not None and statement.said_to < day:
        return Placement.BEFORE
    if statement.said_from is not None and statement.said_from > day:
        return Placement.AFTER
    if statement.said_from == statement.said_to == day:
        return Placement.SAME_DAY
    return Placement.UNCERTAIN


def key_quote(statements: Iterable[LineUpStatement], pivot: datetime) -> LineUpStatement | None:
    """The statement that speaks for a side: an editor's choice, else on the question, nearest, with most sources."""
    return min(
        statements,
        key=lambda one: (not one.key_quote, one.step is None, gap(one, pivot), -one.sources, one.claim_id),
        default=None,
    )


def gap(statement: LineUpStatement, pivot: datetime) -> timedelta:
    """How far from the pivot a statement may at least lie; a day without a time counts from its noon."""
    if statement.said_at is not None:
        return abs(statement.said_at - pivot)
    days = [day for day in (statement.said_from, statement.said_to) if day is not None]
    return min((abs(datetime.combine(day, time(), UTC) + HALF_DAY - pivot) for day in days), default=timedelta.max)


def side_verdict(before: LineUpSide, after: LineUpSide, steps: Mapping[int, Sequence[int]]) -> Verdict:
    """The verdict on two cells. `steps` are the ordered steps of each version of the topic's scale."""
    early, late = before.key, after.key
    if any(key is not None and key.key_quote and key.step is None for key in (early, late)):
        return shift_rule.not_comparable(NotComparable.CHOSEN_NOT_CODED)
    if early is not None and early.step is not None:
        return _from(early, early.step, after, steps)
    if late is not None and late.step is not None:
        return shift_rule.first_position(late.step)
    return shift_rule.not_comparable(NotComparable.NOT_CODED if early or late else NotComparable.NOT_PLACED)


def _from(early: LineUpStatement, step: int, after: LineUpSide, steps: Mapping[int, Sequence[int]]) -> Verdict:
    if after.key is None:
        return shift_rule.no_later_statement(step)
    if after.key.step is None:
        only_fragments = all(one.fragment for one in after.statements)
        return shift_rule.not_comparable(
            NotComparable.FRAGMENTS_AFTER if only_fragments else NotComparable.NOT_CODED_AFTER, before=step
        )
    if early.scale != after.key.scale:
        return shift_rule.not_comparable(NotComparable.OTHER_SCALE, step, after.key.step)
    return shift_rule.compare_positions(step, after.key.step, steps[early.scale])


def build(
    statements: Iterable[LineUpStatement],
    pivot: datetime,
    *,
    steps: Mapping[int, Sequence[int]],
    names: Mapping[int, str],
    options: LineUpOptions,
    coverage: tuple[Coverage, Coverage] = (Coverage(), Coverage()),
) -> LineUp:
    """Line the statements of one topic up around one pivot. `names` of the speakers serve the order by name."""
    seen = [_without_suggestion(one) if options.confirmed_only else one for one in statements]
    first_day, last_day = window(pivot, options.window_days)
    speakers: dict[int, dict[Placement, list[LineUpStatement]]] = {}
    for one in seen:
        if _inside(one, first_day, last_day):
            speakers.setdefault(one.speaker_id, {}).setdefault(placement(one, pivot), []).append(one)
    rows = [_row(speaker, places, pivot, steps, coverage) for speaker, places in speakers.items()]
    rows.sort(key=_SortKey(options.order, names))
    return LineUp(pivot=pivot, first_day=first_day, last_day=last_day, rows=tuple(rows), tally=count_verdicts(rows))


def window(pivot: datetime, days: int | None) -> tuple[date | None, date | None]:
    """The first and last day of a window around the pivot; open on both sides without a number of days."""
    if days is None:
        return None, None
    day = pivot.astimezone(UTC).date()
    reach = min(days, (day - date.min).days, (date.max - day).days)
    return day - timedelta(days=reach), day + timedelta(days=reach)


def count_verdicts(rows: Iterable[LineUpRow]) -> tuple[tuple[Verdict, int], ...]:
    """How often each verdict occurs, moves told apart by their steps; verdicts without a row count nought."""
    kinds = Counter(_kind(row.verdict) for row in rows)
    for outcome in VerdictKind:
        if outcome is not VerdictKind.MOVED and (outcome, 0) not in kinds:
            kinds[outcome, 0] = 0
    if not any(outcome is VerdictKind.MOVED for outcome, _ in kinds):
        kinds[VerdictKind.MOVED, 1] = 0
    ordered = sorted(
        kinds.items(), key=lambda item: (item[1] == 0, shift_rule.VERDICT_ORDER.index(item[0][0]), -item[0][1])
    )
    return tuple((Verdict(outcome=outcome, distance=steps), number) for (outcome, steps), number in ordered)


def _kind(verdict: Verdict) -> tuple[VerdictKind, int]:
    return verdict.outcome, abs(verdict.distance) if verdict.outcome is VerdictKind.MOVED else 0


def _without_suggestion(one: LineUpStatement) -> LineUpStatement:
    if one.confirmed or one.step is None:
        return one
    return replace(one, step=None, key_quote=False)


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
    pivot: datetime,
    steps: Mapping[int, Sequence[int]],
    coverage: tuple[Coverage, Coverage],
) -> LineUpRow:
    strips = {where: tuple(sorted(places.get(where, ()), key=_when)) for where in Placement}
    before = LineUpSide(strips[Placement.BEFORE], key_quote(strips[Placement.BEFORE], pivot), coverage[0])
    after = LineUpSide(strips[Placement.AFTER], key_quote(strips[Placement.AFTER], pivot), coverage[1])
    verdict = side_verdict(before, after, steps)
    resting = [key for key in (before.key, after.key) if key is not None and key.step is not None]
    rests = verdict.outcome is not VerdictKind.UNCLEAR and bool(resting)
    return LineUpRow(
        speaker_id=speaker,
        before=before,
        after=after,
        same_day=strips[Placement.SAME_DAY],
        uncertain=strips[Placement.UNCERTAIN],
        unknown=strips[Placement.UNKNOWN],
        verdict=verdict,
        confirmed=all(key.confirmed for key in resting) if rests else None,
        differing=(*_differing(Placement.BEFORE, before, steps), *_differing(Placement.AFTER, after, steps)),
    )


def _differing(where: Placement, cell: LineUpSide, steps: Mapping[int, Sequence[int]]) -> list[DifferingStatements]:
    if cell.key is None or cell.key.step is None:
        return []
    others: dict[int, list[LineUpStatement]] = {}
    for one in cell.statements:
        if one.step is not None and one.scale == cell.key.scale and one.step != cell.key.step:
            others.setdefault(one.step, []).append(one)
    return [
        DifferingStatements(
            place=where,
            step=step,
            steps_away=shift_rule.steps_between(cell.key.step, step, steps[cell.key.scale]),
            claims=tuple(one.claim_id for one in found),
            confirmed=all(one.confirmed for one in found),
        )
        for step, found in sorted(others.items())
    ]


@dataclass(frozen=True, slots=True)
class _SortKey:
    """The sort key of a row in one of the three orders; the name settles ties, so the order never changes by itself."""

    order: Order
    names: Mapping[int, str]

    def __call__(self, row: LineUpRow) -> tuple[int | str, ...]:
        """What the row is sorted by."""
        name = self.names.get(row.speaker_id, "").casefold()
        everything = (*row.before.statements, *row.same_day, *row.after.statements, *row.uncertain)
        if self.order == "name":
            return name, row.speaker_id
        if self.order == "last":
            last = max(((one.said_to or one.said_from or date.min) for one in everything), default=date.min)
            return -last.toordinal(), name, row.speaker_id
        sources = sum(one.sources for one in (*everything, *row.unknown))
        return (
            shift_rule.VERDICT_ORDER.index(row.verdict.outcome),
            -abs(row.verdict.distance),
            -sources,
            name,
            row.speaker_id,
        )
