"""What the tests of the reader share: a reading as plain rows, and the made-up example pages with what is expected."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tracker.speech.reading import Manuscript, Quote, Reading, read
from tracker.speech.types import DocumentKind

EXAMPLES = Path(__file__).parent / "examples"
PUBLISHED = date(2024, 3, 20)
"""A Wednesday: "Monday" is 18 March 2024."""


def article(text: str, **given: Any) -> Reading:
    """Read an article of Wednesday, 20 March 2024."""
    return read(Manuscript(text=text, **{"published": PUBLISHED, "kind": "article", **given}))


def transcript(text: str, **given: Any) -> Reading:
    """Read a transcript of Wednesday, 20 March 2024."""
    return read(Manuscript(text=text, **{"published": PUBLISHED, "language": "en", "kind": "transcript", **given}))


def row(text: str, quote: Quote) -> dict[str, Any]:
    """An utterance as it stands in the expected results."""
    said = quote.said
    return {
        "kind": quote.kind,
        "words": text[quote.start : quote.end],
        "speaker": quote.speaker.name if quote.speaker else None,
        "said": said.first.isoformat() if said.first and said.first == said.last else None,
        "question": text[slice(*quote.question)] if quote.question else None,
        "condition": text[slice(*quote.condition)] if quote.condition else None,
    }


@dataclass(frozen=True)
class Example:
    """A made-up page and what the reader must make of it."""

    name: str
    text: str
    expected: list[dict[str, Any]]

    def found(self) -> list[dict[str, Any]]:
        """Read the page."""
        kind: DocumentKind = "transcript" if self.folder in ("dialects", "transcripts") else "article"
        title = self.text.splitlines()[0]
        reading = read(Manuscript(text=self.text, title=title, published=PUBLISHED, kind=kind))
        return [row(self.text, q) for q in reading.quotes]

    @property
    def folder(self) -> str:
        """The folder of the page: dialects, languages, press or transcripts."""
        return self.name.split("/")[0]


def examples(folder: str) -> list[Example]:
    """All pages of a folder; one without an expected result has none."""
    out = []
    for page in sorted((EXAMPLES / folder).glob("*.txt")):
        wanted = page.with_suffix(".json")
        expected = json.loads(wanted.read_text("utf-8")) if wanted.exists() else []
        out.append(Example(f"{folder}/{page.stem}", page.read_text("utf-8"), expected))
    return out
