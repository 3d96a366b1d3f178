"""Review: the desk's queue, one page an item: the words in their place, the reasons, the candidates, one press each.

Everything is one form of plain buttons, sent to the item's own address, that leads to the next item. A form that is out of
date, or whose statement another editor has open, is answered 409 and keeps what was typed.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

from flask import Blueprint, Response, abort, redirect, request, url_for

from tracker import accounts, audit
from tracker.accounts import User
from tracker.db import Session
from tracker.decisions import Overtaken, last_of
from tracker.errors import TrackerError
from tracker.positions import queries as positions
from tracker.positions.models import Position, Topic
from tracker.positions.queries import LabelledCoding, review_queue
from tracker.positions.queries.review_queue import QueueKind
from tracker.speech import phrasing
from tracker.speech import queries as speech
from tracker.speech.ledger import reservations
from tracker.speech.ledger.source_status import EDITED
from tracker.speech.models import Claim, QuoteKind, SourceStatus, Status
from tracker.speech.queries import AppearanceRow
from tracker.speech.states import HIDDEN, MOVES, ways_out
from tracker.speech.wording import visible
from tracker.web import decide as desk
from tracker.web import errors, forms
from tracker.web.context import as_response, current_path, now, reading, render, writing
from tracker.web.decide import Act
from tracker.web.security import require_permission, require_user, safe_next_path
from tracker.web.views.cards import READINGS, Card, card
from tracker.web.views.dates import clock_time
from tracker.web.views.how_known import KnownFact, how_known
from tracker.web.views.review import BULK, Queue, queue
from tracker.web.views.suggestions import SuggesterLine, suggester_lines
from tracker.web.views.topic_marks import mark_topics

AROUND = 400
BRIEF = 200
MOST_TICKED = 50
ITEM_KINDS = (*(one.value for one in QueueKind if one in review_queue.DOUBTS), QueueKind.PUBLISH.value, "statement")
REASONS = ("Not a statement", "Words cut wrongly", "A scare quote", "Translated back", "Held twice")
SOURCES = {
    SourceStatus.CHANGED: "The words were changed at their address",
    SourceStatus.MISSING: "The words are no longer on the page",
    SourceStatus.REMOVED: "The page is gone",
}
DECIDED = "decided on this while you had the page open. Nothing was saved; what you typed is below."

pages = Blueprint("review", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateButton:
    """Somebody who may have said it: one press makes them the speaker."""

    slug: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class DayButton:
    """A day it may have been said on: one press sets it."""

    day: str
    words: str


@dataclass(frozen=True, slots=True)
class PlaceButton:
    """An appearance that may be parted from the statement."""

    number: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage:
    """Answers: what is waiting, what does the machine suggest and why, which press decides it."""

    template: ClassVar[str] = "review.html"
    section: ClassVar[str] = "review"
    title: str
    queue: Queue
    card: Card
    topic: Topic | None
    coded: LabelledCoding | None
    suggesters: tuple[SuggesterLine, ...]
    """What each suggester says of it, and how far it agrees with editors on the topic."""
    chosen: str
    positions: tuple[Position, ...]
    readings: tuple[tuple[str, str], ...]
    topics: tuple[tuple[str, str], ...]
    """The statement's topics, with the address where it is coded on each."""
    others: tuple[tuple[str, str], ...]
    """All other topics: whoever codes it on one puts it there."""
    here: str
    seen: str
    context: tuple[str, str, str] | None
    why: tuple[str, ...]
    known: tuple[KnownFact, ...]
    candidates: tuple[CandidateButton, ...]
    days: tuple[DayButton, ...]
    places: tuple[PlaceButton, ...]
    typed: Mapping[str, str]
    kinds: tuple[str, ...]
    reasons: tuple[str, ...]
    status: str
    may: frozenset[str]
    """Which of "settle", "publish", "reject", "back" may be pressed."""
    holder: str | None
    problem: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewEmptyPage:
    """Nothing of this kind is waiting."""

    template: ClassVar[str] = "review_empty.html"
    section: ClassVar[str] = "review"
    title: str
    queue: Queue


@pages.get("/review")
def queue_page() -> Response:
    """The first waiting item that nobody else has open; without a kind the first kind that has one."""
    require_permission("review")
    forms.only("kind", "late")
    who = require_user()
    asked = forms.choice("kind", ("", *QueueKind)) if request.args.get("kind") else ""
    with reading() as db:
        for kind in [QueueKind(asked)] if asked else list(QueueKind):
            found = queue(db, kind, who.email)
            if found.items:
                first = next((one for one in found.items if one.holder is None), found.items[0])
                late = forms.number("late")
                return as_response(redirect(first.address + (f"?late={late}" if late else "")))
        page = ReviewEmptyPage(title="Review", queue=queue(db, QueueKind(asked) if asked else None, who.email))
    return render(page)


