"""A backup is the record of one moment, whole; it restores into an empty place, of either kind, and nowhere else."""

import gzip
import json
import subprocess
import sys
import threading
from dataclasses import replace

import pytest

from jobs.ingest import manual
from tests.conftest import NOON
from tracker import world as worlds
from tracker.archive.supplied import from_object
from tracker.archive.warc import Archive
from tracker.db import Database, DatabaseProblem
from tracker.record import backup as backups
from tracker.record import export, proof
from tracker.record.backup import BadBackup

WORDS = "We need the bridge toll number {number} now, and there will be no delay"


from_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For tests in which it plays no role what kind of database a backup comes from; where it goes to, does."""


def add(world, number):
    text = f"Mara Lind spoke on Wednesday.\n\n“{WORDS.format(number=number)},” Mara Lind said."
    manual.add(world, from_object({"text": text, "published": "2024-03-06", "outlet": f"Paper {number}"}))


def exported(database):
    with database.reading() as session:
        return list(export.write(session, "jsonl", None))


def problems(database, archive):
    return proof.verify(database, archive, everything=True).problems


@pytest.fixture
def full(world):
    for number in range(3):
        add(world, number)
    return world


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path):
    """A place with nothing in it, on each kind of database."""
    archive = Archive(tmp_path / "restored" / "archive")
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path}/restored/record.sqlite")
        yield replace(request.getfixturevalue("world"), database=database, archive=archive)
        database.dispose()
        return
    with request.getfixturevalue("cluster").database(empty=True) as url:
        database = Database(url)
        yield replace(request.getfixturevalue("world"), database=database, archive=archive)
        database.dispose()


def test_a_backup_restores_to_the_same_record_on_either_kind_of_database(full, empty, tmp_path):
    made = backups.backup(full.database, full.archive, tmp_path / "backup", NOON)
    assert made.contents == 3
    assert backups.restore(empty.database, empty.archive, tmp_path / "backup") == made
    assert exported(empty.database) == exported(full.database)
    assert problems(empty.database, empty.archive) == ()
    add(empty, 7)
    assert len(exported(empty.database)) == len(exported(full.database)) + 1, "row ids go on after the highest"


def test_rows_that_name_a_later_row_of_their_own_table_come_back(full, tmp_path):
    with full.database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE claim SET merged_into = 3 WHERE id = 1")
    backups.backup(full.database, full.archive, tmp_path / "backup", NOON)
    database = Database(f"sqlite:///{tmp_path}/other.sqlite")
    backups.restore(database, Archive(tmp_path / "other"), tmp_path / "backup")
    with database.reading() as session:
        merged = session.connection().exec_driver_sql("SELECT merged_into FROM claim WHERE id = 1").scalar()
    database.dispose()
    assert merged == 3


def test_a_backup_taken_while_others_write_is_one_whole_moment(full, tmp_path):
    stop = threading.Event()

    def write():
        number = 100
        while not stop.is_set():
            add(full, number)
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            backups.backup(full.database, full.archive, tmp_path / f"backup-{number}", NOON)
    finally:
        stop.set()
        writer.join()
    database, archive = Database(f"sqlite:///{tmp_path}/other.sqlite"), Archive(tmp_path / "other")
    backups.restore(database, archive, tmp_path / "backup-2")
    assert problems(database, archive) == ()
    assert len(exported(database)) >= 3
    database.dispose()


@from_sqlite
def test_nothing_is_overwritten(full, empty, tmp_path):
    backups.backup(full.database, full.archive, tmp_path / "backup", NOON)
    with pytest.raises(BadBackup, match="is not empty"):
        backups.backup(full.database, full.archive, tmp_path / "backup", NOON)
    before = exported(full.database)
    with pytest.raises(BadBackup, match="holds a record already"):
        backups.restore(full.database, full.archive, tmp_path / "backup")
    assert exported(full.database) == before
    empty.archive.folder.mkdir(parents=True)
    (empty.archive.folder / "something").touch()
    with pytest.raises(BadBackup, match="is not empty"):
        backups.restore(empty.database, empty.archive, tmp_path / "backup")


def spoil_a_table(folder):
    with gzip.open(folder / "tables" / "claim.jsonl.gz", "ab") as file:
        file.write(b"{}\n")


def lose_a_copy(folder):
    next(folder.glob("archive/*/*.gz")).unlink()


def forget_the_manifest(folder):
    (folder / "manifest.json").unlink()


def break_the_manifest(folder):
    (folder / "manifest.json").write_text("{")


def come_from_the_future(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "format": 99}))


@from_sqlite
@pytest.mark.parametrize(
    "damage", [spoil_a_table, lose_a_copy, forget_the_manifest, break_the_manifest, come_from_the_future]
)
def test_a_damaged_backup_leaves_the_place_as_empty_as_it_was(full, empty, tmp_path, damage):
    backups.backup(full.database, full.archive, tmp_path / "backup", NOON)
    damage(tmp_path / "backup")
    with pytest.raises(BadBackup):
        backups.restore(empty.database, empty.archive, tmp_path / "backup")
    assert empty.database.is_empty()
    assert not empty.archive.folder.exists()


def test_one_flipped_byte_in_an_archived_copy_is_found(full, tmp_path):
    backups.backup(full.database, full.archive, tmp_path / "backup", NOON)
    copy = next((tmp_path / "backup" / "archive").glob("*/*.gz"))
    body = bytearray(copy.read_bytes())
    body[len(body) // 2] ^= 1
    copy.write_bytes(bytes(body))
    database, archive = Database(f"sqlite:///{tmp_path}/other.sqlite"), Archive(tmp_path / "other")
    backups.restore(database, archive, tmp_path / "backup")
    assert len(problems(database, archive)) == 1
    database.dispose()


def test_a_folder_that_can_not_be_written_is_one_clear_sentence(full, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(BadBackup, match="can't be written"):
        backups.backup(full.database, full.archive, tmp_path / "file" / "backup", NOON)


# ---- Killed in the middle -------------------------------------------------------------------------------------------

KILLED = """
import os, sys
from pathlib import Path
from tracker.archive.warc import Archive
from tracker.db import Database, DatabaseProblem
from tracker.record import backup
url, archive, folder, where = sys.argv[1:]

