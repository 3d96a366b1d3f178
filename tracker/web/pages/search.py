"""Search in all statements: words, their speakers, questions and outlets, with what the hits have in common."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

from flask import Blueprint, Response, send_file, stream_with_context

from tracker.db import Session
from tracker.positions import queries as positions
from tracker.positions.queries import searches
from tracker.positions.queries.facets import CountedHits, Facet, count_by_field
from tracker.record import export, spreadsheet
from tracker.speech.search.grammar import SearchQuery
from tracker.speech.search.parameters import KINDS, LANES, POLARITIES, SIDES, STATUSES
from tracker.web import forms
from tracker.web.context import reading, render
from tracker.web.views.cards import Card, TopicLink
from tracker.web.views.searches import FIELDS, AskedSearch, find, marked_cards, no_cursor, read_search

pages = Blueprint("search", __name__)

LOT = 500
IN_MEMORY = 8_000_000
"""Bytes of a workbook that are kept in memory; a larger one is made in a temporary file."""
FACETS = {
    "speaker": "Speakers", "topic": "Topics", "position": "Positions, suggested ones too", "event": "Events",
    "side": "Before and after", "year": "Years", "source": "Outlets", "lane": "Record", "channel": "Channels", "kind": "Kinds",
    "language": "Languages", "polarity": "Said or denied",
    "status": "Editors’ work",
}  # fmt: skip
"""What hits are counted by, in the order of the page."""
YEAR_DAYS = ("01-01", "12-31")
CHOICES = (
    ("kind", "Kind", KINDS),
    ("side", "Side of the event", SIDES),
    ("lane", "Record", LANES),
    ("polarity", "Said or denied", POLARITIES),
    ("status", "Editors’ work", STATUSES),
)


@dataclass(frozen=True, slots=True)
class FacetLink:
    """A value hits have in common: its name, how many have it, and the address of these alone."""

    name: str
    count: int
    address: str


@dataclass(frozen=True, slots=True)
class FoundSpeaker:
    """A speaker whose name was typed."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """Answers: who said these words, when, and where."""

    template: ClassVar[str] = "search.html"
    section: ClassVar[str] = ""
    title: str
    asked: AskedSearch
    said_from: str
    said_to: str
    topics: tuple[TopicLink, ...]
    events: tuple[TopicLink, ...]
    choices: tuple[tuple[str, str, tuple[str, ...]], ...]
    """Fields with a few values: the parameter, its name on the page, the values."""
    cards: tuple[Card, ...]
    total: int
    more: bool
    """More than were counted."""
    facets: tuple[tuple[str, tuple[FacetLink, ...]], ...]
    speakers: tuple[FoundSpeaker, ...]
    found_topics: tuple[TopicLink, ...]
    narrowed: bool
    """Whether a field beside the words is asked for, or an order."""
    following: str | None
    """The address of the next page."""
    first_page: bool
    asked_again: dict[str, list[str] | str]
    """The parameters of this search, for its other addresses."""


@pages.get("/search")
def search() -> Response:
    """Statements that answer a query, a page at a time."""
    asked = read_search()
    query = asked.query
    with reading() as db:
        topics = tuple(TopicLink(one.id, one.name) for one in positions.topics(db))
        found = find(db, asked) if not query.is_empty else searches.SearchHits(claim_ids=(), cursor=None)
        counted = count_by_field(db, query) if not query.is_empty else CountedHits(total=0, fields={})
        page = SearchPage(
            title=f"Search: {asked.text[:80]}" if asked.text else "Search",
            asked=asked,
            said_from=query.first.isoformat() if query.first else "",
            said_to=query.last.isoformat() if query.last else "",
            topics=topics,
            events=tuple(TopicLink(one.id, one.name) for one in positions.events(db)),
            choices=CHOICES,
            cards=marked_cards(db, found, query),
            total=min(counted.total, searches.MOST_COUNTED),
            more=counted.total > searches.MOST_COUNTED,
            facets=_facets(counted.fields),
            speakers=tuple(
                FoundSpeaker(one.slug, one.name) for one in searches.speakers_called(db, _names(asked, query))
            ),
            found_topics=tuple(TopicLink(one.id, one.name) for one in searches.topics_called(db, _names(asked, query))),
            narrowed=any(forms.text(name) for name in FIELDS if name != "q"),
            following=f"{forms.address(drop=('cursor',), ends='')}{urlencode({'cursor': found.cursor})}"
            if found.cursor
            else None,
            first_page=asked.cursor is None,
            asked_again={**asked.told, "order": asked.order.value},
        )
    return render(page)


@pages.get("/export/statements.<any(csv, jsonl, xlsx):form>")
def download(form: str) -> Response:
    """What a search finds, as a table or as one object a line: the whole of it, at most `MOST_COUNTED` statements."""
    asked = read_search()
    if asked.query.is_empty:
        raise forms.Malformed("q", "is empty; there is nothing to look for")
    if asked.cursor and not searches.is_cursor(asked.cursor):  # once the answer has begun it is too late to say so
        raise no_cursor()
    name = f"statements.{form}"
    if form == "xlsx":
        made = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the answer closes it
        try:
            with reading() as db:
                spreadsheet.write(made, _rows(db, asked))
        except BaseException:
            made.close()
            raise
        made.seek(0)
        return send_file(made, mimetype=export.MIME[form], as_attachment=True, download_name=name)
    answer = Response(stream_with_context(_pieces(asked, form)), mimetype=export.MIME[form])
    answer.headers["Content-Type"] = f"{export.MIME[form]}; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _pieces(asked: AskedSearch, form: str) -> Iterator[str]:
    with reading() as db:
        yield from export.formatted(_rows(db, asked), form)


def _rows(db: Session, asked: AskedSearch) -> Iterator[dict[str, Any]]:
    """The hits lot after lot, as the interface's objects."""
    cursor, given = asked.cursor, 0
    while given < searches.MOST_COUNTED:
        found = searches.hits(db, asked.query, asked.order, cursor, size=LOT)
        yield from export.claims_by_id(db, list(found.claim_ids))
        given, cursor = given + len(found.claim_ids), found.cursor
        if cursor is None:
            return


def _names(asked: AskedSearch, query: SearchQuery) -> str:
    """The text as a name of somebody or something; empty for one with fields, phrases or words to leave out."""
    plain = not query.unwanted and not query.problems and all(len(group) == 1 for group in query.wanted)
    return asked.text if plain and 0 < len(query.wanted) <= 4 and ":" not in asked.text else ""  # noqa: PLR2004 - a name


def _facets(found: dict[str, list[Facet]]) -> tuple[tuple[str, tuple[FacetLink, ...]], ...]:
    return tuple(
        (title, tuple(FacetLink(one.name, one.count, _address(name, one.value)) for one in found[name]))
        for name, title in FACETS.items()
        if len(found.get(name, ())) > 1
    )


def _address(name: str, value: str) -> str:
    if name == "year":
        first, last = (f"{value}-{day}" for day in YEAR_DAYS)
        narrower = urlencode({"said_from": first, "said_to": last})
        return forms.address(drop=("cursor", "said_from", "said_to"), ends="") + narrower
    return forms.address(drop=("cursor", name), ends="") + urlencode({name: value})
