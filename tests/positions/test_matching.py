import pytest

from tracker.positions.matching import match

RULES = {"any": ["bridge toll", '"the crossing"'], "all": [], "none": ["troll"]}


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("The toll on the new bridge is fair", ("bridge toll",)),
        ("Bridges need tolls", ("bridge toll",)),
        ("We talked about the crossing today", ('"the crossing"',)),
        ("The bridge is old. " + "word " * 40 + "The toll is new.", None),
        ("The bridge troll wants a bridge toll", None),
        ("Nothing of the kind", None),
        ("", None),
    ],
)
def test_a_text_belongs_to_a_topic_because_of_its_terms(text, terms):
    found = match(text, RULES)
    assert (found.terms if found else None) == terms


def test_all_and_any_must_both_be_met():
    rules = {"all": ["Norland"], "any": ["toll", "fee"], "none": []}
    assert match("Norland wants a fee", rules).terms == ("Norland", "fee")
    assert match("Norland wants nothing", rules) is None
    assert match("Everybody wants a fee", rules) is None


def test_a_star_matches_any_ending():
    assert match("Ukraine’s Beitrittsperspektive", {"any": ["beitritt*"]}) is not None


def test_a_statement_is_read_with_the_sentence_before_it_but_never_by_that_alone():
    rules = {"any": ["bridge toll"]}
    assert match("A toll is fair", rules, "They spoke about the bridge.") is not None
    assert match("The weather is fine", rules, "They spoke about the bridge toll.") is None
