"""A quotation behind somebody's action, under a line that names its author, or without its closing mark."""

import pytest

from tests.speech.reader import article


def named(language, text, words):
    """The speakers of the utterances that hold the words."""
    quotes = article(text, language=language).quotes
    return [q.speaker.name if q.speaker else None for q in quotes if words in text[q.start : q.end]]


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        (
            "en",
            "“The ferry is dead,” said Ada Moor. Asked about it, Jo Lind laughed. “She always says that.”",
            "always",
        ),
        (
            "en",
            "“The ferry is dead,” said Ada Moor. Jonas Lind shook his head. “That is far too early for us.”",
            "early",
        ),
        ("de", "„Die Fähre ist tot“, sagte Ada Moor. Jonas Lind lachte. „Das sagt sie immer über uns.“", "immer"),
        ("ru", "«Парома не будет», — сказала Ада Мур. Йонас Линд засмеялся. «Она всегда так говорит».", "всегда"),
        (
            "fr",
            "« Le bac est mort », a dit Ada Moor. Jonas Lind secoue la tête. « Elle dit toujours cela. »",
            "toujours",
        ),
        ("es", "«El ferri ha muerto», dijo Ada Moor. Jonas Lind sonrió. «Ella siempre dice lo mismo».", "siempre"),
    ],
)
def test_a_quotation_behind_an_action_is_not_the_last_speakers(language, text, words):
    assert "Ada Moor" not in named(language, text, words)
    assert "Ада Мур" not in named(language, text, words)


def test_a_quotation_behind_the_speakers_own_action_may_be_hers():
    text = "“The ferry is dead,” said Ada Moor. “We will build a bridge instead of it.”"
    assert named("en", text, "instead") == ["Ada Moor"]


@pytest.mark.parametrize(
    "line", ["And from Mayor Ada Moor:", "Statement of Deputy Minister Ada Moor:", "Remarks by Ada Moor:"]
)
def test_a_line_above_a_quotation_names_its_author(line):
    text = f"The towns welcomed the report.\n\n{line}\n\n“The ferry will stop, and the bridge should come soon.”\n"
    assert named("en", text, "bridge should") == ["Ada Moor"]


@pytest.mark.parametrize(
    ("language", "text", "narration"),
    [
        (
            "en",
            '"The ferry stops in May and nobody will pay, Moor said on Monday.\n\nThe hall was full. "Thank you," she said.',
            "Moor said",
        ),
        ("en", "“The ferry stops in May and nobody will pay, she said on Monday.\n\nThe hall was full.", "she said"),
        ("de", "„Die Fähre fährt bis Mai, sagte Ada Moor am Montag.\n\nDer Saal war voll.", "sagte Ada"),
    ],
)
def test_a_missing_closing_mark_pulls_no_narration_in(language, text, narration):
    quotes = article("Ada Moor came.\n\n" + text, language=language).quotes
    direct = [("Ada Moor came.\n\n" + text)[a:b] for q in quotes if q.kind == "direct" for a, b in q.spans]
    assert direct
    assert not any(narration in words for words in direct)


@pytest.mark.parametrize("words", ["The ferry must stay. No more waiting.", "“The ferry must stay. No more waiting.”"])
def test_a_post_set_with_its_handle_is_its_authors_of_that_day(words):
    text = f"The mayor reacted in the evening.\n\n{words}\n\n— Ada Moor (@adamoor) March 10, 2024\n\nNobody answered."
    (post,) = article(text, language="en").quotes
    assert (post.kind, post.speaker.name, str(post.said.first)) == ("post", "Ada Moor", "2024-03-10")
    assert text[post.start : post.end] == words
