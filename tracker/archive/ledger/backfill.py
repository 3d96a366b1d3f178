"""Reads and writes of backfills: the window, the lists that wait, what they named and what became of it."""

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.archive.models import Backfill, BackfillItem, BackfillState
from tracker.archive.types import NewBackfillItem
from tracker.db import insert_if_absent


def begin(
    session: Session, now: datetime, source_id: str, *, first: date, last: date, lists: Sequence[str]
) -> Backfill:
    """The backfill of this window: the one that was begun before, or a new one that starts with these lists."""
    blank = {"to_read": list(lists), "have_read": [], "started_at": now}
    insert_if_absent(session, Backfill, {"source_id": source_id, "first": first, "last": last, **blank})
    return session.exec(
        select(Backfill).where(Backfill.source_id == source_id, Backfill.first == first, Backfill.last == last)
    ).one()


def record_list(
    session: Session,
    now: datetime,
    backfill_id: int,
    *,
    read: Sequence[str],
    more: Sequence[str],
    items: Sequence[NewBackfillItem],
) -> int:
    """Write down one list (its address and the mark of its content): what it named, and the lists that follow from it.

    Gives how many things were new.
    """
    row = session.get_one(Backfill, backfill_id)
    waiting = [url for url in row.to_read if url not in read]
    row.have_read = [*row.have_read, *read]
    row.to_read = [*(url for url in more if url not in row.have_read and url not in waiting), *waiting]
    row.listed_at = None if row.to_read else now
    session.add(row)
    blank = {"state": BackfillState.WAITING}
    new = 0
    for one in items:
        values = {
            "item": one.item,
            "url": one.url,
            "title": one.title,
            "inline": one.inline,
            "archived": one.archived,
            **one.published.columns(),
        }
        new += insert_if_absent(session, BackfillItem, {**blank, **values, "backfill_id": backfill_id})
    return new


def next_waiting(session: Session, backfill_id: int, after: int = 0) -> BackfillItem | None:
    """The next thing that waits to be fetched."""
    return session.exec(
        select(BackfillItem)
        .where(
            BackfillItem.backfill_id == backfill_id,
            BackfillItem.state == BackfillState.WAITING,
            col(BackfillItem.id) > after,
        )
        .order_by(col(BackfillItem.id))
        .limit(1)
    ).first()


def record_outcome(session: Session, item_id: int, state: BackfillState, detail: str | None = None) -> None:
    """Write down what became of one thing."""
    row = session.get_one(BackfillItem, item_id)
    row.state, row.detail = state, detail
    session.add(row)


def retry_failed(session: Session, backfill_id: int) -> None:
    """Let what failed wait again: a new run of the same window tries it once more."""
    session.connection().execute(
        sa.update(BackfillItem)
        .where(col(BackfillItem.backfill_id) == backfill_id, col(BackfillItem.state) == BackfillState.FAILED)
        .values(state=BackfillState.WAITING)
    )


def counts(session: Session, backfill_id: int) -> dict[BackfillState, int]:
    """How many things there are of each state."""
    rows = session.exec(
        select(BackfillItem.state, sa.func.count())
        .where(BackfillItem.backfill_id == backfill_id)
        .group_by(BackfillItem.state)
    ).all()
    return {BackfillState(state): number for state, number in rows}
