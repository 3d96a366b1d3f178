"""A line-up's rows as the page tells them: both key quotes, the verdict between, empty cells and what stands on no side."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date

from tracker.archive.urls import on_the_web
from tracker.positions import shift_rule
from tracker.positions.lineup import Coverage, DifferingStatements, LineUp, LineUpRow, LineUpSide, SourceGap
from tracker.positions.placement import LineUpStatement, Placement, placed_by_hand
from tracker.positions.queries import LabelledCoding
from tracker.positions.shift_rule import NotComparable
from tracker.speech.queries import Statement
from tracker.web.views import dates, wording
from tracker.web.views.cards import Card, StepLabels, VerdictCard, card, verdict
from tracker.web.views.lineup_chart import nearest
from tracker.web.views.lineups import KeptLineUp
from tracker.web.views.wording import Compared

KEY_WORDS = 170
"""Letters of a key quote that the page shows at once; the whole of it is one click away and on the statement's page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLineUp:
    """A line-up with the statements and codings that one page of it shows, and only those."""

    whole: KeptLineUp
    rows: tuple[LineUpRow, ...]
    statements: Mapping[int, Statement]
    codings: Mapping[int, LabelledCoding]
    coverage: tuple[Coverage, Coverage]
    timed: frozenset[int]
    """The statements whose minute an editor set."""
    elsewhere: Mapping[int, tuple[int, int]]
    """Of speakers with an empty side: how often they spoke of something else before and after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SideCard:
    """One side of one speaker: the key quote, all statements, or an honest empty cell."""

    label: str
    word: str
    key: Card | None
    cut: str | None
    """The key quote as the page shows it where it is too long to be shown whole."""
    chosen: bool
    """An editor chose the key quote."""
    suggested: bool
    note: int | None
    """The number of its source in the list that is printed."""
    all: tuple[Card, ...]
    total: int
    empty_title: str
    empty_text: tuple[str, ...]
    searched: str
    """What was searched on an empty side, and when."""
    gaps: tuple[SourceGap, ...]
    """The sources that were not read in the days of an empty side."""
    fragments: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnplacedStatement:
    """A statement that stands on no side, with its row id for whoever may place it."""

    claim_id: int
    card: Card
    timed: bool
    """Whether an editor may tell its minute: its day is known."""
    undo: str | None = None
    """What takes back where an editor put it: "undo" or "undo time"; None where nobody did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndatedStatements:
    """Statements that stand on no side, and why."""

    place: str
    title: str
    text: str
    statements: tuple[UnplacedStatement, ...]


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
    notes: tuple[str, ...]
    strips: tuple[UndatedStatements, ...]
    compared: Compared | None
    pair: tuple[str, str] | None
    """The public ids of the two key quotes, to compare them word by word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedSource:
    """Where a key quote was read, as a page on paper lists it."""

    number: int
    label: str
    outlet: str
    address: str | None


def tell_rows(material: ShownLineUp, today: date) -> tuple[tuple[SpeakerRow, ...], tuple[NumberedSource, ...]]:
    """The rows of one page in order, and the numbered sources of their key quotes."""
    sources: list[NumberedSource] = []
    until = _until(material.whole.built, today)
    rows = tuple(_row(row, material, until, sources) for row in material.rows)
    return rows, tuple(sources)


def _row(row: LineUpRow, material: ShownLineUp, until: str, sources: list[NumberedSource]) -> SpeakerRow:
    who = material.whole.speakers[row.speaker_id]
    early, late = (_side(row, where, material, sources) for where in (Placement.BEFORE, Placement.AFTER))
    compared, pair = None, None
    if early.key is not None and late.key is not None:
        compared = wording.compare(early.key.words.text, late.key.words.text)
        pair = early.key.public_id, late.key.public_id
    everything = row.everything
    judged = verdict(row.verdict, labels=StepLabels.of(()), silent_until=until)
    if row.verdict.refusal is NotComparable.SAME_DAY_AFTER:
        judged = replace(judged, title=f"{len(row.same_day)} of the same day, not placed")
    return SpeakerRow(
        slug=who.slug,
        name=who.name,
        role=material.statements[everything[-1].claim_id].role,
        statements=len(everything),
        before=early,
        after=late,
        verdict=judged,
        notes=(*_ranges(row), *(_note(one, row) for one in row.differing), *_proposed(row)),
        strips=_strips(row, material),
        compared=compared,
        pair=pair,
    )


def _ranges(row: LineUpRow) -> list[str]:
    return [
        f"{place} the event the confirmed positions run from {cell.held[0]} to {cell.held[-1]}."
        for place, cell in (("Before", row.before), ("After", row.after))
        if len(cell.held) > 1
    ]


def _proposed(row: LineUpRow) -> list[str]:
    if row.proposed is None:
        return []
    return [f"Suggestions, which no editor has checked, would say: {shift_rule.verdict_sentence(row.proposed)}."]


def _side(row: LineUpRow, where: Placement, material: ShownLineUp, sources: list[NumberedSource]) -> SideCard:
    early = where is Placement.BEFORE
    cell, coverage = (row.before if early else row.after), material.coverage[0 if early else 1]
    word = "before" if early else "after"
    shown = cell.shown
    if shown is not None and shown.step is None and early and not shown.key_quote:
        # What was said carries no position: the design shows that as "no position found", the words below it.
        shown = None
    key = statement_card(shown, material) if shown is not None else None
    whole = key.words.text if key is not None else ""
    return SideCard(
        label=f"{word.capitalize()} the event",
        word=word,
        key=key,
        cut=cut_words(whole) if len(whole) > KEY_WORDS else None,
        chosen=shown is not None and shown.key_quote,
        suggested=shown is not None and shown.step is not None and not shown.confirmed,
        note=_source(shown, material, sources) if shown is not None else None,
        all=tuple(statement_card(one, material) for one in nearest(cell, before=early)),
        total=len(cell.statements),
        empty_title=_empty_title(cell, row, word),
        empty_text=tuple(_empty_text(cell, row, material, 0 if early else 1)) if key is None else (),
        searched=searched(coverage) if key is None and not cell.statements else "",
        gaps=coverage.down if key is None and not cell.statements else (),
        fragments=shown is not None and shown.step is None and shown.fragment,
    )


def cut_words(text: str) -> str:
    """The beginning of a long quote, cut between two words; "[…]" says that it goes on."""
    return f"{text[:KEY_WORDS].rsplit(' ', 1)[0].rstrip(',;:')} […]"


def _source(one: LineUpStatement, material: ShownLineUp, sources: list[NumberedSource]) -> int | None:
    said = material.statements[one.claim_id]
    if said.read is None:
        return None
    number = len(sources) + 1
    told = statement_card(one, material)
    read_in = told.said.read_in or "outlet not recorded"
    sources.append(NumberedSource(number=number, label=told.label, outlet=read_in, address=on_the_web(said.read.url)))
    return number


def _empty_title(cell: LineUpSide, row: LineUpRow, word: str) -> str:
    if cell.statements:
        return f"No position found {word} the event"
    if row.same_day:
        return f"{dates.spelled(len(row.same_day), 'statement')} of the same day, not placed"
    return f"None collected {word} the event"


def _empty_text(cell: LineUpSide, row: LineUpRow, material: ShownLineUp, side: int) -> list[str]:
    if cell.statements:
        return [f"We looked in {dates.counted(len(cell.statements), 'statement')}; none has a confirmed position."]
    told = []
    if row.unknown:
        words = dates.counted(len(row.unknown), "statement")
        told.append(f"{words} without a day {'is' if len(row.unknown) == 1 else 'are'} held; see below.")
    if row.uncertain:
        words = dates.counted(len(row.uncertain), "statement")
        told.append(f"The day of {words} is not sure; see below.")
    spoke = material.elsewhere.get(row.speaker_id, (0, 0))[side]
    if spoke:
        when = "in these days" if side == 0 else "since"
        told.append(f"Spoke {spoke:,} {'time' if spoke == 1 else 'times'} {when}, none on this topic.")
    return told


def searched(coverage: Coverage) -> str:
    """What was searched on a side, and when."""
    look = f"Last search {dates.long_moment(coverage.last_look)}, in" if coverage.last_look else "Searched:"
    held = f"{dates.counted(coverage.documents, 'document')} of these days held."
    return f"{look} {dates.counted(coverage.sources, 'source')}. {held}"


def statement_card(one: LineUpStatement, material: ShownLineUp) -> Card:
    """A statement of the line-up as its page shows it, with no suggestion that the visitor asked not to see."""
    coded = material.codings.get(one.claim_id)
    steps = material.whole.subject.steps.get(coded.scale or 0, ()) if coded else ()
    return card(material.statements[one.claim_id], coded, steps)


def _strips(row: LineUpRow, material: ShownLineUp) -> tuple[UndatedStatements, ...]:
    kinds = (
        (
            "during",
            "During the event",
            "Said on the days of the event itself, which stand on neither side.",
            row.during,
        ),
        (
            "same-day",
            "Same day",
            "Said on the day of the turning point; no source gives the time: in no verdict.",
            row.same_day,
        ),
        (
            "uncertain",
            "Date uncertain",
            "The possible days reach across the turning point, so it is in no verdict.",
            row.uncertain,
        ),
        ("undated", "Date unknown", "No source tells the day, so it is in no verdict.", row.unknown),
    )
    return (*_placed(row, material), *_unplaced(kinds, material))


def _placed(row: LineUpRow, material: ShownLineUp) -> list[UndatedStatements]:
    """What an editor put on a side: a person's word, and shown as such."""
    found = []
    for one in (*row.before.statements, *row.after.statements):
        if one.claim_id not in material.statements:
            continue
        undo = "undo time" if one.claim_id in material.timed else "undo" if one.placed is not None else None
        if undo is not None and (undo == "undo time" or placed_by_hand(one, material.whole.turn)):
            told = statement_card(one, material)
            found.append(UnplacedStatement(claim_id=one.claim_id, card=told, timed=False, undo=undo))
    if not found:
        return []
    text = "No source tells on which side they stand; an editor found it."
    return [UndatedStatements(place="placed", title="Placed by an editor", text=text, statements=tuple(found))]


