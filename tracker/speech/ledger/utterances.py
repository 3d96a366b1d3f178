"""Writes that make one utterance one claim: which claim is the same one (`same_statement`), which wording stands for it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from heapq import nsmallest

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker import audit
from tracker.archive.models import Document, Snapshot
from tracker.db import insert_all
from tracker.speech import same_statement, wording
from tracker.speech.models import Appearance, Claim, Fingerprint, Form, Precision, QuoteKind, Speaker, Status
from tracker.speech.queries import batches, survivor

GAP = " […] "
"""Stands in the reference wording where the outlet's own words stood between two pieces of a quotation."""
MOST_ALIKE = 20
"""Claims that are compared word by word, those that share most first."""
COMMON = 64
"""A fingerprint shared by more claims than this says nothing."""


class KnownUtterances:
    """What the record has of the utterances that one snapshot holds, read at once: a page may hold a hundred.

    Two quotes of one page are two statements, unless they are the very same or one is a scrap of the other.
    """

    def __init__(self, session: Session, claims: Sequence[Claim], document: Document, snapshot: Snapshot) -> None:
        """`claims` are those of the snapshot, none of them stored."""
        self._session = session
        self._published = document.published_at
        self._language = document.language or snapshot.language
        self._new: list[Claim] = []
        self._exact = self._same_keys([claim.identity_key for claim in claims])
        self._placed = set(
            session.exec(select(Appearance.claim_id).where(Appearance.snapshot_id == snapshot.id).distinct())
        )
        self._alike = self._look_alikes([claim for claim in claims if claim.speaker_id])
        self._first_published = self._first_days({row.id for rows in self._alike.values() for row in rows})

    def find(self, claim: Claim) -> Claim | None:
        """The claim of the record, or of this snapshot, that is this very utterance; None makes it a new one."""
        known = self._exact.get(claim.identity_key)
        if known is None and claim.speaker_id is not None:
            known = self._find_alike(claim)
        if known is None:
            self._exact[claim.identity_key] = claim
            self._new.append(claim)
        elif known.id is not None:
            self._placed.add(known.id)
        return known

    def set_known(self, claim: Claim, known: Claim) -> None:
        """Take a claim that was new for one of the record: an earlier version of the page had it."""
        self._new = [other for other in self._new if other is not claim]
        self._exact[claim.identity_key] = known
        self._placed.add(known.id)

    def _find_alike(self, claim: Claim) -> Claim | None:
        scraps = [row for row in self._new if _may_be_scrap(row, claim) and self._is_same(row, claim, self._published)]
        if scraps:
            return None if same_statement.is_ambiguous(claim, scraps) else scraps[0]
        told = [row for row in self._new if _may_be_scrap(row, claim) and self._tells(claim, row)]
        if len(told) == 1:
            return told[0]
        rows = [
            row
            for row in self._alike.get(claim.identity_key, [])
            if (row.id not in self._placed or _may_be_scrap(row, claim))
            and self._is_same(row, claim, self._first_published.get(row.id))
        ]
        return None if same_statement.is_ambiguous(claim, rows) else next(iter(rows), None)

    def _tells(self, claim: Claim, whole: Claim) -> bool:
        """Whether a sentence with quoted scraps tells what its own page quotes in full elsewhere."""
        return (
            claim.kind == QuoteKind.MIXED
            and whole.speaker_id == claim.speaker_id
            and whole.polarity == claim.polarity
            and same_statement.is_same_time(whole, claim, (self._published, self._published))
            and same_statement.is_told_from(claim, whole, self._language)
        )

    def _is_same(self, known: Claim, claim: Claim, published: datetime | None) -> bool:
        return (
            known.speaker_id == claim.speaker_id
            and known.polarity == claim.polarity
            and same_statement.is_same_time(known, claim, (published, self._published))
            and same_statement.is_same_words(known, claim)
        )

    def _same_keys(self, keys: Sequence[str]) -> dict[str, Claim]:
        found: dict[str, Claim] = {}
        for some in batches(keys):
            for row in self._session.exec(select(Claim).where(col(Claim.identity_key).in_(some))):
                found[row.identity_key] = survivor(self._session, row) or row
        return found

    def _look_alikes(self, claims: Sequence[Claim]) -> dict[str, list[Claim]]:
        """The claims of the record compared with each of these, by its identity key: of its speaker, most alike first.

        A politician says "the people of this country" a thousand times: only the rows that are compared are loaded.
        """
        hashes = {claim.identity_key: set(wording.grams(claim.folded)) for claim in claims}
        shared = self._shared_hashes(set().union(*hashes.values()), {claim.speaker_id for claim in claims})
        nearest: dict[str, list[int]] = {}
        for claim in claims:
            ours = hashes[claim.identity_key]
            sizes = ((len(ours & found), number) for number, found in shared[claim.speaker_id].items())
            most = nsmallest(MOST_ALIKE, ((-size, number) for size, number in sizes if size))
            nearest[claim.identity_key] = [number for _, number in most]
        rows: dict[int, Claim] = {}
        for some in batches({number for numbers in nearest.values() for number in numbers}):
            rows.update((row.id, row) for row in self._session.exec(select(Claim).where(col(Claim.id).in_(some))))
        return {key: [rows[number] for number in numbers] for key, numbers in nearest.items()}

    def _shared_hashes(
        self, hashes: Collection[int], speakers: Collection[int | None]
    ) -> dict[int | None, dict[int, set[int]]]:
        """By speaker and claim of the record, which of these fingerprints it has; those that many share tell nothing."""
        shared: dict[int | None, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
        for some in batches(hashes):
            telling = (
                select(Fingerprint.hash)
                .where(col(Fingerprint.hash).in_(some))
                .group_by(col(Fingerprint.hash))
                .having(sa.func.count() <= COMMON)
            )
            found = self._session.exec(
                select(Claim.speaker_id, Fingerprint.claim_id, Fingerprint.hash)
                .join(Claim, col(Claim.id) == col(Fingerprint.claim_id))
                .where(
                    col(Fingerprint.hash).in_(telling),
                    col(Claim.speaker_id).in_(speakers),
                    col(Claim.merged_into).is_(None),
                )
            )
            for speaker, claim_id, number in found:
                shared[speaker][claim_id].add(number)
        return shared

    def _first_days(self, claims: Collection[int]) -> dict[int, datetime]:
        """When each of these claims was first published, where that is known."""
        first: dict[int, datetime] = {}
        for some in batches(claims):
            first.update(
                (claim_id, at)
                for claim_id, at in self._session.exec(
                    select(Appearance.claim_id, sa.func.min(Document.published_at))
                    .join(Snapshot, col(Snapshot.id) == col(Appearance.snapshot_id))
                    .join(Document, col(Document.id) == col(Snapshot.document_id))
                    .where(col(Appearance.claim_id).in_(some), col(Document.published_at).is_not(None))
                    .group_by(col(Appearance.claim_id))
                )
                if at is not None
            )
        return first


def _may_be_scrap(known: Claim, claim: Claim) -> bool:
    """Whether one of them may be taken out of the other: then they may be one statement though they stand on one page."""
    return (known.kind in same_statement.WHOLE) != (claim.kind in same_statement.WHOLE)


def form(known: Claim, words: str, *, altered: bool) -> Form:
    """How the words of an appearance relate to the reference wording of its claim."""
    if known.folded == wording.fold(words):
        return Form.ALTERED if altered and not known.altered else Form.VERBATIM
    if all(f" {piece} " in f" {known.folded} " for piece in wording.parts(words)):
        return Form.TRIMMED
    return Form.ALTERED


def _words_at(place: Appearance) -> str:
    """The words of an appearance, its pieces joined by the gap."""
    spans = place.spans or [[place.start, place.end]]
    return GAP.join(place.exact[start - place.start : end - place.start] for start, end in spans)


def promote_wording(session: Session, now: datetime, known: Claim, other: Claim) -> None:
    """Take a better wording as the reference, as long as no editor has worked on the claim.

    A transcript brings its channel, venue and question along; a day or a minute comes from whichever source tells one.
    """
    if known.venue and other.venue and known.channel != other.channel:
        known.venue_conflict = f"“{known.venue}” and “{other.venue}”"
    if known.status != Status.NEW:
        return
    _take_time(known, other)
    if same_statement.is_better_reference(known, other):
        if known.id is not None:
            audit.write(
                session,
                now,
                actor="rules",
                action="fuller wording found",
                subject=f"claim:{known.id}",
                field="text",
                old=known.text,
                new=other.text,
            )
        known.text, known.folded, known.altered = other.text, other.folded, other.altered
        known.condition = known.condition or other.condition
        if other.kind == QuoteKind.TURN:
            known.channel, known.venue = other.channel or known.channel, other.venue or known.venue
            known.question, known.role = other.question or known.question, other.role or known.role
        known.kind = other.kind
        if known.id is not None:
            index_fingerprints(session, [known])
            for place in session.exec(select(Appearance).where(Appearance.claim_id == known.id)):
                place.form = form(known, _words_at(place), altered=place.form == Form.ALTERED)
                session.add(place)
    if known.id is not None:
        session.add(known)


def _take_time(known: Claim, other: Claim) -> None:
    if known.said_precision == Precision.UNKNOWN and other.said_precision != Precision.UNKNOWN:
        known.said_from, known.said_to = other.said_from, other.said_to
        known.said_precision, known.said_basis = other.said_precision, other.said_basis
        known.said_conflict = other.said_conflict
    known.said_at = known.said_at or other.said_at


def fill_in(session: Session, known: Claim, other: Claim) -> None:
    """Take the speaker or day that a later version of the document is the first to tell, if no editor has worked on it."""
    if known.status != Status.NEW:
        return
    _take_time(known, other)
    if known.speaker_id is None and other.speaker_id is not None:
        known.speaker_id, known.speaker_text, known.role = other.speaker_id, other.speaker_text, other.role
        known.candidates = []
    session.add(known)


def renew_identity(session: Session, claim: Claim, item: str) -> None:
    """Let a statement be found by what it is now; where another is that very utterance, it keeps the key it had."""
    speaker = session.get(Speaker, claim.speaker_id) if claim.speaker_id is not None else None
    key = same_statement.identity_key(claim, speaker, item)
    taken = session.exec(select(Claim.id).where(Claim.identity_key == key, Claim.id != claim.id)).first()
    if taken is None:
        claim.identity_key = key


def renew_fingerprints(session: Session, claim: Claim) -> None:
    """Keep those of the wording a claim has now, and no others."""
    session.connection().execute(sa.delete(Fingerprint).where(col(Fingerprint.claim_id) == claim.id))
    index_fingerprints(session, [claim])


def index_fingerprints(session: Session, claims: Sequence[Claim]) -> None:
    """Keep the fingerprints by which look-alikes of claims are found."""
    prints = [
        {"hash": number, "claim_id": claim.id}
        for claim in claims
        for number in sorted(wording.fingerprints(claim.folded))
    ]
    insert_all(session, Fingerprint, prints)
