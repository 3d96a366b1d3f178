"""Writes of what topics and events are: their scales, days, pivots. From the configuration, or by an editor on the site.

What an editor has changed on the site stays as it is there: from then on the configuration changes it no more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlmodel import Session

from tracker.db import insert_if_absent
from tracker.positions.ledger.codings import scale_of
from tracker.positions.models import Event, EventTopic, Position, Side, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPosition:
    """One step of a scale as it is configured."""

    step: int
    key: str
    label: str
    definition: str
    phrases: tuple[str, ...]
    side: Side | None
    example_claim_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTopic:
    """A topic as it is configured; `rules` are the phrases under `any`, `all` and `none`, `positions` lowest first."""

    id: str
    name: str
    description: str
    rules: dict[str, list[str]]
    positions: tuple[NewPosition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """An event as it is configured, with the ids of its topics."""

    id: str
    name: str
    place: str
    starts_on: date
    ends_on: date
    pivot: datetime
    pivot_name: str
    zone: str
    pivot_zone: str
    pivot_reason: str
    during: bool
    documents: tuple[str, ...]
    groups: Mapping[str, list[str]]
    topics: tuple[str, ...]


def configure(session: Session, now: datetime, topics: Sequence[NewTopic], events: Sequence[NewEvent]) -> None:
    """Make the configured topics, scales and events, except what was changed on the site since."""
    for topic in topics:
        _configure_topic(session, now, topic)
    for told in events:
        event = session.get(Event, told.id)
        if event is None or event.edited_by is None:
            _write_event(session, now, told, event)


def _configure_topic(session: Session, now: datetime, told: NewTopic) -> None:
    topic = session.get(Topic, told.id) or Topic(id=told.id, name=told.name, created_at=now, scale=0)
    topic.name, topic.description, topic.rules = told.name, told.description, told.rules
    session.add(topic)
    session.flush()
    steps = scale_of(session, topic)
    if topic.scale_by is not None:
        return
    if [_meaning(one) for one in steps] == [_meaning(one) for one in told.positions]:
        for row, position in zip(steps, told.positions, strict=True):
            row.phrases = list(position.phrases)
            session.add(row)
        return
    _new_version(session, topic, told.positions)


def _write_event(session: Session, now: datetime, told: NewEvent, event: Event | None) -> Event:
    columns = {**asdict(told), "documents": list(told.documents), "groups": dict(told.groups)}
    topic_ids = columns.pop("topics")
    event = event or Event(**columns, created_at=now)
    for key, value in columns.items():
        setattr(event, key, value)
    session.add(event)
    session.flush()
    for topic_id in topic_ids:
        insert_if_absent(session, EventTopic, {"event_id": event.id, "topic_id": topic_id})
    return event


def _meaning(step: Position | NewPosition) -> tuple[int, str, str, str, Side | None]:
    """What makes two steps the same one."""
    return step.step, step.key, step.label, step.definition, step.side


def _new_version(
    session: Session, topic: Topic, steps: Sequence[NewPosition], phrases: Mapping[str, Sequence[str]] | None = None
) -> None:
    """A new version of the scale; a step that keeps its key keeps the phrases that suggest it."""
    topic.scale += 1
    session.add(topic)
    for told in steps:
        session.add(
            Position(
                topic_id=topic.id,
                scale=topic.scale,
                step=told.step,
                key=told.key,
                label=told.label,
                definition=told.definition,
                phrases=list(told.phrases or (phrases or {}).get(told.key, ())),
                side=told.side,
                example_claim_id=told.example_claim_id,
            )
        )
    session.flush()
