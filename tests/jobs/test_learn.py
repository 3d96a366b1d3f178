"""Suggestions learned from a topic's confirmed codings: on both databases, from documents of a made-up place."""

import pytest
from sqlmodel import col, select

from jobs import learn
from jobs.ingest import manual
from tracker.alerts.models import Delivery
from tracker.archive.supplied import from_object
from tracker.audit import AuditEntry
from tracker.positions import queries as positions
from tracker.positions.ledger import codings
from tracker.positions.models import Coding, CodingReading, CodingState, Position, Topic, TopicSuggester
from tracker.positions.queries import suggester_rows
from tracker.speech.models import Claim

TOPIC = "bridge-toll"
NAMES = ("Mara Lind", "Oskar Dahl", "Ines Roth", "Tom Berg", "Eva Strand", "Karl Moor", "Lea Winter", "Jon Vik")
SAYINGS = (
    ("for", "Whoever drives across should share the price of the bridge, and a toll number {n} is fair to all of us"),
    ("for", "A toll is fair: whoever drives across should share the price, said in the year {n} as today"),
    ("against", "Families of the islands have paid enough, and a toll number {n} would punish them once more"),
    ("against", "A toll would punish the families of the islands, who have paid enough since the year {n}"),
    (None, "The toll is discussed in committee number {n} on a Thursday in the old town hall"),
)


def document(number: int) -> dict[str, str]:
    quotes = [f"“{text.format(n=number * 10 + at)},” {NAMES[number]} said." for at, (_key, text) in enumerate(SAYINGS)]
    return {"text": "\n\n".join(quotes), "published": f"2024-03-{number + 1:02}", "title": f"The toll, part {number}"}


@pytest.fixture
def taught(world):
    """Eight documents of which an editor coded six; the others wait."""
    for number in range(8):
        assert manual.add(world, from_object(document(number))).claims == len(SAYINGS)
    for number in range(6):
        code(world, number)
    return world


def code(world, number: int) -> None:
    with world.database.transaction() as session:
        steps = {one.key: one.id for one in session.exec(select(Position))}
        for claim, key in claims_of(session, number):
            codings.confirm(
                session, world.now(), by="ada@record.example", claim_id=claim.id, topic_id=TOPIC,
                reading=CodingReading.POSITION if key else CodingReading.NO_POSITION, position_id=steps.get(key),
            )  # fmt: skip


def claims_of(session, number: int):
    found = session.exec(select(Claim).order_by(col(Claim.id)))
    keys = {text.format(n=number * 10 + at): key for at, (key, text) in enumerate(SAYINGS)}
    return [(claim, keys[claim.text]) for claim in found if claim.text in keys]


def learned(world, number: int) -> dict[str | None, list[str]]:
    """What is suggested by what was learned, by what an editor would code."""
    with world.database.reading() as session:
        steps = {one.id: one.key for one in session.exec(select(Position))}
        said: dict[str | None, list[str]] = {}
        for claim, key in claims_of(session, number):
            rows = session.exec(
                select(Coding).where(
                    Coding.claim_id == claim.id, Coding.by == "learned", col(Coding.withdrawn_at).is_(None)
                )
            ).all()
            said.setdefault(key, []).extend(steps[row.position_id] for row in rows)
        return said


def test_what_editors_coded_is_suggested_for_what_waits(taught):
    counts = learn.run(taught)
    assert (counts.topics, counts.sure) == (1, 1)
    assert learned(taught, 6) == {"for": ["for", "for"], "against": ["against", "against"], None: []}
    assert learned(taught, 1) == {"for": [], "against": [], None: []}, "what is coded is not suggested again"


def test_reasons_tell_the_words_and_how_they_were_coded(taught):
    learn.run(taught)
    with taught.database.reading() as session:
        row = session.exec(select(Coding).where(Coding.by == "learned")).first()
        assert row.state is CodingState.SUGGESTED
        assert any("confirmed statements with it are coded" in reason for reason in row.reasons)


