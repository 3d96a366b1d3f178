"""What a transcript dialect is: how its labels look, and who asks and who leads."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tracker.languages.data import of_all
from tracker.languages.letters import CAPITAL, LATIN_CAPITALS
from tracker.languages.phrases import either

CLOCK = (
    r"(?:(?:[(\[](?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?[)\]]|\d{1,2}:\d{2}:\d{2}(?:[.,]\d{1,3})?)"
    r"[ \t\u00a0]*(?:[-–—][ \t\u00a0]*)?)?"
)
"""A time of the recording before a label; without brackets only with its seconds, as times of a day have none."""
START = rf"^[ \t\u00a0>#*_\\]*{CLOCK}[*_]*"
"""Before a label: white space, the marks of bold type, headings and citations, and a time of the recording."""
AFTER = r"[ \t\u00a0]*[*_]*:[*_]*(?=\s|\S)"
"""After a label: a colon, before or after the end of bold type."""

CAPS = rf"[{LATIN_CAPITALS}][{LATIN_CAPITALS}0-9.'’\-]+"
"""A word in capitals."""
NAME = rf"{CAPITAL}[\w.'’\-]*"
"""A word with a capital."""
ASIDE = r"(?:[ \u00a0]*\([^)\n]{2,90}\)){0,3}(?:[ \u00a0]+[–—-][ \u00a0][^:\n]{2,80}[ \u00a0][–—-])?"
"""Behind a name in a label: what it holds or belongs to, in brackets, and what its bearer does meanwhile."""
ARTICLE = either(word.capitalize() for word in of_all(lambda language: language.grammar.articles))
"""An article before the office that is a label: "La ministre :", "De minister:"."""
SMALL = rf"(?:{either(of_all(lambda language: language.transcripts.label_words))})"
"""A small word inside a label: of any language, as a label is looked for before the language is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One way of writing transcripts.

    ``label`` must match at the start of a line and hold the group ``label``; ``inline`` says that a known label may
    also stand inside a paragraph; ``hints`` are words of titles and headers that speak for this dialect; ``questions`` are
    first words of those who ask, beside those of the text's language.
    """

    name: str
    label: re.Pattern[str]
    inline: bool = False
    hints: tuple[str, ...] = ()
    questions: frozenset[str] = frozenset()
    least: int = 2
    bodies: frozenset[str] = frozenset()
    """Whose offices a label without a name means: "THE PRESIDENT" is the one of the United States."""
    asks_by_outlet: bool = True
    noise: re.Pattern[str] = field(default=re.compile(r"(?!)"))
