"""The search: statements that a query finds, a page of them, and how many there are."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.positions.models import ClaimTopic, Coding, Event, EventPlacement, EventTopic, Position, Topic
from tracker.positions.queries.coding_rows import in_force
from tracker.positions.queries.topics_events import turning_point
from tracker.speech.models import Claim, Speaker
from tracker.speech.queries import PAGE
from tracker.speech.queries import search as speech
from tracker.speech.search.grammar import SearchQuery
from tracker.speech.search.parameters import SIDES
from tracker.speech.wording import fold

MOST_COUNTED = 10_000
"""Statements that are counted; beyond it the page says "more than"."""
_CURSOR = re.compile(r"(?:(\d{4}-\d{2}-\d{2}|-)\.(\d{1,12})|(\d{1,4}))")


class SearchOrder(StrEnum):
    """In which order hits stand; "relevance" only where words are asked for."""

    NEWEST = "said-newest"
    OLDEST = "said-oldest"
    RELEVANCE = "relevance"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHits:
    """One page of what a query finds; `cursor` leads to the next one, None on the last."""

    claim_ids: tuple[int, ...]
    cursor: str | None


def hits(
    session: Session,
    query: SearchQuery,
    order: SearchOrder = SearchOrder.NEWEST,
    cursor: str | None = None,
    size: int = PAGE,
) -> SearchHits:
    """One page of the statements that a query finds. Raises ValueError for a cursor that is none of this order."""
    place = _CURSOR.fullmatch(cursor) if cursor else None
    if cursor and not is_cursor(cursor):
        raise ValueError("the place to go on from can't be read")
    where = _conditions(session, query)
    rank = speech.relevance(session, query) if order is SearchOrder.RELEVANCE else None
    if rank is not None:
        skipped = int(place.group(3) or 0) if place else 0
        statement = select(Claim.id).where(*where).order_by(rank.asc().nulls_last(), col(Claim.id).desc())
        found = list(session.exec(statement.limit(size + 1).offset(skipped)))
        more = len(found) > size and skipped + size < speech.MOST_RANKED
        return SearchHits(claim_ids=tuple(found[:size]), cursor=str(skipped + size) if more else None)
    if session.get_bind().dialect.name == "sqlite" and query.wanted and count(session, query) > MOST_COUNTED:
        where = [*speech.one_by_one(session, query), *about(session, query)]
    newest = order is not SearchOrder.OLDEST
    if place and place.group(2):
        day = None if place.group(1) == "-" else date.fromisoformat(place.group(1))
        where.append(speech.after((day, int(place.group(2))), newest=newest))
    said, number = col(Claim.said_from), col(Claim.id)
    orders = (said.desc().nulls_last(), number.desc()) if newest else (said.asc().nulls_last(), number.asc())
    rows = session.connection().execute(sa.select(number, said).where(*where).order_by(*orders).limit(size + 1)).all()
    last = rows[size - 1] if len(rows) > size else None
    goes_on = f"{last[1] or '-'}.{last[0]}" if last else None
    return SearchHits(claim_ids=tuple(row[0] for row in rows[:size]), cursor=goes_on)


def is_cursor(typed: str) -> bool:
    """Whether this is a place that `hits` can go on from."""
    place = _CURSOR.fullmatch(typed)
    if place is None:
        return False
    try:
        return place[1] in {None, "-"} or bool(date.fromisoformat(place[1]))
    except ValueError:
        return False


def count(session: Session, query: SearchQuery) -> int:
    """How many statements a query finds; not counted beyond `MOST_COUNTED` and one."""
    found = speech.in_any_order(session, query, [col(Claim.id)]).where(*about(session, query))
    some = found.limit(MOST_COUNTED + 1).subquery()
    return session.exec(select(sa.func.count()).select_from(some)).one()


def newest(session: Session, query: SearchQuery, limit: int) -> list[int]:
    """The statements that a query finds, those that came in last first."""
    where = (*speech.one_by_one(session, query), *about(session, query))
    return list(session.exec(select(Claim.id).where(*where).order_by(col(Claim.id).desc()).limit(limit)))


def said_since(session: Session, query: SearchQuery, day: date) -> int:
    """How many statements a query finds that were said on this day or later; not counted beyond `MOST_COUNTED`."""
    where = (*_conditions(session, query), col(Claim.said_from) >= day)
    some = select(Claim.id).where(*where).limit(MOST_COUNTED).subquery()
    return session.exec(select(sa.func.count()).select_from(some)).one()


def last_said(session: Session, query: SearchQuery) -> date | None:
    """The day of the newest statement that a query finds; None where none has a day."""
    newest = hits(session, query, size=1).claim_ids
    days = [claim.said_from for claim in session.exec(select(Claim).where(col(Claim.id).in_(newest)))]
    return days[0] if days else None


def finds(session: Session, query: SearchQuery, claim_id: int) -> bool:
    """Whether a query finds this one statement."""
    where = (col(Claim.id) == claim_id, *_conditions(session, query))
    return session.exec(select(Claim.id).where(*where)).first() is not None


def topics_called(session: Session, name: str) -> Sequence[Topic]:
    """The topics with this id, or whose name holds these words; for the card above the hits and for `topic:`."""
    words = fold(name).split()
    every = session.exec(select(Topic).order_by(col(Topic.name))).all()
    return [
        topic
        for topic in every
        if topic.id == name or (words and all(any(w.startswith(x) for w in fold(topic.name).split()) for x in words))
    ]


def speakers_called(session: Session, name: str, limit: int = 3) -> Sequence[Speaker]:
    """The speakers whose names begin with these words, for the cards above the hits."""
    if not fold(name):
        return []
    called = speech.speakers_called(name)
    return session.exec(
        select(Speaker).where(col(Speaker.id).in_(called)).order_by(col(Speaker.name)).limit(limit)
    ).all()


def _conditions(session: Session, query: SearchQuery) -> list[sa.ColumnElement[bool]]:
    return [*speech.conditions(session, query), *about(session, query)]


def about(session: Session, query: SearchQuery) -> list[sa.ColumnElement[bool]]:
    """What a query asks of a claim's topics, positions and place to an event."""
    topics = [topic.id for topic in topics_called(session, query.topic)] if query.topic else None
    found = []
    if topics is not None:
        found.append(_on_any(topics))
    if query.position:
        found.append(_coded(session, query.position, topics))
    if query.event:
        found.append(_around(session, query.event, query.side))
    return found


