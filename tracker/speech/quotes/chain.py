"""The best labels of many word sequences side by side (Viterbi), in numpy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


def best(start: Ints, count: Ints, scores: Floats, moves: Floats) -> Ints:
    """Give the best label of each word.

    ``start`` and ``count`` are the first row and the length of each sequence in ``scores`` (rows of words, columns of
    labels); ``moves[a, b]`` is the score of label b after label a. Rows outside all sequences get label 0.
    """
    out = np.zeros(len(scores), np.int64)
    if not len(start):
        return out
    order = np.argsort(-count, kind="stable")
    start, count = start[order], count[order]
    longest = int(count[0])
    alive = np.searchsorted(-count, -np.arange(longest), side="left").tolist()
    turned = np.ascontiguousarray(moves.T)
    states = [scores[start]]
    for step in range(1, longest):
        n = alive[step]
        reached = (states[-1][:n, None, :] + turned).max(2)
        reached += scores[start[:n] + step]
        states.append(reached)
    label = np.zeros(len(start), np.int64)
    follows = 0
    for step in range(longest - 1, -1, -1):
        n = alive[step]
        state = states[step]
        # Sequences that go on choose the label before theirs; the others end here
        chosen = np.empty(n, np.int64)
        if follows:
            chosen[:follows] = (state[:follows] + turned[label[:follows]]).argmax(1)
        if n > follows:
            chosen[follows:] = state[follows:].argmax(1)
        label[:n] = chosen
        out[start[:n] + step] = chosen
        follows = n
    return out
