"""Feeds of any search, of topics and of shifts: Atom (RFC 4287) and JSON Feed 1.1 (jsonfeed.org/version/1.1).

Ids are the statements' permanent addresses; what did not change since is answered 304 (RFC 9110 13).
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, make_response, render_template, request

from tracker.alerts.queries import followers
from tracker.positions import queries as positions
from tracker.positions.queries import searches
from tracker.web import forms
from tracker.web.context import absolute_url, reading, text_response, world
from tracker.web.views import dates
from tracker.web.views.feed_entries import FeedEntry, shift_entry, statement_entries
from tracker.web.views.searches import read_search

MOST = 50
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed without entries changed last."""

pages = Blueprint("feeds", __name__)


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


@pages.get("/feeds/statements.<any(atom, json):form>")
def search(form: str) -> Response:
    """The statements that a search finds, those that came in last first."""
    asked = read_search()
    if asked.query.is_empty:
        raise forms.Malformed("q", "is empty; there is nothing to look for")
    address = urlencode(asked.told, doseq=True)
    with reading() as db:
        entries = statement_entries(db, searches.newest(db, asked.query, MOST), whole=form == "json")
        title = followers.summary(db, asked.told)
    return _feed(title[:1].upper() + title[1:], f"/feeds/statements.{form}?{address}", f"/search?{address}", entries)


@pages.get("/feeds/shifts.<any(atom, json):form>")
def all_shifts(form: str) -> Response:
    """The newest shifts of all topics, or of one."""
    forms.only("topic")
    topic_id = forms.text("topic")
    with reading() as db:
        topic = positions.topic(db, topic_id) if topic_id else None
        if topic_id and topic is None:
            raise forms.Malformed("topic", "is no topic on the record")
        entries = tuple(map(shift_entry, positions.shifts(db, topic_id, MOST)))
    query = f"?{urlencode({'topic': topic_id})}" if topic_id else ""
    title = f"{topic.topic.name}: shifts" if topic else "Shifts"
    return _feed(title, f"/feeds/shifts.{form}{query}", f"/t/{topic_id}" if topic_id else "/", entries)


@pages.get("/feeds/t/<topic_id>.atom")
def statements(topic_id: str) -> Response:
    """The newest statements of a topic."""
    forms.only()
    with reading() as db:
        topic = positions.topic(db, topic_id)
        if topic is None:
            abort(404)
        entries = statement_entries(db, positions.newest(db, topic_id, MOST))
    return _feed(topic.topic.name, f"/feeds/t/{topic_id}.atom", f"/t/{topic_id}", entries)


@pages.get("/feeds/t/<topic_id>/shifts.atom")
def shifts(topic_id: str) -> Response:
    """The newest confirmed shifts of a topic."""
    forms.only()
    with reading() as db:
        topic = positions.topic(db, topic_id)
        if topic is None:
            abort(404)
        entries = tuple(map(shift_entry, positions.shifts(db, topic_id, MOST)))
    return _feed(f"{topic.topic.name}: shifts", f"/feeds/t/{topic_id}/shifts.atom", f"/t/{topic_id}", entries)


def _feed(title: str, here: str, page: str, entries: tuple[FeedEntry, ...]) -> Response:
    feed = Feed(
        title=title,
        here=absolute_url(here),
        page=absolute_url(page),
        updated=max((entry.updated for entry in entries), default=NEVER),
        site=world().settings.site.name,
        entries=entries,
    )
    if here.partition("?")[0].endswith(".json"):
        body = json.dumps(_json_feed(feed), ensure_ascii=False) + "\n"
        response = text_response(body, "application/feed+json")
    else:
        response = make_response(render_template(feed.template, page=feed))
        response.headers["Content-Type"] = "application/atom+xml; charset=utf-8"
    response.last_modified = feed.updated
    response.add_etag()
    response.make_conditional(request)
    return response


def _json_feed(feed: Feed) -> dict[str, Any]:
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"{feed.title} · {feed.site}",
        "home_page_url": feed.page,
        "feed_url": feed.here,
        "items": [_json_item(entry) for entry in feed.entries],
    }


def _json_item(entry: FeedEntry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.id,
        "url": entry.link,
        "title": entry.title,
        "content_text": entry.text,
        "date_published": dates.iso(entry.published),
        "date_modified": dates.iso(entry.updated),
        "authors": [{"name": entry.author}],
    }
    if entry.tags:
        item["tags"] = list(entry.tags)
    if entry.record is not None:
        item["_statement"] = {"about": absolute_url("/api/v1/openapi.json"), **entry.record}
    return item
