import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.speech import anchor, excerpts
from tracker.speech.wording import plain_marks

OLD = "Lind spoke. “We need the bridge,” she said. Later: “We need the bridge,” she said again."


def stands(exact: str, new: str, old: str = OLD) -> bool:
    return anchor.still_stands(exact, old[old.index(exact) + len(exact) :], plain_marks(new))


def test_words_stand_wherever_they_have_moved():
    assert stands("“We need the bridge,”", f"A new first line. {OLD}")


def test_a_similar_sentence_is_never_taken_for_it():
    assert not stands("“We need the bridge,”", OLD.replace("the bridge", "a bridge"))
    assert not stands("“We need the bridge,”", OLD.replace("bridge,”", "bridges,”"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("“It’s the toll — now,” Lind said.", '"It\'s the toll - now," Lind said.'),
        ("« Non ! », dit-il", "“Non!”, dit-il"),
        ("„Der Zoll bleibt …“, sagte Lind", "»Der Zoll bleibt...«, sagte Lind"),
        ("‘We need “the toll” now,’ Lind said", "“We need ‘the toll’ now,” Lind said"),
        ("‟We need\u00a0the toll,”", "''We need the toll,''"),
    ],
)
def test_marks_of_another_style_are_no_other_words(old, new):
    assert stands(old, new, old)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The toll will stay.", "The toll will not stay."),
        ("It costs 100.", "It costs 10 million."),
        ("dont", "don’t"),
        ("It is “a gift”.", "It is a gift."),
    ],
)
def test_other_words_are_and_so_is_the_loss_of_marks(old, new):
    assert not stands(old, new, old)


def test_words_that_run_on_where_they_had_ended_are_others():
    assert not stands("The ministry will pay", "The ministry will pay nothing.", "The ministry will pay.")
    assert stands("The ministry will pay", "The ministry will pay, Lind said.", "The ministry will pay.")


def test_selectors_follow_the_web_annotation_model():
    quote, position = anchor.selectors("before exact after", 7, 12)
    assert quote == {"type": "TextQuoteSelector", "exact": "exact", "prefix": "before ", "suffix": " after"}
    assert position == {"type": "TextPositionSelector", "start": 7, "end": 12}


def fragment(text: str, exact: str, number: int = 0) -> str:
    start = [match.start() for match in re.finditer(re.escape(exact), text)][number]
    return anchor.text_fragment(text, start, start + len(exact))


def test_text_fragments_escape_what_has_a_meaning_in_them():
    assert fragment("It is a well-known, R&D thing.", "a well-known, R&D") == "#:~:text=a%20well%2Dknown%2C%20R%26D"
    assert fragment("Es heißt „Maut – jetzt“.", "Maut – jetzt") == "#:~:text=Maut%20%E2%80%93%20jetzt"


def test_the_marks_at_the_edges_of_a_quote_are_left_out_of_its_link():
    assert fragment("Lind: “We need it,” she said.", "“We need it,”") == "#:~:text=We%20need%20it"


def test_the_words_around_a_quote_stand_in_its_link_only_where_they_are_needed():
    twice = "At noon: we need it. At night: we need it. That was all."
    assert fragment(twice, "we need it", 0) == "#:~:text=we%20need%20it"
    assert fragment(twice, "we need it", 1) == "#:~:text=it.%20At%20night%3A-,we%20need%20it"


def test_a_browser_takes_whole_words_and_no_notice_of_case():
    assert fragment("The roadside. A road.", "road") != "#:~:text=roadside"
    assert fragment("The roadside. A road.", "road", 1) == "#:~:text=road"
    assert fragment("WE NEED IT. Then: we need it.", "we need it") == "#:~:text=NEED%20IT.%20Then%3A-,we%20need%20it"


def test_a_long_quote_is_written_by_its_first_and_last_words():
    words = " ".join(f"word{number}" for number in range(90))
    found = fragment(f"Lind said: {words}. The end.", words)
    assert found == "#:~:text=" + "%20".join(f"word{n}" for n in range(5)) + "," + "%20".join(
        f"word{n}" for n in range(85, 90)
    )


def test_a_quote_over_two_paragraphs_is_written_by_both_ends():
    text = "She said: “One thing is the toll.\n“The other is the law,” and went."
    assert fragment(text, "One thing is the toll.\n“The other is the law") == (
        "#:~:text=One%20thing%20is%20the%20toll.,%E2%80%9CThe%20other%20is%20the%20law"
    )


def test_a_link_keeps_the_fragment_it_has():
    assert anchor.link_to("https://a.example/x", "a b c", 2, 3) == "https://a.example/x#:~:text=b"
    assert anchor.link_to("https://a.example/x#top", "a b c", 2, 3) == "https://a.example/x#top:~:text=b"
    assert anchor.link_to("https://a.example/x", "… “” …", 0, 6) == "https://a.example/x"


