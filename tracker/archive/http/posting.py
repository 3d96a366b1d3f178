"""One POST request to one address: the checks, the pinned connection and the bounds of the gate, and no redirect followed.

What is answered is told as it is, also a redirect or an error: what it means is the caller's to say.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from tracker.archive.http import responses
from tracker.archive.http.address import BadAddress, Target, check_port, check_resolved, read_address
from tracker.archive.http.connection import (
    NETWORK_ERRORS,
    Budget,
    HeadersTooLarge,
    PinnedAdapter,
    Stopped,
    TooSlow,
    describe_network_error,
    look_up,
    resolve_within,
    verifying,
)
from tracker.archive.http.encoding import OFFERED, BadEncoding, TooLarge
from tracker.archive.http.gate import read_body
from tracker.errors import TrackerError


class NotPosted(TrackerError):
    """No answer could be had; the text is a clause like "is slow: …" that does not tell the address.

    `state` as in `Refused`; `stopping`: the service itself ended the talk.
    """

    def __init__(self, clause: str, *, state: str = "error", stopping: bool = False) -> None:
        """`clause` goes on from the address's name."""
        super().__init__(clause)
        self.state = state
        self.stopping = stopping


@dataclass(frozen=True, slots=True, kw_only=True)
class PostResponse:
    """What was answered."""

    status: int
    reason: str
    headers: responses.Headers
    body: bytes
    """Unpacked; empty where none was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRequest:
    """What is posted, and what it may cost."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    deadline_s: float
    """Seconds for the whole talk."""
    most_bytes: int = 0
    """Of the answer's body, unpacked, of an answer that is full (2xx); 0 reads none: the headers say enough."""
    allow_private: frozenset[str] | None = frozenset()
    """Exact host:port pairs that need not be public addresses; None for whatever address the configuration names."""


def check_address(url: str, allow_private: frozenset[str]) -> Target:
    """The address as it would be posted to. Raises `BadAddress`, also for one that is written as a private IP address."""
    target = read_address(url)
    if target.authority not in allow_private:
        check_port(target)
        if target.ip is not None:
            check_resolved(target, [str(target.ip)])
    return target


def post(request: PostRequest, stopping: threading.Event) -> PostResponse:
    """Send it, and give the answer. Raises `NotPosted`."""
    budget = Budget(time.monotonic() + request.deadline_s, stopping=stopping)
    try:
        target, peers = _checked(request)
    except BadAddress as error:
        raise NotPosted(f"is not asked: {error}") from error
    except TooSlow as error:
        raise NotPosted("is slow: its name could not be looked up in time", state="slow") from error
    except OSError as error:
        raise NotPosted("can't be found: its name has no address") from error
    asking = PinnedAdapter(target, peers, budget, verifying())
    try:
        return _talk(asking, target, request, budget)
    except HeadersTooLarge as error:
        raise NotPosted("sends headers larger than 64 KB") from error
    except TooLarge as error:
        raise NotPosted(f"sends more than {request.most_bytes // 1024} KB") from error
    except BadEncoding as error:
        raise NotPosted(f"sends what can't be unpacked: {error}") from error
    except Stopped as error:
        raise NotPosted("was not read to its end: the service is stopping", stopping=True) from error
    except (TooSlow, *NETWORK_ERRORS) as error:
        clause, state = describe_network_error(error, request.deadline_s, begun=budget.header_bytes is None)
        raise NotPosted(clause, state=state, stopping=stopping.is_set()) from error
    finally:
        asking.close()


def _checked(request: PostRequest) -> tuple[Target, tuple[str, ...]]:
    """Where it goes, and the IP addresses that were checked for it."""
    anywhere = request.allow_private is None
    target = read_address(request.url) if anywhere else check_address(request.url, request.allow_private or frozenset())
    if target.ip is not None:
        return target, (str(target.ip),)
    peers = resolve_within(look_up, target.host, target.port, request.deadline_s)
    if not anywhere and target.authority not in (request.allow_private or ()):
        check_resolved(target, peers)
    return target, peers


def _talk(asking: PinnedAdapter, target: Target, request: PostRequest, budget: Budget) -> PostResponse:
    told = {**request.headers, "Accept-Encoding": OFFERED, "Connection": "close"}
    response = asking.ask(target.url, told, body=request.body)
    headers = tuple((str(name), str(value)) for name, value in response.raw.headers.iteritems())
    wanted = request.most_bytes and response.status_code in responses.FULL
    return PostResponse(
        status=response.status_code,
        reason=str(response.reason or ""),
        headers=headers,
        body=read_body(response.raw, headers, budget, request.most_bytes, cut=False) if wanted else b"",
    )
