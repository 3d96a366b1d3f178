"""Reads a transcript: turns as utterances, each answer with the question it answers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice

from tracker.languages.data import Language, or_default
from tracker.languages.phrases import any_of, either, lowered
from tracker.speech.dates.expressions import Clock, local_day
from tracker.speech.dates.page_lines import header_date, published_day
from tracker.speech.people.person_index import PersonIndex
from tracker.speech.quotes.prose import condition
from tracker.speech.tokens import layout
from tracker.speech.turns import cut
from tracker.speech.turns.dialect import Dialect
from tracker.speech.turns.exchanges import Exchange, exchanges
from tracker.speech.turns.labels import Labels, bare_title
from tracker.speech.turns.opening import opening, spoken
from tracker.speech.turns.speech import heading, is_speech
from tracker.speech.types import Manuscript, Mention, Quote, Said, Span

_CLIP = re.compile(
    r"\(BEGIN (?:VIDEO|AUDIO) ?(?:CLIP|TAPE)\).*?(?:\(END (?:VIDEO|AUDIO) ?(?:CLIP|TAPE)\)|\Z)", re.DOTALL
)
"""A recording played in a broadcast: nobody tells when it was made."""
_PLAYED = re.compile(r"^\(SOUNDBITE OF (?![^)\n]*(?:MUSIC|SONG|THEME))[^)\n]*\)\s*$", re.MULTILINE)
"""A line that says a recording is played: the turn behind it is the recording's."""
_SLANTED = re.compile(r"[ \t]*([*_])(?![*_\s])[^\n]*\1[ \t]*(?:\n|$)")
"""A paragraph in italics, where the labels of those in the room are bold: what was said before is quoted."""
LABELS = 4
"""Labels from which a text of unknown kind may be a transcript."""
_MAYBE = re.compile(
    r"^(?:[^\n:]{1,200}:|[ \t\u00a0>#*_\\]*(?:Q[ \t\u00a0]|>>|\*\*)|[^\n]{1,120}[(\[]\d{1,2}:\d\d)", re.MULTILINE
)
"""Lines that may begin with a label of any dialect: most articles have too few to be looked at dialect by dialect."""
HEADER = 1500
"""Code points within which the header of a speech ends: title, place, day, who speaks."""
LEADER = 200
"""A moderator's turn longer than this opens a new subject: the question before it is over."""
_RECORDED = Said(rule="a recording of an unknown day")


@lru_cache(maxsize=16)
def _inserted(language: Language) -> re.Pattern[str]:
    """Find words a transcriber has put in, not times and stage directions."""
    directions = either(language.transcripts.stage_directions)
    return re.compile(rf"\[(?!\d{{1,2}}:\d\d|{directions})[^\]\n]{{1,80}}\]", re.IGNORECASE)


@lru_cache(maxsize=16)
def _statements(language: Language) -> re.Pattern[str]:
    """Find the kind of a written statement in a title."""
    return re.compile(rf"(?:{either(language.transcripts.statements)})\b", re.IGNORECASE)


@lru_cache(maxsize=16)
def _by_author(language: Language) -> re.Pattern[str]:
    """Find, in a title, the kind of a statement and the word before its author."""
    words = language.transcripts
    return re.compile(rf"\b(?:{either(words.single_statements)})\s+(?:{either(words.author_by)})\b", re.IGNORECASE)


def labels_of(manuscript: Manuscript, language: Language | None) -> tuple[Dialect, list[re.Match[str]]] | None:
    """The dialect and labels of a transcript, or None."""
    told = manuscript.kind == "transcript" or is_speech(manuscript, language)
    return cut.choose(manuscript.text, heading(manuscript), or_default(language), told=told)


_SENTENCE = re.compile(r"(?:[^\W\d_]+[,’'\-]*\s+){3}[^\W\d_]+[^.?!…]*[.?!…]|(?:\w+\W+){12}")
"""Find four words and a full stop behind them, or a dozen words."""


