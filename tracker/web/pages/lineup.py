"""Before and after: what each speaker said on a topic on both sides of an event. The page the product stands on."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date
from typing import ClassVar

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from markupsafe import Markup

from tracker.db import Session
from tracker.positions import queries as positions
from tracker.positions.lineup import ORDERS, LineUp, LineUpRow
from tracker.positions.models import Event, Topic
from tracker.positions.placement import LineUpStatement
from tracker.speech import queries as speech
from tracker.web import forms
from tracker.web.cache import cached
from tracker.web.context import absolute_url, as_response, can, now, reading, render
from tracker.web.views import dates, lineup_chart, lineup_figure
from tracker.web.views.cards import Paging, VerdictCount, paging, verdict_counts
from tracker.web.views.lineup_figure import ROWS, LineUpFigure, asked_line_up, drawn
from tracker.web.views.lineup_group import GroupSpread, spread
from tracker.web.views.lineup_request import ORDER_WORDS, WINDOWS, LineUpRequest, read_request, shared_query
from tracker.web.views.lineup_rows import NumberedSource, ShownLineUp, SpeakerRow, searched, tell_rows
from tracker.web.views.lineups import KeptLineUp
from tracker.web.views.png import unavailable
from tracker.web.views.sharing import SharedChart, oembed_address, shared_chart
from tracker.web.views.topics import EventLink, event_link

pages = Blueprint("lineup", __name__)


@dataclass(frozen=True, slots=True)
class SpeakerChoice:
    """A speaker in the filter."""

    slug: str
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUpForm:
    """The filters as they stand in the form, and what can be chosen."""

    asked: LineUpRequest
    windows: tuple[str, ...]
    orders: tuple[tuple[str, str], ...]
    groups: tuple[str, ...]
    choices: tuple[SpeakerChoice, ...]
    first: str
    last: str
    refined: bool
    """Whether one of the filters that are folded away is in use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUpContent:
    """What stands below the site's head: how many speakers moved at this event, and who."""

    template: ClassVar[str] = "lineup_content.html"
    title: str
    topic: Topic
    event: Event
    events: tuple[EventLink, ...]
    lead: str
    tally: tuple[VerdictCount, ...]
    form: LineUpForm
    figure: LineUpFigure | None
    before_days: str
    pivot_day: str
    after_days: str
    rows: tuple[SpeakerRow, ...]
    sources: tuple[NumberedSource, ...]
    group: GroupSpread | None
    paging: Paging
    searched: str
    unresolved: int
    share: SharedChart | None
    """None where no position is confirmed, so that there is no chart to share."""
    other_view: str
    """This line-up with suggestions, or without them."""
    this_address: str
    may_place: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUpPage:
    """Answers: how many speakers moved at this event, and who. `content` is a rendered `LineUpContent`."""

    template: ClassVar[str] = "lineup.html"
    section: ClassVar[str] = "events"
    title: str
    content: Markup
    lead: str
    permalink: str
    oembed: str


@pages.get("/t/<topic_id>/around/<event_id>")
def lineup_page(topic_id: str, event_id: str) -> Response:
    """The line-up of one topic around one event."""
    asked = read_request()
    other = forms.text("event")
    if other is not None and other != event_id:
        query = forms.address(drop=("event",), ends="").partition("?")[2].rstrip("&")
        return as_response(redirect(url_for("lineup.lineup_page", topic_id=topic_id, event_id=other) + f"?{query}"))
    with reading() as db:
        whole = asked_line_up(db, topic_id, event_id, asked)
        if whole is None:
            abort(404)
        first = (forms.page() - 1) * ROWS
        if first and first >= len(whole.built.rows):
            abort(404)
        title = lineup_figure.title(whole)
        if can("confirm position"):  # their page holds forms, whose tokens are their own
            content = _rendered(db, whole, first, asked)
        else:
            # The addresses on it hold whatever was asked for, and some of its words tell how long ago something was.
            name = ("line-up", topic_id, event_id, range(first, first + ROWS), request.script_root, forms.address())
            content = cached(
                db, name, lambda: _rendered(db, whole, first, asked), (whole.facts, now().date()), large=True
            )
    permalink = absolute_url(f"/t/{topic_id}/around/{event_id}{shared_query()}")
    return render(
        LineUpPage(
            title=title,
            content=content,
            lead=lineup_figure.lead(whole, asked),
            permalink=permalink,
            oembed=oembed_address(permalink),
        )
    )


def _share(material: ShownLineUp) -> SharedChart | None:
    whole = material.whole
    if not any(
        one is not None and one.step is not None
        for row in whole.built.rows[:ROWS]
        for one in (row.before.key, row.after.key)
    ):
        return None
    return shared_chart(
        whole.subject.topic.id,
        whole.event.id,
        query=shared_query(),
        title=lineup_figure.title(whole),
        rows=min(ROWS, len(whole.built.rows)),
        png=unavailable() is None,
    )