def _unplaced(
    kinds: Iterable[tuple[str, str, str, tuple[LineUpStatement, ...]]], material: ShownLineUp
) -> tuple[UndatedStatements, ...]:
    return tuple(
        UndatedStatements(
            place=place,
            title=title,
            text=text,
            statements=tuple(
                UnplacedStatement(
                    claim_id=one.claim_id,
                    card=statement_card(one, material),
                    timed=one.said_from is not None and one.said_from == one.said_to,
                )
                for one in found
            ),
        )
        for place, title, text, found in kinds
        if found
    )


def _note(one: DifferingStatements, row: LineUpRow) -> str:
    way = f"{shift_rule.count_in_words(abs(one.steps_away), 'step')} {'higher' if one.steps_away > 0 else 'lower'}"
    side = f"{one.place.value} the event"
    if len(one.claims) > 1:
        return f"{dates.spelled(len(one.claims), 'other statement')} {side} are coded {way} ({one.step})."
    said = next(other for other in row.everything if other.claim_id == one.claims[0])
    when = f" ({dates.short_day(said.said_from)})" if said.said_from else ""
    key = row.before.key if one.place is Placement.BEFORE else row.after.key
    later = bool(key and key.said_to and said.said_from and said.said_from > key.said_to)
    return f"{'A later' if later else 'Another'} statement {side}{when} is coded {one.step}, {way}."


def _until(built: LineUp, today: date) -> str:
    pivot = built.pivot.astimezone(UTC).date()
    if pivot > today:
        return f"the event is on {dates.short_day(pivot)}"
    if built.last_day is not None and built.last_day < today:
        return f"nothing found until {dates.short_day(built.last_day)}"
    return f"nothing found in {dates.counted((today - pivot).days, 'day')} since {dates.short_day(pivot)}"
