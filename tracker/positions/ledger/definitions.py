"""Writes of what topics and events are: their scales, days, pivots. From the configuration, or by an editor on the site.

What an editor has changed on the site stays as it is there: from then on the configuration changes it no more. A topic is
defined in one place, its scale aside: in the configuration file or on the site; `configure` refuses one that is in both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col

from tracker import audit
from tracker.db import advisory_lock, insert_if_absent
from tracker.errors import TrackerError
from tracker.positions.ledger.codings import scale_of
from tracker.positions.models import Event, EventTopic, Position, Side, Topic

EVENT_FIELDS = ("name", "place", "starts_on", "ends_on", "pivot", "pivot_name", "zone", "pivot_zone", "pivot_reason",
                "during", "documents", "groups")  # fmt: skip
"""The columns of an event that a person writes."""


class DefinitionConflict(TrackerError):
    """The configuration file and the site both define a topic."""


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
    """A topic as it is configured.

    `rules` are the phrases under `any`, `all` and `none`, `examples` those under `in` and `out`, `positions` lowest first.
    """

    id: str
    name: str
    description: str
    rules: dict[str, list[str]]
    examples: dict[str, list[str]]
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
    """Make the configured topics, scales and events, except what was changed on the site since.

    Raises `DefinitionConflict` for a topic whose rules were written on the site.
    """
    for topic in topics:
        _configure_topic(session, now, topic)
    for told in events:
        event = session.get(Event, told.id)
        if event is None or event.edited_by is None:
            _write_event(session, now, told, event, linked_only=True)


def _configure_topic(session: Session, now: datetime, told: NewTopic) -> None:
    topic = session.get(Topic, told.id)
    if topic is not None and topic.edited_by is not None:
        raise DefinitionConflict(
            f"topics: {told.id!r} is in the configuration file, and on the site, where {topic.edited_by} wrote it "
            "(take it out of the file, or give the one in the file another id)"
        )
    topic = _write_topic(session, now, told, topic)
    steps = scale_of(session, topic)
    if topic.scale_by is not None:
        return
    if [_meaning(one) for one in steps] == [_meaning(one) for one in told.positions]:
        for row, position in zip(steps, told.positions, strict=True):
            row.phrases = list(position.phrases)
            session.add(row)
        return
    _new_version(session, topic, told.positions)


def wait_for_turn(session: Session) -> None:
    """Let those who write topics stand in line until their transactions end: what the second one reads is the first one's."""
    advisory_lock(session, "topics")


def save_topic(session: Session, now: datetime, *, by: str, told: NewTopic, reason: str) -> Topic:
    """Write a topic's name, description, rules and examples as an editor wants them; its scale stays as it is.

    New or changed, field by field in the audit trail. What is held follows by the job `reread`, which tells nobody.
    """
    topic = session.get(Topic, told.id)
    old = _topic_fields(topic) if topic is not None else {}
    topic = _write_topic(session, now, told, topic)
    topic.edited_by = by
    session.add(topic)
    session.flush()
    subject = f"topic:{topic.id}"
    if not old:
        audit.write(session, now, actor=by, action="topic made", subject=subject, new=topic.name, reason=reason)
    new = _topic_fields(topic)
    for name in dict.fromkeys((*new, *old)):
        if old.get(name, "") != new.get(name, ""):
            audit.write(session, now, actor=by, action="topic changed", subject=subject, field=name,
                        old=old.get(name), new=new.get(name, ""), reason=reason)  # fmt: skip
    return topic


def import_topic(session: Session, now: datetime, *, by: str, told: NewTopic, reason: str) -> str:
    """Write a topic with its scale as a file tells it: "new", "changed", or "unchanged".

    Without steps in the file the scale stays; a step that keeps its key keeps its example.
    """
    topic = session.get(Topic, told.id)
    before = (_topic_fields(topic), _steps(scale_of(session, topic))) if topic is not None else None
    steps = _steps(told.positions) or (before[1] if before else [])
    if before == (_topic_fields(told), steps):
        return "unchanged"
    if before is None or before[0] != _topic_fields(told):
        topic = save_topic(session, now, by=by, told=told, reason=reason)
    if topic is not None and steps != (before[1] if before else []):
        held = {one.key: one for one in scale_of(session, topic)}
        examples = {key: one.example_claim_id for key, one in held.items()}
        kept = [replace(one, example_claim_id=examples.get(one.key)) for one in told.positions]
        if [_meaning(one) for one in kept] != [_meaning(one) for one in held.values()]:
            change_scale(session, now, by=by, topic=topic, steps=kept, reason=reason)
        _set_phrases(session, now, topic, told.positions, by=by, reason=reason)
    return "changed" if before else "new"


def _steps(steps: Sequence[Position | NewPosition]) -> list[tuple[object, ...]]:
    return [(*_meaning(one), tuple(one.phrases)) for one in steps]


def _set_phrases(
    session: Session, now: datetime, topic: Topic, steps: Sequence[NewPosition], *, by: str, reason: str
) -> None:
    for row, told in zip(scale_of(session, topic), steps, strict=True):
        if tuple(row.phrases) != told.phrases:
            audit.write(session, now, actor=by, action="phrases of a step set", subject=f"topic:{topic.id}", field=row.key,
                        old="; ".join(row.phrases), new="; ".join(told.phrases), reason=reason)  # fmt: skip
            row.phrases = list(told.phrases)
            session.add(row)
    session.flush()


