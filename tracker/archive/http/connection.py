"""One request to one address that was checked: the connection goes to the checked IP and nowhere else.

`requests` sends it, through an own adapter: no session, so no cookies, no proxies, no redirects, no stored passwords.
The name stays in the Host header, in the TLS handshake and in the check of the certificate.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import certifi
import requests
import urllib3.exceptions
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from tracker.archive.http.address import Target, family
from tracker.archive.http.responses import one_line
from tracker.errors import TrackerError

Clock = Callable[[], float]
Resolve = Callable[[str, int], Sequence[str]]

HEADER_BYTES = 64 * 1024
BUFFER = 8192  # what http.client may read beyond the headers in one go
MOST_PEERS = 4
POLL_S = 0.5
CONNECT_S = 10.0  # a host that drops our packets is given up sooner than one that answers slowly
NETWORK_ERRORS = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
    ValueError,
)


class TooSlow(TrackerError):
    """The time allowed for the whole request is over."""


class HeadersTooLarge(TrackerError):
    """The answer's headers are larger than allowed."""


class Stopped(TrackerError):
    """The service is stopping; nothing more is read."""


class Budget:
    """The time and the header bytes one request may still use; shared by its sockets."""

    def __init__(self, until: float, clock: Clock = time.monotonic, stopping: threading.Event | None = None) -> None:
        """`until` on the scale of `clock`, in seconds; `stopping` ends the request before that."""
        self._until = until
        self._clock = clock
        self._stopping = stopping
        self.header_bytes: int | None = HEADER_BYTES + BUFFER

    def left(self) -> float:
        """Seconds left. Raises `TooSlow` when there are none, `Stopped` when the service is stopping."""
        if self._stopping is not None and self._stopping.is_set():
            raise Stopped
        left = self._until - self._clock()
        if left <= 0:
            raise TooSlow
        return left

    def count(self, received: int) -> None:
        """Take note of received bytes while headers are read. Raises `HeadersTooLarge`."""
        if self.header_bytes is None:
            return
        self.header_bytes -= received
        if self.header_bytes < 0:
            raise HeadersTooLarge


class _Socket(socket.socket):
    """A socket whose every wait ends when the whole request's time is over: a drip of bytes can't stretch it."""

    budget: Budget

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:  # noqa: ANN401 - as in socket
        received = receive_in_time(self, self.budget, lambda: super(_Socket, self).recv_into(buffer, nbytes, flags))
        self.budget.count(received)
        return received


class _TlsSocket(ssl.SSLSocket):
    budget: Budget

    def recv_into(self, buffer: Any, nbytes: int | None = None, flags: int = 0) -> int:  # noqa: ANN401 - as in ssl
        received = receive_in_time(self, self.budget, lambda: super(_TlsSocket, self).recv_into(buffer, nbytes, flags))
        self.budget.count(received)
        return received


def receive_in_time(sock: socket.socket, budget: Budget, receive: Callable[[], int]) -> int:
    """What `receive` gives, waiting in short pieces: between two of them the time limit and a stop are seen."""
    while True:
        sock.settimeout(min(budget.left(), POLL_S))
        try:
            return receive()
        except TimeoutError:
            continue


