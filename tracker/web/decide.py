"""What one press at the desk does: the decision, its shifts, its mails, and the note by which it can be undone.

Every way to decide goes through `decide`: the form of one item, the button for all that are ticked, with and without script.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from tracker import audit
from tracker.alerts.ledger import deliveries as alerts
from tracker.db import UNREACHABLE, Session, lock_timeout
from tracker.decisions import Decision, Journal
from tracker.errors import TrackerError
from tracker.positions import queries as positions
from tracker.positions.ledger import codings as coding_ledger
from tracker.positions.ledger import desk, topic_links
from tracker.positions.ledger.shifts import ShiftChanges
from tracker.positions.models import CodingReading, CodingState
from tracker.positions.queries import border_rows, suggester_rows
from tracker.positions.queries.review_queue import DOUBTS, QueueKind
from tracker.speech import queries as speech
from tracker.speech.ledger import joining, reservations, speakers
from tracker.speech.ledger.corrections import BadCorrection, Editing
from tracker.speech.models import Claim, QuoteKind, Speaker, Status
from tracker.speech.queries import by_id
from tracker.web.context import now, reading, world, writing

NUMBER = re.compile(r"[0-9]{1,9}")
LOCK_WAIT_S = 0.5
"""How long opening an item waits to write down who has it: without that it is only not reserved."""
SIDES = {"in": "put on the topic", "out": "taken off the topic"}
"""What a person says of a statement at the border of a topic, and how that is called."""
NOTHING = "Nothing was changed: the form holds what stands already."


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One press: `do` is the button, `value` what it stands for; the rest are the form's fields as they were sent."""

    do: str
    value: str = ""
    topic_id: str | None = None
    position: str = ""
    speaker: str = ""
    role: str = ""
    said_from: date | None = None
    said_to: date | None = None
    basis: str = ""
    condition: str = ""
    kind: str = ""
    reason: str = ""
    key_quote: bool = False
    queue: QueueKind | None = None
    item: str = ""
    batch: str | None = None


def seen_of(db: Session, claim_id: int, topic_id: str | None = None) -> str:
    """What a form remembers of a statement: another value means that somebody decided meanwhile."""
    return seen_of_many(db, [(claim_id, topic_id)])[0]


def seen_of_many(db: Session, items: list[tuple[int, str | None]]) -> list[str]:
    """The same for many statements, in two SELECTs."""
    subjects = {f"claim:{claim_id}" for claim_id, _ in items}
    last = audit.last_ids(db, subjects)
    codings = positions.codings(db, {claim_id for claim_id, _ in items})
    found = []
    for claim_id, topic_id in items:
        coded = codings.get((claim_id, topic_id or ""))
        found.append(f"{coded.coding_id if coded else 0}.{last.get(f'claim:{claim_id}', 0)}")
    return found


def reserve(claim_id: int, by: str) -> None:
    """Write down who has a statement open, unless they have it already or the record can't be written now."""
    with reading() as db:
        if not reservations.needs_renewal(db, now(), claim_id, by):
            return
    try:
        with lock_timeout(LOCK_WAIT_S), writing() as db:
            reservations.reserve(db, now(), claim_id, by)
    except UNREACHABLE:
        return


def attempt(db: Session, step: Callable[[], object]) -> str | None:
    """Take one step whole or not at all; the sentence on why it can't be taken, None when it was."""
    try:
        with db.begin_nested():
            step()
    except TrackerError as problem:
        return str(problem)
    return None


def decide(db: Session, claim: Claim, act: Act, by: str) -> Decision:
    """Do what was pressed. Raises `BadCorrection`, `BadCoding` or `BadMove` where it can't be done."""
    if act.do == "enter":
        act = replace(act, do="code" if act.topic_id and not _is_edited(db, claim, act) else "save")
    journal, before = Journal(db), claim.speaker_id
    concerned = [claim.id]
    if act.do == "code":
        action, changes = _code(db, claim, act, by, journal)
    elif act.do in SIDES:
        action, changes = _place(db, claim, act, by, journal), ShiftChanges()
    else:
        action, others = _edit(db, claim, act, by, journal)
        concerned += others
        changes = desk.refresh_shifts(db, now(), concerned, [before], by)
    if not journal.changes:
        raise BadCorrection(NOTHING)
    done = journal.close(now(), by=by, action=action, subject=f"claim:{claim.id}", item=act.item, batch=act.batch)
    _tell(db, changes, concerned)
    reservations.release(db, concerned, by)
    return done


def undo(db: Session, done: list[Decision], by: str) -> None:
    """Undo decisions, with their shifts and mails. Raises `Overtaken`."""
    claims = {number for one in done for number in _claims_of(one)}
    changes = desk.undo(db, now(), done, by)
    alerts.enqueue_shifts(db, now(), changes, world().digest_schedule)
    alerts.owe_again(db, claims)
    alerts.drop_undone(db)


