"""The public record as one SQLite file: all that a stranger may read, described, of one moment, and nothing else."""

import json
import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from tests.conftest import sqlite_url
from tests.web import seed
from tests.web.conftest import PASSWORD, make_world
from tracker import accounts
from tracker.accounts import Role
from tracker.alerts.models import Follower
from tracker.archive.models import Document
from tracker.positions.models import Coding, CodingState, Event, Topic
from tracker.record import sqlite_file
from tracker.record.public_tables import TABLES
from tracker.record.sqlite_file import NotOurFile, PublicSiteInfo
from tracker.speech.ledger import search_index
from tracker.speech.models import Claim, Correction, Status

SITE = PublicSiteInfo(
    name="On the Record", base_url="https://record.example.org", contact="desk@record.example.org", at=seed.NOW
)
SECRETS = {
    "reader": "reader.of.alerts@private.example", "account": "vera.noll@private.example", "another": "x@private.example",
    "coding note": "PRIVATE coding note", "document note": "PRIVATE document note", "suggestion": "PRIVATE reason",
    "rejected": "PRIVATE rejected words", "undone": "PRIVATE undone correction",
}  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def record(request, tmp_path):
    """The seeded record on each kind of database, with whatever must not leave it."""
    if request.param == "sqlite":
        yield from _seeded(sqlite_url(request.getfixturevalue("sqlite_template"), tmp_path), tmp_path)
    else:
        with request.getfixturevalue("cluster").database() as url:
            yield from _seeded(url, tmp_path)


def _seeded(url, folder):
    world = make_world(url, folder)
    world.database.finish_with(search_index.refresh)
    with world.database.transaction() as session:
        seed.fill(session)
        accounts.add(session, seed.NOW, email=SECRETS["account"], name="Vera Noll", role=Role.EDITOR, password=PASSWORD)
        address = SECRETS["reader"]
        session.add(Follower(public_id="reader", address=address, address_folded=address, created_at=seed.NOW))
        codings = session.exec(select(Coding).order_by(col(Coding.id))).all()
        for one in codings:
            one.by, one.note = SECRETS["account"], SECRETS["coding note"]
            if one.state is CodingState.SUGGESTED:
                one.by, one.reasons = "rules", [SECRETS["suggestion"]]
        for document in session.exec(select(Document)):
            document.note, document.entered_by = SECRETS["document note"], SECRETS["account"]
        session.get(Event, seed.SUMMIT).edited_by = SECRETS["another"]
        session.get(Topic, seed.PACT).scale_by = SECRETS["another"]
        claims = session.exec(select(Claim).where(Claim.status == Status.NEW).order_by(col(Claim.id))).all()
        session.exec(select(Claim).where(Claim.status == Status.REJECTED)).first().text = SECRETS["rejected"]
        told: dict[str, Any] = {
            "claim_id": claims[0].id, "field": "day", "old": "1 May", "by": SECRETS["account"], "at": seed.NOW,
        }  # fmt: skip
        session.add(Correction(**told, new="2 May", reason="the outlet’s own correction"))
        session.add(Correction(**told, new="3 May", reason=SECRETS["undone"], undone_at=seed.NOW))
    yield world
    world.database.dispose()


def written(world, target):
    with world.database.reading() as session:
        return sqlite_file.write(session, target, SITE)


def asked(target, query):
    with closing(sqlite3.connect(f"file:{target}?mode=ro", uri=True)) as file:
        return file.execute(query).fetchall()


def test_it_holds_what_everybody_may_read_and_every_reference_leads_somewhere(record, tmp_path):
    target = tmp_path / "public.db"
    counts = written(record, target)
    assert {name: asked(target, f'SELECT count(*) FROM "{name}"')[0][0] for name in counts} == counts
    with record.database.reading() as session:
        shown = session.exec(
            select(Claim).where(
                col(Claim.status).not_in([Status.REJECTED, Status.WITHDRAWN]), col(Claim.merged_into).is_(None)
            )
        ).all()
    told = dict(asked(target, "SELECT id, text FROM statement"))
    assert told == {one.public_id: one.text for one in shown}
    assert asked(target, "PRAGMA foreign_key_check") == []
    assert asked(target, "PRAGMA integrity_check") == [("ok",)]
    moved = asked(
        target,
        "SELECT shift.speaker, verdict, b.said_from, a.said_from FROM shift"
        " JOIN statement b ON b.id = before JOIN statement a ON a.id = after",
    )
    assert moved == [("mara-lind", "moved one step up, from 2 to 3", "2024-05-02", "2024-05-15")]
    assert asked(target, "SELECT old, new, reason FROM correction") == [
        ("1 May", "2 May", "the outlet’s own correction")
    ]
    assert counts["appearance"] > counts["statement"] > 25
    assert asked(target, 'SELECT count(*) FROM appearance WHERE length(exact) <> "end" - start') == [(0,)]


