"""Any two statements can be compared: added and dropped words, by text and by sign, with their numbers in words."""

import re

import pytest


def compared(client, seeded, first, second):
    answer = client.get(f"/compare?a={seeded.claims[first]}&b={seeded.claims[second]}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_words_that_were_added_and_dropped_are_marked_and_counted(client, seeded):
    text = compared(client, seeded, "oskar-brandt-1", "oskar-brandt-2")
    diff = re.search(r'<div class="diff">.*?</div>', text, re.DOTALL)[0]
    added, dropped = (" ".join(re.findall(rf"<{sign}>(.*?)</{sign}>", diff, re.DOTALL)) for sign in ("ins", "del"))
    assert "support Norland" in added
    assert "Other things have priority" in dropped
    assert "entry into the Harbour Pact is not" in re.sub(r"<(ins|del)>.*?</\1>", "", diff)
    assert re.search(r"The second adds \d+ words and drops \d+ words of the first\.", text)


def test_statements_of_two_speakers_can_be_compared_and_turned_round(client, seeded):
    text = compared(client, seeded, "mara-lind-2", "tor-aske-2")
    assert "Mara Lind" in text
    assert "Tor Aske" in text
    a, b = seeded.claims["tor-aske-2"], seeded.claims["mara-lind-2"]
    assert f'href="/compare?a={a}&amp;b={b}"' in text


def test_the_same_statement_differs_in_no_word(client, seeded):
    assert "Word for word the same." in compared(client, seeded, "mara-lind-2", "mara-lind-2")


def test_an_address_is_taken_for_an_id(client, seeded):
    a, b = seeded.claims["mara-lind-1"], seeded.claims["mara-lind-2"]
    assert client.get(f"/compare?a={a}&b=http://127.0.0.1:8000/c/{b}").status_code == 200


def test_two_ticked_statements_of_a_line_up_lead_to_their_comparison(client, seeded):
    page = client.get("/t/harbour-pact/around/seaford-2024").get_data(as_text=True)
    ticks = re.findall(r'name="c" value="(\w+)" form="compare"', page)
    assert {seeded.claims["mara-lind-2"], seeded.claims["tor-aske-3"]} <= set(ticks)
    answer = client.get(f"/compare?c={ticks[0]}&c={ticks[1]}")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/compare?a={ticks[0]}&b={ticks[1]}")


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("", "a"), ("a={mara-lind-1}", "b"), ("a={mara-lind-1}&b=nothing", "b"), ("a={rejected}&b={mara-lind-1}", "a"),
        ("a={mara-lind-1}&b={mara-lind-2}&d=1", "d"), ("c={mara-lind-1}", "c"),
        ("a={mara-lind-1}&a={mara-lind-2}&b={mara-lind-1}", "a"),
    ],
)  # fmt: skip
def test_what_names_no_two_statements_is_told_by_its_name(client, seeded, query, name):
    asked = re.sub(r"{([^}]+)}", lambda found: seeded.claims[found[1]], query)
    answer = client.get(f"/compare?{asked}")
    assert answer.status_code == 400
    assert f"“{name}”" in answer.get_data(as_text=True)


def test_a_statement_leads_to_the_comparison_without_a_script(client, seeded):
    page = client.get(f"/c/{seeded.claims['mara-lind-2']}").get_data(as_text=True)
    assert re.search(r'<form method="get" action="/compare"><input type="hidden" name="a" value="\w+">', page)
