"""The published date of a document: what was told, the moment it means, and how much of it was told. Pure.

One value passes from a list's entry, a page or a supplied document to the row: `PublishedDate`. It is never the day on
which words were said, and never the time of fetching.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Literal, Protocol, cast

Precision = Literal["time", "day", "month"]


class PublishedColumns(Protocol):
    """A row with the three columns of a published date."""

    published_raw: str | None
    published_at: datetime | None
    published_precision: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedDate:
    """When a document was published, as its source tells; empty when it tells nothing. Made by `told`, `parsed`, `stored`."""

    raw: str | None = None
    """The source's own words; there may be some without a moment that can be believed."""
    at: datetime | None = None
    """In UTC: of a day its beginning, of a month its first day."""
    precision: Precision | None = None
    """How much of `at` was told; None without one."""

    @classmethod
    def told(cls, raw: str | None, at: datetime | None, precision: Precision) -> "PublishedDate":
        """What a source told, and the moment it means, where there is one that can be believed."""
        return cls(raw=raw, at=at, precision=precision if at is not None else None)

    @classmethod
    def parsed(cls, raw: str | None, told: datetime | date | None) -> "PublishedDate":
        """What a page told, read as an aware time or as a plain day."""
        if told is None:
            return cls(raw=raw)
        if isinstance(told, datetime):
            return cls(raw=raw, at=told.astimezone(UTC), precision="time")
        return cls(raw=raw, at=datetime.combine(told, time(), UTC), precision="day")

    @classmethod
    def stored(cls, row: PublishedColumns) -> "PublishedDate":
        """What a row holds."""
        return cls(
            raw=row.published_raw,
            at=row.published_at,
            precision=cast("Precision | None", row.published_precision),
        )

    def columns(self) -> dict[str, object]:
        """The three columns of a row."""
        return {"published_raw": self.raw, "published_at": self.at, "published_precision": self.precision}

    def time_or_day(self) -> datetime | date | None:
        """The moment, or only its day where no time was told."""
        return self.at if self.precision == "time" or self.at is None else self.at.date()


NO_DATE = PublishedDate()
