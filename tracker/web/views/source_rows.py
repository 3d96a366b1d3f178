"""A source's health as pages show it: a word and a shape, the cause, the last good look and the next."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tracker.archive.models import Source, SourceKind, State
from tracker.archive.queries import GONE_TWICE
from tracker.speech import source_health
from tracker.speech.source_health import Health, Yield
from tracker.web.views import dates

FAILING = {State.STALE: "nothing new", State.SLOW: "no answer in time"}
"""What a failing source's state is called where its own word would say less."""
GLYPHS = {Health.FAILING: "i-fail", Health.WAITING: "i-sug", Health.HEALTHY: "i-ok", Health.PAUSED: "i-pause"}
AMBER = "i-slow"
LEAD = {
    Health.FAILING: ("is failing", "are failing"),
    Health.STALE: ("has published nothing new for long", "have published nothing new for long"),
    Health.SILENT: ("has given no statement so far", "have given no statement so far"),
    Health.SLOW: ("is slow", "are slow"),
    Health.MOVED: ("has moved", "have moved"),
    Health.WAITING: ("is not read yet", "are not read yet"),
    Health.PAUSED: ("is paused", "are paused"),
}
"""What sources of a health do, for one and for several."""
KINDS = {
    SourceKind.FEED: "Feed", SourceKind.LISTING: "Listing", SourceKind.JSON: "JSON list", SourceKind.SITEMAP: "Sitemap",
    SourceKind.FOLDER: "Folder", SourceKind.HAND: "Entered by hand",
}  # fmt: skip
HOUR, DAY = 60, 1440


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """A source's health: a word and a shape, the cause, the last good look and the next."""

    id: str
    name: str
    kind: str
    health: Health
    glyph: str
    word: str
    cause: str | None
    trouble: str
    """What a failing source does, after its name."""
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


def show_source(source: Source, given: Yield, lately: int, here: datetime) -> SourceRow:
    """One source at a time; `lately` counts its documents of the last seven days."""
    health = source_health.health(source, given, here)
    verified = source.options.get("verified_on")
    word = health.value.capitalize()
    if health is Health.FAILING and source.state is not None:
        word = f"{word}: {FAILING.get(source.state, source.state.value)}"
    is_told = health is Health.FAILING or health.is_worth_a_look
    cause = source_health.cause(source, given, here) if is_told else None
    if cause and source.state_since and source.state is not State.STALE and health is not Health.SILENT:
        cause = f"{cause}; since {dates.moment(source.state_since)}"
    if cause and not cause.startswith("http"):
        cause = cause[0].upper() + cause[1:]
    return SourceRow(
        id=source.id,
        name=source.name,
        kind=_kind(source),
        health=health,
        glyph=GLYPHS.get(health, AMBER),
        word=word,
        cause=cause,
        trouble=_trouble(source),
        note=source.note,
        last_good=dates.moment(source.last_good_at) if source.last_good_at else "never",
        next=_next(source, health, here),
        failures=source.failures,
        lately=lately,
        documents=given.documents,
        statements=given.statements,
        rights=source.options.get("rights"),
        verified=dates.day(date.fromisoformat(verified)) if verified else None,
    )


def _trouble(source: Source) -> str:
    if source.state is State.STALE and not source.is_failing:
        return LEAD[Health.STALE][0]
    return f"has failed {source.failures} times in a row" if source.failures > 1 else "is failing"


def _kind(source: Source) -> str:
    if source.kind is SourceKind.HAND:
        return KINDS[source.kind]
    minutes = source.every_minutes
    if minutes % DAY == 0:
        every = dates.counted(minutes // DAY, "day")
    else:
        every = dates.counted(minutes // HOUR, "hour") if minutes % HOUR == 0 else dates.counted(minutes, "minute")
    return f"{KINDS[source.kind]}, every {every.removeprefix('1 ')}"


def _next(source: Source, health: Health, here: datetime) -> str:
    if health is Health.PAUSED:
        return "Paused"
    if source.gone_looks >= GONE_TWICE:
        return "None planned: gone for good"
    if source.kind is SourceKind.HAND:
        return "None planned"
    if source.next_at is None or source.next_at <= here + timedelta(seconds=30):
        return "Now"
    return dates.moment(source.next_at)
