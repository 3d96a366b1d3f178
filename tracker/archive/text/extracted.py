"""What a document says: the one value that passes from the extractors to the snapshot. Pure."""

from dataclasses import dataclass

from tracker.archive.published import NO_DATE, PublishedDate


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractedText:
    """The main text of a document, how it was made, and what the document tells about itself."""

    text: str
    rule: str
    """What made the text: of which kind, by which steps."""
    extractor: str = ""
    """Version of the extractor."""
    title: str | None = None
    language: str | None = None
    outlet: str | None = None
    published: PublishedDate = NO_DATE
    damaged: bool = False
    """Some bytes were no letters in any encoding."""
    unreadable: str | None = None
    """Why there is no text; None when there is."""
