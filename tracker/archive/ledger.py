"""Writes of the archive: sources as configured, what a look gave, documents seen, snapshots kept."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm
from sqlmodel import Session, col, select

from tracker.archive.models import Document, Fetch, Snapshot, Source, SourceKind, State
from tracker.db import in_turn, insert_new

HAND = "hand"
START = "0" * 64
FIRST_LOOKS = (
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=7),
    timedelta(days=30),
)
QUARTER = timedelta(days=91)
SECOND_LOOK = timedelta(minutes=10)
BACK_OFF_CAP = timedelta(hours=6)
FINE = frozenset({State.OK, State.UNCHANGED, State.SLOW, State.STALE})


@dataclass(frozen=True, slots=True)
class Words:
    """What the bytes of a page say: the extracted text and how it was made. `unreadable` says why there is none."""

    text: str
    extractor: str
    rule: str
    title: str | None = None
    language: str | None = None
    damaged: bool = False
    unreadable: str | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """The outcome of one attempt at a source or document."""

    at: datetime
    state: State
    seconds: float = 0.0
    status: int | None = None
    detail: str | None = None
    robots: str | None = None
    final_url: str | None = None
    size: int | None = None
    sha256: str | None = None
    retry_after_s: float | None = None
    absent: bool = False
    """Something else than the document answered: an error page, a wall, another text."""


def configure(session: Session, now: datetime, sources: Sequence[dict[str, Any]]) -> None:
    """Make the rows of the configured sources; one that is configured no more is switched off, never deleted."""
    insert_new(session, Source, {**_blank(now), "id": HAND, "name": "Entered by hand", "kind": SourceKind.HAND})
    wanted = {values["id"] for values in sources}
    for values in sources:
        row = session.get(Source, values["id"])
        if row is None:
            session.add(Source(**{**_blank(now), **values}))
            continue
        if (row.kind, row.address) != (values["kind"], values["address"]):
            row.etag = row.last_modified = row.listing_sha256 = None
            row.next_at = now
        for key, value in values.items():
            setattr(row, key, value)
        session.add(row)
    for row in session.exec(select(Source).where(col(Source.id) != HAND)):
        if row.id not in wanted and row.enabled:
            row.enabled, row.note = False, "no longer in the configuration"
            session.add(row)
    session.flush()


def note_source(session: Session, look: Look, source_id: str, new_documents: int) -> bool:
    """Write down one look at a source and when to look next; True when its state changed."""
    source = session.get_one(Source, source_id)
    session.add(_fetch(look, source_id, None, new_documents))
    changed = source.state != look.state
    if changed:
        source.state, source.state_since = look.state, look.at
    source.detail = look.detail
    source.last_try_at = look.at
    every = timedelta(minutes=source.every_minutes)
    if look.state in FINE:
        source.failures, source.last_good_at = 0, look.at
        wait = every
    else:
        source.failures += 1
        wait = min(every * 2 ** min(source.failures - 1, 10), max(BACK_OFF_CAP, every))
        if look.retry_after_s is not None:
            wait = timedelta(seconds=look.retry_after_s)
    source.next_at = look.at + _spread(wait, source.id, source.failures)
    session.add(source)
    return changed


def remember_validators(
    session: Session, source_id: str, etag: str | None, last_modified: str | None, sha: str
) -> None:
    """Keep what makes the next request conditional, byte for byte, and the hash that decides."""
    source = session.get_one(Source, source_id)
    source.etag, source.last_modified, source.listing_sha256 = etag, last_modified, sha
    session.add(source)


def see(session: Session, now: datetime, values: dict[str, Any]) -> tuple[Document, bool]:
    """The document with this identity in its source, and whether it is new."""
    document = session.exec(
        select(Document).where(Document.source_id == values["source_id"], Document.item == values["item"])
    ).first()
    if document is not None:
        return document, False
    blank = {"first_seen_at": now, "next_look_at": now, "missing_looks": 0, "failures": 0}
    new = insert_new(session, Document, {**blank, **values})
    document = session.exec(
        select(Document).where(Document.source_id == values["source_id"], Document.item == values["item"])
    ).one()
    return document, new


def describe(
    session: Session,
    document: Document,
    *,
    title: str | None,
    language: str | None,
    outlet: str | None,
    published_at: datetime | None,
    published_precision: str | None,
    published_raw: str | None,
) -> None:
    """Fill in what the source did not tell and the page does; what is known already stays."""
    document.title = document.title or title
    document.language = document.language or language
    document.outlet = document.outlet or outlet
    if document.published_at is None and published_at is not None:
        document.published_at, document.published_precision = published_at, published_precision
        document.published_raw = document.published_raw or published_raw
    session.add(document)


def keep(
    session: Session, now: datetime, document: Document, sha256: str, words: Words, *, quiet: bool = False
) -> Snapshot | None:
    """A new snapshot of a document, or None when its words are those of the newest one.

    The bytes named `sha256` must lie in the archive already, on disk and synced.
    """
    text_sha256 = hashlib.sha256(words.text.encode("utf-8", "surrogatepass")).hexdigest()
    in_turn(session, "snapshots")
    last = session.exec(
        select(Snapshot).where(Snapshot.document_id == document.id).order_by(col(Snapshot.version).desc()).limit(1)
    ).first()
    if last is not None and last.text_sha256 == text_sha256:
        return None
    previous = session.exec(select(Snapshot.digest).order_by(col(Snapshot.id).desc()).limit(1)).first() or START
    snapshot = Snapshot(
        document_id=document.id,
        version=last.version + 1 if last else 1,
        fetched_at=now,
        sha256=sha256,
        text=words.text,
        text_sha256=text_sha256,
        previous_text_sha256=last.text_sha256 if last else "",
        title=words.title,
        language=words.language,
        extractor=words.extractor,
        rule=words.rule,
        damaged=words.damaged,
        unreadable=words.unreadable,
        previous=previous,
        digest="",
        quiet=quiet,
    )
    snapshot.digest = digest(snapshot)
    if words.unreadable:
        snapshot.read_at = now
    session.add(snapshot)
    session.flush()
    return snapshot


def note_document(session: Session, look: Look, document_id: int) -> Document:
    """Write down one look at a document and when to look next (by its age, or sooner after a failure)."""
    document = session.get_one(Document, document_id)
    session.add(_fetch(look, document.source_id, document.id, 0))
    document.last_look_at, document.fetch_state, document.fetch_detail = look.at, look.state, look.detail
    if look.state in FINE:
        document.failures = document.missing_looks = 0
        document.removed_since = None
        document.next_look_at = look.at + next_interval(look.at - document.first_seen_at)
    else:
        document.failures += 1
        missing = look.absent or look.state in {State.GONE, State.MOVED}
        # A look that reached nobody says nothing for or against the one before it.
        document.missing_looks += missing
        again = FIRST_LOOKS[0] * 2 ** min(document.failures, 8)
        if document.removed_since is not None:
            again = max(again, next_interval(look.at - document.first_seen_at))
        wait = SECOND_LOOK if missing and document.missing_looks == 1 else again
        if look.retry_after_s is not None:
            wait = timedelta(seconds=look.retry_after_s)
        document.next_look_at = look.at + wait
    session.add(document)
    session.flush()
    return document


def take_document(session: Session, document: Document, until: datetime) -> bool:
    """Reserve the next look at a document until this time; False when another runner has it (conditional UPDATE)."""
    taken = session.connection().execute(
        sa.update(Document)
        .where(col(Document.id) == document.id, col(Document.next_look_at).is_not_distinct_from(document.next_look_at))
        .values(next_look_at=until)
    )
    return bool(taken.rowcount)


def next_interval(age: timedelta) -> timedelta:
    """How long to wait before the next look at a document of this age: 15 m, 1 h, 6 h, 1 d, 7 d, 30 d, then quarterly."""
    for interval in FIRST_LOOKS:
        if age < interval:
            return interval - age
    return QUARTER


def remove(session: Session, now: datetime, document: Document) -> None:
    """The document is no longer at its source: seen missing twice. Its snapshots and claims stay."""
    document.removed_since = now
    session.add(document)


def forget_looks(session: Session, before: datetime) -> int:
    """Delete looks at documents from before this time, but never a document's newest one; how many there were.

    A look is a note of an attempt. Snapshots, which claims, alerts and audit entries point to, are never deleted.
    """
    newer = sa.orm.aliased(Fetch)
    gone = session.connection().execute(
        sa.delete(Fetch).where(
            col(Fetch.at) < before,
            col(Fetch.document_id).is_not(None),
            sa.exists().where(col(newer.document_id) == col(Fetch.document_id), col(newer.id) > col(Fetch.id)),
        )
    )
    return int(gone.rowcount)


def mark_read(session: Session, now: datetime, snapshot_id: int, reader: str) -> bool:
    """Mark a snapshot as read by this reader; False when somebody else was faster (conditional UPDATE)."""
    marked = session.connection().execute(
        sa.update(Snapshot)
        .where(col(Snapshot.id) == snapshot_id, col(Snapshot.read_at).is_(None))
        .values(read_at=now, read_by=reader)
    )
    return bool(marked.rowcount)


def mark_unreadable(session: Session, snapshot_id: int, why: str) -> None:
    """Keep, mark and show a snapshot that no reader could read."""
    snapshot = session.get_one(Snapshot, snapshot_id)
    snapshot.unreadable = why
    session.add(snapshot)


def digest(snapshot: Snapshot) -> str:
    """The chained SHA-256 of one snapshot: its place, bytes, text and the digest before it."""
    content = [
        snapshot.document_id,
        snapshot.version,
        snapshot.fetched_at.isoformat(),
        snapshot.sha256,
        snapshot.text_sha256,
        snapshot.extractor,
        snapshot.previous,
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _fetch(look: Look, source_id: str, document_id: int | None, new_documents: int) -> Fetch:
    return Fetch(
        source_id=source_id,
        document_id=document_id,
        at=look.at,
        seconds=look.seconds,
        state=look.state,
        status=look.status,
        detail=look.detail,
        robots=look.robots,
        final_url=look.final_url,
        size=look.size,
        sha256=look.sha256,
        new_documents=new_documents,
    )


def _blank(now: datetime) -> dict[str, Any]:
    return {
        "lane": "reported",
        "timezone": "UTC",
        "every_minutes": 60,
        "options": {},
        "enabled": True,
        "created_at": now,
        "failures": 0,
    }


def _spread(wait: timedelta, name: str, failures: int) -> timedelta:
    """Up to a tenth more, so that sources that failed together are not asked together; the same for the same case."""
    seed = hashlib.sha256(f"{name}/{failures}".encode()).digest()[0]
    return wait * (1 + seed / 2550) if failures else wait
