"""kill -9 at random points while collecting: what an undisturbed run gives must be there in the end, once, with no repair.

Each round forks a child that collects, kills it after a random time, and goes on with the same database. When all rounds
are done one last run finishes; then the record is compared with that of a run nobody disturbed, and every row is checked.
"""

import json
import logging
import os
import random
import signal
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
import structlog
from sqlmodel import Session, col, select

from jobs import collect
from tests import hostile as wicked
from tracker import settings, world
from tracker.archive.models import Document, Fetch, Snapshot, Source
from tracker.record import proof
from tracker.speech.models import Appearance, Claim
from tracker.world import World

SECRET = "k3Jd9sLq0Zx7Vb2Nm5Tr8Yw1Pf4Hg6Ac"
START = datetime(2024, 3, 6, 12, tzinfo=UTC)
SOURCES = 6
LONGEST_S = 1.5
ARTICLE = (
    "<html lang='en'><head><title>Day {n}</title><meta property='article:published_time' content='2024-03-06T10:00:00Z'>"
    "</head><body><article><h1>Day {n}</h1><p>Norland’s foreign minister Mara Lind spoke on Wednesday in Nordhaven.</p>"
    "<p>“We need the bridge toll now, and paragraph {n} of the law of {s} says so,” Lind said.</p>"
    "<p>The council met and talked about the road, the harbour and the price of sand for the {n}th time.</p></article>"
    "</body></html>"
)
TEXT = "<description>Foreign minister Mara Lind said on Wednesday: “The toll of harbour {s}, pier {n}, stays.”</description>"


class Outlets:
    """Feeds whose number of items grows with every round; two of them carry their text in the feed itself."""

    def __init__(self, server: wicked.Hostile) -> None:
        """Nothing is published yet."""
        self.server = server
        self.shown = 0

    def show(self, items: int) -> None:
        """Publish so many items in each feed."""
        self.shown = items
        for s in range(SOURCES):
            inline = s % 3 == 2
            parts = [
                f"<item><title>Day {n}</title><link>{self.server.url(f'/{s}/{n}')}</link><guid>{s}-{n}</guid>"
                f"<pubDate>Wed, 06 Mar 2024 10:00:00 GMT</pubDate>{TEXT.format(s=s, n=n) if inline else ''}</item>"
                for n in reversed(range(items))
            ]
            feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>F</title>{"".join(parts)}</channel></rss>'
            self.server.pages[f"/feed{s}"] = wicked.answer(feed.encode(), kind="application/rss+xml")
            for n in range(items):
                self.server.pages[f"/{s}/{n}"] = wicked.answer(ARTICLE.format(s=s, n=n).encode())

    def sources(self) -> list[dict[str, object]]:
        """Their configuration."""
        return [
            {"id": f"s{s}", "name": "S", "kind": "feed", "url": self.server.url(f"/feed{s}"), "full_text": s % 3 != 2}
            for s in range(SOURCES)
        ]


def measure(points: int, seed: int = 7) -> dict[str, object]:
    """Kill so many times, finish, and count what was lost, doubled or left without its parent."""
    dice = random.Random(seed)
    with wicked.hostile() as server, tempfile.TemporaryDirectory() as disturbed, tempfile.TemporaryDirectory() as calm:
        outlets = Outlets(server)
        outlets.show(2)
        _world(outlets, Path(disturbed)).database.dispose()
        killed = finished = 0
        while killed < points:
            done = _kill_one(outlets, Path(disturbed), dice.uniform(0.02, LONGEST_S))
            killed, finished = killed + (not done), finished + done
            if done or killed % 5 == 0:
                outlets.show(outlets.shown + 1)  # there is always something to be in the middle of
        last = _collect(outlets, Path(disturbed))
        other = _collect(outlets, Path(calm))
        ours, theirs = _record(last), _record(other)
        problems = _problems(last)
        for place in (last, other):
            place.database.dispose()
    return {
        "points": killed, "runs_that_ended_before_the_kill": finished, "documents": len(theirs["documents"]),
        "claims": len(theirs["claims"]),
        "lost": sum(len(theirs[name] - ours[name]) for name in theirs),
        "too_many": sum(len(ours[name] - theirs[name]) for name in ours),
        "double": problems["double"], "orphans": problems["orphans"], "proof_fails": problems["proof"],
        "target": "0 lost, 0 double, 0 orphans, no repair",
    }  # fmt: skip


