"""An interview told in prose: the paragraphs in marks are the one voice's whom the article quotes."""

import pytest

from tests.speech.reader import article

INTERVIEWS = [
    (
        "en",
        [
            "“The ferry sails again tomorrow,” said Ada Moor.",
            "“We wait for an engine,” Moor said.",
            "“It is red,” Moor said.",
        ],
    ),
    (
        "de",
        ["„Die Fähre fährt wieder“, sagte Ada Moor.", "„Wir warten auf Öl“, sagte Moor.", "„Er ist rot“, sagte Moor."],
    ),
    (
        "fr",
        ["« Le bac repart demain matin », a dit Ada Moor."] + ["« On attend encore le moteur neuf », a dit Moor."] * 2,
    ),
    ("es", ["«El ferri vuelve mañana», dijo Ada Moor."] + ["«Esperamos el motor nuevo», dijo Moor."] * 2),
]
MARKS = {"en": "“{}”", "de": "„{}“", "fr": "« {} »", "es": "«{}»"}


@pytest.mark.parametrize(("language", "answers"), INTERVIEWS)
def test_a_paragraph_in_marks_is_the_one_voices(language, answers):
    alone = MARKS[language].format("Nordhaven 1904, Ulm 1911, Westby 1923, Ostby 1931")
    asked = {"en": "And the bridges?", "de": "Und die Brücken?", "fr": "Et les ponts ?", "es": "¿Y los puentes?"}[
        language
    ]
    text = "\n\n".join(["Nordhaven.", *answers, asked, alone])
    assert article(text, language=language).quotes[-1].speaker.name == "Ada Moor"


def test_of_two_voices_nobody_is_chosen():
    text = (
        "“The ferry sails again tomorrow,” said Ada Moor.\n\n“We wait for a new engine,” said Bo Lind."
        "\n\n“It will be red,” Moor said.\n\n“It is late,” Lind said.\n\nAnd now?\n\n“We built them before the war.”"
    )
    last = article(text, language="en").quotes[-1]
    assert text[last.start : last.end] == "“We built them before the war.”"
    assert last.speaker is None or last.speaker.name is None


def test_a_pronoun_beside_a_report_is_the_one_voice_and_not_who_is_talked_about():
    answers = ["“The ferry sails again tomorrow,” said Ada Moor.", *["“We wait for an engine,” Moor said."] * 3]
    text = "\n\n".join([*answers, "Karla Lind runs the port now. She also thinks the port is doing the right thing."])
    last = article(text, language="en").quotes[-1]
    assert (last.speaker.text, last.speaker.name) == ("She", "Ada Moor")


def test_a_pronoun_of_the_other_sex_is_nobody():
    answers = ["“The ferry sails again tomorrow,” said Anna Moor.", *["“We wait for an engine,” Moor said."] * 3]
    text = "\n\n".join([*answers, "Peter Lind runs the port now. He also thinks the port is doing the right thing."])
    assert article(text, language="en").quotes[-1].speaker.name in {None, "Peter Lind"}
