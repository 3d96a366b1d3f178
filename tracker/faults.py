"""Our own faults: what keeps this machine from saving, found where it can be seen, told in one sentence each.

Collecting pauses while there is one and charges it to no source; readiness and the banner of the pages show it. Each ends
by itself when its cause does.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from tracker.archive.warc import Archive
from tracker.condition import Trouble
from tracker.db import Database, DatabaseProblem

LEAST_FREE = 1_000_000
"""Bytes without which no record and no page of the database can be counted on to be written."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: `place` is where ("database", "archive", "mail"), `text` what is wrong and what to do."""

    place: str
    text: str

    @property
    def stops_collecting(self) -> bool:
        """Whether nothing can be taken in while it lasts: mail that can't go waits, and holds up nothing else."""
        return self.place != "mail"


def find(database: Database, archive: Archive, mail_folder: Path | None) -> tuple[Fault, ...]:
    """What is wrong just now; `mail_folder` is None where mail goes to a server. Reads no row and writes nothing."""
    found = [Fault("database", text) for text in _database(database)]
    if database.file is not None and not found:
        found += _folder("database", "folder of the database", database.file.parent)
    found += _folder("archive", "archive folder", archive.folder)
    if mail_folder is not None and mail_folder.exists():
        found += _folder("mail", "mail folder", mail_folder)
    return tuple(found)


def _database(database: Database) -> list[str]:
    try:
        database.require_same_file()
    except DatabaseProblem as problem:
        return [str(problem)]
    condition = database.condition
    if condition.damage is not None:
        return [f"{Trouble.DAMAGED} ({condition.damage})"]
    trouble = condition.current()
    return [trouble.value] if trouble is not None else []


def _folder(place: str, name: str, folder: Path) -> list[Fault]:
    if not folder.is_dir():
        return [Fault(place, f"the {name} is missing: bring it back, or restore a backup into a new place")]
    if not os.access(folder, os.W_OK):
        return [Fault(place, f"the {name} can't be written: give the service the right to write there")]
    if shutil.disk_usage(folder).free < LEAST_FREE:
        return [Fault(place, f"the disk of the {name} is full: make room, and saving goes on by itself")]
    return []
