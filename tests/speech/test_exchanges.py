"""Interviews with dashes instead of labels: answers are of the one interviewed, questions are nobody's."""

import pytest

from tests.speech.reader import transcript

# fmt: off
TALKS = [
    ("ru", "О мосте", "Портал поговорил с мэром Ульма Адой Мур о мосте.",
     "Когда откроют мост?", "Мост откроют завтра утром, сбор останется."),
    ("uk", "Про міст", "Портал поспілкувався з мером Ульма Адою Мур про міст.",
     "Коли відкриють міст?", "Міст відкриють завтра вранці, збір залишиться."),
    ("pl", "Ada Moor o moście", "Rozmowa o moście i o cle.",
     "Kiedy otworzą most?", "Most otworzą jutro rano, a cło zostanie."),
]
# fmt: on


@pytest.mark.parametrize(("language", "title", "lead", "question", "answer"), TALKS)
def test_answers_are_of_the_one_interviewed(language, title, lead, question, answer):
    text = f"{lead}\n— {question}\n— {answer}\n\n{answer}\n— {question}\n— {answer}"
    quotes = transcript(text, language=language, title=title).quotes
    asked = [q for q in quotes if text[q.start : q.end] == question]
    said = [q for q in quotes if answer in text[q.start : q.end]]
    assert len(asked) == 2
    assert all(q.speaker is None for q in asked)
    assert {q.speaker.name for q in said} <= {"Ada Moor", "Ада Мур"}
    assert {text[slice(*q.question)] for q in said} == {question}
    assert not any(lead in text[q.start : q.end] for q in quotes)


def test_two_people_in_the_introduction_leave_the_answers_unresolved():
    text = "Портал поговорил с Адой Мур и Бо Линдом.\n— Когда откроют мост?\n— Завтра утром.\n— Точно?\n— Утром, да."
    assert {q.speaker for q in transcript(text, language="ru", title="О мосте").quotes} == {None}


def test_a_list_behind_dashes_is_no_interview():
    text = "Планы на год:\n— Открыть мост весной этого года.\n— Сбор оставить прежним.\n— Дорогу закончить к осени."
    assert not any(q.rule.endswith("behind a dash") for q in transcript(text, language="ru").quotes)
