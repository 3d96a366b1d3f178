"""Before and after: what each speaker said on a topic on both sides of an event. The page the product stands on."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date
from typing import ClassVar, Literal, cast

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from markupsafe import Markup

from tracker.db import Session
from tracker.positions import queries as positions
from tracker.positions import shift_rule as scales
from tracker.positions.lineup import (
    Coverage,
    DifferingStatements,
    LineUp,
    LineUpOptions,
    LineUpRow,
    LineUpSide,
    LineUpStatement,
    Placement,
)
from tracker.positions.models import Event, Position, Topic
from tracker.positions.queries import LabelledCoding, TopicWithScale
from tracker.speech import queries as speech
from tracker.speech.queries import SpeakerRef, Statement
from tracker.web import forms
from tracker.web.cache import cached
from tracker.web.context import absolute_url, as_response, now, reading, render
from tracker.web.views import dates, lineup_chart, wording
from tracker.web.views.cards import (
    Card,
    Paging,
    StepLabels,
    VerdictCard,
    VerdictCount,
    card,
    paging,
    verdict,
    verdict_counts,
)
from tracker.web.views.lineup_chart import Narrow, Wide
from tracker.web.views.lineups import KeptLineUp, line_up
from tracker.web.views.topics import EventLink, event_link, topic_stats
from tracker.web.views.wording import Compared

MOST = 15
"""Statements of one speaker and side that the page lists, the nearest ones; the timeline holds all."""
ROWS = 40
"""Speakers on one page: as many as a chart can hold apart; the tally counts all."""
WINDOWS = ("90", "30", "365", "all")

pages = Blueprint("lineup", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SideCard:
    """One side of one speaker: the key quote, all statements, or an honest empty cell."""

    label: str
    word: str
    key: Card | None
    all: tuple[Card, ...]
    total: int
    empty_title: str
    empty_text: str
    note: str | None


@dataclass(frozen=True, slots=True)
class UndatedStatements:
    """Statements that stand on no side, and why."""

    title: str
    text: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerRow:
    """One speaker's row."""

    slug: str
    name: str
    role: str | None
    statements: int
    before: SideCard
    after: SideCard
    verdict: VerdictCard
    strips: tuple[UndatedStatements, ...]
    notes: tuple[str, ...]
    compared: Compared | None
    table: tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class SpeakerChoice:
    """A speaker in the filter."""

    slug: str
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUpForm:
    """The filters as chosen: days on either side, which codings count, the order of the rows."""

    window: str
    show: str
    order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUpContent:
    """What stands below the site's head: how many speakers moved at this event, and who."""

    template: ClassVar[str] = "lineup_content.html"
    title: str
    topic: Topic
    event: Event
    events: tuple[EventLink, ...]
    lead: str
    pivot_name: str
    tally: tuple[VerdictCount, ...]
    window: str
    show: str
    order: str
    choices: tuple[SpeakerChoice, ...]
    all_chosen: bool
    positions: tuple[Position, ...]
    statements: int
    spread: str
    before_days: str
    pivot_day: str
    after_days: str
    wide: Wide | None
    narrow: Narrow | None
    chart_words: str
    rows: tuple[SpeakerRow, ...]
    paging: Paging
    coverage: Coverage
    unresolved: int
    this_address: str


@dataclass(frozen=True, slots=True)
class LineUpPage:
    """Answers: how many speakers moved at this event, and who. `content` is a rendered `LineUpContent`."""

    template: ClassVar[str] = "lineup.html"
    section: ClassVar[str] = "events"
    title: str
    content: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLineUp:
    """A line-up with the statements and codings that one page of it shows, and only those."""

    whole: KeptLineUp
    rows: tuple[LineUpRow, ...]
    statements: Mapping[int, Statement]
    codings: Mapping[int, LabelledCoding]
    roles: Mapping[int, str]

    @property
    def subject(self) -> TopicWithScale:
        """The topic."""
        return self.whole.subject


