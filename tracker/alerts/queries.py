"""Questions of the alerts floor: who follows what, what is due, and the substance of each mail."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.alerts.models import Delivery, DeliveryState, Subscription, SubscriptionState
from tracker.archive import queries as archive
from tracker.archive.models import Document, Snapshot
from tracker.archive.urls import on_the_web
from tracker.positions import queries as positions
from tracker.positions import shift_rule
from tracker.positions.ledger.codings import in_force
from tracker.positions.models import ClaimTopic, CodingState, Position, Shift, Topic
from tracker.speech import anchor, phrasing
from tracker.speech.ledger.source_status import EDITED
from tracker.speech.models import Appearance, Claim, SourceStatus, Speaker
from tracker.speech.phrasing import ShownWords
from tracker.speech.queries import roles


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementItem:
    """One statement as a mail shows it."""

    public_id: str
    speaker: str
    role: str | None
    words: ShownWords
    manner: str
    said: str
    precision: str
    evidence: str
    question: str | None
    position: str | None
    matched: str
    sources: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class ShiftItem:
    """One shift as a mail shows it: two statements and the verdict on them, in the words of the pages."""

    speaker: str
    before: StatementItem
    after: StatementItem
    finding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeItem:
    """One quote whose source changed."""

    statement: StatementItem
    outlet: str
    address: str | None
    what: str
    now_reads: str | None
    """What stands there in place of the words, where they were changed."""
    snapshot: str


@dataclass(frozen=True, slots=True)
class OutboxStatus:
    """What is due and not sent: since when the oldest, how many; and when the last mail went."""

    oldest_due: datetime | None
    due: int
    last_sent: datetime | None


def subscriptions_to(session: Session, topic_ids: Sequence[str]) -> list[Subscription]:
    """Confirmed subscriptions to any of these topics."""
    return list(
        session.exec(
            select(Subscription).where(
                col(Subscription.topic_id).in_(topic_ids), Subscription.state == SubscriptionState.CONFIRMED
            )
        )
    )


def has_subscription(session: Session, address_folded: str) -> bool:
    """Whether an address follows anything now."""
    query = select(Subscription.id).where(
        Subscription.address_folded == address_folded, Subscription.state == SubscriptionState.CONFIRMED
    )
    return session.exec(query.limit(1)).first() is not None


def topic_name(session: Session, topic_id: str) -> str:
    """The name of a topic."""
    return session.get_one(Topic, topic_id).name


def claim_item(session: Session, claim_id: int, topic_id: str) -> StatementItem:
    """The substance of one statement on one topic."""
    claim = session.get_one(Claim, claim_id)
    speaker = session.get(Speaker, claim.speaker_id) if claim.speaker_id else None
    said, precision = phrasing.said(claim.said_from, claim.said_to, claim.said_precision)
    rows = session.exec(
        select(Document.outlet, Document.url)
        .join(Snapshot, col(Snapshot.document_id) == col(Document.id))
        .join(Appearance, col(Appearance.snapshot_id) == col(Snapshot.id))
        .where(Appearance.claim_id == claim_id)
        .order_by(col(Document.id))
    ).all()
    link = session.exec(
        select(ClaimTopic.matched).where(ClaimTopic.claim_id == claim_id, ClaimTopic.topic_id == topic_id)
    ).first()
    return StatementItem(
        public_id=claim.public_id,
        speaker=speaker.name if speaker else (claim.speaker_text or "Speaker not resolved"),
        role=roles(session, [claim])[claim.id],
        words=phrasing.show_words(claim.text, claim.kind, claim.polarity),
        manner=phrasing.MANNER[claim.kind],
        said=said,
        precision=precision,
        evidence=_evidence(claim),
        question=claim.question,
        position=_position(session, claim_id, topic_id),
        matched=", ".join(link or []),
        sources=tuple(dict.fromkeys((outlet or "outlet not recorded", on_the_web(url)) for outlet, url in rows)),
    )


def shift_item(session: Session, shift_id: int) -> ShiftItem:
    """The substance of one shift."""
    shift = session.get_one(Shift, shift_id)
    before = claim_item(session, shift.before_claim_id, shift.topic_id)
    after = claim_item(session, shift.after_claim_id, shift.topic_id)
    finding = shift_rule.verdict_sentence(positions.verdicts(session, [shift])[shift.id])
    return ShiftItem(session.get_one(Speaker, shift.speaker_id).name, before, after, finding)


def change_item(session: Session, appearance_id: int, topic_id: str) -> ChangeItem:
    """The substance of one change at a source."""
    appearance = session.get_one(Appearance, appearance_id)
    snapshot = session.get_one(Snapshot, appearance.snapshot_id)
    document = session.get_one(Document, snapshot.document_id)
    return ChangeItem(
        statement=claim_item(session, appearance.claim_id, topic_id),
        outlet=document.outlet or "outlet not recorded",
        address=on_the_web(document.url),
        what=_what_changed(appearance),
        now_reads=_now_reads(session, appearance, document),
        snapshot=snapshot.sha256,
    )


def _what_changed(appearance: Appearance) -> str:
    edited = appearance.reasons.get(EDITED)
    if edited and appearance.state is SourceStatus.CHANGED:
        return f"the words are {phrasing.edits(edited)}"
    return {
        SourceStatus.CHANGED: "the quoted words were changed at the source",
        SourceStatus.MISSING: "the quoted words are no longer on the page",
        SourceStatus.REMOVED: "the page is no longer at its address",
        SourceStatus.INTACT: "the statement is restored as it was read",
    }[appearance.state]


def _now_reads(session: Session, appearance: Appearance, document: Document) -> str | None:
    if appearance.state is not SourceStatus.CHANGED or EDITED in appearance.reasons:
        return None
    newest = archive.newest_readable(session, document.id)
    return anchor.now_reads(appearance.exact, newest.text) if newest else None


def outbox_status(session: Session, now: datetime) -> OutboxStatus:
    """How the outbox stands. A mail counts from when it was due first: each failed try moves `due_at` into the future."""
    due = sa.func.coalesce(col(Delivery.first_taken_at), col(Delivery.due_at))
    waiting = sa.and_(col(Delivery.state).in_([DeliveryState.OWED, DeliveryState.TAKEN]), due <= now)
    oldest, number = session.exec(select(sa.func.min(due), sa.func.count()).where(waiting)).one()
    if not number:
        return OutboxStatus(None, 0, None)
    last = session.exec(select(sa.func.max(col(Delivery.sent_at))).where(col(Delivery.sent_at) <= now)).one()
    return OutboxStatus(oldest, number, last)


def _position(session: Session, claim_id: int, topic_id: str) -> str | None:
    coding = in_force(session, claim_id, topic_id)
    if coding is None:
        return None
    state = "confirmed" if coding.state == CodingState.CONFIRMED else "suggested"
    if coding.position_id is None:
        return f"{coding.reading.value} ({state})"
    position = session.get_one(Position, coding.position_id)
    return f"{position.step} {position.label} ({state})"


def _evidence(claim: Claim) -> str:
    if not claim.said_basis:
        return "none in the source"
    plain = {"published": "day of publication", "header": "header of the page", "by hand": "entered by hand"}
    return plain.get(claim.said_basis, f"“{claim.said_basis}”")


def told_of(session: Session, claim_ids: Collection[int]) -> set[int]:
    """Those of these claims about which somebody is owed a mail, or got one."""
    subjects = {f"claim:{number}": number for number in claim_ids}
    rows = session.exec(select(Delivery.subject).where(col(Delivery.subject).in_(subjects)).distinct())
    return {subjects[subject] for subject in rows}
