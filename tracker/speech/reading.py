"""Reads one document: who said what, when. Pure: no clock, no network, no database, no settings.

``read`` never raises for any string and never returns a span outside the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tracker.speech.types import (
    DocumentKind,
    KnownOffice,
    KnownSpeaker,
    Manuscript,
    Mention,
    Polarity,
    Precision,
    Quote,
    QuoteKind,
    Reading,
    Said,
    Span,
)

__all__ = [
    "READER_STOPPED",
    "READER_VERSION",
    "DocumentKind",
    "KnownOffice",
    "KnownSpeaker",
    "Manuscript",
    "Mention",
    "Polarity",
    "Precision",
    "Quote",
    "QuoteKind",
    "Reading",
    "Said",
    "Span",
    "read",
    "read_all",
    "stopped",
]

READER_VERSION = "2026.11.28"
"""Stored with each reading: a reading of another version may differ. Raise it with every change of behaviour."""


READER_STOPPED = "the reader stopped"
"""How the sentence begins that marks a document the reader could not read: ``stopped`` makes it, lists find it."""


def stopped(error: Exception) -> str:
    """The sentence for a document the reader raised at: a fault of this program, never of the text."""
    return f"{READER_STOPPED} ({error.__class__.__name__}): a fault of this program, please report it with the document"


def read(manuscript: Manuscript) -> Reading:
    """Every utterance of the document with its speaker and said-date."""
    return read_all([manuscript])[0]


def read_all(manuscripts: Sequence[Manuscript]) -> list[Reading]:
    """Read several documents; together they are read faster than one by one, to the same result."""
    from tracker.speech.link_markup import placed, unlink

    unlinked = [unlink(m.text) for m in manuscripts]
    read = _read_plain(
        [replace(m, text=bare.text) if bare else m for m, bare in zip(manuscripts, unlinked, strict=True)]
    )
    return [
        replace(one, quotes=tuple(placed(quote, m.text, bare) for quote in one.quotes)) if bare else one
        for one, m, bare in zip(read, manuscripts, unlinked, strict=True)
    ]


def _read_plain(manuscripts: Sequence[Manuscript]) -> list[Reading]:
    """Read texts that hold no link targets."""
    # Imported here: who only builds on the values above need not load the reader.
    from tracker.languages.data import languages
    from tracker.languages.detect import language_of
    from tracker.speech.quotes.prose import read_prose
    from tracker.speech.turns.lost_lines import with_lines
    from tracker.speech.turns.transcript import looks_like, read_transcript

    codes = [language_of(m.text, m.language) for m in manuscripts]
    spoken = [languages().get(code or "") for code in codes]
    manuscripts = [
        replace(m, text=with_lines(m.text, language)) for m, language in zip(manuscripts, spoken, strict=True)
    ]
    kinds: list[DocumentKind] = [
        m.kind or ("transcript" if looks_like(m, language) else "article")
        for m, language in zip(manuscripts, spoken, strict=True)
    ]
    given = list(zip(manuscripts, spoken, kinds, strict=True))
    prose = iter(read_prose([(m, language) for m, language, kind in given if kind == "article"]))
    quotes = [next(prose) if kind == "article" else read_transcript(m, language) for m, language, kind in given]
    return [Reading(*row) for row in zip(codes, kinds, quotes, strict=True)]
