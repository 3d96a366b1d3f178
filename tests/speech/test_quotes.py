import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.speech.reader import article
from tests.steps import steps
from tracker.languages.data import languages
from tracker.speech.quotes.english import chain
from tracker.speech.tokens import layout, marks
from tracker.speech.types import Polarity

WORDS = "we do not need the bridge"


def regions(text):
    return [text[r.start : r.end] for r in marks.regions(text, layout.paragraphs(text))]


def found(text, **given_):
    return [(q.kind, text[q.start : q.end]) for q in article(text, **{"language": "en", **given_}).quotes]


@pytest.mark.parametrize("pair", ["“”", '""', "„“", "«»", "»«", "„”", "””", "「」", "『』", "＂＂"])
def test_every_pair_of_marks_is_a_quotation(pair):
    text = f"Ada Moor said: {pair[0]}{WORDS}.{pair[1]} Then she left."
    assert regions(text) == [f"{pair[0]}{WORDS}.{pair[1]}"]


def test_tex_marks_and_single_marks_are_quotations():
    assert regions(f"Ada Moor said: ``{WORDS}.'' Then she left.") == [f"``{WORDS}.''"]
    assert regions(f"‘{WORDS},’ said Ada Moor, who didn’t stay.") == [f"‘{WORDS},’"]


def test_a_quotation_goes_over_paragraphs_that_open_the_mark_again():
    text = f"“{WORDS}.\n\n“{WORDS} at all,” Ada Moor said."
    got = article(text, language="en").quotes
    assert {q.speaker.name for q in got} == {"Ada Moor"}


def test_a_long_quotation_takes_the_source_that_stands_at_its_end():
    text = "«Мы строим мост.\n\nОн будет стоять сто лет.\n\nОн нужен всем», — сказала Ада Мур."
    got = article(text, language="ru").quotes
    assert {q.speaker.name for q in got} == {"Ада Мур"}
    assert text.index("Он будет") in {a for q in got for a, _ in q.spans}


def test_an_unclosed_mark_ends_with_its_paragraph():
    assert regions(f"She said: “{WORDS}.\n\nThe sun shone.") == [f"“{WORDS}."]


def test_a_quotation_split_by_its_clause_is_one_with_two_pieces():
    text = "“We need the bridge,” Ada Moor said, “and we need it now.”"
    (quote,) = article(text, language="en").quotes
    assert [text[a:b] for a, b in quote.spans] == ["“We need the bridge,”", "“and we need it now.”"]


def test_direct_mixed_and_indirect():
    assert found("“We need the bridge now,” Ada Moor said.") == [("direct", "“We need the bridge now,”")]
    assert found("Ada Moor said the bridge was “a gift to the north”.")[0][0] == "mixed"
    assert found("Ada Moor said the bridge would stay open.")[0][0] == "indirect"


def test_titles_and_scare_quotes_are_no_utterances():
    assert found("The “Bridge of Sighs” was built in 1602. The so-called “toll” is gone.") == []


def test_a_post_is_a_post():
    text = "“The bridge will be built this year,” Ada Moor wrote on Facebook."
    assert found(text) == [("post", "“The bridge will be built this year,”")]


def test_a_signature_names_the_speaker():
    text = "“The bridge will be built before the winter.” — Ada Moor"
    (quote,) = article(text, language="en").quotes
    assert quote.speaker.name == "Ada Moor"


def test_a_post_announced_by_the_sentence_before_has_its_author():
    text = "Here is what Ada Moor posted on X:\n\n“Sad day. We will be back. Thanks to all.”"
    (quote,) = article(text, language="en").quotes
    assert (quote.kind, quote.speaker.name) == ("post", "Ada Moor")


def test_a_headline_with_a_name_and_a_colon_is_a_statement():
    text = "Moor: Bridge toll is off the table\n\nFinance Minister Ada Moor came to Nordhaven. It rained."
    (quote,) = article(text, language="en").quotes
    assert text[quote.start : quote.end] == "Bridge toll is off the table"
    assert found("Live: Bridge toll is off the table\n\nIt rained, live, in Nordhaven.") == []


def test_what_somebody_was_asked_and_how_it_was_said_is_no_statement():
    assert found("Asked about the toll, Ada Moor laughed.") == []
    assert found("“It will not forgive us,” Ada Moor said, her voice breaking.") == [
        ("direct", "“It will not forgive us,”")
    ]
    assert found("Ada Moor did not say when.") == []


def test_who_stands_behind_the_verb_speaks():
    text = "Truck driver Bo Lind had just crossed.\n\n“He’s lucky,” said his sister, Mia Lind. “We all are.”"
    assert article(text, language="en").quotes[-1].speaker.name == "Mia Lind"


def test_a_demand_is_a_statement():
    text = "Ulmian President Ada Moor previously has pressed Bo Lind and the council to name a day for the bridge."
    assert found(text) == [("indirect", "to name a day for the bridge")]


