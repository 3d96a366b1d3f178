"""A document's way in: its bytes into the archive, their words into a snapshot. Used by collect, recheck and `tracker add`.

The bytes lie in the archive, synced, before any row names them; the row, its description and the row of the fetch are one
transaction.
"""

import html
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tracker.archive import queries
from tracker.archive.http.gate import HttpResponse, Refused
from tracker.archive.http.redirects import has_moved
from tracker.archive.http.responses import header
from tracker.archive.ledger import documents as document_ledger
from tracker.archive.lists.entries import ListEntry
from tracker.archive.lists.html_links import select_part
from tracker.archive.models import Document, Snapshot, Source, State
from tracker.archive.supplied import SuppliedDocument
from tracker.archive.text import extractor
from tracker.archive.text.extracted import ExtractedText
from tracker.archive.types import FetchResult, NewDocument
from tracker.db import Session
from tracker.errors import TrackerError
from tracker.world import World

TEXT_OF_LIST = "text that came with the list"
SUMMARY_OF_LIST = "summary only, from the list"


@dataclass(frozen=True, slots=True, kw_only=True)
class RawDocument:
    """The bytes that a document's text is taken from; `response` when they came over HTTP.

    What is archived is always what came: the response, whole, also where the text is one entry of a list in it.
    """

    body: bytes
    content_type: str | None
    url: str | None
    response: HttpResponse | None = None
    selector: str | None = None
    """A CSS selector of the part of the page that holds the text."""
    archived: str | None = None
    """The name of the bytes in the archive, where they are kept already."""
    rule: str | None = None
    """Where the text comes from when that is not the page itself."""


def store_new(
    world: World,
    source: Source,
    supplied: SuppliedDocument,
    entered_by: str | None = None,
    *,
    quiet: bool = False,
    after: Callable[[Session, Document, Snapshot], None] | None = None,
) -> int | None:
    """Archive one supplied document and keep its first snapshot; its id, or None when it was there already.

    `quiet` ones owe no alert; `after` is called inside the transaction, with the document and its snapshot.
    """
    with world.database.reading() as session:
        if queries.document(session, source.id, supplied.item) is not None:
            return None
    page = RawDocument(body=supplied.body, content_type=supplied.content_type, url=supplied.url)
    (sha256, extracted), now = _archive_and_extract(world, page, supplied.item), world.now()
    with world.database.transaction() as session:
        document, new = document_ledger.get_or_create(session, now, _new_document(source, supplied, entered_by))
        if not new:
            return None
        fetch = FetchResult(at=now, state=State.OK, size=len(supplied.body), sha256=sha256)
        snapshot = _store_snapshot(session, document, fetch, sha256, extracted, quiet=quiet)
        if snapshot is not None and after is not None:
            after(session, document, snapshot)
        return document.id


def fetch_document(world: World, url: str, options: Mapping[str, Any] | None = None) -> tuple[RawDocument, FetchResult]:
    """The page at an address, through the fetch gate; `options` are those of its source. Raises `Refused`."""
    started, options = world.now(), options or {}
    response = world.gate.get(url, deadline_s=options.get("timeout_s"))
    kind = header(response.headers, "content-type")
    page = RawDocument(
        body=response.body,
        content_type=kind,
        url=response.final_url,
        response=response,
        selector=options.get("article_selector"),
    )
    return page, result_of_response(started, response)


def inline_document(url: str | None, entry: ListEntry, response: HttpResponse | None) -> RawDocument | None:
    """The text that came with a list's entry, to be read as a page of its own; None when there is none.

    `response` brought the list: it is what is archived. None where it was not kept (a list of the past).
    """
    content = entry.content_html or entry.summary or (html.escape(entry.title) if entry.title else None)
    if not content:
        return None
    title = html.escape(entry.title or "")
    body = f"<html><head><title>{title}</title></head><body><article><p>{content}</p></article></body></html>"
    rule = TEXT_OF_LIST if entry.content_html else SUMMARY_OF_LIST
    return RawDocument(
        body=body.encode("utf-8", "replace"),
        content_type="text/html; charset=utf-8",
        url=url,
        response=response,
        rule=rule,
    )


def store_version(
    world: World,
    document: Document,
    page: RawDocument,
    fetch: FetchResult,
    *,
    extracted: ExtractedText | None = None,
    quiet: bool = False,
    after: Callable[[Session, Snapshot], None] | None = None,
) -> bool:
    """Archive a page and keep its snapshot when its words are new; True then.

    `extracted` is its text when it was extracted before; a `quiet` one owes no alert; `after` is called inside the
    transaction, with the new snapshot.
    """
    if extracted is None:
        sha256, extracted = _archive_and_extract(world, page, document.item)
    else:
        sha256 = _archive(world, page, document.item)
    with world.database.transaction() as session:
        row = session.get_one(Document, document.id)
        snapshot = _store_snapshot(session, row, replace(fetch, sha256=sha256), sha256, extracted, quiet=quiet)
        if snapshot is not None and after is not None:
            after(session, snapshot)
    return snapshot is not None


