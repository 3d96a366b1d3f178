"""Statements in pages of others: a small page for a frame, and oEmbed (oembed.com) that tells where it is."""

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
from tracker.web.views.sharing import SIZE, frame
from tracker.web.views.statements import statement_cards

STATEMENT = re.compile(r"/c/([a-z0-9]{1,20})")
LONGEST_URL = 500

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


@pages.get("/oembed")
def oembed() -> Response:
    """Where the embed of an address of this site is, as its consumer asks for it; 501 for XML, which we don't give."""
    forms.only("url", "format", "maxwidth", "maxheight")
    if forms.choice("format", ("json", "xml")) == "xml":
        abort(problem(501, "Only format=json is given."))
    address = forms.text("url", LONGEST_URL) or ""
    width, height = (
        min(value or size, size)
        for value, size in zip((forms.number("maxwidth"), forms.number("maxheight")), SIZE, strict=True)
    )
    found = _shown(_statement_id(address))
    told: dict[str, Any] = {
        "version": "1.0",
        "type": "rich",
        "title": card(found).label,
        "author_name": found.speaker.name if found.speaker else None,
        "provider_name": world().settings.site.name,
        "provider_url": absolute_url("/"),
        "html": frame(f"/embed/c/{found.public_id}", card(found).label, width, height),
        "width": width,
        "height": height,
    }
    body = {name: value for name, value in told.items() if value is not None}
    return make_response(body)


def _statement_id(address: str) -> str:
    """The statement that a full address of this site names; 404 for any other address."""
    here = urlsplit(absolute_url(""))
    asked = urlsplit(address)
    path = asked.path.removeprefix(here.path.rstrip("/"))
    found = STATEMENT.fullmatch(path)
    if asked.netloc != here.netloc or found is None:
        abort(404)
    return found[1]


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
