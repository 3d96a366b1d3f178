"""Each revision runs up, down and up again, empty and with rows in place, on both databases."""

import hashlib

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlmodel import select

from tests.conftest import NOON
from tracker.archive.models import Document, Source, SourceKind
from tracker.db import Database
from tracker.positions.models import Coding, CodingReading, CodingState, Event, Position, Shift, Topic
from tracker.speech import wording
from tracker.speech.models import Claim, Precision, QuoteKind, Speaker
from tracker.speech.same_statement import denial_key


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path):
    if request.param == "sqlite":
        made = Database(f"sqlite:///{tmp_path}/empty.sqlite")
        yield made
        made.dispose()
        return
    with request.getfixturevalue("cluster").database(empty=True) as url:
        made = Database(url)
        yield made
        made.dispose()


def tables(database: Database) -> set[str]:
    return set(sa.inspect(database.engine).get_table_names())


def test_every_revision_goes_up_down_and_up(empty):
    script = ScriptDirectory.from_config(empty._alembic())
    for revision in reversed(list(script.walk_revisions())):
        empty.upgrade(revision.revision)
        there = tables(empty)
        empty.downgrade(revision.down_revision or "base")
        empty.upgrade(revision.revision)
        assert tables(empty) == there
    empty.downgrade("base")
    assert tables(empty) == {"alembic_version"}


def test_the_migrations_make_the_tables_of_the_models(empty):
    empty.upgrade()
    command.check(empty._alembic())


def test_an_upgrade_of_a_current_database_changes_nothing(empty):
    empty.upgrade()
    with empty.transaction() as session:
        session.add(Source(id="s", name="S", kind=SourceKind.FEED, created_at=NOON))
    empty.upgrade()
    with empty.reading() as session:
        assert session.get_one(Source, "s").name == "S"


def test_rebuilding_a_parent_keeps_its_children(tmp_path):
    """Trap 1: with foreign keys on, SQLite deletes the children of a rebuilt parent."""
    database = Database(f"sqlite:///{tmp_path}/r.sqlite")
    database.upgrade()
    with database.transaction() as session:
        session.add(Source(id="s", name="S", kind=SourceKind.FEED, created_at=NOON))
        session.flush()
        session.add(Document(source_id="s", item="i", first_seen_at=NOON))
    with database.engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            operations = Operations(MigrationContext.configure(connection, opts={"render_as_batch": True}))
            with operations.batch_alter_table("source", recreate="always") as batch:
                batch.alter_column("note", new_column_name="remark")
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM document").scalar() == 1
    database.dispose()


def test_a_step_that_fails_leaves_nothing_behind(empty, tmp_path, monkeypatch):
    """Trap 2: the SQLite driver would commit half a migration."""
    empty.upgrade()
    before = tables(empty)
    versions = tmp_path / "versions"
    versions.mkdir()
    (versions / "bad.py").write_text(
        'revision = "bad"\ndown_revision = "' + empty.head() + '"\n'
        "import sqlalchemy as sa\nfrom alembic import op\n"
        'def upgrade():\n    op.create_table("half", sa.Column("id", sa.Integer))\n    raise RuntimeError("power cut")\n'
    )
    config = empty._alembic()
    home = config.get_main_option("script_location")
    config.set_main_option("version_locations", f"{home}/versions {versions}")
    config.set_main_option("path_separator", "space")
    with pytest.raises(RuntimeError, match="power cut"):
        command.upgrade(config, "head")
    assert tables(empty) == before
    assert empty.revision() == empty.head()


