"""Ask a language model, where the configuration names one, about statements that no person has coded. Off by default.

What it says is a suggestion like any other: it counts nowhere and nobody is told. It is asked here alone, never when a page
is opened, `suggestions.per_run` times a run at most.

1. The gate of all suggesters first: what can hold no position is not sent.
2. It is asked with nothing open; one transaction writes what came of it.
3. An answer that can't be used is dropped, with its reason in the log and on its row, and not asked for again. When there is
   no answer (`MOST_FAILURES` in a row end the run), the statement is asked about again after `AGAIN`, behind all others.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from tracker.archive.http.gate import Refused
from tracker.archive.http.named_address import NamedAddress
from tracker.positions.ledger import codings, suggesters
from tracker.positions.models import Topic
from tracker.positions.queries import suggester_rows
from tracker.positions.queries.suggester_rows import DROPPED, FAILED, NONE, SUGGESTED, ReadStatement
from tracker.positions.suggesters import chat
from tracker.positions.suggesters.assertion import holds_none
from tracker.positions.suggesters.chat import BadAnswer
from tracker.positions.suggesters.types import ScaleStep, Suggestion
from tracker.world import World

log = structlog.get_logger("ask_model")

AGAIN = timedelta(hours=1)
MOST_FAILURES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class AskCounts:
    """What a run did: questions sent, suggestions among the answers, answers dropped, questions without an answer."""

    asked: int = 0
    suggested: int = 0
    dropped: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    outcome: str
    detail: str = ""
    found: Suggestion | None = None
    sent: bool = True


def run(world: World) -> AskCounts:
    """Ask about what waits, newest first; nothing without a configured address."""
    address, counts, in_a_row = world.model_address, AskCounts(), 0
    if address is None:
        return counts
    with world.database.reading() as session:
        topics = codings.all_topics(session)
    for topic in topics:
        with world.database.reading() as session:
            scale = codings.steps_of(session, topic)
            asked_with = _asked_with(world, topic, scale)
            most = world.settings.suggestions.per_run - counts.asked
            numbers = suggester_rows.to_ask(session, topic.id, asked_with, world.now() - AGAIN, most) if scale else []
            waiting = suggester_rows.read_statements(session, numbers)
        for one in sorted(waiting, key=lambda read: numbers.index(read.claim_id)):
            if world.stopping.is_set() or in_a_row == MOST_FAILURES:
                return counts
            told = _ask(world, address, one, scale)
            if told.outcome == FAILED and world.stopping.is_set():
                return counts  # it was we who broke it off
            with world.database.transaction() as session:
                suggesters.record_question(
                    session, world.now(), claim_id=one.claim_id, topic_id=topic.id, asked_with=asked_with,
                    outcome=told.outcome, detail=told.detail, found=told.found,
                )  # fmt: skip
            in_a_row = in_a_row + 1 if told.outcome == FAILED else 0
            counts = _counted(counts, told)
    return counts


def _ask(world: World, address: NamedAddress, one: ReadStatement, scale: Sequence[ScaleStep]) -> _Outcome:
    statement = one.statement
    if holds_none(statement):
        return _Outcome(outcome=NONE, sent=False)
    if chat.is_too_long(statement):
        return _Outcome(outcome=DROPPED, detail="the statement is too long to be sent", sent=False)
    try:
        answer = address.post(chat.question(statement, scale, world.settings.suggestions.model))
        found = chat.suggestion_in(answer, statement, scale)
    except Refused as error:
        log.warning("the model gave no answer", claim=one.claim_id, reason=error.reason)
        return _Outcome(outcome=FAILED, detail=error.reason)
    except BadAnswer as error:
        log.warning("the model's answer was dropped", claim=one.claim_id, reason=str(error))
        return _Outcome(outcome=DROPPED, detail=f"the answer {error}")
    return _Outcome(outcome=SUGGESTED if found else NONE, found=found)


def _counted(counts: AskCounts, told: _Outcome) -> AskCounts:
    return replace(
        counts,
        asked=counts.asked + told.sent,
        suggested=counts.suggested + (told.outcome == SUGGESTED),
        dropped=counts.dropped + (told.outcome == DROPPED),
        failed=counts.failed + (told.outcome == FAILED),
    )


def _asked_with(world: World, topic: Topic, scale: Sequence[ScaleStep]) -> str:
    """The digest of all that an answer depends on but the statement."""
    told = world.settings.suggestions
    steps = [[one.id, one.step, one.label, one.definition] for one in scale]
    asked = [chat.VERSION, told.url, told.model, topic.scale, steps]
    return hashlib.sha256(json.dumps(asked, ensure_ascii=True).encode()).hexdigest()
