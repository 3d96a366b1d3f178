"""Writes of shifts: which pairs of a speaker's statements are one, worked out anew from the codings in force.

How the shifts of one speaker on one topic follow from the codings, in whatever order those were made:

1. Of each shown statement with known days, the newest confirmed coding counts, and only if it names a position.
2. `shift_rule.find_shifts` says which pairs of them are shifts, and `shift_rule.compare_positions` of which kind.
3. A stored shift that does not follow any more is withdrawn, never deleted: mails and feeds may name it. When the same two
   statements hold the same two positions again, the same row counts again, so nobody is told twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from tracker.db import advisory_lock
from tracker.positions import queries, shift_rule
from tracker.positions.models import ClaimTopic, Coding, CodingState, Position, Shift
from tracker.positions.shift_rule import CodedStatement, Scale, find_shifts
from tracker.speech.models import Claim
from tracker.speech.queries import shown

Key = tuple[int, int, int, int]
"""What makes a shift the same one: the claims before and after, and the rows of their two positions."""


@dataclass(frozen=True, slots=True)
class ShiftChanges:
    """What a coding changed: the shifts that follow now and did not before, and those that follow no more."""

    made: tuple[Shift, ...] = ()
    withdrawn: tuple[Shift, ...] = ()


def recompute(session: Session, now: datetime, topic_id: str, speaker_id: int, by: str) -> ShiftChanges:
    """Bring the stored shifts of one speaker on one topic to what follows from the codings in force; what that changed.

    `by` is who made the change, for the rows that are new.
    """
    advisory_lock(session, f"shifts:{topic_id}:{speaker_id}")  # two codings at once would not see each other
    wanted = {
        (before.claim_id, after.claim_id, before.position_id, after.position_id): (before, after)
        for before, after in find_shifts(_codings_in_force(session, topic_id, speaker_id))
    }
    made: list[Shift] = []
    withdrawn: list[Shift] = []
    stored: set[Key] = set()
    for key, row in _stored(session, topic_id, speaker_id):
        follows = key in wanted and key not in stored
        stored.add(key)
        if follows != (row.withdrawn_at is None):
            row.withdrawn_at = None if follows else now
            session.add(row)
            (made if follows else withdrawn).append(row)
    subject = queries.topic(session, topic_id)
    scales = subject.scales if subject else {}
    for key, (before, after) in wanted.items():
        if key not in stored:
            row = _of_other_speaker(session, topic_id, before, after) or _new(
                now, topic_id=topic_id, speaker_id=speaker_id, by=by, before=before, after=after, scales=scales
            )
            row.speaker_id, row.withdrawn_at = speaker_id, None
            session.add(row)
            made.append(row)
    session.flush()
    return ShiftChanges(tuple(made), tuple(withdrawn))


def _new(
    now: datetime,
    *,
    topic_id: str,
    speaker_id: int,
    by: str,
    before: CodedStatement,
    after: CodedStatement,
    scales: Mapping[int, Scale],
) -> Shift:
    verdict = shift_rule.compare_positions(before.step, after.step, scales[after.scale])
    return Shift(
        topic_id=topic_id,
        speaker_id=speaker_id,
        before_claim_id=before.claim_id,
        after_claim_id=after.claim_id,
        before_coding_id=before.coding_id,
        after_coding_id=after.coding_id,
        distance=verdict.distance,
        verdict=verdict.outcome.value,
        at=now,
        by=by,
        scale=after.scale,
    )


def _of_other_speaker(session: Session, topic_id: str, before: CodedStatement, after: CodedStatement) -> Shift | None:
    """The row of the same two codings, made while the statements were another speaker's."""
    return session.exec(
        select(Shift).where(
            Shift.topic_id == topic_id,
            Shift.before_coding_id == before.coding_id,
            Shift.after_coding_id == after.coding_id,
        )
    ).first()


def _codings_in_force(session: Session, topic_id: str, speaker_id: int) -> list[CodedStatement]:
    later = aliased(Coding)
    superseded = sa.exists().where(
        col(later.claim_id) == col(Coding.claim_id),
        col(later.topic_id) == col(Coding.topic_id),
        col(later.state) == CodingState.CONFIRMED,
        col(later.withdrawn_at).is_(None),
        col(later.number) > col(Coding.number),
    )
    about = sa.exists().where(
        col(ClaimTopic.claim_id) == col(Coding.claim_id),
        col(ClaimTopic.topic_id) == col(Coding.topic_id),
        col(ClaimTopic.removed).is_(False),
    )
    rows = session.exec(
        select(Coding, Claim, Position)
        .join(Claim, col(Claim.id) == col(Coding.claim_id))
        .join(Position, col(Position.id) == col(Coding.position_id))
        .where(
            Coding.topic_id == topic_id,
            Coding.state == CodingState.CONFIRMED,
            col(Coding.withdrawn_at).is_(None),
            Claim.speaker_id == speaker_id,
            shown(),
            about,
            ~superseded,
        )
    )
    return [
        CodedStatement(
            claim_id=claim.id,
            said_from=claim.said_from,
            said_to=claim.said_to,
            coding_id=coding.id,
            position_id=position.id,
            scale=position.scale,
            step=position.step,
        )
        for coding, claim, position in rows
        if claim.said_from is not None and claim.said_to is not None
    ]


def _stored(session: Session, topic_id: str, speaker_id: int) -> list[tuple[Key, Shift]]:
    """Every stored shift, withdrawn ones too, oldest first."""
    before, after = aliased(Coding), aliased(Coding)
    rows = session.exec(
        select(Shift, before.position_id, after.position_id)
        .join(before, col(Shift.before_coding_id) == before.id)
        .join(after, col(Shift.after_coding_id) == after.id)
        .where(Shift.topic_id == topic_id, Shift.speaker_id == speaker_id)
        .order_by(col(Shift.id))
    )
    return [((row.before_claim_id, row.after_claim_id, early or 0, late or 0), row) for row, early, late in rows]
