"""The one gate through which everything is fetched: politely, and only from public addresses.

Each hop is checked anew, and the connection goes to the very IP address that was checked. Time, size, headers, hops and
unpacking have limits; TLS is always verified; no proxies, cookies or passwords. What does not end in a document ends in
`Refused`, with one sentence for the person who looks after the source.
"""

import contextlib
import http.client
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urljoin

import requests
import urllib3

from tracker.archive.http import redirects, responses, robots
from tracker.archive.http.address import BadAddress, Target, check_port, check_resolved, read_address
from tracker.archive.http.connection import (
    NETWORK_ERRORS,
    Budget,
    HeadersTooLarge,
    PinnedAdapter,
    Resolve,
    Stopped,
    TooSlow,
    describe_network_error,
    harden,
    look_up,
    resolve_within,
    verifying,
)
from tracker.archive.http.encoding import OFFERED, BadEncoding, TooLarge, Unpacker, encodings
from tracker.archive.http.throttle import BookHosts, HostThrottle
from tracker.errors import TrackerError

ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
CHUNK = 65536
LARGEST_ASIDE = 64 * 1024  # of a redirect's or an error's body nobody needs more


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one request may cost. `allow_private`: exact host:port pairs that need not be public addresses."""

    user_agent: str
    deadline_s: float = 30.0
    max_bytes: int = 10_000_000
    max_redirects: int = 5
    per_host_gap_s: float = 1.0
    allow_private: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Validators:
    """What makes a request conditional (RFC 9110 section 13.1), byte for byte as the server once sent it."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """An answer that carries a document, or 304 with an empty body."""

    url: str
    final_url: str
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    """Unpacked."""
    hops: tuple[str, ...] = ()
    """Every address gone through, the final one last."""
    permanent_redirect: bool = False
    """Every redirect on the way was for good (301, 308)."""
    peer: str | None = None
    """The IP address that was connected to."""
    seconds: float = 0.0
    """What the servers took for the requests of all hops; waiting for a turn, robots.txt and names is not in it."""
    robots: str = ""
    request_headers: tuple[tuple[str, str], ...] = ()
    http_version: str = "1.1"
    retry_after_s: float | None = None


class Refused(TrackerError):
    """No document could be had; the text is one sentence that names the hop.

    `state` is one of "blocked", "gone", "moved", "not a feed", "slow", "error"; `permanent` says that asking again is
    useless; `retry_after_s` is the wait the server asks for, one minute to one day. `status`, `robots`, `final_url` and
    `seconds` (as in `Fetched`) are what was known when it ended.
    """

    def __init__(
        self,
        reason: str,
        *,
        permanent: bool = False,
        state: str = "error",
        retry_after_s: float | None = None,
        status: int | None = None,
    ) -> None:
        """`reason` is the sentence."""
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.state = state
        self.retry_after_s = retry_after_s
        self.status = status
        self.asked = True
        """False when our own rules forbade the request: that says nothing of how its server does."""
        self.robots: str | None = None
        self.final_url: str | None = None
        self.seconds = 0.0


@dataclass(kw_only=True)
class _RequestChain:
    """One call of `Gate.get` on its way: what is asked for, what it may still cost, where it has been."""

    url: str
    accept: str
    validators: Validators
    until: float
    deadline_s: float
    hops: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    permanent: bool = True
    decision: str = ""
    seconds: float = 0.0
    """What the servers took so far."""

    def refuse(
        self,
        clause: str,
        *,
        state: str = "error",
        permanent: bool = False,
        wait: float | None = None,
        status: int | None = None,
        asked: bool = True,
    ) -> Refused:
        """A refusal whose sentence names the hop, and where the request began when that is elsewhere."""
        hop = self.hops[-1] if self.hops else self.url
        start = f" (asked for {responses.one_line(self.url)})" if len(self.hops) > 1 else ""
        refused = Refused(
            f"{responses.one_line(hop)} {clause}{start}",
            state=state,
            permanent=permanent,
            retry_after_s=wait,
            status=status,
        )
        refused.robots, refused.final_url, refused.asked = self.decision or None, hop, asked
        refused.seconds = self.seconds
        return refused


@dataclass(frozen=True, slots=True, kw_only=True)
class _RawResponse:
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    peer: str | None
    sent: tuple[tuple[str, str], ...]
    http_version: str


class Gate:
    """Fetches. Safe for many threads; close it to stop those who wait."""

    def __init__(
        self,
        limits: Limits,
        *,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
        resolve: Resolve = look_up,
        tls: ssl.SSLContext | None = None,
        book: BookHosts | None = None,
    ) -> None:
        """`now` reads dates in answers; `book` shares the turns with other processes; the others are for tests."""
        self.limits = limits
        self._now = now
        self._clock = clock
        self._resolve = resolve
        self._tls = harden(tls) if tls else verifying()
        self._stopping = threading.Event()
        self._throttle = HostThrottle(limits.per_host_gap_s, clock, book)
        self._robots = robots.RobotsCache(clock)
        # RFC 9309 section 2.2.1: rules are found by the product's name, the first word of the user agent.
        self._agent = limits.user_agent.split("/")[0].split(" ")[0] or "*"

    def get(
        self,
        url: str,
        *,
        validators: Validators | None = None,
        accept: str | None = None,
        robots: bool = True,
        deadline_s: float | None = None,
    ) -> HttpResponse:
        """The document at an address, after at most `max_redirects` redirects; 304 when it is unchanged.

        Raises `Refused`. The time limit (`deadline_s`, else the general one) covers everything but waiting for a host's
        turn.
        """
        deadline = deadline_s or self.limits.deadline_s
        chain = _RequestChain(
            url=url,
            accept=accept or ACCEPT,
            validators=validators or Validators(),
            until=self._clock() + deadline,
            deadline_s=deadline,
        )
        try:
            target, answer = self._follow(chain, url, robots=robots)
        except Refused as error:
            error.seconds = chain.seconds  # the last hop's are counted only when it has ended
            raise
        response = HttpResponse(
            url=url,
            final_url=target.url,
            status=answer.status,
            reason=answer.reason,
            headers=answer.headers,
            body=answer.body,
            hops=tuple(chain.hops),
            permanent_redirect=chain.permanent and len(chain.hops) > 1,
            peer=answer.peer,
            seconds=chain.seconds,
            robots=chain.decision,
            request_headers=answer.sent,
            http_version=answer.http_version,
            retry_after_s=responses.retry_after(answer.headers, self._now()),
        )
        return self._accepted(chain, response)

    def expect(self, urls: Iterable[str]) -> None:
        """Announce addresses that are about to be asked for: their hosts are booked together among processes."""
        hosts = []
        for url in urls:
            with contextlib.suppress(BadAddress):  # it will be refused when it is asked for
                hosts.append(read_address(url).throttle_key)
        self._throttle.expect(hosts)

    @property
    def closed(self) -> bool:
        """Whether the service is stopping: what is refused from then on says nothing of its server."""
        return self._stopping.is_set()

    def close(self) -> None:
        """Begin no more requests, and end those that run within a second."""
        self._stopping.set()
        self._throttle.stop()

    def _follow(self, chain: _RequestChain, url: str, *, robots: bool) -> tuple[Target, _RawResponse]:
        for _hop in range(self.limits.max_redirects + 1):
            target = self._target(chain, url)
            answer = self._ask_in_turn(chain, target, robots=robots)
            if not redirects.is_redirect(answer.status):
                return target, answer
            chain.permanent = chain.permanent and redirects.is_permanent(answer.status)
            url = _redirected(chain, target, answer)
        raise chain.refuse(str(redirects.too_many(self.limits.max_redirects)))

    def _target(self, chain: _RequestChain, url: str) -> Target:
        asked_first = not chain.hops
        try:
            target = read_address(url)
            if not asked_first:
                redirects.check_circle(target.url, chain.hops)
            if target.authority not in self.limits.allow_private:
                check_port(target)
                if target.ip is not None:
                    check_resolved(target, [str(target.ip)])
        except redirects.CircularRedirect as error:
            chain.hops.append(target.url)
            raise chain.refuse(str(error)) from error
        except BadAddress as error:
            chain.hops.append(url)
            raise chain.refuse(f"is not asked: {error}", permanent=asked_first, asked=False) from error
        chain.hops.append(target.url)
        return target

    def _ask_in_turn(self, chain: _RequestChain, target: Target, *, robots: bool) -> _RawResponse:
        waited = self._clock()
        with self._throttle.of(target.throttle_key, at_once=target.throttle_key in chain.hosts) as mine:
            if not mine:
                raise chain.refuse("was not asked: the service is stopping")
            chain.until += self._clock() - waited
            chain.hosts.add(target.throttle_key)
            peers = self._peers(chain, target)
            if robots:
                self._check_robots(chain, target, peers)
            return self._ask(chain, target, peers, self._headers(chain), self.limits.max_bytes)

    def _peers(self, chain: _RequestChain, target: Target) -> tuple[str, ...]:
        if target.ip is not None:
            return (str(target.ip),)
        left = chain.until - self._clock()
        try:
            peers = resolve_within(self._resolve, target.host, target.port, max(left, 0.001))
            if target.authority not in self.limits.allow_private:
                check_resolved(target, peers)
        except TooSlow as error:
            raise chain.refuse("is slow: its name could not be looked up in time", state="slow") from error
        except BadAddress as error:
            raise chain.refuse(f"is not asked: {error}", asked=False) from error
        except OSError as error:
            raise chain.refuse(f"can't be found: the name {target.host} has no address") from error
        return peers

    def _headers(self, chain: _RequestChain) -> dict[str, str]:
        headers = {
            "User-Agent": self.limits.user_agent,
            "Accept": chain.accept,
            "Accept-Encoding": OFFERED,
            "Connection": "close",
        }
        if chain.validators.etag:
            headers["If-None-Match"] = chain.validators.etag
        if chain.validators.last_modified:
            headers["If-Modified-Since"] = chain.validators.last_modified
        return headers

    def _check_robots(self, chain: _RequestChain, target: Target, peers: tuple[str, ...]) -> None:
        """Raises `Refused` when the host's robots.txt asks us to stay away, or can't be had."""
        where = f"{target.scheme}://{target.authority}"
        rules = self._robots.get(where)
        if rules is None:
            rules = self._robots.put(where, self._read_robots(chain, target, peers))
        if rules.trouble:
            chain.decision = f"not allowed: {rules.trouble}"
            raise chain.refuse(f"is not asked: {rules.trouble}")
        if not rules.allows(target.url, self._agent):
            chain.decision = f"not allowed: {rules.why}"
            clause = f"is not asked: robots.txt of {target.host} asks us not to"
            raise chain.refuse(clause, state="blocked", asked=False)
        chain.decision = f"allowed: {rules.why}"
        self._throttle.pause(target.throttle_key, rules.delay(self._agent))

    def _read_robots(self, chain: _RequestChain, target: Target, peers: tuple[str, ...]) -> robots.RobotsRules:
        """The rules of a host, through the same checks; its redirects are followed on the same host only.

        Half of the time left is enough for it, so that a slow robots.txt leaves time to say so.
        """
        now = self._clock()
        half = (chain.until - now) / 2
        aside = _RequestChain(
            url=chain.url, accept="text/plain,*/*;q=0.8", validators=Validators(), until=now + half, deadline_s=half
        )
        url = urljoin(target.url, "/robots.txt")
        try:
            for _hop in range(self.limits.max_redirects + 1):
                there = self._target(aside, url)
                if redirects.leaves_host(target, there):
                    return robots.RobotsRules("its robots.txt is on another host")
                if there.authority != target.authority:
                    peers = self._peers(aside, there)  # an exception for one port is none for another
                answer = self._ask(aside, there, peers, self._headers(aside), robots.LARGEST, cut=True)
                if not redirects.is_redirect(answer.status):
                    return _rules(answer)
                url = _redirected(aside, there, answer)
        except Refused as error:
            if isinstance(error.__cause__, redirects.CircularRedirect):
                return robots.RobotsRules("its robots.txt redirects in a circle")
            return robots.RobotsRules("", trouble=f"robots.txt could not be read ({error})")
        return robots.RobotsRules("its robots.txt redirects without end")  # RFC 9309 section 2.3.1.2

    def _ask(
        self, chain: _RequestChain, target: Target, peers: tuple[str, ...], headers: dict[str, str], limit: int, *,
        cut: bool = False,
    ) -> _RawResponse:  # fmt: skip
        """One request and its answer, unpacked. `cut` takes the first `limit` bytes of a longer body."""
        budget = Budget(chain.until, self._clock, self._stopping)
        asking = PinnedAdapter(target, peers, budget, self._tls)
        began = self._clock()
        try:
            response = asking.ask(target.url, headers)
            return self._read(response, budget, limit, cut=cut)
        except TooSlow as error:
            raise chain.refuse(f"is slow: no full answer in {chain.deadline_s:g} s", state="slow") from error
        except Stopped as error:
            raise chain.refuse("was not read to its end: the service is stopping") from error
        except HeadersTooLarge as error:
            raise chain.refuse("sends headers larger than 64 KB") from error
        except TooLarge as error:
            raise chain.refuse(f"sends more than {limit / 1e6:g} MB") from error
        except BadEncoding as error:
            raise chain.refuse(f"sends what can't be unpacked: {error}") from error
        except NETWORK_ERRORS as error:
            clause, state = describe_network_error(error, chain.deadline_s, begun=budget.header_bytes is None)
            raise chain.refuse(clause, state=state) from error
        finally:
            chain.seconds += self._clock() - began
            asking.close()

    def _read(self, response: requests.Response, budget: Budget, limit: int, *, cut: bool) -> _RawResponse:
        raw = response.raw
        try:
            headers = tuple((str(name), str(value)) for name, value in raw.headers.iteritems())
            peer = _peer(raw)
            full = response.status_code in responses.FULL
            limit = limit if full else min(limit, LARGEST_ASIDE)
            declared = responses.header(headers, "content-length") or ""
            if full and not cut and declared.isdecimal() and int(declared[:20]) > limit:
                raise TooLarge
            unchanged = response.status_code == responses.NOT_MODIFIED
            body = b"" if unchanged else read_body(raw, headers, budget, limit, cut=cut or not full)
        finally:
            raw.close()
        version = "1.0" if raw.version == 10 else "1.1"  # noqa: PLR2004 - http.client's way to write it
        sent = tuple((str(name), str(value)) for name, value in response.request.headers.items())
        return _RawResponse(
            status=response.status_code,
            reason=str(response.reason or ""),
            headers=headers,
            body=body,
            peer=peer,
            sent=sent,
            http_version=version,
        )

    def _accepted(self, chain: _RequestChain, response: HttpResponse) -> HttpResponse:
        if response.status == responses.NOT_MODIFIED:
            if not (chain.validators.etag or chain.validators.last_modified):
                raise chain.refuse("says it has not changed (304) though nobody asked", status=response.status)
            return replace(response, body=b"")
        bad = responses.find_refusal(response.status, response.reason, response.headers, response.body)
        if bad is not None:
            raise chain.refuse(
                bad.clause,
                state=bad.state,
                permanent=bad.permanent,
                wait=response.retry_after_s,
                status=response.status,
            )
        return response


def _redirected(chain: _RequestChain, target: Target, answer: _RawResponse) -> str:
    try:
        return redirects.next_url(target.url, answer.status, answer.headers)
    except redirects.BadRedirect as error:
        raise chain.refuse(str(error)) from error


def _rules(answer: _RawResponse) -> robots.RobotsRules:
    """RFC 9309 section 2.3.1: no file allows everything, a failing server nothing; 429 asks us to keep away for now."""
    if answer.status in responses.FULL:
        return robots.parse(answer.body)
    if answer.status == 429 or answer.status >= 500 or answer.status < 200:  # noqa: PLR2004 - status codes
        return robots.RobotsRules("", trouble=f"its robots.txt answers {answer.status}")
    return robots.RobotsRules(f"no robots.txt ({answer.status})")


def read_body(raw: urllib3.HTTPResponse, headers: responses.Headers, budget: Budget, limit: int, *, cut: bool) -> bytes:
    """The unpacked body; with `cut` its first `limit` bytes. Raises `TooLarge`, `BadEncoding` and network errors."""
    unpacker = Unpacker(encodings(responses.header(headers, "content-encoding")), limit)
    parts: list[bytes] = []
    received = 0
    try:
        while chunk := raw.read1(CHUNK, decode_content=False):
            budget.left()
            received += len(chunk)
            parts.append(unpacker.feed(chunk))
    except TooLarge:
        if not cut:
            raise
        return b"".join(parts)[:limit]
    declared = responses.header(headers, "content-length") or ""
    chunked = "chunked" in (responses.header(headers, "transfer-encoding") or "").lower()
    if not chunked and declared.isdecimal() and received < int(declared[:20]):
        raise http.client.IncompleteRead(b"", int(declared[:20]) - received)
    if not cut:
        unpacker.finish()
    return b"".join(parts)


def _peer(raw: urllib3.HTTPResponse) -> str | None:
    connection = raw.connection
    sock = getattr(connection, "sock", None)
    try:
        return str(sock.getpeername()[0]) if sock is not None else None
    except OSError:
        return None
