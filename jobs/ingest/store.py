"""A document's way in: its bytes into the archive, their words into a snapshot. Used by collect, recheck and `tracker add`.

The bytes lie in the archive, synced, before any row names them; the row, its description and the note of the look are one
transaction.
"""

import html
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any

from tracker.archive import queries
from tracker.archive.http.gate import HttpResponse, Refused
from tracker.archive.http.redirects import has_moved
from tracker.archive.ledger import documents as document_ledger
from tracker.archive.lists.entries import ListEntry
from tracker.archive.lists.html_links import select_part
from tracker.archive.models import Document, Snapshot, Source, State
from tracker.archive.supplied import SuppliedDocument
from tracker.archive.text import extractor
from tracker.archive.types import FetchResult, NewDocument, Words
from tracker.db import Session
from tracker.errors import TrackerError
from tracker.world import World

TEXT_OF_LIST = "text that came with the list"
SUMMARY_OF_LIST = "summary only, from the list"


@dataclass(frozen=True, slots=True, kw_only=True)
class RawDocument:
    """The bytes of one document as they came; `fetched` when they came over HTTP."""

    body: bytes
    content_type: str | None
    url: str | None
    response: HttpResponse | None = None
    selector: str | None = None
    """A CSS selector of the part of the page that holds the text."""
    rule: str | None = None
    """Where the text comes from when that is not the page itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPage:
    """What the bytes say: the words, and what the page tells about itself."""

    words: Words
    published_at: datetime | None = None
    published_precision: str | None = None
    published_raw: str | None = None
    outlet: str | None = None


def store_new(
    world: World,
    source: Source,
    given: SuppliedDocument,
    entered_by: str | None = None,
    *,
    quiet: bool = False,
    after: Callable[[Session, Document, Snapshot], None] | None = None,
) -> int | None:
    """Archive one given document and keep its first snapshot; its id, or None when it was there already.

    `quiet` ones owe no alert; `after` is called inside the transaction, with the document and its snapshot.
    """
    with world.database.reading() as session:
        if queries.document(session, source.id, given.item) is not None:
            return None
    page = RawDocument(body=given.body, content_type=given.content_type, url=given.url)
    (sha256, read), now = _archive_and_extract(world, page, given.item), world.now()
    with world.database.transaction() as session:
        document, new = document_ledger.get_or_create(session, now, _new_document(source, given, entered_by))
        if not new:
            return None
        fetch = FetchResult(at=now, state=State.OK, size=len(given.body), sha256=sha256)
        snapshot = _store_snapshot(session, document, fetch, sha256, read, quiet=quiet)
        if snapshot is not None and after is not None:
            after(session, document, snapshot)
        return document.id


def fetch_document(world: World, url: str, options: Mapping[str, Any] | None = None) -> tuple[RawDocument, FetchResult]:
    """The page at an address, through the fetch gate; `options` are those of its source. Raises `Refused`."""
    started, options = world.now(), options or {}
    response = world.gate.get(url, deadline_s=options.get("timeout_s"))
    kind = header(response, "content-type")
    page = RawDocument(
        body=response.body,
        content_type=kind,
        url=response.final_url,
        response=response,
        selector=options.get("article_selector"),
    )
    return page, result_of_response(started, response)


def inline_document(url: str | None, entry: ListEntry) -> RawDocument | None:
    """The text that came with a list's entry as a page of its own; None when there is none."""
    content = entry.content_html or entry.summary or (html.escape(entry.title) if entry.title else None)
    if not content:
        return None
    title = html.escape(entry.title or "")
    body = f"<html><head><title>{title}</title></head><body><article><p>{content}</p></article></body></html>"
    rule = TEXT_OF_LIST if entry.content_html else SUMMARY_OF_LIST
    return RawDocument(
        body=body.encode("utf-8", "replace"), content_type="text/html; charset=utf-8", url=url, rule=rule
    )


def store_version(
    world: World,
    document: Document,
    page: RawDocument,
    fetch: FetchResult,
    *,
    read: ReadPage | None = None,
    quiet: bool = False,
    after: Callable[[Session, Snapshot], None] | None = None,
) -> bool:
    """Archive a page and keep its snapshot when its words are new; True then.

    `read` are the words when they were read before; `quiet` ones owe no alert; `after` is called inside the transaction,
    with the new snapshot.
    """
    if read is None:
        sha256, read = _archive_and_extract(world, page, document.item)
    else:
        sha256 = _archive(world, page, document.item)
    with world.database.transaction() as session:
        row = session.get_one(Document, document.id)
        snapshot = _store_snapshot(session, row, replace(fetch, sha256=sha256), sha256, read, quiet=quiet)
        if snapshot is not None and after is not None:
            after(session, snapshot)
    return snapshot is not None


