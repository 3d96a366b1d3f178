"""Writes of the search index: the words of the claims that a transaction has changed, before it is committed."""

import sqlalchemy as sa
from sqlmodel import Session, col, delete

from tracker.db import insert_rows
from tracker.speech.models import SearchStale, SearchText
from tracker.speech.queries import batches, search_words
from tracker.speech.search import tokens

AT_ONCE = 500
"""Claims whose words one transaction makes anew; a longer backlog, as after an upgrade, is for the job."""
WEIGHTS = "ABC"


def refresh(session: Session, limit: int = AT_ONCE) -> int:
    """Make the words of claims anew that are noted as changed, those noted last first; how many notes were worked off."""
    session.flush()
    noted = session.connection().execute(
        sa.select(col(SearchStale.id), col(SearchStale.claim_id)).order_by(col(SearchStale.id).desc()).limit(limit)
    ).all()  # fmt: skip
    if not noted:
        return 0
    for claim_ids in batches({claim_id for _, claim_id in noted}):
        session.exec(delete(SearchText).where(col(SearchText.claim_id).in_(claim_ids)))
        _insert(session, list(search_words.rows(session, claim_ids)))
    for ids in batches([number for number, _ in noted]):
        session.exec(delete(SearchStale).where(col(SearchStale.id).in_(ids)))
    return len(noted)


def _insert(session: Session, rows: list[SearchText]) -> None:
    insert_rows(session, rows)
    if session.get_bind().dialect.name == "sqlite" or not rows:
        return
    vectors = [
        {
            "number": row.claim_id,
            "vector": tokens.postgresql_vector(list(zip((row.quote, row.about, row.stems), WEIGHTS, strict=True))),
        }
        for row in rows
    ]
    session.connection().execute(
        sa.text("UPDATE search_text SET words = CAST(:vector AS tsvector) WHERE claim_id = :number"), vectors
    )
