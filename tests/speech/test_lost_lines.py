"""A transcript whose line ends were lost is cut at its labels again, and nothing else is."""

import pytest

from tests.speech.reader import transcript
from tracker.languages.data import languages
from tracker.speech.turns.lost_lines import with_lines

LONG = " ".join(["The bridge stays open and the toll stays where it is."] * 8)
EXCHANGES = [
    ("en", "Question:", "A. Moor:", f"Is it so? {LONG} Will it?", LONG),
    ("ru", "Вопрос:", "А.Мур:", "Мост откроют завтра? " * 10, "Мост будет открыт, а сбор останется прежним. " * 10),
    ("uk", "Запитання:", "Ада Мур:", "Міст відкриють завтра? " * 10, "Міст буде відкрито, а збір залишиться. " * 10),
    (
        "de",
        "Frage:",
        "Ada Moor:",
        "Bleibt die Brücke offen? " * 10,
        "Die Brücke bleibt offen, die Maut bleibt auch. " * 10,
    ),
    (
        "fr",
        "Question :",
        "Ada Moor :",
        "Le pont reste-t-il ouvert ? " * 10,
        "Le pont reste ouvert, le péage aussi. " * 10,
    ),
]


@pytest.mark.parametrize(("language", "asks", "answers", "question", "answer"), EXCHANGES[:4])
def test_each_label_in_one_long_line_opens_a_turn(language, asks, answers, question, answer):
    text = " ".join(f"{asks} {question.strip()} {answers} {answer.strip()}" for _ in range(3))
    text = f"On the bridge. {text}"
    parted = with_lines(text, languages()[language])
    assert len(parted) == len(text)
    assert parted.count("\n") == 6
    quotes = transcript(text, language=language, title="Ada Moor, mayor, answered questions").quotes
    said = [q for q in quotes if text[q.start : q.end].startswith(answer[:20])]
    assert len(said) >= 3
    assert all(q.question is not None for q in said)


def test_a_pair_of_words_with_colons_is_no_exchange():
    text = (
        f"{LONG} Pros: The bridge is near. Cons: The toll is high. {LONG} Pros: It is new. Cons: It is narrow. {LONG}"
    )
    assert with_lines(text, languages()["en"]) == text


def test_short_lines_are_left_alone():
    text = "Question: Is it open?\nA. Moor: It is. Question: Now? A. Moor: Now. Question: And then? A. Moor: Then, too."
    assert with_lines(text, languages()["en"]) == text
