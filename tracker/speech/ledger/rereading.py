"""Writes of a rereading: a held snapshot was read again, and its statements follow what was read, or a person is asked.

1. Each appearance of the snapshot is paired with the quote at its place, else with the one that overlaps it most.
2. A statement is compared where its reference wording stands (its leading appearance); elsewhere it is only filled in. What
   was read as before changes nothing: the statement has another value from somebody or somewhere else.
3. Nothing was decided by a person: the fields follow. Else, and where other documents carry the statement and its speaker,
   day or polarity would become another, the difference is a proposal.
4. Words that are no statement any more: it is withdrawn where nobody worked on it, was told of it or has it from another
   document; else that is proposed. What was withdrawn so and is found again stands again.
5. Statements are never joined or parted here, and keep their public id. New quotes of an old document are written as new
   statements, as they always are.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from tracker import audit
from tracker.archive.models import Document, Snapshot, Source
from tracker.db import advisory_lock
from tracker.languages.data import languages
from tracker.speech import anchor, wording
from tracker.speech.ledger import edits, readings, utterances
from tracker.speech.ledger import speakers as speaker_ledger
from tracker.speech.ledger.quote_rows import appearance_of, claim_of, item_of, said_of, words_at
from tracker.speech.ledger.readings import Written
from tracker.speech.ledger.source_status import EDITED
from tracker.speech.ledger.statement_fields import (
    FIELDS,
    REASONS,
    WORDS,
    Value,
    is_empty,
    is_other,
    put,
    values_of,
    words_value,
)
from tracker.speech.models import Appearance, ChangeState, Claim, ReadingChange, Speaker, Status
from tracker.speech.no_statement import is_kept
from tracker.speech.occasion import occasion_of
from tracker.speech.queries import survivor
from tracker.speech.reading import Quote, Reading
from tracker.speech.states import HIDDEN

ACTOR = "reread"
STATEMENT = "statement"
"""The field of a change that is about whether there is a statement at all."""
PLACES = frozenset({"start", "end", "spans"})
"""Where words stand: no difference to tell."""
TOLD_ALIKE = frozenset({"speaker", "day", "polarity"})
"""Fields that make documents carry one statement: read otherwise in one of several, a person decides."""


@dataclass(frozen=True, slots=True)
class Reread:
    """What reading a snapshot again gave: the differences, the statements that are new, those that were compared."""

    changes: tuple[ReadingChange, ...] = ()
    new: tuple[Written, ...] = ()
    compared: tuple[tuple[Claim, int], ...] = ()
    """Each statement whose first appearance this snapshot holds, and where its words begin."""


@dataclass(slots=True, kw_only=True)
class _Held:
    """An appearance of the snapshot with its statement, and what stands in the way of following a reading."""

    appearance: Appearance
    claim: Claim
    leads: bool
    first: bool
    elsewhere: bool
    """Another document carries the statement too."""
    alone: bool
    """The statement has no other appearance."""
    decided: bool
    """A person worked on it."""


@dataclass(slots=True, kw_only=True)
class _Context:
    """What all comparisons of one rereading need."""

    session: Session
    now: datetime
    snapshot: Snapshot
    document: Document
    source: Source
    language: str | None
    reader: str
    changes: list[ReadingChange] = field(default_factory=list)


def compare(
    session: Session,
    now: datetime,
    *,
    snapshot: Snapshot,
    document: Document,
    source: Source,
    reading: Reading,
    reader: str,
    told: Callable[[Collection[int]], set[int]],
) -> Reread:
    """Bring the statements of a snapshot to what was read in it now; `told` says of which somebody was told by mail."""
    advisory_lock(session, "claims")
    context = _Context(
        session=session, now=now, snapshot=snapshot, document=document, source=source, language=reading.language,
        reader=reader,
    )  # fmt: skip
    held = held_statements(session, snapshot)
    language = languages().get(reading.language or "")
    kept = [quote for quote in reading.quotes if is_kept(snapshot.text, quote, language)]
    pairs, lost, new = _pair(held, kept)
    for one, quote in pairs:
        _compare(context, one, quote, told)
    for one in lost:
        _not_found(context, one, told)
    session.flush()
    written: Sequence[Written] = ()
    if new:
        written = readings.write(
            session, now, snapshot=snapshot, document=document, source=source,
            reading=replace(reading, quotes=tuple(new)), reader=reader,
        )  # fmt: skip
    first = tuple((one.claim, one.appearance.start) for one, _ in pairs if one.first and one.claim.status not in HIDDEN)
    return Reread(tuple(context.changes), tuple(one for one in written if one.new), first)


def held_statements(session: Session, snapshot: Snapshot) -> list[_Held]:
    """The appearances of a snapshot with their statements, in the order of the text."""
    rows = session.exec(
        select(Appearance, Claim)
        .join(Claim, col(Claim.id) == col(Appearance.claim_id))
        .where(Appearance.snapshot_id == snapshot.id)
        .order_by(col(Appearance.start), col(Appearance.id))
    ).all()
    standing = [(place, one) for place, row in rows if (one := survivor(session, row)) is not None]
    ids = {claim.id for _, claim in standing}
    places: dict[int, list[tuple[Appearance, int]]] = {}
    for place, document_id in session.exec(
        select(Appearance, Snapshot.document_id)
        .join(Snapshot, col(Snapshot.id) == col(Appearance.snapshot_id))
        .where(col(Appearance.claim_id).in_(ids))
        .order_by(col(Appearance.id))
    ):
        places.setdefault(place.claim_id, []).append((place, document_id))
    touched = audit.touched_by_people(session, {f"claim:{number}" for number in ids})
    found = []
    for place, claim in standing:
        mine = places.get(claim.id) or [(place, snapshot.document_id)]
        leader = next((one for one, _ in mine if words_at(one) == claim.text), mine[0][0])
        found.append(
            _Held(
                appearance=place,
                claim=claim,
                leads=place.id == leader.id,
                first=place.id == mine[0][0].id,
                elsewhere=any(document_id != snapshot.document_id for _, document_id in mine),
                alone=len(mine) == 1,
                decided=f"claim:{claim.id}" in touched or claim.status not in {Status.NEW, Status.WITHDRAWN},
            )
        )
    return found


def _pair(held: Sequence[_Held], quotes: Sequence[Quote]) -> tuple[list[tuple[_Held, Quote]], list[_Held], list[Quote]]:
    """Each appearance with its quote, those that have none, and the quotes that are new."""
    pairs: list[tuple[_Held, Quote]] = []
    by_place = {(quote.start, quote.end): quote for quote in reversed(quotes)}
    left = []
    for one in held:
        quote = by_place.pop((one.appearance.start, one.appearance.end), None)
        pairs.append((one, quote)) if quote else left.append(one)
    free = list(by_place.values())
    near = sorted(
        ((size, one, quote) for one in left for quote in free if (size := _shared(one.appearance, quote))),
        key=lambda row: (-row[0], row[1].appearance.start, row[2].start),
    )
    paired: set[int] = set()
    for _, one, quote in near:
        if id(one) in paired or id(quote) in paired:
            continue
        paired |= {id(one), id(quote)}
        pairs.append((one, quote))
    return (
        sorted(pairs, key=lambda pair: pair[0].appearance.start),
        [one for one in left if id(one) not in paired],
        sorted((quote for quote in free if id(quote) not in paired), key=lambda quote: quote.start),
    )


def _shared(place: Appearance, quote: Quote) -> float:
    """How much of the shorter one of two places lies in the other; 0 for less than half."""
    both = min(place.end, quote.end) - max(place.start, quote.start)
    share = both / min(place.end - place.start, quote.end - quote.start)
    return share if share >= 0.5 else 0.0  # noqa: PLR2004 - half


def _compare(context: _Context, one: _Held, quote: Quote, told: Callable[[Collection[int]], set[int]]) -> None:
    again = appearance_of(context.now, context.snapshot, quote, context.reader)
    if not again.exact.strip() or (one.claim.status in HIDDEN and not _reinstate(context, one)):
        return
    place, claim = one.appearance, one.claim
    fresh = _fresh(context, quote)
    name = _name_of(context, quote, fresh)
    now_read = values_of(fresh, name)
    followed: set[str] = set()
    open_fields: set[str] = set()
    for key in FIELDS:
        found = _compare_field(context, one, key, now_read[key], again)
        if found is ChangeState.FOLLOWED:
            put(claim, key, now_read[key], _speaker_for(context, name) if key == "speaker" else None)
            followed.add(key)
        elif found is not None:
            open_fields.add(key)
    if one.leads and fresh.folded != claim.folded and words_at(place) == claim.text:
        new = words_value(fresh, again)
        asked = one.decided or one.elsewhere or not one.alone or bool(told([claim.id]))
        state = ChangeState.PROPOSED if asked else ChangeState.FOLLOWED
        if (
            _record(context, one, WORDS, old=words_value(claim, place), new=new, why=again.reasons, state=state)
            and not asked
        ):
            put_words(context.session, claim, place, new, context.snapshot.text)
            followed.add(WORDS)
        else:
            open_fields.add(WORDS)
    _refresh(place, again, now_read, open_fields)
    place.reasons["told"] = edits.kept(edits.told_now(context.snapshot.text, quote, fresh.said_from, fresh.said_to))
    if "kind" not in open_fields:
        place.kind = again.kind
    if not open_fields & {WORDS, "question"}:
        place.question_start, place.question_end = again.question_start, again.question_end
    context.session.add(place)
    if followed:
        utterances.renew_identity(context.session, claim, item_of(context.document))
        context.session.add(claim)
        context.session.flush()


def _compare_field(context: _Context, one: _Held, key: str, new: Value, again: Appearance) -> ChangeState | None:
    """Store what a field is read as now, where that is a difference: followed, or waiting for a person; None without one."""
    claim, before = one.claim, one.appearance.reasons.get("read") or {}
    old = values_of(claim, _speaker_of(context.session, claim))[key]
    if new == old:
        outdate(context.session, context.now, claim.id, key)
        return None
    if new == before.get(key):
        last = last_change(context.session, claim.id, key)
        waits = last is not None and last.state in {ChangeState.PROPOSED, ChangeState.REFUSED}
        return ChangeState.PROPOSED if waits else None
    if not (one.leads or is_empty(key, old)) or (not before and not (one.alone or key in TOLD_ALIKE)):
        return None
    shared = key in TOLD_ALIKE and one.elsewhere and not is_empty(key, old)
    state = ChangeState.PROPOSED if one.decided or shared else ChangeState.FOLLOWED
    if state is ChangeState.PROPOSED and not is_other(key, old, new):
        return None
    stored = _record(context, one, key, old=old, new=new, why=again.reasons, state=state)
    return state if stored else ChangeState.PROPOSED


def _speaker_of(session: Session, claim: Claim) -> str | None:
    """The name of a claim's speaker."""
    return session.get_one(Speaker, claim.speaker_id).name if claim.speaker_id is not None else None


