"""The best labels of many word sequences side by side (Viterbi), in numpy.

Each sequence is read from both ends at once and joined in its middle: half the steps, and it is the number of steps
that costs time here, not what is done in one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


class ParallelSequences(NamedTuple):
    """Sequences side by side, longest first: which row each is at in each step, and how many are still going on."""

    place: Ints  # rows of the first step, then of the second, ...
    alive: list[int]
    offset: list[int]  # where each step begins in ``place``
    size: Ints


def best(start: Ints, count: Ints, scores: Floats, moves: Floats) -> Ints:
    """The best label of each word.

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
    order = np.argsort(-size, kind="stable")  # sequences from the first words on, and those from the last words back
    back = order >= len(start)
    sequences = _parallel(np.concatenate((start, start + count - 1))[order], np.where(back, -1, 1), size[order])
    states = _reach(sequences, scores, moves, back)
    label = _join(states, sequences, np.argsort(order), moves)
    out[sequences.place] = _trace(label, states, sequences, moves, back)
    return out


def _parallel(at: Ints, step: Ints, size: Ints) -> ParallelSequences:
    alive = np.searchsorted(-size, -np.arange(int(size[0])), side="left")
    offset = np.cumsum(alive) - alive
    sequence = np.arange(int(alive.sum())) - np.repeat(offset, alive)
    place = at[sequence] + step[sequence] * np.repeat(np.arange(len(alive)), alive)
    return ParallelSequences(place, alive.tolist(), offset.tolist(), size)


def _reach(sequences: ParallelSequences, scores: Floats, moves: Floats, back: NDArray[np.bool_]) -> list[Floats]:
    """For each step the best score of each label (rows) of each sequence (columns) that is still going on."""
    here = np.ascontiguousarray(scores.take(sequences.place, axis=0).T)
    towards = np.where(back, moves.T[:, :, None], moves[:, :, None])  # from label, to label, sequence
    state: Floats = here[:, : sequences.alive[0]]
    states = [state]
    add, most, before = np.add, np.maximum.reduce, sequences.alive[0]
    for n, first in zip(sequences.alive[1:], sequences.offset[1:], strict=True):
        if n != before:
            towards, state, before = towards[:, :, :n], state[:, :n], n
        state = most(add(state[:, None], towards), axis=0)
        state += here[:, first : first + n]
        states.append(state)
    return states


def _join(states: list[Floats], sequences: ParallelSequences, sequence: Ints, moves: Floats) -> Ints:
    """The label at which each sequence ends, so that both sequences of a sequence fit best."""
    ends = np.zeros((len(moves), len(sequence)), np.float32)
    for state, following in zip(states, [*sequences.alive[1:], 0], strict=True):
        if following < state.shape[1]:
            ends[:, following : state.shape[1]] = state[:, following:]
    half = len(sequence) // 2
    front, back = ends[:, sequence[:half]], ends[:, sequence[half:]]
    chosen = (front[:, None, :] + moves[:, :, None] + back[None, :, :]).reshape(-1, half).argmax(0)
    out = np.empty(len(sequence), np.int64)
    single = sequences.size[sequence[half:]] == 0
    out[sequence[:half]] = np.where(single, front.argmax(0), chosen // len(moves))
    out[sequence[half:]] = chosen % len(moves)
    return out


def _trace(
    label: Ints, states: list[Floats], sequences: ParallelSequences, moves: Floats, back: NDArray[np.bool_]
) -> Ints:
    """The labels that lead to the end of each sequence, in the order of the sequences' places."""
    into = np.concatenate((moves, moves.T), axis=1)  # from label, to label (of sequences on, then of sequences back)
    shift = back * len(moves)
    out = np.empty(len(sequences.place), np.int64)
    for number in range(len(states) - 1, -1, -1):
        n, first = sequences.alive[number], sequences.offset[number]
        if number + 1 < len(states):
            m = sequences.alive[number + 1]
            ways = into.take(label[:m] + shift[:m], axis=1)
            ways += states[number][:, :m]
            label[:m] = ways.argmax(0)
        out[first : first + n] = label[:n]
    return out
