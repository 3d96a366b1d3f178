"""The database: one engine, two kinds of transaction, and every difference between SQLite and PostgreSQL.

SQLite opens in WAL with `synchronous=FULL`, so an acknowledged "sent" mark survives a power cut, and takes its write lock
at BEGIN, so two read-then-write transactions can never lose an update. Only `upgrade` makes a file that is not there: a
connection never does, and one whose file was deleted or replaced since it was opened refuses to go on.
"""

import contextlib
import copy
import enum
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import sqlalchemy as sa
import sqlmodel
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

from tracker.condition import DAMAGE_NAMES, Condition, Trouble, first_line
from tracker.errors import TrackerError

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy.engine import Connection, Dialect

Session = sqlmodel.Session
"""One transaction or one read-only view, as whoever stands on top hands it down."""
DriverError = sa.exc.DBAPIError
"""Whatever a database or its driver refuses."""
BUSY_TIMEOUT_MS = 20_000
"""How long a job waits for another writer. Visitors wait less: see `lock_timeout`."""
CONNECT_TIMEOUT_S = 10
"""How long a new connection to a server may take; by itself the driver would wait for a silent machine for ever."""
_lock_timeout_ms: ContextVar[int | None] = ContextVar("lock_timeout_ms", default=None)
MIGRATIONS = Path(__file__).parent / "migrations"
REVISION_TABLE = "alembic_version"
DERIVED = "search_"
"""How the names of tables begin that hold only what is made from others: the index of the search."""

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


UNREACHABLE = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError, DatabaseProblem)
"""Locked, disk full or unreadable, server gone, no free connection, a file that was deleted under us."""


class UTCDateTime(TypeDecorator[datetime]):
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


