"""Every kind of source from its configuration alone, and what makes two items one."""

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select

from jobs import collect, recheck
from jobs.ingest import probe
from tests.hostile import answer, redirect
from tests.jobs.conftest import ARTICLE
from tracker.archive.models import Document, Fetch, Snapshot, Source
from tracker.speech.models import Appearance, Claim

WORDS = "We need the toll now, and the bridge toll will pay for the road"


def page(quote=WORDS, title="Lind on the bridge", day="Wednesday"):
    body = ARTICLE.format(title=title, when="2024-03-06T10:00:00Z", day=day, quote=quote)
    return answer(body.encode())


def rows(world, table):
    with world.database.reading() as session:
        return session.exec(select(table).order_by(table.id)).all()


@pytest.fixture
def make(make_world, web):
    """A function that makes a world with one source on the server."""

    def made(kind, path="/list", **keys):
        section = {
            "id": "one",
            "name": "Nordhaven Courier",
            "kind": kind,
            "url": web.url(path),
            "language": "en",
            **keys,
        }
        fetch = {"per_host_gap_s": 0, "deadline_s": 30, "allow_private": [web.place]}
        return make_world(sources=[section], fetch=fetch)

    return made


def feed(*items, kind="application/rss+xml"):
    body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>C</title>{"".join(items)}</channel></rss>'
    return answer(body.encode(), kind=kind)


def item(link=None, guid=None, title="Lind on the bridge", date="Wed, 06 Mar 2024 10:00:00 GMT", more=""):
    parts = [f"<title>{title}</title>"]
    parts += [f"<link>{link}</link>"] if link else []
    parts += [f'<guid isPermaLink="false">{guid}</guid>'] if guid else []
    parts += [f"<pubDate>{date}</pubDate>"] if date else []
    return f"<item>{''.join(parts)}{more}</item>"


# ---- Kinds --------------------------------------------------------------------------------------------------------

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>C</title><item><title>Bridge</title>
<link>{url}</link><pubDate>Wed, 06 Mar 2024 10:00:00 GMT</pubDate></item></channel></rss>"""
RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="http://c.example/">
<title>C</title></channel><item rdf:about="{url}"><title>Bridge</title><link>{url}</link>
<dc:date>2024-03-06T10:00:00Z</dc:date></item></rdf:RDF>"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>C</title><entry><title>Bridge</title>
<link href="{url}"/><id>tag:c.example,2024:1</id><published>2024-03-06T10:00:00Z</published></entry></feed>"""
JSON_FEED = """{{"version": "https://jsonfeed.org/version/1.1", "title": "C", "items": [{{"id": "1", "title": "Bridge",
"url": "{url}", "date_published": "2024-03-06T10:00:00Z"}}]}}"""
OLD_RSS = """<?xml version="1.0"?><rss version="0.91"><channel><title>C</title><item><title>Bridge</title>
<link>{url}</link></item></channel></rss>"""
LISTING = """<html><head><title>News</title></head><body><nav><a href="/">Home</a> <a href="/news/">News</a></nav>
<ul class="list"><li><h3><a href="{url}">Bridge</a></h3> <time datetime="2024-03-06T10:00:00Z">6 March</time></li></ul>
<aside><a href="/news/2023/old-story">Old</a></aside></body></html>"""
JSON_LIST = """{{"hits": {{"total": 1, "jcr:list": [{{"page": {{"link": "{url}", "name": "Bridge"}},
"day": "06 March 2024"}}]}}}}"""
SITEMAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>{url}</loc><n:news><n:title>Bridge</n:title>
<n:publication_date>2024-03-06T10:00:00Z</n:publication_date></n:news></url>
<url><loc>http://c.example/about</loc></url></urlset>"""

