"""Real parts for every test: both databases, a web server, a mail server, a clock that stands where it is set."""

import contextlib
import os
import shutil
import socket
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import ClassVar

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from argon2 import PasswordHasher
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache

# The PostgreSQL wheel warns unless this names a folder of our own (mode 0700, which mkdtemp gives).
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="tracker-run-"))

from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests import done_once
from tests.postgres import Cluster, server
from tracker import accounts, db
from tracker import settings as settings_module
from tracker import world as worlds
from tracker.alerts.mail import SmtpMailer
from tracker.db import Database
from tracker.world import World

# A machine that does three things at once is slow at all of them: time is measured in benchmarks, not in examples. The
# examples are the same in every run, so that none fails by chance; `--hypothesis-profile=exploring` looks for new ones.
for name, same in (("steady", True), ("exploring", False)):
    suppressed = [HealthCheck.too_slow]
    hypothesis_settings.register_profile(name, deadline=None, derandomize=same, suppress_health_check=suppressed)
hypothesis_settings.load_profile("steady")

done_once.install()

SECRET = "k3Jd9sLq0Zx7Vb2Nm5Tr8Yw1Pf4Hg6Ac"
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
NOON = datetime(2024, 3, 6, 12, 0, tzinfo=UTC)

TOPIC = {
    "id": "bridge-toll",
    "name": "The toll on the Norland bridge",
    "description": "Whether the bridge shall cost a toll.",
    "any": ["bridge toll", "toll bridge", "toll"],
    "positions": [
        {
            "step": 1,
            "id": "against",
            "label": "Against",
            "definition": "No toll.",
            "phrases": ["no toll", "never toll"],
        },
        {
            "step": 2,
            "id": "later",
            "label": "Later",
            "definition": "Not now.",
            "phrases": ["toll later", "not this year"],
        },
        {"step": 3, "id": "for", "label": "For", "definition": "A toll now.", "phrases": ["toll now", "need toll"]},
    ],
}
EVENT = {
    "id": "bridge-opening",
    "name": "Opening of the bridge",
    "place": "Nordhaven",
    "start": "2024-03-10",
    "end": "2024-03-11",
    "pivot": "2024-03-10T12:00:00Z",
    "topics": ["bridge-toll"],
}


@dataclass
class Clock:
    """A clock that moves only when it is told to."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **period: float) -> datetime:
        self.now += timedelta(**period)
        return self.now


@dataclass
class Mailbox:
    """A real SMTP server; `answer` decides what it says to a recipient and to the data."""

    messages: list[EmailMessage] = field(default_factory=list)
    rcpt: Callable[[str], str] = lambda address: "250 OK"
    data: Callable[[EmailMessage], str] = lambda message: "250 OK"
    port: int = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.rcpt(address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        message = message_from_bytes(envelope.original_content or b"", policy=default)
        answer = self.data(message)
        if answer.startswith("250"):
            self.messages.append(message)
        return answer


class CompiledTemplates(BytecodeCache):
    """The pages' templates, compiled once for all the sites that tests make; a changed source is compiled anew."""

    kept: ClassVar[dict[str, bytes]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(autouse=True)
def what_only_costs_time(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No data waits for the disk, which only a power cut would show; passwords are hashed in a moment, pages compiled once.

    All three cost minutes on a slow machine. Commands started as processes of their own, and tests that are marked
    `as_in_service`, do none of it.
    """
    if request.node.get_closest_marker("as_in_service"):
        return
    opened = db._open_sqlite

    def open_without_waiting(connection: sqlite3.Connection, record: object) -> None:
        opened(connection, record)
        connection.execute("PRAGMA synchronous=OFF")

    monkeypatch.setattr(db, "_open_sqlite", open_without_waiting)
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    monkeypatch.setattr(accounts, "_hasher", lambda: QUICK_HASHER)
    monkeypatch.setattr(Flask, "jinja_options", {"bytecode_cache": CompiledTemplates()})


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "record.sqlite"
    database = Database(f"sqlite:///{path}")
    database.upgrade()
    database.dispose()  # closing the last connection folds the write-ahead log into the file that is copied
    return path


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with server() as url:
        yield Cluster(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated database; each test that asks runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield sqlite_url(request.getfixturevalue("sqlite_template"), tmp_path)
        return
    with request.getfixturevalue("cluster").database() as url:
        yield url


@pytest.fixture
def sqlite(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a migrated SQLite database."""
    return sqlite_url(sqlite_template, tmp_path)


def sqlite_url(template: Path, folder: Path) -> str:
    shutil.copy(template, folder / "record.sqlite")
    return f"sqlite:///{folder}/record.sqlite"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url)
    yield made
    made.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with smtp_server(Mailbox()) as box:
        yield box


@contextlib.contextmanager
def smtp_server(box: Mailbox, port: int | None = None) -> Iterator[Mailbox]:
    box.port = port or free_port()
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def make_world(database_url: str, tmp_path: Path, clock: Clock, mailbox: Mailbox) -> Iterator[Callable[..., World]]:
    """A function that makes a configured world on both databases, with real mail and an archive of its own."""
    made: list[World] = []

    def make(**sections: object) -> World:
        built = build_world(database_url, tmp_path, clock, mailbox, **sections)
        made.append(built)
        return built

    yield make
    for one in made:
        one.database.dispose()


def build_world(url: str, folder: Path, clock: Clock, mailbox: Mailbox, **sections: object) -> World:
    data = {
        "site": {"secret_key": SECRET, "base_url": "http://127.0.0.1:8000"},
        "database": {"url": url},
        "mail": {"transport": "smtp", "host": "127.0.0.1", "port": mailbox.port, "timeout_s": 30, "data_timeout_s": 30},
        "fetch": {"per_host_gap_s": 0, "deadline_s": 30},
        "topics": [TOPIC],
        "events": [EVENT],
        **sections,
    }
    built = worlds.build(settings_module.parse(data, folder), now=clock)
    built = replace(built, mailer=SmtpMailer(built.settings.mail))
    worlds.configure(built)
    worlds.prepare_archive(built)
    return built


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world()
