"""One honest measurement for each floor, on made-up documents."""

import logging
import smtplib
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import structlog
import trafilatura
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from flask import Flask
from sqlmodel import col, select

from benchmarks import big_record, speech
from benchmarks.common import Figure, ratio
from benchmarks.owed import owed
from jobs import deliver
from jobs.extract import SpeakersOfRecord
from jobs.ingest import manual
from tracker import settings, world
from tracker.alerts.ledger import deliveries as alerts
from tracker.alerts.ledger import sign_up as sign_up_ledger
from tracker.alerts.ledger.sign_up import AlertRequest, SubscriptionRequest
from tracker.alerts.mail import SmtpMailer
from tracker.alerts.models import Delivery, Occasion, StoredQuery
from tracker.archive.supplied import from_object
from tracker.db import insert_if_absent
from tracker.positions import matching
from tracker.positions.passage import Passage
from tracker.runs import Lease
from tracker.speech import same_statement, wording
from tracker.speech.ledger.speakers import NewSpeaker, configure
from tracker.web.app import create_app
from tracker.web.cache import forget
from tracker.world import World

SECRET = "k3Jd9sLq0Zx7Vb2Nm5Tr8Yw1Pf4Hg6Ac"
NOW = datetime(2024, 3, 20, 12, tzinfo=UTC)
MANY = 200
SPEAKERS = 20_000
TOPIC = {
    "id": "toll",
    "name": "The toll",
    "any": ["bridge toll"],
    "positions": [
        {"step": 1, "label": "Against", "phrases": ["no toll"]},
        {"step": 2, "label": "Later", "phrases": ["toll next year"]},
        {"step": 3, "label": "For", "phrases": ["toll now"]},
    ],
}
EVENT = {"id": "opening", "name": "Opening", "start": "2024-03-10", "end": "2024-03-11", "topics": ["toll"]}


def article(number: int) -> str:
    """A made-up news article in HTML; each number gives other words."""
    day = date(2024, 3, 1) + timedelta(days=number % 25)
    filler = "".join(
        f"<p>The council of Nordhaven met for the {number + n}th time and talked about the road, the harbour and the "
        f"price of sand, which rose by {n} crowns since the winter.</p>"
        for n in range(12)
    )
    return (
        f"<html lang='en'><head><title>Bridge, day {number}</title><meta property='article:published_time' "
        f"content='{day}T10:00:00Z'></head><body><nav>Home</nav><article><h1>Bridge, day {number}</h1>"
        f"<p>Norland’s foreign minister Mara Lind spoke on {day:%A}.</p>"
        f"<p>“We need the bridge toll now, and paragraph {number} of the law says so,” Lind said.</p>{filler}"
        "</article></body></html>"
    )