KINDS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "rss 2.0": ("feed", RSS, {}),
    "rss 1.0": ("feed", RDF, {}),
    "rss 0.91": ("feed", OLD_RSS, {}),
    "atom": ("feed", ATOM, {}),
    "json feed": ("feed", JSON_FEED, {}),
    "listing by pattern": ("listing", LISTING, {"link_pattern": r"/news/2024/"}),
    "listing by selector": ("listing", LISTING, {"link_selector": "ul.list h3"}),
    "json list": (
        "json",
        JSON_LIST,
        {"paths": {"items": 'hits["jcr:list"]', "url": "page.link", "title": "page.name", "date": "day"}},
    ),
    "sitemap": ("sitemap", SITEMAP, {"link_pattern": "/news/"}),
}


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_list_gives_its_pages_and_nothing_twice(make, web, clock, name):
    kind, text, keys = KINDS[name]
    web.pages |= {
        "/list": answer(text.format(url=web.url("/news/2024/bridge")).encode(), kind="application/octet-stream"),
        "/news/2024/bridge": page(),
    }
    world = make(kind, **keys)
    [first] = collect.run(world)
    assert (first.state, first.new_documents, first.new_claims) == ("ok", 1, 1), first
    clock.forward(hours=2)
    [second] = collect.run(world)
    assert (second.state, second.new_documents, second.new_claims) == ("unchanged", 0, 0)
    [document] = rows(world, Document)
    assert document.title == "Bridge"
    assert document.published_at.isoformat()[:10] == "2024-03-06"
    assert document.published_precision == ("day" if name == "json list" else "time")
    assert "trafilatura" in rows(world, Snapshot)[0].rule


def test_a_listing_without_its_links_is_not_a_feed_after_one_look(make, web):
    web.pages["/list"] = answer(b"<html><body><h1>New design!</h1><a href='/x'>x</a></body></html>")
    [outcome] = collect.run(make("listing", link_pattern="/news/"))
    assert outcome.state == "not a feed"
    assert "redesigned" in outcome.detail


def test_a_json_service_that_was_changed_is_not_a_feed(make, web):
    web.pages["/list"] = answer(b'{"data": []}', kind="application/json")
    [outcome] = collect.run(make("json", paths={"items": "results", "url": "u"}))
    assert outcome.state == "not a feed"
    assert "'results'" in outcome.detail


def test_an_empty_json_list_is_a_quiet_day(make, web):
    web.pages["/list"] = answer(b'{"results": []}', kind="application/json")
    [outcome] = collect.run(make("json", paths={"items": "results", "url": "u"}))
    assert outcome.state == "ok"


def test_an_index_of_sitemaps_is_followed_to_the_newest_five(make, web):
    children = "".join(
        f"<sitemap><loc>{web.url(f'/map{n}.xml')}</loc><lastmod>2024-02-{n + 1:02}</lastmod></sitemap>"
        for n in range(9)
    )
    web.pages["/list"] = answer(f"<sitemapindex>{children}</sitemapindex>".encode(), kind="text/xml")
    for n in range(9):
        one = f"<urlset><url><loc>{web.url(f'/page{n}')}</loc></url></urlset>"
        web.pages |= {f"/map{n}.xml": answer(one.encode(), kind="text/xml"), f"/page{n}": page(f"{WORDS} {n}")}
    world = make("sitemap")
    [outcome] = collect.run(world)
    assert (outcome.state, outcome.new_documents) == ("ok", 5)
    assert {document.item for document in rows(world, Document)} == {web.url(f"/page{n}") for n in range(4, 9)}
    assert [one.state for one in collect.run(world, everything=True)] == ["unchanged"]


def test_an_index_that_names_itself_ends(make, web):
    one = f"<sitemapindex><sitemap><loc>{web.url('/list')}</loc></sitemap></sitemapindex>"
    web.pages["/list"] = answer(one.encode(), kind="text/xml")
    assert collect.run(make("sitemap"))[0].state == "ok"


