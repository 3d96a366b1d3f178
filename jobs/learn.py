"""Learn: let each topic's suggester learn anew from its confirmed codings, where these changed, and measure how far all agree.

What is suggested counts nowhere and nobody is told of it. A topic is due where its codings, its scale or our code are others
than those its suggesters rest on.

1. The codings are read, and with nothing open learned from and measured on: seconds for hundreds.
2. One transaction stores what was learned and how far each suggester agrees.
3. Statements that no person has coded are looked at, a batch a transaction; the topic's codings are marked as learned from
   when all are done. A run that is killed in between begins the topic again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from tracker.db import Session
from tracker.positions.ledger import codings, suggesters
from tracker.positions.models import Topic
from tracker.positions.queries import suggester_rows
from tracker.positions.queries.suggester_rows import ConfirmedStatement
from tracker.positions.suggesters import cross_validation, learned
from tracker.positions.suggesters.assertion import holds_none
from tracker.positions.suggesters.cross_validation import Judged, SuggesterAgreement
from tracker.positions.suggesters.features import features_of
from tracker.positions.suggesters.learned import NO_STEP, Example, LearnedModel, LearnedSuggester
from tracker.positions.suggesters.phrases import PhraseSuggester
from tracker.positions.suggesters.types import ScaleStep, Suggester, SuggesterName
from tracker.world import World

log = structlog.get_logger("learn")

BATCH = 100
"""Statements that are looked at in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnCounts:
    """What a run did: topics learned anew, those of them that are sure enough to suggest, and suggestions that changed."""

    topics: int = 0
    sure: int = 0
    changed: int = 0


def run(world: World) -> LearnCounts:
    """Learn from every topic whose codings changed."""
    with world.database.reading() as session:
        topics = codings.all_topics(session)
    counts = LearnCounts()
    for topic in topics:
        if world.stopping.is_set():
            break
        counts = _learn(world, topic, counts)
    return counts


def _learn(world: World, topic: Topic, counts: LearnCounts) -> LearnCounts:
    with world.database.reading() as session:
        rests_on = suggester_rows.learns_from(session, topic)
        stored = suggester_rows.suggesters_of(session, topic.id).values()
        if stored and all(one.rests_on == rests_on for one in stored):
            return counts
        coded = suggester_rows.confirmed_statements(session, topic)
        scale = codings.steps_of(session, topic)
        asked = _asked(session, topic, coded)
    if not scale or not (coded or stored):
        return counts
    model, agreement = _model(coded, scale)
    stored_model = model.as_json() if model is not None else None
    with world.database.transaction() as session:
        suggesters.store(session, world.now(), topic, SuggesterName.LEARNED, agreement, model=stored_model)
        judged = agreement_with(PhraseSuggester(), coded, scale)
        suggesters.store(session, world.now(), topic, SuggesterName.PHRASES, judged)
        if asked:
            said = cross_validation.agreement_of(asked, _ranks(scale))
            suggesters.store(session, world.now(), topic, SuggesterName.ADDRESS, said)
    changed = _apply(world, topic, scale, model)
    if changed is None:
        return counts
    with world.database.transaction() as session:
        suggesters.mark_applied(session, world.now(), topic, rests_on, changed=changed)
    log.info("learned from codings", topic=topic.id, codings=len(coded), sure=model is not None, changed=changed)
    return LearnCounts(
        topics=counts.topics + 1, sure=counts.sure + (model is not None), changed=counts.changed + changed
    )


def examples_of(coded: Sequence[ConfirmedStatement], scale: Sequence[ScaleStep]) -> list[Example]:
    """Confirmed codings as the learned suggester counts them."""
    return [
        Example(
            features=features_of(one.read.statement, scale),
            position_id=one.position_id,
            group=one.read.document_id,
            gated=holds_none(one.read.statement),
        )
        for one in coded
    ]


def agreement_with(
    suggester: Suggester, coded: Sequence[ConfirmedStatement], scale: Sequence[ScaleStep]
) -> SuggesterAgreement:
    """How far a suggester that learns nothing agrees with these codings."""
    said = [(suggester.suggest(one.read.statement, scale), one.position_id) for one in coded]
    judged = [Judged(found.position_id if found else NO_STEP, position_id) for found, position_id in said]
    return cross_validation.agreement_of(judged, _ranks(scale))


def _asked(session: Session, topic: Topic, coded: Sequence[ConfirmedStatement]) -> list[Judged]:
    """What a model at an address said of statements before an editor coded them."""
    numbers = [one.read.claim_id for one in coded]
    answered = suggester_rows.asked_among(session, topic.id, numbers)
    said = suggester_rows.suggested_by(session, topic.id, SuggesterName.ADDRESS, numbers)
    return [
        Judged(said.get(one.read.claim_id, NO_STEP), one.position_id) for one in coded if one.read.claim_id in answered
    ]


def _model(
    coded: Sequence[ConfirmedStatement], scale: Sequence[ScaleStep]
) -> tuple[LearnedModel | None, SuggesterAgreement]:
    """What is learned, None where it is not sure enough to suggest anything; and the agreement to be expected."""
    examples = examples_of(coded, scale)
    bar, agreement = cross_validation.measure(examples, _ranks(scale))
    return (learned.train(examples, bar) if bar is not None else None), agreement


def _ranks(scale: Sequence[ScaleStep]) -> dict[int, int]:
    return {step.id: place for place, step in enumerate(scale)}


def _apply(world: World, topic: Topic, scale: Sequence[ScaleStep], model: LearnedModel | None) -> int | None:
    """Bring the learned suggestions of all statements that wait up to date; None when the service is stopping."""
    suggester = LearnedSuggester(model) if model is not None else None
    changed = last = 0
    while not world.stopping.is_set():
        with world.database.reading() as session:
            numbers = suggester_rows.waiting_claims(session, topic.id, last, BATCH)
            read = suggester_rows.read_statements(session, numbers)
        if not numbers:
            return changed
        last = numbers[-1]
        found = [(one.claim_id, suggester.suggest(one.statement, scale) if suggester else None) for one in read]
        with world.database.transaction() as session:
            changed += suggesters.apply(session, world.now(), topic, SuggesterName.LEARNED, found)
    return None
