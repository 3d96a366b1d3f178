"""Links on a web page as a listing: which ones count, what they are called and when they were published. Pure."""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any

from tracker.archive.lists import url_dates
from tracker.archive.lists.entries import (
    MOST_ENTRIES,
    ListEntry,
    ParsedList,
    UnreadableList,
    believable,
    deduplicated,
    make_entries,
    plain_text,
    storable_text,
    web_link,
)
from tracker.archive.published import Precision, PublishedDate
from tracker.archive.urls import normal

LARGEST_ITEM = 3000  # characters of the block around a link; a larger one is not about this link alone
FEED_TYPES = {"application/rss+xml", "application/atom+xml", "application/feed+json"}
LONGEST_LINK = 2000
MOST_LINKS = 20_000
MOST_ANCHORS = 8  # links to one page that are looked at for its title and date


def parse_page(body: bytes, content_type: str | None) -> Any:  # noqa: ANN401 - lxml ships no types
    """A web page as a tree, by the rules of browsers for its charset. Raises `UnreadableList`."""
    from lxml import etree
    from lxml import html as lxml_html
    from w3lib.encoding import html_to_unicode

    text = str(html_to_unicode(content_type, body, default_encoding="utf-8")[1]).replace("\x00", "\ufffd")
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        tree = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise UnreadableList(f"not a page: it can't be read ({type(error).__name__})") from error
    return tree


def select_elements(tree: Any, selector: str) -> list[Any]:  # noqa: ANN401 - lxml ships no types
    """The elements of a tree that a CSS selector means."""
    from lxml.cssselect import CSSSelector

    return list(CSSSelector(selector, translator="html")(tree))


def select_part(body: bytes, content_type: str | None, selector: str) -> tuple[bytes, str | None, str | None]:
    """A page with its head and only the parts a CSS selector means, its kind, and the rule that says so.

    A page on which the selector means nothing stays whole, and the rule says that. Raises `UnreadableList`.
    """
    from lxml import etree

    if "html" not in (content_type or "text/html").lower():
        return body, content_type, None
    tree = parse_page(body, content_type)
    parts = select_elements(tree, selector)
    if not parts:
        return body, content_type, f"{selector!r} is not on the page"
    outer = [part for part in parts if not any(above in parts for above in part.iterancestors())]
    head = tree.find("head")
    inside = b"".join(etree.tostring(part, encoding="utf-8", method="html", with_tail=False) for part in outer)
    front = etree.tostring(head, encoding="utf-8", method="html", with_tail=False) if head is not None else b""
    language = f' lang="{tree.get("lang")}"' if re.fullmatch(r"[A-Za-z-]{2,20}", tree.get("lang") or "") else ""
    whole = f"<html{language}>".encode() + front + b"<body><article>" + inside + b"</article></body></html>"
    return whole, "text/html; charset=utf-8", f"within {selector!r}"


def read_links(
    body: bytes,
    *,
    content_type: str | None,
    url: str,
    now: datetime | None = None,
    pattern: re.Pattern[str] | None = None,
    selector: str | None = None,
    zone: str = "UTC",
) -> ParsedList:
    """The links of a page that meet `pattern`, or stand in what the CSS `selector` means, each page once.

    A link's date is that of the `<time>` or the written date in the largest block that is about it alone; a time without
    its zone is one of `zone`. Raises `UnreadableList` when there is no such link: a page that was redesigned must not look
    like a day without news.
    """
    if not body.strip():
        raise UnreadableList("not a listing: the answer is empty")
    tree = parse_page(body, content_type)
    base = _base(tree, url)
    roots = select_elements(tree, selector) if selector else [tree]
    problems: list[str] = []
    found: dict[str, list[Any]] = {}
    addresses: dict[str, str] = {}
    for anchor in islice((link for root in roots for link in _anchors(root)), MOST_LINKS):
        href = anchor.get("href")
        if not href or href.startswith(("#", "javascript:", "mailto:", "tel:", "data:")):
            continue
        target = web_link(href, base, problems)
        if target is None or len(target) > LONGEST_LINK or (pattern and not pattern.search(target)):
            continue
        name = normal(target)
        addresses.setdefault(name, target)
        anchors = found.setdefault(name, [])
        if len(anchors) < MOST_ANCHORS and anchor not in anchors:
            anchors.append(anchor)
    if not found:
        what = f"meets the pattern {pattern.pattern!r}" if pattern else f"stands in {selector!r}"
        raise UnreadableList(f"not a feed: no link on the page {what}; was the site redesigned?")
    items = list(found.items())[:MOST_ENTRIES]
    every = {id(anchor): name for name, anchors in found.items() for anchor in anchors}
    entries = make_entries(items, partial(_entry, addresses=addresses, names=every, now=now, zone=zone), problems)
    title = tree.findtext(".//title")
    return ParsedList(
        kind="listing", title=plain_text(title, markup=False), entries=entries, problems=deduplicated(problems)
    )


