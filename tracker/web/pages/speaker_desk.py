"""A speaker at the desk: merge it with another, or give some of its statements to somebody else."""

from dataclasses import dataclass
from typing import ClassVar

from flask import Blueprint, Response, abort, redirect, request, url_for

from tracker.alerts.ledger import deliveries as alerts
from tracker.db import Session
from tracker.decisions import Journal
from tracker.errors import TrackerError
from tracker.positions.ledger import desk as desk_ledger
from tracker.speech import queries as speech
from tracker.speech.ledger import joining, speakers
from tracker.speech.ledger.corrections import BadCorrection
from tracker.speech.models import Speaker
from tracker.web import forms
from tracker.web.context import as_response, current_path, now, reading, render, world, writing
from tracker.web.security import require_permission, require_user
from tracker.web.views.cards import Card, card
from tracker.web.views.review import Queue, queue

pages = Blueprint("speaker_desk", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerDeskPage:
    """Answers: is this one person, and which of these statements are somebody else's."""

    template: ClassVar[str] = "speaker_desk.html"
    section: ClassVar[str] = "desk"
    title: str
    slug: str
    name: str
    also: tuple[str, ...]
    statements: tuple[Card, ...]
    total: int
    older: str | None
    queue: Queue
    typed_name: str
    typed_reason: str
    ticked: frozenset[str]
    problem: str | None


@pages.get("/desk/speakers/<slug>")
def form(slug: str) -> Response:
    """The speaker with its statements, to be ticked."""
    require_permission("correct statements")
    forms.only("page")
    return _page(slug, forms.page())


@pages.post("/desk/speakers/<slug>")
def decide(slug: str) -> Response:
    """Merge the speaker into another, or give the ticked statements to another."""
    require_permission("correct statements")
    who = require_user()
    name, reason = forms.field("name"), forms.field("reason", 500)
    do = forms.chosen("do", ("merge", "split"))
    try:
        with writing() as db:
            profile = speech.speaker(db, slug)
            if profile is None:
                abort(404)
            address = _decide(db, profile.speaker, do, name, reason, by=who.email)
    except TrackerError as problem:
        return _page(slug, 1, str(problem), 400)
    return as_response(redirect(address, code=303))


def _decide(db: Session, here: Speaker, do: str, name: str, reason: str, *, by: str) -> str:
    if not name:
        raise BadCorrection("Name the other speaker.")
    journal = Journal(db)
    if do == "merge":
        other = speakers.speaker_named(db, name)
        if other is None:
            raise BadCorrection("No speaker, or more than one, bears this name.")
        moved = joining.merge_speakers(db, now(), journal, into=other, gone=here, by=by, reason=reason)
        action = f"speaker merged into {other.name}"
    else:
        ticked = {claim.id for one in request.form.getlist("item")[:200] if (claim := speech.claim(db, one))}
        other = speakers.get_or_create(db, now(), name, None)
        if other is None:
            raise BadCorrection("Several speakers bear this name.")
        moved = joining.split_speaker(db, now(), journal, old=here, new=other, claim_ids=ticked, by=by, reason=reason)
        action = f"{len(moved)} statements given to {other.name}"
    address = url_for("speaker_desk.form", slug=other.slug)
    journal.close(now(), by=by, action=action, subject=f"speaker:{here.id}",
                  item=url_for("speaker_desk.form", slug=here.slug))  # fmt: skip
    changes = desk_ledger.refresh_shifts(db, now(), moved, [here.id, other.id], by)
    alerts.enqueue_shifts(db, now(), changes, world().digest_schedule)
    return address


def _page(slug: str, number: int, problem: str | None = None, status: int = 200) -> Response:
    with reading() as db:
        profile = speech.speaker(db, slug)
        if profile is None:
            abort(404)
        into = speech.speaker_by_id(db, profile.speaker.merged_into)
        if into is not None:
            return as_response(redirect(url_for("speaker_desk.form", slug=into.slug)))
        ids, total = speech.of_speaker(db, profile.speaker.id, number)
        page = SpeakerDeskPage(
            title=f"{profile.speaker.name}: merge or part",
            slug=slug,
            name=profile.speaker.name,
            also=profile.aliases,
            statements=tuple(card(one) for one in speech.in_order(db, ids)),
            total=total,
            older=url_for("speaker_desk.form", slug=slug, page=number + 1) if total > number * speech.PAGE else None,
            queue=queue(db, None, require_user().email, here=current_path()),
            typed_name=forms.field("name"),
            typed_reason=forms.field("reason", 500),
            ticked=frozenset(request.form.getlist("item")),
            problem=problem,
        )
    return render(page, status)
