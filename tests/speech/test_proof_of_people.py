"""A name needs something that tells it is one; without it the words stay, and nobody is named."""

import pytest

from tests.speech.reader import article, transcript


def names(text, language):
    return [q.speaker.name for q in article(text, language=language).quotes if q.speaker]


UNPROVEN = [
    ("en", "“We keep the ferry for everyone,” Survival Rations said. Survival Rations were sold at noon."),
    (
        "en",
        "Explaining Norhavn is hard; explaining takes time. Norhavn said that the ferry stops. Explaining Norhavn said no.",
    ),
    ("en", "Russia said that the ferry would never stop at noon."),
    ("en", "“We keep the ferry for everyone,” the Forum said on the pier."),
    ("es", "«El ferri vuelve mañana a la isla», dijo Chile."),
    ("es", "«El ferri vuelve mañana a la isla», afirmó la investigadora de la Universidad de Ulmia."),
    ("pt", "“A balsa volta amanhã à ilha”, afirmou Khan Norhavn."),
    ("fr", "« Le bac repart demain de l’île », a déclaré Norhavn."),
    ("it", "«Il traghetto riparte domani», ha detto Crans Norhavn."),
    ("nl", "„De pont vaart morgen weer uit”, zegt Sportforum."),
    ("sv", "– Färjan går igen i morgon bitti, säger Zeitenwende."),
    ("no", "– Fergen går igjen i morgen tidlig, sier Media."),
    ("de", "„Die Fähre fährt morgen wieder aus“, sagte Moor Fährgarantien. Ada Moor kam. Die Fährgarantien fehlen."),
    ("pl", "„Prom popłynie jutro rano”, powiedział Biały Dom. Biały Dom milczał."),
    ("ru", "«Паром пойдёт завтра утром», сообщила Би-би-ка."),
]


@pytest.mark.parametrize(("language", "text"), UNPROVEN)
def test_words_with_capitals_alone_name_nobody(language, text):
    assert [name for name in names(text, language) if name] == []


def test_the_words_of_an_unproven_name_are_kept():
    (quote,) = article("«El ferri vuelve mañana a la isla», dijo Norhavn.", language="es").quotes
    assert (quote.speaker.text, quote.speaker.name) == ("Norhavn", None)
    assert quote.speaker.rule == "nothing tells that this is a person"


PROVEN = [
    ("en", "“We keep the ferry for everyone,” Zorvex Quillam said. Quillam left at noon.", "Zorvex Quillam"),
    ("en", "“We keep the ferry for everyone,” Minister Quillam said.", "Quillam"),
    ("en", "“We keep the ferry for everyone,” Z. Quillam said.", "Z. Quillam"),
    ("en", "“We keep the ferry for everyone,” the Kremlin said.", "Kremlin"),
    ("es", "«El ferri vuelve mañana a la isla», dijo el ministro Quillam.", "Quillam"),
    ("fr", "Le maire Quillam est venu. « Le bac repart demain de l’île », a dit Quillam.", "Quillam"),
    ("nl", "Zorvex Quillam kwam. „De pont vaart morgen weer uit”, zegt Quillam.", "Zorvex Quillam"),
    ("pt", "O prefeito Quillam chegou. “A balsa volta amanhã à ilha”, disse Quillam.", "Quillam"),
    ("sv", "– Färjan går igen i morgon bitti, säger Ada Quillam.", "Ada Quillam"),
    ("ru", "По словам Ады Мур, порт закроется.", None),
]


@pytest.mark.parametrize(("language", "text", "name"), PROVEN)
def test_a_first_name_an_office_or_a_surname_elsewhere_proves_a_name(language, text, name):
    found = names(text, language)
    assert found
    assert found[-1] is not None
    assert name in (None, found[-1])


PARTICLES = [
    ("nl", "„De pont vaart morgen weer uit”, zegt minister Van der Meer.", "Van der Meer"),
    ("pt", "“A balsa volta amanhã à ilha”, disse Luís Quillam da Silva.", "Luís Quillam da Silva"),
    ("nl", "Wetenschapsjournalist Zorvex Quillam legt uit dat de pont morgen weer vaart.", "Zorvex Quillam"),
    ("sv", "– Färjan går igen i morgon bitti, säger hamnexperten Ada Moor.", "Ada Moor"),
    ("de", "Norhavn-Coach Moor kam mit Jan Moor. „Die Fähre fährt bald wieder aus“, sagte Moor.", "Jan Moor"),
    ("nl", "Kees van der Moor kwam. „De pont vaart morgen weer uit”, zei Van der Moor.", "Kees van der Moor"),
    ("nl", "Jan de Moor kwam. „De pont vaart morgen weer uit”, zei De Moor.", "Jan de Moor"),
    ("nl", "„De pont vaart morgen weer uit”, zegt minister Van der Moor.", "Van der Moor"),
    ("nl", "„De pont vaart morgen weer uit”, zegt Klaas Moor van Bruggenwacht.", "Klaas Moor"),
    ("pt", "“A balsa volta amanhã à ilha”, disse José da Moura.", "José da Moura"),
    ("pt", "José Carlos da Moura chegou. “A balsa volta amanhã à ilha”, disse Moura.", "José Carlos da Moura"),
    ("pt", "“A balsa volta amanhã à ilha”, disse o ministro da Defesa, José Moura.", "José Moura"),
    ("it", "«Il traghetto riparte domani», ha detto Carlo De Moro. «Va bene», ha aggiunto De Moro.", "Carlo De Moro"),
    ("es", "«El ferri vuelve mañana a la isla», dijo Ana de la Torre.", "Ana de la Torre"),
    ("es", "«El ferri vuelve mañana a la isla», dijo Ana Lind de la Universidad de Ulmia.", "Ana Lind"),
    ("sv", "Lisa Moor Lind kom. – Färjan går igen i morgon bitti, säger Moor Lind.", "Lisa Moor Lind"),
    ("es", "La doctora Ana García Moor llegó. «El ferri vuelve mañana», dijo García Moor.", "Ana García Moor"),
]


