"""Writes of a rereading on the positions floor: topic links and suggestions follow the rules as they are now.

A link that a person made, took away or coded on stays; so does a confirmed coding. Where the rules say otherwise by now, that
is a proposal, decided as those of the speech floor are (`decide`).
"""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker import audit
from tracker.positions import matching
from tracker.positions.ledger.codings import confirm, suggest_anew, suggest_learned, suggestion_of, topic_match
from tracker.positions.ledger.desk import refresh_shifts
from tracker.positions.ledger.topic_links import border_now, keep_borders
from tracker.positions.models import ClaimTopic, Coding, CodingState, Position, Topic
from tracker.positions.passage import Passage
from tracker.positions.suggesters.types import SuggesterName, Suggestion
from tracker.speech.ledger import rereading as speech
from tracker.speech.ledger.rereading import in_words, last_change, outdate, store_change
from tracker.speech.models import ChangeState, Claim, ReadingChange

TOPIC, POSITION = "topic:", "position:"
"""How the fields begin of changes that are about a topic."""


def compare(
    session: Session,
    now: datetime,
    claim: Claim,
    *,
    passage: Passage,
    reader: str,
    what: Collection[str] = ("topics", "positions"),
) -> list[ReadingChange]:
    """Bring the topics and suggestions of one statement to the rules in force; the differences.

    `passage` is what it is read with, as in `codings.link_topics`; `what` says which of the two are compared.
    """
    links = {link.topic_id: link for link in session.exec(select(ClaimTopic).where(ClaimTopic.claim_id == claim.id))}
    changes: list[ReadingChange | None] = []
    borders = []
    for topic in session.exec(select(Topic).order_by(Topic.id)):
        link = links.get(topic.id)
        if "topics" in what:
            found = topic_match(passage, topic)
            borders.append((topic.id, border_now(passage, topic, found)))
            changes.append(_compare_link(session, now, claim, topic, link=link, found=found, reader=reader))
            link = session.exec(
                select(ClaimTopic).where(ClaimTopic.claim_id == claim.id, ClaimTopic.topic_id == topic.id)
            ).first()
        if "positions" in what and link is not None and not link.removed:
            changes.append(_compare_suggestion(session, now, claim, topic, reader=reader, code=passage.code))
    keep_borders(session, claim, borders)
    return [change for change in changes if change is not None]


def _compare_link(
    session: Session,
    now: datetime,
    claim: Claim,
    topic: Topic,
    *,
    link: ClaimTopic | None,
    found: matching.Match | None,
    reader: str,
) -> ReadingChange | None:
    field = f"{TOPIC}{topic.id}"
    stands = link is not None and not link.removed
    if link is not None and found is not None and stands and not link.by_hand and link.matched != list(found.terms):
        link.matched = list(found.terms)
        session.add(link)
    if stands == (found is not None) or (link is not None and link.by_hand):
        outdate(session, now, claim.id, field)
        return None
    old = {"topic": topic.name, "linked": stands, "matched": list(link.matched) if link and stands else []}
    new = {"topic": topic.name, "linked": not stands, "matched": list(found.terms) if found else []}
    coded = bool(_codings(session, claim.id, topic.id, CodingState.CONFIRMED))
    state = ChangeState.PROPOSED if coded and stands else ChangeState.FOLLOWED
    change = _store(session, now, claim, field, old=old, new=new, state=state, reader=reader)
    if change is not None and state is ChangeState.FOLLOWED:
        set_link(session, claim.id, topic.id, linked=not stands, matched=list(found.terms) if found else [])
    return change


def set_link(
    session: Session, claim_id: int, topic_id: str, *, linked: bool, matched: list[str], by_hand: bool = False
) -> None:
    """Link a statement to a topic, or take the link off; the row stays."""
    link = session.exec(
        select(ClaimTopic).where(ClaimTopic.claim_id == claim_id, ClaimTopic.topic_id == topic_id)
    ).first() or ClaimTopic(claim_id=claim_id, topic_id=topic_id)
    link.removed, link.by_hand = not linked, by_hand
    link.matched = matched if linked else link.matched
    session.add(link)
    session.flush()


def _compare_suggestion(
    session: Session, now: datetime, claim: Claim, topic: Topic, *, reader: str, code: str
) -> ReadingChange | None:
    field = f"{POSITION}{topic.id}"
    found = suggestion_of(session, claim, topic, code)
    suggested = [
        one
        for one in _codings(session, claim.id, topic.id, CodingState.SUGGESTED)
        if one.withdrawn_at is None and one.by == SuggesterName.PHRASES
    ]
    confirmed = _codings(session, claim.id, topic.id, CodingState.CONFIRMED)
    last = suggested[-1].position_id if suggested else None
    wanted = found.position_id if found else None
    if confirmed:
        last = confirmed[-1].position_id
    if not confirmed:
        suggest_learned(session, now, claim, topic, code)
    if last == wanted or (confirmed and wanted is None):
        outdate(session, now, claim.id, field)
        return None
    old, new = _position_value(session, topic, last), _position_value(session, topic, wanted)
    if not confirmed and suggested:
        old["reasons"] = list(suggested[-1].reasons)
    new["reasons"] = list(found.reasons) if found else []
    if confirmed:
        # A person who saw the same suggestion and decided otherwise is not asked again.
        if suggested and suggested[-1].position_id == wanted:
            return None
        return _store(session, now, claim, field, old=old, new=new, state=ChangeState.PROPOSED, reader=reader)
    change = _store(session, now, claim, field, old=old, new=new, state=ChangeState.FOLLOWED, reader=reader)
    if change is not None:
        suggest_anew(session, now, claim.id, topic.id, found)
    return change


