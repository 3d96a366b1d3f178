"""Read bounces: mails that came back are counted, and addresses that refuse mails are left alone.

Each is kept in a transaction of its own before its mail is marked: a crash in between reads it again, and counts it once.
"""

from dataclasses import dataclass

import structlog

from tracker.alerts.bounce_mailbox import BounceMailbox
from tracker.alerts.bounce_reports import read_report
from tracker.alerts.ledger import bounces
from tracker.world import World

log = structlog.get_logger("bounces")


@dataclass(frozen=True, slots=True)
class BounceCounts:
    """What a run of the job read."""

    read: int = 0
    of_ours: int = 0
    suspended: int = 0


def run(world: World) -> BounceCounts:
    """Read every unread mail of the mailbox. Raises `MailboxTrouble`."""
    settings = world.settings.bounces
    if not settings.host:
        return BounceCounts()
    read = of_ours = suspended = 0
    with BounceMailbox(settings) as mailbox:
        for number, raw in mailbox.unread():
            if world.stopping.is_set():
                break
            outcome = _keep(world, raw)
            mailbox.mark(number, understood=outcome is not None)
            read += 1
            of_ours += outcome is not None
            suspended += outcome is True
    if suspended:
        log.warning("addresses suspended", number=suspended)
    return BounceCounts(read, of_ours, suspended)


def _keep(world: World, raw: bytes) -> bool | None:
    report = read_report(raw)
    if report is None:
        return None
    with world.database.transaction() as session:
        return bounces.record_report(session, world.now(), report)
