"""An office in words: what it is, whose it is, and who is meant by it."""

from datetime import date

import pytest

from tests.speech.reader import article
from tracker.languages.data import languages
from tracker.speech.people.office_holders import holders_of_kind, office_holders
from tracker.speech.people.office_words import PublicOffice, read_office

OFFICES = [
    ("en", "the French president", PublicOffice("president", "France")),
    ("en", "former US president", PublicOffice("president", "United States", former=True)),
    ("en", "the NATO Secretary General", PublicOffice("secretary general", "NATO")),
    ("de", "US-Außenminister", PublicOffice("foreign minister", "United States")),
    ("de", "Frankreichs Präsident", PublicOffice("president", "France")),
    ("de", "Kremlchef", PublicOffice("leader", "Russia")),
    ("fr", "le ministre russe de la Défense", PublicOffice("defence minister", "Russia")),
    ("fr", "le chef de l’Etat", PublicOffice("head of state", None)),
    ("es", "jefe de la diplomacia española", PublicOffice("foreign minister", "Spain")),
    ("it", "il presidente degli Stati Uniti", PublicOffice("president", "United States")),
    ("pl", "amerykański przywódca", PublicOffice("leader", "United States")),
    ("ru", "глава российского МИД", PublicOffice("foreign minister", "Russia")),
    ("ru", "экс-президент Украины", PublicOffice("president", "Ukraine", former=True)),
    ("uk", "прем’єр-міністр Польщі", PublicOffice("prime minister", "Poland")),
    ("sv", "USA:s president", PublicOffice("president", "United States")),
]
NO_OFFICES = [
    ("en", "the vice president"), ("en", "the president's son"), ("de", "Vizepräsident"), ("de", "Präsident des Verbandes"),
    ("fr", "le fils du président"), ("es", "el portavoz del presidente"), ("pl", "doradca prezydenta"),
    ("ru", "вице-президент США"), ("ru", "советник президента"), ("uk", "речник президента"),
    ("sv", "presidentens talesperson"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "phrase", "office"), OFFICES)
def test_an_office_is_read_with_its_country(language, phrase, office):
    assert read_office(phrase, languages()[language]) == office


@pytest.mark.parametrize(("language", "phrase"), NO_OFFICES)
def test_what_is_more_than_an_office_is_none(language, phrase):
    assert read_office(phrase, languages()[language]) is None


COUNTRIES = [
    (
        "de",
        "Der norwegische Präsident Jonas Lind traf die schwedische Präsidentin Ada Moor.",
        "so der norwegische Präsident",
    ),
    ("fr", "Le président norvégien Jonas Lind a vu la présidente suédoise Mara Moor.", "a dit le président norvégien"),
    ("es", "El presidente noruego Jonas Lind recibió a la presidenta sueca Mara Moor.", "dijo el presidente noruego"),
    ("pl", "Norweski prezydent Jonas Lind przyjął szwedzką prezydent Marę Moor.", "powiedział norweski prezydent"),
    ("sv", "Norges president Jonas Lind mötte Sveriges president Mara Moor.", "sade Norges president"),
    ("ru", "Президент Норвегии Иван Линд принял президента Швеции Мару Мур.", "сказал президент Норвегии"),
    ("en", "Norwegian President Jonas Lind met Swedish President Mara Moor.", "the Norwegian president said"),
]


@pytest.mark.parametrize(("language", "lead", "clause"), COUNTRIES)
def test_of_two_holders_the_country_tells_which(language, lead, clause):
    text = f"{lead} «The ferry sails again tomorrow», {clause}."
    named = [q.speaker.name for q in article(text, language=language).quotes if q.speaker]
    assert named in (["Jonas Lind"], ["Иван Линд"])


BODIES = [
    ("de", "Präsidentin Mara Moor kam an. „Die Fähre fährt wieder“, sagte der Präsident des Hafenverbandes."),
    ("es", "La presidenta Mara Moor llegó. «El ferri vuelve a navegar mañana», dijo la presidenta del puerto."),
    ("it", "La presidente Mara Moor è arrivata. «Il traghetto riparte domani», ha detto la presidente del porto."),
    ("ru", "Прибыла президент Мара Мур. «Паром снова пойдет уже завтра», — сказала президент компании."),
]


@pytest.mark.parametrize(("language", "text"), BODIES)
def test_the_president_of_another_body_is_somebody_else(language, text):
    assert "Moor" not in str([q.speaker.name for q in article(text, language=language).quotes if q.speaker])


def test_an_office_means_who_held_it_on_the_day():
    presidents = [one.name for one in holders_of_kind("president", "United States", date(2024, 5, 1))]
    assert presidents == ["Joe Biden"]
    assert holders_of_kind("leader", "United States", date(2024, 5, 1)) == holders_of_kind(
        "president", "United States", date(2024, 5, 1)
    )


def test_the_countries_of_each_language_are_those_of_the_list():
    bodies = {office.body for one in office_holders() for office in one.speaker.offices}
    for language in languages().values():
        assert set(language.offices.bodies) <= bodies, language.code
