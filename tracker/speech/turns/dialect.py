"""What a transcript dialect is: how its labels look, and who asks and who leads."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

START = r"^[ \t\u00a0>#*_\\]*"
"""Before a label: white space and the marks of bold type, headings and citations."""
AFTER = r"[ \t\u00a0]*[*_]*:[*_]*(?=\s|\S)"
"""After a label: a colon, before or after the end of bold type."""

CAPS = r"[A-ZÀ-ÞŁŚŻŠŽ][A-ZÀ-ÞŁŚŻŠŽ0-9.'’\-]+"
NAME = r"(?!\d)[^\W\d_a-zà-öø-ÿа-яёіїєґ][\w.'’\-]*"
SMALL = r"(?:of|the|and|for|de|del|der|des|van|von|la|le|du|da|dos|al|bin|für|und|på|och|i|в|и|по)"
QUESTION = frozenset(
    "q question questions reporter journalist press correspondent inaudible unidentified unknown frage zusatzfrage nachfrage "
    "вопрос реплика питання запитання pytanie dziennikarz pregunta periodista fråga journaliste interviewer "
    "audience participant media speaker".split()
)
ROLES = frozenset(
    "spokesman spokeswoman spokesperson president secretary-general sg usg minister chancellor ambassador chairman "
    "chairwoman sprecher sprecherin präsident präsidentin kanzler kanzlerin президент премьер премьер-министр министр "
    "rzecznik prezydent premier portavoz presidente ministre président talesperson statsminister".split()
)
"""Offices that are a label by themselves, even where one stands there once."""
MODERATOR = frozenset(
    "moderator host operator announcer narrator anchor interpreter translator aide staff vorsitzende vorsitzender vors "
    "moderatorin ведущий ведущая модератор moderador moderadora modérateur prowadzący chair facilitator "
    "dolmetscher dolmetscherin переводчик".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One way of writing transcripts.

    ``label`` must match at the start of a line and hold the group ``label``; ``inline`` says that a known label may
    also stand inside a paragraph; ``hints`` are words of titles and headers that speak for this dialect.
    """

    name: str
    label: re.Pattern[str]
    inline: bool = False
    hints: tuple[str, ...] = ()
    questions: frozenset[str] = QUESTION
    moderators: frozenset[str] = MODERATOR
    least: int = 2
    asks_by_outlet: bool = True
    noise: re.Pattern[str] = field(default=re.compile(r"(?!)"))
