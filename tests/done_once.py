"""What a test process does once for all its tests, though the service does it anew for each site and database.

Thousands of sites and databases are made here. Half of the time went into compiling the same addresses and the same SQL
again: none of it depends on the site or the database at hand.
"""

import functools
import gc
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from tracker import db

KEPT_STATEMENTS = 5_000
FULL_COLLECTION_AFTER = (50_000, 20, 50)
"""Objects and rounds between collections: by default a full one, of a million objects, comes many times in a test."""


def install() -> None:
    """Share what is compiled among all sites and databases of this process, and collect garbage less often."""
    _share_addresses()
    _share_statements()
    gc.set_threshold(*FULL_COLLECTION_AFTER)


def _share_addresses() -> None:
    compile_builder = Rule._compile_builder
    kept: dict[object, Any] = {}

    def compile_once(rule: Rule, append_unknown: bool = True) -> Any:  # noqa: FBT001, FBT002 - werkzeug's signature
        key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in kept:
            kept[key] = compile_builder(rule, append_unknown)
        return kept[key]

    Rule._compile_builder = compile_once  # type: ignore[method-assign,assignment]


def _share_statements() -> None:
    """Let SQL be compiled once for each kind of database: its key holds the dialect, of which each engine has its own."""
    for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        dialect.__eq__ = lambda one, other: type(one) is type(other)  # type: ignore[method-assign]
        dialect.__hash__ = lambda one: hash(type(one))  # type: ignore[method-assign,assignment]
    statements: Any = LRUCache(KEPT_STATEMENTS)
    create_engine = sa.create_engine

    @functools.wraps(create_engine)
    def create(*args: Any, **options: Any) -> sa.Engine:
        engine = create_engine(*args, **options)
        engine.update_execution_options(compiled_cache=statements)
        return engine

    db.sa.create_engine = create  # type: ignore[attr-defined]
