import sqlalchemy as sa
from sqlmodel import col, select

from tests.conftest import NOON
from tracker import audit
from tracker.audit import AuditEntry


def fill(database, number=5):
    with database.transaction() as session:
        for count in range(number):
            audit.write(session, NOON, actor="ben", action="position confirmed", subject="claim:1", new=str(count))


def test_a_whole_chain_holds(database):
    fill(database)
    with database.reading() as session:
        assert audit.verify(session) == (5, [])
        assert [entry.new for entry in audit.history(session, "claim:1")] == ["4", "3", "2", "1", "0"]


def test_a_changed_entry_is_found(database):
    fill(database)
    with database.transaction() as session:
        session.connection().execute(sa.update(AuditEntry).where(col(AuditEntry.id) == 3).values(new="forged"))
    with database.reading() as session:
        assert audit.verify(session)[1] == ["audit entry 3 was changed after it was written"]


def test_a_removed_entry_is_found(database):
    fill(database)
    with database.transaction() as session:
        session.delete(session.exec(select(AuditEntry).where(AuditEntry.id == 3)).one())
    with database.reading() as session:
        assert audit.verify(session)[1] == ["audit entry 4 does not follow the entry before it"]
