"""Filling in the past: by paged feeds, sitemaps, listings and the Internet Archive's copies; silent and resumable."""

import contextlib
import json
import re
from datetime import UTC, date, datetime, timedelta
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from sqlmodel import select
from werkzeug import Request, Response

from jobs import backfill, deliver, tidy
from tests.conftest import build_world
from tests.jobs.conftest import ARTICLE, source
from tests.wishes import wish
from tracker import runs
from tracker.alerts.ledger import sign_up as sign_up_ledger
from tracker.alerts.models import Delivery, Occasion
from tracker.archive import wayback
from tracker.archive.lists import paging
from tracker.archive.models import BackfillItem, BackfillState, Document, Fetch, Snapshot
from tracker.errors import TrackerError
from tracker.record import proof
from tracker.runs import AlreadyRunning
from tracker.speech.models import Claim

FIRST, LAST = date(2023, 6, 10), date(2023, 6, 20)
NEWEST = date(2023, 7, 5)


SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def rss(items: str) -> Response:
    feed = f'<rss version="2.0"><channel><title>C</title>{items}</channel></rss>'
    return Response(feed, mimetype="application/rss+xml")


class Press:
    """What the outlet's server and the Internet Archive's answer; `gone` days were taken down, every path is counted."""

    per_page = 7

    def __init__(self, server: HTTPServer) -> None:
        self.server, self.broken_from = server, 10**9
        self.gone: set[str] = set()
        self.summary = ""
        self.asked: list[str] = []

    def url(self, path: str) -> str:
        return self.server.url_for(path)

    def day(self, number: int) -> date:
        return NEWEST - timedelta(days=number)

    def answer(self, request: Request) -> Response:
        self.asked.append(request.full_path.rstrip("?"))
        if len(self.asked) > self.broken_from:
            return Response("slow down", status=429, headers={"Retry-After": "600"})
        path = unquote(request.path)
        for pattern, give in (
            (r"/robots.txt", lambda _: Response("", status=404)),
            (r"/feed.xml", lambda _: self.feed(int(request.args.get("paged", 1)))),
            (r"/list(?:/(\d+))?", lambda found: self.listing(int(found[1] or 1))),
            (r"/sitemap.xml", lambda _: self.index()),
            (r"/sitemap-(\d+)-(\d+).xml", lambda found: self.sitemap(int(found[1]), int(found[2]))),
            (r"/cdx", lambda _: self.cdx(request.args)),
            (r"/web/(\d{14})id_/https?:/+[^/]+(/\S*)", lambda found: self.copy(found[2])),
            (r"/(\d{4}/\d\d/\d\d)/story", lambda found: self.story(found[1])),
        ):
            found = re.fullmatch(pattern, path)
            if found:
                return give(found)
        return Response("", status=404)

    def story(self, when: str, *, copy: bool = False) -> Response:
        if when in self.gone and not copy:
            return Response("", status=404)
        words = f"We need the bridge toll now, and on {when} the law says so as it did before"
        page = ARTICLE.format(
            title=f"Lind, {when}", when=f"{when.replace('/', '-')}T10:00:00Z", day="that day", quote=words
        )
        return Response(page, mimetype="text/html")

    def feed(self, page: int, *, dated: bool = True) -> Response:
        days = [self.day(number) for number in range((page - 1) * self.per_page, page * self.per_page)]
        if days[0] < date(2023, 5, 1):
            return Response("", status=404)
        items = "".join(
            f"<item><title>Lind, {day}</title><link>{self.url(f'/{day:%Y/%m/%d}/story')}</link>"
            f"<pubDate>{day:%a, %d %b %Y} 10:00:00 GMT</pubDate>{self.summary.format(day=day)}</item>"
            for day in days
        )
        return Response(
            f'<rss version="2.0"><channel><title>C</title>{items}</channel></rss>', mimetype="application/rss+xml"
        )

    def listing(self, page: int) -> Response:
        days = [self.day(number) for number in range((page - 1) * self.per_page, page * self.per_page)]
        links = "".join(f"<li><a href='/{day:%Y/%m/%d}/story'>Lind on the bridge, {day}</a></li>" for day in days)
        following = f"<a rel='next' href='/list/{page + 1}'>Older</a>"
        return Response(f"<html><body><ul>{links}</ul>{following}</body></html>", mimetype="text/html")

    def index(self) -> Response:
        maps = "".join(f"<sitemap><loc>{self.url(f'/sitemap-2023-{m:02}.xml')}</loc></sitemap>" for m in range(1, 8))
        return Response(
            f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{maps}</sitemapindex>',
            mimetype="text/xml",
        )

    def sitemap(self, year: int, month: int) -> Response:
        days = [date(year, month, number) for number in range(1, 29)]
        urls = "".join(f"<url><loc>{self.url(f'/{day:%Y/%m/%d}/story')}</loc></url>" for day in days)
        return Response(f"<urlset {SPACE}>{urls}</urlset>", mimetype="text/xml")

    def cdx(self, asked) -> Response:
        if asked["filter"] != "statuscode:200" or asked["output"] != "json":
            return Response("bad request", status=400)
        rows = [list(wayback.FIELDS)]
        story = re.search(r"/(\d{4})/(\d\d)/(\d\d)/story$", asked["url"])
        if story:
            rows.append([f"{''.join(story.groups())}180000", asked["url"], "text/html", "200", "A" * 32])
        elif asked["url"].endswith("/feed.xml") and asked.get("collapse") == "timestamp:8":
            rows.append(["20230622000000", asked["url"], "application/rss+xml", "200", "B" * 32])
        return Response(json.dumps(rows), mimetype="application/json")

    def copy(self, path: str) -> Response:
        found = re.fullmatch(r"/(\d{4}/\d\d/\d\d)/story", path)
        if found:
            return self.story(found[1], copy=True)
        old = [date(2023, 6, 22) - timedelta(days=number) for number in range(self.per_page)]
        items = "".join(
            f"<item><title>Lind, {day}</title><link>{self.url(f'/{day:%Y/%m/%d}/story')}</link>"
            f"<pubDate>{day:%a, %d %b %Y} 10:00:00 GMT</pubDate></item>"
            for day in old
        )
        return Response(
            f'<rss version="2.0"><channel><title>C</title>{items}</channel></rss>', mimetype="application/rss+xml"
        )


