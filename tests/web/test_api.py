"""The read interface: every address answers its shape, mistakes are told, and the description is of what is there."""

import json
import re

import pytest
from sqlalchemy.exc import OperationalError

from tracker.limits import TooMany
from tracker.web.api import schemas
from tracker.web.api.views import ENDPOINTS

EXAMPLES = {
    "/topics": "/topics",
    "/topics/<topic_id>": "/topics/harbour-pact",
    "/topics/<topic_id>/statements": "/topics/harbour-pact/statements?speaker=mara-lind&from=2024-01-01",
    "/topics/<topic_id>/around/<event_id>": "/topics/harbour-pact/around/seaford-2024?window=0",
    "/events": "/events",
    "/speakers": "/speakers",
    "/speakers/<slug>/statements": "/speakers/mara-lind/statements",
    "/statements": "/statements?q=harbour",
    "/statements/<claim_id>": "/statements/{mara-lind-2}",
}


def ask(client, seeded, path, status=200):
    path = re.sub(r"{([^}]+)}", lambda found: seeded.claims[found[1]], path)
    answer = client.get(f"/api/v1{path}")
    assert answer.status_code == status, answer.get_data(as_text=True)
    kind = "application/json; charset=utf-8" if status == 200 else "application/problem+json"
    assert answer.headers["Content-Type"] == kind
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
        ("/statements?q=pact&cursor=x", 400, "cursor: is no place"),
        ("/topics/harbour-pact/statements?page=0", 400, "page: "),
        ("/topics/harbour-pact/statements?page=x&step=y", 400, "step: "),
        ("/topics/harbour-pact/statements?from=yesterday", 400, "from: "),
        ("/topics?colour=red", 400, "colour: "),
        ("/topics/harbour-pact/around/seaford-2024?show=some", 400, "show: "),
        ("/topics/harbour-pact/statements?to=0", 400, "to: is no day like 2024-05-14"),
        ("/topics/harbour-pact/statements?from=1715644800", 400, "from: "),
        ("/topics/harbour-pact/statements?to=2024-05-14T00:00", 400, "to: "),
        ("/topics/harbour-pact/statements?to=2024-02-30", 400, "to: "),
        ("/topics/harbour-pact/statements?step=1.0", 400, "step: "),
        ("/topics/harbour-pact/statements?step=%2B1", 400, "step: "),
        ("/topics/harbour-pact/around/seaford-2024?window=1_0", 400, "window: "),
        ("/topics/harbour-pact/statements?page=1&page=2", 400, "page: given 2 times"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(client, seeded, path, status, words):
    answer = ask(client, seeded, path, status)
    schemas.ProblemSchema.model_validate(answer)
    assert any(words in one for one in answer["errors"]), answer


def test_the_description_names_every_address_and_every_reference_leads_somewhere(client, seeded):
    told = ask(client, seeded, "/openapi.json")
    assert told["openapi"].startswith("3.1")
    assert set(told["paths"]) == {re.sub(r"<(\w+)>", r"{\1}", path) for path in EXAMPLES}
    for operation in told["paths"].values():
        assert {"400", "404", "405", "414", "429", "500", "503"} <= set(operation["get"]["responses"])
    responses = set(re.findall(r'"#/components/responses/([^"]+)"', json.dumps(told)))
    assert responses == set(told["components"]["responses"])
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(told)))
    assert named <= set(told["components"]["schemas"])
    asked = told["paths"]["/topics/{topic_id}/statements"]["get"]["parameters"]
    assert {"topic_id", "speaker", "step", "from", "to", "text", "page", "show"} == {one["name"] for one in asked}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v2/topics", 404),
        ("GET", "/api", 404),
        ("POST", "/api/v1/topics", 405),
        ("PUT", "/api/v1/topics", 405),
        ("GET", "/api/v1/topics?a=%ff", 400),
        ("GET", "/api/v1/topics?" + "&".join(["a="] * 500), 400),
        ("GET", "/api/v1/topics/" + "x" * 5000, 414),
        ("GET", "/api/v1/statements?q=" + "x" * 5000, 414),
    ],
)
def test_what_goes_wrong_before_an_address_is_found_is_a_problem_object_too(client, method, path, status):
    answer = client.open(path, method=method)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    told = answer.get_json()
    schemas.ProblemSchema.model_validate(told)
    assert told["status"] == status
    assert ("GET" in answer.headers.get("Allow", "")) == (status == 405)


@pytest.mark.parametrize("fault", ["ours", "database", "too many"])
def test_a_failure_of_ours_is_a_problem_object_with_what_to_do(app, client, fault):
    def fail():
        if fault == "too many":
            raise TooMany(17)
        raise OperationalError("SELECT", {}, Exception("gone")) if fault == "database" else ZeroDivisionError

    app.view_functions["api.topics"] = fail
    answer = client.get("/api/v1/topics")
    assert answer.status_code == {"ours": 500, "database": 503, "too many": 429}[fault]
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = schemas.ProblemSchema.model_validate(answer.get_json())
    assert (told.code is not None) == (fault == "ours")
    assert ("Retry-After" in answer.headers) == (fault != "ours")
