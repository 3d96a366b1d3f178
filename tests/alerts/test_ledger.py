from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer
from sqlmodel import col, select

from tests.conftest import NOON
from tests.wishes import wish
from tracker.accounts import BadAccount
from tracker.alerts.digest import DigestSchedule, MailClock
from tracker.alerts.ledger import deliveries as delivery_ledger
from tracker.alerts.ledger import followers
from tracker.alerts.ledger import outbox as outbox_ledger
from tracker.alerts.ledger import sign_up as sign_up_ledger
from tracker.alerts.models import (
    Delivery,
    DeliveryState,
    Follower,
    Occasion,
    Rhythm,
    StoredQuery,
    Subscription,
    SubscriptionState,
    Suppression,
)
from tracker.limits import TooMany
from tracker.positions.models import Topic

TOPIC = "bridge-toll"
SECRET = "x" * 32


@pytest.fixture
def topic(database):
    with database.transaction() as session:
        session.add(Topic(id=TOPIC, name="The toll", created_at=NOON))
    return database


def ask(database, address="reader@example.org", now=NOON, ip="192.0.2.1", **told):
    with database.transaction() as session:
        sign_up_ledger.request(session, now, wish(address, **told), ip=ip)
    with database.reading() as session:
        return session.exec(select(Delivery.token).order_by(col(Delivery.id).desc())).first()


def follow(database, address="reader@example.org", **told):
    token = ask(database, address, **{"rhythm": "instant", **told})
    with database.transaction() as session:
        return sign_up_ledger.confirm(session, NOON, token)


def owe(database, subject="claim:1", now=NOON, occasion=Occasion.NEW_CLAIMS, speaker=7):
    with database.transaction() as session:
        return delivery_ledger.enqueue(
            session,
            now,
            occasion=occasion,
            subject=subject,
            query_ids=session.exec(select(StoredQuery.id)).all(),
            speaker_id=speaker,
            digests=DigestSchedule(),
        )


def take(database, now=NOON, taker="ada"):
    with database.transaction() as session:
        outbox_ledger.release_abandoned(session, now)
        parcels = list(iter(lambda: outbox_ledger.take(session, now, taker), None))
        return [parcel for parcel in parcels if not parcel.is_confirmation]


def states(database):
    with database.reading() as session:
        return [row.state for row in session.exec(select(Delivery).where(Delivery.occasion != Occasion.CONFIRM))]


def next_due(database):
    with database.reading() as session:
        return session.exec(select(Delivery.due_at).where(Delivery.occasion != Occasion.CONFIRM)).one()


def test_nothing_but_the_confirmation_is_owed_before_the_click(topic):
    ask(topic)
    assert owe(topic) == 0


def test_after_the_click_a_message_is_owed_and_a_second_one_about_the_same_never(topic):
    follow(topic)
    assert owe(topic) == 1
    assert owe(topic) == 0


def test_a_token_works_once_and_for_48_hours(topic):
    token = ask(topic)
    with topic.transaction() as session:
        assert sign_up_ledger.confirm(session, NOON + timedelta(hours=49), token) is None
        assert sign_up_ledger.confirm(session, NOON, "made up") is None
        assert sign_up_ledger.confirm(session, NOON, token).state == SubscriptionState.CONFIRMED
        assert sign_up_ledger.confirm(session, NOON, token) is None


def test_what_was_asked_for_takes_effect_with_the_click_and_not_before(topic):
    follow(topic)
    token = ask(topic, now=NOON + timedelta(days=2), what="shifts", rhythm="weekly", plain=True)
    with topic.reading() as session:
        assert session.exec(select(Subscription)).one().rhythm == Rhythm.INSTANT
    with topic.transaction() as session:
        row = sign_up_ledger.confirm(session, NOON + timedelta(days=2), token)
        follower = session.exec(select(Follower)).one()
        assert (row.rhythm, row.claims, row.clock, follower.plain) == (Rhythm.WEEKLY, False, "weekly UTC", True)


def test_a_thousand_sign_ups_of_one_address_are_one_mail(topic):
    for number in range(60):
        ask(topic, ip=f"192.0.2.{number}")
    with topic.reading() as session:
        assert len(session.exec(select(Delivery)).all()) == 1


def test_an_address_that_never_clicks_gets_three_confirmations_for_ever(topic):
    for day in range(10):
        ask(topic, now=NOON + timedelta(days=2 * day))
    with topic.reading() as session:
        assert len(session.exec(select(Delivery)).all()) == 3


