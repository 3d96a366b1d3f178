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