def _write_topic(session: Session, now: datetime, told: NewTopic, topic: Topic | None) -> Topic:
    topic = topic or Topic(id=told.id, name=told.name, created_at=now, scale=0)
    topic.name, topic.description, topic.rules, topic.examples = told.name, told.description, told.rules, told.examples
    session.add(topic)
    session.flush()
    return topic


def _topic_fields(topic: Topic | NewTopic) -> dict[str, str]:
    """A topic's fields as the audit trail names them."""
    lists = {**topic.rules, **{f"examples_{kind}": told for kind, told in topic.examples.items()}}
    told = {name: "\n".join(words) for name, words in sorted(lists.items()) if words}
    return {"name": topic.name, "description": topic.description, **told}


def change_scale(
    session: Session, now: datetime, *, by: str, topic: Topic, steps: Sequence[NewPosition], reason: str
) -> bool:
    """Write a topic's scale as an editor wants it, lowest step first; whether that is a new version.

    What a step means (number, words, side) makes a version; its example belongs to none and changes where it stands.
    The codings of older versions keep theirs, and are compared with each other only.
    """
    held = scale_of(session, topic)
    before = [_meaning(one) for one in held]
    wanted = [_meaning(one) for one in steps]
    topic.scale_by = by
    session.add(topic)
    if before == wanted:
        for row, told in zip(held, steps, strict=True):
            row.example_claim_id = told.example_claim_id
            session.add(row)
        audit.write(session, now, actor=by, action="examples of a scale set", subject=f"topic:{topic.id}", field="scale",
                    new=str(topic.scale), reason=reason)  # fmt: skip
        session.flush()
        return False
    phrases = {one.key: one.phrases for one in held}
    _new_version(session, topic, steps, phrases)
    audit.write(session, now, actor=by, action="scale changed", subject=f"topic:{topic.id}", field="scale",
                old=_told(before), new=_told(wanted), reason=reason)  # fmt: skip
    return True


def save_event(session: Session, now: datetime, *, by: str, told: NewEvent, reason: str) -> Event:
    """Write an event as an editor wants it, with its topics; new or changed, field by field in the audit trail."""
    event = session.get(Event, told.id)
    old = _event_fields(session, event) if event is not None else {}
    event = _write_event(session, now, told, event, linked_only=False)
    event.edited_by = by
    session.add(event)
    session.flush()
    subject = f"event:{event.id}"
    if not old:
        audit.write(session, now, actor=by, action="event made", subject=subject, new=event.name, reason=reason)
        return event
    for name, value in _event_fields(session, event).items():
        if value != old[name]:
            audit.write(session, now, actor=by, action="event changed", subject=subject, field=name, old=old[name],
                        new=value, reason=reason)  # fmt: skip
    return event


def import_event(session: Session, now: datetime, *, by: str, told: NewEvent, reason: str) -> str:
    """Write an event as a file tells it: "new", "changed", or "unchanged"."""
    event = session.get(Event, told.id)
    before = _event_fields(session, event) if event is not None else None
    fields = {name: getattr(told, name) for name in EVENT_FIELDS} | {"documents": list(told.documents)}
    if before == {**{name: str(value) for name, value in fields.items()}, "topics": ", ".join(sorted(told.topics))}:
        return "unchanged"
    save_event(session, now, by=by, told=told, reason=reason)
    return "changed" if before else "new"


def _write_event(session: Session, now: datetime, told: NewEvent, event: Event | None, *, linked_only: bool) -> Event:
    columns = {**asdict(told), "documents": list(told.documents), "groups": dict(told.groups)}
    topic_ids = columns.pop("topics")
    event = event or Event(**columns, created_at=now)
    for key, value in columns.items():
        setattr(event, key, value)
    session.add(event)
    session.flush()
    if not linked_only:
        other = sa.and_(col(EventTopic.event_id) == event.id, col(EventTopic.topic_id).not_in(topic_ids))
        session.connection().execute(sa.delete(EventTopic).where(other))
    for topic_id in topic_ids:
        insert_if_absent(session, EventTopic, {"event_id": event.id, "topic_id": topic_id})
    return event


def _event_fields(session: Session, event: Event) -> dict[str, str]:
    """An event's fields as the audit trail names them."""
    links = (
        sa.select(col(EventTopic.topic_id)).where(col(EventTopic.event_id) == event.id).order_by(EventTopic.topic_id)
    )
    topics = [row[0] for row in session.connection().execute(links)]
    return {**{name: str(getattr(event, name)) for name in EVENT_FIELDS}, "topics": ", ".join(topics)}


def _meaning(step: Position | NewPosition) -> tuple[int, str, str, str, Side | None]:
    """What makes two steps the same one."""
    return step.step, step.key, step.label, step.definition, step.side


def _told(steps: Sequence[tuple[int, str, str, str, Side | None]]) -> str:
    return "; ".join(f"{step} {label}" for step, _, label, _, _ in steps)


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
