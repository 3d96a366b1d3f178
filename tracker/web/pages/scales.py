"""A topic's scale: what its steps mean, each with an example; every version of it, and a new one by those who may."""

import re
from dataclasses import dataclass
from typing import ClassVar

from flask import Blueprint, Response, abort, redirect, url_for

from tracker.db import Session
from tracker.positions import queries as positions
from tracker.positions.ledger import definitions
from tracker.positions.ledger.definitions import NewPosition
from tracker.positions.models import Position, Side, Topic
from tracker.positions.queries import TopicWithScale
from tracker.setting_sections import FEWEST_STEPS, MOST_STEPS, sides_problem
from tracker.speech import queries as speech
from tracker.speech.states import HIDDEN
from tracker.web import forms
from tracker.web.context import as_response, can, now, reading, render, user, writing
from tracker.web.forms import Malformed
from tracker.web.security import require_permission
from tracker.web.views.cards import Card, card

SIDES = ("", Side.LOWER.value, Side.UPPER.value)
LONGEST = 600

pages = Blueprint("scales", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStep:
    """One step as the page shows it: its words, its side, and the statement that shows what it means."""

    position: Position | None
    """None in an empty row of the form."""
    side: str
    example: Card | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalePage:
    """Answers: what a coded step means, and what it meant in older versions."""

    template: ClassVar[str] = "scale.html"
    section: ClassVar[str] = "topics"
    title: str
    topic: Topic
    version: int
    versions: tuple[int, ...]
    steps: tuple[ShownStep, ...]
    lower: str
    upper: str
    form: tuple[ShownStep, ...]
    """The rows of the form, where the visitor may change the scale; empty elsewhere."""


@pages.get("/t/<topic_id>/scale")
def scale(topic_id: str) -> Response:
    """One version of a topic's scale, the one in force without `version`. Raises `Malformed`."""
    forms.only("version")
    asked = forms.number("version")
    with reading() as db:
        subject = positions.topic(db, topic_id)
        if subject is None:
            abort(404)
        version = asked if asked is not None else subject.topic.scale
        if asked is not None and asked not in subject.scales:
            raise Malformed("version", f"is none of: {', '.join(map(str, sorted(subject.scales))) or 'there is none'}")
        page = _page(db, subject, version)
    return render(page)


@pages.post("/t/<topic_id>/scale")
def change(topic_id: str) -> Response:
    """Write the scale: other steps make a new version, other examples do not. Raises `Malformed`."""
    require_permission("correct statements")
    who = user()
    if who is None:
        abort(403)
    reason = forms.field("reason", 500)
    if not reason:
        raise Malformed("reason", "is empty; say why the scale changes, for those who read older codings")
    with writing() as db:
        subject = positions.topic(db, topic_id)
        if subject is None:
            abort(404)
        steps = _asked(db, subject)
        definitions.change_scale(db, now(), by=who.email, topic=subject.topic, steps=steps, reason=reason)
    return as_response(redirect(url_for("scales.scale", topic_id=topic_id), code=303))


def _asked(db: Session, subject: TopicWithScale) -> list[NewPosition]:
    keys = {one.key for one in subject.positions}
    phrases = {one.key: tuple(one.phrases) for one in subject.positions}
    steps: list[NewPosition] = []
    for row in range(MOST_STEPS):
        label = forms.field(f"label-{row}")
        if not label:
            continue
        number = forms.field(f"step-{row}")
        if not re.fullmatch(r"\d{1,2}", number):
            raise Malformed(f"step-{row}", "is no number of a step, 0 to 99")
        key = forms.field(f"key-{row}")
        key = key if key in keys else f"step-{number}"
        side = forms.chosen(f"side-{row}", SIDES)
        steps.append(
            NewPosition(
                step=int(number), key=key, label=label, definition=forms.field(f"definition-{row}", LONGEST),
                phrases=phrases.get(key, ()), side=Side(side) if side else None,
                example_claim_id=_example(db, f"example-{row}"),
            )
        )  # fmt: skip
    steps.sort(key=lambda one: one.step)
    if not FEWEST_STEPS <= len(steps) <= MOST_STEPS:
        raise Malformed("label", f"names {len(steps)} steps; a scale has {FEWEST_STEPS} to {MOST_STEPS}")
    if len({one.step for one in steps}) != len(steps) or len({one.key for one in steps}) != len(steps):
        raise Malformed("step", "stands twice; each step stands once")
    if problem := sides_problem([one.side.value if one.side else None for one in steps]):
        raise Malformed("side", f"can’t be used: {problem}")
    return steps


def _example(db: Session, name: str) -> int | None:
    typed = forms.field(name).rstrip("/").rpartition("/")[2]
    if not typed:
        return None
    found = speech.claim(db, typed)
    if found is None or found.status in HIDDEN:
        raise Malformed(name, "is no statement on the record")
    return found.id


def _page(db: Session, subject: TopicWithScale, version: int) -> ScalePage:
    rows = positions.scale_version(db, subject.topic.id, version)
    said = speech.statements(db, [one.example_claim_id for one in rows if one.example_claim_id is not None])
    steps = tuple(
        ShownStep(
            position=one,
            side=one.side.value if one.side else "",
            example=card(said[one.example_claim_id]) if one.example_claim_id in said else None,
        )
        for one in rows
    )
    empty = (ShownStep(position=None, side="", example=None),) * (MOST_STEPS - len(steps))
    ends = subject.scales.get(version)
    return ScalePage(
        title=f"The scale of {subject.topic.name}",
        topic=subject.topic,
        version=version,
        versions=tuple(sorted(subject.scales, reverse=True)),
        steps=steps,
        lower=", ".join(map(str, sorted(ends.lower))) if ends else "",
        upper=", ".join(map(str, sorted(ends.upper))) if ends else "",
        form=(*steps, *empty) if can("correct statements") and version == subject.topic.scale else (),
    )
