"""A follower's own page: alerts of any search, changed and ended by a link of any mail, without a password."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from tests.web import seed
from tests.web.conftest import token
from tests.web.test_follow import ask, confirmation, followed, rows
from tracker.alerts.ledger import bounces, followers
from tracker.alerts.models import Follower, MutedSpeaker, Rhythm, StoredQuery, Subscription, SubscriptionState
from tracker.web.app import create_app


def post(client, address, page="/follow/alerts", **fields):
    return client.post(address, data={**fields, "csrf_token": token(client, page)})


def link(world):
    (follower,) = rows(world, Follower)
    return f"/follow/alerts/{followers.manage_token(world.settings.site.secret, follower)}"


@pytest.fixture
def stranger(app):
    return app.test_client()


SETTINGS = {"timezone": "Europe/Kyiv", "format": "html"}


def test_a_search_is_followed_in_three_clicks_by_a_reader_we_know(client, site_world):
    followed(client, site_world)
    found = client.get("/search?q=tariff&speaker=mara-lind").get_data(as_text=True)
    (address,) = {one.replace("&amp;", "&") for one in re.findall(r'href="(/follow\?[^"]+)"', found)}
    page = client.get(address).get_data(as_text=True)
    assert "“tariff” by Mara Lind" in page
    assert 'name="email"' not in page
    told = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    answer = post(client, "/follow", address, **{**told, "what": "claims", "rhythm": "instant"})
    assert answer.status_code == 303
    assert "You are following" in client.get(answer.location).get_data(as_text=True)
    assert [row.state for row in rows(site_world, Subscription)] == [SubscriptionState.CONFIRMED] * 2
    assert rows(site_world, StoredQuery)[-1].told == {"q": ["tariff"], "speaker": ["mara-lind"]}


def test_a_stranger_follows_a_search_with_a_confirmation_that_shows_none_of_the_words(client, site_world, stranger):
    ask(client, q="buy cheap ferries at spam.example", topic="")
    assert confirmation(site_world)
    assert [row.state for row in rows(site_world, Subscription)] == [SubscriptionState.PENDING]


def test_a_link_of_a_mail_opens_the_alerts_in_another_browser(client, site_world, stranger):
    followed(client, site_world)
    assert "Open it once in this browser" in stranger.get("/follow/alerts").get_data(as_text=True)
    answer = stranger.get(link(site_world), follow_redirects=True).get_data(as_text=True)
    assert "ida@example.org" in answer
    assert "1 alert" in answer
    post(stranger, "/follow/alerts/leave")
    assert "ida@example.org" not in stranger.get("/follow/alerts").get_data(as_text=True)


def test_a_forged_link_opens_nothing(client, site_world, stranger):
    followed(client, site_world)
    assert stranger.get(link(site_world)[:-2]).status_code == 404
    assert "ida@example.org" not in stranger.get("/follow/alerts").get_data(as_text=True)


def test_settings_are_kept(client, site_world):
    followed(client, site_world)
    answer = post(
        client,
        "/follow/alerts",
        timezone="Europe/Kyiv",
        quiet_from="22",
        quiet_to="7",
        format="plain",
        paused_until="2024-07-08",
        mute="Mara Lind",
    )
    assert answer.status_code == 303
    (follower,), (muted,) = rows(site_world, Follower), rows(site_world, MutedSpeaker)
    assert (follower.timezone, follower.quiet_from, follower.quiet_to, follower.plain) == ("Europe/Kyiv", 22, 7, True)
    assert follower.paused_until.isoformat() == "2024-07-07T21:00:00+00:00", "midnight in Kyiv"
    assert rows(site_world, Subscription)[0].clock == "daily Europe/Kyiv 22-7"
    page = client.get("/follow/alerts").get_data(as_text=True)
    assert "Paused until Mon 8 July 2024" in page
    assert "Mara Lind" in page
    post(client, "/follow/alerts", **SETTINGS)
    assert rows(site_world, MutedSpeaker) == [] != muted


@pytest.mark.parametrize(
    ("name", "value"), [("timezone", "Mars/Olympus"), ("quiet_from", "x"), ("paused_until", "soon"), ("mute", "Nobody")]
)
def test_a_setting_that_can_not_be_read_is_named(client, site_world, name, value):
    followed(client, site_world)
    answer = post(client, "/follow/alerts", **{**SETTINGS, "quiet_to": "7", name: value})
    assert answer.status_code == 400
    assert name in answer.get_data(as_text=True)


def test_an_alert_is_changed_and_ended_by_its_own_reader_alone(client, site_world, stranger):
    row = followed(client, site_world)
    post(client, f"/follow/alerts/{row.id}", rhythm="weekly")
    assert rows(site_world, Subscription)[0].rhythm is Rhythm.WEEKLY
    assert post(stranger, f"/follow/alerts/{row.id}", "/follow", stop="1").status_code == 404
    assert post(client, f"/follow/alerts/{row.id + 1}", stop="1").status_code == 404
    post(client, f"/follow/alerts/{row.id}", stop="1")
    assert rows(site_world, Subscription)[0].state is SubscriptionState.STOPPED


def test_all_alerts_end_at_once(client, site_world):
    followed(client, site_world)
    post(client, "/follow", "/follow", topic=seed.TARIFF, what="claims", rhythm="daily", who="all")
    assert len(rows(site_world, Subscription)) == 2
    post(client, "/follow/alerts/stop")
    assert {row.state for row in rows(site_world, Subscription)} == {SubscriptionState.STOPPED}


def test_a_reader_sees_that_mails_came_back_and_can_go_on(client, site_world):
    followed(client, site_world)
    with site_world.database.transaction() as session:
        bounces.record(session, site_world.now(), "ida@example.org", "550 no such user", permanent=True)
    assert "550 no such user" in client.get("/follow/alerts").get_data(as_text=True)
    post(client, "/follow/alerts/resume")
    assert "550 no such user" not in client.get("/follow/alerts").get_data(as_text=True)


def test_the_expected_volume_is_told_before_following(client):
    page = client.get(f"/follow?topic={seed.PACT}").get_data(as_text=True)
    assert re.search(r"(About \d+ a week|\d+ in the last 8 weeks), last: \d+ \w+ 2024", page)


def test_a_colleague_who_is_signed_in_needs_no_confirmation(editor, site_world):
    answer = post(editor, "/follow", "/follow", topic=seed.PACT, what="claims", rhythm="daily", who="all")
    assert answer.status_code == 303
    assert [row.state for row in rows(site_world, Subscription)] == [SubscriptionState.CONFIRMED]
    assert "1 alert" in editor.get("/follow/alerts").get_data(as_text=True)


def test_the_exit_page_offers_one_and_all(client, site_world):
    row = followed(client, site_world)
    post(client, "/follow", "/follow", topic=seed.TARIFF, what="claims", rhythm="daily", who="all")
    (follower,) = rows(site_world, Follower)
    address = f"/follow/stop/{followers.unsubscribe_token(site_world.settings.site.secret, follower, [row.id])}"
    post(client, address, address)
    assert [one.state.value for one in rows(site_world, Subscription)] == ["stopped", "confirmed"]
    post(client, address, address, all="1")
    assert {one.state.value for one in rows(site_world, Subscription)} == {"stopped"}


def test_the_outbox_shows_colleagues_what_does_not_go_and_no_whole_address(editor, stranger, site_world):
    followed(stranger, site_world)
    with site_world.database.transaction() as session:
        bounces.record(session, site_world.now() - timedelta(days=1), "ida@example.org", "550 no", permanent=True)
    assert stranger.get("/outbox").status_code in {302, 303, 401, 403}
    page = editor.get("/outbox").get_data(as_text=True)
    assert "i•••@example.org" in page
    assert "550 no" in page
    assert "ida@example.org" not in page


def test_the_site_of_another_process_knows_the_reader_by_the_same_link(client, site_world):
    followed(client, site_world)
    other = create_app(site_world).test_client()
    assert "ida@example.org" in other.get(link(site_world), follow_redirects=True).get_data(as_text=True)
    with site_world.database.reading() as session:
        assert session.exec(select(Follower)).one().confirmed_at is not None
