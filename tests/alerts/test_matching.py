"""Which stored queries find a new statement: the same that the search finds, told without asking all of them."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select

from tests.searched_pages import add_pages
from tests.wishes import wish
from tracker.alerts.digest import DigestSchedule
from tracker.alerts.ledger import deliveries, followers, sign_up, stored_queries
from tracker.alerts.ledger.followers import FollowerSettings
from tracker.alerts.ledger.sign_up import AlertRequest, SubscriptionRequest
from tracker.alerts.models import Delivery, DeliveryState, Occasion, QueryAnchor, StoredQuery, Subscription
from tracker.alerts.queries import items
from tracker.alerts.queries.matching import queries_that_find
from tracker.positions.queries import searches
from tracker.speech.models import Claim, Correction, Speaker
from tracker.speech.search.parameters import BadParameter, read_query

NOW = datetime(2024, 3, 20, 12, tzinfo=UTC)
QUERIES = [
    {"q": ["ferry"]},
    {"q": ["INVITES company"]},
    {"q": ['"ferry company"']},
    {"q": ['"company ferry"']},
    {"q": ["vill*"]},
    {"q": ["ferry OR toll"]},
    {"q": ["toll -village"]},
    {"q": ["-ferry"]},
    {"q": ["einladung"]},
    {"q": ["приглашение"]},
    {"q": ["minister"]},
    {"q": ["hafenblatt"]},
    {"q": ['"open the br"*']},
    {"speaker": ["ada-moor"]},
    {"speaker": ["moor"]},
    {"speaker": ["bo-lind", "ole-backer"]},
    {"speaker": ["nobody"]},
    {"topic": ["bridge-toll"]},
    {"topic": ["bridge-toll"], "speaker": ["bo-lind"]},
    {"topic": ["bridge-toll"], "q": ["ferry"]},
    {"source": ["harbour"]},
    {"source": ["harbour"], "q": ["toll"]},
    {"language": ["de"]},
    {"kind": ["direct"], "said_from": ["2024-03-18"], "said_to": ["2024-03-18"]},
    {"said_from": ["2024-03-19"]},
    {"polarity": ["denied"]},
    {"lane": ["reported"]},
]


@pytest.fixture
def record(world):
    add_pages(world)
    return world


def test_a_new_statement_is_found_by_the_queries_that_find_it_in_the_search(record):
    with record.database.transaction() as session:
        kept = {stored_queries.keep(session, NOW, told).id: told for told in QUERIES}
        for claim in session.exec(select(Claim)).all():
            by_search = {number for number, told in kept.items() if searches.finds(session, read_query(told), claim.id)}
            assert set(queries_that_find(session, claim.id)) == by_search, claim.text
        assert {len(queries_that_find(session, claim.id)) > 3 for claim in session.exec(select(Claim))} == {True}


def test_a_query_is_compared_with_statements_that_share_a_word_with_it_alone(record):
    with record.database.transaction() as session:
        stored_queries.keep(session, NOW, {"q": ["ferry zeppelin"]})
        stored_queries.keep(session, NOW, {"speaker": ["bo-lind"], "q": ["ferry"]})
        found = set(session.exec(select(QueryAnchor.anchor)))
    assert "word:zeppelin" in found
    assert "word:ferry" not in found
    assert "speaker:bo-lind" in found


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"q": ["?!"]},
        {"topic": ["nothing"]},
        {"event": ["nothing"]},
        {"kind": ["song"]},
        {"q": ["ferry status:confirmed"]},
    ],
)
def test_what_finds_nothing_can_not_be_followed(record, told):
    with record.database.transaction() as session, pytest.raises(BadParameter):
        stored_queries.keep(session, NOW, told)


def test_one_query_is_kept_once_however_it_is_written(record):
    with record.database.transaction() as session:
        one = stored_queries.keep(session, NOW, {"q": ["ferry  toll"], "speaker": ["b", "a"]})
        other = stored_queries.keep(session, NOW, {"speaker": ["a", "b", "a"], "q": ["ferry toll "], "kind": [""]})
        assert one.id == other.id
        assert len(session.exec(select(StoredQuery)).all()) == 1


def follow(session, told, address="ida@example.org", **alert):
    asked = SubscriptionRequest(address=address, alert=AlertRequest(told=told, rhythm="instant", **alert))
    sign_up.request(session, NOW, asked, ip=address)
    row = session.exec(
        select(Delivery).where(Delivery.occasion == Occasion.CONFIRM, col(Delivery.token).is_not(None))
    ).all()[-1]
    found = sign_up.confirm(session, NOW, row.token)
    row.state, row.token = DeliveryState.SENT, None
    session.add(row)
    session.flush()
    return found


def owed(session):
    return [row for row in session.exec(select(Delivery)).all() if row.occasion != Occasion.CONFIRM]


def lind(session):
    return session.exec(select(Claim).where(Claim.text.startswith("The village"))).one()


def test_of_several_alerts_that_find_a_statement_one_tells_of_it(record):
    with record.database.transaction() as session:
        follower = follow(session, {"q": ["village"]}).follower_id
        sign_up.add_alert(session, NOW, follower, AlertRequest(told={"speaker": ["bo-lind"]}, rhythm="weekly"))
        assert deliveries.enqueue_claim(session, NOW, lind(session), DigestSchedule()) == 1
        [row] = owed(session)
        assert row.due_at == NOW, "the alert that is due first"
        assert deliveries.enqueue_claim(session, NOW, lind(session), DigestSchedule()) == 0


def test_when_one_of_two_alerts_ends_what_it_owed_is_owed_to_the_other(record):
    with record.database.transaction() as session:
        first = follow(session, {"q": ["village"]})
        second = sign_up.add_alert(
            session, NOW, first.follower_id, AlertRequest(told={"speaker": ["bo-lind"]}, rhythm="instant")
        )
        deliveries.enqueue_claim(session, NOW, lind(session), DigestSchedule())
        deliveries.unsubscribe(session, NOW, first.follower_id, DigestSchedule(), [first.id])
        assert [(row.subscription_id, row.state) for row in owed(session)] == [(second.id, DeliveryState.OWED)]
        deliveries.unsubscribe(session, NOW, first.follower_id, DigestSchedule())
        assert [row.state for row in owed(session)] == [DeliveryState.DROPPED]


def change_settings(session, follower_id, **changed):
    told = {"timezone": "UTC", "quiet": None, "plain": False, "paused_until": None, **changed}
    followers.update_settings(session, NOW, follower_id, FollowerSettings(**told), DigestSchedule())


def test_a_muted_speaker_is_not_told_of(record):
    with record.database.transaction() as session:
        follower = follow(session, {"q": ["village"]}).follower_id
        speaker = session.exec(select(Speaker).where(Speaker.slug == "bo-lind")).one()
        change_settings(session, follower, muted=[speaker.id])
        assert deliveries.enqueue_claim(session, NOW, lind(session), DigestSchedule()) == 0
        change_settings(session, follower)
        assert deliveries.enqueue_claim(session, NOW, lind(session), DigestSchedule()) == 1


def test_what_comes_in_during_a_pause_is_told_when_it_ends(record):
    later = datetime(2024, 4, 1, tzinfo=UTC)
    with record.database.transaction() as session:
        follower = follow(session, {"q": ["village"]}).follower_id
        change_settings(session, follower, paused_until=later)
        deliveries.enqueue_claim(session, NOW, lind(session), DigestSchedule())
        assert [row.due_at for row in owed(session)] == [later]
        change_settings(session, follower)
        assert [row.due_at for row in owed(session)] == [NOW], "going on earlier brings it at once"


def test_quiet_hours_move_what_waits_already(record):
    with record.database.transaction() as session:
        follower = follow(session, {"q": ["village"]}).follower_id
        deliveries.enqueue_claim(session, NOW, lind(session), DigestSchedule())
        change_settings(session, follower, quiet=(11, 15))
        assert [row.due_at for row in owed(session)] == [datetime(2024, 3, 20, 15, tzinfo=UTC)]


def test_an_address_has_so_many_alerts_and_no_more(record, monkeypatch):
    monkeypatch.setattr(sign_up, "MOST_ALERTS", 2)
    with record.database.transaction() as session:
        follower = follow(session, {"q": ["village"]}).follower_id
        sign_up.add_alert(session, NOW, follower, AlertRequest(told={"q": ["toll"]}))
        with pytest.raises(sign_up.TooManyAlerts):
            sign_up.add_alert(session, NOW, follower, AlertRequest(told={"q": ["ferry"]}))


def test_wishes_of_a_topic_and_of_its_search_are_one_alert(record):
    with record.database.transaction() as session:
        sign_up.request(session, NOW, wish("ida@example.org"), ip="1")
        [row] = session.exec(select(Delivery)).all()
        row = sign_up.confirm(session, NOW, row.token)
        again = sign_up.add_alert(
            session, NOW, row.follower_id, AlertRequest(told={"topic": ["bridge-toll"], "q": [" "]})
        )
        assert again.id == row.id
        assert len(session.exec(select(Subscription)).all()) == 1


def correct(session, claim, now, **fields):
    row = Correction(
        claim_id=claim.id, old="Bo Lind", new="Ada Moor", reason="the tape says so", by="vera", at=now, **fields
    )
    session.add(row)
    session.flush()
    return row


def test_who_got_the_wrong_statement_is_told_of_the_correction_once(record):
    later, digests = NOW + timedelta(hours=1), DigestSchedule()
    with record.database.transaction() as session:
        follow(session, {"q": ["village"]})
        follow(session, {"q": ["village"]}, "otto@example.org")
        claim = lind(session)
        deliveries.enqueue_claim(session, NOW, claim, digests)
        told, waiting = owed(session)
        told.state, told.sent_at = DeliveryState.SENT, NOW
        session.add(told)
        correct(session, claim, later, field="speaker")
        assert deliveries.enqueue_corrections(session, later, [claim.id], digests) == 1, (
            "the other one gets it right at once"
        )
        assert deliveries.enqueue_corrections(session, later, [claim.id], digests) == 0
        (row,) = [one for one in owed(session) if one.occasion == Occasion.CORRECTED]
        assert (row.follower_id, row.state) == (told.follower_id, DeliveryState.OWED)
        waiting.state, waiting.sent_at = DeliveryState.SENT, later + timedelta(hours=1)
        session.add(waiting)
        assert deliveries.enqueue_corrections(session, later, [claim.id], digests) == 0, "told after the correction"


def test_a_correction_that_was_undone_before_its_mail_went_is_told_to_nobody(record):
    with record.database.transaction() as session:
        follow(session, {"q": ["village"]})
        claim = lind(session)
        deliveries.enqueue_claim(session, NOW, claim, DigestSchedule())
        (told,) = owed(session)
        told.state, told.sent_at = DeliveryState.SENT, NOW
        session.add(told)
        made = correct(session, claim, NOW + timedelta(hours=1), field="day")
        deliveries.enqueue_corrections(session, NOW, [claim.id], DigestSchedule())
        (item,) = items.correction_items(session, [made.id])
        assert item.what == ("day: Ada Moor (before: Bo Lind), because the tape says so",)
        made.undone_at = NOW + timedelta(hours=2)
        session.add(made)
        session.flush()
        deliveries.drop_undone(session)
        assert [one.state for one in owed(session) if one.occasion == Occasion.CORRECTED] == [DeliveryState.DROPPED]
