"""A trial of one source: what it would give, with nothing stored."""

from collections.abc import Iterator
from pathlib import Path

from jobs import intake
from tracker.archive import given
from tracker.archive.fetch import Refused
from tracker.archive.given import BadGiven
from tracker.archive.listing import Entry, read_listing
from tracker.archive.models import Source, SourceKind
from tracker.errors import TrackerError
from tracker.world import World

SHOWN = 5


def run(world: World, which: str) -> Iterator[str]:
    """Lines that tell what the source (by id) or address gives: state, entries, dates, length of text.

    Raises `TrackerError` when there is no such source.
    """
    if which.startswith(("http://", "https://")):
        yield from _address(world, which)
        return
    with world.database.reading() as session:
        source = session.get(Source, which)
    if source is None or source.address is None:
        raise TrackerError(f"there is no source {which!r} (`tracker sources list` names them; or give an address)")
    if source.kind == SourceKind.FOLDER:
        yield from _folder(Path(source.address))
    else:
        yield from _address(world, source.address)


def _address(world: World, url: str) -> Iterator[str]:
    try:
        fetched = world.gate.get(url)
    except Refused as error:
        yield f"{error.state}: {error}"
        return
    yield f"answer: {fetched.status} after {fetched.seconds:.1f} s, {len(fetched.body)} bytes, {fetched.robots}"
    try:
        listing = read_listing(fetched.body, content_type=intake.header(fetched, "content-type"), url=fetched.final_url)
    except TrackerError as error:
        yield f"not a feed: {error}"
        page = intake.read_page(intake.Page(fetched.body, intake.header(fetched, "content-type"), fetched.final_url))
        yield _page(page)
        return
    yield f"{listing.kind}: {len(listing.entries)} entries" + "".join(
        f"; {problem}" for problem in listing.problems[:3]
    )
    for entry in listing.entries[:SHOWN]:
        yield from _entry(world, entry)


def _entry(world: World, entry: Entry) -> Iterator[str]:
    when = entry.published.isoformat() if entry.published else f"no date ({entry.published_raw or 'none told'})"
    yield f"- {entry.title or 'no title'} | {when} | {entry.url or entry.guid or 'no address'}"
    if entry.url is None:
        return
    try:
        page, _look = intake.fetch_page(world, entry.url)
    except Refused as error:
        yield f"  {error.state}: {error}"
        return
    yield f"  {_page(intake.read_page(page))}"


def _page(page: intake.ReadPage) -> str:
    if page.words.unreadable:
        return f"unreadable: {page.words.unreadable}"
    when = page.published_at.date().isoformat() if page.published_at else "no date"
    return f"text: {len(page.words.text)} characters by {page.words.rule}, {page.words.language or 'language unknown'}, {when}"


def _folder(folder: Path) -> Iterator[str]:
    try:
        paths = list(given.files(folder))
    except BadGiven as error:
        yield f"gone: {error}"
        return
    yield f"folder: {len(paths)} files"
    for path in paths[:SHOWN]:
        try:
            document = given.from_file(path)
        except BadGiven as error:
            yield f"- {error}"
            continue
        read = intake.read_page(intake.Page(document.body, document.content_type, document.url))
        yield f"- {path.name} | {_page(read)}"
