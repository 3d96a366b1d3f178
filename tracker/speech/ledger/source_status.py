"""Writes of what became of the words at their source: intact, changed, missing, removed, or back again.

Words are looked for as they are, never by likeness; marks of another style are no other words. Each change of state is an
audit entry. How an edited page is judged:

1. `update_after_change` looks for the words of each earlier appearance when a new version is kept.
2. `ledger.edits` compares, once the new version is read, whom and which day it tells for the same words. Words whose
   attribution or day was edited are changed, however intact they are; `EDITED` in the appearance's reasons says how.
3. What was changed and stands again as it was read is intact again, and told as restored.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from tracker import audit
from tracker.archive.models import Snapshot
from tracker.speech import anchor, wording
from tracker.speech.models import Appearance, SourceStatus


@dataclass(frozen=True, slots=True)
class Changed:
    """An appearance whose words are no longer at their source as they were."""

    appearance: Appearance
    old: SourceStatus
    new: SourceStatus


EDITED = "edited"
"""The key of an appearance's reasons under which an edit around its words stands: what was read, and what is told now."""


def update_after_change(session: Session, now: datetime, old: Snapshot, new: Snapshot) -> list[Changed]:
    """Look for each quote of the earlier versions in the new one, by its exact words only; those that went missing now.

    One for each claim, however many earlier versions its words stand in. The words of an earlier version may come back:
    then the appearance is intact again, and that is the change to tell.
    """
    changed: dict[int, Changed] = {}
    now_plain = wording.plain_marks(new.text)
    for appearance in _of_document(session, new.document_id, before=new.id):
        text = old.text if appearance.snapshot_id == old.id else session.get_one(Snapshot, appearance.snapshot_id).text
        there = anchor.still_stands(appearance.exact, text[appearance.end :], now_plain)
        if there and EDITED in appearance.reasons:
            continue  # its words never went: `ledger.edits` says what is told around them
        standing = SourceStatus.INTACT if there else _changed_or_missing(appearance.exact, new.text)
        if appearance.state != standing:
            if there or appearance.state == SourceStatus.INTACT:
                _tell(changed, Changed(appearance, appearance.state, standing))
            set_state(session, now, appearance, standing)
    return list(changed.values())


def _tell(changed: dict[int, Changed], change: Changed) -> None:
    """One change for each claim: what is restored says more than that the words in between are gone."""
    told = changed.get(change.appearance.claim_id)
    if told is None or change.new == SourceStatus.INTACT:
        changed[change.appearance.claim_id] = change


def update_after_removal(session: Session, now: datetime, document_id: int) -> list[Changed]:
    """The document is gone from its source: its appearances say so; the words and their archived copy stay.

    One change for each claim that was still there.
    """
    changed: dict[int, Changed] = {}
    for appearance in _of_document(session, document_id):
        if appearance.state != SourceStatus.REMOVED:
            changed[appearance.claim_id] = Changed(appearance, appearance.state, SourceStatus.REMOVED)
            set_state(session, now, appearance, SourceStatus.REMOVED)
    return list(changed.values())


def update_after_return(session: Session, now: datetime, document_id: int, text: str) -> int:
    """A removed document is back with this text: its appearances are judged by it again; how many came back."""
    back = 0
    for appearance in _of_document(session, document_id):
        if appearance.state == SourceStatus.REMOVED:
            here = anchor.still_stands(appearance.exact, "", wording.plain_marks(text))
            set_state(
                session, now, appearance, SourceStatus.INTACT if here else _changed_or_missing(appearance.exact, text)
            )
            back += here
    return back


def _of_document(session: Session, document_id: int, before: int | None = None) -> list[Appearance]:
    query = (
        select(Appearance)
        .join(Snapshot, col(Snapshot.id) == col(Appearance.snapshot_id))
        .where(Snapshot.document_id == document_id)
        .order_by(col(Appearance.id))
    )
    if before is not None:
        query = query.where(col(Snapshot.id) < before)
    return list(session.exec(query))


def _changed_or_missing(exact: str, text: str) -> SourceStatus:
    """Words that stand there nearly the same were changed; else they are missing. Either way a person looks at it."""
    folded = wording.fold(exact).split()
    if not folded:
        return SourceStatus.MISSING
    kept = set(wording.grams(" ".join(folded))) & set(wording.grams(wording.fold(text)))
    return SourceStatus.CHANGED if kept else SourceStatus.MISSING


def set_state(session: Session, now: datetime, appearance: Appearance, standing: SourceStatus) -> None:
    """Write down what became of an appearance's words, since when, and an audit entry."""
    audit.write(
        session,
        now,
        actor="recheck",
        action="source looked at again",
        subject=f"claim:{appearance.claim_id}",
        field=f"appearance:{appearance.id}",
        old=appearance.state.value,
        new=standing.value,
    )
    appearance.state, appearance.state_since = standing, now
    session.add(appearance)
