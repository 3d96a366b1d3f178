"""Extract: read the snapshots that wait, and write what they say, what it means and who must be told, all or nothing.

The reading itself happens with nothing open. One transaction then writes the claims, their topics and suggested positions
and the alerts owed: no claim without its alerts, no alert without its claim.
"""

import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import structlog

from jobs.reading_context import context_name
from tracker.alerts.ledger import deliveries as alerts
from tracker.archive import queries
from tracker.archive.ledger import documents as archive
from tracker.archive.published import PublishedDate
from tracker.archive.queries import StoredSnapshot
from tracker.condition import is_database_fault
from tracker.errors import TrackerError
from tracker.positions.ledger import codings as positions
from tracker.positions.passage import Passage, passage_at
from tracker.speech import queries as speech_queries
from tracker.speech.ledger import readings as speech
from tracker.speech.models import Claim
from tracker.speech.people.known_speakers import KnownSpeakers
from tracker.speech.reading import READER_STOPPED, READER_VERSION, KnownSpeaker, Manuscript, Reading, read, stopped
from tracker.world import World

log = structlog.get_logger("extract")

BATCH = 100
SPOKEN = frozenset({"transcript", "speech", "press conference"})
"""Channels whose pages are the words of whoever speaks there."""


@dataclass(frozen=True, slots=True)
class ExtractCounts:
    """What a run of the job did."""

    read: int = 0
    claims: int = 0
    unreadable: int = 0


class SpeakersOfRecord:
    """The speakers the record knows, as the reader takes them: read once, later only what was added since.

    For one run of one job; whoever changes what is there already (another name for a speaker) is seen by the next run.
    """

    def __init__(self, world: World) -> None:
        """Take the record; nothing is read yet."""
        self._world, self._seen = world, speech_queries.NewestSpeakerRows()
        self._known = KnownSpeakers()
        self._read_with: str | None = None

    @property
    def read_with(self) -> str:
        """The name of what a text is read with (`jobs.reading_context`), with the speakers of the last `now`."""
        if self._read_with is None:
            self._read_with = context_name(self._world, self._known)
        return self._read_with

    def now(self) -> KnownSpeakers:
        """The speakers at this moment."""
        with self._world.database.reading() as session:
            newest = speech_queries.newest_speaker_rows(session)
            if newest != self._seen:
                if (newest.alias, newest.office) != (self._seen.alias, self._seen.office):
                    self._read_with = None  # a mere name makes no difference to it
                self._known.add(speech_queries.known_speakers(session, self._seen))
                self._seen = newest
        return self._known


def run(world: World, source_id: str | None = None, *, apart: bool = False) -> ExtractCounts:
    """Read every snapshot that waits (of one source, or of all), oldest first.

    `apart` begins at a place of this process's own, so that several share the work instead of racing for the same row.
    """
    read = [new for _, new in _read_waiting(world, source_id, apart=apart)]
    return ExtractCounts(len(read), sum(new or 0 for new in read), read.count(None))


def _read_waiting(world: World, source_id: str | None, *, apart: bool = False) -> Iterator[tuple[int, int | None]]:
    """Read what waits, batch after batch; each snapshot with what `read_snapshot` says of it."""
    speakers = SpeakersOfRecord(world)
    while True:
        with world.database.reading() as session:
            waiting = queries.unread(session, BATCH, source_id)
        if not waiting:
            return
        first = zlib.crc32(world.name.encode()) % len(waiting) if apart else 0
        for snapshot_id in waiting[first:] + waiting[:first]:
            if world.stopping.is_set():
                return
            yield snapshot_id, read_snapshot(world, snapshot_id, speakers)


def read_again(world: World) -> ExtractCounts:
    """Read the documents again at which the reader stopped: one of a later version may read them."""
    with world.database.transaction() as session:
        archive.mark_unread(session, READER_STOPPED)
    return run(world)


def newest_snapshot_id(world: World) -> int:
    """The newest snapshot at this moment: what `read_source` counts as kept since then."""
    with world.database.reading() as session:
        return queries.last_snapshot(session)


