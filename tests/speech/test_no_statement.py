import pytest

from tracker.languages.data import languages
from tracker.speech.no_statement import is_kept
from tracker.speech.types import Mention, Quote


def kept(words, kind="indirect", code="en", role=None, label="Lind"):
    speaker = Mention(start=0, end=0, text=label, role=role)
    quote = Quote(start=0, end=len(words), spans=((0, len(words)),), kind=kind, speaker=speaker)
    return is_kept(words, quote, languages()[code])


@pytest.mark.parametrize(
    "words",
    [
        "a Northern Pact membership of Ulmia",
        "Ulmia’s wish to join the pact on German television",
        "about the accession of Ulmia and the parliament in Seaford",
        "what she thought of the summit",
        "how he saw a possible deployment of troops",
        "whether the bridge would open before the summit",
        "the bridge",
    ],
)
def test_reported_words_that_state_nothing_are_no_statement(words):
    assert not kept(words)


@pytest.mark.parametrize(
    "words",
    [
        "that Ulmia would come to the summit",
        "Ulmia will be invited next year",
        "the company plans a new bridge",
        "what we need is a bridge that stands",
        "when the war ends, the pact opens its door",
        "they want the bridge before the winter",
        "it is not the time for that",
    ],
)
def test_reported_words_with_a_clause_are_kept(words):
    assert kept(words)


def test_words_in_marks_are_kept_however_short():
    assert kept("a bridge", kind="direct")
    assert kept("a bridge", kind="turn")


def test_a_question_of_a_transcript_is_no_statement():
    assert not kept("Will the bridge open in May?", kind="turn", label="Q")
    assert not kept("Will the bridge open in May?", kind="turn", role="questioner")


def test_whole_sentences_of_other_languages_are_kept():
    assert kept("Альва Ренн рассказала о мосте через реку", code="ru")
