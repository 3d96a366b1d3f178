"""The gate: headers on every answer, limits on every request, and no way off the site."""

import pytest
from sqlalchemy.exc import OperationalError

from tests.web.conftest import make_world, token
from tracker.web.app import create_app
from tracker.web.security import safe_next_path

PAGES = ["/", "/nothing", "/static/style.css", "/feeds/t/harbour-pact.atom", "/healthz", "/sign-in"]


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_strict_headers(client, path):
    with client.get(path) as answer:
        headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_pages_of_somebody_signed_in_are_stored_nowhere(editor):
    assert editor.get("/").headers["Cache-Control"] == "no-store"


def test_pages_of_a_stranger_may_be_checked_again(client):
    assert client.get("/").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/search?q=%ff%fe", 400),
        ("/search?q=%00", 400),
        ("/search?q=%ed%a0%80", 400),
        ("/search?" + "&".join(f"a{n}=1" for n in range(1000)), 414),
        ("/search?" + "&".join(["a="] * 500), 400),
        ("/search?q=" + "x" * 8000, 414),
    ],
)
def test_an_unreadable_or_endless_address_is_refused(client, path, status):
    assert client.get(path).status_code == status


@pytest.mark.parametrize(
    "form", [{"email": "x" * 50_000}, {"email": "x" * 10_000_000}, {f"f{n}": "1" for n in range(1000)}]
)
def test_a_form_larger_than_any_of_ours_is_refused(client, form):
    assert client.post("/follow", data=form).status_code in {400, 413}


def test_a_form_without_its_token_changes_nothing(client):
    for path in ("/follow", "/sign-in", "/sign-out", "/follow/abc", "/follow/stop/abc"):
        answer = client.post(path, data={"email": "a@example.org"})
        assert answer.status_code == 400
        assert "open too long" in answer.get_data(as_text=True)


def test_an_address_that_takes_no_form_says_what_it_takes(client):
    answer = client.post("/topics", data={"csrf_token": token(client, "/sign-in")})
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "https:evil",
        "",
        None,
        "/a\nb",
        "/a b",
        "\\\\e",
        "javascript:x",
    ],
)
def test_only_a_path_on_this_site_is_followed(address):
    assert safe_next_path(address) == "/"


def test_a_path_on_this_site_is_followed_as_it_is():
    assert safe_next_path("/review?x=1") == "/review?x=1"


def test_the_cookie_is_locked_to_the_host_where_the_site_is_served_securely(sqlite, tmp_path):
    world = make_world(sqlite, tmp_path, base_url="https://record.example.org")
    answer = create_app(world).test_client().get("/sign-in")
    world.database.dispose()
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie


def test_a_failure_of_ours_shows_a_code_and_never_a_trace(app, client, caplog):
    app.view_functions["topics.index"] = lambda: 1 / 0
    answer = client.get("/topics")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "Traceback" not in page
    assert "division" not in page
    code = page.split('class="mono">')[1].split("<")[0]
    assert code in caplog.text


def test_a_database_out_of_reach_is_a_busy_page_not_a_failure(app, client):
    def locked():
        raise OperationalError("SELECT 1", {}, Exception("database is locked"))

    app.view_functions["topics.index"] = locked
    answer = client.get("/topics")
    assert answer.status_code == 503
    assert "SELECT" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("/t/harbour-pact?to=0", "to"),
        ("/t/harbour-pact?from=2024-02-30", "from"),
        ("/t/harbour-pact?from=20240514", "from"),
        ("/t/harbour-pact?position=high", "position"),
        ("/t/harbour-pact?position=-1", "position"),
        ("/t/harbour-pact?page=0", "page"),
        ("/t/harbour-pact?page=one", "page"),
        ("/t/harbour-pact?page=1.5", "page"),
        ("/s/mara-lind?page=x", "page"),
        ("/search?q=pact&page=2", "page"),
        ("/search?q=pact&sort=new", "sort"),
        ("/feeds/t/harbour-pact.atom?limit=5", "limit"),
        ("/t/harbour-pact/around/seaford-2024?window=7", "window"),
        ("/t/harbour-pact/around/seaford-2024?show=some", "show"),
        ("/t/harbour-pact/around/seaford-2024?order=random", "order"),
        ("/follow?what=everything", "what"),
    ],
)
def test_a_parameter_that_can_not_be_read_is_named_and_never_guessed(client, address, named):
    answer = client.get(address)
    assert answer.status_code == 400
    assert f"“{named}” is" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "address", ["/t/harbour-pact?from=&to=&position=&page=&utm_source=mail", "/search?q=&speaker="]
)
def test_an_empty_field_of_a_filter_is_nothing_asked_for(client, address):
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("field", ["rhythm", "what", "format"])
def test_a_choice_that_a_form_does_not_offer_is_not_taken_for_another(client, field):
    form = {
        "topic": "harbour-pact",
        "email": "ida@example.org",
        field: "hourly",
        "csrf_token": token(client, "/follow"),
    }
    answer = client.post("/follow", data=form)
    assert answer.status_code == 400
    assert f"“{field}” is none of" in answer.get_data(as_text=True)