def sign(db: Session, shift_id: int, by: str, *, item: str = "", batch: str | None = None) -> Decision:
    """Sign a shift; with the last signature that is asked for, followers are told. Raises `BadSignature`."""
    found = positions.shifts_named(db, [shift_id])
    if not found:
        raise desk.BadSignature("There is no such shift.")
    shift, journal = found[0], Journal(db)
    enough = desk.sign(db, now(), journal, shift, by)
    if enough:
        alerts.enqueue_shifts(db, now(), ShiftChanges(made=(shift,)), world().digest_schedule)
    return journal.close(now(), by=by, action="shift signed", subject=f"claim:{shift.after_claim_id}", item=item,
                         batch=batch)  # fmt: skip


def decide_pair(
    db: Session, number: int, do: str, by: str, *, reason: str = "", item: str = "", batch: str | None = None
) -> Decision:
    """Join two statements that look alike, or say that they are two. Raises `BadCorrection`."""
    pair = by_id.look_alike(db, number)
    if pair is None or pair.decided_at is not None:
        raise BadCorrection("Somebody decided about these two already.")
    first, second = by_id.claim(db, pair.claim_id), by_id.claim(db, pair.other_id)
    journal = Journal(db)
    speakers_before = [first.speaker_id, second.speaker_id]
    if do == "apart":
        joining.keep_apart(db, now(), journal, pair, by=by, reason=reason)
        action = "kept apart"
    else:
        into, gone = (second, first) if do == "merge-into-second" else (first, second)
        _merge(db, journal, into=into, gone=gone, by=by, reason=reason)
        action = "copies merged"
    changes = desk.refresh_shifts(db, now(), [first.id, second.id], speakers_before, by)
    done = journal.close(now(), by=by, action=action, subject=f"claim:{first.id}", item=item, batch=batch)
    _tell(db, changes, [first.id, second.id])
    reservations.release(db, [first.id, second.id], by)
    return done


def _tell(db: Session, changes: ShiftChanges, claim_ids: list[int]) -> None:
    alerts.enqueue_shifts(db, now(), changes, world().digest_schedule)
    alerts.enqueue_corrections(db, now(), claim_ids, world().digest_schedule)
    alerts.drop_hidden(db, claim_ids)


def _claims_of(done: Decision) -> set[int]:
    return {int(change["id"]) for change in done.changes if change["table"] == "claim"} | {
        int(done.subject.removeprefix("claim:")) if done.subject.startswith("claim:") else 0
    }


def _code(db: Session, claim: Claim, act: Act, by: str, journal: Journal) -> tuple[str, ShiftChanges]:
    if act.topic_id is None:
        raise BadCorrection("A position is coded on a topic.")
    subject = positions.topic(db, act.topic_id)
    position = next((one for one in subject.positions if str(one.id) == act.position), None) if subject else None
    reading = CodingReading.POSITION
    if position is None:
        if act.position not in {one.value for one in CodingReading if one is not CodingReading.POSITION}:
            raise BadCorrection("Choose a position, or say which kind of none it is.")
        reading = CodingReading(act.position)
    changes = coding_ledger.confirm(
        db, now(), by=by, claim_id=claim.id, topic_id=act.topic_id, reading=reading,
        position_id=position.id if position else None, note=act.reason or None, key_quote=act.key_quote,
        journal=journal,
    )  # fmt: skip
    return ("off topic" if reading is CodingReading.OFF_TOPIC else "position confirmed"), changes


def _place(db: Session, claim: Claim, act: Act, by: str, journal: Journal) -> str:
    """Keep that a statement is, or is not, about a topic; what is put there is suggested a position."""
    subject = positions.topic(db, act.topic_id) if act.topic_id else None
    if subject is None:
        raise BadCorrection("There is no such topic.")
    topic, is_about, border = subject.topic, act.do == "in", border_rows.border(db, claim.id, subject.topic.id)
    matched = border.matched if border else ()
    topic_links.decide_link(
        db, now(), journal, by=by, claim_id=claim.id, topic_id=topic.id, is_about=is_about, matched=matched,
        note=act.reason or None,
    )  # fmt: skip
    if is_about:
        read = suggester_rows.read_statements(db, [claim.id])[0]
        coding_ledger.suggest(db, now(), claim, topic, read.statement.code)
    return SIDES[act.do]


def _edit(db: Session, claim: Claim, act: Act, by: str, journal: Journal) -> tuple[str, list[int]]:
    """What was done in words, and the other statements it concerns."""
    if act.do not in EDITS:
        raise BadCorrection("Choose what to do.")
    return EDITS[act.do](db, Editing(db, now(), claim, by=by, journal=journal), act)


def _reject(_db: Session, edit: Editing, act: Act) -> tuple[str, list[int]]:
    return f"statement {edit.take_off(act.reason).value}", []


def _publish(_db: Session, edit: Editing, act: Act) -> tuple[str, list[int]]:
    edit.move(Status.PUBLISHED, "statement published", act.reason)
    return "statement published", []


def _put_back(_db: Session, edit: Editing, act: Act) -> tuple[str, list[int]]:
    edit.move(Status.IN_REVIEW, "statement put back", act.reason)
    return "statement put back", []


def _settle(_db: Session, edit: Editing, act: Act) -> tuple[str, list[int]]:
    for doubt in DOUBTS.get(act.queue, ()) if act.queue else ():
        edit.settle(doubt.value, act.reason)
    if edit.claim.status is Status.NEW:
        edit.journal.set(edit.claim, status=Status.IN_REVIEW)
    return "left as it stands", []


