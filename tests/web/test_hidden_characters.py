"""No text of a source or a colleague turns the letters beside it around, hides any, or acts on a terminal."""

import re

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from tests.web import seed
from tests.web.conftest import PASSWORD, sign_in
from tests.web.test_pages import PAGES, address
from tracker import accounts
from tracker.accounts import Role
from tracker.speech.display import inert
from tracker.web.views.typed import Typed

PAYLOAD = "\u202e\u2066\u200b\u00ad\u2069\U000e0041\x1b[31m\x9b\x07"
NEVER = re.compile(
    "[\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff\u00ad\U000e0000-\U000e007f\x00-\x08\x0b-\x1f\x7f-\x9f]"
)
KEPT = {"id", "public_id", "slug", "token_sha256", "sha256", "text_sha256", "exact_sha256", "previous", "digest",
        "identity_key",
        "etag", "last_modified", "key", "email", "password_hash", "timezone", "language", "folded", "address_folded",
        "verdict", "by", "job", "state", "action", "subject", "item", "version", "published_precision", "lane", "kind",
        "rule", "url", "address", "form", "extractor", "listing_sha256"}  # fmt: skip
"""Columns that hold no words of anybody: keys, hashes, words of ours."""


def poison(session) -> int:
    """Put the payload into every column that holds words; how many columns."""
    columns = 0
    for table in SQLModel.metadata.sorted_tables:
        if table.name in {"audit_entry", "attempt", "sign_in"}:
            continue
        for column in table.columns:
            kind = getattr(column.type, "impl", column.type)
            words = isinstance(kind, sa.String) and not isinstance(column.type, sa.Enum)
            if not words or column.name in KEPT or column.foreign_keys:
                continue
            columns += 1
            change = sa.update(table).where(column.is_not(None)).values({column.name: column + PAYLOAD})
            session.connection().execute(change)
    return columns


@pytest.fixture
def poisoned(site_world, client):
    with site_world.database.transaction() as session:
        accounts.add(session, seed.NOW, email="vera@example.org", name="Vera", role=Role.ADMIN, password=PASSWORD)
        assert poison(session) > 25
    sign_in(client, "vera@example.org", PASSWORD)
    return client


INSIDE = ["/review", "/runs", "/capture", "/account"]


@pytest.mark.parametrize(
    "pattern", [*PAGES, *INSIDE, "/feeds/t/harbour-pact.atom", "/feeds/t/harbour-pact/shifts.atom"]
)
def test_no_page_or_feed_shows_a_character_that_turns_or_hides_others(poisoned, seeded, pattern):
    answer = poisoned.get(address(pattern, seeded), follow_redirects=True)
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    found = NEVER.search(page)
    assert found is None, (repr(found[0]), page[max(0, found.start() - 200) : found.start() + 20])


def test_exports_keep_the_evidence_and_write_it_so_that_nothing_turns(poisoned, seeded):
    claim = seeded.claims["mara-lind-2"]
    told = poisoned.get(f"/c/{claim}.json")
    assert NEVER.search(told.get_data(as_text=True)) is None
    assert PAYLOAD in told.get_json()["appearances"][0]["exact"]
    head, *rows = poisoned.get(f"/c/{claim}.csv").get_data(as_text=True).splitlines()
    speaker = head.replace('"', "").split(",").index("speaker")
    assert "\u202e" not in rows[0].split('","')[speaker]


def test_arabic_hebrew_and_their_marks_stay_as_they_are():
    for text in ("لا نطلب\u200f الانضمام", "שלום\u200e עולם", "میثاق", "نیم\u200eفاصله", "naïve café № 5 €"):
        assert inert(text) == text


def test_what_goes_back_into_a_form_is_what_was_typed():
    assert inert(Typed(PAYLOAD)) == PAYLOAD
    assert inert(PAYLOAD) == "\ufffd[31m\ufffd\ufffd"
    assert inert(None) is None
    assert inert(7) == 7
