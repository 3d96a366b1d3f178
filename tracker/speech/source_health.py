"""The rule of a source's health: how it does in one word, and why. Pages and commands use these words. Pure.

A source can be read well for weeks and never give a statement: a selector that cuts the text away, summaries instead of
texts, a language or form that is not read. That is said as soon as it is more than chance.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tracker.archive.models import Source, SourceKind, State
from tracker.archive.staleness import is_long_stale

SILENT_AFTER = 5
SILENT_FOR = timedelta(days=1)
"""From so many documents read, over so long a time, without one statement, a source is said to give none."""


class Health(StrEnum):
    """How a source does, worst first."""

    FAILING = "failing"
    """Its last look read nothing, or nothing new came for so long that it is as good as broken."""
    STALE = "nothing new"
    """Read, but nothing new came for more than twice its `expect_every`."""
    SILENT = "no statement found"
    """Read, and its documents too, but none of them gave a statement."""
    SLOW = "slow"
    """Read, but its server took long."""
    MOVED = "moved"
    """Read, at another address than the configured one."""
    WAITING = "not read yet"
    HEALTHY = "healthy"
    PAUSED = "paused"

    @property
    def is_worth_a_look(self) -> bool:
        """Whether it works, and a person should look at it all the same: amber."""
        return self in {Health.STALE, Health.SILENT, Health.SLOW, Health.MOVED}


NOTABLE = {State.STALE: Health.STALE, State.SLOW: Health.SLOW, State.MOVED: Health.MOVED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Yield:
    """What a source gave so far, in numbers of documents and statements (``queries.yields_of_sources``)."""

    documents: int = 0
    """All that its lists named or people entered."""
    read: int = 0
    """Of these, whose newest bytes were read or given up."""
    unreadable: int = 0
    """Of those read, in which no version holds text."""
    summaries: int = 0
    """Of those read, of which only the list's summary is there."""
    since: datetime | None = None
    """When the first of them was kept."""
    statements: int = 0
    """That are shown."""
    found: int = 0
    """All that were ever found, those withdrawn or merged included."""


def silence(source: Source, given: Yield, now: datetime) -> str | None:
    """Why a source that is read well gives no statement, and what to check; None while that is no cause for worry.

    One that gave a single statement, on whatever topic, is well; what people enter by hand is nobody's to mend.
    """
    if source.kind is SourceKind.HAND or given.found or given.read < SILENT_AFTER:
        return None
    if given.since is None or now - given.since < SILENT_FOR:
        return None
    told = f"{given.read} documents, no statement found"
    check = f"see what `tracker sources test {source.id}` shows"
    if given.unreadable == given.read:
        return f"{told}: no text could be read in any; check `article_selector`, and {check}"
    if given.unreadable + given.summaries == given.read:
        return f"{told}: only summaries came with the list; set `full_text = true` if the pages may be fetched"
    part = f" ({given.unreadable} without readable text)" if given.unreadable else ""
    return f"{told}: the texts were read and quote nobody{part}; check `article_selector` and `language`, and {check}"


def health(source: Source, given: Yield, now: datetime) -> Health:
    """How a source does. What it gave is looked at only where reading it went well."""
    if not source.enabled:
        return Health.PAUSED
    if source.kind is SourceKind.HAND:
        return Health.HEALTHY
    if source.state is None:
        return Health.WAITING
    if source.is_failing or is_long_stale(source, now):
        return Health.FAILING
    if source.state is State.STALE or silence(source, given, now) is None:
        return NOTABLE.get(source.state, Health.HEALTHY)
    return Health.SILENT


def cause(source: Source, given: Yield, now: datetime) -> str | None:
    """What there is to tell about a source that is looked at: what its last look told, and why it gives no statement."""
    if not source.enabled or source.state is None:
        return None
    parts = [source.detail, silence(source, given, now)]
    return "; ".join(part for part in parts if part) or None
