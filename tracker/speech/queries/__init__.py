"""Reads of who said what, when: statements with their sources, one claim in its context, speakers, search.

Lists never show a rejected, withdrawn or merged claim. Every list costs a fixed number of SELECTs, whatever its length.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.archive.ledger.documents import ONLY_SUMMARY
from tracker.archive.models import Document, Snapshot, Source, SourceKind
from tracker.archive.queries import StoredSnapshot
from tracker.speech.models import (
    Alias,
    Appearance,
    Claim,
    Correction,
    Form,
    Office,
    Precision,
    QuoteKind,
    SourceStatus,
    Speaker,
    Status,
)
from tracker.speech.source_health import Yield
from tracker.speech.states import HIDDEN
from tracker.speech.types import KnownOffice, KnownSpeaker, Polarity

Key = TypeVar("Key", int, str)

PAGE = 25
LOT = 5_000
SNAPSHOT_LOT = 1_000
"""Snapshots asked about in one SELECT."""


@dataclass(frozen=True, slots=True)
class SpeakerRef:
    """A speaker's name and address."""

    id: int
    slug: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstAppearance:
    """Where a statement was first read, and in how many documents it stands."""

    outlet: str | None
    url: str | None
    published_at: datetime | None
    published_precision: str | None
    sha256: str
    language: str | None
    documents: int
    changed: bool
    """The words are changed, missing or removed at one of the addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A claim as every list shows it: the words, who, when and how that is known, where it was read."""

    id: int
    public_id: str
    text: str
    kind: QuoteKind
    speaker: SpeakerRef | None
    speaker_text: str | None
    candidates: tuple[str, ...]
    role: str | None
    said_from: date | None
    said_to: date | None
    said_at: datetime | None
    said_precision: Precision
    said_basis: str
    said_conflict: str | None
    channel: str | None
    venue: str | None
    venue_conflict: str | None
    question: str | None
    condition: str | None
    polarity: Polarity
    altered: bool
    status: Status
    created_at: datetime
    read: FirstAppearance | None
    correction: Correction | None = None
    """The newest correction that stands."""

    @property
    def updated_at(self) -> datetime:
        """When what is told of it last changed by an editor's hand, else when it was found."""
        return self.correction.at if self.correction else self.created_at


