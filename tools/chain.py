"""Trains a linear-chain conditional random field by stochastic gradient descent in numpy.

Adagrad over batches of whole sequences, with dropout of features and the mean of the weights over the later epochs:
a few minutes on one core where a full-batch trainer takes half an hour, and better on unseen months.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to train: ``decay`` is the L2 weight per batch, ``keep`` the share of features kept, ``least`` sightings."""

    epochs: int = 11
    average_from: int = 4
    batch: int = 8000
    rate: float = 0.12
    decay: float = 2e-6
    keep: float = 0.85
    least: int = 2
    seed: int = 7


def _lengths(count: Ints) -> tuple[Ints, Ints]:
    order = np.argsort(-count, kind="stable")
    alive = np.searchsorted(-count[order], -np.arange(int(count.max())), side="left")
    return order, alive


def expectations(scores: Floats, moves: Floats, count: Ints) -> tuple[Floats, Floats]:
    """The chance of each label at each word, and the expected number of each move."""
    start = np.cumsum(count) - count
    order, alive = _lengths(count)
    start = start[order]
    longest, labels = len(alive), scores.shape[1]
    potential = np.exp(scores - scores.max(1, keepdims=True)).astype(np.float64)
    turn = np.exp(moves.astype(np.float64))
    forward = np.zeros((len(scores), labels))
    scale = np.ones(len(scores))
    state = potential[start]
    for step in range(longest):
        n = int(alive[step])
        index = start[:n] + step
        if step:
            state = (state[:n] @ turn) * potential[index]
        total = state.sum(1)
        state = state / total[:, None]
        forward[index], scale[index] = state, total
    backward = np.ones((len(scores), labels))
    moved = np.zeros((labels, labels))
    for step in range(longest - 2, -1, -1):
        n = int(alive[step + 1])
        here = start[:n] + step
        ahead = potential[here + 1] * backward[here + 1] / scale[here + 1][:, None]
        backward[here] = ahead @ turn.T
        moved += forward[here].T @ ahead
    return (forward * backward).astype(np.float32), (moved * turn).astype(np.float32)


def train(rows: Ints, tags: Ints, count: Ints, size: int, labels: int, settings: Settings) -> tuple[Floats, Floats]:
    """Weights (size x labels) and moves (labels x labels).

    ``rows`` are the feature rows of all words of all sequences, ``count`` the words of each sequence.
    """
    random = np.random.default_rng(settings.seed)
    seen = np.bincount(rows.ravel(), minlength=size)
    allowed = seen >= settings.least
    rows = np.where(allowed[rows], rows, size).astype(np.int32)
    weights = np.zeros((size + 1, labels), np.float32)
    gathered = np.full((size + 1, labels), 1e-3, np.float32)
    moves = np.zeros((labels, labels), np.float32)
    moved = np.full((labels, labels), 1e-3, np.float32)
    mean, mean_moves, means = np.zeros_like(weights), np.zeros_like(moves), 0
    first = np.cumsum(count) - count
    for epoch in range(settings.epochs):
        order = random.permutation(len(count))
        groups = np.cumsum(count[order]) // settings.batch
        for group in range(int(groups[-1]) + 1):
            chosen = order[groups == group]
            if not len(chosen):
                continue
            sizes = count[chosen]
            index = np.repeat(first[chosen] - (np.cumsum(sizes) - sizes), sizes) + np.arange(int(sizes.sum()))
            line = rows[index]
            line = np.where(random.random(line.shape, np.float32) < settings.keep, line, size)
            truth = tags[index]
            scores = weights[line].sum(1) / settings.keep
            wanted, expected = expectations(scores, moves, sizes)
            wanted[np.arange(len(truth)), truth] -= 1.0
            inside = np.ones(len(truth), bool)
            inside[np.cumsum(sizes) - 1] = False
            here = np.flatnonzero(inside)
            np.add.at(expected, (truth[here], truth[here + 1]), -1.0)
            flat = line.ravel()
            for label in range(labels):
                slope = np.bincount(flat, np.repeat(wanted[:, label], line.shape[1]), size + 1).astype(np.float32)
                slope += settings.decay * len(truth) * weights[:, label]
                gathered[:, label] += slope * slope
                weights[:, label] -= settings.rate * slope / np.sqrt(gathered[:, label])
            weights[size] = 0
            moved += expected * expected
            moves -= settings.rate * expected / np.sqrt(moved)
        if epoch >= settings.average_from:
            mean += weights
            mean_moves += moves
            means += 1
    share = np.float32(means)
    return mean[:size] / share, mean_moves / share
