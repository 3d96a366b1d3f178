"""Writes of look-alikes: pairs of statements that may be one utterance and were not certain enough to be joined.

Statements are looked at once, as they come in. Two are a pair when they share telling words, are by the same speaker
(or one of them by nobody known), may have been said on the same day, and are alike letter by letter (`rapidfuzz`), or one
stands in the other.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from rapidfuzz import fuzz
from sqlmodel import Session, col, select

from tracker.db import insert_if_absent
from tracker.speech.models import Claim, Fingerprint, LookAlike
from tracker.speech.queries import batches, shown

ALIKE = 80
"""Likeness of two wordings, of 100, from which a person is asked; most copies from 90 on are joined without."""
COMMON = 64
"""A fingerprint shared by more claims than this says nothing."""
MOST_PARTNERS = 5
"""Pairs that one statement is put into at most."""
DAYS_APART = timedelta(days=3)


def find(session: Session, now: datetime, claims: Sequence[Claim]) -> int:
    """Store the pairs that these statements of one document make with older ones; how many are new."""
    shared = _shared(session, [claim.id for claim in claims])
    nearest = {
        claim_id: [
            other for other, _ in sorted(others.items(), key=lambda pair: (-pair[1], pair[0]))[: 4 * MOST_PARTNERS]
        ]
        for claim_id, others in shared.items()
    }
    wanted = sorted({other for others in nearest.values() for other in others})
    older: dict[int, Claim] = {}
    for some in batches(wanted):
        older.update((one.id, one) for one in session.exec(select(Claim).where(col(Claim.id).in_(some), shown())))
    new = 0
    for claim in claims:
        others = [older[number] for number in nearest.get(claim.id, ()) if number in older]
        pairs = [(other.id, alike) for other in others if (alike := _likeness(claim, other)) >= ALIKE]
        for other, likeness in sorted(pairs, key=lambda pair: -pair[1])[:MOST_PARTNERS]:
            values = {"claim_id": other, "other_id": claim.id, "likeness": likeness, "at": now}
            new += insert_if_absent(session, LookAlike, values)
    return new


def _shared(session: Session, claim_ids: Sequence[int]) -> dict[int, Counter[int]]:
    """How many telling fingerprints each new statement shares with each older one."""
    bearers: dict[int, list[int]] = defaultdict(list)
    for some in batches(claim_ids):
        for number, claim_id in session.exec(
            select(Fingerprint.hash, Fingerprint.claim_id).where(col(Fingerprint.claim_id).in_(some))
        ):
            bearers[number].append(claim_id)
    found: dict[int, Counter[int]] = defaultdict(Counter)
    oldest = min(claim_ids, default=0)
    for some in batches(sorted(bearers)):
        telling = (
            select(Fingerprint.hash)
            .where(col(Fingerprint.hash).in_(some))
            .group_by(col(Fingerprint.hash))
            .having(sa.func.count() <= COMMON)
        )
        for number, older in session.exec(
            select(Fingerprint.hash, Fingerprint.claim_id).where(
                col(Fingerprint.hash).in_(telling), col(Fingerprint.claim_id) < oldest
            )
        ):
            for claim_id in bearers[number]:
                found[claim_id][older] += 1
    return found


def _likeness(one: Claim, other: Claim) -> int:
    known = {one.speaker_id, other.speaker_id} - {None}
    if len(known) > 1 or one.polarity is not other.polarity or not _near(one, other):
        return 0
    return round(max(fuzz.ratio(one.folded, other.folded), fuzz.partial_ratio(one.folded, other.folded) - 5))


def _near(one: Claim, other: Claim) -> bool:
    if one.said_from is None or one.said_to is None or other.said_from is None or other.said_to is None:
        return True
    return one.said_from - other.said_to <= DAYS_APART and other.said_from - one.said_to <= DAYS_APART
