"""Reads of codings: those in force, the history of a statement, and what waits for a person."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.positions.models import (
    ClaimTopic,
    Coding,
    CodingReading,
    CodingState,
    Position,
)
from tracker.positions.suggesters.types import SuggesterName
from tracker.speech.queries import batches, shown


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

    @property
    def is_confirmed(self) -> bool:
        """Whether a person made it."""
        return self.state is CodingState.CONFIRMED


def coding(session: Session, number: int) -> Coding | None:
    """The coding with this number."""
    return session.get(Coding, number)


def in_force(
    claim_id: sa.SQLColumnExpression[int] | int,
    topic_id: sa.SQLColumnExpression[str] | str,
    *,
    confirmed: bool = False,
    at: datetime | None = None,
) -> sa.ScalarSelect[int]:
    """The id of the coding that counts, for a claim on a topic: the newest confirmed one, else a suggestion.

    Of several suggestions that of the newsroom's phrases comes first, then what was learned, then a model's.
    With `confirmed` a suggestion never counts; with `at` it is the one that counted then.
    """
    coding = sa.orm.aliased(Coding)
    where = [col(coding.claim_id) == claim_id, col(coding.topic_id) == topic_id]
    if confirmed:
        where.append(col(coding.state) == CodingState.CONFIRMED)
    stands = col(coding.withdrawn_at).is_(None)
    where.append(stands if at is None else sa.or_(stands, col(coding.withdrawn_at) > at))
    if at is not None:
        where.append(col(coding.at) <= at)
    return (
        sa.select(col(coding.id))
        .where(*where)
        .order_by(
            sa.case(
                (col(coding.state) == CodingState.CONFIRMED, 0),
                (col(coding.by) == SuggesterName.PHRASES, 1),
                (col(coding.by) == SuggesterName.LEARNED, 2),
                else_=3,
            ),
            col(coding.number).desc(),
        )
        .limit(1)
        .correlate_except(coding)
        .scalar_subquery()
    )


def codings(
    session: Session,
    claim_ids: Collection[int],
    topic_id: str | None = None,
    *,
    confirmed: bool = False,
    at: datetime | None = None,
) -> dict[tuple[int, str], LabelledCoding]:
    """The coding in force of each of these claims on each topic (or on one), in one SELECT; as `in_force` says."""
    found: dict[tuple[int, str], LabelledCoding] = {}
    for some in batches(claim_ids):
        where = sa.and_(
            col(Coding.claim_id).in_(some),
            col(Coding.id) == in_force(col(Coding.claim_id), col(Coding.topic_id), confirmed=confirmed, at=at),
        )
        if topic_id is not None:
            where = sa.and_(where, col(Coding.topic_id) == topic_id)
        found.update(
            {(coding.claim_id, coding.topic_id): _coded(coding, step) for coding, step in _codings(session, where)}
        )
    return found


def suggestions(session: Session, claim_id: int, topic_id: str) -> list[LabelledCoding]:
    """What is suggested of a claim on a topic now, by every suggester, whatever a person coded."""
    where = sa.and_(
        col(Coding.claim_id) == claim_id,
        col(Coding.topic_id) == topic_id,
        col(Coding.state) == CodingState.SUGGESTED,
        col(Coding.withdrawn_at).is_(None),
    )
    return [_coded(*row) for row in _codings(session, where)]


def history(session: Session, claim_id: int) -> list[LabelledCoding]:
    """Every coding of a claim, newest first."""
    return [_coded(*row) for row in reversed(_codings(session, col(Coding.claim_id) == claim_id))]


def uncoded() -> tuple[sa.ColumnElement[bool], ...]:
    """The condition on a link and its claim that no person has coded it: what waits for one."""
    decided = sa.exists().where(
        col(Coding.claim_id) == col(ClaimTopic.claim_id),
        col(Coding.topic_id) == col(ClaimTopic.topic_id),
        col(Coding.state) == CodingState.CONFIRMED,
        col(Coding.withdrawn_at).is_(None),
    )
    return shown(), col(ClaimTopic.removed).is_(False), ~decided


def _codings(session: Session, where: Any) -> list[tuple[Coding, Position | None]]:  # noqa: ANN401 - an SQL condition
    rows = session.exec(
        select(Coding, Position)
        .join(Position, isouter=True, onclause=col(Coding.position_id) == col(Position.id))
        .where(where)
        .order_by(col(Coding.claim_id), Coding.topic_id, col(Coding.number))
    )
    return [(coding, position) for coding, position in rows]


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