def read_directive(text: str, directive: str) -> tuple[int, int] | None:
    """Where a browser goes, written from the specification and apart from the code under test."""
    parts = [unquote(part) for part in directive.removeprefix("#:~:text=").split(",")]
    raw = directive.removeprefix("#:~:text=").split(",")
    prefix = parts.pop(0)[:-1] if raw[0].endswith("-") else ""
    suffix = parts.pop()[1:] if raw[-1].startswith("-") else ""
    flat: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        if char.isspace():
            if flat and flat[-1] == " ":
                continue
            char = " "  # noqa: PLW2901 - as a browser sees it
        flat.append(char)
        places.append(place)
    line = "".join(flat)
    last = re.compile(rf"(?<!\w){re.escape(parts[-1])}(?!\w)")
    for head in re.finditer(rf"(?<!\w)(?={re.escape(parts[0])}(?!\w))", line):
        start = head.start()
        if not line[:start].rstrip().endswith(prefix):
            continue
        ends = (
            [start + len(parts[0])]
            if len(parts) == 1
            else [m.end() for m in last.finditer(line, start + len(parts[0]))]
        )
        for end in ends:
            if line[end:].lstrip().startswith(suffix):
                return places[start], places[end - 1] + 1
    return None


SOME = ["toll", "road", "we", "need", "it", "now,", "R&D", "well-known", "“no”", "5%", "Straße"]
WORDS = st.lists(st.sampled_from(SOME), min_size=3, max_size=60)


@given(WORDS, st.integers(0, 59), st.integers(1, 20), st.integers(0, 8))
def test_a_directive_leads_to_its_own_place_or_there_is_none(words, first, length, breaks):
    words = [word + ("\n" if breaks and number % (breaks + 2) == 0 else "") for number, word in enumerate(words)]
    text = " ".join(words)
    first %= len(words)
    start = len(" ".join(words[:first])) + (1 if first else 0)
    end = start + len(" ".join(words[first : first + length]))
    directive = anchor.text_fragment(text, start, end)
    assert re.fullmatch(r"(#:~:text=[A-Za-z0-9_.~%,-]+)?", directive)
    if directive:
        went = read_directive(text, directive)
        bare = [place for place in range(start, end) if text[place].isalnum()]
        assert went == (bare[0], bare[-1] + 1)


@given(st.text(max_size=120), st.integers(0, 120), st.integers(0, 120))
def test_selectors_and_directives_of_any_text_never_fail(text, start, end):
    start, end = sorted((min(start, len(text)), min(end, len(text))))
    quote, position = anchor.selectors(text, start, end)
    assert text[position["start"] : position["end"]] == quote["exact"]
    around = text[max(0, start - anchor.CONTEXT) : end + anchor.CONTEXT]
    assert around == f"{quote['prefix']}{quote['exact']}{quote['suffix']}"
    anchor.text_fragment(text, start, end)


def test_what_a_changed_quote_reads_now_ends_with_its_marks():
    exact = "“It is not whether we pay the toll, but what we need to do practically to pay it”"
    new = "He came late. “It is not whether we pay the toll, but what we need to do […] to pay it,” Lind told them."
    assert anchor.now_reads(exact, new) == "“It is not whether we pay the toll, but what we need to do […] to pay it,”"


def test_what_a_changed_quote_reads_now_is_shown_and_never_taken_for_it():
    new = "A line before. “Tarvin’s offer is no offer at all,” Lind said. A line after."
    assert "Tarvin’s offer is no offer at all" in anchor.now_reads("“Tarvins offer is no offer at all,”", new)
    assert anchor.now_reads("“Tarvins offer is no offer at all,”", "Nothing of it is here.") is None
    assert not anchor.still_stands("“Tarvins offer is no offer at all,”", "", plain_marks(new))


@given(st.text("ab .\n”", max_size=80), st.integers(0, 79), st.integers(1, 10), st.integers(0, 3))
def test_an_excerpt_holds_its_quotes_whole(text, start, length, sentences):
    if start + length > len(text):
        return
    parts = excerpts.around(text, [(start, start + length)], sentences)
    assert any(first <= start and start + length <= last for first, last in parts)
    assert excerpts.around(text, [], sentences) == []


def test_an_excerpt_takes_so_many_sentences_on_both_sides():
    text = "One. Two. “Three,” she said. Four. Five. Six.\nSeven."
    start = text.index("“")
    [(first, last)] = excerpts.around(text, [(start, start + 8)], 1)
    assert text[first:last].strip() == "Two. “Three,” she said. Four."
    assert excerpts.around(text, [(start, start + 8)], 9) == [(0, len(text))]


@given(st.text(max_size=200), st.integers(0, 200), st.integers(0, 200))
def test_a_kept_place_always_holds_and_another_text_never_does(text, start, end):
    if 0 <= start < end <= len(text):
        exact = text[start:end]
        assert anchor.holds(text, start, end, exact, anchor.sha256(exact))
        assert not anchor.holds(text, start, end, exact + "x", anchor.sha256(exact))
