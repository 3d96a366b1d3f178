"""Signing in, what colleagues may see, and deciding."""

import re

from sqlmodel import select

from tests.web import seed
from tests.web.conftest import PASSWORD, sign_in, token
from tracker import accounts
from tracker.accounts import Role
from tracker.positions.models import Coding, CodingState
from tracker.speech.models import Claim


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(editor):
    editor.post("/sign-out", data={"csrf_token": token(editor, "/")})
    wrong = sign_in(editor, "vera@example.org", "not the password")
    unknown = sign_in(editor, "nobody@example.org", "not the password")
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    strip = [
        answer.get_data(as_text=True).split("<main")[1].replace("vera", "").replace("nobody", "")
        for answer in (wrong, unknown)
    ]
    assert strip[0].split('value="')[0] == strip[1].split('value="')[0]


def test_signing_out_kills_the_session_also_in_a_copied_cookie(editor):
    copied = editor.get_cookie("session").value
    editor.post("/sign-out", data={"csrf_token": token(editor, "/")})
    editor.set_cookie("session", copied)
    assert editor.get("/review").status_code == 302


def test_too_many_tries_are_stopped(client, site_world):
    codes = [sign_in(client, "vera@example.org", "wrong").status_code for _ in range(7)]
    assert codes[:5] == [422] * 5
    assert codes[-1] == 429


def test_signing_in_leads_back_to_the_page_asked_for(client, site_world):
    with site_world.database.transaction() as session:
        accounts.add(session, seed.NOW, email="rita@example.org", name="Rita", role=Role.REPORTER, password=PASSWORD)
    assert client.get("/runs").headers["Location"] == "/sign-in?next=/runs"
    form = {
        "email": "rita@example.org",
        "password": PASSWORD,
        "next": "/runs",
        "csrf_token": token(client, "/sign-in?next=/runs"),
    }
    answer = client.post("/sign-in", data=form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/runs")
    assert client.get("/runs").status_code == 200
    assert client.get("/review").status_code == 403


def test_a_strange_onward_address_leads_home(client, site_world):
    with site_world.database.transaction() as session:
        accounts.add(session, seed.NOW, email="rita@example.org", name="Rita", role=Role.REPORTER, password=PASSWORD)
    form = {
        "email": "rita@example.org",
        "password": PASSWORD,
        "next": "//evil.example",
        "csrf_token": token(client, "/sign-in"),
    }
    assert client.post("/sign-in", data=form).headers["Location"] == "/"


def test_the_queue_leads_to_its_oldest_item_with_its_context(editor):
    page = editor.get("/review", follow_redirects=True).get_data(as_text=True)
    assert "In the source" in page
    assert "Keys" in page


def decide(editor, address, position, **more):
    page = editor.get(address).get_data(as_text=True)
    seen = page.split('name="seen" value="')[1].split('"')[0]
    following = page.split('name="following" value="')[1].split('"')[0]
    form = {"position": position, "seen": seen, "following": following, "csrf_token": token(editor, address), **more}
    return editor.post(address, data=form)


def test_a_confirmed_position_is_written_with_its_reason_and_shown(editor, seeded, site_world):
    public_id = seeded.claims["mara-lind-4"]
    address = f"/review/{public_id}/harbour-pact"
    page = editor.get(address).get_data(as_text=True)
    suggested = re.search(r'name="position" value="(\d+)"[^>]*\bchecked', page)[1]
    answer = decide(editor, address, suggested, note="Names the pact")
    assert (answer.status_code, answer.headers["Location"]) == (303, answer.headers["Location"])
    assert answer.headers["Location"].startswith("/review/")
    with site_world.database.reading() as session:
        claim = session.exec(select(Claim).where(Claim.public_id == public_id)).one()
        last = session.exec(select(Coding).where(Coding.claim_id == claim.id, Coding.number == 2)).one()
    assert (last.state, last.by, last.note) == (CodingState.CONFIRMED, "vera@example.org", "Names the pact")
    shown = editor.get(f"/c/{public_id}").get_data(as_text=True)
    assert "Names the pact" in shown
    assert 'data-state="confirmed"' in shown


def test_of_two_decisions_on_one_page_the_second_is_told(editor, seeded):
    address = f"/review/{seeded.claims['lea-kross-3']}/harbour-pact"
    page = editor.get(address).get_data(as_text=True)
    seen = page.split('name="seen" value="')[1].split('"')[0]
    decide(editor, address, "ambiguous")
    late = editor.post(address, data={"position": "off topic", "seen": seen, "csrf_token": token(editor, address)})
    assert late.status_code == 409
    assert "Vera Noll decided on this" in late.get_data(as_text=True)


def test_a_decision_that_is_none_is_refused(editor, seeded):
    assert decide(editor, f"/review/{seeded.claims['lea-kross-3']}/harbour-pact", "nonsense").status_code == 400


def test_nothing_of_the_review_is_open_to_strangers(client, seeded):
    address = f"/review/{seeded.claims['lea-kross-3']}/harbour-pact"
    assert client.get(address).status_code == 302
    assert client.post(address, data={"csrf_token": token(client, "/sign-in")}).status_code == 302
