"""Who speaks for somebody is not that somebody, in any language; a name in another case is given in the nominative."""

import pytest

from tests.speech.reader import article
from tracker.languages.data import languages

NOBODY = [
    ("en", "A spokesman for Prime Minister Ada Moor said the ferry would stop in May."),
    ("en", "The press secretary to President Ada Moor said the ferry would stop in May."),
    ("en", "An adviser to President Ada Moor said: “The ferry stops in May.”"),
    ("en", "The deputy of Minister Ada Moor said the ferry would stop in May."),
    ("en", "Ada Moor's spokesperson said the ferry would stop in May."),
    ("de", "Ein Sprecher von Ministerpräsidentin Ada Moor sagte, die Fähre werde im Mai eingestellt."),
    ("de", "„Die Fähre fährt bis Mai“, sagte die Sprecherin von Ada Moor."),
    ("de", "Das Büro von Ada Moor teilte mit, die Fähre werde im Mai eingestellt."),
    ("de", "Ada Moors Sprecher sagte, die Fähre werde im Mai eingestellt."),
    ("ru", "Пресс-секретарь президента Анны Мур заявил, что паром отменят в мае."),
    ("ru", "«Паром отменят в мае», — сказал помощник президента Ивана Мура."),
    ("uk", "Речник міністра Дмитра Мура заявив, що пором скасують у травні."),
    ("fr", "Un porte-parole de la présidente Ada Moor a déclaré que le bac fermerait en mai."),
    ("fr", "L’entourage de Ada Moor a déclaré que le bac fermerait en mai."),
    ("es", "“El ferri cerrará en mayo”, dijo un asesor de la presidenta Ada Moor."),
    ("pl", "Doradca prezydenta Jonasa Moora powiedział, że prom zniknie w maju."),
    ("sv", "En talesperson för statsminister Ada Moor sade att färjan dras in i maj."),
    ("sv", "Ada Moors pressekreterare säger att färjan dras in i maj."),
    ("sv", "”Färjan dras in i morgon”, säger Ada Moors stabschef."),
    ("da", "Ada Moors pressechef siger: »Færgen lukker i morgen.«"),
    ("no", "Ada Moors rådgiver sier at fergen stenger i morgen."),
    ("nl", "Ada Moors woordvoerder zegt: „De veerboot stopt morgen.”"),
    ("it", "Un consigliere del presidente Ada Moor ha detto che il traghetto sparirà a maggio."),
]
NAMED = [
    ("en", "The press secretary to President Ada Moor, Ida Brandt, said the ferry would stop.", "Ida Brandt"),
    ("en", "Ida Brandt, an aide to Senator Ada Moor, said the ferry would stop in May.", "Ida Brandt"),
    ("en", "Moor spokesperson Ida Brandt said the ferry would stop in May.", "Ida Brandt"),
    ("en", "Deputy Prime Minister Ada Moor said the ferry would stop in May.", "Ada Moor"),
    ("en", "A spokesman for the Transport Ministry, Ada Moor, said the ferry would stop.", "Ada Moor"),
    ("de", "Regierungssprecher Jonas Moor sagte, die Fähre werde im Mai eingestellt.", "Jonas Moor"),
    ("ru", "«Паром отменят в мае», — заявил пресс-секретарь президента Йонас Мур.", "Йонас Мур"),
    ("ru", "Пресс-секретарь Анны Мур Ида Брандт заявила, что паром отменят в мае.", "Ида Брандт"),
    ("ru", "Заместитель министра Иван Мур сообщил, что паром отменят в мае.", "Иван Мур"),
    ("uk", "Прессекретар президента Йонас Мур повідомив, що пором скасують у травні.", "Йонас Мур"),
    ("fr", "Le porte-parole Jonas Moor a déclaré que le bac fermerait en mai.", "Jonas Moor"),
    ("es", "La portavoz de Ada Moor, Ida Brandt, dijo que el ferri cerraría en mayo.", "Ida Brandt"),
    ("pl", "Rzecznik Jonas Moor powiedział, że prom zniknie w maju.", "Jonas Moor"),
    ("it", "Il portavoce di Ada Moor, Ida Brandt, ha detto che il traghetto sparirà.", "Ida Brandt"),
]


def names(language, text):
    return [q.speaker.name if q.speaker else None for q in article(text, language=language).quotes]


@pytest.mark.parametrize(("language", "text"), NOBODY)
def test_an_unnamed_spokesman_is_nobody_known(language, text):
    assert names(language, text) == [None]


@pytest.mark.parametrize(("language", "text", "name"), NAMED)
def test_a_named_spokesman_is_named(language, text, name):
    assert names(language, text) == [name]


def test_a_pronoun_behind_an_unnamed_spokesman_is_not_the_principal():
    text = "A spokesman for President Jonas Moor said the ferry would stop. “It is too old,” he added."
    assert names("en", text) == [None, None]


def test_a_name_that_stands_in_the_genitive_only_is_given_in_the_nominative():
    text = "По словам Ивана Захарова, паром отменят уже в мае."
    assert names("ru", text) == ["Иван Захаров"]


def test_every_language_tells_who_speaks_for_others():
    for language in languages().values():
        assert language.names.proxies, language.code
