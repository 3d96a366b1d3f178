"""Writes of the alerts floor: what is owed to whom (once: a unique key), and what is dropped when an alert ends.

Sign-up, followers' own settings and sending have modules of their own: `ledger.sign_up`, `ledger.followers`, `ledger.outbox`.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from tracker.alerts.digest import DigestSchedule, MailClock
from tracker.alerts.ledger import followers
from tracker.alerts.models import (
    Delivery,
    DeliveryState,
    Follower,
    MutedSpeaker,
    Occasion,
    Subscription,
    SubscriptionState,
)
from tracker.alerts.queries.matching import queries_by_statement, queries_that_find
from tracker.db import UTCDateTime
from tracker.positions.ledger.shifts import ShiftChanges
from tracker.positions.models import Shift
from tracker.speech.ledger.source_status import Changed
from tracker.speech.models import Appearance, Claim, Correction
from tracker.speech.queries.corrections import corrections

OFF_RECORD = "the alert does not find the statement any more"

_WANTED: dict[Occasion, sa.ColumnElement[bool]] = {
    Occasion.NEW_CLAIMS: col(Subscription.claims).is_(True),
    Occasion.SHIFT: col(Subscription.shifts).is_(True),
    Occasion.SOURCE_CHANGED: col(Subscription.changes).is_(True),
}
_UNTRIED = (sa.literal(DeliveryState.OWED.value), sa.literal(0))
_ROW = ("follower_id", "medium", "subscription_id", "occasion", "subject", "owed_at", "due_at", "state", "tries")


def enqueue_claim(session: Session, now: datetime, claim: Claim, digests: DigestSchedule) -> int:
    """Enqueue the messages about a new statement; how many are new. None is enqueued twice."""
    return enqueue_claims(session, now, [claim], digests)


def enqueue_claims(session: Session, now: datetime, claims: Sequence[Claim], digests: DigestSchedule) -> int:
    """Enqueue the messages about new statements, those of a document together; how many are new."""
    found = queries_by_statement(session, [claim.id for claim in claims])
    return sum(
        enqueue(
            session,
            now,
            occasion=Occasion.NEW_CLAIMS,
            subject=f"claim:{claim.id}",
            speaker_id=claim.speaker_id,
            query_ids=found[claim.id],
            digests=digests,
        )
        for claim in claims
        if claim.id in found
    )


def enqueue_change(session: Session, now: datetime, *, change: Changed, look: str, digests: DigestSchedule) -> int:
    """Enqueue the messages about what became of a statement's words at a source; how many are new.

    `look` is the version or removal that showed it: one message about each.
    """
    claim = session.get_one(Claim, change.appearance.claim_id)
    return enqueue(
        session,
        now,
        occasion=Occasion.SOURCE_CHANGED,
        subject=f"appearance:{change.appearance.id}:{look}",
        speaker_id=claim.speaker_id,
        query_ids=queries_that_find(session, claim.id),
        digests=digests,
    )


def enqueue_shifts(session: Session, now: datetime, changes: ShiftChanges, digests: DigestSchedule) -> int:
    """Enqueue the messages about the shifts that a decision made, and drop those about the ones it withdrew; how many are new.

    A shift is a proposal until it is signed, and nobody is told of it. It concerns
    whose query finds one of its two statements on its topic. One that is back after a while is owed to those who
    were not told yet, and to nobody twice.
    """
    drop_withdrawn(session)
    new = 0
    for shift in changes.made:
        if shift.signed_at is None or shift.withdrawn_at is not None:
            continue
        found = _queries_of_shift(session, shift)
        subject = f"shift:{shift.id}"
        new += enqueue(
            session,
            now,
            occasion=Occasion.SHIFT,
            subject=subject,
            speaker_id=shift.speaker_id,
            query_ids=found,
            digests=digests,
        )
        new += _enqueue_again(session, now, subject, found, digests)
    return new


def enqueue_corrections(session: Session, now: datetime, claim_ids: Collection[int], digests: DigestSchedule) -> int:
    """Enqueue the messages about corrections of these statements for everybody who was told the wrong thing; how many are new.

    Whoever got the statement before it was corrected, and follows still, is told of each correction once.
    """
    drop_undone(session)
    new = 0
    for claim_id, standing in corrections(session, claim_ids).items():
        for correction in standing:
            new += _enqueue_correction(session, now, claim_id, correction, digests)
    return new


def _enqueue_correction(
    session: Session, now: datetime, claim_id: int, correction: Correction, digests: DigestSchedule
) -> int:
    told = sa.orm.aliased(Delivery)
    concerned = (
        col(told.subject) == f"claim:{claim_id}",
        col(told.occasion) == Occasion.NEW_CLAIMS,
        sa.or_(col(told.sent_at) <= correction.at, col(told.state) == DeliveryState.TAKEN),
        col(Subscription.id) == col(told.subscription_id),
        col(Subscription.state) == SubscriptionState.CONFIRMED,
    )
    clocks = session.exec(select(Subscription.clock).where(*concerned).distinct()).all()
    if not clocks:
        return 0
    rows = sa.select(
        col(told.follower_id),
        col(told.medium),
        col(told.subscription_id),
        *_message(now, Occasion.CORRECTED, f"correction:{correction.id}"),
        _due(clocks, now, digests),
        *_UNTRIED,
    ).where(*concerned)
    return _insert(session, rows)


def drop_undone(session: Session) -> None:
    """Drop what is owed and not yet sent about corrections that an editor undid."""
    subjects = select(sa.literal("correction:") + sa.cast(col(Correction.id), sa.String)).where(
        col(Correction.undone_at).is_not(None)
    )
    session.connection().execute(
        sa.update(Delivery)
        .where(
            col(Delivery.state) == DeliveryState.OWED,
            col(Delivery.occasion) == Occasion.CORRECTED,
            col(Delivery.subject).in_(subjects),
        )
        .values(state=DeliveryState.DROPPED, error="the correction was undone")
    )


def drop_hidden(session: Session, claim_ids: Collection[int]) -> int:
    """Drop what is owed and not yet sent about statements that the alert does not find any more; how many.

    They are off the record, off the topic, or have another speaker or day by now.
    """
    dropped = 0
    for number in claim_ids:
        found = queries_that_find(session, number)
        stays = select(Subscription.id).where(col(Subscription.query_id).in_(found))
        done = session.connection().execute(
            sa.update(Delivery)
            .where(
                col(Delivery.state) == DeliveryState.OWED,
                col(Delivery.occasion) == Occasion.NEW_CLAIMS,
                col(Delivery.subject) == f"claim:{number}",
                col(Delivery.subscription_id).not_in(stays),
            )
            .values(state=DeliveryState.DROPPED, error=OFF_RECORD)
        )
        dropped += done.rowcount
    return dropped


def owe_again(session: Session, claim_ids: Collection[int]) -> int:
    """Owe again what was dropped because an alert found a statement no more, where an editor undid that; how many."""
    owed = 0
    for number in claim_ids:
        found = queries_that_find(session, number)
        again = select(Subscription.id).where(
            col(Subscription.query_id).in_(found), col(Subscription.state) == SubscriptionState.CONFIRMED
        )
        done = session.connection().execute(
            sa.update(Delivery)
            .where(
                col(Delivery.state) == DeliveryState.DROPPED,
                col(Delivery.error) == OFF_RECORD,
                col(Delivery.subject) == f"claim:{number}",
                col(Delivery.subscription_id).in_(again),
            )
            .values(state=DeliveryState.OWED, error=None)
        )
        owed += done.rowcount
    drop_hidden(session, claim_ids)
    return owed


def _queries_of_shift(session: Session, shift: Shift) -> list[int]:
    both = (shift.before_claim_id, shift.after_claim_id)
    return sorted({one for claim in both for one in queries_that_find(session, claim, topics=[shift.topic_id])})


def enqueue(
    session: Session,
    now: datetime,
    *,
    occasion: Occasion,
    subject: str,
    speaker_id: int | None,
    query_ids: Sequence[int],
    digests: DigestSchedule,
) -> int:
    """Insert one message for each follower of these queries, in one statement; what a unique key holds is passed over.

    Of several alerts of one follower the one that is due first is told. Followers who pause are told when they go on.
    """
    concerned = _concerned(occasion, query_ids, speaker_id)
    clocks = session.exec(select(Subscription.clock).where(*concerned).distinct()).all()
    if not clocks:
        return 0
    due = _due(clocks, now, digests)
    paused = sa.case((col(Follower.paused_until) > due, col(Follower.paused_until)), else_=due)
    rows = (
        sa.select(
            col(Subscription.follower_id),
            sa.func.min(col(Follower.medium)),
            sa.func.min(col(Subscription.id)),
            *_message(now, occasion, subject),
            sa.func.min(paused),
            *_UNTRIED,
        )
        .join(Follower, col(Follower.id) == col(Subscription.follower_id))
        .where(*concerned)
        .group_by(col(Subscription.follower_id))
    )
    return _insert(session, rows)


def _message(now: datetime, occasion: Occasion, subject: str) -> tuple[sa.ColumnElement[Any], ...]:
    return sa.literal(occasion.value), sa.literal(subject), sa.literal(now, UTCDateTime)


def _due(clocks: Sequence[str], now: datetime, digests: DigestSchedule) -> sa.ColumnElement[datetime]:
    """When a message owed now goes out, by the clock of its alert."""
    moments = {code: sa.literal(MailClock.read(code).due_at(now, digests), UTCDateTime) for code in clocks}
    return sa.case(moments, value=col(Subscription.clock))


def _insert(session: Session, rows: sa.Select[Any]) -> int:
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(Delivery).from_select(_ROW, rows).on_conflict_do_nothing()
    done = session.connection().execute(statement, execution_options={"preserve_rowcount": True})
    return max(0, done.rowcount)


def _concerned(
    occasion: Occasion, query_ids: Sequence[int], speaker_id: int | None
) -> tuple[sa.ColumnElement[bool], ...]:
    """Alerts that are told of something: confirmed ones on these queries, whose follower did not mute its speaker."""
    muted = sa.exists().where(
        col(MutedSpeaker.follower_id) == col(Subscription.follower_id), col(MutedSpeaker.speaker_id) == speaker_id
    )
    return (
        col(Subscription.query_id).in_(query_ids),
        col(Subscription.state) == SubscriptionState.CONFIRMED,
        _WANTED[occasion],
        *([] if speaker_id is None else [~muted]),
    )


def _enqueue_again(
    session: Session, now: datetime, subject: str, query_ids: Sequence[int], digests: DigestSchedule
) -> int:
    """Enqueue the messages about a shift anew that were dropped before their turn; how many. What was sent stays sent."""
    dropped = session.exec(
        select(Delivery, Subscription)
        .join(Subscription, col(Subscription.id) == col(Delivery.subscription_id))
        .where(
            Delivery.subject == subject,
            Delivery.occasion == Occasion.SHIFT,
            Delivery.state == DeliveryState.DROPPED,
            Subscription.state == SubscriptionState.CONFIRMED,
            col(Subscription.query_id).in_(query_ids),
        )
    ).all()
    for row, subscription in dropped:
        row.owed_at, row.due_at = now, MailClock.read(subscription.clock).due_at(now, digests)
        row.state, row.tries, row.error = DeliveryState.OWED, 0, None
        row.message_id = row.first_taken_at = row.taken_at = row.taken_by = None
        session.add(row)
    session.flush()
    return len(dropped)


def unsubscribe(
    session: Session,
    now: datetime,
    follower_id: int,
    digests: DigestSchedule,
    subscription_ids: Collection[int] | None = None,
) -> None:
    """End these alerts of a follower, or all of them, at once.

    What waits in the outbox for them is dropped, but for what another of the follower's alerts finds, too: that is owed to it.
    """
    followers.stop(session, now, follower_id, subscription_ids)
    left = session.exec(
        select(Subscription).where(
            Subscription.follower_id == follower_id, Subscription.state == SubscriptionState.CONFIRMED
        )
    ).all()
    waiting = session.exec(
        select(Delivery)
        .join(Subscription, col(Subscription.id) == col(Delivery.subscription_id))
        .where(
            Delivery.follower_id == follower_id,
            Delivery.state == DeliveryState.OWED,
            Subscription.state == SubscriptionState.STOPPED,
        )
    ).all()
    for row in waiting:
        heir = _also_owed_to(session, row, left) if left and row.occasion in _WANTED else None
        if heir is None:
            row.state, row.error, row.token = DeliveryState.DROPPED, "the follower left", None
        else:
            row.subscription_id = heir.id
            row.due_at = MailClock.read(heir.clock).due_at(now, digests)
        session.add(row)
    session.flush()


def _also_owed_to(session: Session, row: Delivery, among: Sequence[Subscription]) -> Subscription | None:
    """The first of a follower's other alerts that is told of the same thing."""
    number = int(row.subject.split(":")[1])
    if row.occasion == Occasion.SHIFT:
        found = _queries_of_shift(session, session.get_one(Shift, number))
    else:
        is_claim = row.occasion == Occasion.NEW_CLAIMS
        claim_id = number if is_claim else session.get_one(Appearance, number).claim_id
        found = queries_that_find(session, claim_id)
    wants = {Occasion.NEW_CLAIMS: "claims", Occasion.SHIFT: "shifts", Occasion.SOURCE_CHANGED: "changes"}[row.occasion]
    return next((one for one in among if one.query_id in found and getattr(one, wants)), None)


def drop_withdrawn(session: Session) -> None:
    """Drop what is owed and not yet sent about shifts that do not follow any more."""
    subjects = select(sa.literal("shift:") + sa.cast(col(Shift.id), sa.String)).where(
        col(Shift.withdrawn_at).is_not(None)
    )
    session.connection().execute(
        sa.update(Delivery)
        .where(
            col(Delivery.state) == DeliveryState.OWED,
            col(Delivery.occasion) == Occasion.SHIFT,
            col(Delivery.subject).in_(subjects),
        )
        .values(state=DeliveryState.DROPPED, error="the shift was withdrawn")
    )