def looks_like(manuscript: Manuscript, language: Language | None) -> bool:
    """Whether a text of unknown kind is a transcript: a speech, or many labels, two voices, most text under them."""
    if is_speech(manuscript, language):
        return True
    if sum(1 for _ in islice(_MAYBE.finditer(manuscript.text), LABELS)) < LABELS:
        return False
    found = labels_of(manuscript, language)
    if found is None or len(found[1]) < LABELS:
        return False
    words = [cut.label_words(m) for m in found[1]]
    lines = max(1, len(layout.paragraphs(manuscript.text)))
    if not _are_spoken(manuscript.text, [match.span() for match in found[1]]):
        return False
    return len(set(words)) > 1 and len(words) * 8 >= lines and max(words.count(w) for w in set(words)) > 1


def _are_spoken(text: str, labels: list[Span]) -> bool:
    """Whether sentences follow most labels, and no times, prices and lists of names as in "Termin: 3. Mai", "Tel: ..."."""
    ends = [start for start, _ in labels[1:]] + [len(text)]
    said = [text[start:end].strip() for (_, start), end in zip(labels, ends, strict=True)]
    return sum(_SENTENCE.search(words) is not None for words in said) * 2 >= len(said)


def read_transcript(manuscript: Manuscript, language: Language | None) -> tuple[Quote, ...]:
    """The turns of a transcript as utterances, in order; a written statement is one speaker's turn."""
    text = manuscript.text
    found = labels_of(manuscript, language)
    if found is None:
        return _statement(manuscript, language)
    turns = cut.turns(text, *found, or_default(language))
    end = turns[0].label[0] if turns else 0
    when = _said(manuscript, language, end)
    labels = Labels(manuscript, language, turns, when.first, found[0].bodies)
    out = _opening(manuscript, language, end, when)
    question: Span | None = None
    previous: cut.Turn | None = None
    clips = [m.span() for m in _CLIP.finditer(text)] if "(BEGIN " in text else []
    bold = sum(text.startswith(("**", "__"), _line(text, turn.label[0])) for turn in turns) * 2 > len(turns)
    for turn in turns:
        if not turn.passages:
            continue
        mention = labels.mention(turn)
        if any(a <= turn.label[0] < b for a, b in clips) or _is_played(text, turn, bold=bold):
            out += [
                _quote(text, span, mention, _RECORDED, language=language, rule="turn, recording")
                for span in turn.passages
            ]
            continue
        asked = question if turn.part == "answer" else None
        if asked is None and turn.part == "answer" and previous is not None and previous.words != turn.words:
            asked = _asks(text, previous)
        rule = f"turn, {found[0].name}"
        out += [
            _quote(text, span, mention, when, question=asked, language=language, rule=rule) for span in turn.passages
        ]
        if turn.part == "question":
            question = (turn.passages[0][0], turn.passages[-1][1])
        elif turn.part == "moderator":
            long = turn.passages[-1][1] - turn.passages[0][0] > LEADER
            question = _asks(text, turn) or (None if long else question)
        previous = turn
    return tuple(out)


def _line(text: str, at: int) -> int:
    """Where the line of a code point begins."""
    return text.rfind("\n", 0, at) + 1


def _is_played(text: str, turn: cut.Turn, *, bold: bool) -> bool:
    """Whether a turn is from a recording of another day: announced as one, or in italics among turns with bold labels."""
    begins = _line(text, turn.label[0])
    before = text[max(0, begins - LEADER) : begins].rstrip("\n")
    if _PLAYED.match(before, before.rfind("\n") + 1):
        return True
    return bold and _SLANTED.match(text, begins) is not None


def _opening(manuscript: Manuscript, language: Language | None, end: int, when: Said) -> list[Quote]:
    """The remarks before the first label, where the heading says whose they are."""
    found = opening(manuscript, language, end)
    if found is None:
        return []
    mention, spans = found
    rule = "turn, opening remarks"
    return [_quote(manuscript.text, span, mention, when, language=language, rule=rule) for span in _grouped(spans)]


def _grouped(spans: Iterable[Span]) -> list[Span]:
    """Paragraphs together as passages one can cite."""
    grouped: list[Span] = []
    for span in spans:
        if grouped and span[1] - grouped[-1][0] <= cut.PASSAGE:
            grouped[-1] = (grouped[-1][0], span[1])
        else:
            grouped.append(span)
    return grouped