def die(*_, **__):
    os._exit(9)

def after(name):
    own = getattr(backup, name)
    def then_die(*given, **named):
        own(*given, **named)
        die()
    setattr(backup, name, then_die)

if where == "first copy":
    backup._sync = die
elif where == "renaming":
    Path.replace = die
else:
    after({"copies": "_copy_archive", "tables": "_load_tables"}[where])
backup.restore(Database(url), Archive(Path(archive)), Path(folder))
"""


@from_sqlite
@pytest.mark.parametrize("where", ["first copy", "copies", "tables", "renaming"])
def test_a_restore_that_is_killed_leaves_no_half_record_and_the_next_one_is_whole(full, empty, tmp_path, where):
    backups.backup(full.database, full.archive, tmp_path / "backup", NOON)
    url = empty.database.url.render_as_string(hide_password=False)
    if where == "renaming" and not empty.database.is_sqlite:
        where = "tables"  # there is no file to rename; the tables' transaction is the last thing
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, url, empty.archive.folder, tmp_path / "backup", where], check=False
    )
    assert killed.returncode == 9
    assert empty.database.is_empty()
    with pytest.raises(DatabaseProblem, match="there is no record"):
        empty.database.require_current()
    backups.restore(empty.database, empty.archive, tmp_path / "backup")
    assert exported(empty.database) == exported(full.database)
    assert problems(empty.database, empty.archive) == ()
    assert sorted(path.name for path in empty.archive.folder.glob(".*")) in ([], [".lock"])


def test_a_restore_that_was_killed_when_the_record_was_there_leaves_no_mark_after_the_next_start(full):
    (full.archive.folder / backups.UNFINISHED).touch()  # killed between the last two of its steps
    worlds.require_record(full)
    assert not (full.archive.folder / backups.UNFINISHED).exists()
    assert problems(full.database, full.archive) == ()


@from_sqlite
def test_an_archive_that_is_not_a_left_over_is_never_cleared(full, empty, tmp_path):
    backups.backup(full.database, full.archive, tmp_path / "backup", NOON)
    empty.archive.folder.mkdir(parents=True)
    (empty.archive.folder / "evidence.txt").write_text("of somebody")
    with pytest.raises(BadBackup, match="is not empty"):
        backups.restore(empty.database, empty.archive, tmp_path / "backup")
    assert (empty.archive.folder / "evidence.txt").exists()


@from_sqlite
def test_a_restore_onto_a_full_disk_is_one_sentence_and_changes_nothing(full, empty, tmp_path, monkeypatch):
    backups.backup(full.database, full.archive, tmp_path / "backup", NOON)

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    # The one stand-in: a disk can't be filled in every place where tests run.
    with monkeypatch.context() as patch:
        patch.setattr("shutil.copyfile", full_disk)
        with pytest.raises(BadBackup, match="No space left on device; nothing was changed"):
            backups.restore(empty.database, empty.archive, tmp_path / "backup")
    assert empty.database.is_empty()
    assert not empty.archive.folder.exists()