def test_twenty_sign_ups_an_hour_from_one_place(topic):
    for number in range(20):
        ask(topic, f"r{number}@example.org")
    with pytest.raises(TooMany):
        ask(topic, "other@example.org")


@pytest.mark.parametrize(
    "address", ["", "reader", "a b@example.org", "a@b", "a@example.org, b@example.org", "x" * 300 + "@example.org"]
)
def test_what_is_no_address_is_refused(topic, address):
    with pytest.raises(BadAccount):
        ask(topic, address)


def test_only_shifts_when_only_shifts_were_asked_for(topic):
    follow(topic, what="shifts")
    assert owe(topic, "claim:1") == 0
    assert owe(topic, "shift:1", occasion=Occasion.SHIFT) == 1


def test_what_is_due_together_is_one_mail(topic):
    follow(topic)
    owe(topic, "claim:1")
    owe(topic, "claim:2")
    parcels = take(topic)
    assert [[row.subject for row in parcel.deliveries] for parcel in parcels] == [["claim:1", "claim:2"]]
    assert take(topic) == []


def test_what_a_dead_sender_left_is_sent_again_under_the_same_message_id(topic):
    follow(topic)
    owe(topic)
    first = take(topic)[0]
    owe(topic, "claim:2")
    later = NOON + outbox_ledger.RESERVED_FOR
    again = {parcel.message_id: parcel for parcel in take(topic, later, "ben")}
    assert len(again) == 2
    assert [row.subject for row in again[first.message_id].deliveries] == ["claim:1"]


def test_a_failure_is_tried_again_later_and_given_up_after_two_days(topic):
    follow(topic)
    owe(topic)
    now, tries = NOON, 0
    while states(topic) != [DeliveryState.FAILED]:
        [parcel] = take(topic, now)
        tries += 1
        with topic.transaction() as session:
            outbox_ledger.mark_failed(session, now, parcel, "ada", "451 later", permanent=False)
        assert take(topic, now) == [], "never twice at the same moment"
        now = next_due(topic)
        assert now < NOON + timedelta(days=5)
    assert tries > 10


def test_a_permanent_failure_is_final_for_that_message(topic):
    follow(topic)
    owe(topic)
    parcel = take(topic)[0]
    with topic.transaction() as session:
        outbox_ledger.mark_failed(session, NOON, parcel, "ada", "550 no such user", permanent=True)
    assert states(topic) == [DeliveryState.FAILED]
    assert take(topic, NOON + timedelta(days=1)) == []


def fail(database, subject, *, no_mailbox, now=NOON):
    owe(database, subject)
    [parcel] = take(database, now)
    with database.transaction() as session:
        outbox_ledger.mark_failed(session, now, parcel, "ada", "550 no", permanent=True, no_mailbox=no_mailbox)


def test_a_mailbox_that_does_not_exist_gets_nothing_more_after_one_mail(topic):
    follow(topic)
    fail(topic, "claim:1", no_mailbox=True)
    owe(topic, "claim:9")
    assert take(topic) == []
    with topic.reading() as session:
        assert "550 no" in session.exec(select(Suppression)).one().reason


def test_a_mailbox_that_refuses_mails_gets_nothing_more_after_three_in_a_week(topic):
    follow(topic)
    fail(topic, "claim:1", no_mailbox=False)
    fail(topic, "claim:2", no_mailbox=False)
    for days in (8, 9):
        fail(topic, f"claim:3{days}", no_mailbox=False, now=NOON + timedelta(days=days))
    with topic.reading() as session:
        assert session.exec(select(Suppression)).all() == [], "four, but never three within a week"
    fail(topic, "claim:4", no_mailbox=False, now=NOON + timedelta(days=10))
    owe(topic, "claim:9")
    assert take(topic, NOON + timedelta(days=10)) == []


def test_a_new_click_ends_the_silence(topic):
    follow(topic)
    fail(topic, "claim:1", no_mailbox=True)
    token = ask(topic, now=NOON + timedelta(days=2), rhythm="instant")
    with topic.transaction() as session:
        sign_up_ledger.confirm(session, NOON + timedelta(days=2), token)
        assert session.exec(select(Suppression)).all() == []
    owe(topic, "claim:9")
    assert len(take(topic)) == 1


def test_who_leaves_gets_nothing_more_not_even_what_lies_in_the_outbox(topic):
    subscription = follow(topic)
    owe(topic)
    with topic.transaction() as session:
        token = exit_token(session, subscription)
        follower, numbers = followers.by_unsubscribe_token(session, SECRET, token)
        delivery_ledger.unsubscribe(session, NOON, follower.id, DigestSchedule(), numbers)
    assert take(topic) == []
    assert states(topic) == [DeliveryState.DROPPED]
    assert owe(topic, "claim:2") == 0