def _asks(text: str, turn: cut.Turn) -> Span | None:
    """The words of a turn that ends with a question mark, as interviewers' turns do."""
    if turn.passages and text[turn.passages[-1][0] : turn.passages[-1][1]].rstrip(" \"”'’)*").endswith("?"):
        return (turn.passages[0][0], turn.passages[-1][1])
    return None


def _said(manuscript: Manuscript, language: Language | None, end: int) -> Said:
    day = local_day(manuscript)
    published = published_day(day, manuscript.published_precision)
    if language is None or not end:
        return published
    clock = Clock(language, day, month_only=manuscript.published_precision != "day")
    return header_date(clock, manuscript.text, end) or published


def _quote(
    text: str,
    span: Span,
    mention: Mention | None,
    when: Said,
    *,
    question: Span | None = None,
    language: Language | None,
    rule: str,
) -> Quote:
    return Quote(
        start=span[0],
        end=span[1],
        spans=(span,),
        kind="turn",
        speaker=mention,
        said=when,
        question=question,
        condition=_condition(text, span, language),
        altered=_inserted(or_default(language)).search(text, *span) is not None,
        rule=rule,
    )


def _condition(text: str, span: Span, language: Language | None) -> Span | None:
    start, end = span
    found = condition(lowered(text[start:end]), ((0, end - start),), language)
    return (start + found[0], start + found[1]) if found else None


def _statement(manuscript: Manuscript, language: Language | None) -> tuple[Quote, ...]:
    """Read a written statement or speech without labels: its author is the one name of the title."""
    text, title = manuscript.text, heading(manuscript)
    whole = layout.paragraphs(text)
    begins = spoken(text[:HEADER]) if len(whole) > 1 else ()
    start = begins[0][0] if begins else 0
    spans = [s for s in whole if s[0] >= start and len(text[s[0] : s[1]].split()) > 3]  # noqa: PLR2004
    if not spans:
        return ()
    asked = exchanges(text, language) if language else ()
    if asked and language:
        return _interview(manuscript, language, asked)
    known = or_default(language)
    told = [line for line in (title, *text[: spans[0][0]].splitlines()) if _statements(known).search(line)]
    named = (PersonIndex(bare_title(line, language), language, manuscript.known).people for line in told)
    names = next((list(people.values()) for people in named if people), [])
    title = told[0] if told and told[0] == title else ""
    mention = None
    if len(names) == 1:
        mention = Mention(
            start=0,
            end=0,
            text="",
            name=names[0].name,
            candidates=(),
            role=names[0].roles[0] if names[0].roles else None,
            chain=(),
            rule="title",
        )
    elif len(names) > 1 and _by_author(known).search(title):
        first = min(names, key=lambda p: p.where[0])
        between = title[first.where[0][1] : names[1].where[0][0]]
        single = not any_of(known.grammar.conjunctions | known.transcripts.together).search(between)
        if single:
            mention = Mention(
                start=0,
                end=0,
                text="",
                name=first.name,
                candidates=(),
                role=first.roles[0] if first.roles else None,
                chain=(),
                rule="title",
            )
    when = _said(manuscript, language, spans[0][1])
    rule = "statement without labels"
    return tuple(_quote(text, span, mention, when, language=language, rule=rule) for span in _grouped(spans))


def _interview(manuscript: Manuscript, language: Language, asked: tuple[Exchange, ...]) -> tuple[Quote, ...]:
    """Read questions and answers behind dashes: the answers are of the one person whom title or introduction name."""
    text = manuscript.text
    head = asked[0].question[0]
    told = f"{bare_title(heading(manuscript), language)}\n{text[:head]}"
    people = list(PersonIndex(told, language, manuscript.known).people.values())
    mention = None
    if len(people) == 1:
        role = people[0].roles[0] if people[0].roles else None
        mention = Mention(start=0, end=0, text="", name=people[0].name, role=role, rule="the one interviewed")
    when = _said(manuscript, language, head)
    out: list[Quote] = []
    for one in asked:
        out.append(_quote(text, one.question, None, when, language=language, rule="question behind a dash"))
        out += [
            _quote(text, span, mention, when, question=one.question, language=language, rule="answer behind a dash")
            for span in _grouped(one.answer)
        ]
    return tuple(out)


__all__ = ["looks_like", "read_transcript"]
