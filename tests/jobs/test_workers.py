"""Workers: real processes that share one PostgreSQL database, do each piece of work once, and stop when told."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests import commands
from tests.conftest import SECRET
from tracker.archive.warc import Archive
from tracker.db import Database
from tracker.record import export, proof

TRACKER = Path(sys.executable).with_name("tracker")
DOCUMENTS = 30
CONFIG = """
[site]
secret_key = "{secret}"
[database]
url = "{url}"
[[sources]]
id = "desk"
name = "The desk"
kind = "folder"
path = "desk"
[[topics]]
id = "bridge-toll"
name = "The toll"
any = ["bridge toll"]
"""


def start(folder, *command):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("TRACKER")}
    pipe = subprocess.PIPE
    return subprocess.Popen([TRACKER, *command], cwd=folder, env=environment, text=True, stdout=pipe, stderr=pipe)


@pytest.fixture
def shared(cluster, tmp_path):
    """A configured PostgreSQL record with documents that wait in a folder."""
    with cluster.database() as url:
        (tmp_path / "config.toml").write_text(CONFIG.format(secret=SECRET, url=url))
        (tmp_path / "desk").mkdir()
        for number in range(DOCUMENTS):
            text = (
                f"Mara Lind spoke on Wednesday.\n\n“The bridge toll of {number} crowns is fair to all,” Mara Lind said."
            )
            given = {"text": text, "published": "2024-03-06", "url": f"https://paper.example/{number}"}
            (tmp_path / "desk" / f"{number}.json").write_text(json.dumps(given))
        assert commands.run(tmp_path, "sources", "list").returncode == 0
        database = Database(url)
        yield database
        database.dispose()


def test_two_workers_do_each_piece_of_work_once_and_stop_when_told(shared, tmp_path):
    workers = [start(tmp_path, "worker") for _ in range(2)]
    assert [worker.stdout.readline() for worker in workers] == ["looking for work\n"] * 2
    until = time.monotonic() + 300
    claims: list[Any] = []
    while time.monotonic() < until and len(claims) < DOCUMENTS:
        time.sleep(0.2)
        with shared.reading() as session:
            claims = list(export.claims(session))
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
    said = [worker.communicate(timeout=120)[1] for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0], said
    assert "Traceback" not in "".join(said)
    assert sorted(len(claim["appearances"]) for claim in claims) == [1] * DOCUMENTS
    assert proof.verify(shared, Archive(tmp_path / "data" / "archive"), everything=True).problems == ()


def test_a_worker_refuses_a_database_that_only_one_machine_can_use(sqlite, tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG.format(secret=SECRET, url=sqlite))
    refused = start(tmp_path, "worker")
    assert "database.url: workers share a PostgreSQL database" in refused.communicate(timeout=120)[1]
    assert refused.returncode == 2
