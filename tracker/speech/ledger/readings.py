"""Writes of the speech floor: a reading becomes claims and appearances; speakers as they are named and configured.

All or nothing in the caller's transaction. The same snapshot read twice changes nothing: every appearance has its own
place in its snapshot, every claim its own `once` key, and both are unique in the database.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from tracker import audit
from tracker.archive.models import Document, Snapshot, Source
from tracker.db import advisory_lock, insert_rows
from tracker.languages.data import Language, languages
from tracker.speech import anchor, same_statement, wording
from tracker.speech.ledger import edits, utterances
from tracker.speech.ledger.source_status import Changed
from tracker.speech.ledger.speakers import speakers_of
from tracker.speech.models import (
    Appearance,
    Claim,
    Form,
    Precision,
    QuoteKind,
    Speaker,
    Status,
)
from tracker.speech.no_statement import is_kept
from tracker.speech.occasion import ReportedVenue, occasion_of
from tracker.speech.queries import batches
from tracker.speech.reading import Quote, Reading
from tracker.speech.types import Span

MARKS = "“”„‟\"«»‹›‘’'`「」『』"
BY_HAND = "by hand"


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
        said = _said(quote, document)
        speaker = speakers.get(quote.speaker.name) if quote.speaker and quote.speaker.name else None
        occasion = occasion_of(snapshot.text, quote, language)
        claim = _claim(
            now, snapshot, document=document, source=source, quote=quote, speaker=speaker, said=said, occasion=occasion
        )
        appearance = _appearance(now, snapshot, quote, reader)
        told = edits.told_now(snapshot.text, quote, said[0], said[1])
        appearance.reasons["told"] = edits.kept(told)
        found.append(_Found(claim=claim, appearance=appearance, told=told))
    _find_known(session, now, found, document=document, snapshot=snapshot, earlier=earlier)
    new = [one.claim for one in found if one.known is None]
    _insert(session, new)
    utterances.index_fingerprints(session, new)
    for one in found:
        one.appearance.claim_id = (one.known or one.claim).id
    insert_rows(session, [one.appearance for one in found])
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
        if not one.reworded and one.known is not earlier.claim_of(one.appearance.exact, one.claim.polarity):
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


def words_of(text: str, quote: Quote) -> str:
    """The words of a quote as the reference wording gives them: outer marks off, pieces joined by a visible gap."""
    pieces = [text[start:end].strip() for start, end in (quote.spans or ((quote.start, quote.end),))]
    if quote.kind in {"direct", "post"}:
        pieces = [_unmarked(piece) for piece in pieces]
    return utterances.GAP.join(piece for piece in pieces if piece)


def _unmarked(piece: str) -> str:
    bare = piece.strip()
    if bare[:2] in {"''", "``"}:
        bare = bare[2:]
    elif bare[:1] and bare[0] in MARKS:
        bare = bare[1:]
    if bare[-2:] == "''":
        bare = bare[:-2]
    elif bare[-1:] and bare[-1] in MARKS:
        bare = bare[:-1]
    # A comma before the closing mark belongs to the outlet's sentence, not to the words that were said.
    return bare.strip().removesuffix(",").rstrip()


def _said(quote: Quote, document: Document) -> tuple[date | None, date | None, Precision, str]:
    """The days, their precision and the kind of basis; a day entered by hand decides."""
    if document.said:
        days = [date.fromisoformat(day) for day in document.said.split("/")]
        return days[0], days[-1], Precision.RANGE if len(days) > 1 else Precision.DAY, BY_HAND
    said = quote.said
    if said.first is None or said.last is None:
        return None, None, Precision.UNKNOWN, ""
    return said.first, said.last, Precision(said.precision), said.basis if isinstance(said.basis, str) else "words"


def _appearance(now: datetime, snapshot: Snapshot, quote: Quote, reader: str) -> Appearance:
    exact = snapshot.text[quote.start : quote.end]
    mention = quote.speaker
    reasons: dict[str, Any] = {"reader": reader, "quote": quote.rule, "said": {"rule": quote.said.rule}}
    if mention is not None:
        reasons["speaker"] = {
            "span": [mention.start, mention.end],
            "chain": [list(span) for span in mention.chain],
            "rule": mention.rule,
            "candidates": list(mention.candidates),
        }
    if quote.cue:
        reasons["cue"] = list(quote.cue)
    if quote.said.basis is not None:
        reasons["said"]["basis"] = list(quote.said.basis) if isinstance(quote.said.basis, tuple) else quote.said.basis
    if quote.condition:
        reasons["condition"] = list(quote.condition)
    start, end = quote.question or (None, None)
    return Appearance(
        claim_id=0,
        snapshot_id=snapshot.id,
        start=quote.start,
        end=quote.end,
        spans=[list(span) for span in quote.spans],
        exact=exact,
        exact_sha256=anchor.sha256(exact),
        kind=QuoteKind(quote.kind),
        form=Form.ALTERED if quote.altered else Form.VERBATIM,
        question_start=start,
        question_end=end,
        reasons=reasons,
        created_at=now,
    )


def _claim(
    now: datetime,
    snapshot: Snapshot,
    *,
    document: Document,
    source: Source,
    quote: Quote,
    speaker: Speaker | None,
    said: tuple[date | None, date | None, Precision, str],
    occasion: ReportedVenue | None,
) -> Claim:
    text = words_of(snapshot.text, quote)
    folded = wording.fold(text)
    first, last, precision, basis = said
    mention = quote.speaker
    identity_key = same_statement.identity_key(
        speaker, quote, first=first, last=last, folded=folded, item=f"{document.source_id}\0{document.item}"
    )
    return Claim(
        public_id=same_statement.public_id(identity_key),
        identity_key=identity_key,
        speaker_id=speaker.id if speaker else None,
        speaker_text=mention.text if mention else None,
        candidates=list(mention.candidates) if mention else [],
        role=mention.role if mention else None,
        kind=QuoteKind(quote.kind),
        text=text,
        folded=folded,
        said_from=first,
        said_to=last,
        said_precision=precision,
        said_basis=_basis(quote, snapshot, basis),
        said_conflict=quote.said.conflict,
        channel=document.channel or (occasion.channel if occasion else None) or source.channel,
        venue=_slice(snapshot.text, occasion.venue) if occasion else None,
        question=_slice(snapshot.text, quote.question),
        condition=_slice(snapshot.text, quote.condition),
        polarity=quote.polarity,
        altered=quote.altered,
        status=Status.NEW,
        created_at=now,
    )


def _basis(quote: Quote, snapshot: Snapshot, basis: str) -> str:
    if basis == "words" and isinstance(quote.said.basis, tuple):
        return _slice(snapshot.text, quote.said.basis) or ""
    return basis


def _slice(text: str, span: tuple[int, int] | None) -> str | None:
    return text[span[0] : span[1]] if span else None


def place_in_time(session: Session, now: datetime, claim_id: int, at: datetime, by: str, reason: str) -> None:
    """Set the minute of a claim whose day is known, as an editor found it: it then stands before or after a pivot."""
    claim = session.get_one(Claim, claim_id)
    audit.write(
        session,
        now,
        actor=by,
        action="time of the words set",
        subject=f"claim:{claim.id}",
        field="said_at",
        old=claim.said_at.isoformat() if claim.said_at else None,
        new=at.isoformat(),
        reason=reason,
    )
    claim.said_at = at
    session.add(claim)
