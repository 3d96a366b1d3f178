"""What is a label and what somebody says; whom a label of an office, or one in capitals, means; turns without labels."""

import pytest

from tests.speech.reader import article, transcript

WORDS = "Thank you all for coming. We will open the bridge in May, and I promise that my team and I will keep our word."


def turns(text, **given):
    return [
        (quote.speaker.name if quote.speaker else None, text[quote.start : quote.end])
        for quote in transcript(text, **given).quotes
    ]


@pytest.mark.parametrize(
    ("language", "label", "words"),
    [
        ("pl", "Marszałek", "Dziękujemy państwu bardzo za to."),
        ("fr", "Présidente", "Nous vous remercions beaucoup pour cela."),
        ("fr", "La ministre", "Nous vous remercions beaucoup pour cela."),
        ("es", "El ministro", "Les damos las gracias por todo esto."),
        ("it", "La ministra", "Vi ringraziamo molto per questo."),
        ("pt", "O ministro", "Agradecemos muito a todos por isso."),
        ("nl", "De minister", "Wij danken u zeer voor dit alles."),
        ("sv", "Statsministern", "Vi tackar er så mycket för detta."),
        ("da", "Ministeren", "Vi takker jer meget for alt dette."),
        ("de", "Vizepräsident", "Wir danken Ihnen sehr dafür."),
        ("ru", "Министр", "Мы очень благодарим вас за это."),
        ("uk", "Міністр", "Ми дуже дякуємо вам за це все."),
        ("en", "Mayor", "We thank you all for this."),
    ],
)
def test_an_office_alone_is_no_persons_name_and_its_turn_is_nobody_elses(language, label, words):
    text = f"{label}: {words}\n\nAda Moor: {words}\n\n{label}: {words}\n\nAda Moor: {words}\n"
    assert [name for name, _ in turns(text, language=language)] == [None, "Ada Moor", None, "Ada Moor"]


def test_a_surname_in_a_label_keeps_its_letters():
    text = f"Škodová: {WORDS}\n\nAda Moor: {WORDS}\n\nŠkodová: {WORDS}\n\nAda Moor: {WORDS}\n"
    assert [name for name, _ in turns(text)] == ["Škodová", "Ada Moor", "Škodová", "Ada Moor"]


@pytest.mark.parametrize(
    "inside",
    [
        "On behalf of the harbour guild, of all its members, and of Vice\nPresident Stone: welcome to our town and thank you.",
        "Members of the Harbour Guild: we must do more, as we all know.",
    ],
)
def test_whom_a_speech_greets_before_a_colon_does_not_take_the_word(inside):
    text = f"THE PRESIDENT: {WORDS}\n\n{inside}\n\n{WORDS}\n"
    assert {name for name, _ in turns(text, title="Remarks by President Ada Moor at the Harbour")} == {"Ada Moor"}


@pytest.mark.parametrize(
    ("title", "label", "name"),
    [
        ("Remarks by First Lady Ada Moor at the Harbour", "THE FIRST LADY", "Ada Moor"),
        ("Remarks by Vice President Moor During Roundtable Discussion on Harbours", "THE VICE PRESIDENT", "Moor"),
        ("Remarks by the Second Gentleman on the Harbour", "SECOND GENTLEMAN TOM STONE", "Tom Stone"),
        ("Remarks by the Deputy Warden on the Harbour", "DEPUTY HARBOUR WARDEN TOM STONE", "Tom Stone"),
        ("Remarks by APNSA Tom Stone at the Harbour", "U.S. Harbour Hall\n\nMR. STONE", "Tom Stone"),
    ],
)
def test_the_one_label_of_a_speech_is_the_person_it_or_the_title_names(title, label, name):
    found = turns(f"{label}: {WORDS}\n\n{WORDS}\n", title=title, kind=None)
    assert {speaker for speaker, _ in found} == {name}
    assert found[0][1].startswith("Thank you all")


@pytest.mark.parametrize(
    ("language", "call"),
    [("en", "(Protester: Shame!)"), ("de", "(Zuruf von Bo Lind: Pfui!)"), ("pl", "(Głos z sali: Wstyd!)")],
)
def test_a_call_on_a_line_of_its_own_is_no_part_of_the_turn_around_it(language, call):
    text = f"Ada Moor: One bridge.\n{call}\nTwo bridges.\nBo Lind: None.\nAda Moor: One.\nBo Lind: None.\n"
    assert turns(text, language=language)[:2] == [("Ada Moor", "One bridge."), ("Ada Moor", "Two bridges.")]


def test_questions_without_a_label_are_not_the_words_of_who_answers():
    text = "Where will it go?\n\nAda Moor: North.\n\nAnd what will it cost?\n\nAda Moor: Ten million, and we have it.\n"
    assert turns(text) == [
        (None, "Where will it go?"),
        ("Ada Moor", "North."),
        (None, "And what will it cost?"),
        ("Ada Moor", "Ten million, and we have it."),
    ]
    answers = [quote for quote in transcript(text).quotes if quote.question]
    assert [text[slice(*quote.question)] for quote in answers] == ["Where will it go?", "And what will it cost?"]


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        (
            "es",
            "Discurso de la ministra Ada Moor en el puerto",
            "Señoras y señores, me alegro de que estemos aquí. Les prometo abrir el puente; yo y mi equipo, ambos.",
        ),
        (
            "pl",
            "Przemówienie minister Ady Moor w porcie",
            "Szanowni Państwo, cieszę się, że jesteśmy tutaj. Dziękuję wam. Nasz most będzie otwarty i ja to obiecuję.",
        ),
    ],
)
def test_a_speech_is_told_by_its_own_first_person(language, title, text):
    assert article(text, language=language, title=title, kind=None).kind == "transcript"
