"""The gate before a misbehaving server, with every connection watched."""

import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from tests.hostile import Hostile, hostile
from tracker.archive.http.gate import Gate, HttpResponse, Limits, Refused

AGENT = "OnTheRecordTest/1 (+https://record.example/sources)"


@pytest.fixture
def server() -> Iterator[Hostile]:
    with hostile() as made:
        yield made


@pytest.fixture
def make_gate(server: Hostile) -> Iterator[Callable[..., Gate]]:
    """A function that makes a gate for which the server is no private address; limits can be given."""
    made: list[Gate] = []

    def make(resolve=None, tls=None, clock=None, book=None, **limits) -> Gate:
        given = {"resolve": resolve, "tls": tls, "clock": clock, "book": book}
        others = {name: one for name, one in given.items() if one}
        limits = {"deadline_s": 30.0, "per_host_gap_s": 0.0, "allow_private": frozenset({server.place}), **limits}
        gate = Gate(Limits(user_agent=AGENT, **limits), now=lambda: datetime.now(UTC), **others)
        made.append(gate)
        return gate

    yield make
    for gate in made:
        gate.close()


@pytest.fixture
def gate(make_gate) -> Gate:
    return make_gate()


@pytest.fixture
def refusal(gate, server) -> Callable[..., Refused]:
    """What the gate says to a page of the server that it refuses."""

    def ask(page=None, gate=gate, path="/page", **options) -> Refused:
        if page is not None:
            server.pages[path] = page
        with pytest.raises(Refused) as caught:
            gate.get(server.url(path), **options)
        return caught.value

    return ask


@pytest.fixture
def response(gate, server) -> Callable[..., HttpResponse]:
    def ask(page, gate=gate, path="/page", **options) -> HttpResponse:
        server.pages[path] = page
        return gate.get(server.url(path), **options)

    return ask


@pytest.fixture
def connections(monkeypatch) -> list[tuple[str, int]]:
    """Every address anything tries to connect to; only those of test servers get through."""
    seen: list[tuple[str, int]] = []
    connect = socket.socket.connect

    def watched(sock, address):
        if sock.family in {socket.AF_INET, socket.AF_INET6}:
            seen.append(address[:2])
            if not address[0].startswith(("127.0.0.", "::1")):
                raise ConnectionRefusedError(111, "refused by the test")
        return connect(sock, address)

    monkeypatch.setattr(socket.socket, "connect", watched)
    return seen
