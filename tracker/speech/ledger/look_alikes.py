"""Writes of look-alikes: pairs of statements that may be one utterance and were not certain enough to be joined.

Statements are looked at once, as they come in. Two are a pair when they share telling words, are by the same speaker
(or one of them by nobody known), may have been said on the same day, and are alike letter by letter (`rapidfuzz`), or one
stands in the other.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from rapidfuzz import fuzz
from sqlmodel import Session, col, select

from tracker.db import insert_if_absent
from tracker.speech.models import Claim, Fingerprint, LookAlike
from tracker.speech.queries import shown

ALIKE = 80
"""Likeness of two wordings, of 100, from which a person is asked; most copies from 90 on are joined without."""
COMMON = 64
"""A fingerprint shared by more claims than this says nothing."""
MOST_PARTNERS = 5
"""Pairs that one statement is put into at most."""
DAYS_APART = timedelta(days=3)


def find(session: Session, now: datetime, claims: Sequence[Claim]) -> int:
    """Store the pairs that these statements of one document make with older ones; how many are new."""
    hashes: dict[int, list[int]] = defaultdict(list)
    for number, claim_id in session.exec(
        select(Fingerprint.hash, Fingerprint.claim_id).where(
            col(Fingerprint.claim_id).in_([claim.id for claim in claims])
        )
    ):
        hashes[claim_id].append(number)
    new = 0
    oldest = min((claim.id for claim in claims), default=0)
    for claim in claims:
        for other, likeness in _partners(session, claim, hashes[claim.id], oldest):
            values = {"claim_id": other, "other_id": claim.id, "likeness": likeness, "at": now}
            new += insert_if_absent(session, LookAlike, values)
    return new


def _partners(session: Session, claim: Claim, hashes: Sequence[int], before: int) -> list[tuple[int, int]]:
    if not hashes:
        return []
    telling = (
        select(Fingerprint.hash)
        .where(col(Fingerprint.hash).in_(hashes))
        .group_by(col(Fingerprint.hash))
        .having(sa.func.count() <= COMMON)
    )
    shared = (
        sa.select(col(Fingerprint.claim_id), sa.func.count().label("shared"))
        .where(col(Fingerprint.hash).in_(telling), col(Fingerprint.claim_id) < before)
        .group_by(col(Fingerprint.claim_id))
        .order_by(sa.desc("shared"))
        .limit(4 * MOST_PARTNERS)
        .subquery()
    )
    rows = session.exec(select(Claim).join(shared, col(Claim.id) == shared.c.claim_id).where(shown()))
    found = [(other.id, likeness) for other in rows if (likeness := _likeness(claim, other)) >= ALIKE]
    return sorted(found, key=lambda pair: -pair[1])[:MOST_PARTNERS]


def _likeness(one: Claim, other: Claim) -> int:
    known = {one.speaker_id, other.speaker_id} - {None}
    if len(known) > 1 or one.polarity is not other.polarity or not _near(one, other):
        return 0
    return round(max(fuzz.ratio(one.folded, other.folded), fuzz.partial_ratio(one.folded, other.folded) - 5))


def _near(one: Claim, other: Claim) -> bool:
    if one.said_from is None or one.said_to is None or other.said_from is None or other.said_to is None:
        return True
    return one.said_from - other.said_to <= DAYS_APART and other.said_from - one.said_to <= DAYS_APART
