"""Topics: the list, and one topic's timeline with its filters and its chart."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from flask import Blueprint, Response, abort

from tracker.db import Session
from tracker.positions import queries as positions
from tracker.positions.models import Event, Position, Topic
from tracker.positions.queries import Filters, TopicStats, TopicWithScale
from tracker.speech import queries as speech
from tracker.speech.queries import PAGE, Statement
from tracker.web import forms
from tracker.web.context import can, now, reading, render
from tracker.web.views import charts, dates
from tracker.web.views.cards import Card, Paging, card, paging
from tracker.web.views.charts import BarChart
from tracker.web.views.evidence import confirmed_only
from tracker.web.views.topic_progress import progress
from tracker.web.views.topics import EventLink, TopicSummary, event_link, summaries, topic_stats

pages = Blueprint("topics", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicsPage:
    """Every topic with its numbers."""

    template: ClassVar[str] = "topics.html"
    section: ClassVar[str] = "topics"
    title: str
    topics: tuple[TopicSummary, ...]
    may_change: bool


@dataclass(frozen=True, slots=True)
class TimelineDay:
    """Statements of one day under one heading; `event` stands above the first day at or before its end."""

    heading: str
    iso: str | None
    cards: tuple[Card, ...]
    event: EventLink | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineForm:
    """The filters as typed, to fill the form again."""

    speaker: str
    position: str
    first: str
    last: str
    text: str
    any: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicPage:
    """Answers: who spoke when, and where are the bursts."""

    template: ClassVar[str] = "topic.html"
    section: ClassVar[str] = "topics"
    title: str
    topic: Topic
    may_change: bool
    progress: str
    """How far changed topics are applied, for editors; empty for others, and when all is done."""
    lead: str
    events: tuple[EventLink, ...]
    chart: BarChart | None
    speakers: tuple[tuple[int, str, str], ...]
    positions: tuple[Position, ...]
    asked: TimelineForm
    days: tuple[TimelineDay, ...]
    paging: Paging
    total: int


@pages.get("/topics")
def index() -> Response:
    """Every topic."""
    with reading() as db:
        page = TopicsPage(title="Topics", topics=tuple(summaries(db)), may_change=can("correct statements"))
    return render(page)


@pages.get("/t/<topic_id>")
def topic(topic_id: str) -> Response:
    """One topic's timeline."""
    with reading() as db:
        subject = positions.topic(db, topic_id)
        if subject is None:
            abort(404)
        page = _page(db, subject)
    return render(page)


def _page(db: Session, subject: TopicWithScale) -> TopicPage:
    filters, number = _filters(), forms.page()
    ids = positions.timeline(db, subject.topic.id, filters, number)
    if number > 1 and not ids:
        abort(404)
    events = positions.events_of(db, subject.topic.id)
    shape = topic_stats(db, subject.topic.id)
    found = (
        positions.count(db, subject.topic.id, filters)
        if filters != Filters(confirmed=filters.confirmed)
        else shape.total
    )
    return TopicPage(
        title=subject.topic.name,
        topic=subject.topic,
        may_change=can("correct statements"),
        progress=progress(db) if can("correct statements") else "",
        lead=_lead(shape),
        events=tuple(event_link(event) for event in _happened_first(events, now())),
        chart=charts.bar_chart(shape.days, [(event.name, event.starts_on, event.ends_on) for event in events]),
        speakers=shape.speakers,
        positions=subject.positions,
        asked=_filled_form(filters),
        days=_days(db, subject, ids, events),
        paging=paging(number, PAGE, found, forms.address()),
        total=shape.total,
    )


def _filters() -> Filters:
    position = forms.text("position")
    return Filters(
        speaker=forms.text("speaker"),
        step=None if position == "none" else forms.number("position"),
        uncoded=position == "none",
        first=forms.day("from"),
        last=forms.day("to"),
        text=forms.text("text"),
        confirmed=confirmed_only(),
    )


def _filled_form(filters: Filters) -> TimelineForm:
    step = "none" if filters.uncoded else str(filters.step) if filters.step is not None else ""
    return TimelineForm(
        speaker=filters.speaker or "",
        position=step,
        first=filters.first.isoformat() if filters.first else "",
        last=filters.last.isoformat() if filters.last else "",
        text=filters.text or "",
        any=filters != Filters(confirmed=filters.confirmed),
    )


def _days(db: Session, subject: TopicWithScale, ids: list[int], events: list[Event]) -> tuple[TimelineDay, ...]:
    codings = positions.codings(db, ids, subject.topic.id, confirmed=confirmed_only())
    groups: list[tuple[date | None, list[Statement]]] = []
    for one in speech.in_order(db, ids):
        day = one.said_from or one.said_to
        if not groups or groups[-1][0] != day:
            groups.append((day, []))
        groups[-1][1].append(one)
    waiting = sorted(events, key=lambda event: event.ends_on, reverse=True)
    days: list[TimelineDay] = []
    above: date | None = None
    for day, said in groups:
        # An event's band stands between the first day after it and its own days, so only inside this page's span.
        band = next(
            (event for event in waiting if day and event.ends_on >= day and (above is None or event.ends_on < above)),
            None,
        )
        if band is not None and (above is not None or band.starts_on <= (day or date.min)):
            waiting = [event for event in waiting if event.ends_on < band.ends_on]
        else:
            band = None
        cards = []
        for one in said:
            coded = codings.get((one.id, subject.topic.id))
            cards.append(card(one, coded, subject.steps.get(coded.scale or 0, ()) if coded else ()))
        days.append(
            TimelineDay(
                dates.day(day) if day else "Date unknown",
                day.isoformat() if day else None,
                tuple(cards),
                event_link(band) if band else None,
            )
        )
        above = day
    return tuple(days)


def _lead(shape: TopicStats) -> str:
    if not shape.total:
        return "No statement found yet."
    spread = f", {dates.span(shape.days[0][0], shape.days[-1][0])}" if shape.days else ""
    return f"{dates.counted(shape.total, 'statement')} by {dates.counted(len(shape.speakers), 'speaker')}{spread}."


def _happened_first(events: list[Event], here: datetime) -> list[Event]:
    """The latest event that has happened first, those to come last."""
    return sorted(events, key=lambda event: event.pivot > here)
