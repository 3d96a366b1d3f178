"""What a visitor searches for, read from an address; the hits as cards with the words marked."""

from dataclasses import dataclass, replace

from flask import request

from tracker.db import Session
from tracker.positions.queries import searches
from tracker.positions.queries.searches import SearchHits, SearchOrder
from tracker.speech.search.grammar import SearchQuery
from tracker.speech.search.marks import mark
from tracker.speech.search.parameters import NAMES, BadParameter, canonical, read_query
from tracker.web import forms
from tracker.web.views.cards import Card
from tracker.web.views.statements import statement_cards

FIELDS = (*NAMES, "order")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedSearch:
    """A search as it was asked for: the text, the whole query, the order and the place to go on from."""

    text: str
    told: dict[str, list[str]]
    """The parameters of the query, in one spelling."""
    query: SearchQuery
    order: SearchOrder
    cursor: str | None


def read_search(*others: str) -> AskedSearch:
    """The search that the address asks for, which may have `others` beside it. Raises `forms.Malformed`."""
    forms.only(*FIELDS, "cursor", *others)
    told = canonical({name: request.args.getlist(name) for name in NAMES})
    try:
        query = read_query(told)
    except BadParameter as problem:
        raise forms.Malformed(problem.name, problem.what) from problem
    order = SearchOrder(forms.choice("order", tuple(SearchOrder)))
    return AskedSearch(text=told.get("q", [""])[0], told=told, query=query, order=order, cursor=forms.text("cursor"))


def find(db: Session, asked: AskedSearch) -> SearchHits:
    """One page of the hits. Raises `forms.Malformed` for a place to go on from that is none."""
    try:
        return searches.hits(db, asked.query, asked.order, asked.cursor)
    except ValueError as error:
        raise no_cursor() from error


def no_cursor() -> forms.Malformed:
    """That the place to go on from is none."""
    return forms.Malformed("cursor", "is no place to go on from; begin at the first page")


def marked_cards(db: Session, found: SearchHits, query: SearchQuery) -> tuple[Card, ...]:
    """The hits as cards, the words that were looked for marked."""
    return tuple(
        replace(card, words=replace(card.words, runs=mark(card.words.text, query)))
        for card in statement_cards(db, list(found.claim_ids))
    )
