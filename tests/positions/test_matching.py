import pytest

from tracker.positions import matching
from tracker.positions.passage import Passage

RULES = {"any": ["bridge toll", '"the crossing"'], "all": [], "none": ["troll"]}
SWEDEN = {"name": "Sweden’s accession to NATO", "any": ["Sweden join NATO"]}


def match(text, rules, before="", *, name="", description="", **around):
    around.setdefault("language", "en")
    return matching.match(Passage(text=text, before=before, **around), matching.rule_of(name, description, rules))


def terms(*args, **kwargs):
    found = match(*args, **kwargs)
    return found.terms if found else None


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
    assert terms("Norland wants a fee", rules) == ("Norland", "fee")
    assert match("Norland wants nothing", rules) is None
    assert match("Everybody wants a fee", rules) is None


def test_a_star_matches_any_ending():
    assert match("Ukraine’s Beitrittsperspektive", {"any": ["beitritt*"]}) is not None


def test_a_statement_is_read_with_the_sentence_before_it_but_never_by_that_alone():
    rules = {"any": ["bridge toll"]}
    assert match("A toll is fair", rules, "They spoke about the bridge.") is not None
    assert match("The weather is fine", rules, "They spoke about the bridge toll.") is None


@pytest.mark.parametrize(
    ("language", "phrase", "text"),
    [
        ("en", "invite Norland", "The invitations to Norland were written"),
        ("de", "Brücke gesperrt", "Die gesperrten Brücken sind alt"),
        ("fr", "fermer le pont", "Nous fermerons les ponts au printemps"),
        ("es", "cerrar puente", "Cerramos los puentes viejos"),
        ("sv", "avgift tunneln", "Avgifter i tunnlarna och tunneln är fel"),
        ("pl", "umowa podatki", "O umowie bez podatku nie rozmawiamy"),
        ("ru", "закрытие моста", "О закрытии мостов речи не идёт"),
        ("uk", "закриття мосту", "Про закриттям мосту йдеться"),
    ],
)
def test_the_words_of_a_phrase_match_in_the_forms_of_the_documents_language(language, phrase, text):
    assert terms(text, {"any": [phrase]}, language=language) == (phrase,)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "L’OTAN accueillera la Suède, son referendum est clos"),
        ("ru", "Швецию ждут в НАТО после того, как пройдёт референдум"),
        ("es", "Suecia y la OTAN esperan el referendum"),
        ("de", "Das Referendum über Schwedens Weg in die Nato war gut"),
        ("en", "The Swedish referendum on the Alliance is over"),
    ],
)
def test_a_country_or_body_is_found_as_each_language_calls_it(language, text):
    rules = {"any": ["Sweden NATO referendum", "референдум Швеция НАТО"]}
    assert match(text, rules, language=language) is not None


def test_other_names_are_found_by_their_sound_in_another_script():
    assert terms("Варнхольм закрывает мост", {"any": ["мост Varnholm"]}, language="ru") == ("мост Varnholm",)
    assert match("Вернер закрывает мост", {"any": ["мост Varnholm"]}, language="ru") is None


def test_a_short_name_in_capitals_is_no_small_word():
    assert match("Tell us about tariffs", {"any": ["US tariffs"]}) is None
    assert match("The US keeps its tariffs", {"any": ["US tariffs"]}) is not None


def test_a_word_is_found_inside_a_compound_where_the_language_makes_them():
    assert match("Das Brückenmautgesetz kommt", {"any": ["Brückenmaut"]}, language="de") is not None
    assert match("Overcrowding is bad", {"any": ["crowding"]}, language="en") is None


def test_a_topic_without_phrases_is_found_by_its_names_and_one_of_its_other_words():
    about = {"name": "Ceasefire in Norland"}
    assert terms("A ceasefire in Norland is near", {}, **about) == ("norland ceasefire",)
    assert match("Norland is at war", {}, **about) is None
    assert match("A ceasefire is near", {}, **about) is None


def test_a_topic_without_phrases_and_names_is_found_by_all_words_of_its_name():
    assert match("Tolls on bridges are fair", {}, name="Bridge tolls") is not None
    assert match("Bridges are fair", {}, name="Bridge tolls") is None


def test_an_answer_is_about_what_its_question_asks():
    rules = {"any": ["bridge toll"]}
    assert terms("Not this year.", rules, question="Will there be a toll on the bridge?") == (
        "bridge toll (in the question)",
    )
    assert match("Not this year.", rules, question="Will there be a bridge?") is None


def test_the_document_completes_a_phrase_whose_own_words_the_statement_has():
    around = {"title": "Sweden is to join NATO in spring", "document": "The government met."}
    assert terms("We will join as soon as we can", **SWEDEN_RULES, **around) == (
        "Sweden join NATO (with the document)",
    )
    assert match("We will go home as soon as we can", **SWEDEN_RULES, **around) is None
    assert match("Finland will join as soon as it can", **SWEDEN_RULES, **around) is None
    assert match("We will join the choir", **SWEDEN_RULES, title="Sweden and NATO", document="") is None


