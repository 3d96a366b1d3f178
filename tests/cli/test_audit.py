"""`tracker audit verify`, from outside."""

import contextlib
import sqlite3

from tests.cli.test_commands import bare, tracker

__all__ = ["bare", "tracker"]


def test_the_chain_is_proved_and_a_forged_entry_is_named(tracker):
    assert tracker("topics", "import", "-", text='[[topics]]\nid = "ferry"\nname = "F"\nany = ["ferry"]\n').stdout
    whole = tracker("audit", "verify").stdout.splitlines()
    assert whole[-1] == "the chain is whole"
    number = int(whole[0].split()[0])
    assert number >= 1
    with contextlib.closing(sqlite3.connect(next(tracker.folder.rglob("*.sqlite")))) as database:
        database.execute("UPDATE audit_entry SET new = 'forged' WHERE id = ?", (number,))
        database.commit()
    told = tracker("audit", "verify", code=1)
    assert f"audit entry {number} was changed after it was written" in told.stderr
