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

READER_VERSION = "2026.11.1"
"""Stored with each reading: a reading of another version may differ. Raise it with every change of behaviour."""


def read(manuscript: Manuscript) -> Reading:
    """Give every utterance of the document with its speaker and said-date."""
    return Reading(language=manuscript.language, kind=manuscript.kind or "article")