@pages.get("/t/<topic_id>/around/<event_id>")
def lineup_page(topic_id: str, event_id: str) -> Response:
    """The line-up of one topic around one event."""
    window = forms.choice("window", WINDOWS)
    chosen = forms.many("speaker")
    order = cast("Literal['shift', 'name', 'last']", forms.choice("order", ("shift", "name", "last")))
    show = forms.choice("show", ("all", "confirmed"))
    options = LineUpOptions(None if window == "all" else int(window), show == "confirmed", order)
    other = forms.text("event")
    if other is not None and other != event_id:
        query = forms.address(drop=("event",), ends="").partition("?")[2].rstrip("&")
        return as_response(redirect(url_for("lineup.lineup_page", topic_id=topic_id, event_id=other) + f"?{query}"))
    with reading() as db:
        whole = line_up(db, topic_id, event_id, options, chosen)
        if whole is None:
            abort(404)
        first = (forms.page() - 1) * ROWS
        if first and first >= len(whole.built.rows):
            abort(404)
        form = LineUpForm(window=window, show=show, order=order)
        title = f"{whole.subject.topic.name}, before and after: {whole.event.name}"
        # The addresses on it hold whatever was asked for, and some of its words tell how long ago something was.
        name = ("line-up", topic_id, event_id, range(first, first + ROWS), request.script_root, forms.address())
        content = cached(
            db, name, lambda: _rendered(db, whole, first, chosen, form), (whole.facts, now().date()), large=True
        )
    return render(LineUpPage(title, content))


def _rendered(db: Session, whole: KeptLineUp, first: int, chosen: Sequence[str], form: LineUpForm) -> Markup:
    rows = whole.built.rows[first : first + ROWS]
    ids = {one.claim_id for row in rows for one in _told(row)}
    shown = ShownLineUp(
        whole=whole,
        rows=rows,
        statements=speech.statements(db, ids),
        codings={number: one for (number, _), one in positions.codings(db, ids, whole.subject.topic.id).items()},
        roles=speech.last_roles(db, [row.speaker_id for row in rows]),
    )
    speakers = topic_stats(db, whole.subject.topic.id).speakers
    choices = tuple(SpeakerChoice(slug, name, not chosen or slug in chosen) for _, slug, name in speakers)
    page = _page(shown, choices=choices, form=form)
    return Markup(render_template(page.template, page=page))  # noqa: S704 - a template of our own, which escapes


def _told(row: LineUpRow) -> Iterator[LineUpStatement]:
    """The statements of a row that a page tells anything of, and the last one of all, which tells the role."""
    for cell, where in ((row.before, Placement.BEFORE), (row.after, Placement.AFTER)):
        yield from _nearest(cell, where)
        if cell.key is not None:
            yield cell.key
    yield from (*row.same_day, *row.uncertain, *row.unknown)
    yield _everything(row)[-1]


def _nearest(cell: LineUpSide, where: Placement) -> tuple[LineUpStatement, ...]:
    return cell.statements[-MOST:] if where is Placement.BEFORE else cell.statements[:MOST]


def _everything(row: LineUpRow) -> tuple[LineUpStatement, ...]:
    return (*row.before.statements, *row.same_day, *row.after.statements, *row.uncertain, *row.unknown)


def _page(material: ShownLineUp, *, choices: tuple[SpeakerChoice, ...], form: LineUpForm) -> LineUpContent:
    today = now().astimezone(UTC).date()
    event, labels = material.whole.event, StepLabels.of(material.subject.positions)
    whole = material.whole.built
    built = replace(whole, rows=material.rows)
    steps = [(one.step, one.label) for one in material.subject.positions]
    short = _short_names(material.whole.speakers)
    time = lineup_chart.axis(built, event.starts_on, event.ends_on, today)
    drawable = bool(steps) and any(
        row.verdict.before is not None or row.verdict.after is not None for row in built.rows
    )
    rows = tuple(_shown(row, material, labels, _until(built, today)) for row in built.rows)
    pivot = event.pivot.astimezone(UTC).date()
    name = event.pivot_name or event.name
    before_days, after_days = _spans(built, pivot, today)
    return LineUpContent(
        title=f"{material.subject.topic.name}, before and after: {event.name}",
        topic=material.subject.topic,
        event=event,
        events=tuple(event_link(one) for one in material.whole.events),
        lead=_lead(len(whole.rows), form.window, name, pivot),
        pivot_name=f"{name}, {dates.short_day(pivot)}" if event.pivot_name else name,
        tally=verdict_counts(whole),
        window=form.window,
        show=form.show,
        order=form.order,
        choices=choices,
        all_chosen=all(choice.chosen for choice in choices),
        positions=material.subject.positions,
        statements=sum(row.statements for row in rows),
        spread=f"{dates.short_day(time.first)} to {dates.short_day(min(time.last, max(today, time.ends)))}",
        before_days=before_days,
        pivot_day=dates.day(pivot),
        after_days=after_days,
        wide=lineup_chart.wide(built, steps, short, time, today) if drawable else None,
        narrow=lineup_chart.narrow(built, steps, short) if drawable else None,
        chart_words=_chart_words(rows, steps),
        rows=rows,
        paging=paging(forms.page(), ROWS, len(whole.rows), forms.address()),
        coverage=material.whole.coverage[1],
        unresolved=material.whole.unresolved,
        this_address=absolute_url(forms.address(drop=("event",), ends="").rstrip("?&")),
    )


