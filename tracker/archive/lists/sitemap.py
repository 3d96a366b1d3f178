"""Sitemaps and news sitemaps (sitemaps.org 0.9) as listings, and the sitemaps an index names. Pure."""

import io
import re
from datetime import UTC, datetime
from functools import partial
from typing import Any

from tracker.archive.http.encoding import BadEncoding, TooLarge, Unpacker
from tracker.archive.lists import url_dates
from tracker.archive.lists.entries import (
    MOST_ENTRIES,
    ListEntry,
    ParsedList,
    UnreadableList,
    believable,
    deduplicated,
    describe_other_content,
    make_entries,
    plain_text,
    storable_text,
    web_link,
)
from tracker.archive.lists.xml_input import refuse_entities, to_utf8
from tracker.archive.published import PublishedDate

LARGEST = 60_000_000  # sitemaps.org: 50 MB and 50,000 addresses at most, unpacked
MOST_ADDRESSES = 60_000
GZIP = b"\x1f\x8b"
LONGEST = 2000
OLDEST = datetime(1, 1, 1, tzinfo=UTC)


def read_sitemap(
    body: bytes,
    *,
    url: str,
    now: datetime | None = None,
    pattern: re.Pattern[str] | None = None,
    zone: str = "UTC",
) -> ParsedList:
    """The addresses of a sitemap that meet `pattern`, the newest first; of an index, the sitemaps it names.

    Only a news sitemap tells when an article was published (a time without its zone is one of `zone`); `lastmod` decides
    the order and is no publication date.
    Raises `UnreadableList`.
    """
    body = _unpacked(body)
    if not body.strip():
        raise UnreadableList("not a sitemap: the answer is empty")
    refuse_entities(body)
    body, _ = to_utf8(body, None)
    problems: list[str] = []
    kind, rows = _rows(body, problems)
    if kind is None:
        raise UnreadableList(describe_other_content(body).replace("not a feed", "not a sitemap").split(":")[0])
    if kind == "sitemapindex":
        rows.sort(key=lambda row: _when(row, now) or OLDEST, reverse=True)
        children = [web_link(row.get("loc"), url, problems) for row in rows]
        return ParsedList(
            kind="sitemap index",
            title=None,
            entries=(),
            problems=deduplicated(problems),
            children=tuple(child for child in children if child),
        )
    rows = [
        row
        for row in rows
        if len(row.get("loc", "")) <= LONGEST and (not pattern or pattern.search(row.get("loc", "")))
    ]
    rows.sort(key=lambda row: _when(row, now) or OLDEST, reverse=True)
    entries = make_entries(
        rows[:MOST_ENTRIES], partial(_entry, url=url, now=now, zone=zone, problems=problems), problems
    )
    return ParsedList(kind="sitemap", title=None, entries=entries, problems=deduplicated(problems))


def _unpacked(body: bytes) -> bytes:
    """Sitemaps are often gzip files by themselves (`sitemap.xml.gz`), not by Content-Encoding."""
    if not body.startswith(GZIP):
        return body
    unpacker = Unpacker(("gzip",), LARGEST)
    try:
        return unpacker.feed(body)
    except TooLarge as error:
        raise UnreadableList("not read: the sitemap unpacks to more than 60 MB") from error
    except BadEncoding as error:
        raise UnreadableList(f"not a sitemap: {error}") from error


def _rows(body: bytes, problems: list[str]) -> tuple[str | None, list[dict[str, str]]]:
    """What each `<url>` or `<sitemap>` says; what comes after a break in the XML is lost, what came before is kept."""
    from lxml import etree

    rows: list[dict[str, str]] = []
    kind = None
    row: dict[str, str] = {}
    try:
        steps = etree.iterparse(
            io.BytesIO(body), events=("start", "end"), resolve_entities=False, no_network=True, huge_tree=False,
            load_dtd=False, recover=False,
        )  # fmt: skip
        for step, element in steps:
            name = _local(element)
            if step == "start":
                kind = kind or (name if name in {"urlset", "sitemapindex"} else "")
                if not kind:
                    return None, []
                continue
            if name in {"url", "sitemap"}:
                rows.append(row)
                row = {}
                element.clear()
                if len(rows) >= MOST_ADDRESSES:
                    problems.append(f"only the first {MOST_ADDRESSES} addresses were read")
                    break
            elif name in {"loc", "lastmod", "publication_date", "title"} and element.text:
                inside_image = "image" in str(element.tag) or "video" in str(element.tag)
                if not inside_image:
                    row.setdefault(name, element.text.strip())
    except etree.LxmlError as error:
        rows.append(row)
        problems.append(f"the sitemap is not well formed: {plain_text(str(error), markup=False)}"[:200])
    return kind or None, [row for row in rows if row.get("loc")]


def _local(element: Any) -> str:  # noqa: ANN401 - lxml ships no types
    tag = element.tag
    return tag.rsplit("}", 1)[-1].lower() if isinstance(tag, str) else ""


def _when(row: dict[str, str], now: datetime | None) -> datetime | None:
    return believable(url_dates.by_format(row.get("publication_date") or row.get("lastmod"), None, "UTC"), now)


def _entry(row: dict[str, str], url: str, now: datetime | None, zone: str, problems: list[str]) -> ListEntry:
    raw = row.get("publication_date")
    published = believable(url_dates.by_format(raw, None, zone), now)
    return ListEntry(
        url=web_link(row.get("loc"), url, problems),
        guid=None,
        title=plain_text(row.get("title"), markup=False),
        published=PublishedDate.told(
            storable_text(raw[:100]) if raw else None, published, "time" if raw and ":" in raw else "day"
        ),
        summary=None,
        content_html=None,
    )
