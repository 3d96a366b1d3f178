"""What of a statement is counted when positions are learned: its stated words, pairs of them, and the phrases it meets."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from tracker.languages.data import languages
from tracker.positions.passage import stem
from tracker.positions.suggesters.assertion import assertions
from tracker.positions.suggesters.phrases import phrases_met
from tracker.positions.suggesters.types import ScaleStep, StatementText
from tracker.speech import wording

VERSION = "1"
"""Of what is counted and how it is weighed; where it changes, every topic is learned anew."""
PAIR, PHRASE = 0.7, 1.0
"""Weights beside 1 of a word: of two words in a row, and (beside 1 of all words together) of a step's phrases."""
NEGATED = "not "
"""Before the words of a clause that negates them: they say something else."""
STEP = "step:"
"""Before the number of a step whose phrases are met."""
ALWAYS = "always"
"""What every statement has: how often each step is coded at all."""


@dataclass(frozen=True, slots=True)
class Feature:
    """How much there is of something in a statement, and the words that make it."""

    value: float
    words: str


def features_of(statement: StatementText, scale: Sequence[ScaleStep]) -> dict[str, Feature]:
    """The features of a statement, its words together of length one whatever their number."""
    words = assertions(statement.text, statement.code)
    found: dict[str, Feature] = {}
    last: tuple[int, str, str] | None = None
    little = _little(statement.code)
    for place, word, negated in words.stated():
        key = (NEGATED if negated else "") + stem(word, statement.code)
        if word not in little:
            found.setdefault(key, Feature(1.0, f"not … {word}" if negated else word))
        if last is not None and last[0] == place - 1 and not (word in little and last[2] in little):
            found.setdefault(f"{last[1]} {key}", Feature(PAIR, f"{last[2]} {word}"))
        last = (place, key, word)
    length = math.sqrt(sum(one.value**2 for one in found.values())) or 1.0
    features = {key: Feature(one.value / length, one.words) for key, one in found.items()}
    for step in scale:
        met = phrases_met(words, step)
        if met:
            features[f"{STEP}{step.step}"] = Feature(PHRASE, met[0])
    features[ALWAYS] = Feature(1.0, "")
    return features


@lru_cache(maxsize=32)
def _little(code: str) -> frozenset[str]:
    """The commonest words of a language: alone, or two of them together, they tell nothing."""
    language = languages().get(code)
    return frozenset(map(wording.fold, language.common | language.grammar.little)) if language else frozenset()
