"""What a reader does, with the keyboard and without a script."""

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def reader(browser):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def test_from_the_line_up_a_quote_leads_to_its_archived_words(reader, address):
    reader.goto(f"{address}/t/harbour-pact/around/seaford-2024")
    row = reader.locator("#mara-lind")
    words = row.locator(".side").first.locator("blockquote").inner_text().strip("“” \n")
    row.locator(".side").first.get_by_role("link", name="Archived copy").click()
    assert words in reader.locator("mark[data-chosen]").first.inner_text()
    reader.locator("mark[data-chosen] a").first.click()
    assert words in reader.locator(".quote-lead").inner_text()


def test_the_filters_work_by_keyboard_and_leave_an_address_to_copy(reader, address):
    reader.goto(f"{address}/t/harbour-pact/around/seaford-2024")
    reader.get_by_label("Evidence").select_option("all")
    reader.get_by_role("button", name="Update").press("Enter")
    assert "show=all" in reader.url
    assert reader.locator(".pos[data-state=suggested]").count() > 0


def test_the_first_tab_leads_past_the_navigation(browser, address):
    page = browser.new_page()
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    page.close()


def test_a_reader_follows_without_a_script(reader, address):
    reader.goto(f"{address}/follow?topic=harbour-pact")
    reader.get_by_label("Email address").fill("ida@example.org")
    reader.get_by_role("button", name="Send me a confirmation email").click()
    assert reader.get_by_role("heading", name="Check your inbox").is_visible()


def test_on_paper_the_filters_go_the_chart_stays_and_the_sources_are_numbered(browser, address):
    page = browser.new_page()
    page.goto(f"{address}/t/harbour-pact/around/seaford-2024")
    page.emulate_media(media="print")
    assert not page.locator(".filters").is_visible()
    assert page.locator("table.dumbbell").is_visible()
    sources = page.locator(".source-list li")
    assert sources.count() == page.locator(".ref-no:visible").count() > 5
    assert "https://example.org/" in sources.first.inner_text()
    page.close()
