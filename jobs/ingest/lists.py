"""Reading a source's list: fetch it, tell whether it changed, and read what it names. Stores nothing."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from jobs.ingest import store
from tracker.archive import urls
from tracker.archive.http.gate import HttpResponse, Refused, Validators
from tracker.archive.http.responses import NOT_MODIFIED, header, max_age
from tracker.archive.lists.entries import ListEntry, ParsedList
from tracker.archive.lists.rules import read_list, rules_of
from tracker.archive.models import Source, SourceKind, State
from tracker.archive.types import FetchResult
from tracker.errors import TrackerError
from tracker.world import World

SLOW_S = 20.0
"""A list for which its server takes longer is slow. Waiting for the host's turn is ours and doesn't count."""
FULL_READ_AFTER = timedelta(days=1)
"""How long a server's word that nothing changed is taken; then the list is read in full once."""
MAX_CHILD_SITEMAPS = 5
"""Sitemaps of an index that are read in one fetch, the newest first."""
ACCEPT_LISTS = (
    "application/rss+xml,application/atom+xml,application/feed+json,"
    "application/json;q=0.9,application/xml;q=0.9,*/*;q=0.8"
)


@dataclass(frozen=True, slots=True)
class ListResult:
    """A source's list as it was found: how the fetch went, and the entries by their identity, in the list's order."""

    fetch: FetchResult
    entries: Mapping[str, ListEntry] = field(default_factory=dict)
    listing: ParsedList | None = None
    response: HttpResponse | None = None


def fetch_list(world: World, source: Source) -> ListResult:
    """Fetch and read the list of a source that is asked over HTTP. Never raises for what the web does."""
    started = world.now()
    try:
        response = world.gate.get(
            source.address or "",
            validators=_validators(source, started),
            accept=None if source.kind == SourceKind.LISTING else ACCEPT_LISTS,
            deadline_s=source.options.get("timeout_s"),
        )
    except Refused as error:
        return ListResult(store.result_of_refusal(started, error))
    fetch = replace(store.result_of_response(started, response), max_age_s=max_age(response.headers))
    if fetch.detail:
        fetch = replace(fetch, state=State.MOVED)
    elif response.seconds > SLOW_S:
        fetch = replace(fetch, state=State.SLOW, detail=f"took {response.seconds:.0f} s to answer")
    if response.status == NOT_MODIFIED:
        return ListResult(_unchanged(fetch), response=response)
    try:
        return _read(world, source, response, fetch)
    except TrackerError as error:
        return ListResult(replace(fetch, state=State.NOT_A_FEED, detail=str(error)), response=response)


def identity_of(entry: ListEntry) -> str:
    """An entry's identity in its source: its normalised address, else its guid, else its title."""
    if entry.url:
        return urls.normal(entry.url)
    return f"guid:{entry.guid}" if entry.guid else f"title:{entry.title}"


def by_identity(entries: tuple[ListEntry, ...], *, inline: bool) -> dict[str, ListEntry]:
    """Entries by their identity; of several with one identity the first, which is the newest in every feed we know.

    Where the text comes with the list, entries that share an address but not their name are different texts.
    """
    found: dict[str, ListEntry] = {}
    for entry in entries:
        item = identity_of(entry)
        other = found.get(item)
        if other is not None and inline and (entry.title, entry.guid) != (other.title, other.guid) and entry.guid:
            item = f"{item} guid:{entry.guid}"
        found.setdefault(item, entry)
    return found


def has_pages(source: Source) -> bool:
    """Whether the texts of a source stand on pages of their own (and not in its list)."""
    return bool(source.options.get("full_text", True))


def _read(world: World, source: Source, response: HttpResponse, fetch: FetchResult) -> ListResult:
    how = rules_of(source.kind.value, source.options, source.timezone)
    digest = hashlib.sha256(response.body)
    listing = None
    if digest.hexdigest() == source.listing_sha256:
        return ListResult(_unchanged(_in_full(fetch, response, source.listing_sha256)), response=response)
    listing = read_list(
        response.body,
        how,
        content_type=header(response.headers, "content-type"),
        url=response.final_url,
        now=world.now(),
    )
    if listing.children:
        listing = _children(world, source, listing, digest)
        fetch = _in_full(fetch, None, digest.hexdigest())
    else:
        fetch = _in_full(fetch, response, digest.hexdigest())
    if fetch.list_sha256 == source.listing_sha256:
        return ListResult(_unchanged(fetch), listing=listing, response=response)
    entries = by_identity(listing.entries, inline=not has_pages(source))
    dates = [entry.published.at for entry in entries.values() if entry.published.at is not None]
    detail = "; ".join(part for part in (fetch.detail, *listing.problems[:3]) if part) or None
    return ListResult(replace(fetch, newest=max(dates, default=None), detail=detail), entries, listing, response)


def _children(world: World, source: Source, index: ParsedList, digest: "hashlib._Hash") -> ParsedList:
    """The entries of the newest sitemaps an index names; one that can't be had is a problem, not the end."""
    how = rules_of(source.kind.value, source.options, source.timezone)
    entries: list[ListEntry] = []
    problems = list(index.problems)
    for address in index.children[:MAX_CHILD_SITEMAPS]:
        try:
            response = world.gate.get(address, accept=ACCEPT_LISTS, deadline_s=source.options.get("timeout_s"))
            kind = header(response.headers, "content-type")
            child = read_list(response.body, how, content_type=kind, url=response.final_url, now=world.now())
        except TrackerError as error:
            problems.append(str(error))
            continue
        digest.update(response.body)
        entries += child.entries
        problems += child.problems
    if len(index.children) > MAX_CHILD_SITEMAPS:
        problems.append(f"the {MAX_CHILD_SITEMAPS} newest of {len(index.children)} sitemaps were read")
    return replace(index, entries=tuple(entries), problems=tuple(dict.fromkeys(problems)))


def _validators(source: Source, now: datetime) -> Validators:
    if source.full_at is None or now - source.full_at > FULL_READ_AFTER:
        return Validators()
    return Validators(etag=source.etag, last_modified=source.last_modified)


def _in_full(fetch: FetchResult, response: HttpResponse | None, sha256: str) -> FetchResult:
    etag = header(response.headers, "etag") if response else None
    modified = header(response.headers, "last-modified") if response else None
    return replace(fetch, list_sha256=sha256, etag=etag, last_modified=modified)


def _unchanged(fetch: FetchResult) -> FetchResult:
    return replace(fetch, state=State.UNCHANGED) if fetch.state is State.OK else fetch
