"""What is broken is salvaged or refused with a sentence; nothing else ever comes out, and nothing takes long."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.archive.malformed import ATOM, PAGE, RSS, SITEMAP, corpus
from tests.conftest import NOON
from tests.steps import steps
from tracker.archive.lists.entries import ListEntry, UnreadableList
from tracker.archive.lists.rules import ListRules, read_list
from tracker.setting_sections import path_problem

RULES = {
    "feed": ListRules(kind="feed"),
    "sitemap": ListRules(kind="sitemap"),
    "listing": ListRules(kind="listing", link_pattern="c.example/"),
    "json": ListRules(
        kind="json", paths={"items": "items", "url": "url", "id": "id", "title": "title", "date": "date_published"}
    ),
}
CORPUS = list(corpus())
MOST_STEPS = 2_000_000
"""Calls that reading one list may take: about two seconds' work, were nothing else done."""
SALVAGED = {
    "cut in the middle": 1,
    "cut in a tag": 1,
    "with a BOM": 2,
    "after blank lines": 2,
    "with NUL bytes": 1,
    "with control characters": 1,
    "with bytes of another charset": 2,
    "with cut letters": 2,
    "as UTF-16": 2,
    "as Latin-1": 2,
    "with bare ampersands": 1,
    "with undeclared entities": 1,
    "with a huge title": 2,
    "with no titles": 2,
    "with dates of nowhere": 2,
    "with dates of the far future": 2,
    "with dates of long ago": 2,
}


def read(kind, body, content_type):
    return read_list(body, RULES[kind], content_type=content_type, url="http://c.example/list", now=NOON)


def test_the_corpus_is_large_and_each_case_is_named_once():
    assert len(CORPUS) >= 150
    assert len({name for name, *_ in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize(("name", "kind", "body", "content_type"), CORPUS, ids=[name for name, *_ in CORPUS])
def test_every_malformed_list_is_read_or_refused_with_a_sentence(name, kind, body, content_type):
    def fetch():
        try:
            found = read(kind, body, content_type)
        except UnreadableList as error:
            problem = str(error)
            assert problem.isprintable()
            assert len(problem) < 600
        else:
            for entry in found.entries:
                check(entry)
            assert all(len(problem) < 600 for problem in found.problems)

    assert steps(fetch) < MOST_STEPS


def check(entry: ListEntry) -> None:
    """What an entry may be: storable texts, web addresses, believable dates."""
    assert entry.url is None or entry.url.startswith(("http://", "https://"))
    assert entry.published.at is None or 1990 <= entry.published.at.year <= 2024
    for text in (entry.url, entry.guid, entry.title, entry.published.raw, entry.summary, entry.content_html):
        assert text is None or ("\x00" not in text and text.encode("utf-8"))


@pytest.mark.parametrize("how", SALVAGED)
@pytest.mark.parametrize("kind", ["feed/rss", "feed/atom"])
def test_what_can_be_salvaged_of_a_feed_is(how, kind):
    [(_, which, body, content_type)] = [case for case in CORPUS if case[0] == f"{kind}: {how}"]
    assert len(read(which, body, content_type).entries) >= SALVAGED[how]


@pytest.mark.parametrize("how", ["cut in the middle", "with bytes of another charset", "with no titles", "as Latin-1"])
@pytest.mark.parametrize("kind", ["sitemap", "listing"])
def test_what_can_be_salvaged_of_a_page_or_sitemap_is(how, kind):
    [(_, which, body, content_type)] = [case for case in CORPUS if case[0] == f"{kind}: {how}"]
    assert read(which, body, content_type).entries


@pytest.mark.parametrize(
    "name", [name for name, *_ in CORPUS if "laughs" in name or "external" in name or "quadratic" in name]
)
def test_no_entity_is_expanded_and_no_file_or_address_is_opened(name):
    [(_, kind, body, content_type)] = [case for case in CORPUS if case[0] == name]
    try:
        texts = repr(read(kind, body, content_type))
    except UnreadableList as error:
        texts = str(error)
    assert "root:" not in texts
    assert "haha" not in texts
    assert len(texts) < 100_000


@pytest.mark.parametrize("text", [RSS, ATOM, SITEMAP, PAGE], ids=["rss", "atom", "sitemap", "page"])
@settings(max_examples=60)
@given(data=st.data())
def test_any_bytes_changed_anywhere_never_raise_anything_else(text, data):
    body = bytearray(text.encode())
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(body) - 1))
        body[place : place + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=20))
    kind = {RSS: "feed", ATOM: "feed", SITEMAP: "sitemap", PAGE: "listing"}[text]
    try:
        found = read(
            kind, bytes(body), data.draw(st.sampled_from([None, "text/html", "application/xml; charset=utf-7"]))
        )
    except UnreadableList:
        return
    for entry in found.entries:
        check(entry)


@pytest.mark.parametrize(
    ("body", "content_type", "words"),
    [
        (b"", None, "the answer is empty"),
        (b"<html><head><title>Sign in</title></head></html>", "text/html", "not a feed but a web page, “Sign in”"),
        (b'{"a": 1}', "application/json", "no JSON Feed"),
        (b"%PDF-1.7", "application/pdf", "neither RSS, Atom nor JSON Feed"),
    ],
)
def test_what_is_no_feed_is_told_by_what_it_is(body, content_type, words):
    with pytest.raises(UnreadableList, match=words):
        read("feed", body, content_type)


def test_a_feed_of_many_entries_costs_no_more_than_its_first_thousand():
    item = "<item><title>T{n}</title><link>http://c.example/{n}</link><description>x y z</description></item>"

    def cost(count):
        body = RSS.replace("<item>", "".join(item.format(n=n) for n in range(count)) + "<item>", 1).encode()
        return steps(lambda: counts.append(len(read("feed", body, None).entries)))

    counts: list[int] = []
    cost(1)
    assert cost(60_000) < 1.5 * cost(1000)
    assert counts[1:] == [1000, 1000]


# ---- Path expressions ---------------------------------------------------------------------------------------------


@given(st.one_of(st.text(max_size=30), st.from_regex(r'[a-c.\[\]"|{}*0-9 -]{1,20}', fullmatch=True)))
def test_the_settings_and_the_reader_agree_on_what_a_path_is(expression):
    from tracker.archive.lists.json_path import BadPath, read_template

    try:
        read_template(expression).text({"a": [1, {"b": "c"}]})
    except BadPath:
        assert path_problem(expression)
    else:
        assert path_problem(expression) is None
