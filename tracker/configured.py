"""What the configuration put into the record, and an audit entry for everything that a changed one changes."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from tracker import audit
from tracker.archive.ledger.documents import HAND
from tracker.archive.models import Source
from tracker.positions.models import Event, EventTopic, Position, Topic
from tracker.speech.ledger.readings import speaker_named
from tracker.speech.models import Alias, Office

SOURCE = ("name", "kind", "address", "outlet", "lane", "channel", "language", "timezone", "every_minutes",
          "expect_every_minutes", "enabled", "options", "note")  # fmt: skip
TOPIC = ("name", "description", "rules")
STEP = ("step", "key", "label", "definition", "phrases")
EVENT = ("name", "place", "starts_on", "ends_on", "pivot", "pivot_name")
OFFICE = ("title", "body", "from_on", "to_on")
LONGEST = 2000
ACTOR = "configuration"

ConfiguredItems = dict[str, dict[str, Any]]
"""Each configured thing by its subject in the audit trail (`source:wire`), with its fields."""


def configured_items(session: Session, speakers: Sequence[str]) -> ConfiguredItems:
    """What stands in the record of sources, topics, events, and the speakers of these names."""
    found: ConfiguredItems = {}
    for source in session.exec(select(Source).where(col(Source.id) != HAND)):
        found[f"source:{source.id}"] = _fields(source, SOURCE)
    steps: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for step in session.exec(select(Position).order_by(col(Position.step))):
        steps.setdefault((step.topic_id, step.scale), []).append(_fields(step, STEP))
    for topic in session.exec(select(Topic)):
        found[f"topic:{topic.id}"] = {**_fields(topic, TOPIC), "positions": steps.get((topic.id, topic.scale), [])}
    about: dict[str, list[str]] = {}
    for link in session.exec(select(EventTopic).order_by(EventTopic.topic_id)):
        about.setdefault(link.event_id, []).append(link.topic_id)
    for event in session.exec(select(Event)):
        found[f"event:{event.id}"] = {**_fields(event, EVENT), "topics": about.get(event.id, [])}
    known = {one.id: one for one in (speaker_named(session, name) for name in speakers) if one is not None}
    for speaker in known.values():
        found[f"speaker:{speaker.slug}"] = {"name": speaker.name, "aliases": [], "offices": []}
    for alias in session.exec(select(Alias).where(col(Alias.speaker_id).in_(known)).order_by(col(Alias.id))):
        found[f"speaker:{known[alias.speaker_id].slug}"]["aliases"].append(alias.text)
    for office in session.exec(select(Office).where(col(Office.speaker_id).in_(known)).order_by(col(Office.id))):
        found[f"speaker:{known[office.speaker_id].slug}"]["offices"].append(_fields(office, OFFICE))
    return found


def record_changes(session: Session, now: datetime, before: ConfiguredItems, after: ConfiguredItems) -> int:
    """Write what changed, field by field, and what is new, into the audit trail; how many entries.

    The first filling of an empty record is one entry that counts the things.
    """
    if not before:
        if not after:
            return 0
        kinds = [subject.partition(":")[0] for subject in after]
        told = ", ".join(f"{kind}: {kinds.count(kind)}" for kind in dict.fromkeys(kinds))
        audit.write(session, now, actor=ACTOR, action="configured for the first time", subject=ACTOR, new=told)
        return 1
    entries = 0
    for subject, fields in after.items():
        old = before.get(subject)
        if old is None:
            audit.write(session, now, actor=ACTOR, action="added", subject=subject, new=_text(fields))
            entries += 1
            continue
        for field, value in fields.items():
            if value != old.get(field):
                audit.write(
                    session, now, actor=ACTOR, action="changed", subject=subject, field=field,
                    old=_text(old.get(field)), new=_text(value),
                )  # fmt: skip
                entries += 1
    return entries


def _fields(row: SQLModel, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _text(value: object) -> str:
    """A value as the trail keeps it: words as they are, all else as JSON."""
    if isinstance(value, str):
        return value[:LONGEST]
    return json.dumps(value, ensure_ascii=False, default=_plain, sort_keys=isinstance(value, Mapping))[:LONGEST]


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
