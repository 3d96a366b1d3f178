"""`tracker verify`: the proof of law 1.

Every quote stands word for word in its snapshot, every archived byte hashes to its name, and the chains of snapshots and
audit entries are whole.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from tracker import audit
from tracker.archive import queries as archive_queries
from tracker.archive.models import Snapshot
from tracker.archive.warc import Archive, ArchiveUnwritable
from tracker.db import Database, Session
from tracker.record import queries
from tracker.speech import anchor
from tracker.speech.models import Appearance


@dataclass(frozen=True, slots=True)
class ProofResult:
    """How many of each were looked at, and one sentence for each that does not hold."""

    counts: dict[str, int]
    problems: tuple[str, ...]


def verify(database: Database, archive: Archive, *, everything: bool) -> ProofResult:
    """Look at every appearance and snapshot, and that the archive folder holds a file for each.

    With `everything` also at every archived byte and both chains.
    """
    problems: list[str] = []
    counts = {"quotes": 0, "snapshots": 0, "archived copies": 0, "audit entries": 0}
    with database.reading() as session:
        for _, found in _appearances(session):
            counts["quotes"] += 1
            problems.extend(found)
        for snapshot in queries.snapshots(session):
            counts["snapshots"] += 1
            problems.extend(_snapshot(snapshot))
        problems.extend(_references(session))
        if everything:
            problems.extend(archive_queries.chain_problems(session))
            counts["audit entries"], broken = audit.verify(session)
            problems.extend(broken)
        names = archive_queries.archived(session)
    problems.extend(_archive(archive, names))
    if everything:
        for name in sorted(names):
            counts["archived copies"] += 1
            problem = archive.verify(name)
            if problem:
                problems.append(f"archived copy {name}: {problem}")
    return ProofResult(counts, tuple(problems))


def _archive(archive: Archive, names: set[str]) -> list[str]:
    """Whether the folder is there and can be written, and holds a file for each content that is named."""
    if not names and not archive.folder.exists():
        return []
    problems = []
    try:
        archive.require_writable()
    except ArchiveUnwritable as error:
        problems.append(str(error))
    missing = len(names - set(archive.known()))
    if missing:
        problems.append(f"{missing} of {len(names)} archived copies are missing in {archive.folder}")
    return problems


def _appearances(session: Session) -> Iterator[tuple[Appearance, list[str]]]:
    """Each appearance with what is wrong with it."""
    for row, text in queries.appearances_with_texts(session):
        wrong = []
        if not anchor.holds(text, row.start, row.end, row.exact, row.exact_sha256):
            wrong.append(f"appearance {row.id} of claim {row.claim_id}: the words at its place are not the words kept")
        if any(not row.start <= start < end <= row.end for start, end in row.spans):
            wrong.append(f"appearance {row.id} of claim {row.claim_id}: a piece lies outside the quote")
        yield row, wrong


def _snapshot(snapshot: Snapshot) -> list[str]:
    found = hashlib.sha256(snapshot.text.encode("utf-8", "surrogatepass")).hexdigest()
    return [] if found == snapshot.text_sha256 else [f"snapshot {snapshot.id}: its text is not the text kept"]


def _references(session: Session) -> list[str]:
    """Every claim has a place in an archived document; a claim merged into another needs none of its own."""
    lost = queries.claims_without_appearance(session)
    return [f"claim {public_id} stands in no archived document" for public_id in lost]
