"""One statement: its words, when and how that is known, where it appeared, what was decided; and its exports."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import Blueprint, Response, abort, redirect, url_for

from tracker import accounts, audit
from tracker.archive import queries as archive
from tracker.archive.urls import on_the_web
from tracker.audit import AuditEntry
from tracker.db import Session
from tracker.positions import queries as positions
from tracker.positions.models import CodingState, Event
from tracker.positions.queries import LabelledCoding
from tracker.record import export
from tracker.record import queries as record
from tracker.speech import anchor, phrasing
from tracker.speech import queries as speech
from tracker.speech.citations import Citation, citations
from tracker.speech.ledger.source_status import EDITED
from tracker.speech.models import Claim, Form, QuoteKind, SourceStatus, Status
from tracker.speech.phrasing import ShownWords
from tracker.speech.queries import AppearanceRow
from tracker.speech.queries import corrections as correction_queries
from tracker.speech.states import HIDDEN
from tracker.speech.types import Polarity
from tracker.speech.wording import ELLIPSIS, Piece, difference, visible
from tracker.web import errors
from tracker.web.context import absolute_url, as_response, can, reading, render, text_response
from tracker.web.views import dates, wording
from tracker.web.views.cards import (
    READINGS,
    Card,
    Chip,
    CorrectionNote,
    TopicLink,
    card,
    chip,
    correction_note,
    direction,
)
from tracker.web.views.how_known import KnownFact, how_known
from tracker.web.views.sharing import SharedStatement, cited, shared
from tracker.web.views.suggestions import suggester_name
from tracker.web.views.topic_marks import mark_topics
from tracker.web.views.topics import EventLink, event_link

FORMS = {Form.TRIMMED: "trimmed", Form.ALTERED: "altered wording", Form.TRANSLATED: "translation"}
STATE_TEXTS = {
    SourceStatus.CHANGED: "The words were changed at this address",
    SourceStatus.MISSING: "The words are no longer on the page at this address",
    SourceStatus.REMOVED: "The page is no longer at this address",
}

REFERENCE = {"bib": "application/x-bibtex", "ris": "application/x-research-info-systems"}
CHECKED = {
    Status.NEW: "Not yet: found by the machine, no editor has looked at it",
    Status.IN_REVIEW: "Not yet: an editor is at it",
    Status.CONFIRMED: "By an editor",
    Status.PUBLISHED: "By an editor, and published",
    Status.CORRECTED: "By an editor, and corrected",
    Status.REJECTED: "Rejected",
    Status.WITHDRAWN: "Withdrawn",
}
MACHINE_NAMES = {"rules": "Rules", "recheck": "Recheck", "reread": "Rereading"}

pages = Blueprint("statements", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppearanceCard:
    """One appearance: where, when, in which wording, and what became of it."""

    outlet: str
    tags: tuple[str, ...]
    published: str
    url: str | None
    sha256: str
    words: ShownWords
    pieces: tuple[Piece, ...]
    legend: str
    lang: str | None
    dir: str | None
    standing: str | None
    by_hand: bool
    now: tuple[Piece, ...] = ()
    """The words we read against what stands at the address now, where they were changed."""
    newest: str | None = None
    """The newest archived version, where it is another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicCoding:
    """The position coded on one topic, why the statement is about it, and the events to compare around."""

    topic: TopicLink
    chip: Chip
    matched: tuple[str, ...]
    reasons: tuple[str, ...]
    events: tuple[EventLink, ...]


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of a statement's history."""

    what: str
    who: str
    why: str | None
    automatic: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimPage:
    """Answers: exactly what was said, when, and how do we know."""

    template: ClassVar[str] = "claim.html"
    section: ClassVar[str] = "topics"
    title: str
    card: Card
    coded: tuple[TopicCoding, ...]
    permalink: str
    changed: tuple[AppearanceCard, ...]
    places: tuple[AppearanceCard, ...]
    reference: str
    citations: tuple[Citation, ...]
    share: SharedStatement
    may_bundle: bool
    """Whether the visitor may have the evidence bundle, which holds whole archived copies."""
    before: Card | None
    after: Card | None
    history: tuple[HistoryLine, ...]
    corrections: tuple[CorrectionNote, ...]
    checked: str
    """How far editors are with it, in a sentence."""
    desk: str | None
    """Where an editor works on it."""
    known: tuple[KnownFact, ...]
    """How we know all that, folded away."""
    known_from: str


