"""Backfill: take in what a source published in a past window. Resumable, silent, polite.

First the source's lists are read back into the past: the pages of a feed or listing, the sitemaps of an index, and, where
it is allowed, the copies that the Internet Archive made of the list. What they name is written down. Then each thing is
fetched, or its copy where it is gone, and kept with the mark that owes no alert. Stopping anywhere loses nothing: the same
command goes on where it stopped.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import structlog

from jobs import extract
from jobs.ingest import lists, store
from tracker import runs
from tracker.archive import queries, wayback
from tracker.archive.http.gate import HttpResponse, Refused
from tracker.archive.http.responses import header
from tracker.archive.ledger import backfill as ledger
from tracker.archive.ledger.documents import LONGEST_INTERVAL
from tracker.archive.lists import paging
from tracker.archive.lists.entries import ListEntry
from tracker.archive.lists.rules import read_list, rules_of
from tracker.archive.models import Backfill, BackfillItem, BackfillState, Source, SourceKind, State
from tracker.archive.published import NO_DATE, PublishedDate
from tracker.archive.types import FetchResult, NewBackfillItem, NewDocument
from tracker.db import Session
from tracker.errors import TrackerError
from tracker.runs import AlreadyRunning, LeaseLost
from tracker.world import World

log = structlog.get_logger("backfill")

LEASE_S = 120.0
MAX_LISTS = 2_000
NOTHING = "list:none"
CAPTURES = "copies:"
"""Before an address among the lists to read: ask the Internet Archive for its copies of that list."""


@dataclass(frozen=True, slots=True)
class BackfillOutcome:
    """How far a backfill is: things by what became of them, lists that still wait, new claims, why it stopped early."""

    found: Mapping[BackfillState, int]
    lists_waiting: int
    claims: int
    stopped: str | None


class _Interrupted(Exception):
    """The run must end here and go on later; the text says why."""


def run(
    world: World, source_id: str, first: date, last: date, told: Callable[[str], None] = lambda _: None
) -> BackfillOutcome:
    """Fill in one window of a source, or go on with it. `told` hears of each step. Raises `TrackerError`."""
    if first > last:
        raise TrackerError("the window ends before it begins")
    with world.database.reading() as session:
        source = session.get(Source, source_id)
    if source is None or not source.address or source.kind in {SourceKind.FOLDER, SourceKind.HAND}:
        raise TrackerError(f"there is no source {source_id!r} with a list that can be read back into the past")
    addresses = [source.address]
    if world.settings.archive_org.copies and source.kind != SourceKind.SITEMAP:
        addresses.append(CAPTURES + source.address)
    free = world
    with world.database.transaction() as session:
        fence = runs.acquire(session, world.now(), f"backfill:{source_id}", world.name, LEASE_S)
        if fence is None:
            raise AlreadyRunning(f"somebody else is filling in {source_id!r}")
        row = ledger.begin(session, world.now(), source_id, first=first, last=last, lists=addresses)
        ledger.retry_failed(session, row.id)
    stopped, since = None, extract.newest_snapshot_id(world)
    world = world.fenced(f"backfill:{source_id}", fence)
    try:
        _read_lists(world, source, row.id, told)
        _fetch_all(world, source, row, told)
    except (_Interrupted, LeaseLost) as reason:
        stopped = str(reason)
    finally:
        world = free
        with world.database.transaction() as session:
            runs.release(session, world.now(), f"backfill:{source_id}", world.name)
    claims, _ = extract.read_source(world, source_id, since)
    with world.database.reading() as session:
        waiting = len(session.get_one(Backfill, row.id).to_read)
        return BackfillOutcome(ledger.counts(session, row.id), waiting, claims, stopped)


def _read_lists(world: World, source: Source, backfill_id: int, told: Callable[[str], None]) -> None:
    while True:
        with world.database.reading() as session:
            row = session.get_one(Backfill, backfill_id)
        if not row.to_read or len(row.have_read) >= MAX_LISTS:
            return
        address = row.to_read[0]
        entries, more, mark = _read_one_list(world, source, row, address)
        with world.database.transaction() as session:
            _renew_lease(world, session, source)
            new = ledger.record_list(session, world.now(), row.id, read=[address, mark], more=more, items=entries)
        told(f"{address}: {new} new")


def _read_one_list(
    world: World, source: Source, row: Backfill, address: str
) -> tuple[list[NewBackfillItem], list[str], str]:
    """What one list names inside the window, the lists that follow from it, and a mark of its content."""
    if address.startswith(CAPTURES):
        return [], _captures_of_list(world, row, address.removeprefix(CAPTURES)), NOTHING
    response = _fetched(world, source, address)
    if response is None:
        return [], [], NOTHING
    how = rules_of(source.kind.value, source.options, source.timezone)
    kind = header(response.headers, "content-type")
    # A copy's links are those of the page it is a copy of.
    base = _original(world, address) or response.final_url
    try:
        found = read_list(response.body, how, content_type=kind, url=base, now=world.now())
    except TrackerError:
        return [], [], NOTHING
    if found.children:
        children = [url for url in found.children if paging.overlaps(paging.day_in_address(url), row.first, row.last)]
        return [], children, NOTHING
    named = lists.by_identity(found.entries, inline=not lists.has_pages(source))
    # A server that takes no notice of the page asked for gives the same list again and again.
    mark = "list:" + hashlib.sha256("\n".join(named).encode("utf-8", "replace")).hexdigest()
    values = [_new_item(source, item, entry) for item, entry in named.items() if _may_lie_in(source, row, entry)]
    if any(value.inline is not None for value in values):
        # What came with the list is proven by the list itself, also when its things are kept days later.
        archived = world.archive.keep(response, world.now()).sha256
        values = [replace(value, archived=archived if value.inline is not None else None) for value in values]
    dates = [entry.published.at for entry in found.entries if entry.published.at is not None]
    at_end = (
        not named
        or mark in row.have_read
        or paging.all_older(dates, row.first, source.timezone)
        or source.kind == SourceKind.SITEMAP
    )
    if at_end or _original(world, address) is not None:
        return values, [], mark
    following = paging.next_named(response.body, response.final_url)
    return values, [following] if following else paging.next_guessed(address, source.address or address), mark


def _captures_of_list(world: World, row: Backfill, address: str) -> list[str]:
    """The addresses of the Internet Archive's copies of a list in the window, one a day, and a little after it."""
    settings = world.settings.archive_org
    index = wayback.index_url(settings.cdx_url, address, row.first, row.last + timedelta(days=7), daily=True)
    response = _fetched(world, None, index)
    return (
        [wayback.playback_url(settings.playback_url, one) for one in wayback.parse_captures(response.body)]
        if response
        else []
    )


