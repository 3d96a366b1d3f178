"""Reads of held statements with what they are read with when their topic is looked for: all, or some spread evenly."""

from collections.abc import Collection, Iterator
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from tracker.archive.models import Document, Snapshot
from tracker.positions.models import ClaimTopic, Coding, CodingState
from tracker.positions.passage import passage_at
from tracker.positions.queries.topics_events import about_topic
from tracker.positions.topic_preview import HeldStatement, Stratum
from tracker.speech.models import Appearance, Claim
from tracker.speech.queries import shown

AT_ONCE = 100
"""Statements read at once: the texts of their documents are in memory together."""
MOST_LINKED, MOST_OTHERS = 300, 900
"""Statements compared of those on the topic and of all others; of more, so many are chosen."""
MANY_PHRASES, LEAST_SHARE = 12, 0.25
"""A rule of more phrases takes longer: so many fewer statements are compared, down to a share."""

SCATTER, PRIME = 2_654_435_761, 4_294_967_291
"""Multiplied by the one, modulo the other, ids come to lie evenly (Knuth, multiplicative hashing)."""


def strata(session: Session, topic_id: str | None, phrases: int = 1) -> tuple[Stratum, Stratum]:
    """The statements on a topic, and all others: each whole, or some of it spread evenly over the record.

    They are to be compared with so many phrases.
    """
    share = max(LEAST_SHARE, min(1.0, MANY_PHRASES / max(phrases, 1)))
    mine = sa.select(col(ClaimTopic.claim_id)).where(about_topic(topic_id or ""))
    on_it, others = col(Claim.id).in_(mine), col(Claim.id).not_in(mine)
    return (
        _stratum(session, topic_id, on_it, round(MOST_LINKED * share)),
        _stratum(session, topic_id, others, round(MOST_OTHERS * share)),
    )


def _stratum(session: Session, topic_id: str | None, where: sa.ColumnElement[bool], most: int) -> Stratum:
    total = (
        session.connection().execute(sa.select(sa.func.count()).select_from(Claim).where(shown(), where)).scalar_one()
    )
    ids = _spread(session, where, most, total)
    return Stratum(statements=held_statements(session, topic_id, ids), looked=len(ids), total=total)


def _spread(session: Session, where: sa.ColumnElement[bool], most: int, total: int) -> list[int]:
    """Ids of at most so many statements, spread evenly over the record and the same each time."""
    query = sa.select(col(Claim.id)).where(shown(), where).order_by(col(Claim.id))
    if total > most:
        # Every so-many-th id would fall in step with whatever else recurs in the record.
        scattered = sa.cast(col(Claim.id), sa.BigInteger) * SCATTER % PRIME
        query = query.where(scattered < PRIME * most // total)
    ids = list(session.connection().execute(query).scalars())
    return ids if len(ids) <= most else [ids[place * len(ids) // most] for place in range(most)]


def held_statements(session: Session, topic_id: str | None, ids: Collection[int]) -> Iterator[HeldStatement]:
    """Statements as they are compared with the rule of a topic: where their words stood first."""
    ordered = list(ids)
    for start in range(0, len(ordered), AT_ONCE):
        some = ordered[start : start + AT_ONCE]
        yield from _some(session, topic_id, some)


def _some(session: Session, topic_id: str | None, ids: Collection[int]) -> Iterator[HeldStatement]:
    first = (
        sa.select(sa.func.min(col(Appearance.id)).label("id"))
        .where(col(Appearance.claim_id).in_(ids))
        .group_by(col(Appearance.claim_id))
        .subquery()
    )
    coded = sa.exists().where(
        col(Coding.claim_id) == col(Claim.id), col(Coding.topic_id) == (topic_id or ""),
        col(Coding.state) == CodingState.CONFIRMED, col(Coding.withdrawn_at).is_(None),
    )  # fmt: skip
    link = sa.and_(col(ClaimTopic.claim_id) == col(Claim.id), col(ClaimTopic.topic_id) == (topic_id or ""))
    rows: sa.CursorResult[Any] = session.connection().execute(
        sa.select(
            col(Claim.id), col(Claim.text), col(Claim.question), col(Claim.said_from), col(Claim.said_to),
            col(Appearance.start), col(Snapshot.text).label("document"),
            col(Document.title), col(Snapshot.title).label("read_title"), col(Document.language),
            col(Snapshot.language).label("read_language"),
            col(ClaimTopic.removed), col(ClaimTopic.by_hand), coded.label("coded"),
        )
        .join(Appearance, col(Appearance.claim_id) == col(Claim.id))
        .join(first, first.c.id == col(Appearance.id))
        .join(Snapshot, col(Snapshot.id) == col(Appearance.snapshot_id))
        .join(Document, col(Document.id) == col(Snapshot.document_id))
        .join(ClaimTopic, link, isouter=True)
        .order_by(col(Snapshot.id), col(Appearance.start))
    )  # fmt: skip
    for row in rows:
        yield HeldStatement(
            claim_id=row.id,
            day=row.said_to or row.said_from,
            passage=passage_at(
                text=row.text,
                question=row.question,
                document=row.document,
                start=row.start,
                titles=(row.title, row.read_title),
                codes=(row.language, row.read_language),
            ),
            linked=row.removed is not None and not row.removed,
            by_hand=bool(row.by_hand),
            coded=bool(row.coded),
        )
