"""Writes about sources: as configured, taken to be fetched, and what a fetch gave. When to fetch next is decided here."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col, select

from tracker.archive.ledger.documents import HAND, fetch_row
from tracker.archive.models import Fetch, HostTurn, Source, SourceKind
from tracker.archive.staleness import counts_from, with_staleness
from tracker.archive.types import FetchResult, SourceFetch
from tracker.db import insert_if_absent
from tracker.errors import TrackerError
from tracker.runs import CLOCK_SKEW

BACK_OFF_CAP = timedelta(hours=6)
LONGEST_STRETCH = timedelta(days=1)
STRETCH_AFTER = 8
"""Fetches in a row without anything new after which the pause between them doubles, up to `MOST_STRETCH` times."""
MOST_STRETCH = 4
LONGEST_VALIDATOR = 1000
LONGEST_HOST = 300
MOST_AHEAD = timedelta(minutes=1)
"""More than any process books ahead of another whose clock is right."""


class SourceConflict(TrackerError):
    """The configuration file and the site both define a source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSource:
    """A source as it is configured; what each field means stands at the columns of `Source`."""

    id: str
    name: str
    kind: SourceKind
    address: str | None
    outlet: str | None
    lane: str
    channel: str | None
    language: str | None
    timezone: str
    every_minutes: int
    expect_every_minutes: int | None
    enabled: bool
    options: dict[str, Any]
    note: str | None


def configure(session: Session, now: datetime, sources: Sequence[NewSource]) -> None:
    """Make the rows of the configured sources; one that is configured no more is switched off, never deleted.

    Those made on the site stay as they are. Raises `SourceConflict` for one that is in the file as well.
    """
    insert_if_absent(session, Source, {**_blank(now), "id": HAND, "name": "Entered by hand", "kind": SourceKind.HAND})
    wanted = {told.id for told in sources}
    for told in sources:
        row = session.get(Source, told.id)
        if row is not None and row.edited_by is not None:
            raise SourceConflict(
                f"sources: {told.id!r} is in the configuration file, and on the site, where {row.edited_by} wrote it "
                "(take it out of the file, or give the one in the file another id)"
            )
        write_source(session, now, told, row)
    for row in session.exec(select(Source).where(col(Source.id) != HAND, col(Source.edited_by).is_(None))):
        if row.id not in wanted and row.enabled:
            row.enabled, row.note = False, "no longer in the configuration"
            session.add(row)
    session.flush()


def write_source(session: Session, now: datetime, told: NewSource, row: Source | None) -> Source:
    """Make a source's row, or bring it to what is told; one that somebody paused stays so."""
    if row is None:
        row = Source(**{**_blank(now), **asdict(told)})
    elif (row.kind, row.address, row.options) != (told.kind, told.address, told.options):
        # Another place, or other rules for the same: it is read anew, whatever its server says about changes.
        row.etag = row.last_modified = row.listing_sha256 = row.full_at = None
        row.gone_looks = row.idle_looks = 0
        row.next_at = now
    for key, value in asdict(told).items():
        setattr(row, key, value)
    row.enabled = told.enabled and row.paused_by is None
    session.add(row)
    return row


def take(
    session: Session, now: datetime, ids: Sequence[str], holder: str, seconds: float, *, dead: Sequence[str] = ()
) -> set[str]:
    """Reserve sources for one who fetches them now; which of them are his.

    What another holds is left to him until his time is over, or he is one of the `dead`.
    """
    until = now + timedelta(seconds=seconds)
    free = sa.or_(
        col(Source.taken_by).is_(None),
        col(Source.taken_until) <= now,
        col(Source.taken_until) > until + CLOCK_SKEW,  # by a clock that was ahead
        col(Source.taken_by).in_(tuple(dead)),
    )
    taken = session.connection().execute(
        sa.update(Source)
        .where(col(Source.id).in_(tuple(ids)), free)
        .values(taken_by=holder, taken_until=until)
        .returning(col(Source.id))
    )
    return {row[0] for row in taken}


def correct_clock(session: Session, now: datetime, ahead: datetime) -> int:
    """Let sources be fetched again whose last fetch a clock later than `ahead` dated; how many there were."""
    wrong = session.connection().execute(
        sa.update(Source)
        .where(sa.or_(col(Source.last_try_at) > ahead, col(Source.state_since) > ahead, col(Source.full_at) > ahead))
        .values(
            next_at=now,
            taken_until=None,
            taken_by=None,
            **{
                name: _no_later(name, ahead, now)
                for name in ("last_try_at", "last_good_at", "state_since", "newest_at")
            },
            full_at=None,
        )
    )
    session.connection().execute(sa.update(HostTurn).where(col(HostTurn.free_at) > ahead).values(free_at=now))
    return int(wrong.rowcount)


def _no_later(column: str, ahead: datetime, now: datetime) -> sa.ColumnElement[datetime]:
    return sa.case((col(getattr(Source, column)) > ahead, now), else_=col(getattr(Source, column)))


def renew(session: Session, now: datetime, ids: Iterable[str], holder: str, seconds: float) -> set[str]:
    """Prolong the reservation of sources that are still being fetched; which of them are still this holder's."""
    held = session.connection().execute(
        sa.update(Source)
        .where(col(Source.id).in_(tuple(ids)), col(Source.taken_by) == holder)
        .values(taken_until=now + timedelta(seconds=seconds))
        .returning(col(Source.id))
    )
    return {row[0] for row in held}


def release(session: Session, ids: Iterable[str], holder: str) -> None:
    """Release sources that were not fetched."""
    session.connection().execute(
        sa.update(Source)
        .where(col(Source.id).in_(tuple(ids)), col(Source.taken_by) == holder)
        .values(taken_by=None, taken_until=None)
    )


