"""The steps of docs/lineup.md, as a journalist takes them: with a real browser, without a script."""

import re

import pytest

pytestmark = pytest.mark.browser
LINE_UP = "/t/harbour-pact/around/seaford-2024"


@pytest.fixture
def reader(browser):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


def test_a_name_that_is_searched_for_leads_to_the_person(reader, address):
    reader.goto(f"{address}/speakers")
    reader.get_by_role("link", name="Tor Aske").first.click()
    assert reader.get_by_text("Moved two steps up: the Seaford summit").is_visible()


def test_the_line_up_says_who_moved_and_each_day_opens_its_quote(reader, address):
    reader.goto(f"{address}/events")
    reader.locator(f'a[href="{LINE_UP}"]').first.click()
    assert "1 changed sides" in " ".join(reader.locator(".tally").inner_text().split())
    day = reader.locator(".dumbbell tr", has_text="Tor Aske").locator(".after a")
    words = re.search("“(.+)”", day.get_attribute("title"))[1].removesuffix(" […]")
    day.click()
    assert words in reader.locator(".quote-lead").inner_text()


def test_a_name_in_the_table_jumps_to_its_row_with_both_key_quotes(reader, address):
    reader.goto(f"{address}{LINE_UP}")
    reader.locator(".dumbbell").get_by_role("link", name="Mara Lind").click()
    assert reader.url.endswith("#mara-lind")
    assert reader.locator("#mara-lind blockquote").count() >= 2


def test_suggestions_are_one_click_away_and_stand_in_the_address(reader, address):
    reader.goto(f"{address}{LINE_UP}")
    reader.get_by_role("link", name="Show suggestions").click()
    assert "show=all" in reader.url
    assert reader.locator(".dumbbell .dot-prop").count() > 0
    reader.get_by_role("link", name="Confirmed only").click()
    assert reader.locator(".dumbbell .dot-prop").count() == 0


def test_free_days_and_another_order_stand_in_the_address(reader, address):
    reader.goto(f"{address}{LINE_UP}")
    reader.get_by_text("More: free days, group, as of a date").click()
    reader.get_by_label("From", exact=True).fill("2024-05-10")
    reader.get_by_label("Order").select_option("name")
    reader.get_by_role("button", name="Update").click()
    assert "from=2024-05-10" in reader.url
    assert "order=name" in reader.url
    names = reader.locator(".dumbbell tbody th a").all_inner_texts()
    assert names == sorted(names)


def test_two_ticked_statements_are_compared_word_by_word(reader, address):
    reader.goto(f"{address}{LINE_UP}")
    reader.locator("#mara-lind .side-before .tick input").check()
    reader.locator("#tor-aske .side-after .tick input").check()
    reader.get_by_role("button", name="Compare two ticked statements").click()
    assert reader.locator(".diff ins").count() > 0
    assert reader.locator(".diff del").count() > 0


def test_from_the_topic_a_formula_is_followed(reader, address):
    reader.goto(f"{address}/t/harbour-pact")
    reader.get_by_role("link", name="Formulas and who is no longer heard").click()
    reader.get_by_role("textbox", name="Phrase").fill("conditions are met")
    reader.get_by_role("button", name="Look").click()
    assert reader.get_by_text("First found with Yara Obi on 14 May 2024").is_visible()


def test_at_1280_pixels_fourteen_speakers_would_stay_below_4000(browser, address):
    """Ten speakers of the sample: the page's head and foot, and what one row takes."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{address}{LINE_UP}")
    height = page.evaluate("document.documentElement.scrollHeight")
    rows = page.locator(".lineup-row").evaluate_all("found => found.map(one => one.offsetHeight)")
    assert height + 4 * (sum(rows) / len(rows) + 42) < 4000
    page.close()


def test_on_a_phone_nothing_scrolls_sideways_and_the_change_is_told(browser, address):
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(f"{address}{LINE_UP}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator(".dumbbell .change-narrow").first.is_visible()
    page.close()