@pytest.fixture
def press(httpserver):
    made = Press(httpserver)
    httpserver.expect_request(re.compile(r"^/.*")).respond_with_handler(made.answer)
    return made


@pytest.fixture
def make(sqlite, tmp_path, clock, mailbox, press, httpserver):
    made = []

    def build(kind="feed", path="/feed.xml", *, copies=False, **more):
        place = f"{httpserver.host}:{httpserver.port}"
        one = {**source("courier", press.url(path)), "kind": kind, **more}
        archive_org = {"copies": copies, "cdx_url": press.url("/cdx"), "playback_url": press.url("/web")}
        fetch = {"per_host_gap_s": 0, "deadline_s": 30, "allow_private": [place]}
        made.append(build_world(sqlite, tmp_path, clock, mailbox, sources=[one], archive_org=archive_org, fetch=fetch))
        return made[-1]

    yield build
    for world in made:
        world.database.dispose()


def rows(world, table):
    with world.database.reading() as session:
        return session.exec(select(table).order_by(table.id)).all()


def days(world) -> list[str]:
    return sorted(re.search(r"\d{4}/\d\d/\d\d", row.url)[0] for row in rows(world, Document))


WINDOW = [f"2023/06/{day:02}" for day in range(10, 21)]


def run(world, first=FIRST, last=LAST):
    return backfill.run(world, "courier", first, last)


@pytest.mark.parametrize(
    ("kind", "path", "more"),
    [
        ("feed", "/feed.xml", {}),
        ("listing", "/list", {"link_pattern": "/story$", "date_pattern": r"/(?P<year>\d{4})/(?P<month>\d\d)/(?P<day>\d\d)/"}),
        ("sitemap", "/sitemap.xml", {}),
    ],
    ids=["paged feed", "listing with older pages", "sitemap index"],
)  # fmt: skip
def test_a_past_window_is_filled_in_and_nothing_outside_it(make, press, kind, path, more):
    world = make(kind, path, **more)
    outcome = run(world)
    assert days(world) == WINDOW
    assert outcome.found == {BackfillState.KEPT: 11}
    assert outcome.claims == 11
    assert len(rows(world, Claim)) == 11
    assert not [path for path in press.asked if path.startswith(("/2023/05", "/2023/07"))]
    assert proof.verify(world.database, world.archive, everything=True).problems == ()