def test_dates_titles_and_links_follow_the_rules_of_the_source(make, web):
    web.pages |= {
        "/list": feed(
            item(web.url("/en/2024/03/05/toll"), title="Speech", date=None),
            item(web.url("/en/2024/03/04/post"), title="Appointment of a postman", date=None),
            item(web.url("/fr/2024/03/03/x"), title="Discours", date=None),
        ),
        "/2024/03/05/toll": page(),
    }
    world = make(
        "feed",
        link_pattern="/en/",
        link_replace=["/en/", "/"],
        skip_title="^Appointment of ",
        date_pattern=r"/(?P<year>\d{4})/(?P<month>\d\d)/(?P<day>\d\d)/",
    )
    assert collect.run(world)[0].new_documents == 1
    [document] = rows(world, Document)
    assert document.url == web.url("/2024/03/05/toll")
    assert (document.published_at.isoformat()[:10], document.published_precision) == ("2024-03-05", "day")


def test_the_article_selector_says_where_the_text_stands(make, web):
    noise = "“Subscribe now and save the bridge a lot of money,” our publisher said in this box about nothing at all."
    body = (
        f"<html lang='en'><head><title>T</title></head><body><div class='box'><p>{noise}</p><p>{noise}</p></div>"
        f"<div id='text'><p>Foreign minister Mara Lind spoke on Wednesday.</p><p>“{WORDS},” Lind said.</p></div></body></html>"
    )
    web.pages |= {"/list": feed(item(web.url("/a"))), "/a": answer(body.encode())}
    world = make("feed", article_selector="#text")
    collect.run(world)
    [snapshot] = rows(world, Snapshot)
    assert WORDS in snapshot.text
    assert "Subscribe" not in snapshot.text
    assert snapshot.rule.startswith("within '#text'")
    assert recheck.run(world, everything=True).changed == 0


def test_a_trial_shows_what_would_be_found_and_stores_nothing(make, web):
    web.pages |= {"/list": answer(LISTING.format(url="/news/2024/bridge").encode()), "/news/2024/bridge": page()}
    world = make("listing", link_pattern="/news/2024/")
    told = "\n".join(probe.run(world, "one"))
    assert "listing: 1 entries" in told
    assert "- Bridge | 2024-03-06T10:00:00+00:00 | " in told
    assert "characters by trafilatura, en, 2024-03-06" in told
    assert rows(world, Document) == rows(world, Fetch) == []
    with world.database.reading() as session:
        assert session.get_one(Source, "one").state is None


def test_a_trial_of_an_address_says_how_to_configure_it(make, web):
    links = "".join(f"<li><a href='/news/2024/a-long-story-{n}'>Story {n}</a></li>" for n in range(5))
    web.pages |= {
        "/feed": feed(item(web.url("/a"))),
        "/a": page(),
        "/json": answer(b'[{"a": 1}]', kind="application/json"),
        "/with-feed": answer(
            b"<html><head><link rel=alternate type=application/rss+xml href=/feed></head><p>x</p></html>"
        ),
        "/news": answer(f"<html><body><ul>{links}</ul></body></html>".encode()),
        "/closed": answer(status="403 Forbidden"),
        **{f"/news/2024/a-long-story-{n}": page() for n in range(5)},
    }
    world = make("feed")

    def told(path):
        return "\n".join(probe.run(world, web.url(path)))

    assert 'kind = "feed"' in told("/feed")
    assert 'kind = "json"' in told("/json")
    assert f'url = "{web.url("/feed")}"' in told("/with-feed")
    assert "kind = \"listing\", link_pattern = '/news/\\d+/[^/?#]+'" in told("/news")
    assert "- Story 0 |" in told("/news")
    assert told("/closed").startswith("blocked: ")


# ---- Identity -----------------------------------------------------------------------------------------------------


def test_duplicates_tracking_and_a_new_guid_each_fetch_are_one_document(make, web, clock):
    web.pages["/a"] = page()
    world = make("feed")
    for n in range(3):
        web.pages["/list"] = feed(
            item(web.url(f"/a?utm_source=rss{n}"), guid=f"g{n}"), item(web.url("/a#top"), guid=f"h{n}"), f"<!-- {n} -->"
        )
        collect.run(world, everything=True)
        clock.forward(hours=1)
    assert len(rows(world, Document)) == len(rows(world, Snapshot)) == len(rows(world, Claim)) == 1


