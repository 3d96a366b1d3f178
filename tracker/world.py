"""The world: all that is not our own data, in one value that jobs, pages and commands are handed.

Below this floor time is an argument and nothing reaches out by itself; here the clock, the fetch gate and the mailer live.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial

import structlog

from tracker import configured, faults, processes, runs
from tracker.alerts.digest import DigestSchedule
from tracker.alerts.ledger import webhooks as webhook_ledger
from tracker.alerts.ledger.webhooks import NewWebhook
from tracker.alerts.mail import Mailer, mailer
from tracker.archive import queries as archive_queries
from tracker.archive.http.gate import Gate, Limits
from tracker.archive.http.named_address import NamedAddress
from tracker.archive.ledger import sources as source_ledger
from tracker.archive.ledger.sources import NewSource
from tracker.archive.models import SourceKind
from tracker.archive.warc import Archive
from tracker.db import Database, DriverError
from tracker.errors import TrackerError
from tracker.faults import Fault
from tracker.positions.ledger import definitions
from tracker.positions.ledger.definitions import NewEvent, NewPosition, NewTopic
from tracker.positions.models import Side
from tracker.record import backup
from tracker.record import queries as record_queries
from tracker.setting_sections import (
    EventSection,
    SourceSection,
    SpeakerSection,
    TopicSection,
    WebhookSection,
    period_minutes,
)
from tracker.settings import Settings
from tracker.speech.ledger import search_index
from tracker.speech.ledger import speakers as speaker_ledger
from tracker.speech.ledger.speakers import NewOffice, NewSpeaker

log = structlog.get_logger("world")


def utc_now() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class World:
    """Settings, database, clock, HTTP, mail and the archive folder. `demo` puts the banner on every page."""

    settings: Settings
    database: Database
    now: Callable[[], datetime]
    gate: Gate
    mailer: Mailer
    archive: Archive
    demo: bool = False
    name: str = field(default_factory=processes.new_name)
    """This process, as leases, runs and taken mails name it: no two processes share it."""
    stopping: threading.Event = field(default_factory=threading.Event)
    """Set when the service is to end: every loop asks between two items."""
    accepted: list[str] = field(default_factory=list)
    """Message-IDs that a mail server took and the database could not note yet."""

    def stop(self) -> None:
        """Begin nothing more: loops end after the item in hand, requests and mail talks that wait are given up."""
        self.stopping.set()
        self.gate.close()
        self.mailer.close()

    def fenced(self, lease: str, fence: int) -> "World":
        """The world of a leased run: each writing transaction first proves that the lease is still this process's.

        Else it raises `runs.LeaseLost`, and nothing is written.
        """
        guard = partial(runs.require, name=lease, holder=self.name, fence=fence)
        return replace(self, database=self.database.guarded(guard))

    def faults(self) -> tuple[Fault, ...]:
        """What keeps this machine from saving just now, see `tracker.faults`."""
        mail = self.settings.mail
        return faults.find(self.database, self.archive, mail.folder if mail.transport == "folder" else None)

    @property
    def model_address(self) -> NamedAddress | None:
        """Where a language model is asked for suggestions; None where the configuration names none."""
        told = self.settings.suggestions
        if told.url is None:
            return None
        return NamedAddress(
            url=told.url,
            user_agent=self.settings.user_agent,
            deadline_s=told.timeout_s,
            key=told.secret,
            stopping=self.stopping,
        )

    @property
    def digest_schedule(self) -> DigestSchedule:
        """When digests go out."""
        return DigestSchedule(self.settings.schedule.digest_hour, self.settings.schedule.digest_weekday)


def build(settings: Settings, *, now: Callable[[], datetime] = utc_now, demo: bool = False) -> World:
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
    database.finish_with(search_index.refresh)
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
    """Book hosts among all processes, as `throttle.BookHosts` says; a database that can't makes nobody wait for it."""
    try:
        with database.transaction() as session:
            return source_ledger.book_hosts(session, utc_now(), hosts, seconds)
    except DriverError:
        log.warning("hosts could not be booked", hosts=len(hosts))
        return {}


LOOK_S = 0.5
"""Seconds that the look for damage may take before a command; a service looks at the whole file beside its work."""


