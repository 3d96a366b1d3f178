"""What the taggers see of each word: rows of numbers, the same in training and in reading.

Every feature is a row number in one table of weights. Small domains (word, class, shape) have rows of their own; pairs
and triples are hashed into ``HASHED`` shared rows, where training lets rare collisions cancel out.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
EDGE = 3
"""Padding words between two sentences, so that no window reaches over a sentence's end."""
HASHED = 1 << 18
SHAPES = 7
PASSIVE = 6


class Lexicon(NamedTuple):
    """Facts about each word type of the vocabulary: row 0 is padding."""

    cluster: Ints
    fine: Ints
    stem: Ints
    suffix: Ints
    cue: Ints  # 0, or 1 + rank of the stem among words that often report
    sizes: tuple[int, int, int, int, int, int]  # words, clusters, fine clusters, stems, suffixes, cues


class Sentences(NamedTuple):
    """Padded words of all sentences of a text, and where its real words are."""

    word: Ints
    shape: Ints
    at: Ints  # padded index of each real token
    first: Ints  # padded index of each sentence's first word
    sentence: Ints  # sentence number of each padded word
    count: Ints  # tokens of each sentence


def pad(words: Ints, shapes: Ints, bounds: Ints) -> Sentences:
    """Lay out sentences (rows of (first, past last) token) with ``EDGE`` empty words between them."""
    count = bounds[:, 1] - bounds[:, 0]
    number = np.repeat(np.arange(len(bounds)), count)
    at = np.arange(len(words)) + EDGE * (number + 1)
    size = len(words) + EDGE * (len(bounds) + 1)
    word = np.zeros(size, np.int64)
    shape = np.zeros(size, np.int64)
    sentence = np.full(size, -1, np.int64)
    word[at], shape[at], sentence[at] = words, shapes + 1, number
    return Sentences(word, shape, at, at[bounds[:, 0]], sentence, count)


def nearest(flag: NDArray[np.bool_], laid: Sentences) -> tuple[Ints, Ints]:
    """Give for each padded word the index of the nearest flagged word before and after it in its sentence, or -1."""
    size = len(flag)
    index = np.arange(size)
    stop = (laid.sentence < 0) | flag
    left = np.empty(size, np.int64)
    right = np.empty(size, np.int64)
    left[0], left[1:] = -1, np.maximum.accumulate(np.where(stop, index, -1))[:-1]
    flipped = np.where(stop, index, size)[::-1]
    right[-1], right[:-1] = -1, np.minimum.accumulate(flipped)[::-1][1:]
    for found in (left, right):
        found[(found >= 0) & ~flag[np.clip(found, 0, size - 1)]] = -1
        found[(found < 0) | (found >= size)] = -1
    return left, right


def distance(gap: Ints) -> Ints:
    """Sort distances in words into seven classes."""
    return np.searchsorted(np.array([2, 3, 5, 8, 13, 21]), gap, side="right")


class Rows:
    """Collects feature columns and numbers their rows without gaps."""

    def __init__(self) -> None:
        self.columns: list[Ints] = []
        self.size = HASHED

    def plain(self, values: Ints, size: int) -> None:
        """Add a feature with a domain of its own."""
        self.columns.append(values + self.size)
        self.size += size

    def hashed(self, *values: Ints) -> None:
        """Add a conjunction of features in the shared rows."""
        key = np.full(len(values[0]), len(self.columns) + 1, np.uint64)
        for value in values:
            key = (key * np.uint64(0x9E3779B97F4A7C15)) ^ (value.astype(np.uint64) + np.uint64(0x7F4A7C15))
            key ^= key >> np.uint64(29)
        key *= np.uint64(0xBF58476D1CE4E5B9)
        self.columns.append((key >> np.uint64(40)).astype(np.int64) & (HASHED - 1))

    def table(self) -> Ints:
        """Give the rows of each word: one line a word, one column a feature."""
        return np.stack(self.columns, axis=1)