def test_stored_shifts_are_counted_anew_and_those_of_replaced_codings_withdrawn(empty):
    """Steps 1, 2, 3, 10: 2 to 3 crosses the middle, 3 to 10 is one step; the last statement's coding was taken back."""
    empty.upgrade()
    with empty.transaction() as session:
        session.add(Topic(id="toll", name="Toll", created_at=NOON))
        session.add(Speaker(id=1, slug="lind", name="Lind", folded="lind", created_at=NOON))
        session.flush()
        for number, step in enumerate((1, 2, 3, 10), 1):
            session.add(Position(id=number, topic_id="toll", step=step, key=str(step), label=str(step)))
            session.add(
                Claim(
                    id=number,
                    public_id=str(number),
                    identity_key=str(number),
                    speaker_id=1,
                    kind=QuoteKind.DIRECT,
                    text="a",
                    folded="a",
                    said_precision=Precision.UNKNOWN,
                    created_at=NOON,
                )
            )
            session.flush()
            session.add(
                Coding(
                    id=number,
                    claim_id=number,
                    topic_id="toll",
                    number=1,
                    state=CodingState.CONFIRMED,
                    position_id=number,
                    by="ben",
                    at=NOON,
                )
            )
        session.flush()
        session.add(
            Coding(
                id=5,
                claim_id=4,
                topic_id="toll",
                number=2,
                state=CodingState.CONFIRMED,
                reading=CodingReading.NO_POSITION,
                by="b",
                at=NOON,
            )
        )
        for before, after in ((2, 3), (1, 2), (3, 4)):
            session.add(
                Shift(
                    topic_id="toll",
                    speaker_id=1,
                    before_claim_id=before,
                    after_claim_id=after,
                    before_coding_id=before,
                    after_coding_id=after,
                    distance=0,
                    verdict="",
                    at=NOON,
                    by="ben",
                )
            )
    empty.downgrade("0005")
    with empty.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE shift SET distance = 7, verdict = 'wrong'")
    empty.upgrade("0006")
    with empty.reading() as session:
        found = session.execute(sa.text("SELECT verdict, distance, withdrawn_at IS NULL FROM shift ORDER BY id")).all()
    assert [(verdict, way, bool(follows)) for verdict, way, follows in found] == [
        ("reversed", 1, True),
        ("moved", 1, True),
        ("moved", 1, False),
    ]


def test_claims_keep_their_identity_and_their_checks_when_the_column_is_renamed(empty):
    empty.upgrade("0007")
    row = {
        "id": 1, "public_id": "one", "once": "key", "candidates": [], "kind": "direct", "text": "a", "folded": "a",
        "said_precision": "unknown", "said_basis": "", "negated": False, "altered": False, "status": "new",
        "created_at": NOON,
    }  # fmt: skip
    with empty.engine.begin() as connection:
        connection.execute(sa.Table("claim", sa.MetaData(), autoload_with=connection).insert(), row)
    empty.upgrade("0008")
    with empty.engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT id, identity_key FROM claim").all() == [(1, "key")]
    with pytest.raises(sa.exc.IntegrityError), empty.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE claim SET said_precision = 'day'")
    empty.downgrade("0007")
    with empty.engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT once FROM claim").scalar() == "key"


def test_folded_words_and_addresses_are_made_anew_with_what_hangs_on_them(empty):
    empty.upgrade("0008")
    with empty.engine.begin() as connection:
        tables = sa.MetaData()
        tables.reflect(connection, only=["source", "document", "snapshot", "speaker", "alias", "claim", "appearance"])

        def put(table, **row):
            connection.execute(tables.tables[table].insert(), row)

        put("source", id="s", name="S", kind="feed", lane="reported", timezone="UTC", every_minutes=60, options={},
            enabled=True, created_at=NOON, failures=0, idle_looks=0, gone_looks=0)  # fmt: skip
        for number, item in enumerate(("https://a.example/x/", "https://a.example/y/", "https://a.example/y"), 1):
            put("document", id=number, source_id="s", item=item, first_seen_at=NOON, missing_looks=0, failures=0)
        put("snapshot", id=1, document_id=1, version=1, fetched_at=NOON, sha256="a", text="x", text_sha256="b",
            previous_text_sha256="", extractor="e", rule="r", damaged=False, previous="0", digest="1",
            quiet=False)  # fmt: skip
        for number, name in enumerate(("Pål Økland", "Pawel Z", "Paweł Z"), 1):
            old = wording.fold_letters(name)
            put("speaker", id=number, slug=f"s{number}", name=name, folded=old, kind="person", created_at=NOON)
        put("alias", speaker_id=1, text="Økland", folded="økland")
        for number, (speaker, mention, words) in enumerate(
            (
                (1, "Økland", "We thank Ispartalı for it"),
                (None, "Þórður", "We thank nobody"),
                (3, "Z", "Plain words of his"),
            ),
            1,
        ):
            folded = wording.fold_letters(words)
            who = f"speaker:{wording.fold_letters(('Pål Økland', '', 'Paweł Z')[number - 1])}"
            who = who if speaker else f"mention:{wording.fold_letters(mention)}"
            key = [who, "unknown", "words", folded, "s\0https://a.example/x/"]
            put("claim", id=number, public_id=f"p{number}", speaker_id=speaker, speaker_text=mention, candidates=[],
                identity_key=hashlib.sha256("\0".join(key).encode()).hexdigest(), kind="direct", text=words, folded=folded,
                said_precision="unknown", said_basis="", negated=False, altered=False, status="new",
                created_at=NOON)  # fmt: skip
            put("appearance", id=number, claim_id=number, snapshot_id=1, start=number, end=number + 1, spans=[], exact="x",
                exact_sha256="c", kind="direct", form="verbatim", state="intact", reasons={}, created_at=NOON)  # fmt: skip
    before = {row.id: row for row in rows(empty, "claim")}
    empty.upgrade("0009")
    assert [row.folded for row in rows(empty, "speaker")] == ["pal okland", "pawel z", "paweł z"]
    assert [(row.speaker_id, row.folded) for row in rows(empty, "alias")] == [(1, "okland"), (3, "pawel z")]
    after = {row.id: row for row in rows(empty, "claim")}
    assert [row.folded for row in after.values()] == [
        "we thank ispartali for it",
        "we thank nobody",
        "plain words of his",
    ]
    assert [row.public_id for row in after.values()] == ["p1", "p2", "p3"]
    key = ["speaker:pal okland", "unknown", "words", "we thank ispartali for it", "s\0https://a.example/x/"]
    assert after[1].identity_key == hashlib.sha256("\0".join(key).encode()).hexdigest()
    key = ["mention:thordur", "unknown", "words", "we thank nobody", "s\0https://a.example/x/"]
    assert after[2].identity_key == hashlib.sha256("\0".join(key).encode()).hexdigest()
    assert after[3].identity_key == before[3].identity_key
    assert {row.hash for row in rows(empty, "fingerprint") if row.claim_id == 1} == wording.fingerprints(
        after[1].folded
    )
    assert [row.item for row in rows(empty, "document")] == [
        "https://a.example/x",
        "https://a.example/y/",  # the other one has the name already: which of them is whose is not for us to say
        "https://a.example/y",
    ]


