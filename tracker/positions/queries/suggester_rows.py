"""Reads for suggesters: what they learn from, what they may speak of, what they know, and how far they agree."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.archive.models import Document, Snapshot
from tracker.languages.data import default
from tracker.languages.detect import language_of
from tracker.positions.models import ClaimTopic, Coding, CodingState, Position, Topic, TopicSuggester
from tracker.positions.queries.coding_rows import in_force, uncoded
from tracker.positions.suggesters.learned import NO_STEP, VERSION, LearnedModel
from tracker.positions.suggesters.types import StatementText, SuggesterName
from tracker.speech.models import Appearance, Claim
from tracker.speech.types import Polarity

MOST_CODINGS = 600
"""Confirmed codings that are learned from, the newest: more would take minutes and change little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadStatement:
    """A statement as suggesters read it, with its document."""

    claim_id: int
    document_id: int
    statement: StatementText


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedStatement:
    """A statement and the step that editors coded it as, or `NO_STEP`."""

    read: ReadStatement
    position_id: int


def learns_from(session: Session, topic: Topic) -> str:
    """The digest of all that a topic's suggesters are measured on: its codings, its scale, and the code that reads them."""
    rows = session.connection().execute(_codings(topic, col(Coding.id), col(Claim.identity_key)))
    steps = session.connection().execute(
        sa.select(col(Position.id), col(Position.phrases)).where(*_in_scale(topic)).order_by(col(Position.step))
    )
    told = [VERSION, topic.scale, [list(row) for row in steps], [list(row) for row in rows]]
    return hashlib.sha256(json.dumps(told, ensure_ascii=True).encode()).hexdigest()


def confirmed_statements(session: Session, topic: Topic) -> list[ConfirmedStatement]:
    """The newest confirmed codings of a topic that are on its scale in force, or no step at all."""
    rows = session.connection().execute(_codings(topic, col(Coding.claim_id), col(Coding.position_id))).all()
    read = {one.claim_id: one for one in read_statements(session, [claim_id for claim_id, _position in rows])}
    return [
        ConfirmedStatement(read=read[claim_id], position_id=position_id or NO_STEP)
        for claim_id, position_id in rows
        if claim_id in read
    ]


def read_statements(session: Session, claim_ids: Sequence[int]) -> list[ReadStatement]:
    """Statements as suggesters read them, in the order of their ids."""
    first = (
        sa.select(sa.func.min(col(Appearance.id)))
        .where(col(Appearance.claim_id) == col(Claim.id))
        .correlate(Claim)
        .scalar_subquery()
    )
    rows = session.connection().execute(
        sa.select(
            col(Claim.id), col(Claim.text), col(Claim.question), col(Claim.polarity), col(Document.id),
            sa.func.coalesce(col(Document.language), col(Snapshot.language)),
        )
        .join(Appearance, col(Appearance.id) == first)
        .join(Snapshot, col(Snapshot.id) == col(Appearance.snapshot_id))
        .join(Document, col(Document.id) == col(Snapshot.document_id))
        .where(col(Claim.id).in_(claim_ids))
        .order_by(col(Claim.id))
    )  # fmt: skip
    return [
        ReadStatement(
            claim_id=number,
            document_id=document,
            statement=StatementText(
                text=text,
                code=language or language_of(text, None) or default().code,
                question=question,
                denied=polarity is Polarity.DENIED,
            ),
        )
        for number, text, question, polarity, document, language in rows
    ]


def waiting_claims(session: Session, topic_id: str, after: int, most: int) -> list[int]:
    """The claims on a topic behind one that no person has coded, in the order of their ids."""
    rows = session.exec(
        select(ClaimTopic.claim_id)
        .join(Claim, col(Claim.id) == col(ClaimTopic.claim_id))
        .where(ClaimTopic.topic_id == topic_id, col(ClaimTopic.claim_id) > after, *uncoded())
        .order_by(col(ClaimTopic.claim_id))
        .limit(most)
    )
    return list(rows)


def suggesters_of(session: Session, topic_id: str) -> dict[str, TopicSuggester]:
    """What is stored of each suggester of a topic, by its name."""
    rows = session.exec(select(TopicSuggester).where(TopicSuggester.topic_id == topic_id))
    return {one.name: one for one in rows}


def learned_model(session: Session, topic: Topic) -> LearnedModel | None:
    """What was learned of a topic, where it is of its scale in force and made by the code that now runs."""
    stored = suggesters_of(session, topic.id).get(SuggesterName.LEARNED)
    if stored is None or stored.model is None or stored.scale != topic.scale:
        return None
    return LearnedModel.of_json(stored.model)


def _codings(topic: Topic, *columns: Any) -> sa.Select[Any]:  # noqa: ANN401 - columns of two tables
    confirmed = in_force(col(Coding.claim_id), col(Coding.topic_id), confirmed=True)
    on_scale = col(Coding.position_id).in_(sa.select(col(Position.id)).where(*_in_scale(topic)))
    return (
        sa.select(*columns)
        .join(Claim, col(Claim.id) == col(Coding.claim_id))
        .where(
            col(Coding.topic_id) == topic.id,
            col(Coding.state) == CodingState.CONFIRMED,
            col(Coding.id) == confirmed,
            sa.or_(col(Coding.position_id).is_(None), on_scale),
        )
        .order_by(col(Coding.id).desc())
        .limit(MOST_CODINGS)
    )


def _in_scale(topic: Topic) -> tuple[sa.ColumnElement[bool], ...]:
    return col(Position.topic_id) == topic.id, col(Position.scale) == topic.scale
