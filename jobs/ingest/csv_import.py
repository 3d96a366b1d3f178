"""Import: statements kept elsewhere, one a row of a CSV file, marked as imported for ever. No alert is owed for them.

The words of a row are all that was handed over, so they are the archived document, whole: nothing is put around them, and
the address of a row is kept as where they are said to stand, not as what was read.
"""

import csv
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from jobs.extract import passage_of
from jobs.ingest import store
from tracker.archive import queries, supplied
from tracker.archive.ledger import documents as document_ledger
from tracker.archive.ledger.documents import HAND
from tracker.archive.models import Document, Snapshot, Source
from tracker.archive.queries import StoredSnapshot
from tracker.archive.supplied import InvalidDocument, SuppliedDocument
from tracker.db import Session
from tracker.errors import TrackerError
from tracker.positions.ledger import codings as positions
from tracker.record.export import COLUMNS, FORMULA
from tracker.speech.ledger import readings as speech
from tracker.speech.models import QuoteKind
from tracker.speech.reading import Mention, Quote, Reading
from tracker.world import World

READER = "import"
NEEDED = ("text", "speaker")
TAKEN = frozenset(
    {"text", "speaker", "kind", "said", "said_from", "said_to", "url", "outlet", "published", "role", "language"}
)
LONGEST = 20_000
"""Characters of one statement; a longer cell is no statement but a document."""


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One statement as a row gave it."""

    document: SuppliedDocument
    speaker: str
    role: str | None
    kind: QuoteKind


def unused_columns(header: Iterable[str]) -> list[str]:
    """Columns that an import does not read and an export does not write: perhaps misspelt."""
    return [name for name in header if name and name not in TAKEN and name not in COLUMNS]


def read_rows(path: Path) -> Iterator[tuple[int, CsvRow | str]]:
    """Each row of the file with its line: a statement, or the sentence that says why it is none. Raises `InvalidDocument`."""
    try:
        file = path.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise InvalidDocument(f"{path}: can't be read: {error.strerror}") from error
    with file:
        reader = csv.DictReader(file)
        try:
            missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
            if missing:
                raise InvalidDocument(f"{path}: has no column {missing[0]!r} (needed: {', '.join(NEEDED)})")
            for cells in reader:
                try:
                    yield reader.line_num, _row(cells, path.name)
                except InvalidDocument as error:
                    yield reader.line_num, str(error)
        except (csv.Error, UnicodeDecodeError) as error:
            raise InvalidDocument(f"{path}, line {reader.line_num + 1}: not CSV in UTF-8: {error}") from error


def read_header(path: Path) -> list[str]:
    """The names of the file's columns. Raises `InvalidDocument`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return next(csv.reader(file), [])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidDocument(f"{path}: can't be read: {error}") from error


def store_row(world: World, row: CsvRow, *, dry_run: bool = False) -> bool:
    """Take one statement in, all or nothing; False when it was imported before. A dry run writes nothing."""
    with world.database.reading() as session:
        source = session.get(Source, HAND)
        if source is None:
            raise TrackerError("the record has no source for documents entered by hand; run `tracker db upgrade`")
        if dry_run:
            return queries.document(session, source.id, row.document.item) is None

    def after(session: Session, document: Document, snapshot: Snapshot) -> None:
        _write(session, world.now(), StoredSnapshot(snapshot, document, source), row)

    return store.store_new(world, source, row.document, entered_by=READER, quiet=True, after=after) is not None


def _write(session: Session, now: datetime, waiting: StoredSnapshot, row: CsvRow) -> None:
    snapshot, document = waiting.snapshot, waiting.document
    document_ledger.mark_read(session, now, snapshot.id, READER)
    whole = (0, len(snapshot.text))
    mention = Mention(
        start=0, end=0, text=row.speaker, name=row.speaker, role=row.role, rule="named in the imported row"
    )
    quote = Quote(
        start=0, end=len(snapshot.text), spans=(whole,), kind=row.kind.value, speaker=mention, rule="imported"
    )
    reading = Reading(document.language, "article", (quote,))
    for written in speech.write(
        session, now, snapshot=snapshot, document=document, source=waiting.source, reading=reading, reader=READER
    ):
        if written.new:
            passage = passage_of(waiting, written.claim, written.start)
            positions.link_topics(session, now, written.claim, passage, among=positions.all_topics(session))


def _row(cells: dict[str, str | None], name: str) -> CsvRow:
    told = {key: _cell(value) for key, value in cells.items() if key and isinstance(value, str)}
    text, speaker = told.get("text", ""), told.get("speaker", "")
    if not text or not speaker:
        raise InvalidDocument(f"{'text' if not text else 'speaker'}: empty (each row is one statement of one speaker)")
    if len(text) > LONGEST:
        raise InvalidDocument(f"text: longer than {LONGEST} characters (add a document with `tracker add`)")
    kind = told.get("kind") or QuoteKind.DIRECT.value
    if kind not in set(QuoteKind):
        raise InvalidDocument(f"kind: {kind!r} is none of {', '.join(one.value for one in QuoteKind)}")
    first = supplied.parse_day(told.get("said_from") or told.get("said") or None)
    last = supplied.parse_day(told.get("said_to") or None) or first
    if first is None and last is not None:
        first = last
    if first is not None and last is not None and first > last:
        raise InvalidDocument("said_to: lies before said_from")
    document = supplied.from_object(
        {"text": text, **{key: told[key] for key in ("url", "outlet", "published", "language") if told.get(key)}}
    )
    key = "\0".join((text, speaker, str(first), str(last), document.url or "", document.outlet or ""))
    return CsvRow(
        replace(
            document,
            item=f"import:{hashlib.sha256(key.encode()).hexdigest()}",
            said=first,
            said_until=last,
            note=f"Imported from {name}: the words are as that file gave them; the page itself was not read.",
        ),
        speaker,
        told.get("role") or None,
        QuoteKind(kind),
    )


def _cell(value: str) -> str:
    """A cell without the apostrophe that an export puts before what a spreadsheet would take for a formula."""
    bare = value[1:] if value[:1] == "'" and value[1:2] in FORMULA and len(value) > 1 else value
    return bare.strip()
