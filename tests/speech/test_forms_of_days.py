"""The forms in which the press of each language names the day of saying, and days that are another event's.

Read on Wednesday, 20 March 2024.
"""

from datetime import date

import pytest

from tests.speech.reader import article, transcript

MON, TUE, WED, LAST_WED = "2024-03-18", "2024-03-19", "2024-03-20", "2024-03-13"
MARCH, FEBRUARY = ("2024-03-01", "2024-03-31"), ("2024-02-01", "2024-02-29")
NONE = "None"

FORMS = [
    ("de", "Ada Moor sagte am Dienstagabend, die Fähre werde eingestellt.", TUE),
    ("de", "Ada Moor sagte am Montagnachmittag, die Fähre werde eingestellt.", MON),
    ("de", "Ada Moor sagte am späten Montagabend, die Fähre werde eingestellt.", MON),
    ("de", "Ada Moor sagte in der Nacht zum Dienstag, die Fähre werde eingestellt.", (MON, TUE)),
    ("de", "Ada Moor sagte am Mittwochmorgen, die Fähre werde eingestellt.", WED),
    ("de", "„Die Fähre wird eingestellt“, sagte Ada Moor auf der Pressekonferenz vom Montag.", MON),
    ("de", "„Die Fähre wird eingestellt“, sagte Ada Moor auf der heutigen Pressekonferenz.", WED),
    ("de", "„Die Fähre wird eingestellt“, sagte Ada Moor auf der gestrigen Pressekonferenz.", TUE),
    ("de", "Ada Moor sagte heute Vormittag, die Fähre werde eingestellt.", WED),
    ("de", "Ada Moor sagte am nächsten Montag, die Fähre werde eingestellt.", NONE),
    ("de", "„Die Fähre wird eingestellt“, sagte Ada Moor Anfang März.", MARCH),
    ("de", "„Die Fähre wird eingestellt“, sagte Ada Moor Ende Februar 2023.", ("2023-02-01", "2023-02-28")),
    ("de", "„Die Fähre wird eingestellt“, sagte Ada Moor am vergangenen Mittwoch.", LAST_WED),
    ("de", "„Die Fähre wird eingestellt“, sagte Ada Moor am Montag (18.3.).", MON),
    ("de", "„Die Fähre wird eingestellt“, sagte Ada Moor am 18.03.2024.", MON),
    ("de", "„Die Fähre wird eingestellt“, sagte Ada Moor am Montag, den 18. März.", MON),
    ("ru", "«Паром отменят», — сказала Ада Мур во вторник вечером.", TUE),
    ("ru", "«Паром отменят», — сказала Ада Мур в среду, 20 марта.", WED),
    ("ru", "«Паром отменят», — сказала Ада Мур на сегодняшней пресс-конференции.", WED),
    ("ru", "«Паром отменят», — сказала Ада Мур на вчерашнем брифинге.", TUE),
    ("ru", "«Паром отменят», — сказала Ада Мур вчера вечером.", TUE),
    ("ru", "«Паром отменят», — сказала Ада Мур в начале марта.", MARCH),
    ("ru", "«Паром отменят», — сказала Ада Мур в конце июня 2022 года.", ("2022-06-01", "2022-06-30")),
    ("ru", "«Паром отменят», — сказала Ада Мур 18.03.2024.", MON),
    ("ru", "Ада Мур заявила, что в понедельник паром отменят.", NONE),
    ("ru", "Ада Мур заявила в понедельник, что паром отменят.", MON),
    ("ru", "«Паром отменят», — сообщила в понедельник Ада Мур.", MON),
    ("uk", "«Пором скасують», — сказала Ада Мур у вівторок увечері.", TUE),
    ("uk", "«Пором скасують», — сказала Ада Мур на сьогоднішній пресконференції.", WED),
    ("uk", "«Пором скасують», — сказала Ада Мур на початку березня.", MARCH),
    ("uk", "Ада Мур заявила, що в понеділок пором скасують.", NONE),
    ("uk", "Ада Мур заявила 18 березня, що пором скасують.", MON),
    ("pl", "„Prom zniknie” – powiedziała w środę Ada Moor.", WED),
    ("pl", "„Prom zniknie” – powiedziała Ada Moor we wtorek wieczorem.", TUE),
    ("pl", "„Prom zniknie” – powiedziała Ada Moor na poniedziałkowej konferencji prasowej.", MON),
    ("pl", "„Prom zniknie” – powiedziała Ada Moor na wczorajszej konferencji prasowej.", TUE),
    ("pl", "Ada Moor powiedziała, że w sobotę prom zniknie.", NONE),
    ("pl", "Ada Moor oświadczyła dziś, że prom zniknie.", WED),
    ("pl", "„Prom zniknie” – powiedziała Ada Moor na początku marca.", MARCH),
    ("pl", "„Prom zniknie” – powiedziała Ada Moor 18 marca.", MON),
    ("sv", "– Färjan dras in, sade Ada Moor i måndags.", MON),
    ("sv", "– Färjan dras in, sade Ada Moor på måndagen.", MON),
    ("sv", "– Färjan dras in, sade Ada Moor på tisdagskvällen.", TUE),
    ("sv", "– Färjan dras in, sade Ada Moor vid måndagens presskonferens.", MON),
    ("sv", "– Färjan dras in, sade Ada Moor vid dagens presskonferens.", WED),
    ("sv", "– Färjan dras in, sade Ada Moor vid gårdagens presskonferens.", TUE),
    ("sv", "– Färjan dras in, sade Ada Moor i går kväll.", TUE),
    ("sv", "– Färjan dras in, sade Ada Moor på tisdag.", NONE),
    ("sv", "– Färjan dras in, sade Ada Moor i början av mars.", MARCH),
    ("fr", "« Le bac fermera », a déclaré Ada Moor mardi soir.", TUE),
    ("fr", "« Le bac fermera », a déclaré Ada Moor ce mercredi.", WED),
    ("fr", "« Le bac fermera », a déclaré Ada Moor lundi dernier.", MON),
    ("fr", "« Le bac fermera », a déclaré Ada Moor mercredi dernier.", LAST_WED),
    ("fr", "« Le bac fermera », a déclaré Ada Moor mardi 19 mars.", TUE),
    ("fr", "« Le bac fermera », a déclaré Ada Moor début mars.", MARCH),
    ("fr", "« Le bac fermera », a déclaré Ada Moor fin février.", FEBRUARY),
    ("fr", "« Le bac fermera », a déclaré Ada Moor hier soir.", TUE),
    ("fr", "« Le bac fermera », a déclaré Ada Moor aujourd’hui.", WED),
    ("fr", "Ada Moor a déclaré que lundi le bac fermerait.", NONE),
    ("es", "«El ferri cerrará», dijo Ada Moor el martes por la noche.", TUE),
    ("es", "«El ferri cerrará», dijo Ada Moor este miércoles.", WED),
    ("es", "«El ferri cerrará», dijo Ada Moor el pasado lunes.", MON),
    ("es", "«El ferri cerrará», dijo Ada Moor el lunes pasado.", MON),
    ("es", "«El ferri cerrará», dijo Ada Moor a principios de marzo.", MARCH),
    ("es", "«El ferri cerrará», dijo Ada Moor ayer.", TUE),
    ("es", "«El ferri cerrará», dijo Ada Moor en la rueda de prensa de hoy.", WED),
    ("es", "Ada Moor dijo que el lunes el ferri cerrará.", NONE),
    ("it", "«Il traghetto sparirà», ha detto Ada Moor martedì sera.", TUE),
    ("it", "«Il traghetto sparirà», ha detto Ada Moor lunedì scorso.", MON),
    ("it", "«Il traghetto sparirà», ha detto Ada Moor ieri.", TUE),
    ("it", "«Il traghetto sparirà», ha detto Ada Moor stamattina.", WED),
    ("it", "«Il traghetto sparirà», ha detto Ada Moor all'inizio di marzo.", MARCH),
    ("en", "“The ferry stops,” Ada Moor said late Tuesday.", TUE),
    ("en", "“The ferry stops,” Ada Moor said in early March.", MARCH),
    ("en", "“The ferry stops,” Ada Moor said in late February 2023.", ("2023-02-01", "2023-02-28")),
    ("en", "“The ferry stops,” Ada Moor said at the start of March.", MARCH),
    ("en", "“The ferry stops,” Ada Moor said Tuesday night.", TUE),
    ("en", "“The ferry stops,” Ada Moor said in a Tuesday interview.", TUE),
    ("en", "“The ferry stops,” Ada Moor said at today’s briefing.", WED),
    ("en", "“The ferry stops,” Ada Moor said at yesterday’s briefing.", TUE),
    ("en", "“The ferry stops,” Ada Moor said last Wednesday.", LAST_WED),
    ("en", "“The ferry stops,” Ada Moor said the day before.", NONE),
    ("en", "Ada Moor said that on Monday the ferry would stop.", NONE),
    ("en", "“The ferry stops,” Ada Moor said at 09:30 GMT on Tuesday.", TUE),
    ("en", "“The ferry stops,” Ada Moor said on the 18th of March.", MON),
    ("en", "“The ferry stops,” Ada Moor said on the morning of March 18.", MON),
    ("en", "“The ferry stops,” Ada Moor said this morning.", WED),
    ("en", "“The ferry stops,” Ada Moor said on Sunday evening.", "2024-03-17"),
    ("en", "“The ferry stops,” Ada Moor said earlier on Tuesday.", TUE),
    ("en", "“The ferry stops,” Ada Moor said hours before the Monday vote.", NONE),
    ("en", "“The ferry stops,” Ada Moor said after Monday’s attack.", NONE),
    ("de", "„Die Fähre wird eingestellt“, sagte Ada Moor nach dem Angriff vom Montag.", NONE),
    ("sv", "– Färjan dras in, sade Ada Moor efter måndagens attack.", NONE),
    ("fr", "« Le bac fermera », a déclaré Ada Moor après l’attaque de lundi.", NONE),
    ("pl", "„Prom zniknie” – powiedziała Ada Moor po poniedziałkowym ataku.", NONE),
    ("no", "– Fergen stopper, sa Ada Moor mandag.", MON),
    ("no", "– Fergen stopper, sa Ada Moor tirsdag kveld.", TUE),
    ("no", "– Fergen stopper, sa Ada Moor i går.", TUE),
    ("no", "– Fergen stopper, sa Ada Moor på mandagens pressekonferanse.", MON),
    ("no", "– Fergen stopper, sa Ada Moor på dagens pressekonferanse.", WED),
    ("no", "– Fergen stopper, sa Ada Moor 18. mars.", MON),
    ("da", "»Færgen stopper«, sagde Ada Moor mandag.", MON),
    ("da", "»Færgen stopper«, sagde Ada Moor i går.", TUE),
    ("da", "»Færgen stopper«, sagde Ada Moor på dagens pressemøde.", WED),
    ("da", "»Færgen stopper«, sagde Ada Moor i begyndelsen af marts.", MARCH),
    ("nl", "„De veerboot stopt”, zei Ada Moor maandag.", MON),
    ("nl", "„De veerboot stopt”, zei Ada Moor dinsdagavond.", TUE),
    ("nl", "„De veerboot stopt”, zei Ada Moor gisteren.", TUE),
    ("nl", "„De veerboot stopt”, zei Ada Moor begin maart.", MARCH),
    ("nl", "„De veerboot stopt”, zei Ada Moor vandaag.", WED),
    ("pt", "«O ferry vai parar», disse Ada Moor na segunda-feira.", MON),
    ("pt", "«O ferry vai parar», disse Ada Moor ontem.", TUE),
    ("pt", "«O ferry vai parar», disse Ada Moor nesta terça-feira.", TUE),
    ("pt", "«O ferry vai parar», disse Ada Moor no início de março.", MARCH),
    ("pt", "«O ferry vai parar», disse Ada Moor a 18 de março.", MON),
    ("nl", "„De veerboot stopt”, zei Ada Moor afgelopen maandag.", MON),
    ("pt", "«O ferry vai parar», disse Ada Moor na próxima segunda-feira.", NONE),
]
BACKGROUND = [
    (
        "en",
        (
            "The ferry is in danger. Owner Ada Moor is said to plan its sale. Minister Jo Berg signed the act on a visit on"
            " Monday.\n\n“We will pay,” said Ada Moor."
        ),
    ),
    (
        "ru",
        (
            "Ада Мур заявила, что паром отменят.\n\nОна добавила, что порт против. Договор министр Ян Берг подписал во время"
            " визита в Ульм 18 марта."
        ),
    ),
    (
        "fr",
        (
            "Reçue lundi 18 mars à la mairie, la patronne du bac a exposé ses demandes. Le maire Jean Berg a écouté Ada Moor."
            "\n\n« Je me suis adressée à lui avec gravité », confie Ada Moor."
        ),
    ),
    (
        "de",
        (
            "Bürgermeister Jan Berg hat die Fährfrau Ada Moor am Montag im Rathaus getroffen.\n\n"
            "„Wir zahlen nicht“, sagte Ada Moor in einem Interview mit dem ZDF."
        ),
    ),
    (
        "uk",
        (
            "Ада Мур у понеділок відвідала порт.\n\nНаприкінці червня 2022 року вона змінила думку. «Пором не потрібен»,"
            " — сказала Ада Мур."
        ),
    ),
]
OTHER_DAYS = [
    ("de", "Der heute 60-jährige Jan Berg führt den Hafen.\n\n„Die Fähre fährt nicht“, sagte Jan Berg."),
    (
        "de",
        "„Die Fähre fährt nicht“, sagte Ada Moor nach dem Unglück in Ulm, bei dem im Oktober 2023 zehn Menschen starben.",
    ),
    (
        "fr",
        "Ada Moor, qui s'entretiendra ce jeudi avec le maire, affirme qu'elle souhaite « donner un nouvel élan » au bac.",
    ),
    ("fr", "Ada Moor est attendue mardi au port.\n\n« Le bac fermera », a déclaré Ada Moor."),
    ("es", "La fiesta dura hasta el 15 de marzo, y Ada Moor la visita.\n\n«El ferri cerrará», dijo Ada Moor."),
    ("en", "Ada Moor plays the final on Thursday.\n\n“The ferry stops in May,” said Ada Moor."),
    ("ru", "Ада Мур намерена встретиться с мэром в понедельник.\n\n«Паром отменят», — сказала Ада Мур."),
    ("pl", "Ada Moor ma przyjechać do Ulm we wtorek.\n\n„Prom zniknie” – powiedziała Ada Moor."),
]
APART = [
    ("de", "„Wir zahlen nicht“, schrieb Jonas Lind in einer Mitteilung."),
    ("de", "„Wir zahlen nicht“, sagte Jonas Lind in einem Interview."),
]
GOES_ON = [
    ("en", "“The ferry stops,” Ada Moor said in early March.\n\n“We cannot pay,” Moor said.", MARCH),
    ("de", "„Die Fähre fährt nicht“, sagte Anfang März Ada Moor.\n\n„Wir zahlen nicht“, sagte Ada Moor.", MARCH),
    ("fr", "« Le bac fermera », a déclaré Ada Moor début mars.\n\n« Nous ne payons pas », a ajouté Ada Moor.", MARCH),
    ("ru", "«Паром отменят», — заявила Ада Мур в начале марта.\n\n«Мы не платим», — сказала Мур.", MARCH),
    ("pl", "„Prom zniknie” – powiedziała Ada Moor na początku marca.\n\n„Nie płacimy” – powiedziała Ada Moor.", MARCH),
]
PLAYED = """JO PARK, HOST: The mayor spoke years ago.

(SOUNDBITE OF ARCHIVED RECORDING)
ADA MOOR: The ferry will never stop.

PARK: That was then. What do you say now?

MOOR: The ferry stops in May.
"""
SLANTED = """**Jo Park:** You spoke about it here in 2018. Here is what you said:

*Moor: The ferry will never stop.*

**Park:** And now?

**Ada Moor:** The ferry stops in May.

**Park:** Thank you.
"""


