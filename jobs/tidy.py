"""Tidy: forget what nobody needs any more (never a claim, a snapshot, an alert or an audit row), and finish the index."""

from dataclasses import dataclass
from datetime import timedelta

from tracker import accounts, limits, runs
from tracker.archive import queries
from tracker.archive.ledger import documents as document_ledger
from tracker.speech.ledger import search_index
from tracker.world import World

KEEP_RUNS = timedelta(days=30)
KEEP_ATTEMPTS = timedelta(days=2)
KEEP_TEMPORARY = timedelta(hours=1)
KEEP_ORPHANS = timedelta(days=7)
"""Archived bytes that no snapshot names. Long, so that an older database put back by mistake loses nothing."""
KEEP_FETCHES = timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class TidyCounts:
    """What a run of the job removed, in rows and files."""

    runs: int
    attempts: int
    sign_ins: int
    files: int
    looks: int = 0


def run(world: World) -> TidyCounts:
    """Delete old runs, counters, sessions and fetches; sweep what crashes left behind."""
    _finish_search_index(world)
    now = world.now()
    with world.database.transaction() as session:
        rows = runs.delete_old(session, now - KEEP_RUNS)
        attempts = limits.delete_old(session, now - KEEP_ATTEMPTS)
        sign_ins = accounts.delete_expired_sessions(session, now)
        looks = document_ledger.delete_old_fetches(session, now - KEEP_FETCHES)
    with world.database.reading() as session:
        referenced = queries.archived(session)
    files = world.archive.sweep(referenced, now - KEEP_TEMPORARY, now - KEEP_ORPHANS)
    return TidyCounts(runs=rows, attempts=attempts, sign_ins=sign_ins, files=files, looks=looks)


def _finish_search_index(world: World) -> None:
    """Work off what the search's index is behind, as after an upgrade or a restore; writes keep it up by themselves."""
    while not world.stopping.is_set():
        with world.database.transaction() as session:
            if search_index.refresh(session) < search_index.AT_ONCE:
                return
