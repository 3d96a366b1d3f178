"""Writes of suggesters: what one learned of a topic, how far it agrees, and what follows for statements that wait."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from tracker import audit
from tracker.positions.ledger.codings import suggest_anew
from tracker.positions.models import ModelQuestion, Topic, TopicSuggester
from tracker.positions.queries.suggester_rows import FAILED, suggesters_of
from tracker.positions.suggesters.cross_validation import SuggesterAgreement
from tracker.positions.suggesters.types import SuggesterName, Suggestion


def store(
    session: Session,
    now: datetime,
    topic: Topic,
    name: SuggesterName,
    agreement: SuggesterAgreement,
    *,
    model: Mapping[str, Any] | None = None,
) -> None:
    """Keep what a suggester learned of a topic and how far it agrees; it is due again until `mark_applied`."""
    row = suggesters_of(session, topic.id).get(name) or TopicSuggester(
        topic_id=topic.id, name=name, scale=topic.scale, at=now, **asdict(agreement)
    )
    row.scale, row.rests_on, row.model, row.at = topic.scale, "", dict(model) if model is not None else None, now
    for field, number in asdict(agreement).items():
        setattr(row, field, number)
    session.add(row)
    session.flush()


def apply(
    session: Session, now: datetime, topic: Topic, name: SuggesterName, found: Sequence[tuple[int, Suggestion | None]]
) -> int:
    """Let a suggester's word on these claims be what it says now; how many changed. Nobody is told."""
    return sum(suggest_anew(session, now, claim_id, topic.id, one, by=name) for claim_id, one in found)


def mark_applied(session: Session, now: datetime, topic: Topic, rests_on: str, *, changed: int) -> None:
    """Every statement that waits has been looked at with what was learned from these codings."""
    for row in suggesters_of(session, topic.id).values():
        row.rests_on = rests_on
        session.add(row)
    if changed:  # a suggestion that is withdrawn leaves no new row, and kept pages must see it
        audit.write(
            session, now, actor=audit.MACHINES[0], action="suggestions learned anew", subject=f"topic:{topic.id}",
            field="suggestions", old=None, new=f"{changed} changed",
        )  # fmt: skip


def record_question(
    session: Session,
    now: datetime,
    *,
    claim_id: int,
    topic_id: str,
    asked_with: str,
    outcome: str,
    detail: str = "",
    found: Suggestion | None = None,
) -> None:
    """Keep what came of asking a model about a statement; its word there is this suggestion, or none any more."""
    row = session.exec(
        select(ModelQuestion).where(ModelQuestion.claim_id == claim_id, ModelQuestion.topic_id == topic_id)
    ).first() or ModelQuestion(
        claim_id=claim_id, topic_id=topic_id, asked_with=asked_with, outcome=outcome, tries=0, at=now
    )
    row.tries = row.tries + 1 if row.asked_with == asked_with else 1
    row.asked_with, row.outcome, row.detail, row.at = asked_with, outcome, detail, now
    session.add(row)
    if outcome != FAILED:
        suggest_anew(session, now, claim_id, topic_id, found, by=SuggesterName.ADDRESS)