def days(language, text):
    """The first and last day of each utterance, as they are written."""
    return [(str(q.said.first), str(q.said.last)) for q in article(text, language=language).quotes]


@pytest.mark.parametrize(("language", "text", "expected"), FORMS)
def test_a_form_of_the_day_is_read(language, text, expected):
    assert days(language, text)[0] == (expected if isinstance(expected, tuple) else (expected, expected))


@pytest.mark.parametrize(("language", "text"), BACKGROUND)
def test_a_day_of_the_background_dates_nobody(language, text):
    assert days(language, text)[-1] == (NONE, NONE)


@pytest.mark.parametrize(("language", "text"), OTHER_DAYS)
def test_a_day_to_come_or_that_bounds_a_time_dates_nobody(language, text):
    assert {first for first, _ in days(language, text)} == {NONE}


@pytest.mark.parametrize(("language", "words"), APART)
def test_who_speaks_elsewhere_does_not_have_the_day_of_the_occasion(language, words):
    lead = "Mehrere Staaten kamen am Montag zu einer Sitzung zusammen.\n\n„Die Fähre fährt“, sagte Ada Moor.\n\n"
    assert [first for first, _ in days(language, lead + words)][-2:] == [MON, NONE]


def test_a_year_holds_for_nothing_that_follows_it():
    text = "In 2013 Ada Moor said that she had found the ferry.\n\n“This is quite absurd,” says Ada Moor."
    assert days("en", text)[-1] == (NONE, NONE)


