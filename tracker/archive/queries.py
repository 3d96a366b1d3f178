"""Questions to the archive: what is due, what waits to be read, what stands behind a snapshot."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.archive.ledger.documents import START, digest
from tracker.archive.models import (
    CLEAN,
    READ,
    BackfillItem,
    BackfillState,
    Document,
    Fetch,
    Rival,
    Snapshot,
    Source,
    SourceKind,
    State,
)

PARKED = 10
"""Failed fetches after which a listed page is asked for no more: about two weeks of trying."""
GONE_TWICE = 2


@dataclass(frozen=True, slots=True)
class StoredSnapshot:
    """A snapshot with its document and source."""

    snapshot: Snapshot
    document: Document
    source: Source


def due(session: Session, now: datetime, only: Sequence[str] = (), *, everything: bool = False) -> list[Source]:
    """Enabled sources whose time has come, the healthy first, of these the longest waiting; with names, those.

    With `everything`, all that are enabled. One that is gone for good is fetched only when it is named.
    """
    query = select(Source).where(Source.kind != SourceKind.HAND)
    if only:
        query = query.where(col(Source.id).in_(only))
    else:
        query = query.where(col(Source.enabled), col(Source.gone_looks) < GONE_TWICE)
        if not everything:
            query = query.where(sa.or_(col(Source.next_at).is_(None), col(Source.next_at) <= now))
    slow = sa.case((col(Source.state) == State.SLOW, 1), else_=0)
    return list(
        session.exec(query.order_by(col(Source.failures), slow, col(Source.next_at).asc().nulls_first(), Source.id))
    )


def failing() -> sa.ColumnElement[bool]:
    """The condition of `Source.is_failing`: the last fetch of it read nothing."""
    return sa.or_(col(Source.state).not_in(READ), col(Source.failures) > 0)


def with_work(session: Session, now: datetime, ids: Sequence[str]) -> tuple[set[str], set[str]]:
    """Which of these sources have documents that are still to be fetched, and which have snapshots nobody has read."""
    ids = tuple(ids)
    unfetched = session.exec(
        select(Document.source_id)
        .where(
            col(Document.source_id).in_(ids),
            col(Document.next_look_at) <= now,
            col(Document.failures) < PARKED,
            ~sa.exists().where(col(Snapshot.document_id) == Document.id),
        )
        .distinct()
    )
    unread = session.exec(
        select(Document.source_id)
        .join(Snapshot, col(Snapshot.document_id) == col(Document.id))
        .where(col(Document.source_id).in_(ids), col(Snapshot.read_at).is_(None))
        .distinct()
    )
    return set(unfetched), set(unread)


def holders(session: Session, now: datetime) -> set[str]:
    """Who is fetching sources at this moment."""
    names = session.exec(
        select(Source.taken_by).where(col(Source.taken_by).is_not(None), col(Source.taken_until) > now).distinct()
    )
    return {name for name in names if name}


def yields(session: Session, since: datetime) -> dict[str, int]:
    """How many new documents each source gave since a moment."""
    rows = session.connection().execute(
        sa.select(col(Document.source_id), sa.func.count())
        .where(col(Document.first_seen_at) >= since, sa.exists().where(col(Snapshot.document_id) == col(Document.id)))
        .group_by(col(Document.source_id))
    )
    return {row[0]: row[1] for row in rows}


def items(session: Session, source_id: str) -> set[str]:
    """The identities of all documents of a source."""
    return set(session.exec(select(Document.item).where(Document.source_id == source_id)))


def without_page(session: Session, source_id: str) -> int:
    """How many listed documents of a source could not be fetched so far."""
    return session.exec(
        select(sa.func.count())
        .select_from(Document)
        .where(
            Document.source_id == source_id,
            col(Document.failures) > 0,
            ~sa.exists().where(col(Snapshot.document_id) == Document.id),
        )
    ).one()


def all_sources(session: Session) -> list[Source]:
    """Every source by its name, those entered by hand included."""
    return list(session.exec(select(Source).order_by(Source.id)))


def source(session: Session, source_id: str) -> Source | None:
    """The source with this id."""
    return session.get(Source, source_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One fetch of a source's list, and what it gave."""

    at: datetime
    seconds: float
    state: State
    detail: str | None
    new_documents: int


