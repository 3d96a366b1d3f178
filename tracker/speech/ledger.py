"""Writes of the speech floor: a reading becomes claims and appearances; what became of the words at their source.

All or nothing in the caller's transaction. The same snapshot read twice changes nothing: every appearance has its own
place in its snapshot, every claim its own `once` key, and both are unique in the database.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker import audit
from tracker.archive.models import Document, Snapshot, Source
from tracker.db import in_turn, insert_all, insert_new
from tracker.speech import anchor, wording
from tracker.speech.models import (
    Alias,
    Appearance,
    Claim,
    Fingerprint,
    Form,
    Office,
    Precision,
    QuoteKind,
    Speaker,
    Standing,
    Status,
)
from tracker.speech.reading import Quote, Reading

GAP = " […] "
"""Stands in the reference wording where the outlet's own words stood between two pieces of a quotation."""
MARKS = "“”„‟\"«»‹›‘’'`「」『』"
WHOLE = frozenset({QuoteKind.DIRECT, QuoteKind.TURN, QuoteKind.POST})
COMMON = 64
"""A fingerprint shared by more claims than this says nothing."""
BY_HAND = "by hand"
FEWEST_WORDS = 4
"""Of reported speech that is kept as a statement; the shortest that readers labelled as one by hand has five."""


@dataclass(frozen=True, slots=True)
class Written:
    """A claim that a reading gave, and whether the record had it before."""

    claim: Claim
    new: bool
    start: int
    """Where its words begin in the snapshot."""


@dataclass(frozen=True, slots=True)
class Changed:
    """An appearance whose words are no longer at their source as they were."""

    appearance: Appearance
    old: Standing
    new: Standing


def configure(session: Session, now: datetime, speakers: Sequence[dict[str, Any]]) -> None:
    """Make the configured speakers with their other names and offices; what is there already stays."""
    for values in speakers:
        speaker = speaker_named(session, values["name"]) or _new_speaker(session, now, values["name"], values["kind"])
        for alias in values["aliases"]:
            insert_new(session, Alias, {"speaker_id": speaker.id, "text": alias, "folded": wording.fold(alias)})
        for office in values["offices"]:
            insert_new(session, Office, {"speaker_id": speaker.id, **office})


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
    snapshot: Snapshot,
    document: Document,
    source: Source,
    reading: Reading,
    reader: str,
) -> list[Written]:
    """Claims and appearances from the reading of one snapshot, in the order of the text.

    A question is kept with its answer and is no claim; words that are in the record already get one more appearance.
    """
    in_turn(session, "claims")  # who is who and which words are known is decided by one at a time
    written: list[Written] = []
    for quote in reading.quotes:
        if is_question(quote) or _is_mere_subject(snapshot.text, quote):
            continue
        said = _said(quote, document)
        speaker = _speaker(session, now, quote)
        appearance = _appearance(now, snapshot, quote, reader)
        taken = session.exec(
            select(Appearance.id).where(
                Appearance.snapshot_id == snapshot.id,
                Appearance.start == appearance.start,
                Appearance.end == appearance.end,
            )
        ).first()
        if taken is not None or not appearance.exact.strip():
            continue
        claim = _claim(now, snapshot, document, source, quote, speaker, said)
        known = _same(session, claim, document)
        if known is None:
            session.add(claim)
            session.flush()
            _remember(session, claim)
        else:
            _prefer(session, now, known, claim)
            appearance.form = _form(known, claim.text, altered=claim.altered)
        appearance.claim_id = (known or claim).id
        session.add(appearance)
        session.flush()
        written.append(Written(known or claim, known is None, quote.start))
    return written


def follow_change(session: Session, now: datetime, old: Snapshot, new: Snapshot) -> list[Changed]:
    """Look for each quote of the earlier versions in the new one, by its exact words only; those that went missing now.

    One for each claim, however many earlier versions its words stand in. The words of an earlier version may come back:
    then the appearance is intact again.
    """
    changed: dict[int, Changed] = {}
    for appearance in _of_document(session, new.document_id, before=new.id):
        text = old.text if appearance.snapshot_id == old.id else session.get_one(Snapshot, appearance.snapshot_id).text
        there = anchor.find_again(appearance.exact, text, appearance.start, new.text) is not None
        standing = Standing.INTACT if there else _changed_or_missing(appearance.exact, new.text)
        if appearance.state != standing:
            if not there and appearance.state == Standing.INTACT:
                changed[appearance.claim_id] = Changed(appearance, appearance.state, standing)
            _stand(session, now, appearance, standing)
    return list(changed.values())


