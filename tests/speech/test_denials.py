"""A denial is never read as the claim, in any language."""

import pytest

from tests.speech.reader import article
from tracker.languages.data import languages
from tracker.speech.types import Polarity

DENIED = [
    ("en", "Mayor Ada Moor denied on Monday that the ferry would stop.", "ferry would stop"),
    ("en", "Ada Moor denied saying that “the ferry will stop by the summer”.", "ferry will stop"),
    ("en", "Ada Moor didn’t say that the ferry would stop.", "ferry would stop"),
    ("en", "Ada Moor has never publicly said that the ferry would stop.", "ferry would stop"),
    ("en", "Nor did Ada Moor say that the ferry would stop.", "ferry would stop"),
    ("en", "Ada Moor rejected reports that the ferry would stop.", "ferry would stop"),
    ("en", "Ada Moor dismissed claims that she had sold the ferry.", "sold the ferry"),
    ("de", "Ada Moor dementierte am Montag, dass die Fähre eingestellt werde.", "Fähre eingestellt"),
    ("de", "Ada Moor hat nicht gesagt, dass die Fähre eingestellt wird.", "Fähre eingestellt"),
    ("de", "Ada Moor wies Berichte zurück, wonach die Fähre eingestellt werde.", "Fähre eingestellt"),
    ("de", "Ada Moor bestritt, gesagt zu haben: „Die Fähre wird im Sommer eingestellt.“", "wird im Sommer"),
    ("ru", "Ада Мур опровергла, что паром отменят.", "паром отменят"),
    ("ru", "Ада Мур отвергла обвинения в том, что она продала паром.", "продала паром"),
    ("ru", "Ада Мур отрицала, что говорила: «Паром отменят уже этим летом».", "отменят уже"),
    ("uk", "Ада Мур заперечила, що пором скасують.", "пором скасують"),
    ("uk", "Ада Мур не казала, що пором скасують.", "пором скасують"),
    ("fr", "Ada Moor a démenti lundi que le bac serait supprimé.", "bac serait"),
    ("fr", "Ada Moor n’a jamais dit que le bac serait supprimé.", "bac serait"),
    ("es", "Ada Moor negó el lunes que el ferri fuera a desaparecer.", "ferri fuera"),
    ("es", "Ada Moor nunca dijo que el ferri fuera a desaparecer.", "ferri fuera"),
    ("pl", "Ada Moor zaprzeczyła, że prom zniknie.", "prom zniknie"),
    ("pl", "Ada Moor nie powiedziała, że prom zniknie.", "prom zniknie"),
    ("sv", "Ada Moor förnekade i måndags att färjan skulle dras in.", "färjan skulle"),
    ("sv", "Ada Moor sade inte att färjan skulle dras in.", "färjan skulle"),
    ("sv", "Ada Moor avvisade i måndags att färjan skulle dras in.", "färjan skulle"),
    ("da", "Ada Moor afviste mandag, at færgen lukker i maj.", "færgen lukker"),
    ("no", "Ada Moor avviste mandag at fergen stenger i mai.", "fergen stenger"),
    ("en", "Mayor Ada Moor stopped short of saying the ferry would close.", "the ferry would close"),
    ("it", "Ada Moor ha smentito lunedì che il traghetto sparirà.", "traghetto sparirà"),
    ("it", "Ada Moor non ha detto che il traghetto sparirà.", "traghetto sparirà"),
]
UNSAID = [
    ("en", "Ada Moor did not say when the ferry would stop."),
    ("en", "Asked about the ferry, Ada Moor declined to say whether it would stop."),
    ("en", "Ada Moor refused to say who would buy the ferry."),
    ("en", "Ada Moor did not deny that the ferry would stop."),
    ("de", "Ada Moor sagte am Montag nicht, wann die Fähre eingestellt wird."),
    ("de", "Ada Moor wollte nicht sagen, ob die Fähre eingestellt wird."),
    ("ru", "Ада Мур не сказала, когда отменят паром."),
    ("ru", "Ада Мур отказалась сообщить, отменят ли паром."),
    ("uk", "Ада Мур не сказала, коли скасують пором."),
    ("fr", "Ada Moor a refusé de dire si le bac serait supprimé."),
    ("es", "Ada Moor se negó a decir si el ferri desaparecería."),
    ("pl", "Ada Moor odmówiła odpowiedzi, czy prom zniknie."),
    ("sv", "Ada Moor ville inte säga om färjan dras in."),
    ("it", "Ada Moor si è rifiutata di dire se il traghetto sparirà."),
]
SAID = [
    ("en", "Ada Moor not only said that the ferry would stop, but also that the fares would rise.", "ferry would stop"),
    ("en", "Ada Moor dismissed the plan as “a joke from the south of the town”.", "a joke"),
    ("en", "“That is not what I wanted,” Ada Moor denied.", "not what I wanted"),
    ("de", "Ada Moor sagte nicht nur, dass die Fähre fährt, sondern auch, dass sie billiger wird.", "Fähre fährt"),
    ("de", "Ada Moor wies darauf hin, dass die Berichte über die Fähre geprüft würden.", "geprüft"),
    ("de", "„Die Fähre fährt auch im Winter“, sagte Ada Moor nicht zum ersten Mal.", "Fähre fährt"),
    ("ru", "Ада Мур заявила, что не продавала паром.", "не продавала"),
    ("ru", "«Паром будет ходить и зимой», — не раз говорила Ада Мур.", "Паром будет"),
    ("fr", "Ada Moor a dit ne pas vouloir vendre le bac, mais que les prix monteraient.", "vendre le bac"),
    ("es", "Ada Moor dijo que no vendería el ferri.", "no vendería"),
    ("pl", "Ada Moor powiedziała, że nie sprzeda promu.", "nie sprzeda"),
    ("sv", "Ada Moor sade att färjan inte säljs.", "inte säljs"),
]


def polarities(language, text, words):
    """The polarity of each utterance that holds the words."""
    found = [q for q in article(text, language=language).quotes if words in text[q.start : q.end]]
    return [q.polarity is Polarity.DENIED for q in found]


@pytest.mark.parametrize(("language", "text", "words"), DENIED)
def test_what_is_denied_is_a_denial_or_no_statement(language, text, words):
    assert False not in polarities(language, text, words)


@pytest.mark.parametrize(("language", "text"), UNSAID)
def test_what_nobody_answers_is_no_statement(language, text):
    assert article(text, language=language).quotes == ()


@pytest.mark.parametrize(("language", "text", "words"), SAID)
def test_what_is_said_is_no_denial(language, text, words):
    assert polarities(language, text, words) == [False]


def test_a_quotation_behind_a_denial_is_what_was_said():
    for text in (
        "Ada Moor denied that she had sold the ferry: “I never owned a ferry in my life.”",
        "Ada Moor denied that she had sold the ferry. “I never owned a ferry in my life.”",
    ):
        denial, words = article(text, language="en").quotes
        assert (denial.polarity, words.polarity) == (Polarity.DENIED, Polarity.AFFIRMED)
        assert words.speaker.name == "Ada Moor"


def test_every_language_tells_how_it_denies():
    for language in languages().values():
        assert language.denials.negations, language.code
        assert language.denials.denying, language.code
        assert language.denials.questions, language.code


@pytest.mark.parametrize("verb", ["disputed", "disputed on Monday", "refuted", "rejected on Tuesday"])
def test_who_disputes_that_something_is_so_denies_it(verb):
    found = article(f"Mayor Ada Moor {verb} that the bridge was unsafe for cars.", language="en").quotes
    assert all(quote.polarity == "denied" for quote in found)
