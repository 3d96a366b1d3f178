"""Manual capture: a document a person hands over, marked as entered by hand for ever."""

import hashlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from jobs import extract, intake
from tracker.archive import given, queries
from tracker.archive.given import BadGiven, Given
from tracker.archive.ledger import HAND
from tracker.archive.models import Source
from tracker.archive.urls import normal
from tracker.errors import TrackerError
from tracker.world import World

ENTERED = "command line"


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a document that was handed over."""

    new: bool
    claims: int = 0
    sha256: str | None = None
    unreadable: str | None = None


def from_place(world: World, place: str, about: Mapping[str, str]) -> Given:
    """The document at an address, in a file, or on standard input (`-`), with what the person says about it.

    An address goes through the same fetch gate as everything else. Raises `BadGiven` or `Refused`.
    """
    if place.startswith(("http://", "https://")):
        page, _look = intake.fetch_page(world, place)
        document = Given(item=normal(place), body=page.body, content_type=page.content_type or "text/html", url=place)
    elif place == "-":
        document = given.from_object({"text": sys.stdin.buffer.read().decode("utf-8", "replace")})
    else:
        path = Path(place)
        if not path.is_file():
            raise BadGiven(f"{place}: neither an address (https://…) nor a file")
        document = given.from_file(path)
        if document.url is None:
            document = replace(document, item=f"sha256:{hashlib.sha256(document.body).hexdigest()}")
    return replace(
        document,
        outlet=about.get("outlet") or document.outlet,
        published_raw=about.get("published") or document.published_raw,
        published=given.when(about.get("published")) or document.published,
        said=given.day(about.get("said")) or document.said,
        kind="transcript" if about.get("kind") == "transcript" else "article" if about.get("kind") else document.kind,
    )


def add(world: World, document: Given) -> Added:
    """Take one document in and read it at once; the same document twice adds nothing."""
    with world.database.reading() as session:
        source = session.get(Source, HAND)
    if source is None:
        raise TrackerError("the record has no source for documents entered by hand; run `tracker db upgrade`")
    taken = intake.take_in(world, source, document, entered_by=ENTERED)
    if taken is None:
        return Added(new=False)
    with world.database.reading() as session:
        snapshot = queries.newest(session, taken)
    if snapshot is None:
        return Added(new=True)
    if snapshot.unreadable:
        return Added(new=True, sha256=snapshot.sha256, unreadable=snapshot.unreadable)
    claims = extract.read_snapshot(world, snapshot.id, extract.known(world))
    return Added(new=True, claims=claims or 0, sha256=snapshot.sha256)
