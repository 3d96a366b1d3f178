"""The queue of pages that the Internet Archive is asked to keep: what is put into it, what is due, what was answered."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.archive.models import Document, Snapshot, Submission
from tracker.db import insert_if_absent

MAX_SUBMISSION_TRIES = 5


def queue_submissions(session: Session, now: datetime, limit: int) -> int:
    """Queue the newest snapshots of pages that nobody has asked the Internet Archive for; how many are new."""
    wanted = session.exec(
        select(Snapshot.id)
        .join(Document, col(Document.id) == col(Snapshot.document_id))
        .where(
            col(Document.url).like("http%"),
            col(Document.entered_by).is_(None),
            col(Snapshot.quiet).is_(False),
            col(Snapshot.unreadable).is_(None),
            ~sa.exists().where(col(Submission.snapshot_id) == col(Snapshot.id)),
        )
        .order_by(col(Snapshot.id).desc())
        .limit(limit)
    ).all()
    return sum(
        insert_if_absent(session, Submission, {"snapshot_id": one, "tries": 0, "next_at": now}) for one in wanted
    )


def due_submissions(session: Session, now: datetime, limit: int) -> list[tuple[int, str]]:
    """The snapshots to ask for now, with the addresses of their pages."""
    rows = session.exec(
        select(Submission.snapshot_id, Document.url)
        .join(Snapshot, col(Snapshot.id) == col(Submission.snapshot_id))
        .join(Document, col(Document.id) == col(Snapshot.document_id))
        .where(col(Submission.next_at) <= now)
        .order_by(col(Submission.next_at), col(Submission.snapshot_id))
        .limit(limit)
    ).all()
    return [(number, url) for number, url in rows if url]


def record_submission(
    session: Session, now: datetime, snapshot_id: int, *, address: str | None, detail: str | None, wait_s: float | None
) -> None:
    """Write down one answer: the copy's address, or why there is none and when to ask again (five times at most)."""
    row = session.get_one(Submission, snapshot_id)
    row.tries += 1
    row.address, row.detail = address, detail
    again = timedelta(seconds=wait_s) if wait_s is not None else timedelta(minutes=10) * 4**row.tries
    row.next_at = None if address or row.tries >= MAX_SUBMISSION_TRIES else now + again
    session.add(row)
