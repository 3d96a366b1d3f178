"""Behind a proxy: who the reader is, and a site that lives below a path of another."""

import contextlib
import http.client
import re
from collections import Counter
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from sqlmodel import select

from jobs import deliver
from tests.conftest import SECRET, sqlite_url
from tests.web import seed
from tests.web.conftest import PASSWORD, make_world, sign_in, token
from tests.web.test_pages import PAGES, address
from tests.wishes import wish
from tracker import accounts
from tracker.accounts import Role
from tracker.alerts.ledger import sign_up as sign_up_ledger
from tracker.alerts.mail import TEMPLATES
from tracker.alerts.models import Delivery
from tracker.settings import OWN_PATHS, BadSettings
from tracker.web.app import create_app
from tracker.web.proxy import read_address
from tracker.web.security import safe_next_path
from tracker.web.serving import serving

PREFIX = "/news/record"
SITE = f"https://paper.example{PREFIX}"


class Browser:
    """A reader's browser at a real server: keeps its cookie, adds the headers a proxy would."""

    def __init__(self, base: str) -> None:
        self.base = urlsplit(base)
        self.cookie = ""

    def ask(self, method: str, path: str, fields: dict | None = None, /, **headers: str):
        connection = http.client.HTTPConnection(self.base.hostname, self.base.port)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        body = urlencode(fields) if fields is not None else None
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, {**sent, "Cookie": self.cookie})
        answer = connection.getresponse()
        text = answer.read().decode()
        self.cookie = (answer.headers["Set-Cookie"] or self.cookie).split(";")[0]
        connection.close()
        return answer.status, text

    def sign_up(self, number: int, **headers: str) -> int:
        _, page = self.ask("GET", "/follow", **headers)
        secret = page.split('name="csrf_token" value="')[1].split('"')[0]
        form = {"topic": seed.PACT, "email": f"reader{number}@example.org", "csrf_token": secret}
        return self.ask("POST", "/follow", form, **headers)[0]


@pytest.fixture
def served(seeded_template, tmp_path):
    """A function that serves the seeded record with a real web server; gives a browser."""
    with contextlib.ExitStack() as stack:

        def serve(**site: object) -> Browser:
            world = make_world(sqlite_url(seeded_template[0], tmp_path), tmp_path, **site)
            stack.callback(world.database.dispose)
            return Browser(stack.enter_context(serving(world, "127.0.0.1", 0)))

        yield serve


def test_behind_one_trusted_proxy_every_reader_has_limits_of_their_own(served):
    browser = served(trusted_proxies=1)
    codes = [browser.sign_up(number, X_Forwarded_For=f"192.0.2.{number}") for number in range(30)]
    assert codes == [200] * 30


def test_without_a_trusted_proxy_the_header_counts_for_nothing(served):
    browser = served()
    codes = [browser.sign_up(number, X_Forwarded_For=f"192.0.2.{number}") for number in range(21)]
    assert codes == [200] * 20 + [429]


def test_a_reader_can_not_choose_an_address_by_sending_the_header_too(served):
    browser = served(trusted_proxies=1)
    codes = [browser.sign_up(number, X_Forwarded_For=f"198.51.100.{number}, 192.0.2.7") for number in range(21)]
    assert codes == [200] * 20 + [429]


def test_a_port_behind_the_address_makes_no_other_reader_and_nonsense_is_the_proxy_itself(served):
    browser = served(trusted_proxies=1)
    told = [f"192.0.2.7:{40_000 + number}" for number in range(20)]
    assert [browser.sign_up(number, X_Forwarded_For=value) for number, value in enumerate(told)] == [200] * 20
    assert browser.sign_up(20, X_Forwarded_For="192.0.2.7") == 429
    odd = ["unknown", "", ",,,", "\xe9", "192.0.2.7\t8", "[::1", "x" * 5000, "1.2.3.4.5", "_hidden", "%00"]
    codes = [browser.sign_up(30 + number, X_Forwarded_For=value) for number, value in enumerate(odd * 2)]
    assert codes == [200] * 20
    assert browser.sign_up(60, X_Forwarded_For="nobody") == 429


def test_two_proxies_are_two_from_the_right_and_too_few_values_are_not_believed(served):
    browser = served(trusted_proxies=2)
    codes = [browser.sign_up(number, X_Forwarded_For=f"192.0.2.{number}, 10.0.0.1") for number in range(21)]
    assert codes == [200] * 21
    codes = [browser.sign_up(number, X_Forwarded_For=f"192.0.2.{number}") for number in range(40, 61)]
    assert codes == [200] * 20 + [429]


