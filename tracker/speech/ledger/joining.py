"""Writes that join and part: copies of one utterance, one appearance that is another's, speakers that are one or two.

Nothing is deleted: a statement that was joined leads to its survivor, and undoing gives every place its statement again.
"""

import hashlib
from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select

from tracker import audit
from tracker.decisions import DELETE, Journal
from tracker.speech import same_statement, wording
from tracker.speech.ledger import utterances
from tracker.speech.ledger.corrections import BadCorrection, renew_identity
from tracker.speech.ledger.quote_rows import words_at
from tracker.speech.models import Alias, Appearance, Claim, LookAlike, Speaker, Status
from tracker.speech.states import HIDDEN, UNCHECKED


def merge(session: Session, now: datetime, journal: Journal, *, into: Claim, gone: Claim, by: str, reason: str) -> None:
    """Make two statements one: `gone` leads to `into`, which gets its places. Raises `BadCorrection`."""
    if into.id == gone.id or into.merged_into is not None or gone.merged_into is not None:
        raise BadCorrection("These two are one statement already.")
    if into.status in HIDDEN:
        raise BadCorrection("The statement that should stay is off the record.")
    if into.polarity is not gone.polarity:
        raise BadCorrection("One of them is a denial: a statement and its denial are never one.")
    for place in session.exec(select(Appearance).where(Appearance.claim_id == gone.id).order_by(col(Appearance.id))):
        form = utterances.form(into, words_at(place), altered=gone.altered)
        journal.set(place, claim_id=into.id, form=form)
    journal.set(gone, merged_into=into.id)
    if into.status is Status.NEW:
        journal.set(into, status=Status.IN_REVIEW)
    pair = session.exec(
        select(LookAlike).where(
            col(LookAlike.claim_id).in_([into.id, gone.id]), col(LookAlike.other_id).in_([into.id, gone.id])
        )
    ).first()
    if pair is not None:
        journal.set(pair, decided_at=now)
    for one, action, other in ((gone, "merged into", into), (into, "took in", gone)):
        audit.write(
            session, now, actor=by, action=action, subject=f"claim:{one.id}", field="statement", new=other.public_id,
            reason=reason or None,
        )  # fmt: skip


def keep_apart(session: Session, now: datetime, journal: Journal, pair: LookAlike, *, by: str, reason: str) -> None:
    """Record that two statements that look alike are two."""
    journal.set(pair, decided_at=now)
    audit.write(
        session, now, actor=by, action="kept apart from a look-alike", subject=f"claim:{pair.claim_id}",
        field="statement", new=str(pair.other_id), reason=reason or None,
    )  # fmt: skip


def split(session: Session, now: datetime, journal: Journal, place: Appearance, *, by: str, reason: str) -> Claim:
    """Part one appearance off as a statement of its own, with its own words. Raises `BadCorrection` for the only one there is.

    Undone, the new statement leads to the one it was taken out of: its address may have been seen.
    """
    claim = session.get_one(Claim, place.claim_id)
    others = session.exec(select(Appearance.id).where(Appearance.claim_id == claim.id, Appearance.id != place.id))
    if others.first() is None:
        raise BadCorrection("This is the only place where the statement stands: there is nothing to part.")
    words = words_at(place)
    key = hashlib.sha256(f"split\0{claim.identity_key}\0{place.id}\0{now.isoformat()}".encode()).hexdigest()
    columns = {name: getattr(claim, name) for name in Claim.model_fields}
    for name in ("id", "public_id", "identity_key", "text", "folded", "kind", "status", "created_at", "merged_into"):
        columns.pop(name)
    made = Claim(
        **columns, public_id=same_statement.public_id(key), identity_key=key, text=words, folded=wording.fold(words),
        kind=place.kind, status=Status.IN_REVIEW, created_at=now,
    )  # fmt: skip
    journal.made(made, {"merged_into": claim.id})
    journal.set(place, claim_id=made.id, form=utterances.form(made, words, altered=made.altered))
    utterances.index_fingerprints(session, [made])
    if claim.status in UNCHECKED:
        journal.set(claim, status=Status.IN_REVIEW)
    for one, action, other in ((made, "parted from", claim), (claim, "an appearance parted as", made)):
        audit.write(
            session, now, actor=by, action=action, subject=f"claim:{one.id}", field="statement", new=other.public_id,
            reason=reason or None,
        )  # fmt: skip
    return made


def merge_speakers(
    session: Session, now: datetime, journal: Journal, *, into: Speaker, gone: Speaker, by: str, reason: str
) -> list[int]:
    """Make two speakers one: the statements of `gone` and its names go to `into`; the ids of the statements.

    Raises `BadCorrection` where they are one already.
    """
    if into.id == gone.id or into.merged_into is not None or gone.merged_into is not None:
        raise BadCorrection("These two are one speaker already.")
    moved = _give(session, journal, _claims_of(session, gone), into)
    names = [gone.name, *session.exec(select(Alias.text).where(Alias.speaker_id == gone.id))]
    known = {into.folded, *session.exec(select(Alias.folded).where(Alias.speaker_id == into.id))}
    for name in names:
        folded = wording.fold(name)
        if folded not in known:
            known.add(folded)
            journal.made(Alias(speaker_id=into.id, text=name, folded=folded), DELETE)
    journal.set(gone, merged_into=into.id)
    _audit_speakers(session, now, by, reason, ((gone, "merged into", into), (into, "took in", gone)))
    return moved


def split_speaker(
    session: Session,
    now: datetime,
    journal: Journal,
    *,
    old: Speaker,
    new: Speaker,
    claim_ids: Collection[int],
    by: str,
    reason: str,
) -> list[int]:
    """Move some statements of one speaker to another one of the same or another name; the ids of those that moved."""
    if not claim_ids or old.id == new.id:
        raise BadCorrection("Tick the statements that are somebody else’s, and name who that is.")
    claims = [claim for claim in _claims_of(session, old) if claim.id in claim_ids]
    moved = _give(session, journal, claims, new)
    _audit_speakers(session, now, by, reason, ((old, f"{len(moved)} statements given to", new),))
    for number in moved:
        audit.write(
            session, now, actor=by, action="speaker corrected", subject=f"claim:{number}", field="speaker", old=old.name,
            new=new.name, reason=reason or None,
        )  # fmt: skip
    return moved


def _claims_of(session: Session, speaker: Speaker) -> list[Claim]:
    return list(session.exec(select(Claim).where(Claim.speaker_id == speaker.id).order_by(col(Claim.id))))


def _give(session: Session, journal: Journal, claims: Collection[Claim], speaker: Speaker) -> list[int]:
    for claim in claims:
        journal.set(claim, speaker_id=speaker.id)
        renew_identity(session, journal, claim, speaker)
    return [claim.id for claim in claims]


def _audit_speakers(
    session: Session, now: datetime, by: str, reason: str, told: Collection[tuple[Speaker, str, Speaker]]
) -> None:
    for one, action, other in told:
        audit.write(
            session, now, actor=by, action=action, subject=f"speaker:{one.id}", field="speaker", new=other.name,
            reason=reason or None,
        )  # fmt: skip
