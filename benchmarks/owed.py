"""What a new statement owes: against so many alerts, of which so many find it, beside a plain insert of as many rows."""

import random
import sqlite3
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from benchmarks.common import Figure, ratio
from tracker.alerts.digest import DigestSchedule
from tracker.alerts.ledger import deliveries, stored_queries
from tracker.alerts.models import Follower, Rhythm, Subscription, SubscriptionState
from tracker.db import Database
from tracker.positions.models import ClaimTopic, Topic
from tracker.speech.models import Claim, Precision, QuoteKind, Speaker

NOW = datetime(2024, 3, 20, 12, tzinfo=UTC)
ALERTS, FINDING, QUERIES = 100_000, 10_000, 5_000
ZONES = ("UTC", "Europe/Kyiv", "Europe/Berlin", "America/New_York", "Asia/Tokyo")
WORDS = [f"w{number:05d}" for number in range(20_000)]


def owed() -> Figure:
    """One statement that 10,000 of 100,000 alerts find, on SQLite with the shipped settings."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/owed.sqlite")
        database.upgrade()
        chance = random.Random(1)
        with database.transaction() as session:
            _fill(session, chance)
        numbers = iter(range(10**6))

        def ours() -> None:
            with database.transaction() as session:
                claim = _claim(session, chance, next(numbers))
                found = deliveries.enqueue_claim(session, NOW, claim, DigestSchedule())
                assert found >= FINDING, found

        def reference() -> None:
            _plain(Path(folder) / "plain.sqlite", next(numbers))

        found, took = ratio(ours, reference)
        database.dispose()
    return Figure(
        floor="alerts",
        what="one new statement against 100,000 alerts, 10,000 find it",
        reference="10,000 rows with a unique key, by executemany",
        ratio=found,
        ours=f"{took * 1000:.0f} ms",
    )


def _fill(session: Session, chance: random.Random) -> None:
    session.add_all(Topic(id=f"t{number}", name=f"Topic {number}", created_at=NOW) for number in range(20))
    session.add_all(Speaker(slug=f"p-{n}", name=f"P {n}", folded=f"p {n}", created_at=NOW) for n in range(500))
    session.flush()
    big = stored_queries.keep(session, NOW, {"topic": ["t0"]}).id
    others = sorted({stored_queries.keep(session, NOW, _query(chance, n)).id for n in range(QUERIES)} - {big})
    people = [
        {
            "public_id": f"p{n}", "address": f"r{n}@example.org", "address_folded": f"r{n}@example.org", "timezone": "UTC",
            "plain": False, "confirmations_sent": 0, "confirmed_at": NOW, "created_at": NOW,
        }
        for n in range(ALERTS)
    ]  # fmt: skip
    session.connection().execute(sa.insert(Follower), people)
    rhythms = [chance.choice(list(Rhythm)) for _ in range(ALERTS)]
    alerts = [
        {
            "public_id": f"s{n}", "follower_id": n + 1, "query_id": big if n < FINDING else chance.choice(others),
            "claims": True, "shifts": True, "changes": True, "wanted": {}, "rhythm": rhythm,
            "clock": f"{rhythm.value} {chance.choice(ZONES)}", "state": SubscriptionState.CONFIRMED, "created_at": NOW,
        }
        for n, rhythm in enumerate(rhythms)
    ]  # fmt: skip
    session.connection().execute(sa.insert(Subscription), alerts)


def _query(chance: random.Random, number: int) -> dict[str, list[str]]:
    word, topic = chance.choice(WORDS), f"t{chance.randrange(1, 20)}"
    kinds: list[dict[str, list[str]]] = [
        {"q": [f"{word} {chance.choice(WORDS)}"]},
        {"speaker": [f"p-{chance.randrange(500)}"], "topic": [topic]},
        {"q": [word], "topic": [topic]},
        {"topic": [topic]},
    ]
    return kinds[number % 4]


def _claim(session: Session, chance: random.Random, number: int) -> Claim:
    text = " ".join(chance.choice(WORDS) for _ in range(30))
    told: dict[str, Any] = {"kind": QuoteKind.DIRECT, "said_precision": Precision.UNKNOWN, "created_at": NOW}
    claim = Claim(
        public_id=f"c{number}", identity_key=f"k{number}", speaker_id=1 + number % 500, text=text, folded=text, **told
    )
    session.add(claim)
    session.flush()
    session.add(ClaimTopic(claim_id=claim.id, topic_id="t0"))
    session.flush()
    return claim


def _plain(file: Path, number: int) -> None:
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS owed (id INTEGER PRIMARY KEY, who INT, what TEXT, due TEXT, UNIQUE (what, who))"
    )
    rows = [(who, f"claim:{number}", NOW.isoformat()) for who in range(FINDING)]
    connection.executemany("INSERT INTO owed (who, what, due) VALUES (?, ?, ?)", rows)
    connection.commit()
    connection.close()
