"""The page the product stands on: verdicts that follow from the codings, and honest empty cells."""

import re

import pytest

from tracker.web.pages import lineup

BOTH, RESTS = "Both codings confirmed.", "Rests on a suggestion."
SINCE = "nothing found in 48 days since 14 May 2024"
LATER = "3 “Later, when conditions are met”"
PAGE = "/t/harbour-pact/around/seaford-2024"


def page(client, query=""):
    answer = client.get(f"{PAGE}{query}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def row(text, slug):
    return re.search(rf'<article class="lineup-row" id="{slug}".*?</article>', text, re.DOTALL)[0]


def verdict(text, slug):
    found = re.search(
        r'data-shift="(\w+)" data-basis="(\w+)".*?<strong>(.*?)</strong>\s*<small>(.*?)</small>',
        row(text, slug),
        re.DOTALL,
    )
    return found.groups()


@pytest.mark.parametrize(
    ("slug", "kind", "basis", "title", "detail"),
    [
        ("mara-lind", "moved", "confirmed", "Moved one step", f"From 2 “Not now” to {LATER}. {BOTH}"),
        ("tor-aske", "reversed", "confirmed", "Reversed", f"From 2 “Not now” to 4 “Clear path now”. {BOTH}"),
        ("brita-sund", "reversed", "confirmed", "Reversed", f"From 1 “No entry” to 5 “Admit now”. {BOTH}"),
        ("ines-vale", "unchanged", "suggested", "Unchanged", f"5 “Admit now” on both sides. {RESTS}"),
        ("lea-kross", "unchanged", "confirmed", "Unchanged", f"4 “Clear path now” on both sides. {BOTH}"),
        ("pavel-ruta", "first", "suggested", "First position", f"None coded before; then 2 “Not now”. {RESTS}"),
        ("dagny-holm", "silent", "confirmed", "No later statement", f"5 “Admit now”; {SINCE}."),
        ("emile-fabre", "unclear", "none", "Not comparable", "Only fragments are quoted after the event."),
        ("yara-obi", "moved", "suggested", "Moved one step", f"From 2 “Not now” to {LATER}. {RESTS}"),
    ],
)  # fmt: skip
def test_each_verdict_follows_from_the_two_key_quotes(client, slug, kind, basis, title, detail):
    assert verdict(page(client), slug) == (kind, basis, title, detail)


def test_the_tally_counts_every_speaker_once(client):
    text = page(client)
    numbers = [int(number) for number in re.findall(r"<li[^>]*><svg class=\"glyph\".*?<b>(\d+)</b>", text)]
    assert sum(numbers) == len(re.findall(r'class="lineup-row"', text)) == 10


def test_an_empty_cell_says_what_was_searched_not_that_somebody_was_silent(client):
    cell = row(page(client), "dagny-holm")
    assert "No statement found after the event" in cell
    assert "in 6 sources, 1 of them failing now" not in cell
    assert "in 5 sources, 1 of them failing now" in cell
    assert "Get an email if" in cell


def test_a_side_without_a_position_says_how_many_statements_were_looked_at(client):
    cell = row(page(client), "pavel-ruta")
    assert "No position found before the event" in cell
    assert "We looked in 1 statement." in cell
    assert "The Harbour Pact?!" in cell


def test_what_stands_on_no_side_is_shown_apart_with_its_reason(client):
    cell = row(page(client), "yara-obi")
    for words in ("Same day: 1 statement", "Date uncertain: 1 statement", "Date unknown: 1 statement"):
        assert words in cell


def test_others_of_a_side_coded_differently_are_told_beside_the_verdict(client):
    assert "Another statement before the event (3 Apr 2024) is coded 3, one step higher." in row(
        page(client), "mara-lind"
    )
    assert "A later statement after the event (20 June 2024) is coded 3, one step lower, as a suggestion." in row(
        page(client), "lea-kross"
    )


def test_confirmed_only_hides_every_suggestion(client):
    text = page(client, "?show=confirmed")
    assert 'data-state="suggested"' not in text
    assert verdict(text, "ines-vale")[2:] == ("Not comparable", "No position is coded after the event.")


def test_a_narrower_window_looks_at_fewer_days(client):
    assert verdict(page(client, "?window=30"), "oskar-brandt")[2] == "First position"
    assert verdict(page(client, "?window=all"), "oskar-brandt")[2] == "Unchanged"


def test_the_speakers_can_be_chosen_and_ordered(client):
    text = page(client, "?speaker=tor-aske&speaker=lea-kross&order=name")
    assert re.findall(r'class="lineup-row" id="([^"]+)"', text) == ["lea-kross", "tor-aske"]
    assert "2 of 10 speakers" in text


def test_by_default_the_largest_shift_comes_first(client):
    assert re.findall(r'class="lineup-row" id="([^"]+)"', page(client))[:3] == ["brita-sund", "tor-aske", "mara-lind"]


def test_the_chart_comes_wide_and_narrow_with_a_table_of_the_same_data(client):
    text = page(client)
    assert text.count('role="img"') == 2
    assert "brita sund" in text.lower()
    table = text[text.index("Position of the key quote on each side") :]
    assert table.count("<tr>") == 11
    assert "2 Not now (confirmed)" in table


def test_the_scale_is_told_on_the_page(client):
    text = page(client)
    for label in ("No entry", "Not now", "Later, when conditions are met", "Clear path now", "Admit now"):
        assert f"{label}, in short." in text


def test_choosing_another_event_leads_to_its_own_address(client):
    answer = client.get(f"{PAGE}?event=isle-2024&window=30")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/t/harbour-pact/around/isle-2024?window=30")


def test_an_event_still_to_come_promises_nothing(client):
    text = client.get("/t/harbour-pact/around/isle-2024").get_data(as_text=True)
    assert "the event is on 3 Sept 2024" in text


@pytest.mark.parametrize("query", ["?window=-5", "?window=abc", "?order=x&show=y", "?page=%F0%9F%98%80"])
def test_nonsense_in_the_address_is_named_and_nothing_else_shown_in_its_place(client, query):
    assert client.get(f"{PAGE}{query}").status_code == 400


def test_a_speaker_whom_nobody_knows_is_in_no_row(client):
    assert client.get(f"{PAGE}?speaker=nobody").status_code == 200


def test_many_speakers_come_in_pages_and_the_tally_counts_them_all(client, monkeypatch):
    def slugs(text):
        return re.findall(r'<article class="lineup-row" id="([^"]+)"', text)

    def tally(text):
        return re.findall(r'<ul class="tally".*?</ul>', text, re.DOTALL)

    whole = page(client)
    monkeypatch.setattr(lineup, "ROWS", 3)  # fewer to a page than this record has speakers
    pages = [page(client, f"?page={number}") for number in range(1, -(-len(slugs(whole)) // 3) + 1)]
    assert [slug for text in pages for slug in slugs(text)] == slugs(whole)
    assert {len(slugs(text)) for text in pages[:-1]} == {3}
    assert all(tally(text) == tally(whole) for text in pages)
    assert "Further speakers" in pages[0]
    assert "Further speakers" not in pages[-1]
    assert client.get(f"{PAGE}?page={len(pages) + 1}").status_code == 404
