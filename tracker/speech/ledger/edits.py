"""Writes of edits around words that stayed: a later version of a document tells another speaker or day for the same words.

The same words in a later version of the same document are the same statement, whoever they are attributed to by then. Whom
and when each version tells is compared by what was read and by the words it was read from: where only the reader knows more
than it did, nothing was edited.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rapidfuzz import fuzz
from sqlmodel import Session, col, select

from tracker.archive.models import Snapshot
from tracker.speech import wording
from tracker.speech.ledger import source_status
from tracker.speech.ledger.source_status import EDITED, Changed
from tracker.speech.models import Appearance, Claim, SourceStatus, Speaker
from tracker.speech.queries import survivor
from tracker.speech.reading import Quote
from tracker.speech.types import Polarity

REWORDED = 85.0
"""Likeness of two wordings, of 100, from which a new one beside a changed one is what became of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldBy:
    """Whom and which days a version tells for some words, and the words that say so."""

    speaker: str
    speaker_words: tuple[str, ...]
    days: tuple[str, str] | None
    day_words: str
    polarity: Polarity


@dataclass(frozen=True, slots=True)
class EarlierAppearance:
    """The words in an earlier version of the document, and what it told of them."""

    appearance: Appearance
    claim: Claim
    told: ToldBy


class Earlier:
    """What the earlier versions of one document gave, by words. Words that stand in a version twice are left alone."""

    def __init__(self, session: Session, snapshot: Snapshot, quotes: Sequence[Quote]) -> None:
        """Read the appearances of the document's earlier versions; none are asked for where this is its first."""
        self._session = session
        self._found: dict[str, list[EarlierAppearance]] = {}
        self._twice = {
            words for words, number in Counter(_words(snapshot.text, one) for one in quotes).items() if number > 1
        }
        if snapshot.version == 1:
            return
        rows = session.exec(
            select(Appearance, Claim, Snapshot, Speaker.name)
            .join(Snapshot, col(Snapshot.id) == col(Appearance.snapshot_id))
            .join(Claim, col(Claim.id) == col(Appearance.claim_id))
            .join(Speaker, col(Speaker.id) == col(Claim.speaker_id), isouter=True)
            .where(Snapshot.document_id == snapshot.document_id, col(Snapshot.id) < snapshot.id)
            .order_by(col(Appearance.id))
        )
        for appearance, claim, version, name in rows:
            told = _told_then(appearance, claim, version.text, name)
            words = wording.plain_marks(appearance.exact)
            self._found.setdefault(words, []).append(EarlierAppearance(appearance, claim, told))

    def of(self, exact: str) -> list[EarlierAppearance]:
        """The appearances of these words in earlier versions, the last one at the end; none where that is not certain."""
        words = wording.plain_marks(exact)
        found = self._found.get(words, [])
        versions = [one.appearance.snapshot_id for one in found]
        return [] if words in self._twice or len(set(versions)) < len(versions) else found

    def claim_of(self, exact: str, polarity: Polarity) -> Claim | None:
        """The statement that these words were in the version before, unless it is now said where it was denied."""
        found = self.of(exact)
        if not found or found[-1].claim.polarity is not polarity:
            return None
        return survivor(self._session, found[-1].claim)

    def reworded(self, claim: Claim) -> Claim | None:
        """The statement whose words an earlier version had and this one changed into those of ``claim``.

        The likest one of the same speaker and time, whatever was changed in it: a number, a "not". None where two are alike.
        """
        likeness = {
            one.claim.id: (fuzz.ratio(one.claim.folded, claim.folded), one.claim)
            for found in self._found.values()
            for one in found
            if one.appearance.state is SourceStatus.CHANGED
            and one.claim.speaker_id == claim.speaker_id
            and one.claim.polarity is claim.polarity
            and (one.claim.said_from == claim.said_from or None in (one.claim.said_from, claim.said_from))
        }
        ranked = sorted(likeness.values(), key=lambda pair: -pair[0])
        if not ranked or ranked[0][0] < REWORDED or (len(ranked) > 1 and ranked[1][0] == ranked[0][0]):
            return None
        return survivor(self._session, ranked[0][1])

    def compare(self, now: datetime, exact: str, told: ToldBy) -> Changed | None:
        """Bring the earlier appearances of these words to what is told of them now; the change to tell, or None."""
        change = None
        for one in self.of(exact):
            place, edits = one.appearance, differences(one.told, told)
            rest = {key: value for key, value in place.reasons.items() if key != EDITED}
            if edits == place.reasons.get(EDITED):
                continue
            if not edits and place.state is not SourceStatus.CHANGED:
                continue
            place.reasons = {**rest, EDITED: edits} if edits else rest
            new = SourceStatus.CHANGED if edits else SourceStatus.INTACT
            if place.state != new:
                restored = new is SourceStatus.INTACT
                if restored or place.state is SourceStatus.INTACT:
                    change = Changed(place, place.state, new) if restored or change is None else change
                source_status.set_state(self._session, now, place, new)
            self._session.add(place)
        return change


def told_now(text: str, quote: Quote, first: date | None, last: date | None) -> ToldBy:
    """What a version tells of a quote, as it was just read."""
    mention, basis = quote.speaker, quote.said.basis
    return ToldBy(
        speaker=(mention.name or mention.text) if mention else "",
        speaker_words=tuple(text[a:b] for a, b in ((mention.start, mention.end), *mention.chain)) if mention else (),
        days=_days(first, last),
        day_words=text[basis[0] : basis[1]] if isinstance(basis, tuple) else "",
        polarity=quote.polarity,
    )


def kept(told: ToldBy) -> dict[str, Any]:
    """What of it is kept with an appearance's reasons: what was read; the words stand in its snapshot."""
    return {"speaker": told.speaker, "days": list(told.days) if told.days else None}


def differences(old: ToldBy, new: ToldBy) -> dict[str, list[str]]:
    """What was edited: "speaker", "day" or "polarity", as told before and as told now."""
    found: dict[str, list[str]] = {}
    before, after = set(wording.fold(old.speaker).split()), set(wording.fold(new.speaker).split())
    fuller = before <= after or after <= before
    if not fuller and old.speaker_words != new.speaker_words:
        found["speaker"] = [old.speaker, new.speaker]
    if old.days and new.days and old.days != new.days and old.day_words != new.day_words:
        found["day"] = ["/".join(old.days), "/".join(new.days)]
    if old.polarity is not new.polarity:
        found["polarity"] = [old.polarity.value, new.polarity.value]
    return found


def _told_then(place: Appearance, claim: Claim, text: str, name: str | None) -> ToldBy:
    who, when = place.reasons.get("speaker") or {}, place.reasons.get("said") or {}
    told: Mapping[str, Any] = place.reasons.get("told") or {}
    spans = [who["span"], *who.get("chain", ())] if who else []
    basis = when.get("basis")
    days = told["days"] if told else _days(claim.said_from, claim.said_to)
    return ToldBy(
        speaker=told["speaker"] if told else name or claim.speaker_text or "",
        speaker_words=tuple(text[a:b] for a, b in spans),
        days=(days[0], days[1]) if days else None,
        day_words=text[basis[0] : basis[1]] if isinstance(basis, list) else "",
        polarity=claim.polarity,
    )


def _days(first: date | None, last: date | None) -> tuple[str, str] | None:
    return (first.isoformat(), last.isoformat()) if first and last else None


def _words(text: str, quote: Quote) -> str:
    return wording.plain_marks(text[quote.start : quote.end])
