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


OPENERS = [
    ("uk", "Зокрема, мер Ада Мур зазначила, що пором знову піде завтра вранці."),
    ("ru", "Вообще мэр Ада Мур заявила, что паром снова пойдет завтра утром."),
    ("pl", "Jednocześnie Ada Moor podkreśliła, że prom popłynie jutro rano."),
    ("de", "Schließlich sagte Ada Moor, dass die Fähre morgen wieder fahre."),
    ("fr", "Parallèlement, Ada Moor a déclaré que « le bac repart dès demain matin »."),
]


@pytest.mark.parametrize(("language", "text"), OPENERS)
def test_an_adverb_that_opens_a_sentence_does_not_speak(language, text):
    assert set(_names(language, text)) <= {"Ada Moor", "Ада Мур"}
    assert _names(language, text)


CASES = [
    ("ru", "На вопрос президента, когда откроют мост, глава порта Ада Мур заявила, что мост «откроют уже завтра»."),
    ("ru", "Министр иностранных дел Ада Мур в новой штаб-квартире порта заявила: «Паром снова пойдет уже завтра»."),
    ("ru", "Ада Мур говорила о мосте. Ее Мур назвала «самой важной стройкой этого года»."),
    ("uk", "Міністр закордонних справ Ада Мур у новій будівлі порту заявила: «Пором знову піде вже завтра»."),
    ("ru", "Портал поговорил с мэром Ульма Адой Мур. Мур заявила, что паром снова пойдет завтра."),
]


@pytest.mark.parametrize(("language", "text"), CASES)
def test_the_case_of_a_word_tells_that_it_does_not_speak(language, text):
    assert _names(language, text)[-1] == "Ада Мур"


GOES_ON = [
    ("pl", "W poniedziałek Ada Moor odniosła się do cła. Podkreśliła, że cło zostanie na moście."),
    ("pl", "„Cło zostanie”, powiedziała Ada Moor. Dodała, że „most będzie otwarty przez całą zimę”."),
    ("es", "Ada Moor visitó el puente. Aseguró que el peaje «seguirá igual todo el invierno»."),
    ("it", "Ada Moor ha visitato il ponte. Ha aggiunto che il pedaggio «resterà uguale tutto l’inverno»."),
    ("pt", "Ada Moor visitou a ponte. Afirmou que a portagem “ficará igual todo o inverno”."),
]


@pytest.mark.parametrize(("language", "text"), GOES_ON)
def test_a_verb_alone_goes_on_with_who_acted_before(language, text):
    assert _names(language, text)[-1] == "Ada Moor"


DESCRIBED = [
    ("en", "“The bridge stays open,” said Ada Moor. “The toll stays where it is,” the politician said."),
    ("de", "„Die Brücke bleibt offen“, sagte Ada Moor. „Die Maut bleibt, wo sie ist“, sagte die Politikerin."),
    ("ru", "«Мост будет открыт всю зиму», — сказала Ада Мур. Также политик отметил, что сбор останется прежним."),
    ("uk", "«Міст буде відкрито всю зиму», — сказала Ада Мур. Також політик зазначив, що збір залишиться."),
    ("it", "«Il ponte resta aperto», ha detto Ada Moor. «Il pedaggio resta quello», ha detto il politico."),
]


@pytest.mark.parametrize(("language", "text"), DESCRIBED)
def test_a_word_for_somebody_named_before_means_that_one(language, text):
    assert _names(language, text)[-1] in {"Ada Moor", "Ада Мур"}


def test_such_a_word_behind_two_people_means_neither():
    text = "“The bridge stays open,” said Ada Moor of Bo Lind. Karl Oster met Bo Lind. “It is late,” a politician said."
    assert _names("en", text)[-1] is None


STRESSED = [
    ("en", "Ada Moor opened it. Moor herself has said the bridge “will stay open all through the winter.”"),
    ("en", "Former Ambassador to Ukraine Ada Moor said the bridge “will stay open all through the winter.”"),
    ("en", "University of Ulm economist Anna Moor said the bridge “will stay open all through the winter.”"),
    ("en", "Ada Moor met Bo Lind. Moor said the two discussed “what can keep the bridge open in winter.”"),
    ("en", "Ada Moor spoke. She believes the town could “keep the bridge open all through the winter” for less."),
]


@pytest.mark.parametrize(("language", "text"), STRESSED)
def test_words_around_an_english_name_do_not_hide_it(language, text):
    assert _names(language, text)[-1] in {"Ada Moor", "Anna Moor"}


def test_two_leaders_together_are_nobody():
    text = "Ada Moor met Bo Lind. Both leaders offered “a promise” that the bridge will stay open all winter."
    assert not any(_names("en", text))


def test_part_of_a_compound_means_who_was_named_with_it_before():
    text = "Stadtratschefin Ada Moor sprach. „Die Brücke bleibt offen“, sagte die Ratschefin am Abend."
    assert _names("de", text)[-1] == "Ada Moor"


GLUED = [
    (
        "ru",
        (
            "Иван Захаров приехал первым. «Мост откроют», — сказал Захаров. Потом приехал Петр Краснов. "
            "Речь Красновначал со слов о сборе. Он подчеркнул, что сбор «останется прежним на всю зиму»."
        ),
    ),
    (
        "uk",
        (
            "Іван Захаров приїхав першим. «Міст відкриють», — сказав Захаров. Потім приїхав Петро Краснов. "
            "Промову Красновпочав зі слів про збір. Він підкреслив, що збір «залишиться на всю зиму»."
        ),
    ),
]


@pytest.mark.parametrize(("language", "text"), GLUED)
def test_a_name_that_lost_its_space_before_a_verb_is_still_named(language, text):
    assert _names(language, text)[-1] in {"Петр Краснов", "Петро Краснов", None}
    assert _names(language, text)[-1] not in {"Иван Захаров", "Іван Захаров"}


SHORT = [
    "Ada Moor opened it. As Moor put it in her column this week: “Why wait?”",
    "Ada Moor opened it. Moor wrote to the council in her own words: “No more.”",
]


@pytest.mark.parametrize("text", SHORT)
def test_few_words_behind_a_colon_are_hers_who_put_it_so(text):
    (quote,) = (q for q in article(text, language="en").quotes if "“" in text[q.start : q.end])
    assert quote.speaker.name == "Ada Moor"
