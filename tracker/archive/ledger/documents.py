"""Writes about documents: those that were found, what a fetch of one gave, the snapshots that are stored."""

import hashlib
import json
import re
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm
from sqlmodel import Session, col, select

from tracker import audit
from tracker.archive.models import Document, Fetch, Rival, Snapshot, State
from tracker.archive.text.extracted import ExtractedText
from tracker.archive.types import FetchResult, NewDocument
from tracker.db import advisory_lock, insert_if_absent

HAND = "hand"
MAIL_ADDRESS = re.compile(r"[<(\[]?\b(?:mailto:)?[\w.+-]+@[\w-]+(?:\.[\w-]+)+[>)\]]?", re.IGNORECASE)
START = "0" * 64
ONLY_SUMMARY = "Only the summary that came with the list, not the full text."
"""The note of a document whose source gives no more."""
RECHECK_INTERVALS = (
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=7),
    timedelta(days=30),
)
LONGEST_INTERVAL = timedelta(days=91)
CONFIRM_REMOVAL_AFTER = timedelta(minutes=10)
BACK_OFF_CAP = timedelta(hours=6)


def get_or_create(session: Session, now: datetime, told: NewDocument) -> tuple[Document, bool]:
    """The document with this identity in its source, and whether it is new."""
    document = session.exec(
        select(Document).where(Document.source_id == told.source_id, Document.item == told.item)
    ).first()
    if document is not None:
        return document, False
    blank = {"first_seen_at": now, "next_look_at": now, "missing_looks": 0, "failures": 0}
    new = insert_if_absent(session, Document, {**blank, **_columns(told)})
    document = session.exec(
        select(Document).where(Document.source_id == told.source_id, Document.item == told.item)
    ).one()
    return document, new


def _columns(told: NewDocument) -> dict[str, Any]:
    values = {field.name: getattr(told, field.name) for field in fields(told) if field.name != "published"}
    cleaned = {name: _without_address(values[name]) for name in ("outlet", "note")}
    return {**values, **cleaned, **told.published.columns()}


def _without_address(text: str | None) -> str | None:
    """A line that readers see, without the e-mail addresses that bylines bring along: they are nobody's business."""
    return " ".join(MAIL_ADDRESS.sub(" ", text).split()) or None if text else text


def fill_in_metadata(session: Session, document: Document, extracted: ExtractedText) -> None:
    """Fill in what the source did not tell and the page does; what is known already stays."""
    document.title = document.title or extracted.title
    document.language = document.language or extracted.language
    document.outlet = document.outlet or _without_address(extracted.outlet)
    told = extracted.published
    if document.published_at is None and told.at is not None:
        document.published_at, document.published_precision = told.at, told.precision
        document.published_raw = document.published_raw or told.raw
    session.add(document)


def store_snapshot(
    session: Session, now: datetime, document: Document, sha256: str, extracted: ExtractedText, *, quiet: bool = False
) -> Snapshot | None:
    """A new snapshot of a document, or None when its words are those of the newest one.

    The bytes named `sha256` must lie in the archive already, on disk and synced.
    """
    text_sha256 = hashlib.sha256(extracted.text.encode("utf-8", "surrogatepass")).hexdigest()
    advisory_lock(session, "snapshots")
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
        text=extracted.text,
        text_sha256=text_sha256,
        previous_text_sha256=last.text_sha256 if last else "",
        title=extracted.title,
        language=extracted.language,
        extractor=extracted.extractor,
        rule=extracted.rule,
        damaged=extracted.damaged,
        unreadable=extracted.unreadable,
        previous=previous,
        digest="",
        quiet=quiet,
    )
    snapshot.digest = digest(snapshot)
    if extracted.unreadable:
        snapshot.read_at = now
    session.add(snapshot)
    session.flush()
    return snapshot


def record_fetch(session: Session, fetch: FetchResult, document_id: int) -> Document:
    """Write down one fetch of a document and when to fetch it next (by its age, or sooner after a failure)."""
    document = session.get_one(Document, document_id)
    session.add(fetch_row(fetch, document.source_id, document.id, 0))
    document.last_look_at, document.fetch_state, document.fetch_detail = fetch.at, fetch.state, fetch.detail
    if fetch.is_read:
        document.failures = document.missing_looks = 0
        document.removed_since = None
        document.next_look_at = fetch.at + next_interval(fetch.at - document.first_seen_at)
    else:
        document.failures += 1
        missing = fetch.absent or fetch.state in {State.GONE, State.MOVED}
        # A fetch that reached nobody says nothing for or against the one before it.
        document.missing_looks += missing
        again = RECHECK_INTERVALS[0] * 2 ** min(document.failures, 8)
        if document.removed_since is not None:
            again = max(again, next_interval(fetch.at - document.first_seen_at))
        wait = CONFIRM_REMOVAL_AFTER if missing and document.missing_looks == 1 else again
        if fetch.retry_after_s is not None:
            wait = timedelta(seconds=fetch.retry_after_s)
        document.next_look_at = fetch.at + wait
    session.add(document)
    session.flush()
    return document


