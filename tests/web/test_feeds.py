"""Feeds of any search, as a foreign reader takes them: whole, with stable ids, and nothing where nothing changed."""

import feedparser
import pytest

from tests.web import seed


def parsed(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found = feedparser.parse(answer.data, response_headers={"content-type": answer.headers["Content-Type"]})
    assert not found.bozo, found.get("bozo_exception")
    return found


def test_the_feed_of_a_search_holds_what_the_search_finds(client):
    feed = parsed(client, "/feeds/statements.atom?q=harbour+pact&speaker=mara-lind")
    found = client.get("/api/v1/statements?q=harbour+pact&speaker=mara-lind").get_json()
    assert {entry.id.rpartition("/")[2] for entry in feed.entries} == {one["claim"] for one in found["items"]}
    assert feed.feed.title == "“harbour pact” by Mara Lind · On the Record"
    assert feed.feed.link.endswith("/search?q=harbour+pact&speaker=mara-lind")


def test_an_entry_tells_all_that_is_known_of_a_statement(client):
    feed = parsed(client, f"/feeds/statements.atom?topic={seed.PACT}&speaker=mara-lind&position=3")
    for line in ("“", "Speaker: Mara Lind, ", "Said: ", "Positions: 3", "Sources: "):
        assert line in feed.entries[0].content[0].value
    assert feed.entries[0].tags[0].term == "Norland’s entry into the Harbour Pact"


def test_a_json_feed_says_the_same_and_carries_the_interfaces_object(client):
    answer = client.get(f"/feeds/statements.json?topic={seed.PACT}")
    assert answer.headers["Content-Type"] == "application/feed+json; charset=utf-8"
    feed = answer.get_json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    entries = parsed(client, f"/feeds/statements.atom?topic={seed.PACT}").entries
    assert [item["id"] for item in feed["items"]] == [entry.id for entry in entries]
    assert [item["content_text"] for item in feed["items"]] == [entry.content[0].value for entry in entries]
    for item in feed["items"]:
        assert item["_statement"]["claim"] == item["id"].rpartition("/")[2]
        assert item["_statement"]["appearances"][0]["exact_sha256"]


@pytest.mark.parametrize("form", ["atom", "json"])
def test_a_reader_that_has_the_feed_gets_nothing_again(client, form):
    address = f"/feeds/statements.{form}?topic={seed.PACT}"
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(address, headers={"If-Modified-Since": first.headers["Last-Modified"]}).status_code == 304
    assert client.get(address, headers={"If-None-Match": '"another"'}).status_code == 200


def test_shifts_of_all_topics_and_of_one(client):
    feed = parsed(client, "/feeds/shifts.atom")
    assert [entry.title for entry in feed.entries] == ["Mara Lind moved one step up, from 2 to 3"]
    assert "Before: “" in feed.entries[0].content[0].value
    one = client.get(f"/feeds/shifts.json?topic={seed.PACT}").get_json()
    assert [item["id"] for item in one["items"]] == [entry.id for entry in feed.entries]
    assert client.get(f"/feeds/shifts.json?topic={seed.TARIFF}").get_json()["items"] == []


NOT_READ = ("statements.atom", "statements.json?kind=song", "shifts.atom?topic=no", "shifts.json?a=b")


@pytest.mark.parametrize("address", NOT_READ)
def test_what_can_not_be_read_is_said(client, address):
    assert client.get(f"/feeds/{address}").status_code == 400


def test_the_search_page_leads_to_its_feeds(client):
    page = client.get("/search?q=tariff").get_data(as_text=True)
    assert 'href="/feeds/statements.atom?q=tariff"' in page
    assert 'href="/feeds/statements.json?q=tariff"' in page
