"""Before and after: every event with the topics it can be compared on."""

from dataclasses import dataclass
from typing import ClassVar

from flask import Blueprint, Response

from tracker.positions import queries as positions
from tracker.positions.models import Event, Topic
from tracker.web.context import can, now, reading, render
from tracker.web.views import dates
from tracker.web.views.topics import event_topics

pages = Blueprint("events", __name__)


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event: its days, its pivot, its topics."""

    event: Event
    when: str
    distance: str
    topics: tuple[Topic, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventsPage:
    """Which comparisons there are."""

    template: ClassVar[str] = "events.html"
    section: ClassVar[str] = "events"
    title: str
    coming: tuple[EventRow, ...]
    past: tuple[EventRow, ...]
    may_change: bool


@pages.get("/events")
def index() -> Response:
    """Every event."""
    today = now().date()
    with reading() as db:
        topics = event_topics(db)
        rows = [
            EventRow(
                event,
                dates.span(event.starts_on, event.ends_on),
                dates.ago(event.starts_on, today),
                topics.get(event.id, ()),
            )
            for event in positions.events(db)
        ]
    coming = tuple(reversed([row for row in rows if row.event.starts_on > today]))
    return render(
        EventsPage(
            title="Before and after",
            coming=coming,
            past=tuple(row for row in rows if row.event.starts_on <= today),
            may_change=can("correct statements"),
        )
    )
