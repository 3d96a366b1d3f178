"""What hits have in common, on both databases: each number is what asking for its value finds."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import select

from tests.conftest import sqlite_url
from tests.web import seed
from tests.web.conftest import make_world
from tracker.archive.models import Document
from tracker.positions.models import Coding, CodingReading, CodingState, EventPlacement, Position
from tracker.positions.queries import facets, searches
from tracker.positions.queries.facets import count_by_field
from tracker.speech.ledger import search_index
from tracker.speech.models import Claim, Status
from tracker.speech.search.parameters import NAMES, read_query
from tracker.speech.types import Polarity

CHANNELS = ("interview", "Interview", "speech", "Statement in writing", None)
STATUS = (Status.NEW, Status.CONFIRMED, Status.IN_REVIEW)
LANGUAGES = ("en", "de", "uk", None)
ASKED = (
    {"q": ["pact"]}, {"q": ["harbour OR entry"]}, {"kind": ["direct"]}, {"topic": [seed.PACT]},
    {"topic": [seed.PACT], "q": ["pact"]}, {"event": [seed.SUMMIT]}, {"event": [seed.SUMMIT], "topic": [seed.PACT]},
    {"event": [seed.SUMMIT], "side": ["after"]}, {"speaker": ["mara-lind", "tor-aske"]}, {"lane": ["primary"]},
    {"channel": ["interview"]}, {"language": ["de"]}, {"polarity": ["denied"]}, {"said_from": ["2024-05-01"]},
    {"status": ["new"]}, {"topic": [seed.PACT], "position": ["2"]}, {"source": ["gazette"]},
)  # fmt: skip


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def record(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("facets")
    if request.param == "sqlite":
        yield from _seeded(sqlite_url(request.getfixturevalue("sqlite_template"), folder), folder)
    else:
        with request.getfixturevalue("cluster").database() as url:
            yield from _seeded(url, folder)


def _seeded(url, folder):
    world = make_world(url, folder)
    world.database.finish_with(search_index.refresh)
    with world.database.transaction() as session:
        seed.fill(session)
        for number, claim in enumerate(session.exec(select(Claim).order_by(sa.literal_column("id")))):
            claim.channel = CHANNELS[number % 5]
            claim.status = STATUS[number % 3] if claim.status is Status.NEW else claim.status
            claim.polarity = Polarity.DENIED if number % 7 == 0 else Polarity.AFFIRMED
            if claim.said_from == date(2024, 5, 14):
                session.add(
                    EventPlacement(
                        event_id=seed.SUMMIT, claim_id=claim.id, side="after", reason="told", by="vera", at=seed.NOW
                    )
                )
        for number, document in enumerate(session.exec(select(Document).order_by(sa.literal_column("id")))):
            document.language = LANGUAGES[number % 4]
            document.outlet = ("The Seaford Gazette", "Nordhavn-Kurier", "Ostsee-Zeitung", None, "")[number % 5]
        first = session.exec(select(Coding).where(Coding.state == CodingState.SUGGESTED)).first()
        step = session.exec(select(Position).where(Position.topic_id == first.topic_id, Position.step == 1)).one()
        told: dict[str, Any] = {
            "claim_id": first.claim_id,
            "topic_id": first.topic_id,
            "by": "vera",
            "at": seed.NOW + timedelta(hours=1),
        }
        session.add(
            Coding(number=90, state=CodingState.CONFIRMED, reading=CodingReading.POSITION, position_id=step.id, **told)
        )
    yield world
    world.database.dispose()


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_each_number_is_what_its_value_leaves(record, asked):
    with record.database.reading() as session:
        counted = count_by_field(session, read_query(asked))
        assert counted.total == searches.count(session, read_query(asked))
        for name, values in counted.fields.items():
            for one in values:
                narrower = (
                    {"said_from": [f"{one.value}-01-01"], "said_to": [f"{one.value}-12-31"]}
                    if name == "year"
                    else {name: [one.value]}
                )
                left = searches.count(session, read_query({**asked, **narrower}))
                assert left == one.count or (name == "source" and left > one.count), (name, one)


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_a_field_that_is_asked_for_is_not_counted_again(record, asked):
    with record.database.reading() as session:
        fields = set(count_by_field(session, read_query(asked)).fields)
    assert fields <= set(NAMES) | {"year"}
    assert not fields & {name for name, values in asked.items() if len(values) == 1}
    assert ("side" in fields) == ("event" in asked and "side" not in asked)
    assert ("position" in fields) == ("topic" in asked and "position" not in asked)


def test_every_kind_of_field_is_counted_somewhere(record):
    with record.database.reading() as session:
        counted = [count_by_field(session, read_query(asked)).fields for asked in ASKED]
    found = {name for fields in counted for name, values in fields.items() if len(values) > 1}
    assert found >= {
        "speaker",
        "topic",
        "position",
        "side",
        "source",
        "lane",
        "channel",
        "kind",
        "language",
        "polarity",
        "status",
    }


def test_steps_are_those_of_the_coding_in_force_with_their_words(record):
    with record.database.reading() as session:
        steps = count_by_field(session, read_query({"topic": [seed.PACT]})).fields["position"]
    assert {one.value: one.name for one in steps}["1"] == "1 No entry"
    assert all(one.name.startswith(one.value) for one in steps)


def test_all_is_asked_in_one_question(record):
    asked = []
    with record.database.reading() as session:
        query = read_query({"q": ["pact"]})
        engine = session.connection().engine
        sa.event.listen(engine, "before_cursor_execute", listener := lambda *told: asked.append(told[2]))
        count_by_field(session, query)
        sa.event.remove(engine, "before_cursor_execute", listener)
    assert len(asked) == 1


def test_a_field_shows_those_with_most_and_the_whole_is_not_counted_beyond_the_bound(record, monkeypatch):
    monkeypatch.setattr(facets, "MOST_COUNTED", 9)
    monkeypatch.setattr(facets, "MOST_FACETS", 2)
    with record.database.reading() as session:
        counted = count_by_field(session, read_query({"topic": [seed.PACT]}))
    assert counted.total == 10
    for values in counted.fields.values():
        assert len(values) <= 3
        assert [one.count for one in values] == sorted((one.count for one in values), reverse=True)


def test_what_finds_nothing_has_nothing_in_common(record):
    for asked in ({"q": ["nowhere said"]}, {"topic": ["nothing"]}, {"event": ["nothing"]}, {"channel": ["x' OR 1=1"]}):
        with record.database.reading() as session:
            counted = count_by_field(session, read_query(asked))
        assert counted.total == 0
        assert not any(counted.fields.values())
