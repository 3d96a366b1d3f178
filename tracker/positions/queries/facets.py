"""What the hits of a search have in common: for each field of the search, how many of the hits each value would leave.

All fields are counted by one SELECT, so that the hits are found once, and each value asks for what the search's own
condition of that field finds. A field that is asked for already is not counted again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from tracker.archive.models import Document, Snapshot, Source
from tracker.positions.models import ClaimTopic, Coding, Event, EventTopic, Position, Topic
from tracker.positions.queries.coding_rows import in_force
from tracker.positions.queries.searches import MOST_COUNTED, about, on_side, topics_called
from tracker.speech.models import Appearance, Claim, Speaker
from tracker.speech.queries import search as speech
from tracker.speech.search.grammar import SearchQuery
from tracker.speech.search.parameters import LANES, SIDES

MOST_FACETS = 8
TOTAL = "total"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A value that hits have, by what it is asked for, with how many have it."""

    value: str
    name: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedHits:
    """How many statements a query finds, and the values they have in each field, by its parameter, those with most first.

    Not counted beyond `MOST_COUNTED` and one.
    """

    total: int
    fields: dict[str, list[Facet]]


def count_by_field(session: Session, query: SearchQuery) -> CountedHits:
    """What a query finds, counted as a whole and by each field that it does not ask for yet."""
    columns = [
        col(getattr(Claim, name)) for name in ("id", "speaker_id", "kind", "polarity", "status", "channel", "said_from")
    ]
    found = (
        speech.in_any_order(session, query, columns)
        .where(*about(session, query))
        .limit(MOST_COUNTED + 1)
        .cte("found")
        .prefix_with("MATERIALIZED")
    )
    counted = {
        name: statement.order_by(sa.desc("number"), sa.literal_column("1")).limit(MOST_FACETS).subquery()
        for name, statement in _fields(session, query, found)
    }
    every = [
        sa.select(sa.literal(name), sa.cast(one.c[0], sa.String), sa.cast(one.c[1], sa.String), one.c.number)
        for name, one in counted.items()
    ]
    whole = sa.select(sa.literal(TOTAL), sa.literal(""), sa.literal(""), sa.func.count()).select_from(found)
    told: dict[str, list[Facet]] = {TOTAL: [], **{name: [] for name in counted}}
    for name, value, words, number in session.connection().execute(sa.union_all(whole, *every)):
        told[name].append(Facet(value=value, name=words, count=number))
    (total,) = told.pop(TOTAL)
    for values in told.values():
        values.sort(key=lambda one: (-one.count, one.name))
    return CountedHits(total=total.count, fields=told)


def _fields(session: Session, query: SearchQuery, found: sa.CTE) -> Iterator[tuple[str, sa.Select[Any, Any, Any]]]:
    """Each field that is not asked for yet, with the SELECT of its values, their names and how many hits have each."""
    number = sa.func.count().label("number")
    if len(query.speakers) != 1:
        yield (
            "speaker",
            sa.select(col(Speaker.slug), col(Speaker.name), number)
            .join(found, found.c.speaker_id == col(Speaker.id))
            .group_by(col(Speaker.id), col(Speaker.slug), col(Speaker.name)),
        )
    on_topics = (
        sa.select(found.c.id, col(ClaimTopic.topic_id))
        .join(ClaimTopic, col(ClaimTopic.claim_id) == found.c.id)
        .where(col(ClaimTopic.removed).is_(False))
        .cte("on_topics")
    )
    if query.topic is None:
        yield (
            "topic",
            sa.select(col(Topic.id), col(Topic.name), number)
            .join(on_topics, on_topics.c.topic_id == col(Topic.id))
            .group_by(col(Topic.id), col(Topic.name)),
        )
    elif query.position is None:
        yield from _positions(session, query.topic, on_topics)
    if query.event is None:
        yield (
            "event",
            sa.select(col(Event.id), col(Event.name), sa.func.count(sa.distinct(on_topics.c.id)).label("number"))
            .join(EventTopic, col(EventTopic.event_id) == col(Event.id))
            .join(on_topics, on_topics.c.topic_id == col(EventTopic.topic_id))
            .group_by(col(Event.id), col(Event.name)),
        )
    elif query.side is None:
        yield from _sides(session, query.event, found)
    for name, asked in (("kind", query.kind), ("polarity", query.polarity), ("status", query.status)):
        if asked is None:
            yield name, sa.select(found.c[name], found.c[name], number).group_by(found.c[name])
    if query.channel is None:
        channel = sa.func.lower(found.c.channel)
        yield (
            "channel",
            sa.select(channel, sa.func.min(found.c.channel), number).where(_told(channel)).group_by(channel),
        )
    if query.first is None and query.last is None:
        year = sa.cast(sa.extract("year", found.c.said_from), sa.Integer)
        yield "year", sa.select(year, year, number).where(found.c.said_from.is_not(None)).group_by(year)
    yield from _places(query, found)