@pages.get("/review/<public_id>/<topic_id>")
def coding(public_id: str, topic_id: str) -> Response:
    """One statement on one topic, to be coded."""
    return _show(public_id, QueueKind.CODINGS, topic_id)


@pages.post("/review/<public_id>/<topic_id>")
def decide_coding(public_id: str, topic_id: str) -> Response:
    """Decide about a statement on a topic; go on to the next item."""
    return _decide(public_id, QueueKind.CODINGS, topic_id)


@pages.get("/review/<item>")
def item(item: str) -> Response:
    """One statement of a queue; `statement-ID` is any statement, waiting or not."""
    kind, public_id = _item(item)
    return _show(public_id, kind, None)


@pages.post("/review/<item>")
def decide_item(item: str) -> Response:
    """Decide about a statement; go on to the next item."""
    kind, public_id = _item(item)
    return _decide(public_id, kind, None)


@pages.post("/desk/undo")
def undo() -> Response:
    """Undo the last decision of this editor that stands, with all that was done by the same press."""
    require_permission("correct statements")
    who = require_user()
    with writing() as db:
        done = last_of(db, who.email)
        if done:
            try:
                desk.undo(db, done, who.email)
            except Overtaken as problem:
                return errors.error(
                    409, detail=str(problem), more_text="Back to the desk", more_url=url_for("desk.index")
                )
    address = done[-1].item if done and len(done) == 1 and done[-1].item else forms.field("here", 500)
    return _to(address or url_for("review.queue_page"))


@pages.post("/desk/bulk")
def bulk() -> Response:
    """Do the same to all that are ticked; what another editor has, or decided meanwhile, is left out and counted."""
    require_permission("correct statements")
    require_permission("confirm position")
    who = require_user()
    kind = QueueKind(forms.chosen("kind", tuple(QueueKind)))
    act, reason = forms.field("bulk"), forms.field("reason", 500)
    ticked = request.form.getlist("item")[:MOST_TICKED]
    if act == "reject" and not reason:
        return errors.error(
            400, detail="Say why these are rejected, in the field beside the buttons. Nothing was saved."
        )
    batch, done = secrets.token_hex(8), 0
    with writing() as db:
        for value in ticked:
            with db.begin_nested():
                done += _ticked(db, who, kind, value, act=act, reason=reason, batch=batch)
    return _to(url_for("review.queue_page", kind=kind.value, late=len(ticked) - done or None))


def _ticked(db: Session, who: User, kind: QueueKind, value: str, *, act: str, reason: str, batch: str) -> bool:
    """Decide about one ticked item; False where it was left out."""
    if act not in dict(BULK[kind]):
        abort(400)
    name, seen, topic_id = [*value.split(" "), "", ""][:3]
    number = int(name) if forms.NUMBER.fullmatch(name) else 0
    told = Act(do=act, topic_id=topic_id or None, reason=reason, queue=kind, batch=batch)
    try:
        if kind is QueueKind.SHIFTS:
            desk.sign(db, number, who.email, batch=batch)
        elif kind is QueueKind.ALIKE:
            desk.decide_pair(db, number, act, who.email, reason=reason, batch=batch)
        else:
            claim = speech.claim(db, name)
            held = claim is not None and reservations.holders(db, now(), [claim.id], who.email)
            if claim is None or held or desk.seen_of(db, claim.id, topic_id or None) != seen:
                return False
            if act == "confirm":
                desk.confirm_suggested(db, claim, told, who.email)
            else:
                coded = replace(told, do="code", position=act) if act == "off topic" else told
                desk.decide(db, claim, coded, who.email)
    except TrackerError:
        return False
    return True


def _item(item: str) -> tuple[QueueKind | None, str]:
    kind, _, public_id = item.partition("-")
    if kind not in ITEM_KINDS or not public_id:
        abort(404)
    return (None if kind == "statement" else QueueKind(kind)), public_id


def _show(public_id: str, kind: QueueKind | None, topic_id: str | None) -> Response:
    require_permission("review")
    forms.only("late")
    who = require_user()
    with reading() as db:
        claim = _standing(db, public_id)
        if isinstance(claim, Response):
            return claim
    desk.reserve(claim.id, who.email)
    late = forms.number("late")
    told = f"{late} of those ticked had been decided, or another editor has them; they were left out." if late else None
    with reading() as db:
        return render(_page(db, public_id, kind, topic_id, who=who, problem=told))


def _standing(db: Session, public_id: str) -> Claim | Response:
    claim = speech.claim(db, public_id)
    if claim is None:
        abort(404)
    if claim.merged_into is not None:
        into = speech.survivor(db, claim)
        if into is None:
            abort(404)
        return as_response(redirect(url_for("review.item", item=f"statement-{into.public_id}")))
    return claim


