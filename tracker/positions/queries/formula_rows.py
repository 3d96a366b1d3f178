"""Reads for formulas: every affirmed statement on a topic with its bare words, and who said it."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col

from tracker.positions.formulas import TopicStatement
from tracker.positions.models import ClaimTopic
from tracker.positions.queries.topics_events import about_topic
from tracker.speech.models import Claim, Speaker
from tracker.speech.queries import SpeakerRef, shown
from tracker.speech.types import Polarity


@dataclass(frozen=True, slots=True)
class TopicWords:
    """The statements of a topic whose speaker is known, their public ids, and the speakers by id."""

    statements: tuple[TopicStatement, ...]
    public_ids: dict[int, str]
    speakers: dict[int, SpeakerRef]


def topic_words(session: Session, topic_id: str) -> TopicWords:
    """Every affirmed statement on a topic: who denies a phrase does not use it. A span of days counts by its last day."""
    rows = session.connection().execute(
        sa.select(
            col(Claim.id), col(Claim.public_id), col(Claim.said_from), col(Claim.said_to), col(Claim.folded),
            col(Speaker.id), col(Speaker.slug), col(Speaker.name),
        )
        .join(ClaimTopic, col(ClaimTopic.claim_id) == col(Claim.id))
        .join(Speaker, col(Speaker.id) == col(Claim.speaker_id))
        .where(about_topic(topic_id), shown(), col(Claim.polarity) == Polarity.AFFIRMED)
    )  # fmt: skip
    statements: list[TopicStatement] = []
    ids: dict[int, str] = {}
    speakers: dict[int, SpeakerRef] = {}
    for number, public_id, first, last, folded, who, slug, name in rows:
        day = last or first
        statements.append(TopicStatement(claim_id=number, speaker_id=who, day=day, folded=folded))
        ids[number] = public_id
        speakers.setdefault(who, SpeakerRef(who, slug, name))
    return TopicWords(tuple(statements), ids, speakers)
