"""Documents that are given to us instead of fetched: `tracker add`, its JSON Lines, and the files of a watched folder.

One shape for all: the object of `tracker add --jsonl`, which is also what a `.json` file in a folder holds.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from tracker.archive.published import NO_DATE, Precision, PublishedDate
from tracker.archive.urls import normal
from tracker.errors import TrackerError

KEYS = {"id", "url", "text", "html", "title", "outlet", "published", "said", "language", "kind", "note", "channel"}
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TYPES = {".html": "text/html", ".htm": "text/html", ".txt": "text/plain", ".pdf": "application/pdf", ".docx": DOCX}
CAPTIONS = {".vtt": "text/vtt", ".srt": "application/x-subrip"}


class InvalidDocument(TrackerError):
    """What was given can't be taken; the text says what is wrong and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppliedDocument:
    """One document as it was handed over, with what was said about it."""

    item: str
    body: bytes
    content_type: str
    url: str | None = None
    title: str | None = None
    outlet: str | None = None
    published: PublishedDate = NO_DATE
    said: date | None = None
    said_until: date | None = None
    language: str | None = None
    kind: Literal["article", "transcript"] | None = None
    note: str | None = None
    channel: str | None = None


def from_line(line: str) -> SuppliedDocument:
    """One document from a line of JSON. Raises `InvalidDocument`."""
    try:
        data = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InvalidDocument(f"not JSON: {error}") from error
    if not isinstance(data, dict):
        raise InvalidDocument("not a JSON object (one document a line)")
    return from_object(data)


def from_object(data: dict[str, Any]) -> SuppliedDocument:
    """One document from the object's keys: `text` or `html`, and what is known about it. Raises `InvalidDocument`."""
    unknown = sorted(set(data) - KEYS)
    if unknown:
        raise InvalidDocument(f"unknown key {unknown[0]!r} (known: {', '.join(sorted(KEYS))})")
    for key, value in data.items():
        if value is not None and not isinstance(value, str):
            raise InvalidDocument(f"{key}: not a text")
    text, html = data.get("text"), data.get("html")
    if bool(text) == bool(html):
        raise InvalidDocument("needs `text` or `html`, one of them and not empty")
    kind = data.get("kind")
    if kind not in {None, "article", "transcript"}:
        raise InvalidDocument(f'kind: {kind!r} is neither "article" nor "transcript"')
    url = data.get("url")
    if url and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname):
        raise InvalidDocument("url: not an http or https address")
    # surrogatepass: JSON may carry lone surrogates; they are kept as they came and shown as damage.
    body = (text or html or "").encode("utf-8", "surrogatepass")
    return SuppliedDocument(
        item=normal(url) if url else f"sha256:{hashlib.sha256(body).hexdigest()}",
        body=body,
        content_type="text/plain; charset=utf-8" if text else "text/html; charset=utf-8",
        url=url,
        title=data.get("title"),
        outlet=data.get("outlet"),
        published=parse_published(data.get("published") or None),
        said=parse_day(data.get("said")),
        language=data.get("language"),
        kind=kind,
        note=data.get("note"),
        channel=data.get("channel") or None,
    )


def from_file(path: Path) -> SuppliedDocument:
    """One document from a file: HTML, text, PDF, Word, captions, or one JSON object. Raises `InvalidDocument`."""
    suffix = path.suffix.lower()
    try:
        body = path.read_bytes()
    except OSError as error:
        raise InvalidDocument(f"{path.name}: can't be read: {error.strerror}") from error
    if suffix == ".json":
        try:
            given = from_line(body.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise InvalidDocument(f"{path.name}: not UTF-8") from error
        except InvalidDocument as error:
            raise InvalidDocument(f"{path.name}: {error}") from error
        return given
    content_type = TYPES.get(suffix) or CAPTIONS.get(suffix)
    if content_type is None:
        raise InvalidDocument(f"{path.name}: a folder takes {', '.join(sorted({*TYPES, *CAPTIONS, '.json'}))} files")
    if not body:
        raise InvalidDocument(f"{path.name}: the file is empty")
    return SuppliedDocument(item=path.name, body=body, content_type=content_type)


def content_type_of(name: str) -> str:
    """The type of a file by its name. Raises `InvalidDocument` for one we don't read."""
    suffix = Path(name).suffix.lower()
    found = TYPES.get(suffix) or CAPTIONS.get(suffix)
    if found is None:
        raise InvalidDocument(f"{name}: we read {', '.join(sorted({*TYPES, *CAPTIONS}))} files")
    return found


def sniff_content_type(body: bytes) -> str:
    """The type of bytes without a name, by how they begin; plain text when nothing tells."""
    head = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"%pdf-"):
        return TYPES[".pdf"]
    if head.startswith(b"pk\x03\x04"):
        return DOCX
    if head.startswith(b"webvtt"):
        return CAPTIONS[".vtt"]
    if re.match(rb"\d+\s*\r?\n\d{1,2}:\d{2}:\d{2},\d{3} -->", head):
        return CAPTIONS[".srt"]
    if head.startswith((b"<!doctype html", b"<html")):
        return TYPES[".html"]
    return "text/plain; charset=utf-8"


def list_files(folder: Path) -> Iterator[Path]:
    """The files of a watched folder in the order of their names; hidden files and sub-folders are passed over."""
    try:
        names = sorted(folder.iterdir())
    except OSError as error:
        raise InvalidDocument(f"{folder}: the folder can't be read: {error.strerror}") from error
    return (path for path in names if path.is_file() and not path.name.startswith("."))


def parse_published(text: str | None, zone: str = "UTC") -> PublishedDate:
    """A published date or time as ISO 8601 (`2023-06`, `2023-06-19`, `2023-06-19T10:00Z`); empty when there is none.

    A time without its own zone is taken in `zone`. Raises `InvalidDocument` for anything else.
    """
    if not text:
        return NO_DATE
    is_month = re.fullmatch(r"\d{4}-\d{2}", text)
    is_day = re.fullmatch(r"\d{4}-\d{2}-\d{2}", text)
    precision: Precision = "month" if is_month else "day" if is_day else "time"
    try:
        moment = datetime.fromisoformat(f"{text}-01" if is_month else text)
    except ValueError as error:
        raise InvalidDocument(
            f"published: {text!r} is no date (write it like 2023-06-19 or 2023-06-19T10:00:00Z)"
        ) from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC if precision != "time" else ZoneInfo(zone))
    return PublishedDate.told(text, moment.astimezone(UTC), precision)


def parse_day(text: str | None) -> date | None:
    """A day as ISO 8601; None when there is none. Raises `InvalidDocument`."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidDocument(f"said: {text!r} is no day (write it like 2023-06-19)") from error