def store_backfilled(
    world: World, told: NewDocument, page: RawDocument, fetch: FetchResult, read: ReadPage, later: datetime
) -> bool:
    """Archive a page of the past and keep it with its document in one transaction, owing nothing; False when known.

    `later` is when it is looked at again: what is old does not change hourly.
    """
    sha256 = _archive(world, page, told.item)
    with world.database.transaction() as session:
        document, new = document_ledger.get_or_create(session, world.now(), told)
        if not new:
            return False
        _store_snapshot(session, document, replace(fetch, sha256=sha256), sha256, read, quiet=True)
        document.next_look_at = later
        session.add(document)
    return True


def read_page(page: RawDocument) -> ReadPage:
    """The words of a page. One that nobody can read is kept all the same, with the reason."""
    body, kind, rule = page.body, page.content_type, page.rule
    try:
        if page.selector:
            body, kind, rule = select_part(body, kind, page.selector)
        read = extractor.extract_text(body, content_type=kind, url=page.url)
    except TrackerError as error:
        return ReadPage(words=Words(text="", extractor=extractor.EXTRACTOR_VERSION, rule="none", unreadable=str(error)))
    words = Words(
        text=read.text,
        extractor=extractor.EXTRACTOR_VERSION,
        rule=f"{rule}; {read.rule}" if rule else read.rule,
        title=read.title,
        language=read.language,
        damaged=read.damaged,
    )
    at, precision = _moment(read.published)
    return ReadPage(
        words=words,
        published_at=at,
        published_precision=precision,
        published_raw=read.published_raw,
        outlet=read.outlet,
    )


def result_of_response(started: datetime, response: HttpResponse) -> FetchResult:
    """The look that a fetch which came through was."""
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
    """The look that a refused fetch was."""
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


def header(response: HttpResponse, name: str) -> str | None:
    """The first response header of this name, byte for byte."""
    return next((value for key, value in response.headers if key.lower() == name), None)


def _archive_and_extract(world: World, page: RawDocument, item: str) -> tuple[str, ReadPage]:
    """The name of the archived bytes and their words, made side by side: the one waits for the disk, the other thinks."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        archived = pool.submit(_archive, world, page, item)
        read = read_page(page)
        return archived.result(), read


def _archive(world: World, page: RawDocument, item: str) -> str:
    """The name of the archived bytes; on disk and synced when this returns."""
    if page.response is not None:
        return world.archive.keep(page.response, world.now()).sha256
    return world.archive.keep_resource(
        page.body,
        content_type=page.content_type or "application/octet-stream",
        uri=page.url or f"urn:item:{item}".replace(" ", "%20"),
        fetched_at=world.now(),
    ).sha256


def _store_snapshot(
    session: Session, document: Document, fetch: FetchResult, sha256: str, read: ReadPage, *, quiet: bool = False
) -> Snapshot | None:
    document_ledger.fill_in_metadata(
        session,
        document,
        title=read.words.title,
        language=read.words.language,
        outlet=read.outlet,
        published_at=read.published_at,
        published_precision=read.published_precision,
        published_raw=read.published_raw,
    )
    snapshot = document_ledger.store_snapshot(session, fetch.at, document, sha256, read.words, quiet=quiet)
    document_ledger.record_fetch(
        session, replace(fetch, state=fetch.state if snapshot is not None else State.UNCHANGED), document.id
    )
    return snapshot


def _new_document(source: Source, given: SuppliedDocument, entered_by: str | None) -> NewDocument:
    return NewDocument(
        source_id=source.id,
        item=given.item,
        url=given.url,
        outlet=given.outlet or source.outlet,
        title=given.title,
        listed_title=None,
        published_raw=given.published_raw,
        published_at=given.published.at if given.published else None,
        published_precision=given.published.precision if given.published else None,
        language=given.language or source.language,
        kind=given.kind,
        channel=given.channel,
        said=_days(given),
        entered_by=entered_by,
        note=given.note,
    )


def _days(given: SuppliedDocument) -> str | None:
    """The day or days of the words as a person entered them: a day, or an interval (ISO 8601: first/last)."""
    if given.said is None:
        return None
    until = given.said_until or given.said
    return given.said.isoformat() if until == given.said else f"{given.said.isoformat()}/{until.isoformat()}"


def _moment(published: datetime | date | None) -> tuple[datetime | None, str | None]:
    if published is None:
        return None, None
    if isinstance(published, datetime):
        return published.astimezone(UTC), "time"
    return datetime.combine(published, time(), UTC), "day"
