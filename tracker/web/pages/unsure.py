"""Lists of statements about which something is unsure: speakers, days, conflicts; each with its candidates and reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from flask import Blueprint, Response, url_for

from tracker.db import Session
from tracker.speech import phrasing
from tracker.speech import queries as speech
from tracker.speech.ledger.source_status import EDITED
from tracker.speech.models import SourceStatus
from tracker.speech.queries import Statement, unsure
from tracker.speech.queries.unsure import Doubt, DoubtRow
from tracker.speech.wording import visible
from tracker.web import forms
from tracker.web.context import reading, render
from tracker.web.security import require_permission
from tracker.web.views.cards import Card, card
from tracker.web.views.reading_changes import shorten

STATES = {
    SourceStatus.CHANGED: "The words were changed at their address",
    SourceStatus.MISSING: "The words are no longer on the page",
    SourceStatus.REMOVED: "The page is gone",
}

pages = Blueprint("unsure", __name__)


@dataclass(frozen=True, slots=True)
class DoubtTab:
    """One of the lists of a page: its words, how long it is, its address, and whether it is the one shown."""

    words: str
    number: int
    address: str
    here: bool


@dataclass(frozen=True, slots=True)
class UnsureStatement:
    """A statement with what is unsure about it, a line each."""

    card: Card
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsurePage:
    """Answers: of which statements is this unsure, and why."""

    template: ClassVar[str] = "unsure.html"
    section: ClassVar[str] = "desk"
    title: str
    lead: str
    tabs: tuple[DoubtTab, ...]
    statements: tuple[UnsureStatement, ...]
    newest: str | None
    older: str | None


@pages.get("/desk/speakers")
def speakers() -> Response:
    """Statements whose speaker could not be told."""
    return _list("speakers", "Unresolved speakers", "Nobody or more than one fits. No choice is made between them.")


@pages.get("/desk/days")
def days() -> Response:
    """Statements without a day, or with more than one."""
    return _list("days", "Uncertain days", "The text tells no day, or not one alone. Nothing is put in its place.")


@pages.get("/desk/conflicts")
def conflicts() -> Response:
    """Statements of which sources tell different things, or told another thing later."""
    return _list(
        "conflicts", "Conflicts", "A weekday against its date, two places for the same words, an edited source."
    )


LISTS: Mapping[str, Mapping[str, tuple[Doubt, str]]] = {
    "speakers": {"all": (Doubt.SPEAKER, "Not resolved")},
    "days": {"unknown": (Doubt.NO_DAY, "No day"), "range": (Doubt.LOOSE_DAY, "Several days")},
    "conflicts": {
        "days": (Doubt.DAYS_DIFFER, "Days differ"),
        "places": (Doubt.PLACES_DIFFER, "Places differ"),
        "edits": (Doubt.EDITED, "Edited at the source"),
    },
}


def _list(name: str, title: str, lead: str) -> Response:
    require_permission("review")
    forms.only("kind", "before")
    kinds = LISTS[name]
    kind, before = forms.choice("kind", tuple(kinds)), forms.number("before")
    with reading() as db:
        found = unsure.page(db, kinds[kind][0], before)
        tabs = tuple(
            DoubtTab(words, unsure.count(db, doubt), url_for(f"unsure.{name}", kind=key), key == kind)
            for key, (doubt, words) in kinds.items()
        )
        statements = _statements(db, found.rows, kinds[kind][0])
    address = url_for(f"unsure.{name}", kind=kind)
    return render(
        UnsurePage(
            title=title,
            lead=lead,
            tabs=tabs,
            statements=statements,
            newest=address if before is not None else None,
            older=f"{address}&before={found.older}" if found.older else None,
        )
    )


def _statements(db: Session, rows: tuple[DoubtRow, ...], doubt: Doubt) -> tuple[UnsureStatement, ...]:
    ids = {row.claim_id for row in rows}
    known, reasons = speech.statements(db, ids), unsure.first_reasons(db, ids)
    return tuple(
        UnsureStatement(
            _card(known[row.claim_id]), _why(known[row.claim_id], row, doubt, reasons.get(row.claim_id, {}))
        )
        for row in rows
    )


def _card(one: Statement) -> Card:
    """The card of a statement with the beginning of its words: a speech would hide the others."""
    whole = card(one)
    return replace(whole, words=replace(whole.words, text=shorten(whole.words.text)))


def _why(one: Statement, row: DoubtRow, doubt: Doubt, reasons: Mapping[str, Any]) -> tuple[str, ...]:
    if doubt is Doubt.EDITED and row.state is not None:
        edits = (row.reasons or {}).get(EDITED)
        return (f"{STATES[row.state]}{f': {visible(phrasing.edits(edits))}' if edits else ''}.",)
    if doubt is Doubt.SPEAKER:
        rule = str((reasons.get("speaker") or {}).get("rule", ""))
        return (f"Rule: {rule}.",) if rule else ("No mention stands beside the words.",)
    if doubt is Doubt.DAYS_DIFFER:
        return (visible(f"Days differ: {one.said_conflict}."),)
    if doubt is Doubt.PLACES_DIFFER:
        return (visible(f"Places differ: {one.venue_conflict}."),)
    rule = str((reasons.get("said") or {}).get("rule", ""))
    return (f"Rule: {rule}.",) if rule else ("No words of time belong to it.",)
