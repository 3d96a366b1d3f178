"""Following: ask, confirm, stop; opening an address changes nothing."""

import re
from datetime import UTC, datetime

import pytest
from sqlmodel import col, select

from tests.conftest import sqlite_url
from tests.web import seed
from tests.web.conftest import make_world, token
from tracker.alerts.ledger import followers
from tracker.alerts.models import Delivery, Follower, StoredQuery, Subscription, SubscriptionState
from tracker.web.app import create_app
from tracker.web.views import dates


def ask(client, **fields):
    form = {
        "topic": seed.PACT,
        "who": "all",
        "what": "claims",
        "rhythm": "daily",
        "format": "html",
        "email": "ida@example.org",
    }
    return client.post("/follow", data={**form, **fields, "csrf_token": token(client, "/follow")})


def rows(world, table):
    with world.database.reading() as session:
        return list(session.exec(select(table)))


def confirmation(world):
    (delivery,) = rows(world, Delivery)
    return delivery.token


def followed(client, world):
    ask(client)
    secret = confirmation(world)
    address = f"/follow/{secret}"
    client.post(address, data={"csrf_token": token(client, address)})
    (row,) = rows(world, Subscription)
    return row


def exit_of(world, row):
    (follower,) = rows(world, Follower)
    return f"/follow/stop/{followers.unsubscribe_token(world.settings.site.secret, follower, [row.id])}"


def test_asking_owes_one_confirmation_and_nothing_else(client, site_world):
    answer = ask(client)
    assert "Check your inbox" in answer.get_data(as_text=True)
    (row,) = rows(site_world, Subscription)
    assert row.state is SubscriptionState.PENDING


def test_asking_again_gets_the_same_answer_and_no_second_mail(client, site_world):
    first, second = (ask(client).get_data(as_text=True) for _ in range(2))
    assert first.split("<main")[1] == second.split("<main")[1]
    assert len(rows(site_world, Delivery)) == 1


def test_opening_the_link_changes_nothing_and_the_button_confirms(client, site_world):
    ask(client, rhythm="instant", what="shifts", who="some", speaker="mara-lind", format="plain")
    address = f"/follow/{confirmation(site_world)}"
    page = client.get(address).get_data(as_text=True)
    assert "by Mara Lind, on Norland’s entry into the Harbour Pact" in re.sub(r"</?bdi>", "", page)
    assert "only shifts, at once" in page
    assert rows(site_world, Subscription)[0].state is SubscriptionState.PENDING
    answer = client.post(address, data={"csrf_token": token(client, address)})
    assert "You are following" in answer.get_data(as_text=True)
    (row,), (follower,), (query,) = (rows(site_world, table) for table in (Subscription, Follower, StoredQuery))
    assert (row.state, row.claims, follower.plain) == (SubscriptionState.CONFIRMED, False, True)
    assert query.told == {"speaker": ["mara-lind"], "topic": [seed.PACT]}
    assert client.get(address).status_code == 410


@pytest.mark.parametrize("email", ["nonsense", "", "a@b c", "a@b\r\nBcc: c@example.org", "x" * 299 + "@example.org"])
def test_an_address_that_is_none_is_told_beside_its_field(client, site_world, email):
    answer = ask(client, email=email)
    assert answer.status_code == 422
    assert "Enter an email address like name@example.org" in answer.get_data(as_text=True)
    assert rows(site_world, Subscription) == []


def test_a_topic_that_is_none_is_told(client, site_world):
    assert ask(client, topic="nothing").status_code == 422


def test_a_field_people_do_not_see_catches_what_fills_in_everything(client, site_world):
    assert "Check your inbox" in ask(client, website="http://spam.example").get_data(as_text=True)
    assert rows(site_world, Subscription) == []


def test_the_button_stops_and_opening_the_link_does_not(client, site_world):
    row = followed(client, site_world)
    address = exit_of(site_world, row)
    assert "Stop these emails" in client.get(address).get_data(as_text=True)
    assert rows(site_world, Subscription)[0].state is SubscriptionState.CONFIRMED
    client.post(address, data={"csrf_token": token(client, address)})
    assert rows(site_world, Subscription)[0].state is SubscriptionState.STOPPED


def test_a_mail_programs_one_click_stops_without_cookie_or_token(app, client, site_world):
    row = followed(client, site_world)
    address = exit_of(site_world, row)
    answer = app.test_client().post(address, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert rows(site_world, Subscription)[0].state is SubscriptionState.STOPPED


def test_a_link_that_is_not_ours_stops_nobody(app, client, site_world):
    followed(client, site_world)
    assert app.test_client().post("/follow/stop/forged", data={"List-Unsubscribe": "One-Click"}).status_code == 404
    assert rows(site_world, Subscription)[0].state is SubscriptionState.CONFIRMED


def test_twenty_one_sign_ups_from_one_place_are_too_many(client, site_world):
    codes = [ask(client, email=f"reader{n}@example.org").status_code for n in range(21)]
    assert codes[0] == 200
    assert codes[-1] == 429


def test_times_and_digests_stand_in_the_newsrooms_zone(seeded_template, tmp_path):
    world = make_world(sqlite_url(seeded_template[0], tmp_path), tmp_path, timezone="Asia/Kolkata")
    app = create_app(world)
    page = app.test_client().get("/follow").get_data(as_text=True)
    assert "Daily, 07:00" in page
    assert "<option selected>Asia/Kolkata</option>" in page
    ask(app.test_client())
    with world.database.reading() as session:
        assert session.exec(select(Follower.timezone).order_by(col(Follower.id).desc())).first() == "Asia/Kolkata"
    late = datetime(2024, 3, 6, 20, 0, tzinfo=UTC)
    with app.app_context():
        assert dates.moment(late) == "7 Mar 2024, 01:30 UTC+5:30"
        assert dates.long_moment(late) == "Thu 7 Mar 2024, 01:30 UTC+5:30"
    world.database.dispose()
    assert dates.moment(late) == "6 Mar 2024, 20:00 UTC"