@contextmanager
def fresh(**sections: object) -> Iterator[World]:
    """A world of its own in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        data = {"site": {"secret_key": SECRET}, "topics": [TOPIC], "events": [EVENT], **sections}
        made = world.build(settings.parse(data, Path(folder)), now=lambda: NOW)
        made.database.upgrade()
        world.configure(made)
        world.prepare_archive(made)
        yield made
        made.database.dispose()


def add(place: World, first: int, count: int) -> None:
    """Take articles in, through to their claims."""
    for number in range(first, first + count):
        manual.add(place, from_object({"html": article(number), "url": f"https://courier.example/{number}"}))


def ground() -> Figure:
    """A committed row through the ORM's transaction, against the bare driver with the same guarantees."""
    with fresh() as place, tempfile.TemporaryDirectory() as folder:
        bare = sqlite3.connect(f"{folder}/bare.sqlite", isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            bare.execute(f"PRAGMA {pragma}")
        bare.execute("CREATE TABLE lease (name TEXT PRIMARY KEY, holder TEXT, until TEXT, fence INTEGER)")
        count = iter(range(10**9))

        def ours() -> None:
            for _ in range(MANY):
                with place.database.transaction() as session:
                    insert_if_absent(
                        session, Lease, {"name": str(next(count)), "holder": "h", "until": NOW, "fence": 1}
                    )

        def reference() -> None:
            for _ in range(MANY):
                bare.execute("BEGIN IMMEDIATE")
                bare.execute("INSERT INTO lease VALUES (?, 'h', '2024', 1) ON CONFLICT DO NOTHING", (str(next(count)),))
                bare.execute("COMMIT")

        found, took = ratio(ours, reference)
        bare.close()
    return Figure(
        floor="ground",
        what="one committed row",
        reference="sqlite3 with the same pragmas",
        ratio=found,
        ours=f"{MANY / took:.0f} rows/s",
    )


def archive_and_speech() -> Figure:
    """HTML bytes to a committed snapshot with its claims, topics and suggestions, against trafilatura alone."""
    with fresh() as place:
        count = iter(range(0, 10**9, 40))
        pages = [article(number).encode() for number in range(40)]

        def reference() -> None:
            for page in pages:
                trafilatura.bare_extraction(page, fast=True, with_metadata=True)

        found, took = ratio(lambda: add(place, next(count), 40), reference)
    return Figure(
        floor="archive + speech",
        what="HTML to snapshot, claims, codings",
        reference="trafilatura with metadata",
        ratio=found,
        ours=f"{40 / took:.0f} documents/s",
    )


def adding() -> Figure:
    """Articles added one after the other to a record of 20,000 speakers, against reading their words alone."""
    everybody = [NewSpeaker(f"Ada{n} Lind{n}", "person", (), ()) for n in range(SPEAKERS)]
    with fresh() as place:
        with place.database.transaction() as session:
            configure(session, NOW, everybody)
        count = iter(range(0, 10**9, 40))

        def ours() -> None:
            first, speakers = next(count), SpeakersOfRecord(place)
            for number in range(first, first + 40):
                told = {"text": speech.article(number), "url": f"https://courier.example/{number}"}
                manual.add(place, from_object(told), speakers=speakers)

        found, took = ratio(ours, lambda: speech.read_articles([speech.article(number) for number in range(40)]))
    return Figure(
        floor="archive + speech",
        what="adding, 20,000 known speakers",
        reference="reading the words alone",
        ratio=found,
        ours=f"{40 / took:.0f} documents/s",
    )


def copies() -> Figure:
    """Telling whether two wordings are the same utterance, against comparing them letter by letter once."""
    long = "At the opening and in the preparations for it, we’re not discussing a toll. " * 3
    texts = [(f"{long} Number {n}", f"we are not discussing a toll, number {n}") for n in range(MANY)]

    def ours() -> None:
        wording.fold.cache_clear()
        for one, other in texts:
            same_statement.is_same_wording(one, other)

    def reference() -> None:
        from difflib import SequenceMatcher

        for one, other in texts:
            SequenceMatcher(None, one, other, autojunk=False).ratio()

    found, took = ratio(ours, reference)
    return Figure(
        floor="speech",
        what="same utterance or not",
        reference="difflib.SequenceMatcher",
        ratio=found,
        ours=f"{MANY / took:.0f} pairs/s",
    )


def topics() -> Figure:
    """Matching a text against topic rules, against searching it for the same phrases as they stand."""
    text = " ".join(article(n) for n in range(3))
    rules = {"any": [f"bridge number{n}" for n in range(30)] + ["bridge toll"]}
    rule = matching.rule_of("Tolls", "", rules)

    def ours() -> None:
        wording.fold.cache_clear()
        for _ in range(20):
            matching.match(Passage(text=text, language="en"), rule)

    def reference() -> None:
        for _ in range(20):
            folded = text.casefold()
            for phrase in rules["any"]:
                phrase in folded  # noqa: B015 - the search is what is timed

    found, took = ratio(ours, reference)
    return Figure(
        floor="positions",
        what="topic rules on 9 kB",
        reference="str.casefold and `in`",
        ratio=found,
        ours=f"{20 / took:.0f} texts/s",
    )


def mails() -> Figure:
    """A mail from the outbox to the server's yes, against smtplib sending a finished message on a connection of its own."""
    controller = Controller(Sink(), hostname="127.0.0.1", port=8825)
    controller.start()
    try:
        with fresh() as place:
            place = replace(place, mailer=SmtpMailer(settings.Mail(transport="smtp", host="127.0.0.1", port=8825)))  # noqa: PLW2901 - the same world, with mail
            add(place, 0, 1)
            _followers(place, 40)
            count = iter(range(10**9))

            def ours() -> None:
                with place.database.transaction() as session:
                    alerts.enqueue(
                        session,
                        NOW,
                        occasion=Occasion.NEW_CLAIMS,
                        subject=f"claim:1:{next(count)}",
                        query_ids=list(session.exec(select(StoredQuery.id))),
                        speaker_id=None,
                        digests=place.digest_schedule,
                    )
                deliver.run(place)

            def reference() -> None:
                for _ in range(40):
                    message = EmailMessage()
                    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "x"
                    message.set_content("x" * 1500)
                    with smtplib.SMTP("127.0.0.1", 8825) as server:
                        server.send_message(message)

            found, took = ratio(ours, reference)
    finally:
        controller.stop()
    return Figure(
        floor="alerts",
        what="one mail from the outbox",
        reference="smtplib, one connection a mail",
        ratio=found,
        ours=f"{40 / took:.0f} mails/s",
    )


def _followers(place: World, count: int) -> None:
    for number in range(count):
        with place.database.transaction() as session:
            sign_up_ledger.request(
                session,
                NOW,
                SubscriptionRequest(
                    address=f"r{number}@example.org",
                    alert=AlertRequest(told={"topic": ["toll"]}, rhythm="instant"),
                ),
                ip=str(number),
            )
            token = session.exec(select(Delivery.token).order_by(col(Delivery.id).desc())).first()
            sign_up_ledger.confirm(session, NOW, token or "")
    deliver.run(place)


def pages() -> Figure:
    """The timeline of a topic, against a one-line Flask page."""
    with fresh() as place:
        add(place, 0, 60)
        client, tiny = create_app(place).test_client(), Flask("tiny")
        tiny.add_url_rule("/", view_func=lambda: "hello")
        other = tiny.test_client()
        found, took = ratio(
            lambda: [client.get("/t/toll") for _ in range(10)], lambda: [other.get("/") for _ in range(10)]
        )
    return Figure(
        floor="web",
        what="timeline of 60 statements",
        reference="a one-line Flask page",
        ratio=found,
        ours=f"{10 / took:.0f} pages/s",
    )


def line_up() -> Figure:
    """The line-up of 300 speakers when something on its topic has just changed, against the same page when nothing has."""
    with tempfile.TemporaryDirectory() as folder:
        place = big_record.build_world(Path(folder))
        big_record.fill(place, 10_000, 5_000)
        app, address = create_app(place), f"/t/{big_record.TOPIC}/around/{big_record.EVENT}"
        client = app.test_client()

        def built() -> None:
            forget(app)
            client.get(address)

        found, took = ratio(built, lambda: client.get(address))
        place.database.dispose()
    return Figure(
        floor="web",
        what="line-up of 300, built anew",
        reference="the same page, as it is kept",
        ratio=found,
        ours=f"{1 / took:.1f} pages/s",
    )


def all_figures() -> Iterator[Figure]:
    """Every floor's figure, lowest floor first."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    for measure in (ground, archive_and_speech, adding, copies, topics, owed, mails, pages, line_up):
        yield measure()