def test_nobody_is_told_of_what_was_filled_in(make, press):
    world = make()
    with world.database.transaction() as session:
        sign_up_ledger.request(
            session,
            world.now(),
            wish("reader@example.org", rhythm="instant"),
            ip="192.0.2.1",
        )
        token = session.exec(select(Delivery.token)).first()
    deliver.run(world)
    with world.database.transaction() as session:
        sign_up_ledger.confirm(session, world.now(), token)
    run(world)
    assert len(rows(world, Claim)) == 11
    assert all(row.quiet for row in rows(world, Snapshot))
    assert [row.occasion for row in rows(world, Delivery) if row.occasion != Occasion.CONFIRM] == []


def test_a_server_that_wants_a_pause_ends_the_run_and_the_same_command_goes_on(make, press):
    world = make()
    press.broken_from = 9
    first = run(world)
    assert "429" in first.stopped
    assert 0 < len(days(world)) < 11
    asked = [path for path in press.asked if path.endswith("/story")]
    press.broken_from = 10**9
    press.asked.clear()
    second = run(world)
    assert second.stopped is None
    assert days(world) == WINDOW
    assert not set(asked[:-1]) & set(press.asked)
    press.asked.clear()
    assert run(world).found == {BackfillState.KEPT: 11}
    assert [path for path in press.asked if path.endswith("/story")] == []


def test_what_is_archived_of_a_text_in_a_past_list_is_the_list_as_it_came(make, press):
    press.summary = "<description>“The toll of {day} stays as it is,” said Foreign Minister Mara Lind.</description>"
    world = make(full_text=False)
    assert run(world).claims == 11
    assert not [path for path in press.asked if path.endswith("/story")]
    for snapshot in rows(world, Snapshot):
        kept = world.archive.read(snapshot.sha256)
        assert kept.url.startswith(press.url("/feed.xml"))
        assert kept.body.startswith(b"<rss")
    assert proof.verify(world.database, world.archive, everything=True).problems == ()


def test_a_past_list_stays_archived_while_its_things_wait(make, press, clock):
    press.summary = "<description>“The toll of {day} stays as it is,” said Foreign Minister Mara Lind.</description>"
    world = make(full_text=False)
    press.broken_from = 4
    assert run(world).stopped is not None
    clock.forward(days=30)
    tidy.run(world)
    assert all(world.archive.verify(item.archived) is None for item in rows(world, BackfillItem) if item.archived)
    assert any(item.archived for item in rows(world, BackfillItem))


def test_what_is_on_record_already_is_not_fetched_again(make, press):
    world = make()
    run(world)
    press.asked.clear()
    outcome = run(world, date(2023, 6, 8))
    assert outcome.found == {BackfillState.KNOWN: 11, BackfillState.KEPT: 2}
    assert sorted(path for path in press.asked if path.endswith("/story")) == ["/2023/06/08/story", "/2023/06/09/story"]


def test_a_page_that_is_gone_is_taken_from_the_internet_archive_where_that_is_allowed(make, press):
    press.gone = {"2023/06/12", "2023/06/13"}
    world = make(copies=True)
    outcome = run(world)
    assert outcome.found == {BackfillState.KEPT: 9, BackfillState.COPY: 2}
    [row] = [row for row in rows(world, Document) if "2023/06/12" in row.url]
    assert row.note == "The page was gone when it was asked for; this is a copy by archive.org of 2023-06-12 18:00 UTC."
    with world.database.reading() as session:
        kept = session.exec(select(Snapshot).where(Snapshot.document_id == row.id)).one()
        fetch = session.exec(select(Fetch).where(Fetch.document_id == row.id)).one()
    assert kept.rule.startswith("copy by archive.org of 2023-06-12 18:00 UTC")
    assert "/web/20230612180000id_/" in fetch.final_url
    assert "/web/20230612180000id_/" in world.archive.read(kept.sha256).url


