"""Decisions at the desk: each is kept with the rows it changed, so that it can be undone to the row.

A `Journal` changes rows and remembers their old and new values; `close` keeps them as one `Decision`. `undo` puts the old
values back where the rows still hold the new ones, and refuses where somebody changed them since. What was made is never
deleted where something may point at it: it is marked, in the way that its table has for that (`made`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlmodel import Field, Session, SQLModel, col, select

from tracker import audit
from tracker.db import UTCDateTime
from tracker.errors import TrackerError

NOW: Final = "now"
"""Stands in `made` for the time of the undoing."""
DELETE: Final = "delete"
"""Stands for a row that nothing can point at: undoing removes it."""


class Overtaken(TrackerError):
    """A decision can't be undone: what it changed was changed again since."""


class Decision(SQLModel, table=True):
    """One step of an editor: what it changed, row by row, and whether it was undone."""

    __table_args__ = (sa.Index("ix_decision_by_id", "by", "id"), sa.Index("ix_decision_batch", "batch"))

    id: int = Field(default=None, primary_key=True)
    by: str
    at: datetime = Field(sa_type=UTCDateTime)
    action: str
    """What was done, in words: "position confirmed"."""
    subject: str = Field(index=True)
    item: str = ""
    """The item of the queue it was decided at."""
    batch: str | None = None
    """The same for all steps that were done with one press."""
    changes: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    undone_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class Journal:
    """The rows that one decision changes, with their old and new values."""

    def __init__(self, session: Session) -> None:
        """An empty journal of this transaction."""
        self.session = session
        self.changes: list[dict[str, Any]] = []

    def set(self, row: SQLModel, **values: Any) -> bool:  # noqa: ANN401 - the columns of any table
        """Change columns of a row; False where it holds these values already."""
        old = {name: _dumped(type(row), name, getattr(row, name)) for name in values}
        new = {name: _dumped(type(row), name, value) for name, value in values.items()}
        if old == new:
            return False
        for name, value in values.items():
            setattr(row, name, value)
        self.session.add(row)
        self.session.flush()
        self.changes.append({"table": _table(row), "id": row.id, "old": old, "new": new})  # type: ignore[attr-defined]
        return True

    def made(self, row: SQLModel, undo: Mapping[str, Any] | str) -> None:
        """Store a new row; `undo` has the columns that mark it as undone (`NOW` for the time), or is `DELETE`."""
        self.session.add(row)
        self.session.flush()
        marks = undo if isinstance(undo, str) else dict(undo)
        self.changes.append({"table": _table(row), "id": row.id, "made": marks})  # type: ignore[attr-defined]

    def close(
        self, now: datetime, *, by: str, action: str, subject: str, item: str = "", batch: str | None = None
    ) -> Decision:
        """Keep what was changed as one decision."""
        decision = Decision(
            by=by, at=now, action=action, subject=subject, item=item, batch=batch, changes=list(self.changes)
        )
        self.session.add(decision)
        self.session.flush()
        return decision


def undo(session: Session, now: datetime, decision: Decision, by: str) -> None:
    """Put back what a decision changed, the last change first. Raises `Overtaken` where a row has other values by now."""
    for change in reversed(decision.changes):
        kind = _model(change["table"])
        row = session.get(kind, change["id"])
        if row is None:
            raise Overtaken("What this decision changed is not there any more.")
        if "made" in change:
            _unmake(session, now, row, change["made"])
            continue
        if any(_dumped(kind, name, getattr(row, name)) != value for name, value in change["new"].items()):
            raise Overtaken("What this decision changed was changed again since. Nothing was undone.")
        for name, value in change["old"].items():
            setattr(row, name, _adapter(kind, name).validate_python(value))
        session.add(row)
        session.flush()
    decision.undone_at = now
    session.add(decision)
    session.flush()
    audit.write(
        session, now, actor=by, action=f"undone: {decision.action}", subject=decision.subject, field="decision",
        old=str(decision.id),
    )  # fmt: skip


def last_of(session: Session, by: str) -> list[Decision]:
    """The last step of a person that stands, with all that was done by the same press; the newest first."""
    stands = (Decision.by == by, col(Decision.undone_at).is_(None))
    last = session.exec(select(Decision).where(*stands).order_by(col(Decision.id).desc()).limit(1)).first()
    if last is None or last.batch is None:
        return [last] if last else []
    return list(
        session.exec(select(Decision).where(*stands, Decision.batch == last.batch).order_by(col(Decision.id).desc()))
    )


def rows_changed(decisions: Sequence[Decision], table: str) -> set[int]:
    """The ids of the rows of one table that decisions changed or made."""
    return {int(change["id"]) for one in decisions for change in one.changes if change["table"] == table}


def _unmake(session: Session, now: datetime, row: SQLModel, marks: Mapping[str, Any] | str) -> None:
    if isinstance(marks, str):
        session.delete(row)
    else:
        for name, value in marks.items():
            setattr(row, name, now if value == NOW else _adapter(type(row), name).validate_python(value))
        session.add(row)
    session.flush()


def _table(row: SQLModel) -> str:
    return str(sa.inspect(type(row)).local_table.name)


def _model(table: str) -> type[SQLModel]:
    """The model of a table by its name."""
    mappers = SQLModel._sa_registry.mappers  # noqa: SLF001 - the library has no public list of its models
    return next(one.class_ for one in mappers if one.local_table.name == table)  # type: ignore[attr-defined]


def _adapter(kind: type[SQLModel], name: str) -> TypeAdapter[Any]:
    annotation: Any = kind.model_fields[name].annotation
    return TypeAdapter(annotation)


def _dumped(kind: type[SQLModel], name: str, value: Any) -> Any:  # noqa: ANN401 - a column's value as JSON
    return _adapter(kind, name).dump_python(value, mode="json", warnings=False)
