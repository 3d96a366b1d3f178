"""`tracker export sqlite`: the public record as one SQLite file that stands alone, and its metadata for Datasette.

The tables are those of `public_tables`; what they hold comes from the reads that pages and other exports ask. All is read in
the one view that the caller opened. The SQL here is that of the new file, which no other part of the product opens.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from tracker.archive.urls import on_the_web
from tracker.db import Session
from tracker.errors import TrackerError
from tracker.positions import queries as positions
from tracker.positions import shift_rule
from tracker.positions.models import CodingState
from tracker.record import export
from tracker.record.public_tables import TABLES, PublicTable
from tracker.speech import queries as speech
from tracker.speech.models import Status
from tracker.speech.queries import SpeakerCount
from tracker.speech.states import HIDDEN

APPLICATION_ID = 0x4F545231
"""Marks a file of ours ("OTR1"): only such a file is ever written over."""
MOST_SHIFTS = 1_000_000
SEARCH = (
    'CREATE VIRTUAL TABLE statement_fts USING fts5(text, question, content="statement", tokenize="porter unicode61")',
    "INSERT INTO statement_fts(statement_fts) VALUES ('rebuild')",
)
"""Datasette finds it by its name and offers a search of the statements."""
Rows = Iterator[tuple[str, Sequence[object]]]
"""Rows, each with the name of its table."""


class NotOurFile(TrackerError):
    """There is another file at the place of the one to be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicSiteInfo:
    """Whose record it is, and of which moment."""

    name: str
    base_url: str
    contact: str
    at: datetime


def write(session: Session, target: Path, site: PublicSiteInfo) -> dict[str, int]:
    """Write the public record to `target`, its metadata beside it, and count the rows of each table. Raises `NotOurFile`.

    The file is there when all of it is written, and the one before it until then.
    """
    _require_ours(target)
    made = target.with_name(f".{target.name}.part")
    made.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(made, isolation_level=None)) as file:
            file.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            file.execute("BEGIN")
            counts = _fill(file, session, site)
            for statement in SEARCH:
                file.execute(statement)
            wrong = file.execute("PRAGMA foreign_key_check").fetchone()
            if wrong is not None:
                raise AssertionError(f"a row of {wrong[0]} names a row of {wrong[2]} that is not there")
            file.execute("COMMIT")
        told = json.dumps(metadata(target.stem, site), ensure_ascii=False, indent=2)
        metadata_path(target).write_text(f"{told}\n", "utf-8")
        made.replace(target)
    finally:
        made.unlink(missing_ok=True)
    return counts


def metadata_path(target: Path) -> Path:
    """Where the metadata of a file stands."""
    return target.with_name(f"{target.stem}.metadata.json")


def metadata(database: str, site: PublicSiteInfo) -> dict[str, Any]:
    """What Datasette tells of the file and of each of its tables and columns."""
    return {
        "title": f"{site.name}: the public record",
        "description": f"Who said what, when, and where to check it, as of {_time(site.at)}.",
        "source": site.name,
        "source_url": site.base_url,
        "about": f"Corrections: {site.contact}",
        "databases": {
            database: {
                "tables": {
                    table.name: {
                        "description": table.means,
                        "columns": {column.name: column.means for column in table.columns},
                        **({"sort_desc": "said_from"} if table.name == "statement" else {}),
                        **({"label_column": "name"} if table.name in {"speaker", "topic", "event"} else {}),
                    }
                    for table in TABLES
                }
            }
        },
    }


def _require_ours(target: Path) -> None:
    if not target.exists():
        return
    try:
        with closing(sqlite3.connect(f"file:{target.absolute()}?mode=ro", uri=True)) as file:
            ours = file.execute("PRAGMA application_id").fetchone()[0] == APPLICATION_ID
    except sqlite3.Error:
        ours = False
    if not ours:
        raise NotOurFile(f"{target} is there already and no such export; choose another name")


def _fill(file: sqlite3.Connection, session: Session, site: PublicSiteInfo) -> dict[str, int]:
    """Make the tables and write their rows, those of a statement with the statement, so that few are held at once."""
    insert = {}
    for table in TABLES:
        file.execute(_create(table))
        for one in table.columns:
            if one.to:
                file.execute(f'CREATE INDEX "{table.name}_{one.name}" ON "{table.name}"("{one.name}")')
        insert[table.name] = f'INSERT INTO "{table.name}" VALUES ({", ".join("?" * len(table.columns))})'  # noqa: S608 - our own names
    counts = dict.fromkeys(insert, 0)
    counted = speech.speakers(session)
    slugs = {one.who.name: one.who.slug for one in counted}
    for name, row in chain(_around(session, site, counted), _statements(session, site, slugs)):
        file.execute(insert[name], tuple(row))
        counts[name] += 1
    return counts


