from hypothesis import given
from hypothesis import strategies as st

from tracker.speech import anchor

OLD = "Lind spoke. “We need the bridge,” she said. Later: “We need the bridge,” she said again."


def test_a_quote_is_found_again_where_its_neighbours_stand():
    start = OLD.rindex("We need")
    new = "A new first line. " + OLD
    found = anchor.find_again("We need the bridge", OLD, start, new)
    assert found.start == new.rindex("We need")


def test_a_similar_sentence_is_never_taken_for_it():
    assert (
        anchor.find_again("We need the bridge", OLD, OLD.index("We need"), OLD.replace("the bridge", "a bridge"))
        is None
    )


def test_one_changed_character_is_a_change():
    start = OLD.index("We need")
    assert anchor.find_again("We need the bridge", OLD, start, OLD.replace("bridge", "bridge's")) is not None
    assert anchor.find_again("We need the bridge,”", OLD, start, OLD.replace("bridge,”", "bridges,”")) is None


def test_selectors_follow_the_web_annotation_model():
    quote, position = anchor.selectors("before exact after", 7, 12)
    assert quote == {"type": "TextQuoteSelector", "exact": "exact", "prefix": "before ", "suffix": " after"}
    assert position == {"type": "TextPositionSelector", "start": 7, "end": 12}


def test_text_fragments_escape_what_has_a_meaning_in_them():
    assert anchor.text_fragment("a well-known, R&D") == "#:~:text=a%20well%2Dknown%2C%20R%26D"
    assert "," in anchor.text_fragment("word " * 100)


@given(st.text(max_size=200), st.integers(0, 200), st.integers(0, 200))
def test_a_kept_place_always_holds_and_another_text_never_does(text, start, end):
    if 0 <= start < end <= len(text):
        exact = text[start:end]
        assert anchor.holds(text, start, end, exact, anchor.sha256(exact))
        assert not anchor.holds(text, start, end, exact + "x", anchor.sha256(exact))
        assert anchor.find_again(exact, text, start, text).start <= len(text)
