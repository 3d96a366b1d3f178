"""Archived copies: the stored text with its quotes marked, and two versions compared. Never the raw page as HTML."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from flask import Blueprint, Response, abort, redirect, url_for
from sqlmodel import Session

from tracker.speech import copies, wording
from tracker.speech import queries as speech
from tracker.speech.copies import Copy, Version
from tracker.speech.models import Claim
from tracker.speech.queries import Marked
from tracker.speech.wording import visible
from tracker.web import dates, forms, highlight
from tracker.web.context import as_response, plain, reading, render
from tracker.web.highlight import Change, Run, Span
from tracker.web.home import newest_cards
from tracker.web.shown import Card, direction

SHA = re.compile(r"[0-9a-f]{64}")
MOST_CARDS = 300

pages = Blueprint("archive", __name__)


@dataclass(frozen=True, slots=True)
class Found:
    """A statement found in this text, with its number in the margin."""

    number: int
    card: Card
    chosen: bool


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version in the table of versions."""

    version: int
    sha256: str
    fetched_at: datetime
    here: bool
    before: str | None


@dataclass(frozen=True, slots=True)
class CopyPage:
    """Answers: is this the text as published."""

    template: ClassVar[str] = "snapshot.html"
    section: ClassVar[str] = "sources"
    title: str
    headline: str | None
    outlet: str | None
    url: str | None
    published: str | None
    fetched_at: datetime
    sha256: str
    text_sha256: str
    size: int
    read_by: str
    status: str
    removed_since: datetime | None
    damaged: bool
    unreadable: str | None
    entered_by: str | None
    note: str | None
    lang: str | None
    dir: str | None
    paragraphs: tuple[tuple[Run, ...], ...]
    found: tuple[Found, ...]
    addresses: dict[int, str]
    chosen: int | None
    versions: tuple[VersionRow, ...]
    newest: str | None


@dataclass(frozen=True, slots=True)
class ComparePage:
    """Answers: what changed between two versions."""

    template: ClassVar[str] = "snapshot_changed.html"
    section: ClassVar[str] = "sources"
    title: str
    older: Copy
    newer: Copy
    older_published: str
    newer_published: str
    same_document: bool
    changes: tuple[Change, ...]
    only_new: int
    only_old: int
    new_quotes: int
    lost_quotes: int
    lang: str | None
    dir: str | None


@pages.get("/a/<sha256>")
def copy(sha256: str) -> Response:
    """One archived copy."""
    wanted = forms.text("c")
    with reading() as db:
        claim = speech.claim(db, wanted) if wanted else None
        page = _page(db, _copy(db, sha256, claim.id if claim else None), claim)
    return render(page)


@pages.get("/a/<sha256>.txt")
def text(sha256: str) -> Response:
    """The stored text alone, as plain text."""
    with reading() as db:
        found = _copy(db, sha256)
    return plain(found.snapshot.text, "text/plain", Content_Disposition=f'attachment; filename="{sha256[:12]}.txt"')


@pages.get("/a/<sha256>/vs/<other>")
def compare(sha256: str, other: str) -> Response:
    """Two archived copies, the older one first."""
    with reading() as db:
        one, two = _copy(db, sha256), _copy(db, other)
        if (one.snapshot.fetched_at, one.snapshot.id) > (two.snapshot.fetched_at, two.snapshot.id):
            return as_response(redirect(url_for("archive.compare", sha256=other, other=sha256)))
        page = _compared(db, one, two)
    return render(page)


def _copy(db: Session, sha256: str, claim_id: int | None = None) -> Copy:
    found = copies.copy(db, sha256, claim_id) if SHA.fullmatch(sha256) else None
    if found is None:
        abort(404)
    return found


def _page(db: Session, here: Copy, claim: Claim | None) -> CopyPage:
    quotes = copies.quotes(db, here.snapshot.id)
    numbers = {number: index for index, number in enumerate(dict.fromkeys(one.claim_id for one in quotes), 1)}
    cards = newest_cards(db, list(numbers)[:MOST_CARDS])
    by_id = {one.public_id: one for one in cards}
    known = speech.statements(db, list(numbers)[:MOST_CARDS])
    chosen = claim.merged_into or claim.id if claim is not None else None
    found = tuple(
        Found(number, by_id[known[row].public_id], row == chosen) for row, number in numbers.items() if row in known
    )
    every = copies.versions(db, here.document.id)
    snapshot, document = here.snapshot, here.document
    headline = snapshot.title or document.title
    newest = every[0].sha256 if every and every[0].version > snapshot.version else None
    language = snapshot.language or document.language
    return CopyPage(
        f"Archived copy: {visible(headline)}" if headline else "Archived copy",
        visible(headline) if headline else None,
        document.outlet or here.source.outlet,
        document.url if (document.url or "").startswith(("http://", "https://")) else None,
        dates.published(document.published_at, document.published_precision) if document.published_at else None,
        snapshot.fetched_at,
        snapshot.sha256,
        snapshot.text_sha256,
        len(snapshot.text),
        f"{snapshot.extractor}, rule “{snapshot.rule}”",
        _status(db, here),
        document.removed_since,
        snapshot.damaged,
        snapshot.unreadable,
        document.entered_by,
        visible(document.note) if document.note else None,
        language,
        direction(language),
        highlight.paragraphs(snapshot.text, _spans(quotes, numbers)),
        found,
        {one.number: one.card.public_id for one in found},
        numbers.get(chosen) if chosen is not None else None,
        tuple(_row(one, every, snapshot.version) for one in every),
        newest,
    )


def _spans(quotes: list[Marked], numbers: dict[int, int]) -> list[Span]:
    return [Span(numbers[one.claim_id], start, end) for one in quotes for start, end in one.spans]


def _status(db: Session, here: Copy) -> str:
    looks = copies.looks(db, here.document.id)
    if here.document.removed_since is not None:
        return f"Gone from its address since {dates.moment(here.document.removed_since)}"
    if not looks.total:
        return "Entered once; there is no address to look at again"
    last = f", last {dates.moment(looks.last)}" if looks.last else ""
    return f"{looks.well} of {dates.counted(looks.total, 'look')} went well{last}"


def _row(one: Version, every: list[Version], here: int) -> VersionRow:
    before = next((other.sha256 for other in every if other.version == one.version - 1), None)
    return VersionRow(one.version, one.sha256, one.fetched_at, one.version == here, before)


def _compared(db: Session, older: Copy, newer: Copy) -> ComparePage:
    changes = highlight.changes(older.snapshot.text, newer.snapshot.text)
    only_new, only_old = wording.counts([piece for change in changes for piece in change.pieces])
    early = {one.claim_id for one in copies.quotes(db, older.snapshot.id)}
    late = {one.claim_id for one in copies.quotes(db, newer.snapshot.id)}
    same = older.document.id == newer.document.id
    name = newer.document.outlet or newer.source.outlet or newer.source.name
    language = newer.snapshot.language or newer.document.language
    return ComparePage(
        f"Two versions of a report by {name}" if same else "Two archived copies compared",
        older, newer, _published(older), _published(newer), same, changes, only_new, only_old,
        len(late - early), len(early - late), language, direction(language),
    )  # fmt: skip


def _published(one: Copy) -> str:
    if one.document.published_at is None:
        return "not recorded"
    return dates.published(one.document.published_at, one.document.published_precision)
