"""The desk: what waits for an editor, each kind with how much there is."""

from dataclasses import dataclass
from typing import ClassVar

from flask import Blueprint, Response, url_for

from tracker.positions.queries import review_queue
from tracker.positions.queries.review_queue import QueueKind
from tracker.speech.models import ChangeState
from tracker.speech.queries import reading_changes, unsure
from tracker.speech.queries.unsure import Doubt
from tracker.web import forms
from tracker.web.context import can, reading, render
from tracker.web.security import require_permission, require_user
from tracker.web.views.agreement import TopicAgreement, agreement
from tracker.web.views.review import NAMES

ABOUT = {
    QueueKind.SPEAKERS: "Nobody, or more than one, fits the words beside the quote.",
    QueueKind.DAYS: "The text tells no day, or several.",
    QueueKind.CONFLICTS: "A weekday against its date, two places for the same words.",
    QueueKind.SOURCES: "The words were changed or removed at their address.",
    QueueKind.ALIKE: "Two statements that may be one utterance.",
    QueueKind.TOPICS: "A topic's rules find them by little, or miss them by little.",
    QueueKind.CODINGS: "Suggested or not, none is confirmed yet.",
    QueueKind.SECOND: "Coded by a colleague; to be coded once more, blind.",
    QueueKind.SHIFTS: "Two confirmed positions that differ; nobody is told before it is signed.",
    QueueKind.PUBLISH: "Confirmed by an editor, not published yet.",
}

pages = Blueprint("desk", __name__)


@dataclass(frozen=True, slots=True)
class DeskEntry:
    """One kind of work: where it is done, how much there is, and what it is."""

    address: str
    name: str
    number: int
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPage:
    """Answers: what waits for us."""

    template: ClassVar[str] = "desk.html"
    section: ClassVar[str] = "desk"
    title: str
    entries: tuple[DeskEntry, ...]
    agreements: tuple[TopicAgreement, ...]
    may_manage: bool


@pages.get("/desk")
def index() -> Response:
    """Every kind of work with its count."""
    require_permission("review")
    forms.only()
    with reading() as db:
        who = require_user().email
        queues = [(kind, review_queue.count(db, kind, who)) for kind in QueueKind]
        agreements = tuple(agreement(db, topic_id) for topic_id in review_queue.topics_coded_twice(db))
        proposed = reading_changes.count(db, (ChangeState.PROPOSED,))
        doubts = {doubt: unsure.count(db, doubt) for doubt in Doubt}
    entries = (
        *(
            DeskEntry(url_for("review.queue_page", kind=kind.value), NAMES[kind], number, ABOUT[kind])
            for kind, number in queues
        ),
        DeskEntry(
            url_for("rereadings.index"),
            "Read again",
            proposed,
            "A document read again tells something else than a person set or confirmed.",
        ),
        DeskEntry(
            url_for("unsure.speakers"),
            "Lists: unresolved speakers",
            doubts[Doubt.SPEAKER],
            "The same statements as a list to read through.",
        ),
        DeskEntry(
            url_for("unsure.days"),
            "Lists: uncertain days",
            doubts[Doubt.NO_DAY] + doubts[Doubt.LOOSE_DAY],
            "The text tells no day, or several.",
        ),
        DeskEntry(
            url_for("unsure.conflicts"),
            "Lists: conflicts",
            doubts[Doubt.DAYS_DIFFER] + doubts[Doubt.PLACES_DIFFER] + doubts[Doubt.EDITED],
            "A weekday against its date, two places for the same words, an edited source.",
        ),
    )
    return render(DeskPage(title="Desk", entries=entries, agreements=agreements, may_manage=can("change accounts")))
