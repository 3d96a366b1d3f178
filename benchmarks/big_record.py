"""A large record of made-up people, and how long its pages take as they are served.

    python -m benchmarks.big_record make FOLDER [STATEMENTS]  the record, as one SQLite file (1,000,000 take 10 minutes)
    python -m benchmarks.big_record time FOLDER               every page of it: median and p95 in milliseconds

One topic has 10,000 statements by 300 speakers within 90 days of its event; another has a tenth of the record.
"""

import hashlib
import itertools
import random
import statistics
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from tracker import settings, world
from tracker.archive.models import Document, Snapshot
from tracker.positions.models import ClaimTopic, Coding, CodingReading, CodingState, Position
from tracker.speech import same_statement
from tracker.speech.ledger import search_schema
from tracker.speech.models import (
    Appearance,
    Claim,
    Form,
    Precision,
    QuoteKind,
    SearchText,
    SourceStatus,
    Speaker,
    Status,
)
from tracker.speech.search import tokens
from tracker.speech.types import Polarity
from tracker.web.serving import serving
from tracker.world import World

SECRET = "k3Jd9sLq0Zx7Vb2Nm5Tr8Yw1Pf4Hg6Ac"
NOW = datetime(2024, 6, 20, 12, tzinfo=UTC)
DEFAULT = 1_000_000
TOPIC, WIDE_TOPIC, EVENT = "toll", "harbour", "opening"
ON_TOPIC, SPEAKERS, EVERYBODY = 10_000, 300, 5_000
PIVOT = date(2024, 3, 10)
IN_DOCUMENT, AT_ONCE = 10, 20_000
FIRST_DAY, DAYS = date(2014, 1, 1), 3_800
COMMON = (
    "the council of harbour bridge road sand price law winter budget toll parliament minister speech hall morning we "
    "question answer member party vote reading crown ship tide wind north will not never must again year people work"
).split()
SYLLABLES = "ba ru ti lo ne ska mor dal vi est ong fa ker lin sul".split()
ROUNDS = 40


def _vocabulary() -> list[str]:
    return [*COMMON, *("".join(parts) for parts in itertools.islice(itertools.product(SYLLABLES, repeat=3), 3_000))]


def build_world(folder: Path, url: str | None = None) -> World:
    """The world of a large record in `folder`, its topics and its event configured; the tables are made."""
    steps = [{"step": n, "label": f"Step {n}", "phrases": [f"step number {n}"]} for n in range(1, 6)]
    data = {
        "site": {"secret_key": SECRET},
        "database": {"url": url or f"sqlite:///{folder}/record.sqlite"},
        "topics": [
            {"id": TOPIC, "name": "The toll", "any": ["bridge toll"], "positions": steps},
            {"id": WIDE_TOPIC, "name": "The harbour", "any": ["harbour"], "positions": steps},
        ],
        "events": [
            {"id": EVENT, "name": "Opening", "start": str(PIVOT), "end": str(PIVOT), "topics": [TOPIC, WIDE_TOPIC]}
        ],
    }
    made = world.build(settings.parse(data, folder), now=lambda: NOW)
    made.database.upgrade()
    world.configure(made)
    world.prepare_archive(made)
    return made


