"""The lists of what is unsure are asked by their own indexes, on both databases."""

import pytest
import sqlalchemy as sa

from tests.conftest import NOON
from tracker.speech.models import Claim, Precision, QuoteKind
from tracker.speech.queries import unsure
from tracker.speech.queries.unsure import Doubt


@pytest.fixture
def record(database):
    with database.transaction() as session:
        for number in range(60):
            session.add(
                Claim(
                    public_id=str(number), identity_key=str(number), kind=QuoteKind.DIRECT, text="a", folded="a",
                    said_precision=Precision.UNKNOWN, created_at=NOON,
                    said_conflict="two days" if number % 20 == 0 else None,
                )
            )  # fmt: skip
    return database


@pytest.mark.parametrize(
    ("doubt", "number"),
    [
        (Doubt.SPEAKER, 60),
        (Doubt.NO_DAY, 60),
        (Doubt.LOOSE_DAY, 0),
        (Doubt.DAYS_DIFFER, 3),
        (Doubt.PLACES_DIFFER, 0),
        (Doubt.EDITED, 0),
    ],
)
def test_a_list_is_counted_and_paged_by_key(record, doubt, number):
    with record.reading() as session:
        assert unsure.count(session, doubt) == number
        keys, before = [], None
        while True:
            page = unsure.page(session, doubt, before, 25)
            keys += [row.key for row in page.rows]
            before = page.older
            if before is None:
                break
    assert keys == sorted(keys, reverse=True)
    assert len(set(keys)) == number


def test_the_condition_of_each_list_is_that_of_its_index(record):
    with record.reading() as session:
        found = {
            index["name"]
            for table in ("claim", "appearance")
            for index in sa.inspect(session.connection()).get_indexes(table)
        }
    assert set(unsure.INDEXES.values()) <= found