def _codings(session: Session, claim_id: int, topic_id: str, state: CodingState) -> list[Coding]:
    return list(
        session.exec(
            select(Coding)
            .where(
                Coding.claim_id == claim_id,
                Coding.topic_id == topic_id,
                Coding.state == state,
                sa.or_(col(Coding.withdrawn_at).is_(None), col(Coding.state) == CodingState.SUGGESTED),
            )
            .order_by(col(Coding.number))
        )
    )


def _position_value(session: Session, topic: Topic, position_id: int | None) -> dict[str, object]:
    position = session.get(Position, position_id) if position_id is not None else None
    label = f"{position.step} {position.label}" if position else None
    return {"topic": topic.name, "position": label, "position_id": position_id}


def _store(
    session: Session,
    now: datetime,
    claim: Claim,
    field: str,
    *,
    old: dict[str, object],
    new: dict[str, object],
    state: ChangeState,
    reader: str,
) -> ReadingChange | None:
    """The stored difference; None where it was proposed or refused before."""
    last = last_change(session, claim.id, field)
    if last is not None and last.new == new and last.state in {ChangeState.PROPOSED, ChangeState.REFUSED}:
        return None
    outdate(session, now, claim.id, field)
    change = ReadingChange(
        claim_id=claim.id, field=field, old=old, new=new, reader_old="", reader_new=reader, state=state, at=now
    )
    return store_change(session, now, change)


def decide(session: Session, now: datetime, change: ReadingChange, *, accept: bool, by: str) -> bool:
    """Write what a person decides about a change: take a proposal, refuse it, or take back what followed by itself.

    False where the change was decided before, or the statement has another value by now; nothing is changed then. The
    speaker's shifts follow; whoever calls this drops the mails of those that were withdrawn.
    """
    if change.state not in {ChangeState.PROPOSED, ChangeState.FOLLOWED}:
        return False
    claim = session.get_one(Claim, change.claim_id)
    speakers = {claim.speaker_id}
    proposed = change.state is ChangeState.PROPOSED
    if accept == proposed and not _apply(session, now, change, new=accept, by=by):
        change.state, change.decided_by, change.decided_at = ChangeState.OUTDATED, by, now
        session.add(change)
        return False
    if change.field.startswith(TOPIC):
        _keep_link(session, change)
    change.state = ChangeState.ACCEPTED if accept else ChangeState.REFUSED
    change.decided_by, change.decided_at = by, now
    session.add(change)
    session.flush()
    action = "proposed change" if proposed else "change by a rereading"
    audit.write(
        session, now, actor=by, action=f"{action} {'accepted' if accept else 'refused'}: {change.field}",
        subject=f"claim:{change.claim_id}", field=change.field, old=in_words(change.old), new=in_words(change.new),
    )  # fmt: skip
    refresh_shifts(session, now, [claim.id], speakers, by)  # nobody is told of them
    return True


def _apply(session: Session, now: datetime, change: ReadingChange, *, new: bool, by: str) -> bool:
    """Bring a statement to one side of a change."""
    kind, _, topic_id = change.field.partition(":")
    if not topic_id:
        return speech.apply(session, now, change, new=new)
    wanted = change.new if new else change.old
    if f"{kind}:" == TOPIC:
        set_link(session, change.claim_id, topic_id, linked=wanted["linked"], matched=wanted["matched"])
        return True
    position_id = wanted["position_id"]
    if change.state is ChangeState.PROPOSED:
        confirm(session, now, by=by, claim_id=change.claim_id, topic_id=topic_id, position_id=position_id)
        return True
    found = Suggestion(position_id, tuple(wanted.get("reasons", ()))) if position_id is not None else None
    suggest_anew(session, now, change.claim_id, topic_id, found)
    return True


def _keep_link(session: Session, change: ReadingChange) -> None:
    """What a person decided of a topic no rule changes any more."""
    link = session.exec(
        select(ClaimTopic).where(
            ClaimTopic.claim_id == change.claim_id, ClaimTopic.topic_id == change.field.removeprefix(TOPIC)
        )
    ).first()
    if link is not None:
        link.by_hand = True
        session.add(link)
