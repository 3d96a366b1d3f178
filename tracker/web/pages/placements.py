"""Placing a statement at an event: before, after, or at a minute, by an editor who says why; and taking that back."""

import re
from datetime import UTC, datetime

from flask import Blueprint, Response, abort, redirect, url_for

from tracker.db import Session
from tracker.positions import queries as positions
from tracker.positions.ledger import placements as placement_ledger
from tracker.positions.models import Event
from tracker.speech import queries as speech
from tracker.speech.ledger import readings as speech_ledger
from tracker.speech.models import Claim
from tracker.web import forms
from tracker.web.context import as_response, now, user, writing
from tracker.web.forms import Malformed
from tracker.web.security import require_permission

CHOICES = ("before", "after", "time", "undo", "undo time")
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")

pages = Blueprint("placements", __name__)


@pages.post("/t/<topic_id>/around/<event_id>/place/<public_id>")
def place(topic_id: str, event_id: str, public_id: str) -> Response:
    """Write where a statement stands, or take that back; the line-up is shown again at its speaker."""
    require_permission("confirm position")
    who = user()
    if who is None:
        abort(403)
    wanted = forms.chosen("side", CHOICES)
    reason = forms.field("reason", 500)
    if not reason and not wanted.startswith("undo"):
        raise Malformed("reason", "is empty; say how you know, so that others can check it")
    with writing() as db:
        event = next((one for one in positions.events_of(db, topic_id) if one.id == event_id), None)
        claim = speech.claim(db, public_id)
        if event is None or claim is None:
            abort(404)
        slug = speech.statements(db, [claim.id])[claim.id].speaker
        _write(db, event, claim, by=who.email, wanted=wanted, reason=reason)
    address = url_for("lineup.lineup_page", topic_id=topic_id, event_id=event_id, _anchor=slug.slug if slug else None)
    return as_response(redirect(address, code=303))


def _write(db: Session, event: Event, claim: Claim, *, by: str, wanted: str, reason: str) -> None:
    if wanted == "time":
        moment = _moment(event, claim, forms.field("time"))
        speech_ledger.place_in_time(db, now(), claim.id, at=moment, by=by, reason=reason)
    elif wanted == "undo time":
        speech_ledger.place_in_time(db, now(), claim.id, at=None, by=by, reason=reason or "taken back")
    elif wanted == "undo":
        placement_ledger.take_back(db, now(), by=by, event_id=event.id, claim_id=claim.id)
    else:
        placement_ledger.place(db, now(), by=by, event_id=event.id, claim_id=claim.id, side=wanted, reason=reason)


def _moment(event: Event, claim: Claim, typed: str) -> datetime:
    """A time of day, in the zone of the event's pivot, on the one day of a statement. Raises `Malformed`."""
    if not CLOCK.fullmatch(typed):
        raise Malformed("time", "is no time of day like 14:05")
    if claim.said_from is None or claim.said_from != claim.said_to:
        raise Malformed("time", "needs a statement whose day is known")
    zone = positions.event_zone(event)
    hour, minute = (int(part) for part in typed.split(":"))
    day = claim.said_from
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)
