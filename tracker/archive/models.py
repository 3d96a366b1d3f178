"""Tables of what was published: Source, Document, Fetch, Snapshot. Columns and constraints only."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from tracker.db import UTCDateTime, enum_column


class SourceKind(StrEnum):
    """How a source is read."""

    FEED = "feed"
    LISTING = "listing"
    JSON = "json"
    SITEMAP = "sitemap"
    FOLDER = "folder"
    HAND = "hand"


class State(StrEnum):
    """What one fetch of a source or document gave.

    Whether a state is good is asked of it and nowhere else decided: `is_read`, `is_clean`. A fetch adds to that whether
    it failed (`FetchResult.is_read`), a source whether its last ones did (`Source.is_failing`).
    """

    OK = "ok"
    UNCHANGED = "unchanged"
    BLOCKED = "blocked"
    MOVED = "moved"
    GONE = "gone"
    NOT_A_FEED = "not a feed"
    STALE = "stale"
    SLOW = "slow"
    ERROR = "error"

    @property
    def is_read(self) -> bool:
        """The answer came and was read, be it late (slow), elsewhere (moved) or old (stale).

        A request that was never answered is "slow" too: what tells the two apart is whether the fetch failed.
        """
        return self in {State.OK, State.UNCHANGED, State.SLOW, State.STALE, State.MOVED}

    @property
    def is_clean(self) -> bool:
        """Read, and there is nothing to tell about it. A document's page is there as it should be in these only."""
        return self in {State.OK, State.UNCHANGED}


READ = tuple(state for state in State if state.is_read)
CLEAN = tuple(state for state in State if state.is_clean)


class Source(SQLModel, table=True):
    """A place we look. Its `id` is the short name of the configuration; `hand` holds what people entered."""

    id: str = Field(primary_key=True, max_length=80)
    name: str
    kind: SourceKind = Field(sa_type=enum_column(SourceKind))
    address: str | None = None
    outlet: str | None = None
    lane: str = "reported"
    channel: str | None = None
    language: str | None = None
    timezone: str = "UTC"
    every_minutes: int = 60
    expect_every_minutes: int | None = None
    options: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    enabled: bool = True
    note: str | None = None
    created_at: datetime = Field(sa_type=UTCDateTime)
    edited_by: str | None = None
    """Who wrote it on the site or by a command; None for one of the configuration file."""
    paused_by: str | None = None
    """Who paused it, whatever the configuration file says of it."""

    state: State | None = Field(default=None, sa_type=enum_column(State))
    state_since: datetime | None = Field(default=None, sa_type=UTCDateTime)
    detail: str | None = None
    last_try_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    last_good_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    next_at: datetime | None = Field(default=None, sa_type=UTCDateTime, index=True)
    failures: int = 0
    etag: str | None = None
    last_modified: str | None = None
    listing_sha256: str | None = Field(default=None, max_length=64)
    full_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """When the list was last read without a condition: "unchanged" is believed for a day at most."""
    newest_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """The newest thing it is known to have published, or when it was first read while it had published nothing: what
    `expect_every_minutes` counts from."""
    idle_looks: int = 0
    """Good fetches in a row that found nothing new."""
    gone_looks: int = 0
    """Fetches in a row that were told it is gone for good (410); after two it is not fetched any more."""
    taken_by: str | None = None
    """Who fetches it just now, until `taken_until`."""
    taken_until: datetime | None = Field(default=None, sa_type=UTCDateTime)

    @property
    def is_failing(self) -> bool:
        """Whether the last fetch of it read nothing; False while there was none. `queries.failing()` is the same."""
        return self.state is not None and (not self.state.is_read or self.failures > 0)


class HostTurn(SQLModel, table=True):
    """When a host may be asked again: what makes the pause between two requests hold among several processes."""

    __tablename__ = "host_turn"

    host: str = Field(primary_key=True, max_length=300)
    free_at: datetime = Field(sa_type=UTCDateTime)


class Document(SQLModel, table=True):
    """One publication at one address. `item` is its identity within its source: normalised address, guid or file name."""

    __table_args__ = (sa.UniqueConstraint("source_id", "item"),)

    id: int = Field(default=None, primary_key=True)
    source_id: str = Field(foreign_key="source.id", max_length=80)
    item: str
    url: str | None = Field(default=None, index=True)
    outlet: str | None = None
    title: str | None = None
    listed_title: str | None = None
    """The title its source's list gave it last: another one is a reason to fetch it again at once."""
    published_raw: str | None = None
    published_at: datetime | None = Field(default=None, sa_type=UTCDateTime, index=True)
    published_precision: str | None = None
    """"time", "day" or "month": how much of `published_at` the source told; None when it told nothing."""
    language: str | None = None
    kind: str | None = None
    channel: str | None = None
    """How the words were made public ("press conference"), where it is told of this document; else its source's holds."""
    said: str | None = None
    """The day of the words as a person entered it (ISO), or the days ("first/last"), for documents added by hand."""
    entered_by: str | None = None
    note: str | None = None
    first_seen_at: datetime = Field(sa_type=UTCDateTime)
    removed_since: datetime | None = Field(default=None, sa_type=UTCDateTime)
    missing_looks: int = 0
    last_look_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    next_look_at: datetime | None = Field(default=None, sa_type=UTCDateTime, index=True)
    failures: int = 0
    fetch_state: State | None = Field(default=None, sa_type=enum_column(State))
    fetch_detail: str | None = None


