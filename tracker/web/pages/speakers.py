"""Speakers: the list, and where one stands on each topic."""

from dataclasses import dataclass
from datetime import UTC, date
from typing import ClassVar

from flask import Blueprint, Response, abort, redirect, url_for

from tracker.db import Session
from tracker.positions import lineup
from tracker.positions import queries as positions
from tracker.positions.lineup import LineUpOptions
from tracker.positions.models import Event, Topic
from tracker.positions.queries import LabelledCoding, TopicWithScale, lineup_statement
from tracker.positions.shift_rule import VerdictKind
from tracker.speech import queries as speech
from tracker.speech.models import Office
from tracker.speech.queries import PAGE, SpeakerCount, SpeakerProfile, Statement
from tracker.web import forms
from tracker.web.context import as_response, reading, render
from tracker.web.views import charts, dates
from tracker.web.views.cards import Card, Paging, StepLabels, VerdictCard, card, paging, verdict
from tracker.web.views.charts import PositionChart
from tracker.web.views.evidence import confirmed_only
from tracker.web.views.speakers import listed_speakers
from tracker.web.views.statements import statement_cards

MOST = 200
"""Statements behind a speaker's charts; all of them are on the pages of the list."""

pages = Blueprint("speakers", __name__)


@dataclass(frozen=True, slots=True)
class SpeakersPage:
    """Everybody with a statement on the record."""

    template: ClassVar[str] = "speakers.html"
    section: ClassVar[str] = "speakers"
    title: str
    speakers: tuple[SpeakerCount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicStanding:
    """One speaker on one topic: the chart, the latest position, the verdict at the latest event."""

    topic: Topic
    statements: int
    low: str
    high: str
    wide: PositionChart | None
    narrow: PositionChart | None
    words: str
    latest: Card
    verdict: VerdictCard | None
    event_id: str | None
    event_name: str | None
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerPage:
    """Answers: where does this person stand on each topic."""

    template: ClassVar[str] = "speaker.html"
    section: ClassVar[str] = "speakers"
    title: str
    slug: str
    lead: str
    topics: tuple[TopicStanding, ...]
    rest: tuple[Card, ...]
    paging: Paging
    offices: tuple[str, ...]
    names: tuple[str, ...]


@pages.get("/speakers")
def index() -> Response:
    """Every speaker."""
    with reading() as db:
        page = SpeakersPage("Speakers", listed_speakers(db))
    return render(page)


@pages.get("/s/<slug>")
def speaker(slug: str) -> Response:
    """One speaker."""
    with reading() as db:
        known = speech.speaker(db, slug)
        if known is None:
            abort(404)
        into = speech.speaker_by_id(db, known.speaker.merged_into)
        if into is not None:
            return as_response(redirect(url_for("speakers.speaker", slug=into.slug), code=301))
        page = _page(db, known)
    return render(page)


def _page(db: Session, known: SpeakerProfile) -> SpeakerPage:
    number = forms.page()
    ids, total = speech.of_speaker(db, known.speaker.id, number)
    if number > 1 and not ids:
        abort(404)
    recent = speech.recent_of_speaker(db, known.speaker.id, MOST)
    about = positions.topics_of(db, {*recent, *ids})
    said = speech.statements(db, {*recent, *ids})
    topics = {topic.id: topic for found in about.values() for topic in found}
    standings = []
    for topic_id in topics:
        mine = [said[one] for one in recent if topic_id in {topic.id for topic in about.get(one, ())}]
        if mine:
            standings.append(_standing(db, topic_id, mine))
    standings.sort(key=lambda one: -one.statements)
    cards = tuple(statement_cards(db, ids))
    days = [one.said_from for one in said.values() if one.said_from]
    office = f"{speech.role(known.offices[0])}. " if known.offices else ""
    spread = f", {dates.span(min(days), max(days))}" if days else ""
    lead = f"{office}{dates.counted(total, 'statement')} on {dates.counted(len(standings), 'topic')}{spread}."
    return SpeakerPage(
        title=known.speaker.name, slug=known.speaker.slug, lead=lead, topics=tuple(standings), rest=cards,
        paging=paging(number, PAGE, total, forms.address()),
        offices=tuple(_office(office) for office in known.offices), names=(known.speaker.name, *known.aliases),
    )  # fmt: skip


def _standing(db: Session, topic_id: str, mine: list[Statement]) -> TopicStanding:
    subject = positions.topic(db, topic_id)
    if subject is None:
        abort(404)
    found = positions.codings(db, [one.id for one in mine], topic_id, confirmed=confirmed_only())
    codings = {number: one for (number, _), one in found.items()}
    events = positions.events_of(db, topic_id)
    cards = tuple(_card(one, codings.get(one.id), subject) for one in mine)
    latest = next((shown for shown in cards if shown.chip.state != "none"), cards[0])
    event, judged = _at_latest_event(mine, codings, subject, events)
    low, high = (subject.positions[0], subject.positions[-1]) if subject.positions else (None, None)
    points = _points(mine, codings, subject)
    steps = subject.steps.get(subject.topic.scale, ())
    pivots = [event.pivot.astimezone(UTC).date() for event in events]
    drawn = any(step is not None for _, step, _ in points)
    return TopicStanding(
        topic=subject.topic,
        statements=len(mine),
        low=f"{low.step} “{low.label}”" if low else "",
        high=f"{high.step} “{high.label}”" if high else "",
        wide=charts.position_chart(860, steps, points, pivots) if drawn else None,
        narrow=charts.position_chart(350, steps, points, pivots) if drawn else None,
        words=_words(points),
        latest=latest,
        verdict=judged,
        event_id=event.id if event else None,
        event_name=event.name if event else None,
        cards=cards,
    )


def _card(one: Statement, coded: LabelledCoding | None, subject: TopicWithScale) -> Card:
    return card(one, coded, subject.steps.get(coded.scale or 0, ()) if coded else ())


def _points(
    mine: list[Statement], codings: dict[int, LabelledCoding], subject: TopicWithScale
) -> list[tuple[date, int | None, bool]]:
    points = []
    for one in reversed(mine):
        coded = codings.get(one.id)
        step = coded.step if coded and coded.scale == subject.topic.scale else None
        day = one.said_from or one.said_to
        if day is not None:
            points.append((day, step, coded is not None and coded.is_confirmed))
    return points


def _words(points: list[tuple[date, int | None, bool]]) -> str:
    coded = [f"{step} on {dates.short_day(day)}" for day, step, _ in points if step is not None]
    return f"Position over time: {', '.join(coded[:40])}" if coded else "No position coded"


def _at_latest_event(
    mine: list[Statement], codings: dict[int, LabelledCoding], subject: TopicWithScale, events: list[Event]
) -> tuple[Event | None, VerdictCard | None]:
    """The verdict at the latest event that both sides of can be compared, else at the latest event."""
    said = [lineup_statement(one, codings.get(one.id)) for one in mine]
    first: tuple[Event | None, VerdictCard | None] = (None, None)
    for event in events:
        turn = positions.turning_point(event)
        rows = lineup.build(said, turn, scales=subject.scales, names={}, options=LineUpOptions()).rows
        if not rows:
            continue
        labels = StepLabels.of(subject.positions)
        shown = verdict(rows[0].verdict, labels=labels, silent_until="nothing found later")
        if rows[0].verdict.outcome in {VerdictKind.MOVED, VerdictKind.REVERSED, VerdictKind.UNCHANGED}:
            return event, shown
        first = first if first[0] is not None else (event, shown)
    return first


def _office(office: Office) -> str:
    start = dates.short_day(office.from_on) if office.from_on > date.min else ""
    end = dates.short_day(office.to_on) if office.to_on else ""
    period = f" ({start or '…'} – {end or 'today'})" if start or end else ""
    return f"{speech.role(office)}{period}"
