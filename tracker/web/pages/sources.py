"""Sources: what is broken, and since when."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from flask import Blueprint, Response

from tracker.archive import queries as archive
from tracker.speech import queries as speech
from tracker.speech.source_health import Health, Yield
from tracker.web.cache import cached
from tracker.web.context import can, now, reading, render
from tracker.web.views import dates
from tracker.web.views.source_rows import LEAD, SourceRow, show_source

ORDER = tuple(Health)
WEEK = timedelta(days=7)

pages = Blueprint("sources", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesPage:
    """Answers: is anything broken, and since when."""

    template: ClassVar[str] = "sources.html"
    section: ClassVar[str] = "sources"
    title: str
    lead: str
    failing: tuple[SourceRow, ...]
    sources: tuple[SourceRow, ...]
    may_change: bool


@pages.get("/sources")
def index() -> Response:
    """Every source, failing first."""
    here = now()
    with reading() as db:
        numbers = cached(db, "sources", lambda: speech.yields_of_sources(db))
        lately = cached(db, "yields", lambda: archive.yields(db, here - WEEK))
        rows = [
            show_source(source, numbers.get(source.id, Yield()), lately.get(source.id, 0), here)
            for source in archive.all_sources(db)
        ]
    rows.sort(key=lambda row: (ORDER.index(row.health), row.name.casefold()))
    failing = tuple(row for row in rows if row.health is Health.FAILING)
    may = can("change sources")
    return render(SourcesPage(title="Sources", lead=_lead(rows), failing=failing, sources=tuple(rows), may_change=may))


def _lead(rows: list[SourceRow]) -> str:
    if not rows:
        return "No source yet."
    healthy = sum(row.health is Health.HEALTHY for row in rows)
    parts = [f"{healthy} of {dates.counted(len(rows), 'source')} {'is' if healthy == 1 else 'are'} healthy."]
    for health in ORDER:
        number = sum(row.health is health for row in rows)
        if number and health is not Health.HEALTHY:
            counted = dates.spelled(number, "source").split(" ")[0]
            parts.append(f"{counted} {LEAD[health][number != 1]}.")
    return " ".join(parts)
