"""Recheck: fetch again what was published, find what was changed or taken away, and tell who must know.

Quotes are looked for by their exact words only. A page that can't be reached is not a page that is gone: only answers
that say so, twice, are. What answers in a document's place (an error page, a wall, the front page) never becomes its next
version, and what only changes around its words is no version either.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import structlog

from jobs.ingest import store
from tracker.alerts.ledger import deliveries as alerts
from tracker.archive import queries, supplied
from tracker.archive.http.gate import Refused
from tracker.archive.ledger import documents as document_ledger
from tracker.archive.models import Document, Snapshot, Source, SourceKind, State
from tracker.archive.supplied import InvalidDocument
from tracker.archive.text import compare, removal
from tracker.archive.text.extracted import ExtractedText
from tracker.archive.text.extractor import EXTRACTOR_VERSION
from tracker.archive.types import FetchResult
from tracker.archive.warc import ArchiveUnwritable, NotArchived
from tracker.db import DriverError, Session
from tracker.positions import queries as positions
from tracker.runs import LeaseLost
from tracker.speech.ledger import source_status as standing
from tracker.world import World

log = structlog.get_logger("recheck")

BATCH = 200
FETCHES_TO_BELIEVE = 2
TAKEN_FOR = timedelta(minutes=5)
"""A fetch that was begun and never ended (the process died) is due again after this."""
IN_LINE_UPS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class RecheckCounts:
    """What a run of the job did, in documents."""

    looked: int = 0
    changed: int = 0
    removed: int = 0
    failed: int = 0


def run(world: World, *, everything: bool = False) -> RecheckCounts:
    """Recheck every document that is due, or stands in a line-up and was not fetched for a week; or all.

    None while this machine can't save: what is found must be kept.
    """
    if any(fault.stops_collecting for fault in world.faults()):
        return RecheckCounts()
    with world.database.reading() as session:
        now = world.now()
        limit = 10**6 if everything else BATCH
        due = {row.id: row for row in queries.to_recheck(session, now, limit, everything=everything)}
        if not everything:
            due.update({row.id: row for row in positions.lineup_documents(session, now - IN_LINE_UPS, BATCH)})
        sources = {source.id: source for source in queries.all_sources(session)}
    hosts: dict[str, list[Document]] = defaultdict(list)
    for document in due.values():
        hosts[urlsplit(document.url or "").netloc or document.source_id].append(document)
    # One host's documents one after another: a slow host keeps one thread, never all.
    world.gate.expect(document.url for document in due.values() if document.url)
    with ThreadPoolExecutor(max_workers=world.settings.fetch.workers, thread_name_prefix="recheck") as pool:
        outcomes = [
            one for some in pool.map(lambda batch: _recheck_all(world, sources, batch), hosts.values()) for one in some
        ]
    return RecheckCounts(
        sum(one != "taken" for one in outcomes),
        sum(one == "changed" for one in outcomes),
        sum(one == "removed" for one in outcomes),
        sum(one == "failed" for one in outcomes),
    )


def _recheck_all(world: World, sources: dict[str, Source], documents: Sequence[Document]) -> list[str]:
    outcomes = []
    for document in documents:
        if world.stopping.is_set():
            break
        try:
            outcomes.append(_take_and_recheck(world, sources[document.source_id], document))
        except (OSError, DriverError, LeaseLost, ArchiveUnwritable):
            # The disk is full, the database is away, another process leads: every other document would meet the same.
            raise
        except Exception:
            # One document must not keep the others from being rechecked; its next fetch stands where it was put.
            log.exception("recheck failed", document=document.id)
            outcomes.append("failed")
    return outcomes


def _take_and_recheck(world: World, source: Source, document: Document) -> str:
    with world.database.transaction() as session:
        if not document_ledger.take_document(session, document, world.now() + TAKEN_FOR):
            return "taken"
    return recheck_document(world, source, document)


def recheck_document(world: World, source: Source, document: Document) -> str:
    """Fetch one document again: same, changed, missing (once), removed or failed."""
    started = world.now()
    try:
        page, fetch = _fetch(world, source, document)
    except Refused as error:
        return _record_missing(world, document, store.result_of_refusal(started, error))
    except InvalidDocument as error:
        gone = not (Path(source.address or "") / document.item).exists()
        state = State.GONE if gone else State.ERROR
        return _record_missing(world, document, FetchResult(at=started, state=state, detail=str(error)))
    extracted = store.extract(page)
    with world.database.reading() as session:
        old = queries.newest_readable(session, document.id)
    if old is not None:
        removed = removal.detect_removal(
            old.text,
            extracted.text,
            title=extracted.title,
            asked=document.url or "",
            final=fetch.final_url or document.url or "",
        )
        if removed is not None or extracted.unreadable:
            state = State(removed.state) if removed else State.ERROR
            why = removed.why if removed else f"the page can't be read now: {extracted.unreadable}"
            return _record_missing(world, document, replace(fetch, state=state, detail=why, absent=removed is not None))
        if _says_the_same(world, old, page, extracted):
            return _record_unchanged(world, document, fetch, old)
    new = store.store_version(
        world, document, page, fetch, extracted=extracted, after=on_new_version(world, document, old)
    )
    return "changed" if new and old is not None else "same"


def _fetch(world: World, source: Source, document: Document) -> tuple[store.RawDocument, FetchResult]:
    if source.kind != SourceKind.FOLDER:
        if document.url is None:
            raise InvalidDocument("the entry has no address to look at again")
        return store.fetch_document(world, document.url, source.options)
    file = supplied.from_file(Path(source.address or "") / document.item)
    return store.RawDocument(body=file.body, content_type=file.content_type, url=file.url), FetchResult(
        at=world.now(), state=State.OK, size=len(file.body)
    )


def _says_the_same(world: World, old: Snapshot, page: store.RawDocument, extracted: ExtractedText) -> bool:
    """Whether the page says what it said: by its words, and by those that today's rules find in the old bytes."""
    if compare.same_text(old.text, extracted.text):
        return True
    if old.extractor == EXTRACTOR_VERSION:
        return False
    try:
        kept = world.archive.read(old.sha256)
    except NotArchived:
        return False
    bytes_then = replace(page, body=kept.body, content_type=kept.content_type or page.content_type, response=None)
    again = store.extract(bytes_then)
    return not again.unreadable and compare.same_text(again.text, extracted.text)