@pytest.mark.parametrize(("language", "text", "expected"), GOES_ON)
def test_a_month_holds_for_what_follows_it(language, text, expected):
    assert days(language, text) == [expected, expected]


def test_words_of_a_role_that_several_bear_have_the_day_of_those_they_go_on_with():
    text = (
        "Mayor Ada Moor met mayor Jo Berg in Ulm.\n\nAt a briefing on Monday, Ada Moor said the ferry would stop.\n\n"
        "“We cannot pay,” the mayor said."
    )
    assert days("en", text)[-1] == (MON, MON)


@pytest.mark.parametrize("text", [PLAYED, SLANTED])
def test_a_recording_played_in_a_programme_has_no_day(text):
    read = [(text[q.start : q.end], str(q.said.first)) for q in transcript(text).quotes if q.kind == "turn"]
    told = {words.strip("*"): day for words, day in read}
    assert (told["The ferry will never stop."], told["The ferry stops in May."]) == (NONE, WED)


def test_this_week_on_a_monday_is_the_one_that_is_over_as_well():
    text = "Ada Moor said this week that the ferry would stop."
    said = article(text, language="en", published=date(2024, 3, 18)).quotes[0].said
    assert (said.first, said.last) == (date(2024, 3, 11), date(2024, 3, 18))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ru", "Накануне саммита, который откроется в субботу, Анна Белкина сказала, что мост откроют."),
        ("ru", "Накануне важной встречи Анна Белкина сказала, что мост откроют."),
        ("uk", "Напередодні саміту в суботу Ганна Білка сказала, що міст відкриють."),
    ],
)
def test_the_eve_of_an_event_is_not_yesterday(language, text):
    assert [quote.said.first for quote in article(text, language=language).quotes] == [None]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ru", "Накануне Анна Белкина сказала, что мост откроют."),
        ("uk", "Напередодні Ганна Білка сказала, що міст відкриють."),
    ],
)
def test_the_day_before_is_yesterday(language, text):
    assert [quote.said.first.isoformat() for quote in article(text, language=language).quotes] == ["2024-03-19"]
