"""An office and its place name whoever holds it on the day, or nobody; the place is never a person."""

from datetime import date

import pytest

from tests.speech.reader import article
from tracker.speech.types import KnownOffice, KnownSpeaker


def holder(name, title, place):
    return KnownSpeaker(name, offices=(KnownOffice(title, place, date(2020, 1, 1)),))


KNOWN = (
    holder("Ada Moor", "Mayor", "Nordhaven"),
    holder("Bo Lind", "Foreign Minister", "Norland"),
    holder("Ole Berg", "Bürgermeister", "Ulm"),
    holder("Léa Roux", "maire", "Lyon"),
    holder("Ana Gil", "alcaldesa", "Sevilla"),
    holder("Eva Bos", "burgemeester", "Utrecht"),
)


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("en", "“We build it now,” said the mayor of Nordhaven.", "Ada Moor"),
        ("en", "“We build it now,” said the mayor on Monday.", "Ada Moor"),
        ("en", "“We build it now,” said the foreign minister of Norland.", "Bo Lind"),
        ("en", "“We build it now,” said Norland's foreign minister.", "Bo Lind"),
        ("de", "„Wir bauen das jetzt“, sagte der Bürgermeister von Ulm.", "Ole Berg"),
        ("de", "„Wir bauen das jetzt“, sagte der Bürgermeister am Montag.", "Ole Berg"),
        ("fr", "« Nous le ferons maintenant », a dit la maire de Lyon.", "Léa Roux"),
        ("es", "«Lo haremos ahora mismo», dijo la alcaldesa de Sevilla.", "Ana Gil"),
        ("nl", "„We bouwen het nu”, zei de burgemeester van Utrecht.", "Eva Bos"),
        ("en", "“We build it now,” said the mayor of Seaford.", None),
        ("en", "“We build it now,” said the president of the bank.", None),
        ("de", "„Wir bauen das jetzt“, sagte der Bürgermeister von Bonn.", None),
        ("fr", "« Nous le ferons maintenant », a dit le maire de Lille.", None),
        ("es", "«Lo haremos ahora mismo», dijo el alcalde de Toledo.", None),
        ("nl", "„We bouwen het nu”, zei de burgemeester van Delft.", None),
        ("it", "«Lo faremo adesso», ha detto il sindaco di Roma.", None),
        ("pt", "“Vamos construir agora”, disse o prefeito de Recife.", None),
        ("pl", "„Zbudujemy to teraz” – powiedział burmistrz Gdańska.", None),
        ("ru", "«Мы построим его скоро», — сказал мэр Казани.", None),
        ("de", "„Wir bauen das jetzt“, sagte Richard von Kranz.", "Richard von Kranz"),
        ("pl", "„Zbudujemy to teraz” – powiedział minister Kranicki.", "Kranicki"),
    ],
)
def test_an_office_with_its_place_is_its_holder_or_nobody(language, text, name):
    (quote,) = article(text, language=language, known=KNOWN).quotes
    assert quote.speaker.name == name
