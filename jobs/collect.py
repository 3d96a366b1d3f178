"""Collect: look at the sources that are due, take in what they publish, and keep the evidence.

Nothing is fetched inside a transaction. Each document is one transaction of its own: kept whole or not at all. A source
that fails is written down and looked at later; it never stops another.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urljoin

import structlog

from jobs import extract, intake
from tracker import runs
from tracker.archive import given, ledger, queries, urls
from tracker.archive.fetch import Fetched, Refused, Validators
from tracker.archive.given import BadGiven
from tracker.archive.ledger import Look
from tracker.archive.listing import Entry, read_listing
from tracker.archive.models import Document, Source, SourceKind, State
from tracker.errors import TrackerError
from tracker.world import World

log = structlog.get_logger("collect")

SLOW_S = 20.0
LEASE_S = 900.0
NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one look at one source gave."""

    source_id: str
    state: str
    new_documents: int = 0
    new_claims: int = 0
    detail: str = ""


def run(world: World, only: Sequence[str] = (), *, everything: bool = False) -> list[Outcome]:
    """Look at every source that is due (or at those named, or at all), several at once; one outcome for each."""
    with world.database.reading() as session:
        sources = queries.due(session, world.now(), only, everything=everything)
    with ThreadPoolExecutor(max_workers=world.settings.fetch.workers, thread_name_prefix="collect") as pool:
        return list(pool.map(lambda source: collect(world, source), sources))


def collect(world: World, source: Source) -> Outcome:
    """Look at one source, through to its claims and what is owed for them."""
    lease = f"source:{source.id}"
    with world.database.transaction() as session:
        fence = runs.take(session, world.now(), lease, world.name, LEASE_S)
    if fence is None:
        return Outcome(source.id, "already running", detail="somebody else is looking at this source")
    try:
        outcome = _look(world, source)
        claims, broken = extract.read_source(world, source.id)
        detail = "; ".join(part for part in (outcome.detail, f"{broken} unreadable" if broken else "") if part)
        return replace(outcome, new_claims=claims, detail=detail)
    except Exception as error:
        # A source may break in a way nobody has seen: it is shown as an error on its row, the others go on.
        log.exception("source failed", source=source.id)
        look = Look(at=world.now(), state=State.ERROR, detail=f"unexpected: {error.__class__.__name__}")
        with world.database.transaction() as session:
            ledger.note_source(session, look, source.id, 0)
        return Outcome(source.id, look.state.value, detail=look.detail or "")
    finally:
        with world.database.transaction() as session:
            runs.give_back(session, world.now(), lease, world.name)


def _look(world: World, source: Source) -> Outcome:
    look, new = _folder(world, source) if source.kind == SourceKind.FOLDER else _feed(world, source)
    with world.database.transaction() as session:
        changed = ledger.note_source(session, look, source.id, new)
    if changed:
        log.info("state changed", source=source.id, state=look.state.value, detail=look.detail)
    return Outcome(source.id, look.state.value, new, 0, look.detail or "")


def _folder(world: World, source: Source) -> tuple[Look, int]:
    """Take in the new files of a watched folder; a file that can't be read is named and passed over."""
    new = 0
    problems: list[str] = []
    try:
        paths = list(given.files(Path(source.address or "")))
    except BadGiven as error:
        return Look(at=world.now(), state=State.GONE, detail=str(error)), 0
    for path in paths:
        try:
            document = replace(given.from_file(path), item=path.name)
        except BadGiven as error:
            problems.append(str(error))
            continue
        new += intake.take_in(world, source, document) is not None
    state = State.OK if new else State.UNCHANGED
    return Look(at=world.now(), state=state, detail="; ".join(problems[:3]) or None), new


