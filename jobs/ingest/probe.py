"""A trial of one source or address: what it would give, with nothing stored."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jobs.ingest import lists, store
from tracker.archive import supplied
from tracker.archive.http.gate import HttpResponse, Refused
from tracker.archive.http.responses import header
from tracker.archive.lists.entries import ListEntry, ParsedList, UnreadableList
from tracker.archive.lists.html_links import feeds_linked, read_links
from tracker.archive.lists.rules import ListRules, read_list
from tracker.archive.models import Source, SourceKind
from tracker.archive.supplied import InvalidDocument
from tracker.archive.text.extracted import ExtractedText
from tracker.archive.urls import on_the_web, same_site
from tracker.errors import TrackerError
from tracker.world import World

SHOWN = 5
FEWEST_LINKS = 4
"""So many links of one form make a listing worth proposing."""


def run(world: World, which: str) -> Iterator[str]:
    """Lines that tell what the source (by id) or address gives: state, entries, dates, length of text.

    Raises `TrackerError` when there is no such source.
    """
    if on_the_web(which):
        yield from _address(world, which)
        return
    with world.database.reading() as session:
        source = session.get(Source, which)
    if source is None or source.address is None:
        raise TrackerError(f"there is no source {which!r} (`tracker sources list` names them; or give an address)")
    if source.kind == SourceKind.FOLDER:
        yield from _folder(Path(source.address))
    else:
        yield from _source(world, source)


def _source(world: World, source: Source) -> Iterator[str]:
    """A configured source, by its own rules; read as if it had never been read."""
    source = without_history(source)
    seen = lists.fetch_list(world, source)
    if seen.response is not None:
        yield _answer(seen.response)
    if seen.listing is None:
        yield f"{seen.fetch.state.value}: {seen.fetch.detail or ''}"
        return
    yield _count(seen.listing, len(seen.entries))
    for entry in list(seen.entries.values())[:SHOWN]:
        yield from _entry(world, entry, source.options, inline=not lists.has_pages(source))


def without_history(source: Source) -> Source:
    """The source without what is remembered of it, so that its list is read in full; not bound to any session."""
    values = {**source.model_dump(), "etag": None, "last_modified": None, "listing_sha256": None, "full_at": None}
    return Source(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What an address turned out to be, and how it would be configured: `kind` is None where nothing there lists anything."""

    response: HttpResponse
    kind: SourceKind | None
    url: str
    link_pattern: str | None = None
    feeds: tuple[str, ...] = ()
    """The feeds that a page names; `url` is the first."""
    listing: ParsedList | None = None


def propose(world: World, url: str) -> Proposal:
    """Look at an address that nobody has configured. Raises `Refused` where it gives no answer."""
    response = world.gate.get(url)
    for kind in (SourceKind.FEED, SourceKind.SITEMAP):
        listing = _try(response, ListRules(kind=kind.value), world)
        if listing is not None and (listing.entries or listing.children):
            return Proposal(response=response, kind=kind, url=url, listing=listing)
    if _begins_like_json(response.body):
        return Proposal(response=response, kind=SourceKind.JSON, url=url)
    told = header(response.headers, "content-type")
    feeds = tuple(feeds_linked(response.body, content_type=told, url=response.final_url))
    if feeds:
        return Proposal(response=response, kind=SourceKind.FEED, url=feeds[0], feeds=feeds)
    pattern = _pattern(response)
    if pattern is None:
        return Proposal(response=response, kind=None, url=url)
    listing = _try(response, ListRules(kind="listing", link_pattern=pattern), world)
    return Proposal(response=response, kind=SourceKind.LISTING, url=url, link_pattern=pattern, listing=listing)


def _address(world: World, url: str) -> Iterator[str]:
    """An address nobody has configured yet: what it is, and how it would be configured."""
    try:
        found = propose(world, url)
    except Refused as error:
        yield f"{error.state}: {error}"
        return
    yield _answer(found.response)
    if found.kind in {SourceKind.FEED, SourceKind.SITEMAP} and found.listing is not None:
        yield f'kind = "{found.kind.value}"'
        yield _count(found.listing, len(found.listing.entries))
        for child in found.listing.children[:SHOWN]:
            yield f"- further sitemap: {child}"
        for entry in found.listing.entries[:SHOWN]:
            yield from _entry(world, entry, {})
    elif found.kind is SourceKind.JSON:
        yield 'kind = "json": say in `paths` where its items, and in each its url, title and date stand'
    else:
        yield from _web_page(world, found)


def _web_page(world: World, found: Proposal) -> Iterator[str]:
    """A page: its feeds, else the links that look like a listing, else its own text."""
    yield "not a feed but a web page"
    for feed in found.feeds:
        yield f'it names a feed: kind = "feed", url = "{feed}"'
    if found.link_pattern is not None:
        yield f'its links make a listing: kind = "listing", link_pattern = {_toml(found.link_pattern)}'
        for entry in found.listing.entries[:SHOWN] if found.listing else ():
            yield from _entry(world, entry, {})
    response = found.response
    page = store.RawDocument(
        body=response.body, content_type=header(response.headers, "content-type"), url=response.final_url
    )
    yield f"the page itself: {_page(store.extract(page))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedItem:
    """One entry of a source's list: as it is named there, its date in words, its address."""

    title: str | None
    published: str
    address: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePreview:
    """What a source's list gives, and what the page of its first entry reads like; nothing of it is stored."""

    answer: str | None
    problem: str | None
    entries: int
    items: tuple[ListedItem, ...]
    first: str | None


