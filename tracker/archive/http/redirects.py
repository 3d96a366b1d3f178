"""How a redirect is judged: where it leads, which ones are followed, and when a document has moved for good. Pure.

1. 301, 302, 303, 307 and 308 with a `Location` lead on (RFC 9110 section 15.4); the gate checks each address they lead to
   as it checked the first.
2. A circle, more hops than allowed, no `Location`, and one that is no address end the request.
3. A robots.txt may redirect on its own host only (`leaves_host`): rules of another host are none of this one.
4. What was reached by 301 and 308 alone has moved for good (`has_moved`): the source is read, and said to have moved.
"""

from collections.abc import Collection
from urllib.parse import urljoin

from tracker.archive.http.address import Target
from tracker.archive.http.responses import Headers, header, one_line
from tracker.errors import TrackerError

STATUSES = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})


class BadRedirect(TrackerError):
    """This redirect is not followed; the text is a clause that says why."""


class CircularRedirect(BadRedirect):
    """It leads back to where the request has been."""


def is_redirect(status: int) -> bool:
    """Whether an answer of this status leads elsewhere."""
    return status in STATUSES


def is_permanent(status: int) -> bool:
    """Whether a redirect of this status is for good."""
    return status in PERMANENT


def next_url(url: str, status: int, headers: Headers) -> str:
    """The address a redirect leads to. Raises `BadRedirect`."""
    location = header(headers, "location")
    if not location:
        raise BadRedirect(f"redirects ({status}) without saying where to")
    try:
        # Servers write UTF-8 into Location; http.client reads every header as Latin-1.
        return urljoin(url, location.encode("latin-1").decode("utf-8", "replace"))
    except (ValueError, UnicodeError) as error:
        raise BadRedirect(f"redirects to what is no address: {one_line(location)}") from error


def check_circle(url: str, hops: Collection[str]) -> None:
    """Raises `CircularRedirect` when this address was gone through already."""
    if url in hops:
        raise CircularRedirect("redirects in a circle")


def too_many(max_redirects: int) -> BadRedirect:
    """What ends a request that was redirected once more than allowed."""
    return BadRedirect(f"redirects once more, after {max_redirects} redirects")


def leaves_host(asked: Target, there: Target) -> bool:
    """Whether a robots.txt is sought on another host than the one whose rules are asked for."""
    return there.throttle_key != asked.throttle_key or there.host != asked.host


def has_moved(asked: str, final: str, *, permanently: bool) -> bool:
    """Whether a document stands at another address for good: every redirect on the way there was permanent."""
    return permanently and final != asked
