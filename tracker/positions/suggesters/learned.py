"""The second suggester: learned from the topic's own confirmed codings; it speaks only where it is sure.

A multinomial logistic regression on the words of a statement. "No position", "declined" and the other readings that are no
step of the scale are one class of their own. How sure it must be is measured on codings it had not seen
(`cross_validation`); where no bar is high enough, it suggests nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tracker.positions.suggesters.assertion import VERSION as GATE
from tracker.positions.suggesters.assertion import holds_none
from tracker.positions.suggesters.features import ALWAYS, STEP, Feature, features_of
from tracker.positions.suggesters.features import VERSION as FEATURES
from tracker.positions.suggesters.types import ScaleStep, StatementText, SuggesterName, Suggestion

VERSION = f"{FEATURES} {GATE}"
"""What a stored model was made with; another one is not used."""
NO_STEP = 0
"""The class of confirmed codings that are no step of the scale."""
STRENGTH = 10.0
"""How far the weights may follow the codings (the inverse of the penalty); 3 and 30 did about as well on labelled topics."""
ROUNDS = 300
"""Steps of the gradient; with 107 codings each probability was within 0.008 of what ten times as many give."""
FEWEST_WITH = 2
"""Codings that a feature must occur in to have a weight."""
MOST_REASONS = 3

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A confirmed coding to learn from."""

    features: Mapping[str, Feature]
    position_id: int
    """The step it was coded as, or `NO_STEP`."""
    group: int
    """What must not stand on both sides of a measurement: its document."""
    gated: bool = False
    """The gate lets no suggester speak of it: it is nothing to learn from, and counts as left alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedModel:
    """The weights of each feature for each class, and how sure the model must be."""

    version: str
    classes: tuple[int, ...]
    """Position ids, `NO_STEP` among them where it was coded."""
    weights: Mapping[str, tuple[float, ...]]
    counts: Mapping[str, tuple[int, ...]]
    """In how many codings of each class a feature occurred."""
    bar: float | None
    """The least probability of a step that is suggested; None where none is sure enough."""

    def probabilities(self, features: Mapping[str, Feature]) -> Matrix:
        """The probability of each class for a statement."""
        scores = np.zeros(len(self.classes))
        for name, feature in features.items():
            if name in self.weights:
                scores += feature.value * np.array(self.weights[name])
        odds: Matrix = softmax(scores[None, :])[0]
        return odds

    def as_json(self) -> dict[str, Any]:
        """The model as it is stored: numbers and words, nothing that could run."""
        return {
            "version": self.version,
            "classes": list(self.classes),
            "weights": {name: [list(self.weights[name]), list(self.counts[name])] for name in self.weights},
            "bar": self.bar,
        }

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> Self | None:
        """A stored model; None where it was made by other code than this."""
        if stored.get("version") != VERSION:
            return None
        rows = stored["weights"]
        return cls(
            version=VERSION,
            classes=tuple(stored["classes"]),
            weights={name: tuple(row[0]) for name, row in rows.items()},
            counts={name: tuple(row[1]) for name, row in rows.items()},
            bar=stored["bar"],
        )


class LearnedSuggester:
    """Suggests the step that a topic's editors would code, where it is sure."""

    name = SuggesterName.LEARNED

    def __init__(self, model: LearnedModel) -> None:
        """Take the model of one topic."""
        self._model = model

    def suggest(self, statement: StatementText, scale: Sequence[ScaleStep]) -> Suggestion | None:
        """The most probable step, if it is probable enough; the words that weigh most are the reasons."""
        model = self._model
        if model.bar is None or holds_none(statement):
            return None
        features = features_of(statement, scale)
        odds = model.probabilities(features)
        best = int(odds.argmax())
        step = next((one for one in scale if one.id == model.classes[best]), None)
        if step is None or odds[best] < model.bar:
            return None
        return Suggestion(step.id, self._reasons(features, best, step))

    def _reasons(self, features: Mapping[str, Feature], best: int, step: ScaleStep) -> tuple[str, ...]:
        model = self._model
        weighed = []
        for name, feature in features.items():
            weights = model.weights.get(name)
            if weights is None or name == ALWAYS:
                continue
            others = [weight for number, weight in enumerate(weights) if number != best]
            gain = feature.value * (weights[best] - max(others, default=0.0))
            if gain > 0 and model.counts[name][best]:
                weighed.append((gain, name, feature))
        weighed.sort(key=lambda one: (-one[0], one[1]))
        return tuple(self._reason(name, feature, best, step) for _gain, name, feature in weighed[:MOST_REASONS])

    def _reason(self, name: str, feature: Feature, best: int, step: ScaleStep) -> str:
        counts = self._model.counts[name]
        said = f"speaks of “{feature.words}”" if name.startswith(STEP) else f"“{feature.words}”"
        return (
            f"{said}: {counts[best]} of {sum(counts)} confirmed statements with it are coded {step.step} {step.label}"
        )


def train(examples: Sequence[Example], bar: float | None = None) -> LearnedModel:
    """The model of these codings."""
    usable = [one for one in examples if not one.gated]
    classes = tuple(sorted({one.position_id for one in usable}))
    weights_of = fit(kernel(usable), [classes.index(one.position_id) for one in usable], len(classes))
    counts: dict[str, list[int]] = {}
    weights: dict[str, Matrix] = {}
    for number, one in enumerate(usable):
        for name, feature in one.features.items():
            weights[name] = weights.get(name, np.zeros(len(classes))) + feature.value * weights_of[number]
            counts.setdefault(name, [0] * len(classes))[classes.index(one.position_id)] += 1
    kept = [name for name, count in counts.items() if sum(count) >= FEWEST_WITH]
    return LearnedModel(
        version=VERSION,
        classes=classes,
        weights={name: tuple(round(float(weight), 4) for weight in weights[name]) for name in kept},
        counts={name: tuple(counts[name]) for name in kept},
        bar=bar,
    )


def kernel(examples: Sequence[Example]) -> Matrix:
    """What each two statements share, over the features that more than one of them has."""
    held: dict[str, list[tuple[int, float]]] = {}
    for number, one in enumerate(examples):
        for name, feature in one.features.items():
            held.setdefault(name, []).append((number, feature.value))
    shared = np.zeros((len(examples), len(examples)))
    for having in held.values():
        if len(having) < FEWEST_WITH:
            continue
        rows = np.array([number for number, _value in having])
        values = np.array([value for _number, value in having])
        shared[np.ix_(rows, rows)] += np.outer(values, values)
    return shared


def fit(shared: Matrix, labels: Sequence[int], classes: int) -> Matrix:
    """How much each statement speaks for each class: the logistic regression in its dual form, by accelerated gradient."""
    told = np.eye(classes)[list(labels)]
    size = 1.0 / (0.5 * float(np.linalg.eigvalsh(shared)[-1]) + 1.0 / STRENGTH)
    found = ahead = np.zeros_like(told)
    for number in range(ROUNDS):
        following = ahead - size * (softmax(shared @ ahead) - told + ahead / STRENGTH)
        ahead = following + (number / (number + 3.0)) * (following - found)
        found = following
    return found


def softmax(scores: Matrix) -> Matrix:
    """Scores as probabilities, row by row."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    odds: Matrix = powers / powers.sum(axis=1, keepdims=True)
    return odds
