"""What a rule would catch and lose, at its border too; the words marked that count; and what is looked at of a record."""

from datetime import date

import pytest
from sqlmodel import col, select

from tests.web import seed
from tracker.positions import matching
from tracker.positions.border import border_of
from tracker.positions.matched_words import mark
from tracker.positions.matching import match, rule_of
from tracker.positions.models import ClaimTopic
from tracker.positions.passage import Passage
from tracker.positions.queries import held_statements
from tracker.positions.topic_preview import HeldStatement, Stratum, preview

HELD = 29
"""Statements of the seeded record, of which 28 are on its first topic."""
FERRY = {"any": ["night ferry harbour", "close ferry"], "none": ["ferry museum"]}


def ferry(**rules):
    return rule_of("The ferry", "", {**FERRY, **rules})


def said(text, number=1, *, day=date(2024, 3, 5), **more):
    return HeldStatement(claim_id=number, day=day, passage=Passage(text=text, language="en"), **more)


def of(*statements, total=None):
    return Stratum(statements=statements, looked=len(statements), total=len(statements) if total is None else total)


def marked(text, code, rule, passage=None):
    found = match(passage or Passage(text=text, language=code), rule)
    return [run.text for run in mark(text, code, (rule, found.terms)) if run.marked]


def border(text, rule=None, **more):
    passage, rule = Passage(text=text, language="en", **more), rule or ferry()
    return border_of(passage, rule, match(passage, rule))


def test_totals_say_what_is_new_lost_and_stays():
    found = preview(
        [
            of(said("They close the ferry.", 1, linked=True), said("It rains.", 2, linked=True),
               said("It snows.", 3, linked=True, coded=True), said("It hails.", 4, linked=True, by_hand=True)),
            of(said("We will close our ferry.", 5), said("The ferry must be closed.", 6, by_hand=True), said("Nothing.", 7)),
        ],
        ferry(),
    )  # fmt: skip
    assert (found.looked, found.total, found.today, found.after) == (7, 7, 4, 3)
    assert (found.gained, found.lost, found.asked, found.kept) == (1, 2, 1, 2)
    assert not found.is_sample


def test_a_lone_word_that_nothing_around_it_ties_to_the_topic_stands_at_the_border():
    rule = rule_of("Accession of Norland to NATO", "", {"any": ["ratification", "way to join"]})
    found = border("The ratification was discussed", rule)
    assert "found by “ratification” alone, and too little of “norland”, “nato” stands around it" in found.reason
    assert border("The ratification was discussed", rule, title="Norland and NATO") is None


def test_months_are_counted_newest_first_with_those_of_no_day_last():
    found = preview(
        [
            of(said("Close the ferry.", 1, day=date(2024, 1, 31)), said("Close the ferry!", 2, day=date(2024, 3, 1)),
               said("Rain.", 3, day=date(2023, 12, 1)), said("Close the ferry now.", 4, day=None)),
            of(said("Snow.", 5, day=date(2024, 3, 9), linked=True)),
        ],
        ferry(),
    )  # fmt: skip
    assert [(one.month, one.today, one.after) for one in found.months] == [
        (date(2024, 3, 1), 1, 1), (date(2024, 1, 1), 0, 1), (None, 0, 1)
    ]  # fmt: skip


def test_a_sample_counts_for_all_it_was_chosen_from():
    found = preview([of(said("Close the ferry.", 1), said("Rain.", 2), total=1000), of(total=0)], ferry())
    assert (found.looked, found.total, found.gained, found.after) == (2, 1000, 500, 500)
    assert found.is_sample


@pytest.mark.parametrize(
    ("text", "more", "reason"),
    [
        ("They close the ferry museum.", {}, "left out by “ferry museum”"),
        ("The night harbour is calm.", {}, "“ferry” of “night ferry harbour” is missing"),
        ("We shall close it soon.", {}, "“ferry” of “close ferry” is missing"),
        ("Close it" + " again" * 40 + " said the ferry man.", {}, "stand more than 30 words apart"),
        (f"Close the {'old and ' * 7}leaking ferry.", {}, "12 or more words apart"),
        ("Yes, close it.", {"before": "Asked about the ferry, she smiled."}, "with what stands before it"),
        ("Yes, on Monday.", {"question": "Will you close the ferry?"}, "in the question"),
    ],
)  # fmt: skip
def test_the_border_says_why_a_statement_is_found_or_missed_by_little(text, more, reason):
    assert reason in border(text, **more).reason


@pytest.mark.parametrize("text", ["They close the ferry.", "It rains on the town.", "The boat is white.", "A harbour."])
def test_what_is_plainly_in_or_out_stands_at_no_border(text):
    assert border(text) is None


def test_a_phrase_that_must_be_met_is_named_where_it_is_lacking():
    rule = ferry(all=["Norland"])
    assert border("They close the ferry.", rule).reason == "lacks “Norland”, which it needs"


def test_at_most_ten_are_shown_from_both_sides_the_nearest_and_newest_first():
    missed = [said("The night harbour is calm.", number, day=date(2024, 1, number)) for number in range(1, 20)]
    caught = [said(f"Close the {'old ' * 15}ferry.", 30 + number) for number in range(3)]
    found = preview([of(*missed), of(*caught)], ferry())
    assert [one.caught for one in found.border] == [True] * 3 + [False] * 7
    assert [one.held.claim_id for one in found.border[3:]] == [19, 18, 17, 16, 15, 14, 13]
    assert len(preview([of(*missed), of()], ferry()).border) == 10


