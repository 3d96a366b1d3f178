"""What a source's state says, when it is looked at next, and that one source never holds up another."""

import subprocess
import sys
import threading

import pytest
import structlog
from sqlmodel import select

from jobs import collect
from tests.conftest import NOON
from tests.hostile import answer, gzip_bomb, hostile, redirect, reset, silent
from tests.jobs.test_collect_kinds import feed, item, page
from tracker.archive import queries, staleness
from tracker.archive.ledger import sources as source_ledger
from tracker.archive.models import Fetch, Snapshot, Source, SourceKind, State
from tracker.archive.types import FetchResult, SourceFetch


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


def row(world, name="one"):
    with world.database.reading() as session:
        return session.get_one(Source, name)


def state(world):
    [outcome] = collect.run(world, everything=True)
    return outcome.state


@pytest.mark.parametrize(
    ("answered", "expected"),
    [
        (answer(status="403 Forbidden"), "blocked"),
        (answer(b"<title>Just a moment...</title>"), "blocked"),
        (answer(status="404 Not Found"), "gone"),
        (answer(status="410 Gone"), "gone"),
        (answer(b"<html><body>Hello</body></html>"), "not a feed"),
        (answer(b""), "not a feed"),
        (answer(b"{}", kind="application/json"), "not a feed"),
        (answer(b'<!DOCTYPE x [<!ENTITY a "b">]><rss/>', kind="text/xml"), "not a feed"),
        (answer(status="500 Oops"), "error"),
        (answer(status="304 Not Modified"), "error"),
        (redirect("/list"), "error"),
        (redirect("http://10.0.0.1/"), "error"),
        (reset(), "error"),
        (silent, "slow"),
        (answer(gzip_bomb(), "Content-Encoding: gzip"), "error"),
    ],
    ids=[str(number) for number in range(15)],
)
def test_every_bad_answer_is_a_state_with_its_cause_and_a_next_look(make, web, answered, expected):
    web.pages["/list"] = answered
    world = make(**({"timeout_s": 0.5} if expected == "slow" else {}))
    assert state(world) == expected
    source = row(world)
    assert source.state == expected
    assert source.detail
    assert source.failures == 1
    assert source.state_since == NOON
    assert source.last_good_at is None
    assert source.next_at > NOON
    [fetch] = rows(world, Fetch)
    assert fetch.state == expected
    assert fetch.detail == source.detail


def rows(world, table):
    with world.database.reading() as session:
        return session.exec(select(table).order_by(table.id)).all()


def test_robots_decision_status_and_address_are_kept_with_every_fetch(make, web):
    web.pages["/robots.txt"] = answer(b"User-agent: *\nDisallow: /a", kind="text/plain")
    world = make()
    assert state(world) == "blocked"
    of_page, of_list = sorted(rows(world, Fetch), key=lambda fetch: fetch.document_id is None)
    assert (of_page.state, of_page.robots) == (State.BLOCKED, "not allowed: robots.txt")
    assert of_list.state == State.BLOCKED
    assert "the list can be read, its pages can't" in of_list.detail
    web.pages["/list"] = answer(status="503 Busy")
    state(world)
    assert (rows(world, Fetch)[-1].status, rows(world, Fetch)[-1].robots) == (503, "allowed: robots.txt")


def test_pages_that_are_blocked_are_no_success_until_they_can_be_read(make, web, clock):
    web.pages["/a"] = answer(status="403 Forbidden")
    world = make()
    assert state(world) == "blocked"
    clock.forward(minutes=5)
    assert state(world) == "blocked"
    web.pages["/a"] = page()
    clock.forward(hours=12)
    assert state(world) == "unchanged"
    assert row(world).failures == 0
    assert len(rows(world, Snapshot)) == 1


def test_one_page_that_is_gone_is_told_but_the_source_is_fine(make, web):
    web.pages["/list"] = feed(item(web.url("/a")), item(web.url("/nothing")))
    world = make()
    [outcome] = collect.run(world)
    assert (outcome.state, outcome.new_documents) == ("ok", 1)


def test_three_broken_pages_in_a_row_end_the_look(make, web):
    web.pages["/list"] = feed(*(item(web.url(f"/broken{number}")) for number in range(9)))
    web.pages |= {f"/broken{number}": reset() for number in range(9)}
    world = make()
    assert state(world) == "error"
    assert len([path for path in web.asked if path.startswith("/broken")]) == 3


def test_a_page_that_fails_ten_times_is_asked_for_no_more(make, web, clock):
    web.pages["/a"] = answer(status="404 Not Found")
    world = make()
    for _ in range(15):
        state(world)
        clock.forward(days=5)
    assert web.asked.count("/a") == 10


def test_a_look_that_is_cut_short_goes_on_with_the_next(make, web, monkeypatch):
    web.pages["/list"] = feed(*(item(web.url(f"/{number}")) for number in range(4)))
    web.pages |= {f"/{number}": page(f"The toll number {number} is what we need now") for number in range(4)}
    world = make()
    monkeypatch.setattr(collect, "PAGES_FOR_S", -1.0)
    [outcome] = collect.run(world)
    assert "4 pages are left" in outcome.detail
    assert row(world).next_at == NOON
    monkeypatch.setattr(collect, "PAGES_FOR_S", 60.0)
    assert collect.run(world)[0].new_documents == 4


