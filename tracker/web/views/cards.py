"""How statements, dates, positions and verdicts are shown: frozen values that the macros of the design render."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from tracker.archive.urls import on_the_web
from tracker.positions import shift_rule
from tracker.positions.lineup import LineUp, LineUpRow
from tracker.positions.models import CodingReading, Position, Topic
from tracker.positions.queries import LabelledCoding
from tracker.positions.shift_rule import Verdict, VerdictKind
from tracker.speech import phrasing
from tracker.speech.models import Correction, Precision, QuoteKind
from tracker.speech.phrasing import ShownWords
from tracker.speech.queries import Statement
from tracker.speech.states import UNCHECKED
from tracker.speech.types import Polarity
from tracker.speech.wording import visible
from tracker.web.views import dates

RIGHT_TO_LEFT = ("ar", "fa", "he", "ur", "ps", "yi")
GLYPHS = {
    VerdictKind.UNCHANGED: ("unchanged", "glyph-same"),
    VerdictKind.FIRST: ("first", "glyph-first"),
    VerdictKind.SILENT: ("silent", "glyph-silent"),
    VerdictKind.UNCLEAR: ("unclear", "glyph-unclear"),
}
BASIS = {
    "published": "the day it was published; the text itself names no day",
    "header": "the heading of the transcript",
    "by hand": "entered by hand",
}
CORRECTED = {
    "speaker": "Speaker", "office": "Office", "day": "Day", "kind": "Kind of words", "condition": "Condition",
    "statement": "Statement",
}  # fmt: skip
READINGS = {
    CodingReading.NO_POSITION: "No position taken",
    CodingReading.DECLINED: "Declined to answer",
    CodingReading.AMBIGUOUS: "Ambiguous",
    CodingReading.OFF_TOPIC: "Off topic",
    CodingReading.FRAGMENT: "Only a fragment",
}
"""The kinds of "no position" as people read them."""
KINDS = {QuoteKind.INDIRECT: "reported speech, not word for word", QuoteKind.MIXED: "partly quoted"}


@dataclass(frozen=True, slots=True)
class Chip:
    """A position: its number and words on its ladder, and whether a person has confirmed it."""

    state: str
    words: str
    rungs: tuple[bool, ...] = ()
    scale: tuple[str, int, int] | None = None
    """The topic, the version of its scale and the step, to look up what it means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidDate:
    """When it was said, how exactly that is known, and the evidence."""

    words: str
    iso: str | None
    tag: str
    conflict: str | None
    evidence_quote: str | None
    evidence: str
    read_in: str | None
    place: str | None
    place_conflict: str | None
    sure: bool
    """The text itself tells the one day: nothing need be said of it beside the words."""


@dataclass(frozen=True, slots=True)
class SpeakerName:
    """A speaker as named on a page; `slug` is None for a mention resolved to nobody, or where there is no mention."""

    words: str
    slug: str | None
    candidates: tuple[str, ...] = ()
    mentioned: bool = True


@dataclass(frozen=True, slots=True)
class TopicLink:
    """A topic's name and address."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionNote:
    """What an editor corrected, as everybody reads it."""

    day: str
    what: str
    """"Speaker", "Day", "Kind of words", "Condition", "Office"."""
    old: str
    new: str
    reason: str

    @property
    def line(self) -> str:
        """The correction in a line: "Corrected 6 Mar 2024: speaker, “Ada Moor” before, now “Bela Roth” (misread)"."""
        why = f" ({self.reason})" if self.reason else ""
        return f"Corrected {self.day}: {self.what.lower()}, “{self.old}” before, now “{self.new}”{why}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A statement as it stands in any list."""

    public_id: str
    label: str
    name: SpeakerName
    role: str | None
    words: ShownWords
    verb: str
    """ "said" or "denied"."""
    kind: str | None
    lang: str | None
    dir: str | None
    cite: str | None
    said: SaidDate
    documents: int
    sha256: str | None
    chip: Chip
    topics: tuple[TopicLink, ...]
    question: str | None
    condition: str | None
    changed: bool
    unchecked: bool = False
    """No editor has looked at it yet."""
    correction: CorrectionNote | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictCard:
    """A verdict in the design's terms: `kind` and `basis` choose border and colour, `glyph` the drawing."""

    kind: str
    basis: str
    glyph: str
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class VerdictCount:
    """How many rows hold a verdict."""

    glyph: str
    number: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """Where one page of a list stands among all of them; the addresses of its neighbours."""

    first: int
    last: int
    total: int
    newer: str | None = None
    older: str | None = None


