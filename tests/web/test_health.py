"""What `/readyz` tells: each way in which the service can stand still, and that it is ready when it does not."""

import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from jobs import deliver
from tests.conftest import build_world
from tests.jobs.test_outbox import message, owe
from tracker import runs
from tracker.alerts.models import Delivery, DeliveryState
from tracker.archive.models import Source
from tracker.web.app import create_app

DESK = {"id": "desk", "name": "Desk", "kind": "folder", "path": "desk", "every_minutes": 60}


@pytest.fixture
def place(make_world, clock, monkeypatch):
    """A world with one source that was read just now and a scheduler that runs."""
    monkeypatch.setattr(deliver, "_compose", lambda _world, parcel: message(parcel))
    world = make_world(sources=[DESK])
    alive(world)
    return world


def alive(world, **source):
    """A scheduler's beat, and a source as it is after a good look, or as `source` says."""
    now = world.now()
    with world.database.transaction() as session:
        runs.start(session, now, "collect", now.isoformat(), world.name)
        row = session.get_one(Source, "desk")
        looked = {"last_try_at": now, "last_good_at": now, "next_at": now + timedelta(hours=1), **source}
        for name, value in looked.items():
            setattr(row, name, value)
        session.add(row)


def ready(world):
    answer = create_app(world).test_client().get("/readyz")
    told = answer.get_json()
    assert (answer.status_code == 200) == told["ready"] == (not told["problems"])
    return told


def test_a_service_at_work_is_ready(place):
    owe(place, 1)
    assert deliver.run(place).sent == 1
    assert ready(place)["problems"] == []


def test_a_dead_mail_server_is_seen_however_often_it_was_tried(place, clock, mailbox):
    owe(place, 3)
    first_due = clock.now
    mailbox.rcpt = lambda _: "451 later"
    for _ in range(20):
        deliver.run(place)
        clock.forward(minutes=1)
    alive(place)
    with place.database.reading() as session:
        owed = session.exec(select(Delivery).where(Delivery.state == DeliveryState.OWED)).all()
    assert len(owed) == 3
    assert all(row.due_at > clock.now - timedelta(minutes=2) for row in owed), "each try moved its time"
    told = ready(place)
    assert told["problems"] == ["3 mails wait and none has gone for 20 minutes: is the mail server answering?"]
    assert told["oldest_alert_owed"] == f"{first_due:%Y-%m-%dT%H:%M:%SZ}"
    mailbox.rcpt = lambda _: "250 OK"
    clock.forward(hours=1)
    deliver.run(place)
    alive(place)
    assert ready(place)["ready"]


def test_one_readers_full_mailbox_is_not_a_dead_server_until_it_lasts(place, clock, mailbox):
    owe(place, 2)
    mailbox.rcpt = lambda address: "452 full" if address.startswith("reader0") else "250 OK"
    for _ in range(5):
        deliver.run(place)
        clock.forward(minutes=8)
    alive(place)
    assert ready(place)["ready"]
    clock.forward(minutes=30)
    deliver.run(place)
    alive(place)
    assert ready(place)["problems"] == ["a mail is overdue by 70 minutes; the log says what its server answered"]


def test_a_collection_that_stopped_days_ago_is_seen(place, clock):
    stopped = clock.now
    clock.forward(days=3)
    alive(place, last_try_at=stopped, last_good_at=stopped, next_at=stopped + timedelta(hours=1))
    [problem] = ready(place)["problems"]
    assert problem.startswith("no source is looked at: one has been due for 2 days")


def test_sources_that_are_looked_at_and_never_read_are_seen(place, clock):
    good = clock.now
    clock.forward(days=4)
    alive(place, last_good_at=good)
    assert ready(place)["problems"] == ["no source was read well for 4 days; /sources says why"]


def test_a_record_without_sources_has_nothing_to_collect(place, clock):
    with place.database.transaction() as session:
        row = session.get_one(Source, "desk")
        row.enabled = False
        session.add(row)
    clock.forward(days=30)
    with place.database.transaction() as session:
        runs.start(session, clock.now, "collect", "now", place.name)
    assert ready(place)["ready"]


