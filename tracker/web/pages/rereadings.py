"""What reading held documents again changed, and what it proposes: editors accept or refuse, one by one or many at once."""

import re
from dataclasses import dataclass
from typing import ClassVar

from flask import Blueprint, Response, redirect, request, url_for

from tracker.alerts.ledger import deliveries as alerts
from tracker.positions.ledger import rereading
from tracker.speech import queries as speech
from tracker.speech.models import ChangeState
from tracker.speech.queries import reading_changes
from tracker.web import forms
from tracker.web.context import as_response, now, reading, render, writing
from tracker.web.security import require_permission, require_user
from tracker.web.views.reading_changes import ChangeRow, change_row

WAITING, DONE = "waiting", "followed"
STATES = {
    WAITING: (ChangeState.PROPOSED,),
    DONE: (ChangeState.FOLLOWED,),
    "decided": (ChangeState.ACCEPTED, ChangeState.REFUSED),
}
CHOICE = re.compile(r"(accept|refuse):([0-9]{1,9})")

pages = Blueprint("rereadings", __name__)


@dataclass(frozen=True, slots=True)
class StateTab:
    """One of the lists: its address, its words and how long it is."""

    key: str
    words: str
    number: int
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RereadingsPage:
    """Answers: what did reading again change, what does it propose, and why."""

    template: ClassVar[str] = "rereadings.html"
    section: ClassVar[str] = "desk"
    title: str
    state: str
    tabs: tuple[StateTab, ...]
    rows: tuple[ChangeRow, ...]
    done: str | None
    newest: str | None
    older: str | None


@pages.get("/desk/reread")
def index() -> Response:
    """One page of one list."""
    require_permission("review")
    forms.only("state", "before", "done", "late")
    state, before = forms.choice("state", tuple(STATES)), forms.number("before")
    done, late = forms.number("done"), forms.number("late")
    with reading() as db:
        found = reading_changes.page(db, STATES[state], before)
        known = speech.statements(db, {change.claim_id for change, _ in found.changes})
        counts = {key: reading_changes.count(db, states) for key, states in STATES.items()}
    words = {WAITING: "Waiting", DONE: "Followed by itself", "decided": "Decided"}
    address = url_for("rereadings.index", state=state)
    return render(
        RereadingsPage(
            title="Read again",
            state=state,
            tabs=tuple(
                StateTab(key, words[key], counts[key], url_for("rereadings.index", state=key)) for key in STATES
            ),
            rows=tuple(change_row(change, known[change.claim_id]) for change, _ in found.changes),
            done=_told(done, late),
            newest=address if before is not None else None,
            older=f"{address}&before={found.older}" if found.older else None,
        )
    )


def _told(done: int | None, late: int | None) -> str | None:
    if done is None:
        return None
    more = f" {late} had another value by now or had been decided; nothing was changed there." if late else ""
    return f"{done} decided.{more}"


@pages.post("/desk/reread")
def decide() -> Response:
    """Accept or refuse: one by its button, those that are chosen, or all that the page showed."""
    require_permission("correct statements")
    who = require_user()
    state = forms.chosen("state", tuple(STATES))
    one = CHOICE.fullmatch(forms.field("one"))
    if one is not None:
        accept, ids = one[1] == "accept", [int(one[2])]
    else:
        act = forms.chosen("many", ("accept", "refuse", "accept all", "refuse all"))
        accept = act.startswith("accept")
        names = request.form.getlist("shown" if act.endswith("all") else "chosen")
        ids = [int(name) for name in names if forms.NUMBER.fullmatch(name)]
    done = 0
    with writing() as db:
        for change in reading_changes.changes(db, ids[: reading_changes.PAGE]):
            done += rereading.decide(db, now(), change, accept=accept, by=who.email)
        alerts.drop_withdrawn(db)
    late = len(ids) - done
    return as_response(redirect(url_for("rereadings.index", state=state, done=done, late=late or None), code=303))
