"""One source never holds up another: workers are for those that work, not for those that hang."""

import contextlib
import threading
import time

import pytest
from sqlmodel import select

from jobs import collect
from jobs.runner import pool
from jobs.runner.pool import ElasticThreadPool
from tests.hostile import PATIENCE_S, answer, endless, gzip_bomb, hostile, reset
from tests.jobs.test_collect_kinds import feed, item, page
from tracker.archive import queries
from tracker.archive.models import Snapshot, State


@pytest.fixture
def database_url(sqlite):
    """One database is enough: nothing here is about databases."""
    return sqlite


@pytest.fixture
def stalled_after_a_blink(monkeypatch):
    """How long one may hang plays no role here: whoever hangs, hangs until a test ends it."""
    monkeypatch.setattr(pool, "STALL_AFTER_S", 0.1)


@pytest.mark.usefixtures("stalled_after_a_blink")
def test_tasks_that_hang_keep_none_that_work_from_being_done():
    release = threading.Event()

    def work(task):
        if task < 12:
            release.wait()
        return task

    done = []
    for ready in ElasticThreadPool(work, max_workers=4).run(range(20)):
        done += ready
        if len(done) == 8 and not release.is_set():
            assert sorted(done) == list(range(12, 20))
            release.set()
    assert sorted(done) == list(range(20))


def test_no_more_than_max_workers_work_at_once():
    busy, most, lock = set(), [], threading.Lock()

    def work(task):
        with lock:
            busy.add(task)
            most.append(len(busy))
        time.sleep(0.01)
        with lock:
            busy.discard(task)
        return task

    assert sorted(
        result for ready in ElasticThreadPool(work, max_workers=3).run(range(40)) for result in ready
    ) == list(range(40))
    assert max(most) <= 3


def kept(world):
    with world.database.reading() as session:
        return len(session.exec(select(Snapshot.id)).all())


@pytest.mark.usefixtures("stalled_after_a_blink")
def test_forty_hostile_sources_never_hold_up_ten_healthy_ones(make_world, web):
    """A small picture of the figure in benchmarks/collecting.py, with every kind of hostile source."""
    over = threading.Event()

    def hang(connection):
        over.wait(PATIENCE_S)

    def drip_until_over(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not over.wait(0.05):
            connection.sendall(b"x")

    bad = [
        hang,
        drip_until_over,
        endless(),
        answer(gzip_bomb(), "Content-Encoding: gzip"),
        reset(),
    ]
    web.pages |= {f"/bad{number}": bad[number % len(bad)] for number in range(40)}
    with contextlib.ExitStack() as stack:
        stack.callback(over.set)
        sources = []
        for number in range(40):
            server = stack.enter_context(hostile())
            server.pages["/list"] = bad[number % len(bad)]
            sources.append({"id": f"bad{number}", "name": "B", "kind": "feed", "url": server.url("/list")})
        sources += [{"id": f"good{n}", "name": "G", "kind": "feed", "url": web.url(f"/good{n}")} for n in range(10)]
        for n in range(10):
            web.pages |= {
                f"/good{n}": feed(item(web.url(f"/page{n}"))),
                f"/page{n}": page(f"The toll is {n} crowns, not more"),
            }
        allowed = [web.place, *(f"127.0.0.1:{source['url'].split(':')[2].split('/')[0]}" for source in sources[:40])]
        fetch = {"per_host_gap_s": 0, "deadline_s": PATIENCE_S, "workers": 8, "allow_private": allowed}
        world = make_world(sources=sources, fetch=fetch)
        finished = threading.Thread(target=lambda: collect.run(world), daemon=True)
        finished.start()
        while kept(world) < 10 and finished.is_alive():
            time.sleep(0.1)
        assert kept(world) == 10
        assert finished.is_alive(), "all healthy ones are kept while hostile ones still hang"
        over.set()
        finished.join()
        with world.database.reading() as session:
            states = {source.id: source.state for source in queries.all_sources(session)}
        assert {states[f"good{n}"] for n in range(10)} == {State.OK}
        assert State.OK not in {states[f"bad{n}"] for n in range(40)}
