"""Statements and line-ups as cited, previewed and embedded elsewhere: the same words, days and addresses everywhere."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from markupsafe import Markup

from tracker.archive.urls import on_the_web
from tracker.speech.citations import CitedStatement
from tracker.speech.queries import Statement
from tracker.speech.types import Polarity
from tracker.web.context import absolute_url, now, world
from tracker.web.views import dates
from tracker.web.views.cards import Card

SHORT = 200
"""Letters of a preview; what shows previews cuts longer ones itself."""
SIZE = (560, 360)
"""Width and height, in CSS pixels, that an embedded statement asks for."""
LINE_UP_WIDTH, HEAD_HEIGHT, ROW_HEIGHT, MOST_HEIGHT = 960, 420, 48, 1200
"""The same of an embedded line-up, whose height grows with its rows; a longer one scrolls in its frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedStatement:
    """What other sites read from the page's head: a preview, where its embed is, and the linked data."""

    title: str
    description: str
    permalink: str
    oembed: str
    frame: str
    """The HTML that embeds it."""
    linked_data: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedChart:
    """A line-up's chart as a file, in the words of its link."""

    words: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedChart:
    """A line-up's chart for others: files to save, and the HTML that embeds it."""

    files: tuple[SavedChart, ...]
    frame: str


def shared_chart(topic_id: str, event_id: str, *, query: str, title: str, rows: int, png: bool) -> SharedChart:
    """How others may show the chart of a line-up with the filters of `query`; `png`: whether it can be had as PNG."""
    files = []
    for ending in ("svg", "png") if png else ("svg",):
        here = url_for("lineup_images.image", topic_id=topic_id, event_id=event_id, ending=ending)
        narrow = f"{here}{query}{'&' if query else '?'}layout=narrow"
        files += [
            SavedChart(words=ending.upper(), address=f"{here}{query}"),
            SavedChart(words=f"{ending.upper()} for telephones", address=narrow),
        ]
    return SharedChart(
        files=tuple(files), frame=frame(embedded_line_up(topic_id, event_id, query), title, *line_up_size(rows))
    )


def embedded_line_up(topic_id: str, event_id: str, query: str) -> str:
    """The path of the embed of a line-up, counted from the site's root."""
    return f"/embed/t/{topic_id}/around/{event_id}{query}"


def line_up_size(rows: int) -> tuple[int, int]:
    """Width and height that an embedded line-up of so many rows asks for."""
    return LINE_UP_WIDTH, min(MOST_HEIGHT, HEAD_HEIGHT + ROW_HEIGHT * rows)


def oembed_address(permalink: str) -> str:
    """Where oEmbed tells of an address of ours."""
    return absolute_url(f"/oembed?{urlencode({'format': 'json', 'url': permalink}, safe=':/')}")


def cited(one: Statement, card: Card) -> CitedStatement:
    """A statement as citations name it, read on the day of today."""
    outlet, url = (one.read.outlet, on_the_web(one.read.url)) if one.read else (None, None)
    return CitedStatement(
        key=one.public_id,
        words=card.words.plain,
        speaker=one.speaker.name if one.speaker else None,
        role=card.role,
        first=one.said_from,
        last=one.said_to,
        precision=one.said_precision,
        place=", ".join(part for part in (one.channel, one.venue) if part) or None,
        outlet=outlet,
        url=url,
        archived=absolute_url(f"/snapshots/{card.sha256}") if card.sha256 else None,
        permalink=absolute_url(f"/c/{one.public_id}"),
        site=world().settings.site.name,
        accessed=now().astimezone(dates.zone()).date(),
    )


def shared(one: Statement, card: Card, addresses: Sequence[str]) -> SharedStatement:
    """A statement as others preview and embed it; `addresses` are the pages where it stands, the earliest first."""
    permalink = absolute_url(f"/c/{one.public_id}")
    words = card.words.plain
    return SharedStatement(
        title=card.label,
        description=words if len(words) <= SHORT else f"{words[: SHORT - 1].rstrip()}…",
        permalink=permalink,
        oembed=oembed_address(permalink),
        frame=frame(f"/embed/c/{one.public_id}", card.label, *SIZE),
        linked_data=linked_data(_graph(one, card, addresses)),
    )


def frame(path: str, title: str, width: int, height: int) -> str:
    """The HTML of a frame around an embed: sandboxed, without scripts and cookies; links open in a new window."""
    attributes = {
        "src": absolute_url(path),
        "title": title,
        "width": "100%",
        "height": str(height),
        "style": f"border:0;max-width:{width}px",
        "loading": "lazy",
        "sandbox": "allow-popups allow-popups-to-escape-sandbox",
        "referrerpolicy": "no-referrer",
    }
    written = Markup(" ").join(Markup('{}="{}"').format(Markup(name), value) for name, value in attributes.items())  # noqa: S704 - names are ours, values are escaped
    return str(Markup("<iframe {}></iframe>").format(written))


def linked_data(graph: dict[str, Any]) -> Markup:
    """Linked data for a page's head: JSON in which no text of a source can end the element it stands in."""
    text = json.dumps(graph, ensure_ascii=True, separators=(",", ":"))
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(safe)  # noqa: S704 - nothing in it can open or close an element


def _graph(one: Statement, card: Card, addresses: Sequence[str]) -> dict[str, Any]:
    """The statement as a Quotation, and as a Claim with the pages where it appeared (schema.org).

    Words that the speaker denied are no quotation of theirs: a denial is a Claim alone, with the denial before its words.
    """
    permalink = absolute_url(f"/c/{one.public_id}")
    person = {"@type": "Person", "name": one.speaker.name} if one.speaker else None
    works = [{"@type": "CreativeWork", "url": url} for url in addresses]
    quotation = {
        "@type": "Quotation",
        "@id": permalink,
        "url": permalink,
        "text": one.text,
        "creator": person,
        "spokenByCharacter": person,
        "dateCreated": card.said.iso,
        "inLanguage": card.lang,
        "isPartOf": works[0] if works else None,
        "about": [{"@type": "Thing", "name": topic.name} for topic in card.topics] or None,
    }
    claim = {
        "@type": "Claim",
        "@id": f"{permalink}#claim",
        "name": card.label,
        "text": card.words.plain,
        "author": person,
        "datePublished": card.said.iso,
        "appearance": works or None,
        "firstAppearance": works[0] if works else None,
    }
    nodes = [claim] if one.polarity is Polarity.DENIED else [quotation, claim]
    return {"@context": "https://schema.org", "@graph": [_told(node) for node in nodes]}


def _told(node: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in node.items() if value is not None}
