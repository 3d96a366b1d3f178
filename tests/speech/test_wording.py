import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.speech import same_statement, wording

LONG = (
    "At the opening and in the preparations for it, we’re not discussing a toll. What we are discussing is how to bring "
    "the two shores closer together, and the talks go on"
)


@pytest.mark.parametrize(
    "other",
    [
        LONG,
        "we're not discussing a toll",
        "What we are discussing is how to bring the two shores closer together",
        LONG.replace("’", "'").replace(", ", " "),
        "At the opening and in the preparations for it, we’re not discussing a toll … how to bring the two shores closer",
        "At the opening [in March] and in the preparations for it, we’re not discussing a toll",
        "we are not discussing a toll. What we are discussing is how to bring the two shores closer together",
    ],
)
def test_trimmed_and_re_punctuated_copies_are_the_same_utterance(other):
    assert same_statement.is_same_wording(LONG, other)
    assert same_statement.is_same_wording(other, LONG)


@pytest.mark.parametrize(
    "other",
    [
        "we’re discussing a toll. What we are discussing is how to bring the two shores closer together",
        LONG.replace("we’re not", "we’re"),
        LONG.replace("how to", "how never to"),
        LONG.replace("two shores", "3 shores"),
        "The bridge is a gift to both shores and nobody will take it away",
        "not discussing",
        "",
    ],
)
def test_a_negated_a_counted_or_another_copy_never_is(other):
    assert not same_statement.is_same_wording(LONG, other)
    assert not same_statement.is_same_wording(other, LONG)


def test_every_negation_of_a_list_of_statements_is_told_apart():
    for verb in ("will", "shall", "can", "must", "should", "would", "could"):
        said = f"Norland {verb} raise the toll on the bridge before the winter, and everybody knows it"
        assert not same_statement.is_same_wording(said, said.replace(verb, f"{verb} not", 1))
        assert not same_statement.is_same_wording(said, said.replace(f"{verb} raise", f"{verb} never raise"))


def test_fold_unites_case_accents_quotes_and_hidden_characters():
    assert wording.fold("Orbán’s “open\u00addoor” \u200bNATO") == "orbans open door nato".replace(
        "open door", "opendoor"
    )
    assert wording.fold("it’s") == wording.fold("it's") == "its"


def test_shared_runs_of_five_words_share_a_fingerprint():
    one = wording.fingerprints(wording.fold(LONG))
    other = set(wording.grams(wording.fold("someone said we’re not discussing a toll at all")))
    assert one & other


def test_words_that_share_little_differ_as_whole_words():
    assert [piece.text for piece in wording.difference("ready to issue", "ready the issue")] == [
        "ready",
        " to",
        " the",
        " issue",
    ]


def test_a_difference_is_found_to_one_character():
    pieces = wording.difference("the supporters are here", "the supporter's are here")
    assert [(piece.kind, piece.text) for piece in pieces] == [
        ("same", "the supporter"),
        ("new", "'"),
        ("same", "s are here"),
    ]
    assert wording.counts(wording.difference("we will not go", "we will go now")) == (1, 1)


@given(st.text(max_size=200), st.text(max_size=200))
def test_a_difference_gives_both_texts_back(old, new):
    pieces = wording.difference(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "new") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "gone") == new


@given(st.text(max_size=300))
def test_any_text_is_folded_once_and_for_all(text):
    folded = wording.fold(text)
    assert wording.fold(folded) == folded
    assert wording.fingerprints(folded) == wording.fingerprints(folded)


@given(st.text(max_size=120), st.text(max_size=120))
def test_same_utterance_never_fails_and_does_not_depend_on_the_order(one, other):
    assert same_statement.is_same_wording(one, other) == same_statement.is_same_wording(other, one)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("okland", "Økland"),
        ("pawel", "Paweł"),
        ("ispartali", "Ispartalı"),
        ("thordur", "Þórður"),
        ("naeve", "Næve"),
        ("erdogan", "Erdoğan"),
        ("strasse", "Straße"),
        ("dokic", "Đokić"),
        ("coeur", "Cœur"),
        ("гонгадзе", "Ґонгадзе"),
    ],
)
def test_a_name_is_found_as_another_keyboard_types_it_and_as_it_is_printed(typed, printed):
    assert wording.fold(typed) == wording.fold(printed) == wording.fold(printed.upper().replace("ẞ", "SS"))


@given(st.text())
def test_folding_is_what_its_rule_says_letter_by_letter(text):
    plain = unicodedata.normalize("NFKD", wording.visible(text)).translate(wording.APOSTROPHES).casefold()
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    assert wording.fold_letters(text) == " ".join(word.replace("'", "") for word in wording.WORD.findall(plain))
