"""The world: all that is not our own data, in one value that jobs, pages and commands are handed.

Below this floor time is an argument and nothing reaches out by itself; here the clock, the fetch gate and the mailer live.
"""

import os
import secrets
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property, partial
from typing import Any

import sqlalchemy as sa
import structlog

from tracker import configured
from tracker.alerts.ledger import Digests
from tracker.alerts.mail import Mailer, mailer
from tracker.archive import source_ledger
from tracker.archive.fetch import Gate, Limits
from tracker.archive.warc import Archive
from tracker.db import Database
from tracker.positions import ledger as positions_ledger
from tracker.settings import EventSection, Settings, SourceSection, SpeakerSection, TopicSection, period_minutes
from tracker.speech import ledger as speech_ledger

log = structlog.get_logger("world")


def clock() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class World:
    """Settings, database, clock, HTTP, mail and the archive folder. `demo` puts the banner on every page."""

    settings: Settings
    database: Database
    now: Callable[[], datetime]
    gate: Gate
    mailer: Mailer
    archive: Archive
    demo: bool = False

    @cached_property
    def name(self) -> str:
        """This process, as leases and runs name it: no two processes share it."""
        return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"

    @property
    def digests(self) -> Digests:
        """When digests go out."""
        return Digests(self.settings.schedule.digest_hour, self.settings.schedule.digest_weekday)


def build(settings: Settings, *, now: Callable[[], datetime] = clock, demo: bool = False) -> World:
    """The real world for these settings; nothing is opened yet."""
    fetch = settings.fetch
    limits = Limits(
        user_agent=settings.user_agent,
        deadline_s=fetch.deadline_s,
        max_bytes=fetch.max_bytes,
        max_redirects=fetch.max_redirects,
        per_host_gap_s=fetch.per_host_gap_s,
        allow_private=frozenset(fetch.allow_private),
    )
    database = Database(settings.database.url)
    return World(
        settings=settings,
        database=database,
        now=now,
        gate=Gate(limits, now=now, book=partial(_book, database)),
        mailer=mailer(settings.mail),
        archive=Archive(settings.archive.path),
        demo=demo,
    )


def _book(database: Database, hosts: Sequence[str], seconds: float) -> Mapping[str, float]:
    """Book hosts among all processes, as `turns.Book` says; a database that can't makes nobody wait for it."""
    try:
        with database.transaction() as session:
            return source_ledger.book_hosts(session, clock(), hosts, seconds)
    except sa.exc.DBAPIError:
        log.warning("hosts could not be booked", hosts=len(hosts))
        return {}


def configure(world: World) -> None:
    """Bring sources, speakers, topics and events of the configuration into the record, in one transaction.

    What that changes is in the audit trail.
    """
    settings, now = world.settings, world.now()
    speakers = [section.name for section in settings.speakers]
    with world.database.transaction() as session:
        before = configured.things(session, speakers)
        source_ledger.configure(session, now, [_source(section) for section in settings.sources])
        speech_ledger.configure(session, now, [_speaker(section) for section in settings.speakers])
        positions_ledger.configure(
            session,
            now,
            [_topic(section) for section in settings.topics],
            [_event(section) for section in settings.events],
        )
        session.flush()
        configured.record_changes(session, now, before, configured.things(session, speakers))


def _source(section: SourceSection) -> dict[str, Any]:
    expect = period_minutes(section.expect_every) if section.expect_every else None
    return {
        "id": section.id,
        "name": section.name,
        "kind": section.kind,
        "address": str(section.path) if section.path else section.url,
        "outlet": section.outlet,
        "lane": section.lane,
        "channel": section.channel,
        "language": section.language,
        "timezone": section.timezone,
        "every_minutes": section.every_minutes,
        "expect_every_minutes": expect,
        "enabled": section.enabled,
        "options": section.options,
        "note": section.note,
    }


def _speaker(section: SpeakerSection) -> dict[str, Any]:
    return {
        "name": section.name,
        "kind": section.kind,
        "aliases": section.aliases,
        "offices": [
            {"title": o.title, "body": o.body, "from_on": o.start or date.min, "to_on": o.end} for o in section.offices
        ],
    }


def _topic(section: TopicSection) -> dict[str, Any]:
    return {
        "id": section.id,
        "name": section.name,
        "description": section.description,
        "rules": {"any": list(section.any), "all": list(section.all), "none": list(section.none)},
        "positions": [
            {
                "step": p.step,
                "key": p.id or f"step-{p.step}",
                "label": p.label,
                "definition": p.definition,
                "phrases": list(p.phrases),
            }
            for p in section.positions
        ],
    }


def _event(section: EventSection) -> dict[str, Any]:
    return {
        "id": section.id,
        "name": section.name,
        "place": section.place,
        "starts_on": section.start,
        "ends_on": section.end,
        "pivot": section.moment,
        "pivot_name": section.pivot_name,
        "topics": section.topics,
    }
