"""Writes that make one utterance one claim: which claim is the same one (`same_statement`), which wording stands for it."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker import audit
from tracker.archive.models import Document, Snapshot
from tracker.db import insert_all
from tracker.speech import same_statement, wording
from tracker.speech.models import Appearance, Claim, Fingerprint, Form, Status
from tracker.speech.queries import survivor

GAP = " […] "
"""Stands in the reference wording where the outlet's own words stood between two pieces of a quotation."""
COMMON = 64
"""A fingerprint shared by more claims than this says nothing."""


def find_same(session: Session, claim: Claim, document: Document) -> Claim | None:
    """The claim of the record that is this very utterance, or None."""
    exact = session.exec(select(Claim).where(Claim.identity_key == claim.identity_key)).first()
    if exact is not None:
        return survivor(session, exact) or exact
    if claim.speaker_id is None or claim.said_from is None or claim.kind not in same_statement.WHOLE:
        return None
    shared = (
        select(Fingerprint.claim_id, sa.func.count().label("shared"))
        .where(col(Fingerprint.hash).in_(_telling(session, claim.folded)))
        .group_by(col(Fingerprint.claim_id))
        .subquery()
    )
    rows = session.exec(
        select(Claim)
        .join(shared, shared.c.claim_id == Claim.id)
        .where(
            Claim.speaker_id == claim.speaker_id,
            col(Claim.kind).in_(same_statement.WHOLE),
            Claim.polarity == claim.polarity,
            Claim.said_precision == claim.said_precision,
            Claim.said_from == claim.said_from,
            Claim.said_to == claim.said_to,
            col(Claim.merged_into).is_(None),
            ~_stands_in(document.id),
        )
        .order_by(shared.c.shared.desc(), col(Claim.id))
        .limit(20)
    )
    alike = [row for row in rows if same_statement.is_same_wording(row.text, claim.text)]
    return None if same_statement.is_ambiguous(claim, alike) else next(iter(alike), None)


def _stands_in(document_id: int) -> Any:  # noqa: ANN401 - an SQL expression
    """Whether a claim already has its place in the newest version of this document: two quotes of one page are two."""
    newest = select(sa.func.max(Snapshot.id)).where(Snapshot.document_id == document_id).scalar_subquery()
    return sa.exists().where(col(Appearance.claim_id) == Claim.id, col(Appearance.snapshot_id) == newest)


def _telling(session: Session, folded: str) -> list[int]:
    """The fingerprints of a wording that few claims share."""
    hashes = sorted(set(wording.grams(folded)))
    if not hashes:
        return []
    often = set(
        session.exec(
            select(Fingerprint.hash)
            .where(col(Fingerprint.hash).in_(hashes))
            .group_by(col(Fingerprint.hash))
            .having(sa.func.count() > COMMON)
        )
    )
    return [number for number in hashes if number not in often][:500]


def form(known: Claim, words: str, *, altered: bool) -> Form:
    """How the words of an appearance relate to the reference wording of its claim."""
    if known.folded == wording.fold(words):
        return Form.ALTERED if altered and not known.altered else Form.VERBATIM
    if all(f" {piece} " in f" {known.folded} " for piece in wording.parts(words)):
        return Form.TRIMMED
    return Form.ALTERED


def _words_at(place: Appearance) -> str:
    """The words of an appearance, its pieces joined by the gap."""
    spans = place.spans or [[place.start, place.end]]
    return GAP.join(place.exact[start - place.start : end - place.start] for start, end in spans)


def promote_wording(session: Session, now: datetime, known: Claim, other: Claim) -> None:
    """Take a fuller, unaltered wording as the reference, as long as no editor has worked on the claim."""
    longer = len(other.folded.split()) > len(known.folded.split())
    if known.status != Status.NEW or not longer or (other.altered and not known.altered):
        return
    audit.write(
        session,
        now,
        actor="rules",
        action="fuller wording found",
        subject=f"claim:{known.id}",
        field="text",
        old=known.text,
        new=other.text,
    )
    known.text, known.folded, known.altered = other.text, other.folded, other.altered
    known.condition = known.condition or other.condition
    session.add(known)
    index_fingerprints(session, known)
    for place in session.exec(select(Appearance).where(Appearance.claim_id == known.id)):
        place.form = form(known, _words_at(place), altered=place.form == Form.ALTERED)
        session.add(place)


def index_fingerprints(session: Session, claim: Claim) -> None:
    """Keep the fingerprints by which look-alikes of a claim are found."""
    prints = [{"hash": number, "claim_id": claim.id} for number in sorted(wording.fingerprints(claim.folded))]
    insert_all(session, Fingerprint, prints)