def follow_removal(session: Session, now: datetime, document_id: int) -> list[Changed]:
    """The document is gone from its source: its appearances say so; the words and their archived copy stay.

    One change for each claim that was still there.
    """
    changed: dict[int, Changed] = {}
    for appearance in _of_document(session, document_id):
        if appearance.state != Standing.REMOVED:
            changed[appearance.claim_id] = Changed(appearance, appearance.state, Standing.REMOVED)
            _stand(session, now, appearance, Standing.REMOVED)
    return list(changed.values())


def follow_return(session: Session, now: datetime, document_id: int, text: str) -> int:
    """A removed document is back with this text: its appearances are judged by it again; how many came back."""
    back = 0
    for appearance in _of_document(session, document_id):
        if appearance.state == Standing.REMOVED:
            here = appearance.exact in text
            _stand(session, now, appearance, Standing.INTACT if here else _changed_or_missing(appearance.exact, text))
            back += here
    return back


def public_id(once: str) -> str:
    """The permanent public id that belongs to a `once` key: ten letters and digits that are hard to mix up."""
    return base64.b32encode(bytes.fromhex(once)[:7]).decode().rstrip("=").lower()[:10]


def words_of(text: str, quote: Quote) -> str:
    """The words of a quote as the reference wording gives them: outer marks off, pieces joined by a visible gap."""
    pieces = [text[start:end].strip() for start, end in (quote.spans or ((quote.start, quote.end),))]
    if quote.kind in {"direct", "post"}:
        pieces = [_unmarked(piece) for piece in pieces]
    return GAP.join(piece for piece in pieces if piece)


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


def is_question(quote: Quote) -> bool:
    """A questioner's turn: an unnamed "Q" or a mention whose role is to ask; or no words at all."""
    if quote.kind != "turn" or quote.speaker is None:
        return False
    label = quote.speaker.text.strip(" :.*").casefold()
    return label in {"q", "question", "reporter", "frage", "вопрос"} or (quote.speaker.role or "") == "questioner"


def _is_mere_subject(text: str, quote: Quote) -> bool:
    """Reported speech that only names what was spoken about ("spoke about the bridge") says nothing that can be held up."""
    return quote.kind == "indirect" and len(text[quote.start : quote.end].split()) < FEWEST_WORDS


def _said(quote: Quote, document: Document) -> tuple[date | None, date | None, Precision, str]:
    """The days, their precision and the kind of basis; a day entered by hand decides."""
    if document.said:
        days = [date.fromisoformat(day) for day in document.said.split("/")]
        return days[0], days[-1], Precision.RANGE if len(days) > 1 else Precision.DAY, BY_HAND
    said = quote.said
    if said.first is None or said.last is None:
        return None, None, Precision.UNKNOWN, ""
    return said.first, said.last, Precision(said.precision), said.basis if isinstance(said.basis, str) else "words"


