"""Collecting from local servers that behave, hang, lie or attack: figures with a named reference, and counts of harm.

`python -m benchmarks.collecting [what ...]` measures all or some of: tricks, hostile, beside, unchanged, killed. The
figures go to the screen and to benchmarks/results/collecting.json.
"""

import asyncio
import contextlib
import json
import logging
import multiprocessing
import platform
import resource
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
import structlog
from sqlmodel import select

from benchmarks import crash
from jobs import collect
from tests import hostile as wicked
from tracker import settings, world
from tracker.archive.http.gate import Gate, Limits, Refused
from tracker.archive.models import Snapshot, Source, State
from tracker.world import World

SECRET = "k3Jd9sLq0Zx7Vb2Nm5Tr8Yw1Pf4Hg6Ac"
NOW = datetime(2024, 3, 20, 12, tzinfo=UTC)
RESULTS = Path(__file__).parent / "results" / "collecting.json"
FEEDS = 1000
THREADS = 8
ROUNDS = 5
BETWEEN_S = 8.0
ITEM = "<item><title>Item {n}</title><link>http://127.0.0.1/{n}</link><pubDate>Wed, 06 Mar 2024 10:00:00 GMT</pubDate></item>"
FEED = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>F</title>'
    + "".join(ITEM.format(n=n) for n in range(20))
    + "</channel></rss>"
).encode()