class _Plain(HTTPConnection):
    def __init__(self, *args: Any, peers: Sequence[str], budget: Budget, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self._peers, self._budget = peers, budget

    def _new_conn(self) -> socket.socket:
        return _connect(self._peers, self.port, self._budget)


class _Tls(HTTPSConnection):
    def __init__(self, *args: Any, peers: Sequence[str], budget: Budget, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self._peers, self._budget = peers, budget

    def _new_conn(self) -> socket.socket:
        return _connect(self._peers, self.port, self._budget)

    def connect(self) -> None:
        super().connect()
        if isinstance(self.sock, _TlsSocket):
            self.sock.budget = self._budget


class PinnedAdapter(HTTPAdapter):
    """Sends one request to `target` at one of `peers` (IP addresses that were checked) within `budget`."""

    def __init__(self, target: Target, peers: Sequence[str], budget: Budget, tls: ssl.SSLContext) -> None:
        """Nothing is opened yet."""
        super().__init__(max_retries=0)
        settings: dict[str, Any] = {"peers": peers, "budget": budget}
        if target.scheme == "https":
            self._pool: HTTPConnectionPool = HTTPSConnectionPool(
                target.host, target.port, maxsize=1, ssl_context=tls, **settings
            )
            self._pool.ConnectionCls = _Tls
        else:
            self._pool = HTTPConnectionPool(target.host, target.port, maxsize=1, **settings)
            self._pool.ConnectionCls = _Plain
        self._budget = budget

    def get_connection_with_tls_context(self, *_args: Any, **_kwargs: Any) -> HTTPConnectionPool:  # noqa: ANN401
        """The one pool there is: whatever the request says, it goes to the checked address."""
        return self._pool

    def cert_verify(self, *_args: Any, **_kwargs: Any) -> None:  # noqa: ANN401
        """Nothing to do: the TLS context given at the start always verifies, and can't be talked out of it."""

    def ask(self, url: str, headers: Mapping[str, str], *, body: bytes | None = None) -> requests.Response:
        """The answer with its headers read and its body still on the wire; with a body it is a POST.

        Raises what `requests` and sockets raise.
        """
        request = requests.Request("GET" if body is None else "POST", url, headers=dict(headers), data=body).prepare()
        response = self.send(request, stream=True, timeout=self._budget.left())
        self._budget.header_bytes = None
        return response

    def close(self) -> None:
        """Close the connection, whatever is still on it."""
        self._pool.close()
        super().close()


@lru_cache(maxsize=1)
def verifying() -> ssl.SSLContext:
    """A TLS context that checks the certificate and the name, with the certificate authorities requests ships.

    Made once: reading the authorities takes as long as opening a site.
    """
    return harden(ssl.create_default_context(cafile=certifi.where()))


def harden(context: ssl.SSLContext) -> ssl.SSLContext:
    """The same context, verifying and making sockets that keep the time limit."""
    context.check_hostname = True
    context.verify_mode = ssl.CERT_REQUIRED
    context.sslsocket_class = _TlsSocket
    context.set_alpn_protocols(["http/1.1"])
    return context


def look_up(host: str, port: int) -> tuple[str, ...]:
    """The IP addresses of a name, in the system's order, each once."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def resolve_within(resolve: Resolve, host: str, port: int, seconds: float) -> tuple[str, ...]:
    """The addresses of a name, or `TooSlow`: the system's resolver knows no time limit, so it works in a thread.

    Raises `OSError` when the name has none.
    """
    found: list[tuple[str, ...]] = []
    failed: list[Exception] = []

    def work() -> None:
        try:
            found.append(tuple(resolve(host, port)))
        except (OSError, UnicodeError) as error:
            failed.append(error)

    worker = threading.Thread(target=work, name=f"look up {host}", daemon=True)
    worker.start()
    worker.join(seconds)
    if failed:
        raise OSError(str(failed[0])) from failed[0]
    if not found:
        raise TooSlow
    return found[0]


def describe_network_error(error: BaseException, deadline_s: float, *, begun: bool) -> tuple[str, str]:
    """What went wrong on the network, as a clause, and its state; `begun` when the headers had been read."""
    chain = _causes(error)
    if any(isinstance(one, TooSlow) for one in chain):
        return f"is slow: no full answer in {deadline_s:g} s", "slow"
    if any(isinstance(one, TimeoutError | urllib3.exceptions.TimeoutError) for one in chain):
        return f"is slow: no connection in {min(deadline_s, CONNECT_S):g} s", "slow"
    certificate = next((one for one in chain if isinstance(one, ssl.SSLCertVerificationError)), None)
    if certificate is not None:
        return f"has a certificate that does not hold: {one_line(certificate.verify_message)}", "error"
    if any(isinstance(one, ssl.SSLError) for one in chain):
        return f"can't speak TLS with us: {_words(chain[-1])}", "error"
    if begun:
        return f"broke off in the middle of its answer: {_words(chain[-1])}", "error"
    return f"can't be read: {_words(chain[-1])}", "error"


def _causes(error: BaseException | None) -> list[BaseException]:
    """An error and what caused it, outermost first; libraries hide the cause in three places."""
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        inner = [one for one in (getattr(error, "reason", None), *error.args) if isinstance(one, BaseException)]
        error = next(iter(inner), None) or error.__cause__ or error.__context__
    return chain


def _words(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return one_line(error.strerror)
    return one_line(str(error)) or type(error).__name__


def _connect(peers: Sequence[str], port: int, budget: Budget) -> socket.socket:
    """A socket to the first of the checked addresses that answers; a dead one gets only its share of the time."""
    last: OSError | None = None
    tried = peers[:MOST_PEERS]
    for index, peer in enumerate(tried):
        sock = _Socket(family(peer), socket.SOCK_STREAM)
        try:
            sock.budget = budget
            sock.settimeout(min(budget.left() / (len(tried) - index), CONNECT_S))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.connect((peer, port))
        except OSError as error:
            sock.close()
            last = error
        except BaseException:
            sock.close()
            raise
        else:
            sock.settimeout(budget.left())
            return sock
    raise last or OSError("no address to connect to")
