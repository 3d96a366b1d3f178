"""What stands between a reader and this site: proxies that add the reader's address, and a path in front of ours.

Two WSGI wrappers, both driven by the configuration alone. No other forwarded header is believed: scheme and host come
from `site.base_url`.
"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

FORWARDED = "HTTP_X_FORWARDED_FOR"


@dataclass(frozen=True, slots=True)
class ClientAddress:
    """Put the reader's own address into REMOTE_ADDR, as the last of `proxies` trusted proxies told it.

    Each proxy adds the address it was asked from at the right end of X-Forwarded-For; what stands further left was sent
    by the reader and counts for nothing. A value that is no address leaves the proxy's own.
    """

    site: WSGIApplication
    proxies: int

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer the request."""
        told = environ.pop(FORWARDED, "").split(",")
        address = read_address(told[-self.proxies]) if 0 < self.proxies <= len(told) else None
        if address is not None:
            environ["REMOTE_ADDR"] = address
        return self.site(environ, start_response)


@dataclass(frozen=True, slots=True)
class PathPrefix:
    """Serve the site below a path: every address it writes begins with `prefix`.

    A proxy may pass the path on or take it off; both are understood. A request without it, such as a health check from
    inside, is answered as well.
    """

    site: WSGIApplication
    prefix: str

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer the request."""
        path = environ.get("PATH_INFO", "")
        environ["SCRIPT_NAME"] = self.prefix
        if path == self.prefix or path.startswith(f"{self.prefix}/"):
            environ["PATH_INFO"] = path[len(self.prefix) :] or "/"
        return self.site(environ, start_response)


def read_address(text: str) -> str | None:
    """An IP address in its one form, also with a port behind it as some proxies write it; None when it is none."""
    bare = text.strip().strip('"')
    if bare.startswith("["):
        bare, closed, _ = bare[1:].partition("]")
        bare = bare if closed else ""
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        return None


def prefix_of(base_url: str) -> str:
    """The path in a site's address, without a slash at its end: "" or "/record"."""
    return urlsplit(base_url).path.rstrip("/")
