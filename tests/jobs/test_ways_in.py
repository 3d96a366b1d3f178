"""More than 200 tricks to make us ask what is not public, through every way in: not one connection is made."""

from dataclasses import replace
from xml.sax.saxutils import escape

import pytest
from sqlmodel import select

from jobs import collect
from jobs.ingest import manual, probe
from tests.hostile import address_tricks, answer, redirect, resolver
from tests.jobs.conftest import source
from tests.jobs.test_collect_kinds import page
from tracker.archive.http.gate import Gate, Limits, Refused
from tracker.archive.models import Document, Source, SourceKind, State
from tracker.archive.supplied import InvalidDocument
from tracker.errors import TrackerError

TRICKS = list(dict.fromkeys(address_tricks()))


@pytest.fixture
def database_url(sqlite):
    """One database is enough: nothing here is about databases."""
    return sqlite


@pytest.fixture
def world(make_world, web, tmp_path):
    """A world whose gate asks our resolver, and lets through the test server alone."""
    made = make_world(sources=[source("tricks", web.url("/feed"))], fetch={"per_host_gap_s": 0, "max_items": 1000})
    limits = Limits(user_agent="Test/1", deadline_s=30, per_host_gap_s=0, allow_private=frozenset({web.place}))
    return replace(made, gate=Gate(limits, now=made.now, resolve=resolver))


@pytest.fixture
def connections(monkeypatch, web):
    """What anything but the database connects to that is not the test server."""
    import socket

    seen = []
    connect = socket.socket.connect

    def watched(sock, address):
        if sock.family in {socket.AF_INET, socket.AF_INET6} and address[1] != web.port:
            seen.append(address)
            raise ConnectionRefusedError(111, "refused by the test")
        return connect(sock, address)

    monkeypatch.setattr(socket.socket, "connect", watched)
    return seen


def test_there_are_at_least_two_hundred_tricks():
    assert len(TRICKS) >= 200


def test_as_the_address_of_a_source(world, connections):
    with world.database.transaction() as session:
        for number, trick in enumerate(TRICKS):
            session.add(Source(id=f"t{number}", name="T", kind=SourceKind.FEED, address=trick, created_at=world.now()))
    outcomes = collect.run(world, [f"t{number}" for number in range(len(TRICKS))])
    assert connections == []
    assert len(outcomes) == len(TRICKS)
    assert all(outcome.state in {"error", "blocked"} and outcome.detail for outcome in outcomes)


def test_as_the_link_of_an_item(world, web, connections):
    links = [*TRICKS, web.url("/good")]
    items = "".join(f"<item><title>T{n}</title><link>{escape(one)}</link></item>" for n, one in enumerate(links))
    web.pages["/feed"] = answer(
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{items}</channel></rss>'.encode(),
        kind="application/rss+xml",
    )
    web.pages["/good"] = page()
    [outcome] = collect.run(world, ["tricks"])
    assert connections == []
    assert outcome.detail
    assert "/good" in web.asked, "the good item stands behind all the bad ones"
    with world.database.reading() as session:
        documents = session.exec(select(Document)).all()
    assert len(documents) > 150
    documents = [document for document in documents if document.url not in {None, web.url("/good")}]
    assert all(document.fetch_state in {State.ERROR, State.GONE} and document.fetch_detail for document in documents)


def test_as_the_target_of_a_redirect(world, web, connections):
    for number, trick in enumerate(TRICKS):
        web.pages[f"/{number}"] = redirect(trick.encode("utf-8").decode("latin-1").replace("\n", "").replace("\t", ""))
    for number in range(len(TRICKS)):
        with pytest.raises(Refused) as caught:
            world.gate.get(web.url(f"/{number}"))
        assert caught.value.reason
    assert connections == []


@pytest.mark.parametrize("way", ["tracker add", "tracker sources test"])
def test_as_what_an_editor_types(world, connections, way):
    for trick in TRICKS:
        if way == "tracker add":
            with pytest.raises((Refused, InvalidDocument)):
                manual.load_document(world, trick, {})
        else:
            try:
                told = list(probe.run(world, trick))
            except TrackerError as error:
                told = [f"error: {error}"]
            assert told[0].startswith(("error: ", "slow: ", "blocked: "))
    assert connections == []