def _rendered(db: Session, whole: KeptLineUp, first: int, asked: LineUpRequest) -> Markup:
    rows = whole.built.rows[first : first + ROWS]
    ids = {one.claim_id for row in rows for one in _told(row)}
    topic_id, confirmed = whole.subject.topic.id, asked.show == "confirmed"
    codings = positions.codings(db, ids, topic_id, confirmed=confirmed, at=asked.at)
    span = asked.options.span(whole.turn)
    silent = [row.speaker_id for row in rows if not row.before.statements or not row.after.statements]
    down = positions.sources_down(db, now(), whole.turn, span) if silent or not rows else ((), ())
    shown = ShownLineUp(
        whole=whole,
        rows=rows,
        statements=speech.statements(db, ids),
        codings={number: one for (number, _), one in codings.items()},
        coverage=(replace(whole.coverage[0], down=down[0]), replace(whole.coverage[1], down=down[1])),
        timed=positions.timed_by_hand(db, ids) if can("confirm position") else frozenset(),
        elsewhere=positions.said_elsewhere(db, topic_id, silent, whole.turn, span) if silent else {},
    )
    choices = tuple(
        SpeakerChoice(who.slug, who.name, not asked.speakers or who.slug in asked.speakers)
        for who in sorted(whole.everybody.values(), key=lambda who: who.name.casefold())
    )
    page = _page(shown, asked, choices)
    return Markup(render_template(page.template, page=page))  # noqa: S704 - a template of our own, which escapes


def _told(row: LineUpRow) -> Iterator[LineUpStatement]:
    """The statements of a row that a page tells anything of, and the last one of all, which tells the role."""
    yield from drawn(row)
    yield from (*row.during, *row.same_day, *row.uncertain, *row.unknown)
    yield row.everything[-1]


def _page(material: ShownLineUp, asked: LineUpRequest, choices: tuple[SpeakerChoice, ...]) -> LineUpContent:
    today = now().astimezone(UTC).date()
    whole, event = material.whole, material.whole.event
    subject = whole.subject
    other_view = forms.address(
        drop=("show", "page"), ends=f"show={'all' if asked.show == 'confirmed' else 'confirmed'}"
    )
    steps = [(one.step, one.label) for one in subject.positions]
    rows, sources = tell_rows(material, today)
    before_days, after_days = _spans(whole.built, whole.turn.day, today)
    members = whole.groups[asked.group] if asked.group is not None else None
    return LineUpContent(
        title=lineup_figure.title(whole),
        topic=subject.topic,
        event=event,
        events=tuple(event_link(one) for one in whole.events),
        lead=lineup_figure.lead(whole, asked),
        tally=verdict_counts(whole.built),
        form=_form(whole, asked, choices),
        figure=lineup_figure.figure(
            whole,
            material.rows,
            material.statements.get,
            confirmed=asked.show == "confirmed",
            other_view=other_view,
        ),
        before_days=before_days,
        pivot_day=lineup_chart.pivot_words(whole.turn),
        after_days=after_days,
        rows=rows,
        sources=sources,
        group=spread(asked.group, members, whole.built, steps) if asked.group and members is not None else None,
        paging=paging(forms.page(), ROWS, len(whole.built.rows), forms.address()),
        searched=searched(material.coverage[1]),
        unresolved=whole.unresolved,
        other_view=other_view,
        share=_share(material),
        may_place=can("confirm position"),
        this_address=absolute_url(forms.address(drop=("event",), ends="").rstrip("?&")),
    )


def _form(whole: KeptLineUp, asked: LineUpRequest, choices: tuple[SpeakerChoice, ...]) -> LineUpForm:
    return LineUpForm(
        asked=asked,
        windows=tuple(sorted(WINDOWS, key=lambda one: (one == "all", int(one) if one.isdigit() else 0))),
        orders=tuple((one, ORDER_WORDS[one]) for one in ORDERS),
        groups=tuple(whole.groups),
        choices=choices,
        first=asked.first.isoformat() if asked.first else "",
        last=asked.last.isoformat() if asked.last else "",
        refined=bool(asked.first or asked.last or asked.group or asked.at),
    )


def _spans(built: LineUp, pivot: date, today: date) -> tuple[str, str]:
    early = (
        f"{dates.short_day(built.first_day)} to {dates.short_day(pivot)}"
        if built.first_day
        else f"until {dates.short_day(pivot)}"
    )
    if built.last_day is None:
        return early, f"since {dates.short_day(pivot)}"
    if built.last_day <= today:
        return early, f"{dates.short_day(pivot)} to {dates.short_day(built.last_day)}"
    return (
        early,
        f"{dates.short_day(pivot)} to {dates.short_day(today)} (window ends {dates.short_day(built.last_day)})",
    )
