"""Writes of the positions floor: topics and events as configured, suggestions, confirmed codings.

The shifts that follow from codings have a module of their own: `ledger.shifts`.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker import audit
from tracker.db import insert_if_absent
from tracker.decisions import NOW, Journal
from tracker.errors import TrackerError
from tracker.positions import matching
from tracker.positions.ledger import shifts as shift_ledger
from tracker.positions.ledger.shifts import ShiftChanges
from tracker.positions.ledger.topic_links import border_now, keep_borders
from tracker.positions.models import ClaimTopic, Coding, CodingReading, CodingState, Position, Topic
from tracker.positions.passage import Passage
from tracker.positions.queries import coding_rows, suggester_rows
from tracker.positions.suggesters.learned import LearnedSuggester
from tracker.positions.suggesters.phrases import PhraseSuggester
from tracker.positions.suggesters.types import ScaleStep, StatementText, SuggesterName, Suggestion
from tracker.speech.models import Claim, Status
from tracker.speech.states import UNCHECKED
from tracker.speech.types import Polarity


class BadCoding(TrackerError):
    """A coding can't be written as asked."""


def scale_of(session: Session, topic: Topic) -> list[Position]:
    """The steps of the scale in force, lowest first."""
    return list(
        session.exec(
            select(Position)
            .where(Position.topic_id == topic.id, Position.scale == topic.scale)
            .order_by(col(Position.step))
        )
    )


def link_topics(
    session: Session, now: datetime, claim: Claim, passage: Passage, *, among: Sequence[Topic]
) -> list[str]:
    """Link a claim to those topics whose rules it meets and suggest its positions; their ids.

    `passage` is what it is read with. `among` are all topics (`all_topics`), read once for a document.
    """
    topics: list[str] = []
    borders = []
    for topic in among:
        found = topic_match(passage, topic)
        if border := border_now(passage, topic, found):
            borders.append((topic.id, border))
        if found is None:
            continue
        values = {
            "claim_id": claim.id,
            "topic_id": topic.id,
            "matched": list(found.terms),
            "by_hand": False,
            "removed": False,
        }
        if insert_if_absent(session, ClaimTopic, values):
            suggest(session, now, claim, topic, passage.code)
        topics.append(topic.id)
    keep_borders(session, claim, borders)
    return topics


def all_topics(session: Session) -> list[Topic]:
    """Every topic of the record."""
    return list(session.exec(select(Topic).order_by(Topic.id)))


def topic_match(passage: Passage, topic: Topic) -> matching.Match | None:
    """The terms by which the rules in force make a statement one of a topic."""
    return matching.match(passage, matching.rule_of(topic.name, topic.description, topic.rules))


def statement_of(claim: Claim, code: str) -> StatementText:
    """A claim as suggesters read it; `code` is the language of its words."""
    return StatementText(text=claim.text, code=code, question=claim.question, denied=claim.polarity is Polarity.DENIED)


def steps_of(session: Session, topic: Topic) -> list[ScaleStep]:
    """The scale in force as suggesters read it."""
    return [
        ScaleStep(id=p.id, step=p.step, label=p.label, phrases=tuple(p.phrases), definition=p.definition)
        for p in scale_of(session, topic)
    ]


def suggestion_of(session: Session, claim: Claim, topic: Topic, code: str) -> Suggestion | None:
    """The position that the phrases suggest for a statement in a language."""
    return PhraseSuggester().suggest(statement_of(claim, code), steps_of(session, topic))


def suggest(session: Session, now: datetime, claim: Claim, topic: Topic, code: str) -> None:
    """Let the suggesters that are at hand speak of a statement; a model at an address is asked by a job of its own."""
    suggest_anew(session, now, claim.id, topic.id, suggestion_of(session, claim, topic, code))
    suggest_learned(session, now, claim, topic, code)


def suggest_learned(session: Session, now: datetime, claim: Claim, topic: Topic, code: str) -> None:
    """Let what was learned of a topic speak of a statement; where nothing was, nothing is suggested so."""
    model = suggester_rows.learned_model(session, topic)
    learned = LearnedSuggester(model) if model is not None else None
    found = learned.suggest(statement_of(claim, code), steps_of(session, topic)) if learned else None
    suggest_anew(session, now, claim.id, topic.id, found, by=SuggesterName.LEARNED)