def _decide(public_id: str, kind: QueueKind | None, topic_id: str | None) -> Response:
    require_permission("confirm position" if topic_id else "correct statements")
    who = require_user()
    do, _, value = forms.field("do").partition(" ")
    following = forms.field("following", 500)
    with writing() as db:
        claim = speech.claim(db, public_id)
        if claim is None or (topic_id is not None and positions.topic(db, topic_id) is None):
            abort(404)
        if do == "next":
            reservations.release(db, [claim.id], who.email)
            return _to(following)
        holder = reservations.holders(db, now(), [claim.id], who.email).get(claim.id)
        if claim.merged_into is not None or desk.seen_of(db, claim.id, topic_id) != forms.field("seen"):
            return _again(
                db, public_id, kind, topic_id, who=who, problem=f"{_last_actor(db, claim)} {DECIDED}", status=409
            )
        if holder is not None:
            name = accounts.public_names(db, {holder.by})[holder.by]
            problem = f"{name} has this statement open until {clock_time(holder.until)}. Nothing was saved."
            return _again(db, public_id, kind, topic_id, who=who, problem=problem, status=409)
        refused = desk.attempt(db, lambda: desk.decide(db, claim, _act(do, value, kind, topic_id), who.email))
        if refused is not None:
            return _again(db, public_id, kind, topic_id, who=who, problem=refused, status=400)
    return _to(following)


def _act(do: str, value: str, kind: QueueKind | None, topic_id: str | None) -> Act:
    return Act(
        do=do or "code",
        value=value or forms.field("merge_into") or forms.field("appearance"),
        topic_id=topic_id,
        position=forms.field("position"),
        speaker=forms.field("speaker"),
        role=forms.field("role"),
        said_from=_day("said_from"),
        said_to=_day("said_to"),
        basis=forms.field("basis"),
        condition=forms.field("condition", 1000),
        kind=forms.chosen("kind", tuple(QuoteKind)) if forms.field("kind") else "",
        reason=(value if do == "reject" and value else forms.field("note", 500)),
        key_quote="key_quote" in request.form,
        queue=kind,
        item=current_path(),
    )


def _day(name: str) -> date | None:
    value = forms.field(name)
    if not value:
        return None
    try:
        return date.fromisoformat(value) if forms.DAY.fullmatch(value) else forms.malformed_day(name)
    except ValueError:
        forms.malformed_day(name)


def _last_actor(db: Session, claim: Claim) -> str:
    entries = audit.history(db, f"claim:{claim.id}")
    return accounts.public_names(db, {entries[0].actor})[entries[0].actor] if entries else "Somebody"


def _again(
    db: Session, public_id: str, kind: QueueKind | None, topic_id: str | None, *, who: User, problem: str, status: int
) -> Response:
    """The same item with what was typed, and what is wrong."""
    typed = {name: value for name, value in request.form.items() if name not in {"csrf_token", "seen", "following"}}
    db.expire_all()
    if isinstance(_standing(db, public_id), Response):
        return errors.error(409, detail=problem)
    return render(_page(db, public_id, kind, topic_id, who=who, problem=problem, typed=typed), status)


def _to(address: str) -> Response:
    return as_response(redirect(safe_next_path(address, request.root_path), code=303))


