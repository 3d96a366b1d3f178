"""Transcripts whose line ends were lost on the way: "... ended? Question: ... A. Moor: ...", all in one line."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from tracker.languages.data import Language, or_default
from tracker.languages.letters import CAPITAL
from tracker.languages.phrases import either

LONG = 600
"""Characters from which a line holds more than one turn."""
TWICE, OFTEN = 2, 3
"""How often each of two labels comes back in one line: one that asks, and any."""

_LABEL = re.compile(
    rf"(?<=[.?!…»”\")]) ({CAPITAL}[\w.’'\-]*(?: (?:{CAPITAL}[\w.’'\-]*)){{0,3}}): (?=[–—-] |[«„“\"]?{CAPITAL})"
)
"""A label behind the end of a sentence: up to four words with capitals, a colon, and a sentence."""


def with_lines(text: str, language: Language | None) -> str:
    """The text with a line's end before each label of a line that holds several turns; every place stays where it is."""
    if not any(len(line) > LONG for line in text.split("\n")):
        return text
    return "\n".join(_parted(line, language) if len(line) > LONG else line for line in text.split("\n"))


def _parted(line: str, language: Language | None) -> str:
    counts = Counter(found.group(1) for found in _LABEL.finditer(line))
    asks = _asks(or_default(language))
    often = TWICE if any(asks.fullmatch(label) and number >= TWICE for label, number in counts.items()) else OFTEN
    labels = [label for label, number in counts.items() if number >= often]
    if len(labels) < TWICE:
        return line
    return re.sub(rf" (?=(?:{either(labels)}): )", "\n", line)


@lru_cache(maxsize=16)
def _asks(language: Language) -> re.Pattern[str]:
    """Find the label of who asks."""
    words = language.transcripts.questioners | language.transcripts.moderators
    return re.compile(either(words), re.IGNORECASE)