@dataclass(frozen=True, slots=True, kw_only=True)
class AppearanceRow:
    """One appearance with the document and snapshot it stands in."""

    id: int
    start: int
    end: int
    spans: tuple[tuple[int, int], ...]
    exact: str
    exact_sha256: str
    kind: QuoteKind
    form: Form
    state: SourceStatus
    state_since: datetime | None
    sha256: str
    version: int
    fetched_at: datetime
    language: str | None
    document_id: int
    found_instead: str | None
    """What the last look found, in words."""
    url: str | None
    outlet: str | None
    title: str | None
    published_at: datetime | None
    published_precision: str | None
    document_kind: str | None
    lane: str
    source_name: str
    reasons: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The statements of the same speaker just before and just after one."""

    before: Statement | None
    after: Statement | None


@dataclass(frozen=True, slots=True)
class SpeakerProfile:
    """A speaker with its names and offices."""

    speaker: Speaker
    aliases: tuple[str, ...]
    offices: tuple[Office, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerCount:
    """A speaker with how many statements are shown and when the last one was made."""

    who: SpeakerRef
    kind: str
    role: str | None
    statements: int
    last: date | None


@dataclass(frozen=True, slots=True)
class QuoteSpan:
    """One quote in one snapshot: where it stands and which claim it is."""

    start: int
    end: int
    spans: tuple[tuple[int, int], ...]
    claim_id: int


def shown() -> sa.ColumnElement[bool]:
    """The condition every list puts on claims."""
    return sa.and_(col(Claim.merged_into).is_(None), col(Claim.status).not_in(HIDDEN))


def newest_first() -> tuple[sa.ColumnElement[Any], ...]:
    """The order of timelines: the day said, then the row; claims without a day come last."""
    return col(Claim.said_from).desc().nulls_last(), col(Claim.id).desc()


def claim(session: Session, public_id: str) -> Claim | None:
    """The claim with this permanent id, whatever its status."""
    return session.exec(select(Claim).where(Claim.public_id == public_id)).first()


def public_id(session: Session, claim_id: int) -> str:
    """The permanent id of a claim by its row."""
    return session.exec(select(Claim.public_id).where(Claim.id == claim_id)).one()


def public_ids(session: Session, claim_ids: Collection[int]) -> dict[int, str]:
    """The permanent ids of claims by their rows."""
    found: dict[int, str] = {}
    for some in batches(claim_ids):
        found.update(session.exec(select(Claim.id, Claim.public_id).where(col(Claim.id).in_(some))).all())
    return found


def survivor(session: Session, claim: Claim) -> Claim | None:
    """The claim that stands for this one: itself, or the last of those it was merged into; None where they form a ring."""
    seen = set()
    while claim.merged_into is not None:
        if claim.id in seen:
            return None
        seen.add(claim.id)
        claim = session.get_one(Claim, claim.merged_into)
    return claim


def statements(session: Session, claim_ids: Collection[int]) -> dict[int, Statement]:
    """The statements with these ids: three SELECTs for every few thousand, as many as one statement may name."""
    found: dict[int, Statement] = {}
    for some in batches(claim_ids):
        found.update(_statements(session, some))
    return found


def batches(ids: Collection[Key]) -> Iterator[list[Key]]:
    """Row ids or keys in lots that fit into one SELECT of either database."""
    every = list(ids)
    for start in range(0, len(every), LOT):
        yield every[start : start + LOT]


def _statements(session: Session, claim_ids: Collection[int]) -> dict[int, Statement]:
    last = (
        sa.select(sa.func.max(col(Correction.id)))
        .where(col(Correction.claim_id) == col(Claim.id), col(Correction.undone_at).is_(None))
        .correlate(Claim)
        .scalar_subquery()
    )
    rows = session.exec(
        select(Claim, Speaker, Correction)
        .join(Speaker, isouter=True, onclause=col(Claim.speaker_id) == col(Speaker.id))
        .join(Correction, isouter=True, onclause=col(Correction.id) == last)
        .where(col(Claim.id).in_(claim_ids))
    ).all()
    read, held = _first_appearances(session, claim_ids), roles(session, [row for row, _, _ in rows])
    return {
        row.id: _statement(row, speaker, held[row.id], read.get(row.id), corrected) for row, speaker, corrected in rows
    }


def in_order(session: Session, claim_ids: Iterable[int]) -> list[Statement]:
    """The statements with these ids, in this order."""
    ids = list(claim_ids)
    found = statements(session, ids)
    return [found[number] for number in ids if number in found]


def appearances(session: Session, claim_id: int) -> list[AppearanceRow]:
    """Every place where a claim's words stand: earliest publication first, the official record before a report."""
    rows = session.connection().execute(
        sa.select(
            *(col(getattr(Appearance, name)) for name in (
                "id", "start", "end", "spans", "exact", "exact_sha256", "kind", "form", "state",
                "state_since", "reasons",
            )),
            *(col(getattr(Snapshot, name)) for name in ("sha256", "version", "fetched_at", "language")),
            *(col(getattr(Document, name)) for name in ("url", "title", "published_at", "published_precision")),
            col(Document.id).label("document_id"),
            col(Document.fetch_detail).label("found_instead"),
            sa.func.coalesce(Document.outlet, Source.outlet).label("outlet"),
            col(Document.kind).label("document_kind"),
            # What people entered is marked so for ever, whatever lane its source has.
            sa.case((col(Source.kind) == SourceKind.HAND, "hand"), else_=col(Source.lane)).label("lane"),
            col(Source.name).label("source_name"),
        )
        .join(Snapshot, col(Appearance.snapshot_id) == col(Snapshot.id))
        .join(Document, col(Snapshot.document_id) == col(Document.id))
        .join(Source, col(Document.source_id) == col(Source.id))
        .where(col(Appearance.claim_id) == claim_id)
        .order_by(col(Appearance.id))
    ).mappings()  # fmt: skip
    stood = [AppearanceRow(**{**row, "spans": pairs(row["spans"])}) for row in rows]
    return sorted(stood, key=_earliest)


