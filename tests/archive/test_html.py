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