def test_the_same_guid_for_a_new_story_is_a_new_document_and_the_old_one_stays(make, web, clock):
    web.pages |= {
        "/list": feed(item(web.url("/a"), guid="g")),
        "/a": page(),
        "/b": page("There will be no toll at all"),
    }
    world = make("feed")
    collect.run(world)
    clock.forward(hours=2)
    web.pages["/list"] = feed(item(web.url("/b"), guid="g"))
    collect.run(world)
    assert [document.item for document in rows(world, Document)] == [web.url("/a"), web.url("/b")]
    assert len(rows(world, Claim)) == 2


def test_the_same_address_for_a_new_story_is_looked_at_at_once(make, web, clock):
    web.pages |= {"/list": feed(item(web.url("/latest"), title="First")), "/latest": page()}
    world = make("feed")
    collect.run(world)
    clock.forward(hours=2)
    recheck.run(world)
    web.pages |= {
        "/list": feed(item(web.url("/latest"), title="Second")),
        "/latest": page("There will be no toll at all"),
    }
    collect.run(world)
    assert recheck.run(world).looked == 1
    assert [snapshot.version for snapshot in rows(world, Snapshot)] == [1, 2]
    clock.forward(hours=2)
    collect.run(world, everything=True)
    assert recheck.run(world).looked == 0


def test_another_source_with_the_same_guid_and_address_has_no_effect(make_world, web):
    web.pages |= {"/a": page(), "/x": feed(item(web.url("/a"), guid="g")), "/y": feed(item(web.url("/a"), guid="g"))}
    sources = [{"id": name, "name": name, "kind": "feed", "url": web.url(f"/{name}")} for name in ("x", "y")]
    world = make_world(sources=sources, fetch={"per_host_gap_s": 0, "allow_private": [web.place]})
    collect.run(world)
    assert {(document.source_id, document.outlet) for document in rows(world, Document)} == {("x", "x"), ("y", "y")}
    assert len(rows(world, Claim)) == 1
    assert len(rows(world, Appearance)) == 2


