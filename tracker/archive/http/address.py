"""Which web addresses may be asked at all: one reading of an address, and one rule for the IP addresses behind it.

Pure: nothing here resolves or connects. What is checked here is what `connection` connects to.
"""

import ipaddress
import re
import socket
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit, urlunsplit

import idna

from tracker.errors import TrackerError

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

PORTS = {"http": 80, "https": 443}
LONGEST = 8192
LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
NUMBERS = re.compile(r"0x[0-9a-f]*|[0-9]+", re.ASCII)
DOTTED = re.compile(r"(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){3}", re.ASCII)
FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]")

# Ports on which something else than a web server listens: WHATWG Fetch, "bad ports".
BAD_PORTS = frozenset(
    int(port)
    for port in (
        "0 1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 "
        "123 135 137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 "
        "990 993 995 1719 1720 1723 2049 3659 4045 4190 5060 5061 6000 6379 6566 6665 6666 6667 6668 6669 6679 6697 "
        "10080 11211"
    ).split()
)

# IANA special-purpose registry (RFC 6890 and its successors), multicast, and tunnels that carry another address inside.
NOT_PUBLIC_4 = tuple(
    (ipaddress.IPv4Network(network), what)
    for network, what in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "a cloud host's own service"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
NOT_PUBLIC_6 = tuple(
    (ipaddress.IPv6Network(network), what)
    for network, what in (
        ("::1/128", "loopback"),
        ("::/128", "unspecified"),
        ("::ffff:0:0/96", "an IPv4 address in disguise"),
        ("64:ff9b::/96", "NAT64"),
        ("64:ff9b:1::/48", "NAT64"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
        ("2001::/32", "Teredo"),
        ("2001::/23", "reserved"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("3ffe::/16", "reserved"),
        ("3fff::/20", "documentation"),
    )
)
GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
ISATAP = {0x00005EFE, 0x02005EFE}


class BadAddress(TrackerError):
    """This is no address we may ask; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One address read once: everything that is asked for is built from these parts, never read again."""

    url: str
    scheme: str
    host: str
    port: int
    ip: IPAddress | None
    """The host when it is written as an IP address, else None."""

    @property
    def authority(self) -> str:
        """Host and port, always both: the form in which exceptions are written ("127.0.0.1:8800", "[::1]:80")."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def throttle_key(self) -> str:
        """The name under which requests wait for each other: the host; with its port when it is an unusual one."""
        return self.host if self.port in PORTS.values() else self.authority


def read_address(url: str) -> Target:
    """The parts of an http or https address. Raises `BadAddress` for anything else, and for every disguise.

    The fragment is dropped: it never reaches a server (RFC 9110 section 4.2).
    """
    url = url.strip(" \t\r\n\f")
    if len(url) > LONGEST:
        raise BadAddress(f"the address is longer than {LONGEST} characters")
    if not url.isprintable() or FORBIDDEN.search(url.replace(" ", "")):
        raise BadAddress("the address holds control characters")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadAddress(f"the address can't be read: {error}") from error
    scheme = parts.scheme.lower()
    if scheme not in PORTS:
        raise BadAddress(f"only http and https are asked, not {scheme or 'an address without a scheme'}")
    host, ip = _host(parts)
    port = PORTS[scheme] if port is None else port
    if not 0 < port < 65536:  # noqa: PLR2004 - the range of ports
        raise BadAddress(f"port {port} does not exist")
    shown = f"[{host}]" if ":" in host else host
    netloc = shown if port == PORTS[scheme] else f"{shown}:{port}"
    # A backslash in the path would be a slash to a browser: it travels encoded, as the character it is.
    path = parts.path.replace("\\", "%5C") or "/"
    clean = urlunsplit((scheme, netloc, path, parts.query.replace("\\", "%5C"), ""))
    return Target(url=clean, scheme=scheme, host=host, port=port, ip=ip)


def check_port(target: Target) -> None:
    """Raises `BadAddress` for a port on which no web server listens."""
    if target.port in BAD_PORTS:
        raise BadAddress(f"port {target.port} is not a web server's port")


def not_public(address: str | IPAddress) -> str | None:
    """Why an IP address may not be connected to ("loopback", "private" ...), or None when it is globally reachable.

    Stricter than `ipaddress.is_global`, which lets NAT64, 6to4, multicast and 192.88.99.0/24 through on Python 3.11.
    """
    try:
        ip = ipaddress.ip_address(address) if isinstance(address, str) else address
    except ValueError:
        return "not an IP address"
    if isinstance(ip, ipaddress.IPv4Address):
        return next((what for network, what in NOT_PUBLIC_4 if ip in network), None)
    if ip.scope_id:
        return "bound to one interface"
    named = next((what for network, what in NOT_PUBLIC_6 if ip in network), None)
    if named is None and ip not in GLOBAL_6:
        named = "reserved"
    if named is None and (int(ip) >> 32) & 0xFFFFFFFF in ISATAP:
        named = "ISATAP"
    return named


def check_resolved(target: Target, resolved: Collection[str]) -> None:
    """Every address a name resolves to must be public: one that is not refuses them all. Raises `BadAddress`."""
    if not resolved:
        raise BadAddress(f"{target.host} has no address")
    for address in resolved:
        what = not_public(address)
        if what:
            known_as = "" if address == target.host else f" ({address})"
            raise BadAddress(f"{target.host}{known_as} is not a public address: {what}")


def _host(parts: SplitResult) -> tuple[str, IPAddress | None]:
    netloc = parts.netloc
    if "\\" in netloc or " " in netloc:
        raise BadAddress("the address holds a character that no host name has")
    if "@" in netloc:
        raise BadAddress("the address carries a user name or password")
    host = parts.hostname or ""
    if not host:
        raise BadAddress("the address names no host")
    if netloc.startswith("["):
        return _host6(host)
    name = _ascii(host)
    if NUMBERS.fullmatch(name.rsplit(".", 1)[-1]):
        # The URL Standard reads a host whose last label is a number as IPv4, in octal, hex or one long number too.
        if not DOTTED.fullmatch(name) or any(int(part) > 255 for part in name.split(".")):  # noqa: PLR2004
            raise BadAddress(f"{host} is an IP address in disguise")
        return name, ipaddress.IPv4Address(name)
    return name, None


def _host6(host: str) -> tuple[str, IPAddress]:
    try:
        ip = ipaddress.IPv6Address(host)
    except ValueError as error:
        raise BadAddress(f"[{host}] is no IPv6 address") from error
    if ip.scope_id:
        raise BadAddress(f"[{host}] is bound to one interface")
    return ip.compressed, ip


def _ascii(host: str) -> str:
    """The name as it is looked up: UTS 46 mapping for other scripts (RFC 5895), one trailing dot dropped."""
    try:
        name = host.lower() if host.isascii() else idna.encode(host, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError, ValueError) as error:
        raise BadAddress(f"{host!a} is no host name") from error
    name = name.removesuffix(".")
    if len(name) > 253 or not all(LABEL.fullmatch(label) for label in name.split(".")):  # noqa: PLR2004 - RFC 1035
        raise BadAddress(f"{host!a} is no host name")
    return name


def family(address: str) -> socket.AddressFamily:
    """The kind of socket an IP address needs."""
    return socket.AF_INET6 if ":" in address else socket.AF_INET
