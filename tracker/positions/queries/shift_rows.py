"""Reads of stored shifts with their two statements and verdicts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.positions.models import (
    Coding,
    Position,
    Shift,
    ShiftSignature,
)
from tracker.positions.queries.topics_events import topic
from tracker.positions.shift_rule import Verdict, compare_positions
from tracker.speech.models import Claim
from tracker.speech.queries import Statement, shown, statements


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """A stored shift with the two statements it names and its verdict, steps and all."""

    shift: Shift
    before: Statement
    after: Statement
    verdict: Verdict


def shifts(session: Session, topic_id: str | None = None, limit: int = 50) -> list[ShiftRow]:
    """Signed shifts that follow from the codings in force and whose two statements are shown, newest first."""
    return _rows(session, [col(Shift.signed_at).is_not(None)], topic_id, limit)


def proposed_shifts(session: Session, limit: int = 50, shift_id: int | None = None) -> list[ShiftRow]:
    """Shifts that wait for signatures, newest first; or the one with this id, signed or not."""
    where = col(Shift.signed_at).is_(None) if shift_id is None else col(Shift.id) == shift_id
    return _rows(session, [where], None, limit)


def count_proposed_shifts(session: Session) -> int:
    """How many shifts wait for signatures."""
    before, after = (select(Claim.id).where(shown()) for _ in range(2))
    return session.exec(
        select(sa.func.count())
        .select_from(Shift)
        .where(
            col(Shift.withdrawn_at).is_(None),
            col(Shift.signed_at).is_(None),
            col(Shift.before_claim_id).in_(before),
            col(Shift.after_claim_id).in_(after),
        )
    ).one()


def shifts_named(session: Session, shift_ids: Collection[int]) -> list[Shift]:
    """These shifts."""
    return list(session.exec(select(Shift).where(col(Shift.id).in_(shift_ids))))


def signatures(session: Session, shift_ids: Collection[int]) -> dict[int, list[str]]:
    """Who signed each of these shifts, in the order they did."""
    found: dict[int, list[str]] = {}
    rows = session.exec(
        select(ShiftSignature).where(col(ShiftSignature.shift_id).in_(shift_ids)).order_by(col(ShiftSignature.id))
    )
    for one in rows:
        found.setdefault(one.shift_id, []).append(one.by)
    return found


def coders(session: Session, shift: Shift) -> set[str]:
    """Who coded the two statements of a shift."""
    return set(
        session.exec(select(Coding.by).where(col(Coding.id).in_([shift.before_coding_id, shift.after_coding_id])))
    )


def _rows(session: Session, more: Sequence[sa.ColumnElement[bool]], topic_id: str | None, limit: int) -> list[ShiftRow]:
    before, after = (select(Claim.id).where(shown()) for _ in range(2))
    query = (
        select(Shift)
        .where(
            col(Shift.withdrawn_at).is_(None),
            col(Shift.before_claim_id).in_(before),
            col(Shift.after_claim_id).in_(after),
            *more,
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
    """The verdict of each of these stored shifts by its id, as the rule gives it for the steps it lies between."""
    steps = _steps(session, {number for one in found for number in (one.before_coding_id, one.after_coding_id)})
    subjects = {number: topic(session, number) for number in {one.topic_id for one in found}}
    told: dict[int, Verdict] = {}
    for one in found:
        (version, before), (_, after) = steps[one.before_coding_id], steps[one.after_coding_id]
        subject = subjects[one.topic_id]
        if subject is not None:
            told[one.id] = compare_positions(before, after, subject.scales[version])
    return told


def _steps(session: Session, coding_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """The version of the scale and the step of each of these codings."""
    rows = session.exec(
        select(Coding.id, Position.scale, Position.step)
        .join(Position, col(Coding.position_id) == col(Position.id))
        .where(col(Coding.id).in_(coding_ids))
    )
    return {number: (version, step) for number, version, step in rows}
