"""The whole reader: its wire, its floors on an own corpus of made-up pages, and any text at all."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.speech.reader import EXAMPLES, examples
from tests.steps import steps as counted
from tracker.speech import jsonl
from tracker.speech.reading import Manuscript, read

CORPUS = [e for folder in ("dialects", "languages") for e in examples(folder)]
LEAST = {"dialects": 50, "languages": 30}
"""Utterances the corpus of each kind holds at least: a page may be added, none may go."""


def test_the_own_corpus_is_read_without_a_miss():
    for folder, least in LEAST.items():
        pages = [e for e in CORPUS if e.name.startswith(folder)]
        assert sum(len(e.expected) for e in pages) >= least
        assert [r for e in pages for r in e.found()] == [r for e in pages for r in e.expected]


def answer(**row):
    return jsonl.answer(json.dumps({"id": "1", **row}), explain=True)


def test_a_line_is_answered_with_its_quotes_and_why():
    text = "“We need the bridge very much,” Finance Minister Ada Moor said on Monday."
    (quote,) = answer(text=text, published="2024-03-20", language="en")["quotes"]
    assert text[quote["start"] : quote["end"]] == "“We need the bridge very much,”"
    assert quote["speaker"]["name"] == "Ada Moor"
    assert quote["said"]["from"] == "2024-03-18"
    assert text[quote["said"]["basis"]["start"] : quote["said"]["basis"]["end"]] == "Monday"
    assert quote["why"]["said"] == "weekday"
    assert quote["why"]["speaker"] == "name"
    assert quote["why"]["quote"] == "tagger"


def test_an_unreadable_line_is_answered_with_an_error():
    for line in ("", "{", "[]", '{"id": 1, "text": ""}'):
        assert jsonl.answer(line)["id"] is None
    for line in ('{"id": "1"}', '{"id":"1","text":"x","published":"soon"}'):
        assert jsonl.answer(line)["id"] == "1"
        assert jsonl.answer(line)["error"]


def test_documents_read_together_are_read_as_alone():
    lines = [
        json.dumps({"id": e.name, "text": e.text, "title": e.text.splitlines()[0], "published": "2024-03-20"})
        for e in CORPUS
    ]
    lines.insert(3, "{")
    long = "\n\n".join(e.text for e in CORPUS) * 3
    lines.append(json.dumps({"id": "long", "text": long, "kind": "article", "language": "en"}))
    assert jsonl.answers(lines, explain=True) == [jsonl.answer(line, explain=True) for line in lines]


def test_the_same_text_gives_the_same_reading():
    text = (EXAMPLES / "languages" / "en.txt").read_text("utf-8")
    assert read(Manuscript(text=text)) == read(Manuscript(text=text))


@given(st.text(max_size=500), st.sampled_from([None, "article", "transcript"]), st.text(max_size=40) | st.none())
def test_any_text_is_read(text, kind, title):
    for quote in read(Manuscript(text=text, title=title, kind=kind)).quotes:
        assert 0 <= quote.start < quote.end <= len(text)


@given(st.text() | st.binary().map(lambda b: b.decode("latin-1")))
def test_any_line_is_answered(line):
    assert "id" in jsonl.answer(line)


def steps(text, kind="article", code="en"):
    """Count the steps that a text takes to read."""
    return counted(lambda: read(Manuscript(text=text, kind=kind, language=code, title="Remarks by Ada Moor")))


def test_a_million_marks_are_read_whole():
    for text in ('"' * 1_000_000, "“a” " * 250_000, "“a b c d e f” he said. " * 10_000):
        assert steps(text) < 20 * len(text)


ODD = {
    "marks": "“a b c d e f” he said. ",
    "nested": "“" + "‘“" * 20 + "we need it" + "”’" * 20 + "” ",
    "said": "said ",
    "words without end": "a" * 5000 + " ",
    "no new lines": "Ada Moor told the Courier on Monday that Bo Lind, who left in 2019, said the bridge (of Sighs) stays. ",
    "capitals": "Ada Moor ",
    "days": "on Monday, March 18, 2024 ",
    "dashes": "- Nie - powiedział ",
    "brackets": "(((( [[[[ ",
    "labels": "MOOR: Well.\n",
    "blanks": " " * 1000 + "x ",
    "lines": "\n",
}


SHORT, LONG = 4_000, 32_000


@pytest.mark.parametrize("piece", ODD.values(), ids=ODD)
@pytest.mark.parametrize("code", ["en", "de", "ru"])
def test_no_text_costs_more_than_its_length(piece, code):
    """Eight times the text takes about eight times the steps, never the square; `make bench` measures the time."""

    def all_steps(size):
        text = (piece * (size // len(piece) + 1))[:size]
        return sum(steps(text, kind, code) for kind in ("article", "transcript"))

    all_steps(SHORT // 2)
    assert all_steps(LONG) < 12 * max(all_steps(SHORT), 1000)


def test_the_work_grows_with_the_length_and_not_with_its_square():
    page = (EXAMPLES / "languages" / "en.txt").read_text("utf-8").replace("Moor", "Vale")
    short, long = (steps("\n\n".join([page] * times)) for times in (10, 40))
    assert long < 4 * 1.5 * short
