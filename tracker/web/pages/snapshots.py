"""Archived copies: the stored text with its quotes marked, and two versions compared. Never the raw page as HTML.

Colleagues read the whole text; everybody reads the quotes with as many sentences around them as the source allows.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from flask import Blueprint, Response, abort, redirect, request, url_for

from tracker import accounts
from tracker.archive import queries as archive
from tracker.archive.ledger import documents as document_ledger
from tracker.archive.queries import StoredSnapshot, Version
from tracker.archive.urls import on_the_web
from tracker.archive.warc import Archive
from tracker.db import Session
from tracker.speech import excerpts, wording
from tracker.speech import queries as speech
from tracker.speech.models import Claim
from tracker.speech.queries import QuoteSpan
from tracker.speech.wording import visible
from tracker.web import errors, forms
from tracker.web.context import as_response, can, now, reading, render, text_response, user, world, writing
from tracker.web.security import require_permission
from tracker.web.views import dates, highlight
from tracker.web.views.cards import Card, direction
from tracker.web.views.highlight import Change, Span, TextRun
from tracker.web.views.statements import statement_cards

SHA = re.compile(r"[0-9a-f]{64}")
OLD_ADDRESS = re.compile(r"[0-9a-f]{64}(\.txt|\.warc\.gz|/vs/[0-9a-f]{64}|/rivals)?")
"""What stood below `/a/` before `/snapshots/` did: links to it live in mails, pages and papers for ever."""
MOST_CARDS = 300
CONTEXT = 2
"""Sentences around a quote for sources that say nothing of their own."""
GAP = (TextRun("[…]", (), (), ()),)

pages = Blueprint("snapshots", __name__)


@dataclass(frozen=True, slots=True)
class NumberedQuote:
    """A statement found in this text, with its number in the margin."""

    number: int
    card: Card
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """A version in the table of versions."""

    version: int
    sha256: str
    fetched_at: datetime
    here: bool
    before: str | None


@dataclass(frozen=True, slots=True)
class RivalRow:
    """Another version of the same words."""

    sha256: str
    outlet: str
    published: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotPage:
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
    may_save: bool
    paragraphs: tuple[tuple[TextRun, ...], ...]
    sentences: int | None
    """None where the whole text is shown, else how many sentences around each quote are."""
    found: tuple[NumberedQuote, ...]
    addresses: dict[int, str]
    chosen: int | None
    versions: tuple[VersionRow, ...]
    newest: str | None
    rivals: tuple[RivalRow, ...]
    may_link: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotComparisonPage:
    """Answers: what changed between two versions."""

    template: ClassVar[str] = "snapshot_changed.html"
    section: ClassVar[str] = "sources"
    title: str
    older: StoredSnapshot
    newer: StoredSnapshot
    older_published: str
    newer_published: str
    same_document: bool
    changes: tuple[Change, ...]
    left_out: int
    """Changed paragraphs without quoted words, which the visitor may not read."""
    only_new: int
    only_old: int
    new_quotes: int
    lost_quotes: int
    lang: str | None
    dir: str | None


@pages.get("/snapshots/<sha256>")
def snapshot(sha256: str) -> Response:
    """One archived copy."""
    wanted = forms.text("c")
    with reading() as db:
        claim = speech.claim(db, wanted) if wanted else None
        page = _page(db, _snapshot(db, sha256, claim.id if claim else None), claim)
    return render(page)


@pages.get("/snapshots/<sha256>.txt")
def text(sha256: str) -> Response:
    """The stored text alone, as plain text; for those who may read whole copies."""
    with reading() as db:
        found = _snapshot(db, sha256)
    if _sentences(found) is not None:
        require_permission("read full archived copies")
    return text_response(
        found.snapshot.text, "text/plain", Content_Disposition=f'attachment; filename="{sha256[:12]}.txt"'
    )


@pages.get("/snapshots/<sha256>.warc.gz")
def record(sha256: str) -> Response:
    """The archived record itself, for colleagues: a standard WARC file to save and prove elsewhere."""
    require_permission("read full archived copies")
    path = Archive(world().settings.archive.path).path_of(sha256) if SHA.fullmatch(sha256) else None
    if path is None:
        abort(404)
    response = Response(path.read_bytes(), mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{path.name}"'
    return response


@pages.get("/snapshots/<sha256>/vs/<other>")
def compare(sha256: str, other: str) -> Response:
    """Two archived copies, the older one first."""
    with reading() as db:
        one, two = _snapshot(db, sha256), _snapshot(db, other)
        if (one.snapshot.fetched_at, one.snapshot.id) > (two.snapshot.fetched_at, two.snapshot.id):
            return as_response(redirect(url_for("snapshots.compare", sha256=other, other=sha256)))
        page = _compared(db, one, two)
    return render(page)


@pages.post("/snapshots/<sha256>/rivals")
def link_rival(sha256: str) -> Response:
    """Link this document with another as versions of the same words, or take the link back."""
    require_permission("correct statements")
    who = user()
    if who is None:
        abort(403)
    named = re.search(r"[0-9a-f]{64}", forms.field("other", 2000).lower())
    with writing() as db:
        here = _snapshot(db, sha256)
        other = speech.cited_snapshot(db, named[0]) if named else None
        if other is None or other.document.id == here.document.id:
            detail = "That is the address of no other archived copy. Copy it from the page of the other version."
            back = url_for("snapshots.snapshot", sha256=sha256)
            return errors.error(400, detail=detail, more_text="Back to this copy", more_url=back)
        pair = (here.document.id, other.document.id)
        document_ledger.link_rivals(db, now(), pair, who.email, linked=forms.field("step") != "unlink")
    return as_response(redirect(url_for("snapshots.snapshot", sha256=sha256) + "#rivals", code=303))


@pages.route("/a/<path:rest>", methods=["GET", "POST"])
def moved(rest: str) -> Response:
    """Lead an old address to the new one for good, query and method kept."""
    if not OLD_ADDRESS.fullmatch(rest):
        abort(404)
    query = f"?{request.query_string.decode('ascii', 'replace')}" if request.query_string else ""
    return as_response(redirect(f"{url_for('home.home')}snapshots/{rest}{query}", code=308))


def _rival(one: StoredSnapshot) -> RivalRow:
    return RivalRow(one.snapshot.sha256, one.document.outlet or one.source.outlet or one.source.name, _published(one))


def _snapshot(db: Session, sha256: str, claim_id: int | None = None) -> StoredSnapshot:
    found = speech.cited_snapshot(db, sha256, claim_id) if SHA.fullmatch(sha256) else None
    if found is None:
        abort(404)
    return found


def _page(db: Session, here: StoredSnapshot, claim: Claim | None) -> SnapshotPage:
    quotes = speech.quotes_of_snapshot(db, here.snapshot.id)
    numbers = {number: index for index, number in enumerate(dict.fromkeys(one.claim_id for one in quotes), 1)}
    cards = statement_cards(db, list(numbers)[:MOST_CARDS])
    by_id = {one.public_id: one for one in cards}
    known = speech.statements(db, list(numbers)[:MOST_CARDS])
    standing = speech.survivor(db, claim) if claim is not None else None
    chosen = standing.id if standing is not None else None
    found = tuple(
        NumberedQuote(number, by_id[known[row].public_id], row == chosen)
        for row, number in numbers.items()
        if row in known
    )
    every = archive.versions(db, here.document.id)
    snapshot, document = here.snapshot, here.document
    headline = snapshot.title or document.title
    newest = every[0].sha256 if every and every[0].version > snapshot.version else None
    language = snapshot.language or document.language
    sentences = _sentences(here)
    return SnapshotPage(
        title=f"Archived copy: {visible(headline)}" if headline else "Archived copy",
        headline=visible(headline) if headline else None,
        outlet=document.outlet or here.source.outlet,
        url=on_the_web(document.url),
        published=dates.published(document.published_at, document.published_precision)
        if document.published_at
        else None,
        fetched_at=snapshot.fetched_at,
        sha256=snapshot.sha256,
        text_sha256=snapshot.text_sha256,
        size=len(snapshot.text),
        read_by=f"{snapshot.extractor}, rule “{snapshot.rule}”",
        status=_status(db, here),
        removed_since=document.removed_since,
        damaged=snapshot.damaged,
        unreadable=snapshot.unreadable,
        entered_by=accounts.public_names(db, [who])[who] if (who := document.entered_by) else None,
        note=visible(document.note) if document.note else None,
        lang=language,
        dir=direction(language),
        may_save=can("read full archived copies")
        and Archive(world().settings.archive.path).path_of(snapshot.sha256) is not None,
        paragraphs=_shown(snapshot.text, _spans(quotes, numbers), sentences),
        sentences=sentences,
        found=found,
        addresses={one.number: one.card.public_id for one in found},
        chosen=numbers.get(chosen) if chosen is not None else None,
        versions=tuple(_row(one, every, snapshot.version) for one in every),
        newest=newest,
        rivals=tuple(_rival(one) for one in archive.linked_snapshots(db, document.id)),
        may_link=can("correct statements"),
    )


def _sentences(here: StoredSnapshot) -> int | None:
    """How much of a copy the visitor may read: None is all of it, else so many sentences around each quote."""
    if can("read full archived copies"):
        return None
    told = (here.source.options or {}).get("public_context", CONTEXT)
    return told if isinstance(told, int) else None


def _shown(text: str, spans: list[Span], sentences: int | None) -> tuple[tuple[TextRun, ...], ...]:
    """The paragraphs to show: all, or those around the quotes with a mark where something is left out."""
    if sentences is None:
        return highlight.paragraphs(text, spans)
    shown: list[tuple[TextRun, ...]] = []
    reached = 0
    for start, end in excerpts.around(text, [(span.start, span.end) for span in spans], sentences):
        if text[reached:start].strip():
            shown.append(GAP)
        inside = [
            Span(one.number, one.start - start, one.end - start)
            for one in spans
            if start <= one.start and one.end <= end
        ]
        shown.extend(highlight.paragraphs(text[start:end], inside))
        reached = end
    if text[reached:].strip():
        shown.append(GAP)
    return tuple(shown)


def _spans(quotes: list[QuoteSpan], numbers: dict[int, int]) -> list[Span]:
    return [Span(numbers[one.claim_id], start, end) for one in quotes for start, end in one.spans]


def _status(db: Session, here: StoredSnapshot) -> str:
    looks = archive.count_fetches(db, here.document.id)
    if here.document.removed_since is not None:
        return f"Gone from its address since {dates.moment(here.document.removed_since)}"
    if not looks.total:
        return "Entered once; there is no address to look at again"
    last = f", last {dates.moment(looks.last)}" if looks.last else ""
    return f"{looks.well} of {dates.counted(looks.total, 'look')} went well{last}"


def _row(one: Version, every: list[Version], here: int) -> VersionRow:
    before = next((other.sha256 for other in every if other.version == one.version - 1), None)
    return VersionRow(
        version=one.version, sha256=one.sha256, fetched_at=one.fetched_at, here=one.version == here, before=before
    )


def _compared(db: Session, older: StoredSnapshot, newer: StoredSnapshot) -> SnapshotComparisonPage:
    changes = highlight.changes(older.snapshot.text, newer.snapshot.text)
    only_new, only_old = wording.counts([piece for change in changes for piece in change.pieces])
    quoted_early, quoted_late = (
        speech.quotes_of_snapshot(db, older.snapshot.id),
        speech.quotes_of_snapshot(db, newer.snapshot.id),
    )
    early, late = {one.claim_id for one in quoted_early}, {one.claim_id for one in quoted_late}
    left_out = 0
    if _sentences(older) is not None or _sentences(newer) is not None:
        words = [older.snapshot.text[one.start : one.end] for one in quoted_early]
        words += [newer.snapshot.text[one.start : one.end] for one in quoted_late]
        shown = tuple(change for change in changes if _holds(change, words))
        left_out = sum(
            any(piece.kind != "same" for piece in change.pieces) for change in changes if change not in shown
        )
        changes = shown
    same = older.document.id == newer.document.id
    name = newer.document.outlet or newer.source.outlet or newer.source.name
    language = newer.snapshot.language or newer.document.language
    return SnapshotComparisonPage(
        title=f"Two versions of a report by {name}" if same else "Two archived copies compared",
        older=older,
        newer=newer,
        older_published=_published(older),
        newer_published=_published(newer),
        same_document=same,
        changes=changes,
        left_out=left_out,
        only_new=only_new,
        only_old=only_old,
        new_quotes=len(late - early),
        lost_quotes=len(early - late),
        lang=language,
        dir=direction(language),
    )


def _holds(change: Change, quotes: list[str]) -> bool:
    """Whether a paragraph of a comparison holds quoted words, in either version."""
    for other in ("gone", "new"):
        text = "".join(piece.text for piece in change.pieces if piece.kind != other)
        if any(line.strip() and line.strip() in text for quote in quotes for line in quote.split("\n")):
            return True
    return False


def _published(one: StoredSnapshot) -> str:
    if one.document.published_at is None:
        return "not recorded"
    return dates.published(one.document.published_at, one.document.published_precision)
