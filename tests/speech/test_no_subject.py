"""What a preposition governs did not say it; an office that acts unnamed parts a pronoun from the name before it."""

import pytest

from tests.speech.reader import article, transcript


def names(text, language):
    return {q.speaker.name for q in article(text, language=language).quotes if q.speaker}


GOVERNED = [
    (
        "de",
        "Ada Moor kam. Beide würden von Ministerin Ada Moor nicht berufen, berichteten die „Post“ sowie der Sender.",
    ),
    ("es", "La coordinadora del Instituto Norhavn afirmó que el ferri vuelve mañana a la isla."),
    ("pt", "Carlos Moura chegou. Os defensores de Carlos Moura afirmaram que a balsa volta amanhã à ilha."),
    ("fr", "Paul Lind est venu. La directrice du cabinet de Paul Lind a affirmé que le bac repart demain."),
    ("nl", "Ada Moor kwam. Bij de overname door Ada Moor beloofde de dienst dat de pont weer vaart."),
    ("it", "Carlo Moro è arrivato. La cugina di Carlo Moro ha affermato che il traghetto riparte domani."),
]


@pytest.mark.parametrize(("language", "text"), GOVERNED)
def test_whom_a_preposition_governs_is_not_who_speaks(language, text):
    assert names(text, language) <= {None}


def test_a_pronoun_is_not_whom_a_preposition_governs():
    text = (
        "Bo Lind kam. „Die Fähre fährt bald wieder aus“, sagt Bo Lind. Aber mit Jan Moor habe man sich gefreut. "
        "„Die Brücke bleibt dann auch bestehen“, sagt er."
    )
    assert "Jan Moor" not in names(text, "de")


UNNAMED = [
    ("fr", "Paul Lind est venu hier. Le maire a invité le conseil à la mairie. Il a rappelé que le bac repart demain."),
    ("es", "Pablo Lind llegó aquí. El alcalde invitó al consejo a la isla. Él dijo que el ferri vuelve mañana."),
    (
        "de",
        "Paul Lind kam gestern an. Der Bürgermeister lud den Rat dann ein. Er sagte, die Fähre fahre morgen wieder.",
    ),
    (
        "en",
        "Paul Lind came yesterday. The harbour director opened the pier. “We keep the ferry for everyone,” he said.",
    ),
    ("nl", "Paul Lind kwam gisteren aan. De burgemeester opende de kade. Hij zei dat de pont morgen weer vaart."),
    ("sv", "Bo Lind kom dit igår. Den nya borgmästaren öppnade kajen. Han sade att färjan går igen i morgon."),
]


@pytest.mark.parametrize(("language", "text"), UNNAMED)
def test_an_office_that_acts_unnamed_may_be_whom_a_pronoun_means(language, text):
    assert names(text, language) <= {None}


ONCE = [
    ("de", "Ada Moor kam am Montag in den Hafen. Moor sagte einmal, die Fähre sei auch im Winter da."),
    ("fr", "Ada Moor est venue lundi au port. Moor a dit un jour que le bac repartirait aussi en hiver."),
    ("es", "Ada Moor llegó el lunes al puerto. Moor dijo una vez que el ferri volvería también en invierno."),
    ("nl", "Ada Moor kwam maandag naar de haven. Moor zei ooit dat de pont ook in de winter zou varen."),
    ("sv", "Ada Moor kom till hamnen i måndags. Moor sade en gång att färjan skulle gå också på vintern."),
    ("ru", "Ада Мур приехала в понедельник. Мур однажды сказала, что паром пойдёт и зимой."),
]


@pytest.mark.parametrize(("language", "text"), ONCE)
def test_what_was_said_once_has_no_day(language, text):
    quotes = article(text, language=language).quotes
    assert quotes
    assert all(q.said.first is None for q in quotes)


CASES = [
    ("ru", "Олег Ольховский приехал. Кроме того, жители призывают Ольховского сохранить паром для всех."),
    ("ru", "«Паром пойдёт завтра утром». Стол Ивана Ольховского: «Мы сохраним паром для всех»."),
    ("ru", "О том, что паром пойдёт завтра, заявил глава Русской гавани."),
    ("ru", "Глава Минсвязи отметил, что паром пойдёт завтра утром."),
    ("ru", "«Паром пойдёт завтра утром», — сказал представитель Norsoft."),
    ("ru", "При этом предлагается наделить депутатов МСУ правом голоса, что вызвало споры."),
    ("pl", "Publicznie powiedział prezydentowi Norlandii Janowi Moorowi, że prom popłynie jutro rano."),
    ("pt", "O ministro afirmou em nota que a derrota do EI era a meta da balsa."),
    ("de", "„Die Fähre fährt bald wieder“, teilte ein Sprecher des Verkehrsministeriums mit."),
    (
        "de",
        "Die Gespräche waren gut. Deutschland und die USA hätten eine lange Geschichte, sagte Deutschland und die USA.",
    ),
]


@pytest.mark.parametrize(("language", "text"), CASES)
def test_a_case_that_no_subject_has_and_whose_an_office_is_name_nobody(language, text):
    assert names(text, language) <= {None}


WHOLE = [
    ("ru", "«Паром пойдёт завтра утром», — отметил руководитель Театра Наций Олег Ольховский.", "Олег Ольховский"),
    ("ru", "По словам психолога Гэри Уилсона, паром пойдёт. «Он пойдёт завтра», — считает Уилсон.", "Гэри Уилсон"),
    ("ru", "«Паром пойдёт завтра утром», — сказал Аде Мур Олег Ольховский.", "Олег Ольховский"),
    ("pl", "„Prom popłynie jutro rano”, powiedział Info Maciej Moor.", "Maciej Moor"),
    ("ru", "«Паром пойдёт завтра утром», — сказал мэр Ольховский.", "Ольховский"),
]


@pytest.mark.parametrize(("language", "text", "name"), WHOLE)
def test_a_name_is_given_whole_and_in_the_nominative(language, text, name):
    assert [q.speaker.name for q in article(text, language=language).quotes if q.speaker][-1] == name


def test_a_call_set_back_with_a_slanted_label_is_not_the_speakers():
    turn = "Dziękuję bardzo za głos, prom zostanie tu dla wszystkich."
    text = "\n\n".join(
        f"Prezes Rady Ministrów Adam Moor:\n\n{turn}\n\n> *Poseł Jan Lind interrupts:* Nie wolno kłamać.\n\n"
        "Marszałek:\n\nBardzo państwa proszę o spokój na sali."
        for _ in range(3)
    )
    words = [text[q.start : q.end] for q in transcript(text, language="pl").quotes]
    assert words
    assert not any("Nie wolno" in said for said in words)