def take_document(session: Session, document: Document, until: datetime) -> bool:
    """Reserve the next fetch of a document until this time; False when another runner has it (conditional UPDATE)."""
    taken = session.connection().execute(
        sa.update(Document)
        .where(col(Document.id) == document.id, col(Document.next_look_at).is_not_distinct_from(document.next_look_at))
        .values(next_look_at=until)
    )
    return bool(taken.rowcount)


def correct_clock(session: Session, now: datetime, ahead: datetime) -> int:
    """Let documents be fetched again whose last fetch, or first, a clock later than `ahead` dated; how many there were."""
    wrong = session.connection().execute(
        sa.update(Document)
        .where(sa.or_(col(Document.last_look_at) > ahead, col(Document.first_seen_at) > ahead))
        .values(
            next_look_at=now,
            last_look_at=sa.case((col(Document.last_look_at) > ahead, now), else_=col(Document.last_look_at)),
            first_seen_at=sa.case((col(Document.first_seen_at) > ahead, now), else_=col(Document.first_seen_at)),
        )
    )
    return int(wrong.rowcount)


def next_interval(age: timedelta) -> timedelta:
    """How long to wait before the next fetch of a document of this age: 15 m, 1 h, 6 h, 1 d, 7 d, 30 d, then quarterly."""
    for interval in RECHECK_INTERVALS:
        if age < interval:
            return interval - age
    return LONGEST_INTERVAL


def mark_removed(session: Session, now: datetime, document: Document) -> None:
    """The document is no longer at its source: seen missing twice. Its snapshots and claims stay."""
    document.removed_since = now
    session.add(document)


def link_rivals(session: Session, now: datetime, documents: tuple[int, int], by: str, *, linked: bool = True) -> bool:
    """Link two documents as versions of the same words, or take a link back; False when nothing changed. Audited."""
    one, other = sorted(documents)
    if one == other:
        return False
    insert_if_absent(session, Rival, {"one_id": one, "other_id": other, "linked": False})
    row = session.exec(select(Rival).where(Rival.one_id == one, Rival.other_id == other)).one()
    if row.linked == linked:
        return False
    row.linked = linked
    session.add(row)
    action = "linked as versions of the same words" if linked else "link between versions taken back"
    for document, partner in ((one, other), (other, one)):
        audit.write(
            session, now, actor=by, action=action, subject=f"document:{document}", field="rival", new=str(partner)
        )
    return True


def delete_old_fetches(session: Session, before: datetime) -> int:
    """Delete fetches of documents from before this time, but never a document's newest one; how many there were.

    A fetch is the note of an attempt. Snapshots, which claims, alerts and audit entries point to, are never deleted.
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


def mark_read(session: Session, now: datetime, snapshot_id: int, reader: str, read_with: str | None = None) -> bool:
    """Mark a snapshot as read by this reader; False when somebody else was faster (conditional UPDATE)."""
    marked = session.connection().execute(
        sa.update(Snapshot)
        .where(col(Snapshot.id) == snapshot_id, col(Snapshot.read_at).is_(None))
        .values(read_at=now, read_by=reader, read_with=read_with)
    )
    return bool(marked.rowcount)


def mark_unreadable(session: Session, snapshot_id: int, why: str) -> None:
    """Keep, mark and show a snapshot that no reader could read."""
    snapshot = session.get_one(Snapshot, snapshot_id)
    snapshot.unreadable = why
    session.add(snapshot)


def mark_read_again(session: Session, snapshot: Snapshot, reader: str, read_with: str) -> bool:
    """Mark that a snapshot was read again, and with what; False when somebody else was faster (conditional UPDATE)."""
    marked = session.connection().execute(
        sa.update(Snapshot)
        .where(col(Snapshot.id) == snapshot.id, col(Snapshot.read_with).is_not_distinct_from(snapshot.read_with))
        .values(read_by=reader, read_with=read_with)
    )
    return bool(marked.rowcount)


def mark_unread(session: Session, why: str, *, not_by: str | None = None) -> int:
    """Let the snapshots wait again that nobody could read for a reason which begins like this; how many there were.

    With `not_by`, only those that a reader of another version stopped at; what they give is old and owes no alert.
    """
    values: dict[str, Any] = {"unreadable": None, "read_at": None}
    where = [col(Snapshot.unreadable).startswith(why)]
    if not_by is not None:
        where.append(col(Snapshot.read_by).is_distinct_from(not_by))
        values["quiet"] = True
    return int(session.connection().execute(sa.update(Snapshot).where(*where).values(**values)).rowcount)


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


def fetch_row(fetch: FetchResult, source_id: str, document_id: int | None, new_documents: int) -> Fetch:
    """The row that keeps one attempt and its outcome."""
    return Fetch(
        source_id=source_id,
        document_id=document_id,
        at=fetch.at,
        seconds=fetch.seconds,
        state=fetch.state,
        status=fetch.status,
        detail=fetch.detail,
        robots=fetch.robots,
        final_url=fetch.final_url,
        size=fetch.size,
        sha256=fetch.sha256,
        new_documents=new_documents,
    )
