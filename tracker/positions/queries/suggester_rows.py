"""Reads for suggesters: what they learn from, what they may speak of, what they know, and how far they agree."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.archive.models import Document, Snapshot
from tracker.languages.data import default
from tracker.languages.detect import language_of
from tracker.positions.models import ClaimTopic, Coding, CodingState, ModelQuestion, Position, Topic, TopicSuggester
from tracker.positions.queries.coding_rows import in_force, uncoded
from tracker.positions.suggesters.learned import NO_STEP, VERSION, LearnedModel
from tracker.positions.suggesters.types import StatementText, SuggesterName
from tracker.speech.models import Appearance, Claim
from tracker.speech.types import Polarity

MOST_CODINGS = 600
"""Confirmed codings that are learned from, the newest: more would take minutes and change little."""
MOST_MODELS = 16
_models: dict[str, LearnedModel | None] = {}
"""Learned models by the digest of what they rest on."""
SUGGESTED, NONE, DROPPED, FAILED = "suggested", "none", "dropped", "failed"
"""What came of asking a model, see `ModelQuestion`."""


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


def to_ask(session: Session, topic_id: str, asked_with: str, not_since: datetime, most: int) -> list[int]:
    """The claims on a topic that no person has coded and no model was asked about with this; failed ones again, last.

    What was asked about since `not_since` and failed is not asked about yet.
    """
    asked = sa.orm.aliased(ModelQuestion)
    again = sa.and_(col(asked.outcome) == FAILED, col(asked.at) < not_since)
    rows = session.exec(
        select(ClaimTopic.claim_id)
        .join(Claim, col(Claim.id) == col(ClaimTopic.claim_id))
        .join(
            asked,
            isouter=True,
            onclause=sa.and_(
                col(asked.claim_id) == col(ClaimTopic.claim_id), col(asked.topic_id) == col(ClaimTopic.topic_id)
            ),
        )
        .where(
            ClaimTopic.topic_id == topic_id,
            *uncoded(),
            sa.or_(col(asked.id).is_(None), col(asked.asked_with) != asked_with, again),
        )
        .order_by(sa.func.coalesce(col(asked.tries), 0), col(ClaimTopic.claim_id).desc())
        .limit(most)
    )
    return list(rows)


def asked_among(session: Session, topic_id: str, claim_ids: Sequence[int]) -> set[int]:
    """Those of these claims about which a model gave an answer that could be used."""
    rows = session.exec(
        select(ModelQuestion.claim_id).where(
            ModelQuestion.topic_id == topic_id,
            col(ModelQuestion.claim_id).in_(claim_ids),
            col(ModelQuestion.outcome).in_([SUGGESTED, NONE]),
        )
    )
    return set(rows)


def suggested_by(session: Session, topic_id: str, name: SuggesterName, claim_ids: Sequence[int]) -> dict[int, int]:
    """The position that a suggester's standing suggestion names, for those of these claims that have one."""
    rows = session.exec(
        select(Coding.claim_id, Coding.position_id).where(
            Coding.topic_id == topic_id,
            Coding.by == name,
            Coding.state == CodingState.SUGGESTED,
            col(Coding.claim_id).in_(claim_ids),
            col(Coding.withdrawn_at).is_(None),
        )
    )
    return {claim_id: position_id for claim_id, position_id in rows if position_id is not None}


def suggesters_of(session: Session, topic_id: str) -> dict[str, TopicSuggester]:
    """What is stored of each suggester of a topic, by its name."""
    rows = session.exec(select(TopicSuggester).where(TopicSuggester.topic_id == topic_id))
    return {one.name: one for one in rows}


def learned_model(session: Session, topic: Topic) -> LearnedModel | None:
    """What was learned of a topic, where it is of its scale in force and made by the code that now runs.

    A model is a megabyte of numbers where much was coded: what follows from the same codings is read once.
    """
    where = (TopicSuggester.topic_id == topic.id, TopicSuggester.name == SuggesterName.LEARNED)
    told = session.exec(select(TopicSuggester.rests_on, TopicSuggester.scale).where(*where)).first()
    if told is None or told[1] != topic.scale:
        return None
    rests_on = told[0]
    if rests_on and rests_on in _models:
        return _models[rests_on]
    stored = session.exec(select(TopicSuggester.model).where(*where)).first()
    model = LearnedModel.of_json(stored) if stored is not None else None
    if rests_on:
        if len(_models) >= MOST_MODELS:
            _models.clear()
        _models[rests_on] = model
    return model


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
