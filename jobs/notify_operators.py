"""Notify operators: what changed in the state of sources, collecting, mail and webhooks is noted, logged, and owed by mail."""

from dataclasses import dataclass
from datetime import timedelta

import structlog

from tracker.alerts.ledger import notices as ledger
from tracker.alerts.queries import notices
from tracker.world import World

log = structlog.get_logger("operators")


@dataclass(frozen=True, slots=True)
class NoticeCounts:
    """What a run of the job noted."""

    noted: int = 0


def run(world: World) -> NoticeCounts:
    """Look at every subject, and tell what is not as it was told last."""
    told, now = world.settings.operators, world.now()
    silence = timedelta(hours=told.nothing_collected_h) if told.nothing_collected_h else None
    with world.database.transaction() as session:
        rows = ledger.note(session, now, notices.findings(session, now, silence))
        ledger.owe(session, now, rows, told.mail, world.settings.site.timezone)
        lines = [(row.about, row.state, row.words) for row in rows]
    for about, state, words in lines:
        log.warning("operators are told", about=about, state=state, words=words)
    return NoticeCounts(len(lines))
