"""What a listing names: RSS 0.9-2.0, RSS 1.0, Atom and JSON Feed, as entries. Pure: bytes in, entries out.

Hostile or broken bytes give what can be saved and say what was wrong, or raise `UnreadableList`; never anything else.
"""

import html
import io
import json
import re
from datetime import datetime
from functools import partial
from typing import Any

from tracker.archive.lists.entries import (
    HTML,
    LARGEST_TEXT,
    MOST_ENTRIES,
    ListEntry,
    ParsedList,
    UnreadableList,
    deduplicated,
    describe_other_content,
    make_entries,
    plain_text,
    published_as_told,
    storable_text,
    web_link,
)
from tracker.archive.lists.xml_input import refuse_entities, to_utf8

END = re.compile(rb"</(?:[a-z]+:)?(?:item|entry)\s*>", re.IGNORECASE)
REFERENCE = re.compile(rb"&#(x[0-9a-f]{1,9}|[0-9]{1,9});?", re.IGNORECASE)
OPENED = re.compile(rb"<(/?)[A-Za-z_][^<>]*>")
DEEPEST = 200
LONGEST_TAG = 16_384
MOST_TAGS, MOST_REFERENCES = 120_000, 600_000  # beyond that the parser needs more than seconds
LAST_CHARACTER = 0x10FFFF
FEED = re.compile(rb"<(rss|feed|rdf:rdf|channel)[\s>]", re.IGNORECASE)
KINDS = {"rss10": "rss 1.0", "rss090": "rss 0.9", "cdf": "cdf"}


def read_feed(
    body: bytes, *, content_type: str | None, url: str, now: datetime | None = None, zone: str = "UTC"
) -> ParsedList:
    """The entries of a feed; a time without its zone is one of `zone`. With `now`, dates in the future are not believed.

    Raises `UnreadableList`.
    """
    if not body.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise UnreadableList("not a feed: the answer is empty")
    if _is_json(body, content_type):
        return _read_json(body, url, now, zone)
    refuse_entities(body)
    return _read_xml(body, content_type, url, now=now, zone=zone)


def _is_json(body: bytes, content_type: str | None) -> bool:
    start = body.lstrip(b" \t\r\n\xef\xbb\xbf")[:1]
    return start == b"{" or ("json" in (content_type or "").lower() and start in {b"{", b"["})


def _read_xml(body: bytes, content_type: str | None, url: str, *, now: datetime | None, zone: str) -> ParsedList:
    import feedparser

    problems: list[str] = []
    body, content_type = to_utf8(body, content_type)
    body = _shortened(body, problems)
    burden = _burden(body)
    if burden:
        raise UnreadableList(
            describe_other_content(body) if HTML.search(body[:65536]) else f"not read: the feed {burden}"
        )
    try:
        parsed = feedparser.parse(
            io.BytesIO(REFERENCE.sub(_real, body)),  # never a text: feedparser would open it as a file or an address
            response_headers={"content-type": content_type or "application/xml", "content-location": url},
            # Markup is only ever read as text by us, and links are completed here: both take half of its time.
            sanitize_html=False,
            resolve_relative_uris=False,
        )
        version = str(parsed.get("version") or "")
        found = list(parsed.entries[:MOST_ENTRIES])
        feed_title = plain_text(dict.get(parsed.feed, "title"), markup=True)
        bozo = parsed.get("bozo_exception") if parsed.get("bozo") else None
    except Exception as error:  # whatever hostile bytes make the parser raise, the feed is what is broken
        raise UnreadableList(f"not a feed: it can't be read ({type(error).__name__})") from error
    if not version and not (found and FEED.search(body[:4096])):
        raise UnreadableList(describe_other_content(body))
    if bozo is not None and not isinstance(bozo, feedparser.CharacterEncodingOverride):
        problems.append(
            f"the feed is not well formed: {plain_text(str(bozo), markup=False) or type(bozo).__name__}"[:200]
        )
    entries = make_entries(found, partial(_xml_entry, base=url, now=now, zone=zone, problems=problems), problems)
    return ParsedList(kind=_kind(version), title=feed_title, entries=entries, problems=deduplicated(problems))


def _shortened(body: bytes, problems: list[str]) -> bytes:
    """The body without what comes after its first entries: a parser's time goes by what it is given."""
    ends = [found.end() for found in END.finditer(body)]
    last = min(len(ends), MOST_ENTRIES)
    while last > 1 and body.count(b"<", 0, ends[last - 1]) > MOST_TAGS:
        last //= 2
    if last == len(ends):
        return body
    problems.append(f"only the first {last} of {len(ends)} entries were read")
    return body[: ends[last - 1]] + body[ends[-1] :]


def _burden(body: bytes) -> str | None:
    """What makes a body one that feedparser would need minutes for; None when nothing does.

    Its time grows with the number of tags and references and with the square of the depth, which no feed needs.
    """
    bare = _without_cdata(body)
    if bare.count(b"<") > MOST_TAGS or bare.count(b"&") > MOST_REFERENCES or bare.count(b"<![CDATA[") > 1:
        return "is too much markup for what it says"
    depth = 0
    for tag in OPENED.finditer(bare):
        depth = max(0, depth + (-1 if tag[1] else 0 if tag[0].endswith(b"/>") else 1))
        if depth > DEEPEST:
            return f"is nested more than {DEEPEST} elements deep"
        if len(tag[0]) > LONGEST_TAG:
            return "has a tag larger than 16 KB"
    return None