def test_a_place_before_that_is_no_part_of_the_words():
    text = "Ada Moor said on Monday on Nord TV’s “Morning Talk” that she was “baffled by the bridge”."
    assert found(text) == [("mixed", "that she was “baffled by the bridge”")]


def test_a_party_and_state_do_not_end_a_sentence():
    text = "“We need it,” said Rep. Jo Park (D-N.Y.), a friend of the bridge. “We need it now.”"
    (quote,) = article(text, language="en").quotes
    assert quote.speaker.text == "Rep. Jo Park (D-N.Y.), a friend of the bridge"


@pytest.mark.parametrize(
    ("code", "text", "words", "name"),
    [
        ("de", "»Die See gehört niemandem«, murmelte Ada Moor.", "»Die See gehört niemandem«", "Ada Moor"),
        ("de", "Auf X schrieb Ada Moor: „Schweigen ist eine Antwort.“", "„Schweigen ist eine Antwort.“", "Ada Moor"),
        ("de", "„Wer so baut“, so Ada Moor, „der sollte gehen.“", None, "Ada Moor"),
        ("fr", "« Nous ne punirons personne », a dit la maire, Ada Moor.", "« Nous ne punirons personne »", "Ada Moor"),
        ("es", "—No me fío —dijo Ada Moor.", "No me fío", "Ada Moor"),
        ("ru", "«Мы строим мост, — сказала Ада Мур. — Он нужен»", None, "Ада Мур"),
        ("ru", "- Это катастрофа, - пожаловалась Ада Мур. - Никто не спросил.", None, "Ада Мур"),
        ("pl", "Ada Moor czekała. - Nie postawię na to domu - przyznała cicho.", "Nie postawię na to domu", "Ada Moor"),
        (
            "sv",
            "– Vi är inte där, säger Ada Moor. Vi väntar.",
            "Vi är inte där, säger Ada Moor. Vi väntar.",
            "Ada Moor",
        ),
    ],
)
def test_the_press_of_other_languages_has_ways_of_its_own(code, text, words, name):
    (quote,) = article(text, language=code).quotes
    assert words in (None, text[quote.start : quote.end])
    assert quote.speaker.name == name


def test_a_denial_carries_its_polarity():
    denied = [q.polarity for q in article("Ada Moor denied that the bridge would be closed.", language="en").quotes]
    assert denied == [Polarity.DENIED]
    said = article("Ada Moor said that the bridge would be closed.", language="en").quotes[0]
    assert said.polarity is Polarity.AFFIRMED


def test_brackets_and_ellipses_are_alterations():
    assert article("“We need [the bridge] very much,” Ada Moor said.", language="en").quotes[0].altered
    assert article("“We need … the bridge very much,” Ada Moor said.", language="en").quotes[0].altered
    assert not article("“We need the bridge very much,” Ada Moor said.", language="en").quotes[0].altered


@pytest.mark.parametrize("word", ["if", "when", "until", "unless"])
def test_a_condition_is_a_span(word):
    text = f"“We will build it {word} the money is there,” Ada Moor said."
    (quote,) = article(text, language="en").quotes
    assert text[slice(*quote.condition)] == f"{word} the money is there"


def test_a_question_is_no_condition():
    assert article("“When will it be built at last?” Ada Moor asked.", language="en").quotes[0].condition is None


MARKS = "“”„«»\"'‘’「」—–-\n .,:?![]()"
TEXTS = st.text(max_size=400) | st.text(alphabet=MARKS + "abcXYZ", max_size=400)
SENTENCES = st.lists(
    st.sampled_from(
        [
            "“We need it,” Ada Moor said. ",
            "he said ",
            "“",
            "”\n\n",
            '"',
            "on Monday ",
            "Bo Lind, who ",
            "told the Courier ",
            "that it rains. ",
            "\n",
            "(",
            "March 18, 2024",
            "’",
            "сказал ",
            "«",
            "»",
        ]
    ),
    max_size=60,
).map("".join)


@given(TEXTS | SENTENCES, st.sampled_from([None, "xx", *sorted(languages())]))
def test_any_text_gives_spans_inside_it_and_no_error(text, code):
    for quote in article(text, language=code).quotes:
        assert 0 <= quote.start < quote.end <= len(text)
        assert quote.spans[0][0] == quote.start
        assert max(b for _, b in quote.spans) == quote.end
        assert all(a < b for a, b in quote.spans)
        for span in (quote.cue, quote.condition, quote.question):
            assert span is None or 0 <= span[0] < span[1] <= len(text)
        if quote.speaker:
            assert text[quote.speaker.start : quote.speaker.end] == quote.speaker.text
        if isinstance(quote.said.basis, tuple):
            assert 0 <= quote.said.basis[0] < quote.said.basis[1] <= len(text)


@given(TEXTS | SENTENCES)
def test_regions_never_overlap(text):
    got = marks.regions(text, layout.paragraphs(text))
    for one, other in itertools.pairwise(got):
        assert one.start <= one.inner <= one.outer <= one.end <= other.start


