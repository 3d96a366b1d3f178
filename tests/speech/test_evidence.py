"""How a reading knows what it tells: the same facts for the command and for the page."""

import json

import pytest

from tracker.speech import jsonl

OPENING = "The bridge opened on Monday. Foreign minister Mara Lind was there. "


def facts(text, number=-1, **row):
    line = json.dumps({"id": "x", "text": text, "published": "2024-03-06", "language": "en", **row})
    answer = jsonl.answer(line, explain=True)
    return {fact["name"]: fact for fact in answer["quotes"][number]["why"]["facts"]}


@pytest.mark.parametrize(
    ("text", "name", "value", "words"),
    [
        (OPENING + "“The toll stays as it is,” she said.", "speaker", "Mara Lind", "she"),
        (OPENING + "“The toll stays as it is,” Lind said.", "speaker", "Mara Lind", "Lind"),
        ("“The toll stays as it is,” Mara Lind said on Monday.", "day", "2024-03-04", "Monday"),
        ("“The toll stays as it is,” Mara Lind said on 1 March.", "day", "2024-03-01", "1 March"),
        ("Mara Lind denied on Monday that the toll would rise.", "polarity", "denied", "denied"),
        ("“The toll stays as it is,” Mara Lind said.", "polarity", "affirmed", "said"),
    ],
)
def test_each_fact_has_its_value_and_the_words_that_tell_it(text, name, value, words):
    fact = facts(text)[name]
    assert fact["value"] == value
    assert words in " ".join(fact["words"])
    assert fact["rule"]


def test_the_chain_leads_from_the_words_beside_the_quote_to_the_name():
    assert facts(OPENING + "“The toll stays as it is,” she said.")["speaker"]["words"] == ["she", "Mara Lind"]


def test_what_is_not_known_says_so():
    fact = facts("“The toll stays as it is,” the other man said.")
    assert (fact["speaker"]["value"], fact["day"]["value"]) == ("not resolved", "unknown")


def test_the_reader_is_named():
    assert facts("“The toll stays as it is,” Mara Lind said.")["reader"]["value"]


def test_without_explain_nothing_is_added():
    line = json.dumps({"id": "x", "text": "“The toll stays as it is,” Mara Lind said."})
    assert "why" not in jsonl.answer(line)["quotes"][0]
