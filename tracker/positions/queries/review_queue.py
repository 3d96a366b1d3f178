"""Reads of the desk's queue: what of each kind waits for an editor, how much, and what may stand beside an item.

Each kind is walked by a key of its own, so that a page of the queue costs the same wherever it begins.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.positions.models import ClaimTopic, Coding, CodingReading, CodingState, Position, SecondCoding, TopicBorder
from tracker.positions.queries import border_rows, coding_rows, shift_rows
from tracker.speech.models import OPEN_PAIRS, TO_PUBLISH, Appearance, Claim, LookAlike, Office, Speaker
from tracker.speech.queries import SpeakerRef, role, shown, unsure
from tracker.speech.queries.unsure import Doubt
from tracker.speech.states import HIDDEN

MOST_COUNTED = 1_000
"""Where a queue is longer, nobody needs to know how long."""


class QueueKind(StrEnum):
    """What there is to decide, in the order of the tabs; the values stand in addresses."""

    SPEAKERS = "speakers"
    DAYS = "days"
    CONFLICTS = "conflicts"
    SOURCES = "sources"
    ALIKE = "alike"
    TOPICS = "topics"
    CODINGS = "codings"
    SECOND = "second"
    SHIFTS = "shifts"
    PUBLISH = "publish"


DOUBTS = {
    QueueKind.SPEAKERS: (Doubt.SPEAKER,),
    QueueKind.DAYS: (Doubt.NO_DAY, Doubt.LOOSE_DAY),
    QueueKind.CONFLICTS: (Doubt.DAYS_DIFFER, Doubt.PLACES_DIFFER),
    QueueKind.SOURCES: (Doubt.EDITED,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One item of a queue. `key` is its place; `topic_id` is set for what is about one; `row_id` for pairs and shifts too."""

    key: int
    claim_id: int
    topic_id: str | None = None
    row_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerCandidate:
    """Somebody who may have said it, with what speaks for them."""

    who: SpeakerRef
    office: str | None
    """The office that the record knows to be held on the day."""
    in_document: int
    """Other statements of theirs in the same document."""


def count(session: Session, kind: QueueKind, by: str = "") -> int:
    """How many items of a kind wait; not counted beyond `MOST_COUNTED`. `by` is who asks, for second codings."""
    if kind in DOUBTS:
        return min(sum(unsure.count(session, doubt) for doubt in DOUBTS[kind]), MOST_COUNTED)
    if kind is QueueKind.SHIFTS:
        return min(shift_rows.count_proposed_shifts(session), MOST_COUNTED)
    some = _query(kind, by).limit(MOST_COUNTED).subquery()
    return int(session.connection().execute(sa.select(sa.func.count()).select_from(some)).scalar_one())


def waiting(session: Session, kind: QueueKind, size: int, *, by: str = "", start: int | None = None) -> list[Waiting]:
    """Items of a kind in their order, from the one with the key `start` on."""
    if kind in DOUBTS:
        rows = [
            Waiting(key=row.key, claim_id=row.claim_id)
            for doubt in DOUBTS[kind]
            for row in unsure.page(session, doubt, None if start is None else start + 1, size).rows
        ]
        return _once(sorted(rows, key=lambda row: -row.key))[:size]
    if kind is QueueKind.SHIFTS:
        found = shift_rows.proposed_shifts(session, MOST_COUNTED)
        ids = [row.shift for row in found if start is None or row.shift.id <= start]
        return [Waiting(key=row.id, claim_id=row.after_claim_id, row_id=row.id) for row in ids[:size]]
    key = _KEYS[kind]
    query = _query(kind, by).order_by(key.desc() if kind is QueueKind.ALIKE else key).limit(size)
    if start is not None:
        query = query.where(key <= start if kind is QueueKind.ALIKE else key >= start)
    return [
        Waiting(key=row[0], claim_id=row[1], topic_id=row[2], row_id=row[0])
        for row in session.connection().execute(query)
    ]


def key_of(session: Session, kind: QueueKind, claim_id: int, topic_id: str | None = None) -> int | None:
    """Where a statement stands in the queue of a kind, whether it still waits there or not."""
    if kind is QueueKind.CODINGS:
        return session.exec(
            select(ClaimTopic.id).where(ClaimTopic.claim_id == claim_id, ClaimTopic.topic_id == topic_id)
        ).first()
    if kind is QueueKind.TOPICS:
        found = border_rows.border(session, claim_id, topic_id or "")
        return found.place if found else None
    if kind is QueueKind.SOURCES:
        return session.exec(select(sa.func.max(Appearance.id)).where(Appearance.claim_id == claim_id)).first()
    return claim_id


