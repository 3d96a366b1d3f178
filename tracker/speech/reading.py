"""Reads one document: who said what, when. Pure: no clock, no network, no database, no settings.

``read`` never raises for any string and never returns a span outside the text.
"""

from __future__ import annotations

from tracker.speech.parts import (
    DocumentKind,
    KnownOffice,
    KnownSpeaker,
    Manuscript,
    Mention,
    Precision,
    Quote,
    QuoteKind,
    Reading,
    Said,
    Span,
)

__all__ = [
    "READER_VERSION",
    "DocumentKind",
    "KnownOffice",
    "KnownSpeaker",
    "Manuscript",
    "Mention",
    "Precision",
    "Quote",
    "QuoteKind",
    "Reading",
    "Said",
    "Span",
    "read",
]

READER_VERSION = "2026.11.2"
"""Stored with each reading: a reading of another version may differ. Raise it with every change of behaviour."""


def read(manuscript: Manuscript) -> Reading:
    """Give every utterance of the document with its speaker and said-date."""
    # Imported here: who only builds on the values above need not load the taggers' weights.
    from tracker.speech.languages.data import language_of, languages
    from tracker.speech.quotes.prose import read_prose
    from tracker.speech.turns.transcript import looks_like, read_transcript

    code = language_of(manuscript.text, manuscript.language)
    language = languages().get(code or "")
    kind: DocumentKind = manuscript.kind or ("transcript" if looks_like(manuscript) else "article")
    quotes = read_transcript(manuscript, language) if kind == "transcript" else read_prose(manuscript, language)
    return Reading(code, kind, quotes)
