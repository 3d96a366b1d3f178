"""A small made-up record: invented people of invented countries, around one invented summit.

Nobody here exists and nothing was ever said. The rows are written directly, so that the pages are tested without the
readers; every span stands where the text says it stands.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from tracker.archive.models import Document, Fetch, Snapshot, Source, SourceKind, State
from tracker.positions.models import (
    ClaimTopic,
    Coding,
    CodingReading,
    CodingState,
    Event,
    EventTopic,
    Position,
    Shift,
    Topic,
)
from tracker.speech.models import (
    Alias,
    Appearance,
    Claim,
    Form,
    Office,
    Precision,
    QuoteKind,
    SourceStatus,
    Speaker,
    Status,
)
from tracker.speech.wording import fold

NOW = datetime(2024, 7, 1, 9, 30, tzinfo=UTC)
PACT = "harbour-pact"
TARIFF = "salt-tariff"
SUMMIT = "seaford-2024"
PIVOT = datetime(2024, 5, 14, 15, 0, tzinfo=UTC)
NO_REQUEST = (
    "At this summit we do not ask for entry into the Harbour Pact. We ask how to come closer, and we will not run "
    "ahead of the talks that are going on with every capital"
)
HOSTILE = "<script>alert(1)</script> {{7*7}} <b>bold</b> & “more”"


@dataclass
class Seeded:
    """What tests name: the public ids of claims and the hashes of snapshots, by short names."""

    claims: dict[str, str] = field(default_factory=dict)
    copies: dict[str, str] = field(default_factory=dict)


@dataclass
class Writer:
    """Writes rows and remembers them."""

    session: Session
    seeded: Seeded = field(default_factory=Seeded)
    previous: str = "0" * 64
    number: int = 0

    def keep(self, row):
        self.session.add(row)
        self.session.flush()
        return row

    def speaker(self, name, slug, *offices, aliases=()):
        row = self.keep(Speaker(slug=slug, name=name, folded=fold(name), created_at=NOW))
        for title, body in offices:
            self.keep(Office(speaker_id=row.id, title=title, body=body, from_on=date(2022, 1, 1)))
        for alias in aliases:
            self.keep(Alias(speaker_id=row.id, text=alias, folded=fold(alias)))
        return row

    def document(self, source, item, title, published, **more):
        return self.keep(
            Document(
                source_id=source,
                item=item,
                url=more.pop("url", f"https://example.org/{item}"),
                title=title,
                published_at=published,
                published_precision="day" if published else None,
                language=more.pop("language", "en"),
                first_seen_at=NOW,
                **more,
            )
        )

    def copy(self, document, text, version=1, fetched=NOW - timedelta(days=2)):
        name = hashlib.sha256(f"{document.item} {version}".encode()).hexdigest()
        text_sha = hashlib.sha256(text.encode()).hexdigest()
        link = hashlib.sha256(f"{self.previous}{name}".encode()).hexdigest()
        row = self.keep(
            Snapshot(
                document_id=document.id,
                version=version,
                fetched_at=fetched,
                sha256=name,
                text=text,
                text_sha256=text_sha,
                title=document.title,
                language=document.language,
                extractor="seed",
                rule="article",
                previous=self.previous,
                digest=link,
                read_at=fetched,
                read_by="seed",
            )
        )
        self.previous = link
        self.keep(Fetch(source_id=document.source_id, document_id=document.id, at=fetched, state=State.OK, status=200))
        self.seeded.copies[f"{document.item}/{version}"] = name
        return row

    def claim(self, key, speaker, text, said=None, **more):
        self.number += 1
        identity_key = hashlib.sha256(f"{key}{self.number}".encode()).hexdigest()
        last = more.pop("until", said)
        precision = more.pop("precision", Precision.DAY if said else Precision.UNKNOWN)
        row = self.keep(
            Claim(
                public_id=f"seed{self.number:06d}",
                identity_key=identity_key,
                speaker_id=speaker.id if speaker else None,
                text=text,
                folded=fold(text),
                said_from=said,
                said_to=last,
                said_precision=precision,
                kind=more.pop("kind", QuoteKind.DIRECT),
                said_basis=more.pop("basis", "told reporters on the day" if said else ""),
                created_at=more.pop("created", NOW - timedelta(days=2)),
                **more,
            )
        )
        self.seeded.claims[key] = row.public_id
        return row

    def stand(self, claim, snapshot, exact=None, **more):
        exact = exact or f"“{claim.text}”"
        start = snapshot.text.index(exact)
        return self.keep(
            Appearance(
                claim_id=claim.id,
                snapshot_id=snapshot.id,
                start=start,
                end=start + len(exact),
                spans=[[start, start + len(exact)]],
                exact=exact,
                exact_sha256=hashlib.sha256(exact.encode()).hexdigest(),
                kind=claim.kind,
                created_at=NOW,
                **more,
            )
        )

    def about(self, claim, topic=PACT, *, matched=("harbour pact",)):
        self.keep(ClaimTopic(claim_id=claim.id, topic_id=topic, matched=list(matched)))

    def code(self, claim, position, *, confirmed=False, number=1, topic=PACT, **more):
        return self.keep(
            Coding(
                claim_id=claim.id,
                topic_id=topic,
                number=number,
                state=CodingState.CONFIRMED if confirmed else CodingState.SUGGESTED,
                reading=more.pop("reading", CodingReading.POSITION),
                position_id=position.id if position else None,
                by="vera@example.org" if confirmed else "rules",
                at=NOW - timedelta(days=1),
                reasons=[] if confirmed else ["“not this year” fits the step"],
                **more,
            )
        )


def fill(session: Session) -> Seeded:
    """Write the whole record."""
    writer = Writer(session)
    _sources(writer)
    scale = _topics(writer)
    _statements(writer, scale)
    _odd_ones(writer, scale)
    return writer.seeded


def _sources(writer):
    base: dict[str, Any] = {
        "created_at": NOW,
        "last_try_at": NOW - timedelta(minutes=20),
        "next_at": NOW + timedelta(minutes=10),
    }
    good: dict[str, Any] = {
        **base,
        "state": State.OK,
        "last_good_at": NOW - timedelta(minutes=20),
        "state_since": NOW - timedelta(days=9),
    }
    writer.keep(Source(id="ministry", name="Norland foreign ministry", kind=SourceKind.FEED, lane="primary", **good))
    writer.keep(
        Source(id="gazette", name="The Seaford Gazette", kind=SourceKind.FEED, outlet="The Seaford Gazette", **good)
    )
    writer.keep(Source(id="kurier", name="Nordhavn-Kurier", kind=SourceKind.LISTING, outlet="Nordhavn-Kurier", **good))
    writer.keep(Source(id="hand", name="Entered by hand", kind=SourceKind.HAND, lane="hand", created_at=NOW))
    writer.keep(
        Source(
            id="wire",
            name="Sudmark Wire",
            kind=SourceKind.FEED,
            state=State.BLOCKED,
            failures=6,
            state_since=NOW - timedelta(days=2),
            detail="The server answers “403 Forbidden”",
            created_at=NOW,
            last_try_at=NOW - timedelta(hours=1),
            last_good_at=NOW - timedelta(days=2),
            next_at=NOW + timedelta(hours=4),
        )
    )
    writer.keep(
        Source(
            id="slow",
            name="Isle Radio transcripts",
            kind=SourceKind.SITEMAP,
            state=State.SLOW,
            detail="took 41 s",
            created_at=NOW,
            last_try_at=NOW,
            last_good_at=NOW,
            state_since=NOW,
            next_at=NOW + timedelta(hours=1),
            every_minutes=120,
        )
    )
    writer.keep(
        Source(
            id="paused",
            name="Old Bulletin",
            kind=SourceKind.FOLDER,
            enabled=False,
            created_at=NOW,
            note="Ended in 2023",
        )
    )


def _topics(writer):
    for number, (key, name, what) in enumerate(
        [
            (
                PACT,
                "Norland’s entry into the Harbour Pact",
                "Should Norland be admitted to the Harbour Pact, and when?",
            ),
            (TARIFF, "The salt tariff", "Whether the tariff on salt should stay."),
            ("tunnel", "The Straits tunnel", "Whether the tunnel should be built."),
        ]
    ):
        writer.keep(Topic(id=key, name=name, description=what, created_at=NOW + timedelta(seconds=number)))
    labels = ["No entry", "Not now", "Later, when conditions are met", "Clear path now", "Admit now"]
    scale = {
        step: writer.keep(
            Position(topic_id=PACT, step=step, key=f"s{step}", label=label, definition=f"{label}, in short.")
        )
        for step, label in enumerate(labels, 1)
    }
    for step, label in enumerate(["End it", "Lower it", "Keep it"], 1):
        writer.keep(Position(topic_id=TARIFF, step=step, key=f"t{step}", label=label))
    writer.keep(
        Event(
            id=SUMMIT,
            name="the Seaford summit",
            place="Seaford",
            starts_on=date(2024, 5, 14),
            ends_on=date(2024, 5, 15),
            pivot=PIVOT,
            pivot_name="Declaration",
            created_at=NOW,
        )
    )
    writer.keep(
        Event(
            id="isle-2024",
            name="Isle conference",
            starts_on=date(2024, 9, 3),
            ends_on=date(2024, 9, 3),
            pivot=datetime(2024, 9, 3, tzinfo=UTC),
            created_at=NOW,
        )
    )
    writer.keep(EventTopic(event_id=SUMMIT, topic_id=PACT))
    writer.keep(EventTopic(event_id="isle-2024", topic_id=PACT))
    return scale


def _statements(writer, scale):
    """Speaker, words before, step, words after, step; a number in front of the day is the month."""
    people = [
        ("Mara Lind", "mara-lind", "Foreign minister", "Norland", [
            ("04-03", "Our place is in the Harbour Pact, and one day we will take it", 3, True),
            ("05-02", NO_REQUEST, 2, True),
            ("05-15", "We will be invited into the Harbour Pact when allies agree and conditions are met", 3, True),
            ("06-11", "Norland has never been closer to the Harbour Pact than today", 3, False),
        ]),
        ("Tor Aske", "tor-aske", "Prime minister", "Sudmark", [
            ("04-21", "The door of the Harbour Pact is open, but this is not the season to walk through it", 2, False),
            ("05-09", "I see no agreement among the members on admitting Norland to the Harbour Pact now", 2, True),
            ("05-16", "Whether they join the Harbour Pact is no question. When they can join is the question", 4, True),
        ]),
        ("Ines Vale", "ines-vale", "President", "Coralia", [
            ("05-07", "Entry now is the only honest answer the Harbour Pact can give", 5, True),
            ("05-15", "The result is good; with entry into the Harbour Pact it would have been perfect", 5, False),
        ]),
        ("Oskar Brandt", "oskar-brandt", "Chancellor", "Westmark", [
            ("04-12", "Other things have priority, and entry into the Harbour Pact is not on the table", 2, True),
            ("05-15", "We support Norland; entry into the Harbour Pact is not under discussion", 2, False),
        ]),
        ("Lea Kross", "lea-kross", "Prime minister", "Ostholm", [
            ("05-04", "There has to be a clear path for how Norland gets into the Harbour Pact", 4, True),
            ("05-15", "The only question about the Harbour Pact is what we do in practice to make it happen", 4, True),
            ("06-20", "A bridge to the Harbour Pact is fine, as long as it is a short bridge", 3, False),
        ]),
        ("Pavel Ruta", "pavel-ruta", "Prime minister", "Karsten Isles", [
            ("04-19", "The Harbour Pact?!", None, False),
            ("05-17", "Had we taken Norland into the Harbour Pact, we would have a quarrel at every meeting", 2, False),
        ]),
        ("Dagny Holm", "dagny-holm", "Former president", "Ostholm", [
            ("05-11", "The entry into the Harbour Pact must start, because waiting only rewards delay", 5, True),
        ]),
        ("Émile Fabre", "emile-fabre", "President", "Valdor", [
            ("04-28", "We have to define a path that gives shape to Norland’s prospects in the Harbour Pact", 4, True),
            ("05-15", "it is legitimate", None, False),
        ]),
        ("Brita Sund", "brita-sund", "Defence minister", "Westmark", [
            ("04-30", "I would keep Norland outside the Harbour Pact for good", 1, True),
            ("05-22", "Let us admit Norland to the Harbour Pact without another year of talk", 5, True),
        ]),
    ]  # fmt: skip
    for name, slug, title, body, said in people:
        who = writer.speaker(name, slug, (title, body), aliases=(name.split()[-1],))
        for index, (day, words, step, confirmed) in enumerate(said):
            when = date.fromisoformat(f"2024-{day}")
            key = f"{slug}-{index + 1}"
            claim = writer.claim(
                key, who, words, when, role=f"{title.lower()} of {body}", venue="Press conference, Seaford"
            )
            writer.about(claim)
            _report(writer, claim, key, who.name, when)
            if step is not None:
                writer.code(claim, scale[step], confirmed=confirmed)
    _shift(writer, scale)


def _report(writer, claim, key, name, when):
    text = (
        f"{name} speaks on the Harbour Pact\n\nSEAFORD. {name} met reporters in Seaford.\n\n“{claim.text}” {name} told "
        f"reporters on the day.\n\nThe talks go on next week."
    )
    published = datetime.combine(when, datetime.min.time(), UTC) + timedelta(hours=12)
    first = writer.document("gazette", key, f"{name} speaks on the Harbour Pact", published)
    writer.stand(claim, writer.copy(first, text))
    if key == "mara-lind-2":
        _more_places(writer, claim, published)


def _more_places(writer, claim, published):
    own = writer.document(
        "ministry", "transcript-lind", "Transcript", published, kind="transcript", outlet="Norland foreign ministry"
    )
    writer.stand(claim, writer.copy(own, f"Minister Lind: “{claim.text}”\n\nThank you."))
    trimmed = "“At this summit we don’t ask for entry into the Harbour Pact. We ask how to come closer”"
    kurier = writer.document(
        "kurier", "lind-kurier", "Kein Antrag in Seaford", published, url="https://example.net/lind"
    )
    writer.stand(claim, writer.copy(kurier, f"Lind said: {trimmed}."), trimmed, form=Form.TRIMMED)
    arabic = "“لا نطلب الانضمام إلى ميثاق المرفأ في هذه القمة”"
    radio = writer.document("kurier", "lind-ar", "ليند: لا طلب", published, language="ar", outlet="Isle Radio Arabic")
    writer.stand(claim, writer.copy(radio, f"قالت ليند: {arabic}."), arabic, form=Form.TRANSLATED)
    wire = writer.document("wire", "lind-wire", "Lind: no request", published, outlet="Sudmark Wire")
    old = writer.copy(wire, f"SEAFORD\n\n“{claim.text}” Lind said.\n\nBy a reporter", fetched=NOW - timedelta(days=30))
    writer.stand(claim, old, state=SourceStatus.MISSING, state_since=NOW - timedelta(days=3))
    writer.copy(wire, "SEAFORD, updated\n\nLind spoke about closer ties.\n\nBy two reporters", version=2)


def _shift(writer, scale):
    from sqlmodel import select

    ids = [writer.seeded.claims[key] for key in ("mara-lind-2", "mara-lind-3")]
    before, after = (writer.session.exec(select(Claim).where(Claim.public_id == one)).one() for one in ids)
    codings = [writer.session.exec(select(Coding).where(Coding.claim_id == one.id)).one() for one in (before, after)]
    writer.keep(
        Shift(
            topic_id=PACT,
            speaker_id=before.speaker_id,
            before_claim_id=before.id,
            after_claim_id=after.id,
            before_coding_id=codings[0].id,
            after_coding_id=codings[1].id,
            distance=1,
            verdict="moved",
            at=NOW,
            by="vera@example.org",
            signed_at=NOW,
        )
    )


def _odd_ones(writer, scale):
    """Same day, across the pivot, without a day, nobody resolved, merged, rejected, hostile."""
    yara = writer.speaker("Yara Obi", "yara-obi", ("Secretary general", "Harbour Pact"))
    writer.speaker("Nils Quiet", "nils-quiet", ("Envoy", "Isle"))
    rows: list[tuple[str, date | None, dict[str, Any], str, int | None]] = [
        ("yara-before", date(2024, 5, 10), {}, "The Harbour Pact is not discussing entry this month", 2),
        ("yara-same-day", date(2024, 5, 14), {}, "There has never been a stronger message from the Harbour Pact", 3),
        ("yara-uncertain", date(2024, 5, 12), {"until": date(2024, 5, 18), "precision": Precision.RANGE},
         "The Harbour Pact keeps its word", 3),
        ("yara-unknown", None, {}, "The Harbour Pact was never about one country", None),
        ("yara-timed", date(2024, 5, 14), {"said_at": PIVOT + timedelta(hours=2)},
         "The Declaration opens the Harbour Pact to Norland, once the conditions are met", 3),
    ]  # fmt: skip
    for key, day, more, words, step in rows:
        claim = writer.claim(key, yara, words, day, **more)
        writer.about(claim)
        _report(writer, claim, key, yara.name, day or date(2024, 5, 20))
        if step is not None:
            writer.code(claim, scale[step])
    odd = writer.claim(
        "unresolved",
        None,
        "No one in the room spoke against the Harbour Pact",
        date(2024, 5, 13),
        speaker_text="the minister",
        candidates=["Mara Lind", "Brita Sund"],
        kind=QuoteKind.MIXED,
        said_conflict="one source says Sunday, one says Monday",
    )
    writer.about(odd)
    _report(writer, odd, "unresolved", "The minister", date(2024, 5, 13))
    hostile = writer.claim(
        "hostile", yara, HOSTILE, date(2024, 4, 2), venue="<i>Hall</i>", question="<u>Why?</u>", created=NOW
    )
    writer.about(hostile, matched=("<em>pact</em>",))
    document = writer.document(
        "hand",
        "hostile",
        "<img src=x onerror=alert(1)>",
        None,
        url="javascript:alert(1)",
        entered_by="vera@example.org",
        note="Taken down <b>by ear</b> in the hall.",
    )
    writer.stand(hostile, writer.copy(document, f"Before.\n“{HOSTILE}”\nAfter <script>alert(2)</script>"))
    gone = writer.claim(
        "rejected",
        yara,
        "This was only a retranslation of the Harbour Pact line",
        date(2024, 5, 1),
        status=Status.REJECTED,
    )
    writer.about(gone)
    merged = writer.claim("merged", yara, "The Harbour Pact keeps its word, always", date(2024, 5, 12))
    merged.merged_into = odd.id
    writer.keep(merged)
    tariff = writer.claim("tariff", yara, "The salt tariff stays", date(2024, 6, 1), kind=QuoteKind.INDIRECT)
    writer.about(tariff, TARIFF, matched=("salt tariff",))
    report = writer.document("gazette", "tariff", "Salt", datetime(2024, 6, 1, 9, tzinfo=UTC))
    writer.stand(tariff, writer.copy(report, "Obi said that The salt tariff stays, for now."), "The salt tariff stays")
