"""An embedded statement in a page of another origin, in a sandboxed frame; and a citation copied with one click."""

import http.server
import threading
from collections.abc import Iterator

import pytest

from tests.web import seed


@pytest.fixture
def foreign(address, record) -> Iterator[str]:
    """A page of another origin that embeds one of our statements, as oEmbed tells it to."""
    frame = (
        f'<iframe src="{address}/embed/c/{record[1].claims["hostile"]}" width="100%" height="360" '
        'sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>'
    )

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


def test_a_statement_is_read_in_a_page_of_another_origin(browser, foreign):
    page = browser.new_context().new_page()
    page.goto(foreign)
    frame = page.frame_locator("iframe")
    assert seed.HOSTILE in frame.locator("blockquote").inner_text()
    assert frame.locator("blockquote").evaluate("one => getComputedStyle(one).fontFamily.includes('serif')"), "styled"
    assert page.context.cookies() == []
    page.context.close()


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