@pytest.mark.parametrize("mark", ["“", '"', "«", "‘", "” “ ", "“a” ", "\n“"])
def test_many_marks_are_paired_in_a_few_steps_each(mark):
    text = mark * (100_000 // len(mark))
    assert steps(lambda: marks.regions(text, layout.paragraphs(text))) < 30 * len(text)


def test_a_text_full_of_marks_is_no_prose():
    assert found("“a” " * 20_000) == []
    assert found("“We need the bridge,” Ada Moor said.\n\n" * 2) != []


@given(st.lists(st.integers(0, 9), min_size=1, max_size=9), st.integers(0, 2**32 - 1))
def test_the_best_labels_are_those_a_search_through_all_finds(lengths, seed):
    import itertools

    import numpy as np

    lengths = [min(n, 5) for n in lengths[:3]]
    chance = np.random.default_rng(seed)
    scores = chance.normal(size=(sum(lengths) + 1, 3)).astype(np.float32)
    moves = chance.normal(size=(3, 3)).astype(np.float32)
    count = np.array(lengths)
    start = np.cumsum(count) - count
    labels = chain.best(start, count, scores, moves)
    for first, size in zip(start.tolist(), lengths, strict=True):
        ways = itertools.product(range(3), repeat=size)

        def worth(way, first=first):
            return sum(scores[first + i, x] for i, x in enumerate(way)) + sum(
                moves[a, b] for a, b in itertools.pairwise(way)
            )

        wanted = max(ways, key=worth)
        assert worth(labels[first : first + size].tolist()) == pytest.approx(worth(wanted), abs=1e-4)


@pytest.mark.parametrize(
    ("language", "words", "clause"),
    [
        ("en", "We will wait until now is the time", None),
        ("en", "We waited until recently, and we will go once the bridge is open", "once the bridge is open"),
        ("en", "We will wait until the bridge is open", "until the bridge is open"),
        ("de", "Die Waffen sind bis zum heutigen Tag nicht da", None),
        ("de", "Wir warten, bis die Brücke offen ist", "bis die Brücke offen ist"),
    ],
)
def test_a_mere_time_is_no_condition(language, words, clause):
    said = {"en": "Ada Moor said", "de": "sagte Ada Moor"}[language]
    text = f"“{words},” {said} on the bridge in Nordhaven."
    [quote] = article(text, language=language).quotes
    assert (text[slice(*quote.condition)] if quote.condition else None) == clause


LABELLED = """Nordhaven has opened the northern bridge.

Source: Eva Strand, the press secretary of the ministry of Norland

Quote: "We have opened the bridge, as we said we would.

The work took six years.

We thank all who waited for it."

Background:

The bridge was planned in 2018.
"""


def test_a_quotation_under_a_label_is_that_of_the_source_line_with_all_its_paragraphs():
    [quote] = [q for q in article(LABELLED).quotes if q.kind == "direct"]
    assert quote.speaker.name == "Eva Strand"
    assert LABELLED[quote.start : quote.end].startswith('"We have opened')
    assert LABELLED[quote.start : quote.end].endswith('waited for it."')


def test_a_label_may_name_its_own_speaker():
    page = LABELLED.replace("Quote:", "Quote from Ada Moor:")
    assert [q.speaker.name for q in article(page).quotes if q.kind == "direct"] == ["Ada Moor"]


def test_a_source_line_that_names_a_medium_names_no_speaker():
    page = LABELLED.replace("Eva Strand, the press secretary of the ministry of Norland", "Nordhaven News")
    assert [q.speaker for q in article(page).quotes if q.kind == "direct"] == [None]


def test_a_paragraph_in_marks_below_a_relative_clause_is_not_given_to_the_one_the_clause_is_about():
    page = (
        "Norland’s minister Ada Moor contradicts the mayor Bo Lind, who earlier stated that the bridge was closed:\n\n"
        "“The bridge has been open to all since Monday, and it will stay open.”\n"
    )
    found = article(page).quotes
    [own] = [quote for quote in found if quote.kind == "direct"]
    assert own.speaker is None
    assert page[own.start : own.end].startswith("“The bridge has been open")
    assert all(quote.end <= own.start for quote in found if quote is not own)


def test_single_marks_around_double_ones_are_the_quotation():
    text = "‘Jo Lind told me “never”, and I replied, “We’ll see”,’ Ada Moor said."
    assert regions(text) == ["‘Jo Lind told me “never”, and I replied, “We’ll see”,’"]
    assert regions(f"“{WORDS},” said Ada Moor of the ‘big’ one.") == [f"“{WORDS},”"]
    assert regions("“He called it ‘a gift to us all’ and left,” Ada Moor said.") == [
        "“He called it ‘a gift to us all’ and left,”"
    ]


def test_a_year_in_short_opens_no_quotation():
    text = "'Norland's people have waited since '91,' Ada Moor told the house, 'and they won't wait for ever.'"
    assert regions(text) == ["'Norland's people have waited since '91,'", "'and they won't wait for ever.'"]
