"""A JSON list as a listing: where its items and their parts stand is said by path expressions. Pure."""

import html
import json
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from tracker.archive.lists import url_dates
from tracker.archive.lists.entries import (
    LARGEST_TEXT,
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
from tracker.archive.lists.json_path import read_path, read_template
from tracker.archive.published import PublishedDate

PARTS = ("items", "url", "id", "title", "date", "summary", "text")


def read_json_list(
    body: bytes,
    *,
    url: str,
    paths: Mapping[str, str],
    now: datetime | None = None,
    date_format: str | None = None,
    zone: str = "UTC",
) -> ParsedList:
    """The entries of a JSON document. `paths` says where: `items`, then inside each item url, id, title, date, summary, text.

    Raises `UnreadableList`, also when the path of the items leads nowhere: that is a changed service, not a day without news.
    """
    try:
        data = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UnreadableList(
            describe_other_content(body).replace("neither RSS, Atom nor JSON Feed", "and no JSON")
        ) from error
    found = read_path(paths["items"]).all(data)
    if len(found) == 1 and isinstance(found[0], list):
        found = found[0]
        if not found:
            return ParsedList(kind="json list", title=None, entries=())
    items = [item for item in found if isinstance(item, dict)]
    if not items:
        raise UnreadableList(f"not a feed: JSON, but no items at {paths['items']!r}; was the service changed?")
    problems: list[str] = []
    if len(items) > MOST_ENTRIES:
        problems.append(f"only the first {MOST_ENTRIES} of {len(items)} items were read")
    make = partial(_entry, base=url, paths=paths, now=now, date_format=date_format, zone=zone, problems=problems)
    return ParsedList(
        kind="json list",
        title=None,
        entries=make_entries(items[:MOST_ENTRIES], make, problems),
        problems=deduplicated(problems),
    )


def _entry(
    item: dict[str, Any], base: str, paths: Mapping[str, str], now: datetime | None, date_format: str | None, zone: str,
    problems: list[str],
) -> ListEntry:  # fmt: skip
    def part(name: str) -> str | None:
        return read_template(paths[name]).text(item) if name in paths else None

    raw = part("date")
    when = url_dates.by_format(raw, date_format, zone)
    published = believable(when, now)
    if raw and published is None:
        problems.append(f"a date that can't be believed: {plain_text(raw[:60], markup=False)}")
    text, guid, summary = part("text"), part("id"), part("summary")
    if text and "<" not in text:
        text = "".join(f"<p>{html.escape(block)}</p>" for block in text.split("\n\n"))
    day_only = published is not None and (published.hour, published.minute, published.second) == (0, 0, 0)
    return ListEntry(
        url=web_link(part("url"), base, problems),
        guid=storable_text(guid) if guid else None,
        title=plain_text(part("title"), markup=True),
        published=PublishedDate.told(
            storable_text(raw[:100]) if raw else None, published, "day" if day_only else "time"
        ),
        summary=storable_text(summary[:LARGEST_TEXT]) if summary else None,
        content_html=storable_text(text[:LARGEST_TEXT]) if text else None,
    )
