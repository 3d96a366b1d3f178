"""Reads for a line-up: statements on a topic around an event, their codings, and the groups their speakers are in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from tracker.archive.models import Snapshot
from tracker.positions.models import ClaimTopic, Coding, CodingState, Event, EventPlacement, Position
from tracker.positions.placement import LineUpStatement, Placement
from tracker.positions.queries.coding_rows import LabelledCoding, in_force
from tracker.positions.queries.topics_events import about_topic
from tracker.speech.models import Appearance, Claim, QuoteKind, Speaker, SpeakerGroup
from tracker.speech.queries import SpeakerRef, Statement, shown

MIN_WORDS = 6
"""A quotation of fewer words, and without a position, is called a fragment."""
Span = tuple[date | None, date | None]
"""The first and the last day looked at; None where there is no bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUpInput:
    """What a line-up is built from: one light row a statement, who said them, and how many nobody could be found for."""

    stated: tuple[LineUpStatement, ...]
    speakers: Mapping[int, SpeakerRef]
    unresolved: int
    """Statements inside the window whose speaker is not resolved: they can stand in no row."""


def lineup_input(session: Session, topic_id: str, event_id: str, span: Span, at: datetime | None = None) -> LineUpInput:
    """The statements of a topic inside these days, in one SELECT of what a line-up asks of them.

    With `at`: those that were on the record then, with the codings and placements that counted then. Days, speakers and
    topics of a statement are as they are known now.
    """
    position = sa.orm.aliased(Position)
    sources = (
        sa.select(sa.func.count(sa.distinct(col(Snapshot.document_id))))
        .join(Appearance, col(Appearance.snapshot_id) == col(Snapshot.id))
        .where(col(Appearance.claim_id) == col(Claim.id))
        .scalar_subquery()
    )
    coding = in_force(col(Claim.id), topic_id, at=at)
    query = (
        sa.select(
            col(Claim.id), col(Speaker.id), col(Speaker.slug), col(Speaker.name), col(Claim.said_from), col(Claim.said_to),
            col(Claim.said_at), col(Claim.kind), col(Claim.text), sources, col(Coding.state), col(Coding.key_quote),
            col(position.scale), col(position.step), _placed(event_id, at),
        )
        .join(ClaimTopic, col(ClaimTopic.claim_id) == col(Claim.id))
        .join(Speaker, isouter=True, onclause=col(Speaker.id) == col(Claim.speaker_id))
        .join(Coding, isouter=True, onclause=col(Coding.id) == coding)
        .join(position, isouter=True, onclause=col(position.id) == col(Coding.position_id))
        .where(about_topic(topic_id), shown(), *_inside(span))
    )  # fmt: skip
    if at is not None:
        query = query.where(col(Claim.created_at) <= at)
    stated: list[LineUpStatement] = []
    speakers: dict[int, SpeakerRef] = {}
    unresolved = 0
    for row in session.connection().execute(query):
        number, who, slug, name, first, last, moment, kind, text, documents, state, chosen, scale, step, side = row
        if who is None:
            unresolved += 1
            continue
        if who not in speakers:
            speakers[who] = SpeakerRef(who, slug, name)
        stated.append(
            LineUpStatement(
                claim_id=number, speaker_id=who, said_from=first, said_to=last, said_at=moment, step=step,
                scale=scale or 1, confirmed=state is CodingState.CONFIRMED, key_quote=bool(chosen),
                fragment=is_fragment(text, kind), sources=documents, placed=Placement(side) if side else None,
            )
        )  # fmt: skip
    return LineUpInput(stated=tuple(stated), speakers=speakers, unresolved=unresolved)


def _placed(event_id: str, at: datetime | None) -> sa.ScalarSelect[str]:
    """The side that an editor found for a claim at an event."""
    where = [col(EventPlacement.claim_id) == col(Claim.id), col(EventPlacement.event_id) == event_id]
    stands = col(EventPlacement.withdrawn_at).is_(None)
    if at is None:
        where.append(stands)
    else:
        where += [col(EventPlacement.at) <= at, sa.or_(stands, col(EventPlacement.withdrawn_at) > at)]
    query = sa.select(col(EventPlacement.side)).where(*where).order_by(col(EventPlacement.id).desc()).limit(1)
    return query.correlate(Claim).scalar_subquery()


def _inside(span: Span) -> list[sa.ColumnElement[bool]]:
    latest = sa.func.coalesce(Claim.said_to, Claim.said_from)
    earliest = sa.func.coalesce(Claim.said_from, Claim.said_to)
    first, last = span
    bounds = [latest >= first] if first is not None else []
    if last is not None:
        bounds.append(earliest <= last)
    return [sa.or_(latest.is_(None), sa.and_(*bounds))] if bounds else []


def is_fragment(text: str, kind: QuoteKind) -> bool:
    """Whether a quotation has too few words to be called a statement where it holds no position."""
    return kind in {QuoteKind.DIRECT, QuoteKind.MIXED} and len(text.split()) < MIN_WORDS


def lineup_statement(one: Statement, coded: LabelledCoding | None) -> LineUpStatement:
    """A statement as the line-up sees it."""
    step = coded.step if coded else None
    return LineUpStatement(
        claim_id=one.id,
        speaker_id=one.speaker.id if one.speaker else 0,
        said_from=one.said_from,
        said_to=one.said_to,
        said_at=one.said_at,
        step=step,
        scale=(coded.scale if coded else None) or 1,
        confirmed=coded is not None and coded.is_confirmed,
        key_quote=coded is not None and coded.key_quote,
        fragment=is_fragment(one.text, one.kind),
        sources=one.read.documents if one.read else 0,
    )


def groups(session: Session, event: Event) -> dict[str, dict[int, SpeakerRef]]:
    """The groups a line-up can be narrowed to, by name, with their speakers by id: the record's and the event's own."""
    found: dict[str, dict[int, SpeakerRef]] = {}
    linked = select(SpeakerGroup.name, Speaker.id, Speaker.slug, Speaker.name)
    for group, number, slug, name in session.exec(
        linked.join(Speaker, col(Speaker.id) == col(SpeakerGroup.speaker_id))
    ):
        found.setdefault(group, {})[number] = SpeakerRef(number, slug, name)
    named = {name for names in event.groups.values() for name in names}
    if named:
        known = select(Speaker.id, Speaker.slug, Speaker.name).where(col(Speaker.name).in_(named))
        speakers = {name: SpeakerRef(number, slug, name) for number, slug, name in session.exec(known)}
        for group, names in event.groups.items():
            members = found.setdefault(group, {})
            members.update({speakers[name].id: speakers[name] for name in names if name in speakers})
    return dict(sorted(found.items()))
