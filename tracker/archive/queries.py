"""Questions to the archive: what is due, what waits to be read, what stands behind a snapshot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.archive.ledger import START, digest
from tracker.archive.models import Document, Snapshot, Source, SourceKind


@dataclass(frozen=True, slots=True)
class Waiting:
    """A snapshot with its document and source."""

    snapshot: Snapshot
    document: Document
    source: Source


def due(session: Session, now: datetime, only: Sequence[str] = (), *, everything: bool = False) -> list[Source]:
    """Enabled sources whose time has come, the longest waiting first; with names, those; with `everything`, all."""
    query = select(Source).where(Source.kind != SourceKind.HAND)
    if only:
        query = query.where(col(Source.id).in_(only))
    else:
        query = query.where(col(Source.enabled))
        if not everything:
            query = query.where(sa.or_(col(Source.next_at).is_(None), col(Source.next_at) <= now))
    return list(session.exec(query.order_by(col(Source.next_at).asc().nulls_first(), Source.id)))


def all_sources(session: Session) -> list[Source]:
    """Every source by its name, those entered by hand included."""
    return list(session.exec(select(Source).order_by(Source.id)))


def unfetched(session: Session, now: datetime, source_id: str, limit: int) -> list[Document]:
    """Documents of a source that were seen in its listing and have no snapshot yet, and are due."""
    return list(
        session.exec(
            select(Document)
            .where(
                Document.source_id == source_id,
                col(Document.next_look_at) <= now,
                ~sa.exists().where(col(Snapshot.document_id) == Document.id),
            )
            .order_by(col(Document.id))
            .limit(limit)
        )
    )


def unread(session: Session, limit: int, source_id: str | None = None) -> list[int]:
    """Ids of snapshots that wait to be read, oldest first."""
    query = select(Snapshot.id).where(col(Snapshot.read_at).is_(None))
    if source_id is not None:
        query = query.join(Document, col(Document.id) == col(Snapshot.document_id)).where(
            Document.source_id == source_id
        )
    return list(session.exec(query.order_by(col(Snapshot.id)).limit(limit)))


def waiting(session: Session, snapshot_id: int) -> Waiting:
    """A snapshot with its document and source."""
    row = session.exec(
        select(Snapshot, Document, Source)
        .join(Document, col(Document.id) == col(Snapshot.document_id))
        .join(Source, col(Source.id) == col(Document.source_id))
        .where(Snapshot.id == snapshot_id)
    ).one()
    return Waiting(*row)


def to_recheck(session: Session, now: datetime, limit: int, *, everything: bool = False) -> list[Document]:
    """Documents with a snapshot that are due for another look; removed ones are looked at too, they may come back."""
    query = (
        select(Document)
        .join(Source, col(Source.id) == col(Document.source_id))
        .where(
            col(Source.enabled),
            Source.kind != SourceKind.HAND,
            sa.exists().where(col(Snapshot.document_id) == Document.id),
        )
    )
    if not everything:
        query = query.where(col(Document.next_look_at) <= now)
    return list(session.exec(query.order_by(col(Document.next_look_at)).limit(limit)))


def document(session: Session, source_id: str, item: str) -> Document | None:
    """The document with this identity in its source."""
    return session.exec(select(Document).where(Document.source_id == source_id, Document.item == item)).first()


def newest(session: Session, document_id: int) -> Snapshot | None:
    """The newest snapshot of a document."""
    return session.exec(
        select(Snapshot).where(Snapshot.document_id == document_id).order_by(col(Snapshot.version).desc()).limit(1)
    ).first()


def newest_readable(session: Session, document_id: int) -> Snapshot | None:
    """The newest snapshot of a document that holds words."""
    return session.exec(
        select(Snapshot)
        .where(Snapshot.document_id == document_id, col(Snapshot.unreadable).is_(None))
        .order_by(col(Snapshot.version).desc())
        .limit(1)
    ).first()


def chain_problems(session: Session) -> Iterator[str]:
    """A sentence for each place where the chain of snapshots is broken."""
    previous = START
    for snapshot in session.exec(select(Snapshot).order_by(col(Snapshot.id)).execution_options(yield_per=200)):
        if snapshot.previous != previous:
            yield f"snapshot {snapshot.id} does not follow the snapshot before it"
        if snapshot.digest != digest(snapshot):
            yield f"snapshot {snapshot.id} was changed after it was written"
        previous = snapshot.digest


def archived(session: Session) -> set[str]:
    """The names of all archived bytes that a snapshot points to."""
    return set(session.exec(select(Snapshot.sha256).distinct()))


def last_good(session: Session) -> datetime | None:
    """When any source was last read well."""
    return session.exec(select(sa.func.max(col(Source.last_good_at)))).one()