def test_log_ins_too_are_counted_for_each_reader(served):
    browser = served(trusted_proxies=1)
    codes = []
    for number in range(25):
        headers = {"X_Forwarded_For": f"192.0.2.{number}"}
        _, page = browser.ask("GET", "/sign-in", **headers)
        secret = page.split('name="csrf_token" value="')[1].split('"')[0]
        form = {"email": f"nobody{number}@example.org", "password": "wrong", "csrf_token": secret}
        codes.append(browser.ask("POST", "/sign-in", form, **headers)[0])
    assert codes == [422] * 25


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (" 192.0.2.1 ", "192.0.2.1"),
        ("192.0.2.1:443", "192.0.2.1"),
        ("[2001:DB8::1]:443", "2001:db8::1"),
        ('"[2001:db8::1]"', "2001:db8::1"),
        ("2001:0db8::0001", "2001:db8::1"),
        ("unknown", None),
        ("", None),
        ("192.0.2.1, 192.0.2.2", None),
    ],
)
def test_an_address_is_read_in_every_way_proxies_write_it(written, read):
    assert read_address(written) == read


@pytest.fixture(params=["passed on", "taken off"])
def below(request, seeded_template, tmp_path):
    """A colleague's browser at the site below a path; the proxy passes the path on, or takes it off."""
    world = make_world(sqlite_url(seeded_template[0], tmp_path), tmp_path, base_url=SITE)
    with world.database.transaction() as session:
        accounts.add(session, seed.NOW, email="vera@example.org", name="Vera", role=Role.ADMIN, password=PASSWORD)
    app = create_app(world)
    site = app.wsgi_app

    def take_off(environ, start_response):
        if environ["PATH_INFO"].startswith(PREFIX):
            environ["PATH_INFO"] = environ["PATH_INFO"].removeprefix(PREFIX) or "/"
        return site(environ, start_response)

    if request.param == "taken off":
        setattr(app, "wsgi_app", take_off)  # noqa: B010 - how Flask is wrapped; its stubs call it a method
    yield app.test_client(), world
    world.database.dispose()


QUERIES = 3
"""Addresses of one page that are opened: filters and facets make more than anybody can count."""
ADDRESS = re.compile(r'(?:href|src|action|formaction)="([^"]*)"')


def local_addresses(page: str, here: str) -> set[str]:
    """Every address on a page that a browser would open at this host, from the page's own address."""
    found = {urljoin(urljoin(SITE, here), link.replace("&amp;", "&")) for link in ADDRESS.findall(page)}
    return {one.partition("#")[0] for one in found if urlsplit(one).hostname == "paper.example"}


def test_a_site_below_a_path_has_no_link_outside_of_it_and_none_that_is_broken(below, seeded):
    client, _ = below
    sign_in(below_path(client), "vera@example.org", PASSWORD)
    waiting = [f"{PREFIX}{address(one, seeded)}" for one in (*PAGES, "/capture", "/runs", "/review", "/nothing")]
    waiting += [f"{PREFIX}/t/harbour-pact?text=a", f"{PREFIX}/api/v1/openapi.json"]
    seen: set[str] = set()
    asked: Counter[str] = Counter()
    while waiting:
        path = waiting.pop()
        bare = urlsplit(path).path
        if path in seen or asked[bare] >= QUERIES:
            continue
        seen.add(path)
        asked[bare] += 1
        with client.get(path) as answer:
            page = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
            # A form's address without its fields is answered 400; of the seeded copies the archive holds no bytes.
            fits = {200, 302, 303, 405} | (
                {400} if path.endswith("/compare") else {404} if "/bundle/" in path else set()
            )
            assert answer.status_code in fits or path.endswith("/nothing"), (path, answer.status_code)
        if answer.status_code in {302, 303}:
            page = f'href="{answer.headers["Location"]}"'
        for link in local_addresses(page, path):
            assert link.startswith(f"{SITE}/"), (path, link)
            if "/sign-out" not in link:
                waiting.append(link.removeprefix("https://paper.example"))
    assert len(seen) > 150


def below_path(client):
    """The client for helpers that know the site's own paths only."""

    class Shifted:
        def get(self, path, **more):
            return client.get(f"{PREFIX}{path}", **more)

        def post(self, path, **more):
            return client.post(f"{PREFIX}{path}", **more)

    return Shifted()


