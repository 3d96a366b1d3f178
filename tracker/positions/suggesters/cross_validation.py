"""How sure the learned suggester must be, and how often it then agrees: measured on codings it had not seen.

1. The codings are parted into folds by document, so that a quotation and its repetition stand on one side.
2. Each fold is judged by a model of the others. The bar is the lowest probability at which what would be shown keeps the
   promise: `EXACT`, `NEAR`, `ALONE`.
3. The agreement that the desk shows is measured with bars that were chosen without the fold they are applied to: a bar chosen
   and judged on the same codings would flatter itself. Where that agreement does not keep the promise, nothing is shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tracker.positions.suggesters.learned import NO_STEP, Example, Matrix, fit, kernel, softmax

FOLDS = 5
EXACT, NEAR, ALONE = 0.80, 0.95, 0.90
"""The promise: of what is shown so many are the editors' step, and within one step of it; of the statements without a
position so many are left alone."""
FEWEST_CODED, FEWEST_SHOWN = 20, 8
"""Confirmed steps from which anything is learned, and suggestions on which a bar can be judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggesterAgreement:
    """What a suggester would have shown on confirmed codings, and what editors had coded."""

    coded: int
    """Statements coded as a step."""
    shown: int
    """Suggestions on any of the codings."""
    exact: int
    near: int
    """Within one step, the exact ones among them."""
    covered: int
    """Suggestions on statements coded as a step."""
    without: int
    """Statements coded as no step."""
    alone: int
    """Those of them without a suggestion."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a suggester said of a coding (`NO_STEP`: nothing), and what it was coded as."""

    said: int
    coded: int


@dataclass(frozen=True, slots=True)
class _Guess:
    """The most probable class of a coding by a model that had not seen it."""

    number: int
    position_id: int
    odds: float


def agreement_of(judged: Sequence[Judged], rank: Mapping[int, int]) -> SuggesterAgreement:
    """Count agreement; `rank` is the place of each position on its scale."""
    shown = [one for one in judged if one.said != NO_STEP]
    both = [one for one in shown if one.coded != NO_STEP]
    return SuggesterAgreement(
        coded=sum(one.coded != NO_STEP for one in judged),
        shown=len(shown),
        exact=sum(one.said == one.coded for one in both),
        near=sum(abs(rank[one.said] - rank[one.coded]) <= 1 for one in both),
        covered=len(both),
        without=sum(one.coded == NO_STEP for one in judged),
        alone=sum(one.coded == NO_STEP and one.said == NO_STEP for one in judged),
    )


def measure(examples: Sequence[Example], rank: Mapping[int, int]) -> tuple[float | None, SuggesterAgreement]:
    """The bar for a model of all these codings, and the agreement that is to be expected of it."""
    folds = _folds(examples)
    shared = kernel(examples)
    everything = list(range(len(examples)))
    guesses = _guess(examples, shared, everything, folds)
    judged: list[Judged] = []
    for fold in sorted(set(folds)):
        inner = [number for number in everything if folds[number] != fold]
        bar = _bar(examples, _guess(examples, shared, inner, folds), rank)
        judged.extend(_judge(examples, guess, bar) for guess in guesses if folds[guess.number] == fold)
    expected = agreement_of(judged, rank)
    return (_bar(examples, guesses, rank) if _is_kept(expected) else None), expected


def _folds(examples: Sequence[Example]) -> list[int]:
    """The fold of each coding: documents in turn, the largest first, each to the smallest fold."""
    sizes: dict[int, int] = {}
    for one in examples:
        sizes[one.group] = sizes.get(one.group, 0) + 1
    room, fold_of = [0] * FOLDS, {}
    for group in sorted(sizes, key=lambda group: (-sizes[group], group)):
        fold = room.index(min(room))
        fold_of[group] = fold
        room[fold] += sizes[group]
    return [fold_of[one.group] for one in examples]


def _guess(examples: Sequence[Example], shared: Matrix, numbers: Sequence[int], folds: Sequence[int]) -> list[_Guess]:
    """A guess on each of these codings by a model of those in the other folds."""
    guesses: list[_Guess] = []
    for fold in sorted({folds[number] for number in numbers}):
        known = [number for number in numbers if folds[number] != fold and not examples[number].gated]
        asked = [number for number in numbers if folds[number] == fold]
        classes = sorted({examples[number].position_id for number in known})
        if not classes:
            guesses.extend(_Guess(number, NO_STEP, 0.0) for number in asked)
            continue
        labels = [classes.index(examples[number].position_id) for number in known]
        weights = fit(shared[np.ix_(known, known)], labels, len(classes))
        for number, odds in zip(asked, softmax(shared[np.ix_(asked, known)] @ weights), strict=True):
            best = int(odds.argmax())
            said = NO_STEP if examples[number].gated else classes[best]
            guesses.append(_Guess(number, said, float(odds[best])))
    return guesses


def _judge(examples: Sequence[Example], guess: _Guess, bar: float | None) -> Judged:
    shown = bar is not None and guess.odds >= bar
    return Judged(guess.position_id if shown else NO_STEP, examples[guess.number].position_id)


def _bar(examples: Sequence[Example], guesses: Sequence[_Guess], rank: Mapping[int, int]) -> float | None:
    """The lowest bar that keeps the promise; None where none does, or too little is coded to tell."""
    if sum(examples[guess.number].position_id != NO_STEP for guess in guesses) < FEWEST_CODED:
        return None
    best = None
    for bar in sorted({guess.odds for guess in guesses if guess.position_id != NO_STEP}, reverse=True):
        if _keeps(agreement_of([_judge(examples, guess, bar) for guess in guesses], rank)):
            best = bar
    return best


def _keeps(found: SuggesterAgreement) -> bool:
    """Whether a bar keeps the promise on the codings it was chosen on: one more mistake is reckoned with."""
    return (found.exact + 1) / (found.shown + 2) >= EXACT and _is_kept(found)


def _is_kept(found: SuggesterAgreement) -> bool:
    """Whether an agreement keeps the promise, and is measured on enough suggestions to tell."""
    return (
        found.shown >= FEWEST_SHOWN
        and found.exact >= EXACT * found.shown
        and found.near >= NEAR * found.covered
        and found.alone >= ALONE * found.without
    )
