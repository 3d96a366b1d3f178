"""Seen from outside: whether the process lives, and whether the service does its work."""

import json
import threading
import time
from datetime import datetime, timedelta

from flask import Blueprint, Response, current_app

from tracker import runs
from tracker.alerts import queries as alerts
from tracker.alerts.queries.service_health import collecting_problem, mail_problem
from tracker.archive import queries as archive
from tracker.condition import trouble_of
from tracker.db import DatabaseProblem, DriverError
from tracker.runs import CLOCK_SKEW
from tracker.web.context import now, reading, text_response, world
from tracker.web.views.dates import iso

BEAT = timedelta(minutes=15)
"""How long no job may begin; the longest pause between two runs of the shipped schedule is 5 minutes."""
LOOK_S = 0.5
LOOK_EVERY_S = 60.0
"""A look for damage reads for half a second at most, once a minute; what a page or job meets is known at once anyway."""

pages = Blueprint("health", __name__)
_looking = threading.Lock()


@pages.get("/healthz")
def healthz() -> Response:
    """The process lives."""
    return text_response("ok\n", "text/plain")


@pages.get("/readyz")
def readyz() -> Response:
    """Database, disk, scheduler, outbox and collection; 503 when one of them keeps the service from its work."""
    here = now()
    _look_for_damage()
    problems = [fault.text for fault in world().faults()]
    try:
        with reading() as db:
            newest = runs.latest(db, 1)
            outbox = alerts.outbox_status(db, here)
            collection = archive.collection(db)
    except (DriverError, DatabaseProblem) as error:
        kind = trouble_of(error) if isinstance(error, DriverError) else None
        words = kind.value if kind else str(error) if isinstance(error, DatabaseProblem) else type(error).__name__
        return _answer(
            {"ready": False, "database": "out of reach", "problems": list(dict.fromkeys([words, *problems]))}
        )
    beat = newest[0].started_at if newest else None
    told = (mail_problem(outbox, here), collecting_problem(collection, here))
    problems += [*_schedule(beat, here), *(problem for problem in told if problem)]
    return _answer(
        {
            "ready": not problems,
            "database": "ok" if not any("database" in problem for problem in problems) else "in trouble",
            "scheduler_heartbeat": _time(beat),
            "oldest_alert_owed": _time(outbox.oldest_due),
            "last_good_collection": _time(collection.last_good),
            "problems": problems,
        }
    )


def _schedule(beat: datetime | None, here: datetime) -> list[str]:
    if beat is None or here - beat > BEAT:
        return ["no job has begun in the last 15 minutes: is the scheduler running?"]
    if beat > here + CLOCK_SKEW:
        return ["the newest job began in the future: the clock of this machine was set back, or differs from another's"]
    return []


def _look_for_damage() -> None:
    """Look at the file's integrity once a minute, by whoever asks first; the others go on without waiting."""
    if not _looking.acquire(blocking=False):
        return
    try:
        moment = time.monotonic()
        if moment - current_app.extensions.get("looked_for_damage", -LOOK_EVERY_S) >= LOOK_EVERY_S:
            current_app.extensions["looked_for_damage"] = moment
            world().database.find_damage(LOOK_S)
    finally:
        _looking.release()


def _answer(body: dict[str, object]) -> Response:
    return text_response(json.dumps(body, indent=1) + "\n", "application/json", 200 if body["ready"] else 503)


def _time(value: datetime | None) -> str | None:
    return iso(value) if value else None
