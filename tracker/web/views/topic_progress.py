"""How far topics that were changed are applied to the record, in words for editors."""

from jobs.reading_context import topics_digest
from tracker.archive import queries as archive
from tracker.db import Session
from tracker.web.context import world


def progress(db: Session) -> str:
    """How many documents still wait for the topics as they are; empty when none does."""
    waiting, total = archive.waiting_for(db, topics_digest(db))
    if not waiting:
        return ""
    every = world().settings.schedule.reread_s
    if not every:
        how = "the job reread is switched off (reread_s is 0): start “tracker reread --what topics”"
    else:
        how = f"the job reread goes on every {every} seconds"
    return f"Topics are being applied to the record: {total - waiting:,} of {total:,} documents are done; {how}."
