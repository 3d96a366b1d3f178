"""Statements cited, previewed and embedded elsewhere: the same words, day and address everywhere, and nothing that runs."""

import json
import re

import pytest

from tests.web import seed


def head(client, public_id):
    return client.get(f"/c/{public_id}").get_data(as_text=True)


def graph(page):
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return {node["@type"]: node for node in json.loads(text)["@graph"]}


def test_a_preview_names_who_said_what_when(client, seeded):
    page = head(client, seeded.claims["hostile"])
    assert f'<meta property="og:url" content="http://127.0.0.1:8000/c/{seeded.claims["hostile"]}">' in page
    (title,) = re.findall(r'<meta property="og:title" content="([^"]*)"', page)
    assert re.search(r"\w+ \w+, .*2024", title)


def test_linked_data_holds_the_words_to_the_letter_and_ends_no_element(client, seeded):
    page = head(client, seeded.claims["hostile"])
    nodes = graph(page)
    assert nodes["Quotation"]["text"] == seed.HOSTILE
    assert nodes["Claim"]["text"] == f"“{seed.HOSTILE}”"
    assert nodes["Claim"]["@id"] == nodes["Quotation"]["@id"] + "#claim"
    assert "<script>alert(1)" not in page


def test_linked_data_names_where_it_appeared_first(client, seeded):
    public_id = next(
        one["claim"] for one in client.get(f"/api/v1/topics/{seed.PACT}/statements").get_json()["items"]
        if sum(bool(place["url"]) for place in one["appearances"]) > 1
    )  # fmt: skip
    claim = graph(head(client, public_id))["Claim"]
    assert len(claim["appearance"]) > 1
    assert claim["firstAppearance"] == claim["appearance"][0]
    assert claim["author"]["@type"] == "Person"


@pytest.mark.parametrize(("ending", "begins"), [("bib", "@misc{"), ("ris", "TY  - GEN\n")])
def test_a_reference_manager_gets_a_file(client, seeded, ending, begins):
    public_id = seeded.claims["hostile"]
    answer = client.get(f"/c/{public_id}.{ending}")
    assert answer.get_data(as_text=True).startswith(begins)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="statement-{public_id}.{ending}"'
    assert f"/c/{public_id}" in answer.get_data(as_text=True)
    moved = client.get(f"/c/{seeded.claims['merged']}.{ending}")
    assert moved.headers["Location"] == f"/c/{seeded.claims['unresolved']}.{ending}"


def test_an_embed_may_stand_in_any_page_and_runs_and_keeps_nothing(client, seeded):
    answer = client.get(f"/embed/c/{seeded.claims['hostile']}")
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "X-Frame-Options" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    page = answer.get_data(as_text=True)
    assert "&lt;script&gt;alert(1)" in page
    assert f'href="http://127.0.0.1:8000/c/{seeded.claims["hostile"]}"' in page
    assert "<script" not in page


def test_no_other_page_may_be_framed(client, seeded):
    answer = client.get(f"/c/{seeded.claims['hostile']}")
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_what_was_taken_back_is_embedded_no_more(client, seeded):
    assert client.get(f"/embed/c/{seeded.claims['rejected']}").status_code == 410
    assert client.get("/embed/c/nothing").status_code == 404
    assert client.get(f"/embed/c/{seeded.claims['merged']}").status_code == 200


def test_oembed_gives_a_sandboxed_frame_of_the_size_asked_for(client, seeded):
    address = f"http://127.0.0.1:8000/c/{seeded.claims['hostile']}"
    told = client.get("/oembed", query_string={"url": address, "format": "json", "maxwidth": 400}).get_json()
    assert (told["type"], told["version"], told["width"]) == ("rich", "1.0", 400)
    assert f'src="http://127.0.0.1:8000/embed/c/{seeded.claims["hostile"]}"' in told["html"]
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in told["html"]
    assert address in head(client, seeded.claims["hostile"]).split("application/json+oembed")[1].split(">")[0]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"url": "https://other.example/c/abc"}, 404),
        ({"url": "http://127.0.0.1:8000/s/mara-lind"}, 404),
        ({}, 404),
        ({"url": "http://127.0.0.1:8000/c/abc", "format": "xml"}, 501),
        ({"url": "http://127.0.0.1:8000/c/abc", "format": "yaml"}, 400),
        ({"url": "http://127.0.0.1:8000/c/abc", "maxwidth": "wide"}, 400),
    ],
)
def test_oembed_says_what_it_does_not_give(client, query, status):
    assert client.get("/oembed", query_string=query).status_code == status


