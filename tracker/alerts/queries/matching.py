"""Which stored queries find a statement: asked when it comes in, of those queries alone that share an anchor with it.

1. A statement's anchors (its words, speaker, topics) name the queries that can find it (`query_anchor`).
2. Their words are compared here, with what the search's index would hold of the statement (`search.answers`).
3. What else a query asks (outlet, days, side of an event …) is asked of the database by the search's own conditions.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from json import dumps, loads
from typing import Any

from sqlmodel import Session, col, select

from tracker.alerts.models import QueryAnchor, StoredQuery
from tracker.positions import queries as positions
from tracker.positions.queries import searches
from tracker.speech.models import Claim, Speaker
from tracker.speech.queries import batches, search_words, shown
from tracker.speech.search.answers import StatementWords, anchors
from tracker.speech.search.grammar import SearchQuery
from tracker.speech.search.parameters import Parameters, read_query

ANY = "any"
"""The anchor of a query that asks for no word, speaker or topic."""
LONGEST_ANCHOR = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementFacts:
    """What is known of a statement when queries are looked for that find it."""

    claim_id: int
    speaker: str | None
    """Its speaker's address."""
    topics: tuple[str, ...]
    words: StatementWords

    @property
    def anchors(self) -> Iterator[str]:
        """Everything that a query may be found by."""
        yield ANY
        yield from (f"topic:{topic}" for topic in self.topics)
        if self.speaker:
            yield f"speaker:{self.speaker}"
        yield from (_word(word) for word in self.words.words)


def anchors_of(session: Session, told: Parameters) -> set[str]:
    """What a statement must have, one of these, for a query to find it: the narrowest thing that the query asks for."""
    query = read_query(told)
    known = set(session.exec(select(Speaker.slug).where(col(Speaker.slug).in_(query.speakers))))
    if query.speakers and known.issuperset(query.speakers):
        return {f"speaker:{slug}" for slug in known}
    words = {_word(word) for word in anchors(query)}
    if words:
        return words
    if query.topic:
        return {f"topic:{topic.id}" for topic in searches.topics_called(session, query.topic)} or {ANY}
    return {ANY}


def queries_that_find(session: Session, claim_id: int, *, topics: Collection[str] | None = None) -> list[int]:
    """The stored queries that find a statement; with `topics`, as if it were on these alone."""
    return queries_by_statement(session, [claim_id], topics=topics).get(claim_id, [])


def queries_by_statement(
    session: Session, claim_ids: Collection[int], *, topics: Collection[str] | None = None
) -> dict[int, list[int]]:
    """The stored queries that find each of some statements, for those that are shown and found by one at least."""
    if session.exec(select(StoredQuery.id).limit(1)).first() is None:
        return {}
    called: dict[str, frozenset[str]] = {}
    found: dict[int, list[int]] = {}
    for some in batches(sorted(claim_ids)):
        for facts in _facts(session, some, topics):
            asked = _asked(session, facts)
            queries = [number for number, told in asked.items() if _finds(session, _read(dumps(told)), facts, called)]
            if queries:
                found[facts.claim_id] = sorted(queries)
    return found


def _asked(session: Session, facts: StatementFacts) -> dict[int, dict[str, Any]]:
    """The queries that share an anchor with a statement, by their numbers."""
    asked: dict[int, dict[str, Any]] = {}
    for some in batches(sorted(set(facts.anchors))):
        rows = session.exec(
            select(StoredQuery.id, StoredQuery.told)
            .join(QueryAnchor, col(QueryAnchor.query_id) == col(StoredQuery.id))
            .where(col(QueryAnchor.anchor).in_(some))
        )
        asked.update((number, dict(told)) for number, told in rows)
    return asked


def _facts(session: Session, claim_ids: Collection[int], topics: Collection[str] | None) -> Iterator[StatementFacts]:
    """What is known of each statement that is shown."""
    session.flush()
    speakers = dict(
        session.exec(
            select(Claim.id, Speaker.slug)
            .join(Speaker, col(Speaker.id) == col(Claim.speaker_id), isouter=True)
            .where(col(Claim.id).in_(claim_ids), shown())
        ).all()
    )
    about = positions.topics_of(session, speakers.keys())
    for row in search_words.rows(session, speakers.keys()):
        told = [topic.id for topic in about.get(row.claim_id, [])]
        yield StatementFacts(
            claim_id=row.claim_id,
            speaker=speakers[row.claim_id],
            topics=tuple(told if topics is None else [topic for topic in told if topic in topics]),
            words=StatementWords((row.quote, row.about, row.stems)),
        )


@lru_cache(maxsize=50_000)
def _read(told: str) -> SearchQuery:
    return read_query(loads(told))


def _finds(session: Session, query: SearchQuery, facts: StatementFacts, called: dict[str, frozenset[str]]) -> bool:
    if not facts.words.answer(query):
        return False
    if query.topic is not None:
        if query.topic not in called:
            called[query.topic] = frozenset(topic.id for topic in searches.topics_called(session, query.topic))
        if called[query.topic].isdisjoint(facts.topics):
            return False
    speakers = () if facts.speaker in query.speakers else query.speakers
    rest = replace(
        query, wanted=(), unwanted=(), topic=None if query.position is None else query.topic, speakers=speakers
    )
    return rest.is_empty or searches.finds(session, rest, facts.claim_id)


def _word(word: str) -> str:
    return f"word:{word}"[:LONGEST_ANCHOR]
