"""Reads of the whole record, across the floors, for proof, export, backup and the audit of a configuration."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import QueryableAttribute, defer
from sqlmodel import Session, SQLModel, col, select

from tracker.archive.ledger.documents import HAND
from tracker.archive.models import Document, Snapshot, Source
from tracker.positions.models import ClaimTopic, Coding, Event, EventTopic, Position, Topic
from tracker.speech.ledger.speakers import speaker_named
from tracker.speech.models import Alias, Appearance, Claim, Office, Speaker, SpeakerGroup
from tracker.speech.queries import batches

SOURCE = ("name", "kind", "address", "outlet", "lane", "channel", "language", "timezone", "every_minutes",
          "expect_every_minutes", "enabled", "options", "note")  # fmt: skip
TOPIC = ("name", "description", "rules", "examples")
STEP = ("step", "key", "label", "definition", "phrases", "side")
EVENT = ("name", "place", "starts_on", "ends_on", "pivot", "pivot_name", "zone", "pivot_zone", "pivot_reason", "during",
         "documents", "groups")  # fmt: skip
OFFICE = ("title", "body", "from_on", "to_on")
ConfiguredItems = dict[str, dict[str, Any]]
"""Each configured thing by its subject in the audit trail (`source:wire`), with its fields."""


ROWS_AT_ONCE = 1000
"""Rows of a table that are held in memory together."""


def snapshots(session: Session) -> Iterator[Snapshot]:
    """Every snapshot with its text."""
    yield from session.exec(select(Snapshot).execution_options(yield_per=200))


def appearances_with_texts(session: Session) -> Iterator[tuple[Appearance, str]]:
    """Every appearance with the text of the snapshot it stands in."""
    yield from session.exec(
        select(Appearance, Snapshot.text)
        .join(Snapshot, col(Snapshot.id) == col(Appearance.snapshot_id))
        .order_by(col(Appearance.snapshot_id))
        .execution_options(yield_per=500)
    )


def claims_without_appearance(session: Session) -> list[str]:
    """The public ids of claims that stand in no snapshot; one merged into another needs no place of its own."""
    return list(
        session.exec(
            select(Claim.public_id).where(
                col(Claim.id).not_in(select(Appearance.claim_id)), col(Claim.merged_into).is_(None)
            )
        )
    )


def claims(session: Session, topic_id: str | None, public_id: str | None) -> Iterator[tuple[Claim, str | None]]:
    """Claims with their speaker's name, read as they are asked for: oldest said first, those without a day at the end."""
    query = (
        select(Claim, Speaker.name)
        .join(Speaker, col(Speaker.id) == col(Claim.speaker_id), isouter=True)
        .where(col(Claim.merged_into).is_(None))
        .order_by(col(Claim.said_from).asc().nulls_last(), col(Claim.id))
    )
    if public_id is not None:
        query = query.where(Claim.public_id == public_id)
    if topic_id is not None:
        about = select(ClaimTopic.claim_id).where(ClaimTopic.topic_id == topic_id, col(ClaimTopic.removed).is_(False))
        query = query.where(col(Claim.id).in_(about))
    yield from session.exec(query.execution_options(yield_per=500))


def claims_by_id(session: Session, claim_ids: Sequence[int]) -> Sequence[tuple[Claim, str | None]]:
    """These claims with their speaker's name, in any order."""
    query = (
        select(Claim, Speaker.name)
        .join(Speaker, col(Speaker.id) == col(Claim.speaker_id), isouter=True)
        .where(col(Claim.id).in_(claim_ids))
    )
    return session.exec(query).all()


def topic_links(session: Session, claim_ids: Sequence[int]) -> Sequence[ClaimTopic]:
    """The topics of these claims, by their ids."""
    return session.exec(
        select(ClaimTopic)
        .where(col(ClaimTopic.claim_id).in_(claim_ids), col(ClaimTopic.removed).is_(False))
        .order_by(ClaimTopic.topic_id)
    ).all()


def codings(session: Session, claim_ids: Sequence[int]) -> Sequence[tuple[Coding, Position | None]]:
    """Every coding of these claims, the oldest first, with its position."""
    return session.exec(
        select(Coding, Position)
        .join(Position, col(Position.id) == col(Coding.position_id), isouter=True)
        .where(col(Coding.claim_id).in_(claim_ids), col(Coding.withdrawn_at).is_(None))
        .order_by(Coding.topic_id, col(Coding.number))
    ).all()


