"""A page of labels with times, prices and names is no transcript: nobody speaks there."""

import pytest

from tracker.speech.reading import Manuscript, read

FORMS = [
    ("de", ["Termin: 3. Mai, 19 Uhr", "Ort: Hafen", "Eintritt: 69 Euro", "Tel: 040 300"]),
    ("es", ["Hora: 8:00", "Árbitro: Bo Lind (8)", "Secretario: Ada Moor (8)", "Suplentes: Jan Hale, Ida Brandt (6)"]),
    ("fr", ["Date : 3 mai", "Lieu : port", "Entrée : 69 euros", "Tél : 040 300"]),
    ("en", ["Date: 3 May", "Place: harbour", "Entry: 69 euros", "Phone: 040 300"]),
]


@pytest.mark.parametrize(("language", "lines"), FORMS)
def test_a_form_is_no_transcript(language, lines):
    page = "\n".join(["Nordhaven"] + lines * 4)
    reading = read(Manuscript(text=page, language=language))
    assert reading.kind == "article"
    assert [q.speaker.name for q in reading.quotes if q.speaker and q.kind == "turn"] == []