def record_fetches(session: Session, fetches: Sequence[SourceFetch]) -> list[SourceFetch]:
    """Write down fetches of sources that were taken, when to fetch each next, and give them back; in two statements.

    Gives them with the state that is written: stale, where the source's history makes it so.
    """
    final = [replace(one, result=with_staleness(one.source, one.result, one.new_documents)) for one in fetches]
    if not final:
        return []
    rows = [{"the_id": one.source.id, **state_after(one.source, one.result, one.new_documents)} for one in final]
    table = SQLModel.metadata.tables["source"]
    session.connection().execute(
        sa.insert(Fetch),
        [fetch_row(one.result, one.source.id, None, one.new_documents).model_dump(exclude={"id"}) for one in final],
    )
    update = sa.update(table).where(table.c.id == sa.bindparam("the_id"))
    session.connection().execute(update.values({key: sa.bindparam(key) for key in rows[0] if key != "the_id"}), rows)
    return final


def is_new_state(source: Source, fetch: FetchResult) -> bool:
    """Whether a fetch gives a source another state than it was in; "ok" and "unchanged" are one."""
    if source.state is None or source.state_since is None:
        return True
    return source.state != fetch.state and not (source.state.is_clean and fetch.state.is_clean)


def state_after(source: Source, fetch: FetchResult, new_documents: int) -> dict[str, Any]:
    """What a fetch makes of a source: the columns of its state, and when it is fetched next."""
    newest = min(fetch.newest, fetch.at) if fetch.newest else fetch.at if new_documents else None
    if fetch.is_read and newest is None and source.newest_at is None:
        newest = counts_from(source, fetch)
    good = fetch.is_read
    failures = 0 if good else source.failures + 1
    idle = source.idle_looks if not good else 0 if new_documents else source.idle_looks + 1
    in_full = fetch.list_sha256 is not None
    return {
        "state": fetch.state,
        "state_since": fetch.at if is_new_state(source, fetch) else source.state_since,
        "detail": fetch.detail,
        "last_try_at": fetch.at,
        "last_good_at": fetch.at if good else source.last_good_at,
        "newest_at": max((one for one in (newest, source.newest_at) if one is not None), default=None),
        "failures": failures,
        "idle_looks": idle,
        "gone_looks": source.gone_looks + 1 if fetch.permanent and not good else 0,
        "etag": _short(fetch.etag) if in_full else source.etag,
        "last_modified": _short(fetch.last_modified) if in_full else source.last_modified,
        "listing_sha256": fetch.list_sha256 if in_full else source.listing_sha256,
        "full_at": fetch.at if in_full else source.full_at,
        "next_at": fetch.at
        if fetch.more
        else fetch.at + _spread(next_check(source, fetch, failures, idle), source.id, failures),
        "taken_by": None,
        "taken_until": None,
    }


def book_hosts(session: Session, now: datetime, hosts: Sequence[str], seconds: float) -> dict[str, float]:
    """Book those hosts that are free until `seconds` from now, among all processes; for the others, how long they aren't.

    A booking that lies further ahead than any is made was made by a clock that has been set back since: it doesn't count.
    """
    keys = {
        host[:LONGEST_HOST]: host for host in sorted(hosts)
    }  # sorted, so that two who book never lock each other out
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    until = now + timedelta(seconds=seconds)
    upsert: Any = dialect.insert(HostTurn).values([{"host": key, "free_at": until} for key in keys])
    upsert = upsert.on_conflict_do_update(
        index_elements=["host"],
        set_={"free_at": until},
        where=sa.or_(col(HostTurn.free_at) <= now, col(HostTurn.free_at) > until + MOST_AHEAD),
    ).returning(col(HostTurn.host))
    booked = {row[0] for row in session.connection().execute(upsert)}
    others = [key for key in keys if key not in booked]
    if not others:
        return {}
    rows = session.exec(select(HostTurn).where(col(HostTurn.host).in_(others)))
    return {keys[row.host]: (row.free_at - now).total_seconds() for row in rows}


def next_check(source: Source, fetch: FetchResult, failures: int, idle_looks: int) -> timedelta:
    """How long until a source is fetched again: its period, longer after failures and while nothing new comes."""
    every: timedelta = timedelta(minutes=source.every_minutes)
    if not fetch.is_read:
        if fetch.retry_after_s is not None:
            return timedelta(seconds=fetch.retry_after_s)
        return min(every * (1 << min(failures - 1, 12)), BACK_OFF_CAP)
    if source.kind == SourceKind.FOLDER:
        return every
    most = max(every, min(every * MOST_STRETCH, LONGEST_STRETCH))
    if source.expect_every_minutes:
        most = max(every, min(most, timedelta(minutes=source.expect_every_minutes) / 4))
    stretched = every * (1 << min(idle_looks // STRETCH_AFTER, 3))
    return min(max(stretched, timedelta(seconds=fetch.max_age_s or 0)), most)


def _spread(wait: timedelta, name: str, failures: int) -> timedelta:
    """Up to a tenth more, so that sources that failed together are not asked together; the same for the same case."""
    seed = hashlib.sha256(f"{name}/{failures}".encode()).digest()[0]
    return wait * (1 + seed / 2550) if failures else wait


def _short(validator: str | None) -> str | None:
    return validator if validator and len(validator) <= LONGEST_VALIDATOR else None


def _blank(now: datetime) -> dict[str, Any]:
    return {
        "lane": "reported",
        "timezone": "UTC",
        "every_minutes": 60,
        "options": {},
        "enabled": True,
        "created_at": now,
        "failures": 0,
        "idle_looks": 0,
        "gone_looks": 0,
    }
