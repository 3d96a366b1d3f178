"""What people type into the search, as a query: words, "phrases", begin*, -without, one OR other, and fields.

Everything typed is a query: marks that mean nothing are passed over, and what can't be done is said in a sentence.
"""

import re
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from typing import Any

from tracker.speech.wording import fold

MOST_TERMS = 32
"""Terms of a query that are looked for; the others are named in a sentence."""
LONGEST = 2_000
"""Code points of a query that are read."""
_PIECE = re.compile(
    r"""(?P<minus>[-−–](?=\S))?(?:(?P<field>[a-z]+):)?(?:["“”„«](?P<phrase>[^"“”„«»]*)["“”»]?|(?P<word>\S+))"""
)

DAY = timedelta(days=1)
TEXT_FIELDS = (
    "topic", "source", "kind", "channel", "lane", "language", "polarity", "status", "event", "side", "position"
)  # fmt: skip
"""Fields that hold one value each; `speaker` holds any number, of which one does."""


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to look for: a word, the beginning of one, or words in a row; folded (`wording.fold`)."""

    words: tuple[str, ...]
    is_prefix: bool = False
    is_exact: bool = False
    """As it is written, no other form of the word: a phrase."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """What is looked for: every one of `wanted` (any term of a group does), none of `unwanted`, and the fields."""

    wanted: tuple[tuple[Term, ...], ...] = ()
    unwanted: tuple[Term, ...] = ()
    speakers: tuple[str, ...] = ()
    """Said by any of these, by name or address."""
    topic: str | None = None
    source: str | None = None
    kind: str | None = None
    channel: str | None = None
    """Where it was said: "press conference", "interview", "speech"."""
    lane: str | None = None
    """ "primary": in a record of the words themselves; "reported": only as others told it."""
    language: str | None = None
    """The code of the language in which the words stand, such as "de"."""
    polarity: str | None = None
    status: str | None = None
    """Where it stands in the editors' work, as exports tell it: "new", "confirmed"."""
    event: str | None = None
    side: str | None = None
    """ "before", "during" or "after" the event."""
    position: str | None = None
    """A step of the topic's scale, as its number."""
    first: date | None = None
    """Said on this day or later."""
    last: date | None = None
    """Said on this day or earlier."""
    problems: tuple[str, ...] = ()
    """A sentence for each part that was passed over."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return not any(getattr(self, one.name) for one in fields(self) if one.name != "problems")


@dataclass(slots=True)
class _Reading:
    wanted: list[tuple[Term, ...]] = field(default_factory=list)
    unwanted: list[Term] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def parse(text: str) -> SearchQuery:
    """The query that a text asks for. Never raises."""
    reading, joins = _Reading(), False
    if len(text) > LONGEST:
        reading.problems.append(f"Only the first {LONGEST:,} characters were read.")
    pieces = list(_PIECE.finditer(text[:LONGEST]))
    for number, piece in enumerate(pieces):
        if piece["word"] == "OR" and not piece["minus"] and not piece["field"] and 0 < number < len(pieces) - 1:
            joins = bool(reading.wanted)
            continue
        if piece["field"] and _take_field(reading, piece["field"], piece["phrase"] or piece["word"] or ""):
            continue
        for term in _terms(piece):
            if sum(map(len, reading.wanted)) + len(reading.unwanted) >= MOST_TERMS:
                reading.problems.append(f"Only the first {MOST_TERMS} words were looked for.")
                return _query(reading)
            if piece["minus"]:
                reading.unwanted.append(term)
            elif joins:
                reading.wanted[-1] = (*reading.wanted[-1], term)
            else:
                reading.wanted.append((term,))
            joins = False
    return _query(reading)


def _query(reading: _Reading) -> SearchQuery:
    made = SearchQuery(
        wanted=tuple(reading.wanted), unwanted=tuple(reading.unwanted), problems=tuple(dict.fromkeys(reading.problems))
    )
    return replace(made, **reading.fields)


def _terms(piece: re.Match[str]) -> list[Term]:
    """The terms of one piece: a phrase is one; a word with a hyphen or a colon in it is its words in a row."""
    if piece["phrase"] is not None:
        words = tuple(fold(f"{piece['field'] or ''} {piece['phrase']}").split())
        return [Term(words, is_exact=True)] if words else []
    written = f"{piece['field']}:{piece['word']}" if piece["field"] else piece["word"]
    words = tuple(fold(written).split())
    if not words:
        return []
    return [Term(words, is_prefix=written.endswith("*"), is_exact=len(words) > 1)]


def _take_field(reading: _Reading, name: str, value: str) -> bool:
    """Take "speaker:moor" as a field; False for a word with a colon in it that is none, such as "10:41"."""
    value = value.strip()
    if name in {"before", "after"}:
        days = _days(value)
        if days is None:
            reading.problems.append(f"“{name}:{value[:40]}” names no day; write it like {name}:2023-07-11.")
        elif name == "before":
            reading.fields["last"] = days[0] - DAY
        else:
            reading.fields["first"] = days[1] + DAY
        return True
    if name not in {*TEXT_FIELDS, "speaker"}:
        return False
    if not value:
        reading.problems.append(f"“{name}:” names nothing; write it like {name}:name.")
    elif name == "speaker":
        reading.fields["speakers"] = (*reading.fields.get("speakers", ()), value)
    elif name in reading.fields:
        reading.problems.append(f"Only one {name} can be asked for; “{value[:40]}” was passed over.")
    else:
        reading.fields[name] = value
    return True


def _days(value: str) -> tuple[date, date] | None:
    """The first and last day of a day, month or year: "2023-07-11", "2023-07", "2023"."""
    if not re.fullmatch(r"[12]\d{3}(-\d{1,2}){0,2}", value, re.ASCII):
        return None
    year, month, day = [*map(int, value.split("-")), 0, 0][:3]
    try:
        first = date(year, month or 1, day or 1)
        if day:
            return first, first
        after = date(year + (month in {0, 12}), 1 if month in {0, 12} else month + 1, 1)
        return first, after - DAY
    except ValueError:
        return None


def narrowed(query: SearchQuery, **given: str | date | tuple[str, ...] | None) -> SearchQuery:
    """A query with fields that stand in a form beside it; an empty one leaves what was typed."""
    told: dict[str, Any] = {name: value for name, value in given.items() if value}
    return replace(query, **told)
