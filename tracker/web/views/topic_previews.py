"""What a topic would catch and lose, as its form shows it before it is saved."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date

from tracker.db import Session
from tracker.positions import matching, topic_preview
from tracker.positions.border import border_of
from tracker.positions.matched_words import mark
from tracker.positions.matching import TopicRule
from tracker.positions.passage import Passage
from tracker.positions.queries import held_statements
from tracker.positions.topic_preview import MonthCount, TopicPreview
from tracker.setting_sections import TopicSection
from tracker.speech import queries as speech
from tracker.web.views.cards import Card, card
from tracker.web.views.dates import counted, month
from tracker.web.views.topic_forms import rule_of

MONTHS = 24
"""Months shown one by one; what was said before is one row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthRow:
    """A month in words, and its statements on the topic today and afterwards."""

    words: str
    today: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BorderCard:
    """A statement near the border with the words marked that count, and why it stands there."""

    card: Card
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPreview:
    """What saving would do, in words and numbers; `digest` names the topic that was looked at."""

    lead: str
    sample: str
    """How the numbers were had where not all statements were looked at, else empty."""
    notes: tuple[str, ...]
    wrong: tuple[str, ...]
    """Examples that come out wrong."""
    examples: int
    months: tuple[MonthRow, ...]
    border: tuple[BorderCard, ...]
    digest: str


def digest(section: TopicSection) -> str:
    """A name for what a form tells, so that what is saved is what was looked at."""
    return hashlib.sha256(section.model_dump_json().encode()).hexdigest()[:16]


def show_preview(db: Session, section: TopicSection, topic_id: str | None) -> ShownPreview:
    """Compare held statements with what a form tells; `topic_id` is None for a topic that is not there yet."""
    rule = rule_of(section)
    phrases = len(section.any) + len(section.all) + len(section.none)
    found = topic_preview.preview(held_statements.strata(db, topic_id, phrases), rule)
    return ShownPreview(
        lead=_lead(found),
        sample=_sample(found),
        notes=tuple(_notes(found)),
        wrong=tuple(_wrong(db, section, rule)),
        examples=len(section.examples_in) + len(section.examples_out),
        months=_months(found.months),
        border=_border(db, found, rule),
        digest=digest(section),
    )


def _lead(found: TopicPreview) -> str:
    about = "about " if found.is_sample else ""
    changes = [f"{about}{found.gained:,} new"] if found.gained else []
    changes += [f"{about}{found.lost:,} lost"] if found.lost else []
    told = " and ".join(changes) or "none new and none lost"
    stand = "is" if found.today == 1 else "are"
    return (
        f"Of {found.total:,} statements held, {about}{found.today:,} {stand} on the topic today; "
        f"with these phrases it would be {about}{found.after:,}: {told}."
    )


def _sample(found: TopicPreview) -> str:
    if not found.is_sample:
        return ""
    return (
        f"{found.looked:,} of {found.total:,} statements were looked at, spread evenly over the record, "
        "so each number is an estimate, and what is rare may be missed."
    )


def _notes(found: TopicPreview) -> list[str]:
    notes = []
    if found.asked:
        notes.append(
            f"{counted(found.asked, 'statement')} of those lost {'has' if found.asked == 1 else 'have'} a confirmed position: "
            "they leave the topic only when an editor agrees (Desk, Read again)."
        )
    if found.kept:
        notes.append(f"{counted(found.kept, 'statement')} stay as a person decided, whatever the phrases say.")
    return notes


def _months(found: tuple[MonthCount, ...]) -> tuple[MonthRow, ...]:
    rows = [MonthRow(words=_month(one.month), today=one.today, after=one.after) for one in found[:MONTHS]]
    if rest := found[MONTHS:]:
        rows.append(
            MonthRow(words="Before", today=sum(one.today for one in rest), after=sum(one.after for one in rest))
        )
    return tuple(rows)


def _month(day: date | None) -> str:
    return month(day) if day else "Date unknown"


def _border(db: Session, found: TopicPreview, rule: TopicRule) -> tuple[BorderCard, ...]:
    said = speech.statements(db, [one.held.claim_id for one in found.border])
    shown = []
    for one in found.border:
        made = card(said[one.held.claim_id])
        runs = mark(made.words.text, one.held.passage.code, (rule, one.border.terms))
        outcome = "Would be found" if one.caught else "Would not be found"
        if one.caught is one.held.linked:
            outcome = "Found, as today" if one.caught else "Not found, as today"
        shown.append(
            BorderCard(
                card=replace(made, words=replace(made.words, runs=runs)), outcome=outcome, reason=one.border.reason
            )
        )
    return tuple(shown)


def _wrong(db: Session, section: TopicSection, rule: TopicRule) -> list[str]:
    """A sentence for each example that comes out wrong."""
    told = []
    for example, belongs in [
        *((one, True) for one in section.examples_in), *((one, False) for one in section.examples_out)
    ]:  # fmt: skip
        words, passage = _example(db, example)
        found = matching.match(passage, rule)
        if belongs and found is None:
            near = border_of(passage, rule, None)
            why = f": {near.reason}" if near else ": no phrase comes near it"
            told.append(f"“{words}” belongs to it and would not be found{why}.")
        elif found is not None and not belongs:
            terms = ", ".join(f"“{term}”" for term in found.terms)
            told.append(f"“{words}” does not belong to it and would be found because of {terms}.")
    return told


def _example(db: Session, example: str) -> tuple[str, Passage]:
    """An example's words and what they are read with: a statement of the record in its document, or the words alone."""
    claim = speech.claim(db, example)
    held = next(held_statements.held_statements(db, None, [claim.id]), None) if claim else None
    return (held.passage.text, held.passage) if held else (example, Passage(text=example))
