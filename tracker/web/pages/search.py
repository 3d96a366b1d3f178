"""Search in the words of all statements and the names of all speakers."""

from dataclasses import dataclass
from typing import ClassVar

from flask import Blueprint, Response, abort

from tracker.speech import queries as speech
from tracker.speech.queries import PAGE
from tracker.web import forms
from tracker.web.context import reading, render
from tracker.web.views.cards import Card, Paging, paging
from tracker.web.views.statements import statement_cards

pages = Blueprint("search", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """Answers: where do these words stand."""

    template: ClassVar[str] = "search.html"
    section: ClassVar[str] = ""
    title: str
    asked: str
    cards: tuple[Card, ...]
    paging: Paging


@pages.get("/search")
def search() -> Response:
    """Statements that hold the words."""
    forms.only("q", "page")
    asked, number = forms.text("q") or "", forms.page()
    with reading() as db:
        ids, total = speech.search(db, asked, number) if asked else ([], 0)
        if number > 1 and not ids:
            abort(404)
        cards = tuple(statement_cards(db, ids))
    title = f"Search: {asked}" if asked else "Search"
    return render(
        SearchPage(title=title, asked=asked, cards=cards, paging=paging(number, PAGE, total, forms.address()))
    )
