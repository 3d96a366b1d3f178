"""Formulas: who said a phrase first, who took it over, who dropped it, who is no longer heard."""

from datetime import date, timedelta

from tracker.positions import formulas
from tracker.positions.formulas import TopicStatement

START = date(2024, 1, 1)
PHRASE = "when conditions are met"


def said(number, speaker, day, words):
    when = START + timedelta(days=day) if day is not None else None
    return TopicStatement(claim_id=number, speaker_id=speaker, day=when, folded=words)


def test_whoever_said_it_first_stands_first_and_those_who_took_it_over_follow():
    found = formulas.trace(
        PHRASE,
        [
            said(1, 2, 9, "we will build it when conditions are met"),
            said(2, 1, 5, "when conditions are met and not before"),
            said(3, 3, None, "only when conditions are met"),
            said(4, 4, 1, "when the conditions are met"),
        ],
    )
    assert [user.speaker_id for user in found] == [1, 2, 3]
    assert (found[0].first, found[0].last) == (START + timedelta(days=5), START + timedelta(days=5))


def test_only_whole_words_are_the_phrase():
    assert formulas.trace("open door", [said(1, 1, 1, "the open doors"), said(2, 2, 2, "reopen door")]) == ()
    assert len(formulas.trace("open door", [said(1, 1, 1, "an open door")])) == 1


def test_it_is_dropped_by_whom_goes_on_speaking_without_it_and_not_by_whom_is_not_heard():
    mine = [said(1, 1, 1, PHRASE), said(2, 1, 2, "soon"), said(3, 1, 3, "now")]
    theirs = [said(4, 2, 1, "soon"), said(5, 2, 2, PHRASE)]
    once = [said(6, 3, 1, PHRASE), said(7, 3, 2, "soon")]
    dropped = {user.speaker_id: (user.dropped, user.since) for user in formulas.trace(PHRASE, [*mine, *theirs, *once])}
    assert dropped == {1: (True, 2), 2: (False, 0), 3: (False, 1)}


def test_who_takes_it_up_again_did_not_drop_it():
    mine = [said(1, 1, 1, PHRASE), said(2, 1, 2, "soon"), said(3, 1, 3, "now"), said(4, 1, 4, PHRASE)]
    (user,) = formulas.trace(PHRASE, mine)
    assert (user.dropped, user.since, len(user.uses)) == (False, 0, 2)


def test_phrases_that_several_speakers_share_are_proposed_and_only_the_longest_of_them():
    found = formulas.recurring(
        [
            said(1, 1, 1, "the path to peace when conditions are met"),
            said(2, 2, 2, "it comes when conditions are met"),
            said(3, 1, 3, "my own little words"),
            said(4, 1, 4, "my own little words"),
        ],
        frozenset({"the", "to", "it", "when"}),
    )
    assert found == (("conditions are met", 2, 2),)


def test_no_longer_heard_is_who_spoke_often_and_not_for_long():
    often = [said(n, 1, n, "words") for n in range(3)]
    lately = [said(10 + n, 2, 100 + n, "words") for n in range(3)]
    once = [said(20, 3, 1, "words")]
    found = formulas.silent([*often, *lately, *once], START + timedelta(days=120), 90)
    assert [(one.speaker_id, one.statements, one.last) for one in found] == [(1, 3, START + timedelta(days=2))]
