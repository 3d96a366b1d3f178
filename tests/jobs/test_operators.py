"""Operators are told of what changes in the service, once until it changes again, by mail, page and log."""

import pytest
from sqlmodel import col, select

from jobs import collect, deliver, notify_operators
from tests.jobs.conftest import source
from tests.jobs.test_outbox import message, owe
from tests.jobs.test_webhooks import make
from tests.web.conftest import PASSWORD, sign_in
from tracker import accounts
from tracker.accounts import Role
from tracker.alerts.models import Delivery, Notice, Webhook, WebhookState
from tracker.archive.models import Source, State
from tracker.web.app import create_app

OPERATORS = ["desk@example.org", "night@example.org"]
one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def place(make_world, outlet):
    return make_world(
        sources=[source("courier", outlet.server.url_for("/feed.xml"))],
        fetch={"per_host_gap_s": 0, "deadline_s": 30, "allow_private": [f"{outlet.server.host}:{outlet.server.port}"]},
        operators={"mail": OPERATORS, "nothing_collected_h": 24},
    )


def look(world, clock, *, hours=1):
    """One look at all sources, and then at what changed; how much is told, and it is sent."""
    clock.forward(hours=hours)
    collect.run(world, everything=True)
    noted = notify_operators.run(world).noted
    assert deliver.run(world).sent == (len(OPERATORS) if noted else 0)
    return noted


def told(world):
    with world.database.reading() as session:
        return [(row.about, row.state) for row in session.exec(select(Notice).order_by(col(Notice.id)))]


def bodies(mailbox):
    """To whom each mail went, and its text in one line."""
    return [(str(mail["To"]), " ".join(mail.get_body(("plain",)).get_content().split())) for mail in mailbox.messages]


def test_a_source_that_fails_is_told_once_and_again_when_it_is_well(place, outlet, clock, mailbox):
    outlet.write("one", "We need the toll now, and the bridge toll will pay for the road to the harbour")
    feed = outlet.feed
    assert look(place, clock) == 0, "who is well from the beginning is no news"
    outlet.feed = lambda: "no feed at all"
    assert look(place, clock) == 0, "one fetch in vain is not worth a mail"
    assert [look(place, clock) for _ in range(3)] == [1, 0, 0]
    assert sorted(to for to, _ in bodies(mailbox)) == OPERATORS
    assert "Source “Nordhaven Courier” is in state “not a feed”" in bodies(mailbox)[0][1]
    assert "List-Unsubscribe" not in mailbox.messages[0]
    outlet.feed = feed
    assert [look(place, clock) for _ in range(2)] == [1, 0]
    assert "is read well again" in bodies(mailbox)[-1][1]
    assert told(place) == [("source:courier", "not a feed"), ("source:courier", "well")]


@one_database
def test_a_source_is_told_again_when_it_fails_otherwise(place, clock):
    def be(state, failures, **more):
        with place.database.transaction() as session:
            row = session.get_one(Source, "courier")
            row.state, row.failures, row.detail = state, failures, "as the server says"
            for name, value in more.items():
                setattr(row, name, value)
            session.add(row)
        return notify_operators.run(place).noted

    assert be(State.ERROR, 2) == 1
    assert be(State.ERROR, 9) == 0
    assert be(State.BLOCKED, 10) == 1
    assert be(State.OK, 1) == 0, "it failed once: nobody knows yet"
    assert be(State.STALE, 0) == 1
    assert be(State.SLOW, 0) == 1, "slow and read is well"
    assert be(State.UNCHANGED, 0) == 0
    assert be(State.GONE, 5, enabled=False) == 0
    assert [state for _, state in told(place)] == ["error", "blocked", "stale", "well"]


@one_database
def test_a_day_without_anything_new_is_told_and_so_is_its_end(place, outlet, clock, mailbox):
    outlet.write("one", "We need the toll now, and the bridge toll will pay for the road to the harbour")
    assert [look(place, clock, hours=hours) for hours in (1, 12, 11, 2, 5)] == [0, 0, 0, 1, 0]
    assert "Nothing new came in from any source for 25 hours" in bodies(mailbox)[-1][1]
    outlet.write("two", "We need no toll, and the bridge will be paid for by all of Norland together")
    assert look(place, clock) == 1
    assert "Collecting goes on" in bodies(mailbox)[-1][1]


@one_database
def test_mails_that_do_not_go_are_told_on_the_page_and_by_mail_when_it_goes_again(place, clock, mailbox, monkeypatch):
    compose = deliver._compose
    monkeypatch.setattr(
        deliver, "_compose", lambda world, mail: compose(world, mail) if mail.is_notice else message(mail)
    )
    owe(place, 2)
    mailbox.rcpt = lambda _address: "451 later"
    for _ in range(3):
        deliver.run(place)
        clock.forward(minutes=16)
        notify_operators.run(place)
    assert told(place)[0] == ("mail", "in trouble")
    assert "mails wait and none has gone" in page(place)
    mailbox.rcpt = lambda _address: "250 OK"
    clock.forward(hours=2)
    deliver.run(place)
    notify_operators.run(place)
    deliver.run(place)
    about = [text for to, text in bodies(mailbox) if to == OPERATORS[0]]
    assert "mails wait and none has gone" in about[0]
    assert "Mails go out again" in about[-1]
    assert [one for one in told(place) if one[0] == "mail"] == [("mail", "in trouble"), ("mail", "well")]


def page(world):
    """What a colleague reads on the page of the outbox."""
    with world.database.transaction() as session:
        role = Role.REPORTER
        accounts.add(session, world.now(), email="rita@example.org", name="Rita", role=role, password=PASSWORD)
    client = create_app(world).test_client()
    sign_in(client, "rita@example.org", PASSWORD)
    return client.get("/outbox").text


@one_database
def test_a_suspended_webhook_is_told_and_its_resuming(place, clock):
    number = make(place, "https://hooks.example.org/in")

    def be(state):
        with place.database.transaction() as session:
            row = session.get_one(Webhook, number)
            row.state, row.answer = state, "answers 410 Gone"
            session.add(row)
        notify_operators.run(place)

    for state in (WebhookState.SUSPENDED, WebhookState.SUSPENDED, WebhookState.ACTIVE):
        be(state)
    assert told(place) == [(f"webhook:{number}", "in trouble"), (f"webhook:{number}", "well")]


@one_database
def test_without_operators_nothing_is_owed_and_the_page_tells_all_the_same(make_world, clock):
    world = make_world()
    make(world, "https://hooks.example.org/in")
    with world.database.transaction() as session:
        row = session.exec(select(Webhook)).one()
        row.state, row.answer = WebhookState.SUSPENDED, "answers 410 Gone"
        session.add(row)
    assert notify_operators.run(world).noted == 1
    with world.database.reading() as session:
        assert not session.exec(select(Delivery)).all()
    assert "Webhook “Archive desk” was suspended: it answers 410 Gone" in page(world)
