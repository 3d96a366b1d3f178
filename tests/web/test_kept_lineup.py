"""A line-up is kept, and built anew by whatever changes it, whichever process wrote that; it asks few questions."""

import re
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from tests.conftest import sqlite_url
from tests.web import seed
from tests.web.conftest import make_world
from tests.web.seed import PACT, SUMMIT, Writer
from tracker.archive.models import Source
from tracker.positions.ledger import codings
from tracker.positions.models import CodingReading, Event, Position
from tracker.speech import queries
from tracker.speech.ledger import search_index
from tracker.speech.models import Claim, Speaker
from tracker.web.app import create_app

PAGE = f"/t/{PACT}/around/{SUMMIT}"
API = f"/api/v1{PAGE.replace('/t/', '/topics/')}"
MOST_QUERIES = 12


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    """The seeded record, and a second process on the same database that writes."""
    if request.param == "sqlite":
        url = sqlite_url(request.getfixturevalue("sqlite_template"), tmp_path)
        yield from _seeded(url, tmp_path)
    else:
        with request.getfixturevalue("cluster").database() as url:
            yield from _seeded(url, tmp_path)


def _seeded(url, folder):
    world, writer = make_world(url, folder), make_world(url, folder)
    world.database.upgrade()
    world.database.finish_with(search_index.refresh)
    with world.database.transaction() as session:
        seed.fill(session)
    yield create_app(world).test_client(), writer.database, world.database
    world.database.dispose()
    writer.database.dispose()


def text(client, address=PAGE):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def claim(session, words):
    return session.exec(select(Claim).where(col(Claim.text).contains(words))).one()


def code(session, words, step, reading=CodingReading.POSITION):
    position = session.exec(select(Position.id).where(Position.topic_id == PACT, Position.step == step)).first()
    codings.confirm(
        session, seed.NOW, by="vera@example.org", claim_id=claim(session, words).id, topic_id=PACT, reading=reading,
        position_id=position if reading is CodingReading.POSITION else None,
    )  # fmt: skip


def statement_comes_in(session):
    writer = Writer(session, number=900)
    said = writer.claim("new", session.exec(select(Speaker).where(Speaker.slug == "dagny-holm")).one(),
                        "The Harbour Pact needs us as much as we need it", date(2024, 5, 20))  # fmt: skip
    writer.about(said)


def position_is_confirmed(session):
    code(session, "with entry into the Harbour Pact it would have been perfect", 5)


def position_is_taken_back(session):
    code(session, "The entry into the Harbour Pact must start", None, CodingReading.NO_POSITION)


def turning_point_is_moved(session):
    session.get_one(Event, SUMMIT).pivot -= timedelta(days=20)


def step_is_renamed(session):
    session.exec(select(Position).where(Position.topic_id == PACT, Position.step == 5)).one().label = "Come in"


def sources_are_looked_at(session):
    for source in session.exec(select(Source).where(col(Source.last_try_at).is_not(None))):
        source.last_try_at = seed.NOW + timedelta(hours=1)


def document_of_that_time_is_held(session):
    Writer(session).document("gazette", "another", "Another", datetime.combine(date(2024, 5, 20), seed.NOW.timetz()))


@pytest.mark.parametrize(
    "change",
    [
        statement_comes_in, position_is_confirmed, position_is_taken_back, turning_point_is_moved, step_is_renamed,
        sources_are_looked_at, document_of_that_time_is_held,
    ],
)  # fmt: skip
def test_what_another_process_changes_is_seen_at_the_next_look(place, change, tmp_path):
    client, writer, reader = place
    before = text(client)
    assert text(client) == before
    with writer.transaction() as session:
        change(session)
    after = text(client)
    assert after != before
    another = make_world(reader.url.render_as_string(hide_password=False), tmp_path / "another")
    assert after == text(create_app(another).test_client())
    another.database.dispose()


def test_the_interface_sees_it_too(place):
    client, writer, _ = place
    before = client.get(API).get_json()
    with writer.transaction() as session:
        position_is_taken_back(session)
    after = client.get(API).get_json()
    assert before["rows"] != after["rows"]
    assert {row["speaker"] for row in before["rows"]} == {row["speaker"] for row in after["rows"]}


def test_what_a_writer_at_work_has_numbered_is_seen_once_it_is_committed(place):
    """On PostgreSQL a later row can be seen before an earlier one: the newest row says nothing of that one."""
    client, writer, reader = place
    if reader.is_sqlite:
        pytest.skip("SQLite's writers come one after the other")
    with writer.transaction() as first:
        statement_comes_in(first)
        first.flush()
        with reader.transaction() as second:
            position_is_confirmed(second)
            Writer(second, number=950).about(claim(second, "The salt tariff stays"))  # a later link, committed earlier
        before = text(client)
        assert "as much as we need it" not in before
    assert "as much as we need it" in text(client)


def selects(database, act):
    asked = []

    def note(*told):
        if told[2].lstrip().upper().startswith("SELECT"):
            asked.append(told[2])

    sa.event.listen(database.engine, "before_cursor_execute", note)
    act()
    sa.event.remove(database.engine, "before_cursor_execute", note)
    return len(asked)


@pytest.mark.parametrize("address", [PAGE, API, f"{PAGE}?window=all&order=name&show=all"])
def test_a_line_up_asks_as_little_for_many_speakers_as_for_few(place, address):
    client, writer, reader = place
    few = selects(reader, lambda: text(client, address))
    with writer.transaction() as session:
        hand = Writer(session, number=900)
        for number in range(90):
            who = hand.speaker(f"Juno Vex{number}", f"juno-vex{number}", ("Envoy", "Isle"))
            for day in (date(2024, 5, 3), date(2024, 5, 20)):
                said = hand.claim(f"{number} {day}", who, f"The Harbour Pact is my {number}th concern of {day}", day)
                hand.about(said)
    many = selects(reader, lambda: text(client, address))
    assert many == few <= MOST_QUERIES
    assert selects(reader, lambda: text(client, address)) < many


def test_a_page_reads_only_the_statements_it_shows(place, monkeypatch):
    client, _, _ = place
    asked: list[int] = []
    whole = queries.statements

    def noted(db, ids):
        asked.extend(ids)
        return whole(db, ids)

    monkeypatch.setattr(queries, "statements", noted)
    text(client, f"{PAGE}?speaker=tor-aske")
    assert len(asked) == 3


def test_pages_of_other_filters_are_not_mistaken_for_each_other(place):
    client, _, _ = place
    addresses = ("", "?window=30", "?show=all", "?order=name", "?speaker=tor-aske", "?speaker=lea-kross")
    first, again = ([rows(text(client, PAGE + one)) for one in addresses] for _ in range(2))
    assert first == again
    assert len(set(first)) == len(addresses)


def rows(page):
    return tuple(re.findall(r'<article class="lineup-row".*?</article>', page, re.DOTALL))
