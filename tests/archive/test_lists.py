"""What the lists of sources tell: the dates of their entries."""

import pytest

from tracker.archive.lists.rules import ListRules, read_list

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title>
<item><title>A</title><link>https://w.example/a</link><pubDate>{}</pubDate></item></channel></rss>"""
JSON_FEED = """{{"version": "https://jsonfeed.org/version/1.1", "title": "Wire",
"items": [{{"id": "a", "url": "https://w.example/a", "date_published": "{}"}}]}}"""
SITEMAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://w.example/a</loc>
<n:news><n:publication_date>{}</n:publication_date><n:title>A</n:title></n:news></url></urlset>"""
LINKS = """<html><body><ul><li><a href="/a">A story of the day</a> <time datetime="{}">today</time></li></ul></body></html>"""


def published(body: str, zone: str, kind: str = "feed"):
    found = read_list(
        body.encode(), ListRules(kind=kind, timezone=zone), content_type=None, url="https://w.example/list"
    )
    assert len(found.entries) == 1
    return found.entries[0].published


@pytest.mark.parametrize(
    ("told", "zone", "moment"),
    [
        ("2026-03-10 12:00:33", "Asia/Shanghai", "2026-03-10T04:00:33+00:00"),
        ("Tue, 10 Mar 2026 12:00:33", "America/New_York", "2026-03-10T16:00:33+00:00"),
        ("Tue, 07 Jul 2026 12:00:33", "Europe/Oslo", "2026-07-07T10:00:33+00:00"),
        ("2026-03-10T12:00", "Europe/Kyiv", "2026-03-10T10:00:00+00:00"),
        ("Tue, 10 Feb 2026 13:03:47 EST", "Asia/Shanghai", "2026-02-10T18:03:47+00:00"),
        ("2026-07-10 08:00:00 EDT", "UTC", "2026-07-10T12:00:00+00:00"),
        ("Tue, 10 Mar 2026 08:00:00 CET", "UTC", "2026-03-10T07:00:00+00:00"),
        ("Tue, 10 Mar 2026 08:00:00 MSK", "UTC", "2026-03-10T05:00:00+00:00"),
        ("Tue, 10 Mar 2026 08:00:00 IST", "Asia/Kolkata", "2026-03-10T02:30:00+00:00"),
        ("Tue, 10 Mar 2026 08:00:00 IST", "Asia/Jerusalem", "2026-03-10T06:00:00+00:00"),
        ("Tue, 10 Mar 2026 13:00:00 GMT+7", "UTC", "2026-03-10T06:00:00+00:00"),
        ("Tue, 10 Mar 2026 13:00:00 UTC+3", "Asia/Shanghai", "2026-03-10T10:00:00+00:00"),
        ("Tue, 10 Mar 2026 13:00:00 GMT-0300", "UTC", "2026-03-10T16:00:00+00:00"),
        ("<![CDATA[ Tue, 10 Mar 2026 22:52:30+5:30 ]]>", "UTC", "2026-03-10T17:22:30+00:00"),
        ("2026-03-10T08:00:00+5:30", "UTC", "2026-03-10T02:30:00+00:00"),
        ("Tue, 10 Mar 2026 08:00:00 UT", "Asia/Shanghai", "2026-03-10T08:00:00+00:00"),
        ("Thu, 19 Feb 2026 17:00:00 Z", "Asia/Shanghai", "2026-02-19T17:00:00+00:00"),
    ],
)
def test_a_time_of_a_feed_keeps_its_offset_and_without_one_is_in_the_zone_of_its_source(told, zone, moment):
    found = published(FEED.format(told), zone)
    assert found.at is not None
    assert found.at.isoformat() == moment
    assert found.precision == "time"


@pytest.mark.parametrize("told", ["2026-03-10", "Tue, 10 Mar 2026", "10 Mar 2026", "10 March 2026", " 2026-03-10 "])
def test_a_bare_day_of_a_feed_is_no_time(told):
    found = published(FEED.format(told), "Asia/Shanghai")
    assert found.at is not None
    assert (found.at.isoformat(), found.precision) == ("2026-03-10T00:00:00+00:00", "day")


@pytest.mark.parametrize(
    ("kind", "body"), [("feed", JSON_FEED), ("sitemap", SITEMAP), ("listing", LINKS.replace("today", "Tuesday"))]
)
def test_every_kind_of_list_reads_its_times_in_the_zone_of_its_source(kind, body):
    found = published(body.format("2026-03-10T12:00:33"), "Asia/Shanghai", kind)
    assert found.at is not None
    assert found.at.isoformat() == "2026-03-10T04:00:33+00:00"
