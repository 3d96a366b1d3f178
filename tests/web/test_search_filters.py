"""The fields beside the search's words: sides of an event, steps of a scale, and what can't be read."""

import pytest

from tests.web import seed


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
