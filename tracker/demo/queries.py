"""Reads that only the demo record needs: statements, positions and links as a person would find them."""

from sqlmodel import Session, col, select

from tracker.alerts.models import Delivery, Occasion
from tracker.positions.models import Position, Topic
from tracker.speech import wording
from tracker.speech.models import Claim, Speaker


def position_id(session: Session, topic: Topic, key: str) -> int:
    """The row of the step with this key on the topic's scale in force."""
    return session.exec(
        select(Position.id).where(Position.topic_id == topic.id, Position.scale == topic.scale, Position.key == key)
    ).one()


def claim_with_words(session: Session, speaker: str, words: str) -> Claim | None:
    """The oldest statement of a speaker that holds these words."""
    return session.exec(
        select(Claim)
        .join(Speaker, col(Speaker.id) == col(Claim.speaker_id))
        .where(Speaker.name == speaker, col(Claim.folded).contains(wording.fold(words), autoescape=True))
        .order_by(col(Claim.id))
        .limit(1)
    ).first()


def confirmation_token(session: Session) -> str | None:
    """The token of the confirmation mail that waits to be sent."""
    return session.exec(
        select(Delivery.token).where(Delivery.occasion == Occasion.CONFIRM, col(Delivery.token).is_not(None))
    ).first()
