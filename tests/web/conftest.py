"""The site over a seeded, real SQLite database."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import SECRET
from tests.web import seed
from tests.web.seed import Seeded
from tracker import accounts
from tracker import settings as settings_module
from tracker.accounts import Role
from tracker.db import Database
from tracker.settings import Settings
from tracker.web import create_app

PASSWORD = "three blue anchors 7"


@dataclass
class SiteWorld:
    """The part of the world that pages use: no gate, no mailer, so that a page can't reach out."""

    settings: Settings
    database: Database
    demo: bool = False
    at: datetime = seed.NOW

    def now(self) -> datetime:
        return self.at


def make_world(url: str, folder: Path, **site: object) -> SiteWorld:
    data = {"site": {"secret_key": SECRET, "base_url": "http://127.0.0.1:8000", **site}, "database": {"url": url}}
    settings = settings_module.parse(data, folder)
    return SiteWorld(settings, Database(settings.database.url))


@pytest.fixture
def site_world(sqlite: str, tmp_path: Path):
    world = make_world(sqlite, tmp_path)
    yield world
    world.database.dispose()


@pytest.fixture
def seeded(site_world: SiteWorld) -> Seeded:
    with site_world.database.transaction() as session:
        return seed.fill(session)


@pytest.fixture
def app(site_world: SiteWorld) -> Flask:
    made = create_app(site_world)
    made.config["TESTING"] = False  # a failing page must answer as it does in service
    return made


@pytest.fixture
def client(app: Flask, seeded: Seeded) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def empty(app: Flask) -> FlaskClient:
    """A visitor of a site without any data."""
    return app.test_client()


@pytest.fixture
def editor(client: FlaskClient, site_world: SiteWorld) -> FlaskClient:
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
