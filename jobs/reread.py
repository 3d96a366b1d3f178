"""Reread: read held documents again when the reader, the speakers, the topics or the scales are others than they were.

What only the machine set follows; what a person set or confirmed is never overwritten: the difference waits for a person as
a proposal (`speech.ledger.rereading`, `positions.ledger.rereading`). Nobody is told: no mail is owed for what is found here.

1. A snapshot is due where what it was read with has another name than what a text is read with today.
2. It is read with nothing open. One transaction then writes all differences of one snapshot and the new name; when the
   process is killed before its end, the snapshot is still due, and nothing of it was changed.
3. The same snapshot read again with the same things gives no difference.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from functools import partial

import structlog

from jobs.extract import is_machine_fault, manuscript, passage_of
from jobs.ingest.csv_import import READER as IMPORTED
from jobs.reading_context import PARTS, ReadingContext, context_now
from tracker.alerts import queries as alerts
from tracker.archive import queries
from tracker.archive.ledger import documents as archive
from tracker.archive.queries import StoredSnapshot
from tracker.db import Session
from tracker.positions.ledger import codings as coding_ledger
from tracker.positions.ledger import rereading as positions
from tracker.speech.ledger import rereading as speech
from tracker.speech.ledger.rereading import Reread
from tracker.speech.models import ChangeState, ReadingChange
from tracker.speech.reading import READER_STOPPED, READER_VERSION, Reading, read_all
from tracker.speech.states import HIDDEN
from tracker.world import World

log = structlog.get_logger("reread")

BATCH = 20
"""Documents that are read together."""
MOST = 2_000
"""Documents that one run of the schedule reads; the rest waits for the next."""
TEXT = frozenset({"reader", "speakers"})
"""Parts for whose sake the text itself is read again."""

Teller = Callable[[ReadingChange], None]


class _DryRun(Exception):
    """Ends a transaction that must leave nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RereadCounts:
    """What a run did: documents read, differences followed and proposed, new statements, documents it could not read."""

    documents: int = 0
    followed: int = 0
    proposed: int = 0
    statements: int = 0
    failed: int = 0

    def plus(self, other: "RereadCounts") -> "RereadCounts":
        """The counts of both."""
        return RereadCounts(**{name: number + asdict(other)[name] for name, number in asdict(self).items()})


def run(world: World, *, most: int = MOST) -> RereadCounts:
    """Read again what was read with something else than is in force now, `most` documents."""
    with world.database.transaction() as session:
        archive.mark_unread(session, READER_STOPPED, not_by=READER_VERSION)
    return _run(world, None, most)


def run_all(
    world: World, what: Collection[str] = (), *, dry_run: bool = False, tell: Teller | None = None
) -> RereadCounts:
    """Read everything held again for the sake of these parts (or of all), due or not; a dry run changes nothing."""
    return _run(world, frozenset(what or PARTS), None, dry_run=dry_run, tell=tell)


def _run(
    world: World, parts: frozenset[str] | None, most: int | None, *, dry_run: bool = False, tell: Teller | None = None
) -> RereadCounts:
    context, counts, last = context_now(world), RereadCounts(), 0
    while not world.stopping.is_set() and (most is None or counts.documents < most):
        with world.database.reading() as session:
            ids = queries.to_read_again(session, last, BATCH, None if parts else context.name)
            stored = [queries.waiting(session, number) for number in ids]
        if not stored:
            break
        last = ids[-1]
        for one, reading in zip(stored, _readings(stored, context, parts), strict=True):
            if world.stopping.is_set():
                break
            changed = parts or context.differs_in(one.snapshot.read_with)
            counts = counts.plus(
                _write(world, one, reading, context=context, parts=changed, tell=tell, dry_run=dry_run)
            )
    return counts


def _readings(
    stored: Sequence[StoredSnapshot], context: ReadingContext, parts: frozenset[str] | None
) -> list[Reading | Exception | None]:
    """What each snapshot gives now; None where its text need not be read, the error where the reader stopped."""
    wanted = [
        one.snapshot.read_by != IMPORTED and bool((parts or context.differs_in(one.snapshot.read_with)) & TEXT)
        for one in stored
    ]
    texts = [one for one, want in zip(stored, wanted, strict=True) if want]
    found = iter(_read(texts, context))
    return [next(found) if want else None for want in wanted]


def _read(stored: Sequence[StoredSnapshot], context: ReadingContext) -> list[Reading | Exception]:
    try:
        return list(read_all([manuscript(one, context.speakers) for one in stored]))
    except Exception as error:
        if is_machine_fault(error):
            raise
        if len(stored) == 1:
            log.exception("reading again failed", snapshot=stored[0].snapshot.id)
            return [error]
        return [reading for one in stored for reading in _read([one], context)]


def _write(
    world: World,
    stored: StoredSnapshot,
    reading: Reading | Exception | None,
    *,
    context: ReadingContext,
    parts: Collection[str],
    tell: Teller | None,
    dry_run: bool,
) -> RereadCounts:
    """Write what a snapshot gives now, all or nothing; nothing where somebody else was faster."""
    counts = RereadCounts()
    changes: tuple[ReadingChange, ...] = ()
    try:
        with world.database.transaction() as session:
            reader = READER_VERSION if isinstance(reading, Reading) else stored.snapshot.read_by or ""
            read_with = context.after(stored.snapshot.read_with, parts)
            if not archive.mark_read_again(session, stored.snapshot, reader, read_with):
                return counts
            if isinstance(reading, Exception):
                return RereadCounts(documents=1, failed=1)
            changes, new = _differences(session, world, stored, reading, parts)
            counts = RereadCounts(
                documents=1,
                followed=sum(one.state is ChangeState.FOLLOWED for one in changes),
                proposed=sum(one.state is ChangeState.PROPOSED for one in changes),
                statements=new,
            )
            _end(dry_run=dry_run)
    except _DryRun:
        pass
    if tell is not None:
        for change in changes:
            tell(change)
    return counts


def _end(*, dry_run: bool) -> None:
    """Undo the transaction of a dry run."""
    if dry_run:
        raise _DryRun


def _differences(
    session: Session, world: World, stored: StoredSnapshot, reading: Reading | None, parts: Collection[str]
) -> tuple[tuple[ReadingChange, ...], int]:
    """All that follows and all that is proposed for one snapshot, and how many statements are new."""
    now = world.now()
    if reading is None:
        held = speech.held_statements(session, stored.snapshot)
        first = ((one.claim, one.appearance.start) for one in held if one.first and one.claim.status not in HIDDEN)
        found = Reread(compared=tuple(first))
    else:
        found = speech.compare(
            session,
            now,
            snapshot=stored.snapshot,
            document=stored.document,
            source=stored.source,
            reading=reading,
            reader=READER_VERSION,
            told=partial(alerts.told_of, session),
        )
        parts = PARTS
    topics = coding_ledger.all_topics(session) if found.new else []
    for written in found.new:
        passage = passage_of(stored, written.claim, written.start)
        coding_ledger.link_topics(session, now, written.claim, passage, among=topics)
    wanted = [part for part in parts if part not in TEXT]
    changes = [
        change
        for claim, start in found.compared
        for change in positions.compare(
            session, now, claim, passage=passage_of(stored, claim, start), reader=READER_VERSION, what=wanted
        )
        if wanted
    ]
    return (*found.changes, *changes), len(found.new)
