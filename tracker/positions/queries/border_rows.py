"""Reads of the statements that stand near the border of a topic, of which no person has said on which side."""

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.positions.models import ClaimTopic, Coding, CodingState, TopicBorder
from tracker.speech.models import Claim
from tracker.speech.queries import shown


def border(session: Session, claim_id: int, topic_id: str) -> TopicBorder | None:
    """How a statement stands near the border of a topic, where it does."""
    return session.exec(
        select(TopicBorder).where(TopicBorder.claim_id == claim_id, TopicBorder.topic_id == topic_id)
    ).first()


def link(session: Session, claim_id: int, topic_id: str) -> ClaimTopic | None:
    """How a statement stands to a topic, where the rules or a person ever put it there."""
    return session.exec(
        select(ClaimTopic).where(ClaimTopic.claim_id == claim_id, ClaimTopic.topic_id == topic_id)
    ).first()


def undecided_borders() -> sa.Select[int, int, str]:
    """The place, claim and topic of each that waits: shown, with no person's word on it, neither a link nor a coding."""
    pair = (col(TopicBorder.claim_id), col(TopicBorder.topic_id))
    said = sa.exists().where(
        col(ClaimTopic.claim_id) == pair[0], col(ClaimTopic.topic_id) == pair[1], col(ClaimTopic.by_hand).is_(True)
    )
    coded = sa.exists().where(
        col(Coding.claim_id) == pair[0], col(Coding.topic_id) == pair[1], col(Coding.withdrawn_at).is_(None),
        col(Coding.state) == CodingState.CONFIRMED,
    )  # fmt: skip
    return (
        sa.select(col(TopicBorder.place), *pair)
        .join(Claim, col(Claim.id) == col(TopicBorder.claim_id))
        .where(shown(), ~said, ~coded)
    )
