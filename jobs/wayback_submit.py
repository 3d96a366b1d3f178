"""Submit: ask the Internet Archive to keep the pages we keep, so that others can prove what we say. Off by default.

It is a queue of its own: whatever becomes of a request, nothing else waits for it.
"""

from dataclasses import dataclass

from tracker.archive import wayback
from tracker.archive.http.gate import Refused
from tracker.archive.ledger import submissions
from tracker.world import World

BATCH = 10


@dataclass(frozen=True, slots=True)
class SubmitCounts:
    """What a run of the job did, in pages."""

    queued: int = 0
    asked: int = 0
    made: int = 0


def run(world: World) -> SubmitCounts:
    """Queue what is new, and ask for what is due; a server that wants a pause ends the run."""
    with world.database.transaction() as session:
        queued = submissions.queue_submissions(session, world.now(), BATCH)
        due = submissions.due_submissions(session, world.now(), BATCH)
    asked = made = 0
    for snapshot_id, url in due:
        if world.stopping.is_set():
            break
        address = detail = None
        wait: float | None = None
        try:
            answer = world.gate.get(wayback.save_url(world.settings.archive_org.save_url, url))
            address = wayback.snapshot_address(answer.final_url, answer.headers)
            detail = None if address else "the answer names no copy"
        except Refused as error:
            detail, wait = str(error), error.retry_after_s
        asked, made = asked + 1, made + (address is not None)
        with world.database.transaction() as session:
            submissions.record_submission(
                session, world.now(), snapshot_id, address=address, detail=detail, wait_s=wait
            )
        if wait is not None:
            break
    return SubmitCounts(queued, asked, made)
