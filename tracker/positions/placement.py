"""Where a statement stands to an event: on a side only if its day proves it, or an editor has placed it. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

HALF_DAY = timedelta(hours=12)
ZONE = ZoneInfo("UTC")


class Placement(StrEnum):
    """Where a statement stands to the pivot."""

    BEFORE = "before"
    DURING = "during"
    SAME_DAY = "same day"
    AFTER = "after"
    UNCERTAIN = "date uncertain"
    UNKNOWN = "date unknown"


NOT_PLACED = frozenset({Placement.SAME_DAY, Placement.UNCERTAIN, Placement.UNKNOWN})
"""Where the day proves no side: an editor may place it."""


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
    """Whether a person confirmed the position; a suggestion counts in no verdict."""
    key_quote: bool = False
    fragment: bool = False
    sources: int = 1
    placed: Placement | None = None
    """The side an editor found for it; it counts where the day alone proves none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurningPoint:
    """What parts before from after: a moment, its day where it happened, and the days that belong to neither side."""

    moment: datetime
    day: date
    during: tuple[date, date] | None = None
    zone: ZoneInfo = ZONE
    """In which the days of `during` are counted."""

    @classmethod
    def at(cls, moment: datetime) -> "TurningPoint":
        """A moment told in UTC, with nothing between before and after."""
        return cls(moment=moment, day=moment.astimezone(UTC).date())


def placement(statement: LineUpStatement, turn: TurningPoint) -> Placement:
    """Where a statement stands; on a side only if its date proves it or, where it proves none, an editor placed it."""
    proven = _proven(statement, turn)
    return statement.placed if proven in NOT_PLACED and statement.placed is not None else proven


def placed_by_hand(statement: LineUpStatement, turn: TurningPoint) -> bool:
    """Whether a statement stands where it does by an editor's word alone."""
    return statement.placed is not None and _proven(statement, turn) in NOT_PLACED


def _proven(statement: LineUpStatement, turn: TurningPoint) -> Placement:
    if statement.said_at is not None:
        return _at(statement.said_at, turn)
    if statement.said_from is None and statement.said_to is None:
        return Placement.UNKNOWN
    first, last = turn.during or (turn.day, turn.day)
    opens, closes = statement.said_from or date.min, statement.said_to or date.max
    if closes < first:
        return Placement.BEFORE
    if opens > last:
        return Placement.AFTER
    if opens < first or closes > last:
        return Placement.UNCERTAIN
    return Placement.DURING if turn.during is not None else Placement.SAME_DAY


def _at(moment: datetime, turn: TurningPoint) -> Placement:
    if turn.during is None:
        return Placement.BEFORE if moment < turn.moment else Placement.AFTER
    day, (first, last) = moment.astimezone(turn.zone).date(), turn.during
    return Placement.BEFORE if day < first else Placement.AFTER if day > last else Placement.DURING


def gap(statement: LineUpStatement, turn: TurningPoint) -> timedelta:
    """How far from the pivot a statement may at least lie; a day without a time counts from its noon."""
    if statement.said_at is not None:
        return abs(statement.said_at - turn.moment)
    days = [day for day in (statement.said_from, statement.said_to) if day is not None]
    middles = (datetime.combine(day, time(), UTC) + HALF_DAY for day in days)
    return min((abs(middle - turn.moment) for middle in middles), default=timedelta.max)
