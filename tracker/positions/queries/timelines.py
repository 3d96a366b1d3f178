"""Reads of a topic's timeline: one page of its statements, filtered, and how many there are."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.positions.models import (
    ClaimTopic,
    Coding,
)
from tracker.positions.queries.coding_rows import in_force
from tracker.positions.queries.topics_events import about_topic, topic
from tracker.speech.models import Claim, Speaker
from tracker.speech.queries import PAGE, holds, newest_first, shown
from tracker.speech.wording import fold

MOST_COUNTED = 5_001


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a visitor wants to see of a topic's timeline."""

    speaker: str | None = None
    step: int | None = None
    uncoded: bool = False
    first: date | None = None
    last: date | None = None
    text: str | None = None
    confirmed: bool = True
    """Whether only confirmed codings count as positions."""


def timeline(session: Session, topic_id: str, filters: Filters, page: int = 1) -> list[int]:
    """One page of a topic's claims, newest said first."""
    # EXISTS lets the database walk the days and stop after one page, instead of sorting the whole topic.
    query = select(Claim.id).where(*_filtered(session, topic_id, filters)).order_by(*newest_first())
    return list(session.exec(query.limit(PAGE).offset((page - 1) * PAGE)))


def count(session: Session, topic_id: str, filters: Filters) -> int:
    """How many claims of a topic fit; not counted beyond `MOST_COUNTED`, which nobody pages through."""
    some = select(Claim.id).where(*_filtered(session, topic_id, filters)).limit(MOST_COUNTED).subquery()
    return session.exec(select(sa.func.count()).select_from(some)).one()


def newest(session: Session, topic_id: str, limit: int) -> list[int]:
    """The claims on a topic that came in last."""
    query = select(Claim.id).join(ClaimTopic, col(ClaimTopic.claim_id) == col(Claim.id))
    return list(session.exec(query.where(about_topic(topic_id), shown()).order_by(col(Claim.id).desc()).limit(limit)))


def _filtered(session: Session, topic_id: str, filters: Filters) -> list[sa.ColumnElement[bool]]:
    about = sa.exists().where(col(ClaimTopic.claim_id) == col(Claim.id), about_topic(topic_id))
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
        where.append(_coded_as(session, topic_id, filters.step, confirmed=filters.confirmed))
    return where


def _coded_as(session: Session, topic_id: str, step: int | None, *, confirmed: bool) -> sa.ColumnElement[bool]:
    position = (
        select(Coding.position_id)
        .where(Coding.id == in_force(col(Claim.id), topic_id, confirmed=confirmed))
        .correlate(Claim)
        .scalar_subquery()
    )
    if step is None:
        return position.is_(None)
    subject = topic(session, topic_id)
    return position.in_([one.id for one in (subject.positions if subject else ()) if one.step == step])
