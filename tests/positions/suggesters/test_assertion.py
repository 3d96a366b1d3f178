"""A phrase counts only where the statement asserts it; sentences of made-up people, in the languages that are read."""

import pytest

from tracker.positions.suggesters.phrases import PhraseSuggester
from tracker.positions.suggesters.types import ScaleStep, StatementText

PHRASES = {
    "en": "raise the toll", "de": "Maut erhöhen", "fr": "augmenter le péage", "es": "subir el peaje",
    "it": "aumentare il pedaggio",
    "pt": "aumentar a portagem", "nl": "tol verhogen", "sv": "höja tullen", "da": "hæve afgiften", "no": "øke avgiften",
    "pl": "podnieść opłatę", "ru": "повысить плату", "uk": "підвищити плату",
}  # fmt: skip


def step_of(text: str, code: str, *phrases: str, question: str | None = None, denied: bool = False) -> int | None:
    scale = (
        ScaleStep(id=7, step=3, label="For", phrases=phrases or (PHRASES[code],)),
        ScaleStep(id=5, step=1, label="Against", phrases=("nothing met",)),
    )
    found = PhraseSuggester().suggest(StatementText(text=text, code=code, question=question, denied=denied), scale)
    return found.position_id if found else None


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "We will raise the toll next year."),
        ("en", "We do not hesitate: raise the toll, and do it today."),
        ("en", "We must not only raise the toll, we must double it."),
        ("de", "Wir werden die Maut im nächsten Jahr erhöhen."),
        ("fr", "Nous allons augmenter le péage cette année."),
        ("es", "Vamos a subir el peaje este año."),
        ("it", "Vogliamo aumentare il pedaggio quest'anno."),
        ("pt", "Vamos aumentar a portagem este ano."),
        ("nl", "We gaan de tol dit jaar verhogen."),
        ("sv", "Vi kommer att höja tullen i år."),
        ("da", "Vi vil hæve afgiften i år."),
        ("no", "Vi vil øke avgiften i år."),
        ("pl", "Chcemy podnieść opłatę w tym roku."),
        ("ru", "Мы намерены повысить плату в этом году."),
        ("uk", "Ми хочемо підвищити плату цього року."),
    ],
)
def test_what_is_asserted_is_suggested(code: str, text: str):
    assert step_of(text, code) == 7


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "Nobody wants to raise the toll."),
        ("en", "It is far too early to raise the toll."),
        ("en", "I don't think we should raise the toll."),
        ("en", "We rule out any plan to raise the toll."),
        ("de", "Niemand will die Maut in diesem Jahr erhöhen."),
        ("de", "Die Maut erhöhen wollen wir in diesem Jahr nicht."),
        ("fr", "Personne ne veut augmenter le péage."),
        ("es", "Nadie quiere subir el peaje."),
        ("it", "Nessuno vuole aumentare il pedaggio."),
        ("pt", "Ninguém quer aumentar a portagem."),
        ("nl", "Niemand wil de tol verhogen."),
        ("sv", "Det är för tidigt att höja tullen."),
        ("da", "Ingen ønsker at hæve afgiften."),
        ("no", "Ingen ønsker å øke avgiften."),
        ("pl", "Nikt nie chce podnieść opłaty teraz."),
        ("ru", "Никто не собирается повысить плату."),
        ("uk", "Ніхто не хоче підвищити плату."),
    ],
)
def test_what_is_negated_is_not_suggested(code: str, text: str):
    assert step_of(text, code) is None


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "If we raise the toll, the trucks go elsewhere."),
        ("en", "The trucks go elsewhere as soon as we raise the toll."),
        ("de", "Wenn wir die Maut erhöhen, fahren die Laster woanders."),
        ("fr", "À condition que nous allions augmenter le péage, tout change."),
        ("es", "Si decidimos subir el peaje, todo cambia."),
        ("pl", "Jeśli mamy podnieść opłatę, wszystko się zmieni."),
        ("ru", "Если мы решим повысить плату, всё изменится."),
        ("sv", "Om vi måste höja tullen, blir allt annorlunda."),
    ],
)
def test_what_stands_in_a_condition_is_not_suggested(code: str, text: str):
    assert step_of(text, code) is None


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "Ladies and gentlemen, will you raise the toll?"),
        ("en", "Moor was asked whether the city would raise the toll."),
        ("en", "I won’t get ahead of any decision to raise the toll."),
        ("de", "Die Frage, ob wir die Maut erhöhen, ist alt."),
        ("fr", "On lui a demandé si elle allait augmenter le péage."),
        ("es", "Sin comentarios sobre el plan de subir el peaje."),
        ("nl", "De vraag is of we de tol gaan verhogen."),
        ("it", "Non commento il piano di aumentare il pedaggio."),
        ("ru", "Вопрос в том, пора ли нам повысить плату."),
        ("uk", "Не коментую плани підвищити плату."),
    ],
)
def test_questions_and_refusals_hold_no_position(code: str, text: str):
    assert step_of(text, code) is None


@pytest.mark.parametrize(
    ("code", "text", "phrase"),
    [
        ("en", "There will be no toll on this bridge.", "no toll"),
        ("de", "Es wird hier keine Maut geben.", "keine Maut"),
        ("ru", "Никто и никогда не введёт здесь плату.", "никогда плату"),
        ("es", "Nunca habrá peaje aquí, nadie lo quiere.", "nunca peaje"),
        ("en", "We raise it when the conditions are met.", "when conditions met"),
    ],
)
def test_a_phrase_that_negates_or_sets_a_condition_itself_is_met(code: str, text: str, phrase: str):
    assert step_of(text, code, phrase) == 7


def test_a_negation_takes_back_a_phrase_that_negates():
    assert step_of("Nobody said there would be no toll here.", "en", "no toll") is None


@pytest.mark.parametrize("text", ["no toll", "Raise the toll!", "", "Yes. No."])
def test_a_fragment_holds_no_position(text: str):
    assert step_of(text, "en", "no toll", "raise the toll") is None


def test_a_denial_holds_nothing_of_what_its_words_say():
    assert step_of("We will raise the toll next year.", "en", denied=True) is None


def test_words_an_editor_put_in_are_not_the_speakers():
    assert step_of("We will do that [raise the toll] next year.", "en") is None


def test_a_language_without_a_file_is_read_for_its_phrases_alone():
    assert step_of("Chúng tôi sẽ tăng phí cầu đường năm nay.", "vi", "tăng phí") == 7