def test_it_stays_gone_where_the_internet_archive_is_not_to_be_asked(make, press):
    press.gone = {"2023/06/12"}
    world = make()
    assert run(world).found == {BackfillState.KEPT: 10, BackfillState.GONE: 1}
    assert not [path for path in press.asked if path.startswith(("/cdx", "/web"))]


def test_a_feed_without_older_pages_is_read_in_the_internet_archives_copies(make, press):
    world = make(copies=True)
    press.feed = lambda page, **_: Response("", status=404)
    outcome = run(world)
    assert days(world) == [f"2023/06/{day:02}" for day in range(16, 21)]
    assert outcome.found == {BackfillState.KEPT: 5}


def test_a_server_that_gives_the_same_list_for_every_page_is_not_asked_for_ever(make, press):
    world = make()
    page = press.feed
    press.feed = lambda _number, **_: page(1)
    run(world)
    assert len([path for path in press.asked if path.startswith("/feed.xml")]) <= 4


def test_a_window_that_ends_before_it_begins_and_a_source_without_lists_are_refused(make):
    world = make()
    with pytest.raises(TrackerError, match="ends before"):
        backfill.run(world, "courier", LAST, FIRST)
    for name in ("hand", "nobody"):
        with pytest.raises(TrackerError, match="no source"):
            backfill.run(world, name, FIRST, LAST)


def test_only_one_fills_in_a_source_at_a_time(make):
    world = make()
    with world.database.transaction() as session:
        runs.acquire(session, world.now(), "backfill:courier", "somebody else", 60)
    with pytest.raises(AlreadyRunning):
        run(world)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'<feed><link rel="next" href="?page=2"/></feed>', "https://a.example/feed?page=2"),
        (
            b"<rss><atom:link href='https://a.example/feed?p=3&amp;x=1' rel='next'/></rss>",
            "https://a.example/feed?p=3&x=1",
        ),
        (b"<a class=older rel=next href=/list/2>Older</a>", "https://a.example/list/2"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "next_url": "https://a.example/2"}', "https://a.example/2"),
        (b'<link rel="prev" href="?page=2"/>', None),
        (b'{"next_url": 3}', None),
        (b"{", None),
        (b"", None),
    ],
)
def test_the_next_page_is_the_one_the_list_names(body, found):
    assert paging.next_named(body, "https://a.example/feed") == found


@pytest.mark.parametrize(
    ("address", "first", "last"),
    [
        ("https://a.example/2023/06/19/story", (2023, 6, 19), (2023, 6, 19)),
        ("https://a.example/sitemap-2023-06.xml", (2023, 6, 1), (2023, 6, 30)),
        ("https://a.example/sitemap_202312.xml", (2023, 12, 1), (2023, 12, 31)),
        ("https://a.example/story-1234567", None, None),
        ("https://a.example/2023/02/31/x", None, None),
    ],
)
def test_the_days_an_address_tells(address, first, last):
    found = paging.day_in_address(address)
    assert found == ((date(*first), date(*last)) if first else None)


def test_a_day_counts_in_the_zone_of_the_source():
    late = datetime(2023, 6, 9, 23, 30, tzinfo=UTC)
    assert paging.lies_in(late, FIRST, LAST, "Europe/Kyiv") is True
    assert paging.lies_in(late, FIRST, LAST, "UTC") is False
    assert paging.lies_in(None, FIRST, LAST, "UTC") is None


@given(st.binary(max_size=200))
def test_any_answer_of_the_index_is_read_or_refused(body):
    with contextlib.suppress(wayback.InvalidIndexResponse):
        assert all(capture.at.tzinfo for capture in wayback.parse_captures(body))


def test_the_copy_nearest_after_publication_is_taken():
    copies = [
        wayback.Capture(datetime(2023, 6, day, tzinfo=UTC), "https://a.example", "text/html", "") for day in (1, 12, 20)
    ]
    assert wayback.nearest(copies, datetime(2023, 6, 10, tzinfo=UTC)).at.day == 12
    assert wayback.nearest(copies, datetime(2023, 7, 1, tzinfo=UTC)).at.day == 20
    assert wayback.nearest(copies, None).at.day == 1
    assert wayback.nearest([], None) is None
