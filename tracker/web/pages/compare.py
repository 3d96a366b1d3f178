"""Any two statements side by side: which words the second adds and which it drops, marked in text and told in numbers."""

from dataclasses import dataclass
from typing import ClassVar

from flask import Blueprint, Response, redirect, url_for

from tracker.db import Session
from tracker.positions import queries as positions
from tracker.speech import queries as speech
from tracker.speech import wording
from tracker.speech.states import HIDDEN
from tracker.speech.wording import Piece, visible
from tracker.web import forms
from tracker.web.context import as_response, reading, render
from tracker.web.forms import Malformed
from tracker.web.views import dates
from tracker.web.views.cards import Card, card
from tracker.web.views.evidence import confirmed_only

TWO = 2

pages = Blueprint("compare", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparePage:
    """Answers: what the second said that the first did not, and what it left out."""

    template: ClassVar[str] = "compare.html"
    section: ClassVar[str] = "search"
    title: str
    first: Card
    second: Card
    pieces: tuple[Piece, ...]
    counted: str
    note: str | None
    turned: str
    """The same two, the other way round."""


@pages.get("/compare")
def compare() -> Response:
    """Two statements by their ids; two ticked ones in a list lead here too. Raises `Malformed`."""
    forms.only("a", "b", "c", "show")
    forms.once("a", "b")
    ticked = forms.many("c")
    if ticked:
        if len(ticked) != TWO:
            raise Malformed("c", f"is ticked {len(ticked)} times; tick two statements to compare")
        return as_response(redirect(url_for("compare.compare", a=ticked[0], b=ticked[1])))
    with reading() as db:
        return render(_page(db, *(_statement(db, name) for name in ("a", "b"))))


def _statement(db: Session, name: str) -> int:
    """The row id of the shown statement that a parameter names, by its id or its address. Raises `Malformed`."""
    typed = (forms.text(name) or "").rstrip("/").rpartition("/")[2]
    if not typed:
        raise Malformed(name, "is empty; it takes the id of a statement, the end of its address")
    found = speech.claim(db, typed)
    found = speech.survivor(db, found) if found is not None else None
    if found is None or found.status in HIDDEN:
        raise Malformed(name, "is no statement on the record")
    return found.id


def _page(db: Session, first: int, second: int) -> ComparePage:
    said = speech.statements(db, {first, second})
    topics = positions.topics_of(db, {first, second})
    codings = positions.codings(db, {first, second}, confirmed=confirmed_only())
    shared = next((topic for topic in topics.get(first, []) if topic in topics.get(second, [])), None)
    cards = []
    for number in (first, second):
        about = shared or next(iter(topics.get(number, [])), None)
        coded = codings.get((number, about.id)) if about else None
        cards.append(card(said[number], coded, topics=topics.get(number, [])))
    pieces = wording.difference(visible(said[first].text), visible(said[second].text))
    early, late = cards
    return ComparePage(
        title=f"Compared: {early.label}, and {late.label}",
        first=early,
        second=late,
        pieces=pieces,
        counted=_counted(pieces),
        note=_note(early, late),
        turned=url_for("compare.compare", a=late.public_id, b=early.public_id),
    )


def _counted(pieces: tuple[Piece, ...]) -> str:
    added, dropped = wording.counts(pieces)
    if not added and not dropped:
        return "Word for word the same."
    return f"The second adds {dates.counted(added, 'word')} and drops {dates.counted(dropped, 'word')} of the first."


def _note(early: Card, late: Card) -> str | None:
    if early.lang and late.lang and early.lang.split("-")[0] != late.lang.split("-")[0]:
        return "The two are in different languages, so different words say nothing of what was meant."
    if early.verb != late.verb:
        return "One of the two is a denial: equal words do not mean the same."
    if early.kind or late.kind:
        return "Not all of these words are the speaker’s own: reported speech is told in the outlet’s words."
    return None