def _pick(db: Session, edit: Editing, act: Act) -> tuple[str, list[int]]:
    edit.set_speaker(_speaker_at(db, act.value), act.reason)
    return "speaker set", []


def _set_day(_db: Session, edit: Editing, act: Act) -> tuple[str, list[int]]:
    try:
        day = date.fromisoformat(act.value)
    except ValueError as problem:
        raise BadCorrection("That is no day like 2024-05-14.") from problem
    edit.set_day(day, day, act.basis, act.reason)
    return "day set", []


def _merge_into(db: Session, edit: Editing, act: Act) -> tuple[str, list[int]]:
    other = speech.claim(db, act.value.rpartition("/")[2])
    if other is None:
        raise BadCorrection("There is no statement with this id. It stands in the address of the statement’s page.")
    _merge(db, edit.journal, into=other, gone=edit.claim, by=edit.by, reason=act.reason)
    return f"merged into {other.public_id}", [other.id]


def _split(db: Session, edit: Editing, act: Act) -> tuple[str, list[int]]:
    place = by_id.appearance(db, int(act.value)) if NUMBER.fullmatch(act.value) else None
    if place is None or place.claim_id != edit.claim.id:
        raise BadCorrection("This appearance does not belong to the statement.")
    made = joining.split(db, now(), edit.journal, place, by=edit.by, reason=act.reason)
    desk.carry_topics(db, edit.journal, into=made.id, gone=edit.claim.id)
    return f"an appearance parted as {made.public_id}", [made.id]


def _save(db: Session, edit: Editing, act: Act) -> tuple[str, list[int]]:
    """Bring the statement to what the form holds: each field that differs is a correction of its own."""
    claim, done = edit.claim, []
    current = by_id.speaker(db, claim.speaker_id)
    # The office that the form shows is the one of whoever spoke so far: another speaker does not get it.
    role = act.role if act.role != (speech.roles(db, [claim])[claim.id] or "") else ""
    if act.speaker != (current.name if current else ""):
        named = speakers.get_or_create(db, now(), act.speaker, None) if act.speaker else None
        if act.speaker and named is None:
            raise BadCorrection(
                "Several speakers bear this name. Choose one of them by the buttons, or type it in full."
            )
        done += ["speaker"] if edit.set_speaker(named, act.reason, role=role or None) else []
    elif role and current is not None:
        done += ["office"] if edit.set_speaker(current, act.reason, role=role) else []
    if (act.said_from, act.said_to) != (claim.said_from, claim.said_to) or act.basis:
        done += ["day"] if edit.set_day(act.said_from, act.said_to, act.basis, act.reason) else []
    if act.kind and act.kind != claim.kind:
        done += ["kind"] if edit.set_kind(QuoteKind(act.kind), act.reason) else []
    if act.condition != (claim.condition or ""):
        done += ["condition"] if edit.set_condition(act.condition or None, act.reason) else []
    return f"{' and '.join(done)} corrected" if done else "saved", []


def _is_edited(db: Session, claim: Claim, act: Act) -> bool:
    """Whether a form holds other facts than those that stand."""
    one = speech.statements(db, [claim.id])[claim.id]
    return bool(act.basis) or (act.speaker, act.role, act.said_from, act.said_to, act.kind, act.condition) != (
        one.speaker.name if one.speaker else "", one.role or "", one.said_from, one.said_to, one.kind.value,
        one.condition or "",
    )  # fmt: skip


def _merge(db: Session, journal: Journal, *, into: Claim, gone: Claim, by: str, reason: str) -> None:
    joining.merge(db, now(), journal, into=into, gone=gone, by=by, reason=reason)
    desk.carry_topics(db, journal, into=into.id, gone=gone.id)


def _speaker_at(db: Session, slug: str) -> Speaker:
    profile = speech.speaker(db, slug)
    if profile is None or profile.speaker.merged_into is not None:
        raise BadCorrection("There is no speaker at this address.")
    return profile.speaker


def confirm_suggested(db: Session, claim: Claim, act: Act, by: str) -> Decision:
    """Confirm the position that is suggested, as it stands. Raises `BadCorrection` where none is."""
    coded = positions.codings(db, [claim.id], act.topic_id).get((claim.id, act.topic_id or ""))
    if coded is None or coded.position_id is None or coded.state is not CodingState.SUGGESTED:
        raise BadCorrection("No position is suggested for it.")
    return decide(
        db, claim,
        Act(do="code", topic_id=act.topic_id, position=str(coded.position_id), reason=act.reason, item=act.item,
            batch=act.batch),
        by,
    )  # fmt: skip


EDITS: Mapping[str, Callable[[Session, Editing, Act], tuple[str, list[int]]]] = {
    "reject": _reject,
    "publish": _publish,
    "back": _put_back,
    "settle": _settle,
    "pick": _pick,
    "day": _set_day,
    "merge": _merge_into,
    "split": _split,
    "save": _save,
}
"""What each button of a statement's form does."""
