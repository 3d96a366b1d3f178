"""Writes of the speech floor: a reading becomes claims and appearances.

All or nothing in the caller's transaction. The same snapshot read twice changes nothing: every appearance has its own
place in its snapshot, every claim its own identity key, and both are unique in the database.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from tracker import audit
from tracker.archive.models import Document, Snapshot, Source
from tracker.db import advisory_lock, insert_rows
from tracker.languages.data import Language, languages
from tracker.speech import same_statement
from tracker.speech.ledger import edits, look_alikes, utterances
from tracker.speech.ledger.quote_rows import appearance_of, claim_of, said_of
from tracker.speech.ledger.source_status import Changed
from tracker.speech.ledger.speakers import speakers_of
from tracker.speech.ledger.statement_fields import values_of
from tracker.speech.models import Appearance, Claim
from tracker.speech.no_statement import is_kept
from tracker.speech.occasion import occasion_of
from tracker.speech.queries import batches
from tracker.speech.reading import Quote, Reading
from tracker.speech.types import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A claim that a reading gave, and whether the record had it before."""

    claim: Claim
    new: bool
    start: int
    """Where its words begin in the snapshot."""
    reworded: bool = False
    """It is what became of words of an earlier version: the change is told, and not the statement once more."""
    change: Changed | None = None
    """What an edit around the words, or its taking back, did to an earlier appearance of them."""


def write(
    session: Session,
    now: datetime,
    *,
    snapshot: Snapshot,
    document: Document,
    source: Source,
    reading: Reading,
    reader: str,
) -> list[Written]:
    """Claims and appearances from the reading of one snapshot, in the order of the text.

    A question is kept with its answer and is no claim; words that are in the record already get one more appearance.
    """
    advisory_lock(session, "claims")  # who is who and which words are known is decided by one at a time
    language = languages().get(reading.language or "")
    earlier = edits.Earlier(session, snapshot, reading.quotes)
    taken = set(
        session.exec(select(Appearance.start, Appearance.end).where(Appearance.snapshot_id == snapshot.id)).all()
    )
    quotes = list(_new_quotes(snapshot, reading.quotes, taken, language))
    speakers = speakers_of(session, now, quotes, reading.language)
    found: list[_Found] = []
    for quote in quotes:
        said = said_of(quote, document)
        speaker = speakers.get(quote.speaker.name) if quote.speaker and quote.speaker.name else None
        occasion = occasion_of(snapshot.text, quote, language)
        claim = claim_of(
            now, snapshot, document=document, source=source, quote=quote, speaker=speaker, said=said, occasion=occasion
        )
        appearance = appearance_of(now, snapshot, quote, reader)
        told = edits.told_now(snapshot.text, quote, said[0], said[1])
        appearance.reasons["told"] = edits.kept(told)
        appearance.reasons["read"] = values_of(claim, speaker.name if speaker else None)
        found.append(_Found(claim=claim, appearance=appearance, told=told))
    _find_known(session, now, found, document=document, snapshot=snapshot, earlier=earlier)
    new = [one.claim for one in found if one.known is None]
    _insert(session, new)
    utterances.index_fingerprints(session, new)
    for one in found:
        one.appearance.claim_id = (one.known or one.claim).id
    insert_rows(session, [one.appearance for one in found])
    look_alikes.find(session, now, new)
    written: list[Written] = []
    for one in found:
        change = earlier.compare(now, one.appearance.exact, one.told)
        written.append(
            Written(
                claim=one.known or one.claim,
                new=one.known is None,
                start=one.appearance.start,
                reworded=one.known is None and change is not None,
                change=change,
            )
        )
    return written


def _insert(session: Session, claims: Sequence[Claim]) -> None:
    """Insert new claims and tell each its id."""
    insert_rows(session, claims)
    ids: dict[str, int] = {}
    for some in batches([claim.identity_key for claim in claims]):
        ids.update(session.exec(select(Claim.identity_key, Claim.id).where(col(Claim.identity_key).in_(some))).all())
    for claim in claims:
        claim.id = ids[claim.identity_key]


def _new_quotes(
    snapshot: Snapshot, quotes: Iterable[Quote], taken: Container[Span], language: Language | None
) -> Iterator[Quote]:
    """The quotes to be written: statements, each place once, and none that is written already."""
    written: set[Span] = set()
    for quote in quotes:
        place = (quote.start, quote.end)
        if place in taken or place in written or not is_kept(snapshot.text, quote, language):
            continue
        if snapshot.text[quote.start : quote.end].strip():
            written.add(place)
            yield quote


@dataclass(slots=True, kw_only=True)
class _Found:
    """One quote of a snapshot as rows, what is told of it, and the statement of the record that it is, if any."""

    claim: Claim
    appearance: Appearance
    told: edits.ToldBy
    known: Claim | None = None
    reworded: bool = False
    """An earlier version had the statement in other words: those stay its reference."""


def _find_known(
    session: Session,
    now: datetime,
    found: Sequence[_Found],
    *,
    document: Document,
    snapshot: Snapshot,
    earlier: edits.Earlier,
) -> None:
    """Find for each quote which statement it is; what an earlier version had stays the statement that it was."""
    known = utterances.KnownUtterances(session, [one.claim for one in found], document, snapshot)
    # Whole quotes first: a scrap belongs to the quote it was taken from, wherever in the text that stands.
    for one in sorted(found, key=lambda one: one.claim.kind not in same_statement.WHOLE):
        one.known = known.find(one.claim)
        before = earlier.claim_of(one.appearance.exact, one.claim.polarity) if one.known is None else None
        if before is not None:
            one.known = before
            known.set_known(one.claim, before)
    _find_reworded(found, known, earlier)
    for one in found:
        if one.known is None:
            continue
        if one.known is earlier.claim_of(one.appearance.exact, one.claim.polarity):
            utterances.fill_in(session, one.known, one.claim)
        elif not one.reworded:
            utterances.promote_wording(session, now, one.known, one.claim)
        one.appearance.form = utterances.form(one.known, one.claim.text, altered=one.claim.altered)


def _find_reworded(found: Sequence[_Found], known: utterances.KnownUtterances, earlier: edits.Earlier) -> None:
    """Find the statements that an earlier version gave in other words; what stands there now is told beside them."""
    stays = {one.known.id for one in found if one.known is not None and earlier.of(one.appearance.exact)}
    for one in found:
        before = earlier.reworded(one.claim)
        if before is None or before.id in stays or one.known not in (None, before):
            continue
        if one.known is None:
            one.known = before
            known.set_known(one.claim, before)
        one.reworded = True
        stays.add(before.id)


def place_in_time(session: Session, now: datetime, claim_id: int, at: datetime | None, by: str, reason: str) -> None:
    """Set the minute of a claim whose day is known, as an editor found it: it then stands before or after a pivot.

    None takes it back.
    """
    claim = session.get_one(Claim, claim_id)
    audit.write(
        session,
        now,
        actor=by,
        action="time of the words set",
        subject=f"claim:{claim.id}",
        field="said_at",
        old=claim.said_at.isoformat() if claim.said_at else None,
        new=at.isoformat() if at else None,
        reason=reason,
    )
    claim.said_at = at
    session.add(claim)
