"""Manual capture: a document a person hands over, marked as entered by hand for ever.

What is handed over lies in the archive before anything else happens: a preview reads those very bytes, and saving names
them. Nothing that is looked at and then not saved leaves a row; its bytes are swept later.
"""

import hashlib
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from jobs import extract
from jobs.ingest import store
from tracker.archive import queries, supplied
from tracker.archive.ledger.documents import HAND
from tracker.archive.models import Document, Snapshot, Source
from tracker.archive.supplied import InvalidDocument, SuppliedDocument
from tracker.archive.urls import normal, on_the_web
from tracker.archive.warc import NotArchived
from tracker.errors import TrackerError
from tracker.languages.data import languages
from tracker.languages.detect import language_of
from tracker.speech import queries as speech_queries
from tracker.speech.no_statement import is_kept
from tracker.speech.reading import Manuscript, read
from tracker.world import World

ENTERED = "command line"
MOST_SHOWN = 200
UPLOAD = "urn:entered-by-hand:"


@dataclass(frozen=True, slots=True)
class AddResult:
    """What became of a document that was handed over."""

    new: bool
    claims: int = 0
    sha256: str | None = None
    unreadable: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedUtterance:
    """One utterance as it would be kept: who, which words, after which question, by which rule of reading."""

    speaker: str | None
    resolved: bool
    words: str
    question: str | None
    kind: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPreview:
    """What would be kept of a document: its words by which rule, and the utterances in it."""

    sha256: str
    url: str | None
    title: str | None
    outlet: str | None
    published: str | None
    language: str | None
    kind: str
    rule: str
    size: int
    damaged: bool
    utterances: tuple[PreviewedUtterance, ...]
    total: int
    known: bool
    """The record has this document already."""


def load_document(world: World, place: str, about: Mapping[str, str]) -> SuppliedDocument:
    """The document at an address, in a file, or on standard input (`-`), with what the person says about it.

    An address goes through the same fetch gate as everything else. Raises `InvalidDocument` or `Refused`.
    """
    if on_the_web(place):
        return replace(load_staged(world, stage_upload(world, url=place), about), url=place, item=normal(place))
    if place == "-":
        document = _from_bytes(sys.stdin.buffer.read())
    else:
        path = Path(place)
        if not path.is_file():
            raise InvalidDocument(f"{place}: neither an address (https://…) nor a file")
        document = supplied.from_file(path)
        if document.url is None:
            document = replace(document, item=f"sha256:{hashlib.sha256(document.body).hexdigest()}")
    return with_details(document, about)


def with_details(document: SuppliedDocument, about: Mapping[str, str]) -> SuppliedDocument:
    """The document with what a person says about it; empty values say nothing. Raises `InvalidDocument`."""
    kind = about.get("kind")
    if kind and kind not in {"article", "transcript"}:
        raise InvalidDocument(f'kind: {kind!r} is neither "article" nor "transcript"')
    return replace(
        document,
        title=about.get("title") or document.title,
        outlet=about.get("outlet") or document.outlet,
        published=supplied.parse_published(about["published"]) if about.get("published") else document.published,
        said=supplied.parse_day(about.get("said")) or document.said,
        language=about.get("language") or document.language,
        note=about.get("note") or document.note,
        kind="transcript" if kind == "transcript" else "article" if kind else document.kind,
    )


def stage_upload(world: World, *, url: str = "", text: str = "", file: tuple[str, bytes] | None = None) -> str:
    """Put one document into the archive, by its address, its text or an uploaded file; the name of its bytes.

    No row names it yet. Raises `InvalidDocument` or `Refused`.
    """
    if sum((bool(url), bool(text.strip()), file is not None)) != 1:
        raise InvalidDocument("give one of the three: an address, a text or a file")
    now = world.now()
    if url:
        if not on_the_web(url):
            raise InvalidDocument("the address does not begin with http:// or https://")
        page, _look = store.fetch_document(world, url)
        if page.response is None:
            raise InvalidDocument("the address gave no page")
        return world.archive.keep(page.response, now).sha256
    if file is not None:
        name, body = file
        if not body:
            raise InvalidDocument(f"{name}: the file is empty")
        kind = supplied.content_type_of(name)
        return world.archive.keep_resource(body, kind, f"{UPLOAD}{name}", now).sha256
    body = text.encode("utf-8", "surrogatepass")
    return world.archive.keep_resource(body, "text/plain; charset=utf-8", f"{UPLOAD}text", now).sha256