def candidates(session: Session, claim: Claim, limit: int = 6) -> list[SpeakerCandidate]:
    """Those the reader thought of, then those who speak elsewhere in the same documents, the most often first."""
    places = select(Appearance.snapshot_id).where(Appearance.claim_id == claim.id)
    beside = (
        select(Claim.speaker_id, sa.func.count())
        .join(Appearance, col(Appearance.claim_id) == col(Claim.id))
        .where(
            col(Appearance.snapshot_id).in_(places), col(Claim.speaker_id).is_not(None), Claim.id != claim.id, shown()
        )
        .group_by(col(Claim.speaker_id))
        .order_by(sa.func.count().desc())
        .limit(limit)
    )
    counts = {number: total for number, total in session.exec(beside) if number is not None}
    named = session.exec(
        select(Speaker).where(col(Speaker.name).in_(claim.candidates), col(Speaker.merged_into).is_(None))
    ).all()
    first = [one.id for one in sorted(named, key=lambda one: claim.candidates.index(one.name))]
    ids = list(dict.fromkeys([*first, *counts]))[:limit]
    rows = {one.id: one for one in session.exec(select(Speaker).where(col(Speaker.id).in_(ids)))}
    offices = session.exec(
        select(Office).where(col(Office.speaker_id).in_(ids)).order_by(col(Office.from_on).desc(), col(Office.id))
    ).all()
    found = []
    for number in ids:
        office = next((one for one in offices if one.speaker_id == number and _held(one, claim)), None)
        found.append(
            SpeakerCandidate(
                who=SpeakerRef(number, rows[number].slug, rows[number].name),
                office=role(office) if office else None,
                in_document=counts.get(number, 0),
            )
        )
    return found


def second_codings(session: Session, topic_id: str) -> list[tuple[int, Coding, SecondCoding]]:
    """Statements of a topic that two people coded: the claim, the confirmed coding in force, and each second one."""
    return [
        (first.claim_id, first, second)
        for first, second in session.exec(
            select(Coding, SecondCoding)
            .join(
                SecondCoding,
                sa.and_(
                    col(SecondCoding.claim_id) == col(Coding.claim_id),
                    col(SecondCoding.topic_id) == col(Coding.topic_id),
                ),
            )
            .where(
                SecondCoding.topic_id == topic_id,
                Coding.state == CodingState.CONFIRMED,
                col(Coding.id) == coding_rows.in_force(col(SecondCoding.claim_id), topic_id),
                Coding.by != SecondCoding.by,
            )
        )
    ]


def has_coded_second(session: Session, claim_id: int, topic_id: str, by: str) -> bool:
    """Whether somebody coded a statement on a topic as a second person already."""
    mine = select(SecondCoding.id).where(
        SecondCoding.claim_id == claim_id, SecondCoding.topic_id == topic_id, SecondCoding.by == by
    )
    return session.exec(mine).first() is not None


def steps_of(session: Session, topic_id: str) -> list[Position]:
    """Every step of every version of a topic's scale."""
    return list(session.exec(select(Position).where(Position.topic_id == topic_id)))


def topics_coded_twice(session: Session) -> list[str]:
    """The topics on which somebody coded as a second person."""
    return sorted(session.exec(select(SecondCoding.topic_id).distinct()))


_KEYS: dict[QueueKind, Any] = {
    QueueKind.ALIKE: col(LookAlike.id),
    QueueKind.TOPICS: col(TopicBorder.place),
    QueueKind.CODINGS: col(ClaimTopic.id),
    QueueKind.SECOND: col(Coding.id),
    QueueKind.PUBLISH: col(Claim.id),
}


def _query(kind: QueueKind, by: str) -> Any:  # noqa: ANN401 - a SELECT of key, claim and topic
    none: sa.ColumnElement[str | None] = sa.null()  # type: ignore[assignment]
    if kind is QueueKind.ALIKE:
        other = sa.orm.aliased(Claim)
        return (
            sa.select(col(LookAlike.id), col(LookAlike.other_id), none)
            .join(Claim, col(Claim.id) == col(LookAlike.claim_id))
            .join(other, col(other.id) == col(LookAlike.other_id))
            .where(sa.text(f"look_alike.{OPEN_PAIRS}"), shown(), col(other.merged_into).is_(None))
            .where(col(other.status).not_in(HIDDEN))
        )
    if kind is QueueKind.TOPICS:
        return border_rows.undecided_borders()
    if kind is QueueKind.CODINGS:
        return (
            sa.select(col(ClaimTopic.id), col(ClaimTopic.claim_id), col(ClaimTopic.topic_id))
            .join(Claim, col(Claim.id) == col(ClaimTopic.claim_id))
            .where(*coding_rows.uncoded())
        )
    if kind is QueueKind.SECOND:
        mine = sa.exists().where(
            col(SecondCoding.claim_id) == col(Coding.claim_id), col(SecondCoding.topic_id) == col(Coding.topic_id)
        )
        return (
            sa.select(col(Coding.id), col(Coding.claim_id), col(Coding.topic_id))
            .join(Claim, col(Claim.id) == col(Coding.claim_id))
            .where(
                col(Coding.state) == CodingState.CONFIRMED,
                col(Coding.by) != by,
                col(Coding.reading) != CodingReading.OFF_TOPIC,
                col(Coding.id) == coding_rows.in_force(col(Coding.claim_id), col(Coding.topic_id)),
                shown(),
                ~mine,
            )
        )
    return sa.select(col(Claim.id), col(Claim.id), none).where(sa.text(f"claim.{TO_PUBLISH}"), shown())


def _held(office: Office, claim: Claim) -> bool:
    if claim.said_from is None or claim.said_to is None:
        return office.to_on is None
    return office.from_on <= claim.said_from and (office.to_on is None or claim.said_to <= office.to_on)


def _once(rows: list[Waiting]) -> list[Waiting]:
    seen: set[int] = set()
    return [row for row in rows if not (row.claim_id in seen or seen.add(row.claim_id))]  # type: ignore[func-returns-value]
