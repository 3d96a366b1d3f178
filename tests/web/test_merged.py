"""A statement that was merged, and merged again, is everywhere the one that stands for it; a ring ends nowhere for ever."""

from itertools import pairwise

import pytest
from sqlmodel import select

from tracker.speech import queries
from tracker.speech.models import Appearance, Claim, Status


def merge(world, seeded, *names):
    """Merge each of these statements into the next one."""
    with world.database.transaction() as session:
        rows = [session.exec(select(Claim).where(Claim.public_id == seeded.claims[name])).one() for name in names]
        for one, other in pairwise(rows):
            one.merged_into = other.id


@pytest.fixture
def twice(site_world, seeded):
    merge(site_world, seeded, "mara-lind-1", "mara-lind-2", "mara-lind-3")


@pytest.fixture
def ring(site_world, seeded):
    merge(site_world, seeded, "mara-lind-1", "mara-lind-2", "mara-lind-1")


@pytest.mark.parametrize("ending", ["", ".json", ".csv"])
def test_its_address_leads_to_the_last_one(client, seeded, twice, ending):
    answer = client.get(f"/c/{seeded.claims['mara-lind-1']}{ending}")
    assert answer.headers["Location"] == f"/c/{seeded.claims['mara-lind-3']}{ending}"


def test_the_api_answers_with_the_last_one(client, seeded, twice):
    answer = client.get(f"/api/v1/statements/{seeded.claims['mara-lind-1']}").get_json()
    assert answer["claim"] == seeded.claims["mara-lind-3"]


def test_its_quote_in_an_archived_copy_is_the_last_one_s(client, site_world, seeded, twice):
    with site_world.database.reading() as session:
        first, last = (queries.claim(session, seeded.claims[f"mara-lind-{number}"]) for number in (1, 3))
        [place] = session.exec(select(Appearance).where(Appearance.claim_id == first.id)).all()
        assert last.id in {one.claim_id for one in queries.quotes_of_snapshot(session, place.snapshot_id)}
    page = client.get(f"/snapshots/{seeded.copies['mara-lind-1/1']}?claim={seeded.claims['mara-lind-1']}")
    assert f"/c/{seeded.claims['mara-lind-3']}" in page.get_data(as_text=True)


def test_a_copy_shows_no_quote_whose_last_one_is_hidden(site_world, seeded, twice):
    with site_world.database.transaction() as session:
        queries.claim(session, seeded.claims["mara-lind-3"]).status = Status.REJECTED
    with site_world.database.reading() as session:
        first = queries.claim(session, seeded.claims["mara-lind-1"])
        [place] = session.exec(select(Appearance).where(Appearance.claim_id == first.id)).all()
        assert queries.quotes_of_snapshot(session, place.snapshot_id) == []


@pytest.mark.parametrize("address", ["/c/{}", "/c/{}.json", "/api/v1/statements/{}"])
def test_a_ring_of_merges_is_not_found(client, seeded, ring, address):
    assert client.get(address.format(seeded.claims["mara-lind-1"])).status_code == 404
