"""A suggested position: the step of a scale whose phrases a statement meets, with its reasons; or none.

Never a guess: without a phrase that decides there is no suggestion, and where the phrases of two steps decide equally
there is none either. A suggestion is never more than that; a person confirms.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tracker.positions.matching import wanted
from tracker.positions.passage import WordIndex, contains_in_order

MIN_WORDS = 4
"""A shorter statement is a fragment and gets no position."""


@dataclass(frozen=True, slots=True)
class ScaleStep:
    """One step of a scale with the phrases that speak for it. A phrase that begins with `-` speaks against it."""

    id: int
    step: int
    label: str
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The suggested step and why."""

    position_id: int
    reasons: tuple[str, ...]


def suggest(text: str, question: str | None, scale: Sequence[ScaleStep], code: str) -> Suggestion | None:
    """The one step of `scale` whose phrases the statement meets best, or None.

    `code` is the language of its words. An elliptic answer is read with its question when it has nothing of its own.
    """
    bare = re.sub(r"\[[^\]]*\]", " ", text)
    words = WordIndex(bare, code)
    if len(words.folded.split()) < MIN_WORDS:
        return None
    found = _best(words, scale)
    if found is None and question:
        found = _best(WordIndex(f"{question}\n{bare}", code), scale)
    return found


def _best(words: WordIndex, scale: Sequence[ScaleStep]) -> Suggestion | None:
    met = [(step, _speaks_for(words, step)) for step in scale]
    met = [(step, phrases) for step, phrases in met if phrases]
    if not met:
        return None
    met.sort(key=lambda pair: _weight(pair[1]), reverse=True)
    if len(met) > 1 and _weight(met[0][1]) == _weight(met[1][1]):
        return None
    step, phrases = met[0]
    return Suggestion(step.id, tuple(f"speaks of “{phrase}”" for phrase in phrases))


def _speaks_for(words: WordIndex, step: ScaleStep) -> list[str]:
    against = [phrase[1:] for phrase in step.phrases if phrase.startswith("-")]
    if any(contains_in_order(words, wanted(phrase)) for phrase in against):
        return []
    return [
        phrase for phrase in step.phrases if not phrase.startswith("-") and contains_in_order(words, wanted(phrase))
    ]


def _weight(phrases: Sequence[str]) -> tuple[int, int]:
    """Longer phrases say more than many short ones."""
    lengths = [len(phrase.split()) for phrase in phrases]
    return max(lengths), sum(lengths)
