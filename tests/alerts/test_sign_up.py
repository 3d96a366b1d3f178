"""Sign-up: every wish of a reader is served, and nobody's inbox is flooded on a stranger's word."""

import threading
from datetime import timedelta

import pytest
from sqlmodel import col, select

from jobs import deliver
from tests.conftest import NOON
from tests.wishes import wish
from tracker.alerts.digest import DigestSchedule
from tracker.alerts.ledger import deliveries as delivery_ledger
from tracker.alerts.ledger import sign_up as sign_up_ledger
from tracker.alerts.models import (
    Delivery,
    DeliveryState,
    Occasion,
    Rhythm,
    StoredQuery,
    Subscription,
    SubscriptionState,
)
from tracker.positions.models import Topic

TOPICS = ("bridge-toll", "ferry", "tunnel")
READER = "ida@example.org"


@pytest.fixture
def topics(database):
    with database.transaction() as session:
        for number, key in enumerate(TOPICS):
            session.add(Topic(id=key, name=f"Topic {number}", created_at=NOON))
    return database


def ask(database, topic=TOPICS[0], now=NOON, address=READER, ip="192.0.2.1", **told) -> str | None:
    """The secret in the link of the mail that this wish brings; None when it brings none."""
    before = links(database)
    with database.transaction() as session:
        sign_up_ledger.request(session, now, wish(address, topic, **told), ip=ip)
    new = [one for one in links(database) if one not in before]
    return new[0] if new else None


def links(database):
    with database.reading() as session:
        return list(session.exec(select(Delivery.token).where(col(Delivery.token).is_not(None))))


def click(database, secret, now=NOON):
    with database.transaction() as session:
        return sign_up_ledger.confirm(session, now, secret)


def rows(database):
    with database.reading() as session:
        told = select(Subscription, StoredQuery).where(col(StoredQuery.id) == col(Subscription.query_id))
        return {query.told["topic"][0]: row for row, query in session.exec(told)}


def test_a_reader_who_confirmed_gets_a_link_for_another_topic_and_another_rhythm_at_once(topics):
    click(topics, ask(topics))
    other, weekly = ask(topics, TOPICS[1]), ask(topics, rhythm="weekly")
    assert rows(topics)[TOPICS[0]].rhythm is Rhythm.DAILY
    click(topics, weekly)
    click(topics, other)
    assert rows(topics)[TOPICS[0]].rhythm is Rhythm.WEEKLY
    assert rows(topics)[TOPICS[1]].state is SubscriptionState.CONFIRMED


def test_wishes_for_several_topics_each_keep_a_link_that_works(topics):
    click(topics, ask(topics))
    secrets = {topic: ask(topics, topic, rhythm="instant") for topic in TOPICS}
    assert None not in secrets.values()
    for topic, secret in secrets.items():
        click(topics, secret)
        assert rows(topics)[topic].state is SubscriptionState.CONFIRMED


def test_the_same_wish_again_is_no_second_mail_within_a_day_and_its_first_link_works(topics):
    click(topics, ask(topics))
    secret = ask(topics, rhythm="weekly", what="changes")
    assert ask(topics, rhythm="weekly", what="changes", ip="192.0.2.9") is None
    assert ask(topics, rhythm="weekly", what="changes", now=NOON + timedelta(hours=23)) is None
    assert click(topics, secret, NOON + timedelta(hours=23)) is not None


def test_the_same_wish_after_a_day_gets_a_new_link(topics):
    click(topics, ask(topics))
    assert ask(topics, rhythm="weekly")
    assert ask(topics, rhythm="weekly", now=NOON + timedelta(hours=25))


def test_a_newer_wish_for_one_topic_takes_the_place_of_the_older(topics):
    click(topics, ask(topics))
    older, newer = ask(topics, rhythm="weekly"), ask(topics, rhythm="instant")
    assert click(topics, older) is None
    assert click(topics, newer).rhythm is Rhythm.INSTANT
    with topics.reading() as session:
        states = session.exec(select(Delivery.state).order_by(col(Delivery.id))).all()
    assert states[1:] == [DeliveryState.DROPPED, DeliveryState.OWED]


def test_a_stranger_can_send_a_reader_ten_links_a_day_and_no_more(topics):
    click(topics, ask(topics))
    rhythms = ("weekly", "instant", "daily")
    sent = [
        ask(topics, TOPICS[number % 3], rhythm=rhythms[number // 3 % 3], ip=f"192.0.2.{number}") for number in range(60)
    ]
    assert len([one for one in sent if one]) == 9  # the first, which was confirmed, is the tenth
    assert ask(topics, now=NOON + timedelta(hours=25), rhythm="weekly", ip="198.51.100.1")


def test_an_address_that_never_clicked_gets_one_link_whatever_is_asked_for(topics):
    sent = [
        ask(topics, topic, rhythm=rhythm, ip=f"192.0.2.{number}")
        for number in range(20)
        for topic in TOPICS
        for rhythm in ("daily", "weekly")
    ]
    assert len([one for one in sent if one]) == 1


def test_its_one_link_still_works_after_other_wishes_and_opens_the_way_for_them(topics):
    secret = ask(topics)
    assert ask(topics, TOPICS[1]) is None
    click(topics, secret)
    assert rows(topics)[TOPICS[0]].state is SubscriptionState.CONFIRMED
    assert ask(topics, TOPICS[1]) is not None


def test_a_reader_who_left_may_come_back_and_is_flooded_by_nobody(topics):
    row = click(topics, ask(topics))
    with topics.transaction() as session:
        delivery_ledger.unsubscribe(session, NOON, row.follower_id, DigestSchedule())
    sent = [ask(topics, now=NOON + timedelta(days=day), rhythm="weekly", ip=f"192.0.2.{day}") for day in range(30)]
    assert sent[0] is not None
    assert len([one for one in sent if one]) == 3


def test_of_many_who_ask_for_one_address_at_the_same_moment_one_gets_the_mail(topics):
    start = threading.Barrier(8)

    def stranger(number):
        start.wait()
        with topics.transaction() as session:
            sign_up_ledger.request(session, NOON, wish(READER, TOPICS[number % 3]), ip=f"192.0.2.{number}")

    threads = [threading.Thread(target=stranger, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(links(topics)) == 1


def test_the_mail_says_to_a_reader_that_what_comes_now_stays_as_it_is(world, mailbox):
    with world.database.transaction() as session:
        session.add(Topic(id="ferry", name="The ferry", created_at=NOON))
    click(world.database, ask(world.database))
    assert ask(world.database, "ferry", rhythm="weekly")
    deliver.run(world)
    mails = {str(mail["Subject"]).rpartition(": ")[2]: mail for mail in mailbox.messages}
    told = mails["The ferry"].get_body(("plain",)).get_content()
    assert "stays as it is" in told
    assert "weekly" in told
    with world.database.reading() as session:
        assert set(session.exec(select(Delivery.occasion))) == {Occasion.CONFIRM}
