"""Writes of the search index: the words of the claims that a transaction has changed, before it is committed."""

from collections import defaultdict
from collections.abc import Collection, Iterator

import sqlalchemy as sa
from sqlmodel import Session, col, delete, select

from tracker.archive.models import Document, Snapshot
from tracker.db import insert_rows
from tracker.languages.detect import language_of
from tracker.speech.models import Alias, Appearance, Claim, SearchStale, SearchText, Speaker
from tracker.speech.queries import batches
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
        _insert(session, list(_rows(session, claim_ids)))
    for ids in batches([number for number, _ in noted]):
        session.exec(delete(SearchStale).where(col(SearchStale.id).in_(ids)))
    return len(noted)


def _rows(session: Session, claim_ids: Collection[int]) -> Iterator[SearchText]:
    names: dict[int, list[str]] = defaultdict(list)
    speaker_ids = select(Claim.speaker_id).where(col(Claim.id).in_(claim_ids))
    for bearer, alias in session.exec(
        select(Alias.speaker_id, Alias.folded).where(col(Alias.speaker_id).in_(speaker_ids)).order_by(col(Alias.id))
    ):
        names[bearer].append(alias)
    read: dict[int, list[tuple[str | None, str | None]]] = defaultdict(list)
    for claim_id, outlet, language in session.connection().execute(
        sa.select(
            col(Appearance.claim_id),
            col(Document.outlet),
            sa.func.coalesce(col(Document.language), col(Snapshot.language)),
        )
        .join(Snapshot, col(Snapshot.id) == col(Appearance.snapshot_id))
        .join(Document, col(Document.id) == col(Snapshot.document_id))
        .where(col(Appearance.claim_id).in_(claim_ids))
        .order_by(col(Appearance.id))
    ):
        read[claim_id].append((outlet, language))
    claims = session.connection().execute(
        sa.select(
            col(Claim.id), col(Claim.folded), col(Claim.question), col(Claim.speaker_id), col(Speaker.folded),
            col(Claim.speaker_text), col(Claim.role), col(Claim.venue),
        )
        .join(Speaker, col(Speaker.id) == col(Claim.speaker_id), isouter=True)
        .where(col(Claim.id).in_(claim_ids))
    )  # fmt: skip
    for number, quote, question, speaker_id, name, mention, role, venue in claims:
        outlets = dict.fromkeys(one for one, _ in read[number] if one)
        code = next((code for _, code in read[number] if code), None) or language_of(quote, None)
        asked = tokens.joined([question])
        about = tokens.joined([question, name or mention, *names[speaker_id or 0], role, venue, *outlets])
        words = [*quote.split(), *asked.split(), *tokens.joined([role]).split()]
        yield SearchText(claim_id=number, quote=quote, about=about, stems=tokens.stems(words, code))


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
