"""Seen from outside: whether the process lives, and whether the service does its work."""

import json
from datetime import datetime, timedelta

from flask import Blueprint, Response
from sqlalchemy.exc import SQLAlchemyError

from tracker import runs
from tracker.alerts import queries as alerts
from tracker.archive import queries as archive
from tracker.web.context import now, plain, reading
from tracker.web.dates import iso

BEAT = timedelta(minutes=15)
OVERDUE = timedelta(hours=1)

pages = Blueprint("health", __name__)


@pages.get("/healthz")
def healthz() -> Response:
    """The process lives."""
    return plain("ok\n", "text/plain")


@pages.get("/readyz")
def readyz() -> Response:
    """Database, scheduler, outbox and collection; 503 when one of them keeps the service from its work."""
    here = now()
    try:
        with reading() as db:
            newest = runs.latest(db, 1)
            beat = newest[0].started_at if newest else None
            owed = alerts.oldest_owed(db, here)
            good = archive.last_good(db)
    except SQLAlchemyError as problem:
        return _answer({"ready": False, "database": "out of reach", "problems": [type(problem).__name__]})
    problems = []
    if beat is None or here - beat > BEAT:
        problems.append("no job has begun in the last 15 minutes: is the scheduler running?")
    if owed is not None and here - owed > OVERDUE:
        problems.append("a mail is overdue by more than an hour: is the mail server answering?")
    return _answer(
        {
            "ready": not problems,
            "database": "ok",
            "scheduler_heartbeat": _time(beat),
            "oldest_alert_owed": _time(owed),
            "last_good_collection": _time(good),
            "problems": problems,
        }
    )


def _answer(body: dict[str, object]) -> Response:
    return plain(json.dumps(body, indent=1) + "\n", "application/json", 200 if body["ready"] else 503)


def _time(value: datetime | None) -> str | None:
    return iso(value) if value else None
