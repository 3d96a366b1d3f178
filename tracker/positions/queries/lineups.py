"""Reads for a line-up: statements on a topic around an event, their codings, and what was searched for them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.archive import queries as archive
from tracker.archive.models import Document, Snapshot, Source, SourceKind
from tracker.positions.lineup import Coverage, LineUpStatement, window
from tracker.positions.models import (
    ClaimTopic,
    CodingState,
    Event,
    EventTopic,
)
from tracker.positions.queries.coding_rows import LabelledCoding, codings
from tracker.positions.queries.topics_events import TopicWithScale, topic
from tracker.speech.models import Appearance, Claim, QuoteKind
from tracker.speech.queries import Statement, shown, statements

MIN_WORDS = 6
"""A quotation of fewer words, and without a position, is called a fragment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUpInput:
    """All that a line-up is built from, and the statements and codings its page shows."""

    subject: TopicWithScale
    event: Event
    stated: tuple[LineUpStatement, ...]
    statements: Mapping[int, Statement]
    codings: Mapping[int, LabelledCoding]
    coverage: tuple[Coverage, Coverage]
    unresolved: int
    """Statements inside the window whose speaker is not resolved: they can stand in no row."""


def lineup_input(
    session: Session, topic_id: str, event_id: str, window_days: int | None, speakers: Collection[str] = ()
) -> LineUpInput | None:
    """The statements of a topic inside a window around an event's pivot; of some speakers (slugs), or of all.

    None when there is no such topic or event, or the event does not matter to the topic.
    """
    subject, event = topic(session, topic_id), session.get(Event, event_id)
    linked = session.get(EventTopic, (event_id, topic_id))
    if subject is None or event is None or linked is None:
        return None
    ids, unresolved = _claims(session, topic_id, event, window_days)
    found = statements(session, ids)
    if speakers:
        found = {number: one for number, one in found.items() if one.speaker and one.speaker.slug in speakers}
    coded = {number: one for (number, _), one in codings(session, found, topic_id).items()}
    seen = tuple(lineup_statement(one, coded.get(one.id)) for one in found.values() if one.speaker is not None)
    return LineUpInput(
        subject=subject,
        event=event,
        stated=seen,
        statements=found,
        codings=coded,
        coverage=_coverage(session, event, window_days),
        unresolved=unresolved,
    )


def _claims(session: Session, topic_id: str, event: Event, window_days: int | None) -> tuple[list[int], int]:
    query = (
        select(Claim.id, Claim.speaker_id)
        .join(ClaimTopic, col(ClaimTopic.claim_id) == col(Claim.id))
        .where(
            ClaimTopic.topic_id == topic_id,
            col(ClaimTopic.removed).is_(False),
            shown(),
        )
    )
    first, last = window(event.pivot, window_days)
    if first is not None and last is not None:
        latest = sa.func.coalesce(Claim.said_to, Claim.said_from)
        earliest = sa.func.coalesce(Claim.said_from, Claim.said_to)
        query = query.where(sa.or_(latest.is_(None), sa.and_(latest >= first, earliest <= last)))
    rows = session.exec(query).all()
    named = [claim_id for claim_id, speaker_id in rows if speaker_id is not None]
    return named, len(rows) - len(named)


def lineup_statement(one: Statement, coded: LabelledCoding | None) -> LineUpStatement:
    """A statement as the line-up sees it."""
    step = coded.step if coded else None
    short = len(one.text.split()) < MIN_WORDS and one.kind in {QuoteKind.DIRECT, QuoteKind.MIXED}
    return LineUpStatement(
        claim_id=one.id,
        speaker_id=one.speaker.id if one.speaker else 0,
        said_from=one.said_from,
        said_to=one.said_to,
        said_at=one.said_at,
        step=step,
        scale=(coded.scale if coded else None) or 1,
        confirmed=coded is not None and coded.state is CodingState.CONFIRMED,
        key_quote=coded is not None and coded.key_quote,
        fragment=short and step is None,
        sources=one.read.documents if one.read else 0,
    )


def _coverage(session: Session, event: Event, window_days: int | None) -> tuple[Coverage, Coverage]:
    """What the archive looked at on each side: sources looked at, those failing now, documents published there."""
    looked, failing, last = (
        session.connection()
        .execute(
            sa.select(
                sa.func.count(),
                sa.func.count(sa.case((archive.failing(), 1))),
                sa.func.max(col(Source.last_try_at)),
            ).where(col(Source.last_try_at).is_not(None))
        )
        .one()
    )
    first, end = window(event.pivot, window_days)
    opens = datetime.combine(first, time(), UTC) if first else None
    closes = datetime.combine(end, time(), UTC) + timedelta(days=1) if end else None
    before = _documents(session, opens, event.pivot)
    after = _documents(session, event.pivot, closes)
    return Coverage(looked, failing, before, last), Coverage(looked, failing, after, last)


def _documents(session: Session, opens: datetime | None, closes: datetime | None) -> int:
    query = select(sa.func.count()).select_from(Document).where(col(Document.published_at).is_not(None))
    if opens is not None:
        query = query.where(col(Document.published_at) >= opens)
    if closes is not None:
        query = query.where(col(Document.published_at) < closes)
    return session.exec(query).one()


def lineup_documents(session: Session, before: datetime, limit: int) -> list[Document]:
    """Documents quoted in a line-up that nobody has looked at since this time, the longest waiting first."""
    quoted = (
        select(Snapshot.document_id)
        .join(Appearance, col(Appearance.snapshot_id) == col(Snapshot.id))
        .join(Claim, col(Claim.id) == col(Appearance.claim_id))
        .join(ClaimTopic, col(ClaimTopic.claim_id) == col(Claim.id))
        .join(EventTopic, col(EventTopic.topic_id) == col(ClaimTopic.topic_id))
        .where(col(ClaimTopic.removed).is_(False), shown())
    )
    return list(
        session.exec(
            select(Document)
            .join(Source, col(Source.id) == col(Document.source_id))
            .where(
                col(Source.enabled),
                Source.kind != SourceKind.HAND,
                col(Document.last_look_at) <= before,
                col(Document.id).in_(quoted),
            )
            .order_by(col(Document.last_look_at))
            .limit(limit)
        )
    )