def _feed(world: World, source: Source) -> tuple[Look, int]:
    """Read a feed and fetch what it lists."""
    if source.kind != SourceKind.FEED:
        detail = f"sources of the kind {source.kind.value!r} can't be collected yet"
        return Look(at=world.now(), state=State.ERROR, detail=detail), 0
    started = world.now()
    try:
        validators = Validators(etag=source.etag, last_modified=source.last_modified)
        fetched = world.gate.get(source.address or "", validators=validators)
    except Refused as error:
        return intake.refused(started, error), _fetch_listed(world, source, {})
    look = intake.looked(started, fetched)
    digest = hashlib.sha256(fetched.body).hexdigest()
    if fetched.status == NOT_MODIFIED or digest == source.listing_sha256:
        return replace(look, state=State.UNCHANGED), _fetch_listed(world, source, {})
    try:
        listing = read_listing(fetched.body, content_type=intake.header(fetched, "content-type"), url=fetched.final_url)
    except TrackerError as error:
        return replace(look, state=State.NOT_A_FEED, detail=str(error)), 0
    entries = {_item(entry, fetched): entry for entry in listing.entries if _wanted(source, entry)}
    _note_listed(world, source, fetched, digest, entries)
    new = _fetch_listed(world, source, entries)
    state = State.SLOW if fetched.seconds > SLOW_S else look.state
    return replace(look, state=state, detail="; ".join(listing.problems[:3]) or look.detail), new


def _note_listed(world: World, source: Source, fetched: Fetched, digest: str, entries: Mapping[str, Entry]) -> None:
    """Write down what the listing names, so that nothing is lost when the fetching is cut short."""
    listed = list(entries.items())[: world.settings.fetch.max_items]
    with world.database.transaction() as session:
        for item, entry in reversed(listed):
            ledger.see(session, world.now(), _values(source, item, entry, fetched))
        etag, modified = intake.header(fetched, "etag"), intake.header(fetched, "last-modified")
        ledger.remember_validators(session, source.id, etag, modified, digest)


def _fetch_listed(world: World, source: Source, entries: Mapping[str, Entry]) -> int:
    """Fetch the documents of a source that were listed and not kept yet; how many came in."""
    with world.database.reading() as session:
        pending = queries.unfetched(session, world.now(), source.id, world.settings.fetch.max_items)
    return sum(_fetch(world, source, document, entries.get(document.item)) for document in pending)


def _fetch(world: World, source: Source, document: Document, entry: Entry | None) -> bool:
    """Fetch one listed document, or take the text that came with the listing; False when it could not be had."""
    started = world.now()
    inline = _inline(source, document, entry)
    try:
        if inline is not None:
            return intake.keep_page(world, document, inline, Look(at=started, state=State.OK, size=len(inline.body)))
        page, look = intake.fetch_page(world, document.url or "")
    except Refused as error:
        with world.database.transaction() as session:
            ledger.note_document(session, intake.refused(started, error), document.id)
        return False
    return intake.keep_page(world, document, page, look)


def _inline(source: Source, document: Document, entry: Entry | None) -> intake.Page | None:
    """The text that stands in the listing itself, where the source is set so or there is no page to fetch."""
    if entry is None or (document.url and source.options.get("full_text", True)):
        return None
    content = entry.content_html or entry.summary or entry.title or ""
    html = f"<html><body><article><p>{content}</p></article></body></html>"
    return intake.Page(html.encode("utf-8", "replace"), "text/html; charset=utf-8", document.url)


def _wanted(source: Source, entry: Entry) -> bool:
    pattern = source.options.get("link_pattern")
    return not pattern or bool(entry.url and re.search(pattern, entry.url))


def _item(entry: Entry, fetched: Fetched) -> str:
    """An entry's identity in its source: its normalised address, else its guid, else its title."""
    if entry.url:
        return urls.normal(urljoin(fetched.final_url, entry.url))
    return f"guid:{entry.guid}" if entry.guid else f"title:{entry.title}"


def _values(source: Source, item: str, entry: Entry, fetched: Fetched) -> dict[str, object]:
    return {
        "source_id": source.id,
        "item": item,
        "url": urljoin(fetched.final_url, entry.url) if entry.url else None,
        "outlet": source.outlet or source.name,
        "title": entry.title,
        "published_raw": entry.published_raw,
        "published_at": entry.published,
        "published_precision": "time" if entry.published else None,
        "language": source.language,
    }
