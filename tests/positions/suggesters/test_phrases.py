from tracker.positions.suggesters.phrases import PhraseSuggester
from tracker.positions.suggesters.types import ScaleStep, StatementText, Suggestion

SCALE = (
    ScaleStep(id=1, step=1, label="Against", phrases=("no toll", "never toll")),
    ScaleStep(id=2, step=2, label="Later", phrases=("not this year",)),
    ScaleStep(id=3, step=3, label="For", phrases=("need toll", "-no toll")),
)


def suggest(text: str, question: str | None, scale: tuple[ScaleStep, ...], code: str) -> Suggestion | None:
    return PhraseSuggester().suggest(StatementText(text=text, code=code, question=question), scale)


def test_a_step_is_suggested_with_its_reasons():
    found = suggest("There will be no toll on this bridge", None, SCALE, "en")
    assert found.position_id == 1
    assert found.reasons == ("speaks of “no toll”",)


def test_without_a_deciding_phrase_there_is_no_suggestion():
    assert suggest("The bridge is a fine piece of work", None, SCALE, "en") is None


def test_a_fragment_gets_no_position():
    assert suggest("no toll", None, SCALE, "en") is None


def test_two_steps_that_speak_equally_give_none():
    scale = (
        ScaleStep(id=1, step=1, label="A", phrases=("red bridge",)),
        ScaleStep(id=2, step=2, label="B", phrases=("blue bridge",)),
    )
    assert suggest("I like the red bridge and the blue bridge", None, scale, "en") is None


def test_an_elliptic_answer_is_read_with_its_question():
    found = suggest("No, we will certainly not do that", "Will there be a toll, not this year but later?", SCALE, "en")
    assert found.position_id == 2


def test_the_words_of_a_phrase_count_only_in_their_order():
    assert suggest("We need the toll and there is no way around it", None, SCALE, "en").position_id == 3


def test_a_phrase_against_a_step_rules_it_out():
    assert suggest("We need the toll, said nobody: no toll at all", None, SCALE, "en").position_id == 1
