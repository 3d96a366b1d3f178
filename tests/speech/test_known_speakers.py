from datetime import UTC, date, datetime

import sqlalchemy as sa

from jobs.extract import SpeakersOfRecord
from tracker.speech.ledger import speakers
from tracker.speech.people.known_speakers import KnownSpeakers
from tracker.speech.types import KnownOffice, KnownSpeaker, Mention, Quote

NOW = datetime(2025, 1, 2, tzinfo=UTC)
LIND = KnownSpeaker("Mara Lind", ("M. Lind", "Мара Линд"))
COUNCIL = KnownSpeaker("Council of Norland", ("The Lind",), kind="body")


def test_a_known_speaker_is_found_by_name_other_name_and_surname():
    known = KnownSpeakers([LIND, COUNCIL])
    assert known.bearers(["mara", "lind"], "en") == ("Mara Lind",)
    assert known.bearers(["M.", "Lind"], "en") == ("Mara Lind",)
    assert known.bearers(["Lind"], "en") == ("Mara Lind",)
    assert known.bearers(["Vale"], "en") == ()


def test_a_body_is_not_found_by_the_last_word_of_its_name():
    assert KnownSpeakers([COUNCIL]).bearers(["Norland"], "en") == ()


def test_a_name_in_a_case_of_its_language_is_found():
    assert KnownSpeakers([LIND]).bearers(["Мары", "Линд"], "ru") == ("Mara Lind",)


def test_two_who_bear_a_surname_are_both_found_and_neither_is_picked():
    known = KnownSpeakers([LIND, KnownSpeaker("Olaf Lind")])
    assert known.bearers(["Lind"], "en") == ("Mara Lind", "Olaf Lind")
    assert known.called(["Lind"], "en") is None


def test_who_is_added_later_is_found_in_every_language_that_was_asked_before():
    known = KnownSpeakers([LIND])
    assert known.bearers(["Vale"], "en") == known.bearers(["Vale"], "de") == ()
    office = KnownOffice("Mayor", "Nordhaven")
    known.add([KnownSpeaker("Bo Vale", offices=(office,)), KnownSpeaker("Mara Lind", ("M. Lind",), offices=(office,))])
    assert known.bearers(["Vale"], "en") == known.bearers(["Vale"], "de") == ("Bo Vale",)
    assert [one.name for one in known] == ["Mara Lind", "Bo Vale"]
    assert {one.name for one in known.office_holders} == {"Mara Lind", "Bo Vale"}


def test_the_record_is_asked_once_for_all_speakers_and_then_only_for_what_was_added(world):
    def configured(*names):
        with world.database.transaction() as session:
            speakers.configure(session, NOW, [speakers.NewSpeaker(name, "person", (), ()) for name in names])

    configured(*(f"Ada{number} Moor" for number in range(30)))
    record = SpeakersOfRecord(world)
    assert len(record.now()) == 30
    asked: list[str] = []
    sa.event.listen(world.database.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    assert len(record.now()) == 30
    assert len([one for one in asked if "speaker" in one]) == 1
    configured("Bo Vale")
    office = speakers.NewOffice("Mayor", "Nordhaven", date.min, None)
    with world.database.transaction() as session:
        speakers.configure(session, NOW, [speakers.NewSpeaker("Ada7 Moor", "person", ("A. Moor",), (office,))])
    known = record.now()
    assert known.bearers(["Vale"], "en") == ("Bo Vale",)
    assert known.bearers(["A.", "Moor"], "en") == ("Ada7 Moor",)
    assert [one.name for one in known.office_holders] == ["Ada7 Moor"]
    assert len(known) == 31


def test_one_text_names_several_people_and_each_gets_an_address_of_its_own(database):
    def told(name):
        return Quote(start=0, end=0, spans=(), kind="direct", speaker=Mention(start=0, end=0, text=name, name=name))

    with database.transaction() as session:
        speakers.configure(session, NOW, [speakers.NewSpeaker("Mara Lind", "person", ("M. Lind",), ())])
        speakers.configure(session, NOW, [speakers.NewSpeaker("Ma-ra Lind", "person", ("B. Both",), ())])
        speakers.configure(session, NOW, [speakers.NewSpeaker("Bo Both", "person", ("B. Both",), ())])
        names = ["Ola Berg", "Ola-Berg", "M. Lind", "B. Both", "Мара Лунд", "..."]
        found = speakers.speakers_of(session, NOW, [told(name) for name in names], "en")
        assert found["M. Lind"].name == "Mara Lind"
        assert found["B. Both"] is None
        assert "..." not in found
        new = [found["Ola Berg"], found["Ola-Berg"], found["Мара Лунд"]]
        assert len({one.slug for one in new}) == len({one.id for one in new})
        assert speakers.speakers_of(session, NOW, [told("ola berg")], "en")["ola berg"].id == new[0].id
