from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.speech.reader import article
from tracker.languages.data import languages
from tracker.speech.dates.expressions import Clock, local_day
from tracker.speech.dates.page_lines import dateline
from tracker.speech.reading import Manuscript

WEDNESDAY = date(2024, 3, 20)
EN = Clock(languages()["en"], WEDNESDAY)


def days(text, clock=EN):
    return [(w.first.isoformat(), w.last.isoformat(), w.precision) for w in clock.find(text)]


def said(text, **given_):
    """When the last utterance of a text was said: first day, last day, conflict."""
    found = article(text, language="en", **given_).quotes[-1].said
    return (found.first and found.first.isoformat(), found.last and found.last.isoformat(), found.conflict)


UNKNOWN = (None, None, None)
MONDAY = ("2024-03-18", "2024-03-18", None)


@pytest.mark.parametrize(
    ("words", "first", "last", "precision"),
    [
        ("on Monday", "2024-03-18", "2024-03-18", "day"),
        ("on Wednesday", "2024-03-20", "2024-03-20", "day"),
        ("last Wednesday", "2024-03-13", "2024-03-13", "day"),
        ("yesterday", "2024-03-19", "2024-03-19", "day"),
        ("last night", "2024-03-19", "2024-03-19", "day"),
        ("on March 18", "2024-03-18", "2024-03-18", "day"),
        ("on 4 July", "2024-07-04", "2024-07-04", "day"),
        ("on July 23", "2023-07-23", "2023-07-23", "day"),
        ("Jul. 4, 2023", "2023-07-04", "2023-07-04", "day"),
        ("2023-07-04", "2023-07-04", "2023-07-04", "day"),
        ("earlier this week", "2024-03-18", "2024-03-20", "range"),
        ("last week", "2024-03-11", "2024-03-17", "range"),
        ("in February", "2024-02-01", "2024-02-29", "month"),
        ("in July 2023", "2023-07-01", "2023-07-31", "month"),
        ("last month", "2024-02-01", "2024-02-29", "month"),
        ("in 2008", "2008-01-01", "2008-12-31", "year"),
    ],
)
def test_an_expression_means_these_days(words, first, last, precision):
    assert days(f"She said {words} that it rained.") == [(first, last, precision)]


@pytest.mark.parametrize("words", ["until Friday", "next Monday", "may 4 people", "by Sunday", "a march 20 miles long"])
def test_what_names_no_past_day_is_left_out(words):
    assert days(f"It will stay open {words}.") == []


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("de", "am Montag"),
        ("de", "am 18. März 2024"),
        ("fr", "lundi"),
        ("es", "el lunes"),
        ("ru", "18 марта"),
        ("ru", "в понедельник"),
        ("uk", "у понеділок"),
        ("pl", "w poniedziałek"),
        ("sv", "den 18 mars"),
    ],
)
def test_days_of_other_languages(code, words):
    assert days(words, Clock(languages()[code], WEDNESDAY)) == [("2024-03-18", "2024-03-18", "day")]


def test_a_weekday_that_contradicts_its_date_gives_both_days_and_is_flagged():
    first, last, conflict = said("On Tuesday, March 20, 2024, Finance Minister Ada Moor said the bridge stays open.")
    assert (first, last) == ("2024-03-19", "2024-03-20")
    assert "contradict" in conflict


def test_days_are_counted_in_the_zone_of_the_outlet():
    late = datetime(2024, 3, 20, 2, 0, tzinfo=UTC)
    assert local_day(Manuscript(text="", published=late, timezone="America/New_York")) == date(2024, 3, 19)
    assert local_day(Manuscript(text="", published=late, timezone="No/Where")) == date(2024, 3, 20)


def test_the_publication_day_alone_dates_nothing():
    assert said("“We need the bridge very much,” Finance Minister Ada Moor said.") == UNKNOWN


def test_the_reporting_clause_dates_the_words():
    assert said("“We need the bridge very much,” Finance Minister Ada Moor told reporters on Monday.") == MONDAY


def test_a_caption_is_a_trap():
    text = (
        "Finance Minister Ada Moor speaks at the harbour in Nordhaven, Wednesday, March 13, 2024.\n\n"
        "In a press conference Monday in Nordhaven, Moor said the bridge was not in danger.\n\n"
        "“We are not discussing a toll at the moment,” Moor said in response to a question."
    )
    assert said(text) == MONDAY


def test_a_caption_alone_dates_nothing():
    text = "Ada Moor speaks in Nordhaven, Wednesday, March 13, 2024.\n\n“We need the bridge very much,” Ada Moor said."
    assert said(text) == UNKNOWN


def test_the_occasion_told_in_the_narration_dates_the_words():
    text = "Finance Minister Ada Moor spoke at a press conference on March 18.\n\n“We need the bridge now,” Moor said."
    assert said(text) == MONDAY