def neighbours(session: Session, one: Statement) -> Neighbours:
    """What the same speaker said just before and just after, on any topic."""
    day = one.said_from or one.said_to
    if one.speaker is None or day is None:
        return Neighbours(None, None)
    place = sa.tuple_(col(Claim.said_from), col(Claim.id))
    here = sa.tuple_(sa.literal(day), sa.literal(one.id))
    base = select(Claim.id).where(Claim.speaker_id == one.speaker.id, shown(), col(Claim.said_from).is_not(None))
    before = session.exec(
        base.where(place < here).order_by(sa.desc(col(Claim.said_from)), sa.desc(col(Claim.id))).limit(1)
    ).first()
    after = session.exec(base.where(place > here).order_by(col(Claim.said_from), col(Claim.id)).limit(1)).first()
    found = statements(session, [number for number in (before, after) if number is not None])
    return Neighbours(found.get(before or 0), found.get(after or 0))


def speaker(session: Session, slug: str) -> SpeakerProfile | None:
    """One speaker with its names and offices, the latest office first."""
    row = session.exec(select(Speaker).where(Speaker.slug == slug)).first()
    if row is None:
        return None
    aliases = session.exec(select(Alias.text).where(Alias.speaker_id == row.id).order_by(Alias.text))
    offices = session.exec(select(Office).where(Office.speaker_id == row.id).order_by(sa.desc(col(Office.from_on))))
    return SpeakerProfile(row, tuple(aliases), tuple(offices))


def speaker_by_id(session: Session, speaker_id: int | None) -> Speaker | None:
    """The speaker who stands for this one: itself, or the last of those it was merged into."""
    seen: set[int] = set()
    while speaker_id is not None and speaker_id not in seen:
        seen.add(speaker_id)
        row = session.get_one(Speaker, speaker_id)
        if row.merged_into is None:
            return row
        speaker_id = row.merged_into
    return None


def speakers(session: Session) -> list[SpeakerCount]:
    """Every speaker with shown statements, by name."""
    rows = session.connection().execute(
        sa.select(
            col(Speaker.id), col(Speaker.slug), col(Speaker.name), col(Speaker.kind),
            sa.func.count(col(Claim.id)), sa.func.max(col(Claim.said_from)),
        )
        .join(Claim, col(Claim.speaker_id) == col(Speaker.id))
        .where(shown())
        .group_by(col(Speaker.id), col(Speaker.slug), col(Speaker.name), col(Speaker.kind))
        .order_by(col(Speaker.folded))
    ).all()  # fmt: skip
    roles = last_roles(session, [row[0] for row in rows])
    return [
        SpeakerCount(who=SpeakerRef(*row[:3]), kind=row[3], role=roles.get(row[0]), statements=row[4], last=row[5])
        for row in rows
    ]


def last_roles(session: Session, speaker_ids: Collection[int]) -> dict[int, str]:
    """The office each of these speakers took last, in words: "Foreign minister, Norland"."""
    rows = session.exec(
        select(Office).where(col(Office.speaker_id).in_(speaker_ids)).order_by(col(Office.from_on), col(Office.id))
    )
    return {office.speaker_id: role(office) for office in rows}


def roles(session: Session, claims: Collection[Claim]) -> dict[int, str | None]:
    """The role each of these claims was made in, by claim id.

    It is the office that the record knows to be held on every day it may have been said, else the role as its text gives
    it. One SELECT.
    """
    who = {row.speaker_id for row in claims}
    offices = session.exec(
        select(Office).where(col(Office.speaker_id).in_(who)).order_by(col(Office.from_on).desc(), col(Office.id))
    ).all()
    return {row.id: next((role(one) for one in offices if _held(one, row)), row.role) for row in claims}


def _held(office: Office, row: Claim) -> bool:
    if office.speaker_id != row.speaker_id or row.said_from is None or row.said_to is None:
        return False
    return office.from_on <= row.said_from and (office.to_on is None or row.said_to <= office.to_on)


