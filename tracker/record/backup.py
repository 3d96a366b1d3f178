"""`tracker backup` and `tracker restore`: the whole record as plain files, taken while everything runs.

A backup is a folder: `manifest.json` (revision, rows and SHA-256 of each table), `tables/NAME.jsonl.gz` (one row a line)
and `archive/` (the WARC files). The tables are those of one moment; the archive is copied after them, and since it only
ever grows, holds every content that they name. A backup of SQLite restores into PostgreSQL and the other way round.
"""

import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Date, DateTime, Table

from tracker.archive.warc import Archive
from tracker.condition import first_line
from tracker.db import Database, DriverError, Session, restart_counters, tables
from tracker.errors import TrackerError
from tracker.record import ledger, queries

FORMAT = 1
LOT = 1000
MANIFEST = "manifest.json"
UNFINISHED = ".restore-unfinished"
"""The mark of an archive folder that a restore is filling."""


class BadBackup(TrackerError):
    """The backup can't be made or used; the text says what is wrong and that nothing was changed."""


@dataclass(frozen=True, slots=True)
class BackupCounts:
    """What a backup holds: rows of all tables, and archived contents."""

    rows: int
    contents: int


def backup(database: Database, archive: Archive, folder: Path, now: datetime) -> BackupCounts:
    """Write a backup into `folder`, which must not be there yet or be empty; it appears whole or not at all."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadBackup(f"{folder} is not empty; nothing was written (name a new folder)")
    database.require_current()
    part = folder.absolute().with_name(f".{folder.absolute().name}.writing")
    shutil.rmtree(part, ignore_errors=True)
    try:
        (part / "tables").mkdir(parents=True)
        written = _write_tables(database, part / "tables")
        contents = _copy_archive(archive.folder, part / "archive")
        manifest = {
            "format": FORMAT,
            "made_at": now.astimezone(UTC).isoformat(),
            "revision": database.revision(),
            "tables": written,
            "archive": contents,
        }
        _write(part / MANIFEST, json.dumps(manifest, indent=1).encode() + b"\n")
        if folder.exists():
            folder.rmdir()
        part.replace(folder.absolute())
    except OSError as error:
        raise BadBackup(f"{folder}: the backup can't be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return BackupCounts(sum(table["rows"] for table in written.values()), contents)


def restore(database: Database, archive: Archive, folder: Path) -> BackupCounts:
    """Bring a backup into an empty place: database and archive folder must hold nothing yet. The caller proves the result.

    All or nothing, whatever stops in the middle. Raises `BadBackup`; then the place is as empty as it was.

    1. The archive folder gets a mark before anything else, and the copies.
    2. The tables are filled beside the place (a SQLite file of another name), or in one transaction (PostgreSQL).
    3. The file is renamed, or the transaction committed: from this moment on the record is there, whole.
    4. The mark is removed. A folder that bears it and has no record is what a restore left that was killed: the next one
       clears it, and every other command says that there is no record.
    """
    manifest = _read_manifest(folder)
    _require_empty(database, archive)
    made = not archive.folder.exists()
    try:
        _clear(archive.folder)
        archive.folder.mkdir(parents=True, exist_ok=True)
        _write(archive.folder / UNFINISHED, b"A restore has begun and not ended.\n")
        contents = _copy_archive(folder / "archive", archive.folder)
        _require_all(folder, manifest["archive"], contents)
        fill = _fill_file if database.is_sqlite else _fill_at_once
        rows = fill(database, folder / "tables", manifest)
    except (OSError, DriverError) as error:
        _clear(archive.folder, made=made)
        raise BadBackup(f"the backup can't be brought back here: {first_line(error)}; nothing was changed") from error
    except BaseException:
        _clear(archive.folder, made=made)
        raise
    finish(archive)
    return BackupCounts(rows, contents)


def _require_all(folder: Path, promised: int, found: int) -> None:
    if found != promised:
        raise BadBackup(f"{folder}: {promised} archived copies are promised, {found} are there; nothing was changed")


def finish(archive: Archive) -> None:
    """Remove the mark of a restore that was killed after the record was there: the folder is no left-over any more."""
    (archive.folder / UNFINISHED).unlink(missing_ok=True)


def _fill_file(database: Database, tables_folder: Path, manifest: dict[str, Any]) -> int:
    """Fill a SQLite file of another name, and rename it when it is whole and on disk."""
    target = database.file
    if target is None:
        raise BadBackup("a database in memory can't be restored into")
    part = target.with_name(f".{target.name}.restoring")
    _remove_file(part)
    beside = Database(f"sqlite:///{part.absolute()}")
    try:
        beside.upgrade(manifest["revision"])
        with beside.transaction() as session:
            rows = _load_tables(session, tables_folder, manifest["tables"])
        beside.upgrade()
        beside.dispose()  # the last connection folds the write-ahead log into the file
        _sync(part)
        part.replace(target)
        _sync_folder(target.parent)
    finally:
        beside.dispose()
        _remove_file(part)
    return rows


def _fill_at_once(database: Database, tables_folder: Path, manifest: dict[str, Any]) -> int:
    """Fill a PostgreSQL database in one transaction, its tables included."""
    with database.transaction() as session:
        database.upgrade_within(session, manifest["revision"])
        rows = _load_tables(session, tables_folder, manifest["tables"])
        database.upgrade_within(session)
    return rows


def _remove_file(file: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


def _clear(folder: Path, *, made: bool = False) -> None:
    """Empty an archive folder that a restore has begun to fill, or remove it where the restore made it.

    Its mark goes last, so that this may be cut short, too.
    """
    for path in sorted(folder.glob("*")) if folder.is_dir() else ():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
    (folder / UNFINISHED).unlink(missing_ok=True)
    if made and folder.is_dir():
        folder.rmdir()


def _write_tables(database: Database, folder: Path) -> dict[str, dict[str, Any]]:
    written: dict[str, dict[str, Any]] = {}
    with database.reading() as session:
        connection = session.connection()
        for table in tables(connection):
            path, count = folder / f"{table.name}.jsonl.gz", 0
            with path.open("wb") as file, gzip.GzipFile(fileobj=file, mode="wb", filename="", mtime=0) as packed:
                for row in queries.table_rows(connection, table):
                    line = json.dumps({key: _plain(value) for key, value in row.items()}, ensure_ascii=True)
                    packed.write(line.encode() + b"\n")
                    count += 1
            _sync(path)
            written[table.name] = {"rows": count, "sha256": _sha256(path)}
    return written


def _load_tables(session: Session, folder: Path, promised: dict[str, dict[str, Any]]) -> int:
    """Fill the empty tables, parents first."""
    total = 0
    connection = session.connection()
    sqlite = connection.dialect.name == "sqlite"
    for table in tables(connection):
        lots = _lots(folder / f"{table.name}.jsonl.gz", promised.get(table.name))
        total += ledger.fill_table(
            connection, table, ([_typed(row, table, sqlite=sqlite) for row in lot] for lot in lots)
        )
    restart_counters(connection)
    return total


def _lots(path: Path, promised: dict[str, Any] | None) -> Iterator[list[dict[str, Any]]]:
    """The rows of one table in lots. Raises `BadBackup` for a file that is not what the manifest promises."""
    if promised is None:
        return
    if not path.exists() or _sha256(path) != promised["sha256"]:
        raise BadBackup(f"{path}: missing or changed since the backup was made; nothing was restored")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        lot: list[dict[str, Any]] = []
        for line in lines:
            lot.append(json.loads(line))
            if len(lot) == LOT:
                yield lot
                lot = []
        if lot:
            yield lot


def _plain(value: object) -> object:
    """A value as JSON holds it; times in UTC with their zone."""
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _typed(row: dict[str, Any], table: Table, *, sqlite: bool) -> dict[str, Any]:
    """A row of a backup as the database takes it."""
    typed = dict(row)
    for column in table.columns:
        value = row.get(column.name)
        if value is None:
            continue
        if isinstance(column.type, DateTime):
            moment = datetime.fromisoformat(value)
            typed[column.name] = moment.replace(tzinfo=None) if sqlite else moment
        elif isinstance(column.type, Date):
            typed[column.name] = date.fromisoformat(value)
    return typed


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except FileNotFoundError as error:
        raise BadBackup(f"{folder} is no backup: there is no {MANIFEST} in it") from error
    except (OSError, ValueError) as error:
        raise BadBackup(f"{folder / MANIFEST} can't be read: {error.__class__.__name__}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise BadBackup(f"{folder}: this version reads backups of format {FORMAT} only")
    return manifest


def _require_empty(database: Database, archive: Archive) -> None:
    if not database.is_empty():
        raise BadBackup(f"{database.file or 'the database'} holds a record already; nothing was changed")
    if archive.folder.exists() and any(archive.folder.iterdir()) and not (archive.folder / UNFINISHED).exists():
        raise BadBackup(f"{archive.folder} is not empty; nothing was changed (restore into a new place)")


def _copy_archive(source: Path, target: Path) -> int:
    """Copy every whole content; a copy, not a link: a backup must not change with what it was taken from."""
    count = 0
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.glob("??/*.warc.gz")):
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        _sync(copy)
        count += 1
    return count


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, body: bytes) -> None:
    path.write_bytes(body)
    _sync(path)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make a rename in this folder last: fsync(2) of a file does not cover its name."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