def _fresh(context: _Context, quote: Quote) -> Claim:
    """The claim that a quote would become, with the speaker the record has; it is not stored."""
    named = quote.speaker.name if quote.speaker else None
    known = speaker_ledger.speaker_named(context.session, named) if named else None
    return claim_of(
        context.now, context.snapshot, document=context.document, source=context.source, quote=quote, speaker=known,
        said=said_of(quote, context.document),
        occasion=occasion_of(context.snapshot.text, quote, languages().get(context.language or "")),
    )  # fmt: skip


def _name_of(context: _Context, quote: Quote, fresh: Claim) -> str | None:
    """The name of the speaker that a quote has, as the record has or would have it."""
    named = speaker_ledger.sole_name(context.session, quote.speaker.name if quote.speaker else None)
    if named is None:
        return None
    if fresh.speaker_id is not None:
        return context.session.get_one(Speaker, fresh.speaker_id).name
    return speaker_ledger.known_as(context.session, named, context.language)


def _speaker_for(context: _Context, name: str | None) -> Speaker | None:
    return speaker_ledger.get_or_create(context.session, context.now, name, context.language)


def _record(
    context: _Context, one: _Held, key: str, *, old: Value, new: Value, why: Mapping[str, Any], state: ChangeState
) -> bool:
    """Store a difference and audit what follows; False where it was proposed or refused before."""
    place, claim = one.appearance, one.claim
    last = last_change(context.session, claim.id, key)
    if last is not None and last.new == new and last.state in {ChangeState.PROPOSED, ChangeState.REFUSED}:
        return False
    outdate(context.session, context.now, claim.id, key)
    keys = REASONS.get(key, ())
    context.changes.append(
        store_change(
            context.session,
            context.now,
            ReadingChange(
                claim_id=claim.id, appearance_id=place.id, field=key, old=old, new=new,
                why_old={name: place.reasons[name] for name in keys if name in place.reasons},
                why_new={name: why[name] for name in keys if name in why},
                reader_old=str(place.reasons.get("reader", "")), reader_new=context.reader,
                state=state, at=context.now,
            ),
        )
    )  # fmt: skip
    return True


