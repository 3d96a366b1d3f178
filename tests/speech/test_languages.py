import itertools

import pytest

from tests.speech.reader import EXAMPLES, article, examples
from tracker.languages.data import languages
from tracker.languages.detect import detect, language_of
from tracker.languages.joined_words import split_joined_words


@pytest.mark.parametrize("example", examples("languages"), ids=lambda e: e.name)
def test_an_example_page_is_read_as_expected(example):
    assert example.found() == example.expected


def test_every_language_has_an_example():
    pages = {p.stem for p in (EXAMPLES / "languages").glob("*.txt")}
    assert pages == {*languages(), "unknown"}, "write tests/speech/examples/languages/<code>.txt and its .json"


@pytest.mark.parametrize("example", examples("languages"), ids=lambda e: e.name)
def test_the_language_of_an_example_is_told_from_its_words(example):
    code = example.name.split("/")[1]
    assert detect(example.text) == (None if code == "unknown" else code)


def test_a_wrong_language_is_not_believed():
    german = (EXAMPLES / "languages" / "de.txt").read_text("utf-8")
    assert language_of(german, "en") == "de"
    assert language_of(german, None) == "de"
    assert language_of("Xyzzy plugh.", "hu") == "hu"


def test_an_unknown_language_gives_quotations_without_a_speaker():
    found = article("„Szükségünk van a hídpénzre, amíg a híd nincs kifizetve.”", language="hu").quotes
    assert [(q.kind, q.speaker) for q in found] == [("direct", None)]


@pytest.mark.parametrize("code", sorted(languages()))
def test_a_language_file_is_whole(code):
    language = languages()[code]
    assert len(language.weekdays) >= 7
    assert set(language.weekdays.values()) == set(range(7))
    assert set(language.months.values()) == set(range(12))
    assert language.verbs
    assert language.he
    assert language.she
    assert language.titles
    assert language.according


@pytest.mark.parametrize(
    ("word", "parts"),
    [("заявилон", "заявил он"), ("заявилМур", "заявил Мур"), ("Линдзаявил", "Линд заявил"), ("сказала", "сказала")],
)
def test_glued_words_are_parted(word, parts):
    at = [0, *split_joined_words(word, languages()["ru"]), len(word)]
    assert " ".join(word[a:b] for a, b in itertools.pairwise(at)) == parts


NEAR = [
    ("da", "Ministeren siger, at færgen ikke sejler, og at byen skal betale for den nye bro af stål efter nytår."),
    ("no", "Ministeren sier at fergen ikke går, og at byen skal betale for den nye broen av stål etter nyttår."),
    ("sv", "Ministern säger att färjan inte går och att staden ska betala för den nya bron av stål efter nyår."),
    ("pt", "A ministra disse que não há dinheiro para a ponte e que o governo também não tem mais nada a dizer."),
    ("es", "La ministra dijo que no hay dinero para el puente y que el gobierno tampoco tiene nada más que decir."),
    ("nl", "De minister zegt dat er geen geld is voor de brug en dat de stad ook niet meer wil betalen dan nu."),
    (
        "de",
        "Die Ministerin sagt, dass es kein Geld für die Brücke gibt und dass die Stadt auch nicht mehr zahlen will.",
    ),
]


@pytest.mark.parametrize(("code", "text"), NEAR)
def test_near_languages_are_told_apart(code, text):
    assert detect(text) == code


def test_a_page_may_tell_another_code_of_its_language():
    assert language_of("– Vi går nå, sier Ada Moor.", "nb-NO") == "no"
    assert language_of("– Vi går no, seier Ada Moor.", "nn") == "no"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("da", "Borgmester Ada Moor benægtede, at færgen skal lukkes."),
        ("no", "Ordfører Ada Moor sa ikke at fergen skal stenges."),
        ("nl", "Burgemeester Ada Moor heeft niet gezegd dat de veerboot stopt."),
        ("pt", "A presidente Ada Moor negou que o ferry vá parar de navegar."),
    ],
)
def test_a_denial_is_one_in_the_newest_languages(code, text):
    assert [(q.speaker.name, q.polarity) for q in article(text, language=code).quotes if q.speaker] == [
        ("Ada Moor", "denied")
    ]


def test_a_question_between_two_answers_after_dashes_is_nobodys():
    text = "– Fergen går i morgen, sier Ada Moor.\n\n– Hvorfor ikke i dag?\n\n– Vi venter på en ny motor fra verftet."
    named = [q.speaker.name if q.speaker else None for q in article(text, language="no").quotes]
    assert named == ["Ada Moor", None, "Ada Moor"]
