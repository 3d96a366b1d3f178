"""The values a reading is made of. Everything here is data; nothing here decides anything.

All offsets are code points into ``Manuscript.text``, end exclusive; every span lies inside the text.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

Span = tuple[int, int]
DocumentKind = Literal["article", "transcript"]
QuoteKind = Literal["direct", "mixed", "indirect", "turn", "post"]
Precision = Literal["day", "range", "month", "year", "unknown"]
SpeakerKind = Literal["person", "body"]


class Polarity(StrEnum):
    """Whether the speaker is reported to say the words, or to deny them ("denied that the bridge would be closed")."""

    AFFIRMED = "affirmed"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class KnownOffice:
    """An office a known speaker held; ``since`` and ``until`` are inclusive, None is open."""

    title: str
    body: str | None = None
    since: date | None = None
    until: date | None = None

    def held_on(self, day: date) -> bool:
        """Whether the office was held on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class KnownSpeaker:
    """A speaker the record already knows. Helps to recognise a name, never to pick between two."""

    name: str
    aliases: tuple[str, ...] = ()
    kind: SpeakerKind = "person"
    offices: tuple[KnownOffice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Manuscript:
    """One document as it is given to the reader.

    ``published`` is an aware time or a plain day; ``timezone`` is the IANA zone of the outlet, in which
    "Monday" and "yesterday" are counted. ``published_precision`` is "month" where only the month is told.
    ``spoken`` is true of what a source of speeches and transcripts gives: no title needs to say so.
    """

    text: str
    title: str | None = None
    published: datetime | date | None = None
    language: str | None = None
    kind: DocumentKind | None = None
    timezone: str = "UTC"
    known: Collection[KnownSpeaker] = ()
    published_precision: Literal["day", "month", "year"] = "day"
    spoken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """The speaker as named beside the words, and whom it resolves to inside the document.

    ``name`` is None where nobody or more than one fits; then ``candidates`` lists those who could be meant.
    ``chain`` is the evidence: the earlier mentions that lead from the mention to the name.
    """

    start: int
    end: int
    text: str
    name: str | None = None
    candidates: tuple[str, ...] = ()
    role: str | None = None
    chain: tuple[Span, ...] = ()
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """When the words were spoken: the days ``first`` to ``last``, and how that is known."""

    first: date | None = None
    last: date | None = None
    precision: Precision = "unknown"
    basis: Span | Literal["published", "header"] | None = None
    conflict: str | None = None
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """One utterance. ``spans`` are its pieces, in order, inside ``start``..``end``, marks included."""

    start: int
    end: int
    spans: tuple[Span, ...]
    kind: QuoteKind
    speaker: Mention | None = None
    cue: Span | None = None
    said: Said = Said()
    question: Span | None = None
    condition: Span | None = None
    polarity: Polarity = Polarity.AFFIRMED
    altered: bool = False
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """All utterances of one document, in the order of the text."""

    language: str | None
    kind: DocumentKind
    quotes: tuple[Quote, ...] = ()
