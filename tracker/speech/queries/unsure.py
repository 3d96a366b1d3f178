"""Reads of statements about which something is unsure: no speaker, no exact day, places or days that differ, edited sources.

Each list has an index of its own (`models.UNRESOLVED` and the others); a page begins behind the last row of the one before.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.speech.models import (
    DAYS_DIFFER,
    LOOSELY_DATED,
    NOT_INTACT,
    UNDATED,
    UNRESOLVED,
    VENUES_DIFFER,
    Appearance,
    Claim,
    Settled,
    SourceStatus,
)
from tracker.speech.queries import shown

PAGE = 25


class Doubt(StrEnum):
    """What is unsure about a statement."""

    SPEAKER = "speaker"
    NO_DAY = "no day"
    LOOSE_DAY = "loose day"
    DAYS_DIFFER = "days differ"
    PLACES_DIFFER = "places differ"
    EDITED = "edited"


@dataclass(frozen=True, slots=True)
class DoubtRow:
    """A statement in one of the lists; `key` is where it stands in it, `state` what became of an edited source."""

    key: int
    claim_id: int
    state: SourceStatus | None = None
    reasons: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class DoubtPage:
    """One page of a list, the newest first; `older` is where the next one begins."""

    rows: tuple[DoubtRow, ...]
    older: int | None


CLAIMS = {
    Doubt.SPEAKER: UNRESOLVED,
    Doubt.NO_DAY: UNDATED,
    Doubt.LOOSE_DAY: LOOSELY_DATED,
    Doubt.DAYS_DIFFER: DAYS_DIFFER,
    Doubt.PLACES_DIFFER: VENUES_DIFFER,
}
INDEXES = {
    Doubt.SPEAKER: "ix_claim_unresolved",
    Doubt.NO_DAY: "ix_claim_undated",
    Doubt.LOOSE_DAY: "ix_claim_loose_day",
    Doubt.DAYS_DIFFER: "ix_claim_day_conflict",
    Doubt.PLACES_DIFFER: "ix_claim_venue_conflict",
    Doubt.EDITED: "ix_appearance_not_intact",
}


def page(session: Session, doubt: Doubt, before: int | None = None, size: int = PAGE) -> DoubtPage:
    """The newest statements of a list, before one key if that is given."""
    rows = _edited(session, before, size) if doubt is Doubt.EDITED else _claims(session, doubt, before, size)
    return DoubtPage(tuple(rows[:size]), rows[size - 1].key if len(rows) > size else None)


def count(session: Session, doubt: Doubt) -> int:
    """How many a list holds."""
    key = col(Appearance.id) if doubt is Doubt.EDITED else col(Claim.id)
    query = sa.select(sa.func.count(key)).where(_condition(doubt), shown(), ~_settled(doubt))
    if doubt is Doubt.EDITED:
        query = query.join(Claim, col(Claim.id) == col(Appearance.claim_id))
    return int(session.connection().execute(_by_index(query, doubt)).scalar_one())


def first_reasons(session: Session, claim_ids: Collection[int]) -> dict[int, Mapping[str, Any]]:
    """Why each of these claims is what it is, as its first appearance has it."""
    rows = session.exec(
        select(Appearance.claim_id, Appearance.reasons)
        .where(col(Appearance.claim_id).in_(claim_ids))
        .order_by(col(Appearance.id).desc())
    )
    return {claim_id: reasons or {} for claim_id, reasons in rows}


def _claims(session: Session, doubt: Doubt, before: int | None, size: int) -> list[DoubtRow]:
    query = sa.select(col(Claim.id)).where(_condition(doubt), shown(), ~_settled(doubt))
    query = query.order_by(col(Claim.id).desc()).limit(size + 1)
    if before is not None:
        query = query.where(col(Claim.id) < before)
    return [DoubtRow(number, number) for number in session.connection().execute(_by_index(query, doubt)).scalars()]


def _edited(session: Session, before: int | None, size: int) -> list[DoubtRow]:
    query = (
        sa.select(col(Appearance.id), col(Appearance.claim_id), col(Appearance.state), col(Appearance.reasons))
        .join(Claim, col(Claim.id) == col(Appearance.claim_id))
        .where(_condition(Doubt.EDITED), shown(), ~_settled(Doubt.EDITED))
        .order_by(col(Appearance.id).desc())
        .limit(size + 1)
    )
    if before is not None:
        query = query.where(col(Appearance.id) < before)
    return [DoubtRow(*row) for row in session.connection().execute(_by_index(query, Doubt.EDITED))]


def _settled(doubt: Doubt) -> sa.Exists:
    """That an editor left it as it stands; of an edited source, as it has been since."""
    where = [
        col(Settled.claim_id) == col(Claim.id),
        col(Settled.doubt) == doubt.value,
        col(Settled.lifted_at).is_(None),
    ]
    if doubt is Doubt.EDITED:
        where.append(col(Settled.at) >= sa.func.coalesce(col(Appearance.state_since), col(Settled.at)))
    return sa.exists().where(*where)


def _condition(doubt: Doubt) -> sa.TextClause:
    return sa.text(NOT_INTACT if doubt is Doubt.EDITED else CLAIMS[doubt])


def _by_index(query: sa.Select[Any], doubt: Doubt) -> sa.Select[Any]:
    """Let SQLite go by the list's own index: it would walk the whole table by its key instead."""
    table = Appearance if doubt is Doubt.EDITED else Claim
    return query.with_hint(table, f"INDEXED BY {INDEXES[doubt]}", "sqlite")
