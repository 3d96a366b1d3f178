"""Reads for a line-up: statements on a topic around an event, their codings, and what was searched for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.archive import queries as archive
from tracker.archive.models import Document, Snapshot, Source, SourceKind
from tracker.positions.lineup import Coverage, LineUpStatement, window
from tracker.positions.models import (
    ClaimTopic,
    Coding,
    CodingState,
    Event,
    EventTopic,
    Position,
)
from tracker.positions.queries.coding_rows import LabelledCoding, in_force
from tracker.positions.queries.topics_events import about_topic
from tracker.speech.models import Appearance, Claim, QuoteKind, Speaker
from tracker.speech.queries import SpeakerRef, Statement, shown

MIN_WORDS = 6
"""A quotation of fewer words, and without a position, is called a fragment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUpInput:
    """What a line-up is built from: one light row a statement, who said them, and how many nobody could be found for."""

    stated: tuple[LineUpStatement, ...]
    speakers: Mapping[int, SpeakerRef]
    unresolved: int
    """Statements inside the window whose speaker is not resolved: they can stand in no row."""


def lineup_input(session: Session, topic_id: str, event: Event, window_days: int | None) -> LineUpInput:
    """The statements of a topic inside a window around an event's pivot, in one SELECT of what a line-up asks of them."""
    position = sa.orm.aliased(Position)
    sources = (
        sa.select(sa.func.count(sa.distinct(col(Snapshot.document_id))))
        .join(Appearance, col(Appearance.snapshot_id) == col(Snapshot.id))
        .where(col(Appearance.claim_id) == col(Claim.id))
        .scalar_subquery()
    )
    query = (
        sa.select(
            col(Claim.id), col(Speaker.id), col(Speaker.slug), col(Speaker.name), col(Claim.said_from), col(Claim.said_to),
            col(Claim.said_at), col(Claim.kind), col(Claim.text), sources, col(Coding.state), col(Coding.key_quote),
            col(position.scale), col(position.step),
        )
        .join(ClaimTopic, col(ClaimTopic.claim_id) == col(Claim.id))
        .join(Speaker, isouter=True, onclause=col(Speaker.id) == col(Claim.speaker_id))
        .join(Coding, isouter=True, onclause=col(Coding.id) == in_force(col(Claim.id), topic_id))
        .join(position, isouter=True, onclause=col(position.id) == col(Coding.position_id))
        .where(about_topic(topic_id), shown(), *_inside(event, window_days))
    )  # fmt: skip
    stated: list[LineUpStatement] = []
    speakers: dict[int, SpeakerRef] = {}
    unresolved = 0
    for row in session.connection().execute(query):
        number, who, slug, name, first, last, moment, kind, text, documents, state, chosen, scale, step = row
        if who is None:
            unresolved += 1
            continue
        if who not in speakers:
            speakers[who] = SpeakerRef(who, slug, name)
        stated.append(
            LineUpStatement(
                claim_id=number, speaker_id=who, said_from=first, said_to=last, said_at=moment, step=step,
                scale=scale or 1, confirmed=state is CodingState.CONFIRMED, key_quote=bool(chosen),
                fragment=step is None and is_fragment(text, kind), sources=documents,
            )
        )  # fmt: skip
    return LineUpInput(stated=tuple(stated), speakers=speakers, unresolved=unresolved)


def _inside(event: Event, window_days: int | None) -> list[sa.ColumnElement[bool]]:
    first, last = window(event.pivot, window_days)
    if first is None or last is None:
        return []
    latest = sa.func.coalesce(Claim.said_to, Claim.said_from)
    earliest = sa.func.coalesce(Claim.said_from, Claim.said_to)
    return [sa.or_(latest.is_(None), sa.and_(latest >= first, earliest <= last))]


def is_fragment(text: str, kind: QuoteKind) -> bool:
    """Whether a quotation has too few words to be called a statement where it holds no position."""
    return kind in {QuoteKind.DIRECT, QuoteKind.MIXED} and len(text.split()) < MIN_WORDS


def lineup_statement(one: Statement, coded: LabelledCoding | None) -> LineUpStatement:
    """A statement as the line-up sees it."""
    step = coded.step if coded else None
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
        fragment=step is None and is_fragment(one.text, one.kind),
        sources=one.read.documents if one.read else 0,
    )


def lineup_coverage(session: Session, event: Event, window_days: int | None) -> tuple[Coverage, Coverage]:
    """What the archive looked at on each side: sources looked at, those failing now, documents published there."""
    first, end = window(event.pivot, window_days)
    opens = datetime.combine(first, time(), UTC) if first else None
    closes = datetime.combine(end, time(), UTC) + timedelta(days=1) if end else None
    looked, failing, last, before, after = (
        session.connection()
        .execute(
            sa.select(
                sa.func.count(),
                sa.func.count(sa.case((archive.failing(), 1))),
                sa.func.max(col(Source.last_try_at)),
                _documents(opens, event.pivot),
                _documents(event.pivot, closes),
            ).where(col(Source.last_try_at).is_not(None))
        )
        .one()
    )
    return Coverage(looked, failing, before, last), Coverage(looked, failing, after, last)


def _documents(opens: datetime | None, closes: datetime | None) -> sa.ScalarSelect[int]:
    query = sa.select(sa.func.count()).select_from(Document).where(col(Document.published_at).is_not(None))
    if opens is not None:
        query = query.where(col(Document.published_at) >= opens)
    if closes is not None:
        query = query.where(col(Document.published_at) < closes)
    return query.scalar_subquery()


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
