"""One published date, from the words of a source to the columns of a row and back."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from tracker.archive.models import Document
from tracker.archive.published import NO_DATE, PublishedDate
from tracker.archive.supplied import InvalidDocument, parse_published

NOON = datetime(2024, 3, 6, 12, tzinfo=UTC)


def test_a_date_that_can_not_be_believed_keeps_its_words_and_no_precision():
    assert PublishedDate.told("the day after tomorrow", None, "day") == PublishedDate(raw="the day after tomorrow")


@pytest.mark.parametrize(
    ("told", "at", "precision"),
    [
        (NOON.astimezone(timezone(timedelta(hours=2))), NOON, "time"),
        (date(2024, 3, 6), datetime(2024, 3, 6, tzinfo=UTC), "day"),
        (None, None, None),
    ],
)
def test_a_page_tells_a_time_or_a_day(told, at, precision):
    found = PublishedDate.parsed("as written", told)
    assert (found.raw, found.at, found.precision) == ("as written", at, precision)


@pytest.mark.parametrize(
    ("text", "reader_gets"),
    [("2024-03", date(2024, 3, 1)), ("2024-03-06", date(2024, 3, 6)), ("2024-03-06T12:00Z", NOON), (None, None)],
)
def test_the_reader_gets_no_time_that_was_not_told(text, reader_gets):
    assert parse_published(text).time_or_day() == reader_gets


def test_a_row_gives_back_what_was_stored():
    told = parse_published("2024-03-06")
    row = Document(source_id="s", item="i", first_seen_at=NOON)
    for name, value in told.columns().items():
        setattr(row, name, value)
    assert PublishedDate.stored(row) == told
    assert PublishedDate.stored(Document(source_id="s", item="j", first_seen_at=NOON)) == NO_DATE


def test_what_is_no_date_is_refused_with_an_example():
    with pytest.raises(InvalidDocument, match="write it like 2023-06-19"):
        parse_published("last Tuesday")
