"""Review of what is more than one statement: look-alikes, shifts to sign; and the second coding, which is blind."""

from dataclasses import dataclass
from typing import ClassVar

from flask import Blueprint, Response, abort, redirect, request

from tracker import accounts
from tracker.db import Session
from tracker.decisions import Journal
from tracker.positions import queries as positions
from tracker.positions.ledger import desk as desk_ledger
from tracker.positions.models import Coding, CodingReading, Position, Topic
from tracker.positions.queries import review_queue
from tracker.positions.queries.review_queue import QueueKind
from tracker.speech import phrasing
from tracker.speech import queries as speech
from tracker.speech.phrasing import ShownWords
from tracker.speech.queries import by_id
from tracker.speech.wording import Piece, difference, visible
from tracker.web import decide as desk
from tracker.web import forms
from tracker.web.context import as_response, current_path, now, reading, render, writing
from tracker.web.security import require_permission, require_user, safe_next_path
from tracker.web.views import wording
from tracker.web.views.cards import READINGS, Card, card
from tracker.web.views.review import Queue, queue
from tracker.web.views.shifts import shift_line

pages = Blueprint("review_pairs", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairPage:
    """Answers: are these two one utterance."""

    template: ClassVar[str] = "review_pair.html"
    section: ClassVar[str] = "review"
    title: str
    queue: Queue
    first: Card
    second: Card
    pieces: tuple[Piece, ...]
    legend: str
    likeness: int
    here: str
    problem: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftPage:
    """Answers: does this follow, and who stands for it."""

    template: ClassVar[str] = "review_shift.html"
    section: ClassVar[str] = "review"
    title: str
    queue: Queue
    topic: Topic
    finding: str
    scale: int
    before: Card
    after: Card
    coders: tuple[str, ...]
    signed: tuple[str, ...]
    needed: int
    may_sign: bool
    here: str
    problem: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondPage:
    """Answers: what do you read in these words; neither who said them nor what the first coder read is shown."""

    template: ClassVar[str] = "review_second.html"
    section: ClassVar[str] = "review"
    title: str
    queue: Queue
    topic: Topic
    words: ShownWords
    lang: str | None
    question: str | None
    positions: tuple[Position, ...]
    readings: tuple[tuple[str, str], ...]
    here: str
    problem: str | None


@pages.get("/review/alike/<int:number>")
def pair(number: int) -> Response:
    """Two statements that look alike, side by side."""
    require_permission("review")
    forms.only("late")
    with reading() as db:
        return _pair(db, number)


@pages.post("/review/alike/<int:number>")
def decide_pair(number: int) -> Response:
    """Join them or say that they are two."""
    require_permission("correct statements")
    who = require_user()
    do = forms.chosen("do", ("merge", "merge-into-second", "apart", "next"))
    if do != "next":
        with writing() as db:
            found = by_id.look_alike(db, number)
            if found is None:
                abort(404)
            if found.decided_at is not None:
                return _pair(db, number, "Somebody decided this while you had the page open. Nothing was saved.", 409)
            note, item = forms.field("note", 500), current_path()
            problem = desk.attempt(db, lambda: desk.decide_pair(db, number, do, who.email, reason=note, item=item))
            if problem is not None:
                return _pair(db, number, problem, 400)
    return _on()


@pages.get("/review/shifts/<int:number>")
def shift(number: int) -> Response:
    """A proposed shift with its two statements."""
    require_permission("review")
    forms.only("late")
    with reading() as db:
        return _shift(db, number)


@pages.post("/review/shifts/<int:number>")
def sign_shift(number: int) -> Response:
    """Sign a shift."""
    require_permission("confirm position")
    who = require_user()
    if forms.chosen("do", ("sign", "next")) == "sign":
        with writing() as db:
            if not positions.shifts_named(db, [number]):
                abort(404)
            problem = desk.attempt(db, lambda: desk.sign(db, number, who.email, item=current_path()))
            if problem is not None:
                return _shift(db, number, problem, 409)
    return _on()


@pages.get("/review/second/<int:number>")
def second(number: int) -> Response:
    """The words that a second person codes."""
    require_permission("confirm position")
    forms.only("late")
    with reading() as db:
        return _second(db, number)


@pages.post("/review/second/<int:number>")
def code_second(number: int) -> Response:
    """Keep the second coding."""
    require_permission("confirm position")
    who = require_user()
    if forms.field("do") == "next":
        return _on()
    with writing() as db:
        first = _to_code_second(db, number)
        subject = positions.topic(db, first.topic_id)
        choice = forms.field("position")
        position = next((one for one in subject.positions if str(one.id) == choice), None) if subject else None
        if position is None and choice not in READINGS:
            return _second(db, number, "Choose a position, or say which kind of none it is.", 400)
        journal = Journal(db)
        desk_ledger.code_second(
            db, now(), journal, by=who.email, claim_id=first.claim_id, topic_id=first.topic_id,
            reading=CodingReading.POSITION if position else CodingReading(choice), position=position,
            note=forms.field("note", 500) or None,
        )  # fmt: skip
        journal.close(now(), by=who.email, action="coded blind", subject=f"claim:{first.claim_id}", item=current_path())
    return _on()


def _on() -> Response:
    return as_response(redirect(safe_next_path(forms.field("following", 500), request.root_path), code=303))


def _pair(db: Session, number: int, problem: str | None = None, status: int = 200) -> Response:
    found = by_id.look_alike(db, number)
    if found is None:
        abort(404)
    known = speech.statements(db, [found.claim_id, found.other_id])
    first, second = known[found.claim_id], known[found.other_id]
    pieces = difference(visible(first.text), visible(second.text))
    page = PairPage(
        title="Review: two that look alike",
        queue=queue(db, QueueKind.ALIKE, require_user().email, here=current_path(), key=number),
        first=card(first),
        second=card(second),
        pieces=pieces,
        legend=wording.legend(pieces, is_part=False),
        likeness=found.likeness,
        here=current_path(),
        problem=problem,
    )
    return render(page, status)


def _shift(db: Session, number: int, problem: str | None = None, status: int = 200) -> Response:
    rows = positions.proposed_shifts(db, shift_id=number)
    if not rows:
        abort(404)
    row, who = rows[0], require_user().email
    subject = positions.topic(db, row.shift.topic_id)
    if subject is None:
        abort(404)
    coders, signed = positions.coders(db, row.shift), positions.signatures(db, [number]).get(number, [])
    names = accounts.public_names(db, {*coders, *signed})
    codings = positions.codings(db, [row.before.id, row.after.id], subject.topic.id)
    steps = subject.steps.get(row.shift.scale, ())
    line = shift_line(row)
    page = ShiftPage(
        title="Review: a shift",
        queue=queue(db, QueueKind.SHIFTS, who, here=current_path(), key=number),
        topic=subject.topic,
        finding=f"{line.name} {line.words}",
        scale=row.shift.scale,
        before=card(row.before, codings.get((row.before.id, subject.topic.id)), steps),
        after=card(row.after, codings.get((row.after.id, subject.topic.id)), steps),
        coders=tuple(sorted(names[one] for one in coders)),
        signed=tuple(names[one] for one in signed),
        needed=subject.topic.signatures,
        may_sign=row.shift.signed_at is None
        and who not in signed
        and (subject.topic.signatures == 1 or who not in coders),
        here=current_path(),
        problem=problem,
    )
    return render(page, status)


def _second(db: Session, number: int, problem: str | None = None, status: int = 200) -> Response:
    first = _to_code_second(db, number)
    subject = positions.topic(db, first.topic_id)
    if subject is None:
        abort(404)
    one = speech.statements(db, [first.claim_id])[first.claim_id]
    who = [one.speaker.name] if one.speaker else []
    page = SecondPage(
        title="Review: a second coding",
        queue=queue(db, QueueKind.SECOND, require_user().email, here=current_path(), key=number),
        topic=subject.topic,
        words=phrasing.show_words(_masked(visible(one.text), who), one.kind, one.polarity),
        lang=one.read.language if one.read else None,
        question=_masked(visible(one.question), who) if one.question else None,
        positions=tuple(reversed(subject.positions)),
        readings=tuple((value.value, words) for value, words in READINGS.items()),
        here=current_path(),
        problem=problem,
    )
    return render(page, status)


def _masked(text: str, names: list[str]) -> str:
    """The words without the speaker's names: whoever codes blind does not know who speaks."""
    for name in names:
        for part in sorted({name, *name.split()}, key=len, reverse=True):
            if len(part) > 2:  # noqa: PLR2004 - "de", "of": no name tells a person by them
                text = text.replace(part, "[…]")
    return text


def _to_code_second(db: Session, number: int) -> Coding:
    """The confirmed coding of somebody else that this person may code again; 404 for any other."""
    first, who = positions.coding(db, number), require_user()
    if first is None or first.withdrawn_at is not None or first.by == who.email:
        abort(404)
    claim = by_id.claim(db, first.claim_id)
    if claim.merged_into is not None or review_queue.has_coded_second(db, first.claim_id, first.topic_id, who.email):
        abort(404)
    return first
