"""Review: suggestions that wait for a person, oldest first; confirm a position, say there is none, or go on."""

from dataclasses import dataclass
from typing import ClassVar

from flask import Blueprint, Response, abort, redirect, request, url_for

from tracker.alerts.ledger import deliveries as alerts
from tracker.db import Session
from tracker.positions import queries as positions
from tracker.positions.ledger import codings as coding_ledger
from tracker.positions.ledger.codings import BadCoding
from tracker.positions.models import CodingReading, Position, Topic
from tracker.positions.queries import LabelledCoding
from tracker.speech import queries as speech
from tracker.speech.wording import visible
from tracker.web import errors, forms
from tracker.web.context import as_response, current_path, now, reading, render, user, world, writing
from tracker.web.security import require_permission
from tracker.web.views.cards import Card, card

QUEUE = 20
AROUND = 400

pages = Blueprint("review", __name__)


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One claim on one topic that waits for a decision."""

    address: str
    label: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage:
    """Answers: what is waiting, what does the machine suggest."""

    template: ClassVar[str] = "review.html"
    section: ClassVar[str] = "review"
    title: str
    total: int
    queue: tuple[ReviewItem, ...]
    card: Card
    topic: Topic
    coded: LabelledCoding | None
    positions: tuple[Position, ...]
    here: str
    number: int
    context: tuple[str, str, str] | None
    following: str | None


@dataclass(frozen=True, slots=True)
class ReviewEmptyPage:
    """Nothing is waiting."""

    template: ClassVar[str] = "review_empty.html"
    section: ClassVar[str] = "review"
    title: str


@pages.get("/review")
def queue() -> Response:
    """The first waiting item, or the empty queue."""
    require_permission("review")
    with reading() as db:
        waiting, _ = positions.waiting(db, 1)
        if waiting:
            claim_id, topic_id = waiting[0]
            found = speech.statements(db, [claim_id])[claim_id]
            return as_response(redirect(url_for("review.item", public_id=found.public_id, topic_id=topic_id)))
    return render(ReviewEmptyPage("Review"))


@pages.get("/review/<public_id>/<topic_id>")
def item(public_id: str, topic_id: str) -> Response:
    """One item with its context and the scale."""
    require_permission("review")
    with reading() as db:
        page = _page(db, public_id, topic_id)
    return render(page)


@pages.post("/review/<public_id>/<topic_id>")
def decide(public_id: str, topic_id: str) -> Response:
    """Write the decision; go on to the next item."""
    require_permission("confirm position")
    who = user()
    if who is None:
        abort(403)
    choice, note, seen = forms.field("position"), forms.field("note", 500) or None, forms.field("seen")
    with writing() as db:
        claim = speech.claim(db, public_id)
        subject = positions.topic(db, topic_id)
        if claim is None or subject is None:
            abort(404)
        old = coding_ledger.in_force(db, claim.id, topic_id)
        if str(old.id if old else 0) != seen:
            detail = (
                f"{old.by if old else 'Somebody'} decided this while you had the page open. Nothing has been saved."
            )
            return errors.error(409, detail=detail, more_text="Look at it again", more_url=current_path())
        position = next((one for one in subject.positions if str(one.id) == choice), None)
        reading_ = CodingReading.POSITION if position else _reading(choice)
        try:
            changes = coding_ledger.confirm(
                db, now(), by=who.email, claim_id=claim.id, topic_id=topic_id, reading=reading_,
                position_id=position.id if position else None, note=note, key_quote="key_quote" in request.form,
            )  # fmt: skip
        except BadCoding as problem:
            return errors.error(400, detail=str(problem))
        alerts.enqueue_shifts(db, now(), changes, world().digest_schedule)
    return as_response(redirect(url_for("review.queue"), code=303))


def _reading(choice: str) -> CodingReading:
    if choice not in {one.value for one in CodingReading if one is not CodingReading.POSITION}:
        abort(400)
    return CodingReading(choice)


def _page(db: Session, public_id: str, topic_id: str) -> ReviewPage:
    claim, subject = speech.claim(db, public_id), positions.topic(db, topic_id)
    if claim is None or subject is None:
        abort(404)
    waiting, total = positions.waiting(db, QUEUE)
    known = speech.statements(db, [claim.id, *(number for number, _ in waiting)])
    codings = positions.codings(db, list(known), None)
    items = [
        ReviewItem(
            url_for("review.item", public_id=known[number].public_id, topic_id=topic),
            card(known[number]).label,
            _words(codings.get((number, topic))),
        )
        for number, topic in waiting
    ]
    places = [one.address for one in items]
    index = places.index(current_path()) if current_path() in places else -1
    coded = codings.get((claim.id, topic_id))
    steps = subject.steps.get(coded.scale or 0, ()) if coded else ()
    return ReviewPage(
        title="Review",
        total=total,
        queue=tuple(items),
        card=card(known[claim.id], coded, steps),
        topic=subject.topic,
        coded=coded,
        positions=tuple(reversed(subject.positions)),
        here=current_path(),
        number=index + 1,
        context=_context(db, claim.id),
        following=places[index + 1] if index + 1 < len(places) else None,
    )


def _words(coded: LabelledCoding | None) -> str:
    if coded is None:
        return "No position suggested"
    return f"Position suggested: {coded.step} {coded.label}" if coded.step is not None else coded.reading.value


def _context(db: Session, claim_id: int) -> tuple[str, str, str] | None:
    """The words before, the words themselves, and the words after, where the statement first stands."""
    stood = speech.appearances(db, claim_id)
    found = speech.cited_snapshot(db, stood[0].sha256, claim_id) if stood else None
    if found is None:
        return None
    text, one = found.snapshot.text, stood[0]
    before, after = text[max(0, one.start - AROUND) : one.start], text[one.end : one.end + AROUND]
    return visible(before), visible(text[one.start : one.end]), visible(after)
