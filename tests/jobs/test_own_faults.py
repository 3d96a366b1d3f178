"""A full disk, a missing folder, a locked database: collecting pauses, no source is blamed, and it ends with its cause."""

import contextlib
import shutil
import subprocess
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import select

from jobs import JOBS, collect, recheck
from jobs.collect import CollectingPaused
from jobs.runner import schedule
from jobs.runner.reports import FaultLog
from tests.jobs.conftest import source
from tests.jobs.test_way import QUOTE, everything, proven
from tracker.archive.models import Fetch, Snapshot, Source
from tracker.archive.warc import ArchiveUnwritable
from tracker.db import DatabaseProblem, lock_timeout
from tracker.runs import JobRun


def blamed(world):
    """What the record says against a source."""
    [source] = [row for row in everything(world, Source) if row.id == "courier"]
    looks = [fetch.state.value for fetch in everything(world, Fetch)]
    return source.state, source.failures, source.taken_by, looks


@pytest.fixture
def full_later(courier, monkeypatch):
    """The disk of the archive fills up in the middle of a run."""

    def full(*_: object, **__: object) -> None:
        raise ArchiveUnwritable(courier.archive.folder, "No space left on device")

    # A disk can't be filled everywhere; what the archive does on a full one is shown on a real one in its own tests.
    context = contextlib.ExitStack()
    patch = context.enter_context(monkeypatch.context())
    patch.setattr(type(courier.archive), "keep", full)
    return context


def test_a_disk_that_fills_up_in_the_middle_is_charged_to_no_source(courier, outlet, full_later, clock):
    outlet.write("one", QUOTE)
    before = blamed(courier)
    with full_later, pytest.raises(ArchiveUnwritable):
        collect.run(courier)
    assert blamed(courier) == before
    [outcome] = collect.run(courier)  # there is room again: it is due at once
    assert (outcome.state, outcome.new_claims) == ("ok", 1)
    assert proven(courier)


def test_nothing_is_collected_while_the_folder_is_missing_and_all_of_it_afterwards(courier, outlet):
    outlet.write("one", QUOTE)
    shutil.rmtree(courier.archive.folder)
    before, asked = blamed(courier), list(outlet.asked)
    with pytest.raises(CollectingPaused, match="collecting is paused: the archive folder is missing"):
        collect.run(courier)
    assert recheck.run(courier).looked == 0
    assert blamed(courier) == before
    assert outlet.asked == asked, "nobody was asked for what could not be kept"
    courier.archive.folder.mkdir()
    assert collect.run(courier)[0].new_claims == 1


def test_a_database_that_can_not_be_written_is_charged_to_no_source(courier, outlet):
    outlet.write("one", QUOTE)
    before = blamed(courier)
    blocker = sa.create_engine(courier.database.url)

    def locked_feed():
        connection = stack.enter_context(blocker.connect())
        if courier.database.is_sqlite:
            connection.connection.driver_connection.isolation_level = None
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql("LOCK TABLE document, source IN ACCESS EXCLUSIVE MODE")
        return feed()

    feed, outlet.feed = outlet.feed, locked_feed
    with contextlib.ExitStack() as stack, waiting_everywhere(0.3), pytest.raises(sa.exc.OperationalError):
        collect.run(courier)
    blocker.dispose()
    state, failures, _, looks = blamed(courier)
    assert (state, failures, looks) == (before[0], before[1], before[3])


@contextlib.contextmanager
def waiting_everywhere(seconds):
    """Short waits for locks in every thread, also in those that a job starts."""
    own = threading.Thread.run

    def run(thread):
        with lock_timeout(seconds):
            own(thread)

    with pytest.MonkeyPatch.context() as patch, lock_timeout(seconds):
        patch.setattr(threading.Thread, "run", run)
        yield


def test_a_fault_that_lasts_is_one_line_and_its_end_another():
    lines = []

    class Log:
        def error(self, event, **told):
            lines.append((event, told["error"]))

        def info(self, event, **told):
            lines.append((event, told["work"]))

    reports = FaultLog()
    for _ in range(70):
        reports.fails(Log(), "collect", OSError(28, "No space left on device"))
    reports.fails(Log(), "collect", DatabaseProblem("gone"))
    reports.works(Log(), "collect")
    reports.works(Log(), "collect")
    assert [event for event, _ in lines] == ["work stands still", "work stands still", "work goes on"]


def test_a_tick_over_a_fault_raises_nothing_and_the_run_says_what_it_was(courier):
    shutil.rmtree(courier.archive.folder)
    job = next(job for job in JOBS if job.name == "collect")
    assert schedule.tick(courier, job)
    with courier.database.reading() as session:
        [run] = session.exec(select(JobRun)).all()
    assert run.state == "failed"
    assert "the archive folder is missing" in run.error


# ---- A real full disk ---------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 3 MB, where the machine lets us mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "none", folder], capture_output=True, check=False
    ).returncode:
        pytest.skip("needs the right to mount a file system")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_on_a_real_full_disk_the_service_says_so_pauses_and_goes_on(make_world, outlet, small_disk: Path, clock):
    place = f"{outlet.server.host}:{outlet.server.port}"
    world = make_world(
        sources=[source("courier", outlet.server.url_for("/feed.xml"))],
        fetch={"per_host_gap_s": 0, "allow_private": [place]},
        archive={"path": str(small_disk / "archive")},
    )
    outlet.write("one", QUOTE)
    filler = small_disk / "filler"
    with contextlib.suppress(OSError):
        filler.write_bytes(bytes(4_000_000))
    assert [fault.place for fault in world.faults()] == ["archive"]
    before = blamed(world)
    with pytest.raises(CollectingPaused, match="the disk of the archive folder is full"):
        collect.run(world)
    assert blamed(world) == before
    filler.unlink()
    assert world.faults() == ()
    assert collect.run(world)[0].new_claims == 1
    assert len(everything(world, Snapshot)) == 1
