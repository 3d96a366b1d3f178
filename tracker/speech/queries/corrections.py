"""Reads of corrections: what editors changed in statements, as everybody may read it."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from tracker.speech.models import Correction
from tracker.speech.queries import batches


def corrections(session: Session, claim_ids: Collection[int]) -> dict[int, list[Correction]]:
    """The corrections of each of these claims that stand, the oldest first."""
    found: dict[int, list[Correction]] = {}
    for some in batches(claim_ids):
        rows = session.exec(
            select(Correction)
            .where(col(Correction.claim_id).in_(some), col(Correction.undone_at).is_(None))
            .order_by(col(Correction.id))
        )
        for one in rows:
            found.setdefault(one.claim_id, []).append(one)
    return found
