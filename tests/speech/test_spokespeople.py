"""Words that come through a spokesman are the spokesman's, never the one's for whom they are given."""

import pytest

from tests.speech.reader import article

THROUGH = [
    ("en", "Ada Moor said through a spokesman that the bridge “will stay open all through the winter.”"),
    ("en", "Mayor Ada Moor told reporters via an aide that the bridge “will stay open all through the winter.”"),
    ("de", "Bürgermeisterin Ada Moor ließ über einen Sprecher mitteilen, die Brücke „bleibt den ganzen Winter offen“."),
    ("de", "Ada Moor erklärte durch ihre Pressesprecherin, die Brücke „bleibt den ganzen Winter offen“."),
    ("fr", "Ada Moor a déclaré par la voix de son porte-parole que le pont « restera ouvert tout l’hiver »."),
    ("es", "Ada Moor dijo a través de su portavoz que el puente «seguirá abierto todo el invierno»."),
    ("it", "Ada Moor ha detto tramite il suo portavoce che il ponte «resterà aperto tutto l’inverno»."),
    ("nl", "Ada Moor zei via haar woordvoerder dat de brug “de hele winter open blijft”."),
    ("sv", "Ada Moor sade genom sin talesperson att bron ”förblir öppen hela vintern”."),
    ("ru", "Ада Мур заявила через своего пресс-секретаря, что мост «останется открытым всю зиму»."),
]


@pytest.mark.parametrize(("language", "text"), THROUGH)
def test_the_principal_did_not_say_it(language, text):
    assert [q.speaker.name for q in article(text, language=language).quotes if q.speaker] == [None]


def test_a_named_spokesman_is_named():
    text = "Ada Moor ließ über ihren Sprecher Bo Lind mitteilen, die Brücke „bleibt den ganzen Winter offen“."
    assert [q.speaker.name for q in article(text, language="de").quotes] == ["Bo Lind"]


def test_what_passes_through_something_else_stays_the_speakers():
    text = "Ada Moor said the road through the valley “will stay open all through the winter.”"
    assert [q.speaker.name for q in article(text, language="en").quotes] == ["Ada Moor"]
