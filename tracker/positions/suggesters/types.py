"""What a suggester is handed and what it gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class SuggesterName(StrEnum):
    """Who made a suggestion, as its row says (`Coding.by`)."""

    PHRASES = "rules"
    LEARNED = "learned"
    ADDRESS = "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementText:
    """What is known of a statement when a position is suggested: its own words, and what they answer."""

    text: str
    code: str
    """The language of its words."""
    question: str | None = None
    denied: bool = False
    """It is a denial: it holds nothing of what its words say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleStep:
    """One step of a scale with the phrases that speak for it. A phrase that begins with `-` speaks against it."""

    id: int
    step: int
    label: str
    phrases: tuple[str, ...]
    definition: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The suggested step and why."""

    position_id: int
    reasons: tuple[str, ...]


class Suggester(Protocol):
    """Suggests one step of a scale for a statement, or none; never a guess."""

    @property
    def name(self) -> SuggesterName:
        """Who it is, on its rows."""

    def suggest(self, statement: StatementText, scale: Sequence[ScaleStep]) -> Suggestion | None:
        """The one step the statement holds, with reasons in plain words, or None."""
