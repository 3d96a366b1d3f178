"""Collect: fetch the sources that are due, take in what they publish, and keep the evidence.

Nothing is fetched inside a transaction. Each document is one transaction of its own: kept whole or not at all. What a list
names is written down before any of it is fetched, and the list counts as read only when all of it was dealt with: a crash
anywhere loses nothing. A source that fails is written down and fetched later; it never stops another.
"""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import structlog

from jobs import extract, recheck
from jobs.ingest import lists, store
from jobs.ingest.lists import ListResult
from jobs.runner.pool import ElasticThreadPool
from tracker import processes
from tracker.archive import queries, supplied
from tracker.archive.http.gate import HttpResponse, Refused
from tracker.archive.ledger import documents as document_ledger
from tracker.archive.ledger import sources as source_ledger
from tracker.archive.lists.entries import ListEntry
from tracker.archive.models import Document, Source, SourceKind, State
from tracker.archive.supplied import InvalidDocument
from tracker.archive.types import FetchResult, NewDocument, SourceFetch
from tracker.archive.warc import ArchiveUnwritable
from tracker.condition import first_line
from tracker.db import DatabaseProblem, DriverError
from tracker.errors import TrackerError
from tracker.runs import LeaseLost
from tracker.world import World

log = structlog.get_logger("collect")

LEASE_S = 60.0
RENEW_EVERY_S = 15.0
PAGES_FOR_S = 60.0
PAGES_BY_HAND_FOR_S = 600.0
"""How long one source's pages may be fetched at a time; the rest is fetched the next time, which is due at once."""
GIVE_UP_AFTER_FAILURES = 3
"""Pages in a row that could not be had, after which a source is left alone until its next fetch."""
SHOWN_FOLDER_PROBLEMS = 3


class CollectingPaused(TrackerError):
    """Nothing is collected: this machine can't save just now. The text says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOutcome:
    """What one fetch of one source gave."""

    source_id: str
    state: str
    new_documents: int = 0
    new_claims: int = 0
    detail: str = ""
    failed: bool = False
    """Nothing could be read there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """One source to fetch, and what is known to wait from earlier fetches."""

    source: Source
    unfetched: bool
    unread: bool
    seconds: float
    since: int
    """The newest snapshot before the fetch: what is stored after it is new with the fetch."""


@dataclass(slots=True, kw_only=True)
class _PageProgress:
    """How the fetching of a source's pages goes."""

    new: int = 0
    tried: int = 0
    failed_in_a_row: int = 0
    last: Refused | None = None
    left: int = 0


def run(world: World, only: Sequence[str] = (), *, everything: bool = False) -> list[SourceOutcome]:
    """Fetch every source that is due (or those named, or all), several at once; one outcome for each."""
    seconds = PAGES_BY_HAND_FOR_S if only or everything else PAGES_FOR_S
    _require_writable(world)
    tasks, busy = _take(world, only, seconds, everything=everything)
    outcomes = [
        SourceOutcome(source_id=source.id, state="already running", detail="somebody else is looking at this source")
        for source in busy
    ]
    world.gate.expect(task.source.address or "" for task in tasks)
    pending = {task.source.id for task in tasks}
    beat = time.monotonic()
    ours: list[Exception] = []
    try:
        for ready in ElasticThreadPool(
            partial(_collect_source, world, ours), max_workers=world.settings.fetch.workers
        ).run(tasks):
            if ours or world.stopping.is_set():
                # What is fetched but not written down is fetched again; what was written stands.
                break
            whole = [result for result in ready if result is not None]
            if whole:
                outcomes += _record(world, whole)
                pending -= {fetched.source.id for fetched, _ in whole}
            if time.monotonic() - beat > RENEW_EVERY_S:
                beat = time.monotonic()
                with world.database.transaction() as session:
                    source_ledger.renew(session, world.now(), pending, world.name, LEASE_S)
    finally:
        if pending:
            _release(world, pending)
    if ours and not world.stopping.is_set():
        raise ours[0]
    order = {task.source.id: number for number, task in enumerate(tasks)}
    return sorted(outcomes, key=lambda outcome: order.get(outcome.source_id, -1))


def _require_writable(world: World) -> None:
    """Raises `CollectingPaused` while this machine can't save: no source is asked, and none is blamed."""
    faults = [fault.text for fault in world.faults() if fault.stops_collecting]
    if faults:
        raise CollectingPaused(f"collecting is paused: {faults[0]}")


def _release(world: World, pending: Collection[str]) -> None:
    """Release sources that were not collected to the end; where that can't be written, their time runs out."""
    try:
        with world.database.transaction() as session:
            source_ledger.release(session, pending, world.name)
    except (DriverError, TrackerError) as error:
        log.warning("sources could not be given back; their time runs out", reason=first_line(error))