def _page(
    db: Session,
    public_id: str,
    kind: QueueKind | None,
    topic_id: str | None,
    *,
    who: User,
    problem: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> ReviewPage:
    claim = speech.claim(db, public_id)
    subject = positions.topic(db, topic_id) if topic_id else None
    if claim is None or (topic_id is not None and subject is None):
        abort(404)
    one = speech.statements(db, [claim.id])[claim.id]
    coded = positions.codings(db, [claim.id], topic_id).get((claim.id, topic_id or "")) if topic_id else None
    stood = speech.appearances(db, claim.id)
    linked = positions.topics_of(db, [claim.id]).get(claim.id, [])
    mine = {topic.id for topic in linked}
    first = min(stood, key=lambda place: place.id, default=None)
    texts = speech.texts_of_claim(db, claim.id)
    text = texts[first.sha256, first.start, first.end] if first else ""
    here = current_path()
    key = review_queue.key_of(db, kind, claim.id, topic_id) if kind else None
    holder = reservations.holders(db, now(), [claim.id], who.email).get(claim.id)
    status = Status(claim.status)
    steps = subject.steps.get(coded.scale or 0, ()) if coded and subject else ()
    given = {**_as_it_stands(claim, one.speaker.name if one.speaker else "", one.role or ""), **(typed or {})}
    suggested = str(coded.position_id or coded.reading.value) if coded else ""
    return ReviewPage(
        title="Review",
        queue=queue(db, kind, who.email, here=here, key=key),
        card=mark_topics(db, claim.id, card(one, coded, steps)),
        topic=subject.topic if subject else None,
        coded=coded,
        suggesters=suggester_lines(db, claim.id, topic_id) if topic_id else (),
        chosen=given.get("position", suggested),
        positions=tuple(reversed(subject.positions)) if subject else (),
        readings=tuple((value.value, words) for value, words in READINGS.items()),
        topics=_addresses(public_id, [topic for topic in linked if topic.id != topic_id]),
        others=_addresses(public_id, [topic for topic in positions.topics(db) if topic.id not in {*mine, topic_id}]),
        here=here,
        seen=desk.seen_of(db, claim.id, topic_id),
        context=_context(text, first),
        why=tuple(_why(one, stood)),
        known=how_known(claim, one.speaker.name if one.speaker else None, text, first.reasons) if first else (),
        candidates=tuple(_candidates(db, claim)),
        days=tuple(_days(one, stood)),
        places=tuple(
            PlaceButton(place.id, f"{place.outlet or place.source_name}: {_brief(place.exact)}") for place in stood
        )
        if len(stood) > 1
        else (),
        typed=given,
        kinds=tuple(QuoteKind),
        reasons=REASONS,
        status=status.value,
        may=frozenset(
            name
            for name, allowed in (
                ("settle", kind in review_queue.DOUBTS),
                ("publish", Status.PUBLISHED in MOVES[status]),
                ("reject", ways_out(status) in MOVES[status]),
                ("back", status in HIDDEN),
            )
            if allowed
        ),
        holder=_holder(db, holder.by, clock_time(holder.until)) if holder else None,
        problem=problem,
    )


def _holder(db: Session, by: str, until: str) -> str:
    return f"{accounts.public_names(db, {by})[by]} has this statement open until {until}. You can look; saving waits."


def _as_it_stands(claim: Claim, speaker: str, role: str) -> dict[str, str]:
    return {
        "speaker": speaker,
        "role": role,
        "said_from": claim.said_from.isoformat() if claim.said_from else "",
        "said_to": claim.said_to.isoformat() if claim.said_to else "",
        "basis": "",
        "condition": claim.condition or "",
        "kind": QuoteKind(claim.kind).value,
        "note": "",
        "merge_into": "",
    }


def _addresses(public_id: str, topics: Sequence[Topic]) -> tuple[tuple[str, str], ...]:
    """Topics with the address where a statement is coded on each."""
    return tuple((one.name, url_for("review.coding", public_id=public_id, topic_id=one.id)) for one in topics)


def _candidates(db: Session, claim: Claim) -> Iterator[CandidateButton]:
    for one in review_queue.candidates(db, claim):
        if one.who.id == claim.speaker_id:
            continue
        reasons = [one.office] if one.office else []
        if one.who.name in claim.candidates:
            reasons.append("fits the words beside the quote")
        if one.in_document:
            reasons.append(f"speaks {one.in_document} more times in this document")
        yield CandidateButton(slug=one.who.slug, name=one.who.name, why=", ".join(reasons))


def _days(one: speech.Statement, stood: Sequence[AppearanceRow]) -> Iterator[DayButton]:
    days: dict[str, str] = {}
    for place in stood:
        if place.published_at is not None:
            outlet = place.outlet or place.source_name
            days.setdefault(place.published_at.date().isoformat(), f"the day {outlet} published it")
    for day in (one.said_from, one.said_to):
        if day is not None and one.said_from != one.said_to:
            days.setdefault(day.isoformat(), "an end of the days told")
    for iso, words in list(days.items())[:4]:
        yield DayButton(iso, words)


def _why(one: speech.Statement, stood: Sequence[AppearanceRow]) -> Iterator[str]:
    if one.said_conflict:
        yield visible(f"Days differ: {one.said_conflict}.")
    if one.venue_conflict:
        yield visible(f"Places differ: {one.venue_conflict}.")
    for place in stood:
        if place.state is not SourceStatus.INTACT:
            edits = place.reasons.get(EDITED)
            more = f": {visible(phrasing.edits(edits))}" if edits else ""
            yield f"{SOURCES[place.state]} ({place.outlet or place.source_name}){more}."


def _brief(text: str) -> str:
    return text if len(text) <= BRIEF else f"{text[:BRIEF]} […]"


def _context(text: str, place: AppearanceRow | None) -> tuple[str, str, str] | None:
    """The words before, the words themselves, and the words after, where the statement first stands."""
    if place is None:
        return None
    before, after = text[max(0, place.start - AROUND) : place.start], text[place.end : place.end + AROUND]
    return visible(before), visible(text[place.start : place.end]), visible(after)
