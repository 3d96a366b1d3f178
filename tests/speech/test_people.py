from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.speech.reader import article
from tracker.languages.data import languages
from tracker.speech.people.mentions import parse_mention
from tracker.speech.people.person_index import PersonIndex
from tracker.speech.people.resolve import Resolver
from tracker.speech.reading import KnownOffice, KnownSpeaker

EN = languages()["en"]


def speakers(text, **given_):
    return [q.speaker.name if q.speaker else None for q in article(text, language="en", **given_).quotes]


def last(text, **given_):
    return article(text, language="en", **given_).quotes[-1].speaker


def test_a_surname_is_the_person_named_in_full():
    assert last("Ada Moor came. “We need the bridge now,” Moor said.").name == "Ada Moor"


def test_two_who_bear_a_surname_are_candidates():
    found = last("Ada Moor met Eva Moor. “We need the bridge now,” Moor said.")
    assert found.name is None
    assert set(found.candidates) == {"Ada Moor", "Eva Moor"}


def test_an_office_told_in_the_text_names_its_holder():
    assert (
        last("Finance Minister Ada Moor came.\n\n“We need the bridge,” the finance minister said.").name == "Ada Moor"
    )


def test_a_former_holder_is_not_the_holder():
    text = "Former president Bo Lind came. President Ada Moor stayed.\n\n“We need the bridge,” the president said."
    assert last(text).name == "Ada Moor"


def test_an_office_nobody_is_given_stays_unresolved():
    assert last("Ada Moor came.\n\n“We need the bridge very much,” the chancellor said.").name is None


def test_an_office_is_looked_up_on_the_day():
    known = (
        KnownSpeaker("Ada Moor", offices=(KnownOffice("Chancellor", "Norland", date(2023, 1, 1), date(2024, 3, 1)),)),
        KnownSpeaker("Bo Lind", offices=(KnownOffice("Chancellor", "Norland", date(2024, 3, 2), None),)),
    )
    text = "“We need the bridge very much,” the chancellor said."
    assert last(text, known=known).name == "Bo Lind"
    assert last(text, known=known, published=date(2023, 6, 1)).name == "Ada Moor"
    assert last(text, known=known, published=date(2020, 6, 1)).name is None


def test_a_pronoun_is_the_subject_before_it():
    text = "Ada Moor met Bo Lind in Nordhaven. She praised the town.\n\n“We need the bridge very much,” she said."
    assert last(text).name == "Ada Moor"


def test_a_pronoun_after_a_surname_two_bear_goes_to_nobody_else():
    text = "Hanna Vik came. Dorothy Moor met Ty Moor. “We need the bridge,” Moor said. “We do,” she added."
    assert last(text).name is None


def test_a_pronoun_keeps_to_the_speaker():
    text = "“The toll stays,” said Ada Moor. “There is no way around it,” she said. “We have tried it,” she added."
    assert set(speakers(text)) == {"Ada Moor"}


def test_a_pronoun_does_not_go_to_a_name_inside_a_quotation():
    text = "Ada Moor spoke in Nordhaven. “Bo Lind is right about the bridge,” she said. “He is a wise man,” she added."
    assert set(speakers(text)) == {"Ada Moor"}


def test_the_chain_is_the_evidence():
    text = "Ada Moor spoke in Nordhaven.\n\n“We need the bridge very much,” she said."
    found = last(text)
    assert [text[a:b] for a, b in found.chain] == ["she", "Ada Moor"]


def test_a_word_that_opens_a_sentence_is_no_first_name():
    text = "Ada Moor spoke. Following Moor’s speech, the council met. “We need the bridge now,” Moor said."
    assert last(text).name == "Ada Moor"


def test_a_body_speaks_in_its_own_name():
    assert last("“We need the bridge very much,” the Harbour Commission said.").name == "Harbour Commission"


def test_an_unnamed_source_has_no_name():
    found = last("Ada Moor came. “We need the bridge very much,” a senior official said.")
    assert found.name is None
    assert found.text == "a senior official"


def test_two_who_speak_together_are_both_candidates():
    found = last("Ada Moor and Bo Lind said the bridge would stay open for the summer.")
    assert found.name is None
    assert found.candidates == ("Ada Moor", "Bo Lind")


@pytest.mark.parametrize(
    ("phrase", "name", "role"),
    [
        ("NATO Secretary General Ada Moor", "Ada Moor", "NATO Secretary General"),
        ("Ada Moor, the finance minister", "Ada Moor", "the finance minister"),
        ("the group’s head, Ada Moor", "Ada Moor", "the group’s head"),
        ("she", None, None),
        ("The mayor of Nordhaven, Lena Brandt,", "Lena Brandt", "The mayor of Nordhaven"),
        ("Sen. Jon Hale of Norland", "Jon Hale", "Sen."),
        ("Foreign Minister of Norland Ada Moor", "Ada Moor", "Foreign Minister of Norland"),
        ("Secretary of State Ada B. Moor", "Ada B. Moor", "Secretary of State"),
        ("Ulmia’s envoy, Norland Gov. Jo Park,", "Jo Park", "Ulmia’s envoy"),
        ("Another critic, Jo B. Park,", "Jo B. Park", "Another critic"),
        ("the Council on Foreign Affairs", "Council on Foreign Affairs", "the Council on Foreign Affairs"),
        ("one of the ministry's advisers", None, "one of the ministry's advisers"),
        ("a spokesman for Moor", None, "a spokesman for Moor"),
        ("Forecaster Dana Cole", "Dana Cole", "Forecaster"),
        ("the Republican nominee", None, "the Republican nominee"),
        ("Republican establishment figures", None, "Republican establishment figures"),
        ("Y.), a leading voice", None, "Y.), a leading voice"),
    ],
)
def test_a_source_phrase_is_taken_apart(phrase, name, role):
    found = parse_mention(phrase, 0, len(phrase), EN)
    assert (found.name, found.role) == (name, role)