@pages.get("/c/<public_id>")
def claim(public_id: str) -> Response:
    """One statement."""
    with reading() as db:
        found = _found(db, public_id)
        if isinstance(found, Response):
            return found
        page = _page(db, found)
    return render(page)


@pages.get("/c/<public_id>.json")
def as_json(public_id: str) -> Response:
    """One statement as the interface's object."""
    with reading() as db:
        found = _found(db, public_id, ".json")
        if isinstance(found, Response):
            return found
        row = next(export.claims(db, public_id=public_id))
        texts = speech.texts_of_claim(db, found.id)
    for place in row["appearances"]:
        place["target"] = _target(place, texts[place["snapshot"], place["start"], place["end"]])
    return text_response(json.dumps(row, ensure_ascii=True, indent=1) + "\n", "application/json")


@pages.get("/c/<public_id>.<any(bib, ris):ending>")
def as_reference(public_id: str, ending: str) -> Response:
    """One statement for a reference manager: BibTeX or RIS."""
    with reading() as db:
        found = _found(db, public_id, f".{ending}")
        if isinstance(found, Response):
            return found
        one = speech.statements(db, [found.id])[found.id]
    (text,) = (each.text for each in citations(cited(one, card(one))) if each.ending == ending)
    name = f'attachment; filename="statement-{public_id}.{ending}"'
    return text_response(text + "\n", REFERENCE[ending], Content_Disposition=name)


@pages.get("/c/<public_id>.csv")
def as_csv(public_id: str) -> Response:
    """One statement as a table, one row for each place where it stands; safe to open in a spreadsheet."""
    with reading() as db:
        found = _found(db, public_id, ".csv")
        if isinstance(found, Response):
            return found
        table = "".join(export.formatted(export.claims(db, public_id=public_id), "csv"))
    return text_response(table, "text/csv", Content_Disposition=f'attachment; filename="statement-{public_id}.csv"')


def _target(place: dict[str, Any], text: str) -> dict[str, Any]:
    """The place as a SpecificResource of the Web Annotation Data Model: selectors, and the state they were made in."""
    return {
        "type": "SpecificResource",
        "source": place["url"],
        "selector": anchor.selectors(text, place["start"], place["end"]),
        "state": {
            "type": "TimeState",
            "sourceDate": place["fetched"],
            "cached": absolute_url(f"/snapshots/{place['snapshot']}"),
        },
    }


def _found(db: Session, public_id: str, ending: str = "") -> Claim | Response:
    """The claim to show; or where it moved to, or why it is not shown."""
    found = speech.claim(db, public_id)
    if found is None:
        abort(404)
    if found.merged_into is not None:
        into = speech.survivor(db, found)
        if into is None:
            abort(404)
        return as_response(redirect(url_for("statements.claim", public_id=into.public_id) + ending, code=301))
    if found.status in HIDDEN:
        return errors.error(410, detail=_why_gone(db, found))
    return found


def _why_gone(db: Session, found: Claim) -> str:
    entries = audit.history(db, f"claim:{found.id}")
    entry = next(
        (one for one in entries if one.new == found.status.value or "reject" in one.action or "withdr" in one.action),
        None,
    )
    day = f" on {dates.short_day(entry.at.date())}" if entry else ""
    reason = f": {entry.reason}" if entry and entry.reason else ""
    if entry is not None and entry.actor in audit.MACHINES:
        return f"Read again{day}, its document no longer gives this statement{reason}."
    verb = "rejected" if found.status.value == "rejected" else "withdrew"
    return f"An editor {verb} this statement{day}{reason}."