def context(laid: Sentences, lexicon: Lexicon, quotes: NDArray[np.bool_], head: Ints) -> Ints:
    """Give the feature rows of the first tagger, one line a real token.

    ``quotes`` flags the vocabulary's quotation tokens, ``head`` is 1 for words of the headline, 2 for the first
    sentence of a paragraph, 0 otherwise.
    """
    words, clusters, fines, stems, suffixes, cues = lexicon.sizes
    at, word = laid.at, laid.word
    cl, fine, st, sx = lexicon.cluster[word], lexicon.fine[word], lexicon.stem[word], lexicon.suffix[word]
    rows = Rows()
    for offset in (-2, -1, 0, 1, 2):
        rows.plain(word[at + offset], words)
        rows.plain(fine[at + offset], fines)
    for offset in (-3, 3):
        rows.plain(word[at + offset], words)
    for offset in (-3, -2, -1, 0, 1, 2, 3):
        rows.plain(cl[at + offset], clusters)
    for offset in (-1, 0, 1):
        rows.plain(st[at + offset], stems)
        rows.plain(sx[at + offset], suffixes)
    shape = laid.shape
    rows.plain((shape[at - 1] * SHAPES + shape[at]) * SHAPES + shape[at + 1], SHAPES**3)
    w0, c0 = word[at], cl[at]
    before, after, before2, after2 = cl[at - 1], cl[at + 1], cl[at - 2], cl[at + 2]
    rows.hashed(word[at - 1], w0)
    rows.hashed(w0, word[at + 1])
    rows.hashed(word[at + 1], word[at + 2])
    rows.hashed(word[at - 2], word[at - 1])
    rows.hashed(before, c0, after)
    rows.hashed(before2, before, c0)
    rows.hashed(c0, after, after2)
    rows.hashed(w0, before)
    rows.hashed(w0, after)
    rows.hashed(w0, before, after)
    rows.hashed(st[at], after, after2)
    rows.hashed(st[at], before2, before)
    cue = lexicon.cue[word]
    left, right = nearest(cue > 0, laid)
    quoted = quotes[word]
    quote_left, quote_right = nearest(quoted, laid)
    self_cue = (cue[at] > 0).astype(np.int64)
    sides: list[Ints] = []
    for found in (left, right):
        here = found[at]
        gap = np.where(here < 0, 7, distance(np.abs(here - at)))
        name = np.where(here < 0, 0, cue[here])
        rows.hashed(name, gap, self_cue)
        rows.hashed(name, c0)
        sides.append(np.where(here < 0, 0, 1 + (gap > 2)))
    flags: list[Ints] = []
    for found in (quote_left, quote_right):
        here = found[at]
        flags.append(np.where(here < 0, 0, np.where(np.abs(here - at) == 1, 1, np.where(np.abs(here - at) < 5, 2, 3))))
    both = flags[0] * 4 + flags[1]
    rows.hashed(w0, both)
    rows.hashed(c0, both)
    rows.hashed(both, sides[0] * 3 + sides[1], self_cue)
    rows.hashed(np.where(quote_left[at] < 0, 0, word[quote_left[at]]), c0)
    rows.hashed(np.where(quote_right[at] < 0, 0, word[quote_right[at]]), c0)
    sentence = laid.sentence[at]
    opening = word[laid.first]
    closing = word[laid.first + laid.count - 1]
    previous = np.where(quotes[np.concatenate(([0], closing[:-1]))], 1, 0)
    following = np.where(quotes[np.concatenate((opening[1:], [0]))], 1, 0)
    around = (previous * 2 + following)[sentence] * 3 + head[sentence]
    rows.hashed(around, c0)
    rows.hashed(around, w0)
    rows.hashed(opening[sentence], c0)
    rows.plain(np.minimum(at - laid.first[sentence], 6) * 7 + np.minimum(laid.count[sentence] // 6, 6), 49)
    return rows.table()


class Trigger(NamedTuple):
    """The cues of a text, one line each: padded index of their first and last word, sentence, and what they are."""

    first: Ints
    last: Ints
    head: Ints  # padded index of the word that names the cue
    form: Ints  # 0 plain, 1 -ing, 2 after a form of "be", 3 noun, 4 mark


def _window(laid: Sentences, cues: Trigger, reach: int) -> tuple[Ints, Ints, Ints]:
    """Give for all words near each cue: padded index, number of the cue, and words of each cue's window."""
    number = laid.sentence[cues.head]
    start = np.maximum(laid.first[number], cues.first - reach)
    stop = np.minimum(laid.first[number] + laid.count[number], cues.last + reach + 1)
    count = stop - start
    owner = np.repeat(np.arange(len(count)), count)
    shift = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    return start[owner] + shift, owner, count


def around(
    laid: Sentences, lexicon: Lexicon, quotes: NDArray[np.bool_], cues: Trigger, tags: Ints, reach: int = 45
) -> tuple[Ints, Ints, Ints]:
    """Give the feature rows of the second tagger: the words around each cue, seen from that cue.

    ``tags`` are the first tagger's labels of the padded words. Returns (rows, padded index, owner cue) per line.
    """
    words, clusters, fines, stems, suffixes, names = lexicon.sizes
    at, owner, _ = _window(laid, cues, reach)
    word = laid.word
    cl, st = lexicon.cluster[word], lexicon.stem[word]
    fine = lexicon.fine[word]
    first, last = cues.first[owner], cues.last[owner]
    side = np.where(at < first, 0, np.where(at > last, 1, 2))
    gap = np.where(side == 0, first - at, np.where(side == 1, at - last, 0))
    near = np.minimum(gap, 6) * 3 + side
    far = distance(gap) * 3 + side
    key = st[cues.head][owner]
    form = cues.form[owner]
    w0, c0 = word[at], cl[at]
    rows = Rows()
    for offset in (-2, -1, 0, 1, 2):
        rows.plain(cl[at + offset] * 3 + side, clusters * 3)
        rows.hashed(word[at + offset], side)
    for offset in (-1, 0, 1):
        rows.plain(fine[at + offset] * 3 + side, fines * 3)
    rows.plain(near, 21)
    rows.plain(far * 5 + form, 24 * 5)
    rows.hashed(near, form, c0)
    rows.hashed(near, c0, cl[at - 1])
    rows.hashed(near, c0, cl[at + 1])
    rows.hashed(key, near)
    rows.hashed(key, far, c0)
    rows.hashed(key, side, w0)
    rows.hashed(key, form, far)
    rows.hashed(side, cl[at - 1], c0, cl[at + 1])
    rows.hashed(side, word[at - 1], w0)
    rows.hashed(side, w0, word[at + 1])
    rows.hashed(side, cl[at - 2], cl[at - 1], c0)
    rows.hashed(side, c0, cl[at + 1], cl[at + 2])
    shape = laid.shape
    rows.plain(((shape[at - 1] * SHAPES + shape[at]) * SHAPES + shape[at + 1]) * 3 + side, SHAPES**3 * 3)
    # What the first tagger thought of this word and its neighbours
    trio = (tags[at - 1] * 8 + tags[at]) * 8 + tags[at + 1]
    rows.plain(trio * 3 + side, 512 * 3)
    rows.hashed(trio, near)
    rows.hashed(tags[at], far, form)
    rows.hashed(tags[at], key, side)
    # What stands between this word and the cue
    low = np.minimum(at, last)
    high = np.maximum(at, first)
    comma = _between(np.isin(word, _ids(lexicon, "comma")), low, high)
    other = _between((tags == 1), low, high)
    quoted = _between(quotes[word], low, high)
    mark = _between(np.isin(word, _ids(lexicon, "that")), low, high)
    sources = _between((tags == 3), low, high)
    clause = np.minimum(comma, 3) * 3 + np.minimum(other, 2)
    rows.hashed(clause, side, tags[at])
    rows.hashed(clause, np.minimum(sources, 2), side, tags[at])
    rows.hashed(clause, side, c0)
    rows.hashed(np.minimum(quoted, 2), side, c0, form)
    rows.hashed(np.minimum(mark, 2), clause, side)
    # Where the sentence stands around the cue
    start = laid.first[laid.sentence[at]]
    stop = start + laid.count[laid.sentence[at]]
    ends = np.where(first == start, 1, 0) + 2 * np.where(last + 2 >= stop, 1, 0)
    rows.hashed(ends, side, c0)
    after, ahead = cl[np.minimum(last + 1, len(word) - 1)], cl[first - 1]
    rows.hashed(after, side, c0)
    rows.hashed(ahead, side, c0)
    rows.hashed(word[np.minimum(last + 1, len(word) - 1)], side, np.minimum(gap, 6), form)
    rows.hashed(word[first - 1], side, np.minimum(gap, 6))
    rows.hashed(after, ahead, side, tags[at])
    left, right = nearest(quotes[word], laid)
    rows.hashed(np.where(left[at] < 0, 0, 1 + (at - left[at] == 1)), np.where(right[at] < 0, 0, 1), side, c0)
    return rows.table(), at, owner


def _ids(lexicon: Lexicon, name: str) -> Any:
    return MARKERS[name]


MARKERS: dict[str, Ints] = {"comma": np.array([1]), "that": np.array([2])}
"""Vocabulary numbers fixed by training: 1 is the comma, 2 to 5 are that, whether, if, who."""


def _between(flag: NDArray[np.bool_], low: Ints, high: Ints) -> Ints:
    """Count flagged words strictly between two padded positions."""
    total = np.concatenate(([0], np.cumsum(flag)))
    return np.maximum(total[high] - total[np.minimum(low + 1, high)], 0)
