"""Recheck: look again at what was published, find what was changed or taken away, and tell who must know.

Quotes are looked for by their exact words only. A page that can't be reached is not a page that is gone: only an answer
that says so, twice, is.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import structlog
from sqlmodel import Session

from jobs import intake
from tracker.alerts import ledger as alerts
from tracker.alerts.models import Occasion
from tracker.archive import given, ledger, queries
from tracker.archive.fetch import Refused
from tracker.archive.given import BadGiven
from tracker.archive.ledger import Look
from tracker.archive.models import Document, Snapshot, Source, SourceKind, State
from tracker.positions.queries import topics_of
from tracker.speech import ledger as speech
from tracker.speech.models import Claim
from tracker.world import World

log = structlog.get_logger("recheck")

BATCH = 200
LOOKS_TO_BELIEVE = 2


@dataclass(frozen=True, slots=True)
class Counts:
    """What a run of the job did, in documents."""

    looked: int = 0
    changed: int = 0
    removed: int = 0
    failed: int = 0


def run(world: World, *, everything: bool = False) -> Counts:
    """Look again at every document that is due (or at all, once)."""
    with world.database.reading() as session:
        documents = queries.to_recheck(session, world.now(), 10**6 if everything else BATCH, everything=everything)
        sources = {source.id: source for source in queries.all_sources(session)}
    changed = removed = failed = 0
    for document in documents:
        try:
            outcome = look_again(world, sources[document.source_id], document)
        except Exception:
            # One document must not keep the others from being looked at; its next look stays where it is.
            log.exception("recheck failed", document=document.id)
            outcome = "failed"
        changed += outcome == "changed"
        removed += outcome == "removed"
        failed += outcome == "failed"
    return Counts(len(documents), changed, removed, failed)


def look_again(world: World, source: Source, document: Document) -> str:
    """Look at one document again: same, changed, missing (once), removed or failed."""
    started = world.now()
    try:
        page, look = _look(world, source, document)
    except Refused as error:
        return _not_there(world, document, intake.refused(started, error))
    except BadGiven as error:
        gone = not (Path(source.address or "") / document.item).exists()
        state = State.GONE if gone else State.ERROR
        return _not_there(world, document, Look(at=started, state=state, detail=str(error)))
    with world.database.reading() as session:
        old = queries.newest(session, document.id)
    after = _follow(world, document, old) if old is not None else None
    if intake.read_page(page).words.unreadable:
        # An empty or error page never becomes the next version of an article.
        return _not_there(world, document, replace(look, state=State.ERROR, detail="the page has no readable text now"))
    new = intake.keep_page(world, document, page, look, after)
    if not new and document.removed_since is not None and old is not None:
        with world.database.transaction() as session:
            speech.follow_return(session, world.now(), document.id, old.text)
    return "changed" if new else "same"


def _look(world: World, source: Source, document: Document) -> tuple[intake.Page, Look]:
    if source.kind != SourceKind.FOLDER:
        if document.url is None:
            raise BadGiven("the entry has no address to look at again")
        return intake.fetch_page(world, document.url)
    file = given.from_file(Path(source.address or "") / document.item)
    return intake.Page(file.body, file.content_type, file.url), Look(
        at=world.now(), state=State.OK, size=len(file.body)
    )


def _follow(world: World, document: Document, old: Snapshot) -> Callable[[Session, Snapshot], None]:
    """What happens inside the transaction that keeps a new version: its quotes are looked for and changes are owed."""

    def after(session: Session, new: Snapshot) -> None:
        now = world.now()
        if document.removed_since is not None:
            speech.follow_return(session, now, document.id, new.text)
        for change in speech.follow_change(session, now, old, new):
            _owe(world, session, change.appearance.claim_id, f"appearance:{change.appearance.id}:v{new.version}")

    return after


def _not_there(world: World, document: Document, look: Look) -> str:
    """Write down a look that found nothing; after the second in a row that says "gone" the document is removed."""
    with world.database.transaction() as session:
        row = ledger.note_document(session, look, document.id)
        if row.missing_looks < LOOKS_TO_BELIEVE:
            return "missing" if row.missing_looks else "failed"
        if row.removed_since is not None:
            return "missing"
        ledger.remove(session, look.at, row)
        for change in speech.follow_removal(session, look.at, row.id):
            _owe(world, session, change.appearance.claim_id, f"appearance:{change.appearance.id}:removed")
    log.info("document removed at its source", document=document.id)
    return "removed"


def _owe(world: World, session: Session, claim_id: int, subject: str) -> None:
    claim = session.get_one(Claim, claim_id)
    topics = [topic.id for topic in topics_of(session, [claim_id]).get(claim_id, [])]
    if topics:
        alerts.owe(session, world.now(), Occasion.SOURCE_CHANGED, subject, topics, claim.speaker_id, world.digests)
