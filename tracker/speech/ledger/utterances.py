"""Writes that make one utterance one claim: what its identity is, which claim is the same one, which wording stands for it."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker import audit
from tracker.archive.models import Document, Snapshot
from tracker.db import insert_all
from tracker.speech import wording
from tracker.speech.models import Appearance, Claim, Fingerprint, Form, QuoteKind, Speaker, Status
from tracker.speech.queries import survivor
from tracker.speech.reading import Quote

GAP = " […] "
"""Stands in the reference wording where the outlet's own words stood between two pieces of a quotation."""
WHOLE = frozenset({QuoteKind.DIRECT, QuoteKind.TURN, QuoteKind.POST})
COMMON = 64
"""A fingerprint shared by more claims than this says nothing."""


def public_id(once: str) -> str:
    """The permanent public id that belongs to a `once` key: ten letters and digits that are hard to mix up."""
    return base64.b32encode(bytes.fromhex(once)[:7]).decode().rstrip("=").lower()[:10]


def identity_key(
    speaker: Speaker | None, quote: Quote, first: date | None, last: date | None, folded: str, item: str
) -> str:
    """What makes an utterance one: who, when, which words, and whether they are given as words or in paraphrase.

    Without a speaker or a day nobody can tell one utterance from another with the same words, so its document is in it.
    """
    who = (
        f"speaker:{speaker.folded}"
        if speaker
        else f"mention:{wording.fold(quote.speaker.text) if quote.speaker else ''}"
    )
    when = f"{first}..{last}" if first else "unknown"
    manner = "words" if QuoteKind(quote.kind) in WHOLE else quote.kind
    key = [who, when, manner, folded]
    if speaker is None or first is None:
        key.append(item)
    return hashlib.sha256("\0".join(key).encode("utf-8", "surrogatepass")).hexdigest()


def find_same(session: Session, claim: Claim, document: Document) -> Claim | None:
    """The claim of the record that is this very utterance, or None."""
    exact = session.exec(select(Claim).where(Claim.once == claim.once)).first()
    if exact is not None:
        return survivor(session, exact) or exact
    if claim.speaker_id is None or claim.said_from is None or claim.kind not in WHOLE:
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
            col(Claim.kind).in_(WHOLE),
            Claim.said_precision == claim.said_precision,
            Claim.said_from == claim.said_from,
            Claim.said_to == claim.said_to,
            col(Claim.merged_into).is_(None),
            ~_stands_in(document.id),
        )
        .order_by(shared.c.shared.desc(), col(Claim.id))
        .limit(20)
    )
    alike = [row for row in rows if wording.same_utterance(row.text, claim.text)]
    return None if _ambiguous(claim, alike) else next(iter(alike), None)


def _ambiguous(claim: Claim, alike: Sequence[Claim]) -> bool:
    """Whether a fragment fits several utterances that are not one another: then it belongs to none of them."""
    fuller = [row for row in alike if len(row.folded) > len(claim.folded)]
    return any(not wording.same_utterance(fuller[0].text, row.text) for row in fuller[1:])


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