def _speaker(session: Session, now: datetime, quote: Quote) -> Speaker | None:
    """The speaker the mention resolved to; a name the record does not know becomes a new speaker."""
    mention = quote.speaker
    if mention is None or not mention.name or not wording.fold(mention.name):
        return None
    found = speaker_named(session, mention.name)
    if found is not None:
        return found
    folded = wording.fold(mention.name)
    several = session.exec(select(Alias.speaker_id).where(Alias.folded == folded).distinct()).all()
    return None if several else _new_speaker(session, now, mention.name, "person")


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
    once = _once(speaker, quote, first, last, folded, f"{document.source_id}\0{document.item}")
    return Claim(
        public_id=public_id(once),
        once=once,
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
        channel=source.channel,
        venue=None,
        question=_slice(snapshot.text, quote.question),
        condition=_slice(snapshot.text, quote.condition),
        negated=quote.negated,
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


def _once(speaker: Speaker | None, quote: Quote, first: date | None, last: date | None, folded: str, item: str) -> str:
    """What makes an utterance one: who, when, which words, and whether they are given as words or in paraphrase.

    Without a speaker or a day nobody can tell one utterance from another with the same words, so its document is in it.
    """
    who = (
        f"speaker:{speaker.folded}"
        if speaker
        else f"mention:{wording.fold(quote.speaker.text) if quote.speaker else ''}"
    )
    when = f"{first}..{last}" if first else "unknown"
    manner = "words" if QuoteKind(quote.kind) in WHOLE else quote.kind
    key = [who, when, manner, folded]
    if speaker is None or first is None:
        key.append(item)
    return hashlib.sha256("\0".join(key).encode("utf-8", "surrogatepass")).hexdigest()


def _same(session: Session, claim: Claim, document: Document) -> Claim | None:
    """The claim of the record that is this very utterance, or None."""
    exact = session.exec(select(Claim).where(Claim.once == claim.once)).first()
    if exact is not None:
        return _survivor(session, exact)
    if claim.speaker_id is None or claim.said_from is None or claim.kind not in WHOLE:
        return None
    shared = (
        select(Fingerprint.claim_id, sa.func.count().label("shared"))
        .where(col(Fingerprint.hash).in_(_telling(session, claim.folded)))
        .group_by(col(Fingerprint.claim_id))
        .subquery()
    )
    rows = session.exec(
        select(Claim)
        .join(shared, shared.c.claim_id == Claim.id)
        .where(
            Claim.speaker_id == claim.speaker_id,
            col(Claim.kind).in_(WHOLE),
            Claim.said_precision == claim.said_precision,
            Claim.said_from == claim.said_from,
            Claim.said_to == claim.said_to,
            col(Claim.merged_into).is_(None),
            ~_stands_in(document.id),
        )
        .order_by(shared.c.shared.desc(), col(Claim.id))
        .limit(20)
    )
    alike = [row for row in rows if wording.same_utterance(row.text, claim.text)]
    return None if _ambiguous(claim, alike) else next(iter(alike), None)


def _ambiguous(claim: Claim, alike: Sequence[Claim]) -> bool:
    """Whether a fragment fits several utterances that are not one another: then it belongs to none of them."""
    fuller = [row for row in alike if len(row.folded) > len(claim.folded)]
    return any(not wording.same_utterance(fuller[0].text, row.text) for row in fuller[1:])


def _stands_in(document_id: int) -> Any:  # noqa: ANN401 - an SQL expression
    """Whether a claim already has its place in the newest version of this document: two quotes of one page are two."""
    newest = select(sa.func.max(Snapshot.id)).where(Snapshot.document_id == document_id).scalar_subquery()
    return sa.exists().where(col(Appearance.claim_id) == Claim.id, col(Appearance.snapshot_id) == newest)


def _telling(session: Session, folded: str) -> list[int]:
    """The fingerprints of a wording that few claims share."""
    hashes = sorted(set(wording.grams(folded)))
    if not hashes:
        return []
    often = set(
        session.exec(
            select(Fingerprint.hash)
            .where(col(Fingerprint.hash).in_(hashes))
            .group_by(col(Fingerprint.hash))
            .having(sa.func.count() > COMMON)
        )
    )
    return [number for number in hashes if number not in often][:500]


def _survivor(session: Session, claim: Claim) -> Claim:
    while claim.merged_into is not None:
        claim = session.get_one(Claim, claim.merged_into)
    return claim


def _form(known: Claim, words: str, *, altered: bool) -> Form:
    """How the words of an appearance relate to the reference wording of its claim."""
    if known.folded == wording.fold(words):
        return Form.ALTERED if altered and not known.altered else Form.VERBATIM
    if all(f" {piece} " in f" {known.folded} " for piece in wording.parts(words)):
        return Form.TRIMMED
    return Form.ALTERED


def _words_at(place: Appearance) -> str:
    """The words of an appearance, its pieces joined by the gap."""
    spans = place.spans or [[place.start, place.end]]
    return GAP.join(place.exact[start - place.start : end - place.start] for start, end in spans)


def _prefer(session: Session, now: datetime, known: Claim, other: Claim) -> None:
    """Take a fuller, unaltered wording as the reference, as long as no editor has worked on the claim."""
    longer = len(other.folded.split()) > len(known.folded.split())
    if known.status != Status.NEW or not longer or (other.altered and not known.altered):
        return
    audit.write(
        session,
        now,
        actor="rules",
        action="fuller wording found",
        subject=f"claim:{known.id}",
        field="text",
        old=known.text,
        new=other.text,
    )
    known.text, known.folded, known.altered = other.text, other.folded, other.altered
    known.condition = known.condition or other.condition
    session.add(known)
    _remember(session, known)
    for place in session.exec(select(Appearance).where(Appearance.claim_id == known.id)):
        place.form = _form(known, _words_at(place), altered=place.form == Form.ALTERED)
        session.add(place)


def _remember(session: Session, claim: Claim) -> None:
    """Keep the fingerprints by which look-alikes of a claim are found."""
    prints = [{"hash": number, "claim_id": claim.id} for number in sorted(wording.fingerprints(claim.folded))]
    insert_all(session, Fingerprint, prints)


def place_in_time(session: Session, now: datetime, claim_id: int, at: datetime, by: str, reason: str) -> None:
    """Give a claim whose day is known its minute, as an editor found it: it then stands before or after a pivot."""
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


def _changed_or_missing(exact: str, text: str) -> Standing:
    """Words that stand there nearly the same were changed; else they are missing. Either way a person looks at it."""
    folded = wording.fold(exact).split()
    if not folded:
        return Standing.MISSING
    kept = set(wording.grams(" ".join(folded))) & set(wording.grams(wording.fold(text)))
    return Standing.CHANGED if kept else Standing.MISSING


def _stand(session: Session, now: datetime, appearance: Appearance, standing: Standing) -> None:
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