def _take(world: World, only: Sequence[str], seconds: float, *, everything: bool) -> tuple[list[_Task], list[Source]]:
    """The sources to fetch, reserved for us in one step, and those that somebody else is fetching."""
    now = world.now()
    with world.database.reading() as session:
        sources = queries.due(session, now, only, everything=everything)
        since = queries.last_snapshot(session)
        unfetched, unread = queries.with_work(session, now, [source.id for source in sources])
        dead = [name for name in queries.holders(session, now) if processes.is_dead(name)]
    if not sources:
        return [], []
    with world.database.transaction() as session:
        ours = source_ledger.take(session, now, [source.id for source in sources], world.name, LEASE_S, dead=dead)
    tasks = [
        _Task(source=source, unfetched=source.id in unfetched, unread=source.id in unread, seconds=seconds, since=since)
        for source in sources
        if source.id in ours
    ]
    return tasks, [source for source in sources if source.id not in ours]


def _collect_source(world: World, ours: list[Exception], task: _Task) -> tuple[SourceFetch, int] | None:
    """Fetch one source, through to its claims and what is owed for them: what to write down, and how many claims are new.

    None when the service stopped in the middle: then nothing is to be written down. Never raises; our own faults go to
    `ours`.
    """
    try:
        fetched = _fetch_source(world, task)
        if fetched.result.failed and world.gate.closed:
            return None
        claims = broken = 0
        if fetched.new_documents or task.unread:
            claims, broken = extract.read_source(world, task.source.id, task.since)
        if broken:
            detail = _joined(fetched.result.detail, f"{broken} unreadable")
            fetched = replace(fetched, result=replace(fetched.result, detail=detail))
    except (OSError, DriverError, ArchiveUnwritable, LeaseLost, DatabaseProblem) as error:
        # What the web does wrong is `Refused`; this is our disk, our database, our lead: the source is not to blame.
        ours.append(error)
        return None
    except Exception as error:
        # A source may break in a way nobody has seen: it is shown as an error on its row, the others go on.
        log.exception("source failed", source=task.source.id)
        result = FetchResult(at=world.now(), state=State.ERROR, detail=f"unexpected: {error.__class__.__name__}")
        return SourceFetch(source=task.source, result=result), 0
    return fetched, claims


def _record(world: World, results: Sequence[tuple[SourceFetch, int]]) -> list[SourceOutcome]:
    """Write down fetches, in one transaction for all that are ready; one log line for each change of state."""
    with world.database.transaction() as session:
        # Whoever was frozen past its time finds its sources taken by another, whose fetch counts.
        ids = [fetched.source.id for fetched, _ in results]
        held = source_ledger.renew(session, world.now(), ids, world.name, LEASE_S)
        results = [(fetched, claims) for fetched, claims in results if fetched.source.id in held]
        recorded = source_ledger.record_fetches(session, [fetched for fetched, _ in results])
    outcomes = []
    for one, (_, claims) in zip(recorded, results, strict=True):
        state, detail = one.result.state.value, one.result.detail
        if source_ledger.is_new_state(one.source, one.result):
            log.info("state changed", source=one.source.id, state=state, detail=detail)
        outcomes.append(
            SourceOutcome(
                source_id=one.source.id,
                state=state,
                new_documents=one.new_documents,
                new_claims=claims,
                detail=detail or "",
                failed=not one.result.is_read,
            )
        )
    return outcomes


def _fetch_source(world: World, task: _Task) -> SourceFetch:
    source = task.source
    if source.kind == SourceKind.FOLDER:
        return _collect_folder(world, source)
    listed = lists.fetch_list(world, source)
    if listed.entries:
        _record_listed(world, source, listed)
    if not lists.has_pages(source):
        return SourceFetch(source=source, result=listed.fetch, new_documents=_store_inline_texts(world, source, listed))
    if not listed.entries and not task.unfetched:
        return SourceFetch(source=source, result=_with_earlier_failure(world, source, listed.fetch))
    done = _fetch_pages(world, source, listed, time.monotonic() + task.seconds)
    result = _with_earlier_failure(world, source, _with_page_failures(listed.fetch, done))
    return SourceFetch(source=source, result=result, new_documents=done.new)


def _collect_folder(world: World, source: Source) -> SourceFetch:
    """Take in the new files of a watched folder; a file that can't be read is named and passed over."""
    new = 0
    problems: list[str] = []
    try:
        paths = list(supplied.list_files(Path(source.address or "")))
    except InvalidDocument as error:
        return SourceFetch(source=source, result=FetchResult(at=world.now(), state=State.GONE, detail=str(error)))
    with world.database.reading() as session:
        known = queries.items(session, source.id)
    for path in paths:
        if world.stopping.is_set():
            break
        if path.name in known:
            continue
        try:
            document = replace(supplied.from_file(path), item=path.name)
        except InvalidDocument as error:
            problems.append(str(error))
            continue
        new += store.store_new(world, source, document) is not None
    state = State.OK if new else State.UNCHANGED
    detail = "; ".join(problems[:SHOWN_FOLDER_PROBLEMS]) or None
    return SourceFetch(source=source, result=FetchResult(at=world.now(), state=state, detail=detail), new_documents=new)


