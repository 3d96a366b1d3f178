"""Reads of the whole record for proof, export and backup: rows across the floors, in lots where there are many."""

from collections.abc import Iterator, Sequence
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import QueryableAttribute, defer
from sqlmodel import Session, col, select

from tracker.archive.models import Document, Snapshot
from tracker.positions.models import ClaimTopic, Coding, Position
from tracker.speech.models import Appearance, Claim, Speaker

ROWS_AT_ONCE = 1000
"""Rows of a table that are held in memory together."""


def snapshots(session: Session) -> Iterator[Snapshot]:
    """Every snapshot with its text."""
    yield from session.exec(select(Snapshot).execution_options(yield_per=200))


def appearances_with_texts(session: Session) -> Iterator[tuple[Appearance, str]]:
    """Every appearance with the text of the snapshot it stands in."""
    yield from session.exec(
        select(Appearance, Snapshot.text)
        .join(Snapshot, col(Snapshot.id) == col(Appearance.snapshot_id))
        .order_by(col(Appearance.snapshot_id))
        .execution_options(yield_per=500)
    )


def claims_without_appearance(session: Session) -> list[str]:
    """The public ids of claims that stand in no snapshot; one merged into another needs no place of its own."""
    return list(
        session.exec(
            select(Claim.public_id).where(
                col(Claim.id).not_in(select(Appearance.claim_id)), col(Claim.merged_into).is_(None)
            )
        )
    )


def claims(session: Session, topic_id: str | None, public_id: str | None) -> Sequence[tuple[Claim, str | None]]:
    """Claims with their speaker's name, oldest said first (those whose day is unknown at the end)."""
    query = (
        select(Claim, Speaker.name)
        .join(Speaker, col(Speaker.id) == col(Claim.speaker_id), isouter=True)
        .where(col(Claim.merged_into).is_(None))
        .order_by(col(Claim.said_from).asc().nulls_last(), col(Claim.id))
    )
    if public_id is not None:
        query = query.where(Claim.public_id == public_id)
    if topic_id is not None:
        about = select(ClaimTopic.claim_id).where(ClaimTopic.topic_id == topic_id, col(ClaimTopic.removed).is_(False))
        query = query.where(col(Claim.id).in_(about))
    return session.exec(query).all()


def claims_by_id(session: Session, claim_ids: Sequence[int]) -> Sequence[tuple[Claim, str | None]]:
    """These claims with their speaker's name, in any order."""
    query = (
        select(Claim, Speaker.name)
        .join(Speaker, col(Speaker.id) == col(Claim.speaker_id), isouter=True)
        .where(col(Claim.id).in_(claim_ids))
    )
    return session.exec(query).all()


def topic_links(session: Session, claim_ids: Sequence[int]) -> Sequence[ClaimTopic]:
    """The topics of these claims, by their ids."""
    return session.exec(
        select(ClaimTopic)
        .where(col(ClaimTopic.claim_id).in_(claim_ids), col(ClaimTopic.removed).is_(False))
        .order_by(ClaimTopic.topic_id)
    ).all()


def codings(session: Session, claim_ids: Sequence[int]) -> Sequence[tuple[Coding, Position | None]]:
    """Every coding of these claims, the oldest first, with its position."""
    return session.exec(
        select(Coding, Position)
        .join(Position, col(Position.id) == col(Coding.position_id), isouter=True)
        .where(col(Coding.claim_id).in_(claim_ids))
        .order_by(Coding.topic_id, col(Coding.number))
    ).all()


def appearances(session: Session, claim_ids: Sequence[int]) -> Sequence[tuple[Appearance, Snapshot, Document]]:
    """Every appearance of these claims with its snapshot (without the text) and document."""
    return session.exec(
        select(Appearance, Snapshot, Document)
        .join(Snapshot, col(Snapshot.id) == col(Appearance.snapshot_id))
        .join(Document, col(Document.id) == col(Snapshot.document_id))
        .where(col(Appearance.claim_id).in_(claim_ids))
        .order_by(col(Appearance.id))
        # The texts stay in the database: those of a whole lot are more than memory should hold.
        .options(defer(cast("QueryableAttribute[str]", Snapshot.text), raiseload=True))
    ).all()


def table_rows(connection: sa.Connection, table: sa.Table) -> Iterator[sa.RowMapping]:
    """Every row of a table by its primary key."""
    query = sa.select(table).order_by(*table.primary_key.columns)
    yield from connection.execute(query.execution_options(yield_per=ROWS_AT_ONCE)).mappings()
