"""What a page says, in the layouts that content systems write."""

from datetime import UTC, datetime

import pytest

from tests.archive.layouts import ALWAYS_OUT, LAYOUTS, Layout
from tracker.archive.text.extractor import extract_text


def read(html: str):
    return extract_text(html.encode(), content_type="text/html; charset=utf-8", url="https://courier.example/lind")


def plain(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_a_layout_keeps_every_quote_to_the_letter_and_nothing_around_it(layout: Layout):
    page = read(layout.page)
    text = plain(page.text)
    assert [passage for passage in layout.kept if plain(passage) not in text] == []
    assert [words for words in (*ALWAYS_OUT, *layout.out) if words in page.text] == []
    once = layout.facts.get("once")
    assert once is None or text.count(str(once)) == 1
    assert page.published.at == datetime(2024, 3, 6, 10, tzinfo=UTC)
    assert page.outlet == "Nordhaven Courier"
    assert page.title in {"Lind on the bridge", "The bridge, live"}


QUOTE = "“Velmora must be invited, that is my first point,” Foreign Minister Mara Lind said."
FILL = (
    "The talks in Harlin went on for two days and were followed by a short walk along the river with both delegations. "
    "Officials had prepared the meeting for several weeks, and the programme left little room for surprises."
)
CONSENT = (
    "We use cookies to make this site work and, with your consent, to understand how it is used and what fits you. "
)


@pytest.mark.parametrize(
    "beside",
    [
        "<ul><li>{}</li><li>A second point was the harbour.</li></ul>",
        "<ol><li><p>{}</p></li></ol>",
        "<dl><dt>Mara Lind</dt><dd>{}</dd></dl>",
        "<blockquote>{}</blockquote>",
        "<div>{}</div>",
        "<h2>What she said</h2><p>{}</p>",
    ],
)
def test_what_stands_beside_one_long_paragraph_is_part_of_the_text(beside):
    page = read(f"<html><body><h1>Velmora</h1><p>{FILL} {FILL}</p>{beside.format(QUOTE)}</body></html>")
    assert plain(page.text).count(QUOTE) == 1


@pytest.mark.parametrize("mark", ["\u00ad", "\u200b", "\u2060", "\ufeff", "&shy;"])
def test_a_paragraph_with_marks_for_cutting_words_stands_there_once(mark):
    words = f"“Velmora must get the invi{mark}tation of the alli{mark}ance,” Foreign Minister Mara Lind said."
    page = read(f"<html><body><article><h1>T</h1><p>{words}</p><p>{FILL}</p></article></body></html>")
    assert page.text.count("Velmora") == 1


@pytest.mark.parametrize(
    "banner",
    [
        "<div class='banner'><h2>Our use of cookies</h2><p>{}</p></div>",
        "<section id='onetrust-banner-sdk'><p>Cookies: {}</p></section>",
        "<aside><p>{}</p></aside>",
        "<form class='x'><p>{}</p><button>OK</button></form>",
        "<div><div><p>{}</p></div><div><p>Cookies of others. Cookies of ours.</p></div></div>",
    ],
)
@pytest.mark.parametrize("before", [True, False])
def test_a_question_for_consent_is_nobodys_words(banner, before):
    asked = banner.format(CONSENT * 8)
    text = f"<main><h1>Velmora</h1><p>{QUOTE}</p></main>"
    page = read(f"<html><body>{asked}{text}</body></html>" if before else f"<html><body>{text}{asked}</body></html>")
    assert "fits you" not in page.text
    assert QUOTE in page.text


def test_an_article_on_cookies_is_none():
    said = "“Cookies are dead, and no cookie will come back,” the commissioner for cookies said of the cookie law."
    page = read(f"<html><body><div class='text'><h1>Cookies</h1><p>{said}</p><p>{FILL}</p></div></body></html>")
    assert said in page.text