def role(office: Office) -> str:
    """An office in words, its body once: "Foreign minister, Norland", "President of Norland"."""
    told = not office.body or office.body.casefold() in office.title.casefold()
    return office.title if told else f"{office.title}, {office.body}"


def of_speaker(session: Session, speaker_id: int, page: int = 1) -> tuple[list[int], int]:
    """One page of a speaker's claims, newest first, and how many there are."""
    where = sa.and_(col(Claim.speaker_id) == speaker_id, shown())
    total = session.exec(select(sa.func.count()).select_from(Claim).where(where)).one()
    ids = session.exec(select(Claim.id).where(where).order_by(*newest_first()).limit(PAGE).offset((page - 1) * PAGE))
    return list(ids), total


def recent_of_speaker(session: Session, speaker_id: int, limit: int) -> list[int]:
    """A speaker's latest claims, newest first."""
    where = (col(Claim.speaker_id) == speaker_id, shown())
    return list(session.exec(select(Claim.id).where(*where).order_by(*newest_first()).limit(limit)))


def newest(session: Session, limit: int) -> list[int]:
    """The claims that came in last."""
    return list(session.exec(select(Claim.id).where(shown()).order_by(sa.desc(col(Claim.id))).limit(limit)))


def holds(folded: str) -> sa.ColumnElement[bool]:
    """The condition that a claim's wording holds an already folded text; without a word in it, none does."""
    if not folded:
        return sa.false()
    return col(Claim.folded).contains(folded, autoescape=True)


def counts(session: Session) -> tuple[int, int, date | None]:
    """How many statements by how many speakers are shown, and the last day among them."""
    row = session.connection().execute(
        sa.select(sa.func.count(), sa.func.count(sa.distinct(col(Claim.speaker_id))), sa.func.max(col(Claim.said_from)))
        .where(shown())
    ).one()  # fmt: skip
    return row[0], row[1], row[2]


def new_since(session: Session, since: datetime) -> int:
    """How many statements came in after `since`."""
    return session.exec(select(sa.func.count()).select_from(Claim).where(shown(), Claim.created_at > since)).one()


def _first_appearances(session: Session, claim_ids: Collection[int]) -> dict[int, FirstAppearance]:
    rows = session.connection().execute(
        sa.select(
            col(Appearance.claim_id), sa.func.coalesce(Document.outlet, Source.outlet), col(Document.url),
            col(Document.published_at), col(Document.published_precision), col(Snapshot.sha256), col(Snapshot.language),
            col(Document.id), col(Appearance.state),
        )
        .join(Snapshot, col(Appearance.snapshot_id) == col(Snapshot.id))
        .join(Document, col(Snapshot.document_id) == col(Document.id))
        .join(Source, col(Document.source_id) == col(Source.id))
        .where(col(Appearance.claim_id).in_(claim_ids))
        .order_by(col(Appearance.id))
    ).all()  # fmt: skip
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    return {claim_id: _first_appearance(places) for claim_id, places in found.items()}


def _first_appearance(places: list[Any]) -> FirstAppearance:
    _, outlet, url, published_at, precision, sha256, language, *_ = places[0]
    documents = len({place[7] for place in places})
    changed = any(place[8] is not SourceStatus.INTACT for place in places)
    return FirstAppearance(
        outlet=outlet,
        url=url,
        published_at=published_at,
        published_precision=precision,
        sha256=sha256,
        language=language,
        documents=documents,
        changed=changed,
    )


def _statement(
    row: Claim, who: Speaker | None, role: str | None, read: FirstAppearance | None, correction: Correction | None
) -> Statement:
    return Statement(
        id=row.id,
        public_id=row.public_id,
        text=row.text,
        kind=row.kind,
        speaker=SpeakerRef(who.id, who.slug, who.name) if who else None,
        speaker_text=row.speaker_text,
        candidates=tuple(row.candidates),
        role=role,
        said_from=row.said_from,
        said_to=row.said_to,
        said_at=row.said_at,
        said_precision=row.said_precision,
        said_basis=row.said_basis,
        said_conflict=row.said_conflict,
        channel=row.channel,
        venue=row.venue,
        venue_conflict=row.venue_conflict,
        question=row.question,
        condition=row.condition,
        polarity=row.polarity,
        altered=row.altered,
        status=row.status,
        created_at=row.created_at,
        read=read,
        correction=correction,
    )