def _shown(row: LineUpRow, material: ShownLineUp, labels: StepLabels, until: str) -> SpeakerRow:
    everything = _everything(row)
    who = material.whole.speakers[row.speaker_id]
    early = _side(row.before, Placement.BEFORE, material, who.slug)
    late = _side(row.after, Placement.AFTER, material, who.slug)
    judged = verdict(row.verdict, confirmed=row.confirmed, labels=labels, silent_until=until)
    compared = None
    if early.key is not None and late.key is not None:
        compared = wording.compare(early.key.words.text, late.key.words.text)
    role = material.statements[everything[-1].claim_id].role or material.roles.get(who.id)
    return SpeakerRow(
        slug=who.slug,
        name=who.name,
        role=role,
        statements=len(everything),
        before=early,
        after=late,
        verdict=judged,
        strips=_strips(row, material),
        notes=tuple(_note(one, row) for one in row.differing),
        compared=compared,
        table=(*_cell_words(row.before, material), *_cell_words(row.after, material)),
    )


def _side(cell: LineUpSide, where: Placement, material: ShownLineUp, slug: str) -> SideCard:
    word = "before" if where is Placement.BEFORE else "after"
    cards = tuple(_card(one, material) for one in _nearest(cell, where))
    key = _card(cell.key, material) if cell.key is not None else None
    if cell.key is not None and cell.key.step is None and where is Placement.BEFORE and not cell.key.key_quote:
        # What was said carries no position: the design shows that as "no position found", the words below it.
        key = None
    title = f"No position found {word} the event" if cell.statements else f"No statement found {word} the event"
    return SideCard(
        label=f"{word.capitalize()} the event",
        word=word,
        key=key,
        all=cards,
        total=len(cell.statements),
        empty_title=title,
        empty_text=_searched(cell, slug),
        note=_fragment_note(cell) if key is not None else None,
    )


def _searched(cell: LineUpSide, slug: str) -> str:  # noqa: ARG001 - the template adds the link to follow this speaker
    if cell.statements:
        return f"We looked in {dates.counted(len(cell.statements), 'statement')}."
    coverage = cell.coverage
    failing = f", {coverage.failing} of them failing now" if coverage.failing else ""
    look = f"Last search {dates.long_moment(coverage.last_look)}, in" if coverage.last_look else "Searched:"
    verb = "is" if coverage.documents == 1 else "are"
    held = f"{dates.counted(coverage.documents, 'document')} published in this time {verb} held."
    return f"{look} {dates.counted(coverage.sources, 'source')}{failing}. {held}"


def _fragment_note(cell: LineUpSide) -> str | None:
    if cell.key is not None and cell.key.fragment:
        return "Only fragments are quoted in the sources we hold. No full sentence, so no position is coded."
    return None


def _card(one: LineUpStatement, material: ShownLineUp) -> Card:
    coded = material.codings.get(one.claim_id)
    steps = material.subject.steps.get(coded.scale or 0, ()) if coded else ()
    if coded is not None and coded.step is not None and one.step is None:
        coded = None  # a suggestion the visitor asked not to see
    return card(material.statements[one.claim_id], coded, steps)


