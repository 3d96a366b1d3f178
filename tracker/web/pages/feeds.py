"""Atom feeds of a topic: every new statement, or confirmed shifts only."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from flask import Blueprint, Response, abort, make_response, render_template

from tracker.positions import queries as positions
from tracker.positions.queries import ShiftRow
from tracker.speech import phrasing
from tracker.speech import queries as speech
from tracker.speech.queries import Statement
from tracker.web import forms
from tracker.web.context import absolute_url, now, reading, world
from tracker.web.views.cards import speaker_name, statement_label
from tracker.web.views.shifts import shift_line

MOST = 50
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

pages = Blueprint("feeds", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One entry of a feed."""

    id: str
    title: str
    link: str
    updated: datetime
    author: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed and its entries, newest first."""

    template: ClassVar[str] = "feed.atom"
    section: ClassVar[str] = ""
    title: str
    here: str
    page: str
    updated: datetime
    site: str
    entries: tuple[FeedEntry, ...]


@pages.get("/feeds/t/<topic_id>.atom")
def statements(topic_id: str) -> Response:
    """The newest statements of a topic."""
    forms.only()
    with reading() as db:
        topic = positions.topic(db, topic_id)
        if topic is None:
            abort(404)
        found = speech.in_order(db, positions.newest(db, topic_id, MOST))
    entries = tuple(_statement(one) for one in found)
    return _feed(topic.topic.name, f"/feeds/t/{topic_id}.atom", f"/t/{topic_id}", entries)


@pages.get("/feeds/t/<topic_id>/shifts.atom")
def shifts(topic_id: str) -> Response:
    """The newest confirmed shifts of a topic."""
    forms.only()
    with reading() as db:
        topic = positions.topic(db, topic_id)
        if topic is None:
            abort(404)
        found = positions.shifts(db, topic_id, MOST)
    entries = tuple(_shift(one) for one in found)
    return _feed(f"{topic.topic.name}: shifts", f"/feeds/t/{topic_id}/shifts.atom", f"/t/{topic_id}", entries)


def _feed(title: str, here: str, page: str, entries: tuple[FeedEntry, ...]) -> Response:
    updated = max((entry.updated for entry in entries), default=now())
    feed = Feed(
        title=title,
        here=absolute_url(here),
        page=absolute_url(page),
        updated=updated,
        site=world().settings.site.name,
        entries=entries,
    )
    response = make_response(render_template(feed.template, page=feed))
    response.headers["Content-Type"] = "application/atom+xml; charset=utf-8"
    return response


def _statement(one: Statement) -> FeedEntry:
    name = speaker_name(one).words
    address = absolute_url(f"/c/{one.public_id}")
    return FeedEntry(
        id=address,
        title=_xml(statement_label(one)),
        link=address,
        updated=one.created_at,
        author=_xml(name),
        text=_xml(_words(one)),
    )


def _shift(one: ShiftRow) -> FeedEntry:
    line = shift_line(one)
    address = absolute_url(f"/c/{one.after.public_id}")
    text = f"Before: {_words(one.before)}\n\nAfter: {_words(one.after)}"
    return FeedEntry(
        id=f"{address}#shift-{one.shift.id}",
        title=_xml(f"{line.name} {line.words}"),
        link=address,
        updated=one.shift.at,
        author=_xml(line.name),
        text=_xml(text),
    )


def _words(one: Statement) -> str:
    return phrasing.show_words(one.text, one.kind, one.polarity).plain


def _xml(text: str) -> str:
    return NOT_XML.sub("\ufffd", text)