def load_staged(world: World, sha256: str, about: Mapping[str, str]) -> SuppliedDocument:
    """The document that was put aside under this name, with what the person says about it. Raises `InvalidDocument`."""
    try:
        kept = world.archive.read(sha256)
    except NotArchived as error:
        raise InvalidDocument("what was looked at is not there any more; please enter it again") from error
    url = on_the_web(kept.url)
    item = normal(url) if url else f"sha256:{sha256}"
    return with_details(
        SuppliedDocument(item=item, body=kept.body, content_type=kept.content_type or "text/plain", url=url), about
    )


def preview(world: World, sha256: str, document: SuppliedDocument) -> DocumentPreview:
    """What would be kept of a document, with nothing kept. Raises `InvalidDocument` when nobody can read it."""
    extracted = store.extract(
        store.RawDocument(body=document.body, content_type=document.content_type, url=document.url)
    )
    if extracted.unreadable:
        raise InvalidDocument(f"nobody can read it: {extracted.unreadable}")
    with world.database.reading() as session:
        known = queries.document(session, HAND, document.item) is not None
    published = document.published if document.published.at else extracted.published
    language = document.language or extracted.language
    reading = read(
        Manuscript(
            text=extracted.text,
            title=document.title or extracted.title,
            published=published.time_or_day(),
            language=language,
            kind=document.kind,
            known=extract.SpeakersOfRecord(world).now(),
            published_precision="month" if published.precision == "month" else "day",
        )
    )
    text = extracted.text
    claims = [one for one in reading.quotes if is_kept(text, one, languages().get(reading.language or ""))]
    entered = document.said.isoformat() if document.said else None
    utterances = tuple(
        PreviewedUtterance(
            speaker=(quote.speaker.name or quote.speaker.text) if quote.speaker else None,
            resolved=bool(quote.speaker and quote.speaker.name),
            words=text[quote.start : quote.end],
            question=text[quote.question[0] : quote.question[1]] if quote.question else None,
            kind=quote.kind,
            said=entered or _day(quote.said.first, quote.said.last),
        )
        for quote in claims[:MOST_SHOWN]
    )
    return DocumentPreview(
        sha256=sha256,
        url=document.url,
        title=document.title or extracted.title,
        outlet=document.outlet or extracted.outlet,
        published=published.at.date().isoformat() if published.at else None,
        language=language or language_of(text, None),
        kind=reading.kind,
        rule=extracted.rule,
        size=len(text),
        damaged=extracted.damaged,
        utterances=utterances,
        total=len(claims),
        known=known,
    )


def add(
    world: World,
    document: SuppliedDocument,
    entered_by: str = ENTERED,
    speakers: extract.SpeakersOfRecord | None = None,
) -> AddResult:
    """Take one document in and read it at once; the same document twice adds nothing.

    Who adds many gives each the same `speakers`, so that they are read from the record once.
    """
    with world.database.reading() as session:
        source = session.get(Source, HAND)
    if source is None:
        raise TrackerError("the record has no source for documents entered by hand; run `tracker db upgrade`")
    taken = store.store_new(world, source, document, entered_by=entered_by)
    if taken is None:
        return AddResult(new=False, sha256=_known(world, document))
    with world.database.reading() as session:
        snapshot = queries.newest(session, taken)
    if snapshot is None:
        return AddResult(new=True)
    if snapshot.unreadable:
        return AddResult(new=True, sha256=snapshot.sha256, unreadable=snapshot.unreadable)
    claims, why = extract.read_snapshot(world, snapshot.id, speakers or extract.SpeakersOfRecord(world)), None
    if not claims:
        # Counted from the record: beside a running service its schedule may have read the document before us.
        with world.database.reading() as session:
            why = session.get_one(Snapshot, snapshot.id).unreadable
            claims = speech_queries.count_new_claims(session, [snapshot.id])
    return AddResult(new=True, claims=claims, sha256=snapshot.sha256, unreadable=why)


def _known(world: World, document: SuppliedDocument) -> str | None:
    """The newest copy of a document the record has already."""
    with world.database.reading() as session:
        row: Document | None = queries.document(session, HAND, document.item)
        newest = queries.newest(session, row.id) if row is not None else None
    return newest.sha256 if newest is not None else None


def _from_bytes(body: bytes) -> SuppliedDocument:
    """A document on standard input: what its first bytes say it is, else plain text."""
    if not body.strip():
        raise InvalidDocument("standard input gave nothing")
    return SuppliedDocument(
        item=f"sha256:{hashlib.sha256(body).hexdigest()}", body=body, content_type=supplied.sniff_content_type(body)
    )


def _day(first: object, last: object) -> str:
    if first is None:
        return "day not told"
    return str(first) if first == last else f"{first} to {last}"
