"""The first suggester: the phrases a newsroom wrote for each step of a scale.

Without a phrase that decides there is no suggestion, and where the phrases of two steps decide equally there is none either.
"""

from collections.abc import Sequence

from tracker.positions.matching import wanted
from tracker.positions.suggesters.assertion import Assertions, assertions, holds_none
from tracker.positions.suggesters.types import ScaleStep, StatementText, SuggesterName, Suggestion


class PhraseSuggester:
    """Suggests the step whose phrases a statement meets best."""

    name = SuggesterName.PHRASES

    def suggest(self, statement: StatementText, scale: Sequence[ScaleStep]) -> Suggestion | None:
        """The one step whose phrases are met. An elliptic answer is read with its question when it has none of its own."""
        if holds_none(statement):
            return None
        found = _best(assertions(statement.text, statement.code), scale)
        if found is None and statement.question:
            # In an answer the question's words are what is answered: a question is no sentence that states nothing.
            asked = statement.question.replace("?", ".")
            found = _best(assertions(f"{asked}\n{statement.text}", statement.code), scale)
        return found


def phrases_met(words: Assertions, step: ScaleStep) -> list[str]:
    """The phrases of a step that a statement asserts; none where one speaks against it."""
    against = [phrase[1:] for phrase in step.phrases if phrase.startswith("-")]
    if any(words.met(wanted(phrase)) for phrase in against):
        return []
    return [phrase for phrase in step.phrases if not phrase.startswith("-") and words.met(wanted(phrase))]


def _best(words: Assertions, scale: Sequence[ScaleStep]) -> Suggestion | None:
    met = [(step, phrases_met(words, step)) for step in scale]
    met = [(step, phrases) for step, phrases in met if phrases]
    if not met:
        return None
    met.sort(key=lambda pair: _weight(pair[1]), reverse=True)
    if len(met) > 1 and _weight(met[0][1]) == _weight(met[1][1]):
        return None
    step, phrases = met[0]
    return Suggestion(step.id, tuple(f"speaks of “{phrase}”" for phrase in phrases))


def _weight(phrases: Sequence[str]) -> tuple[int, int]:
    """Longer phrases say more than many short ones."""
    lengths = [len(phrase.split()) for phrase in phrases]
    return max(lengths), sum(lengths)
