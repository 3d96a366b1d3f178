"""Sources: what is broken, and since when."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar

from flask import Blueprint, Response

from tracker.archive import queries as archive
from tracker.archive.models import Source, SourceKind, State
from tracker.archive.queries import GONE_TWICE
from tracker.archive.source_ledger import is_dead
from tracker.speech import copies
from tracker.web import dates
from tracker.web.context import now, reading, render
from tracker.web.memo import remembered

ORDER = ("failing", "slow", "waiting", "healthy", "paused")
WORDS = {
    State.BLOCKED: "blocked", State.GONE: "gone", State.NOT_A_FEED: "not a feed", State.STALE: "nothing new",
    State.SLOW: "slow", State.MOVED: "moved", State.ERROR: "error", State.OK: "ok", State.UNCHANGED: "unchanged",
}  # fmt: skip
GLYPHS = {"failing": "i-fail", "slow": "i-slow", "waiting": "i-sug", "healthy": "i-ok", "paused": "i-pause"}
KINDS = {
    SourceKind.FEED: "Feed", SourceKind.LISTING: "Listing", SourceKind.JSON: "JSON list", SourceKind.SITEMAP: "Sitemap",
    SourceKind.FOLDER: "Folder", SourceKind.HAND: "Entered by hand",
}  # fmt: skip
HOUR, DAY = 60, 1440
WEEK = timedelta(days=7)

pages = Blueprint("sources", __name__)


@dataclass(frozen=True, slots=True)
class Health:
    """A source's health: a word and a shape, the cause, the last good look and the next."""

    id: str
    name: str
    kind: str
    health: str
    glyph: str
    word: str
    cause: str | None
    note: str | None
    last_good: str
    next: str
    failures: int
    lately: int
    """Documents of the last seven days."""
    documents: int
    statements: int
    rights: str | None
    verified: str | None


@dataclass(frozen=True, slots=True)
class SourcesPage:
    """Answers: is anything broken, and since when."""

    template: ClassVar[str] = "sources.html"
    section: ClassVar[str] = "sources"
    title: str
    lead: str
    failing: tuple[Health, ...]
    sources: tuple[Health, ...]


@pages.get("/sources")
def index() -> Response:
    """Every source, failing first."""
    here = now()
    with reading() as db:
        numbers = remembered(db, "sources", lambda: copies.per_source(db))
        lately = remembered(db, "yields", lambda: archive.yields(db, here - WEEK))
        rows = [
            _health(source, (lately.get(source.id, 0), *numbers.get(source.id, (0, 0))), here)
            for source in archive.all_sources(db)
        ]
    rows.sort(key=lambda row: (ORDER.index(row.health), row.name.casefold()))
    failing = tuple(row for row in rows if row.health == "failing")
    return render(SourcesPage("Sources", _lead(rows), failing, tuple(rows)))


def state(source: Source, here: datetime) -> str:
    """The health of a source in one word: nothing new for long is amber, for very long as bad as an error."""
    if not source.enabled:
        return "paused"
    if source.kind is SourceKind.HAND:
        return "healthy"
    if source.state is None:
        return "waiting"
    if source.state in {State.SLOW, State.STALE, State.MOVED}:
        return "failing" if source.failures or is_dead(source, here) else "slow"
    return "healthy" if source.state in {State.OK, State.UNCHANGED} else "failing"


def _health(source: Source, numbers: tuple[int, int, int], here: datetime) -> Health:
    health = state(source, here)
    verified = source.options.get("verified_on")
    word = {"failing": "Failing", "slow": "Slow", "waiting": "Not read yet", "healthy": "Healthy", "paused": "Paused"}[
        health
    ]
    if source.state is not None and health in {"failing", "slow"} and source.state is not State.SLOW:
        word = f"{word}: {WORDS[source.state]}" if health == "failing" else WORDS[source.state].capitalize()
    since = f" since {dates.moment(source.state_since)}" if source.state_since and health != "healthy" else ""
    cause = f"{source.detail or WORDS[source.state]}{since}" if source.state and health in {"failing", "slow"} else None
    return Health(
        source.id, source.name, _kind(source), health, GLYPHS[health], word, cause, source.note,
        dates.moment(source.last_good_at) if source.last_good_at else "never",
        _next(source, health, here), source.failures, *numbers, source.options.get("rights"),
        dates.day(date.fromisoformat(verified)) if verified else None,
    )  # fmt: skip


def _kind(source: Source) -> str:
    if source.kind is SourceKind.HAND:
        return KINDS[source.kind]
    minutes = source.every_minutes
    if minutes % DAY == 0:
        every = dates.counted(minutes // DAY, "day")
    else:
        every = dates.counted(minutes // HOUR, "hour") if minutes % HOUR == 0 else dates.counted(minutes, "minute")
    return f"{KINDS[source.kind]}, every {every.removeprefix('1 ')}"


def _next(source: Source, health: str, here: datetime) -> str:
    if health == "paused":
        return "Paused"
    if source.gone_looks >= GONE_TWICE:
        return "None planned: gone for good"
    if source.kind is SourceKind.HAND:
        return "None planned"
    if source.next_at is None or source.next_at <= here + timedelta(seconds=30):
        return "Now"
    return dates.moment(source.next_at)


def _lead(rows: list[Health]) -> str:
    if not rows:
        return "No source yet. Add one to config.toml, then start the service again."
    healthy = sum(row.health == "healthy" for row in rows)
    parts = [f"{healthy} of {dates.counted(len(rows), 'source')} {'is' if healthy == 1 else 'are'} healthy."]
    for health in ("failing", "slow", "waiting", "paused"):
        number = sum(row.health == health for row in rows)
        if number:
            word = {"waiting": "not read yet"}.get(health, health)
            parts.append(f"{dates.spelled(number, 'source').split(' ')[0]} {'is' if number == 1 else 'are'} {word}.")
    return " ".join(parts)
