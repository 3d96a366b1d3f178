import pkgutil

import pytest

from tests.speech.reader import EXAMPLES, examples, transcript
from tracker.languages.data import languages, or_default
from tracker.languages.detect import language_of
from tracker.speech.reading import Manuscript, read
from tracker.speech.turns import cut, dialects

WHITE_HOUSE = (EXAMPLES / "dialects" / "white-house.txt").read_text("utf-8")


@pytest.mark.parametrize("example", examples("dialects"), ids=lambda e: e.name)
def test_an_example_page_is_read_as_expected(example):
    assert example.found() == example.expected


def test_every_dialect_has_an_example_that_it_alone_explains_best():
    names = {d.name for d in cut.dialects()}
    pages = {p.stem.replace("-", " ").replace("gov uk", "gov.uk"): p for p in (EXAMPLES / "dialects").glob("*.txt")}
    assert set(pages) == names, "write tests/speech/examples/dialects/<name>.txt and its .json"
    for name, page in pages.items():
        text = page.read_text("utf-8")
        language = or_default(languages().get(language_of(text, None) or ""))
        chosen = cut.choose(text, text.splitlines()[0], language)[0].name
        assert name in (chosen, "general"), page


def test_every_dialect_file_is_found():
    files = {m.name for m in pkgutil.iter_modules(dialects.__path__)}
    assert len(files) == len(cut.dialects())


def test_a_transcript_is_recognised_without_being_told():
    assert read(Manuscript(text=WHITE_HOUSE)).kind == "transcript"
    assert read(Manuscript(text="Note: it rained. Weather: wet.\n\nAda Moor came.")).kind == "article"


def test_a_question_is_never_the_words_of_the_one_who_answers():
    for quote in transcript(WHITE_HOUSE).quotes:
        words = WHITE_HOUSE[quote.start : quote.end]
        assert not (words.endswith("?") and quote.speaker.name == "Ada Moor")


def test_an_office_before_the_name_is_no_name():
    text = (
        "Prime Minister of Norland, Bo Lind: Welcome to you all.\n\nNATO Secretary General, Ada Moor: Thank you.\n\n"
        "Bo Lind: Well.\n\nAda Moor: Well."
    )
    assert {q.speaker.name for q in transcript(text).quotes} == {"Bo Lind", "Ada Moor"}


def test_a_host_asks_and_an_unidentified_voice_has_no_name():
    text = (
        "JO PARK, HOST: Good evening.\n\nADA MOOR, MINISTER: Good evening.\n\nPARK: Will it open?\n\nMOOR: It will.\n\n"
        "UNIDENTIFIED MALE: Shame!\n\nMOOR: [20:01:10] Well."
    )
    found = transcript(text).quotes
    assert [q.speaker.name for q in found] == ["Jo Park", "Ada Moor", "Jo Park", "Ada Moor", None, "Ada Moor"]
    assert text[slice(*found[3].question)] == "Will it open?"
    assert not found[5].altered


def test_a_clip_was_recorded_on_an_unknown_day():
    text = (
        "Aired March 18, 2024\n\nJO PARK, HOST: Good evening.\n\n(BEGIN VIDEO CLIP)\n\nADA MOOR, MINISTER: It opens.\n\n"
        "(END VIDEO CLIP)\n\nPARK: Well.\n\nPARK: Good night."
    )
    assert [q.said.first is None for q in transcript(text).quotes] == [False, True, False, False]


def test_initials_are_spelt_out_by_another_label():
    text = "Президент Норландии Эрик Хольм: Добрый день.\n\nЭ.Хольм: Пожалуйста.\n\nВопрос: Когда?\n\nЭ.Хольм: Завтра."
    names = {q.speaker.name for q in transcript(text, language="ru").quotes if q.speaker.role != "questioner"}
    assert names == {"Эрик Хольм"}


@pytest.mark.parametrize("example", examples("transcripts"), ids=lambda e: e.name)
def test_a_harder_page_is_read_as_expected(example):
    assert example.found() == example.expected


def test_stage_directions_are_no_words_of_the_speaker():
    words = [WHITE_HOUSE[q.start : q.end] for q in transcript(WHITE_HOUSE).quotes]
    assert not any("Laughs" in w or "END" in w for w in words)


def test_two_of_one_surname_are_candidates_and_not_picked():
    text = "MS. MOOR: Good morning, and welcome to the bridge.\n\nQ  Is it open?\n\nMS. MOOR: It is.\n\nQ  Thank you."
    text += "\n\nMS. MOOR: We thank Ada Moor and Eva Moor for the bridge."
    speaker = transcript(text).quotes[0].speaker
    assert speaker.name is None
    assert set(speaker.candidates) == {"Ada Moor", "Eva Moor"}


def test_a_written_statement_is_the_one_name_of_its_title():
    text = "The bridge will be built, and it will be paid for.\n\nWe thank all who worked for it."
    found = transcript(text, title="Statement by Finance Minister Ada Moor on the bridge").quotes
    assert {q.speaker.name for q in found} == {"Ada Moor"}


def test_a_transcript_recorded_on_one_day_and_aired_on_another_was_said_on_the_first():
    head = "Taped: March 16, 2024\nAired: March 18, 2024\n\n"
    body = "JO PARK, HOST: Good evening to you all.\n\nADA MOOR, MINISTER: Good evening.\n\nPARK: Well?\n\nMOOR: Well."
    assert {q.said.first.isoformat() for q in transcript(head + body).quotes} == {"2024-03-16"}


OPENING = """Press conference

by Secretary General Ada Moor ahead of the meeting of ministers

18 Mar. 2024

(As delivered)

Secretary General Ada Moor giving a press conference

Good morning.

Tomorrow we will meet here in Nordhaven, and I look forward to it. It will be a short but an important meeting, and our
message is one of unity. We will open the bridge that so many of you have waited for.

I thank all who have worked for it.

"""
QUESTIONS = "Question: Is it open?\n\nAda Moor: It is.\n\nQuestion: To all?\n\nAda Moor: To all.\n"


def test_opening_remarks_without_a_label_are_those_of_the_one_the_heading_names():
    first, *rest = transcript(OPENING + QUESTIONS).quotes
    assert first.speaker.name == "Ada Moor"
    assert (OPENING + QUESTIONS)[first.start : first.end].startswith("Good morning.")
    assert (OPENING + QUESTIONS)[first.start : first.end].endswith("who have worked for it.")
    assert [q.speaker.name for q in rest] == [None, "Ada Moor", None, "Ada Moor"]


def test_opening_remarks_under_two_names_are_nobodys_and_both_are_candidates():
    page = OPENING.replace("Secretary General Ada Moor ahead", "Ada Moor and Bo Lind ahead") + QUESTIONS
    first = transcript(page).quotes[0]
    assert first.speaker.name is None
    assert set(first.speaker.candidates) == {"Ada Moor", "Bo Lind"}


def test_a_header_that_only_tells_of_the_occasion_is_nobodys_words():
    head = "Press conference by Ada Moor\n\n" + "The minister came to Nordhaven to open the bridge. " * 8 + "\n\n"
    assert len(transcript(head + QUESTIONS).quotes) == 4


def test_a_colon_behind_q_belongs_to_the_label():
    page = "MS. MOOR: Hello.\n\nQ: Is it open?\n\nMS. MOOR: It is.\n\nQ: To all?\n\nMS. MOOR: To all."
    asked = [q for q in transcript(page).quotes if q.speaker.text == "Q"]
    assert {q.speaker.name for q in asked} == {None}
    assert [page[q.start : q.end] for q in asked] == [
        "Is it open?",
        "To all?",
    ]
