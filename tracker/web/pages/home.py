"""The first page: what is new, which events there are, and the latest shifts of each topic."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from flask import Blueprint, Response

from tracker.archive import queries as archive
from tracker.db import Session
from tracker.positions import queries as positions
from tracker.positions.models import Event
from tracker.positions.queries import ShiftRow
from tracker.speech import queries as speech
from tracker.web.cache import cached
from tracker.web.context import now, reading, render
from tracker.web.views import dates
from tracker.web.views.cards import Card
from tracker.web.views.shifts import ShiftLine, shift_line
from tracker.web.views.statements import statement_cards
from tracker.web.views.topics import TopicSummary, event_topics, summaries

NEW = 6
SHIFTS = 4

pages = Blueprint("home", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """An event in the list beside the news."""

    when: str
    name: str
    topic_id: str | None
    event_id: str
    distance: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicCard:
    """A topic with its latest shifts."""

    id: str
    name: str
    statements: int
    speakers: int
    last: date | None
    shifts: tuple[ShiftLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    """Answers: what is new since yesterday, and did anyone shift."""

    template: ClassVar[str] = "home.html"
    section: ClassVar[str] = "home"
    title: str
    today: date
    lead: str
    new: tuple[Card, ...]
    coming: tuple[EventLine, ...]
    past: tuple[EventLine, ...]
    topics: tuple[TopicCard, ...]
    sources: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstRunPage:
    """What to do when nothing has been collected yet."""

    template: ClassVar[str] = "home_empty.html"
    section: ClassVar[str] = "home"
    title: str
    topics: int
    sources: int
    events: int
    checked: str | None


@pages.get("/")
def home() -> Response:
    """What is new."""
    today = now().date()
    with reading() as db:
        counts = cached(db, "statements", lambda: speech.counts(db))
        page = _home(db, today, counts) if counts[0] else _first_run(db)
    return render(page)


def _first_run(db: Session) -> FirstRunPage:
    sources = archive.all_sources(db)
    checked = archive.last_good(db)
    return FirstRunPage(
        title="Start here",
        topics=len(positions.topics(db)),
        sources=len([source for source in sources if source.enabled]),
        events=len(positions.events(db)),
        checked=dates.moment(checked) if checked else None,
    )


def _home(db: Session, today: date, counts: tuple[int, int, date | None]) -> HomePage:
    cards = statement_cards(db, speech.newest(db, NEW))
    events, about = positions.events(db), event_topics(db)
    lines = [_event(event, [topic.id for topic in about.get(event.id, ())], today) for event in events]
    moved: dict[str, list[ShiftRow]] = {}
    for one in positions.shifts(db):
        moved.setdefault(one.shift.topic_id, []).append(one)
    ordered = sorted(summaries(db), key=lambda one: -len(moved.get(one.topic.id, ())))
    fresh = speech.new_since(db, now() - timedelta(days=1))
    return HomePage(
        title=f"Today, {dates.day(today)}",
        today=today,
        lead=_lead(fresh, counts, len([one for found in moved.values() for one in found])),
        new=tuple(cards),
        coming=tuple(reversed([line for line, event in zip(lines, events, strict=True) if event.starts_on > today])),
        past=tuple(line for line, event in zip(lines, events, strict=True) if event.starts_on <= today),
        topics=tuple(_topic(one, moved.get(one.topic.id, [])) for one in ordered),
        sources=len(archive.all_sources(db)),
    )


def _lead(fresh: int, counts: tuple[int, int, date | None], shifts: int) -> str:
    news = f"{dates.spelled(fresh, 'new statement')} since yesterday" if fresh else "No new statement since yesterday"
    total, speakers, _ = counts
    held = f"{dates.counted(total, 'statement')} by {dates.counted(speakers, 'speaker')} on the record"
    return f"{news}; {held}, {dates.counted(shifts, 'confirmed shift')}."


def _event(event: Event, topics: list[str], today: date) -> EventLine:
    when = dates.span(event.starts_on, event.ends_on)
    return EventLine(
        when=when,
        name=event.name,
        topic_id=topics[0] if topics else None,
        event_id=event.id,
        distance=dates.ago(event.starts_on, today),
    )


def _topic(one: TopicSummary, moved: list[ShiftRow]) -> TopicCard:
    lines = tuple(shift_line(shift) for shift in moved[:SHIFTS])
    return TopicCard(
        id=one.topic.id,
        name=one.topic.name,
        statements=one.statements,
        speakers=one.speakers,
        last=one.last,
        shifts=lines,
    )
