"""Writes of suggesters: what one learned of a topic, how far it agrees, and what follows for statements that wait."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlmodel import Session

from tracker import audit
from tracker.positions.ledger.codings import suggest_anew
from tracker.positions.models import Topic, TopicSuggester
from tracker.positions.queries.suggester_rows import suggesters_of
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
