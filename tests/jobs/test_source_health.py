"""What a source says of itself is the truth: stale, slow, moved and without a statement are different things."""

import re

import pytest

from jobs import JOBS, collect
from tests.conftest import SECRET
from tests.hostile import answer, hostile, redirect
from tests.jobs.test_collect_kinds import feed, item, page
from tracker.archive.ledger import sources as source_ledger
from tracker.archive.models import Source
from tracker.speech import queries as speech
from tracker.speech import source_health
from tracker.speech.source_health import Health
from tracker.web import app

SILENT = b"<html lang='en'><head><title>Bridge</title></head><body><article><p>%s</p></article></body></html>"
FACTS = (
    b"The bridge in Nordhaven was opened in the spring. It is four hundred metres long and has two lanes for cars. " * 3
)


@pytest.fixture
def web():
    with hostile() as server:
        server.pages |= {"/list": feed(item(server.url("/a"))), "/a": page()}
        yield server


@pytest.fixture
def make(make_world, web):
    def made(**keys):
        section = {"id": "one", "name": "Courier", "kind": "feed", "url": web.url("/list"), **keys}
        return make_world(
            sources=[section], fetch={"per_host_gap_s": 0, "deadline_s": 30, "allow_private": [web.place]}
        )

    return made


def row(world):
    with world.database.reading() as session:
        return session.get_one(Source, "one")


def health(world):
    with world.database.reading() as session:
        given = speech.yields_of_sources(session).get("one", source_health.Yield())
    source = row(world)
    return source_health.health(source, given, world.now()), source_health.cause(source, given, world.now())


def shown(world) -> str:
    """The words of the sources' page."""
    return re.sub(r"<[^>]*>", "", app.create_app(world).test_client().get("/sources").get_data(as_text=True))


def fetch(world):
    [outcome] = collect.run(world, everything=True)
    return outcome


def run_job(world):
    [job] = [job for job in JOBS if job.name == "collect"]
    return job.work(world)


# ---- Nothing new ----


@pytest.mark.parametrize("there", [b"", b"a"])
def test_an_empty_feed_is_stale_in_its_time_whether_it_ever_had_an_entry_or_not(make, web, clock, there):
    entries = [item(web.url("/a"))] if there else []
    web.pages["/list"] = feed(*entries)
    world = make(expect_every="2d")
    fetch(world)
    assert health(world)[0] is Health.HEALTHY
    web.pages["/list"] = feed()
    clock.forward(days=24)
    assert fetch(world).state == "stale"
    found, cause = health(world)
    assert found is Health.FAILING
    assert cause.startswith("nothing new for 24 days (expected every 2 days), since 2024-03-06 1")


def test_an_empty_feed_counts_from_when_it_was_first_read_not_from_when_it_was_configured(make, web, clock):
    web.pages["/list"] = feed()
    world = make(expect_every="2d")
    clock.forward(days=30)  # switched off, or the service stood still
    assert fetch(world).state == "ok"
    clock.forward(days=3)
    assert fetch(world).state == "unchanged"
    clock.forward(days=2)
    assert fetch(world).state == "stale"


def test_a_moved_feed_with_nothing_new_is_stale_and_says_both(make, web, clock):
    web.pages |= {"/new": web.pages["/list"], "/list": redirect("/new", 301)}
    world = make(expect_every="2d")
    assert fetch(world).state == "moved"
    clock.forward(days=5)
    assert fetch(world).state == "stale"
    cause = health(world)[1]
    assert cause.startswith("nothing new for 5 days (expected every 2 days)")
    assert "moved for good to" in cause


def test_stale_slow_and_moved_are_different_words_on_the_page(make, web, clock):
    world = make(expect_every="2d")
    fetch(world)
    clock.forward(days=5)
    fetch(world)
    stale = shown(world)
    assert "One has published nothing new for long." in stale
    assert "Nothing new" in stale
    assert "Nothing new for 5 days (expected every 2 days), since 2024-03-06 10:00 UTC" in stale
    assert stale.count(" since ") == 1
    assert "slow" not in stale.lower()
    web.pages |= {
        "/new": feed(item(web.url("/b"), date=f"{clock.now:%a, %d %b %Y %H:%M:%S} GMT")),
        "/b": page("No toll"),
    }
    web.pages["/list"] = redirect("/new", 301)
    fetch(world)
    moved = shown(world)
    assert "One has moved." in moved
    assert "slow" not in moved.lower()
    assert "nothing new" not in moved.lower()