@pytest.mark.parametrize(("language", "text", "name"), PARTICLES)
def test_small_words_and_two_surnames_belong_to_a_name(language, text, name):
    assert names(text, language)[-1] == name


LABELS = [
    ("pl", "Prezes Rady Ministrów Adam Moor", "Adam Moor"),
    ("pl", "Prezydent Rzeczypospolitej Norlandzkiej Adam Moor", "Adam Moor"),
    ("pl", "Minister Spraw Zagranicznych Adam Moor", "Adam Moor"),
    ("pl", "Marszałek Senatu Anna Moor", "Anna Moor"),
]


@pytest.mark.parametrize(("language", "label", "name"), LABELS)
def test_whose_an_office_is_is_no_part_of_the_name_in_a_label(language, label, name):
    text = (
        f"{label}:\n\nDziękuję bardzo za głos. Prom zostanie.\n\nMarszałek:\n\nBardzo państwa proszę o spokój na sali.\n\n"
        f"{label}:\n\nPrzechodzę zatem do rzeczy i kończę.\n\nMarszałek:\n\nDziękuję bardzo panu za to."
    )
    assert {q.speaker.name for q in transcript(text, language=language).quotes if q.speaker} <= {name, None}
    assert transcript(text, language=language).quotes[0].speaker.name == name


FURNITURE = [
    ("en", "Inquiries: (06) 277 7500 2", "Journalist", "We keep the ferry for everyone, and we say so at noon."),
    ("en", "TOPICS: ferry, bridge", "Journalist", "We keep the ferry for everyone, and we say so at noon."),
    (
        "en",
        "MEDIA CONTACT: LEADER’S OFFICE 02 6277 4053",
        "Journalist",
        "We keep the ferry for everyone, as we said at noon.",
    ),
    (
        "de",
        "AUDIO: Die Fähre bleibt (5 Min)",
        "Frage",
        "Wir behalten die Fähre für alle, und das sagen wir auch morgen.",
    ),
    ("de", "Rückfragen: 030 277 7500", "Frage", "Wir behalten die Fähre für alle, und das sagen wir auch morgen."),
    ("fr", "Contact : 01 77 75 00 00", "Question", "Nous gardons le bac pour tous, et nous le dirons encore demain."),
    ("es", "Contacto: 915 277 750", "Pregunta", "Mantenemos el ferri para todos, y lo diremos otra vez mañana."),
    ("sv", "Presskontakt: 08 277 75 00", "Fråga", "Vi behåller färjan för alla, och det säger vi också i morgon."),
    ("ru", "Контакты: 8 800 277 75 00", "Вопрос", "Мы сохраним паром для всех и скажем об этом ещё раз завтра."),
]


@pytest.mark.parametrize(("language", "line", "asks", "turn"), FURNITURE)
def test_a_line_of_the_page_is_no_label(language, line, asks, turn):
    text = "\n\n".join([f"{asks}: {turn}", line, f"Moor: {turn}"] * 3)
    told = transcript(text, language=language).quotes
    assert {q.speaker.name for q in told if q.speaker} == {"Moor", None}


PORTFOLIOS = [
    ("en", "MINISTER FOR EDUCATION", "JOURNALIST", "We keep the ferry for everyone, and we say so again at noon."),
    (
        "en",
        "ASSISTANT MINISTER FOR SOCIAL SERVICES",
        "JOURNALIST",
        "We keep the ferry for everyone, as we said at noon.",
    ),
    ("en", "SECRETARY OF TRANSPORTATION", "REPORTER", "We keep the ferry for everyone, and we say so again at noon."),
]


@pytest.mark.parametrize(("language", "label", "asks", "turn"), PORTFOLIOS)
def test_what_an_office_is_for_is_nobody_in_a_label(language, label, asks, turn):
    text = "\n\n".join([f"{asks}: {turn}", f"{label}: {turn}"] * 3)
    assert {q.speaker.name for q in transcript(text, language=language).quotes if q.speaker} == {None}


def test_what_a_speech_is_about_does_not_give_it():
    text = (
        "Remarks in a Briefing on the James Quillam Harbour Telescope\n\nMARCH 18, 2024\n\n6:13 P.M.\n\n"
        + "Thank you. We keep the ferry for everyone, and we shall say so again tomorrow at noon.\n\n" * 6
    )
    assert {q.speaker.name for q in transcript(text).quotes if q.speaker} <= {None}
