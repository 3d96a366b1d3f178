"""The form of a topic: what was typed, kept as it was typed, and the topic it tells, or what is wrong with it."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from flask import request
from pydantic import ValidationError

from tracker.db import Session
from tracker.positions import matching
from tracker.positions.models import Topic
from tracker.positions.passage import apart
from tracker.setting_sections import TopicSection
from tracker.speech import queries as speech
from tracker.speech.states import HIDDEN
from tracker.speech.wording import fold, short_name

TAKEN = "new"
"""The address of the empty form: no topic may be called so."""
LISTS = ("any", "all", "none", "examples_in", "examples_out")
LABELS = {
    "id": "Address", "name": "Name", "description": "Description", "any": "One of these", "all": "All of these",
    "none": "None of these", "examples_in": "Belongs to it", "examples_out": "Does not belong to it",
    "reason": "Why you make or change it",
}  # fmt: skip
"""The fields as the form names them."""
LONGEST = {"name": 200, "description": 2000, "reason": 500}
MOST_LINES, LONGEST_PHRASE, LONGEST_EXAMPLE = 60, 200, 1000
STATEMENT = re.compile(r"(?:https?://[^/\s]+(?:/[^\s]*)?)?/c/(?P<id>[^/\s?#]+)/?")
"""The address of a statement."""
IN_MARKS = re.compile(r"[“”„«»\"](?P<words>[^“”„«»\"]+)[“”„«»\"]")
"""A phrase in quotation marks of any style."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedTopic:
    """The fields as they were typed, or as they are held; lists one entry a line."""

    address: str = ""
    name: str = ""
    description: str = ""
    any: str = ""
    all: str = ""
    none: str = ""
    examples_in: str = ""
    examples_out: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldTopic:
    """What a form tells: the topic, or a sentence for each mistake."""

    section: TopicSection | None
    problems: tuple[str, ...]


def typed_of(topic: Topic) -> TypedTopic:
    """A topic as its form shows it."""
    lists = {**topic.rules, **{f"examples_{kind}": told for kind, told in topic.examples.items()}}
    return TypedTopic(
        address=topic.id,
        name=topic.name,
        description=topic.description,
        **{name: "\n".join(lists.get(name, ())) for name in LISTS},
    )


def read_typed() -> TypedTopic:
    """The form of this request, uncut: what is too long is told, never lost."""
    values = {name: (request.form.get(name) or "").replace("\r\n", "\n").strip() for name in asdict(TypedTopic())}
    return TypedTopic(**values)


def read_topic(db: Session, typed: TypedTopic, topic_id: str) -> ToldTopic:
    """The topic that a form tells; of a new one (`topic_id` is `TAKEN`) with the address it gets."""
    lists = {name: _lines(getattr(typed, name)) for name in LISTS}
    for name in ("any", "all", "none"):
        lists[name] = [_phrase(one) for one in lists[name]]
    problems = [*_too_long(typed, lists), *_useless(typed, lists)]
    for name in ("examples_in", "examples_out"):
        lists[name], unknown = _examples(db, lists[name])
        problems += [f"{LABELS[name]}: {one} is no statement on the record." for one in unknown]
    address = topic_id
    if topic_id == TAKEN:
        address = typed.address or short_name(apart(typed.name))
    told = {"id": address, "name": typed.name, "description": typed.description, **lists}
    try:
        section = TopicSection.model_validate(told)
    except ValidationError as error:
        problems += [_in_words(one["loc"], one["msg"]) for one in error.errors(include_url=False)]
        section = None
    if address == TAKEN:
        problems.append(f"{LABELS['id']}: “{TAKEN}” is the address of this form; write another.")
    return ToldTopic(section=None if problems else section, problems=tuple(dict.fromkeys(problems)))


def _lines(typed: str) -> list[str]:
    lines = (" ".join(line.split()) for line in typed.splitlines())
    return list(dict.fromkeys(line for line in lines if line))


def _phrase(line: str) -> str:
    """A phrase with straight marks around it where it has marks of another style."""
    found = IN_MARKS.fullmatch(line)
    return f'"{found["words"].strip()}"' if found else line


def _too_long(typed: TypedTopic, lists: dict[str, list[str]]) -> list[str]:
    told = [
        f"{LABELS[name]}: {len(getattr(typed, name))} letters; {most} are the most."
        for name, most in LONGEST.items()
        if len(getattr(typed, name)) > most
    ]
    for name, lines in lists.items():
        most = LONGEST_EXAMPLE if name.startswith("examples") else LONGEST_PHRASE
        told += [f"{LABELS[name]}: “{_short(one)}” has {len(one)} letters; {most} are the most."
                 for one in lines if len(one) > most]  # fmt: skip
        if len(lines) > MOST_LINES:
            told.append(f"{LABELS[name]}: {len(lines)} lines; {MOST_LINES} are the most.")
    return told


def _useless(typed: TypedTopic, lists: dict[str, list[str]]) -> list[str]:
    """Phrases that can't mean what they are written for."""
    told = []
    if not typed.name:
        told.append(f"{LABELS['name']}: is blank; write what the topic is called.")
    for name in ("any", "all", "none"):
        told += [f"{LABELS[name]}: “{_short(one)}” has no word in it." for one in lists[name] if not fold(one)]
        told += [f"{LABELS[name]}: “{_short(one)}” has a quotation mark on one side only; put one on both, or none."
                 for one in lists[name] if one.count('"') % 2]  # fmt: skip
    for name in ("any", "all"):
        both = {fold(one) for one in lists[name]} & {fold(one) for one in lists["none"]} - {""}
        told += [f"“{_short(one)}” stands under “{LABELS[name]}” and under “{LABELS['none']}”: nothing can match by it."
                 for one in lists[name] if fold(one) in both]  # fmt: skip
    both = {fold(one) for one in lists["examples_in"]} & {fold(one) for one in lists["examples_out"]}
    told += [f"The example “{_short(one)}” is said to belong and not to belong to it."
             for one in lists["examples_in"] if fold(one) in both]  # fmt: skip
    return told


def _examples(db: Session, lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """The lines with each address of a statement as its id, and those that name none on the record."""
    found, unknown = [], []
    for line in lines:
        address = STATEMENT.fullmatch(line)
        named = speech.claim(db, address["id"]) if address else None
        if address and (named is None or named.status in HIDDEN):
            unknown.append(line)
        found.append(named.public_id if named else line)
    return found, unknown


def _in_words(place: Sequence[int | str], message: str) -> str:
    """A mistake as the form's reader knows it; `place` is the key, and the line of a list."""
    said = message.removeprefix("Value error, ")
    if not place:
        return (
            f"Write at least one phrase under “{LABELS['any']}” or “{LABELS['all']}”: without any, nothing can match."
        )
    if place[0] == "id":
        return (
            f"{LABELS['id']}: write one in small letters a to z, digits and hyphens (none can be made from this name)."
        )
    line = f", line {int(place[1]) + 1}" if len(place) > 1 else ""
    return f"{LABELS[str(place[0])]}{line}: {said[:1].lower()}{said[1:]}."


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"  # noqa: PLR2004 - enough to find the line by


def rule_of(section: TopicSection) -> matching.TopicRule:
    """The rule by which statements would be found."""
    return matching.rule_of(
        section.name, section.description, {"any": section.any, "all": section.all, "none": section.none}
    )
