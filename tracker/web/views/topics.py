"""Topics and events as several pages show them: their numbers, their order, their links."""

from dataclasses import dataclass
from datetime import date

from tracker.db import Session
from tracker.positions import queries as positions
from tracker.positions.models import Event, Topic
from tracker.positions.queries import TopicStats
from tracker.web.cache import cached
from tracker.web.views import dates


@dataclass(frozen=True, slots=True)
class TopicSummary:
    """A topic in numbers."""

    topic: Topic
    statements: int
    speakers: int
    last: date | None


@dataclass(frozen=True, slots=True)
class EventLink:
    """An event that matters to a topic."""

    id: str
    name: str
    when: str


def event_link(event: Event) -> EventLink:
    """An event's name, address and days."""
    return EventLink(event.id, event.name, dates.span(event.starts_on, event.ends_on))


def topic_stats(db: Session, topic_id: str) -> TopicStats:
    """A topic's statements in numbers, counted anew when the record has changed."""
    return cached(db, ("shape", topic_id), lambda: positions.topic_stats(db, topic_id))


def summaries(db: Session) -> list[TopicSummary]:
    """Every topic with its numbers; the one with most statements first, then by name."""
    numbers = cached(db, "topics", lambda: positions.topic_counts(db))
    every = [TopicSummary(one, *numbers.get(one.id, (0, 0, None))) for one in positions.topics(db)]
    return sorted(every, key=lambda one: -one.statements)


def event_topics(db: Session) -> dict[str, tuple[Topic, ...]]:
    """The topics each event matters to, in the order of `summaries`."""
    rank = {one.topic.id: place for place, one in enumerate(summaries(db))}
    found = positions.event_topics(db)
    return {event: tuple(sorted(topics, key=lambda one: rank[one.id])) for event, topics in found.items()}
