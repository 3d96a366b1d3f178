import contextlib
import socket
import sqlite3
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlmodel import select

from tests.conftest import NOON
from tracker import db
from tracker.audit import AuditEntry
from tracker.db import Database, DatabaseProblem, insert_if_absent
from tracker.runs import Lease


def lease(name: str, until: datetime = NOON) -> Lease:
    return Lease(name=name, holder="h", until=until)


def test_what_a_transaction_writes_is_there_after_it(database):
    with database.transaction() as session:
        session.add(lease("a"))
    with database.reading() as session:
        assert session.exec(select(Lease.name)).all() == ["a"]


def test_an_error_undoes_the_whole_transaction(database):
    def half() -> None:
        with database.transaction() as session:
            session.add(lease("a"))
            session.flush()
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        half()
    with database.reading() as session:
        assert session.exec(select(Lease)).all() == []


def test_a_reading_can_not_write_on_postgresql_and_times_come_back_in_utc(database):
    moscow = datetime(2024, 7, 1, 15, 0, tzinfo=timezone(timedelta(hours=3)))
    with database.transaction() as session:
        session.add(lease("a", moscow))
    with database.reading() as session:
        found = session.exec(select(Lease.until)).one()
    assert found == datetime(2024, 7, 1, 12, 0, tzinfo=UTC)
    assert found.tzinfo is UTC


def test_a_time_without_its_zone_is_refused(database):
    with (
        pytest.raises((ValueError, sa.exc.StatementError), match="without its zone"),
        database.transaction() as session,
    ):
        session.add(lease("a", datetime(2024, 7, 1)))  # noqa: DTZ001 - the naive time is the test
        session.flush()


def test_insert_new_says_whether_the_row_is_new(database):
    values = {"name": "a", "holder": "h", "until": NOON, "fence": 1}
    with database.transaction() as session:
        assert insert_if_absent(session, Lease, values)
        assert not insert_if_absent(session, Lease, values)


def test_two_writers_that_read_first_lose_no_update(database):
    with database.transaction() as session:
        session.add(lease("counter"))

    def add() -> None:
        for _ in range(20):
            with database.transaction() as session:
                row = session.exec(select(Lease).where(Lease.name == "counter").with_for_update()).one()
                row.fence += 1
                session.add(row)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert session.exec(select(Lease.fence)).one() == 81


def test_a_reader_does_not_wait_for_a_writer(database):
    with database.transaction() as writer:
        writer.add(lease("a"))
        writer.flush()
        with database.reading() as reader:
            assert reader.exec(select(Lease)).all() == []


def test_a_reading_sees_one_moment_whatever_is_written_meanwhile(database):
    with database.reading() as reader:
        before = reader.exec(select(Lease)).all()
        with database.transaction() as writer:
            writer.add(lease("a"))
        assert reader.exec(select(Lease)).all() == before == []


def test_error_texts_carry_no_values(database):
    with pytest.raises(sa.exc.IntegrityError) as caught, database.transaction() as session:
        for _ in range(2):
            session.add(
                AuditEntry(at=NOON, actor="reader@example.org", action="a", subject="s", previous="p", digest="d")
            )
    assert "reader@example.org" not in str(caught.value).split("DETAIL")[0]


def test_an_absent_or_old_database_is_refused_with_what_to_do(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/none.sqlite")
    with pytest.raises(DatabaseProblem, match=r"there is no record at .*tracker init"):
        database.require_current()
    assert not (tmp_path / "none.sqlite").exists()
    (tmp_path / "none.sqlite").touch()
    with pytest.raises(DatabaseProblem, match="there is no record"):
        database.require_current()
    assert (tmp_path / "none.sqlite").stat().st_size == 0
    database.upgrade("0001")
    with pytest.raises(DatabaseProblem, match=r"revision 0001, .*tracker db upgrade"):
        database.require_current()
    database.dispose()


def test_another_programs_tables_and_a_later_versions_record_are_refused_and_left_alone(tmp_path):
    with contextlib.closing(sqlite3.connect(tmp_path / "record.sqlite")) as other:
        other.execute("CREATE TABLE invoice (number INTEGER)")
    database = Database(f"sqlite:///{tmp_path}/record.sqlite")
    for refuse in (database.require_present, database.require_current):
        with pytest.raises(DatabaseProblem, match=r"another program's tables .*nothing was changed"):
            refuse()
    with database.reading() as session:
        assert [table.name for table in db.tables(session.connection())] == ["invoice"]
    database.upgrade()
    with database.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    for refuse in (database.require_present, database.require_current):
        with pytest.raises(DatabaseProblem, match=r"revision 9999, .*a later version made it"):
            refuse()
    database.dispose()


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path):
    file = tmp_path / "record.sqlite"
    file.write_bytes(b"this is a letter, not a database" * 100)
    database = Database(f"sqlite:///{file}")
    with pytest.raises(DatabaseProblem, match="can't be opened"):
        database.require_current()
    database.dispose()
    assert file.read_bytes().startswith(b"this is a letter")


@pytest.mark.as_in_service
def test_sqlite_is_opened_as_the_house_demands(sqlite):
    database = Database(sqlite)
    with database.engine.connect() as connection:
        pragma = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    database.dispose()
    assert pragma == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 20_000}


def test_a_server_that_takes_the_call_and_never_speaks_is_out_of_reach(monkeypatch):
    monkeypatch.setattr(db, "CONNECT_TIMEOUT_S", 2)  # the least the driver knows
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        asked = Database(f"postgresql://reader@127.0.0.1:{silent.getsockname()[1]}/record")
        with pytest.raises(sa.exc.OperationalError), asked.reading() as session:
            session.connection()
        asked.dispose()


def test_a_visitor_waits_for_a_writer_as_long_as_is_said_and_nobody_after_him(database):
    other = Database(database.url.render_as_string(hide_password=False))
    table = "attempt"

    def write(wanted):
        with wanted.transaction() as session:
            session.connection().exec_driver_sql(f"UPDATE {table} SET action = action")

    with other.transaction() as session:
        if not database.is_sqlite:
            session.connection().exec_driver_sql(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        session.connection().exec_driver_sql("SELECT 1")
        with db.lock_timeout(0.05), pytest.raises(sa.exc.OperationalError):
            write(database)
    write(database)
    told = "PRAGMA busy_timeout" if database.is_sqlite else "SHOW lock_timeout"
    with database.transaction() as session:
        assert session.connection().exec_driver_sql(told).scalar() in {20_000, "0"}
    other.dispose()
