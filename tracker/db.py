"""The database: one engine, two kinds of transaction, and every difference between SQLite and PostgreSQL.

SQLite opens in WAL with `synchronous=FULL`, so an acknowledged "sent" mark survives a power cut, and takes its write lock
at BEGIN, so two read-then-write transactions can never lose an update.
"""

import contextlib
import enum
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, SQLModel

from tracker.errors import TrackerError

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy.engine import Connection, Dialect

BUSY_TIMEOUT_MS = 20_000
"""How long a job waits for another writer. Visitors wait less: see `waiting_at_most`."""
_patience_ms: ContextVar[int | None] = ContextVar("patience_ms", default=None)
MIGRATIONS = Path(__file__).parent / "migrations"
REVISION_TABLE = "alembic_version"

# Before the first table is declared: SQLite batch migrations can only drop constraints that have a name.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class DatabaseProblem(TrackerError):
    """The database can't be used as it is; the text says why and what to do."""


class Moment(TypeDecorator[datetime]):
    """A point in time, aware and in UTC on both databases; a naive datetime is refused at the border."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: "Dialect") -> datetime | None:
        """Store UTC; SQLite has no zones, so it gets the bare UTC time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without its zone: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: "Dialect") -> datetime | None:  # noqa: ARG002 - the signature is SQLAlchemy's
        """Always an aware UTC time."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def words(kind: type[enum.StrEnum]) -> sa.Enum:
    """A column type that stores an enum as its words, without a native type or CHECK (members may be added later)."""
    return sa.Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )


class Database:
    """One database, SQLite or PostgreSQL, named by its address (`sqlite:///…` or `postgresql://…`)."""

    def __init__(self, url: str) -> None:
        """Prepare the engine; nothing is opened yet."""
        parsed = sa.make_url(url)
        if parsed.drivername in {"postgresql", "postgres"}:
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.url = parsed
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        # hide_parameters: error texts must never carry subscribers' addresses into a log.
        self.engine = sa.create_engine(
            parsed, hide_parameters=True, **({} if self.is_sqlite else {"pool_pre_ping": True})
        )
        if self.is_sqlite:
            event.listen(self.engine, "connect", _open_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        else:
            event.listen(self.engine, "begin", _begin_postgresql)

    @property
    def file(self) -> Path | None:
        """The file behind a SQLite database, None for PostgreSQL."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Session]:
        """One writing transaction: committed as a whole at the end, rolled back as a whole on any error."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        """One read-only view of one moment; on SQLite it never waits for a writer."""
        # PostgreSQL's default would show each SELECT another moment.
        snapshot = {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
        options: dict[str, Any] = {"reading": True} if self.is_sqlite else snapshot
        engine = self.engine.execution_options(**options)
        with Session(engine, expire_on_commit=False, autoflush=False) as session, session.begin():
            yield session

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def upgrade(self, revision: str = "head") -> None:
        """Bring the tables to `revision`, in one transaction for each step."""
        from alembic import command

        if self.file is not None:
            self.file.parent.mkdir(parents=True, exist_ok=True)
        command.upgrade(self._alembic(), revision)

    def downgrade(self, revision: str) -> None:
        """Take the tables back to `revision`."""
        from alembic import command

        command.downgrade(self._alembic(), revision)

    def head(self) -> str:
        """The newest revision this code knows."""
        from alembic.script import ScriptDirectory

        return str(ScriptDirectory.from_config(self._alembic()).get_current_head())

    def revision(self) -> str | None:
        """The revision the database stands at; None for an empty one.

        Raises `DatabaseProblem` when the file is no database or the server does not answer.
        """
        from alembic.runtime.migration import MigrationContext

        try:
            with self.engine.connect() as connection:
                return MigrationContext.configure(connection).get_current_revision()
        except sa.exc.DBAPIError as error:
            raise DatabaseProblem(f"the database can't be opened: {_first_line(error)}") from error

    def require_current(self) -> None:
        """Refuse an absent, older, newer or unknown database with the sentence that says what to do."""
        if self.file is not None and not self.file.exists():
            raise DatabaseProblem(f"there is no database at {self.file}; `tracker db upgrade` makes one")
        found, wanted = self.revision(), self.head()
        if found != wanted:
            raise DatabaseProblem(
                f"the database is at revision {found or 'none'}, this version needs {wanted}; run `tracker db upgrade`"
            )

    def is_empty(self) -> bool:
        """Whether there is nothing at this address yet: no file, or no table."""
        if self.file is not None and not self.file.exists():
            return True
        try:
            with self.reading() as session:
                return not tables(session.connection())
        except sa.exc.DBAPIError as error:
            raise DatabaseProblem(f"the database can't be opened: {_first_line(error)}") from error

    def clear(self) -> None:
        """Remove what `upgrade` made; only for a place that was empty before."""
        if self.file is None:
            with self.engine.begin() as connection:
                found = sa.MetaData()
                found.reflect(connection)
                found.drop_all(connection)
            return
        self.dispose()
        for suffix in ("", "-wal", "-shm"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)

    def _alembic(self) -> "Config":
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.attributes["engine"] = self.engine
        return config


def tables(connection: "Connection") -> list[sa.Table]:
    """The tables as they stand in the database, parents before their children; the revision is not among them."""
    found = sa.MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != REVISION_TABLE]


def restart_counters(connection: "Connection") -> None:
    """Let row ids go on after the highest there is, when rows came in with ids of their own; SQLite does by itself."""
    if connection.dialect.name == "sqlite":
        return
    for table in tables(connection):
        for column in table.primary_key.columns:
            name = sa.func.quote_ident(table.name)
            counter = connection.scalar(sa.select(sa.func.pg_get_serial_sequence(name, column.name)))
            highest = connection.scalar(sa.select(sa.func.max(column))) if counter else None
            if highest is not None:
                connection.execute(sa.select(sa.func.setval(counter, highest)))


def insert_new(session: Session, table: type[SQLModel], values: Mapping[str, Any]) -> bool:
    """Insert one row unless a unique key already holds it; True when it is new."""
    dialect = session.get_bind().dialect.name
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    key = sa.inspect(table).primary_key[0]
    # RETURNING, because a driver may report -1 rows for a statement that inserts nothing.
    statement = insert(table).values(dict(values)).on_conflict_do_nothing().returning(key)
    return session.connection().execute(statement).first() is not None


def insert_all(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows in one statement; those that a unique key already holds are passed over."""
    if rows:
        insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        session.connection().execute(insert(table).on_conflict_do_nothing(), [dict(row) for row in rows])


