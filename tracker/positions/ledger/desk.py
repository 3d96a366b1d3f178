"""What follows on the positions floor when an editor decides about statements: shifts, signatures, and undoing.

Whoever calls this owes or drops the mails about the shifts (`alerts.ledger.deliveries`) in the same transaction.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from tracker import audit, decisions
from tracker.decisions import DELETE, Decision, Journal
from tracker.errors import TrackerError
from tracker.positions import queries
from tracker.positions.ledger import shifts as shift_ledger
from tracker.positions.ledger.shifts import ShiftChanges
from tracker.positions.models import (
    ClaimTopic,
    Coding,
    CodingReading,
    CodingState,
    Position,
    SecondCoding,
    Shift,
    ShiftSignature,
    Topic,
)
from tracker.speech.models import Claim


class BadSignature(TrackerError):
    """A shift can't be signed by this person."""


def refresh_shifts(
    session: Session, now: datetime, claim_ids: Collection[int], speakers: Collection[int | None], by: str
) -> ShiftChanges:
    """Bring the shifts of everybody concerned to these statements as they are now.

    `speakers` are those who held the statements before; those who hold them now are looked up.
    """
    who = {one for one in speakers if one is not None}
    who |= {
        one for one in session.exec(select(Claim.speaker_id).where(col(Claim.id).in_(claim_ids))) if one is not None
    }
    topics = session.exec(
        select(Coding.topic_id)
        .where(col(Coding.claim_id).in_(claim_ids), Coding.state == CodingState.CONFIRMED)
        .distinct()
    ).all()
    made: list[Shift] = []
    withdrawn: list[Shift] = []
    for topic_id in sorted(topics):
        for speaker_id in sorted(who):
            changes = shift_ledger.recompute(session, now, topic_id, speaker_id, by)
            made += changes.made
            withdrawn += changes.withdrawn
    return ShiftChanges(tuple(made), tuple(withdrawn))


def carry_topics(session: Session, journal: Journal, *, into: int, gone: int) -> None:
    """Link a statement to the topics of the one that was merged into it."""
    held = set(session.exec(select(ClaimTopic.topic_id).where(ClaimTopic.claim_id == into)))
    for link in session.exec(
        select(ClaimTopic).where(ClaimTopic.claim_id == gone, col(ClaimTopic.removed).is_(False))
    ).all():
        if link.topic_id not in held:
            carried = ClaimTopic(
                claim_id=into, topic_id=link.topic_id, matched=list(link.matched), by_hand=link.by_hand
            )
            journal.made(carried, {"removed": True})


def undo(session: Session, now: datetime, done: Sequence[Decision], by: str) -> ShiftChanges:
    """Put back what these decisions changed, the last one first, and bring the shifts to it. Raises `Overtaken`."""
    claims = decisions.rows_changed(done, "claim") | _claims_of_codings(session, done)
    speakers = set(session.exec(select(Claim.speaker_id).where(col(Claim.id).in_(claims))))
    for one in done:
        decisions.undo(session, now, one, by)
    return refresh_shifts(session, now, claims, speakers, by)


def _claims_of_codings(session: Session, done: Sequence[Decision]) -> set[int]:
    found = set()
    for kind, table in ((Coding, "coding"), (ClaimTopic, "claim_topic")):
        ids = decisions.rows_changed(done, table)
        found |= set(session.exec(select(kind.claim_id).where(col(kind.id).in_(ids))))
    return found


def sign(session: Session, now: datetime, journal: Journal, shift: Shift, by: str) -> bool:
    """Put a person's name under a shift; whether it has enough of them now. Raises `BadSignature`.

    Where a topic asks for two, nobody signs who coded one of the two statements.
    """
    if shift.withdrawn_at is not None:
        raise BadSignature("This shift does not follow from the codings any more.")
    needed = session.get_one(Topic, shift.topic_id).signatures
    if needed > 1 and by in queries.coders(session, shift):
        raise BadSignature("Two people sign the shifts of this topic, and nobody signs their own coding.")
    signed = list(session.exec(select(ShiftSignature.by).where(ShiftSignature.shift_id == shift.id)))
    if by in signed:
        raise BadSignature("You have signed this shift; another person must.")
    journal.made(ShiftSignature(shift_id=shift.id, by=by, at=now), DELETE)
    enough = len(signed) + 1 >= needed
    if enough and shift.signed_at is None:
        journal.set(shift, signed_at=now)
    for claim_id in (shift.before_claim_id, shift.after_claim_id):
        audit.write(
            session, now, actor=by, action="shift signed", subject=f"claim:{claim_id}", field=shift.topic_id,
            new=f"{len(signed) + 1} of {needed}",
        )  # fmt: skip
    return enough


def code_second(  # noqa: PLR0913 - a coding is who, which claim, which topic, what, and why
    session: Session,
    now: datetime,
    journal: Journal,
    *,
    by: str,
    claim_id: int,
    topic_id: str,
    reading: CodingReading,
    position: Position | None,
    note: str | None = None,
) -> None:
    """Keep what a second person coded without seeing the first coding; it never counts for a line-up."""
    row = SecondCoding(
        claim_id=claim_id, topic_id=topic_id, reading=reading, position_id=position.id if position else None, by=by,
        at=now, note=note,
    )  # fmt: skip
    journal.made(row, DELETE)
    words = f"{position.step} {position.label}" if position else reading.value
    audit.write(
        session, now, actor=by, action="coded blind by a second person", subject=f"claim:{claim_id}", field=topic_id,
        new=words, reason=note,
    )  # fmt: skip
