"""Every kind of list read by one call, by the rules a source was configured with. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from tracker.archive.lists import url_dates
from tracker.archive.lists.entries import ListEntry, ParsedList, UnreadableList, believable
from tracker.archive.lists.feed import read_feed
from tracker.archive.lists.html_links import read_links
from tracker.archive.lists.json_list import read_json_list
from tracker.archive.lists.sitemap import read_sitemap
from tracker.archive.published import PublishedDate

LONGEST_LINK = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRules:
    """How one source's list is read; the names are those of the configuration."""

    kind: str = "feed"
    link_pattern: str | None = None
    link_selector: str | None = None
    link_replace: tuple[str, str] | None = None
    skip_title: str | None = None
    date_pattern: str | None = None
    date_format: str | None = None
    timezone: str = "UTC"
    paths: Mapping[str, str] = field(default_factory=dict)


def rules_of(kind: str, options: Mapping[str, Any], timezone: str = "UTC") -> ListRules:
    """The rules in a source's stored options."""
    pair = options.get("link_replace")
    return ListRules(
        kind=kind,
        link_pattern=options.get("link_pattern"),
        link_selector=options.get("link_selector"),
        link_replace=(pair[0], pair[1]) if pair else None,
        skip_title=options.get("skip_title"),
        date_pattern=options.get("date_pattern"),
        date_format=options.get("date_format"),
        timezone=timezone,
        paths=options.get("paths") or {},
    )


def read_list(
    body: bytes, rules: ListRules, *, content_type: str | None, url: str, now: datetime | None = None
) -> ParsedList:
    """The entries of a list that count by its rules. Raises `UnreadableList`; a list of which none counts is just empty."""
    pattern = _compiled(rules.link_pattern)
    if rules.kind == "listing":
        found = read_links(
            body,
            content_type=content_type,
            url=url,
            now=now,
            pattern=pattern,
            selector=rules.link_selector,
            zone=rules.timezone,
        )
    elif rules.kind == "json":
        found = read_json_list(
            body, url=url, paths=rules.paths, now=now, date_format=rules.date_format, zone=rules.timezone
        )
    elif rules.kind == "sitemap":
        found = read_sitemap(body, url=url, now=now, pattern=pattern, zone=rules.timezone)
    elif rules.kind == "feed":
        found = read_feed(body, content_type=content_type, url=url, now=now, zone=rules.timezone)
    else:
        raise UnreadableList(f"nothing to be fetched: sources of the kind {rules.kind!r} have no list")
    kept = tuple(_dated(_placed(entry, rules), rules, now) for entry in found.entries if _counts(entry, rules))
    return replace(found, entries=kept)


def _counts(entry: ListEntry, rules: ListRules) -> bool:
    pattern, skip = _compiled(rules.link_pattern), _compiled(rules.skip_title)
    if pattern and not (entry.url and len(entry.url) <= LONGEST_LINK and pattern.search(entry.url)):
        return False
    return not (skip and entry.title and skip.search(entry.title[:LONGEST_LINK]))


def _placed(entry: ListEntry, rules: ListRules) -> ListEntry:
    if rules.link_replace is None or entry.url is None:
        return entry
    return replace(entry, url=entry.url.replace(*rules.link_replace, 1))


def _dated(entry: ListEntry, rules: ListRules, now: datetime | None) -> ListEntry:
    """The entry with the date its address or title tells, where the list itself told none."""
    pattern = _compiled(rules.date_pattern)
    if pattern is None or entry.published.at is not None:
        return entry
    found = url_dates.by_pattern(entry.url, pattern) or url_dates.by_pattern(entry.title, pattern)
    if found is None:
        return entry
    return replace(
        entry, published=PublishedDate.told(entry.published.raw or found[0], believable(found[1], now), "day")
    )


@lru_cache(maxsize=500)
def _compiled(pattern: str | None) -> re.Pattern[str] | None:
    return re.compile(pattern) if pattern else None
