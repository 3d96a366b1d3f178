"""What stands beside every item of the desk's queue: the kinds with their counts, what waits, and the last decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from tracker import accounts, decisions
from tracker.db import Session
from tracker.positions import queries as positions
from tracker.positions.queries import LabelledCoding, review_queue
from tracker.positions.queries.review_queue import QueueKind, Waiting
from tracker.speech import queries as speech
from tracker.speech.ledger import reservations
from tracker.web.context import now
from tracker.web.decide import seen_of_many
from tracker.web.views.cards import READINGS, statement_label
from tracker.web.views.dates import clock_time

SIZE = 12
NAMES = {
    QueueKind.SPEAKERS: "Speakers",
    QueueKind.DAYS: "Days",
    QueueKind.CONFLICTS: "Conflicts",
    QueueKind.SOURCES: "Changed sources",
    QueueKind.ALIKE: "Look-alikes",
    QueueKind.TOPICS: "Border topics",
    QueueKind.CODINGS: "Positions",
    QueueKind.SECOND: "Second coding",
    QueueKind.SHIFTS: "Shifts to sign",
    QueueKind.PUBLISH: "To publish",
}
WHAT = {
    QueueKind.SPEAKERS: "Speaker not resolved",
    QueueKind.DAYS: "Day not certain",
    QueueKind.CONFLICTS: "Sources differ",
    QueueKind.SOURCES: "Changed at its source",
    QueueKind.ALIKE: "Looks like another statement",
    QueueKind.TOPICS: "On the topic or not",
    QueueKind.SECOND: "To be coded a second time, blind",
    QueueKind.SHIFTS: "Shift proposed",
    QueueKind.PUBLISH: "Confirmed, not published",
}
BULK: Mapping[QueueKind, tuple[tuple[str, str], ...]] = {
    QueueKind.SPEAKERS: (("settle", "Leave as they stand"), ("reject", "Reject")),
    QueueKind.DAYS: (("settle", "Leave as they stand"), ("reject", "Reject")),
    QueueKind.CONFLICTS: (("settle", "Leave as they stand"), ("reject", "Reject")),
    QueueKind.SOURCES: (("settle", "Leave as they stand"), ("reject", "Reject")),
    QueueKind.ALIKE: (("merge", "Merge"), ("apart", "Keep apart")),
    QueueKind.TOPICS: (("in", "On the topic"), ("out", "Not on it")),
    QueueKind.CODINGS: (("confirm", "Confirm as suggested"), ("off topic", "Off topic"), ("reject", "Reject")),
    QueueKind.SECOND: (),
    QueueKind.SHIFTS: (("sign", "Sign"),),
    QueueKind.PUBLISH: (("publish", "Publish"), ("reject", "Reject")),
}


@dataclass(frozen=True, slots=True)
class KindTab:
    """A kind of work with how much of it waits."""

    words: str
    number: str
    address: str
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueItem:
    """One item of the queue; `value` is what ticking it sends."""

    address: str
    label: str
    words: str
    value: str
    holder: str | None
    """Who has it open, and until when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """The queue beside an item."""

    kind: QueueKind | None
    tabs: tuple[KindTab, ...]
    items: tuple[QueueItem, ...]
    bulk: tuple[tuple[str, str], ...]
    here: str
    following: str
    """Where to go after this item."""
    begins: str | None
    """The beginning of the queue, where the list begins further down."""
    last: str | None
    """The last decision of this editor that stands, in words."""


def queue(db: Session, kind: QueueKind | None, by: str, *, here: str = "", key: int | None = None) -> Queue:
    """The queue of a kind from one item on; without a kind only the tabs."""
    rows = review_queue.waiting(db, kind, SIZE, by=by, start=key) if kind else []
    items = _items(db, kind, rows, by) if kind else ()
    start = url_for("review.queue_page", kind=kind.value) if kind else url_for("review.queue_page")
    after = next((one.address for one in items if one.address != here and one.holder is None), None)
    done = decisions.last_of(db, by)
    return Queue(
        kind=kind,
        tabs=tuple(_tab(db, one, by, here=one is kind) for one in QueueKind),
        items=items,
        bulk=BULK[kind] if kind else (),
        here=here,
        following=after or start,
        begins=start if key is not None and items else None,
        last=f"{len(done)} × {done[0].action}" if len(done) > 1 else done[0].action if done else None,
    )


def address_of(kind: QueueKind, row: Waiting, public_id: str) -> str:
    """The page of one item."""
    if kind is QueueKind.CODINGS:
        return url_for("review.coding", public_id=public_id, topic_id=row.topic_id)
    if kind is QueueKind.TOPICS:
        return url_for("review_borders.border", public_id=public_id, topic_id=row.topic_id)
    if kind is QueueKind.ALIKE:
        return url_for("review_pairs.pair", number=row.row_id)
    if kind is QueueKind.SHIFTS:
        return url_for("review_pairs.shift", number=row.row_id)
    if kind is QueueKind.SECOND:
        return url_for("review_pairs.second", number=row.row_id)
    return url_for("review.item", item=f"{kind.value}-{public_id}")


def _tab(db: Session, kind: QueueKind, by: str, *, here: bool) -> KindTab:
    number = review_queue.count(db, kind, by)
    words = f"{number:,}+" if number >= review_queue.MOST_COUNTED else str(number)
    return KindTab(NAMES[kind], words, url_for("review.queue_page", kind=kind.value), here)


def _items(db: Session, kind: QueueKind, rows: Sequence[Waiting], by: str) -> tuple[QueueItem, ...]:
    ids = [row.claim_id for row in rows]
    known = speech.statements(db, ids)
    codings = positions.codings(db, ids) if kind is QueueKind.CODINGS else {}
    topics = {one.id: one.name for one in positions.topics(db)} if kind is QueueKind.TOPICS else {}
    held = reservations.holders(db, now(), ids, by)
    names = accounts.public_names(db, {one.by for one in held.values()})
    seen = seen_of_many(db, [(row.claim_id, row.topic_id) for row in rows])
    items = []
    for row, mark in zip(rows, seen, strict=True):
        one, holder = known[row.claim_id], held.get(row.claim_id)
        blind = kind is QueueKind.SECOND
        value = str(row.row_id) if kind in {QueueKind.ALIKE, QueueKind.SHIFTS} else one.public_id
        items.append(
            QueueItem(
                address=address_of(kind, row, one.public_id),
                label=f"Statement {row.row_id}" if blind else statement_label(one),
                words=_words(kind, codings.get((row.claim_id, row.topic_id or "")), topics.get(row.topic_id or "")),
                value=f"{value} {mark} {row.topic_id or ''}".strip(),
                holder=f"{names[holder.by]} has it until {clock_time(holder.until)}" if holder else None,
            )
        )
    return tuple(items)


def _words(kind: QueueKind, coded: LabelledCoding | None, topic: str | None) -> str:
    if kind is QueueKind.CODINGS:
        return coding_words(coded)
    return f"{WHAT[kind]}: {topic}" if topic else WHAT[kind]


def coding_words(coded: LabelledCoding | None) -> str:
    """What is suggested or coded, in a line."""
    if coded is None:
        return "No position suggested"
    return f"Position suggested: {coded.step} {coded.label}" if coded.step is not None else READINGS[coded.reading]