def test_signing_in_leads_back_below_the_path_and_the_cookie_stays_there(below):
    client, _ = below
    sent = client.get(f"{PREFIX}/runs?x=1")
    assert sent.headers["Location"] == f"{PREFIX}/sign-in?next={PREFIX}/runs%3Fx%3D1"
    page = client.get(sent.headers["Location"])
    assert f'name="next" value="{PREFIX}/runs?x=1"' in page.get_data(as_text=True)
    cookie = page.headers["Set-Cookie"]
    assert cookie.startswith("__Secure-session=")
    assert f"Path={PREFIX}" in cookie.split("; ")
    secret = page.get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    form = {"email": "vera@example.org", "password": PASSWORD, "csrf_token": secret}
    done = client.post(f"{PREFIX}/sign-in", data={**form, "next": f"{PREFIX}/runs?x=1"})
    assert (done.status_code, done.headers["Location"]) == (303, f"{PREFIX}/runs?x=1")
    out = client.post(f"{PREFIX}/sign-out", data={"csrf_token": token(below_path(client), "/")})
    assert out.headers["Location"] == f"{PREFIX}/"


@pytest.mark.parametrize("onward", ["/", "/other", "/newsroom", "//evil.example", f"{PREFIX}x/", f"{PREFIX}/../other"])
def test_no_way_leads_on_to_what_lies_beside_the_path(onward):
    assert safe_next_path(onward, PREFIX) == f"{PREFIX}/"


def test_feeds_exports_and_the_description_name_the_path_once(below, seeded):
    client, _ = below
    claim = seeded.claims["mara-lind-2"]
    paths = ("/feeds/t/harbour-pact.atom", "/feeds/t/harbour-pact/shifts.atom", f"/c/{claim}.json", f"/c/{claim}",
             "/api/v1/openapi.json", "/t/harbour-pact/around/seaford-2024?window=30", "/capture")  # fmt: skip
    sign_in(below_path(client), "vera@example.org", PASSWORD)
    for path in paths:
        text = client.get(f"{PREFIX}{path}").get_data(as_text=True)
        assert SITE in text, path
        assert PREFIX * 2 not in text, path
        assert set(re.findall(r"https://paper\.example(/[a-z]+/[a-z]+)", text)) == {PREFIX}, path
    around = client.get(f"{PREFIX}/t/harbour-pact/around/seaford-2024?window=30").get_data(as_text=True)
    assert f'value="{SITE}/t/harbour-pact/around/seaford-2024?window=30"' in around


def test_a_request_from_inside_needs_no_path(below):
    client, _ = below
    assert client.get("/healthz").status_code == 200
    assert client.get(PREFIX).status_code == 200
    assert client.get("/newsroom/record").status_code == 404


def test_the_paths_a_site_may_not_live_below_are_those_it_has_itself(app):
    own = {rule.rule.split("/")[1].split("<")[0] for rule in app.url_map.iter_rules()} - {""}
    assert own == OWN_PATHS


@pytest.mark.parametrize("path", ["/t", "/static/x", "/a//b", "/..", "/a b", "/%41", "/a;b"])
def test_a_path_that_could_not_be_told_apart_is_refused_when_the_configuration_is_read(tmp_path, path):
    with pytest.raises(BadSettings, match=r"site\.base_url: (its path|holds a blank)"):
        make_world(f"sqlite:///{tmp_path}/x", tmp_path, base_url=f"https://paper.example{path}")


def test_every_link_of_a_confirmation_mail_stands_below_the_path(make_world, mailbox):
    world = make_world(site={"secret_key": SECRET, "base_url": SITE})
    with world.database.transaction() as session:
        sign_up_ledger.request(
            session,
            world.now(),
            wish("ida@example.org"),
            ip="192.0.2.1",
        )
    with world.database.reading() as session:
        secret = session.exec(select(Delivery)).one().token
    deliver.run(world)
    (mail,) = mailbox.messages
    for part in mail.walk():
        if not part.is_multipart():
            text = part.get_content()
            assert f"{SITE}/follow/{secret}" in text
            assert set(re.findall(r"https://paper\.example(/\w+/\w+)", text)) == {PREFIX}


def test_no_mail_of_any_occasion_writes_an_address_that_forgets_the_path():
    for template in sorted(TEMPLATES.rglob("*.*")):
        for link in re.findall(r'(?:href|src)="([^"]+)"', template.read_text()):
            assert link.startswith(("{{ site.base_url }}/", "{{ base }}/", "{{ confirm_url }}", "{{ manage_url }}",
                                    "{{ unsubscribe_url }}", "{{ url }}")), (template, link)  # fmt: skip