@contextlib.contextmanager
def fresh(**sections: object) -> Iterator[World]:
    """A world of its own in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        made = world.build(settings.parse({"site": {"secret_key": SECRET}, **sections}, Path(folder)), now=lambda: NOW)
        made.database.upgrade()
        world.configure(made)
        world.prepare_archive(made)
        yield made
        made.database.dispose()


# ---- 1,000 unchanged feeds ----------------------------------------------------------------------------------------


def _serve(port: "multiprocessing.queues.Queue[int]", delay_s: float) -> None:
    """A server on every loopback address that answers one feed, or 304 to who has it, after a moment."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                await asyncio.sleep(delay_s)
                if b"/robots.txt" in request:
                    writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                elif b"f-None-Match" in request:
                    writer.write(b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n')
                else:
                    head = (
                        f'HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Type: text/xml\r\nContent-Length: {len(FEED)}\r\n\r\n'
                    )
                    writer.write(head.encode() + FEED)
                await writer.drain()
                if b"onnection: close" in request:
                    break
        writer.close()

    async def main() -> None:
        server = await asyncio.start_server(answer, "0.0.0.0", 0, backlog=1000)
        port.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


@contextlib.contextmanager
def feeds(delay_s: float) -> Iterator[list[str]]:
    """Addresses of 1,000 feeds, each on a host of its own (127.x.y.1), served by another process."""
    queue: multiprocessing.queues.Queue[int] = multiprocessing.Queue()
    server = multiprocessing.Process(target=_serve, args=(queue, delay_s), daemon=True)
    server.start()
    port = queue.get(timeout=10)
    try:
        yield [f"http://127.{1 + n // 250}.{n % 250}.1:{port}/feed" for n in range(FEEDS)]
    finally:
        server.kill()
        server.join()


def unchanged() -> dict[str, object]:
    """1,000 feeds that answer 304, against `requests.get` with the same validators in as many threads.

    The settings are the shipped ones: pause, workers and all; only `allow_private` and `max_items` are the benchmark's.
    Between two rounds lies a pause, as in a service that looks every minute: no host is asked twice within its own.
    """
    found: dict[str, object] = {}
    for delay_s in (0.0, 0.02):
        with feeds(delay_s) as urls:
            allowed = [url.split("/")[2] for url in urls]
            sources = [{"id": f"f{n}", "name": "F", "kind": "feed", "url": url} for n, url in enumerate(urls)]
            with fresh(sources=sources, fetch={"allow_private": allowed, "max_items": 1}) as place:
                _know(place, urls)
                threads = place.settings.fetch.workers
                pairs = []
                for _ in range(ROUNDS):
                    time.sleep(BETWEEN_S)
                    pairs.append((_ours(place), _bare(urls, threads)))
                gap_s = place.settings.fetch.per_host_gap_s
        ratio = statistics.median(ours / bare for ours, bare in pairs)
        name = f"server answers after {delay_s * 1000:g} ms"
        found[name] = {
            "ratio": round(ratio, 2),
            "ours_s": round(statistics.median(ours for ours, _ in pairs), 2),
            "bare_s": round(statistics.median(bare for _, bare in pairs), 2),
        }
    return {
        "reference": f"requests.get in {threads} threads, {FEEDS} addresses",
        "settings": f"as shipped: {threads} workers, a pause of {gap_s:g} s at a host",
        "target": "at most 1.3",
        **found,
    }


def _know(place: World, urls: list[str]) -> None:
    """Bring the sources into the state of a service that runs: each read once, its robots.txt known."""
    place.gate.expect(urls)
    for url in urls:
        place.gate.get(url)
    with place.database.transaction() as session:
        for row in session.exec(select(Source).where(Source.kind == "feed")):
            row.etag, row.full_at, row.listing_sha256, row.state = '"1"', NOW, "0" * 64, State.OK
            row.newest_at = NOW
            session.add(row)


def _ours(place: World) -> float:
    began = time.perf_counter()
    outcomes = collect.run(place, everything=True)
    took = time.perf_counter() - began
    assert {outcome.state for outcome in outcomes} == {"unchanged"}, {outcome.detail for outcome in outcomes}
    assert len(outcomes) == FEEDS
    return took


def _bare(urls: list[str], threads: int) -> float:
    def one(url: str) -> int:
        return requests.get(url, headers={"If-None-Match": '"1"'}, timeout=30).status_code

    began = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        assert set(pool.map(one, urls)) == {304}
    return time.perf_counter() - began


# ---- Address tricks -----------------------------------------------------------------------------------------------


def tricks() -> dict[str, object]:
    """How long the gate takes to refuse each trick; connections are counted by the tests (tests/jobs/test_ways_in.py)."""
    gate = Gate(Limits(user_agent="Benchmark/1", per_host_gap_s=0), now=world.utc_now, resolve=wicked.resolver)
    times = []
    for trick in dict.fromkeys(wicked.address_tricks()):
        began = time.perf_counter()
        try:
            gate.get(trick)
        except Refused:
            times.append(time.perf_counter() - began)
        else:
            sys.exit(f"{trick} was fetched")
    return {
        "tricks": len(times),
        "refused": len(times),
        "slowest_ms": round(max(times) * 1000, 2),
        "median_ms": round(statistics.median(times) * 1000, 3),
        "target": "refused in less than 200 ms",
    }


# ---- One hostile response -----------------------------------------------------------------------------------------

PAGES: dict[str, wicked.Page] = {
    "silent": wicked.silent,
    "drip of headers": wicked.drip(b"X-A: 1\r\n", b"HTTP/1.1 200 OK\r\n"),
    "drip of body": wicked.drip(b"x", b"HTTP/1.1 200 OK\r\n\r\n"),
    "endless body": wicked.endless(),
    "endless headers": wicked.endless(b"X: y\r\n" * 1000, b"HTTP/1.1 200 OK\r\n"),
    "10 GB declared": wicked.answer(b"x", length=10_000_000_000),
    "redirect loop": wicked.redirect("/page"),
    "reset": wicked.reset(),
}


def hostile() -> dict[str, object]:
    """Each hostile answer on its own: seconds, and memory beyond what was there before, each in a process of its own."""
    bomb = wicked.gzip_bomb(1000)
    pages = {
        **PAGES,
        "gzip bomb of 1 GB": wicked.answer(bomb, "Content-Encoding: gzip"),
        "bomb in a bomb": wicked.answer(wicked.gzip_bomb(1000, 2), "Content-Encoding: gzip, gzip"),
        "bomb on a redirect": wicked.redirect("/nothing", 302, bomb, "Content-Encoding: gzip"),
        "bomb on an error": wicked.answer(bomb, "Content-Encoding: gzip", status="500 Oops"),
    }
    found: dict[str, Any] = {"target": "at most 30 s, 10 MB, 64 MB more memory"}
    for name, page in pages.items():
        with wicked.hostile() as server:
            server.pages["/page"] = page
            queue: multiprocessing.queues.Queue[tuple[float, float, str]] = multiprocessing.Queue()
            child = multiprocessing.Process(target=_one_hostile, args=(server.place, server.url("/page"), queue))
            child.start()
            seconds, megabytes, words = queue.get(timeout=120)
            child.join()
        found[name] = {"seconds": round(seconds, 2), "more_mb": round(megabytes, 1), "says": words}
    return found


def _one_hostile(place: str, url: str, queue: "multiprocessing.queues.Queue[tuple[float, float, str]]") -> None:
    with wicked.hostile() as calm:
        calm.pages["/"] = wicked.answer(b"warm")
        allowed = frozenset({place, calm.place})
        gate = Gate(Limits(user_agent="Benchmark/1", per_host_gap_s=0, allow_private=allowed), now=world.utc_now)
        gate.get(calm.url("/"))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        try:
            gate.get(url)
            words = "nothing"
        except Refused as error:
            words = str(error).replace(place, "server")
        took = time.perf_counter() - began
        queue.put((took, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, words))


# ---- 40 hostile sources beside 10 healthy ones --------------------------------------------------------------------


def beside() -> dict[str, object]:
    """When the last of ten healthy sources is done while forty hostile ones, all new to us, hang beside them."""
    bad = list(PAGES.values())
    bomb = wicked.answer(wicked.gzip_bomb(200), "Content-Encoding: gzip")
    slow: list[wicked.Page] = [
        wicked.silent,
        wicked.drip(b"x", b"HTTP/1.1 200 OK\r\n\r\n"),
        wicked.drip(b"X: 1\r\n", b"HTTP/1.1 200 OK\r\n"),
    ]
    found: dict[str, Any] = {"target": "the healthy done in 30 s with 8 workers"}
    mixes: dict[str, list[wicked.Page]] = {"every kind": [*bad, bomb], "only those that hang": slow}
    for name, pages in mixes.items():
        with contextlib.ExitStack() as stack:
            servers = [stack.enter_context(wicked.hostile()) for _ in range(50)]
            for n, server in enumerate(servers[:40]):
                server.pages["/feed"] = server.pages["/page"] = pages[n % len(pages)]
            for n, server in enumerate(servers[40:]):
                link = server.url("/page")
                server.pages["/feed"] = wicked.answer(FEED.replace(b"http://127.0.0.1/0<", link.encode() + b"<"))
                server.pages["/page"] = wicked.answer(
                    f"<html><p>The council met. “The toll is {n} crowns,” Mara Lind said.</p></html>".encode()
                )
            sources = [
                {"id": f"{'bad' if n < 40 else 'good'}{n}", "name": "S", "kind": "feed", "url": server.url("/feed")}
                for n, server in enumerate(servers)
            ]
            fetch = {
                "workers": THREADS, "per_host_gap_s": 0, "max_items": 1,
                "allow_private": [server.place for server in servers],
            }  # fmt: skip
            with fresh(sources=sources, fetch=fetch) as place:
                found[name] = _beside(place)
    return found


def _beside(place: World) -> dict[str, object]:
    began = time.perf_counter()
    run = threading.Thread(target=collect.run, args=(place,))
    run.start()
    healthy = None
    while run.is_alive():
        with place.database.reading() as session:
            states = [row.state for row in session.exec(select(Source)) if row.id.startswith("good")]
        if healthy is None and all(state in {State.OK, State.UNCHANGED} for state in states):
            healthy = time.perf_counter() - began
        time.sleep(0.1)
    with place.database.reading() as session:
        kept = len(session.exec(select(Snapshot.id)).all())
    return {
        "healthy_done_s": round(healthy or -1, 1), "all_done_s": round(time.perf_counter() - began, 1),
        "healthy_documents": kept,
    }  # fmt: skip


def killed() -> dict[str, object]:
    """Kill -9 at 200 random points while collecting; what an undisturbed run gives is what must be there in the end."""
    return crash.measure(points=200)


MEASURES = {"tricks": tricks, "hostile": hostile, "beside": beside, "unchanged": unchanged, "killed": killed}


def main() -> None:
    """Measure what is asked for (or everything), print it, and keep it."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    made = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for name in sys.argv[1:] or MEASURES:
        made[name] = MEASURES[name]()
        print(json.dumps({name: made[name]}, indent=1, ensure_ascii=False), flush=True)
    made |= {
        "command": "python -m benchmarks.collecting",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
    }
    RESULTS.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