def _fetched(world: World, source: Source | None, address: str) -> HttpResponse | None:
    """The answer at an address; None when there is nothing. A server that wants a pause ends the run."""
    try:
        return world.gate.get(
            address,
            accept=lists.ACCEPT_LISTS,
            deadline_s=source.options.get("timeout_s") if source is not None else None,
        )
    except Refused as error:
        if error.retry_after_s is not None or error.state in {"blocked", "slow"}:
            raise _Interrupted(str(error)) from error
        return None


def _original(world: World, address: str) -> str | None:
    """The address a copy is a copy of; None for what is no copy."""
    found = re.match(rf"{re.escape(world.settings.archive_org.playback_url)}/\d{{14}}id_/(.+)", address)
    return found[1] if found else None


def _may_lie_in(source: Source, row: Backfill, entry: ListEntry) -> bool:
    inside = paging.lies_in(entry.published.at, row.first, row.last, source.timezone)
    return paging.overlaps(paging.day_in_address(entry.url), row.first, row.last) if inside is None else inside


def _new_item(source: Source, item: str, entry: ListEntry) -> NewBackfillItem:
    has_page = lists.has_pages(source) and entry.url
    return NewBackfillItem(
        item=item,
        url=entry.url,
        title=entry.title,
        published=entry.published,
        inline=None if has_page else entry.content_html or entry.summary,
    )