def preview(world: World, source: Source) -> SourcePreview:
    """Look at a source by its own rules, as if it had never been read: its first items, and the text of the first."""
    source = without_history(source)
    seen = lists.fetch_list(world, source)
    answer = _answer(seen.response) if seen.response is not None else None
    if seen.listing is None:
        problem = f"{seen.fetch.state.value}: {seen.fetch.detail or 'no reason told'}"
        return SourcePreview(answer=answer, problem=problem, entries=0, items=(), first=None)
    shown = list(seen.entries.values())[:SHOWN]
    first = list(_entry(world, shown[0], source.options, inline=not lists.has_pages(source))) if shown else []
    return SourcePreview(
        answer=answer,
        problem="; ".join(seen.listing.problems[:3]) or None,
        entries=len(seen.entries),
        items=tuple(ListedItem(title=one.title, published=_when(one), address=one.url or one.guid) for one in shown),
        first=first[-1].strip() if first else None,
    )


def _pattern(response: HttpResponse) -> str | None:
    """The form that most links of a page to its own site share, as a regular expression; None when few do."""
    kind = header(response.headers, "content-type")
    try:
        everything = read_links(
            response.body, content_type=kind, url=response.final_url, pattern=re.compile("^http"), selector=None
        )
    except UnreadableList:
        return None
    forms: Counter[str] = Counter()
    for entry in everything.entries:
        if entry.url and same_site(entry.url, response.final_url):
            parts = [part for part in urlsplit(entry.url).path.split("/") if part]
            if len(parts) > 1 and len(parts[-1]) > 12:  # noqa: PLR2004 - a slug, not a section
                forms["/".join("\\d+" if part.isdecimal() else re.escape(part) for part in parts[:-1])] += 1
    best = forms.most_common(1)
    return f"/{best[0][0]}/[^/?#]+" if best and best[0][1] >= FEWEST_LINKS else None


def _try(response: HttpResponse, rules: ListRules, world: World) -> ParsedList | None:
    try:
        return read_list(
            response.body,
            rules,
            content_type=header(response.headers, "content-type"),
            url=response.final_url,
            now=world.now(),
        )
    except TrackerError:
        return None


def _entry(world: World, entry: ListEntry, options: Mapping[str, Any], *, inline: bool = False) -> Iterator[str]:
    yield f"- {entry.title or 'no title'} | {_when(entry)} | {entry.url or entry.guid or 'no address'}"
    if inline or entry.url is None:
        text = store.inline_document(entry.url, entry, None)
        yield f"  {_page(store.extract(text))}" if text else "  no text in the list"
        return
    try:
        found, _look = store.fetch_document(world, entry.url, options)
    except Refused as error:
        yield f"  {error.state}: {error}"
        return
    yield f"  {_page(store.extract(found))}"


def _when(entry: ListEntry) -> str:
    told = entry.published
    return told.at.isoformat() if told.at else f"no date ({told.raw or 'none told'})"


def _page(extracted: ExtractedText) -> str:
    if extracted.unreadable:
        return f"unreadable: {extracted.unreadable}"
    when = extracted.published.at.date().isoformat() if extracted.published.at else "no date"
    return f"text: {len(extracted.text)} characters by {extracted.rule}, {extracted.language or 'language unknown'}, {when}"


def _answer(response: HttpResponse) -> str:
    moved = f", by way of {len(response.hops) - 1} redirects from {response.url}" if len(response.hops) > 1 else ""
    return (
        f"answer: {response.status} after {response.seconds:.1f} s, {len(response.body)} bytes, "
        f"{response.robots} ({response.final_url}{moved})"
    )


def _count(listing: ParsedList, counting: int) -> str:
    return f"{listing.kind}: {counting} entries" + "".join(f"; {problem}" for problem in listing.problems[:3])


def _begins_like_json(body: bytes) -> bool:
    return body.lstrip(b" \t\r\n\xef\xbb\xbf")[:1] in {b"{", b"["}


def _toml(text: str) -> str:
    return f"'{text}'" if "'" not in text else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _folder(folder: Path) -> Iterator[str]:
    try:
        paths = list(supplied.list_files(folder))
    except InvalidDocument as error:
        yield f"gone: {error}"
        return
    yield f"folder: {len(paths)} files"
    for path in paths[:SHOWN]:
        try:
            document = supplied.from_file(path)
        except InvalidDocument as error:
            yield f"- {error}"
            continue
        read = store.extract(
            store.RawDocument(body=document.body, content_type=document.content_type, url=document.url)
        )
        yield f"- {path.name} | {_page(read)}"