def exit_token(session, subscription):
    follower = session.get_one(Follower, subscription.follower_id)
    return followers.unsubscribe_token(SECRET, follower, [subscription.id])


def test_a_forged_exit_link_is_nobodys(topic):
    subscription = follow(topic)
    with topic.reading() as session:
        token = exit_token(session, subscription)
        assert followers.by_unsubscribe_token(session, SECRET, token) is not None
        for secret, forged in ((SECRET, token[:-1]), ("y" * 32, token), (SECRET, "é" * 50)):
            assert followers.by_unsubscribe_token(session, secret, forged) is None
            assert followers.by_manage_token(session, secret, forged) is None


def test_the_exit_of_a_mail_sent_before_addresses_had_several_alerts_still_works(topic):
    subscription = follow(topic)
    token = URLSafeSerializer(SECRET, salt="stop").dumps(subscription.public_id)
    with topic.reading() as session:
        follower, numbers = followers.by_unsubscribe_token(session, SECRET, token)
        assert (follower.id, numbers) == (subscription.follower_id, [subscription.id])


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (
            datetime(2024, 3, 30, 12, tzinfo=UTC),
            datetime(2024, 3, 31, 0, 30, tzinfo=UTC),
        ),  # 02:00 to 03:00 does not exist
        (
            datetime(2024, 10, 26, 12, tzinfo=UTC),
            datetime(2024, 10, 27, 0, 0, tzinfo=UTC),
        ),  # 02:00 to 03:00 comes twice
        (datetime(2024, 6, 1, 12, tzinfo=UTC), datetime(2024, 6, 2, 0, 0, tzinfo=UTC)),
    ],
)
def test_a_daily_digest_has_one_moment_in_each_local_day_also_when_clocks_change(now, due):
    found = MailClock(Rhythm.DAILY, "Europe/Berlin").due_at(now, DigestSchedule(hour=2))
    assert abs(found - due) <= timedelta(hours=1)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=200)
@given(
    now=st.datetimes(datetime(2023, 1, 1), datetime(2026, 1, 1)),  # noqa: DTZ001 - Hypothesis wants naive bounds
    hour=st.integers(0, 23),
    weekday=st.integers(0, 6),
    zone=st.sampled_from(["UTC", "Europe/Kyiv", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
)
def test_a_digest_is_always_ahead_and_never_more_than_its_period_away(now, hour, weekday, zone):
    now = now.replace(tzinfo=UTC)
    daily = MailClock(Rhythm.DAILY, zone).due_at(now, DigestSchedule(hour, weekday))
    weekly = MailClock(Rhythm.WEEKLY, zone).due_at(now, DigestSchedule(hour, weekday))
    assert timedelta() < daily - now <= timedelta(hours=25)
    assert timedelta() < weekly - now <= timedelta(days=7, hours=1)


QUIET = (22, 7)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2024-06-01T19:59+00:00", "2024-06-01T19:59+00:00"),  # 21:59 in Berlin
        ("2024-06-01T20:00+00:00", "2024-06-02T05:00+00:00"),
        ("2024-06-02T03:00+00:00", "2024-06-02T05:00+00:00"),
        ("2024-06-02T05:00+00:00", "2024-06-02T05:00+00:00"),
        ("2024-03-31T00:30+00:00", "2024-03-31T05:00+00:00"),  # the night in which the clock goes forward
    ],
)
def test_an_instant_mail_waits_until_the_quiet_hours_end(now, due):
    clock = MailClock(Rhythm.INSTANT, "Europe/Berlin", QUIET)
    assert clock.due_at(datetime.fromisoformat(now), DigestSchedule()) == datetime.fromisoformat(due)
    assert MailClock.read(clock.code) == clock


@given(
    now=st.datetimes(datetime(2023, 1, 1), datetime(2026, 1, 1)),  # noqa: DTZ001 - Hypothesis wants naive bounds
    quiet=st.tuples(st.integers(0, 23), st.integers(0, 23)).filter(lambda pair: pair[0] != pair[1]),
    zone=st.sampled_from(["UTC", "Europe/Kyiv", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
)
def test_what_waits_for_the_end_of_quiet_hours_does_not_wait_again(now, quiet, zone):
    now = now.replace(tzinfo=UTC)
    clock = MailClock(Rhythm.INSTANT, zone, quiet)
    due = clock.due_at(now, DigestSchedule())
    assert timedelta() <= due - now <= timedelta(hours=25)
    assert clock.due_at(due, DigestSchedule()) == due
