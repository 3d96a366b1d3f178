"""A runner that lost its lease writes nothing: not in any job, and not as a real process that was frozen and woken."""

import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import select

from jobs import JOBS, Job, collect
from jobs.ingest import manual
from jobs.runner import schedule
from tests.conftest import NOON
from tracker import audit, processes, runs
from tracker.archive.supplied import from_object
from tracker.audit import AuditEntry
from tracker.db import tables
from tracker.positions.ledger import codings
from tracker.positions.models import ClaimTopic
from tracker.runs import LeaseLost
from tracker.settings import SuggestionsSection

LEASE = "scheduler"
WRITING = [job for job in JOBS if job.name != "read_bounces"]
"""The jobs that have something to write without a mailbox; test_bounces.py has the other."""


def contents(database):
    """Every row of every table."""
    with database.reading() as session:
        connection = session.connection()
        return {
            table.name: connection.execute(sa.select(table).order_by(*table.primary_key)).all()
            for table in tables(connection)
        }


def lead(world, name, now):
    with world.database.transaction() as session:
        return runs.acquire(session, now, LEASE, name, 45)


@pytest.fixture
def busy(courier, outlet, clock):
    """A record in which every job has something to write."""
    outlet.write("one", "We need the toll now, and the bridge toll will pay for the road")
    collect.run(courier)
    outlet.write("one", "We want the toll now, and the bridge toll will pay for all of it")
    outlet.write("two", "The bridge toll is a matter for next year and not for this one")
    manual.add(courier, from_object({"text": "“The bridge toll stays,” Mara Lind said.", "published": "2024-03-06"}))
    with courier.database.transaction() as session:
        claim_id = session.exec(select(ClaimTopic.claim_id)).first()
        codings.confirm(
            session, NOON, by="ada@record.example", claim_id=claim_id, topic_id="bridge-toll", reading="no position"
        )
        # What waits to be read.
        session.connection().execute(sa.text("UPDATE snapshot SET read_at = NULL"))
        runs.start(session, NOON - timedelta(days=60), "collect", "old", "ada")
        session.connection().execute(sa.text("UPDATE job_run SET state = 'done', finished_at = started_at"))
    clock.forward(days=2)
    asked = SuggestionsSection(url=outlet.server.url_for("/v1/chat/completions"), model="a-model")
    return replace(courier, settings=courier.settings.model_copy(update={"suggestions": asked}))


@pytest.mark.parametrize("job", WRITING, ids=lambda job: job.name)
def test_no_job_writes_a_row_after_another_took_over(busy, clock, job):
    fence = lead(busy, busy.name, clock.now)
    assert lead(busy, "another:1:-:x", clock.now + timedelta(minutes=1)) == fence + 1
    before = contents(busy.database)
    with pytest.raises(LeaseLost):
        job.work(busy.fenced(LEASE, fence))
    assert contents(busy.database) == before


@pytest.mark.parametrize("job", WRITING, ids=lambda job: job.name)
def test_each_job_writes_while_the_lease_is_its_own(busy, clock, job):
    before = contents(busy.database)
    job.work(busy.fenced(LEASE, lead(busy, busy.name, clock.now)))
    assert contents(busy.database) != before


def test_a_tick_that_lost_its_lead_leaves_the_run_to_its_successor(world, clock):
    def overtaken(place):
        lead(world, "another:1:-:x", clock.now + timedelta(minutes=1))
        with place.database.transaction() as session:
            audit.write(session, clock.now, actor="ada", action="wrote", subject="x")

    assert not schedule.tick(world, Job("collect", lambda _: 60, overtaken))
    with world.database.reading() as session:
        assert "ada" not in session.exec(select(AuditEntry.actor)).all()
        assert [run.state for run in runs.latest(session)] == ["running"]
    clock.forward(minutes=5)
    successor = replace(world, name=processes.new_name())
    assert schedule.tick(successor, Job("collect", lambda _: 60, lambda _: {}))
    with world.database.reading() as session:
        assert [run.state for run in runs.latest(session)] == ["done", "interrupted"]


FROZEN = """
import sys, time
from pathlib import Path
from datetime import UTC, datetime
from jobs import Job
from jobs.runner import schedule
from tests.conftest import SECRET
from tracker import audit, settings, world
folder = Path(sys.argv[1])
place = world.build(settings.parse({"site": {"secret_key": SECRET}, "database": {"url": sys.argv[2]},
                                    "schedule": {"lease_s": 5}}, folder))
def work(own):
    (folder / "working").touch()
    while not (folder / "woken").exists():
        time.sleep(0.02)
    with own.database.transaction() as session:
        audit.write(session, datetime.now(UTC), actor="frozen", action="wrote", subject="x")
    return {}
schedule.tick(place, Job("collect", lambda _: 60, work))
(folder / "done").touch()
"""


def wait_for(condition):
    for _ in range(3000):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("it never came")


def test_a_leader_that_was_frozen_past_its_lease_writes_nothing_when_it_wakes(world, tmp_path):
    folder = tmp_path / "frozen"
    folder.mkdir()
    url = world.database.url.render_as_string(hide_password=False)
    frozen = subprocess.Popen([sys.executable, "-c", FROZEN, folder, url], cwd=Path.cwd(), stdout=subprocess.PIPE)
    try:
        wait_for((folder / "working").exists)
        frozen.send_signal(signal.SIGSTOP)
        with world.database.reading() as session:
            until = session.exec(select(runs.Lease.until)).one()
        assert lead(world, world.name, until - timedelta(seconds=1)) is None, "it was not dead, and not yet over"
        assert lead(world, world.name, until) == 2
        frozen.send_signal(signal.SIGCONT)
        (folder / "woken").touch()
        wait_for((folder / "done").exists)
    finally:
        frozen.kill()
        told = frozen.communicate()[0].decode()
    assert "another runner has taken over" in told
    assert "Traceback" not in told
    with world.database.reading() as session:
        assert "frozen" not in session.exec(select(AuditEntry.actor)).all()
        assert [run.state for run in runs.latest(session)] == ["running"]