def store_change(session: Session, now: datetime, change: ReadingChange) -> ReadingChange:
    """Store a difference, and an audit entry for one that is followed."""
    session.add(change)
    session.flush()
    if change.state is ChangeState.FOLLOWED:
        audit.write(
            session, now, actor=ACTOR, action=f"read again: {change.field}", subject=f"claim:{change.claim_id}",
            field=change.field, old=in_words(change.old), new=in_words(change.new),
            reason=f"reader {change.reader_new}, before {change.reader_old or 'an earlier one'}",
        )  # fmt: skip
    return change


def in_words(value: Value) -> str:
    """The value of a field in a line, for the audit trail."""
    if "candidates" in value:
        value = {**value, "name": value["name"] or "not resolved"}
    shown = [", ".join(one) if isinstance(one, list) else str(one) for key, one in value.items() if _is_told(key, one)]
    return "; ".join(dict.fromkeys(shown)) or "none"


def _is_told(key: str, value: Any) -> bool:  # noqa: ANN401 - a value of JSON
    return value not in (None, "", [], False) and key not in PLACES and key != "altered"


def last_change(session: Session, claim_id: int, key: str) -> ReadingChange | None:
    """The newest difference of a field of a statement that still says something."""
    return session.exec(
        select(ReadingChange)
        .where(
            ReadingChange.claim_id == claim_id,
            ReadingChange.field == key,
            ReadingChange.state != ChangeState.OUTDATED,
        )
        .order_by(col(ReadingChange.id).desc())
        .limit(1)
    ).first()