def _strips(row: LineUpRow, material: ShownLineUp) -> tuple[UndatedStatements, ...]:
    kinds = (
        (
            "Same day",
            "Said on the day of the turning point; no source gives the time: in no verdict.",
            row.same_day,
        ),
        ("Date uncertain", "The possible days reach across the turning point, so it is in no verdict.", row.uncertain),
        ("Date unknown", "No source tells the day, so it is in no verdict.", row.unknown),
    )
    return tuple(
        UndatedStatements(title, text, tuple(_card(one, material) for one in found))
        for title, text, found in kinds
        if found
    )


def _note(one: DifferingStatements, row: LineUpRow) -> str:
    way = f"{scales.count_in_words(abs(one.steps_away), 'step')} {'higher' if one.steps_away > 0 else 'lower'}"
    side = f"{one.place.value} the event"
    state = "" if one.confirmed else ", as a suggestion" if len(one.claims) == 1 else ", some as suggestions"
    if len(one.claims) > 1:
        return f"{dates.spelled(len(one.claims), 'other statement')} {side} are coded {way} ({one.step}){state}."
    said = next(other for other in _everything(row) if other.claim_id == one.claims[0])
    when = f" ({dates.short_day(said.said_from)})" if said.said_from else ""
    key = row.before.key if one.place is Placement.BEFORE else row.after.key
    later = bool(key and key.said_to and said.said_from and said.said_from > key.said_to)
    return f"{'A later' if later else 'Another'} statement {side}{when} is coded {one.step}, {way}{state}."


def _cell_words(cell: LineUpSide, material: ShownLineUp) -> tuple[str, str]:
    if cell.key is None:
        return "None", "–"
    shown = _card(cell.key, material)
    state = f" ({shown.chip.state})" if shown.chip.state != "none" else ""
    return f"{shown.chip.words}{state}", shown.said.words


def _until(built: LineUp, today: date) -> str:
    pivot = built.pivot.astimezone(UTC).date()
    if pivot > today:
        return f"the event is on {dates.short_day(pivot)}"
    if built.last_day is not None and built.last_day < today:
        return f"nothing found from {dates.short_day(pivot)} to {dates.short_day(built.last_day)}"
    return f"nothing found in {dates.counted((today - pivot).days, 'day')} since {dates.short_day(pivot)}"


def _spans(built: LineUp, pivot: date, today: date) -> tuple[str, str]:
    early = (
        f"{dates.short_day(built.first_day)} to {dates.short_day(pivot)}"
        if built.first_day
        else f"until {dates.short_day(pivot)}"
    )
    if built.last_day is None:
        return early, f"since {dates.short_day(pivot)}"
    if built.last_day <= today:
        return early, f"{dates.short_day(pivot)} to {dates.short_day(built.last_day)}"
    return (
        early,
        f"{dates.short_day(pivot)} to {dates.short_day(today)} (window ends {dates.short_day(built.last_day)})",
    )


def _lead(speakers: int, window: str, name: str, pivot: date) -> str:
    who = f"{dates.spelled(speakers, 'speaker').lower()}"
    span = "at any time before and after" if window == "all" else f"in the {window} days either side of"
    when = f"{dates.day(pivot)} ({name})"
    return f"What {who} said {span} {when}, quoted word for word."


def _chart_words(rows: Sequence[SpeakerRow], steps: Sequence[tuple[int, str]]) -> str:
    if not steps:
        return ""
    kinds: dict[str, list[str]] = {}
    for row in rows:
        kinds.setdefault(row.verdict.title.lower(), []).append(row.name)
    said = "; ".join(f"{words}: {', '.join(names)}" for words, names in kinds.items())
    low, high = steps[0], steps[-1]
    scale = f"Position runs from {low[0]}, {low[1]}, at the bottom to {high[0]}, {high[1]}, at the top."
    return f"Time runs left to right. {scale} {said}. All values are in the data table below."


def _short_names(speakers: Mapping[int, SpeakerRef]) -> dict[int, str]:
    """The last word of each name, or the whole name where two speakers share it."""
    last = {number: who.name.split()[-1] if who.name.split() else who.name for number, who in speakers.items()}
    bearers = Counter(last.values())
    return {number: who.name if bearers[last[number]] > 1 else last[number] for number, who in speakers.items()}
