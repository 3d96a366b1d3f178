"""How far two people who coded a topic apart agree, in words."""

from dataclasses import dataclass

from tracker.db import Session
from tracker.positions import agreement as measures
from tracker.positions import queries as positions
from tracker.positions.queries import review_queue


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicAgreement:
    """Krippendorff's alpha of a topic: `steps` over statements that both gave a step, `kinds` over what they saw at all."""

    topic: str
    steps: str
    kinds: str
    statements: int


def agreement(db: Session, topic_id: str) -> TopicAgreement:
    """The agreement of a topic's first and second codings."""
    subject = positions.topic(db, topic_id)
    rows = review_queue.second_codings(db, topic_id)
    step = {one.id: one.step for one in review_queue.steps_of(db, topic_id)}
    both = [
        (step[first.position_id], step[second.position_id])
        for _, first, second in rows
        if first.position_id is not None and second.position_id is not None
    ]
    kinds = [(first.reading.value, second.reading.value) for _, first, second in rows]
    return TopicAgreement(
        topic=subject.topic.name if subject else topic_id,
        steps=_in_words(measures.ordinal(both)),
        kinds=_in_words(measures.nominal(kinds)),
        statements=len({claim_id for claim_id, _, _ in rows}),
    )


def _in_words(found: measures.Agreement) -> str:
    if found.alpha is None:
        return f"can’t be told from {found.units}"
    return f"{found.alpha:.2f} over {found.units}"
