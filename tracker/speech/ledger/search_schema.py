"""The index of the search and the triggers that keep it, for each database; made anew at the end of every upgrade.

SQLite: an FTS5 table over `search_text` (sqlite.org/fts5.html#external_content_tables). PostgreSQL: a text vector in it with a
GIN index. Triggers on what a statement is made of note in `search_stale` whose words are to be made anew; that is done before
the transaction that changed them is committed (`ledger.search_index`).
"""

from collections.abc import Iterator

import sqlalchemy as sa

INDEX = "search_text_fts"
OWN = frozenset({"words", "ix_search_text_words"})
"""What PostgreSQL's `search_text` has beside the columns of the model."""
COLUMNS = "quote, about, stems"
_CLAIM = "text, folded, question, speaker_id, speaker_text, role, venue"
_NEW = ", ".join(f"new.{name}" for name in COLUMNS.split(", "))
_OLD = ", ".join(f"old.{name}" for name in COLUMNS.split(", "))
_OF_SPEAKER = "SELECT id FROM claim WHERE speaker_id = new.{column}"
MARKS = (
    ("claim", "INSERT", "SELECT new.id"),
    ("claim", f"UPDATE OF {_CLAIM}", "SELECT new.id"),
    ("appearance", "INSERT", "SELECT new.claim_id"),
    ("alias", "INSERT", _OF_SPEAKER.format(column="speaker_id")),
    ("speaker", "UPDATE OF name", _OF_SPEAKER.format(column="id")),
)
"""Which change of which table makes which claims stale."""


def ensure(connection: sa.Connection) -> None:
    """Make the index and the triggers where the tables are; nothing before revision 0013."""
    if not sa.inspect(connection).has_table("search_text"):
        return
    for statement in _sqlite() if connection.dialect.name == "sqlite" else _postgresql():
        connection.exec_driver_sql(statement)


def drop(connection: sa.Connection) -> None:
    """Take index and triggers away, before their tables go."""
    sqlite = connection.dialect.name == "sqlite"
    for name, table in _triggers():
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}{'' if sqlite else f' ON {table}'}")
    if sqlite:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {INDEX}")
    else:
        connection.exec_driver_sql("DROP FUNCTION IF EXISTS search_forget")


def _triggers() -> Iterator[tuple[str, str]]:
    for number, (table, _, _) in enumerate(MARKS):
        yield f"search_mark_{number}", table
    yield "search_forget", "claim"
    for when in ("insert", "delete", "update"):
        yield f"search_index_{when}", "search_text"


def _sqlite() -> Iterator[str]:
    yield (
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {INDEX} USING fts5({COLUMNS}, content='search_text', "
        "content_rowid='claim_id', tokenize='unicode61 remove_diacritics 0', prefix='2 3')"
    )
    # S608: names of this module alone, no value of anybody's
    enter = f"INSERT INTO {INDEX}(rowid, {COLUMNS}) VALUES (new.claim_id, {_NEW});"  # noqa: S608
    leave = f"INSERT INTO {INDEX}({INDEX}, rowid, {COLUMNS}) VALUES ('delete', old.claim_id, {_OLD});"  # noqa: S608
    for when, work in (("insert", enter), ("delete", leave), ("update", f"{leave} {enter}")):
        yield (f"CREATE TRIGGER IF NOT EXISTS search_index_{when} AFTER {when.upper()} ON search_text BEGIN {work} END")
    for number, (table, change, claims) in enumerate(MARKS):
        yield (
            f"CREATE TRIGGER IF NOT EXISTS search_mark_{number} AFTER {change} ON {table} "
            f"BEGIN INSERT INTO search_stale (claim_id) {claims}; END"
        )
    yield (
        "CREATE TRIGGER IF NOT EXISTS search_forget AFTER DELETE ON claim "
        "BEGIN DELETE FROM search_text WHERE claim_id = old.id; END"
    )


def _postgresql() -> Iterator[str]:
    yield "ALTER TABLE search_text ADD COLUMN IF NOT EXISTS words tsvector"
    yield "CREATE INDEX IF NOT EXISTS ix_search_text_words ON search_text USING gin (words)"
    for number, (table, change, claims) in enumerate(MARKS):
        yield (
            f"CREATE OR REPLACE FUNCTION search_mark_{number}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN INSERT INTO search_stale (claim_id) {claims}; RETURN NULL; END $$"
        )
        yield (
            f"CREATE OR REPLACE TRIGGER search_mark_{number} AFTER {change} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION search_mark_{number}()"
        )
    yield (
        "CREATE OR REPLACE FUNCTION search_forget() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN DELETE FROM search_text WHERE claim_id = old.id; RETURN NULL; END $$"
    )
    yield (
        "CREATE OR REPLACE TRIGGER search_forget AFTER DELETE ON claim FOR EACH ROW EXECUTE FUNCTION search_forget()"
    )