def _positions(session: Session, asked: str, on_topics: sa.CTE) -> Iterator[tuple[str, sa.Select[Any, Any, Any]]]:
    """The steps of the codings in force, where one topic is asked for: elsewhere a step's number means nothing."""
    topics = topics_called(session, asked)
    if len(topics) != 1:
        return
    ids = sa.select(on_topics.c.id).where(on_topics.c.topic_id == topics[0].id)
    number = sa.func.count(sa.distinct(col(Coding.claim_id))).label("number")
    label = sa.cast(col(Position.step), sa.String).concat(" ").concat(sa.func.max(col(Position.label)))
    yield (
        "position",
        sa.select(col(Position.step), label, number)
        .join(Coding, col(Coding.position_id) == col(Position.id))
        .where(
            col(Position.topic_id) == topics[0].id,
            col(Coding.claim_id).in_(ids),
            col(Coding.id) == in_force(col(Coding.claim_id), col(Coding.topic_id)),
        )
        .group_by(col(Position.step)),
    )


def _sides(session: Session, event_id: str, found: sa.CTE) -> Iterator[tuple[str, sa.Select[Any, Any, Any]]]:
    """The sides of the event that is asked for."""
    event = session.get(Event, event_id)
    if event is None:
        return
    number = sa.func.count().label("number")
    each = [
        sa.select(sa.literal(side).label("value"), sa.literal(side).label("name"), number)
        .select_from(found.join(sa.inspect(Claim).local_table, col(Claim.id) == found.c.id))
        .where(on_side(event, side))
        for side in SIDES
    ]
    every = sa.union_all(*each).subquery()
    yield "side", sa.select(every.c.value, every.c.name, every.c.number).where(every.c.number > 0)


def _places(query: SearchQuery, found: sa.CTE) -> Iterator[tuple[str, sa.Select[Any, Any, Any]]]:
    """Outlets, languages and kinds of record in which the words of hits stand; a hit may stand in several."""
    language = sa.func.coalesce(col(Document.language), col(Snapshot.language))
    read = (
        sa.select(
            found.c.id,
            col(Document.outlet).label("source"),
            col(Source.lane).label("lane"),
            language.label("language"),
        )
        .join(Appearance, col(Appearance.claim_id) == found.c.id)
        .join(Snapshot, col(Snapshot.id) == col(Appearance.snapshot_id))
        .join(Document, col(Document.id) == col(Snapshot.document_id))
        .join(Source, col(Source.id) == col(Document.source_id))
        .cte("read")
        .prefix_with("MATERIALIZED")
    )
    number = sa.func.count(sa.distinct(read.c.id)).label("number")
    for name, asked in (("source", query.source), ("lane", query.lane), ("language", query.language)):
        if asked is None:
            value = read.c[name]
            where = value.in_(LANES) if name == "lane" else _told(value)
            yield name, sa.select(value, value, number).where(where).group_by(value)


def _told(value: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    return sa.and_(value.is_not(None), value != "")
