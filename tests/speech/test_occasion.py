import pytest

from tracker.languages.data import languages
from tracker.speech.occasion import occasion_of
from tracker.speech.reading import Manuscript, read


def told(text, code="en"):
    """The channel and venue of the first quote of a text."""
    quote = read(Manuscript(text=text, language=code)).quotes[0]
    found = occasion_of(text, quote, languages()[code])
    return (found.channel, text[slice(*found.venue)]) if found else None


@pytest.mark.parametrize(
    ("code", "text", "channel", "venue"),
    [
        ("en", "“We open it,” Alva Renn said in an interview with Nord TV on Monday.", "interview",
         "an interview with Nord TV"),
        ("en", "“We open it,” Renn wrote on X.", "post", "X"),
        ("en", "“We open it,” Alva Renn told reporters at a joint news conference in Seaford.", "press conference",
         "a joint news conference in Seaford"),
        ("de", "„Die Brücke öffnet“, sagte Alva Renn im Interview mit dem Nordkurier.", "interview",
         "Interview mit dem Nordkurier"),
        ("ru", "«Мост откроется», — заявила Альва Ренн в интервью телеканалу Норд.", "interview", "интервью телеканалу Норд"),
        ("ru", "Альва Ренн сказала на пресс-конференции в Сифорде, что мост откроется.", "press conference",
         "пресс-конференции в Сифорде"),
        ("uk", "«Міст відкриють», — сказала Альва Ренн в інтерв’ю телеканалу Норд.", "interview", "інтерв’ю телеканалу Норд"),
        ("fr", "« Le pont ouvre », a dit Alva Renn dans un entretien avec Le Nord.", "interview", "un entretien avec Le Nord"),
        ("es", "Alva Renn dijo en una entrevista con Radio Norte que el puente abre.", "interview",
         "una entrevista con Radio Norte"),
        ("pl", "„Most otwieramy” – powiedziała Alva Renn w wywiadzie dla Gazety Północnej.", "interview",
         "wywiadzie dla Gazety Północnej"),
        ("sv", "”Vi öppnar bron”, sade Alva Renn i en intervju med Nordbladet.", "interview", "en intervju med Nordbladet"),
        ("it", "«Apriamo il ponte», ha detto Alva Renn in un'intervista a Radio Nord.", "interview",
         "un'intervista a Radio Nord"),
    ],
)  # fmt: skip
def test_the_reporting_sentence_tells_where_it_was_said(code, text, channel, venue):
    assert told(text, code) == (channel, venue)


@pytest.mark.parametrize(
    "text",
    [
        "“I said it in an interview with Nord TV,” Alva Renn told the mayor.",
        "“We open it,” Alva Renn said on Monday.",
        "Renn gave an interview to Nord TV.\n\n“We open it,” she told the mayor.",
        "“We open it,” Alva Renn said in an interview with Nord TV and on Telegram.",
    ],
    ids=["in the words themselves", "a day", "another sentence", "two places"],
)
def test_what_the_reporting_sentence_does_not_tell_is_not_known(text):
    assert told(text) is None
