"""Statements are found by their words, in any form, on both databases; the index follows every change."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import select

from tests.searched_pages import add_pages
from tracker.positions.queries import searches
from tracker.positions.queries.facets import count_by_field
from tracker.positions.queries.searches import SearchOrder
from tracker.speech.ledger import search_index, speakers
from tracker.speech.models import Alias, Claim, SearchStale, SearchText, Speaker
from tracker.speech.search.grammar import parse

NOW = datetime(2024, 3, 20, 12, tzinfo=UTC)


@pytest.fixture
def record(world):
    add_pages(world)
    return world


def found(record, typed, **told):
    with record.database.reading() as session:
        hits = searches.hits(session, parse(typed), **told)
        texts = {row.id: row.text for row in session.exec(select(Claim))}
        assert searches.count(session, parse(typed)) >= len(hits.claim_ids)
        return [texts[number].split()[:3] for number in hits.claim_ids]


WE, VILLAGE, AN = ["We", "have", "invited"], ["The", "village", "will"], ["An", "invitation", "to"]
DIE, RUS = ["Die", "Einladungen", "gehen"], ["Приглашения", "отправлены", "всем"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("ferry company", [WE, AN]),
        ("Moor invitation", [WE, AN]),
        ("INVITES", [WE, AN]),
        ("invited mistake", [AN]),
        ('"ferry company"', [WE, AN]),
        ('"company ferry"', []),
        ('"invited the"', [WE]),
        ("age", []),
        ("vill*", [VILLAGE]),
        ("villages", [VILLAGE]),
        ("ferry -mistake", [WE]),
        ("-ferry", [VILLAGE, DIE, RUS]),
        ("mistake OR toll", [VILLAGE, AN]),
        ("minister toll", [VILLAGE]),
        ("courier", [AN]),
        ("einladung", [DIE]),
        ("backer", [DIE]),
        ("Bäcker Dorf*", [DIE]),
        ("приглашение", [RUS]),
        ("speaker:moor ferry", [WE, AN]),
        ("speaker:ada-moor mistake", [AN]),
        ("speaker:nobody ferry", []),
        ("source:courier", [AN]),
        ("kind:direct speaker:lind", [VILLAGE]),
        ("kind:song", []),
        ("speaker:lind speaker:backer", [VILLAGE, DIE]),
        ("language:de", [DIE]),
        ("language:ru", [RUS]),
        ("lane:primary", []),
        ("lane:reported mistake", [AN]),
        ("polarity:affirmed toll", [VILLAGE]),
        ("polarity:denied", []),
        ("channel:interview", []),
        ("event:nothing", []),
        ("position:3", []),
        ("ferry after:2024-02-06", [WE]),
        ("ferry before:2024-03", [AN]),
        ("topic:nothing ferry", []),
        ("ferry 100%", []),
        ("' OR 1=1 --", []),
        ("NEAR( ^ * : AND", []),
    ],
)
def test_what_is_typed_finds(record, typed, expected):
    assert sorted(found(record, typed)) == sorted(expected)


def test_hits_stand_in_the_order_asked_for(record):
    assert found(record, "ferry") == [WE, AN]
    assert found(record, "ferry", order=SearchOrder.OLDEST) == [AN, WE]
    assert found(record, "invitation", order=SearchOrder.RELEVANCE)[0] == AN
    assert len(found(record, "speaker:moor", order=SearchOrder.RELEVANCE)) == 2


@pytest.mark.parametrize("order", list(SearchOrder))
def test_pages_hold_every_hit_once(record, order):
    seen: list[int] = []
    cursor = None
    for _ in range(10):
        with record.database.reading() as session:
            page = searches.hits(session, parse("ferry OR toll OR einladung OR приглашения"), order, cursor, size=1)
        seen += page.claim_ids
        cursor = page.cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize("order", [SearchOrder.NEWEST, SearchOrder.OLDEST])
@pytest.mark.parametrize("typed", ["ferry OR toll OR einladung", "moor -village", "speaker:moor ferry OR toll"])
def test_common_words_are_walked_by_the_day_and_find_the_same(record, order, typed, monkeypatch):
    listed = []
    for most in (10_000, 0):  # above so many hits the days are walked, and the first that have the words are the page
        monkeypatch.setattr(searches, "MOST_COUNTED", most)
        with record.database.reading() as session:
            listed.append(searches.hits(session, parse(typed), order, size=2))
    assert listed[0] == listed[1]
    assert listed[0].claim_ids


@pytest.mark.parametrize("cursor", ["x", "2024-13-01.5", "'; --"])
def test_a_place_that_is_none_is_refused(record, cursor):
    with record.database.reading() as session, pytest.raises(ValueError, match=r"place|month|isoformat"):
        searches.hits(session, parse("ferry"), cursor=cursor)


def test_what_hits_have_in_common_is_counted(record):
    with record.database.reading() as session:
        counted = count_by_field(session, parse("ferry OR toll"))
        told = counted.fields
        assert counted.total == 3
        assert [(one.name, one.count) for one in told["speaker"]] == [("Ada Moor", 2), ("Bo Lind", 1)]
        assert [(one.value, one.count) for one in told["year"]] == [("2024", 3)]
        assert [(one.value, one.count) for one in told["kind"]] == [("direct", 3)]


def test_another_name_of_a_speaker_and_another_wording_are_found_at_once(record):
    with record.database.transaction() as session:
        speakers.configure(session, NOW, [speakers.NewSpeaker("Bo Lind", "person", ("Boris Lindqvist",), ())])
    assert found(record, "lindqvist toll") == [VILLAGE]
    with record.database.transaction() as session:
        claim = session.exec(select(Claim).where(Claim.text.startswith("The village"))).one()
        claim.text, claim.folded = "The town will not pay", "the town will not pay"
    assert found(record, "village") == []
    assert found(record, "town") == [["The", "town", "will"]]
    with record.database.reading() as session:
        assert session.exec(select(SearchStale)).all() == []


def test_words_of_a_transaction_that_fails_are_not_found(record):
    with pytest.raises(RuntimeError), record.database.transaction() as session:
        claim = session.exec(select(Claim).where(Claim.text.startswith("The village"))).one()
        claim.folded = "quite another wording"
        session.flush()
        raise RuntimeError
    assert found(record, "village") == [VILLAGE]


def test_a_long_backlog_is_worked_off_in_lots(record):
    with record.database.transaction() as session:
        for row in session.exec(select(SearchText)).all():
            session.delete(row)
        session.add_all([SearchStale(claim_id=number) for number in session.exec(select(Claim.id))])
        session.flush()
        assert search_index.refresh(session, 2) == 2
        assert len(session.exec(select(SearchText)).all()) == 2
    assert found(record, "ferry") == [WE, AN]


def test_names_lead_to_speakers_and_topics(record):
    with record.database.reading() as session:
        assert [one.name for one in searches.speakers_called(session, "moor")] == ["Ada Moor"]
        assert searches.speakers_called(session, "oor") == []
        assert [one.id for one in searches.topics_called(session, "toll bridge")] == ["bridge-toll"]


def test_a_day_is_asked_for_as_a_form_gives_it(record):
    from tracker.speech.search.grammar import narrowed

    query = narrowed(parse("ferry"), first=date(2024, 2, 6), last=date(2024, 2, 6))
    with record.database.reading() as session:
        assert searches.count(session, query) == 1
        assert session.exec(select(Alias)).all() == []
        assert session.exec(select(Speaker)).first() is not None
