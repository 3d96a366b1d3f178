"""Seen from outside: whether the process lives, and whether the service does its work."""

import json
import threading
import time
from datetime import datetime, timedelta

from flask import Blueprint, Response, current_app

from tracker import runs
from tracker.alerts import queries as alerts
from tracker.alerts.queries import OutboxStatus
from tracker.archive import queries as archive
from tracker.archive.queries import Collection
from tracker.condition import trouble_of
from tracker.db import DatabaseProblem, DriverError
from tracker.runs import CLOCK_SKEW
from tracker.web.context import now, reading, text_response, world
from tracker.web.views.dates import iso

BEAT = timedelta(minutes=15)
"""How long no job may begin; the longest pause between two runs of the shipped schedule is 5 minutes."""
UNSENT = timedelta(minutes=15)
"""How long mails may be due without a single one going out: then the mail server is dead, not one reader's mailbox."""
OVERDUE = timedelta(hours=1)
"""How long any mail may be due."""
LATE = timedelta(hours=1)
"""How long a source may wait past its time."""
UNREAD = timedelta(days=2)
"""How long no source at all may be read well."""
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
        told = kind.value if kind else str(error) if isinstance(error, DatabaseProblem) else type(error).__name__
        return _answer({"ready": False, "database": "out of reach", "problems": list(dict.fromkeys([told, *problems]))})
    beat = newest[0].started_at if newest else None
    problems += [*_schedule(beat, here), *_mail(outbox, here), *_collecting(collection, here)]
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


def _mail(outbox: OutboxStatus, here: datetime) -> list[str]:
    """By when each mail was due first: a time that every new try moves forward would never grow old."""
    if outbox.oldest_due is None:
        return []
    waits = here - outbox.oldest_due
    if waits > UNSENT and (outbox.last_sent is None or outbox.last_sent < outbox.oldest_due):
        return [f"{outbox.due} mails wait and none has gone for {_minutes(waits)}: is the mail server answering?"]
    if waits > OVERDUE:
        return [f"a mail is overdue by {_minutes(waits)}; the log says what its server answered"]
    return []


def _collecting(collection: Collection, here: datetime) -> list[str]:
    if not collection.sources:
        return []
    if collection.next_at is not None and here - collection.next_at > LATE:
        waits = _minutes(here - collection.next_at)
        return [f"no source is looked at: one has been due for {waits}; is the collecting job running?"]
    good = collection.last_good or collection.since
    if good is not None and here - good > max(UNREAD, 3 * collection.shortest):
        return [f"no source was read well for {_minutes(here - good)}; /sources says why"]
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


def _minutes(period: timedelta) -> str:
    minutes = int(period.total_seconds() // 60)
    days, hours = divmod(minutes // 60, 24)
    if days > 1:
        return f"{days} days"
    return f"{days * 24 + hours} hours" if minutes >= 120 else f"{minutes} minutes"  # noqa: PLR2004 - two hours


def _answer(body: dict[str, object]) -> Response:
    return text_response(json.dumps(body, indent=1) + "\n", "application/json", 200 if body["ready"] else 503)


def _time(value: datetime | None) -> str | None:
    return iso(value) if value else None
