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


def spoken(text, title=None, language="en", kind="transcript"):
    """Who has each turn, and the words."""
    reading = read(Manuscript(text=text, title=title, language=language, kind=kind))
    return [(q.speaker.name if q.speaker else None, text[q.start : q.end]) for q in reading.quotes]


def test_a_label_may_name_constituency_and_party():
    text = (
        "Mr. Harlan Dale (Eastmark) (Ind): I beg to move the bridge.\n\nAnna Creel (Westby) (Lab): I oppose it.\n\n"
        "Mr. Dale: The bridge is safe.\n\nThe Minister of State (Edwin Pell) (Con): It opens in May."
    )
    assert [name for name, _ in spoken(text)] == ["Harlan Dale", "Anna Creel", "Harlan Dale", "Edwin Pell"]


def test_a_label_may_say_what_its_bearer_does_meanwhile():
    text = (
        "Abgeordnete Ida Brandt: Wann öffnet die Brücke?\n\n"
        "Abgeordneter Paul Kern – ein Schriftstück haltend –: Hier steht es, im Mai.\n\nAbgeordnete Ida Brandt: Danke."
    )
    assert [name for name, _ in spoken(text, language="de")] == ["Ida Brandt", "Paul Kern", "Ida Brandt"]


@pytest.mark.parametrize("clock", ["[00:01:20] ", "00:01:20 ", "(01:20) ", "[01:20.5] - "])
def test_a_time_of_the_recording_may_stand_before_a_label(clock):
    text = "\n".join(
        f"{clock}{line}" for line in ("Host: Welcome.", "Alva Renn: The bridge opens in May.", "Host: Why?")
    )
    assert (None, "Welcome.") in spoken(text)
    assert ("Alva Renn", "The bridge opens in May.") in spoken(text)


def test_a_time_of_day_before_a_place_is_no_label():
    text = "10:41 Seaford: The bridge is closed.\n11:20 Seaford: It is open.\n12:02 Westby: Ours is not.\n12:30 Seaford: Why?"
    assert read(Manuscript(text=text, language="en")).kind == "article"


@pytest.mark.parametrize(
    "label",
    ["THE WITNESS", "WITNESS 10", "A MEMBER", "THE CLERK", "Speaker_01", "SPEAKER 2", "Senior Administration Official"],
)
def test_a_role_that_anybody_may_have_is_nobodys_name(label):
    text = f"{label}: I saw the bridge fall.\n\nMR. HALE: When was that?\n\n{label}: In May, at noon."
    assert spoken(text)[0] == (None, "I saw the bridge fall.")


@pytest.mark.parametrize(
    ("label", "name"),
    [("MR. D’AMARO", "D’Amaro"), ("MS. O'BRANNIGAN", "O'Brannigan"), ("MR. MCTAVISH", "McTavish"), ("MRS. McCALE", "McCale"),
     ("MRS. SMYTHE-HOLLOWAY", "Smythe-Holloway")],
)  # fmt: skip
def test_a_name_in_capitals_is_written_as_names_are(label, name):
    assert spoken(f"MODERATOR: Good day.\n\n{label}: The bridge opens.\n\n{label}: And stays open.")[1][0] == name


SPEECH = (
    "Thank you all. We open our bridge in May.\n\nThe toll stays as it is, and I say it once more: we keep our word."
)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Remarks by President Alva Renn on the Bridge", f"THE PRESIDENT: {SPEECH}"),
        ("Remarks by Vice President Alva Renn at the Bridge Dinner", f"The White Hall\n\nTHE VICE PRESIDENT: {SPEECH}"),
        ("Statement by Minister Alva Renn", SPEECH),
        (None, f"Remarks by President Alva Renn on the Bridge\n\nSeaford, March 4, 1998\n\n{SPEECH}"),
    ],
)
def test_a_speech_with_one_label_or_none_is_hers_whom_the_heading_names(title, text):
    found = spoken(text, title, kind=None)
    assert {name for name, _ in found} == {"Alva Renn"}
    assert found[0][1].startswith("Thank you all.")


def test_an_article_about_a_statement_is_no_speech():
    text = "They met. “We open our bridge in May, and I mean it,” she said. The mayor said: “We do not want our bridge back.”"
    assert read(Manuscript(text=text, title="Statement by minister angers mayor", language="en")).kind == "article"


def test_what_others_call_inside_a_turn_is_no_part_of_it():
    text = (
        "Paul Kern (Wegpartei): Die Brücke öffnet im Mai. (Beifall bei der Wegpartei – Zuruf von links: Wann denn?) "
        "Die Maut bleibt.\n\nVizepräsidentin Ida Brandt: Das Wort hat Alva Renn.\n\nAlva Renn (Brückenpartei): Danke."
    )
    assert ("Paul Kern", "Die Brücke öffnet im Mai.") in spoken(text, language="de")
    assert ("Paul Kern", "Die Maut bleibt.") in spoken(text, language="de")


def test_a_short_text_never_speaks_against_the_language_that_was_told():
    assert (
        read(Manuscript(text="MR. DALE: I do.\nMS. CREEL: Nor do I.\nMR. DALE: I do.", language="en")).language == "en"
    )
