"""A real server, a real browser: every page as a reader gets it, with every way out of this machine closed."""

import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from waitress.server import create_server

from tests.web import seed
from tests.web.conftest import PASSWORD, make_world
from tests.web.seed import Seeded
from tracker import accounts
from tracker.accounts import Role
from tracker.web.app import create_app
from tracker.web.serving import run_until_closed
from tracker.world import World

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def chromium() -> str:
    """The browser to drive; without one the tests fail with what to do."""
    named = os.environ.get("TRACKER_CHROMIUM")
    found = named or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found or not Path(found).exists():
        pytest.fail(
            "There is no browser to test with. Install one (on Debian: apt-get install chromium) "
            "or set TRACKER_CHROMIUM to the path of a Chromium or Chrome."
        )
    return found


@pytest.fixture(scope="module")
def record(sqlite_template) -> Iterator[tuple[World, Seeded]]:
    folder = Path(tempfile.mkdtemp())
    shutil.copy(sqlite_template, folder / "record.sqlite")
    world = make_world(f"sqlite:///{folder}/record.sqlite", folder)
    with world.database.transaction() as session:
        seeded = seed.fill(session)
        accounts.add(session, seed.NOW, email="vera@example.org", name="Vera Noll", role=Role.EDITOR, password=PASSWORD)
    yield world, seeded
    world.database.dispose()
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def address(record) -> Iterator[str]:
    """The address of the site, served by a real server in a thread."""
    server = create_server(create_app(record[0]), host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=run_until_closed, args=(server,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=5)


@pytest.fixture(scope="module")
def browser(address) -> Iterator[Browser]:
    """A browser that ends before the server does: the server's loop waits for connections that are kept open."""
    path = chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()
