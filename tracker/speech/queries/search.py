"""Which statements a query of the search means, as conditions on claims: one grammar, either database's index."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import Session, col, select

from tracker.archive.models import Document, Snapshot, Source
from tracker.speech.models import Alias, Appearance, Claim, QuoteKind, SearchText, Speaker, Status
from tracker.speech.queries import shown
from tracker.speech.search import tokens
from tracker.speech.search.grammar import SearchQuery
from tracker.speech.types import Polarity
from tracker.speech.wording import fold

_INDEX = sa.table("search_text_fts", sa.column("rowid"), sa.column("search_text_fts"))
_WORDS: sa.ColumnClause[Any] = sa.column("words")
QUOTE, ABOUT, STEMS = 4.0, 2.0, 1.0
"""What a word counts for in the order by relevance: in the quote, around it, as another form (bm25 of FTS5; A to C)."""


def in_any_order(session: Session, query: SearchQuery, columns: Sequence[Any]) -> sa.Select[Any]:
    """What a query finds as SQLite's index comes upon it, so that a limit ends the walk; `conditions` lists all first."""
    wanted = tokens.sqlite_expression(query)
    if session.get_bind().dialect.name != "sqlite" or not wanted:
        return sa.select(*columns).where(*conditions(session, query))
    claims = sa.inspect(Claim).local_table
    found = _INDEX.join(claims, col(Claim.id) == _INDEX.c.rowid)
    matches = _INDEX.c.search_text_fts.op("MATCH")(wanted)
    return sa.select(*columns).select_from(found).where(matches, shown(), *_fields(query))


def one_by_one(session: Session, query: SearchQuery) -> list[sa.ColumnElement[bool]]:
    """The same as `conditions`, asked of each claim in turn: for words so common that the first claims of a walk have them."""
    wanted = tokens.sqlite_expression(query)
    if session.get_bind().dialect.name != "sqlite" or not wanted:
        return conditions(session, query)
    return [shown(), _matching(wanted).where(_INDEX.c.rowid == col(Claim.id)).exists(), *_fields(query)]


def conditions(session: Session, query: SearchQuery) -> list[sa.ColumnElement[bool]]:
    """What must hold of a claim that a query finds; topics are for the floor that knows them."""
    return [shown(), *_words(session, query), *_fields(query)]


def _fields(query: SearchQuery) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if query.speakers:
        found.append(sa.or_(*(col(Claim.speaker_id).in_(speakers_called(name)) for name in query.speakers)))
    if query.source:
        found.append(_appears(_named(query.source)))
    if query.lane:
        found.append(_appears(col(Source.lane) == query.lane))
    if query.language:
        found.append(_appears(sa.func.coalesce(col(Document.language), col(Snapshot.language)) == query.language))
    for column, kind, asked in (
        (col(Claim.kind), QuoteKind, query.kind),
        (col(Claim.polarity), Polarity, query.polarity),
        (col(Claim.status), Status, query.status),
    ):
        if asked:
            found.append(column == asked if asked in set(kind) else sa.false())
    if query.channel:
        found.append(sa.func.lower(col(Claim.channel)) == query.channel.lower())
    if query.first:
        found.append(sa.func.coalesce(Claim.said_to, Claim.said_from) >= query.first)
    if query.last:
        found.append(sa.func.coalesce(Claim.said_from, Claim.said_to) <= query.last)
    return found


def _words(session: Session, query: SearchQuery) -> Iterator[sa.ColumnElement[bool]]:
    if session.get_bind().dialect.name == "sqlite":
        wanted, unwanted = tokens.sqlite_expression(query), tokens.sqlite_unwanted(query)
        if wanted:
            yield col(Claim.id).in_(_matching(wanted))
        if unwanted:
            yield col(Claim.id).not_in(_matching(unwanted))
        return
    asked = tokens.postgresql_expression(query)
    if asked:
        vectors = sa.select(col(SearchText.claim_id)).where(_WORDS.op("@@")(sa.cast(asked, postgresql.TSQUERY)))
        yield col(Claim.id).in_(vectors)


def _matching(expression: str) -> sa.Select[Any]:
    return sa.select(_INDEX.c.rowid).where(_INDEX.c.search_text_fts.op("MATCH")(expression))


def relevance(session: Session, query: SearchQuery) -> sa.ColumnElement[Any] | None:
    """How well a claim answers a query, the best first; None where no word is asked for."""
    if not query.wanted:
        return None
    if session.get_bind().dialect.name == "sqlite":
        rank = sa.func.bm25(sa.literal_column("search_text_fts"), QUOTE, ABOUT, STEMS)
        expression = tokens.sqlite_expression(query) or ""
        ranked = (
            sa.select(_INDEX.c.rowid.label("claim_id"), rank.label("rank"))
            .where(_INDEX.c.search_text_fts.op("MATCH")(expression))
            .order_by(rank)
            .limit(MOST_RANKED)
            .subquery()
        )
        return sa.select(ranked.c.rank).where(ranked.c.claim_id == col(Claim.id)).scalar_subquery()
    asked = sa.cast(tokens.postgresql_expression(query), postgresql.TSQUERY)
    weights: sa.ColumnClause[Any] = sa.literal_column(f"'{{0, {STEMS / QUOTE}, {ABOUT / QUOTE}, 1}}'::real[]")
    worst_first = sa.func.ts_rank_cd(weights, _WORDS, asked)
    return sa.select(-worst_first).where(col(SearchText.claim_id) == col(Claim.id)).correlate(Claim).scalar_subquery()


MOST_RANKED = 1000
"""Claims that are ordered by relevance; nobody reads further."""


def speakers_called(name: str) -> sa.Select[Any]:
    """The ids of the speaker with this address; where nobody has it, of those with names whose words begin like these."""
    words = fold(name).split()
    exact = col(Speaker.slug) == name
    if not words:
        return sa.select(col(Speaker.id)).where(exact)
    own = (sa.literal(" ").concat(col(Speaker.folded)).contains(f" {word}", autoescape=True) for word in words)
    other = (sa.literal(" ").concat(col(Alias.folded)).contains(f" {word}", autoescape=True) for word in words)
    called = sa.or_(sa.and_(*own), col(Speaker.id).in_(select(Alias.speaker_id).where(*other)))
    known = sa.select(sa.literal(1)).where(sa.inspect(Speaker).local_table.alias("known").c.slug == name).exists()
    return sa.select(col(Speaker.id)).where(sa.or_(exact, sa.and_(~known, called)))


def _named(source: str) -> sa.ColumnElement[bool]:
    """A document of this source, or of an outlet whose name holds this."""
    return sa.or_(
        col(Document.source_id) == source,
        sa.func.lower(col(Document.outlet)).contains(source.lower(), autoescape=True),
    )


def _appears(where: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """That a claim's words stand in a document of which this holds."""
    return (
        sa.exists()
        .where(
            col(Appearance.claim_id) == col(Claim.id),
            col(Snapshot.id) == col(Appearance.snapshot_id),
            col(Document.id) == col(Snapshot.document_id),
            col(Source.id) == col(Document.source_id),
            where,
        )
        .correlate(Claim)
    )


def after(cursor: tuple[date | None, int], *, newest: bool) -> sa.ColumnElement[bool]:
    """What comes behind a place in the order by the day said; claims without a day come last in either order."""
    day, claim_id = cursor
    said, number = col(Claim.said_from), col(Claim.id)
    behind = number < claim_id if newest else number > claim_id
    if day is None:
        return sa.and_(said.is_(None), behind)
    later = said < day if newest else said > day
    return sa.or_(later, sa.and_(said == day, behind), said.is_(None))
