"""Writes of the speech floor: a reading becomes claims and appearances; speakers as they are named and configured.

All or nothing in the caller's transaction. The same snapshot read twice changes nothing: every appearance has its own
place in its snapshot, every claim its own `once` key, and both are unique in the database.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from tracker import audit
from tracker.archive.models import Document, Snapshot, Source
from tracker.db import advisory_lock, insert_if_absent
from tracker.languages.data import languages
from tracker.speech import anchor, same_statement, wording
from tracker.speech.ledger import edits, utterances
from tracker.speech.ledger.source_status import Changed
from tracker.speech.models import (
    Alias,
    Appearance,
    Claim,
    Form,
    Office,
    Precision,
    QuoteKind,
    Speaker,
    Status,
)
from tracker.speech.no_statement import is_kept
from tracker.speech.occasion import occasion_of
from tracker.speech.people.office_holders import find_office_holder
from tracker.speech.reading import Quote, Reading
from tracker.speech.types import KnownSpeaker

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


@dataclass(frozen=True, slots=True)
class NewOffice:
    """A role as it is configured; `to_on` is None while it is held."""

    title: str
    body: str
    from_on: date
    to_on: date | None


@dataclass(frozen=True, slots=True)
class NewSpeaker:
    """A speaker as it is configured: name, "person" or "body", other names, roles."""

    name: str
    kind: str
    aliases: tuple[str, ...]
    offices: tuple[NewOffice, ...]


def configure(session: Session, now: datetime, speakers: Sequence[NewSpeaker]) -> None:
    """Make the configured speakers with their other names and offices; what is there already stays."""
    for told in speakers:
        speaker = speaker_named(session, told.name) or _new_speaker(session, now, told.name, told.kind)
        for alias in told.aliases:
            insert_if_absent(session, Alias, {"speaker_id": speaker.id, "text": alias, "folded": wording.fold(alias)})
        for office in told.offices:
            insert_if_absent(session, Office, {"speaker_id": speaker.id, **asdict(office)})


def speaker_named(session: Session, name: str) -> Speaker | None:
    """The one speaker with this name or alias; None when there is none or more than one."""
    folded = wording.fold(name)
    found = session.exec(select(Speaker).where(Speaker.folded == folded)).all()
    if not found:
        found = session.exec(
            select(Speaker)
            .join(Alias, col(Alias.speaker_id) == col(Speaker.id))
            .where(Alias.folded == folded)
            .distinct()
        ).all()
    return found[0] if len(found) == 1 else None


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
    speakers: dict[str | None, Speaker | None] = {}
    taken = set(
        session.exec(select(Appearance.start, Appearance.end).where(Appearance.snapshot_id == snapshot.id)).all()
    )
    found: list[_Found] = []
    for quote in reading.quotes:
        place = (quote.start, quote.end)
        if place in taken or not is_kept(snapshot.text, quote, language):
            continue
        appearance = _appearance(now, snapshot, quote, reader)
        if not appearance.exact.strip():
            continue
        taken.add(place)
        said = _said(quote, document)
        name = quote.speaker.name if quote.speaker else None
        if name not in speakers:
            speakers[name] = _speaker(session, now, quote, reading.language)
        claim = _claim(now, snapshot, document=document, source=source, quote=quote, speaker=speakers[name], said=said)
        told = edits.told_now(snapshot.text, quote, said[0], said[1])
        appearance.reasons["told"] = edits.kept(told)
        found.append(_Found(claim, appearance, told))
    _find_known(session, now, found, document=document, snapshot=snapshot, earlier=earlier)
    new = [one.claim for one in found if one.known is None]
    session.add_all(new)
    session.flush()
    utterances.index_fingerprints(session, new)
    for one in found:
        one.appearance.claim_id = (one.known or one.claim).id
        session.add(one.appearance)
    session.flush()
    written: list[Written] = []
    for one in found:
        change = earlier.compare(now, one.appearance.exact, one.told)
        reworded = one.known is None and (change is not None or earlier.was_reworded(one.claim.folded))
        written.append(
            Written(
                claim=one.known or one.claim,
                new=one.known is None,
                start=one.appearance.start,
                reworded=reworded,
                change=change,
            )
        )
    return written


@dataclass(slots=True)
class _Found:
    """One quote of a snapshot as rows, what is told of it, and the statement of the record that it is, if any."""

    claim: Claim
    appearance: Appearance
    told: edits.ToldBy
    known: Claim | None = None


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
    for one in found:
        if one.known is None:
            continue
        if one.known is not earlier.claim_of(one.appearance.exact, one.claim.polarity):
            utterances.promote_wording(session, now, one.known, one.claim)
        one.appearance.form = utterances.form(one.known, one.claim.text, altered=one.claim.altered)


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


def _speaker(session: Session, now: datetime, quote: Quote, language: str | None) -> Speaker | None:
    """The speaker the mention resolved to; a name the record does not know becomes a new speaker."""
    mention = quote.speaker
    if mention is None or not mention.name or not wording.fold(mention.name):
        return None
    found = speaker_named(session, mention.name)
    if found is not None:
        return found
    folded = wording.fold(mention.name)
    several = session.exec(select(Alias.speaker_id).where(Alias.folded == folded).distinct()).all()
    if several:
        return None
    holder = find_office_holder(mention.name, language)
    return (
        _office_holder(session, now, holder.speaker) if holder else _new_speaker(session, now, mention.name, "person")
    )


def _office_holder(session: Session, now: datetime, known: KnownSpeaker) -> Speaker:
    """The speaker of the record for a person of the list, under whichever spelling it is there; else a new one."""
    spellings = (known.name, *known.aliases)
    found = next((one for spelling in spellings if (one := speaker_named(session, spelling))), None)
    speaker = found or _new_speaker(session, now, known.name, known.kind)
    for spelling in spellings:
        insert_if_absent(session, Alias, {"speaker_id": speaker.id, "text": spelling, "folded": wording.fold(spelling)})
    for office in known.offices:
        row = NewOffice(
            title=office.title, body=office.body or "", from_on=office.since or date.min, to_on=office.until
        )
        insert_if_absent(session, Office, {"speaker_id": speaker.id, **asdict(row)})
    return speaker


def _new_speaker(session: Session, now: datetime, name: str, kind: str) -> Speaker:
    folded = wording.fold(name)
    slug = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:80]
    if not slug or session.exec(select(Speaker.id).where(Speaker.slug == slug)).first() is not None:
        slug = f"{slug}-{hashlib.sha256(folded.encode()).hexdigest()[:6]}".strip("-")
    speaker = Speaker(slug=slug, name=name, folded=folded, kind=kind, created_at=now)
    session.add(speaker)
    session.flush()
    return speaker


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
) -> Claim:
    text = words_of(snapshot.text, quote)
    folded = wording.fold(text)
    first, last, precision, basis = said
    mention = quote.speaker
    occasion = occasion_of(snapshot.text, quote, languages().get(document.language or ""))
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
