"""The service as a process: it ends when it is told to, whatever it is in the middle of, and begins again at once."""

import contextlib
import http.cookiejar
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SECRET, free_port, sqlite_url

TRACKER = Path(sys.executable).with_name("tracker")
CONFIG = """
[site]
secret_key = "{secret}"
[database]
url = "{url}"
[mail]
transport = "smtp"
host = "127.0.0.1"
port = {port}
timeout_s = 600
data_timeout_s = 600
[schedule]
deliver_s = 1
collect_s = 1
[[topics]]
id = "bridge-toll"
name = "The toll"
any = ["bridge toll"]
"""


class Service:
    """One `tracker` process with its log."""

    def __init__(self, folder: Path, *command: str) -> None:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("TRACKER")}
        self.log = folder / f"log-{time.monotonic_ns()}"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [TRACKER, *command], cwd=folder, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )

    def told(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=60)


@contextlib.contextmanager
def started(folder: Path, *command: str):
    service = Service(folder, *command)
    try:
        yield service
    finally:
        service.process.kill()
        service.process.wait()


def wait_for(condition, what: str) -> None:
    for _ in range(1200):
        with contextlib.suppress(OSError):
            if condition():
                return
        time.sleep(0.05)
    pytest.fail(f"{what} never came")


def ready(port: int) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return json.load(error)


@contextlib.contextmanager
def silent_server():
    """A mail server that takes the connection and says nothing, for as long as the test lasts."""
    reached, taken = threading.Event(), []

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                taken.append(listening.accept()[0])
                reached.set()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield listening.getsockname()[1], reached
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(10)
            for connection in taken:
                connection.close()


@pytest.fixture
def place(tmp_path, sqlite_template):
    """A configured record in which three mails wait for a mail server that hangs."""
    url = sqlite_url(sqlite_template, tmp_path)
    with silent_server() as (port, reached):
        (tmp_path / "config.toml").write_text(CONFIG.format(secret=SECRET, url=url, port=port))
        yield tmp_path, reached


def ask(port: int, address: str) -> None:
    """Sign up on the site, as a reader does."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    page = opener.open(f"http://127.0.0.1:{port}/follow", timeout=60).read().decode()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    form = {"csrf_token": token[1] if token else "", "topic": "bridge-toll", "who": "all", "email": address}
    opener.open(f"http://127.0.0.1:{port}/follow", urllib.parse.urlencode(form).encode(), timeout=60)


def mails(folder: Path) -> list[tuple[str, int]]:
    with contextlib.closing(sqlite3.connect(folder / "record.sqlite")) as record:
        return record.execute("SELECT state, tries FROM delivery").fetchall()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_cuts_off_a_mail_server_that_hangs_and_leaves_the_mail_as_it_was(place, number):
    folder, reached = place
    port = free_port()
    with started(folder, "run", "--port", str(port)) as service:
        wait_for(lambda: ready(port), "the site")
        ask(port, "reader@example.org")
        assert reached.wait(60), service.told()
        assert service.end(number) == 0
        assert "Traceback" not in service.told()
        assert "ended with work in hand" not in service.told()
    assert mails(folder) == [("owed", 0)]


def test_what_a_killed_service_held_is_free_at_the_next_start(place):
    folder, reached = place
    port = free_port()
    with started(folder, "run", "--port", str(port)) as service:
        wait_for(lambda: ready(port), "the site")
        ask(port, "reader@example.org")
        assert reached.wait(60), service.told()
        service.process.kill()
        service.process.wait()
    assert mails(folder) == [("taken", 1)]
    reached.clear()
    with started(folder, "run", "--port", str(port)) as service:
        # The lease of the dead one runs for 45 s and its hold on the mail as long; nobody waits for either.
        assert reached.wait(30), service.told()
        service.end()


def test_a_locked_database_holds_up_no_end(place):
    folder, _ = place
    port = free_port()
    with started(folder, "run", "--port", str(port)) as service:
        wait_for(lambda: ready(port).get("scheduler_heartbeat"), "the first job")
        with contextlib.closing(sqlite3.connect(folder / "record.sqlite", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert service.end() == 0
        assert "Traceback" not in service.told()


def test_a_deleted_file_is_told_and_not_made_anew(place):
    folder, _ = place
    port = free_port()
    with started(folder, "run", "--port", str(port)) as service:
        wait_for(lambda: ready(port)["ready"], "readiness")
        for file in folder.glob("record.sqlite*"):
            file.unlink()
        told = ready(port)
        assert not told["ready"]
        assert "was deleted or replaced" in told["problems"][0]
        assert service.end() == 0
        assert "Traceback" not in service.told()
    assert not list(folder.glob("record.sqlite*"))
