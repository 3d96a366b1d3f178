"""Editors make webhooks, test them, pause them, give them another key and remove them; the key is shown once."""

import re

import pytest
from sqlmodel import select

from tests.web import seed
from tests.web.conftest import token
from tracker.alerts.models import (
    Delivery,
    Occasion,
    StoredQuery,
    Subscription,
    SubscriptionState,
    Webhook,
    WebhookState,
)
from tracker.audit import AuditEntry

URL = "https://hooks.example.org/in?t=1"
FORM = {"name": "Archive desk", "url": URL, "search": "tariff speaker:mara-lind", "what": "claims"}


def post(client, address, **fields):
    return client.post(address, data={**fields, "csrf_token": token(client, "/account")})


def rows(world, table):
    with world.database.reading() as session:
        return session.exec(select(table).order_by(table.id)).all()


@pytest.fixture
def made(editor):
    """The page that follows the making, and the address of the webhook's own."""
    page = post(editor, "/webhooks", **FORM).get_data(as_text=True)
    [address] = set(re.findall(r'action="(/webhooks/[^"]+)"', page))
    return page, address


def test_the_key_is_shown_once_and_the_search_is_followed(editor, made, site_world):
    page, address = made
    assert re.search(r"whsec_[A-Za-z0-9+/]{43}=", page)
    again = editor.get(address).get_data(as_text=True)
    assert "whsec_" not in again
    assert "tariff" in again
    assert URL in again
    assert "Archive desk" in editor.get("/webhooks").get_data(as_text=True)
    assert [row.claims for row in rows(site_world, Subscription)] == [True]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("url", "http://127.0.0.1:9000/hook", "not a public address"),
        ("url", "http://169.254.169.254/latest/meta-data/", "not a public address"),
        ("url", "ftp://hooks.example.org/", "only http and https"),
        ("url", "https://ada:secret@hooks.example.org/", "user name or password"),
        ("search", "", "nothing to follow"),
        ("search", "/search?side=before", "needs an event"),
    ],
)
def test_what_can_not_be_made_is_told_and_kept_in_the_form(editor, site_world, field, value, words):
    answer = post(editor, "/webhooks", **{**FORM, field: value})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in page
    assert 'value="Archive desk"' in page
    assert not rows(site_world, Webhook)


def test_it_is_tested_paused_resumed_and_given_another_key(editor, made, site_world):
    page, address = made
    assert post(editor, address, do="test").status_code == 303
    assert [row.occasion for row in rows(site_world, Delivery)] == [Occasion.PING]
    post(editor, address, do="pause")
    assert "Resume" in editor.get(address).get_data(as_text=True)
    answer = post(editor, address, do="test")
    assert (answer.status_code, "not active" in answer.get_data(as_text=True)) == (422, True)
    post(editor, address, do="resume")
    rotated = post(editor, address, do="rotate").get_data(as_text=True)
    keys = [re.search(r"whsec_[A-Za-z0-9+/=]+", one)[0] for one in (page, rotated)]
    assert keys[0] != keys[1]
    told = [row.action for row in rows(site_world, AuditEntry) if row.subject == "webhook:1"]
    assert told == ["webhook made", "webhook tested", "webhook paused", "webhook resumed", "webhook key rotated"]


def test_searches_are_added_and_stopped_and_it_is_removed(editor, made, site_world):
    _, address = made
    post(editor, address, do="follow", search="/search?topic=harbour-pact", what="shifts")
    assert [row.claims for row in rows(site_world, Subscription)] == [True, False]
    assert post(editor, address, do="stop", alert="999").status_code == 404
    post(editor, address, do="stop", alert="1")
    states = [row.state for row in rows(site_world, Subscription)]
    assert states == [SubscriptionState.STOPPED, SubscriptionState.CONFIRMED]
    assert "Removed" in editor.get(post(editor, address, do="remove").location).get_data(as_text=True)
    assert editor.get(address).status_code == 404
    assert rows(site_world, Webhook)[0].state is WebhookState.REMOVED


def test_one_that_takes_nothing_is_told_where_operators_look(editor, made, site_world):
    with site_world.database.transaction() as session:
        row = session.exec(select(Webhook)).one()
        row.failing_since, row.answered_at, row.answer = seed.NOW, seed.NOW, "answers 503 Service Unavailable"
        row.state = WebhookState.SUSPENDED
        session.add(row)
    for address in ("/outbox", "/webhooks", made[1]):
        page = editor.get(address).get_data(as_text=True)
        assert "answers 503" in page
        assert "suspended" in page
    assert "hooks.example.org" not in editor.get("/outbox").get_data(as_text=True)


def test_a_search_is_told_to_a_webhook_from_its_own_page(editor, client, site_world):
    page = editor.get("/follow?q=tariff&speaker=mara-lind").get_data(as_text=True)
    [address] = re.findall(r'href="(/webhooks\?search=[^"]+)"', page)
    form = editor.get(address.replace("&amp;", "&")).get_data(as_text=True)
    [search] = re.findall(r'name="search"[^>]*value="([^"]+)"', form)
    assert post(editor, "/webhooks", **{**FORM, "search": search.replace("&amp;", "&")}).status_code == 200
    assert [row.told for row in rows(site_world, StoredQuery)] == [{"q": ["tariff"], "speaker": ["mara-lind"]}]
