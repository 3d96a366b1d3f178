"""After a clock that was wrong: moments written by a clock ahead of this one are brought back, so that work goes on.

A row is corrected when it tells that something HAPPENED in the future (a fetch, a try, a run); what merely is planned for
later is left as it is, unless it was planned at such a moment.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

import structlog

from tracker import runs
from tracker.alerts.digest import DigestSchedule
from tracker.alerts.ledger import outbox
from tracker.archive.ledger import documents, sources
from tracker.db import Session
from tracker.runs import CLOCK_SKEW

log = structlog.get_logger("clock")


@dataclass(frozen=True, slots=True)
class ClockCounts:
    """How many rows of each kind lay ahead of the clock."""

    runs: int = 0
    sources: int = 0
    documents: int = 0
    mails: int = 0


def correct_future_moments(session: Session, now: datetime, digests: DigestSchedule) -> ClockCounts:
    """Bring every moment that lies ahead of the clock back to `now`; logged when there was one."""
    ahead = now + CLOCK_SKEW
    counts = ClockCounts(
        runs.correct_clock(session, now),
        sources.correct_clock(session, now, ahead),
        documents.correct_clock(session, now, ahead),
        outbox.correct_clock(session, now, ahead, digests),
    )
    if any(asdict(counts).values()):
        log.warning("moments ahead of the clock were corrected", **asdict(counts))
    return counts