# ---- Conditional requests -----------------------------------------------------------------------------------------


def test_validators_are_sent_back_and_304_is_unchanged(make, web, clock):
    listed = feed(item(web.url("/a")))
    headers = ('ETag: W/"v1"', "Last-Modified: Wed, 06 Mar 2024 10:00:00 GMT")

    def conditional(connection):
        conditioned = b'If-None-Match: W/"v1"' in web.requests[-1]
        (answer(b"", *headers, status="304 Not Modified") if conditioned else with_headers(listed, headers))(connection)

    web.pages["/list"] = conditional
    world = make()
    assert state(world) == "ok"
    clock.forward(hours=2)
    assert state(world) == "unchanged"
    assert rows(world, Fetch)[-1].status == 304
    clock.forward(hours=30)
    assert state(world) == "unchanged"
    assert rows(world, Fetch)[-1].status == 200, "after a day the server's word is not taken any more"


def with_headers(listed, headers):
    class Wrap:
        def __init__(self, connection):
            self.connection = connection

        def sendall(self, data):
            self.connection.sendall(data.replace(b"\r\n\r\n", b"\r\n" + "\r\n".join(headers).encode() + b"\r\n\r\n", 1))

    return lambda connection: listed(Wrap(connection))


def test_the_hash_decides_not_a_changing_etag(make, web, clock):
    listed = feed(item(web.url("/a")))
    world = make()
    for number in range(3):
        web.pages["/list"] = with_headers(listed, [f"ETag: {number}"])
        expected = "unchanged" if number else "ok"
        assert state(world) == expected
        clock.forward(hours=2)
    assert row(world).etag == "2"


# ---- When to look next --------------------------------------------------------------------------------------------


def source(**keys):
    return Source(id="s", name="S", kind=SourceKind.FEED, created_at=NOON, **keys)


def waits(database, looks, **keys):
    """Minutes until the next look, after each of these looks."""
    found = []
    with database.transaction() as session:
        session.add(source(**keys))
        session.flush()
        for fetch, new in looks:
            row = session.get_one(Source, "s", populate_existing=True)
            source_ledger.record_fetches(session, [SourceFetch(source=row, result=fetch, new_documents=new)])
            session.refresh(row)
            found.append((row.next_at - fetch.at).total_seconds() / 60)
    return found


def test_back_off_doubles_with_jitter_to_six_hours(database):
    found = waits(database, [(FetchResult(at=NOON, state=State.ERROR), 0)] * 12, every_minutes=10)
    for minutes, exact in zip(found, [10, 20, 40, 80, 160, 320, 360, 360, 360, 360, 360, 360], strict=True):
        assert exact <= minutes <= exact * 1.1
    assert len({round(minutes / 360, 4) for minutes in found[6:]}) > 1


def test_a_daily_source_that_fails_is_tried_again_after_six_hours(database):
    assert 360 <= waits(database, [(FetchResult(at=NOON, state=State.BLOCKED), 0)], every_minutes=1440)[0] <= 400


def test_retry_after_decides_when_it_is_given(database):
    [minutes] = waits(database, [(FetchResult(at=NOON, state=State.ERROR, retry_after_s=7200), 0)], every_minutes=10)
    assert 120 <= minutes <= 132


def test_a_quiet_source_is_asked_more_rarely_and_a_busy_one_as_configured(database):
    quiet = [(FetchResult(at=NOON, state=State.UNCHANGED), 0)] * 24
    found = waits(database, [*quiet, (FetchResult(at=NOON, state=State.OK), 3)], every_minutes=30)
    assert (found[0], found[6], found[8], found[20], found[-1]) == (30, 30, 60, 120, 30)


def test_quiet_or_not_it_is_asked_four_times_in_its_expected_period(database):
    quiet = [(FetchResult(at=NOON, state=State.UNCHANGED), 0)] * 40
    assert max(waits(database, quiet, every_minutes=60, expect_every_minutes=480)) == 120


def test_cache_control_is_kept_within_bounds(database):
    looks = [(FetchResult(at=NOON, state=State.OK, max_age_s=seconds), 1) for seconds in (0, 2700, 86400)]
    assert waits(database, looks, every_minutes=30) == [30, 45, 120]


def test_410_twice_ends_the_looking_and_a_new_address_begins_it_again(make, make_world, web, clock):
    web.pages["/list"] = answer(status="410 Gone")
    world = make()
    collect.run(world)
    clock.forward(hours=12)
    collect.run(world)
    clock.forward(days=30)
    assert collect.run(world) == []
    assert collect.run(world, everything=True) == []
    assert row(world).state == State.GONE
    web.pages["/list"] = feed(item(web.url("/a")))
    assert collect.run(world, ["one"])[0].state == "ok"
    clock.forward(days=1)
    assert collect.run(world)[0].state == "unchanged"


