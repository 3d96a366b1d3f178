"""The editor's morning queue and a correction, as docs/desk.md tells them: with keys, with the mouse, without a script."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.web.conftest import PASSWORD

pytestmark = pytest.mark.browser


def signed_in(browser, address, *, script=True):
    context = browser.new_context(java_script_enabled=script, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.fill("input[name=email]", "vera@example.org")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    return page


def last(page):
    return page.locator(".last-decision").inner_text()


def undo_all(page):
    while page.locator(".last-decision button").count():
        page.locator(".last-decision button").click()


def test_with_keys_an_item_takes_one_press_and_another_undoes_it(browser, address):
    page = signed_in(browser, address)
    page.goto(f"{address}/review?kind=codings")
    first = page.url
    page.keyboard.press("2")
    page.wait_for_url(lambda url: url != first)
    assert "position confirmed" in last(page)
    second = page.url
    page.keyboard.press("o")
    page.wait_for_url(lambda url: url != second)
    assert "off topic" in last(page)
    page.keyboard.press("z")
    page.wait_for_url(second)
    page.keyboard.press("z")
    page.wait_for_url(first)
    page.keyboard.press("j")
    page.wait_for_url(lambda url: url != first)
    page.context.close()


def test_keys_do_nothing_in_a_field_and_can_be_switched_off(browser, address):
    page = signed_in(browser, address)
    page.goto(f"{address}/review?kind=codings")
    here = page.url
    page.fill("#note", "")
    page.locator("#note").press_sequentially("joz2")
    assert (page.url, page.input_value("#note")) == (here, "joz2")
    page.locator("summary", has_text="Keys").click()
    page.get_by_label("Single keys are on").uncheck()
    page.locator("h1").click()
    page.keyboard.press("j")
    page.reload()
    page.keyboard.press("j")
    assert page.url == here
    page.context.close()


def test_without_a_script_the_queue_is_worked_off_with_plain_buttons(browser, address):
    page = signed_in(browser, address, script=False)
    page.goto(f"{address}/review?kind=speakers")
    assert page.locator(".context mark").count() == 1
    page.get_by_role("button", name="Brita Sund").click()
    assert "speaker set" in last(page)
    undo_all(page)
    page.goto(f"{address}/review?kind=codings")
    page.locator("input[name=item]").nth(0).check()
    page.locator("input[name=item]").nth(1).check()
    page.get_by_role("button", name="Off topic", exact=True).click()
    assert "2 × off topic" in last(page)
    undo_all(page)
    page.context.close()


def test_we_got_it_wrong_goes_from_the_desk_to_page_feed_and_export(browser, address, record):
    key = record[1].claims["lea-kross-2"]
    page = signed_in(browser, address, script=False)
    page.goto(f"{address}/c/{key}")
    page.get_by_role("link", name="Open at the desk").click()
    page.fill("#rs", "Brita Sund")
    page.fill("#note", "Two names stood in one line")
    page.get_by_role("button", name="Save changes").click()
    page.goto(f"{address}/c/{key}")
    told = "“Lea Kross” before, now “Brita Sund” (Two names stood in one line)"
    assert told in page.locator("main").inner_text()
    feed = page.context.request.get(f"{address}/feeds/t/harbour-pact.atom").text()
    assert told in feed.split(f"/c/{key}</id>")[1].split("</entry>")[0]
    assert "Two names stood in one line" in page.context.request.get(f"{address}/c/{key}.csv").text()
    page.goto(f"{address}/review")
    undo_all(page)
    page.goto(f"{address}/c/{key}")
    assert "Two names stood in one line" not in page.locator(".notice").all_inner_texts()
    page.context.close()


def test_every_kind_of_item_is_accessible_on_a_phone_and_a_screen(browser, address):
    page = signed_in(browser, address)
    for kind in ("speakers", "days", "conflicts", "sources", "alike", "codings", "second", "shifts", "publish"):
        page.goto(f"{address}/review?kind={kind}")
        page.evaluate("document.querySelectorAll('details:not(.menu)').forEach(one => { one.open = true })")
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            wide, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
            assert wide <= seen, (kind, width)
            found = Axe().run(page).response["violations"]
            assert [f"{kind} {width} {one['id']}: {one['nodes'][0]['html'][:160]}" for one in found] == []
    page.context.close()
