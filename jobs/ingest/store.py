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

from sqlmodel import Session

from tracker.archive import queries
from tracker.archive.http.gate import Fetched, Refused
from tracker.archive.ledger import documents as document_ledger
from tracker.archive.ledger.documents import Look, NewDocument, Words
from tracker.archive.lists.feed import Entry
from tracker.archive.lists.html_links import narrowed
from tracker.archive.models import Document, Snapshot, Source, State
from tracker.archive.supplied import Given
from tracker.archive.text import extractor
from tracker.errors import TrackerError
from tracker.world import World

TEXT_OF_LIST = "text that came with the list"
SUMMARY_OF_LIST = "summary only, from the list"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The bytes of one document as they came; `fetched` when they came over HTTP."""

    body: bytes
    content_type: str | None
    url: str | None
    fetched: Fetched | None = None
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


def take_in(
    world: World,
    source: Source,
    given: Given,
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
    page = Page(body=given.body, content_type=given.content_type, url=given.url)
    (sha256, read), now = _archive_and_read(world, page, given.item), world.now()
    with world.database.transaction() as session:
        document, new = document_ledger.see(session, now, _new_document(source, given, entered_by))
        if not new:
            return None
        look = Look(at=now, state=State.OK, size=len(given.body), sha256=sha256)
        snapshot = _keep(session, document, look, sha256, read, quiet=quiet)
        if snapshot is not None and after is not None:
            after(session, document, snapshot)
        return document.id


def fetch_page(world: World, url: str, options: Mapping[str, Any] | None = None) -> tuple[Page, Look]:
    """The page at an address, through the fetch gate; `options` are those of its source. Raises `Refused`."""
    started, options = world.now(), options or {}
    fetched = world.gate.get(url, deadline_s=options.get("timeout_s"))
    kind = header(fetched, "content-type")
    page = Page(
        body=fetched.body,
        content_type=kind,
        url=fetched.final_url,
        fetched=fetched,
        selector=options.get("article_selector"),
    )
    return page, looked(started, fetched)


def from_list(url: str | None, entry: Entry) -> Page | None:
    """The text that came with a list's entry as a page of its own; None when there is none."""
    content = entry.content_html or entry.summary or (html.escape(entry.title) if entry.title else None)
    if not content:
        return None
    title = html.escape(entry.title or "")
    body = f"<html><head><title>{title}</title></head><body><article><p>{content}</p></article></body></html>"
    rule = TEXT_OF_LIST if entry.content_html else SUMMARY_OF_LIST
    return Page(body=body.encode("utf-8", "replace"), content_type="text/html; charset=utf-8", url=url, rule=rule)


def keep_page(
    world: World,
    document: Document,
    page: Page,
    look: Look,
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
        sha256, read = _archive_and_read(world, page, document.item)
    else:
        sha256 = _archive(world, page, document.item)
    with world.database.transaction() as session:
        row = session.get_one(Document, document.id)
        snapshot = _keep(session, row, replace(look, sha256=sha256), sha256, read, quiet=quiet)
        if snapshot is not None and after is not None:
            after(session, snapshot)
    return snapshot is not None


def bring_in(world: World, told: NewDocument, page: Page, look: Look, read: ReadPage, later: datetime) -> bool:
    """Archive a page of the past and keep it with its document in one transaction, owing nothing; False when known.

    `later` is when it is looked at again: what is old does not change hourly.
    """
    sha256 = _archive(world, page, told.item)
    with world.database.transaction() as session:
        document, new = document_ledger.see(session, world.now(), told)
        if not new:
            return False
        _keep(session, document, replace(look, sha256=sha256), sha256, read, quiet=True)
        document.next_look_at = later
        session.add(document)
    return True


def read_page(page: Page) -> ReadPage:
    """The words of a page. One that nobody can read is kept all the same, with the reason."""
    body, kind, rule = page.body, page.content_type, page.rule
    try:
        if page.selector:
            body, kind, rule = narrowed(body, kind, page.selector)
        read = extractor.read_page(body, content_type=kind, url=page.url)
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


def looked(started: datetime, fetched: Fetched) -> Look:
    """The look that a fetch which came through was."""
    moved = fetched.permanent_redirect and fetched.final_url != fetched.url
    return Look(
        at=started,
        state=State.OK,
        seconds=fetched.seconds,
        status=fetched.status,
        detail=f"moved for good to {fetched.final_url}; the address in the configuration is unchanged"
        if moved
        else None,
        robots=fetched.robots,
        final_url=fetched.final_url,
        size=len(fetched.body),
    )


def refused(started: datetime, error: Refused) -> Look:
    """The look that a refused fetch was."""
    return Look(
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


def header(fetched: Fetched, name: str) -> str | None:
    """The first response header of this name, byte for byte."""
    return next((value for key, value in fetched.headers if key.lower() == name), None)


def _archive_and_read(world: World, page: Page, item: str) -> tuple[str, ReadPage]:
    """The name of the archived bytes and their words, made side by side: the one waits for the disk, the other thinks."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        archived = pool.submit(_archive, world, page, item)
        read = read_page(page)
        return archived.result(), read


def _archive(world: World, page: Page, item: str) -> str:
    """The name of the archived bytes; on disk and synced when this returns."""
    if page.fetched is not None:
        return world.archive.keep(page.fetched, world.now()).sha256
    return world.archive.keep_resource(
        page.body,
        content_type=page.content_type or "application/octet-stream",
        uri=page.url or f"urn:item:{item}".replace(" ", "%20"),
        fetched_at=world.now(),
    ).sha256


def _keep(
    session: Session, document: Document, look: Look, sha256: str, read: ReadPage, *, quiet: bool = False
) -> Snapshot | None:
    document_ledger.describe(
        session,
        document,
        title=read.words.title,
        language=read.words.language,
        outlet=read.outlet,
        published_at=read.published_at,
        published_precision=read.published_precision,
        published_raw=read.published_raw,
    )
    snapshot = document_ledger.keep(session, look.at, document, sha256, read.words, quiet=quiet)
    document_ledger.note_document(
        session, replace(look, state=look.state if snapshot is not None else State.UNCHANGED), document.id
    )
    return snapshot


def _new_document(source: Source, given: Given, entered_by: str | None) -> NewDocument:
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


def _days(given: Given) -> str | None:
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