LINE_UP = "/t/harbour-pact/around/seaford-2024"


def test_an_embedded_line_up_may_stand_in_any_page_and_runs_and_keeps_nothing(client):
    answer = client.get(f"/embed{LINE_UP}?window=60&order=name")
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "X-Frame-Options" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    page = answer.get_data(as_text=True)
    assert "<script" not in page
    assert "<form" not in page
    assert page.count('<th scope="row">') == 10
    assert f'href="http://127.0.0.1:8000{LINE_UP}?window=60&amp;order=name#tor-aske"' in page
    assert "in the 60 days either side of" in page


def test_an_embedded_line_up_never_shows_suggestions(client, editor):
    for visitor in (client, editor):
        page = visitor.get(f"/embed{LINE_UP}").get_data(as_text=True)
        assert "dot-prop" not in page
        assert "Show suggestions" not in page
    assert client.get(f"/embed{LINE_UP}?show=all").status_code == 400


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("", ""),
        ("?show=all&page=1", ""),
        ("?window=30&show=all", "?window=30"),
        ("?speaker=tor-aske&speaker=mara-lind", "?speaker=tor-aske&amp;speaker=mara-lind"),
        ("?from=2024-05-01&to=&order=name", "?from=2024-05-01&amp;order=name"),
    ],
)
def test_oembed_gives_the_frame_of_a_line_up_with_the_filters_of_its_address(client, query, kept):
    asked = {"url": f"http://127.0.0.1:8000{LINE_UP}{query}", "maxwidth": 700}
    told = client.get("/oembed", query_string=asked).get_json()
    assert (told["type"], told["width"]) == ("rich", 700)
    assert f'src="http://127.0.0.1:8000/embed{LINE_UP}{kept}"' in told["html"]
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in told["html"]
    assert "before and after" in told["title"]
    assert "author_name" not in told


def test_a_frame_is_higher_the_more_speakers_it_shows(client):
    def height(query):
        return client.get("/oembed", query_string={"url": f"http://127.0.0.1:8000{LINE_UP}{query}"}).get_json()[
            "height"
        ]

    assert height("?speaker=tor-aske") < height("")


def test_the_page_of_a_line_up_names_its_oembed_which_answers(client):
    page = client.get(f"{LINE_UP}?window=60&order=name").get_data(as_text=True)
    link = re.search(r'application/json\+oembed" title="[^"]*" href="([^"]*)"', page)[1].replace("&amp;", "&")
    assert client.get(link.removeprefix("http://127.0.0.1:8000")).get_json()["html"] in (
        page.split('<textarea id="frame" rows="5" readonly>')[1].split("</textarea>")[0]
        .replace("&lt;", "<").replace("&gt;", ">").replace("&#34;", '"').replace("&amp;", "&")
    )  # fmt: skip
    assert '<meta property="og:description" content="What ten speakers said in the 60 days' in page


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"{LINE_UP}?window=7", 400),
        (f"{LINE_UP}?colour=red", 400),
        (f"{LINE_UP}?group=nobody", 400),
        ("/t/harbour-pact/around/nothing", 404),
        ("/t/harbour-pact", 404),
        (f"{LINE_UP}/more", 404),
    ],
)
def test_oembed_of_a_line_up_that_is_not_there_says_so(client, address, status):
    assert client.get("/oembed", query_string={"url": f"http://127.0.0.1:8000{address}"}).status_code == status