def enum_column(kind: type[enum.StrEnum]) -> sa.Enum:
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
        self.condition = Condition()
        self._may_make = False
        self._guard: Callable[[Session], None] | None = None
        self._finish: Callable[[Session], object] | None = None
        # hide_parameters: error texts must never carry subscribers' addresses into a log.
        self.engine = sa.create_engine(parsed, hide_parameters=True, **({} if self.is_sqlite else _for_server(parsed)))
        if self.is_sqlite:
            event.listen(self.engine, "do_connect", self._name_file)
            event.listen(self.engine, "connect", _open_sqlite)
            event.listen(self.engine, "connect", self._remember_file)
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
        with self._watched(writing=True), Session(self.engine, expire_on_commit=False) as session, session.begin():
            if self._guard is not None:
                self._guard(session)
            yield session
            if self._finish is not None:
                self._finish(session)

    def finish_with(self, finish: Callable[[Session], object]) -> None:
        """Let every writing transaction end with `finish`, before it is committed: for what follows from any write."""
        self._finish = finish

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        """One read-only view of one moment; on SQLite it never waits for a writer."""
        # PostgreSQL's default would show each SELECT another moment.
        snapshot = {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
        options: dict[str, Any] = {"reading": True} if self.is_sqlite else snapshot
        engine = self.engine.execution_options(**options)
        with (
            self._watched(writing=False),
            Session(engine, expire_on_commit=False, autoflush=False) as session,
            session.begin(),
        ):
            yield session

    def guarded(self, guard: Callable[[Session], None] | None) -> "Database":
        """The same database, whose every writing transaction begins with `guard`; what it raises ends the transaction.

        None gives it back without a guard.
        """
        twin = copy.copy(self)
        twin._guard = guard  # noqa: SLF001 - a twin of our own
        return twin

    @contextlib.contextmanager
    def _watched(self, *, writing: bool) -> Iterator[None]:
        """Refuse a file that is not the one that was opened, and remember what fault was met."""
        self.require_same_file()
        try:
            yield
        except sa.exc.DBAPIError as error:
            self.condition.met(error, writing=writing)
            raise
        self.condition.went_well(writing=writing)

    def require_same_file(self) -> None:
        """Raises `DatabaseProblem` when the SQLite file was deleted or replaced since it was opened first."""
        if self._was_replaced():
            raise DatabaseProblem(
                f"the database file {self.file} was deleted or replaced while it was open; nothing is saved any more "
                "(stop the service, bring the file or a backup back, and start again)"
            )

    def _was_replaced(self) -> bool:
        opened = self.condition.identity
        return self.file is not None and opened is not None and _identity(self.file) != opened

    def _name_file(self, _dialect: object, _record: object, arguments: list[Any], keywords: dict[str, Any]) -> None:
        """Open the SQLite file by an address that makes none, unless `upgrade` may."""
        if self.file is not None:
            arguments[0] = self._address("rwc" if self._may_make else "rw")
            keywords["uri"] = True

    def _address(self, mode: str) -> str:
        """The SQLite file as an address with a mode: `rw` opens what is there, `rwc` makes it (sqlite.org/uri.html)."""
        return f"file:{quote(str(Path(self.url.database or '').absolute()))}?mode={mode}"

    def _remember_file(self, _connection: sqlite3.Connection, _record: object) -> None:
        if self.file is not None and self.condition.identity is None:
            self.condition.identity = _identity(self.file)

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def upgrade(self, revision: str = "head") -> None:
        """Bring the tables to `revision`, in one transaction for each step."""
        from alembic import command

        if self.file is not None:
            self.file.parent.mkdir(parents=True, exist_ok=True)
        self._may_make = True
        try:
            command.upgrade(self._alembic(), revision)
        finally:
            self._may_make = False

    def upgrade_within(self, session: Session, revision: str = "head") -> None:
        """Bring the tables of a PostgreSQL database to `revision` as part of a transaction: with all else, or not at all."""
        from alembic import command

        config = self._alembic()
        config.attributes["within"] = session.connection()
        command.upgrade(config, revision)

    def downgrade(self, revision: str) -> None:
        """Take the tables back to `revision`."""
        from alembic import command

        command.downgrade(self._alembic(), revision)

    def head(self) -> str:
        """The newest revision this code knows."""
        return self.revisions()[0]

    def revisions(self) -> tuple[str, ...]:
        """All revisions this code knows, newest first."""
        from alembic.script import ScriptDirectory

        return tuple(step.revision for step in ScriptDirectory.from_config(self._alembic()).walk_revisions())

    def revision(self) -> str | None:
        """The revision the database stands at; None for an empty one.

        Raises `DatabaseProblem` when the file is no database or the server does not answer.
        """
        from alembic.runtime.migration import MigrationContext

        try:
            with self.engine.connect() as connection:
                return MigrationContext.configure(connection).get_current_revision()
        except sa.exc.DBAPIError as error:
            raise DatabaseProblem(f"the database can't be opened: {first_line(error)}") from error

    def require_present(self) -> None:
        """Refuse an address without a record that this version can use: nothing, other tables, a later version's.

        Raises `DatabaseProblem`.
        """
        if self.is_empty():
            raise DatabaseProblem(
                f"there is no record at {self.file or 'the configured database'}; nothing was made "
                "(was it moved or deleted? bring it back, or a backup with `tracker restore`; `tracker init` makes a new one)"
            )
        found = self.revision()
        if found is None:
            raise DatabaseProblem(
                "the database holds another program's tables and no record; nothing was changed "
                "(correct database.url; `tracker init` makes a new record where there is nothing)"
            )
        if found not in self.revisions():
            raise DatabaseProblem(
                f"the database is at revision {found}, which this version does not know: a later version made it "
                "(install that one again, or bring an earlier backup into a new place)"
            )

    def require_current(self) -> None:
        """Refuse an absent, older, later or unknown database with the sentence that says what to do."""
        self.require_present()
        found, wanted = self.revision(), self.head()
        if found != wanted:
            raise DatabaseProblem(
                f"the database is at revision {found}, this version needs {wanted}; run `tracker db upgrade`"
            )

    def require_whole(self, seconds: float | None = None) -> None:
        """Refuse a damaged database. Raises `DatabaseProblem`; `seconds` bounds the look, see `find_damage`."""
        if self.find_damage(seconds) is not None:
            raise DatabaseProblem(f"{Trouble.DAMAGED} ({self.condition.damage})")

    def find_damage(self, seconds: float | None = None) -> str | None:
        """What SQLite's quick check finds wrong first (sqlite.org/pragma.html#pragma_quick_check); None when nothing is.

        It reads the whole file. A look that ends after `seconds` says nothing of what it has not seen: what an earlier one
        found stands. PostgreSQL checks its pages itself when they are read.
        """
        if self.file is None or not self.file.exists():
            return None
        if self._was_replaced():
            return (
                self.condition.damage
            )  # opened, the new file would take in the open one's write-ahead log and be spoilt
        until = time.monotonic() + seconds if seconds is not None else None
        try:
            with contextlib.closing(sqlite3.connect(self._address("rw"), uri=True, timeout=0)) as own:
                if until is not None:
                    own.set_progress_handler(lambda: time.monotonic() > until, 100)
                found = str(own.execute("PRAGMA quick_check(1)").fetchone()[0])
        except sqlite3.DatabaseError as error:
            code = "_".join(getattr(error, "sqlite_errorname", "").split("_")[:2])
            if code not in DAMAGE_NAMES:
                return self.condition.damage  # cut short, or locked
            found = str(error)
        self.condition.looked(None if found == "ok" else " ".join(found.split())[:200])
        return self.condition.damage

    def is_empty(self) -> bool:
        """Whether there is nothing at this address yet: no file, or no table."""
        if self.file is not None and not (self.file.exists() and self.file.stat().st_size):
            return True
        try:
            with self.reading() as session:
                return not set(sa.inspect(session.connection()).get_table_names()) - {REVISION_TABLE}
        except sa.exc.DBAPIError as error:
            raise DatabaseProblem(f"the database can't be opened: {first_line(error)}") from error

    def _alembic(self) -> "Config":
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.attributes["engine"] = self.engine
        return config


def tables(connection: "Connection") -> list[sa.Table]:
    """The tables as they stand in the database, parents before their children.

    The revision is not among them, nor is what is made from other tables and can be made again (`DERIVED`).
    """
    found = sa.MetaData()
    found.reflect(connection, only=lambda name, _: not name.startswith(DERIVED))
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


def insert_if_absent(session: Session, table: type[SQLModel], values: Mapping[str, Any]) -> bool:
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


def insert_rows(session: Session, rows: Sequence[SQLModel]) -> None:
    """Insert new rows of one table in one statement; the database numbers them, and the session does not know them.

    The session would write them one by one where a database can't tell which of many got which id (SQLite).
    """
    if rows:
        names = [column.key for column in sa.inspect(type(rows[0])).columns if column.key != "id"]
        session.connection().execute(
            sa.insert(type(rows[0])), [{name: getattr(row, name) for name in names} for row in rows]
        )


def advisory_lock(session: Session, line: str) -> None:
    """Wait until no other transaction stands in this `line`, and stand in it to the end of one's own.

    For what must be written one after the other, such as a chain. SQLite's transactions come one by one anyway;
    PostgreSQL gets an advisory lock that ends with the transaction.
    """
    if session.get_bind().dialect.name != "sqlite":
        session.connection().execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(line))))


