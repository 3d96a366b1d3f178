"""Among processes too, no host is asked twice within the pause; and that costs no transaction for each request."""

import itertools
import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from jobs import collect
from tests.conftest import NOON
from tests.hostile import answer, hostile
from tests.jobs.test_collect_kinds import feed
from tracker.archive.http.gate import Refused
from tracker.archive.ledger import sources as source_ledger
from tracker.archive.ledger.sources import book_hosts

GAP_S = 0.3


@pytest.fixture
def web():
    with hostile() as server:
        server.pages |= {f"/{n}": answer(b"<html><p>Words</p></html>") for n in range(4)}
        server.pages["/list"] = feed()
        yield server


@pytest.fixture
def processes(make_world, web):
    """Two worlds over one record, as two processes have them: each with a gate and pauses of its own."""
    section = {"id": "one", "name": "Courier", "kind": "feed", "url": web.url("/list")}
    fetch = {"per_host_gap_s": GAP_S, "allow_private": [web.place]}
    return [make_world(sources=[section], fetch=fetch) for _ in range(2)]


@pytest.fixture
def granted(monkeypatch, web):
    """From when to when the server's host was given to one process, each time; asked of the real record.

    A request begins after that moment, so what a busy machine adds to it can't make two of these lie nearer.
    """
    given = []

    def booked(session, now, hosts, seconds):
        taken = book_hosts(session, now, hosts, seconds)
        if web.place in hosts and web.place not in taken:
            given.append((now, now + timedelta(seconds=seconds)))
        return taken

    monkeypatch.setattr(source_ledger, "book_hosts", booked)
    return given


def keep_apart(granted):
    ordered = sorted(granted)
    assert all((until - since).total_seconds() >= GAP_S for since, until in ordered)
    return all(later >= until for (_, until), (later, _) in itertools.pairwise(ordered))


def test_two_processes_keep_the_pause_at_a_host_both_ask(processes, web, granted):
    def ask(world, paths):
        for path in paths:
            world.gate.get(web.url(path))

    threads = [
        threading.Thread(target=ask, args=(world, paths))
        for world, paths in zip(processes, (("/0", "/1"), ("/2", "/3")), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {"/0", "/1", "/2", "/3"} <= set(web.asked)
    assert len(granted) == 4
    assert keep_apart(granted)


def test_a_command_beside_a_run_that_announced_its_hosts_keeps_the_pause(processes, web, granted):
    service, command = processes
    service.gate.expect([web.url("/list"), "http://other.example/feed"])
    service.gate.get(web.url("/list"))
    command.gate.get(web.url("/0"))
    assert len(granted) == 2
    assert keep_apart(granted)
    held = granted[0][1] - granted[0][0]
    assert held.total_seconds() == pytest.approx(GAP_S * 3.5)  # held for the run, and the pause after it


def test_a_run_that_finds_its_host_just_asked_by_a_command_keeps_the_pause(processes, web, granted):
    service, command = processes
    command.gate.get(web.url("/0"))
    assert [outcome.state for outcome in collect.run(service)] == ["ok"]
    assert len(granted) == 2
    assert keep_apart(granted)


def test_who_waits_for_a_host_of_another_process_goes_home_when_the_service_stops(processes, web):
    service, command = processes
    with service.database.transaction() as session:
        source_ledger.book_hosts(session, datetime.now(UTC), [web.place], 60)

    def ask():
        with pytest.raises(Refused, match="the service is stopping"):
            command.gate.get(web.url("/0"))

    waiting = threading.Thread(target=ask)
    waiting.start()
    command.gate.close()
    waiting.join()
    assert web.asked == []


def test_forty_hosts_of_one_run_are_booked_in_one_transaction(make_world, web):
    servers = [f"127.0.0.{n}:{web.port}" for n in range(1, 41)]
    booked = []
    world = make_world(
        fetch={"per_host_gap_s": 2, "allow_private": servers},
    )

    def count(_connection, _cursor, statement, *_):
        if "host_turn" in statement.lower() and "INSERT" in statement:
            booked.append(statement)

    sa.event.listen(world.database.engine, "before_cursor_execute", count)
    turns = world.gate._throttle
    turns.expect(servers)
    for host in servers:
        with turns.of(host, at_once=False) as mine:
            assert mine
    assert len(booked) == 1
    with turns.of("127.0.0.99:80", at_once=False) as mine:
        assert mine
    assert len(booked) == 2


def test_a_host_is_booked_by_one_at_a_time_and_a_clock_set_back_keeps_nobody_waiting(database):
    with database.transaction() as session:
        assert book_hosts(session, NOON, ["c.example", "d.example"], 7) == {}
        assert book_hosts(session, NOON + timedelta(seconds=3), ["d.example", "e.example"], 2) == {"d.example": 4.0}
        assert book_hosts(session, NOON + timedelta(seconds=3), ["e.example"], 2) == {"e.example": 2.0}
        assert book_hosts(session, NOON + timedelta(seconds=7), ["c.example"], 2) == {}
        assert book_hosts(session, NOON - timedelta(days=1), ["c.example"], 2) == {}
