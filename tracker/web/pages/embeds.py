"""Statements and line-ups in pages of others: a small page for a frame, and oEmbed (oembed.com) that tells where it is."""

import re
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, make_response, render_template

from tracker.speech import queries as speech
from tracker.speech.queries import Statement
from tracker.speech.states import HIDDEN
from tracker.web import forms
from tracker.web.context import absolute_url, reading, world
from tracker.web.errors import problem
from tracker.web.views.cards import Card, card
from tracker.web.views.lineup_figure import SharedLineUp, shared_line_up
from tracker.web.views.lineup_request import read_address, read_shared_request, shared_query
from tracker.web.views.sharing import SIZE, embedded_line_up, frame, line_up_size
from tracker.web.views.statements import statement_cards

STATEMENT = re.compile(r"/c/([a-z0-9]{1,20})")
LINE_UP = re.compile(r"/t/([^/]+)/around/([^/]+)")
LONGEST_URL = 1000

pages = Blueprint("embeds", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedStatement:
    """Answers, on a page of another site: who said exactly what, when, and where to check it."""

    template: ClassVar[str] = "embed_claim.html"
    section: ClassVar[str] = ""
    title: str
    card: Card
    permalink: str
    site: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedLineUp:
    """Answers, on a page of another site: who moved at an event, and where to check it."""

    template: ClassVar[str] = "embed_lineup.html"
    section: ClassVar[str] = ""
    title: str
    shared: SharedLineUp
    site: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedded:
    """The embed of an address: where it is, counted from the site's root, whose words it has, how large it asks to be."""

    path: str
    title: str
    author: str | None
    size: tuple[int, int]


@pages.get("/embed/c/<public_id>")
def statement(public_id: str) -> Response:
    """One statement, for a frame in a page of any site."""
    forms.only()
    with reading() as db:
        found = _shown(public_id)
        (shown,) = statement_cards(db, [found.id])
    page = EmbeddedStatement(
        title=shown.label,
        card=shown,
        permalink=absolute_url(f"/c/{found.public_id}"),
        site=world().settings.site.name,
    )
    return make_response(render_template(page.template, page=page))


@pages.get("/embed/t/<topic_id>/around/<event_id>")
def lineup(topic_id: str, event_id: str) -> Response:
    """The chart of a line-up with its filters, for a frame in a page of any site."""
    asked = read_shared_request()
    permalink = absolute_url(f"/t/{topic_id}/around/{event_id}{shared_query()}")
    with reading() as db:
        found = shared_line_up(db, topic_id, event_id, asked, permalink)
    if found is None:
        abort(404)
    page = EmbeddedLineUp(title=found.title, shared=found, site=world().settings.site.name)
    return make_response(render_template(page.template, page=page))


@pages.get("/oembed")
def oembed() -> Response:
    """Where the embed of an address of this site is, as its consumer asks for it; 501 for XML, which we don't give."""
    forms.only("url", "format", "maxwidth", "maxheight")
    if forms.choice("format", ("json", "xml")) == "xml":
        abort(problem(501, "Only format=json is given."))
    most = forms.number("maxwidth"), forms.number("maxheight")
    found = _embedded(forms.text("url", LONGEST_URL) or "")
    width, height = (min(value or size, size) for value, size in zip(most, found.size, strict=True))
    told: dict[str, Any] = {
        "version": "1.0",
        "type": "rich",
        "title": found.title,
        "author_name": found.author,
        "provider_name": world().settings.site.name,
        "provider_url": absolute_url("/"),
        "html": frame(found.path, found.title, width, height),
        "width": width,
        "height": height,
    }
    body = {name: value for name, value in told.items() if value is not None}
    return make_response(body)


def _embedded(address: str) -> Embedded:
    """What an address of this site is embedded as; 404 for one that has no embed. Raises `Malformed` for a filter in it."""
    here, asked = urlsplit(absolute_url("")), urlsplit(address)
    path = asked.path.removeprefix(here.path.rstrip("/"))
    if asked.netloc != here.netloc:
        abort(404)
    if (found := STATEMENT.fullmatch(path)) is not None:
        one = _shown(found[1])
        return Embedded(
            path=f"/embed/c/{one.public_id}",
            title=card(one).label,
            author=one.speaker.name if one.speaker else None,
            size=SIZE,
        )
    if (found := LINE_UP.fullmatch(path)) is None:
        abort(404)
    filters, query = read_address(asked.query)
    with reading() as db:
        shown = shared_line_up(db, found[1], found[2], filters, address)
    if shown is None:
        abort(404)
    return Embedded(
        path=embedded_line_up(found[1], found[2], query), title=shown.title, author=None, size=line_up_size(shown.rows)
    )


def _shown(public_id: str) -> Statement:
    """The statement, or that into which it was merged; 404, or 410 where an editor took it back."""
    with reading() as db:
        claim = speech.claim(db, public_id)
        claim = speech.survivor(db, claim) if claim is not None else None
        if claim is None:
            abort(404)
        if claim.status in HIDDEN:
            abort(410)
        return speech.statements(db, [claim.id])[claim.id]
