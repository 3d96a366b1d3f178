"""The fields beside the search's words: sides of an event, steps of a scale, and what can't be read."""

import re

import pytest
from sqlmodel import col, select

from tests.web import seed
from tracker.speech.models import Claim, Status


def items(client, query):
    answer = client.get(f"/api/v1/statements?{query}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()["items"]


def days(client, query):
    return {one["said"]["from"] for one in items(client, query)}


def test_a_side_of_an_event_holds_only_what_its_day_proves(client):
    before = days(client, f"event={seed.SUMMIT}&side=before")
    after = days(client, f"event={seed.SUMMIT}&side=after")
    assert before
    assert after
    assert max(before) <= "2024-05-14" <= min(after)  # a time of that day places it


def test_only_statements_on_the_events_topics_stand_around_it(client):
    found = items(client, f"event={seed.SUMMIT}")
    assert all(seed.PACT in {one["topic"] for one in each["topics"]} for each in found)


def test_a_step_is_that_of_the_coding_in_force(client):
    found = items(client, f"topic={seed.PACT}&position=2")
    assert found
    assert all({one["step"] for one in each["codings"] if one["topic"] == seed.PACT} == {2} for each in found)


@pytest.mark.parametrize(
    "address", ["/search?side=before", "/search?lane=fast", "/search?position=x", "/search?kind=a"]
)
def test_a_field_that_can_not_be_read_is_named(client, address):
    answer = client.get(address)
    assert answer.status_code == 400
    assert address.split("?")[1].split("=")[0] in answer.get_data(as_text=True)


def test_several_speakers_stand_in_the_form_and_in_the_downloads(client):
    text = client.get("/search?speaker=tor-aske&speaker=mara-lind").get_data(as_text=True)
    assert text.count('name="speaker"') == 2
    assert "speaker=mara-lind&amp;speaker=tor-aske" in text


@pytest.mark.parametrize(
    "query", ["q=pact", f"topic={seed.PACT}", f"event={seed.SUMMIT}&order=said-oldest", "kind=direct&cursor=-.9"]
)
def test_each_link_that_narrows_leads_to_as_many_statements_as_it_says(client, query):
    page = client.get(f"/search?{query}").get_data(as_text=True)
    block = re.search(r'<details class="facets".*?</details>', page, re.DOTALL)[0]
    links = re.findall(r'<a\s+href="([^"]+)"><bdi>(.*?)</bdi></a>\s*\((\d+)\)', block)
    assert len(links) > 8
    for address, name, number in links:
        narrowed = client.get(address.replace("&amp;", "&")).get_data(as_text=True)
        total = int(re.search(r'<h2 id="r">(\d+) statement', narrowed)[1])
        assert total == int(number) or ("source=" in address and total > int(number)), name
        assert "cursor" not in address


def test_the_page_names_each_field_in_words(client):
    headings = re.findall(r"<dt>(.*?)</dt>", client.get(f"/search?topic={seed.PACT}").get_data(as_text=True))
    assert {"Speakers", "Positions, suggested ones too", "Years", "Kinds"} - set(headings) <= {"Years"}
    headings = re.findall(r"<dt>(.*?)</dt>", client.get(f"/search?event={seed.SUMMIT}").get_data(as_text=True))
    assert "Before and after" in headings
    assert "Events" not in headings


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("status=confirmed", "confirmed"), ("q=status:confirmed", "confirmed"), ("q=pact+status:new", "new"),
        ("status=in+review", "in review"), ("q=status:%22in+review%22", "in review"),
    ],
)  # fmt: skip
def test_a_status_is_asked_for_by_a_field_or_typed(client, site_world, query, status):
    with site_world.database.transaction() as session:
        for number, claim in enumerate(
            session.exec(select(Claim).where(Claim.status == Status.NEW).order_by(col(Claim.id)))
        ):
            claim.status = (Status.NEW, Status.CONFIRMED, Status.IN_REVIEW)[number % 3]
    found = items(client, query)
    assert found
    assert {one["status"] for one in found} == {status}
    assert client.get("/api/v1/statements?status=rejected").status_code == 400
    assert items(client, "q=status:rejected") == []


def test_a_search_for_a_status_is_not_offered_to_be_followed(client):
    assert "Follow this search by email" in client.get("/search?q=pact").get_data(as_text=True)
    assert "Follow this search by email" not in client.get("/search?q=pact&status=new").get_data(as_text=True)