def _record_unchanged(world: World, document: Document, fetch: FetchResult, old: Snapshot) -> str:
    with world.database.transaction() as session:
        document_ledger.record_fetch(session, replace(fetch, state=State.UNCHANGED), document.id)
        if document.removed_since is not None:
            standing.update_after_return(session, world.now(), document.id, old.text)
    return "same"


def on_new_version(world: World, document: Document, old: Snapshot | None) -> Callable[[Session, Snapshot], None]:
    """What happens inside the transaction that keeps a new version: its quotes are looked for and changes are owed."""

    def after(session: Session, new: Snapshot) -> None:
        now = world.now()
        if document.removed_since is not None:
            standing.update_after_return(session, now, document.id, new.text)
        if old is None:
            return
        for change in standing.update_after_change(session, now, old, new):
            alerts.enqueue_change(session, now, change=change, look=f"v{new.version}", digests=world.digest_schedule)

    return after


def _record_missing(world: World, document: Document, fetch: FetchResult) -> str:
    """Write down a fetch that found nothing; after the second that says so the document is removed."""
    with world.database.transaction() as session:
        row = document_ledger.record_fetch(session, fetch, document.id)
        if row.missing_looks < FETCHES_TO_BELIEVE or row.removed_since is not None:
            return "missing" if row.missing_looks else "failed"
        document_ledger.mark_removed(session, fetch.at, row)
        for change in standing.update_after_removal(session, fetch.at, row.id):
            alerts.enqueue_change(
                session,
                world.now(),
                change=change,
                look=f"removed:{fetch.at:%Y%m%d%H%M}",
                digests=world.digest_schedule,
            )
    log.info("document removed at its source", document=document.id, cause=fetch.detail)
    return "removed"