def in_turn(session: Session, line: str) -> None:
    """Wait until no other transaction stands in this `line`, and stand in it to the end of one's own.

    For what must be written one after the other, such as a chain. SQLite's transactions come one by one anyway;
    PostgreSQL gets an advisory lock that ends with the transaction.
    """
    if session.get_bind().dialect.name != "sqlite":
        session.connection().execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(line))))


def skip_locked(session: Session, statement: Any) -> Any:  # noqa: ANN401 - a Select of any row type goes in and comes out
    """Let several workers take different rows: SKIP LOCKED on PostgreSQL; SQLite has one writer anyway."""
    return statement if session.get_bind().dialect.name == "sqlite" else statement.with_for_update(skip_locked=True)


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0]


def _open_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver would commit DDL by itself and so leave half a migration: we say BEGIN ourselves.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_TIMEOUT_MS}", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


@contextlib.contextmanager
def waiting_at_most(seconds: float) -> Iterator[None]:
    """Within this block no transaction waits longer for another writer; past that, `OperationalError`."""
    token = _patience_ms.set(round(seconds * 1000))
    try:
        yield
    finally:
        _patience_ms.reset(token)


def _begin_postgresql(connection: "Connection") -> None:
    patience = _patience_ms.get()
    if patience is not None and not connection.get_execution_options().get("postgresql_readonly"):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {patience}")


def _begin_sqlite(connection: "Connection") -> None:
    # A pooled connection keeps what the transaction before it was given, so it is told each time.
    patience = _patience_ms.get()
    driver = connection.connection.driver_connection
    if driver is not None:
        driver.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS if patience is None else patience}")
    connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get("reading") else "BEGIN IMMEDIATE")
