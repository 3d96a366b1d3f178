"""Links in Markdown are read without their targets, and every place told is one of the text as given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.speech.reader import article
from tracker.speech.link_markup import unlink

LINKED = [
    ("en", "Mayor [Ada Moor](/people/ada-moor) described the toll as “a very serious matter.”"),
    ("en", '“The ferry sails again tomorrow morning,” said [Ada Moor](https://example.org/m "Moor"), the mayor.'),
    ("de", "„Die Fähre fährt morgen wieder“, sagte Bürgermeisterin [Ada Moor](https://example.org/moor)."),
    ("fr", "« Le bac repart dès demain matin », a dit la ministre [Ada Moor](https://example.org/moor_(maire))."),
    ("es", "«El ferri vuelve a navegar mañana», dijo la ministra [Ada Moor](https://example.org/moor)."),
    ("ru", "«Паром снова пойдет уже завтра утром», — сказала министр [Ада Мур](https://example.org/moor)."),
]


@pytest.mark.parametrize(("language", "text"), LINKED)
def test_a_linked_name_is_the_speaker(language, text):
    (quote,) = article(text, language=language).quotes
    assert quote.speaker.name in {"Ada Moor", "Ада Мур"}
    assert quote.speaker.text == text[quote.speaker.start : quote.speaker.end]
    assert text[quote.end - 1] in "”“»"


def test_a_text_without_links_is_left_alone():
    assert unlink("A [bracket] and (another).") is None
    assert unlink("Broken](link, no [words") is None


@given(
    st.lists(st.tuples(st.text("ab c.\n", max_size=6), st.text("xyz", min_size=1, max_size=5)), min_size=1, max_size=5)
)
def test_every_character_keeps_its_place(pieces):
    text = "".join(f"{before}[{words}](/{number})" for number, (before, words) in enumerate(pieces))
    unlinked = unlink(text)
    assert unlinked.text == "".join(before + words for before, words in pieces)
    for at, char in enumerate(unlinked.text):
        start, end = unlinked.span((at, at + 1))
        assert text[start:end] == char