def store_backfilled(
    world: World,
    told: NewDocument,
    page: RawDocument,
    *,
    result: FetchResult,
    extracted: ExtractedText,
    next_fetch_at: datetime,
) -> bool:
    """Archive a page of the past and keep it with its document in one transaction, owing nothing; False when known.

    `next_fetch_at` is when it is checked again: what is old does not change hourly.
    """
    sha256 = _archive(world, page, told.item)
    with world.database.transaction() as session:
        document, new = document_ledger.get_or_create(session, world.now(), told)
        if not new:
            return False
        _store_snapshot(session, document, replace(result, sha256=sha256), sha256, extracted, quiet=True)
        document.next_look_at = next_fetch_at
        session.add(document)
    return True


def extract(document: RawDocument) -> ExtractedText:
    """The text of a document. One that nobody can read is kept all the same, with the reason."""
    body, kind, rule = document.body, document.content_type, document.rule
    try:
        if document.selector:
            body, kind, rule = select_part(body, kind, document.selector)
        found = extractor.extract_text(body, content_type=kind, url=document.url)
    except TrackerError as error:
        return ExtractedText(text="", rule="none", extractor=extractor.EXTRACTOR_VERSION, unreadable=str(error))
    return replace(found, rule=f"{rule}; {found.rule}") if rule else found


def result_of_response(started: datetime, response: HttpResponse) -> FetchResult:
    """How a fetch went that was answered."""
    moved = has_moved(response.url, response.final_url, permanently=response.permanent_redirect)
    return FetchResult(
        at=started,
        state=State.OK,
        seconds=response.seconds,
        status=response.status,
        detail=f"moved for good to {response.final_url}; the address in the configuration is unchanged"
        if moved
        else None,
        robots=response.robots,
        final_url=response.final_url,
        size=len(response.body),
    )


def result_of_refusal(started: datetime, error: Refused) -> FetchResult:
    """How a fetch went that was refused."""
    return FetchResult(
        at=started,
        state=State(error.state),
        seconds=error.seconds,
        status=error.status,
        detail=str(error),
        robots=error.robots,
        final_url=error.final_url,
        retry_after_s=error.retry_after_s,
        failed=True,
        permanent=error.permanent and error.status is not None,
    )


def _archive_and_extract(world: World, page: RawDocument, item: str) -> tuple[str, ExtractedText]:
    """The name of the archived bytes and their words, made side by side: the one waits for the disk, the other thinks."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        archived = pool.submit(_archive, world, page, item)
        extracted = extract(page)
        return archived.result(), extracted


def _archive(world: World, page: RawDocument, item: str) -> str:
    """The name of the archived bytes; on disk and synced when this returns."""
    if page.archived is not None:
        return page.archived
    if page.response is not None:
        return world.archive.keep(page.response, world.now()).sha256
    return world.archive.keep_resource(
        page.body,
        content_type=page.content_type or "application/octet-stream",
        uri=page.url or f"urn:item:{item}".replace(" ", "%20"),
        fetched_at=world.now(),
    ).sha256


def _store_snapshot(
    session: Session,
    document: Document,
    fetch: FetchResult,
    sha256: str,
    extracted: ExtractedText,
    *,
    quiet: bool = False,
) -> Snapshot | None:
    document_ledger.fill_in_metadata(session, document, extracted)
    snapshot = document_ledger.store_snapshot(session, fetch.at, document, sha256, extracted, quiet=quiet)
    document_ledger.record_fetch(
        session, replace(fetch, state=fetch.state if snapshot is not None else State.UNCHANGED), document.id
    )
    return snapshot


def _new_document(source: Source, supplied: SuppliedDocument, entered_by: str | None) -> NewDocument:
    return NewDocument(
        source_id=source.id,
        item=supplied.item,
        url=supplied.url,
        outlet=supplied.outlet or source.outlet,
        title=supplied.title,
        listed_title=None,
        published=supplied.published,
        language=supplied.language or source.language,
        kind=supplied.kind,
        channel=supplied.channel,
        said=_days(supplied),
        entered_by=entered_by,
        note=supplied.note,
    )


def _days(supplied: SuppliedDocument) -> str | None:
    """The day or days of the words as a person entered them: a day, or an interval (ISO 8601: first/last)."""
    if supplied.said is None:
        return None
    until = supplied.said_until or supplied.said
    return supplied.said.isoformat() if until == supplied.said else f"{supplied.said.isoformat()}/{until.isoformat()}"