def pairs(spans: Iterable[Iterable[int]] | None) -> tuple[tuple[int, int], ...]:
    """Spans as they come from JSON, as pairs."""
    return tuple((start, end) for start, end in spans or ())


def _earliest(one: AppearanceRow) -> tuple[date, bool, int]:
    return (one.published_at or one.fetched_at).date(), one.lane != "primary", one.id


def cited_snapshot(session: Session, sha256: str, claim_id: int | None = None) -> StoredSnapshot | None:
    """The stored snapshot with this hash; of several with the same bytes the one a claim stands in, else the first."""
    query = (
        select(Snapshot, Document, Source)
        .join(Document, col(Document.id) == col(Snapshot.document_id))
        .join(Source, col(Source.id) == col(Document.source_id))
        .where(Snapshot.sha256 == sha256)
    )
    if claim_id is not None:
        stands = sa.exists().where(
            col(Appearance.snapshot_id) == col(Snapshot.id), col(Appearance.claim_id) == claim_id
        )
        query = query.order_by(sa.case((stands, 0), else_=1))
    row = session.exec(query.order_by(col(Snapshot.id)).limit(1)).first()
    return StoredSnapshot(*row) if row else None


def quotes_of_snapshot(session: Session, snapshot_id: int) -> list[QuoteSpan]:
    """Every shown quote of one snapshot, in the order of the text; a merged claim is the claim it was merged into."""
    rows = session.exec(
        select(Appearance, Claim)
        .join(Claim, col(Appearance.claim_id) == col(Claim.id))
        .where(Appearance.snapshot_id == snapshot_id, col(Claim.status).not_in(HIDDEN))
        .order_by(col(Appearance.start), col(Appearance.end))
    )
    standing = ((one, survivor(session, row)) for one, row in rows.all())
    return [
        QuoteSpan(one.start, one.end, pairs(one.spans) or ((one.start, one.end),), claim.id)
        for one, claim in standing
        if claim is not None and claim.status not in HIDDEN
    ]


def count_new_claims(session: Session, snapshot_ids: Sequence[int]) -> int:
    """How many claims the record has from these snapshots first, whoever read them."""
    earlier = sa.orm.aliased(Appearance)
    total = 0
    for first in range(0, len(snapshot_ids), SNAPSHOT_LOT):
        query = sa.select(sa.func.count(sa.distinct(col(Appearance.claim_id)))).where(
            col(Appearance.snapshot_id).in_(snapshot_ids[first : first + SNAPSHOT_LOT]),
            ~sa.exists().where(col(earlier.claim_id) == col(Appearance.claim_id), col(earlier.id) < col(Appearance.id)),
        )
        total += session.connection().execute(query).scalar_one()
    return total