def rows(database: Database, table: str) -> list[sa.Row]:
    with database.engine.begin() as connection:
        found = sa.Table(table, sa.MetaData(), autoload_with=connection)
        key = next(iter(found.primary_key.columns))
        return list(connection.execute(sa.select(found).order_by(key)))


def test_a_denial_keeps_its_polarity_and_loses_the_position_its_words_suggested(empty):
    empty.upgrade("0009")
    claims = [
        {
            "id": number, "public_id": str(number), "identity_key": f"key {number}", "candidates": [], "kind": "direct",
            "text": "a", "folded": "a", "said_precision": "unknown", "said_basis": "", "negated": negated,
            "altered": False, "status": "new", "created_at": NOON,
        }
        for number, negated in ((1, False), (2, True))
    ]  # fmt: skip
    codings: list[dict[str, object]] = [
        {
            "id": 10 * number + of, "claim_id": of, "topic_id": "toll", "number": number, "state": state, "by": "b",
            "reading": "no position", "at": NOON, "reasons": [], "key_quote": False,
        }
        for of in (1, 2) for number, state in ((1, "suggested"), (2, "confirmed"))
    ]  # fmt: skip
    with empty.engine.begin() as connection:
        tables_ = sa.MetaData()
        tables_.reflect(connection, only=["claim", "coding", "topic"])
        connection.execute(
            tables_.tables["topic"].insert(),
            {"id": "toll", "name": "Toll", "description": "", "rules": {}, "scale": 1, "created_at": NOON},
        )
        connection.execute(tables_.tables["claim"].insert(), claims)
        connection.execute(tables_.tables["coding"].insert(), codings)
    empty.upgrade("0010")
    with empty.engine.begin() as connection:
        found = connection.exec_driver_sql("SELECT id, polarity, identity_key FROM claim ORDER BY id").all()
        assert found == [(1, "affirmed", "key 1"), (2, "denied", denial_key("key 2"))]
        assert connection.exec_driver_sql("SELECT id FROM coding ORDER BY id").scalars().all() == [11, 21, 22]
    empty.downgrade("0009")
    with empty.engine.begin() as connection:
        found = connection.exec_driver_sql("SELECT id, negated FROM claim ORDER BY id").all()
        assert [(number, bool(negated)) for number, negated in found] == [(1, False), (2, True)]


