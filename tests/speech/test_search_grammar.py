"""What is typed into the search becomes a query, whatever it is."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.speech.search import tokens
from tracker.speech.search.grammar import MOST_TERMS, Term, narrowed, parse
from tracker.speech.search.marks import mark


def test_words_are_all_wanted():
    assert parse("bridge toll").wanted == ((Term(("bridge",)),), (Term(("toll",)),))


@pytest.mark.parametrize(
    "typed", ['"bridge toll"', "“bridge toll”", "„bridge toll“", "«bridge toll»", "bridge-toll", '"bridge toll']
)
def test_words_in_marks_or_with_a_hyphen_are_a_row(typed):
    assert parse(typed).wanted == ((Term(("bridge", "toll"), is_exact=True),),)


def test_a_star_ends_a_beginning_and_a_minus_leaves_out():
    query = parse("memb* -toll -“open door”")
    assert query.wanted == ((Term(("memb",), is_prefix=True),),)
    assert query.unwanted == (Term(("toll",)), Term(("open", "door"), is_exact=True))


def test_or_joins_the_two_words_around_it_only():
    assert [len(group) for group in parse("a1 b1 OR c1 d1").wanted] == [1, 2, 1]
    assert [len(group) for group in parse("OR bridge OR").wanted] == [1, 1, 1]


def test_fields_are_read_and_what_is_none_is_words():
    query = parse('speaker:"Ada Moor" topic:toll source:Courier kind:direct before:2024-03-10 after:2024-02 10:41')
    assert (query.speakers, query.topic, query.source, query.kind) == (("Ada Moor",), "toll", "Courier", "direct")
    assert (query.first, query.last) == (date(2024, 3, 1), date(2024, 3, 9))
    assert query.wanted == ((Term(("10", "41"), is_exact=True),),)


@pytest.mark.parametrize(
    ("year", "first"), [("2023", date(2024, 1, 1)), ("2023-12", date(2024, 1, 1)), ("2023-02-28", date(2023, 3, 1))]
)
def test_after_a_year_a_month_or_a_day_is_the_day_behind_it(year, first):
    assert parse(f"after:{year}").first == first


@pytest.mark.parametrize(
    "typed", ["before:2023-13-01", "after:soon", "after:2023-02-30", "after:9999", "before:0001-01-01"]
)
def test_a_day_that_is_none_is_said_in_a_sentence(typed):
    (problem,) = parse(f"toll {typed}").problems
    assert "names no day" in problem


def test_any_of_several_speakers_does_and_a_second_topic_is_said_to_be_too_many():
    assert parse("speaker:moor speaker:lind").speakers == ("moor", "lind")
    assert "Only one topic" in parse("topic:toll topic:ferry").problems[0]


def test_too_many_words_are_said():
    many = parse(" ".join(f"w{number}" for number in range(200)))
    assert len(many.wanted) == MOST_TERMS
    assert f"first {MOST_TERMS} words" in many.problems[0]


def test_fields_of_a_form_stand_beside_what_is_typed():
    query = narrowed(parse("toll speaker:moor"), speakers=None, topic="bridge", first=date(2024, 1, 1))
    assert (query.speakers, query.topic, query.first) == (("moor",), "bridge", date(2024, 1, 1))


@given(st.text(max_size=300))
def test_whatever_is_typed_is_a_query_without_operators_of_a_database(typed):
    query = parse(typed)
    for term in (*query.unwanted, *(term for group in query.wanted for term in group)):
        assert term.words
        assert all(word == "".join(char for char in word if char.isalnum() or char == "_") for word in term.words)
    tokens.sqlite_expression(query)
    tokens.postgresql_expression(query)


@given(st.text(max_size=200), st.text(max_size=30))
def test_marking_changes_no_letter(text, typed):
    assert "".join(run.text for run in mark(text, parse(typed))) == text


@pytest.mark.parametrize(
    ("typed", "marked"),
    [
        ("invite", ["invitation", "invited"]),
        ('"the bridge"', ["the bridge", "the bridge"]),
        ("vill*", ["Villages"]),
        ("age", []),
        ("feast NATO", ["feast"]),
    ],
)
def test_the_words_looked_for_are_marked(typed, marked):
    text = "Villages got an invitation to Moor’s feast: the bridge of the bridge-keepers invited them."
    found = [run.text for run in mark(text, parse(typed)) if run.marked]
    assert found == marked


def test_words_of_another_language_have_their_own_stems():
    assert tokens.stem("invitation", "en") != tokens.stem("invitation", "fr")
    assert tokens.stem("приглашения", "ru") == tokens.stem("приглашение", "ru")
    assert tokens.stem("запрошення", "uk") is None
