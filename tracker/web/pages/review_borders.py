"""Review of what stands near the border of a topic: one press says whether the statement is about it."""

from dataclasses import dataclass
from typing import ClassVar

from flask import Blueprint, Response, abort, redirect, request

from tracker import accounts
from tracker.db import Session
from tracker.positions import queries as positions
from tracker.positions.models import Topic
from tracker.positions.queries import border_rows, review_queue
from tracker.positions.queries.review_queue import QueueKind
from tracker.speech import queries as speech
from tracker.speech.ledger import reservations
from tracker.speech.wording import visible
from tracker.web import decide as desk
from tracker.web import forms
from tracker.web.context import as_response, current_path, now, reading, render, writing
from tracker.web.decide import SIDES, Act
from tracker.web.security import require_permission, require_user, safe_next_path
from tracker.web.views.cards import Card, card
from tracker.web.views.dates import clock_time
from tracker.web.views.review import Queue, queue
from tracker.web.views.topic_marks import mark_border

AROUND = 400
"""Characters of the source shown on each side of the words."""
DECIDED = "Somebody decided on this while you had the page open. Nothing was saved."

pages = Blueprint("review_borders", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class BorderPage:
    """Answers: is this statement about the topic, and what speaks for it."""

    template: ClassVar[str] = "review_border.html"
    section: ClassVar[str] = "review"
    title: str
    queue: Queue
    topic: Topic
    card: Card
    reason: str
    is_on_it: bool
    """Whether it is on the topic now, by the rules or by a person."""
    decided: bool
    """A person has said which."""
    question: str | None
    context: tuple[str, str, str] | None
    here: str
    seen: str
    holder: str | None
    problem: str | None


@pages.get("/review/topics/<public_id>/<topic_id>")
def border(public_id: str, topic_id: str) -> Response:
    """One statement at the border of one topic."""
    require_permission("review")
    forms.only("late")
    with reading() as db:
        claim = speech.claim(db, public_id)
    if claim is None:
        abort(404)
    desk.reserve(claim.id, require_user().email)
    with reading() as db:
        return _page(db, public_id, topic_id)


@pages.post("/review/topics/<public_id>/<topic_id>")
def decide_border(public_id: str, topic_id: str) -> Response:
    """Keep that it is about the topic, or that it is not; go on to the next item."""
    require_permission("confirm position")
    who = require_user()
    do = forms.chosen("do", (*SIDES, "next"))
    if do != "next":
        with writing() as db:
            claim = speech.claim(db, public_id)
            if claim is None or positions.topic(db, topic_id) is None:
                abort(404)
            if claim.merged_into is not None or desk.seen_of(db, claim.id, topic_id) != forms.field("seen"):
                return _page(db, public_id, topic_id, DECIDED, 409)
            if reservations.holders(db, now(), [claim.id], who.email):
                return _page(db, public_id, topic_id, "Another editor has this statement open. Nothing was saved.", 409)
            act = Act(
                do=do, topic_id=topic_id, reason=forms.field("note", 500), queue=QueueKind.TOPICS, item=current_path()
            )
            problem = desk.attempt(db, lambda: desk.decide(db, claim, act, who.email))
            if problem is not None:
                return _page(db, public_id, topic_id, problem, 400)
    return as_response(redirect(safe_next_path(forms.field("following", 500), request.root_path), code=303))


def _page(db: Session, public_id: str, topic_id: str, problem: str | None = None, status: int = 200) -> Response:
    claim, subject = speech.claim(db, public_id), positions.topic(db, topic_id)
    if claim is None or subject is None or claim.merged_into is not None:
        abort(404)
    who = require_user().email
    one = speech.statements(db, [claim.id])[claim.id]
    near, link = border_rows.border(db, claim.id, topic_id), border_rows.link(db, claim.id, topic_id)
    holder = reservations.holders(db, now(), [claim.id], who).get(claim.id)
    key = review_queue.key_of(db, QueueKind.TOPICS, claim.id, topic_id)
    page = BorderPage(
        title="Review: on the topic or not",
        queue=queue(db, QueueKind.TOPICS, who, here=current_path(), key=key),
        topic=subject.topic,
        card=mark_border(card(one), subject.topic, near.matched if near else ()),
        reason=near.reason if near else "the topic’s rules do not leave it to you any more",
        is_on_it=link is not None and not link.removed,
        decided=link is not None and link.by_hand,
        question=visible(one.question) if one.question else None,
        context=_context(db, claim.id),
        here=current_path(),
        seen=desk.seen_of(db, claim.id, topic_id),
        holder=f"{accounts.public_names(db, {holder.by})[holder.by]} has it until {clock_time(holder.until)}"
        if holder
        else None,
        problem=problem,
    )
    return render(page, status)


def _context(db: Session, claim_id: int) -> tuple[str, str, str] | None:
    """The words before, the words themselves, and the words after, where the statement first stands."""
    first = min(speech.appearances(db, claim_id), key=lambda place: place.id, default=None)
    if first is None:
        return None
    text = speech.texts_of_claim(db, claim_id)[first.sha256, first.start, first.end]
    before, after = text[max(0, first.start - AROUND) : first.start], text[first.end : first.end + AROUND]
    return visible(before), visible(text[first.start : first.end]), visible(after)
