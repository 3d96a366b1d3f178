"""When a source is stale: it is read well, and nothing new has come for too long. Pure.

1. Only a source that says how often it publishes (`expect_every`) can be stale; folders never are.
2. It is stale when its newest thing is older than `STALE_AFTER` times that period: amber on the page of sources.
3. After `LONG_STALE_AFTER` times the period it counts as failing: red.
4. A source that is not known to have published anything counts from when it was first read.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from tracker.archive.models import Source, SourceKind, State
from tracker.archive.types import FetchResult

STALE_AFTER, LONG_STALE_AFTER = 2, 5
"""So many times the expected period without anything newer: amber, red."""


def with_staleness(source: Source, fetch: FetchResult, new_documents: int) -> FetchResult:
    """The fetch with its state as the source's history makes it: a list that is read well may be stale all the same.

    Stale is one that is read (late or elsewhere, too: its sentence still tells) and whose newest thing is older than
    twice its `expect_every`. One that never published anything counts from when it was first read.
    """
    if not fetch.is_read or source.kind == SourceKind.FOLDER or source.expect_every_minutes is None:
        return fetch
    known = [moment for moment in (source.newest_at, fetch.newest) if moment is not None]
    newest = fetch.at if new_documents and not known else max(known, default=counts_from(source, fetch))
    if fetch.at - newest <= STALE_AFTER * timedelta(minutes=source.expect_every_minutes):
        return fetch
    told = f"{describe_silence(source, newest, fetch.at)}, since {newest:%Y-%m-%d %H:%M} UTC"
    return replace(fetch, state=State.STALE, detail="; ".join(part for part in (told, fetch.detail) if part))


def counts_from(source: Source, fetch: FetchResult) -> datetime:
    """When a source that is not known to have published anything was first read."""
    return source.created_at if source.last_good_at is not None else fetch.at


def describe_silence(source: Source, newest: datetime, now: datetime) -> str:
    """How long nothing new has come, in words, beside how often something is expected."""
    minutes = int((now - newest).total_seconds() // 60)
    return f"nothing new for {_in_words(minutes)} (expected every {describe_period(source)})"


def _in_words(minutes: int) -> str:
    for unit, size in (("day", 1440), ("hour", 60)):
        if minutes >= 2 * size:
            return f"{minutes // size} {unit}s"
    return f"{minutes} minutes"


def describe_period(source: Source) -> str:
    """How often something new is expected, in words."""
    minutes = source.expect_every_minutes or 0
    for unit, size in (("week", 10080), ("day", 1440), ("hour", 60), ("minute", 1)):
        if minutes >= size and minutes % size == 0:
            number = minutes // size
            return f"{number} {unit}s" if number > 1 else unit
    return "time"


def is_long_stale(source: Source, now: datetime) -> bool:
    """Whether a stale source has been so for so long that it is as good as broken."""
    if source.state != State.STALE or source.expect_every_minutes is None:
        return False
    return now - (source.newest_at or source.created_at) > LONG_STALE_AFTER * timedelta(
        minutes=source.expect_every_minutes
    )
