"""What every kind of list gives: entries, and how their texts, links and dates are made safe to store. Pure."""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo

from tracker.archive.published import PublishedDate
from tracker.archive.urls import absolute
from tracker.errors import TrackerError

MOST_ENTRIES = 1000
LARGEST_TEXT = 2_000_000
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)  # clocks and zones may differ by so much
ZONES = {
    "UT": 0,
    "UTC": 0,
    "GMT": 0,
    "Z": 0,
    "WET": 0,
    "WEST": 1,
    "BST": 1,
    "CET": 1,
    "MEZ": 1,
    "CEST": 2,
    "MESZ": 2,
    "EET": 2,
    "EEST": 3,
    "MSK": 3,
    "TRT": 3,
    "JST": 9,
    "KST": 9,
    "AEST": 10,
    "AEDT": 11,
    "NZST": 12,
    "NZDT": 13,
    "AST": -4,
    "ADT": -3,
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
}
"""Hours from UTC of the short names that feeds write; those of North America are RFC 822's (section 5.1)."""
_OFFSET = re.compile(
    r"\s*(?:GMT|UTC?|Z)?\s*(?P<sign>[+\-\u2212])(?P<hours>\d{1,2})(?::?(?P<minutes>[0-5]\d))?$", re.IGNORECASE
)
_ZONE_NAME = re.compile(r"(?<=\d)\s*\(?([A-Z]{1,5})\)?$", re.IGNORECASE)
TAG = re.compile(r"<[^<>]{0,2000}>")
HTML = re.compile(rb"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
TITLE = re.compile(rb"<title[^>]*>([^<]{1,200})", re.IGNORECASE)


class UnreadableList(TrackerError):
    """This is no such list; the text says what it is instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListEntry:
    """One thing a list names. The moment of `published` can be believed."""

    url: str | None
    guid: str | None
    title: str | None
    published: PublishedDate
    summary: str | None
    content_html: str | None
    author: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedList:
    """A list read: its kind, its title, its entries in its own order, and what was wrong with it."""

    kind: str
    title: str | None
    entries: tuple[ListEntry, ...]
    problems: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    """Further lists this one names (a sitemap index), the newest first."""


def believable(moment: datetime | None, now: datetime | None = None) -> datetime | None:
    """The moment in UTC when a real publication may carry it: 1990 to 2100 and, with `now`, not in the future."""
    if moment is None:
        return None
    try:
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (OverflowError, ValueError):
        return None
    latest = now + AHEAD if now else LATEST
    return moment if EARLIEST <= moment < latest else None


def parse_moment(raw: str | None, zone: str = "UTC") -> datetime | None:
    """A date as feeds write it: RFC 822 or ISO 8601; None for junk.

    An offset in any spelling holds (`+5:30`, `GMT+7`), and so does a zone's short name: that of `zone` first, for "IST" is
    another one in Mumbai and in Haifa, then those of `ZONES`. A time without a zone is one of `zone`; a bare day begins in
    UTC (`is_day_only`).
    """
    if not raw or len(raw) > 100:  # noqa: PLR2004 - no date is so long
        return None
    raw = " ".join(raw.split())
    offset: timedelta | None = None
    found = _OFFSET.search(raw)
    if found and not is_day_only(raw[: found.start()]):
        size = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
        raw, offset = raw[: found.start()], size if found["sign"] == "+" else -size
    named = _ZONE_NAME.search(raw)
    bare = _read_bare(raw[: named.start()] if named else raw)
    if bare is None or bare.tzinfo is not None:
        return bare
    if offset is None and is_day_only(raw):
        return bare.replace(tzinfo=UTC)
    own, name = ZoneInfo(zone), named[1].upper() if named else ""
    if offset is None and name in ZONES and name != own.tzname(bare):
        offset = timedelta(hours=ZONES[name])
    try:
        return bare.replace(tzinfo=own if offset is None else timezone(offset))
    except ValueError:  # no zone is a day away
        return None


def is_day_only(raw: str | None) -> bool:
    """Whether a date names no time of day."""
    return not re.search(r"\d{1,2}:\d{2}|\dT\d{2}", raw or "")


def _read_bare(raw: str) -> datetime | None:
    """A date without its zone, by ISO 8601 or RFC 822 (section 5, with the full names of months that feeds write)."""
    try:
        return datetime.fromisoformat(raw)
    except ValueError:
        pass
    if is_day_only(raw):
        raw = f"{raw.rstrip()} 00:00:00"
    try:
        return parsedate_to_datetime(raw).replace(tzinfo=None)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def plain_text(text: object, *, markup: bool) -> str | None:
    """One line of plain text; with `markup` its tags are dropped and its entities read."""
    if not isinstance(text, str):
        return None
    if markup:
        text = html.unescape(TAG.sub(" ", text[:LARGEST_TEXT]))
    return " ".join(storable_text(text).split()) or None


def published_as_told(
    raw: str | None,
    parsed: Any,  # noqa: ANN401 - an untyped parser's value
    *,
    now: datetime | None,
    zone: str,
    problems: list[str],
) -> PublishedDate:
    """A date as told, or as a parser read it, when it can be believed; else a problem is noted.

    Only what was told to the minute is a time: a bare day stays a day.
    """
    raw = storable_text(raw) if raw else None
    found = parse_moment(raw, zone)
    if found is None and parsed:
        try:
            found = datetime(*parsed[:6]).replace(tzinfo=UTC)  # noqa: DTZ001 - parsers give UTC
        except (ValueError, TypeError, OverflowError):
            found = None
    good = believable(found, now)
    if raw and good is None:
        problems.append(f"a date that can't be believed: {plain_text(raw[:60], markup=False)}")
    return PublishedDate.told(raw, good, "day" if is_day_only(raw) else "time")


def web_link(link: object, base: str, problems: list[str]) -> str | None:
    """A link as an http address, or None; one that is none is noted as a problem."""
    if not isinstance(link, str) or not link:
        return None
    found = absolute(link, base)
    if found is None:
        problems.append(f"a link that is no web address: {plain_text(link[:80], markup=False)}")
        return None
    return storable_text(found)


def make_entries(items: list[Any], make: Callable[[Any], ListEntry], problems: list[str]) -> tuple[ListEntry, ...]:
    """The entries that can be made; one broken item never costs the others."""
    entries = []
    for item in items:
        try:
            entry = make(item)
        except Exception as error:  # noqa: BLE001 - told as a problem of the feed
            problems.append(f"an entry that can't be read ({type(error).__name__})")
            continue
        if entry.url or entry.guid or entry.title:
            entries.append(entry)
        else:
            problems.append("an entry without address, name or title")
    return tuple(entries)


def describe_other_content(body: bytes) -> str:
    """What bytes are that are no feed."""
    head = body[:65536]
    if not HTML.search(head):
        return "not a feed: neither RSS, Atom nor JSON Feed"
    title = TITLE.search(head)
    name = plain_text(title[1].decode("utf-8", "replace"), markup=True) if title else None
    return f"not a feed but a web page, “{name}”" if name else "not a feed but a web page"


def deduplicated(problems: list[str]) -> tuple[str, ...]:
    """Each problem once, the first twenty."""
    return tuple(dict.fromkeys(problems))[:20]


def storable_text(text: str) -> str:
    """A text that every database takes: no NUL, no lone surrogates."""
    return text.replace("\x00", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