def test_a_beat_in_the_past_and_one_in_the_future_are_both_none(place, clock):
    clock.forward(minutes=16)
    assert "is the scheduler running?" in ready(place)["problems"][0]
    clock.forward(hours=-1)
    assert "began in the future" in ready(place)["problems"][0]


def test_a_missing_archive_folder_is_seen_and_told_on_every_page(place):
    shutil.rmtree(place.archive.folder)
    client = create_app(place).test_client()
    assert any("archive folder is missing" in problem for problem in client.get("/readyz").get_json()["problems"])
    page = client.get("/").get_data(as_text=True)
    assert "Nothing new is collected at the moment." in page
    assert "archive folder" not in page.split("<main")[0], "what it is, is for colleagues"
    place.archive.folder.mkdir()
    assert ready(place)["ready"]
    assert "Nothing new is collected" not in client.get("/").get_data(as_text=True)


def test_a_full_disk_is_seen_and_told_on_every_page(place, monkeypatch):
    # The one stand-in: that a disk is full is the system's word; filling one needs rights that not every machine gives.
    full = shutil._ntuple_diskusage(total=10**9, used=10**9, free=4096)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: full)
        assert any("is full: make room" in problem for problem in ready(place)["problems"])
        page = create_app(place).test_client().get("/").get_data(as_text=True)
        told = "Nothing can be saved" if place.database.is_sqlite else "Nothing new is collected"
        assert f"<b>{told} at the moment.</b>" in page
    assert ready(place)["ready"]


# ---- The database file ------------------------------------------------------------------------------------------


@pytest.fixture
def kept(sqlite, tmp_path, clock, mailbox):
    """A service at work on SQLite: its file is what is damaged, deleted and replaced here."""
    world = build_world(sqlite, tmp_path, clock, mailbox, sources=[DESK])
    alive(world)
    yield world
    world.database.dispose()


@pytest.fixture
def file(kept):
    return kept.database.file


def test_a_file_that_was_deleted_under_the_service_is_seen(kept, file):
    client = create_app(kept).test_client()
    assert client.get("/").status_code == 200
    for left in file.parent.glob("record.sqlite*"):
        left.unlink()
    told = client.get("/readyz")
    assert told.status_code == 503
    assert "was deleted or replaced" in told.get_json()["problems"][0]
    page = client.get("/")
    assert page.status_code == 503
    assert "Traceback" not in page.get_data(as_text=True)
    assert not file.exists(), "nothing makes an empty one in its place"


def test_a_file_that_was_replaced_under_the_service_is_seen(kept, file, sqlite_template):
    assert ready(kept)["ready"]
    shutil.copy(sqlite_template, file.with_name("other"))
    file.with_name("other").replace(file)
    assert "was deleted or replaced" in ready(kept)["problems"][0]


def test_a_file_put_in_the_place_of_the_open_one_is_not_opened(kept, file):
    assert ready(kept)["ready"]
    file.with_name("other").write_bytes(b"no database" * 999)
    file.with_name("other").replace(file)
    assert kept.database.find_damage() is None, "whoever opens it writes the old file's write-ahead log into it"
    assert "was deleted or replaced" in ready(kept)["problems"][0]


def damage(file: Path) -> None:
    """Overwrite the middle of a database file, as a failing disk does."""
    with file.open("r+b") as raw:
        size = os.fstat(raw.fileno()).st_size
        raw.seek(size // 8 // 4096 * 4096)
        raw.write(b"\xa5" * (size // 8 * 6 // 4096 * 4096))


def test_a_damaged_file_is_seen_and_says_restore(kept, file):
    kept.database.dispose()
    damage(file)
    client = create_app(kept).test_client()
    told = client.get("/readyz")
    assert told.status_code == 503
    assert any("damaged" in problem and "tracker restore" in problem for problem in told.get_json()["problems"])


def test_damage_that_a_page_meets_is_told_at_once(kept, file):
    app = create_app(kept)
    client = app.test_client()
    assert client.get("/readyz").status_code == 200  # the next look at the file is a minute away
    kept.database.dispose()
    damage(file)
    page = client.get("/")
    assert page.status_code == 503
    assert "must repair it first" in page.get_data(as_text=True)
    assert client.get("/readyz").status_code == 503
