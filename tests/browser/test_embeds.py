"""An embedded statement in a page of another origin, in a sandboxed frame; and a citation copied with one click."""

import http.server
import json
import threading
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.web import seed

OWN = "http://127.0.0.1:8000"
"""What the settings call the site; it is served at another port here."""
LINE_UP = "/t/harbour-pact/around/seaford-2024"


@contextmanager
def another_paper(address: str, embedded: str) -> Iterator[str]:
    """A page of another origin that embeds an address of ours, as oEmbed tells it to."""
    told = json.loads(
        urllib.request.urlopen(f"{address}/oembed?url={urllib.parse.quote(f'{OWN}{embedded}', safe='')}").read()
    )
    frame = told["html"].replace(OWN, address)

    class Foreign(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(f"<!doctype html><title>Another paper</title>{frame}".encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Foreign)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def foreign(address, record) -> Iterator[str]:
    with another_paper(address, f"/c/{record[1].claims['hostile']}") as page:
        yield page


def test_a_statement_is_read_in_a_page_of_another_origin(browser, foreign):
    page = browser.new_context().new_page()
    page.goto(foreign)
    frame = page.frame_locator("iframe")
    assert seed.HOSTILE in frame.locator("blockquote").inner_text()
    assert frame.locator("blockquote").evaluate("one => getComputedStyle(one).fontFamily.includes('serif')"), "styled"
    assert page.context.cookies() == []
    page.context.close()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_line_up_is_read_in_a_page_of_another_origin_and_its_links_open_our_site(browser, address, width, scheme):
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    context.route(f"{OWN}/**", lambda route: route.continue_(url=route.request.url.replace(OWN, address)))
    with another_paper(address, f"{LINE_UP}?order=name") as foreign:
        page = context.new_page()
        page.goto(foreign)
        frame = page.frame_locator("iframe")
        rows = frame.locator(".dumbbell tbody tr")
        assert rows.count() == 10
        assert frame.locator(".dumbbell .line-moved").first.evaluate("one => getComputedStyle(one).stroke") != "none", (
            "styled"
        )
        assert frame.locator("html").evaluate("one => one.scrollWidth <= one.clientWidth"), (
            "nothing runs out of the frame"
        )
        assert context.cookies() == []
        with context.expect_page() as opened:
            frame.get_by_role("link", name="Tor Aske").click()
        assert opened.value.url.endswith(f"{LINE_UP}?order=name#tor-aske")
        opened.value.close()
        if width > 360:
            day = rows.filter(has_text="Tor Aske").locator(".after a")
            with context.expect_page() as opened:
                day.click()
            assert opened.value.locator(".quote-lead").is_visible()
    context.close()


@pytest.mark.parametrize(("layout", "width"), [("wide", 1280), ("wide", 900), ("narrow", 400), ("narrow", 360)])
def test_a_saved_chart_is_read_at_the_width_of_its_place_and_no_word_is_cut(browser, address, layout, width):
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.set_content(
        urllib.request.urlopen(f"{address}{LINE_UP}.svg?layout={layout}").read().decode().split("?>", 1)[1]
    )
    page.locator("svg").evaluate("one => { one.setAttribute('width', '100%'); one.removeAttribute('height') }")
    texts = page.locator("svg text").evaluate_all(
        "all => all.map(one => [one.textContent, one.getBoundingClientRect(),"
        " one.getAttribute('font-size') * one.getScreenCTM().a])"
    )
    image = page.locator("svg").bounding_box()
    for words, box, letters in texts:
        assert letters >= 9, words
        assert box["left"] >= image["x"] - 1, words
        assert box["right"] <= image["x"] + image["width"] + 1, words
    boxes = [box for _, box, _ in texts]
    for number, one in enumerate(boxes):
        for other in boxes[number + 1 :]:
            across = min(one["right"], other["right"]) - max(one["left"], other["left"])
            down = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
            assert across <= 1 or down <= 4, (texts[number][0], texts[boxes.index(other)][0])
    context.close()


def test_a_citation_is_copied_with_one_click(browser, address, record):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}/c/{record[1].claims['hostile']}")
    shown = page.locator("#cite1").input_value()
    page.locator("button[data-copy=cite1]").click()
    page.wait_for_function("document.getElementById('copied').textContent === 'Copied.'")
    assert page.evaluate("navigator.clipboard.readText()") == shown
    context.close()


def test_without_scripts_a_citation_can_be_selected_and_no_dead_button_stands_there(browser, address, record):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/c/{record[1].claims['hostile']}")
    assert page.locator("#cite1").is_visible()
    assert page.locator("button[data-copy]:visible").count() == 0
    context.close()
