"""Reading a source's list: fetch it, tell whether it changed, and read what it names. Stores nothing."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from jobs.ingest import store
from tracker.archive import urls
from tracker.archive.http.gate import Fetched, Refused, Validators
from tracker.archive.http.responses import max_age
from tracker.archive.ledger.documents import Listed, Look
from tracker.archive.lists.feed import Entry, Listing
from tracker.archive.lists.rules import read_list, rules_of
from tracker.archive.models import Source, SourceKind, State
from tracker.errors import TrackerError
from tracker.world import World

SLOW_S = 20.0
"""A list for which its server takes longer is slow. Waiting for the host's turn is ours and doesn't count."""
NOT_MODIFIED = 304
BELIEVED = timedelta(days=1)
"""How long a server's word that nothing changed is taken; then the list is read in full once."""
MOST_CHILDREN = 5
"""Sitemaps of an index that are read in one look, the newest first."""
LISTS = "application/rss+xml,application/atom+xml,application/feed+json,application/json;q=0.9,application/xml;q=0.9,*/*;q=0.8"


@dataclass(frozen=True, slots=True)
class Seen:
    """A source's list as it was found: the look, and the entries by their identity, in the list's order."""

    look: Look
    entries: Mapping[str, Entry] = field(default_factory=dict)
    listing: Listing | None = None
    fetched: Fetched | None = None


def at_list(world: World, source: Source) -> Seen:
    """Fetch and read the list of a source that is asked over HTTP. Never raises for what the web does."""
    started = world.now()
    try:
        fetched = world.gate.get(
            source.address or "",
            validators=_validators(source, started),
            accept=None if source.kind == SourceKind.LISTING else LISTS,
            deadline_s=source.options.get("timeout_s"),
        )
    except Refused as error:
        return Seen(store.refused(started, error))
    look = replace(store.looked(started, fetched), max_age_s=max_age(fetched.headers))
    if look.detail:
        look = replace(look, state=State.MOVED)
    elif fetched.seconds > SLOW_S:
        look = replace(look, state=State.SLOW, detail=f"took {fetched.seconds:.0f} s to answer")
    if fetched.status == NOT_MODIFIED:
        return Seen(_unchanged(look), fetched=fetched)
    try:
        return _read(world, source, fetched, look)
    except TrackerError as error:
        return Seen(replace(look, state=State.NOT_A_FEED, detail=str(error)), fetched=fetched)


def item_of(entry: Entry) -> str:
    """An entry's identity in its source: its normalised address, else its guid, else its title."""
    if entry.url:
        return urls.normal(entry.url)
    return f"guid:{entry.guid}" if entry.guid else f"title:{entry.title}"


def identified(entries: tuple[Entry, ...], *, inline: bool) -> dict[str, Entry]:
    """Entries by their identity; of several with one identity the first, which is the newest in every feed we know.

    Where the text comes with the list, entries that share an address but not their name are different texts.
    """
    found: dict[str, Entry] = {}
    for entry in entries:
        item = item_of(entry)
        other = found.get(item)
        if other is not None and inline and (entry.title, entry.guid) != (other.title, other.guid) and entry.guid:
            item = f"{item} guid:{entry.guid}"
        found.setdefault(item, entry)
    return found


def has_pages(source: Source) -> bool:
    """Whether the texts of a source stand on pages of their own (and not in its list)."""
    return bool(source.options.get("full_text", True))


def _read(world: World, source: Source, fetched: Fetched, look: Look) -> Seen:
    how = rules_of(source.kind.value, source.options, source.timezone)
    digest = hashlib.sha256(fetched.body)
    listing = None
    if digest.hexdigest() == source.listing_sha256:
        return Seen(_unchanged(_in_full(look, fetched, source.listing_sha256)), fetched=fetched)
    listing = read_list(
        fetched.body, how, content_type=store.header(fetched, "content-type"), url=fetched.final_url, now=world.now()
    )
    if listing.children:
        listing = _children(world, source, listing, digest)
        look = _in_full(look, None, digest.hexdigest())
    else:
        look = _in_full(look, fetched, digest.hexdigest())
    if look.listed is not None and look.listed.sha256 == source.listing_sha256:
        return Seen(_unchanged(look), listing=listing, fetched=fetched)
    entries = identified(listing.entries, inline=not has_pages(source))
    dates = [entry.published for entry in entries.values() if entry.published is not None]
    detail = "; ".join(part for part in (look.detail, *listing.problems[:3]) if part) or None
    return Seen(replace(look, newest=max(dates, default=None), detail=detail), entries, listing, fetched)


def _children(world: World, source: Source, index: Listing, digest: "hashlib._Hash") -> Listing:
    """The entries of the newest sitemaps an index names; one that can't be had is a problem, not the end."""
    how = rules_of(source.kind.value, source.options, source.timezone)
    entries: list[Entry] = []
    problems = list(index.problems)
    for address in index.children[:MOST_CHILDREN]:
        try:
            fetched = world.gate.get(address, accept=LISTS, deadline_s=source.options.get("timeout_s"))
            kind = store.header(fetched, "content-type")
            child = read_list(fetched.body, how, content_type=kind, url=fetched.final_url, now=world.now())
        except TrackerError as error:
            problems.append(str(error))
            continue
        digest.update(fetched.body)
        entries += child.entries
        problems += child.problems
    if len(index.children) > MOST_CHILDREN:
        problems.append(f"the {MOST_CHILDREN} newest of {len(index.children)} sitemaps were read")
    return replace(index, entries=tuple(entries), problems=tuple(dict.fromkeys(problems)))


def _validators(source: Source, now: datetime) -> Validators:
    if source.full_at is None or now - source.full_at > BELIEVED:
        return Validators()
    return Validators(etag=source.etag, last_modified=source.last_modified)


def _in_full(look: Look, fetched: Fetched | None, sha256: str) -> Look:
    etag = store.header(fetched, "etag") if fetched else None
    modified = store.header(fetched, "last-modified") if fetched else None
    return replace(look, listed=Listed(sha256, etag, modified))


def _unchanged(look: Look) -> Look:
    return replace(look, state=State.UNCHANGED) if look.state is State.OK else look