def _page(db: Session, found: Claim) -> ClaimPage:
    one = speech.statements(db, [found.id])[found.id]
    stood = speech.appearances(db, found.id)
    shown = card(one)
    near = speech.neighbours(db, one)
    texts = speech.texts_of_claim(db, found.id)
    first = min(stood, key=lambda place: place.id, default=None)
    places = tuple(_place(db, place, stood, texts[_key(place)], one.polarity) for place in stood)
    address = absolute_url(f"/c/{one.public_id}")
    return ClaimPage(
        title=shown.label,
        card=mark_topics(db, found.id, shown),
        coded=_coded_on(db, found.id),
        permalink=address,
        changed=tuple(place for place, row in zip(places, stood, strict=True) if row.state is not SourceStatus.INTACT),
        places=places,
        reference=_fullest(stood).outlet or _fullest(stood).source_name if stood else "",
        citations=citations(cited(one, shown)),
        may_bundle=can("read full archived copies") or record.may_be_read_whole(db, [found.id]),
        share=shared(one, shown, [place.url for place in places if place.url]),
        before=card(near.before) if near.before else None,
        after=card(near.after) if near.after else None,
        history=_history(db, found),
        corrections=tuple(
            correction_note(row) for row in correction_queries.corrections(db, [found.id]).get(found.id, ())
        ),
        checked=CHECKED[found.status],
        desk=url_for("review.item", item=f"statement-{one.public_id}") if can("review") else None,
        known=how_known(found, one.speaker.name if one.speaker else None, texts[_key(first)], first.reasons)
        if first
        else (),
        known_from=(first.outlet or "") if first else "",
    )


def _key(place: AppearanceRow) -> tuple[str, int, int]:
    return place.sha256, place.start, place.end


def _place(
    db: Session, place: AppearanceRow, stood: Sequence[AppearanceRow], text: str, polarity: Polarity
) -> AppearanceCard:
    fullest = _fullest(stood)
    compared = place.id != fullest.id and place.form is not Form.TRANSLATED and place.kind is not QuoteKind.INDIRECT
    part = _part_quoted(_bare(fullest), _bare(place)) if compared else ""
    pieces = difference(visible(part), visible(_bare(place))) if compared else ()
    outlet = place.outlet or ("Outlet not recorded" if place.url is None else place.source_name)
    now_words, newest = _now(db, place)
    return AppearanceCard(
        outlet=outlet,
        tags=_tags(place, stood),
        published=dates.published(place.published_at, place.published_precision)
        if place.published_at
        else "date not recorded",
        url=_address(place, text),
        sha256=place.sha256,
        words=phrasing.show_words(visible(_bare(place)), place.kind, polarity),
        pieces=pieces,
        legend=wording.legend(pieces, is_part=part != _bare(fullest))
        if compared
        else "Not compared word by word."
        if place.form is Form.TRANSLATED
        else "",
        lang=place.language,
        dir=direction(place.language),
        standing=_standing(place),
        by_hand=place.lane == "hand",
        now=now_words,
        newest=newest,
    )


def _part_quoted(whole: str, part: str) -> str:
    """What of the fullest wording an outlet quotes: the sentences that it leaves out are none that it changed."""
    if len(part) >= len(whole) or ELLIPSIS.search(part):
        return whole
    return anchor.now_reads(part, whole) or whole


def _address(place: AppearanceRow, text: str) -> str | None:
    """Where to read it: at the very words while they stand there, else just the page."""
    url = on_the_web(place.url)
    if url is None or place.state is not SourceStatus.INTACT:
        return url
    return anchor.link_to(url, text, place.start, place.end)


def _now(db: Session, place: AppearanceRow) -> tuple[tuple[Piece, ...], str | None]:
    """What a changed passage reads at its source now, beside the words kept; and the version where it stands."""
    if place.state not in {SourceStatus.CHANGED, SourceStatus.MISSING}:
        return (), None
    newest = archive.newest_readable(db, place.document_id)
    if newest is None or newest.sha256 == place.sha256:
        return (), None
    if place.state is SourceStatus.MISSING or EDITED in place.reasons:
        return (), newest.sha256
    reads = anchor.now_reads(place.exact, newest.text)
    return (difference(visible(place.exact), visible(reads)) if reads else ()), newest.sha256