def share_lock(session: Session, statement: Any) -> Any:  # noqa: ANN401 - a Select of any row type goes in and comes out
    """Hold the rows that are read against change until the transaction ends; SQLite has one writer anyway."""
    return statement if session.get_bind().dialect.name == "sqlite" else statement.with_for_update(read=True)


def skip_locked(session: Session, statement: Any) -> Any:  # noqa: ANN401 - a Select of any row type goes in and comes out
    """Let several workers take different rows: SKIP LOCKED on PostgreSQL; SQLite has one writer anyway."""
    return statement if session.get_bind().dialect.name == "sqlite" else statement.with_for_update(skip_locked=True)


def _identity(file: Path) -> tuple[int, int] | None:
    """Device and inode of a file; None when it is not there."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _open_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver would commit DDL by itself and so leave half a migration: we say BEGIN ourselves.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_TIMEOUT_MS}", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


@contextlib.contextmanager
def lock_timeout(seconds: float) -> Iterator[None]:
    """Within this block no transaction waits longer for another writer; past that, `OperationalError`."""
    token = _lock_timeout_ms.set(round(seconds * 1000))
    try:
        yield
    finally:
        _lock_timeout_ms.reset(token)


def _for_server(url: sa.URL) -> dict[str, Any]:
    """The engine's options for a server: a connection that broke is replaced, and nobody waits for ever for a new one."""
    limit = {} if "connect_timeout" in url.query else {"connect_args": {"connect_timeout": CONNECT_TIMEOUT_S}}
    return {"pool_pre_ping": True, **limit}


def _begin_postgresql(connection: "Connection") -> None:
    limit = _lock_timeout_ms.get()
    if limit is not None and not connection.get_execution_options().get("postgresql_readonly"):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {limit}")


def _begin_sqlite(connection: "Connection") -> None:
    # A pooled connection keeps what the transaction before it was given, so it is told each time.
    limit = _lock_timeout_ms.get()
    driver = connection.connection.driver_connection
    if driver is not None:
        driver.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS if limit is None else limit}")
    connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get("reading") else "BEGIN IMMEDIATE")
