"""Writes of stored queries: each query once, with what a statement must have to be found by it."""

import hashlib
from datetime import datetime
from json import dumps

from sqlmodel import Session, select

from tracker.alerts.models import QueryAnchor, StoredQuery
from tracker.alerts.queries.matching import anchors_of
from tracker.db import insert_if_absent
from tracker.positions.models import Event
from tracker.positions.queries import searches
from tracker.speech.search.parameters import BadParameter, Parameters, canonical, read_query


def keep(session: Session, now: datetime, told: Parameters) -> StoredQuery:
    """The stored query with these parameters, made where there is none.

    Raises `BadParameter` for parameters that can't be read, a query that asks for nothing, a topic or event there is not,
    and a status, which no statement has yet when it comes in.
    """
    plain = canonical(told)
    query = read_query(plain)
    if query.is_empty:
        raise BadParameter("q", "is empty; there is nothing to follow")
    if query.status:
        raise BadParameter("status", "can't be followed: a statement comes in before any editor has seen it")
    if query.topic and not searches.topics_called(session, query.topic):
        raise BadParameter("topic", "is no topic on the record")
    if query.event and session.get(Event, query.event) is None:
        raise BadParameter("event", "is no event on the record")
    digest = hashlib.sha256(dumps(plain, sort_keys=True).encode()).hexdigest()
    new = insert_if_absent(session, StoredQuery, {"digest": digest, "told": plain, "created_at": now})
    kept = session.exec(select(StoredQuery).where(StoredQuery.digest == digest)).one()
    if new:
        session.add_all(QueryAnchor(anchor=one, query_id=kept.id) for one in sorted(anchors_of(session, plain)))
        session.flush()
    return kept
