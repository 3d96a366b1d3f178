"""The desk: what waits for an editor, each kind with how much there is."""

from dataclasses import dataclass
from typing import ClassVar

from flask import Blueprint, Response, url_for

from tracker.positions import queries as positions
from tracker.speech.models import ChangeState
from tracker.speech.queries import reading_changes, unsure
from tracker.speech.queries.unsure import Doubt
from tracker.web import forms
from tracker.web.context import reading, render
from tracker.web.security import require_permission

pages = Blueprint("desk", __name__)


@dataclass(frozen=True, slots=True)
class DeskEntry:
    """One kind of work: where it is done, how much there is, and what it is."""

    address: str
    name: str
    number: int
    about: str


@dataclass(frozen=True, slots=True)
class DeskPage:
    """Answers: what waits for us."""

    template: ClassVar[str] = "desk.html"
    section: ClassVar[str] = "desk"
    title: str
    entries: tuple[DeskEntry, ...]


@pages.get("/desk")
def index() -> Response:
    """Every kind of work with its count."""
    require_permission("review")
    forms.only()
    with reading() as db:
        _, codings = positions.waiting(db, 1)
        proposed = reading_changes.count(db, (ChangeState.PROPOSED,))
        doubts = {doubt: unsure.count(db, doubt) for doubt in Doubt}
    entries = (
        DeskEntry(url_for("review.queue"), "Positions", codings, "Suggested or not, none is confirmed yet."),
        DeskEntry(
            url_for("rereadings.index"),
            "Read again",
            proposed,
            "A document read again tells something else than a person set or confirmed.",
        ),
        DeskEntry(
            url_for("unsure.speakers"),
            "Unresolved speakers",
            doubts[Doubt.SPEAKER],
            "Nobody, or more than one, fits the words beside the quote.",
        ),
        DeskEntry(
            url_for("unsure.days"),
            "Uncertain days",
            doubts[Doubt.NO_DAY] + doubts[Doubt.LOOSE_DAY],
            "The text tells no day, or several.",
        ),
        DeskEntry(
            url_for("unsure.conflicts"),
            "Conflicts",
            doubts[Doubt.DAYS_DIFFER] + doubts[Doubt.PLACES_DIFFER] + doubts[Doubt.EDITED],
            "A weekday against its date, two places for the same words, an edited source.",
        ),
    )
    return render(DeskPage("Desk", entries))
