"""Writes of an editor's decisions about one statement: who, when, in which words; off the record and on again.

Each is noted in a `Journal` for undoing, in the audit trail, and as a public `Correction` where it changes what a visitor
had been told. Whoever calls this brings the speaker's shifts to it (`positions.ledger.desk`).
"""

import calendar
from datetime import date, datetime

from sqlmodel import Session, col, select

from tracker import audit
from tracker.archive.models import Document, Snapshot
from tracker.decisions import DELETE, NOW, Journal
from tracker.errors import TrackerError
from tracker.speech import phrasing, same_statement
from tracker.speech.ledger.quote_rows import item_of
from tracker.speech.models import (
    Appearance,
    Claim,
    Correction,
    Office,
    Precision,
    QuoteKind,
    Settled,
    Speaker,
    Status,
)
from tracker.speech.queries import roles
from tracker.speech.states import HIDDEN, after_fix, require_move, ways_out

BY_HAND = "by hand"


class BadCorrection(TrackerError):
    """A statement can't be corrected as asked."""


class Editing:
    """One editor's hand on one statement: every change is journaled, audited, and told to the public where it must be."""

    def __init__(self, session: Session, now: datetime, claim: Claim, *, by: str, journal: Journal) -> None:
        """The statement as it stands."""
        self.session, self.now, self.claim, self.by, self.journal = session, now, claim, by, journal

    def set_speaker(self, speaker: Speaker | None, reason: str = "", *, role: str | None = None) -> bool:
        """Set who spoke; None says that it is not known. False where that is what stands already."""
        claim = self.claim
        old = self.session.get(Speaker, claim.speaker_id) if claim.speaker_id is not None else None
        changed = False
        if (old.id if old else None) != (speaker.id if speaker else None):
            changed = True
            self.journal.set(claim, speaker_id=speaker.id if speaker else None, candidates=[], role=role or None)
            self._correct("speaker", old.name if old else "not resolved", speaker.name if speaker else "not resolved",
                          reason)  # fmt: skip
            self._renew_identity(speaker)
        if role and speaker is not None and role != roles(self.session, [claim])[claim.id]:
            changed = True
            self._set_role(speaker, role, reason)
        return changed

    def _set_role(self, speaker: Speaker, role: str, reason: str) -> None:
        before = roles(self.session, [self.claim])[self.claim.id]
        self.journal.set(self.claim, role=role)
        first, last = self.claim.said_from, self.claim.said_to
        if roles(self.session, [self.claim])[self.claim.id] != role and first is not None and last is not None:
            # The record knows another office for that day: this one is held on it, and the later beginning counts.
            self.journal.made(Office(speaker_id=speaker.id, title=role, from_on=first, to_on=last), DELETE)
        self._correct("office", before or "not known", role, reason)

    def set_day(self, first: date | None, last: date | None, basis: str = "", reason: str = "") -> bool:
        """Set when it was said, as the first and last day it may have been; both None say that it is not known.

        `basis` are the words that tell it, else it is "by hand". Raises `BadCorrection` for days that are not in order.
        """
        claim = self.claim
        if first is None or last is None:
            first = last = first or last
        if first is not None and last is not None and last < first:
            raise BadCorrection("The last day lies before the first.")
        if (first, last) == (claim.said_from, claim.said_to) and claim.said_conflict is None:
            return False
        old = said_in_words(claim)
        same_day = claim.said_at is not None and first == last and claim.said_at.date() == first
        precision = precision_of(first, last)
        self.journal.set(
            claim, said_from=first, said_to=last, said_precision=precision,
            said_basis="" if precision is Precision.UNKNOWN else basis or BY_HAND, said_conflict=None,
            said_at=claim.said_at if same_day else None,
        )  # fmt: skip
        self._correct("day", old, said_in_words(claim), reason)
        self._renew_identity(self.session.get(Speaker, claim.speaker_id) if claim.speaker_id is not None else None)
        return True

    def set_kind(self, kind: QuoteKind, reason: str = "") -> bool:
        """Set how the words are given in the source."""
        old = QuoteKind(self.claim.kind)
        if not self.journal.set(self.claim, kind=kind):
            return False
        self._correct("kind", old.value, kind.value, reason)
        return True

    def set_condition(self, condition: str | None, reason: str = "") -> bool:
        """Set under which condition it was said; the words must stand in the statement. Raises `BadCorrection`."""
        old = self.claim.condition
        if condition and condition not in self.claim.text:
            raise BadCorrection("The words of the condition do not stand in the statement.")
        if (condition or None) == (old or None):
            return False
        self.journal.set(self.claim, condition=condition or None)
        self._correct("condition", old or "none", condition or "none", reason)
        return True

    def take_off(self, reason: str) -> Status:
        """Reject the statement, or withdraw it once it was published. Raises `BadCorrection` without a reason."""
        if not reason:
            raise BadCorrection("Say why: everybody who follows a link to this statement reads the reason.")
        old = Status(self.claim.status)
        new = require_move(old, ways_out(old))
        self.journal.set(self.claim, status=new)
        self._audit("statement rejected" if new is Status.REJECTED else "statement withdrawn", "status", old.value,
                    new.value, reason)  # fmt: skip
        if new is Status.WITHDRAWN:
            self._note("statement", old.value, new.value, reason)
        return new

    def move(self, new: Status, action: str, reason: str = "") -> None:
        """Bring the statement to another state that may follow on its own. Raises `BadMove`."""
        old = Status(self.claim.status)
        self.journal.set(self.claim, status=require_move(old, new))
        self._audit(action, "status", old.value, new.value, reason)

    def settle(self, doubt: str, reason: str = "") -> None:
        """Leave what is unsure about the statement as it stands."""
        self.journal.made(Settled(claim_id=self.claim.id, doubt=doubt, by=self.by, at=self.now), {"lifted_at": NOW})
        self._audit("left as it stands", "doubt", None, doubt, reason)

    def _correct(self, field: str, old: str, new: str, reason: str) -> None:
        self._audit(f"{field} corrected", field, old, new, reason)
        self._note(field, old, new, reason)
        status = Status(self.claim.status)
        if status not in HIDDEN:
            self.journal.set(self.claim, status=after_fix(status))

    def _audit(self, action: str, field: str, old: str | None, new: str | None, reason: str) -> None:
        audit.write(
            self.session, self.now, actor=self.by, action=action, subject=f"claim:{self.claim.id}", field=field, old=old,
            new=new, reason=reason or None,
        )  # fmt: skip

    def _note(self, field: str, old: str, new: str, reason: str) -> None:
        note = Correction(claim_id=self.claim.id, field=field, old=old, new=new, reason=reason, by=self.by, at=self.now)
        self.journal.made(note, {"undone_at": NOW})

    def _renew_identity(self, speaker: Speaker | None) -> None:
        renew_identity(self.session, self.journal, self.claim, speaker)


