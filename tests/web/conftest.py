"""The site over a seeded, real SQLite database."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import SECRET, sqlite_url
from tests.web import seed
from tests.web.seed import Seeded
from tracker import accounts
from tracker import settings as settings_module
from tracker import world as worlds
from tracker.accounts import Role
from tracker.db import Database
from tracker.speech.ledger import search_index
from tracker.web.app import create_app
from tracker.world import World

PASSWORD = "three blue anchors 7"


def make_world(url: str, folder: Path, **site: object) -> World:
    data = {"site": {"secret_key": SECRET, "base_url": "http://127.0.0.1:8000", **site}, "database": {"url": url}}
    settings = settings_module.parse(data, folder)
    settings.archive.path.mkdir(parents=True, exist_ok=True)
    return worlds.build(settings, now=lambda: seed.NOW)


@pytest.fixture(scope="session")
def seeded_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Seeded]:
    """The seeded record as one file, written once; every test gets a copy of its own."""
    folder = tmp_path_factory.mktemp("seeded")
    database = Database(sqlite_url(sqlite_template, folder))
    database.finish_with(search_index.refresh)
    with database.transaction() as session:
        seeded = seed.fill(session)
    database.dispose()
    return folder / "record.sqlite", seeded


@pytest.fixture
def seeded(seeded_template: tuple[Path, Seeded]) -> Seeded:
    return seeded_template[1]


@pytest.fixture
def site_world(seeded_template: tuple[Path, Seeded], tmp_path: Path):
    world = make_world(sqlite_url(seeded_template[0], tmp_path), tmp_path)
    yield world
    world.database.dispose()


@pytest.fixture
def app(site_world: World) -> Flask:
    made = create_app(site_world)
    made.config["TESTING"] = False  # a failing page must answer as it does in service
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def empty(sqlite: str, tmp_path: Path):
    """A visitor of a site without any data."""
    world = make_world(sqlite, tmp_path)
    yield create_app(world).test_client()
    world.database.dispose()


@pytest.fixture
def editor(client: FlaskClient, site_world: World) -> FlaskClient:
    with site_world.database.transaction() as session:
        accounts.add(session, seed.NOW, email="vera@example.org", name="Vera Noll", role=Role.EDITOR, password=PASSWORD)
    sign_in(client, "vera@example.org", PASSWORD)
    return client


def token(client: FlaskClient, address: str) -> str:
    """The form token on a page."""
    page = client.get(address).get_data(as_text=True)
    return page.split('name="csrf_token" value="')[1].split('"')[0]


def sign_in(client: FlaskClient, email: str, password: str):
    form = {"email": email, "password": password, "csrf_token": token(client, "/sign-in")}
    return client.post("/sign-in", data=form)
