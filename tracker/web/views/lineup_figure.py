"""A line-up's chart with all that it needs to be read: on its own page, in a page of another site, and saved as an image."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from tracker.db import Session
from tracker.positions.lineup import LineUpRow
from tracker.positions.models import Position
from tracker.positions.placement import LineUpStatement
from tracker.speech import queries as speech
from tracker.web.forms import Malformed
from tracker.web.views import dates, lineup_chart
from tracker.web.views.lineup_chart import LineUpChart, Tell, nearest
from tracker.web.views.lineup_request import LineUpRequest
from tracker.web.views.lineups import KeptLineUp, line_up

ROWS = 40
"""Speakers on one page: as many as a chart can hold apart; the tally counts all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUpFigure:
    """The chart, its finding and its scale."""

    chart: LineUpChart
    positions: tuple[Position, ...]
    topic_id: str
    pivot_name: str
    finding: str
    confirmed: bool
    """Whether it leaves suggestions out."""
    page: str
    """What stands before `#slug` in a link to a speaker's row: nothing on the line-up's own page."""
    other_view: str | None
    """The same line-up with suggestions, or without them; None where it can't be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedLineUp:
    """A line-up as it leaves the site: confirmed codings only, and where and when it was read."""

    title: str
    lead: str
    figure: LineUpFigure | None
    """None where no statement has a confirmed position."""
    left_out: str | None
    """How many speakers the chart does not show; None where it shows all."""
    rows: int
    permalink: str


def asked_line_up(db: Session, topic_id: str, event_id: str, asked: LineUpRequest) -> KeptLineUp | None:
    """The line-up that an address asks for; None where there is none. Raises `Malformed` for an unknown group."""
    whole = line_up(db, topic_id, event_id, asked.options, asked.speakers, group=asked.group, at=asked.at)
    if whole is not None and asked.group is not None and asked.group not in whole.groups:
        raise Malformed("group", f"is none of: {', '.join(whole.groups) or 'none is known'}")
    return whole


def shared_line_up(
    db: Session, topic_id: str, event_id: str, asked: LineUpRequest, permalink: str
) -> SharedLineUp | None:
    """The line-up of an address as it leaves the site; None where there is none. Raises `Malformed` for an unknown group."""
    whole = asked_line_up(db, topic_id, event_id, asked)
    if whole is None:
        return None
    rows, total = whole.built.rows[:ROWS], len(whole.built.rows)
    told = speech.statements(db, {one.claim_id for row in rows for one in drawn(row)})
    return SharedLineUp(
        title=title(whole),
        lead=lead(whole, asked),
        figure=figure(whole, rows, told.get, confirmed=True, page=permalink),
        left_out=f"The first {ROWS} of {total} speakers." if total > ROWS else None,
        rows=len(rows),
        permalink=permalink,
    )


def figure(
    whole: KeptLineUp,
    rows: Sequence[LineUpRow],
    tell: Tell,
    *,
    confirmed: bool,
    page: str = "",
    other_view: str | None = None,
) -> LineUpFigure | None:
    """The chart of these rows; None where none of them has a position to be drawn."""
    steps = [(one.step, one.label) for one in whole.subject.positions]
    if not steps or not any(_has_position(row) for row in rows):
        return None
    built = replace(whole.built, rows=tuple(rows))
    return LineUpFigure(
        chart=lineup_chart.draw(built, whole.turn, steps, whole.speakers, tell),
        positions=whole.subject.positions,
        topic_id=whole.subject.topic.id,
        pivot_name=pivot_name(whole),
        finding=lineup_chart.finding(built, whole.speakers),
        confirmed=confirmed,
        page=page,
        other_view=other_view,
    )


def drawn(row: LineUpRow) -> Iterator[LineUpStatement]:
    """The statements of a row that its chart draws."""
    for cell, early in ((row.before, True), (row.after, False)):
        yield from nearest(cell, before=early)
        yield from (one for one in (cell.key, cell.proposed) if one is not None)


def title(whole: KeptLineUp) -> str:
    """The heading of a line-up."""
    return f"{whole.subject.topic.name}, before and after: {whole.event.name}"


def pivot_name(whole: KeptLineUp) -> str:
    """What parts before from after, in few words."""
    event = whole.event
    return f"{event.pivot_name}, {dates.short_day(whole.turn.day)}" if event.pivot_name else event.name


def lead(whole: KeptLineUp, asked: LineUpRequest) -> str:
    """What a line-up shows, in one sentence: of how many speakers, in which days, as known when."""
    name = whole.event.pivot_name or whole.event.name
    who = f"{dates.spelled(len(whole.built.rows), 'speaker').lower()}"
    known = f", as the record knew it on {dates.moment(asked.at)}" if asked.at else ""
    return f"What {who} said {_days(asked)} {dates.day(whole.turn.day)} ({name}), quoted word for word{known}."


def _days(asked: LineUpRequest) -> str:
    bounds: tuple[tuple[str, date | None], ...] = (("from", asked.first), ("to", asked.last))
    told = [f"{word} {dates.short_day(day)}" for word, day in bounds if day]
    if told:
        return f"{' '.join(told)}, before and after"
    if asked.window == "all":
        return "at any time before and after"
    return f"in the {asked.window} days either side of"


def _has_position(row: LineUpRow) -> bool:
    return any(one is not None and one.step is not None for one in (row.before.shown, row.after.shown))
