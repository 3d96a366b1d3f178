"""Reads of what was searched on each side of a line-up: sources, documents held, sources that were not read in those days."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.archive import queries as archive
from tracker.archive.models import READ, Document, Fetch, Snapshot, Source, SourceKind
from tracker.audit import AuditEntry
from tracker.positions.lineup import Coverage, SourceGap
from tracker.positions.models import ClaimTopic, EventTopic
from tracker.positions.placement import TurningPoint
from tracker.positions.queries.lineups import Span
from tracker.positions.queries.topics_events import about_topic
from tracker.speech.models import Appearance, Claim
from tracker.speech.queries import shown


def lineup_coverage(session: Session, turn: TurningPoint, span: Span) -> tuple[Coverage, Coverage]:
    """What the archive looked at on each side: sources looked at, those failing now, documents published there."""
    opens, closes = _moments(span)
    looked, failing, last, before, after = (
        session.connection()
        .execute(
            sa.select(
                sa.func.count(),
                sa.func.count(sa.case((archive.failing(), 1))),
                sa.func.max(col(Source.last_try_at)),
                _documents(opens, turn.moment),
                _documents(turn.moment, closes),
            ).where(col(Source.last_try_at).is_not(None))
        )
        .one()
    )
    early = Coverage(sources=looked, failing=failing, documents=before, last_look=last)
    return early, replace(early, documents=after)


def sources_down(
    session: Session, now: datetime, turn: TurningPoint, span: Span
) -> tuple[tuple[SourceGap, ...], tuple[SourceGap, ...]]:
    """The sources that were not read in the days of each side, and why; a source nobody wants any more counts for none.

    A source that was first looked at after those days was not read in them, whatever it may have given since.
    """
    opens, closes = _moments(span)
    sides = ((opens, turn.moment), (turn.moment, min(closes or now, now)))
    counts: list[sa.ColumnElement[int]] = []
    for first, end in sides:
        within = [col(Fetch.at) < end, *([] if first is None else [col(Fetch.at) >= first])]
        counts.append(sa.func.count(sa.case((sa.and_(*within), 1))))
        counts.append(sa.func.count(sa.case((sa.and_(*within, col(Fetch.state).not_in(READ)), 1))))
    rows = session.connection().execute(
        sa.select(col(Source.id), col(Source.name), sa.func.min(col(Fetch.at)), col(Source.created_at), *counts)
        .join(Fetch, sa.and_(col(Fetch.source_id) == col(Source.id), col(Fetch.document_id).is_(None)), isouter=True)
        .where(col(Source.enabled), col(Source.kind) != SourceKind.HAND)
        .group_by(col(Source.id), col(Source.name), col(Source.created_at))
        .order_by(col(Source.name))
    )
    found: tuple[list[SourceGap], list[SourceGap]] = ([], [])
    for _, name, first_look, made, *numbers in rows:
        for place, (_, end) in enumerate(sides):
            looks, failed = numbers[2 * place : 2 * place + 2]
            since = first_look or made
            if since >= end:
                found[place].append(
                    SourceGap(name=name, why=f"read only since {since.astimezone(UTC).date():%Y-%m-%d}")
                )
            elif looks and failed == looks:
                found[place].append(SourceGap(name=name, why="could not be read"))
            elif failed:
                found[place].append(SourceGap(name=name, why=f"could not be read {failed} of {looks} times"))
    return tuple(found[0]), tuple(found[1])


def said_elsewhere(
    session: Session, topic_id: str, speaker_ids: Collection[int], turn: TurningPoint, span: Span
) -> dict[int, tuple[int, int]]:
    """How many statements on other subjects the record holds of each of these speakers before and after, days known."""
    first, last = span
    about = sa.exists().where(col(ClaimTopic.claim_id) == col(Claim.id), about_topic(topic_id))
    early, late = col(Claim.said_to) < turn.day, col(Claim.said_from) > turn.day
    if first is not None:
        early = sa.and_(early, col(Claim.said_from) >= first)
    if last is not None:
        late = sa.and_(late, col(Claim.said_to) <= last)
    rows = session.connection().execute(
        sa.select(col(Claim.speaker_id), sa.func.count(sa.case((early, 1))), sa.func.count(sa.case((late, 1))))
        .where(col(Claim.speaker_id).in_(speaker_ids), shown(), ~about)
        .group_by(col(Claim.speaker_id))
    )
    return {who: (before, after) for who, before, after in rows if who is not None}


def timed_by_hand(session: Session, claim_ids: Collection[int]) -> frozenset[int]:
    """Those of these claims whose minute an editor set and nobody took back since."""
    subjects = {f"claim:{number}": number for number in claim_ids}
    rows = session.exec(
        select(AuditEntry.subject, AuditEntry.new)
        .where(AuditEntry.field == "said_at", col(AuditEntry.subject).in_(subjects))
        .order_by(col(AuditEntry.id))
    )
    last = dict(rows.all())
    return frozenset(subjects[subject] for subject, value in last.items() if value is not None)


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


def _moments(span: Span) -> tuple[datetime | None, datetime | None]:
    first, last = span
    opens = datetime.combine(first, time(), UTC) if first is not None else None
    closes = datetime.combine(last, time(), UTC) if last is not None and last < date.max else None
    return opens, closes + timedelta(days=1) if closes is not None else None


def _documents(opens: datetime | None, closes: datetime | None) -> sa.ScalarSelect[int]:
    query = sa.select(sa.func.count()).select_from(Document).where(col(Document.published_at).is_not(None))
    if opens is not None:
        query = query.where(col(Document.published_at) >= opens)
    if closes is not None:
        query = query.where(col(Document.published_at) < closes)
    return query.scalar_subquery()