def require_record(world: World, *, upgrade: bool = False) -> None:
    """Refuse a record that is absent, damaged, of another version, or without its archive folder. Raises `TrackerError`.

    `upgrade` brings an older one to this version. No record is made here: only `tracker init` and `tracker demo` may.
    """
    world.database.require_whole(LOOK_S)
    world.database.require_present()
    if upgrade:
        world.database.upgrade()
    world.database.require_current()
    prepare_archive(world)


def prepare_archive(world: World) -> None:
    """Make the archive folder of a record that holds nothing yet; else it must be there, and writable.

    Raises `TrackerError`: a record whose evidence is gone must not go on as if it were new.
    """
    folder = world.archive.folder
    with world.database.reading() as session:
        kept = archive_queries.holds_evidence(session)
    if not folder.is_dir():
        if kept:
            raise TrackerError(
                f"the archive folder {folder} is missing, but the record's quotes are proved by what lies in it "
                "(bring it back, correct archive.path, or restore a backup into a new place)"
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise TrackerError(f"the archive folder {folder} can't be made: {error.strerror or error}") from error
    world.archive.require_writable()
    backup.finish(world.archive)


def configure(world: World) -> None:
    """Bring sources, speakers, topics, events and webhooks of the configuration into the record, in one transaction.

    What that changes is in the audit trail.
    """
    settings, now = world.settings, world.now()
    speakers = [section.name for section in settings.speakers]
    with world.database.transaction() as session:
        before = record_queries.configured_items(session, speakers)
        source_ledger.configure(session, now, [new_source(section) for section in settings.sources])
        speaker_ledger.configure(session, now, [new_speaker(section) for section in settings.speakers])
        for section in settings.speakers:
            speaker_ledger.set_groups(session, section.name, section.groups)
        definitions.configure(
            session,
            now,
            [new_topic(section) for section in settings.topics],
            [new_event(section) for section in settings.events],
        )
        session.flush()
        webhook_ledger.configure(
            session,
            now,
            [_webhook(section) for section in settings.webhooks],
            frozenset(settings.fetch.allow_private),
            world.digest_schedule,
        )
        configured.record_changes(session, now, before, record_queries.configured_items(session, speakers))


def new_source(section: SourceSection) -> NewSource:
    """A source as the configuration, a form or a file tells it."""
    return NewSource(
        id=section.id,
        name=section.name,
        kind=SourceKind(section.kind),
        address=str(section.path) if section.path else section.url,
        outlet=section.outlet,
        lane=section.lane,
        channel=section.channel,
        language=section.language,
        timezone=section.timezone,
        every_minutes=section.every_minutes,
        expect_every_minutes=period_minutes(section.expect_every) if section.expect_every else None,
        enabled=section.enabled,
        options=section.options,
        note=section.note,
    )


def new_speaker(section: SpeakerSection) -> NewSpeaker:
    """A speaker as the configuration or a file tells it."""
    offices = tuple(NewOffice(one.title, one.body, one.start or date.min, one.end) for one in section.offices)
    return NewSpeaker(section.name, section.kind, section.aliases, offices)


def _webhook(section: WebhookSection) -> NewWebhook:
    return NewWebhook(
        name=section.name,
        url=section.url,
        searches=section.searches,
        tell=section.tell,
        configured_as=section.id,
    )


def new_topic(section: TopicSection) -> NewTopic:
    """A topic as the configuration or a form tells it."""
    return NewTopic(
        id=section.id,
        name=section.name,
        description=section.description,
        rules={"any": list(section.any), "all": list(section.all), "none": list(section.none)},
        examples={"in": list(section.examples_in), "out": list(section.examples_out)},
        positions=tuple(
            NewPosition(
                step=one.step,
                key=one.id or f"step-{one.step}",
                label=one.label,
                definition=one.definition,
                phrases=one.phrases,
                side=Side(one.side) if one.side else None,
                example_claim_id=None,
            )
            for one in section.positions
        ),
    )


def new_event(section: EventSection) -> NewEvent:
    """An event as the configuration or a form tells it."""
    return NewEvent(
        id=section.id,
        name=section.name,
        place=section.place,
        starts_on=section.start,
        ends_on=section.end,
        pivot=section.moment,
        pivot_name=section.pivot_name,
        zone=section.zone,
        pivot_zone=section.pivot_zone or section.zone,
        pivot_reason=section.pivot_reason,
        during=section.during,
        documents=section.documents,
        groups={name: list(members) for name, members in section.groups.items()},
        topics=section.topics,
    )
