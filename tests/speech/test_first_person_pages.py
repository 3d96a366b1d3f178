"""Pages in the first person, told by their source, title or first label; and who only gives the word."""

import pytest

from tests.speech.reader import article, transcript
from tracker.languages.data import languages
from tracker.speech.no_statement import is_kept

WORDS = """Good morning, and thank you all for coming to Nordhaven.

I want to talk to you about the bridge, and about what we owe to our friends across the sound. We have built it together.

We will keep the bridge open. That is my promise, and I will keep it.
"""
HEAD = "The President held a meeting on harbours.\n\nMarch 10, 2026\n\nNordhaven\n\n"


def read(text, title, **given):
    return article(text, **{"title": title, "kind": None, "language": "en", **given})


def speakers(reading):
    return {quote.speaker.name if quote.speaker else None for quote in reading.quotes}


def test_a_source_of_speeches_needs_no_title_that_says_so():
    assert read(WORDS, "The bridge: a promise").kind == "article"
    assert read(WORDS, "The bridge: a promise", spoken=True).kind == "transcript"


@pytest.mark.parametrize(
    "text",
    [
        "Minister Ada Moor said on Monday that the bridge would stay open. The council met in Nordhaven for two days.",
        f"“{WORDS.replace(chr(10), ' ')}” the mayor said, and she left the hall of the council in Nordhaven.",
    ],
)
def test_a_report_of_such_a_source_stays_a_report(text):
    assert read(text, "The bridge stays open", spoken=True).kind == "article"


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("President Ada Moor", "Ada Moor"),
        ("President of Norland Ada Moor", "Ada Moor"),
        ("Prime Minister Tom Stone", "Tom Stone"),
        ("Foreign Minister Ann Lee", "Ann Lee"),
        ("Chancellor Ada Moor", "Ada Moor"),
    ],
)
def test_an_office_and_a_name_that_open_a_speech_are_its_label(label, name):
    reading = read(f"{HEAD}{label}: Colleagues, good afternoon.\n\n{WORDS}", "Meeting on harbour issues")
    assert (reading.kind, speakers(reading)) == ("transcript", {name})


@pytest.mark.parametrize("label", ["Press release", "Foreign policy", "The President said", "General information"])
def test_other_words_before_a_colon_open_no_speech(label):
    assert (
        read(f"{HEAD}{label}: The bridge stays open.\n\nNobody said more.", "Meeting on harbour issues").kind
        == "article"
    )


def test_a_mayor_is_named_without_the_town():
    text = (
        "Ada Moor: How is the bridge?\n\nMayor of Nordhaven Tom Stone: It is in order.\n\nAda Moor: How much was it?\n"
    )
    assert "Tom Stone" in speakers(transcript(text, title="Meeting"))


@pytest.mark.parametrize(
    ("language", "label"),
    [
        ("en", "MODERATOR"),
        ("en", "JO PARK (moderator)"),
        ("en", "JO PARK, HOST"),
        ("en", "INTERPRETER"),
        ("de", "Moderatorin"),
        ("de", "Jo Park (Moderator)"),
        ("ru", "Ведущий"),
        ("fr", "Modérateur"),
        ("es", "Moderadora"),
        ("pl", "Prowadzący"),
    ],
)
def test_who_only_gives_the_word_makes_no_statement(language, label):
    text = (
        f"{label}: Good morning and welcome.\n\nAda Moor: The bridge will open in May, and I am glad of it.\n\n"
        f"{label}: Now the lady in the first row.\n\nAda Moor: In the autumn, when the council meets.\n\n"
        f"{label}: Thank you. This concludes our press conference."
    )
    quotes = transcript(text, language=language, title="Press conference").quotes
    kept = [q for q in quotes if is_kept(text, q, languages()[language])]
    assert (len(kept), {q.speaker.name for q in kept}) == (2, {"Ada Moor"})
