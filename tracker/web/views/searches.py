"""What a visitor searches for, read from an address; the hits as cards with the words marked."""

from dataclasses import dataclass, replace

from tracker.db import Session
from tracker.positions.queries import searches
from tracker.positions.queries.searches import SearchHits, SearchOrder
from tracker.speech.models import QuoteKind
from tracker.speech.search.grammar import LONGEST, SearchQuery, narrowed, parse
from tracker.speech.search.marks import mark
from tracker.web import forms
from tracker.web.views.cards import Card
from tracker.web.views.statements import statement_cards

FIELDS = ("q", "speaker", "topic", "source", "said_from", "said_to", "kind", "order")
KINDS = tuple(kind.value for kind in QuoteKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedSearch:
    """A search as it was asked for: the text, the whole query, the order and the place to go on from."""

    text: str
    query: SearchQuery
    order: SearchOrder
    cursor: str | None


def read_search() -> AskedSearch:
    """The search that the address asks for. Raises `forms.Malformed` for a field that can't be read."""
    forms.only(*FIELDS, "cursor")
    text = forms.text("q", LONGEST) or ""
    query = narrowed(
        parse(text),
        speaker=forms.text("speaker"),
        topic=forms.text("topic"),
        source=forms.text("source"),
        kind=forms.choice("kind", ("", *KINDS)),
        first=forms.day("said_from"),
        last=forms.day("said_to"),
    )
    if text and query.is_empty and not query.problems:
        query = replace(query, problems=("There is no word in this to look for. Type at least one letter or digit.",))
    order = SearchOrder(forms.choice("order", tuple(SearchOrder)))
    return AskedSearch(text=text, query=query, order=order, cursor=forms.text("cursor"))


def find(db: Session, asked: AskedSearch) -> SearchHits:
    """One page of the hits. Raises `forms.Malformed` for a place to go on from that is none."""
    try:
        return searches.hits(db, asked.query, asked.order, asked.cursor)
    except ValueError as error:
        raise forms.Malformed("cursor", "is no place to go on from; begin at the first page") from error


def marked_cards(db: Session, found: SearchHits, query: SearchQuery) -> tuple[Card, ...]:
    """The hits as cards, the words that were looked for marked."""
    return tuple(
        replace(card, words=replace(card.words, runs=mark(card.words.text, query)))
        for card in statement_cards(db, list(found.claim_ids))
    )
