"""The words of a language act in texts of that language only."""

from datetime import date

import pytest

from tests.speech.reader import article, transcript

PAGE = "Bron är färdig, och avgiften är kvar.\n\n– Vi behöver avgiften så länge bron inte är betald, säger {}.\n"


def speaker(text, language):
    [quote] = article(text, language=language).quotes
    return quote.speaker.text, quote.speaker.name, quote.speaker.candidates


def test_polish_and_is_swedish_in():
    assert speaker(PAGE.format("Ada Moor i Nordhaven"), "sv") == ("Ada Moor", "Ada Moor", ())
    assert speaker(PAGE.format("minister Ada Moor i Nordhaven"), "sv") == ("minister Ada Moor", "Ada Moor", ())


def test_swedish_and_joins_two_speakers():
    assert speaker(PAGE.format("Ada Moor och Bo Lind"), "sv")[2] == ("Ada Moor", "Bo Lind")


def test_spanish_and_joins_nobody_in_german():
    german = "„Wir brauchen die Brücke jetzt und nicht erst morgen“, sagte Ada Moor {} Bo Lind am Montag."
    assert speaker(german.format("und"), "de")[2] == ("Ada Moor", "Bo Lind")
    assert speaker(german.format("y"), "de") == ("Ada Moor", "Ada Moor", ())


@pytest.mark.parametrize(
    ("language", "text", "own", "other"),
    [
        ("de", "„Wir brauchen die Brücke jetzt“, sagte Ada Moor {} 2021.", "im Jahr", "w"),
        ("en", "“We need the bridge now,” Ada Moor said {} 2021.", "in", "en"),
        ("sv", "Bron är färdig.\n\n– Vi behöver bron nu, säger Ada Moor {} 2021.", "år", "im Jahr"),
    ],
)
def test_the_word_before_a_year_is_one_of_the_text_s_language(language, text, own, other):
    [ours] = article(text.format(own), language=language).quotes
    [theirs] = article(text.format(other), language=language).quotes
    assert ours.said.first == date(2021, 1, 1)
    assert theirs.said.first is None


def test_a_small_word_before_a_name_is_no_office():
    [quote] = article("Secondo Bo Lindi, i camion dovrebbero pagare di più per il ponte.", language="it").quotes
    assert (quote.speaker.name, quote.speaker.role) == ("Bo Lindi", None)


def test_labels_are_read_in_the_language_of_the_transcript():
    title = "Conferenza stampa della ministra Ada Mori"
    page = (
        f"{title}\n\nMinistra: Il ponte costa troppo, e noi lo abbiamo detto in tutte le riunioni del consiglio.\n\n"
        "Domanda: Quando sarà pagato il ponte?\n\nMinistra: Non prima della fine dell'anno.\n"
    )
    first, asked, answer = transcript(page, title=title, language="it").quotes
    assert [first.speaker.name, asked.speaker.name, answer.speaker.name] == ["Ada Mori", None, "Ada Mori"]
    assert answer.question == (asked.start, asked.end)
