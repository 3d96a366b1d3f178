"""Reads of what reading documents again changed or proposes: one page of a list, counts, one change."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.speech.models import ChangeState, Claim, ReadingChange

PAGE = 25


@dataclass(frozen=True, slots=True)
class ChangePage:
    """One page of changes, newest first, with the public ids of their statements; `older` is where the next page begins."""

    changes: tuple[tuple[ReadingChange, str], ...]
    older: int | None


def page(session: Session, states: Collection[ChangeState], before: int | None = None, size: int = PAGE) -> ChangePage:
    """The newest changes in these states, before one id if that is given."""
    query = (
        select(ReadingChange, Claim.public_id)
        .join(Claim, col(Claim.id) == col(ReadingChange.claim_id))
        .where(col(ReadingChange.state).in_(states))
        .order_by(col(ReadingChange.id).desc())
        .limit(size + 1)
    )
    if before is not None:
        query = query.where(col(ReadingChange.id) < before)
    rows = [(change, public_id) for change, public_id in session.exec(query)]
    return ChangePage(tuple(rows[:size]), rows[size - 1][0].id if len(rows) > size else None)


def count(session: Session, states: Collection[ChangeState]) -> int:
    """How many changes are in these states."""
    return session.exec(
        select(sa.func.count()).select_from(ReadingChange).where(col(ReadingChange.state).in_(states))
    ).one()


def changes(session: Session, ids: Collection[int]) -> list[ReadingChange]:
    """These changes, oldest first."""
    return list(
        session.exec(select(ReadingChange).where(col(ReadingChange.id).in_(ids)).order_by(col(ReadingChange.id)))
    )