def _create(table: PublicTable) -> str:
    columns = ", ".join(
        f'"{one.name}" {one.kind}'
        f"{' PRIMARY KEY' if one.name == 'id' else ''}"
        f"{f' REFERENCES {chr(34)}{one.to}{chr(34)}(id)' if one.to else ''}"
        for one in table.columns
    )
    return f'CREATE TABLE "{table.name}" ({columns})'


def _around(session: Session, site: PublicSiteInfo, speakers: Sequence[SpeakerCount]) -> Rows:
    """What statements are sorted by: speakers, topics with their scales, events; and the shifts between statements."""
    for name, value in (
        ("made at", _time(site.at)),
        ("site", site.name),
        ("address", site.base_url),
        ("corrections", site.contact),
        ("left out", "what was rejected, withdrawn or merged, suggested positions, accounts, readers, notes"),
    ):
        yield "about", (name, value)
    known = {one.name: one for one in speech.known_speakers(session)}
    slugs = {one.who.id: one.who.slug for one in speakers}
    for one in speakers:
        who = known.get(one.who.name)
        names = "; ".join(who.aliases) if who else ""
        url = f"{site.base_url}/s/{one.who.slug}"
        yield "speaker", (one.who.slug, url, one.who.name, one.kind, names, one.statements)
        for held in who.offices if who else ():
            yield "office", (one.who.slug, held.title, held.body, _day(held.since), _day(held.until))
    for topic in positions.topics(session):
        yield "topic", (topic.id, f"{site.base_url}/t/{topic.id}", topic.name, topic.description, topic.scale)
        for version in range(1, topic.scale + 1):
            for step in positions.scale_version(session, topic.id, version):
                side = step.side.value if step.side else None
                yield "step", (topic.id, version, step.step, step.label, step.definition, side)
    for event in positions.events(session):
        days = _day(event.starts_on), _day(event.ends_on), _time(event.pivot)
        yield "event", (event.id, event.name, event.place, *days, event.pivot_name)
    for event_id, about in positions.event_topics(session).items():
        yield from (("event_topic", (event_id, topic.id)) for topic in about)
    for row in positions.shifts(session, limit=MOST_SHIFTS):
        sides = row.before.public_id, row.after.public_id
        words = shift_rule.verdict_sentence(row.verdict)
        yield (
            "shift",
            (
                slugs[row.shift.speaker_id],
                row.shift.topic_id,
                *sides,
                row.shift.distance,
                words,
                _time(row.shift.signed_at),
            ),
        )


def _statements(session: Session, site: PublicSiteInfo, slugs: Mapping[str, str]) -> Rows:
    """Every shown statement with its places, topics, confirmed positions and corrections."""
    for row in export.claims(session):
        if Status(row["status"]) in HIDDEN:
            continue
        yield "statement", _statement(row, site, slugs)
        for place in row["appearances"]:
            copied = f"{site.base_url}/snapshots/{place['snapshot']}"
            where = (
                on_the_web(place["url"]),
                place["outlet"],
                place["published"],
                place["fetched"],
                place["snapshot"],
                copied,
            )
            words = (place[name] for name in ("start", "end", "exact", "exact_sha256", "form", "state"))
            yield "appearance", (row["claim"], *where, *words)
        for link in row["topics"]:
            yield "statement_topic", (row["claim"], link["topic"], "; ".join(link["matched"]))
        in_force = {coding["topic"]: coding for coding in row["codings"] if coding["state"] == CodingState.CONFIRMED}
        for coding in in_force.values():
            yield "coding", (row["claim"], coding["topic"], coding["step"], coding["position"], coding["at"])
        for note in row["corrections"]:
            yield "correction", (row["claim"], *(note[name] for name in ("field", "old", "new", "reason", "at")))


def _statement(row: Mapping[str, Any], site: PublicSiteInfo, slugs: Mapping[str, str]) -> tuple[object, ...]:
    said = row["said"]
    return (
        row["claim"],
        f"{site.base_url}/c/{row['claim']}",
        *(row[name] for name in ("text", "kind", "polarity")),
        slugs.get(row["speaker"] or ""),
        row["role"],
        "; ".join(row["candidates"]),
        *(said[name] for name in ("from", "to", "precision", "basis", "conflict")),
        *(row[name] for name in ("channel", "venue", "question", "condition", "status")),
    )


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _time(value: datetime | None) -> str | None:
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if value else None
