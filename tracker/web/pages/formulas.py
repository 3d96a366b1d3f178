"""Formulas of a topic: who said a phrase first, took it over or dropped it; who has stopped speaking of the topic."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date
from typing import ClassVar

from flask import Blueprint, Response, abort

from tracker.positions import formulas
from tracker.positions import queries as positions
from tracker.positions.formulas import FormulaUser
from tracker.positions.models import Event, Topic
from tracker.positions.queries.formula_rows import TopicWords, topic_words
from tracker.speech.wording import fold
from tracker.web import forms
from tracker.web.cache import cached
from tracker.web.context import now, reading, render
from tracker.web.forms import Malformed
from tracker.web.views import dates
from tracker.web.views.wording import SMALL

WIDTH = 560.0
SILENT_DAYS, MOST_DAYS = 90, 3650

pages = Blueprint("formulas", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaMark:
    """One statement on the timeline: with the phrase or without it."""

    x: float
    used: bool
    public_id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaRow:
    """One speaker: first and last use, how often, what became of it."""

    slug: str
    name: str
    first: str
    first_id: str
    last: str
    last_id: str
    uses: int
    became: str
    marks: tuple[FormulaMark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentRow:
    """A speaker who has stopped speaking of the topic, as far as the record knows."""

    slug: str
    name: str
    statements: int
    last: date
    ago: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulasPage:
    """Answers: who said these words first, who took them over, who dropped them, when they were last said."""

    template: ClassVar[str] = "formulas.html"
    section: ClassVar[str] = "topics"
    title: str
    topic: Topic
    phrase: str
    lead: str
    rows: tuple[FormulaRow, ...]
    events: tuple[tuple[float, str], ...]
    spread: str
    recurring: tuple[tuple[str, int, int], ...]
    silent: tuple[SilentRow, ...]
    days: int


@pages.get("/t/<topic_id>/formulas")
def index(topic_id: str) -> Response:
    """A phrase of a topic, or those that recur; `days` says from when on somebody counts as not heard. Raises `Malformed`."""
    forms.only("phrase", "days")
    forms.once("phrase", "days")
    phrase, days = fold(forms.text("phrase") or ""), forms.number("days")
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise Malformed("days", f"is not between 1 and {MOST_DAYS}")
    if forms.text("phrase") and not phrase:
        raise Malformed("phrase", "holds no word")
    with reading() as db:
        subject = positions.topic(db, topic_id)
        if subject is None:
            abort(404)
        words = cached(db, ("formulas", topic_id), lambda: topic_words(db, topic_id), large=True)
        recurring = cached(db, ("recurring", topic_id), lambda: formulas.recurring(words.statements, SMALL), large=True)
        events = positions.events_of(db, topic_id)
    return render(
        _page(subject.topic, words, phrase=phrase, recurring=recurring, events=events, days=days or SILENT_DAYS)
    )


def _page(
    topic: Topic,
    words: TopicWords,
    *,
    phrase: str,
    recurring: tuple[tuple[str, int, int], ...],
    events: list[Event],
    days: int,
) -> FormulasPage:
    today = now().astimezone(UTC).date()
    users = formulas.trace(phrase, words.statements) if phrase else ()
    known = [one.day for user in users for one in (*user.uses, *user.others) if one.day is not None]
    first, last = min(known, default=today), max(known, default=today)

    def at(day: date) -> float:
        return round(8 + (WIDTH - 16) * (day - first).days / max(1, (last - first).days), 1)

    silent = formulas.silent(words.statements, today, days)
    return FormulasPage(
        title=f"Formulas on {topic.name}",
        topic=topic,
        phrase=phrase,
        lead=_lead(users, words, phrase),
        rows=tuple(_row(user, words, at) for user in users),
        events=tuple((at(one.starts_on), one.name) for one in events if first <= one.starts_on <= last),
        spread=dates.span(first, last),
        recurring=recurring,
        silent=tuple(
            SilentRow(
                slug=words.speakers[one.speaker_id].slug,
                name=words.speakers[one.speaker_id].name,
                statements=one.statements,
                last=one.last,
                ago=dates.ago(one.last, today),
            )
            for one in silent
        ),
        days=days,
    )


def _lead(users: tuple[FormulaUser, ...], words: TopicWords, phrase: str) -> str:
    if not phrase:
        return "A phrase that several speakers use, or any other: who said it first, who took it over, who dropped it."
    if not users:
        return f"Nobody is found saying “{phrase}” on this topic."
    first = users[0]
    last = max((user for user in users if user.last), key=lambda user: user.last or date.min, default=first)
    dropped = len([user for user in users if user.dropped])
    when = f" on {dates.short_day(first.first)}" if first.first else ""
    told = f"First found with {words.speakers[first.speaker_id].name}{when}"
    taken = f"; {dates.spelled(len(users) - 1, 'other speaker').lower()} took it over" if len(users) > 1 else ""
    end = f"; last said by {words.speakers[last.speaker_id].name} on {dates.short_day(last.last)}" if last.last else ""
    gone = f"; {dates.spelled(dropped, 'speaker').lower()} dropped it" if dropped else ""
    return f"{told}{taken}{gone}{end}."


def _row(user: FormulaUser, words: TopicWords, at: Callable[[date], float]) -> FormulaRow:
    who = words.speakers[user.speaker_id]
    dated = [one for one in user.uses if one.day is not None] or list(user.uses)
    marks = [
        FormulaMark(
            x=at(one.day), used=one in user.uses, public_id=words.public_ids[one.claim_id],
            title=f"{dates.short_day(one.day)}: {'with' if one in user.uses else 'without'} the phrase",
        )
        for one in (*user.others, *user.uses)
        if one.day is not None
    ]  # fmt: skip
    if user.dropped:
        became = f"dropped: not in {dates.counted(user.since, 'later statement')} on this topic"
    elif user.since:
        became = f"not in the {dates.counted(user.since, 'later statement')}"
    else:
        became = "no later statement on this topic" if user.others or len(user.uses) > 1 else "said once"
    return FormulaRow(
        slug=who.slug,
        name=who.name,
        first=dates.short_day(user.first) if user.first else "day unknown",
        first_id=words.public_ids[dated[0].claim_id],
        last=dates.short_day(user.last) if user.last else "day unknown",
        last_id=words.public_ids[dated[-1].claim_id],
        uses=len(user.uses),
        became=became,
        marks=tuple(marks),
    )
