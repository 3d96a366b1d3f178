"""Values that the archive's floors and the jobs hand to each other.

Collecting one source crosses these and no others: `http.gate.HttpResponse` (the answer), `lists.entries.ParsedList` of
`ListEntry` (what it names), `FetchResult` (how it went: kept as a row of `Fetch`), `NewDocument` (what is to be kept: a
row of `Document`) and `text.extracted.ExtractedText` (what a document says: a row of `Snapshot`). A published date is
one `published.PublishedDate` in all of them.
"""

from dataclasses import dataclass
from datetime import datetime

from tracker.archive.models import Source, State
from tracker.archive.published import PublishedDate


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
    """Nothing was read: an answer that took long is a good one, one that never came is none."""
    permanent: bool = False
    """The server says that asking again is useless (410)."""
    max_age_s: float | None = None
    """How long the server says its answer is good for (Cache-Control)."""
    newest: datetime | None = None
    """When the newest thing in the list was published."""
    list_sha256: str | None = None
    """Decides whether the list changed; set when it was read in full and everything in it was dealt with."""
    etag: str | None = None
    """With `last_modified` what makes the next request conditional, byte for byte; they go with `list_sha256`."""
    last_modified: str | None = None
    more: bool = False
    """The fetching was cut short: there is more to fetch at once."""

    @property
    def is_read(self) -> bool:
        """Whether it read what it asked for: an answer came, and it was the thing itself."""
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
    published: PublishedDate
    language: str | None
    kind: str | None
    channel: str | None
    said: str | None
    entered_by: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBackfillItem:
    """One thing that a list of the past names; what each field means stands at the columns of `BackfillItem`."""

    item: str
    url: str | None
    title: str | None
    published: PublishedDate
    inline: str | None
    archived: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFetch:
    """One fetch of one source, to be written down; the source as it was when it was taken."""

    source: Source
    result: FetchResult
    new_documents: int = 0
