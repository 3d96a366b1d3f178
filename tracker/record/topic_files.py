"""Topics as a TOML file, as the configuration has them: out of the record, and into another one."""

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence

from tracker.db import Session
from tracker.positions import queries as positions
from tracker.positions.models import Position
from tracker.setting_sections import TopicSection
from tracker.settings import BadSettings, topic_sections


def write(session: Session, only: Sequence[str] = ()) -> str:
    """All topics of the record by their ids, or `only` these, with the scale in force."""
    found = sorted((one for one in positions.topics(session) if not only or one.id in only), key=lambda one: one.id)
    pieces: list[str] = []
    for topic in found:
        lists = {name: topic.rules.get(name, []) for name in ("any", "all", "none")}
        lists |= {f"examples_{kind}": topic.examples.get(kind, []) for kind in ("in", "out")}
        told = {"id": topic.id, "name": topic.name, "description": topic.description, **lists}
        pieces += ["[[topics]]", *_lines(told), ""]
        for step in positions.scale_version(session, topic.id, topic.scale):
            pieces += ["[[topics.positions]]", *_lines(_step(step)), ""]
    return "\n".join(pieces)


def read(text: str) -> tuple[TopicSection, ...]:
    """The topics of such a file. Raises `BadSettings` with every mistake at once."""
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadSettings([f"not TOML: {error}"]) from error
    if set(data) != {"topics"}:
        raise BadSettings(["the file must hold [[topics]] and nothing else"])
    sections = topic_sections(data["topics"])
    ids = [one.id for one in sections]
    if twice := {one for one in ids if ids.count(one) > 1}:
        raise BadSettings([f"topics: {one!r} stands twice (each id names one thing)" for one in sorted(twice)])
    return sections


def _step(step: Position) -> dict[str, object]:
    told: dict[str, object] = {"step": step.step, "id": step.key, "label": step.label, "definition": step.definition}
    return {**told, "side": step.side.value if step.side else None, "phrases": list(step.phrases)}


def _lines(told: Mapping[str, object]) -> Iterator[str]:
    """A table's keys, those without a value left out."""
    for name, value in told.items():
        if value is not None and value not in ("", []):
            yield f"{name} = {_value(value)}"


def _value(value: object) -> str:
    """A number, text or list of texts in TOML: its basic strings are escaped as those of JSON, and a DEL beside."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