def _on_any(topic_ids: Collection[str]) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        col(ClaimTopic.claim_id) == col(Claim.id),
        col(ClaimTopic.topic_id).in_(topic_ids),
        col(ClaimTopic.removed).is_(False),
    )


def _coded(session: Session, step: str, topics: Collection[str] | None) -> sa.ColumnElement[bool]:
    """That the coding in force on one of these topics (any, where none is asked for) is this step."""
    asked = select(Position.id).where(Position.step == (int(step) if step.isdecimal() else -1))
    if topics is not None:
        asked = asked.where(col(Position.topic_id).in_(topics))
    steps = session.exec(asked).all()
    return sa.exists().where(
        col(Coding.claim_id) == col(Claim.id),
        col(Coding.position_id).in_(steps),
        col(Coding.id) == in_force(col(Coding.claim_id), col(Coding.topic_id)),
    )


def _around(session: Session, event_id: str, side: str | None) -> sa.ColumnElement[bool]:
    """That a claim is on a topic of an event and stands on a side of it, as `lineup.placement` has it; else on no side."""
    event = session.get(Event, event_id)
    if event is None or (side and side not in SIDES):
        return sa.false()
    topics = session.exec(select(EventTopic.topic_id).where(EventTopic.event_id == event_id)).all()
    return _on_any(topics) if side is None else sa.and_(_on_any(topics), on_side(event, side))


def on_side(event: Event, side: str) -> sa.ColumnElement[bool]:
    """That a claim's day or time proves a side of an event, or an editor placed it there; "during": its days alone."""
    turn = turning_point(event)
    first, last = turn.during or (turn.day, turn.day)
    opens, closes = turn.moment, turn.moment
    if turn.during is not None:
        opens = datetime.combine(first, time(), turn.zone)
        closes = datetime.combine(last + timedelta(days=1), time(), turn.zone)
    timed = col(Claim.said_at).is_not(None)
    proven = {
        "before": sa.case((timed, col(Claim.said_at) < opens), else_=col(Claim.said_to) < first),
        "after": sa.case((timed, col(Claim.said_at) >= closes), else_=col(Claim.said_from) > last),
        "during": sa.and_(col(Claim.said_from) >= event.starts_on, col(Claim.said_to) <= event.ends_on),
    }[side]
    placed = sa.exists().where(
        col(EventPlacement.claim_id) == col(Claim.id),
        col(EventPlacement.event_id) == event.id,
        col(EventPlacement.side) == side,
        col(EventPlacement.withdrawn_at).is_(None),
    )
    return sa.or_(proven, placed)
