"""Where the older pages of a list are, and whether a day lies in a window. Pure.

Feeds and listings are paged in few ways: they name the next page themselves (RFC 5005 `rel="next"`, JSON Feed
`next_url`, an HTML link `rel="next"`), or they take `?paged=2` (WordPress) or `?page=2`.
"""

import json
import re
from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

NEXT = re.compile(rb"<(?:\w+:)?(?:link|a)\b[^>]{0,2000}>", re.IGNORECASE)
REL = re.compile(rb"\brel\s*=\s*[\"']?\s*(?:[\w-]+\s+)*next\b", re.IGNORECASE)
HREF = re.compile(rb"\bhref\s*=\s*(?:\"([^\"]+)\"|'([^']+)'|([^\s>]+))", re.IGNORECASE)
PAGED = ("paged", "page")
IN_ADDRESS = re.compile(r"(?<!\d)((?:19|20)\d\d)[/_.-]?(0[1-9]|1[0-2])(?:[/_.-]?(0[1-9]|[12]\d|3[01]))?(?!\d)")


def next_named(body: bytes, url: str) -> str | None:
    """The address of the next page, where the list names one."""
    if body.lstrip()[:1] == b"{":
        try:
            found = json.loads(body)
        except (ValueError, RecursionError):
            return None
        named = found.get("next_url") if isinstance(found, dict) else None
        return str(urljoin(url, named)) if isinstance(named, str) and named else None
    for tag in NEXT.finditer(body[:2_000_000]):
        href = HREF.search(tag[0]) if REL.search(tag[0]) else None
        if href:
            raw = (href[1] or href[2] or href[3]).decode("utf-8", "replace").replace("&amp;", "&")
            return str(urljoin(url, raw))
    return None


def next_guessed(url: str, first: str) -> list[str]:
    """The addresses where the page after this one may be: by the way of counting in use, or by each on the first page."""
    number = _number(url)
    if number is not None:
        name, count = number
        return [_with(url, name, count + 1)]
    return [_with(first, name, 2) for name in PAGED]


def day_in_address(url: str | None) -> tuple[date, date] | None:
    """The first and last day that an address tells (`/2023/06/19/`, `sitemap-2023-06.xml`); None when it tells none."""
    found = IN_ADDRESS.search(urlsplit(url or "").path)
    if not found:
        return None
    year, month = int(found[1]), int(found[2])
    if found[3]:
        try:
            day = date(year, month, int(found[3]))
        except ValueError:
            return None
        return day, day
    after = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), date.fromordinal(after.toordinal() - 1)


def lies_in(moment: datetime | date | None, first: date, last: date, zone: str) -> bool | None:
    """Whether a time lies in a window of days of this zone; None when the time is not known."""
    if moment is None:
        return None
    day = moment.astimezone(ZoneInfo(zone)).date() if isinstance(moment, datetime) else moment
    return first <= day <= last


def overlaps(days: tuple[date, date] | None, first: date, last: date) -> bool:
    """Whether the days of an address meet a window; what tells no day may."""
    return days is None or (days[0] <= last and days[1] >= first)


def all_older(moments: Sequence[datetime], first: date, zone: str) -> bool:
    """Whether everything dated on a page is older than the window: the pages after it are older still."""
    return bool(moments) and all(moment.astimezone(ZoneInfo(zone)).date() < first for moment in moments)


def _number(url: str) -> tuple[str, int] | None:
    for name, value in parse_qsl(urlsplit(url).query):
        if name in PAGED and value.isascii() and value.isdigit() and len(value) < 6:  # noqa: PLR2004 - no list is longer
            return name, int(value)
    return None


def _with(url: str, name: str, number: int) -> str:
    parts = urlsplit(url)
    query = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key != name]
    return urlunsplit(parts._replace(query=urlencode([*query, (name, str(number))])))