def feeds_linked(body: bytes, *, content_type: str | None, url: str) -> tuple[str, ...]:
    """The feeds a page names in its head."""
    try:
        tree = parse_page(body, content_type)
    except UnreadableList:
        return ()
    base, problems = _base(tree, url), list[str]()
    hrefs = [link.get("href") for link in tree.iter("link") if (link.get("type") or "").lower() in FEED_TYPES]
    targets = [web_link(href, base, problems) for href in hrefs if href]
    return tuple(dict.fromkeys(target for target in targets if target))


def _anchors(root: Any) -> Iterator[Any]:  # noqa: ANN401 - lxml ships no types
    if root.tag == "a":
        yield root
    else:
        around = next(root.iterancestors("a"), None)
        if around is not None:
            yield around
        yield from root.iter("a")


def _base(tree: Any, url: str) -> str:  # noqa: ANN401 - lxml ships no types
    given = next((element.get("href") for element in tree.iter("base") if element.get("href")), None)
    return (web_link(given, url, []) if given else None) or url


def _entry(
    item: tuple[str, list[Any]], addresses: dict[str, str], names: dict[int, str], now: datetime | None, zone: str
) -> ListEntry:
    name, anchors = item
    blocks = [_block(anchor, name, names) for anchor in anchors]
    raw: str | None = None
    when: datetime | None = None
    precision: Precision = "day"
    for block in blocks:
        raw, when, precision = _date(block, zone)
        if raw:
            break
    titles = [title for title in (_words(anchor) for anchor in anchors) if title]
    headings = [_words(heading) for block in blocks for heading in block.iter("h1", "h2", "h3", "h4", "h5")]
    title = next((heading for heading in headings if heading), None) or max(titles, key=len, default=None)
    return ListEntry(
        url=addresses[name],
        guid=None,
        title=title or plain_text(anchors[0].get("title") or anchors[0].get("aria-label"), markup=False),
        published=PublishedDate.told(storable_text(raw) if raw else None, believable(when, now), precision),
        summary=None,
        content_html=None,
    )


def _block(anchor: Any, name: str, names: dict[int, str]) -> Any:  # noqa: ANN401 - lxml ships no types
    """The largest element around a link that holds no link to another entry."""
    block = anchor
    for outer in anchor.iterancestors():
        if outer.tag in {"body", "html"} or any(names.get(id(other), name) != name for other in outer.iter("a")):
            break
        if len(outer.text_content()) > LARGEST_ITEM:
            break
        block = outer
    return block


def _date(block: Any, zone: str) -> tuple[str | None, datetime | None, Precision]:  # noqa: ANN401 - lxml ships no types
    for element in block.iter("time"):
        raw = element.get("datetime") or element.text_content()
        when = url_dates.by_format(raw, None, zone)
        if when is not None:
            return raw.strip(), when, "time" if ":" in raw else "day"
    found = url_dates.written_date(block.text_content())
    return (found[0], found[1], "day") if found else (None, None, "day")


def _words(element: Any) -> str | None:  # noqa: ANN401 - lxml ships no types
    return plain_text(element.text_content()[:1000], markup=False)