@pytest.mark.parametrize(
    ("code", "phrase", "name"),
    [
        ("de", "der Präsident von Nordland, Bo Lind,", "Bo Lind"),
        ("de", "Ingenieur Karl Oster von der Universität Nordhafen", "Karl Oster"),
        ("de", "Verkehrsministeriums", "Verkehrsministerium"),
        ("ru", "глава МИД Судландии Иво Бранд", "Иво Бранд"),
        ("ru", "Хольма РИА Север", "Хольма"),
        ("ru", "президент Норландии Иван Петрович Мур", "Иван Петрович Мур"),
    ],
)
def test_a_source_phrase_of_another_language_is_taken_apart(code, phrase, name):
    assert parse_mention(phrase, 0, len(phrase), languages()[code]).name == name


def test_common_nouns_are_nobodys_name():
    for words in ("Experts", "Officials at the ministry", "Lawmakers", "A Harbour Commission official"):
        assert last(f"Ada Moor came. {words} said the bridge would stay open for years.").name is None


def test_who_is_named_only_later_is_not_meant_yet():
    text = "Ada Moor came. “We need the bridge,” Moor said. Her sister Eva Moor stayed. “We do not,” Moor said later."
    found = [q.speaker for q in article(text, language="en").quotes]
    assert found[0].name == "Ada Moor"
    assert found[-1].name is None


def test_several_who_speak_together_are_candidates():
    text = "Sens. Jo Park (D-Ore.), Ann Lee (D-Ohio) and Bo Lind (D-N.J.) said the bridge would stay open for years."
    assert last(text).candidates == ("Jo Park", "Ann Lee", "Bo Lind")


def test_an_office_in_apposition_names_its_holder():
    text = "Ada Moor, the finance minister, came. Bo Lind stayed.\n\n“We need it,” the finance minister said."
    assert last(text).name == "Ada Moor"
    text = "Bo Lind, husband of the mayor, came.\n\n“We need the bridge now,” the mayor said."
    assert last(text).name is None


def test_a_title_in_marks_is_no_person():
    register = PersonIndex("She told “Morning Talk” that Ada Moor was away.", EN, ())
    assert [p.name for p in register.people.values()] == ["Ada Moor"]


def test_initials_belong_to_the_name():
    register = PersonIndex("Vizepräsident J.D. Moor kam.", languages()["de"], ())
    assert [p.name for p in register.people.values()] == ["J.D. Moor"]


def test_case_endings_are_no_other_person():
    register = PersonIndex("Президент встретил Инну Мур. Инна Мур уехала. Бо Линду и Бо Линдом.", languages()["ru"], ())
    assert len(register.people) == 2


def test_a_german_noun_after_a_name_is_no_part_of_it():
    register = PersonIndex("Sie hat mit Ada Moor Hoffnung gemacht. Moor blieb.", languages()["de"], ())
    assert [p.name for p in register.people.values()] == ["Ada Moor"]


@given(st.text(max_size=200), st.sampled_from(sorted(languages())), st.integers(0, 200), st.integers(0, 60))
def test_any_phrase_of_any_text_is_taken_without_an_error(text, code, start, length):
    language = languages()[code]
    start = min(start, len(text))
    end = min(start + length, len(text))
    found = Resolver(PersonIndex(text, language, ()), None).mention(start, end)
    assert all(0 <= a <= b <= len(text) + 60 for a, b in found.chain)


def test_who_goes_on_is_who_has_spoken_whoever_was_named_meanwhile():
    page = (
        "Norland’s president Bo Lind said on Monday: “We want one bridge for all.” The guests were joined by the minister "
        "Tor Aske, who will speak about the cost. He added, “And we will pay for it ourselves.”\n"
    )
    assert [q.speaker.name for q in article(page).quotes if q.kind == "direct"] == ["Bo Lind", "Bo Lind"]


def test_a_country_between_office_and_name_is_no_part_of_the_name():
    page = (
        "Foreign Minister of Norland Ada Moor came to the bridge.\n\n“It is open,” Moor said.\n\n"
        "The President of the United Isles Bo Lind spoke, too. “It is,” Lind said."
    )
    assert [q.speaker.name for q in article(page).quotes if q.kind == "direct"] == ["Ada Moor", "Bo Lind"]


@pytest.mark.parametrize("thing", ["Norrik Tyle", "Ferry Quarry", "Quorn Aircraft", "Truth Parlour"])
def test_a_pronoun_is_no_place_company_or_platform(thing):
    text = f"{thing} opened in May. “We need it now more than ever,” he told reporters on Monday."
    (quote,) = article(text, language="en").quotes
    assert quote.speaker.name is None


@pytest.mark.parametrize("who", ["Adam Quorn", "Mayor Norrik Tyle"])
def test_a_pronoun_is_a_person_by_first_name_or_office(who):
    text = f"{who} opened the bridge in May. “We need it now more than ever,” he told reporters on Monday."
    (quote,) = article(text, language="en").quotes
    assert quote.speaker.name == who.removeprefix("Mayor ")
