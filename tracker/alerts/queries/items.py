"""The substance of what a mail, a feed or a webhook tells: statements, shifts, and changes at sources."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from tracker.archive import queries as archive
from tracker.archive.models import Document, Snapshot
from tracker.archive.urls import on_the_web
from tracker.positions import queries as positions
from tracker.positions import shift_rule
from tracker.positions.models import ClaimTopic, Shift, Topic
from tracker.speech import anchor, phrasing, wording
from tracker.speech.ledger.source_status import EDITED
from tracker.speech.models import Appearance, Claim, Correction, SourceStatus, Speaker
from tracker.speech.phrasing import ShownWords
from tracker.speech.queries import roles

MOST_PIECES = 12
"""Pieces of a word-by-word difference; of more nobody sees what was added and dropped."""


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
    where: str | None
    """Channel and place, as far as the source tells them."""
    positions: tuple[str, ...]
    """On each topic that has one: "The toll: 3 For (suggested)"."""
    matched: str
    sources: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftItem:
    """One shift as a mail shows it: two statements and the verdict on them, in the words of the pages."""

    speaker: str
    before: StatementItem
    after: StatementItem
    finding: str
    topic: str
    added: tuple[str, ...] = ()
    """Runs of words that only the later statement has; none where the two are put so differently that it tells nothing."""
    dropped: tuple[str, ...] = ()
    """Runs of words that only the earlier one has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionItem:
    """What an editor corrected in a statement that was told before, with the statement as it stands now."""

    statement: StatementItem
    day: str
    what: tuple[str, ...]
    """Each correction in words: "day: Tue 7 May 2024 (before: Mon 6 May 2024), because …"."""


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


def claim_item(session: Session, claim_id: int) -> StatementItem:
    """The substance of one statement."""
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
    links = session.exec(
        select(ClaimTopic.matched)
        .where(ClaimTopic.claim_id == claim_id, col(ClaimTopic.removed).is_(False))
        .order_by(ClaimTopic.topic_id)
    ).all()
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
        where=", ".join(one for one in (claim.channel, claim.venue) if one) or None,
        positions=_positions(session, claim_id),
        matched=", ".join(dict.fromkeys(term for terms in links for term in terms)),
        sources=tuple(dict.fromkeys((outlet or "outlet not recorded", on_the_web(url)) for outlet, url in rows)),
    )


def shift_item(session: Session, shift_id: int) -> ShiftItem:
    """The substance of one shift."""
    shift = session.get_one(Shift, shift_id)
    before = claim_item(session, shift.before_claim_id)
    after = claim_item(session, shift.after_claim_id)
    finding = shift_rule.verdict_sentence(positions.verdicts(session, [shift])[shift.id])
    topic = session.get_one(Topic, shift.topic_id).name
    pieces = wording.difference(before.words.text, after.words.text)
    if len(pieces) > MOST_PIECES:
        pieces = ()
    return ShiftItem(
        speaker=session.get_one(Speaker, shift.speaker_id).name,
        before=before,
        after=after,
        finding=finding,
        topic=topic,
        added=tuple(piece.text.strip() for piece in pieces if piece.kind == "new" and piece.text.strip()),
        dropped=tuple(piece.text.strip() for piece in pieces if piece.kind == "gone" and piece.text.strip()),
    )


def correction_items(session: Session, correction_ids: Sequence[int]) -> list[CorrectionItem]:
    """The substance of these corrections, those of one statement together."""
    rows = session.exec(select(Correction).where(col(Correction.id).in_(correction_ids)).order_by(col(Correction.id)))
    by_claim: dict[int, list[Correction]] = {}
    for row in rows:
        by_claim.setdefault(row.claim_id, []).append(row)
    return [
        CorrectionItem(
            statement=claim_item(session, claim_id),
            day=phrasing.day(made[-1].at.date()),
            what=tuple(
                f"{one.field}: {one.new} (before: {one.old})" + (f", because {one.reason}" if one.reason else "")
                for one in made
            ),
        )
        for claim_id, made in by_claim.items()
    ]


def change_item(session: Session, appearance_id: int) -> ChangeItem:
    """The substance of one change at a source."""
    appearance = session.get_one(Appearance, appearance_id)
    snapshot = session.get_one(Snapshot, appearance.snapshot_id)
    document = session.get_one(Document, snapshot.document_id)
    return ChangeItem(
        statement=claim_item(session, appearance.claim_id),
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


def _positions(session: Session, claim_id: int) -> tuple[str, ...]:
    """The confirmed coding on each topic, in words: what only the machine suggests is in no mail."""
    told = []
    names = {topic.id: topic.name for topic in positions.topics_of(session, [claim_id]).get(claim_id, [])}
    for (_, topic_id), coding in sorted(positions.codings(session, [claim_id], confirmed=True).items()):
        if topic_id not in names:
            continue
        words = f"{coding.step} {coding.label}" if coding.label else coding.reading.value
        told.append(f"{names[topic_id]}: {words} (confirmed)")
    return tuple(told)


def _evidence(claim: Claim) -> str:
    if not claim.said_basis:
        return "none in the source"
    plain = {"published": "day of publication", "header": "header of the page", "by hand": "entered by hand"}
    return plain.get(claim.said_basis, f"“{claim.said_basis}”")
