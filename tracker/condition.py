"""What is wrong with the database as a process met it: kinds of faults, how their errors are told apart, what to do.

A fault of the machine (a full disk, a lock, damage, a server that is away) is nobody's mistake and ends by itself or by an
operator's hand; it is never charged to a source, a recipient or a visitor.
"""

import enum
import time
from dataclasses import dataclass

import sqlalchemy as sa


class Trouble(enum.StrEnum):
    """A kind of fault; its value is the sentence an operator reads."""

    FULL = "the disk of the database is full or can't be written: make room, and saving goes on by itself"
    LOCKED = "another program holds the database locked: find out which; saving goes on when it lets go"
    DAMAGED = (
        "the database is damaged: stop the service, keep the damaged file, and bring the newest backup back "
        "with `tracker restore` into a new place"
    )
    AWAY = "the database does not answer: start it again; work goes on by itself"


FULL_NAMES = frozenset({"SQLITE_FULL", "SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_NOLFS"})
DAMAGE_NAMES = frozenset({"SQLITE_CORRUPT", "SQLITE_NOTADB"})
LOCK_NAMES = frozenset({"SQLITE_BUSY", "SQLITE_LOCKED"})
"""Result codes of sqlite.org/rescode.html."""
FULL_STATES = frozenset({"53100", "25006", "58030"})
DAMAGE_STATES = frozenset({"XX001", "XX002"})
LOCK_STATES = frozenset({"55P03", "57014"})
"""disk_full, read_only_sql_transaction, io_error; data_corrupted, index_corrupted; lock_not_available, query_canceled:
appendix A of PostgreSQL's manual."""


def trouble_of(error: sa.exc.DBAPIError) -> Trouble | None:
    """The fault of the machine that a database error tells of; None for one that is our own or the data's."""
    name = getattr(error.orig, "sqlite_errorname", None)
    if name is not None:
        code = "_".join(name.split("_")[:2])  # extended names begin with the plain one: SQLITE_IOERR_WRITE
        kinds = ((DAMAGE_NAMES, Trouble.DAMAGED), (FULL_NAMES, Trouble.FULL), (LOCK_NAMES, Trouble.LOCKED))
        return next((trouble for codes, trouble in kinds if code in codes), None)
    state = getattr(error.orig, "sqlstate", None)
    kinds = ((DAMAGE_STATES, Trouble.DAMAGED), (FULL_STATES, Trouble.FULL), (LOCK_STATES, Trouble.LOCKED))
    found = next((trouble for states, trouble in kinds if state in states), None)
    away = isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError)
    return found or (Trouble.AWAY if away else None)


def is_database_fault(error: Exception) -> bool:
    """Whether the database failed, and not a value that it refuses."""
    return isinstance(error, sa.exc.SQLAlchemyError) and not isinstance(error, sa.exc.DataError)


def first_line(error: Exception) -> str:
    """The driver's own words for an error, in one line."""
    words = str(getattr(error, "orig", None) or error).strip()
    return words.splitlines()[0] if words else error.__class__.__name__


TROUBLE_TTL_S = 60.0
"""How long a fault counts as lasting when it is not met again. Damage lasts until a look finds none."""


@dataclass(slots=True, kw_only=True)
class Condition:
    """How the database did lately; one for all who use one `Database`."""

    trouble: Trouble | None = None
    """The last fault a transaction met, until a later one proves it over."""
    while_writing: bool = False
    """Whether it was met while writing: then only a write that goes well ends it."""
    met_at: float = 0.0
    """When, in monotonic seconds."""
    damage: str | None = None
    """What the last look at the integrity found."""
    identity: tuple[int, int] | None = None
    """Device and inode of the SQLite file as it was opened first."""

    def met(self, error: sa.exc.DBAPIError, *, writing: bool) -> None:
        """Remember a fault; what is no fault of the machine (a unique key that holds) is none."""
        found = trouble_of(error)
        if found is not None:
            self.trouble, self.while_writing, self.met_at = found, writing, time.monotonic()

    def looked(self, damage: str | None) -> None:
        """Remember what a whole look at the integrity found; None ends what was found or met before."""
        self.damage = damage
        if damage is None and self.trouble is Trouble.DAMAGED:
            self.trouble = None

    def current(self) -> Trouble | None:
        """The fault there is just now: a process that seldom writes learns of the end of one by its not coming again."""
        if self.trouble is not Trouble.DAMAGED and time.monotonic() - self.met_at > TROUBLE_TTL_S:
            return None
        return self.trouble

    def went_well(self, *, writing: bool) -> None:
        """End what a transaction that went well proves to be over; damage is over only when a look says so."""
        if self.trouble is not Trouble.DAMAGED and (writing or not self.while_writing):
            self.trouble = None
