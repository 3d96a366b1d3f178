"""How a migration runs: one transaction each, on SQLite and PostgreSQL alike.

SQLite rebuilds a table to change it; with `foreign_keys=ON` that would silently delete the children of every rebuilt
parent, so the pragma is switched off on the raw connection before the transaction begins and on again after it, and the
references are checked before anything is committed.
"""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.runtime.migration import MigrationContext
from sqlmodel import SQLModel

# Every table must be known before the models are compared with the database.
import tracker.accounts
import tracker.alerts.models
import tracker.archive.models
import tracker.audit
import tracker.decisions
import tracker.limits
import tracker.positions.models
import tracker.runs
import tracker.speech.models  # noqa: F401
from tracker.db import DatabaseProblem, UTCDateTime
from tracker.speech.ledger import search_schema

# Two upgrades at once on PostgreSQL wait for each other; any constant will do.
UPGRADE_LOCK = 7_301_942


def render_item(kind: str, thing: object, autogenerate_context: object) -> str | Literal[False]:  # noqa: ARG001 - Alembic's signature
    """Plain SQLAlchemy types in migrations: an old migration must not depend on today's code."""
    if kind == "type":
        if isinstance(thing, UTCDateTime):
            return "sa.DateTime(timezone=True)"
        if isinstance(thing, sa.Enum):
            return f"sa.String(length={thing.length})"
        if type(thing).__name__ == "AutoString":
            length = getattr(thing, "length", None)
            return f"sa.String(length={length})" if length else "sa.String()"
    return False


def is_modelled(thing: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:  # noqa: FBT001 - Alembic's signature
    """Whether a model describes it: the search's index is `search_schema`'s."""
    if kind == "table":
        return not (name or "").startswith(search_schema.INDEX)
    table = getattr(thing, "table", None)
    return not (table is not None and table.name == "search_text" and name in search_schema.OWN)


def no_orphans(ctx: MigrationContext, *_: object, **__: object) -> None:
    """Undo a step that leaves rows without their parent: raised inside the step's own transaction."""
    connection = ctx.connection
    if connection is not None and connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise DatabaseProblem(f"the migration leaves {len(broken)} rows without their parent; it was undone")


def run_within(connection: sa.Connection) -> None:
    """Run what was asked for inside a transaction that somebody else ends; for PostgreSQL, whose DDL allows it."""
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_item=render_item,
        include_object=is_modelled,
        on_version_apply=no_orphans,
    )
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": UPGRADE_LOCK})
    context.run_migrations()
    search_schema.ensure(connection)


def run() -> None:
    """Run what was asked for on the engine that `Database` passed in."""
    within: sa.Connection | None = context.config.attributes.get("within")
    if within is not None:
        run_within(within)
        return
    engine: sa.Engine = context.config.attributes["engine"]
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        driver: Any = connection.connection.driver_connection
        if sqlite:
            driver.execute("PRAGMA foreign_keys=OFF")
        try:
            context.configure(
                connection=connection,
                target_metadata=SQLModel.metadata,
                render_as_batch=sqlite,
                render_item=render_item,
                include_object=is_modelled,
                compare_type=False,
                transaction_per_migration=True,
                on_version_apply=no_orphans,
            )
            if not sqlite:
                connection.execute(sa.text("SELECT pg_advisory_lock(:lock)"), {"lock": UPGRADE_LOCK})
                connection.execute(sa.text("SET lock_timeout = '30s'"))
                connection.commit()
            with context.begin_transaction():
                context.run_migrations()
            search_schema.ensure(connection)
            connection.commit()
        finally:
            if connection.in_transaction():
                connection.rollback()
            if sqlite:
                driver.execute("PRAGMA foreign_keys=ON")
            else:
                connection.execute(sa.text("SELECT pg_advisory_unlock(:lock)"), {"lock": UPGRADE_LOCK})
                connection.commit()


run()
