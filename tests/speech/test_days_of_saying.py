"""The day of saying is never an event's day; what several people say at the occasion an article opens with has its day."""

import pytest

from tests.speech.reader import article

MONDAY, SUNDAY = "2024-03-18", "2024-03-17"

TOLD = [
    ("en", "Ada Moor said on Monday last week that the ferry would stop.", ("2024-03-11", "2024-03-11")),
    ("en", "Ada Moor said two days ago that the ferry would stop.", (MONDAY, MONDAY)),
    ("en", "“The ferry stops in May,” Ada Moor said three weeks ago.", ("2024-02-25", "2024-03-02")),
    (
        "en",
        "In an interview conducted between March 3 and March 5, Ada Moor said the ferry would stop.",
        ("2024-03-03", "2024-03-05"),
    ),
    ("en", "Ada Moor said on December, 23, 2016 that the ferry would stop.", ("2016-12-23", "2016-12-23")),
    ("en", "Ada Moor said on 12/17/2015 that the ferry would stop.", ("2015-12-17", "2015-12-17")),
    ("en", "Ada Moor said on 03/04/2024 that the ferry would stop.", ("2024-03-04", "2024-04-03")),
    ("fr", "Ada Moor a déclaré le 03/04/2023 que le bac fermerait.", ("2023-04-03", "2023-04-03")),
    ("de", "Ada Moor sagte vor zwei Tagen, die Fähre werde eingestellt.", (MONDAY, MONDAY)),
    ("de", "Ada Moor sagte am Montag vergangener Woche, die Fähre werde eingestellt.", ("2024-03-11", "2024-03-11")),
    ("ru", "Ада Мур заявила два дня назад, что паром отменят.", (MONDAY, MONDAY)),
    ("uk", "Ада Мур заявила два дні тому, що пором скасують.", (MONDAY, MONDAY)),
    ("fr", "Ada Moor a déclaré il y a deux jours que le bac fermerait.", (MONDAY, MONDAY)),
    ("es", "Ada Moor dijo hace dos días que el ferri cerraría.", (MONDAY, MONDAY)),
    ("pl", "Ada Moor powiedziała dwa dni temu, że prom zniknie.", (MONDAY, MONDAY)),
    ("sv", "Ada Moor sade för två dagar sedan att färjan dras in.", (MONDAY, MONDAY)),
    ("it", "Ada Moor ha detto due giorni fa che il traghetto sparirà.", (MONDAY, MONDAY)),
]
EVENTS = [
    ("en", "Ada Moor said ahead of a meeting on Monday that the ferry would stop."),
    ("en", "Two days before the summit that opens on Saturday, Ada Moor said the ferry would stop."),
    ("en", "Ada Moor said on the eve of the summit, which opens on Thursday, that the ferry would stop."),
    ("en", "“To this day nobody has paid for the ferry,” Ada Moor said."),
    ("de", "Ada Moor sagte vor einem Treffen am Freitag, die Fähre werde eingestellt."),
    ("de", "Ada Moor sagte, sie habe bis heute keinen Brief bekommen."),
    ("ru", "Перед встречей в пятницу Ада Мур заявила, что паром отменят."),
    ("fr", "Ada Moor a déclaré avant une réunion lundi que le bac fermerait."),
    ("sv", "Ada Moor sade inför ett möte på fredag att färjan dras in."),
]
OCCASIONS = [
    ("en", "Two mayors met the press at a news conference in Ulm on Monday."),
    ("de", "Mehrere Staaten kamen am Montag zu einer Sitzung zusammen."),
    ("ru", "На заседании в понедельник мэры представили план."),
    ("uk", "На засіданні в понеділок мери представили план."),
]
WORDS = {
    "en": "\n\n“The ferry stops in May,” said Ada Moor.\n\n“We will not pay more,” said Jonas Lind.",
    "de": "\n\n„Die Fähre fährt bis Mai“, sagte Ada Moor.\n\n„Wir zahlen nicht mehr“, erklärte Jonas Lind.",
    "ru": "\n\n«Паром отменят в мае», — сказала Ада Мур.\n\n«Мы не будем платить», — заявил Йонас Линд.",
    "uk": "\n\n«Пором скасують у травні», — сказала Ада Мур.\n\n«Ми не платитимемо», — заявив Йонас Лінд.",
}


def days(language, text):
    """The first and last day of each utterance, as they are written."""
    return [(str(q.said.first), str(q.said.last)) for q in article(text, language=language).quotes]


@pytest.mark.parametrize(("language", "text", "expected"), TOLD)
def test_a_day_that_is_told_is_read(language, text, expected):
    assert days(language, text) == [expected]


@pytest.mark.parametrize(("language", "text"), EVENTS)
def test_the_day_of_an_event_is_not_the_day_of_saying(language, text):
    assert days(language, text) == [("None", "None")]


@pytest.mark.parametrize(("language", "lead"), OCCASIONS)
def test_the_day_of_the_occasion_in_the_lead_holds_for_all_who_speak_there(language, lead):
    assert days(language, lead + WORDS[language])[-2:] == [(MONDAY, MONDAY)] * 2


REACTIONS = [
    (
        "en",
        "Ada Moor announced on Monday that the toll will rise.",
        "The plan was promptly rejected by the towns.",
        "“It is too much,” Bo Lind said.",
    ),
    (
        "de",
        "Ada Moor kündigte am Montag an, die Maut werde steigen.",
        "Der Plan stieß umgehend auf Kritik.",
        "„Das ist zu viel“, sagte Bo Lind.",
    ),
    (
        "fr",
        "Ada Moor a annoncé lundi que le péage augmentera.",
        "Le projet a été aussitôt critiqué.",
        "« C’est beaucoup trop cher », a dit Bo Lind.",
    ),
    (
        "es",
        "Ada Moor anunció el lunes que el peaje subirá.",
        "El plan fue rechazado de inmediato.",
        "«Es demasiado para nosotros», dijo Bo Lind.",
    ),
    (
        "ru",
        "Ада Мур заявила в понедельник, что сбор вырастет.",
        "План тут же раскритиковали.",
        "«Это слишком много для нас», — сказал Бо Линд.",
    ),
]


@pytest.mark.parametrize(("language", "said", "reaction", "answer"), REACTIONS)
def test_a_reaction_at_once_has_the_day_of_what_it_answers(language, said, reaction, answer):
    first, *_, last = article(f"{said}\n\n{reaction}\n\n{answer}", language=language).quotes
    assert first.said.first.isoformat() == MONDAY
    assert (last.said.first, last.said.last) == (first.said.first, first.said.last)
    assert last.said.rule.startswith("reaction at once")


@pytest.mark.parametrize(("language", "said", "reaction", "answer"), REACTIONS)
def test_another_answer_keeps_no_day(language, said, reaction, answer):
    assert article(f"{said}\n\n{answer}", language=language).quotes[-1].said.first is None


def test_a_press_conference_without_a_day_is_that_of_the_day_told():
    text = "Ada Moor said on Monday that the toll will rise.\n\n“It is needed,” Moor told a televised briefing."
    assert {q.said.first.isoformat() for q in article(text, language="en").quotes} == {MONDAY}


def test_who_spoke_together_on_a_later_day_is_dated_by_it():
    text = (
        "Ada Moor said on Monday that the toll will rise.\n\nBo Lind and Ada Moor spoke on Tuesday about the bridge.\n\n"
        "“It was a long talk about the bridge,” Moor said."
    )
    assert article(text, language="en").quotes[-1].said.first.isoformat() == "2024-03-19"
