"""The role a statement was made in: the office held on the day, else what the text says."""

from datetime import UTC, date, datetime

import pytest

from tracker.speech import queries
from tracker.speech.ledger import speakers as speaker_ledger
from tracker.speech.models import Claim, Office, Precision, QuoteKind, Status

NOW = datetime(2025, 1, 2, tzinfo=UTC)


@pytest.fixture
def lind(database):
    offices = [
        speaker_ledger.NewOffice("President of Norland", "Norland", date(2023, 6, 1), date(2024, 5, 31)),
        speaker_ledger.NewOffice("Mayor", "Nordhaven", date.min, date(2023, 5, 31)),
    ]
    with database.transaction() as session:
        speaker_ledger.configure(session, NOW, [speaker_ledger.NewSpeaker("Mara Lind", "person", (), tuple(offices))])
        return speaker_ledger.speaker_named(session, "Mara Lind").id


def claim(number, speaker_id, first, last, role="the politician"):
    precision = Precision.UNKNOWN if first is None else Precision.DAY if first == last else Precision.RANGE
    return Claim(
        id=number, public_id=f"c{number}", identity_key=f"{number}", speaker_id=speaker_id, candidates=[], role=role,
        kind=QuoteKind.DIRECT, text="No toll.", folded="no toll", said_from=first, said_to=last,
        said_precision=precision, said_basis="", altered=False, status=Status.NEW, created_at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        (date(2024, 5, 31), date(2024, 5, 31), "President of Norland"),
        (date(2023, 5, 31), date(2023, 5, 31), "Mayor, Nordhaven"),
        (date(2024, 6, 1), date(2024, 6, 1), "the politician"),
        (date(2023, 5, 30), date(2023, 6, 2), "the politician"),
        (None, None, "the politician"),
    ],
    ids=["last day", "day before", "day after", "days in two offices", "day unknown"],
)
def test_the_office_of_the_day_is_the_role_and_never_another(database, lind, first, last, told):
    with database.reading() as session:
        assert queries.roles(session, [claim(1, lind, first, last)]) == {1: told}


def test_an_unresolved_speaker_has_the_role_of_the_text(database, lind):
    day = date(2024, 1, 1)
    with database.reading() as session:
        assert queries.roles(session, [claim(1, None, day, day, role=None)]) == {1: None}


def test_the_body_is_named_once():
    office = Office(speaker_id=1, title="NATO Secretary General", body="NATO", from_on=date.min)
    assert queries.role(office) == "NATO Secretary General"