def _without_cdata(body: bytes) -> bytes:
    """The body without its character data sections; one that does not end stays."""
    parts, place = [], 0
    while (start := body.find(b"<![CDATA[", place)) >= 0 and (end := body.find(b"]]>", start)) >= 0:
        parts.append(body[place:start])
        place = end + 3
    return b"".join([*parts, body[place:]])


def _real(reference: re.Match[bytes]) -> bytes:
    """A character reference, or U+FFFD for one that means no character: feedparser fails on those."""
    digits = reference[1]
    number = int(digits[1:], 16) if digits[:1] in b"xX" else int(digits)
    surrogate = 0xD800 <= number <= 0xDFFF  # noqa: PLR2004 - Unicode
    return b"&#xFFFD;" if number == 0 or surrogate or number > LAST_CHARACTER else reference[0]


def _xml_entry(
    entry: dict[str, Any], base: str, now: datetime | None, zone: str, problems: list[str]
) -> ListEntry:  # fmt: skip
    def get(key: str) -> Any:  # noqa: ANN401 - an untyped parser's value
        return dict.get(entry, key)  # its own get() warns and guesses between dates

    raw = get("published") or get("updated") or get("created")
    parsed = get("published_parsed") or get("updated_parsed") or get("created_parsed")
    published = published_as_told(str(raw) if raw else None, parsed, now=now, zone=zone, problems=problems)
    title = get("title_detail") or {}
    contents = get("content") or ()
    contents = [one for one in contents if "html" in str(dict.get(one, "type", ""))] or contents
    content = str(dict.get(contents[0], "value") or "")[:LARGEST_TEXT] if contents else ""
    guid = get("id")
    return ListEntry(
        url=web_link(get("link"), base, problems),
        guid=storable_text(str(guid)) if guid else None,
        title=plain_text(get("title"), markup=dict.get(title, "type") != "text/plain"),
        published=published,
        summary=storable_text(str(get("summary"))[:LARGEST_TEXT]) if get("summary") else None,
        content_html=storable_text(content) or None,
        author=plain_text(get("author"), markup=True),
    )


def _read_json(body: bytes, url: str, now: datetime | None, zone: str) -> ParsedList:
    try:
        data = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UnreadableList("not a feed: it begins like JSON but is not") from error
    if not isinstance(data, dict) or not str(data.get("version", "")).startswith("https://jsonfeed.org/version/"):
        raise UnreadableList("not a feed: JSON, but no JSON Feed")
    items = data.get("items")
    if not isinstance(items, list):
        raise UnreadableList("not a feed: a JSON Feed without items")
    problems: list[str] = []
    if len(items) > MOST_ENTRIES:
        problems.append(f"only the first {MOST_ENTRIES} of {len(items)} entries were read")
    usable = [item for item in items[:MOST_ENTRIES] if isinstance(item, dict)]
    if len(usable) < len(items[:MOST_ENTRIES]):
        problems.append("an item that is no object")
    entries = make_entries(usable, partial(_json_entry, base=url, now=now, zone=zone, problems=problems), problems)
    return ParsedList(
        kind="json feed",
        title=plain_text(data.get("title"), markup=False),
        entries=entries,
        problems=deduplicated(problems),
    )


def _json_entry(
    item: dict[str, Any], base: str, now: datetime | None, zone: str, problems: list[str]
) -> ListEntry:  # fmt: skip
    """https://www.jsonfeed.org/version/1.1/: an item's `id` is a string; numbers are to be read as strings."""
    raw = item.get("date_published") or item.get("date_modified")
    raw = raw if isinstance(raw, str) else None
    guid = item.get("id")
    text = item.get("content_text")
    content = item.get("content_html")
    if not isinstance(content, str) and isinstance(text, str):
        content = "".join(f"<p>{html.escape(part)}</p>" for part in text[:LARGEST_TEXT].split("\n\n"))
    authors = item.get("authors") or [item.get("author")]
    author = authors[0] if isinstance(authors, list) and authors else None
    summary = item.get("summary")
    return ListEntry(
        url=web_link(item.get("url") or item.get("external_url"), base, problems),
        guid=storable_text(str(guid)) if isinstance(guid, str | int | float) and guid != "" else None,
        title=plain_text(item.get("title"), markup=False),
        published=published_as_told(raw, None, now=now, zone=zone, problems=problems),
        summary=storable_text(summary[:LARGEST_TEXT]) if isinstance(summary, str) and summary else None,
        content_html=storable_text(content[:LARGEST_TEXT]) if isinstance(content, str) and content else None,
        author=plain_text(author.get("name"), markup=False) if isinstance(author, dict) else None,
    )


def _kind(version: str) -> str:
    if version.startswith("atom"):
        return "atom"
    return KINDS.get(version, "rss" if version.startswith("rss") or not version else version)
