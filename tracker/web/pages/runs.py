"""Job runs: what ran, when, and what it did. For colleagues."""

from dataclasses import dataclass
from typing import ClassVar

from flask import Blueprint, Response

from tracker import runs
from tracker.runs import JobRun
from tracker.web.context import reading, render
from tracker.web.security import require_permission
from tracker.web.views import dates

GLYPHS = {"done": "i-ok", "running": "i-sug", "failed": "i-fail", "interrupted": "i-warn"}
MOST = 100

pages = Blueprint("runs", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One run."""

    job: str
    started: str
    took: str
    glyph: str
    word: str
    did: str
    error: str | None


@dataclass(frozen=True, slots=True)
class RunsPage:
    """Answers: did the jobs run, and what did they do."""

    template: ClassVar[str] = "runs.html"
    section: ClassVar[str] = "runs"
    title: str
    runs: tuple[RunRow, ...]


@pages.get("/runs")
def index() -> Response:
    """The newest runs."""
    require_permission("see job runs")
    with reading() as db:
        rows = tuple(_row(run) for run in runs.latest(db, MOST))
    return render(RunsPage("Job runs", rows))


def _row(run: JobRun) -> RunRow:
    seconds = (run.finished_at - run.started_at).total_seconds() if run.finished_at else None
    did = ", ".join(f"{name.replace('_', ' ')}: {number}" for name, number in run.counts.items())
    return RunRow(
        job=run.job.capitalize(),
        started=dates.moment(run.started_at),
        took=_took(seconds),
        glyph=GLYPHS.get(run.state, "i-info"),
        word=run.state.capitalize(),
        did=did or "–",
        error=run.error,
    )


def _took(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"