def test_404_is_never_final(make, web, clock):
    web.pages["/list"] = answer(status="404 Not Found")
    world = make()
    for _ in range(5):
        assert len(collect.run(world)) == 1
        clock.forward(hours=12)


# ---- Nothing new --------------------------------------------------------------------------------------------------


def test_nothing_newer_than_expected_is_stale_then_as_good_as_broken(make, web, clock):
    world = make(expect_every="2d")
    assert state(world) == "ok"
    clock.forward(days=3)
    assert state(world) == "unchanged"
    clock.forward(days=1, hours=1)
    assert state(world) == "stale"
    source = row(world)
    assert source.detail == "nothing new for 4 days (expected every 2 days), since 2024-03-06 10:00 UTC"
    assert not staleness.is_long_stale(source, clock.now)
    clock.forward(days=6)
    assert staleness.is_long_stale(source, clock.now)
    new = item(web.url("/b"), date=f"{clock.now:%a, %d %b %Y %H:%M:%S} GMT")
    web.pages |= {"/list": feed(item(web.url("/a")), new), "/b": page("No toll this year, and none in the next one")}
    assert state(world) == "ok"


def test_a_feed_that_changes_without_anything_newer_is_stale_too(make, web, clock):
    world = make(expect_every="1d")
    state(world)
    clock.forward(days=4)
    web.pages["/list"] = feed(item(web.url("/a")), "<!-- changed -->")
    assert state(world) == "stale"


# ---- Changes of state ---------------------------------------------------------------------------------------------


def test_one_log_line_for_each_change_of_state_and_none_for_each_try(make, web, clock):
    world = make()
    with structlog.testing.capture_logs() as lines:
        for answered in (
            [None, None, answer(status="500 Oops")] + [answer(status="500 Oops")] * 4 + [feed(item(web.url("/a")))]
        ):
            if answered is not None:
                web.pages["/list"] = answered
            state(world)
            clock.forward(hours=7)
    told = [line["state"] for line in lines if line["event"] == "state changed"]
    assert told == ["ok", "error", "unchanged"]


def test_since_when_is_the_change_not_the_last_try(make, web, clock):
    web.pages["/list"] = answer(status="500 Oops")
    world = make()
    for _ in range(3):
        state(world)
        clock.forward(hours=1)
    assert row(world).state_since == NOON
    assert row(world).failures == 3


# ---- Stopping ----


def test_a_stop_in_the_middle_blames_nobody_and_the_next_run_goes_on(make, web):
    world = make()

    def stop_and_hang(connection):
        world.gate.close()
        silent(connection)

    web.pages |= {"/list": feed(item(web.url("/a")), item(web.url("/b"))), "/b": stop_and_hang}
    assert collect.run(world) == []
    assert "/b" not in web.outlasted, "we left while the server still hung"
    source = row(world)
    assert (source.state, source.failures, source.taken_by) == (None, 0, None)
    assert all(fetch.state == State.OK for fetch in rows(world, Fetch))
    web.pages["/b"] = page("There will be no toll at all, Lind said")
    again = make()
    assert collect.run(again)[0].state == "ok"
    assert len(rows(again, Snapshot)) == 2


# ---- Several at once ----------------------------------------------------------------------------------------------


def test_a_source_somebody_else_looks_at_is_left_to_him(make, clock):
    world = make()
    with world.database.transaction() as session:
        source_ledger.take(session, clock.now, ["one"], "other-machine:1:x", 60)
    [outcome] = collect.run(world, everything=True)
    assert outcome.state == "already running"
    clock.forward(seconds=61)
    assert state(world) == "ok"


def test_what_a_killed_process_of_this_machine_held_is_free_at_once(make, clock):
    command = [sys.executable, "-c", "from tracker import processes; print(processes.new_name())"]
    dead = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    world = make()
    with world.database.transaction() as session:
        source_ledger.take(session, clock.now, ["one"], dead, 60)
    assert state(world) == "ok"


def test_two_collectors_at_once_look_at_each_source_once(make_world, web):
    web.pages |= {f"/{name}": feed(item(web.url(f"/page-{name}"))) for name in "abcdefgh"}
    sources = [{"id": name, "name": name, "kind": "feed", "url": web.url(f"/{name}")} for name in "abcdefgh"]
    world = make_world(sources=sources, fetch={"per_host_gap_s": 0, "allow_private": [web.place]})
    outcomes = []
    threads = [threading.Thread(target=lambda: outcomes.extend(collect.run(world))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    looked = [outcome.source_id for outcome in outcomes if outcome.state != "already running"]
    assert sorted(looked) == list("abcdefgh")
    assert {path: web.asked.count(path) for path in web.asked if path != "/robots.txt"} == {
        path: 1 for path in web.asked if path != "/robots.txt"
    }


def test_healthy_sources_come_first(database):
    with database.transaction() as session:
        for name, failures in (("a", 3), ("b", 0), ("c", 1), ("d", 0)):
            session.add(Source(id=name, name=name, kind=SourceKind.FEED, created_at=NOON, failures=failures))
    with database.reading() as session:
        assert [source.id for source in queries.due(session, NOON)] == ["b", "d", "c", "a"]