@dataclass(frozen=True, slots=True)
class StepLabels:
    """The words of a topic's steps, and its versions of the scale."""

    positions: tuple[Position, ...]
    words: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, positions: Sequence[Position]) -> "StepLabels":
        """The words of these steps."""
        return cls(tuple(positions), {one.step: f"{one.step} “{one.label}”" for one in positions})

    def name(self, step: int | None) -> str:
        """A step in words: 2 “Not now”."""
        return self.words.get(step, str(step)) if step is not None else "None"


def chip(coded: LabelledCoding | None, steps: Sequence[int] = ()) -> Chip:
    """The position chip of a coding; without one it says so."""
    if coded is None:
        return Chip("none", "No position coded")
    if coded.step is None:
        words = READINGS[coded.reading]
        return Chip("none", f"{words} ({coded.state.value})")
    rungs = tuple(step == coded.step for step in steps) or (True,)
    scale = (coded.topic_id, coded.scale, coded.step) if coded.scale is not None else None
    return Chip(coded.state.value, f"{coded.step} {coded.label}", rungs, scale)


def said_date(one: Statement) -> SaidDate:
    """When a statement was said, never more exactly than it is known."""
    words, iso, tag = _when(one)
    quote = one.said_basis if one.said_basis and one.said_basis not in BASIS else None
    evidence = BASIS.get(one.said_basis, "" if quote else "no day is given in the source")
    # "an interview with Nord TV" says already that it was an interview.
    told = one.channel if one.channel and one.channel not in (one.venue or "").lower() else None
    place = ", ".join(part for part in (one.venue, told) if part) or None
    return SaidDate(
        words=words,
        iso=iso,
        tag=tag,
        conflict=one.said_conflict,
        evidence_quote=quote,
        evidence=evidence,
        read_in=_read_in(one),
        place=place,
        place_conflict=one.venue_conflict,
        sure=one.said_precision is Precision.DAY and one.said_basis != "published" and one.said_conflict is None,
    )


def card(
    one: Statement,
    coded: LabelledCoding | None = None,
    steps: Sequence[int] = (),
    topics: Iterable[Topic] = (),
    note: str | None = None,
) -> Card:
    """A statement as lists show it, with the position coded on one topic."""
    when = said_date(one)
    name = speaker_name(one)
    lang = one.read.language if one.read else None
    return Card(
        public_id=one.public_id,
        label=statement_label(one),
        name=name,
        role=one.role,
        words=phrasing.show_words(visible(one.text), one.kind, one.polarity),
        verb=phrasing.VERBS[one.polarity],
        kind=KINDS.get(one.kind),
        lang=lang,
        dir=direction(lang),
        cite=on_the_web(one.read.url) if one.read else None,
        said=when,
        documents=one.read.documents if one.read else 0,
        sha256=one.read.sha256 if one.read else None,
        chip=chip(coded, steps),
        topics=tuple(TopicLink(topic.id, topic.name) for topic in topics),
        question=one.question,
        condition=one.condition,
        changed=one.read.changed if one.read else False,
        unchecked=one.status in UNCHECKED,
        correction=correction_note(one.correction) if one.correction else None,
        note=note,
    )


def correction_note(one: Correction) -> CorrectionNote:
    """A correction in words."""
    return CorrectionNote(
        day=dates.short_day(one.at.date()),
        what=CORRECTED.get(one.field, one.field),
        old=visible(one.old),
        new=visible(one.new),
        reason=visible(one.reason),
    )


def direction(language: str | None) -> str | None:
    """The `dir` attribute of a language: None for left to right."""
    return "rtl" if (language or "").split("-")[0] in RIGHT_TO_LEFT else None


def speaker_name(one: Statement) -> SpeakerName:
    """The speaker, or the mention with those who could be meant."""
    if one.speaker is not None:
        return SpeakerName(visible(one.speaker.name), one.speaker.slug)
    mention = visible(one.speaker_text or "").strip()
    return SpeakerName(mention or "Speaker not named", None, one.candidates, mentioned=bool(mention))


def statement_label(one: Statement, place: str | None = None) -> str:
    """Who (and where) and when, for titles, lists and citations: "Ada Moor, Wed 12 July 2023", "Ada Moor (denial), …"."""
    denial = " (denial)" if one.polarity is Polarity.DENIED else ""
    return ", ".join(part for part in (f"{speaker_name(one).words}{denial}", place, said_date(one).words) if part)


