"""A topic saved on the site is applied to all that is held, by the job, silently; what a person decided outlives it."""

import pytest
from sqlmodel import col, select

from jobs import collect, extract, reread
from jobs.reading_context import topics_digest
from tests.jobs.test_edits import begin
from tests.wishes import wish
from tracker.alerts.ledger import sign_up as sign_up_ledger
from tracker.alerts.models import Delivery
from tracker.archive import queries as archive
from tracker.archive.models import Snapshot
from tracker.positions import queries as positions
from tracker.positions.ledger import codings, definitions
from tracker.positions.ledger.definitions import NewTopic
from tracker.positions.models import ClaimTopic, CodingReading, CodingState, Shift
from tracker.speech.models import Claim

WORDS = "“We need the toll now, and the bridge toll will pay for the harbour road,” said Minister Mara Lind on Monday."


def save(world, *any_of, topic="harbour-road", none=(), description=""):
    told = NewTopic(
        id=topic, name="Harbour roads", description=description, positions=(), examples={},
        rules={"any": list(any_of), "all": [], "none": list(none)},
    )  # fmt: skip
    with world.database.transaction() as session:
        definitions.save_topic(session, world.now(), by="ben@example.org", told=told, reason="Asked for.")


def links(world, topic="harbour-road"):
    with world.database.reading() as session:
        rows = session.exec(select(ClaimTopic).where(ClaimTopic.topic_id == topic).order_by(col(ClaimTopic.id)))
        return [(one.matched, one.by_hand, one.removed) for one in rows]


def mails(world):
    with world.database.reading() as session:
        return len(session.exec(select(Delivery)).all()), len(session.exec(select(Shift)).all())


def waiting(world):
    with world.database.reading() as session:
        return archive.waiting_for(session, topics_digest(session))


def code(world, reading, topic="harbour-road"):
    with world.database.transaction() as session:
        claim = session.exec(select(Claim)).first()
        codings.confirm(
            session, world.now(), by="ben@example.org", claim_id=claim.id, topic_id=topic, reading=reading
        )  # fmt: skip


def follow(world, topic="harbour-road"):
    with world.database.transaction() as session:
        wanted = wish("second@example.org", topic, rhythm="instant")
        sign_up_ledger.request(session, world.now(), wanted, ip="192.0.2.1")
        token = session.exec(select(Delivery.token).order_by(col(Delivery.id).desc())).first()
        sign_up_ledger.confirm(session, world.now(), token)


@pytest.fixture
def held(courier, outlet):
    begin(courier, outlet, WORDS)
    return courier


def test_a_new_topic_finds_what_is_held_and_why_is_kept(held):
    save(held, "harbour road")
    assert waiting(held) == (1, 1)
    assert links(held) == []
    counts = reread.run(held)
    assert (counts.documents, counts.followed, counts.statements) == (1, 1, 0)
    assert links(held) == [(["harbour road"], False, False)]
    assert waiting(held) == (0, 1)
    assert reread.run(held).documents == 0


def test_nobody_is_told_of_what_a_new_topic_finds_even_who_follows_it(held):
    save(held, "harbour road")
    follow(held)
    before = mails(held)
    reread.run(held)
    assert links(held) == [(["harbour road"], False, False)]
    assert mails(held) == before


def test_a_changed_topic_loses_what_it_no_longer_means_and_takes_it_back(held):
    save(held, "harbour road")
    reread.run(held)
    save(held, "harbour ferry")
    reread.run(held)
    assert [removed for _, _, removed in links(held)] == [True]
    save(held, "road harbour", "toll")
    reread.run(held)
    assert links(held) == [(["road harbour", "toll"], False, False)]


def test_another_name_or_description_alone_is_applied_too(held):
    save(held, "harbour road")
    reread.run(held)
    save(held, "harbour road", description="Whether the road to the harbour is paid for.")
    assert waiting(held) == (1, 1)
    reread.run(held)
    assert waiting(held) == (0, 1)


@pytest.mark.parametrize("reading", [CodingReading.NO_POSITION, CodingReading.DECLINED, CodingReading.AMBIGUOUS])
def test_what_a_person_put_on_a_topic_stays_whatever_the_phrases_become(held, reading):
    save(held, "harbour ferry")
    reread.run(held)
    assert links(held) == []
    code(held, reading)
    for any_of, none in ((("ferry",), ()), (("harbour road",), ("toll",)), (("harbour road",), ())):
        save(held, *any_of, none=none)
        reread.run(held)
        assert [(by_hand, removed) for _, by_hand, removed in links(held)] == [(True, False)]
    reread.run_all(held, ["topics"])
    assert [(by_hand, removed) for _, by_hand, removed in links(held)] == [(True, False)]


def test_what_a_person_took_off_a_topic_stays_off_whatever_the_phrases_become(held):
    save(held, "harbour road")
    reread.run(held)
    code(held, CodingReading.OFF_TOPIC)
    for any_of in (("toll",), ("bridge",), ("harbour road", "toll now")):
        save(held, *any_of)
        reread.run(held)
        assert [(by_hand, removed) for _, by_hand, removed in links(held)] == [(True, True)]
    reread.run_all(held)
    assert [(by_hand, removed) for _, by_hand, removed in links(held)] == [(True, True)]


def test_a_confirmed_position_is_not_lost_with_the_phrase_but_proposed_to_an_editor(held):
    """The phrase found it and a person coded it: taking it off is that person's to decide."""
    save(held, "harbour road")
    reread.run(held)
    code(held, CodingReading.NO_POSITION)
    save(held, "ferry")
    counts = reread.run(held)
    assert (counts.followed, counts.proposed) == (0, 1)
    assert [removed for _, _, removed in links(held)] == [False]


def test_what_comes_in_after_the_save_is_found_at_once(held, outlet):
    save(held, "harbour road")
    outlet.write("two", "The harbour road must be mended this year", day="Monday, 4 March")
    collect.run(held, everything=True)
    extract.run(held)
    assert [matched for matched, _, _ in links(held)] == [["harbour road"]]
    assert waiting(held) == (1, 2)


def test_other_topics_keep_their_links_and_codings(held):
    with held.database.reading() as session:
        before = [one.model_dump() for one in session.exec(select(ClaimTopic))]
        coded = positions.codings(session, [session.exec(select(Claim.id)).first()])
    assert any(one.state is CodingState.SUGGESTED for one in coded.values())
    save(held, "harbour road")
    reread.run(held)
    with held.database.reading() as session:
        after = [
            one.model_dump() for one in session.exec(select(ClaimTopic).where(ClaimTopic.topic_id == "bridge-toll"))
        ]
        assert positions.codings(session, [session.exec(select(Claim.id)).first()], "bridge-toll") == coded
    assert after == before


def test_a_document_that_can_t_be_read_is_not_waited_for(held):
    save(held, "harbour road")
    with held.database.transaction() as session:
        snapshot = session.exec(select(Snapshot)).one()
        snapshot.unreadable = "the reader stopped"
        session.add(snapshot)
    assert waiting(held) == (0, 1)
