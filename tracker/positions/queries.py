"""Reads of what statements mean: topics, codings in force, timelines, and what stands around an event.

The coding in force of a claim on a topic is its newest confirmed one, else its newest suggestion.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.archive.models import Document, Snapshot, Source, SourceKind
from tracker.audit import AuditEntry
from tracker.positions.models import (
    ClaimTopic,
    Coding,
    CodingReading,
    CodingState,
    Event,
    EventTopic,
    Position,
    Shift,
    Topic,
)
from tracker.positions.shift_rule import Verdict, VerdictKind
from tracker.speech.models import Appearance, Claim, Speaker
from tracker.speech.queries import PAGE, Statement, batches, holds, newest_first, shown, statements
from tracker.speech.wording import fold

MOST_COUNTED = 5_001


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledCoding:
    """The coding in force of one claim on one topic, with its step's words."""

    coding_id: int
    claim_id: int
    topic_id: str
    state: CodingState
    reading: CodingReading
    position_id: int | None
    scale: int | None
    step: int | None
    label: str | None
    by: str
    at: datetime
    reasons: tuple[str, ...]
    note: str | None
    key_quote: bool


@dataclass(frozen=True, slots=True)
class TopicWithScale:
    """A topic with every version of its scale; `positions` are the steps in force, lowest first."""

    topic: Topic
    positions: tuple[Position, ...]
    steps: Mapping[int, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class TopicStats:
    """A topic's statements in numbers: all of them, those of each known day, and the id, slug and name of who spoke."""

    total: int
    days: tuple[tuple[date, int], ...]
    speakers: tuple[tuple[int, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a visitor wants to see of a topic's timeline."""

    speaker: str | None = None
    step: int | None = None
    uncoded: bool = False
    first: date | None = None
    last: date | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """A stored shift with the two statements it names and its verdict, steps and all."""

    shift: Shift
    before: Statement
    after: Statement
    verdict: Verdict


def topics(session: Session) -> list[Topic]:
    """Every topic by name."""
    return list(session.exec(select(Topic).order_by(Topic.name)))


def topic(session: Session, topic_id: str) -> TopicWithScale | None:
    """One topic with its scale."""
    row = session.get(Topic, topic_id)
    if row is None:
        return None
    found = session.exec(
        select(Position).where(Position.topic_id == topic_id).order_by(col(Position.scale), col(Position.step))
    ).all()
    steps: dict[int, tuple[int, ...]] = {}
    for position in found:
        steps[position.scale] = (*steps.get(position.scale, ()), position.step)
    return TopicWithScale(row, tuple(position for position in found if position.scale == row.scale), steps)


def topic_counts(session: Session) -> dict[str, tuple[int, int, date | None]]:
    """For each topic how many statements by how many speakers it holds, and the last day among them."""
    rows = session.connection().execute(
        sa.select(
            col(ClaimTopic.topic_id), sa.func.count(), sa.func.count(sa.distinct(col(Claim.speaker_id))),
            sa.func.max(col(Claim.said_from)),
        )
        .join(Claim, col(Claim.id) == col(ClaimTopic.claim_id))
        .where(shown(), col(ClaimTopic.removed).is_(False))
        .group_by(col(ClaimTopic.topic_id))
    ).all()  # fmt: skip
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def newest_rows(session: Session) -> tuple[int, ...]:
    """The newest row of each table that can change what a page counts; equal while nothing has changed."""
    tables = (Document, Claim, ClaimTopic, Coding, Appearance, Shift)
    newest = [sa.select(sa.func.coalesce(sa.func.max(col(table.id)), 0)).scalar_subquery() for table in tables]
    # Who signs in or fails to changes no page; without this a stranger could have every number counted anew.
    accounts = sa.or_(*(col(AuditEntry.subject).startswith(kind) for kind in ("user:", "sign-in:")))
    decided = sa.select(col(AuditEntry.id)).where(~accounts).order_by(col(AuditEntry.id).desc()).limit(1)
    newest.append(sa.func.coalesce(decided.scalar_subquery(), 0))  # type: ignore[arg-type]
    return tuple(session.connection().execute(sa.select(*newest)).one())


def topics_of(session: Session, claim_ids: Collection[int]) -> dict[int, list[Topic]]:
    """The topics each of these claims is about."""
    rows = session.exec(
        select(ClaimTopic, Topic)
        .join(Topic, col(Topic.id) == col(ClaimTopic.topic_id))
        .where(col(ClaimTopic.claim_id).in_(claim_ids), col(ClaimTopic.removed).is_(False))
        .order_by(Topic.name)
    )
    found: dict[int, list[Topic]] = {}
    for link, one in rows:
        found.setdefault(link.claim_id, []).append(one)
    return found


def claim_topics(session: Session, claim_id: int) -> list[ClaimTopic]:
    """Why a claim is about its topics: the matched terms."""
    return list(
        session.exec(
            select(ClaimTopic)
            .where(ClaimTopic.claim_id == claim_id, col(ClaimTopic.removed).is_(False))
            .order_by(ClaimTopic.topic_id)
        )
    )


def codings(
    session: Session, claim_ids: Collection[int], topic_id: str | None = None
) -> dict[tuple[int, str], LabelledCoding]:
    """The coding in force of each of these claims on each topic (or on one), in one SELECT."""
    found: dict[tuple[int, str], LabelledCoding] = {}
    for some in batches(claim_ids):
        where: sa.ColumnElement[bool] = col(Coding.claim_id).in_(some)
        if topic_id is not None:
            where = sa.and_(where, col(Coding.topic_id) == topic_id)
        found.update(_in_force(_codings(session, where)))
    return found


def history(session: Session, claim_id: int) -> list[LabelledCoding]:
    """Every coding of a claim, newest first."""
    return [_coded(*row) for row in reversed(_codings(session, col(Coding.claim_id) == claim_id))]


def timeline(session: Session, topic_id: str, filters: Filters, page: int = 1) -> list[int]:
    """One page of a topic's claims, newest said first."""
    # EXISTS lets the database walk the days and stop after one page, instead of sorting the whole topic.
    query = select(Claim.id).where(*_filtered(session, topic_id, filters)).order_by(*newest_first())
    return list(session.exec(query.limit(PAGE).offset((page - 1) * PAGE)))


def count(session: Session, topic_id: str, filters: Filters) -> int:
    """How many claims of a topic fit; not counted beyond `MOST_COUNTED`, which nobody pages through."""
    some = select(Claim.id).where(*_filtered(session, topic_id, filters)).limit(MOST_COUNTED).subquery()
    return session.exec(select(sa.func.count()).select_from(some)).one()


def topic_stats(session: Session, topic_id: str) -> TopicStats:
    """A topic's statements over time and who made them, in one pass."""
    rows = session.connection().execute(
        sa.select(col(Claim.said_from), col(Claim.speaker_id), sa.func.count())
        .join(ClaimTopic, col(ClaimTopic.claim_id) == col(Claim.id))
        .where(_about(topic_id), shown())
        .group_by(col(Claim.said_from), col(Claim.speaker_id))
    ).all()  # fmt: skip
    days: dict[date, int] = {}
    for day, _, number in rows:
        if day is not None:
            days[day] = days.get(day, 0) + number
    ids = {row[1] for row in rows if row[1] is not None}
    named = session.exec(select(Speaker).where(col(Speaker.id).in_(ids)).order_by(Speaker.folded))
    speakers = tuple((one.id, one.slug, one.name) for one in named)
    return TopicStats(sum(row[2] for row in rows), tuple(sorted(days.items())), speakers)


def newest(session: Session, topic_id: str, limit: int) -> list[int]:
    """The claims on a topic that came in last."""
    query = select(Claim.id).join(ClaimTopic, col(ClaimTopic.claim_id) == col(Claim.id))
    return list(session.exec(query.where(_about(topic_id), shown()).order_by(col(Claim.id).desc()).limit(limit)))


def events(session: Session) -> list[Event]:
    """Every event, the latest first."""
    return list(session.exec(select(Event).order_by(col(Event.pivot).desc())))


def events_of(session: Session, topic_id: str) -> list[Event]:
    """The events that matter to a topic, the latest first."""
    return list(
        session.exec(
            select(Event)
            .join(EventTopic, col(EventTopic.event_id) == col(Event.id))
            .where(EventTopic.topic_id == topic_id)
            .order_by(col(Event.pivot).desc())
        )
    )


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


def event_topics(session: Session) -> dict[str, list[Topic]]:
    """The topics each event matters to."""
    rows = session.exec(
        select(EventTopic, Topic).join(Topic, col(Topic.id) == col(EventTopic.topic_id)).order_by(Topic.name)
    )
    found: dict[str, list[Topic]] = {}
    for link, one in rows:
        found.setdefault(link.event_id, []).append(one)
    return found


def shifts(session: Session, topic_id: str | None = None, limit: int = 50) -> list[ShiftRow]:
    """Shifts that follow from the codings in force and whose two statements are shown, newest first."""
    before, after = (select(Claim.id).where(shown()) for _ in range(2))
    query = (
        select(Shift)
        .where(
            col(Shift.withdrawn_at).is_(None),
            col(Shift.before_claim_id).in_(before),
            col(Shift.after_claim_id).in_(after),
        )
        .order_by(col(Shift.at).desc(), col(Shift.id).desc())
        .limit(limit)
    )
    if topic_id is not None:
        query = query.where(Shift.topic_id == topic_id)
    found = list(session.exec(query))
    known = statements(session, {number for one in found for number in (one.before_claim_id, one.after_claim_id)})
    told = verdicts(session, found)
    return [ShiftRow(one, known[one.before_claim_id], known[one.after_claim_id], told[one.id]) for one in found]


def verdicts(session: Session, found: Sequence[Shift]) -> dict[int, Verdict]:
    """The verdict of each of these stored shifts by its id, with the steps it lies between."""
    steps = _steps(session, {number for one in found for number in (one.before_coding_id, one.after_coding_id)})
    return {
        one.id: Verdict(
            outcome=VerdictKind(one.verdict),
            before=steps[one.before_coding_id],
            after=steps[one.after_coding_id],
            distance=one.distance,
        )
        for one in found
    }


def waiting(session: Session, limit: int = 100) -> tuple[list[tuple[int, str]], int]:
    """Claims and topics without a person's coding, oldest first, and how many there are."""
    decided = sa.exists().where(
        col(Coding.claim_id) == col(ClaimTopic.claim_id),
        col(Coding.topic_id) == col(ClaimTopic.topic_id),
        col(Coding.state) == CodingState.CONFIRMED,
    )
    where = (shown(), col(ClaimTopic.removed).is_(False), ~decided)
    rows = session.connection().execute(
        sa.select(col(ClaimTopic.claim_id), col(ClaimTopic.topic_id))
        .join(Claim, col(Claim.id) == col(ClaimTopic.claim_id))
        .where(*where).order_by(col(ClaimTopic.id)).limit(limit)
    ).all()  # fmt: skip
    total = (
        session.connection()
        .execute(
            sa.select(sa.func.count())
            .select_from(ClaimTopic)
            .join(Claim, col(Claim.id) == col(ClaimTopic.claim_id))
            .where(*where)
        )
        .scalar_one()
    )
    return [(row[0], row[1]) for row in rows], total


def _about(topic_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(col(ClaimTopic.topic_id) == topic_id, col(ClaimTopic.removed).is_(False))


def _filtered(session: Session, topic_id: str, filters: Filters) -> list[sa.ColumnElement[bool]]:
    about = sa.exists().where(col(ClaimTopic.claim_id) == col(Claim.id), _about(topic_id))
    where = [about, shown()]
    if filters.speaker is not None:
        where.append(col(Claim.speaker_id).in_(select(Speaker.id).where(Speaker.slug == filters.speaker)))
    if filters.first is not None:
        where.append(sa.func.coalesce(Claim.said_to, Claim.said_from) >= filters.first)
    if filters.last is not None:
        where.append(sa.func.coalesce(Claim.said_from, Claim.said_to) <= filters.last)
    if filters.text is not None:
        where.append(holds(fold(filters.text)))
    if filters.step is not None or filters.uncoded:
        where.append(_coded_as(session, topic_id, filters.step))
    return where


def _coded_as(session: Session, topic_id: str, step: int | None) -> sa.ColumnElement[bool]:
    in_force = (
        select(Coding.position_id)
        .where(col(Coding.claim_id) == col(Claim.id), Coding.topic_id == topic_id)
        .order_by(sa.case((col(Coding.state) == CodingState.CONFIRMED, 0), else_=1), col(Coding.number).desc())
        .limit(1)
        .correlate(Claim)
        .scalar_subquery()
    )
    if step is None:
        return in_force.is_(None)
    subject = topic(session, topic_id)
    return in_force.in_([one.id for one in (subject.positions if subject else ()) if one.step == step])


def _codings(session: Session, where: Any) -> list[tuple[Coding, Position | None]]:  # noqa: ANN401 - an SQL condition
    rows = session.exec(
        select(Coding, Position)
        .join(Position, isouter=True, onclause=col(Coding.position_id) == col(Position.id))
        .where(where)
        .order_by(col(Coding.claim_id), Coding.topic_id, col(Coding.number))
    )
    return [(coding, position) for coding, position in rows]


def _in_force(rows: list[tuple[Coding, Position | None]]) -> dict[tuple[int, str], LabelledCoding]:
    best: dict[tuple[int, str], tuple[Coding, Position | None]] = {}
    for coding, position in rows:
        key = (coding.claim_id, coding.topic_id)
        if key not in best or _rank(coding) > _rank(best[key][0]):
            best[key] = (coding, position)
    return {key: _coded(*row) for key, row in best.items()}


def _rank(coding: Coding) -> tuple[bool, int]:
    return coding.state is CodingState.CONFIRMED, coding.number


def _coded(coding: Coding, position: Position | None) -> LabelledCoding:
    return LabelledCoding(
        coding_id=coding.id,
        claim_id=coding.claim_id,
        topic_id=coding.topic_id,
        state=coding.state,
        reading=coding.reading,
        position_id=coding.position_id,
        scale=position.scale if position else None,
        step=position.step if position else None,
        label=position.label if position else None,
        by=coding.by,
        at=coding.at,
        reasons=tuple(coding.reasons),
        note=coding.note,
        key_quote=coding.key_quote,
    )


def _steps(session: Session, coding_ids: Collection[int]) -> dict[int, int]:
    rows = session.exec(
        select(Coding.id, Position.step)
        .join(Position, col(Coding.position_id) == col(Position.id))
        .where(col(Coding.id).in_(coding_ids))
    )
    return dict(rows.all())
