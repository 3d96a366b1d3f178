"""Reported speech without quotation marks: by an infinitive, or told by the sentence behind."""

import pytest

from tests.speech.reader import article

ASKED = [
    ("de", "Ada Moor forderte die Stadt auf, die Fähre bald wieder fahren zu lassen."),
    ("de", "Ada Moor versprach der Stadt, die Fähre bald wieder fahren zu lassen."),
    ("ru", "Анна Морова призвала город снова открыть паром."),
    ("ru", "Анна Морова пообещала построить мост до осени."),
    ("uk", "Анна Морова закликала місто знову відкрити пором."),
    ("pl", "Anna Moor obiecała zbudować nowy most do jesieni."),
    ("fr", "Anna Moor affirme avoir payé le pont de sa poche."),
    ("es", "Anna Moor prometió construir un puente nuevo antes del otoño."),
    ("it", "Anna Moor ha promesso di costruire un nuovo ponte entro l'autunno."),
    ("sv", "Anna Moor uppmanade staden att öppna färjan igen."),
    ("no", "Anna Moor oppfordret byen til å åpne fergen igjen."),
    ("nl", "Anna Moor beloofde de stad een nieuwe brug te bouwen."),
    ("pt", "Anna Moor prometeu construir uma ponte nova antes do outono."),
]


@pytest.mark.parametrize(("language", "text"), ASKED)
def test_a_promise_or_demand_is_reported_by_an_infinitive(language, text):
    assert [(q.kind, q.speaker.name) for q in article(text, language=language).quotes if q.speaker] in (
        [("indirect", "Ada Moor")], [("indirect", "Anna Moor")], [("indirect", "Анна Морова")]
    )  # fmt: skip


NOT_ASKED = [
    ("de", "Ada Moor ruft nicht zur Gewalt auf, sie bittet um Geduld."),
    ("ru", "Анна Морова не призвала город открыть паром."),
    ("pl", "Anna Moor nie obiecała zbudować nowego mostu."),
    ("es", "Anna Moor no prometió construir un puente nuevo."),
    ("it", "La città ha chiesto il rilascio di Anna Moor."),
]


@pytest.mark.parametrize(("language", "text"), NOT_ASKED)
def test_who_does_not_promise_or_call_for_anything_says_nothing(language, text):
    assert [q for q in article(text, language=language).quotes if q.kind == "indirect"] == []


BEHIND = [
    ("ru", "Паром снова пойдет в среду. Об этом заявила мэр города Анна Морова."),
    ("uk", "Пором знову піде в середу. Про це заявила мер міста Анна Морова."),
    ("de", "Die Fähre fährt am Mittwoch wieder. Das sagte Ada Moor der Zeitung."),
    ("no", "Fergen går igjen fra onsdag. Det opplyser ordfører Anna Moor."),
]


@pytest.mark.parametrize(("language", "text"), BEHIND)
def test_the_sentence_behind_may_tell_who_said_it(language, text):
    found = article(text, language=language).quotes
    assert [text[q.start : q.end] for q in found] == [text.split(". ")[0] + "."]
    assert found[0].speaker.name.split()[-1] in ("Морова", "Moor")


PRONOUNS = [
    ("de", "Ada Moor sprach. Danach forderte sie Bo Lind auf, die Fähre fahren zu lassen.", "Ada Moor"),
    ("de", "Jan Moor sprach. Dort forderte er Bo Lind auf, die Fähre fahren zu lassen.", "Jan Moor"),
    ("de", "Ada Moor kam. Zugleich verteidigte sie den Plan und betonte, „die Fähre bleibt“.", "Ada Moor"),
]


@pytest.mark.parametrize(("language", "text", "name"), PRONOUNS)
def test_what_stands_behind_a_pronoun_is_no_part_of_who_speaks(language, text, name):
    assert article(text, language=language).quotes[-1].speaker.name == name


GERMAN = [
    "„Die Brücke bleibt“, sagte Ada Moor. Sie mahnte zudem, an der Maut festzuhalten.",
    "„Die Brücke bleibt“, sagte Ada Moor. Ganze Buslinien sollen demnach gestrichen werden.",
    "„Die Brücke bleibt“, sagte Ada Moor. Der Zoll erscheine dann als Strafe für den Winter.",
    "„Die Brücke bleibt“, sagte Ada Moor. Sie bat die Stadt, den Plan aufzugeben.",
]


@pytest.mark.parametrize("text", GERMAN)
def test_german_goes_on_reporting_without_marks(text):
    first, last = article(text, language="de").quotes
    assert (first.speaker.name, last.speaker.name) == ("Ada Moor", "Ada Moor")
    assert last.kind == "indirect"


def test_a_body_tells_in_the_present():
    text = "Das Treffen habe eine gute Stunde gedauert, teilt das Verkehrsministerium in Nordhafen mit."
    assert [q.speaker.name for q in article(text, language="de").quotes] == ["Verkehrsministerium"]


FAR = [
    ("ru", "Мост откроют уже завтра. Об этом заявила сегодня на встрече с министром Бо Линдом мэр Ульма Ада Мур."),
    ("uk", "Міст відкриють уже завтра. Про це заявила сьогодні на зустрічі з міністром Бо Ліндом мер Ульма Ада Мур."),
]


@pytest.mark.parametrize(("language", "text"), FAR)
def test_the_one_name_in_the_nominative_far_behind_the_verb_speaks(language, text):
    assert [q.speaker.name for q in article(text, language=language).quotes] == ["Ада Мур"]
