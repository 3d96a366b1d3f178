"""Nobody is made of common words, labels or a page's head: a person needs evidence of being one."""

import pytest

from tests.speech.reader import article

NOBODY = [
    ("de", "Die Einladung Norlands sei ein Signal, hieß es in der Stadt."),
    ("de", "Sie profilierte sich in den Augen Moors. „Die Fähre fährt auch im Winter“, hieß es in den Augen Moors."),
    ("de", "„Das kostet 40 Milliarden Euro im Jahr“, sagten Milliarden Euro."),
    ("de", "Laut Umfragen sei die Fähre beliebt."),
    ("de", "Laut Experten koste sie zu viel."),
    (
        "de",
        "Die Reaktion der Brückenleitung machte klar, dass „die Fähre bleibt“, sagte die Reaktion der Brückenleitung.",
    ),
    ("de", "Mehreren Hafenberichten zufolge fährt die Fähre wieder."),
    ("de", "„Die Fähre bleibt“, sagte Ada Moors Erfolgsrezept."),
    ("de", "Sein Urteil: „Die Regel hat die Fähre zerstört.“"),
    ("de", "Moor ist Kapitän. Auf Moors Interview antwortete die Stadt: „Die Fähre bleibt, wie sie ist.“"),
    ("de", "Wichtige Frage: „Wer bezahlt die Fähre denn jetzt?“"),
    ("de", "Große Enttäuschung: „Wer bezahlt die Fähre denn jetzt?“"),
    ("ru", "Говорю прямо: «Мы сохраним паром, и очень скоро»."),
    ("ru", "Вы меня сейчас спросили: «Почему паром стоит уже второй год?»"),
    ("ru", "В Норландии сказали, что паром отменят."),
    ("uk", "Зараз скажу головне: «Ми збережемо пором для всіх»."),
    ("en", "“We keep the ferry for everyone,” said a Senior Administration Official."),
    ("en", "“We keep the ferry for everyone,” Speaker_01 said."),
    ("en", "“I saw the ferry sink at noon,” the Witness said."),
    ("en", "The ferry stops in May. Mediators say the talks on it went well, and nobody knows why."),
    ("en", "The ferry stops in May. Photos showed that the deck was full of people at noon."),
    ("fr", "Une chose est claire : « Le bac restera ouvert pour tous. »"),
    ("es", "Expertos dijeron que el ferri costaría demasiado."),
    ("pl", "Jedno jest jasne: „Prom zostanie dla wszystkich”."),
]


@pytest.mark.parametrize(("language", "text"), NOBODY)
def test_common_words_are_nobody(language, text):
    assert [q.speaker.name for q in article(text, language=language).quotes if q.speaker and q.speaker.name] == []


def test_a_pronoun_that_closes_a_german_sentence_is_nobody_of_whom_it_tells():
    text = "Ministerin Ada Moor nannte den Plan absurd. Jonas Lind kam. Ziel Linds sei es, alle zu täuschen, sagte sie."
    assert {q.speaker.name for q in article(text, language="de").quotes if q.speaker} <= {"Ada Moor", None}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("„Die Fähre fährt bald wieder“, sagte Meteorologin Bärbel Moor.", "Bärbel Moor"),
        ("„Die Fähre fährt bald wieder“, sagte Schülerin Moor.", "Moor"),
        ("Kriminologe Özgür Linden kam. „Die Fähre fährt bald wieder“, sagte Linden.", "Özgür Linden"),
        ("„Die Fähre fährt bald wieder“, sagte Präsidentin Annekathrin Moor.", "Annekathrin Moor"),
        ("„Die Fähre fährt bald wieder“, sagte Digitalminister Steger.", "Steger"),
    ],
)
def test_what_somebody_does_is_no_part_of_the_name(text, name):
    assert [q.speaker.name for q in article(text, language="de").quotes if q.speaker] == [name]


def test_a_pronoun_is_never_two_nouns_with_capitals():
    text = "Der Fährmann kam im Dorf Wadi Rahal an. „Die Fähre fährt bald wieder“, sagte er. Ein Notfall Strom war es nicht."
    assert [q.speaker.name for q in article(text, language="de").quotes if q.speaker] == [None]


LONGER = [
    ("de", "„Die Fähre fährt bald wieder“, sagte Ada Moor den Gästen.", "Ada Moor"),
    ("de", "„Die Fähre fährt bald wieder“, meint auch Ada Moor von der Brückenwacht.", "Ada Moor"),
    ("de", "„Die Fähre fährt bald wieder“, sagte Ada von Moor.", "Ada von Moor"),
    ("es", "El juez del Tribunal Supremo Mario Lind llegó. «El ferri vuelve mañana», dijo Lind.", "Mario Lind"),
    (
        "it",
        "Il senatore della Florida Marco Lind è arrivato. «Il traghetto riparte domani», ha detto Lind.",
        "Marco Lind",
    ),
    ("no", "– Fergen går igjen i morgen, sier TV-kommentator Ada Moor.", "Ada Moor"),
]


@pytest.mark.parametrize(("language", "text", "name"), LONGER)
def test_a_name_ends_where_other_words_begin(language, text, name):
    assert [q.speaker.name for q in article(text, language=language).quotes if q.speaker] == [name]


def test_what_a_preposition_governs_does_not_lead_in_a_quotation():
    text = "Los vecinos exigen cambios en las fiestas de San Telmo: «Quince días son una salvajada»."
    assert [q.speaker for q in article(text, language="es").quotes] == [None]
