"""A web server that misbehaves in every way the web does, and the tricks with which addresses hide what they are.

Raw sockets on 127.0.0.1: each path is a function that is given the connection and may do with it what it wants.
"""

import contextlib
import gzip
import ipaddress
import socket
import ssl
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache

Connection = socket.socket
Page = Callable[[Connection], None]

MEGABYTE = 1_000_000
PATIENCE_S = 60


class Hostile:
    """The server. `pages` maps paths to what they do; what is not there is a 404. `asked` are the request lines.

    `outlasted` are the paths whose visitor stayed to the end: a visitor who leaves a hanging page is not among them.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self.pages: dict[str, Page] = {"/robots.txt": answer(status="404 Not Found")}
        self.asked: list[str] = []
        self.requests: list[bytes] = []
        self.outlasted: list[str] = []
        self.stopped = threading.Event()
        self._tls = tls
        self._server = socket.create_server((host, 0), backlog=128)
        self.port: int = self._server.getsockname()[1]
        self.place = f"{host}:{self.port}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def url(self, path: str = "/", host: str | None = None) -> str:
        return f"{'https' if self._tls else 'http'}://{host or self.place.split(':')[0]}:{self.port}{path}"

    def close(self) -> None:
        self.stopped.set()
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S).close()
        self._server.close()
        self._thread.join(PATIENCE_S)

    def _serve(self) -> None:
        while not self.stopped.is_set():
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: Connection) -> None:
        with contextlib.suppress(OSError, ValueError):
            connection.settimeout(PATIENCE_S)
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                request = b""
                while b"\r\n\r\n" not in request:
                    got = connection.recv(65536)
                    if not got:
                        return
                    request += got
                path = request.split(b" ")[1].decode("latin-1")
                self.asked.append(path)
                self.requests.append(request)
                page = self.pages.get(path) or self.pages.get(path.split("?")[0]) or answer(status="404 Not Found")
                page(connection)
                self.outlasted.append(path)
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_WR)
                    connection.settimeout(1)
                    while connection.recv(65536):
                        pass


@contextlib.contextmanager
def hostile(tls: ssl.SSLContext | None = None) -> Iterator[Hostile]:
    """A running server."""
    made = Hostile(tls)
    try:
        yield made
    finally:
        made.close()


def answer(
    body: bytes = b"",
    *headers: str,
    status: str = "200 OK",
    kind: str = "text/html; charset=utf-8",
    length: object = None,
) -> Page:
    """A well-formed answer, or nearly; `length` lies about the Content-Length."""
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body) if length is None else length}",
    ]
    head = "\r\n".join([*lines, *headers, "", ""]).encode("latin-1")
    return raw(head + body)


def raw(*chunks: bytes) -> Page:
    """Exactly these bytes."""

    def page(connection: Connection) -> None:
        for chunk in chunks:
            connection.sendall(chunk)

    return page


def redirect(to: str, status: int = 302, body: bytes = b"", *headers: str) -> Page:
    return answer(body, f"Location: {to}", *headers, status=f"{status} Elsewhere")


def drip(data: bytes, first: bytes = b"", every: float = 0.05) -> Page:
    """`first` at once, then one byte at a time: each read is quick, the whole never ends."""

    def page(connection: Connection) -> None:
        connection.sendall(first)
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            for byte in data:
                connection.sendall(bytes((byte,)))
                time.sleep(every)

    return page


def silent(connection: Connection) -> None:
    """Take the request and say nothing, until the other side goes away."""
    connection.settimeout(PATIENCE_S)
    with contextlib.suppress(TimeoutError):
        while connection.recv(65536):  # the body of a POST may come after its headers
            pass
        raise ConnectionResetError("the visitor left")


def endless(chunk: bytes = b"x" * 65536, head: bytes = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n") -> Page:
    def page(connection: Connection) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(chunk)

    return page


def reset(after: bytes = b"") -> Page:
    """Send something, then break the connection with RST."""

    def page(connection: Connection) -> None:
        connection.sendall(after)
        time.sleep(0.05)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    return page


@lru_cache
def gzip_bomb(megabytes: int = 100, times: int = 1) -> bytes:
    """Zeros that unfold to so many megabytes; `times` packed over."""
    engine = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    chunk = bytes(MEGABYTE)
    packed = b"".join(engine.compress(chunk) for _ in range(megabytes)) + engine.flush()
    for _ in range(times - 1):
        packed = gzip.compress(packed)
    return packed


@lru_cache
def deflate_bomb(megabytes: int = 100) -> bytes:
    engine = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    chunk = bytes(MEGABYTE)
    return b"".join(engine.compress(chunk) for _ in range(megabytes)) + engine.flush()


def certificates() -> dict[str, ssl.SSLContext]:
    """Server contexts whose certificates are good, expired, of another host, or of an authority nobody knows.

    `trust` is the client's context that trusts the good authority.
    """
    from datetime import UTC, datetime

    import trustme

    authority, stranger = trustme.CA(), trustme.CA()
    made = {
        "good": authority.issue_cert("localhost", "127.0.0.1"),
        "expired": authority.issue_cert("localhost", "127.0.0.1", not_after=datetime(2020, 1, 1, tzinfo=UTC)),
        "wrong host": authority.issue_cert("somewhere.example"),
        "self-made": stranger.issue_cert("localhost", "127.0.0.1"),
    }
    contexts = {}
    for name, certificate in made.items():
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        contexts[name] = context
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    return {**contexts, "trust": trust}


# ---- Addresses that are not what they seem ------------------------------------------------------------------------

PRIVATE_4 = (
    "127.0.0.1 127.8.4.2 0.0.0.0 10.0.0.1 10.255.255.254 172.16.0.1 172.31.255.1 192.168.1.1 169.254.169.254 100.64.0.1 "
    "100.100.100.200 192.0.0.192 192.0.2.7 192.88.99.1 198.18.0.1 198.51.100.4 203.0.113.9 224.0.0.1 239.255.255.250 "
    "240.0.0.1 255.255.255.255 168.63.129.16"
).split()
PRIVATE_6 = (
    "::1 :: ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::127.0.0.1 64:ff9b::127.0.0.1 "
    "64:ff9b::10.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 2002:7f00:1:: 2002:a00:1::1 2002:a9fe:a9fe::1 2002:c0a8:101::1 "
    "2001::1 2001:0:7f00:1::1 2001:10::1 2001:20::1 2001:db8::1 3fff::1 3ffe::1 fe80::1 febf::1 fec0::1 fc00::1 fd00::1 "
    "fd00:ec2::254 ff02::1 ff0e::1 100::1 5f00::1 4000::1 200:5efe:7f00:1:: 2600::5efe:7f00:1 2600::200:5efe:127.0.0.1 "
    "0:0:0:0:0:0:0:1 0000:0000:0000:0000:0000:0000:0000:0001"
).split()
# What the names of these tests stand for: a resolver of our own says so, as a hostile name server could.
NAMES = {
    "localhost": ("127.0.0.1", "::1"),
    "localhost.localdomain": ("127.0.0.1",),
    "ip6-localhost": ("::1",),
    "app.localhost": ("127.0.0.1",),
    "localtest.example": ("127.0.0.1",),
    "127.0.0.1.wild.example": ("127.0.0.1",),
    "metadata.cloud.example": ("169.254.169.254",),
    "intranet": ("10.1.2.3",),
    "printer.home.arpa": ("192.168.178.1",),
    "mixed.example": ("93.184.216.34", "10.0.0.1"),
    "mixed6.example": ("2606:2800:220:1::1", "fd00::1"),
    "mapped.example": ("::ffff:127.0.0.1",),
    "nat64.example": ("64:ff9b::7f00:1",),
    "tunnel.example": ("2002:7f00:1::",),
    "link.example": ("fe80::1%eth0",),
    "zero.example": ("0.0.0.0",),
    "junk.example": ("not-an-address",),
    "multicast.example": ("224.0.0.251",),
    "nowhere.example": (),
}


def resolver(host: str, _port: int) -> tuple[str, ...]:
    """The addresses of the test names; any other name has none."""
    if host in NAMES:
        return NAMES[host]
    raise OSError(f"unknown name {host}")


def address_tricks() -> list[str]:
    """More than 200 addresses of things that are not public, in every disguise we know."""
    tricks = [f"http://{ip}/" for ip in PRIVATE_4]
    tricks += [f"https://{ip}/" for ip in PRIVATE_4]
    tricks += [f"http://[{ip}]/" for ip in PRIVATE_6]
    for ip in ("127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1"):
        number = int(ipaddress.IPv4Address(ip))
        a, b, c, d = (int(part) for part in ip.split("."))
        tricks += [
            f"http://{host}/"
            for host in (
                f"{number}",
                f"0x{number:x}",
                f"0X{number:X}",
                f"0{number:o}",
                f"00000{number:o}",
                f"{number + 2**32}",
                f"0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}",
                f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
                f"000{a:o}.{b}.{c}.{d}",
                f"{a}.0x{b:x}.{c}.0{d:o}",
                f"{a}.{(b << 16) + (c << 8) + d}",
                f"{a}.{b}.{(c << 8) + d}",
                f"{a + 256}.{b}.{c}.{d}",
                f"{ip}.",
                ip.replace(".", "。"),
                ip.replace(".", "．"),
                ip.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
                ip.translate(str.maketrans("123456789", "①②③④⑤⑥⑦⑧⑨")),
                "".join(f"%{ord(character):02x}" for character in ip),
                ip.replace(".", "%2e"),
                f"[::ffff:{ip}]",
                f"[64:ff9b::{ip}]",
                f"[2002:{a:02x}{b:02x}:{c:02x}{d:02x}::1]",
                f"[fe80::5efe:{ip}]",
            )
        ]
    tricks += [f"http://{name}/" for name in NAMES]
    tricks += [f"https://{name.upper()}./" for name in NAMES]
    tricks += [
        "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
        "http://loc\u00adalhost/",
        "http://local\u200bhost/",
        "http://[fe80::1%25eth0]/",
        "http://[fe80::1%eth0]/",
        "http://[::1%251]/",
        "http://[v1.::1]/",
        "http://[::1/",
        "http://::1/",
        "http://public.example@127.0.0.1/",
        "http://public.example:80@127.0.0.1/",
        "http://public.example%00@127.0.0.1/",
        "http://public.example\\@127.0.0.1/",
        "http://127.0.0.1\\@public.example/",
        "http://127.0.0.1\\.public.example/",
        "http://127.0.0.1#@public.example/",
        "http://127.0.0.1?@public.example/",
        "http://127.0.0.1;public.example/",
        "http:///127.0.0.1/",
        "http:127.0.0.1/",
        "http:/127.0.0.1/",
        "http:\\\\127.0.0.1\\",
        "http://127.0.0.1:0/",
        "http://127.0.0.1:65536/",
        "http://127.0.0.1:-1/",
        "http://127.0.0.1:80:80/",
        "http://127.0.0.1:22/",
        "http://127.0.0.1:6379/",
        "http://[::1]:11211/",
        "http://localhost:5432/",
        "http://127.0.0.1%09/",
        "http://127.0.0.1%00.public.example/",
        "http://\t127.0.0.1/",
        "http://127.0.0.1\u2028/",
        "ht\ntp://127.0.0.1/",
        "file:///etc/passwd",
        "file://localhost/etc/passwd",
        "gopher://127.0.0.1:6379/_INFO",
        "dict://127.0.0.1:11211/stat",
        "ftp://127.0.0.1/",
        "ldap://127.0.0.1/",
        "tftp://127.0.0.1/x",
        "sftp://127.0.0.1/",
        "jar:http://127.0.0.1!/x",
        "data:text/html,x",
        "javascript:alert(1)",
        "unix:///var/run/docker.sock",
        "http+unix://%2Fvar%2Frun%2Fdocker.sock/info",
        "ws://127.0.0.1/",
        "view-source:http://127.0.0.1/",
    ]
    return tricks
