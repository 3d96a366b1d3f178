"""Who was told is not who said, in every language that is read."""

import pytest

from tests.speech.reader import article

TOLD = [
    ("en", "Mayor Ada Moor was told in an interview with BNS that the bridge would not open in June."),
    ("en", "Mayor Ada Moor was informed on Monday that the harbour would close."),
    (
        "en",
        "Asked about the bridge, Mayor Ada Moor shook her head. She was reminded that they promised it.",
    ),
    ("en", "Ada Moor has been warned that the dam could break, and she left."),
    ("en", "Ada Moor was told by Bo Lind that the dam would break."),
    ("en", "Mayor Ada Moor heard that the harbour would close."),
    ("en", "Mayor Ada Moor was asked whether the harbour would close."),
    ("de", "Bürgermeisterin Ada Moor wurde am Montag informiert, dass der Hafen schließt."),
    ("de", "Bürgermeisterin Ada Moor wurde gefragt, ob die Brücke gebaut wird."),
    ("de", "Ada Moor ist mitgeteilt worden, dass der Hafen schließt."),
    ("fr", "La maire Ada Moor a été informée lundi que le port fermerait."),
    ("es", "La alcaldesa Ada Moor fue informada el lunes de que el puerto cerraría."),
    ("ru", "Мэру Аде Мур сообщили в понедельник, что порт закроется."),
    ("ru", "Аду Мур спросили, закроется ли порт."),
    ("uk", "Міністру Аді Мур повідомили в понеділок, що порт закриється."),
    ("pl", "Burmistrz Ada Moor została poinformowana w poniedziałek, że port zostanie zamknięty."),
    ("sv", "Borgmästare Ada Moor fick i måndags veta att hamnen stängs."),
    ("sv", "Borgmästare Ada Moor informerades i måndags om att hamnen stängs."),
    ("it", "La sindaca Ada Moor è stata informata lunedì che il porto chiuderà."),
    ("en", "“You must leave the harbour now,” Mayor Ada Moor was told on Monday."),
    ("en", "Mayor Ada Moor was told: “You must leave the harbour now.”"),
    ("en", "“You must leave the harbour now,” the council told Mayor Ada Moor."),
    ("en", "“You must leave the harbour now,” Mayor Ada Moor was warned by Bo Lind."),
    ("en", "Mayor Ada Moor was asked: “Will the harbour close?”"),
    ("de", "„Sie müssen den Hafen jetzt verlassen“, wurde Bürgermeisterin Ada Moor gesagt."),
    ("de", "Bürgermeisterin Ada Moor wurde gefragt: „Wird der Hafen geschlossen?“"),
    ("de", "„Sie müssen den Hafen jetzt verlassen“, sagte man Ada Moor."),
    ("ru", "«Вы должны уйти немедленно», — сказали Аде Мур в министерстве."),
    ("ru", "Аде Мур ответили: «Вы должны уйти немедленно»."),
    ("uk", "«Ви маєте піти негайно», — сказали Аді Мур у міністерстві."),
    ("pl", "„Musi pani natychmiast wyjść” – powiedziano Adzie Moor w ministerstwie."),
    ("pl", "„Musi pani natychmiast wyjść” – usłyszała Ada Moor."),
    ("fr", "« Vous devez partir maintenant », a-t-on dit à la maire Ada Moor."),
    ("fr", "La maire Ada Moor s'est entendu dire : « Vous devez partir maintenant »."),
    ("es", "«Debe salir ahora mismo», le dijeron a la alcaldesa Ada Moor."),
    ("sv", "”Du måste gå nu genast”, fick borgmästare Ada Moor höra."),
    ("it", "«Deve andarsene subito», è stato detto alla sindaca Ada Moor."),
]
SAID = [
    ("en", "“We will build it,” Mayor Ada Moor told reporters on Monday."),
    ("en", "“We will build it,” Mayor Ada Moor said to reporters, who were told to wait."),
    ("en", "When she was asked about it, Mayor Ada Moor said the harbour would close."),
    ("en", "Asked whether it would close, Mayor Ada Moor said: “It will close soon enough.”"),
    ("en", "Mayor Ada Moor was pressed on the plan and said the harbour would close."),
    ("en", "Mayor Ada Moor, who was warned by her doctors, said the harbour would close."),
    ("en", "According to Mayor Ada Moor, the council was told in May."),
    ("en", "“We were told nothing about it,” Mayor Ada Moor said."),
    ("de", "„Wir bauen das jetzt“, sagte Bürgermeisterin Ada Moor, die am Montag gefragt wurde."),
    ("de", "Bürgermeisterin Ada Moor sagte, sie sei nicht informiert worden."),
    ("de", "„Wir bauen das jetzt“, sagte Ada Moor, man habe lange gewartet."),
    ("fr", "« Nous le ferons maintenant », a dit Ada Moor à la presse."),
    ("fr", "« Nous le ferons maintenant », a répondu à la presse Ada Moor."),
    ("es", "«Lo haremos ahora mismo», dijo a la prensa Ada Moor."),
    ("es", "«Lo haremos ahora mismo», dijo Ada Moor a la agencia."),
    ("ru", "«Мы построим его скоро», — сказала Ада Мур журналистам."),
    ("ru", "По словам Ады Мур, порт закроется."),
    ("uk", "«Ми збудуємо це скоро», — сказала Ада Мур журналістам."),
    ("pl", "„Zbudujemy to teraz” – powiedziała dziennikarzom Ada Moor."),
    ("sv", "”Vi bygger det nu”, sade borgmästare Ada Moor till Kuriren."),
    ("it", "«Lo faremo adesso», ha detto ai giornalisti Ada Moor."),
    ("nl", "„We bouwen het nu”, zei burgemeester Ada Moor tegen de krant."),
    ("ru", "«Вы должны уйти немедленно», — сказал Аде Лунд Олег Мур."),
    ("en", "Mayor Ada Moor was quoted by the Courier as saying: “The harbour will close.”"),
    ("de", "Ada Moor wird mit den Worten zitiert: „Der Hafen schließt bald.“"),
    ("en", "It was said on Monday by Mayor Ada Moor that the dam would hold."),
]


@pytest.mark.parametrize(("language", "text"), TOLD)
def test_who_was_told_something_did_not_say_it(language, text):
    quotes = article(text, language=language).quotes
    assert not [one.speaker for one in quotes if one.speaker and one.speaker.text and "M" in one.speaker.text]
    assert not [one.speaker for one in quotes if one.speaker and "Мур" in one.speaker.text]
    assert "indirect" not in {one.kind for one in quotes}


@pytest.mark.parametrize(("language", "text"), SAID)
def test_who_says_something_to_others_said_it(language, text):
    (quote,) = article(text, language=language).quotes
    assert quote.speaker is not None
    assert quote.speaker.name is not None
    assert "M" in quote.speaker.name or "М" in quote.speaker.name