def _world(outlets: Outlets, folder: Path) -> World:
    data = {
        "site": {"secret_key": SECRET},
        "sources": outlets.sources(),
        "topics": [{"id": "toll", "name": "Toll", "any": ["toll"]}],
        "fetch": {"per_host_gap_s": 0, "workers": 4, "max_items": 10_000, "allow_private": [outlets.server.place]},
    }
    made = world.build(settings.parse(data, folder), now=lambda: START + timedelta(seconds=time.monotonic() % 10_000))
    if not (folder / "data/record.sqlite").exists():
        made.database.upgrade()
    world.configure(made)
    world.prepare_archive(made)
    return made


def _kill_one(outlets: Outlets, folder: Path, wait: float) -> bool:
    """Let a child collect and kill it after a while; True when it was done before."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            collect.run(_world(outlets, folder), everything=True)
            code = 0
        finally:
            os._exit(code)
    until = time.monotonic() + wait
    while time.monotonic() < until:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            if status:
                raise RuntimeError(f"a run after a kill failed ({status})")
            return True
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def _collect(outlets: Outlets, folder: Path) -> World:
    place = _world(outlets, folder)
    outcomes = collect.run(place, everything=True)
    if {outcome.state for outcome in outcomes} - {"ok", "unchanged"}:
        raise RuntimeError(f"the last run needed a repair: {outcomes}")
    return place


def _record(place: World) -> dict[str, set[tuple[object, ...]]]:
    """What the record says, without what differs between two runs (ids and times)."""
    with place.database.reading() as session:
        return {
            "documents": set(session.exec(select(col(Document.source_id), col(Document.item)))),
            "snapshots": set(
                session.exec(
                    select(Document.item, Snapshot.version, Snapshot.text_sha256).join(
                        Document, col(Document.id) == col(Snapshot.document_id)
                    )
                )
            ),
            "claims": {(text,) for text in session.exec(select(Claim.text))},
            "appearances": set(
                session.exec(
                    select(Document.item, Appearance.start, Appearance.exact_sha256)
                    .join(Snapshot, col(Snapshot.id) == col(Appearance.snapshot_id))
                    .join(Document, col(Document.id) == col(Snapshot.document_id))
                )
            ),
        }


def _problems(place: World) -> dict[str, int]:
    with place.database.reading() as session:
        double = sum(
            len(session.connection().execute(sa.select(*columns).group_by(*columns).having(sa.func.count() > 1)).all())
            for columns in (
                (col(Document.source_id), col(Document.item)),
                (col(Snapshot.document_id), col(Snapshot.version)),
                (col(Claim.text), col(Claim.said_from)),
                (col(Appearance.snapshot_id), col(Appearance.start), col(Appearance.end)),
            )
        )
        orphans = _orphans(session)
    found = proof.verify(place.database, place.archive, everything=True)
    return {"double": double, "orphans": orphans, "proof": len(found.problems)}


def _orphans(session: Session) -> int:
    """Rows whose parent is missing, and rows that only half of a transaction would leave."""
    without = session.exec(
        select(sa.func.count())
        .select_from(Document)
        .where(~sa.exists().where(col(Snapshot.document_id) == col(Document.id)))
    ).one()
    unread = session.exec(select(sa.func.count()).select_from(Snapshot).where(col(Snapshot.read_at).is_(None))).one()
    silent = session.exec(
        select(sa.func.count()).select_from(Claim).where(~sa.exists().where(col(Appearance.claim_id) == col(Claim.id)))
    ).one()
    held = session.exec(select(sa.func.count()).select_from(Source).where(col(Source.taken_by).is_not(None))).one()
    broken = len(session.connection().exec_driver_sql("PRAGMA foreign_key_check").fetchall())
    unfetched = session.exec(
        select(sa.func.count())
        .select_from(Snapshot)
        .where(~sa.exists().where(col(Fetch.document_id) == col(Snapshot.document_id)))
    ).one()
    return int(without + unread + silent + held + broken + unfetched)


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    print(json.dumps(measure(int(sys.argv[1]) if sys.argv[1:] else 200)))