# ---- What counts as failed ----


def test_a_feed_read_well_behind_a_redirect_for_good_has_not_failed(make, web):
    web.pages |= {"/new": web.pages["/list"], "/list": redirect("/new", 301)}
    world = make()
    assert run_job(world) == {"sources": 1, "documents": 1, "claims": 1, "failed": 0}
    assert (row(world).state, row(world).failures) == ("moved", 0)


def test_a_feed_whose_pages_cannot_be_had_has_failed_though_its_list_is_read(make, web):
    web.pages["/a"] = answer(status="403 Forbidden")
    assert run_job(make())["failed"] == 1


def test_a_source_another_process_looks_at_has_not_failed(make, clock):
    world = make()
    with world.database.transaction() as session:
        source_ledger.take(session, clock.now, ["one"], "other-machine:1:x", 60)
    assert run_job(world) == {"sources": 1, "documents": 0, "claims": 0, "failed": 0}


# ---- Documents, and never a statement ----


def without_statements(web, number=6):
    web.pages["/list"] = feed(*(item(web.url(f"/{n}")) for n in range(number)))
    for n in range(number):
        web.pages[f"/{n}"] = answer(SILENT % (b"%d. " % n + FACTS))


def test_texts_that_quote_nobody_are_said_after_a_day(make, web, clock):
    without_statements(web)
    world = make()
    assert fetch(world).new_documents == 6
    assert health(world)[0] is Health.HEALTHY
    clock.forward(days=1)
    fetch(world)
    found, cause = health(world)
    assert found is Health.SILENT
    assert cause.startswith("6 documents, no statement found: the texts were read and quote nobody; check")
    told = shown(world)
    assert "6 documents, no statement found" in told
    assert "One has given no statement so far." in told
    assert "0 of 2 sources" not in told


def test_pages_without_readable_text_are_told_from_texts_that_quote_nobody(make, web, clock):
    without_statements(web)
    for n in range(6):
        web.pages[f"/{n}"] = answer(b"\x89PNG\r\n\x1a\n" + bytes([n]) * 300, kind="image/png")
    world = make()
    fetch(world)
    clock.forward(days=1)
    assert "no text could be read in any; check" in (health(world)[1] or "")


def test_summaries_only_are_told_too(make, web, clock):
    entries = [
        item(web.url(f"/{n}")).replace(
            "</item>", f"<description>Short text number {n} on the bridge.</description></item>"
        )
        for n in range(6)
    ]
    web.pages["/list"] = feed(*entries)
    world = make(full_text=False)
    fetch(world)
    clock.forward(days=1)
    assert "only summaries came with the list" in (health(world)[1] or "")


def test_few_documents_or_one_statement_are_no_cause_for_worry(make, web, clock):
    without_statements(web, 4)
    world = make()
    fetch(world)
    clock.forward(days=9)
    assert health(world)[0] is Health.HEALTHY
    without_statements(web, 6)
    web.pages["/5"] = page()
    fetch(world)
    clock.forward(days=9)
    assert health(world)[0] is Health.HEALTHY


# ---- Who we say we are ----


def test_every_request_names_the_site_and_robots_rules_for_us_are_found(make_world, web):
    web.pages["/robots.txt"] = answer(b"User-agent: OnTheRecord\nDisallow: /a\n")
    world = make_world(
        site={"secret_key": SECRET, "base_url": "https://news.example/record"},
        sources=[{"id": "one", "name": "Courier", "kind": "feed", "url": web.url("/list")}],
        fetch={"per_host_gap_s": 0, "allow_private": [web.place]},
    )
    fetch(world)
    assert "/a" not in web.asked
    assert web.requests
    assert all(b"(+https://news.example/record/sources)" in request for request in web.requests)
