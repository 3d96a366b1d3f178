"""Writes of a restore: the rows of a backup into empty tables."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa


def fill_table(connection: sa.Connection, table: sa.Table, lots: Iterable[list[dict[str, Any]]]) -> int:
    """Put rows into an empty table; how many. A row may name another of its own table that comes after it."""
    own = [key.parent.name for key in table.foreign_keys if key.column.table is table]
    later: list[Mapping[str, Any]] = []
    total = 0
    for rows in lots:
        later += [dict(row) for row in rows if any(row.get(name) is not None for name in own)]
        connection.execute(sa.insert(table), [{**row, **dict.fromkeys(own)} for row in rows])
        total += len(rows)
    for row in later:
        keys = [column == row[column.name] for column in table.primary_key.columns]
        connection.execute(sa.update(table).where(*keys).values({name: row[name] for name in own}))
    return total
