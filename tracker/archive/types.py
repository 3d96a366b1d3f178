"""Values that the archive's floors and the jobs hand to each other: a date, an outcome, a text, a new document.

One source's way in crosses these and no others: `http.gate.HttpResponse` (the answer), `lists.entries.ParsedList` of
`ListEntry` (what it names), `FetchResult` (how it went: written as a row of `Fetch`), `NewDocument` (what is to be kept:
written as a row of `Document`) and `ExtractedText` (what a document says: written as a row of `Snapshot`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tracker.archive.models import State


@dataclass(frozen=True, slots=True)
class PublishedDate:
    """A published time as told: `at` in UTC and how much of it was told."""

    at: datetime
    precision: Literal["time", "day", "month"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the bytes of a page say: the extracted text and how it was made. `unreadable` says why there is none."""

    text: str
    extractor: str
    rule: str
    title: str | None = None
    language: str | None = None
    damaged: bool = False
    unreadable: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A list read in full: its validators, byte for byte, and the SHA-256 that decides whether it changed."""

    sha256: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchResult:
    """The outcome of one attempt at a source or document."""

    at: datetime
    state: State
    seconds: float = 0.0
    status: int | None = None
    detail: str | None = None
    robots: str | None = None
    final_url: str | None = None
    size: int | None = None
    sha256: str | None = None
    retry_after_s: float | None = None
    absent: bool = False
    """Something else than the document answered: an error page, a wall, another text."""
    failed: bool = False
    """Nothing was read: an answer that took long is a good look, one that never came is none."""
    permanent: bool = False
    """The server says that asking again is useless (410)."""
    max_age_s: float | None = None
    """How long the server says its answer is good for (Cache-Control)."""
    newest: datetime | None = None
    """When the newest thing in the list was published."""
    listed: Listed | None = None
    """What makes the next request conditional, when the list was read in full and everything in it was dealt with."""
    more: bool = False
    """The look was cut short: there is more to fetch at once."""

    @property
    def is_read(self) -> bool:
        """Whether it read what it looked at: an answer came, and it was the thing itself."""
        return self.state.is_read and not self.failed and not self.absent


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """A document as whoever found it tells of it. No field has a default: who forgets one is told by the type check.

    What each means stands at the columns of `Document`.
    """

    source_id: str
    item: str
    url: str | None
    outlet: str | None
    title: str | None
    listed_title: str | None
    published_raw: str | None
    published_at: datetime | None
    published_precision: str | None
    language: str | None
    kind: str | None
    channel: str | None
    said: str | None
    entered_by: str | None
    note: str | None