def test_two_days_in_the_narration_date_nothing():
    text = (
        "Finance Minister Ada Moor spoke in Nordhaven on March 18. Moor came to the harbour on March 19.\n\n"
        "“We need the bridge now,” Moor said."
    )
    assert said(text) == UNKNOWN


def test_what_was_said_before_keeps_no_date():
    text = (
        "Finance Minister Ada Moor spoke in Nordhaven on Monday.\n\n"
        "Moor has repeatedly said that the bridge “is a gift to the north of the country”."
    )
    assert said(text) == UNKNOWN


def test_a_day_to_come_is_no_said_date():
    text = "The council will meet Ada Moor on Wednesday.\n\n“We need the bridge now,” Moor said."
    assert said(text) == UNKNOWN


def test_another_interview_takes_no_day_from_the_press_conference():
    text = (
        "At a press conference on Monday, Finance Minister Ada Moor said the toll would stay.\n\n"
        "“We need the bridge,” Moor told the Courier in an interview."
    )
    assert said(text) == UNKNOWN


def test_recorded_counts_before_broadcast():
    text = (
        "Finance Minister Ada Moor recorded an interview with the Courier on Friday; it was broadcast on Sunday.\n\n"
        "“We need the bridge very much,” Moor said."
    )
    assert said(text) == ("2024-03-15", "2024-03-15", None)


@pytest.mark.parametrize(
    "text",
    [
        "Asked whether the bridge could open in February, Ada Moor said it could not be ready before the summer.",
        "Ada Moor, who left the council in 2021, said the bridge would stay open.",
        "Ada Moor told reporters after Monday’s vote that the bridge would stay open.",
        "Ada Moor, who said on Monday that she was tired, has long called the bridge “a gift to the north”.",
        "Bo Lind said on Monday that it rained. Ada Moor said the bridge would stay open.",
    ],
)
def test_a_day_of_something_else_is_no_said_date(text):
    assert said(text) == UNKNOWN


def test_the_day_of_a_briefing_is_a_said_date():
    assert said("Ada Moor said at Monday’s briefing that the bridge would stay open.") == MONDAY
    assert said("Bo Lind, who on Monday said the bridge would stay open, left.") == MONDAY


def test_a_newer_day_of_the_narration_is_the_day():
    text = (
        "“She lied to us,” Ada Moor told the Courier on Friday.\n\n"
        "At a rally in Sor on Monday, Moor sang with the crowd.\n\n“They think you are stupid,” Moor told them."
    )
    assert said(text) == MONDAY


def test_a_paragraph_that_goes_back_in_time_keeps_no_day():
    text = (
        "Ada Moor said on Monday that the toll was off.\n\n"
        "In 2019 the council built a road. Moor said the road was “a gift to the north of the country”."
    )
    assert said(text) == UNKNOWN


@pytest.mark.parametrize(
    ("code", "text", "day"),
    [
        ("de", "Er werde am Freitag eine Abstimmung beantragen, kündigte Ada Moor an.", None),
        ("de", "Laut Ada Moor sind die im Januar entdeckten Risse „harmlos und schön“.", None),
        ("ru", "Ада Мур, выступая 18 марта перед советом, заявила, что мост откроют.", "2024-03-18"),
        ("ru", "Об этом Ада Мур заявила в понедельник.\n\n«Мы не будем строить мост», — сказала Мур.", "2024-03-18"),
    ],
)
def test_days_of_reporting_clauses_in_other_languages(code, text, day):
    found = article(text, language=code).quotes[-1].said
    assert (found.first.isoformat() if found.first else None) == day


def test_a_dateline_dates_the_report():
    text = "NORDHAVEN, Norland, March 18 (Reuters) - The bridge stays.\n\n“We need the bridge now,” Ada Moor said."
    assert dateline(Clock(languages()["en"], WEDNESDAY), text).first == date(2024, 3, 18)
    assert said(text) == MONDAY


def test_the_stamp_of_a_live_report_dates_what_is_said_in_it():
    text = "Liveblog: the bridge\n\nUpdated March 18, 2024\n\n“We need the bridge very much,” Ada Moor said."
    assert said(text) == MONDAY


def test_without_a_publication_day_a_weekday_means_nothing():
    found = article("“We need the bridge now,” Ada Moor said on Monday.", language="en", published=None).quotes
    assert found[0].said.first is None


@given(
    st.text(max_size=300), st.sampled_from(sorted(languages())), st.none() | st.dates(date(1, 1, 1), date(9999, 12, 31))
)
def test_any_text_is_read_to_spans_inside_it(text, code, published):
    for when in Clock(languages()[code], published).find(text):
        assert 0 <= when.start < when.end <= len(text)
        assert when.first <= when.last


@given(
    st.dates(date(1, 1, 1), date(9999, 12, 31)),
    st.sampled_from(["Monday", "last week", "yesterday", "in May", "May 31"]),
)
def test_the_ends_of_the_calendar_are_no_accident(published, words):
    Clock(languages()["en"], published).find(f"on {words}, last {words}, {words}")