def suggest_anew(
    session: Session,
    now: datetime,
    claim_id: int,
    topic_id: str,
    found: Suggestion | None,
    *,
    by: SuggesterName = SuggesterName.PHRASES,
) -> bool:
    """Let a suggester's word on a statement be this: what it suggested before is withdrawn, unless it is the same.

    False where nothing changed. Confirmed codings, and what others suggest, are rows of their own and stay.
    """
    standing = session.exec(
        select(Coding).where(
            Coding.claim_id == claim_id,
            Coding.topic_id == topic_id,
            Coding.state == CodingState.SUGGESTED,
            Coding.by == by,
            col(Coding.withdrawn_at).is_(None),
        )
    ).all()
    if found is not None and [(one.position_id, tuple(one.reasons)) for one in standing] == [
        (found.position_id, found.reasons)
    ]:
        return False
    for one in standing:
        one.withdrawn_at = now
        session.add(one)
    if found is not None:
        session.add(
            Coding(
                claim_id=claim_id,
                topic_id=topic_id,
                number=next_number(session, claim_id, topic_id),
                state=CodingState.SUGGESTED,
                position_id=found.position_id,
                by=by,
                at=now,
                reasons=list(found.reasons),
            )
        )
    session.flush()
    return found is not None or bool(standing)


def confirm(  # noqa: PLR0913 - a coding is who, which claim, which topic, what, and why
    session: Session,
    now: datetime,
    *,
    by: str,
    claim_id: int,
    topic_id: str,
    reading: CodingReading | str = CodingReading.POSITION,
    position_id: int | None = None,
    note: str | None = None,
    key_quote: bool = False,
    journal: Journal | None = None,
) -> ShiftChanges:
    """Write a person's coding, also one that takes a position back; what that changes in the speaker's shifts on the topic.

    "Off topic" takes the statement off the topic, as `ClaimTopic.removed` says for every list, count, line-up, feed and
    mail; any other coding puts it on again. `journal` notes what was changed, for undoing.

    Whoever calls this owes the mails about them (`alerts.ledger.deliveries.enqueue_shifts`) in the same transaction.
    Raises `BadCoding` when the position is not one of the topic's scale.
    """
    reading = CodingReading(reading)
    position = session.get(Position, position_id) if position_id is not None else None
    if reading == CodingReading.POSITION and (position is None or position.topic_id != topic_id):
        raise BadCoding("That position is not on this topic's scale. Choose one of the steps listed.")
    journal = journal or Journal(session)
    claim = session.get_one(Claim, claim_id)
    old = in_force(session, claim_id, topic_id)
    _set_link(session, journal, claim_id, topic_id, removed=reading is CodingReading.OFF_TOPIC)
    coding = Coding(
        claim_id=claim_id,
        topic_id=topic_id,
        number=next_number(session, claim_id, topic_id),
        state=CodingState.CONFIRMED,
        reading=reading,
        position_id=position.id if position else None,
        by=by,
        at=now,
        note=note,
        key_quote=key_quote,
    )
    journal.made(coding, {"withdrawn_at": NOW})
    if claim.status in UNCHECKED:
        journal.set(claim, status=Status.CONFIRMED)
    audit.write(
        session,
        now,
        actor=by,
        action="position confirmed",
        subject=f"claim:{claim_id}",
        field=topic_id,
        old=_named(session, old),
        new=_named(session, coding),
        reason=note,
    )
    if claim.speaker_id is None:
        return ShiftChanges()
    return shift_ledger.recompute(session, now, topic_id, claim.speaker_id, by)


def _set_link(session: Session, journal: Journal, claim_id: int, topic_id: str, *, removed: bool) -> None:
    """Whoever codes a statement on a topic says that it is about it, or with "off topic" that it is not."""
    link = session.exec(
        select(ClaimTopic).where(ClaimTopic.claim_id == claim_id, ClaimTopic.topic_id == topic_id)
    ).first()
    if link is None:
        made = ClaimTopic(claim_id=claim_id, topic_id=topic_id, matched=[], by_hand=True, removed=removed)
        journal.made(made, {"removed": True})
    elif link.removed != removed:
        journal.set(link, removed=removed, by_hand=True)


def in_force(session: Session, claim_id: int, topic_id: str) -> Coding | None:
    """The coding that counts for a claim on a topic, by the rule of `queries.coding_rows.in_force`."""
    return session.exec(select(Coding).where(col(Coding.id) == coding_rows.in_force(claim_id, topic_id))).first()


def next_number(session: Session, claim_id: int, topic_id: str) -> int:
    """The number of the next coding of a claim on a topic."""
    last = session.exec(
        select(sa.func.max(Coding.number)).where(Coding.claim_id == claim_id, Coding.topic_id == topic_id)
    ).one()
    return (last or 0) + 1


def _named(session: Session, coding: Coding | None) -> str | None:
    if coding is None:
        return None
    if coding.position_id is None:
        return coding.reading.value
    position = session.get_one(Position, coding.position_id)
    return f"{position.step} {position.label}"