def test_held_documents_are_due_to_be_read_again_and_their_codings_stay(empty):
    empty.upgrade("0010")
    with empty.transaction() as session:
        connection = session.connection()
        connection.execute(
            sa.text(
                "INSERT INTO topic (id, name, description, rules, scale, created_at) "
                "VALUES ('toll', 'Toll', '', '{}', 1, :now)"
            ),
            {"now": NOON.isoformat()},
        )
        connection.execute(
            sa.text(
                "INSERT INTO position (id, topic_id, scale, step, key, label, definition, phrases) "
                "VALUES (1, 'toll', 1, 1, 'no', 'No', '', '[]')"
            )
        )
        connection.execute(
            sa.text(
                "INSERT INTO claim (id, public_id, identity_key, candidates, kind, text, folded, said_precision, "
                "said_basis, altered, status, created_at) "
                "VALUES (1, 'one', 'one', '[]', 'direct', 'a', 'a', 'unknown', '', false, 'new', :now)"
            ),
            {"now": NOON.isoformat()},
        )
        connection.execute(
            sa.text(
                'INSERT INTO coding (id, claim_id, topic_id, number, state, reading, position_id, "by", at, reasons, '
                "key_quote) VALUES (1, 1, 'toll', 1, 'suggested', 'position', 1, 'rules', :now, '[]', false)"
            ),
            {"now": NOON.isoformat()},
        )
    empty.upgrade("0011")
    with empty.reading() as session:
        assert session.get_one(Coding, 1).withdrawn_at is None
        assert session.get_one(Claim, 1).venue_conflict is None
    empty.downgrade("0010")
    assert "reading_change" not in tables(empty)


def test_stored_outlets_and_notes_lose_the_addresses_of_bylines(empty):
    empty.upgrade("0011")
    rows = [
        (1, "Jo Park jo.park@wire.example", "From <desk@wire.example> by hand"),
        (2, "The Wire", "a note @ noon"),
        (3, "jo@wire.example", None),
    ]
    with empty.engine.begin() as connection:
        tables = sa.MetaData()
        tables.reflect(connection, only=["source", "document"])
        source = {
            "id": "s", "name": "S", "kind": "hand", "lane": "reported", "timezone": "UTC", "every_minutes": 60,
            "options": {}, "enabled": True, "created_at": NOON, "failures": 0, "idle_looks": 0, "gone_looks": 0,
        }  # fmt: skip
        common = {"source_id": "s", "first_seen_at": NOON, "next_look_at": NOON, "missing_looks": 0, "failures": 0}
        documents = [{**common, "id": n, "item": str(n), "outlet": outlet, "note": note} for n, outlet, note in rows]
        connection.execute(tables.tables["source"].insert(), source)
        connection.execute(tables.tables["document"].insert(), documents)
    empty.upgrade("0012")
    with empty.engine.begin() as connection:
        found = connection.exec_driver_sql("SELECT outlet, note FROM document ORDER BY id").all()
    assert [tuple(row) for row in found] == [("Jo Park", "From by hand"), ("The Wire", "a note @ noon"), (None, None)]


def test_held_events_and_scales_keep_what_they_are_and_get_plain_values_for_what_is_new(empty):
    """An event of before has UTC as its zones and nothing between before and after; no step of a scale has a side."""
    empty.upgrade("0015")
    with empty.transaction() as session:
        for statement in (
            "INSERT INTO topic (id, name, description, rules, scale, created_at) VALUES ('toll', 'The toll', '', '{}', 1, '2024-05-01 09:00:00')",  # noqa: E501
            "INSERT INTO position (topic_id, scale, step, key, label, definition, phrases) VALUES ('toll', 1, 1, 's1', 'No toll', '', '[]')",  # noqa: E501
            "INSERT INTO event (id, name, place, starts_on, ends_on, pivot, pivot_name, created_at) VALUES ('opening', 'Opening', '', '2024-05-14', '2024-05-15', '2024-05-14 15:00:00', '', '2024-05-01 09:00:00')",  # noqa: E501
            "INSERT INTO event_topic (event_id, topic_id) VALUES ('opening', 'toll')",
        ):
            session.connection().execute(sa.text(statement))
    empty.upgrade()
    with empty.reading() as session:
        event, position = session.get_one(Event, "opening"), session.exec(select(Position)).one()
        assert (event.zone, event.pivot_zone, event.during, event.documents, event.groups) == (
            "UTC",
            "UTC",
            False,
            [],
            {},
        )
        assert (event.edited_by, position.side, position.example_claim_id, position.label) == (
            None,
            None,
            None,
            "No toll",
        )
    empty.downgrade("0015")
    assert [row.id for row in rows(empty, "event")] == ["opening"]
    assert [row.label for row in rows(empty, "position")] == ["No toll"]
