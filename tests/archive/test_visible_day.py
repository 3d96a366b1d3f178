"""What day a page was published: as its head tells it, else as it shows it beside its headline."""

import pytest

from tracker.archive.text.extractor import extract_text

TEXT = (
    "<p>"
    + "The council of Nordhaven spoke about the bridge, the road and the harbour of the town for two days. " * 4
    + "</p>"
)
CHANGED = '<meta property="article:modified_time" content="2026-03-15T10:00:00Z">'
PUBLISHED = '<meta property="article:published_time" content="2026-03-09T10:00:00Z">'
OTHER = "<ul><li><time datetime='2026-03-12'>12 March</time> Other news</li></ul>"


def published(language="en", head="", before="", shown="", beside=OTHER):
    body = f"<nav>{before}</nav><main><article><h1>The bridge</h1>{shown}{TEXT}</article></main><aside>{beside}</aside>"
    page = f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'
    told = extract_text(page.encode(), content_type="text/html; charset=utf-8", url="https://a.example/a").published
    return told.at and told.at.date().isoformat(), told.precision


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("en", "<p>March 9, 2026</p>"),
        ("en", "<p class='by'>By <a>Jo Park</a> | 9 March 2026</p>"),
        ("de", "<p>9. März 2026, 10:41 Uhr</p>"),
        ("de", "<p>Stand: 09.03.2026 10:41 Uhr</p>"),
        ("ru", "<p>9 марта 2026 г.</p>"),
        ("fr", "<p>Publié le 9 mars 2026</p>"),
        ("es", "<span>9 de marzo de 2026</span>"),
        ("pl", "<p>9 marca 2026</p>"),
        ("sv", "<p>9 mars 2026</p>"),
    ],
)
@pytest.mark.parametrize("head", ["", CHANGED])
def test_the_day_beside_the_headline_beats_a_list_beside_it_and_the_day_of_a_change(language, shown, head):
    assert published(language, head, shown=shown) == ("2026-03-09", "day")


def test_the_head_of_a_page_and_a_time_of_the_same_day_tell_more():
    assert published(head=PUBLISHED, shown="<p>March 1, 2026</p>") == ("2026-03-09", "time")
    shown = "<p><time datetime='2026-03-09T10:00:00Z'>9 March 2026</time></p>"
    assert published(shown=shown) == ("2026-03-09", "time")


@pytest.mark.parametrize(
    "shown",
    [
        "<p>The bridge was opened on 9 May 1998.</p>",
        "<figure><span>Nordhaven, 9 May 1998</span></figure>",
        "<p>9 May 1998</p><p>10 May 1998</p>",
    ],
)
def test_a_day_that_is_told_of_is_not_the_day_of_publication(shown):
    assert published(shown=shown)[0] != "1998-05-09"