def verdict(found: Verdict, *, labels: StepLabels, silent_until: str = "") -> VerdictCard:
    """A verdict with its sentence: "From 2 “Not now” to 3 “Later”. Both codings confirmed."."""
    basis = "none" if found.outcome is VerdictKind.UNCLEAR else "confirmed"
    before, after = labels.name(found.before), labels.name(found.after)
    if found.outcome in {VerdictKind.MOVED, VerdictKind.REVERSED}:
        detail = f"From {before} to {after}."
    elif found.outcome is VerdictKind.UNCHANGED:
        detail = f"{after} on both sides."
    elif found.outcome is VerdictKind.FIRST:
        detail = f"None coded before; then {after}."
    elif found.outcome is VerdictKind.SILENT:
        detail = f"{before}; {silent_until}."
    else:
        refusal = str(found.refusal)
        detail = f"{refusal[:1].upper()}{refusal[1:]}."
    kind, glyph = verdict_style(found)
    words = shift_rule.verdict_title(found)
    return VerdictCard(kind=kind, basis=basis, glyph=glyph, title=words[:1].upper() + words[1:], detail=detail.strip())


def verdict_style(found: Verdict) -> tuple[str, str]:
    """The state name and the glyph of a verdict."""
    if found.outcome in {VerdictKind.MOVED, VerdictKind.REVERSED}:
        return found.outcome.value, "glyph-down" if found.distance < 0 else "glyph-up"
    return GLYPHS[found.outcome]


def verdict_counts(found: LineUp) -> tuple[VerdictCount, ...]:
    """How many speakers moved, stayed, changed sides …, in words."""
    return tuple(
        VerdictCount(_count_glyph(kind, found.rows), number, shift_rule.verdict_title(kind))
        for kind, number in found.tally
    )


def paging(page: int, per_page: int, total: int, address: str) -> Paging:
    """Where one page stands; `address` ends where the page number is put."""
    first = (page - 1) * per_page
    return Paging(
        first=min(first + 1, total),
        last=min(first + per_page, total),
        total=total,
        newer=f"{address}{page - 1}" if page > 1 else None,
        older=f"{address}{page + 1}" if first + per_page < total else None,
    )


def _count_glyph(kind: Verdict, rows: Sequence[LineUpRow]) -> str:
    same = [row.verdict for row in rows if row.verdict.outcome is kind.outcome]
    if kind.outcome is VerdictKind.MOVED:
        return verdict_style(kind)[1]
    return verdict_style(same[0] if same and all(one.distance < 0 for one in same) else kind)[1]


def _when(one: Statement) -> tuple[str, str | None, str]:
    first, last = one.said_from, one.said_to
    if first is None and last is None:
        return "date unknown", None, "no date found"
    if first is None or last is None:
        return _open_ended(first, last)
    if first == last:
        return _one_day(one, first)
    if one.said_precision is Precision.MONTH:
        return dates.month(first), first.isoformat()[:7], "month only"
    if one.said_precision is Precision.YEAR:
        return str(first.year), str(first.year), "year only"
    return f"between {dates.day(first)} and {dates.day(last)}", None, "day not exact"


def _one_day(one: Statement, first: date) -> tuple[str, str, str]:
    if one.said_at is not None:
        return f"{dates.day(first)}, {one.said_at.astimezone(UTC):%H:%M} UTC", dates.iso(one.said_at), "exact time"
    tag = "day of publication" if one.said_basis == "published" else "exact day"
    return dates.day(first), first.isoformat(), tag


def _open_ended(first: date | None, last: date | None) -> tuple[str, str, str]:
    if last is not None:
        return f"on or before {dates.day(last)}", last.isoformat(), "on or before"
    known = first or date.min
    return f"on or after {dates.day(known)}", known.isoformat(), "on or after"


def _read_in(one: Statement) -> str | None:
    if one.read is None:
        return None
    outlet = one.read.outlet or "outlet not recorded"
    if one.read.published_at is None:
        return outlet
    return f"{outlet}, {_published_day(one.read.published_at, one.read.published_precision)}"


def _published_day(value: datetime, precision: str | None) -> str:
    return dates.month(value.date()) if precision == "month" else dates.short_day(value.astimezone(UTC).date())