def test_positions_are_those_in_force_that_a_person_confirmed(record, tmp_path):
    target = tmp_path / "public.db"
    written(record, target)
    with record.database.reading() as session:
        confirmed = session.exec(select(Coding).where(Coding.state == CodingState.CONFIRMED)).all()
    pairs = {(one.claim_id, one.topic_id) for one in confirmed}
    assert asked(target, "SELECT count(*), count(DISTINCT statement || topic) FROM coding") == [
        (len(pairs), len(pairs))
    ]


def test_nothing_private_is_in_it_nor_in_its_metadata(record, tmp_path):
    target = tmp_path / "public.db"
    written(record, target)
    for file in (target, sqlite_file.metadata_path(target)):
        raw = file.read_bytes().lower()
        for what, secret in SECRETS.items():
            for form in (secret.lower().encode(), secret.lower().encode("utf-16-le")):
                assert form not in raw, f"{what} in {file.name}"
        assert b"vera" not in raw
        assert b"password" not in raw
        assert re.findall(rb"[\w.+-]+@[\w-]+\.[\w.-]+", raw.replace(SITE.contact.encode(), b" ")) == []
    assert not list(tmp_path.glob(".*part"))


def test_it_has_the_described_tables_and_columns_and_no_others(record, tmp_path):
    target = tmp_path / "public.db"
    written(record, target)
    names = {name for (name,) in asked(target, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {name for name in names if not name.startswith("statement_fts")} == {table.name for table in TABLES}
    told = json.loads(sqlite_file.metadata_path(target).read_text("utf-8"))["databases"]["public"]["tables"]
    for table in TABLES:
        columns = [row[1] for row in asked(target, f'PRAGMA table_info("{table.name}")')]
        assert columns == [one.name for one in table.columns] == list(told[table.name]["columns"])
        assert told[table.name]["description"]
        assert all(told[table.name]["columns"].values())


def test_statements_are_searched_in_it(record, tmp_path):
    target = tmp_path / "public.db"
    written(record, target)
    index = "statement JOIN statement_fts f ON f.rowid = statement.rowid"
    found = asked(target, f"SELECT id FROM {index} WHERE statement_fts MATCH 'entry'")
    plain = asked(target, "SELECT id FROM statement WHERE text LIKE '%entry%'")
    assert plain
    assert set(found) >= set(plain)


def test_it_is_of_one_moment_whatever_is_written_meanwhile(record, tmp_path):
    target, later = tmp_path / "public.db", tmp_path / "later.db"
    with record.database.reading() as session:
        session.exec(select(Claim.id)).first()
        with record.database.transaction() as other:
            writer = seed.Writer(other, number=900)
            writer.claim("meanwhile", None, "Said while the file was written", seed.NOW.date() - timedelta(days=1))
        counts = sqlite_file.write(session, target, SITE)
    assert written(record, later)["statement"] == counts["statement"] + 1
    assert asked(target, "SELECT count(*) FROM statement WHERE text LIKE 'Said while%'") == [(0,)]


def test_only_a_file_of_its_own_is_written_over(record, tmp_path):
    for number, held in enumerate((b"", b"somebody's notes", b"SQLite format 3\0" + bytes(4080))):
        target = tmp_path / f"{number}.db"
        target.write_bytes(held)
        with pytest.raises(NotOurFile, match="is there already"):
            written(record, target)
        assert target.read_bytes() == held
    foreign = tmp_path / "foreign.db"
    with closing(sqlite3.connect(foreign)) as file:
        file.execute("CREATE TABLE claim (id)")
    with pytest.raises(NotOurFile):
        written(record, foreign)
    target = tmp_path / "public.db"
    assert written(record, target) == written(record, target)


def test_what_broke_off_leaves_the_older_file_whole(record, tmp_path, monkeypatch):
    target = tmp_path / "public.db"
    written(record, target)
    before = target.read_bytes()
    monkeypatch.setattr(sqlite_file, "SEARCH", ("no SQL at all",))
    with pytest.raises(sqlite3.Error):
        written(record, target)
    assert target.read_bytes() == before
    assert [one.name for one in tmp_path.glob(".public*")] == []
