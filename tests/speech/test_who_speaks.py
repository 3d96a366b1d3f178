"""Which words beside a verb of saying name who speaks, and which only stand there."""

import pytest

from tests.speech.reader import article


def _names(language, text):
    return [q.speaker.name if q.speaker else None for q in article(text, language=language).quotes]


BEHIND_AN_OFFICE = [
    ("fr", "« Le bac repart dès demain matin », a affirmé le ministre de la Défense, Ada Moor, devant la presse."),
    ("es", "«El ferri vuelve a navegar mañana», dijo la ministra de Defensa, Ada Moor, ante la prensa."),
    ("it", "«Il traghetto riparte domani mattina», ha detto la ministra della Difesa, Ada Moor, ai cronisti."),
    ("pt", "“O ferry volta a navegar amanhã”, disse a ministra da Defesa, Ada Moor, aos jornalistas."),
    ("fr", "« Le bac repart dès demain matin », a dit le porte-parole du Kremlin, Bo Lind, devant la presse."),
]


@pytest.mark.parametrize(("language", "text"), BEHIND_AN_OFFICE)
def test_the_name_behind_an_office_and_its_body_is_who_speaks(language, text):
    assert _names(language, text) in (["Ada Moor"], ["Bo Lind"])


CHANNELS = [
    ("pl", "Ada Moor zabrała głos. W należącym do niej serwisie Truth Social podkreśliła, że prom popłynie jutro."),
    ("de", "Ada Moor meldete sich. Im Netzwerk Truth Social betonte sie, dass die Fähre morgen fährt."),
    ("fr", "Ada Moor a réagi. Sur son réseau Truth Social a été publié que « le bac repart dès demain matin »."),
    ("ru", "«Паром снова пойдет уже завтра», — заявил агентству Reuters официальный представитель порта."),
    ("uk", "«Пором знову піде вже завтра», — заявив агентству Reuters офіційний представник порту."),
]


@pytest.mark.parametrize(("language", "text"), CHANNELS)
def test_a_platform_or_agency_that_carries_words_does_not_speak(language, text):
    assert not {"Truth Social", "Reuters"} & set(_names(language, text))


PARTICLES = [
    ("Der Erfolg machte aus, dass die Fähre billig war.", []),
    ("Ada Moor machte deutlich, dass die Fähre billig bleibt.", ["Ada Moor"]),
    ("Dann stellte die Stadt das Papier auf ihre Seite, obwohl es alt war.", []),
    ("Ada Moor stellte klar, dass die Fähre billig bleibt.", ["Ada Moor"]),
    ("Ada Moor gab nach 20 Kilometern auf, da sie müde war.", []),
    ("Die Fähre solle billig bleiben, führte Ada Moor weiter aus.", ["Ada Moor"]),
]


@pytest.mark.parametrize(("text", "names"), PARTICLES)
def test_a_german_verb_says_something_only_with_its_particle(text, names):
    assert _names("de", text) == names


NOUNS = [
    ("Das Potenzial sei da, sagte Ada Moor und betonte, dass die Fähre fährt.", "Ada Moor"),
    ("Die neuen Fähren müssten warten, sagte Ada Moor und betonte den Preis, der „sehr hoch“ sei.", "Ada Moor"),
    ("Ada Moor kam an. Unter anderem sagte sie, dass die Fähre morgen wieder fährt.", "Ada Moor"),
]


@pytest.mark.parametrize(("text", "name"), NOUNS)
def test_a_german_noun_behind_its_article_does_not_speak(text, name):
    assert _names("de", text) == [name]


BODIES = [
    (
        "fr",
        "Bo Lind est venu. Le bac repart, rapporte le ministère de la Défense. Il précise que « la mer est calme ».",
    ),
    ("es", "Bo Lind vino. El ferri sale mañana, informó el Ministerio de Defensa. Él dijo que «el mar está en calma»."),
    ("pt", "Bo Lind chegou. O ferry parte amanhã, informou o Ministério da Defesa. Ele disse que “o mar está calmo”."),
    ("de", "Bo Lind kam. Die Fähre fahre, teilte der Verband der Häfen mit. Er sagte, dass „das Meer ruhig“ sei."),
]


@pytest.mark.parametrize(("language", "text"), BODIES)
def test_a_pronoun_behind_a_body_is_nobody_named_before_it(language, text):
    assert _names(language, text)[-1] != "Bo Lind"
