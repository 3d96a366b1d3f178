"""A form that can't be saved is given back with everything in it, whatever keeps the database from writing."""

import contextlib
import html
import io
import re
import sqlite3

import psycopg
import pytest
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import select

from tests.conftest import free_port
from tests.web import seed
from tests.web.conftest import PASSWORD, make_world, sign_in, token
from tracker import accounts
from tracker.accounts import Role
from tracker.alerts.models import StoredQuery
from tracker.db import Database
from tracker.web import security
from tracker.web.app import create_app

REASON = "Names the pact, “plainly”, said <she>\r\nand again"


@pytest.fixture
def hurried(monkeypatch):
    monkeypatch.setattr(security, "LOCK_WAIT_S", 0.05)


@contextlib.contextmanager
def locked(world):
    """Another process holds the write lock."""
    with contextlib.closing(sqlite3.connect(world.database.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def given_back(answer) -> tuple[str, list[tuple[str, str]]]:
    """The address and the fields of the form on the page, as a browser would send them."""
    page = answer.get_data(as_text=True)
    form = page.split('aria-label="Send it again"')[0].rsplit("<form", 1)[1]
    inside = page.split('aria-label="Send it again">')[1].split("</form>")[0]
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', inside)
    action = html.unescape(re.search(r'action="([^"]*)"', form)[1])
    return action, [(html.unescape(name), html.unescape(value)) for name, value in fields]


def send_again(client, answer, **more):
    action, fields = given_back(answer)
    data: dict[str, list[str]] = {}
    for name, value in fields:
        data.setdefault(name, []).append(value)
    return client.post(action, data={**data, **more})


def test_following_while_the_database_is_locked_gives_the_form_back_and_sending_it_again_follows(
    client, site_world, hurried
):
    form = {
        "topic": seed.PACT,
        "who": "some",
        "speaker": ["mara-lind", "tor-aske"],
        "rhythm": "weekly",
        "email": "ida@example.org",
    }
    with locked(site_world):
        answer = client.post("/follow", data={**form, "csrf_token": token(client, "/follow")})
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    action, fields = given_back(answer)
    assert action == "/follow"
    sent = [pair for pair in fields if pair[0] != "csrf_token"]
    assert sorted(sent) == sorted(
        (name, one) for name, value in form.items() for one in ([value] if isinstance(value, str) else value)
    )
    assert send_again(client, answer).status_code == 200
    with site_world.database.reading() as session:
        assert session.exec(select(StoredQuery)).one().told["speaker"] == ["mara-lind", "tor-aske"]


def test_a_sign_in_is_given_back_without_its_password(editor, app, site_world, hurried):
    visitor = app.test_client()
    form = {
        "email": "vera@example.org",
        "password": PASSWORD,
        "next": "/review",
        "csrf_token": token(visitor, "/sign-in"),
    }
    with locked(site_world):
        answer = visitor.post("/sign-in", data=form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 503
    assert PASSWORD not in page
    assert 'type="password"' in page
    assert "except passwords" in page
    done = send_again(visitor, answer, password=PASSWORD)
    assert (done.status_code, done.headers["Location"]) == (303, "/review")


def test_a_decision_is_given_back_with_its_reason_and_written_once(editor, site_world, seeded, hurried):
    address = f"/review/{seeded.claims['mara-lind-4']}/harbour-pact"
    page = editor.get(address).get_data(as_text=True)
    seen = page.split('name="seen" value="')[1].split('"')[0]
    form = {"position": "ambiguous", "note": REASON, "seen": seen, "csrf_token": token(editor, address)}
    with locked(site_world):
        answer = editor.post(address, data=form)
    assert answer.status_code == 503
    assert ("note", REASON) in given_back(answer)[1]
    assert send_again(editor, answer).status_code == 303
    assert send_again(editor, answer).status_code == 409


def test_a_new_password_is_asked_for_again(editor, site_world, hurried):
    form = {"old_password": PASSWORD, "new_password": "four red lanterns", "new_password_again": "four red lanterns"}
    secret = token(editor, "/account")
    with locked(site_world):
        answer = editor.post("/account", data={**form, "csrf_token": secret})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 503
    assert "four red lanterns" not in page
    assert len(re.findall(r'type="password"', page)) == 3
    assert send_again(editor, answer, **form).status_code == 303


def test_the_small_forms_are_given_back_too(editor, client, site_world, seeded, hurried):
    secret = token(editor, "/account")
    sha = seeded.copies["mara-lind-2/1"]
    for path in (f"/snapshots/{sha}/rivals", "/sign-out", "/follow/some-token"):
        with locked(site_world):
            answer = editor.post(path, data={"csrf_token": secret, "other": sha, "step": "unlink"})
        assert answer.status_code == 503, path
        assert given_back(answer)[0] == path


def test_a_file_can_not_be_kept_and_the_page_says_so(app, editor, site_world):
    def full():
        raise OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full"))

    app.view_functions["add_document.send"] = full
    data = {"title": "A title", "file": (io.BytesIO(b"words"), "a.txt"), "csrf_token": token(editor, "/account")}
    answer = editor.post("/capture", data=data, content_type="multipart/form-data")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 503
    assert "except files" in page
    assert 'enctype="multipart/form-data"' in page
    assert "File: choose it again" in page
    assert ("title", "A title") in given_back(answer)[1]


@pytest.mark.parametrize(
    "fault",
    [
        OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full")),
        OperationalError("INSERT", {}, sqlite3.OperationalError("disk I/O error")),
        OperationalError("SELECT", {}, psycopg.OperationalError("connection refused")),
        InterfaceError("SELECT", {}, psycopg.InterfaceError("the connection is closed")),
        PoolTimeout("no connection was free"),
        ZeroDivisionError("ours"),
    ],
    ids=lambda fault: str(fault)[:40],
)
def test_whatever_fails_the_form_comes_back_and_no_trace(app, client, fault):
    def fail():
        raise fault

    app.view_functions["follow.request_subscription"] = fail
    answer = client.post("/follow", data={"email": "ida@example.org", "csrf_token": token(client, "/follow")})
    assert answer.status_code == (500 if isinstance(fault, ZeroDivisionError) else 503)
    assert ("email", "ida@example.org") in given_back(answer)[1]
    assert str(fault) not in answer.get_data(as_text=True)


def test_too_many_tries_give_the_form_back_as_well(client):
    for _ in range(6):
        answer = sign_in(client, "vera@example.org", "wrong")
    assert answer.status_code == 429
    assert ("email", "vera@example.org") in given_back(answer)[1]


def test_a_forged_form_is_never_given_back(client):
    answer = client.post("/follow", data={"email": "ida@example.org"})
    assert answer.status_code == 400
    assert "Send it again" not in answer.get_data(as_text=True)


def test_a_visitor_waits_five_seconds_for_a_writer_and_a_job_longer(app, client, site_world):
    told = []

    def look():
        with site_world.database.transaction() as session:
            told.append(session.connection().exec_driver_sql("PRAGMA busy_timeout").scalar())
        return "ok"

    app.view_functions["topics.index"] = look
    look()
    client.get("/topics")
    look()
    assert told == [20_000, 5_000, 20_000]


def test_with_a_server_that_holds_a_lock_or_is_gone_the_form_comes_back(cluster, tmp_path, hurried):
    with cluster.database() as url:
        world = make_world(url, tmp_path)
        with world.database.transaction() as session:
            seed.fill(session)
            accounts.add(session, seed.NOW, email="vera@example.org", name="V", role=Role.EDITOR, password=PASSWORD)
        client = create_app(world).test_client()
        sign_in(client, "vera@example.org", PASSWORD)
        form = {"topic": seed.PACT, "email": "ida@example.org", "csrf_token": token(client, "/follow")}
        other = Database(url)
        with other.transaction() as session:
            session.connection().exec_driver_sql("LOCK TABLE subscription IN ACCESS EXCLUSIVE MODE")
            answer = client.post("/follow", data=form)
        other.dispose()
        assert answer.status_code == 503
        assert send_again(client, answer).status_code == 200
        world.database.dispose()
        gone = make_world(f"postgresql://nobody@127.0.0.1:{free_port()}/none", tmp_path)
        client.application.extensions["world"] = gone
        answer = client.post("/follow", data=form)
        assert answer.status_code == 503
        assert ("email", "ida@example.org") in given_back(answer)[1]
        gone.database.dispose()
