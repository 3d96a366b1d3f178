from datetime import UTC, date, datetime

import pytest
from sqlmodel import select

from tracker.speech.ledger import speakers
from tracker.speech.models import Office, Speaker
from tracker.speech.people.office_holders import find_office_holder, first_day, last_day, office_holders
from tracker.speech.types import Mention, Quote

NOW = datetime(2025, 1, 2, tzinfo=UTC)


def name_of(name, language):
    found = find_office_holder(name, language)
    return found.speaker.name if found else None


@pytest.mark.parametrize(
    ("spelling", "language", "name"),
    [
        ("Putin", "en", "Vladimir Putin"),
        ("Wladimir Putin", "de", "Vladimir Putin"),
        ("Путин", "ru", "Vladimir Putin"),
        ("Владимира Путина", "ru", "Vladimir Putin"),
        ("Путіна", "uk", "Vladimir Putin"),
        ("Zelensky", "en", "Volodymyr Zelenskyy"),
        ("Zelenskyy", "en", "Volodymyr Zelenskyy"),
        ("Selenskyj", "de", "Volodymyr Zelenskyy"),
        ("Зеленський", "uk", "Volodymyr Zelenskyy"),
        ("Зеленского", "ru", "Volodymyr Zelenskyy"),
        ("Erdogan", "en", "Recep Tayyip Erdoğan"),
        ("Gitanas Nauseda", "en", "Gitanas Nausėda"),
    ],
)
def test_spellings_of_one_name_are_one_person(spelling, language, name):
    assert name_of(spelling, language) == name


@pytest.mark.parametrize("surname", ["Johnson", "Harris", "Costa", "Rasmussen", "Miller", "Kovács", "Price", "Lane"])
def test_a_surname_that_two_bear_or_that_many_others_bear_tells_nobody(surname):
    assert name_of(surname, "en") is None


def test_the_list_is_long_and_each_entry_says_where_it_was_looked_up():
    people = office_holders()
    assert len(people) >= 300
    assert all(one.checked and one.speaker.offices for one in people)
    assert len({one.speaker.name for one in people}) == len(people)


def test_no_office_ends_before_it_begins():
    for one in office_holders():
        for office in one.speaker.offices:
            assert office.until is None or office.since <= office.until, (one.speaker.name, office)


def test_a_month_or_a_year_is_credited_only_where_it_is_sure():
    assert last_day("2019-07-24") == date(2019, 7, 24)
    assert last_day("2020-02") == date(2020, 2, 29)
    assert last_day("2014") == date(2014, 12, 31)
    assert first_day("2024-09") == date(2024, 9, 1)
    assert first_day("2024") == date(2024, 1, 1)


def speaker(session, name, language):
    """The name in the record of whoever a mention of this name resolves to."""
    mention = Mention(start=0, end=0, text=name, name=name)
    quote = Quote(start=0, end=0, spans=(), kind="direct", speaker=mention)
    return speakers.speakers_of(session, NOW, [quote], language)[quote.speaker.name].name


def test_a_name_in_three_alphabets_is_one_speaker_of_the_record_with_offices(database):
    with database.transaction() as session:
        names = [("Wladimir Putin", "de"), ("Путина", "ru"), ("Vladimir Putin", "en"), ("Володимир Путін", "uk")]
        assert {speaker(session, *name) for name in names} == {"Vladimir Putin"}
        assert len(session.exec(select(Speaker)).all()) == 1
        assert [(one.title, one.body) for one in session.exec(select(Office))] == [("President", "Russia")]


def test_a_speaker_the_newsroom_named_takes_the_place_of_the_list(database):
    with database.transaction() as session:
        speakers.configure(session, NOW, [speakers.NewSpeaker("Vladimir Poutine", "person", (), ())])
        assert speaker(session, "Владимир Путин", "ru") == "Vladimir Poutine"
        assert speaker(session, "Vladimir Putin", "en") == "Vladimir Poutine"


def test_a_name_nobody_on_the_list_bears_is_a_speaker_of_its_own(database):
    with database.transaction() as session:
        assert speaker(session, "Mara Lind", "en") == "Mara Lind"
        assert speaker(session, "Johnson", "en") == "Johnson"