def _fetch_all(world: World, source: Source, row: Backfill, told: Callable[[str], None]) -> None:
    while True:
        with world.database.reading() as session:
            item = ledger.next_waiting(session, row.id)
            known = item is not None and queries.document(session, source.id, item.item) is not None
        if item is None:
            return
        state, detail = (BackfillState.KNOWN, None) if known else _store_item(world, source, row, item)
        with world.database.transaction() as session:
            _renew_lease(world, session, source)
            ledger.record_outcome(session, item.id, state, detail)
        told(f"{item.url or item.item}: {state.value}{f' ({detail})' if detail else ''}")


def _store_item(world: World, source: Source, row: Backfill, item: BackfillItem) -> tuple[BackfillState, str | None]:
    try:
        page, fetch, copy = _fetch_item(world, source, item)
    except Refused as error:
        if error.retry_after_s is not None:
            raise _Interrupted(str(error)) from error
        return (BackfillState.GONE if error.state == "gone" else BackfillState.FAILED), str(error)
    extracted = store.extract(page)
    published = item.published_at or extracted.published.at
    if paging.lies_in(published, row.first, row.last, source.timezone) is False:
        return BackfillState.OUTSIDE, published.date().isoformat() if published else None
    if extracted.unreadable:
        return BackfillState.FAILED, extracted.unreadable
    later = world.now() + (LONGEST_INTERVAL if _old(published, world.now()) else timedelta(days=1))
    new = store.store_backfilled(
        world, _new_document(source, item, copy), page, result=fetch, extracted=extracted, next_fetch_at=later
    )
    return (BackfillState.COPY if copy else BackfillState.KEPT) if new else BackfillState.KNOWN, copy


def _fetch_item(world: World, source: Source, item: BackfillItem) -> tuple[store.RawDocument, FetchResult, str | None]:
    """The page of one thing; the Internet Archive's copy where it is gone; the text of the list where it has no page."""
    started = world.now()
    if item.inline is not None or item.url is None:
        entry = ListEntry(
            url=item.url,
            guid=None,
            title=item.title,
            published=NO_DATE,
            summary=None,
            content_html=item.inline,
        )
        page = store.inline_document(item.url, entry, None)
        if page is None:
            raise Refused(f"{item.item} has neither an address nor a text", state="error")
        return replace(page, archived=item.archived), FetchResult(at=started, state=State.OK, size=len(page.body)), None
    try:
        page, fetch = store.fetch_document(world, item.url, source.options)
    except Refused as error:
        capture = _capture_of_page(world, item) if error.state == "gone" else None
        if capture is None:
            raise
        address = wayback.playback_url(world.settings.archive_org.playback_url, capture)
        page, fetch = store.fetch_document(world, address, source.options)
        made = f"copy by archive.org of {capture.at:%Y-%m-%d %H:%M} UTC"
        return replace(page, url=item.url, rule=made), fetch, made
    return page, fetch, None


def _capture_of_page(world: World, item: BackfillItem) -> wayback.Capture | None:
    settings = world.settings.archive_org
    if not settings.copies or item.url is None:
        return None
    end = world.now().date()
    index = wayback.index_url(settings.cdx_url, item.url, date(1996, 1, 1), end)
    response = _fetched(world, None, index)
    return wayback.nearest(wayback.parse_captures(response.body), item.published_at) if response else None


def _new_document(source: Source, item: BackfillItem, copy: str | None) -> NewDocument:
    return NewDocument(
        source_id=source.id,
        item=item.item,
        url=item.url,
        outlet=source.outlet or source.name,
        title=item.title,
        listed_title=item.title,
        published=PublishedDate.stored(item),
        language=source.language,
        kind=None,
        channel=None,
        said=None,
        entered_by=None,
        note=f"The page was gone when it was asked for; this is a {copy}." if copy else None,
    )


def _old(published: datetime | None, now: datetime) -> bool:
    return published is None or now - published > timedelta(days=30)


def _renew_lease(world: World, session: Session, source: Source) -> None:
    """Keep the lease while the work goes on, and stop between two steps when the service ends."""
    runs.acquire(session, world.now(), f"backfill:{source.id}", world.name, LEASE_S)
    if world.stopping.is_set():
        raise _Interrupted("the service is stopping")