def test_names_that_a_preposition_ties_are_enough_where_the_document_has_another_word_of_the_topic():
    about = {"name": SWEDEN["name"], "document": "The accession takes time."}
    assert terms("Sweden’s future is in NATO", {}, **about) == ("swedens future is in nato (its names)",)
    assert match("Sweden and NATO spoke", {}, **about) is None
    assert match("Sweden’s future is in NATO", {}, name=SWEDEN["name"], document="The weather is fine.") is None


def test_what_a_description_says_the_topic_is_not_does_not_count():
    about = {"name": SWEDEN["name"], "description": "Whether Sweden becomes a member of NATO. Not: exercises."}
    assert terms("Sweden and NATO need each other, as members", {}, **about) == ("member (its description)",)
    assert match("Sweden and NATO hold exercises", {}, **about) is None


NORLAND = "Accession of Norland to NATO"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The ratification was discussed at length"),
        ("en", "Sudmark blocks everything"),
        ("de", "Sudmark hat die Reise gelobt"),
        ("fr", "Sudmark est une vieille amie"),
        ("sv", "Sudmark var med på mötet"),
        ("es", "Sudmark ya ha hablado con todos"),
    ],
)
def test_a_phrase_of_one_word_counts_only_where_the_names_of_the_topic_stand_around_it(language, text):
    rules = {"any": ["ratification", "Sudmark", "treaty of the lakes"]}
    about = {"name": NORLAND, "language": language}
    assert match(text, rules, **about) is None
    assert match(text, rules, question="Norland: NATO?", **about) is not None
    assert match(text, rules, title="Norland, NATO", **about) is not None
    assert match(text, rules, document="NATO, Norland. " + "x" * 600, **about) is not None
    assert match(text, rules, document="NATO spoke. " + "x" * 600 + " Norland", **about) is None
    assert match(text, rules, language=language, name="How countries join") is not None


def test_an_exact_phrase_of_one_word_and_one_beside_a_longer_phrase_count_as_they_are():
    assert match("The ratification was discussed", {"any": ['"ratification"']}, name=NORLAND) is not None
    rules = {"any": ["ratification", "bridge toll"]}
    assert terms("Ratification has no bridge toll", rules, name=NORLAND) == ("ratification", "bridge toll")


@pytest.mark.parametrize(
    ("word", "text"),
    [("Velmora", "Velmora muss in den Pakt"), ("ferry", "Ferries sail at night"), ("сіль", "Ціна на сіль росте")],
)
def test_single_words_count_by_themselves_where_a_topic_has_nothing_longer(word, text):
    language = {"V": "de", "f": "en"}.get(word[0], "uk")
    assert terms(text, {"any": [word, "pier"]}, name=NORLAND, language=language) == (word,)
    assert match(text, {"any": [word, "lakes and rivers"]}, name=NORLAND, language=language) is None


def test_a_lone_word_of_the_topics_own_name_is_its_subject():
    assert terms("The accession was discussed", {"any": ["accession"]}, name=NORLAND) == ("accession",)


@pytest.mark.parametrize(
    ("language", "phrase", "opening", "text"),
    [
        ("en", "bridge toll", "A toll on the bridge divides the city.", "Why wait?"),
        ("en", "bridge toll", "Tolls on bridges.", "We are where we were a year ago"),
        ("de", "Maut Brücke", "Die Maut auf der Brücke kommt.", "Warum noch warten?"),
        ("fr", "péage pont", "Le péage du pont arrive.", "Pourquoi attendre ?"),
        ("ru", "сбор мост", "Сбор за проезд по мосту введут.", "Зачем ждать?"),
        ("es", "peaje puente", "El peaje del puente llega.", "¿Por qué esperar?"),
    ],
)
def test_where_all_speak_of_the_subject_a_statement_between_them_is_about_it(language, phrase, opening, text):
    rules, about = {"any": [phrase]}, {"language": language}
    document = f"{opening} {'Wort ' * 150}"
    found = (f"{phrase} (in the text around it)",)
    assert terms(text, rules, document=document, around=f"{opening} {text}", **about) == found
    assert terms(text, rules, title=opening, around=f"{text} {opening}", **about) == found
    assert match(text, rules, document=document, around=text, **about) is None
    assert match(text, rules, document="Norland met. " * 60, around=f"{opening} {text}", **about) is None
    assert match(f"{text} Sweden", rules, document=document, around=f"{opening} {text}", language="en") is None


SWEDEN_RULES = {"rules": {"any": SWEDEN["any"]}, "name": SWEDEN["name"]}