class Fetch(SQLModel, table=True):
    """One attempt and its outcome, of a source's listing or of a document."""

    id: int = Field(default=None, primary_key=True)
    source_id: str = Field(foreign_key="source.id", max_length=80, index=True)
    document_id: int | None = Field(default=None, foreign_key="document.id", index=True)
    at: datetime = Field(sa_type=UTCDateTime, index=True)
    seconds: float = 0.0
    state: State = Field(sa_type=enum_column(State))
    status: int | None = None
    detail: str | None = None
    robots: str | None = None
    final_url: str | None = None
    size: int | None = None
    sha256: str | None = Field(default=None, max_length=64)
    new_documents: int = 0


class Snapshot(SQLModel, table=True):
    """The immutable bytes and extracted text of a document as fetched at one time.

    `sha256` names the archived bytes, `text_sha256` the extracted text. A version differs from the one before it: the
    CHECK and the unique version number make "the same bytes twice change nothing" a law of the database.
    `previous` and `digest` chain all snapshots, oldest first.
    """

    __table_args__ = (
        sa.UniqueConstraint("document_id", "version"),
        sa.CheckConstraint("text_sha256 <> previous_text_sha256", name="new_words"),
        sa.CheckConstraint("version >= 1", name="version_from_one"),
    )

    id: int = Field(default=None, primary_key=True)
    document_id: int = Field(foreign_key="document.id")
    version: int
    fetched_at: datetime = Field(sa_type=UTCDateTime)
    sha256: str = Field(max_length=64, index=True)
    text: str
    text_sha256: str = Field(max_length=64, index=True)
    previous_text_sha256: str = Field(default="", max_length=64)
    title: str | None = None
    language: str | None = None
    extractor: str
    rule: str
    damaged: bool = False
    unreadable: str | None = None
    previous: str = Field(max_length=64, unique=True)
    digest: str = Field(max_length=64, unique=True)
    read_at: datetime | None = Field(default=None, sa_type=UTCDateTime, index=True)
    read_by: str | None = None
    """Version of the reader that read it; None while it waits to be read."""
    read_with: str | None = Field(default=None, max_length=80, index=True)
    """What it was read with last: reader, speakers, topics and scales as they were (`jobs.reading_context`)."""
    quiet: bool = False
    """True when it came in by backfill: its claims owe no alert."""


class Backfill(SQLModel, table=True):
    """The filling in of one past window of a source: which of its lists were read and which wait. Resumable."""

    __table_args__ = (sa.UniqueConstraint("source_id", "first", "last"),)

    id: int = Field(default=None, primary_key=True)
    source_id: str = Field(foreign_key="source.id", max_length=80)
    first: date
    last: date
    to_read: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    """Addresses of lists that wait to be read, the next one first."""
    have_read: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    started_at: datetime = Field(sa_type=UTCDateTime)
    listed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """When the last list was read; None while some wait."""


class BackfillState(StrEnum):
    """What became of one thing that a backfill found."""

    WAITING = "waiting"
    KEPT = "kept"
    COPY = "kept from archive.org"
    KNOWN = "known already"
    OUTSIDE = "outside the window"
    GONE = "gone"
    FAILED = "failed"


class BackfillItem(SQLModel, table=True):
    """One thing a past window's lists name, and what became of it."""

    __tablename__ = "backfill_item"
    __table_args__ = (sa.UniqueConstraint("backfill_id", "item"),)

    id: int = Field(default=None, primary_key=True)
    backfill_id: int = Field(foreign_key="backfill.id")
    item: str
    url: str | None = None
    title: str | None = None
    published_raw: str | None = None
    published_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    published_precision: str | None = None
    inline: str | None = None
    """The text that came with the list, where the source has no pages."""
    archived: str | None = None
    """The name of the list's own bytes in the archive, where the text came with it."""
    state: BackfillState = Field(default=BackfillState.WAITING, sa_type=enum_column(BackfillState))
    detail: str | None = None


class Rival(SQLModel, table=True):
    """Two documents that an editor linked as versions of the same words: as prepared and as delivered, two transcripts.

    `one_id` is the smaller number, so that a pair is one row. A link that was taken back keeps its row.
    """

    __table_args__ = (
        sa.UniqueConstraint("one_id", "other_id"),
        sa.CheckConstraint("one_id < other_id", name="pair_in_order"),
    )

    id: int = Field(default=None, primary_key=True)
    one_id: int = Field(foreign_key="document.id")
    other_id: int = Field(foreign_key="document.id", index=True)
    linked: bool = True


class Submission(SQLModel, table=True):
    """A request to the Internet Archive to keep a page too, once for each snapshot; never in the way of anything else."""

    snapshot_id: int = Field(foreign_key="snapshot.id", primary_key=True)
    tries: int = 0
    next_at: datetime | None = Field(default=None, sa_type=UTCDateTime, index=True)
    """When to ask (again); None when it was answered, or given up."""
    address: str | None = None
    """The address of the copy that was made."""
    detail: str | None = None