def appearances(session: Session, claim_ids: Sequence[int]) -> Sequence[tuple[Appearance, Snapshot, Document]]:
    """Every appearance of these claims with its snapshot (without the text) and document."""
    return session.exec(
        select(Appearance, Snapshot, Document)
        .join(Snapshot, col(Snapshot.id) == col(Appearance.snapshot_id))
        .join(Document, col(Document.id) == col(Snapshot.document_id))
        .where(col(Appearance.claim_id).in_(claim_ids))
        .order_by(col(Appearance.id))
        # The texts stay in the database: those of a whole lot are more than memory should hold.
        .options(defer(cast("QueryableAttribute[str]", Snapshot.text), raiseload=True))
    ).all()


def table_rows(connection: sa.Connection, table: sa.Table) -> Iterator[sa.RowMapping]:
    """Every row of a table by its primary key."""
    query = sa.select(table).order_by(*table.primary_key.columns)
    yield from connection.execute(query.execution_options(yield_per=ROWS_AT_ONCE)).mappings()


def configured_items(session: Session, speakers: Sequence[str]) -> ConfiguredItems:
    """What stands in the record of sources, topics, events, and the speakers of these names."""
    found: ConfiguredItems = {}
    for source in session.exec(select(Source).where(col(Source.id) != HAND)):
        found[f"source:{source.id}"] = _fields(source, SOURCE)
    steps: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for step in session.exec(select(Position).order_by(col(Position.step))):
        steps.setdefault((step.topic_id, step.scale), []).append(_fields(step, STEP))
    for topic in session.exec(select(Topic)):
        found[f"topic:{topic.id}"] = {**_fields(topic, TOPIC), "positions": steps.get((topic.id, topic.scale), [])}
    about: dict[str, list[str]] = {}
    for link in session.exec(select(EventTopic).order_by(EventTopic.topic_id)):
        about.setdefault(link.event_id, []).append(link.topic_id)
    for event in session.exec(select(Event)):
        found[f"event:{event.id}"] = {**_fields(event, EVENT), "topics": about.get(event.id, [])}
    known = {one.id: one for one in (speaker_named(session, name) for name in speakers) if one is not None}
    for speaker in known.values():
        found[f"speaker:{speaker.slug}"] = {
            "name": speaker.name, "kind": speaker.kind, "aliases": [], "offices": [], "groups": [],
        }  # fmt: skip
    for alias in session.exec(select(Alias).where(col(Alias.speaker_id).in_(known)).order_by(col(Alias.id))):
        found[f"speaker:{known[alias.speaker_id].slug}"]["aliases"].append(alias.text)
    for office in session.exec(select(Office).where(col(Office.speaker_id).in_(known)).order_by(col(Office.id))):
        found[f"speaker:{known[office.speaker_id].slug}"]["offices"].append(_fields(office, OFFICE))
    for group in session.exec(
        select(SpeakerGroup).where(col(SpeakerGroup.speaker_id).in_(known)).order_by(SpeakerGroup.name)
    ):
        found[f"speaker:{known[group.speaker_id].slug}"]["groups"].append(group.name)
    return found


def definitions(session: Session, kind: str) -> list[dict[str, Any]]:
    """All that is defined of a kind (`sources`, `topics`, `events`, `speakers`), with its id, in the ids' order."""
    names: list[str] = []
    if kind == "speakers":
        names = list(session.exec(select(Speaker.name).where(col(Speaker.merged_into).is_(None))))
    begin = f"{kind.removesuffix('s')}:"
    items = configured_items(session, names).items()
    return [{"id": key.removeprefix(begin), **fields} for key, fields in sorted(items) if key.startswith(begin)]


def _fields(row: SQLModel, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def may_be_read_whole(session: Session, claim_ids: Sequence[int]) -> bool:
    """Whether every source of these claims lets anybody read its whole copies (`public_context = "all"`)."""
    sources: dict[str, Source] = {}
    for some in batches(claim_ids):
        named = (
            select(Document.source_id)
            .join(Snapshot, col(Snapshot.document_id) == col(Document.id))
            .join(Appearance, col(Appearance.snapshot_id) == col(Snapshot.id))
            .where(col(Appearance.claim_id).in_(some))
        )
        sources.update((one.id, one) for one in session.exec(select(Source).where(col(Source.id).in_(named))))
    return bool(sources) and all((one.options or {}).get("public_context") == "all" for one in sources.values())