def outdate(session: Session, now: datetime, claim_id: int, key: str) -> None:
    """Take back a proposal that does not follow from what is read now."""
    waiting = session.exec(
        select(ReadingChange).where(
            ReadingChange.claim_id == claim_id, ReadingChange.field == key, ReadingChange.state == ChangeState.PROPOSED
        )
    )
    for change in waiting:
        change.state, change.decided_by, change.decided_at = ChangeState.OUTDATED, ACTOR, now
        session.add(change)


def _refresh(place: Appearance, again: Appearance, now_read: dict[str, Value], open_fields: set[str]) -> None:
    """Put the reasons of the new reading to an appearance of the new reading, but for fields that stayed as they were."""
    reasons = dict(again.reasons)
    for key in sorted(open_fields):
        for name in REASONS.get(key, ()):
            reasons.pop(name, None)
            if name in place.reasons:
                reasons[name] = place.reasons[name]
    if EDITED in place.reasons:
        reasons[EDITED] = place.reasons[EDITED]
    reasons["read"] = now_read
    place.reasons = reasons


def put_words(session: Session, claim: Claim, place: Appearance, value: Value, text: str) -> None:
    """Put other words to a statement at another place of the same snapshot, of which it holds this appearance alone."""
    place.start, place.end, place.spans = value["start"], value["end"], [list(span) for span in value["spans"]]
    place.exact = text[place.start : place.end]
    place.exact_sha256 = anchor.sha256(place.exact)
    claim.text, claim.folded, claim.altered = value["text"], wording.fold(value["text"]), value["altered"]
    place.form = utterances.form(claim, claim.text, altered=claim.altered)
    session.add(place)
    session.add(claim)
    utterances.renew_fingerprints(session, claim)


def apply(session: Session, now: datetime, change: ReadingChange, *, new: bool) -> bool:
    """Put the new value of a change to a statement, or its old one again; False where it has another by now."""
    claim = session.get_one(Claim, change.claim_id)
    place = session.get(Appearance, change.appearance_id) if change.appearance_id is not None else None
    wanted, expected = (change.new, change.old) if new else (change.old, change.new)
    if change.field == STATEMENT:
        if claim.status.value != expected["status"]:
            return False
        claim.status = Status(wanted["status"])
        session.add(claim)
        return True
    if place is None:
        return False
    snapshot = session.get_one(Snapshot, place.snapshot_id)
    if change.field == WORDS:
        if claim.text != expected["text"]:
            return False
        put_words(session, claim, place, wanted, snapshot.text)
    else:
        if values_of(claim, _speaker_of(session, claim))[change.field] != expected:
            return False
        named = wanted["name"] if change.field == "speaker" else None
        put(claim, change.field, wanted, speaker_ledger.get_or_create(session, now, named, snapshot.language))
    why = change.why_new if new else change.why_old
    kept = {key: value for key, value in place.reasons.items() if key not in REASONS.get(change.field, ())}
    place.reasons = {**kept, **why}
    session.add(place)
    session.add(claim)
    session.flush()
    utterances.renew_identity(session, claim, item_of(session.get_one(Document, snapshot.document_id)))
    session.flush()
    return True


def _not_found(context: _Context, one: _Held, told: Callable[[Collection[int]], set[int]]) -> None:
    """The words are no statement for the reader as it is now."""
    claim = one.claim
    if claim.status in HIDDEN or not one.alone:
        return
    asked = one.decided or bool(told([claim.id]))
    state = ChangeState.PROPOSED if asked else ChangeState.FOLLOWED
    old, new = {"status": claim.status.value}, {"status": Status.WITHDRAWN.value}
    if _record(context, one, STATEMENT, old=old, new=new, why={}, state=state) and state is ChangeState.FOLLOWED:
        claim.status = Status.WITHDRAWN
        context.session.add(claim)


def _reinstate(context: _Context, one: _Held) -> bool:
    """Let a statement stand again that a rereading withdrew, and nobody else; whether it stands."""
    last = last_change(context.session, one.claim.id, STATEMENT)
    withdrawn = last is not None and last.state is ChangeState.FOLLOWED and one.claim.status is Status.WITHDRAWN
    if not withdrawn or one.decided:
        return False
    old, new = {"status": one.claim.status.value}, {"status": Status.NEW.value}
    _record(context, one, STATEMENT, old=old, new=new, why={}, state=ChangeState.FOLLOWED)
    one.claim.status = Status.NEW
    context.session.add(one.claim)
    return True