def texts_of_claim(session: Session, claim_id: int) -> dict[tuple[str, int, int], str]:
    """The stored texts a claim stands in, by the snapshot's hash and the place in it."""
    rows = session.connection().execute(
        sa.select(col(Snapshot.sha256), col(Appearance.start), col(Appearance.end), col(Snapshot.text))
        .join(Appearance, col(Appearance.snapshot_id) == col(Snapshot.id))
        .where(col(Appearance.claim_id) == claim_id)
    ).all()  # fmt: skip
    return {(sha256, start, end): text for sha256, start, end, text in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewestSpeakerRows:
    """The newest ids of the tables that tell who is known: what came later is what is new."""

    speaker: int = 0
    alias: int = 0
    office: int = 0


def newest_speaker_rows(session: Session) -> NewestSpeakerRows:
    """The newest ids at this moment, in one SELECT."""
    newest = (sa.select(sa.func.max(col(table.id))).scalar_subquery() for table in (Speaker, Alias, Office))
    speaker, alias, office = session.connection().execute(sa.select(*newest)).one()
    return NewestSpeakerRows(speaker=speaker or 0, alias=alias or 0, office=office or 0)


def known_speakers(session: Session, since: NewestSpeakerRows = NewestSpeakerRows()) -> tuple[KnownSpeaker, ...]:
    """Every speaker with other names and offices, or those of whom something was added `since`; in three SELECTs."""
    added = sa.union(
        sa.select(col(Speaker.id)).where(col(Speaker.id) > since.speaker),
        sa.select(col(Alias.speaker_id)).where(col(Alias.id) > since.alias),
        sa.select(col(Office.speaker_id)).where(col(Office.id) > since.office),
    ).subquery()
    them = sa.select(added.c[0])
    aliases: dict[int, list[str]] = {}
    for alias in session.exec(select(Alias).where(col(Alias.speaker_id).in_(them)).order_by(col(Alias.id))):
        aliases.setdefault(alias.speaker_id, []).append(alias.text)
    offices: dict[int, list[KnownOffice]] = {}
    for office in session.exec(select(Office).where(col(Office.speaker_id).in_(them)).order_by(col(Office.from_on))):
        first = None if office.from_on == date.min else office.from_on
        offices.setdefault(office.speaker_id, []).append(
            KnownOffice(title=office.title, body=office.body or None, since=first, until=office.to_on)
        )
    return tuple(
        KnownSpeaker(
            name=speaker.name,
            aliases=tuple(aliases.get(speaker.id, ())),
            kind="body" if speaker.kind == "body" else "person",
            offices=tuple(offices.get(speaker.id, ())),
        )
        for speaker in session.exec(
            select(Speaker)
            .where(col(Speaker.id).in_(them), col(Speaker.merged_into).is_(None))
            .order_by(col(Speaker.id))
        )
    )


def yields_of_sources(session: Session) -> dict[str, Yield]:
    """What each source gave, by its id; a source without documents is left out."""
    readable = sa.and_(col(Snapshot.read_at).is_not(None), col(Snapshot.unreadable).is_(None))
    each = (
        sa.select(
            col(Document.source_id).label("source_id"),
            sa.case((col(Document.note) == ONLY_SUMMARY, 1), else_=0).label("summary"),
            sa.func.count(col(Snapshot.read_at)).label("read"),
            sa.func.count(sa.case((readable, 1))).label("readable"),
            sa.func.min(col(Snapshot.fetched_at)).label("since"),
        )
        .join(Snapshot, col(Snapshot.document_id) == col(Document.id), isouter=True)
        .group_by(col(Document.id))
        .subquery()
    )
    was_read = each.c.read > 0
    documents = session.connection().execute(
        sa.select(
            each.c.source_id,
            sa.func.count(),
            sa.func.count(sa.case((was_read, 1))),
            sa.func.count(sa.case((sa.and_(was_read, each.c.readable == 0), 1))),
            sa.func.count(sa.case((sa.and_(each.c.readable > 0, each.c.summary == 1), 1))),
            sa.func.min(each.c.since),
        ).group_by(each.c.source_id)
    )
    statements = session.connection().execute(
        sa.select(
            col(Document.source_id),
            sa.func.count(sa.distinct(sa.case((shown(), col(Claim.id))))),
            sa.func.count(sa.distinct(col(Claim.id))),
        )
        .join(Snapshot, col(Snapshot.document_id) == col(Document.id))
        .join(Appearance, col(Appearance.snapshot_id) == col(Snapshot.id))
        .join(Claim, col(Claim.id) == col(Appearance.claim_id))
        .group_by(col(Document.source_id))
    )
    said = {source_id: (number, found) for source_id, number, found in statements}
    return {
        source_id: Yield(
            documents=number, read=read, unreadable=unreadable, summaries=summaries, since=since,
            statements=said.get(source_id, (0, 0))[0], found=said.get(source_id, (0, 0))[1],
        )
        for source_id, number, read, unreadable, summaries, since in documents
    }  # fmt: skip