def _record_listed(world: World, source: Source, listed: ListResult) -> None:
    """Write down what the list names, so that nothing is lost when the fetching is cut short."""
    newest = list(listed.entries.items())[: world.settings.fetch.max_items]
    with world.database.transaction() as session:
        for item, entry in reversed(newest):
            document, new = document_ledger.get_or_create(session, world.now(), _new_document(source, item, entry))
            if not new and document.listed_title and entry.title and entry.title != document.listed_title:
                # The list tells of a change, or of another story under the old address: fetch it at once.
                document.next_look_at, document.listed_title = world.now(), entry.title
                session.add(document)


def _fetch_pages(world: World, source: Source, listed: ListResult, until: float) -> _PageProgress:
    """Fetch the pages that were listed and not kept yet, until time is over or too many in a row can't be had."""
    with world.database.reading() as session:
        pending = queries.unfetched(session, world.now(), source.id, world.settings.fetch.max_items)
    done = _PageProgress(left=len(pending))
    for document in pending:
        if done.failed_in_a_row >= GIVE_UP_AFTER_FAILURES or time.monotonic() > until or world.stopping.is_set():
            break
        if done.last is not None and done.last.retry_after_s is not None:
            break
        _fetch_page(world, source, document, listed.entries.get(document.item), response=listed.response, done=done)
        done.left -= 1
    return done


def _fetch_page(
    world: World,
    source: Source,
    document: Document,
    entry: ListEntry | None,
    *,
    response: HttpResponse | None,
    done: _PageProgress,
) -> None:
    """Fetch one listed page and keep it; what has no page is kept with the text that came with the list."""
    started = world.now()
    if document.url is None:
        page = store.inline_document(None, entry, response) if entry is not None else None
        if page is not None:
            fetch = FetchResult(at=started, state=State.OK, size=len(response.body if response else page.body))
            done.new += store.store_version(world, document, page, fetch)
        return
    done.tried += 1
    try:
        page, fetch = store.fetch_document(world, document.url, source.options)
    except Refused as error:
        if world.gate.closed:
            done.failed_in_a_row, done.last = GIVE_UP_AFTER_FAILURES, error
            return
        with world.database.transaction() as session:
            document_ledger.record_fetch(session, store.result_of_refusal(started, error), document.id)
        # One page that is gone or not to be asked says nothing of the others; one that is blocked, slow or broken does.
        done.failed_in_a_row += error.asked and error.state != State.GONE
        done.last = error
        return
    done.failed_in_a_row, done.last = 0, None
    done.new += store.store_version(world, document, page, fetch)


def _store_inline_texts(world: World, source: Source, listed: ListResult) -> int:
    """Keep the texts that came with the list: each new one, and each whose words are others now."""
    new = 0
    for item, entry in list(listed.entries.items())[: world.settings.fetch.max_items]:
        if world.stopping.is_set():
            break
        with world.database.reading() as session:
            document = queries.document(session, source.id, item)
            old = queries.newest(session, document.id) if document is not None else None
        page = store.inline_document(document.url, entry, listed.response) if document is not None else None
        if document is None or page is None:
            continue
        fetch = FetchResult(
            at=listed.fetch.at, state=State.OK, size=len(listed.response.body if listed.response else page.body)
        )
        if old is None:
            new += store.store_version(world, document, page, fetch)
        elif store.extract(page).text != old.text:
            new += store.store_version(world, document, page, fetch, after=recheck.on_new_version(world, document, old))
    return new


def _with_page_failures(fetch: FetchResult, done: _PageProgress) -> FetchResult:
    """The list's result with what its pages add: a list whose pages can't be had is no success."""
    if not fetch.is_read:
        return fetch
    if done.last is None:
        if not done.left:
            return fetch
        return replace(fetch, more=True, detail=_joined(fetch.detail, f"{done.left} pages are left for the next look"))
    if done.last.state == State.GONE or (done.new and done.failed_in_a_row < GIVE_UP_AFTER_FAILURES):
        return replace(fetch, detail=_joined(fetch.detail, str(done.last)))
    return replace(
        fetch,
        state=State(done.last.state),
        failed=True,
        detail=f"the list can be read, its pages can't: {done.last}",
        retry_after_s=done.last.retry_after_s,
    )


def _joined(*parts: str | None) -> str | None:
    return "; ".join(part for part in parts if part) or None


def _with_earlier_failure(world: World, source: Source, fetch: FetchResult) -> FetchResult:
    """A source whose pages could not be had stays so until they can, however well its list is read."""
    failing = source.state in {State.BLOCKED, State.SLOW, State.ERROR} and source.failures
    if fetch.state is not State.UNCHANGED or not failing:
        return fetch
    with world.database.reading() as session:
        if not queries.without_page(session, source.id):
            return fetch
    return replace(fetch, state=source.state or fetch.state, detail=source.detail, failed=True)


def _new_document(source: Source, item: str, entry: ListEntry) -> NewDocument:
    return NewDocument(
        source_id=source.id,
        item=item,
        url=entry.url,
        outlet=source.outlet or source.name,
        title=entry.title,
        listed_title=entry.title,
        published=entry.published,
        language=source.language,
        kind=None,
        channel=None,
        said=None,
        entered_by=None,
        note=None if lists.has_pages(source) or entry.content_html else document_ledger.ONLY_SUMMARY,
    )
