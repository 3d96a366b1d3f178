"""Reads of topics, their scales and numbers, and of the events that matter to them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.archive.models import Document
from tracker.audit import AuditEntry
from tracker.positions.models import (
    ClaimTopic,
    Coding,
    Event,
    EventTopic,
    Position,
    Shift,
    Side,
    Topic,
)
from tracker.positions.placement import ZONE, TurningPoint
from tracker.positions.shift_rule import Scale
from tracker.speech.models import Alias, Appearance, Claim, Office, Speaker
from tracker.speech.queries import shown


@dataclass(frozen=True, slots=True)
class TopicWithScale:
    """A topic with every version of its scale; `positions` are the steps in force, lowest first."""

    topic: Topic
    positions: tuple[Position, ...]
    scales: Mapping[int, Scale]

    @property
    def steps(self) -> Mapping[int, tuple[int, ...]]:
        """The steps of each version, lowest first."""
        return {version: scale.steps for version, scale in self.scales.items()}


@dataclass(frozen=True, slots=True)
class TopicStats:
    """A topic's statements in numbers: all of them, those of each known day, and the id, slug and name of who spoke."""

    total: int
    days: tuple[tuple[date, int], ...]
    speakers: tuple[tuple[int, str, str], ...]


def topics(session: Session) -> list[Topic]:
    """Every topic by name."""
    return list(session.exec(select(Topic).order_by(Topic.name)))


def topic(session: Session, topic_id: str) -> TopicWithScale | None:
    """One topic with its scale."""
    rows = session.exec(
        select(Topic, Position)
        .join(Position, isouter=True, onclause=col(Position.topic_id) == col(Topic.id))
        .where(Topic.id == topic_id)
        .order_by(col(Position.scale), col(Position.step))
    ).all()
    if not rows:
        return None
    row = rows[0][0]
    versions: dict[int, list[Position]] = {}
    for _, position in rows:
        if position is not None:
            versions.setdefault(position.scale, []).append(position)
    scales = {version: scale_of(steps) for version, steps in versions.items()}
    return TopicWithScale(row, tuple(versions.get(row.scale, ())), scales)


def scale_of(positions: Iterable[Position]) -> Scale:
    """The scale that the steps of one version are."""
    sides: dict[Side | None, list[int]] = {}
    for one in positions:
        sides.setdefault(one.side, []).append(one.step)
    return Scale.of(
        [step for steps in sides.values() for step in steps], sides.get(Side.LOWER, ()), sides.get(Side.UPPER, ())
    )


def scale_version(session: Session, topic_id: str, version: int) -> list[Position]:
    """The steps of one version of a topic's scale, lowest first."""
    where = (Position.topic_id == topic_id, Position.scale == version)
    return list(session.exec(select(Position).where(*where).order_by(col(Position.step))))


def scales(session: Session) -> list[tuple[str, int, int, str, list[str]]]:
    """Every step of every scale in force with the phrases that suggest it."""
    rows = session.exec(
        select(Position)
        .join(Topic, sa.and_(col(Topic.id) == col(Position.topic_id), col(Topic.scale) == col(Position.scale)))
        .order_by(Position.topic_id, col(Position.step))
    )
    return [(one.topic_id, one.scale, one.step, one.label, list(one.phrases)) for one in rows]


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


def topic_stats(session: Session, topic_id: str) -> TopicStats:
    """A topic's statements over time and who made them, in one pass."""
    who = (col(Claim.speaker_id), col(Speaker.slug), col(Speaker.name), col(Speaker.folded))
    rows = session.connection().execute(
        sa.select(col(Claim.said_from), sa.func.count(), *who)
        .join(ClaimTopic, col(ClaimTopic.claim_id) == col(Claim.id))
        .join(Speaker, isouter=True, onclause=col(Speaker.id) == col(Claim.speaker_id))
        .where(about_topic(topic_id), shown())
        .group_by(col(Claim.said_from), *who)
        .order_by(col(Speaker.folded))
    ).all()  # fmt: skip
    days: dict[date, int] = {}
    speakers: dict[int, tuple[int, str, str]] = {}
    for day, number, speaker, slug, name, _ in rows:
        if day is not None:
            days[day] = days.get(day, 0) + number
        if speaker is not None:
            speakers[speaker] = speaker, slug, name
    return TopicStats(sum(row[1] for row in rows), tuple(sorted(days.items())), tuple(speakers.values()))


def newest_rows(session: Session) -> tuple[object, ...]:
    """The newest row of each table that can change what a page counts; equal while nothing has changed.

    On PostgreSQL also which writers are still at work: a row of theirs may yet come to be seen below the newest one
    (postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SNAPSHOT).
    """
    tables = (Document, Claim, ClaimTopic, Coding, Appearance, Shift, Speaker, Alias, Office)
    newest = [sa.select(sa.func.coalesce(sa.func.max(col(table.id)), 0)).scalar_subquery() for table in tables]
    # Who signs in or fails to changes no page; without this a stranger could have every number counted anew.
    accounts = sa.or_(*(col(AuditEntry.subject).startswith(kind) for kind in ("user:", "sign-in:")))
    decided = sa.select(col(AuditEntry.id)).where(~accounts).order_by(col(AuditEntry.id).desc()).limit(1)
    newest.append(sa.func.coalesce(decided.scalar_subquery(), 0))  # type: ignore[arg-type]
    if session.get_bind().dialect.name != "sqlite":
        writer = sa.func.pg_snapshot_xip(sa.func.pg_current_snapshot()).column_valued("writer")
        at_work = sa.select(sa.func.string_agg(sa.cast(writer, sa.Text), ","))
        newest.append(sa.func.coalesce(at_work.scalar_subquery(), ""))  # type: ignore[arg-type]
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


def turning_point(event: Event) -> TurningPoint:
    """What parts before from after at an event. A zone that this machine does not know is UTC."""
    return TurningPoint(
        moment=event.pivot,
        day=event.pivot.astimezone(_zone(event.pivot_zone)).date(),
        during=(event.starts_on, event.ends_on) if event.during else None,
        zone=_zone(event.zone),
    )


def event_zone(event: Event) -> ZoneInfo:
    """The zone in which the pivot of an event is told."""
    return _zone(event.pivot_zone)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZONE


def event_topics(session: Session) -> dict[str, list[Topic]]:
    """The topics each event matters to."""
    rows = session.exec(
        select(EventTopic, Topic).join(Topic, col(Topic.id) == col(EventTopic.topic_id)).order_by(Topic.name)
    )
    found: dict[str, list[Topic]] = {}
    for link, one in rows:
        found.setdefault(link.event_id, []).append(one)
    return found


def about_topic(topic_id: str) -> sa.ColumnElement[bool]:
    """The condition that a link of a claim is to this topic, and stands."""
    return sa.and_(col(ClaimTopic.topic_id) == topic_id, col(ClaimTopic.removed).is_(False))
