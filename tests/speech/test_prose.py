"""Any news prose is read: documents of a grammar, right and wrong, in every language the reader has data for."""

import json
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.speech.prose import document
from tracker.speech import jsonl
from tracker.speech.dates.article import Dating
from tracker.speech.reading import KnownOffice, KnownSpeaker, Quote, read

KNOWN = (
    KnownSpeaker(
        "Ada Moor", ("Moor", "Анна Морова"), "person", (KnownOffice("Finance Minister", "Norland", date.min),)
    ),
    KnownSpeaker("Bo Lind", offices=(KnownOffice("Mayor", None, date(2024, 5, 16), date.max),)),
    KnownSpeaker("Mara Lind", ("Lind",)),
    KnownSpeaker("Norland", kind="body"),
)

LONG_RUN = 20_000
"""Documents read by hand now and then: ``python -m tests.speech.test_prose``; the suite reads EXAMPLES of them."""
EXAMPLES = 300


@settings(max_examples=EXAMPLES, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32).map(Random))
def test_any_news_prose_is_read(random):
    check(document(random))


@pytest.mark.parametrize(
    "text",
    [
        "Ada Moor said on Wednesday, May 15, 2024: “I am for it, we should raise the bridge toll soon.”",
        "… said on Wednesday, May 15, 2024: “I am for it, we should raise the bridge toll soon.”",
        "said Monday: “No.” said Tuesday: “Yes, we are for it.” Ada Moor said on Monday: “We must talk.”",
        "On Monday, said: “I am for it, we need it.”",
        "С ее слов, мост нужен в мае 2024 года.",
        "По словам ее, мост нужен.\n\nС ее слов мост (14 мая) нужен, сказала она.",
    ],
)
def test_a_clause_that_names_a_day_and_nobody_is_read(text):
    for published in ("2024-05-16", None):
        check({"id": "1", "text": text, "published": published})


def test_a_line_the_reader_raises_at_is_answered_with_its_id_and_one_sentence(monkeypatch):
    read_days = Dating.said

    def stumble(self):
        # The one stand-in: the reader never raises, so a text it raises at has to be made.
        if "stumble" in self.doc.text:
            raise TypeError("'<' not supported\nbetween these")
        return read_days(self)

    monkeypatch.setattr(Dating, "said", stumble)
    quote = "Ada Moor said on Monday: “We need the bridge, and we need it now.”"
    lines = [json.dumps({"id": name, "text": text}) for name, text in
             (("a", quote), ("b", f"stumble. {quote}"), ("c", f"{quote} Yes."))]  # fmt: skip
    lines.insert(1, "{")
    first, broken, stumbled, last = jsonl.answers(lines)
    assert (first["id"], len(first["quotes"]), last["id"], len(last["quotes"])) == ("a", 1, "c", 1)
    assert broken["id"] is None
    assert stumbled == {
        "id": "b",
        "error": "the reader stopped (TypeError): a fault of this program, please report it with the document",
    }
    assert jsonl.answer(lines[2]) == stumbled


def check(row: dict[str, Any]) -> int:
    """Read one document and prove what every reading keeps; how many utterances it gave."""
    name, manuscript = jsonl.document(json.dumps(row))
    reading = read(manuscript)
    for known in (reading, read(replace(manuscript, known=KNOWN))):
        for quote in known.quotes:
            _check_places(manuscript.text, quote)
            _check_days(quote)
        assert [q.start for q in known.quotes] == sorted(q.start for q in known.quotes)
    answer = json.loads(json.dumps(jsonl.answer(json.dumps(row), explain=True)))
    assert answer["id"] == name
    assert len(answer["quotes"]) == len(reading.quotes)
    return len(reading.quotes)


def _check_places(text: str, quote: Quote) -> None:
    assert 0 <= quote.start < quote.end <= len(text)
    assert text[quote.start : quote.end].strip()
    assert quote.spans[0][0] == quote.start
    assert quote.spans[-1][1] == quote.end
    at = quote.start
    for start, end in quote.spans:
        assert at <= start < end <= quote.end
        at = end
    places = [quote.cue, quote.question, quote.said.basis if isinstance(quote.said.basis, tuple) else None]
    if quote.condition:
        assert quote.start <= quote.condition[0] < quote.condition[1] <= quote.end
    if quote.speaker:
        places += quote.speaker.chain
        if quote.speaker.text:
            places.append((quote.speaker.start, quote.speaker.end))
            assert text[quote.speaker.start : quote.speaker.end] == quote.speaker.text
        assert quote.speaker.name is None or quote.speaker.name.strip()
    for place in places:
        if place is not None:
            assert 0 <= place[0] < place[1] <= len(text)


def _check_days(quote: Quote) -> None:
    said = quote.said
    if said.precision == "unknown":
        assert (said.first, said.last, said.basis, said.conflict) == (None, None, None, None)
        return
    assert isinstance(said.first, date)
    assert isinstance(said.last, date)
    assert said.first <= said.last
    assert said.basis is not None
    first, last = said.first, said.last
    if said.precision == "day":
        assert first == last
    elif said.precision == "month":
        assert (first.day, first.year, first.month) == (1, last.year, last.month)
    elif said.precision == "year":
        assert (first.month, first.day, first.year) == (1, 1, last.year)
    else:
        assert said.precision == "range"


if __name__ == "__main__":
    print(sum(check(document(Random(number))) for number in range(LONG_RUN)), "utterances")  # noqa: T201 - run by hand
