"""The words of statements as the search holds them, made from the statements themselves."""

from collections import defaultdict
from collections.abc import Collection, Iterator

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.archive.models import Document, Snapshot
from tracker.languages.detect import language_of
from tracker.speech.models import Alias, Appearance, Claim, SearchText, Speaker
from tracker.speech.search import tokens


def rows(session: Session, claim_ids: Collection[int]) -> Iterator[SearchText]:
    """The words of these claims as the index is to hold them; the rows are not in the session."""
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