def fill(place: World, statements: int, on_topic: int = ON_TOPIC, speakers: int = SPEAKERS) -> None:
    """Write `statements` made-up statements, `on_topic` of them on the topic, by `speakers` speakers around the event."""
    chance = random.Random(11)
    words = _vocabulary()
    weights = list(itertools.accumulate(1 / (rank + 4) for rank in range(len(words))))
    with place.database.transaction() as session:
        search_schema.drop(session.connection())
        _insert(session, Speaker, list(_speakers(max(EVERYBODY, speakers))))
        steps: dict[int, int] = dict(
            session.connection()
            .execute(sa.select(Position.step, Position.id).where(Position.topic_id == TOPIC))  # type: ignore[call-overload]
            .all()
        )
    every = max(1, statements // on_topic)
    for first in range(1, statements + 1, AT_ONCE):
        with place.database.transaction() as session:
            numbers = range(first, min(first + AT_ONCE, statements + 1))
            _fill_some(session, numbers, chance, words, weights, every, speakers, steps)
    with place.database.transaction() as session:
        search_schema.ensure(session.connection())
        index = search_schema.INDEX
        if place.database.is_sqlite:
            session.connection().exec_driver_sql(f"INSERT INTO {index}({index}) VALUES ('rebuild')")
            session.connection().exec_driver_sql("ANALYZE")


def _speakers(number: int) -> Iterator[dict[str, Any]]:
    for one, parts in enumerate(itertools.islice(itertools.product(SYLLABLES, repeat=4), number), 1):
        name = f"{''.join(parts[:2]).capitalize()} {''.join(parts[2:]).capitalize()}{one}"
        yield {
            "id": one, "slug": name.lower().replace(" ", "-"), "name": name, "folded": name.lower(), "kind": "person",
            "note": None, "created_at": NOW,
        }  # fmt: skip


def _fill_some(
    session: Session,
    numbers: range,
    chance: random.Random,
    words: list[str],
    weights: list[float],
    every: int,
    speakers: int,
    steps: dict[int, int],
) -> None:
    rows: dict[type[SQLModel], list[dict[str, Any]]] = {
        kind: [] for kind in (Document, Snapshot, Claim, Appearance, SearchText, ClaimTopic, Coding)
    }
    for start in range(numbers.start, numbers.stop, IN_DOCUMENT):
        texts: list[str] = []
        for number in range(start, min(start + IN_DOCUMENT, numbers.stop)):
            text = " ".join([*chance.choices(words, cum_weights=weights, k=chance.randint(8, 24)), f"n{number}"])
            on_topic = number % every == 0
            speaker = number // every % speakers + 1 if on_topic else chance.randint(1, EVERYBODY)
            near = PIVOT + timedelta(days=chance.randint(-85, 85))
            day = near if on_topic else FIRST_DAY + timedelta(days=chance.randrange(DAYS))
            rows[Claim].append(_claim(number, speaker, text, day))
            at = sum(map(len, texts)) + 2 * len(texts)
            rows[Appearance].append(_appearance(number, start, at, text))
            rows[SearchText].append(
                {"claim_id": number, "quote": text, "about": "courier", "stems": tokens.stems(text.split(), "en")}
            )
            for topic, about in ((TOPIC, on_topic), (WIDE_TOPIC, number % 10 == 3)):
                if about:
                    rows[ClaimTopic].append(
                        {"claim_id": number, "topic_id": topic, "matched": ["toll"], "by_hand": False, "removed": False}
                    )
            if on_topic and chance.random() < 0.7:
                rows[Coding].append(_coding(number, steps[chance.choice(list(steps))], confirmed=chance.random() < 0.5))
            texts.append(text)
        document, snapshot = _document(
            start, "\n\n".join(texts), FIRST_DAY + timedelta(days=start * DAYS // numbers.stop)
        )
        rows[Document].append(document)
        rows[Snapshot].append(snapshot)
    for kind, some in rows.items():
        _insert(session, kind, some)


def _insert(session: Session, kind: type[SQLModel], rows: list[dict[str, Any]]) -> None:
    if rows:
        session.connection().execute(sa.insert(kind), rows)


def _claim(number: int, speaker: int, text: str, day: date) -> dict[str, Any]:
    key = hashlib.sha256(f"{number}".encode()).hexdigest()
    return {
        "id": number, "public_id": same_statement.public_id(key), "identity_key": key,
        "speaker_id": speaker, "speaker_text": None, "candidates": [], "role": "Minister", "kind": QuoteKind.DIRECT,
        "text": text, "folded": text, "said_from": day, "said_to": day, "said_at": None,
        "said_precision": Precision.DAY, "said_basis": "published", "said_conflict": None, "channel": None,
        "venue": None, "venue_conflict": None, "question": None, "condition": None, "polarity": Polarity.AFFIRMED,
        "altered": False, "status": Status.NEW, "created_at": NOW - timedelta(days=2), "merged_into": None,
    }  # fmt: skip


def _appearance(number: int, document: int, at: int, text: str) -> dict[str, Any]:
    return {
        "claim_id": number, "snapshot_id": document, "start": at, "end": at + len(text), "spans": [], "exact": text,
        "exact_sha256": hashlib.sha256(text.encode()).hexdigest(), "kind": QuoteKind.DIRECT, "form": Form.VERBATIM,
        "state": SourceStatus.INTACT, "state_since": None, "question_start": None, "question_end": None, "reasons": {},
        "created_at": NOW,
    }  # fmt: skip


def _coding(number: int, position: int, *, confirmed: bool) -> dict[str, Any]:
    return {
        "claim_id": number, "topic_id": TOPIC, "number": 1, "reading": CodingReading.POSITION, "position_id": position,
        "state": CodingState.CONFIRMED if confirmed else CodingState.SUGGESTED, "by": "ada" if confirmed else "phrases",
        "at": NOW, "reasons": [], "note": None, "withdrawn_at": None, "key_quote": False,
    }  # fmt: skip


def _document(number: int, text: str, day: date) -> tuple[dict[str, Any], dict[str, Any]]:
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    url = f"https://courier.example/{number}"
    document = {
        "id": number, "source_id": "hand", "item": url, "url": url, "outlet": "Courier", "title": f"Day {number}",
        "published_at": datetime(day.year, day.month, day.day, 10, tzinfo=UTC), "published_precision": "time",
        "language": "en", "first_seen_at": NOW, "missing_looks": 0, "failures": 0,
    }  # fmt: skip
    snapshot = {
        "id": number, "document_id": number, "version": 1, "fetched_at": NOW, "sha256": sha256, "text": text,
        "text_sha256": sha256, "previous_text_sha256": "", "title": f"Day {number}", "language": "en",
        "extractor": "made up", "rule": "made up", "damaged": False, "previous": f"p{number}", "digest": f"d{number}",
        "read_at": NOW, "read_by": "made up", "quiet": True,
    }  # fmt: skip
    return document, snapshot


def addresses(place: World) -> Iterator[str]:
    """The pages that are timed, those of the load figures first."""
    with place.database.reading() as session:
        claim = session.connection().execute(sa.select(Claim.public_id).where(Claim.id == 5_003)).scalar_one()  # type: ignore[call-overload]
        slug = session.connection().execute(sa.select(Speaker.slug).where(Speaker.id == 1)).scalar_one()  # type: ignore[call-overload]
    yield from (
        f"/t/{TOPIC}/around/{EVENT}{more}" for more in ("", "?show=confirmed", "?window=all&order=name", "?page=8")
    )
    yield from (f"/t/{WIDE_TOPIC}/around/{EVENT}", f"/t/{TOPIC}", f"/t/{WIDE_TOPIC}", f"/t/{WIDE_TOPIC}?page=40")
    yield from (f"/t/{TOPIC}?speaker={slug}", f"/t/{TOPIC}?position=3")
    yield from (f"/s/{slug}", f"/c/{claim}", "/", "/topics", "/speakers")
    yield from (
        f"/search?q={words}" for words in ("the+council", "barunes+tiloska", "council", "%22the+council%22", "n77")
    )
    yield from (
        "/search?q=council&order=relevance",
        "/search?q=the+council&order=said-oldest",
        f"/search?q=road&topic={TOPIC}",
    )
    yield from (
        "/api/v1/statements?q=the+council",
        f"/api/v1/topics/{TOPIC}/statements",
        f"/api/v1/statements/{claim}",
        "/api/v1/topics",
    )
    yield from ("/api/v1/speakers", f"/api/v1/topics/{TOPIC}/around/{EVENT}")


def measure(place: World, rounds: int = ROUNDS) -> None:
    """Ask every page over HTTP, one after the other, and print the first, the median and the p95."""
    with serving(place, "127.0.0.1", 0) as site:
        for address in addresses(place):
            took = []
            status: object = 200
            for _ in range(rounds):
                began = time.perf_counter()
                try:
                    with urllib.request.urlopen(site + address) as answer:
                        answer.read()
                except OSError as error:
                    status = error
                took.append((time.perf_counter() - began) * 1000)
                if sum(took) > 30_000:
                    break
            p95 = statistics.quantiles(took, n=20)[-1] if len(took) > 1 else took[0]
            print(
                f"{address:48} first {took[0]:8.0f}  median {statistics.median(took):8.0f}  p95 {p95:8.0f}  {status}",
                flush=True,
            )


def main(what: str, folder: Path, statements: int) -> None:
    """Make a record or time its pages."""
    folder.mkdir(parents=True, exist_ok=True)
    place = build_world(folder)
    if what == "make":
        fill(place, statements)
    else:
        measure(place)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else DEFAULT)