def read_source(world: World, source_id: str, since: int) -> tuple[int, int]:
    """Read what waits of one source; new claims and unreadable documents.

    Claims of a snapshot kept after `since` (`newest_snapshot_id`) count whoever read it: the schedule may have been faster.
    """
    read = list(_read_waiting(world, source_id))
    waited = sum(new or 0 for snapshot_id, new in read if snapshot_id <= since)
    with world.database.reading() as session:
        kept = speech_queries.count_new_claims(session, queries.snapshots_since(session, source_id, since))
    return waited + kept, [new for _, new in read].count(None)


def read_snapshot(world: World, snapshot_id: int, speakers: SpeakersOfRecord) -> int | None:
    """Read one snapshot and write what it gives; how many claims are new, None when it could not be read.

    When this returns, the snapshot is read and what it gave is in the database, even where somebody else was faster (0).
    """
    with world.database.reading() as session:
        waiting = queries.waiting(session, snapshot_id)
    if waiting.snapshot.read_at is not None:
        return 0  # somebody else was faster
    try:
        return _write(world, waiting, read(manuscript(waiting, speakers.now())), speakers.read_with)
    except Exception as error:
        if is_machine_fault(error):
            raise
        # The reader must never raise; should it, the document is kept, marked and shown, and the others go on.
        log.exception("reading failed", snapshot=snapshot_id)
        with world.database.transaction() as session:
            if not archive.mark_read(session, world.now(), snapshot_id, READER_VERSION, speakers.read_with):
                return 0
            archive.mark_unreadable(session, snapshot_id, stopped(error))
        return None


def is_machine_fault(error: Exception) -> bool:
    """Whether the database, the disk or a lost lease is at fault and not this document: it is read another time."""
    return is_database_fault(error) or isinstance(error, TrackerError | OSError | MemoryError)


def manuscript(waiting: StoredSnapshot, speakers: Collection[KnownSpeaker]) -> Manuscript:
    """A snapshot as the reader takes it: its text, and what is known about the document."""
    document, snapshot = waiting.document, waiting.snapshot
    published = PublishedDate.stored(document)
    return Manuscript(
        text=snapshot.text,
        title=document.title or snapshot.title,
        published=published.time_or_day(),
        language=document.language or snapshot.language,
        kind="transcript" if document.kind == "transcript" else "article" if document.kind == "article" else None,
        timezone=waiting.source.timezone,
        known=speakers,
        published_precision="month" if published.precision == "month" else "day",
        spoken=(document.channel or waiting.source.channel) in SPOKEN,
    )


def _write(world: World, waiting: StoredSnapshot, reading: Reading, read_with: str) -> int | None:
    now, new = world.now(), 0
    with world.database.transaction() as session:
        if not archive.mark_read(session, now, waiting.snapshot.id, READER_VERSION, read_with):
            return 0
        all_topics = positions.all_topics(session)
        told: list[Claim] = []
        for written in speech.write(
            session,
            now,
            snapshot=waiting.snapshot,
            document=waiting.document,
            source=waiting.source,
            reading=reading,
            reader=READER_VERSION,
        ):
            if written.change is not None:
                alerts.enqueue_change(
                    session,
                    now,
                    change=written.change,
                    look=f"v{waiting.snapshot.version}",
                    digests=world.digest_schedule,
                )
            if not written.new:
                continue
            new += 1
            claim = written.claim
            passage = passage_of(waiting, claim, written.start)
            positions.link_topics(session, now, claim, passage, among=all_topics)
            if not written.reworded and not waiting.snapshot.quiet and not waiting.snapshot.damaged:
                told.append(claim)
        alerts.enqueue_claims(session, now, told, world.digest_schedule)
    return new


def passage_of(stored: StoredSnapshot, claim: Claim, start: int) -> Passage:
    """A statement with what it is read with when its topic is looked for."""
    document, snapshot = stored.document, stored.snapshot
    return passage_at(
        text=claim.text,
        question=claim.question,
        document=snapshot.text,
        start=start,
        titles=(document.title, snapshot.title),
        codes=(document.language, snapshot.language),
    )