def _tags(place: AppearanceRow, stood: Sequence[AppearanceRow]) -> tuple[str, ...]:
    tags = ["Earliest appearance"] if len(stood) > 1 and place.id == stood[0].id else []
    if place.document_kind == "transcript":
        tags.append("Official transcript" if place.lane == "primary" else "Transcript")
    if place.id == _fullest(stood).id and len(stood) > 1:
        tags.append("Fullest wording")
    if place.form in FORMS:
        tags.append(FORMS[place.form])
    if place.kind is QuoteKind.INDIRECT:
        tags.append("reported speech")
    return tuple(tags)


def _fullest(stood: Sequence[AppearanceRow]) -> AppearanceRow:
    return max(stood, key=lambda place: (place.form is not Form.TRANSLATED, len(place.exact), -place.id))


def _standing(place: AppearanceRow) -> str | None:
    if place.state is SourceStatus.INTACT:
        return f"Restored as it was read since {dates.moment(place.state_since)}." if place.state_since else None
    since = f" since {dates.moment(place.state_since)}" if place.state_since else ""
    why = f" ({place.found_instead})" if place.state is SourceStatus.REMOVED and place.found_instead else ""
    if place.state is SourceStatus.CHANGED and EDITED in place.reasons:
        return f"What is told of the words was changed at this address{since}: {phrasing.edits(place.reasons[EDITED])}."
    return f"{STATE_TEXTS[place.state]}{since}{why}."


def _bare(place: AppearanceRow) -> str:
    """The words of an appearance without the outer marks that `show_words` puts around them."""
    exact = place.exact.strip()
    return exact.strip('“”"„«»‟').strip() if place.kind in phrasing.IN_MARKS else exact


def _coded_on(db: Session, claim_id: int) -> tuple[TopicCoding, ...]:
    codings = positions.codings(db, [claim_id])
    shown = []
    for match in positions.claim_topics(db, claim_id):
        subject = positions.topic(db, match.topic_id)
        if subject is None:
            continue
        coded = codings.get((claim_id, match.topic_id))
        steps = subject.steps.get(coded.scale or 0, ()) if coded else ()
        reasons = coded.reasons if coded and coded.state is CodingState.SUGGESTED else ()
        shown.append(
            TopicCoding(
                topic=TopicLink(subject.topic.id, subject.topic.name),
                chip=chip(coded, steps),
                matched=tuple(match.matched),
                reasons=reasons,
                events=tuple(event_link(event) for event in _events(db, match.topic_id)),
            )
        )
    return tuple(shown)


def _events(db: Session, topic_id: str) -> list[Event]:
    return positions.events_of(db, topic_id)


def _history(db: Session, found: Claim) -> tuple[HistoryLine, ...]:
    """What people decided, from the audit trail; what the machine suggested, from the codings; the finding itself."""
    entries = audit.history(db, f"claim:{found.id}")
    names = accounts.public_names(db, {entry.actor for entry in entries})
    steps = [(entry.at, _decided(entry, names[entry.actor])) for entry in entries]
    suggested = [one for one in positions.history(db, found.id) if one.state is CodingState.SUGGESTED]
    steps.extend((one.at, _suggested(one)) for one in suggested)
    basis = f"Said-date set by “{found.said_basis}”" if found.said_basis else "No said-date found"
    steps.append(
        (
            found.created_at,
            HistoryLine("Statement found", f"{basis}, {dates.moment(found.created_at)}", None, automatic=True),
        )
    )
    return tuple(step for _, step in sorted(steps, key=lambda pair: pair[0], reverse=True))


def _decided(entry: AuditEntry, name: str) -> HistoryLine:
    change = f": {entry.new}" if entry.new else ""
    before = f" (before: {entry.old})" if entry.old and entry.new else ""
    who = f"{MACHINE_NAMES.get(name, name)}, {dates.moment(entry.at)}"
    return HistoryLine(
        f"{entry.action[:1].upper()}{entry.action[1:]}{change}{before}",
        who,
        entry.reason,
        automatic=entry.actor in audit.MACHINES,
    )


def _suggested(one: LabelledCoding) -> HistoryLine:
    words = f"{one.step} {one.label}" if one.step is not None else READINGS[one.reading]
    why = f"Because of: {', '.join(one.reasons)}" if one.reasons else None
    return HistoryLine(
        f"Position suggested: {words}", f"{suggester_name(one.by)}, {dates.moment(one.at)}", why, automatic=True
    )
