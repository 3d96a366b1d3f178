"""Every page in a real browser: accessible, without sideways scroll, in both themes, needing nothing from outside."""

import contextlib
import re
import sqlite3

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.web.conftest import PASSWORD
from tracker.web import security

pytestmark = pytest.mark.browser

PAGES = {
    "home": "/",
    "topics": "/topics",
    "topic": "/t/harbour-pact",
    "topic without statements": "/t/tunnel",
    "events": "/events",
    "line-up": "/t/harbour-pact/around/seaford-2024",
    "line-up with suggestions": "/t/harbour-pact/around/seaford-2024?show=all&order=position&from=2024-03-01",
    "compared statements": "/compare?a={mara-lind-2}&b={tor-aske-2}",
    "scale": "/t/harbour-pact/scale",
    "formulas": "/t/harbour-pact/formulas?phrase=conditions+are+met&days=5",
    "line-up to come": "/t/harbour-pact/around/isle-2024",
    "line-up without a row": "/t/harbour-pact/around/isle-2024?window=30",
    "statement": "/c/{mara-lind-2}",
    "hostile statement": "/c/{hostile}",
    "unresolved statement": "/c/{unresolved}",
    "source": "/sources/ministry",
    "speakers": "/speakers",
    "speaker": "/s/mara-lind",
    "speaker without statements": "/s/nils-quiet",
    "archived copy": "/snapshots/{mara-lind-2/1}?c={mara-lind-2}",
    "archived copy right to left": "/snapshots/{lind-ar/1}",
    "compared versions": "/snapshots/{lind-wire/1}/vs/{lind-wire/2}",
    "sources": "/sources",
    "follow": "/follow",
    "expired link": "/follow/expired",
    "search": "/search?q=harbour",
    "search without a find": "/search?q=zzzz",
    "sign-in": "/sign-in",
    "not found": "/nothing",
    "withdrawn": "/c/{rejected}",
}
SIGNED_IN = {
    "review": "/review", "runs": "/runs", "add a document": "/capture", "account": "/account", "desk": "/desk",
    "read again": "/desk/reread", "unresolved speakers": "/desk/speakers", "uncertain days": "/desk/days",
    "conflicts": "/desk/conflicts", "outbox": "/outbox", "webhooks": "/webhooks", "accounts": "/desk/accounts",
    "line-up to place in": "/t/harbour-pact/around/seaford-2024",
    "scale to change": "/t/harbour-pact/scale", "event to change": "/events/seaford-2024/edit", "new event": "/events/new",
    "new topic": "/topics/new", "topic to change": "/topics/harbour-pact/edit",
}  # fmt: skip
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


@pytest.fixture(scope="module")
def visitor(browser):
    """A visitor; whatever a page asks of another machine is counted and stopped."""
    context = browser.new_context()
    outside = []

    def local_only(route):
        if re.match(r"https?://127\.0\.0\.1[:/]", route.request.url):
            route.continue_()
        else:
            outside.append(route.request.url)
            route.abort()

    context.route("**/*", local_only)
    page = context.new_page()
    troubles = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.outside, page.troubles = outside, troubles
    yield page
    context.close()


@pytest.fixture(scope="module")
def at(record):
    known = {**record[1].claims, **record[1].copies}
    return lambda pattern: re.sub(r"{([^}]+)}", lambda found: known[found[1]], pattern)


def check(page, url):
    """Narrow and wide with all rules; the other theme of each with the rule that knows colours."""
    page.outside.clear()
    page.troubles.clear()
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 360, "height": 900})
    answer = page.goto(url)
    page.evaluate("document.querySelectorAll('details:not(.menu)').forEach(one => { one.open = true })")
    wrong = [*sideways(page), *axe(page, RULES)]
    page.emulate_media(color_scheme="dark")
    wrong += axe(page, CONTRAST)
    page.set_viewport_size({"width": 1280, "height": 900})
    wrong += [*sideways(page), *axe(page, RULES)]
    page.emulate_media(color_scheme="light")
    wrong += axe(page, CONTRAST)
    assert wrong == []
    assert page.outside == []
    expected = "Failed to load resource" if answer.status >= 400 else None
    assert [one for one in page.troubles if expected is None or expected not in one] == []


def sideways(page):
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    return [f"scrolls sideways: {wide} in {seen}"] if wide > seen else []


def axe(page, rules):
    found = Axe().run(page, options=rules).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_open_to_everybody_on_every_screen(visitor, address, at, name):
    check(visitor, address + at(PAGES[name]))


def test_the_open_menu_of_speakers_is_accessible(visitor, address):
    visitor.goto(f"{address}/t/harbour-pact/around/seaford-2024")
    visitor.locator("details.menu > summary").click()
    for width in (360, 1280):
        visitor.set_viewport_size({"width": width, "height": 900})
        assert [*sideways(visitor), *axe(visitor, RULES)] == []


def test_the_pages_of_colleagues_are_accessible_too(visitor, address):
    visitor.goto(f"{address}/sign-in")
    visitor.fill("input[name=email]", "vera@example.org")
    visitor.fill("input[name=password]", PASSWORD)
    visitor.click("main button[type=submit]")
    for path in SIGNED_IN.values():
        check(visitor, address + path)
    visitor.goto(f"{address}/capture")
    visitor.fill("#text", "MARA LIND: We need the toll now.\n\nQ: And the law?\n\nMARA LIND: It will come in May.")
    visitor.select_option("#kind", "transcript")
    visitor.click("text=Show how it is read")
    assert "It will come in May" in visitor.inner_text("main")
    for width in (360, 1280):
        visitor.set_viewport_size({"width": width, "height": 900})
        assert [*sideways(visitor), *axe(visitor, RULES)] == []
    visitor.click("text=Sign out")


def test_a_form_that_could_not_be_saved_is_accessible_and_one_press_sends_it_again(
    visitor, address, record, monkeypatch
):
    monkeypatch.setattr(security, "LOCK_WAIT_S", 0.05)
    visitor.goto(f"{address}/follow?topic=harbour-pact")
    visitor.fill("#email", "otto@example.org")
    with contextlib.closing(sqlite3.connect(record[0].database.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        visitor.click("main button[type=submit]")
        other.execute("ROLLBACK")
    assert "busy or out of reach" in visitor.inner_text("h1")
    visitor.evaluate("document.querySelectorAll('details:not(.menu)').forEach(one => { one.open = true })")
    for width in (360, 1280):
        visitor.set_viewport_size({"width": width, "height": 900})
        assert [*sideways(visitor), *axe(visitor, RULES)] == []
    assert "otto@example.org" in visitor.inner_text("main")
    visitor.get_by_role("button", name="Try again").click()
    assert visitor.inner_text("h1") == "Check your inbox"