@pytest.mark.parametrize(
    ("text", "code", "name", "phrase", "words"),
    [
        ("We closed both ferries last night.", "en", "", "close ferry", ["closed", "ferries"]),
        ("Україна отримає запрошення до НАТО.", "uk", "", "Ukraine запрошення NATO", ["Україна", "запрошення", "НАТО"]),
        ("L’adhésion à l’OTAN, dit-elle, attendra.", "fr", "", "adhésion NATO", ["adhésion", "OTAN"]),
        ("Ein Waffenstillstandsabkommen ist möglich.", "de", "", "Waffenstillstand", ["Waffenstillstandsabkommen"]),
        ("El puente está ¡cerrado! otra vez", "es", "", "cerrado puente", ["puente", "cerrado"]),
        ("The bridge is “closed for good”, and closed today.", "en", "", '"closed for good"', ["closed for good"]),
        ("Mautgebühren und Mauten", "de", "", "maut*", ["Mautgebühren", "Mauten"]),
    ],
)  # fmt: skip
def test_the_words_that_met_a_phrase_are_marked_in_any_form_and_language(text, code, name, phrase, words):
    assert marked(text, code, rule_of(name, "", {"any": [phrase]})) == words


def test_the_marked_words_and_the_others_are_the_whole_text():
    text = "L’adhésion —  à l’OTAN…\nattendra. \U0001f600 NATO"
    runs = mark(text, "fr", (rule_of("", "", {"any": ["adhésion NATO"]}), ["adhésion NATO"]))
    assert "".join(run.text for run in runs) == text


def test_names_that_tied_a_statement_are_marked_where_they_stand_with_their_apostrophe():
    rule = rule_of("The Norland invitation to Seafold", "", {"any": ["entry pact"]})
    text = "We see Norland’s future in Seafold."
    passage = Passage(text=text, language="en", document=f"{text} The entry was discussed.")
    assert match(passage, rule).terms[0].endswith(f"({matching.NAMES_TIED})")
    assert marked(text, "en", rule, passage) == ["Norland’s future in Seafold"]


def test_of_a_phrase_met_in_the_question_what_stands_in_the_answer_is_marked():
    passage = Passage(text="The ferry? Never.", question="Will you close the ferry?", language="en")
    assert marked(passage.text, "en", ferry(), passage) == ["ferry"]


def test_a_reason_stored_under_an_older_rule_is_still_marked():
    another = rule_of("Another", "", {"any": ["toll"]})
    runs = mark("They close the ferry.", "en", (another, ["close ferry (in the question)"]))
    assert [run.text for run in runs if run.marked] == ["close", "ferry"]


@pytest.fixture
def record(database):
    with database.transaction() as session:
        seed.fill(session)
    return database


def test_a_small_record_is_looked_at_whole(record):
    with record.reading() as session:
        on_it, others = held_statements.strata(session, seed.PACT)
        mine, rest = list(on_it.statements), list(others.statements)
    assert (len(mine), len(rest)) == (on_it.looked, others.looked) == (on_it.total, others.total)
    assert len(mine) + len(rest) == HELD
    assert all(one.linked for one in mine)
    assert not any(one.linked for one in rest)
    assert all(one.passage.text in one.passage.document for one in mine if one.passage.document)
    assert any(one.coded for one in mine)


def test_of_a_large_record_some_are_chosen_evenly_and_the_same_each_time(record, monkeypatch):
    monkeypatch.setattr(held_statements, "MOST_LINKED", 5)
    with record.reading() as session:
        looks = [held_statements.strata(session, seed.PACT)[0] for _ in range(2)]
        chosen, again = ([one.claim_id for one in look.statements] for look in looks)
        every = [one.claim_id for one in held_statements.strata(session, None)[1].statements]
    assert chosen == again
    assert 1 < len(chosen) <= 5
    assert looks[0].total == HELD - 1
    places = sorted(every.index(one) for one in chosen)
    assert max(places) - min(places) > len(every) // 2


@pytest.mark.parametrize(("phrases", "looked"), [(1, 12), (12, 12), (24, 6), (1000, 3)])
def test_the_more_phrases_the_fewer_statements_are_looked_at(record, monkeypatch, phrases, looked):
    monkeypatch.setattr(held_statements, "MOST_LINKED", 12)
    with record.reading() as session:
        assert held_statements.strata(session, seed.PACT, phrases)[0].looked <= looked
        assert held_statements.strata(session, seed.PACT, phrases)[0].total == HELD - 1


@pytest.mark.parametrize("step", [2, 3, 5, 10, 16, 100])
def test_what_recurs_in_the_record_is_chosen_like_everything_else(step):
    chosen = [number for number in range(1, 50_001) if number * held_statements.SCATTER % held_statements.PRIME
              < held_statements.PRIME // 50]  # fmt: skip
    assert 0.9 < len(chosen) / 1000 < 1.1
    assert 0.5 < sum(number % step == 0 for number in chosen) / (1000 / step) < 1.5


def test_what_a_person_took_off_a_topic_is_known(record):
    with record.transaction() as session:
        link = session.exec(select(ClaimTopic).order_by(col(ClaimTopic.id))).first()
        link.removed = link.by_hand = True
        session.add(link)
        session.flush()
        others = {one.claim_id: one for one in held_statements.strata(session, link.topic_id)[1].statements}
    assert others[link.claim_id].by_hand
    assert not others[link.claim_id].linked
