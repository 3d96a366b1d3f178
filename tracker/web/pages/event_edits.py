"""Events made and changed on the site: days, zone, place, the pivot and its reason, documents, groups, topics."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, available_timezones

from flask import Blueprint, Response, abort, redirect, request, url_for
from pydantic import ValidationError

from tracker import world as worlds
from tracker.positions import queries as positions
from tracker.positions.ledger import definitions
from tracker.positions.models import Event, Topic
from tracker.setting_sections import EventSection
from tracker.speech.wording import fold
from tracker.web import errors, forms
from tracker.web.context import as_response, now, reading, render, user, writing
from tracker.web.forms import Malformed
from tracker.web.security import require_permission

LONG = 4000
TAKEN = "new"
"""The address of the empty form: no event may be called so."""

pages = Blueprint("event_edits", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFormPage:
    """The form of an event, filled with what is held."""

    template: ClassVar[str] = "event_form.html"
    section: ClassVar[str] = "events"
    title: str
    event: Event | None
    pivot: str
    documents: str
    groups: str
    topics: tuple[tuple[Topic, bool], ...]
    """Every topic, and whether the event matters to it."""
    action: str


@pages.get("/events/new")
def new() -> Response:
    """The empty form."""
    return _form(None)


@pages.get("/events/<event_id>/edit")
def edit(event_id: str) -> Response:
    """The form of one event."""
    return _form(None if event_id == TAKEN else event_id)


@pages.post("/events/<event_id>/edit")
def save(event_id: str) -> Response:
    """Write an event; the line-ups of its topics follow at once."""
    require_permission("correct statements")
    who = user()
    if who is None:
        abort(403)
    reason = forms.field("reason", 500)
    if not reason:
        raise Malformed("reason", "is empty; say why, for those who defend a line-up later")
    try:
        section = EventSection.model_validate(_asked(event_id))
    except ValidationError as error:
        told = [f"{'.'.join(map(str, one['loc'])) or 'event'}: {one['msg'].removeprefix('Value error, ')}"
                for one in error.errors(include_url=False)]  # fmt: skip
        return errors.error(400, detail=f"The event was not saved. {'; '.join(told)}.")
    with writing() as db:
        known = {one.id for one in positions.topics(db)}
        if unknown := [one for one in section.topics if one not in known]:
            raise Malformed("topic", f"names no topic on the record: {unknown[0]}")
        if event_id == TAKEN and any(one.id == section.id for one in positions.events(db)):
            raise Malformed("name", "makes the address of an event that is there already; give it another name")
        definitions.save_event(db, now(), by=who.email, told=worlds.new_event(section), reason=reason)
    return as_response(redirect(url_for("events.index", _anchor=section.id), code=303))


def _asked(event_id: str) -> dict[str, Any]:
    """The fields of the form as the configuration would tell them. Raises `Malformed`."""
    zone, pivot_zone = forms.field("zone") or "UTC", forms.field("pivot_zone") or forms.field("zone") or "UTC"
    name = forms.field("name")
    told: dict[str, Any] = {
        "id": event_id if event_id != TAKEN else re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:80],
        "name": name, "place": forms.field("place"), "start": forms.field("start"), "end": forms.field("end"),
        "zone": zone, "pivot_zone": pivot_zone, "pivot_name": forms.field("pivot_name"),
        "pivot_reason": forms.field("pivot_reason", LONG), "during": "during" in request.form,
        "documents": forms.field("documents", LONG).split(), "groups": _groups(forms.field("groups", LONG)),
        "topics": [value for value in request.form.getlist("topic") if value],
    }  # fmt: skip
    typed = forms.field("pivot")
    if typed:
        told["pivot"] = _pivot(typed, pivot_zone)
    return told


def _pivot(typed: str, zone: str) -> str:
    """A local time in its zone. Raises `Malformed`."""
    if zone not in available_timezones():
        raise Malformed("pivot_zone", "is no time zone; write it like Europe/Kyiv")
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}", typed):
            return datetime.fromisoformat(typed).replace(tzinfo=ZoneInfo(zone)).isoformat()
    except ValueError:
        pass
    raise Malformed("pivot", "is no time like 2024-05-14 18:00, in the zone of the turning point")


def _groups(typed: str) -> dict[str, list[str]]:
    """Groups, one a line: the name, a colon, names of speakers between commas. Raises `Malformed`."""
    found: dict[str, list[str]] = {}
    for line in filter(None, (line.strip() for line in typed.splitlines())):
        name, colon, members = line.partition(":")
        if not colon or not name.strip():
            raise Malformed("groups", f"has a line without a colon: {line[:40]}")
        found[name.strip()] = [one.strip() for one in members.split(",") if one.strip()]
    return found


def _form(event_id: str | None) -> Response:
    require_permission("correct statements")
    forms.only()
    with reading() as db:
        event = next((one for one in positions.events(db) if one.id == event_id), None) if event_id else None
        if event_id and event is None:
            abort(404)
        mine = {topic.id for topic in positions.event_topics(db).get(event_id or "", [])}
        topics = tuple((topic, topic.id in mine) for topic in positions.topics(db))
        pivot = event.pivot.astimezone(positions.event_zone(event)) if event else None
    return render(
        EventFormPage(
            title=f"Change {event.name}" if event else "A new event",
            event=event,
            pivot=f"{pivot:%Y-%m-%d %H:%M}" if pivot else "",
            documents="\n".join(event.documents) if event else "",
            groups="\n".join(f"{name}: {', '.join(names)}" for name, names in event.groups.items()) if event else "",
            topics=topics,
            action=url_for("event_edits.save", event_id=event.id if event else TAKEN),
        )
    )
