"""How each source does: in one word, why, and what it gave. Pages and commands use these words.

A source can be read well for weeks and never give a statement: a selector that cuts the text away, summaries instead of
texts, a language or form that is not read. That is said as soon as it is more than chance.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Session, col

from tracker.archive.ledger.documents import ONLY_SUMMARY
from tracker.archive.models import Document, Snapshot, Source, SourceKind, State
from tracker.archive.staleness import is_long_stale
from tracker.speech.models import Appearance, Claim
from tracker.speech.queries import shown

SILENT_AFTER = 5
SILENT_FOR = timedelta(days=1)
"""From so many documents read, over so long a time, without one statement, a source is said to give none."""


class Health(StrEnum):
    """How a source does, worst first."""

    FAILING = "failing"
    """Its last look read nothing, or nothing new came for so long that it is as good as broken."""
    STALE = "nothing new"
    """Read, but nothing new came for more than twice its `expect_every`."""
    SILENT = "no statement found"
    """Read, and its documents too, but none of them gave a statement."""
    SLOW = "slow"
    """Read, but its server took long."""
    MOVED = "moved"
    """Read, at another address than the configured one."""
    WAITING = "not read yet"
    HEALTHY = "healthy"
    PAUSED = "paused"

    @property
    def is_worth_a_look(self) -> bool:
        """Whether it works, and a person should look at it all the same: amber."""
        return self in {Health.STALE, Health.SILENT, Health.SLOW, Health.MOVED}


NOTABLE = {State.STALE: Health.STALE, State.SLOW: Health.SLOW, State.MOVED: Health.MOVED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Yield:
    """What a source gave so far, in numbers of documents and statements."""

    documents: int = 0
    """All that its lists named or people entered."""
    read: int = 0
    """Of these, whose newest bytes were read or given up."""
    unreadable: int = 0
    """Of those read, in which no version holds text."""
    summaries: int = 0
    """Of those read, of which only the list's summary is there."""
    since: datetime | None = None
    """When the first of them was kept."""
    statements: int = 0
    """That are shown."""
    found: int = 0
    """All that were ever found, those withdrawn or merged included."""


def per_source(session: Session) -> dict[str, Yield]:
    """What each source gave, by its id; a source without documents is left out."""
    readable = sa.and_(col(Snapshot.read_at).is_not(None), col(Snapshot.unreadable).is_(None))
    each = (
        sa.select(
            col(Document.source_id).label("source_id"),
            sa.case((col(Document.note) == ONLY_SUMMARY, 1), else_=0).label("summary"),
            sa.func.count(col(Snapshot.read_at)).label("read"),
            sa.func.count(sa.case((readable, 1))).label("readable"),
            sa.func.min(col(Snapshot.fetched_at)).label("since"),
        )
        .join(Snapshot, col(Snapshot.document_id) == col(Document.id), isouter=True)
        .group_by(col(Document.id))
        .subquery()
    )
    was_read = each.c.read > 0
    documents = session.connection().execute(
        sa.select(
            each.c.source_id,
            sa.func.count(),
            sa.func.count(sa.case((was_read, 1))),
            sa.func.count(sa.case((sa.and_(was_read, each.c.readable == 0), 1))),
            sa.func.count(sa.case((sa.and_(each.c.readable > 0, each.c.summary == 1), 1))),
            sa.func.min(each.c.since),
        ).group_by(each.c.source_id)
    )
    statements = session.connection().execute(
        sa.select(
            col(Document.source_id),
            sa.func.count(sa.distinct(sa.case((shown(), col(Claim.id))))),
            sa.func.count(sa.distinct(col(Claim.id))),
        )
        .join(Snapshot, col(Snapshot.document_id) == col(Document.id))
        .join(Appearance, col(Appearance.snapshot_id) == col(Snapshot.id))
        .join(Claim, col(Claim.id) == col(Appearance.claim_id))
        .group_by(col(Document.source_id))
    )
    said = {source_id: (number, found) for source_id, number, found in statements}
    return {
        source_id: Yield(
            documents=number, read=read, unreadable=unreadable, summaries=summaries, since=since,
            statements=said.get(source_id, (0, 0))[0], found=said.get(source_id, (0, 0))[1],
        )
        for source_id, number, read, unreadable, summaries, since in documents
    }  # fmt: skip


def silence(source: Source, given: Yield, now: datetime) -> str | None:
    """Why a source that is read well gives no statement, and what to check; None while that is no cause for worry.

    One that gave a single statement, on whatever topic, is well; what people enter by hand is nobody's to mend.
    """
    if source.kind is SourceKind.HAND or given.found or given.read < SILENT_AFTER:
        return None
    if given.since is None or now - given.since < SILENT_FOR:
        return None
    told = f"{given.read} documents, no statement found"
    check = f"see what `tracker sources test {source.id}` shows"
    if given.unreadable == given.read:
        return f"{told}: no text could be read in any; check `article_selector`, and {check}"
    if given.unreadable + given.summaries == given.read:
        return f"{told}: only summaries came with the list; set `full_text = true` if the pages may be fetched"
    part = f" ({given.unreadable} without readable text)" if given.unreadable else ""
    return f"{told}: the texts were read and quote nobody{part}; check `article_selector` and `language`, and {check}"


def health(source: Source, given: Yield, now: datetime) -> Health:
    """How a source does. What it gave is looked at only where reading it went well."""
    if not source.enabled:
        return Health.PAUSED
    if source.kind is SourceKind.HAND:
        return Health.HEALTHY
    if source.state is None:
        return Health.WAITING
    if source.is_failing or is_long_stale(source, now):
        return Health.FAILING
    if source.state is State.STALE or silence(source, given, now) is None:
        return NOTABLE.get(source.state, Health.HEALTHY)
    return Health.SILENT


def cause(source: Source, given: Yield, now: datetime) -> str | None:
    """What there is to tell about a source that is looked at: what its last look told, and why it gives no statement."""
    if not source.enabled or source.state is None:
        return None
    parts = [source.detail, silence(source, given, now)]
    return "; ".join(part for part in parts if part) or None