def renew_identity(session: Session, journal: Journal, claim: Claim, speaker: Speaker | None) -> None:
    """Let a statement be found by what it is now; where another is that very utterance, it keeps the key it had."""
    document = session.exec(
        select(Document)
        .join(Snapshot, col(Snapshot.document_id) == col(Document.id))
        .join(Appearance, col(Appearance.snapshot_id) == col(Snapshot.id))
        .where(Appearance.claim_id == claim.id)
        .order_by(col(Appearance.id))
        .limit(1)
    ).first()
    if document is None:
        return
    key = same_statement.identity_key(claim, speaker, item_of(document))
    if session.exec(select(Claim.id).where(Claim.identity_key == key, Claim.id != claim.id)).first() is None:
        journal.set(claim, identity_key=key)


def precision_of(first: date | None, last: date | None) -> Precision:
    """How exactly an interval of days tells when something was said."""
    if first is None or last is None:
        return Precision.UNKNOWN
    if first == last:
        return Precision.DAY
    whole = first.day == 1 and last.day == calendar.monthrange(last.year, last.month)[1]
    if whole and (first.year, first.month) == (last.year, last.month):
        return Precision.MONTH
    if whole and first.year == last.year and (first.month, last.month) == (1, 12):
        return Precision.YEAR
    return Precision.RANGE


def said_in_words(claim: Claim) -> str:
    """The day of a statement as people read it."""
    return phrasing.said(claim.said_from, claim.said_to, Precision(claim.said_precision))[0]
