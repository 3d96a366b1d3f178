"""The best labels of many word sequences side by side (Viterbi), in numpy.

Each sequence is read from both ends at once and joined in its middle: half the steps, and it is the number of steps
that costs time here, not what is done in one.
"""

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
    filled = count > 0
    start, count = start[filled], count[filled]
    if not len(start):
        return out
    ahead = (count + 1) // 2
    size = np.concatenate((ahead, count - ahead))
    order = np.argsort(-size, kind="stable")  # lanes, longest first: those from the first words on and those back
    size = size[order]
    at = np.concatenate((start, start + count - 1))[order]
    step = np.where(order < len(start), 1, -1)
    forward = order < len(start)
    towards = np.where(forward, moves[:, :, None], moves.T[:, :, None])  # from label, to label, lane
    states = _reach(at, step, size, np.ascontiguousarray(scores.T), towards)
    label = _join(states, size, np.argsort(order), moves)
    _trace(label, states, (at, step, size), towards, out)
    return out


def _reach(at: Ints, step: Ints, size: Ints, scores: Floats, towards: Floats) -> list[Floats]:
    """Give for each step the best score of each label (rows) of each lane (columns) that is still going on."""
    alive = np.searchsorted(-size, -np.arange(int(size[0])), side="left").tolist()
    states: list[Floats] = [scores[:, at]]
    place = at
    for n in alive[1:]:
        place = place[:n] + step[:n]
        reached: Floats = (states[-1][:, None, :n] + towards[:, :, :n]).max(0)
        reached += scores[:, place]
        states.append(reached)
    return states


def _join(states: list[Floats], size: Ints, lane: Ints, moves: Floats) -> Ints:
    """Give the label at which each lane ends, so that both lanes of a sequence fit best."""
    ends = states[0].copy()
    for state, following in zip(states, [*(s.shape[1] for s in states[1:]), 0], strict=True):
        ends[:, following : state.shape[1]] = state[:, following:]
    half = len(lane) // 2
    front, back = ends[:, lane[:half]], ends[:, lane[half:]]
    chosen = (front[:, None, :] + moves[:, :, None] + back[None, :, :]).reshape(-1, half).argmax(0)
    out = np.empty(len(lane), np.int64)
    single = size[lane[half:]] == 0
    out[lane[:half]] = np.where(single, front.argmax(0), chosen // len(moves))
    out[lane[half:]] = chosen % len(moves)
    return out


def _trace(label: Ints, states: list[Floats], lanes: tuple[Ints, Ints, Ints], towards: Floats, out: Ints) -> None:
    """Write the labels that lead to the end of each lane."""
    at, step, size = lanes
    place = at + step * np.maximum(size - 1, 0)
    filled = size > 0
    out[place[filled]] = label[filled]
    every = np.arange(len(size))
    for number in range(len(states) - 1, 0, -1):
        n = states[number].shape[1]
        chosen = (states[number - 1][:, :n] + towards[:, label[:n], every[:n]]).argmax(0)
        label[:n] = chosen
        place[:n] -= step[:n]
        out[place[:n]] = chosen
