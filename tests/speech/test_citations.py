"""Citations: everything that is needed to find the words again, in the forms that others write."""

from dataclasses import replace
from datetime import date

import pytest

from tracker.speech.citations import CitedStatement, apa, bibtex, citations, newsroom, ris
from tracker.speech.models import Precision

DAY = date(2024, 3, 6)
MOOR = CitedStatement(
    key="ab12cd34ef",
    words="“We need 5 % of the {toll} & no more.”",
    speaker="Ada Moor",
    role="Mayor of Nordhaven",
    first=DAY,
    last=DAY,
    precision=Precision.DAY,
    place="press conference, Nordhaven town hall",
    outlet="Nordhaven Courier",
    url="https://courier.example/1",
    archived="https://record.example.org/snapshots/ff00",
    permalink="https://record.example.org/c/ab12cd34ef",
    site="On the Record",
    accessed=date(2026, 11, 27),
)
BARE = replace(MOOR, speaker=None, role=None, place=None, outlet=None, url=None, archived=None)


@pytest.mark.parametrize("one", citations(MOOR), ids=lambda one: one.style)
def test_each_style_names_words_speaker_role_day_place_outlet_and_all_addresses(one):
    for piece in (
        "Ada Moor",
        "Mayor of Nordhaven",
        "2024",
        "press conference",
        "Nordhaven Courier",
        MOOR.permalink,
        "ff00",
    ):
        assert piece in one.text
    assert "We need 5" in one.text
    assert "2026" in one.text


@pytest.mark.parametrize("one", citations(BARE), ids=lambda one: one.style)
def test_what_is_not_known_is_left_out_and_nothing_is_made_up(one):
    assert "Speaker not resolved" in one.text
    assert "None" not in one.text
    assert "  ," not in one.text
    assert ", ," not in one.text


def test_a_newsroom_gets_one_line():
    assert newsroom(MOOR) == (
        "“We need 5 % of the {toll} & no more.” — Ada Moor, Mayor of Nordhaven, said Wed 6 March 2024, press conference, "
        "Nordhaven town hall. Nordhaven Courier, https://courier.example/1. Archived copy: "
        "https://record.example.org/snapshots/ff00. On the Record, https://record.example.org/c/ab12cd34ef (accessed "
        "27 November 2026)."
    )


@pytest.mark.parametrize(
    ("last", "precision", "told"),
    [
        (DAY, Precision.DAY, "(2024, March 6)"),
        (date(2024, 3, 8), Precision.RANGE, "(2024, March 6–8)"),
        (date(2024, 4, 2), Precision.RANGE, "(2024, March 6–April 2)"),
        (date(2025, 1, 2), Precision.RANGE, "(2024, March 6–January 2, 2025)"),
        (date(2024, 3, 31), Precision.MONTH, "(2024, March)"),
        (date(2024, 12, 31), Precision.YEAR, "(2024)"),
        (None, Precision.UNKNOWN, "(n.d.)"),
    ],
)
def test_a_day_is_cited_as_exactly_as_it_is_known(last, precision, told):
    first = DAY if last else None
    assert f"Ada Moor {told}. “We need" in apa(replace(MOOR, first=first, last=last, precision=precision))


def test_bibtex_keeps_marks_that_mean_something_there_as_marks():
    text = bibtex(MOOR)
    assert text.startswith("@misc{ab12cd34ef,\n")
    assert r"5 \% of the \{toll\} \& no more" in text
    assert "date = {2024-03-06}," in text
    assert text.count("{") - text.count(r"\{") == text.count("}") - text.count(r"\}")


def test_ris_has_one_value_a_line_between_its_first_and_last_tag():
    lines = ris(replace(MOOR, words="“Two\nlines.”")).split("\n")
    assert (lines[0], lines[-1]) == ("TY  - GEN", "ER  - ")
    assert "TI  - “Two lines.”" in lines
    assert all(line[2:6] == "  - " for line in lines)
