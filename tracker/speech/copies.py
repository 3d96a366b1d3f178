"""Reads of archived copies: one snapshot with its document and quotes, its versions, and what each source gave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.archive.models import CLEAN, Document, Fetch, Rival, Snapshot, Source
from tracker.speech.models import Appearance, Claim
from tracker.speech.queries import HIDDEN, QuoteSpan, pairs, survivor

LOT = 1_000
"""Snapshots asked about in one SELECT."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A snapshot with its document and source."""

    snapshot: Snapshot
    document: Document
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a document, without its text."""

    sha256: str
    text_sha256: str
    version: int
    fetched_at: datetime
    title: str | None


@dataclass(frozen=True, slots=True)
class Looks:
    """How often we looked at a document again, and how often it was as before."""

    total: int
    well: int
    last: datetime | None


def copy(session: Session, sha256: str, claim_id: int | None = None) -> Copy | None:
    """The archived copy with this hash; of several with the same bytes the one a claim stands in, else the first."""
    query = (
        select(Snapshot, Document, Source)
        .join(Document, col(Document.id) == col(Snapshot.document_id))
        .join(Source, col(Source.id) == col(Document.source_id))
        .where(Snapshot.sha256 == sha256)
    )
    if claim_id is not None:
        stands = sa.exists().where(
            col(Appearance.snapshot_id) == col(Snapshot.id), col(Appearance.claim_id) == claim_id
        )
        query = query.order_by(sa.case((stands, 0), else_=1))
    row = session.exec(query.order_by(col(Snapshot.id)).limit(1)).first()
    return Copy(*row) if row else None


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


def looks(session: Session, document_id: int) -> Looks:
    """How the looks at a document went."""
    row = session.connection().execute(
        sa.select(
            sa.func.count(),
            sa.func.count(sa.case((col(Fetch.state).in_(CLEAN), 1))),
            sa.func.max(col(Fetch.at)),
        ).where(col(Fetch.document_id) == document_id)
    ).one()  # fmt: skip
    return Looks(row[0], row[1], row[2])


def quotes(session: Session, snapshot_id: int) -> list[QuoteSpan]:
    """Every shown quote of one snapshot, in the order of the text; a merged claim is the claim it was merged into."""
    rows = session.exec(
        select(Appearance, Claim)
        .join(Claim, col(Appearance.claim_id) == col(Claim.id))
        .where(Appearance.snapshot_id == snapshot_id, col(Claim.status).not_in(HIDDEN))
        .order_by(col(Appearance.start), col(Appearance.end))
    )
    standing = ((one, survivor(session, row)) for one, row in rows.all())
    return [
        QuoteSpan(one.start, one.end, pairs(one.spans) or ((one.start, one.end),), claim.id)
        for one, claim in standing
        if claim is not None and claim.status not in HIDDEN
    ]


def new_claims(session: Session, snapshot_ids: Sequence[int]) -> int:
    """How many claims the record has from these snapshots first, whoever read them."""
    earlier = sa.orm.aliased(Appearance)
    total = 0
    for first in range(0, len(snapshot_ids), LOT):
        query = sa.select(sa.func.count(sa.distinct(col(Appearance.claim_id)))).where(
            col(Appearance.snapshot_id).in_(snapshot_ids[first : first + LOT]),
            ~sa.exists().where(col(earlier.claim_id) == col(Appearance.claim_id), col(earlier.id) < col(Appearance.id)),
        )
        total += session.connection().execute(query).scalar_one()
    return total


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A document that is kept and that nobody could read."""

    snapshot_id: int
    sha256: str
    source_id: str
    item: str
    fetched_at: datetime
    why: str


def unreadable(session: Session) -> list[Unread]:
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
        Unread(snapshot_id=number, sha256=sha256, source_id=source, item=item, fetched_at=at, why=why or "")
        for number, sha256, source, item, at, why in rows
    ]


def texts_of(session: Session, claim_id: int) -> dict[tuple[str, int, int], str]:
    """The archived texts a claim stands in, by the copy's hash and the place in it."""
    rows = session.connection().execute(
        sa.select(col(Snapshot.sha256), col(Appearance.start), col(Appearance.end), col(Snapshot.text))
        .join(Appearance, col(Appearance.snapshot_id) == col(Snapshot.id))
        .where(col(Appearance.claim_id) == claim_id)
    ).all()  # fmt: skip
    return {(sha256, start, end): text for sha256, start, end, text in rows}


def newest_of(session: Session, document_id: int) -> Snapshot | None:
    """The newest readable version of a document."""
    return session.exec(
        select(Snapshot)
        .where(Snapshot.document_id == document_id, col(Snapshot.unreadable).is_(None))
        .order_by(col(Snapshot.version).desc())
        .limit(1)
    ).first()


def rivals(session: Session, document_id: int) -> list[Copy]:
    """The newest readable copies of the documents that an editor linked with this one, as versions of the same words."""
    pairs = session.exec(
        select(Rival).where(
            sa.or_(col(Rival.one_id) == document_id, col(Rival.other_id) == document_id), col(Rival.linked)
        )
    ).all()
    found = []
    for pair in pairs:
        newest = newest_of(session, pair.other_id if pair.one_id == document_id else pair.one_id)
        one = copy(session, newest.sha256) if newest is not None else None
        if one is not None:
            found.append(one)
    return sorted(found, key=lambda one: one.document.id)