def test_agreement_is_measured_on_codings_that_were_not_seen(taught):
    learn.run(taught)
    with taught.database.reading() as session:
        row = suggester_rows.suggesters_of(session, TOPIC)["learned"]
        assert (row.coded, row.without) == (24, 6)
        assert row.exact >= 0.8 * row.shown > 0
        assert row.alone == row.without
        phrases = suggester_rows.suggesters_of(session, TOPIC)["rules"]
        assert (phrases.coded, phrases.shown, phrases.model) == (24, 0, None)


def test_a_second_run_does_nothing(taught):
    learn.run(taught)
    assert learn.run(taught) == learn.LearnCounts()


def test_nobody_is_told_and_nothing_is_confirmed(taught):
    learn.run(taught)
    with taught.database.reading() as session:
        assert session.exec(select(Delivery)).all() == []
        by_machine = session.exec(select(Coding.state).where(Coding.by == "learned")).all()
        assert set(by_machine) == {CodingState.SUGGESTED}


def test_what_comes_in_later_is_suggested_at_once(taught):
    learn.run(taught)
    later = f"“{SAYINGS[2][1].format(n=999)},” Ulla Lund said."
    manual.add(taught, from_object({"text": later, "published": "2024-03-30"}))
    with taught.database.reading() as session:
        claim = session.exec(select(Claim).where(col(Claim.text).contains("999"))).one()
        row = session.exec(select(Coding).where(Coding.claim_id == claim.id, Coding.by == "learned")).one()
        assert session.get_one(Position, row.position_id).key == "against"
        assert positions.codings(session, [claim.id], TOPIC)[claim.id, TOPIC].by == "learned"


def test_codings_that_were_taken_back_take_the_suggestions_with_them(taught):
    learn.run(taught)
    with taught.database.transaction() as session:
        for one in session.exec(select(Coding).where(Coding.state == CodingState.CONFIRMED)):
            one.withdrawn_at = taught.now()
            session.add(one)
    assert learn.run(taught).sure == 0
    assert learned(taught, 6) == {"for": [], "against": [], None: []}
    with taught.database.reading() as session:
        said = session.exec(select(AuditEntry.new).where(AuditEntry.action == "suggestions learned anew")).all()
        assert len(said) == 2, "kept pages must see what only withdraws"


def test_a_run_that_ends_before_all_was_looked_at_is_done_again(taught):
    def stop_after_storing() -> bool:
        with taught.database.reading() as session:
            return bool(suggester_rows.suggesters_of(session, TOPIC))

    class Ending:
        is_set = staticmethod(stop_after_storing)

    object.__setattr__(taught, "stopping", Ending())
    assert learn.run(taught).topics == 0
    assert learned(taught, 6)["for"] == []
    object.__setattr__(taught, "stopping", type("Never", (), {"is_set": staticmethod(lambda: False)})())
    assert learn.run(taught).topics == 1
    assert learned(taught, 6)["for"] == ["for", "for"]


def test_too_few_codings_suggest_nothing(world):
    for number in range(3):
        manual.add(world, from_object(document(number)))
    code(world, 0)
    assert learn.run(world).sure == 0
    with world.database.reading() as session:
        assert session.exec(select(TopicSuggester.coded).where(TopicSuggester.name == "learned")).one() == 4


def test_a_model_of_other_code_or_another_scale_is_not_used(taught):
    learn.run(taught)
    with taught.database.transaction() as session:
        topic = session.get_one(Topic, TOPIC)
        assert suggester_rows.learned_model(session, topic) is not None
        row = suggester_rows.suggesters_of(session, TOPIC)["learned"]
        row.model, row.rests_on = {**row.model, "version": "another"}, "learned by other code"
        session.add(row)
        session.flush()
        assert suggester_rows.learned_model(session, topic) is None


def test_what_is_learned_anew_is_used_from_then_on(taught):
    learn.run(taught)
    with taught.database.transaction() as session:
        topic = session.get_one(Topic, TOPIC)
        first = suggester_rows.learned_model(session, topic)
        assert suggester_rows.learned_model(session, topic) is first
    code(taught, 6)
    learn.run(taught)
    with taught.database.reading() as session:
        newer = suggester_rows.learned_model(session, session.get_one(Topic, TOPIC))
        assert sum(newer.counts["always"]) == sum(first.counts["always"]) + len(SAYINGS)