def looks(session: Session, source_id: str, since: datetime, limit: int) -> list[Look]:
    """How the last fetches of a source's list went, newest first."""
    rows = session.connection().execute(
        sa.select(col(Fetch.at), col(Fetch.seconds), col(Fetch.state), col(Fetch.detail), col(Fetch.new_documents))
        .where(col(Fetch.source_id) == source_id, col(Fetch.document_id).is_(None), col(Fetch.at) >= since)
        .order_by(col(Fetch.at).desc(), col(Fetch.id).desc())
        .limit(limit)
    ).mappings()  # fmt: skip
    return [Look(**row) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDocument:
    """A document of a source, with its newest version."""

    title: str | None
    url: str | None
    published_at: datetime | None
    published_precision: str | None
    """"time", "day" or "month"."""
    fetched_at: datetime
    sha256: str
    versions: int


def newest_documents(session: Session, source_id: str, limit: int) -> list[SourceDocument]:
    """The documents of a source that were fetched last, newest version first."""
    newest = (
        sa.select(col(Snapshot.document_id), sa.func.max(col(Snapshot.version)).label("version"))
        .join(Document, col(Document.id) == col(Snapshot.document_id))
        .where(col(Document.source_id) == source_id)
        .group_by(col(Snapshot.document_id))
        .subquery()
    )
    rows = session.connection().execute(
        sa.select(
            sa.func.coalesce(col(Document.title), col(Snapshot.title)).label("title"), col(Document.url),
            col(Document.published_at), col(Document.published_precision), col(Snapshot.fetched_at), col(Snapshot.sha256),
            newest.c.version.label("versions"),
        )
        .join(Document, col(Document.id) == newest.c.document_id)
        .join(Snapshot, sa.and_(
            col(Snapshot.document_id) == newest.c.document_id, col(Snapshot.version) == newest.c.version))
        .order_by(col(Snapshot.fetched_at).desc(), col(Snapshot.id).desc())
        .limit(limit)
    ).mappings()  # fmt: skip
    return [SourceDocument(**row) for row in rows]


def unfetched(session: Session, now: datetime, source_id: str, limit: int) -> list[Document]:
    """Documents of a source that were seen in its listing and have no snapshot yet, and are due."""
    return list(
        session.exec(
            select(Document)
            .where(
                Document.source_id == source_id,
                col(Document.next_look_at) <= now,
                col(Document.failures) < PARKED,
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


def to_read_again(session: Session, after: int, limit: int, read_with: str | None = None) -> list[int]:
    """Ids of snapshots that were read, and with something else than `read_with` if that is given; those after one id."""
    query = select(Snapshot.id).where(
        col(Snapshot.id) > after, col(Snapshot.read_at).is_not(None), col(Snapshot.unreadable).is_(None)
    )
    if read_with is not None:
        query = query.where(col(Snapshot.read_with).is_distinct_from(read_with))
    return list(session.exec(query.order_by(col(Snapshot.id)).limit(limit)))


FEW = 1_000
"""Snapshots that wait: of more it is not looked up which can't be read."""


def waiting_for(session: Session, digest: str) -> tuple[int, int]:
    """How many snapshots were read with something whose name does not hold this digest, and how many in all.

    Only the index is counted, each name once; where many wait, those that can't be read count too.
    """
    names = session.exec(
        select(Snapshot.read_with, sa.func.count())
        .where(col(Snapshot.read_with).is_not(None))
        .group_by(Snapshot.read_with)
    ).all()
    total = sum(number for _, number in names)
    older = [name for name, _ in names if digest not in (name or "").split()]
    waiting = sum(number for name, number in names if name in older)
    if 0 < waiting <= FEW:
        unreadable = sa.and_(col(Snapshot.read_with).in_(older), col(Snapshot.unreadable).is_not(None))
        waiting -= session.exec(select(sa.func.count()).select_from(Snapshot).where(unreadable)).one()
    return waiting, total


def last_snapshot(session: Session) -> int:
    """The id of the newest snapshot; 0 when there is none."""
    return session.exec(select(sa.func.max(Snapshot.id))).one() or 0


def snapshots_since(session: Session, source_id: str, snapshot_id: int) -> list[int]:
    """Ids of the snapshots of one source that were kept after another one, oldest first."""
    return list(
        session.exec(
            select(Snapshot.id)
            .join(Document, col(Document.id) == col(Snapshot.document_id))
            .where(Document.source_id == source_id, col(Snapshot.id) > snapshot_id)
            .order_by(col(Snapshot.id))
        )
    )


def waiting(session: Session, snapshot_id: int) -> StoredSnapshot:
    """A snapshot with its document and source."""
    row = session.exec(
        select(Snapshot, Document, Source)
        .join(Document, col(Document.id) == col(Snapshot.document_id))
        .join(Source, col(Source.id) == col(Document.source_id))
        .where(Snapshot.id == snapshot_id)
    ).one()
    return StoredSnapshot(*row)


def to_recheck(session: Session, now: datetime, limit: int, *, everything: bool = False) -> list[Document]:
    """Documents with a snapshot that are due for a recheck; removed ones are rechecked too, they may come back.

    A text that came with a list has no page to fetch: the list itself tells when it changes.
    """
    query = (
        select(Document)
        .join(Source, col(Source.id) == col(Document.source_id))
        .where(
            col(Source.enabled),
            Source.kind != SourceKind.HAND,
            sa.or_(col(Source.kind) == SourceKind.FOLDER, col(Document.url).is_not(None)),
            sa.func.coalesce(col(Source.options)["full_text"].as_boolean(), True),
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
    """The names of all archived bytes that a snapshot points to, or a thing of a past list that is still to be kept."""
    waiting = select(BackfillItem.archived).where(BackfillItem.state == BackfillState.WAITING)
    lists = {name for name in session.exec(waiting.distinct()) if name is not None}
    return {*session.exec(select(Snapshot.sha256).distinct()), *lists}


def holds_evidence(session: Session) -> bool:
    """Whether any snapshot names archived bytes."""
    return session.exec(select(Snapshot.id).limit(1)).first() is not None


def last_good(session: Session) -> datetime | None:
    """When any source was last read well."""
    return session.exec(select(sa.func.max(col(Source.last_good_at)))).one()


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """How collecting goes: the enabled sources, when one was last read well, which has been due longest.

    `since` is when the first of them was configured, `shortest` the shortest pause between two fetches of one.
    """

    sources: int
    last_good: datetime | None
    next_at: datetime | None
    since: datetime | None
    shortest: timedelta


def collection(session: Session) -> Collection:
    """How collecting goes; sources that are gone for good or switched off are nobody's work."""
    query = (
        sa.select(
            sa.func.count(),
            sa.func.max(col(Source.last_good_at)),
            sa.func.min(sa.func.coalesce(col(Source.next_at), col(Source.created_at))),
            sa.func.min(col(Source.created_at)),
            sa.func.min(col(Source.every_minutes)),
        )
        .select_from(Source)
        .where(col(Source.kind) != SourceKind.HAND, col(Source.enabled), col(Source.gone_looks) < GONE_TWICE)
    )
    number, good, due, since, minutes = session.connection().execute(query).one()
    return Collection(
        sources=number, last_good=good, next_at=due, since=since, shortest=timedelta(minutes=minutes or 0)
    )


def find_snapshot(session: Session, sha256: str) -> StoredSnapshot | None:
    """The stored snapshot with this hash; of several with the same bytes the first."""
    row = session.exec(
        select(Snapshot, Document, Source)
        .join(Document, col(Document.id) == col(Snapshot.document_id))
        .join(Source, col(Source.id) == col(Document.source_id))
        .where(Snapshot.sha256 == sha256)
        .order_by(col(Snapshot.id))
        .limit(1)
    ).first()
    return StoredSnapshot(*row) if row else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a document, without its text."""

    sha256: str
    text_sha256: str
    version: int
    fetched_at: datetime
    title: str | None


def versions(session: Session, document_id: int) -> list[Version]:
    """Every version of a document, newest first."""
    rows = session.connection().execute(
        sa.select(
            col(Snapshot.sha256), col(Snapshot.text_sha256), col(Snapshot.version), col(Snapshot.fetched_at),
            col(Snapshot.title),
        )
        .where(col(Snapshot.document_id) == document_id).order_by(col(Snapshot.version).desc())
    ).mappings()  # fmt: skip
    return [Version(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class FetchCounts:
    """How often we looked at a document again, and how often it was as before."""

    total: int
    well: int
    last: datetime | None


def count_fetches(session: Session, document_id: int) -> FetchCounts:
    """How the looks at a document went."""
    row = session.connection().execute(
        sa.select(
            sa.func.count(),
            sa.func.count(sa.case((col(Fetch.state).in_(CLEAN), 1))),
            sa.func.max(col(Fetch.at)),
        ).where(col(Fetch.document_id) == document_id)
    ).one()  # fmt: skip
    return FetchCounts(row[0], row[1], row[2])


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableSnapshot:
    """A document that is kept and that nobody could read."""

    snapshot_id: int
    sha256: str
    source_id: str
    item: str
    fetched_at: datetime
    why: str


def unreadable_snapshots(session: Session) -> list[UnreadableSnapshot]:
    """Every copy that is the newest of its document and could not be read, oldest first, without its text."""
    newer = sa.orm.aliased(Snapshot)
    rows = session.connection().execute(
        sa.select(
            col(Snapshot.id), col(Snapshot.sha256), col(Document.source_id), col(Document.item),
            col(Snapshot.fetched_at), col(Snapshot.unreadable),
        )
        .join(Document, col(Document.id) == col(Snapshot.document_id))
        .where(
            col(Snapshot.unreadable).is_not(None),
            ~sa.exists().where(
                col(newer.document_id) == col(Snapshot.document_id), col(newer.version) > col(Snapshot.version)
            ),
        )
        .order_by(col(Snapshot.id))
    ).all()  # fmt: skip
    return [
        UnreadableSnapshot(snapshot_id=number, sha256=sha256, source_id=source, item=item, fetched_at=at, why=why or "")
        for number, sha256, source, item, at, why in rows
    ]


def linked_snapshots(session: Session, document_id: int) -> list[StoredSnapshot]:
    """The newest readable snapshots of the documents that an editor linked with this one, as versions of the same words."""
    pairs = session.exec(
        select(Rival).where(
            sa.or_(col(Rival.one_id) == document_id, col(Rival.other_id) == document_id), col(Rival.linked)
        )
    ).all()
    found = []
    for pair in pairs:
        newest = newest_readable(session, pair.other_id if pair.one_id == document_id else pair.one_id)
        one = find_snapshot(session, newest.sha256) if newest is not None else None
        if one is not None:
            found.append(one)
    return sorted(found, key=lambda one: one.document.id)
