"""The read interface: every address answers its shape, mistakes are told, and the description is of what is there."""

import json
import re

import pytest

from tracker.web.api import shapes
from tracker.web.api.views import ENDPOINTS

EXAMPLES = {
    "/topics": "/topics",
    "/topics/<topic_id>": "/topics/harbour-pact",
    "/topics/<topic_id>/statements": "/topics/harbour-pact/statements?speaker=mara-lind&from=2024-01-01",
    "/topics/<topic_id>/around/<event_id>": "/topics/harbour-pact/around/seaford-2024?window=0",
    "/events": "/events",
    "/speakers": "/speakers",
    "/speakers/<slug>/statements": "/speakers/mara-lind/statements",
    "/statements": "/statements?text=harbour",
    "/statements/<claim_id>": "/statements/{mara-lind-2}",
}


def ask(client, seeded, path, status=200):
    path = re.sub(r"{([^}]+)}", lambda found: seeded.claims[found[1]], path)
    answer = client.get(f"/api/v1{path}")
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    return answer.get_json()


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: one.path)
def test_every_address_answers_exactly_its_shape(client, seeded, endpoint):
    answer = ask(client, seeded, EXAMPLES[endpoint.path])
    endpoint.answer.model_validate(answer, strict=False)


def test_a_list_is_paged_and_its_pages_hold_every_statement_once(client, seeded):
    first = ask(client, seeded, "/topics/harbour-pact/statements")
    every = [
        one["claim"]
        for page in range(1, first["pages"] + 1)
        for one in ask(client, seeded, f"/topics/harbour-pact/statements?page={page}")["items"]
    ]
    assert len(every) == len(set(every)) == first["total"]
    assert ask(client, seeded, f"/topics/harbour-pact/statements?page={first['pages'] + 1}")["items"] == []


def test_the_line_up_says_what_the_page_says(client, seeded):
    rows = {
        row["speaker"]: row for row in ask(client, seeded, EXAMPLES["/topics/<topic_id>/around/<event_id>"])["rows"]
    }
    page = client.get("/t/harbour-pact/around/seaford-2024?window=all").get_data(as_text=True)
    assert set(re.findall(r'id="n-([^"]+)"', page)) == set(rows)
    sides = [row[side]["claim"] for row in rows.values() for side in ("before", "after") if row[side]]
    assert sides
    assert all(f'"/c/{claim}"' in page for claim in sides)


def test_a_merged_statement_answers_with_its_survivor_and_a_withdrawn_one_is_missing(client, seeded):
    assert ask(client, seeded, "/statements/{merged}")["claim"] == seeded.claims["unresolved"]
    assert ask(client, seeded, "/statements/{rejected}", 404)["errors"]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/topics/none", 404, "there is no topic 'none'"),
        ("/topics/harbour-pact/around/none", 404, "there is no comparison"),
        ("/speakers/nobody/statements", 404, "there is no speaker"),
        ("/statements/zzzzzzzzzz", 404, "there is no statement"),
        ("/statements", 422, "text: Field required"),
        ("/topics/harbour-pact/statements?page=0", 422, "page: "),
        ("/topics/harbour-pact/statements?page=x&step=y", 422, "step: "),
        ("/topics/harbour-pact/statements?from=yesterday", 422, "from: "),
        ("/topics?colour=red", 422, "colour: "),
        ("/topics/harbour-pact/around/seaford-2024?show=some", 422, "show: "),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(client, seeded, path, status, words):
    answer = ask(client, seeded, path, status)
    shapes.Problem.model_validate(answer)
    assert any(words in one for one in answer["errors"]), answer


def test_the_description_names_every_address_and_every_reference_leads_somewhere(client, seeded):
    told = ask(client, seeded, "/openapi.json")
    assert told["openapi"].startswith("3.1")
    assert set(told["paths"]) == {re.sub(r"<(\w+)>", r"{\1}", path) for path in EXAMPLES}
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(told)))
    assert named <= set(told["components"]["schemas"])
    asked = told["paths"]["/topics/{topic_id}/statements"]["get"]["parameters"]
    assert {"topic_id", "speaker", "step", "from", "to", "text", "page"} == {one["name"] for one in asked}