@pytest.mark.parametrize(
    ("date", "kept"),
    [
        ("Wed, 06 Mar 2024 09:00:00 GMT", "2024-03-06T09:00:00+00:00"),
        ("Wed, 06 Mar 2030 09:00:00 GMT", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", None),
        ("Tue, 99 Foo 2024", None),
        ("yesterday", None),
        (None, None),
    ],
)
def test_a_date_is_kept_as_it_was_told_and_believed_only_when_it_can_be(make, web, date, kept):
    bare = ARTICLE.replace('<meta property="article:published_time" content="{when}">', "")
    body = bare.format(title="T", day="Wednesday", quote=WORDS)
    web.pages |= {"/list": feed(item(web.url("/a"), date=date)), "/a": answer(body.encode())}
    world = make("feed")
    assert collect.run(world)[0].state == "ok"
    [document] = rows(world, Document)
    assert document.published_raw == date
    assert (document.published_at.isoformat() if document.published_at else None) == kept


# ---- Texts that come with the list --------------------------------------------------------------------------------

SUMMARY = f"<description>Foreign minister Mara Lind said on Wednesday: “{WORDS}.”</description>"
CONTENT = (
    '<content:encoded xmlns:content="http://purl.org/rss/1.0/modules/content/"><![CDATA[<p>Foreign minister Mara Lind '
    "spoke on {day}.</p><p>“{quote},” Lind said.</p>]]></content:encoded>"
)


def test_a_summary_is_labelled_and_never_taken_for_the_text(make, web):
    web.pages["/list"] = feed(item(web.url("/a"), more=SUMMARY))
    world = make("feed", full_text=False)
    assert collect.run(world)[0].new_documents == 1
    assert rows(world, Snapshot)[0].rule.startswith("summary only")
    assert "not the full text" in rows(world, Document)[0].note
    assert "/a" not in web.asked


@pytest.mark.parametrize("more", [CONTENT.format(day="Wednesday", quote=WORDS), SUMMARY])
def test_what_is_archived_of_a_text_in_the_list_is_the_list_as_it_came(make, web, more):
    web.pages["/list"] = feed(item(web.url("/a"), more=more), item(web.url("/b"), more=more.replace("Lind", "Vale")))
    world = make("feed", full_text=False)
    collect.run(world)
    names = {snapshot.sha256 for snapshot in rows(world, Snapshot)}
    assert len(names) == 1
    kept = world.archive.read(names.pop())
    assert kept.url == web.url("/list")
    assert kept.body == world.gate.get(web.url("/list")).body
    assert dict(kept.headers)["Content-Type"].startswith("application/rss+xml")


def test_a_full_text_in_the_list_is_taken_and_its_changes_are_versions(make, web, clock):
    web.pages["/list"] = feed(item(web.url("/a"), more=CONTENT.format(day="Wednesday", quote=WORDS)))
    world = make("feed", full_text=False)
    collect.run(world)
    assert rows(world, Snapshot)[0].rule.startswith("text that came with the list")
    assert rows(world, Document)[0].note is None
    clock.forward(hours=2)
    recheck.run(world, everything=True)
    assert "/a" not in web.asked
    web.pages["/list"] = feed(
        item(web.url("/a"), more=CONTENT.format(day="Wednesday", quote=WORDS.replace("now", "later")))
    )
    collect.run(world)
    assert [snapshot.version for snapshot in rows(world, Snapshot)] == [1, 2]
    assert rows(world, Appearance)[0].state.value in {"changed", "missing"}


def test_texts_under_one_address_are_told_apart_by_their_guid(make, web):
    web.pages["/list"] = feed(
        item(web.url("/"), "g1", "Monday", more=CONTENT.format(day="Monday", quote=WORDS)),
        item(
            web.url("/"), "g2", "Tuesday", more=CONTENT.format(day="Tuesday", quote="There will be no toll this year")
        ),
    )
    world = make("feed", full_text=False)
    assert collect.run(world)[0].new_documents == 2
    assert [one.new_documents for one in collect.run(world, everything=True)] == [0]


def test_an_entry_without_a_page_is_kept_with_what_it_says(make, web):
    web.pages["/list"] = feed(item(None, "g1", more=CONTENT.format(day="Wednesday", quote=WORDS)))
    world = make("feed")
    assert collect.run(world)[0].new_documents == 1
    assert rows(world, Document)[0].item == "guid:g1"
    recheck.run(world, everything=True)
    recheck.run(world, everything=True)
    assert rows(world, Document)[0].removed_since is None


def test_other_rules_for_the_same_address_read_the_list_anew(make, make_world, web):
    text = json.dumps({"a": [{"u": web.url("/a")}], "b": [{"u": web.url("/b")}]})
    web.pages |= {
        "/list": answer(text.encode(), kind="application/json"),
        "/a": page(),
        "/b": page("No toll at all, never"),
    }
    world = make("json", paths={"items": "a", "url": "u"})
    collect.run(world)
    again = make("json", paths={"items": "b", "url": "u"})
    assert collect.run(replace(again, database=world.database))[0].new_documents == 1


def test_a_redirected_list_keeps_its_configured_address_and_says_where_it_went(make, web):
    web.pages |= {"/list": redirect("/new", 301), "/new": feed(item(web.url("/a"))), "/a": page()}
    world = make("feed")
    [outcome] = collect.run(world)
    assert (outcome.state, outcome.new_documents) == ("moved", 1)
    assert web.url("/new") in outcome.detail
    with world.database.reading() as session:
        assert session.get_one(Source, "one").address == web.url("/list")
    assert collect.run(world, everything=True)[0].state == "moved"
