"""What the taggers see of each word: rows of numbers, the same in training and in reading.

Two kinds of features. Those of one word at one place (the word, its classes, its stem) are summed beforehand into one
row per word and place, so that reading looks up a handful of rows. Conjunctions are hashed into ``HASHED`` shared
rows, where training lets rare collisions cancel out.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Keys = NDArray[np.uint64]
EDGE = 3
"""Padding words between two sentences, so that no window reaches over a sentence's end."""
BITS = 18
HASHED = 1 << BITS
REACH = 40
"""Words on each side of a cue that can belong to it."""
SIDES = 3

CONTEXT_PLACES = {-3: "wc", -2: "wcf", -1: "wcfsx", 0: "wcfsx", 1: "wcfsx", 2: "wcf", 3: "wc"}
AROUND_PLACES = {-2: "wc", -1: "wcf", 0: "wcfsx", 1: "wcf", 2: "wc"}
"""Places around a word and what is looked at there: word, class, finer class, stem, suffix."""

_MULTIPLIERS = [np.uint64(m) for m in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)]
_FINAL = np.uint64(0xBF58476D1CE4E5B9)
_SHIFT = np.uint64(64 - BITS)
_FOLD = np.uint64(29)


class Lexicon(NamedTuple):
    """Facts about each word type of the vocabulary: row 0 is padding."""

    cluster: Ints
    fine: Ints
    stem: Ints
    suffix: Ints
    cue: Ints  # 0, or the number of the stem among words that often report
    words: int


class Sentences(NamedTuple):
    """Padded words of some sentences, where the real words are, and what stands around each sentence."""

    word: Ints
    shape: Ints
    at: Ints  # padded index of each real token
    first: Ints  # padded index of each sentence's first word
    sentence: Ints  # sentence number of each padded word, -1 for padding
    count: Ints  # type: ignore[assignment]  # words of each sentence; hides tuple.count, which nobody calls
    place: Ints  # of each sentence: see ``placed``


def placed(bounds: Ints, paragraph: Ints, quoted: NDArray[np.bool_]) -> Ints:
    """The place of each sentence of a text: headline (1) or first of a paragraph (2), and quotations beside it.

    ``bounds`` are rows of (first, past last) token, ``quoted`` flags the tokens that are quotations.
    """
    head = np.zeros(len(bounds), np.int64)
    head[1:][paragraph[1:] != paragraph[:-1]] = 2
    head[paragraph == 0] = 1
    previous = np.concatenate(([False], quoted[bounds[:-1, 1] - 1])) * 2
    following = np.concatenate((quoted[bounds[1:, 0]], [False])) * 1
    place: Ints = (previous + following) * 3 + head
    return place


def pad(words: Ints, shapes: Ints, bounds: Ints, place: Ints) -> Sentences:
    """Lay out sentences (rows of (first, past last) token) with ``EDGE`` empty words between them."""
    count = bounds[:, 1] - bounds[:, 0]
    number = np.repeat(np.arange(len(bounds)), count)
    at = np.arange(len(words)) + EDGE * (number + 1)
    size = len(words) + EDGE * (len(bounds) + 1)
    word = np.zeros(size, np.int64)
    shape = np.zeros(size, np.int64)
    sentence = np.full(size, -1, np.int64)
    word[at], shape[at], sentence[at] = words, shapes + 1, number
    return Sentences(word=word, shape=shape, at=at, first=at[bounds[:, 0]], sentence=sentence, count=count, place=place)


def places(lexicon: Lexicon, wanted: dict[int, str], sides: int) -> list[Ints]:
    """For each place the weight rows of each word (and side), beginning at row ``HASHED``."""
    kinds = {
        "w": np.arange(lexicon.words),
        "c": lexicon.cluster,
        "f": lexicon.fine,
        "s": lexicon.stem,
        "x": lexicon.suffix,
    }
    base, out = HASHED, []
    for kept in wanted.values():
        columns = []
        for kind in kept:
            values = kinds[kind]
            columns.append((values[:, None] * sides + np.arange(sides)).reshape(-1) + base)
            base += (int(values.max()) + 1) * sides
        out.append(np.stack(columns, axis=1))
    return out


def size(lexicon: Lexicon, wanted: dict[int, str], sides: int) -> int:
    """The number of weight rows of a tagger."""
    return int(max(table.max() for table in places(lexicon, wanted, sides))) + 1


class _Hashes:
    """Collects conjunctions: one row of keys each."""

    def __init__(self, count: int, width: int) -> None:
        self.keys = np.empty((count, width), np.uint64)
        self.used = 0

    def add(self, *values: NDArray[Any]) -> None:
        """Add one conjunction; the same values at another place in the list are another feature."""
        row = self.keys[self.used]
        np.multiply(values[0], _MULTIPLIERS[0], out=row)
        row += np.uint64(self.used + 1)
        for value, factor in zip(values[1:], _MULTIPLIERS[1:], strict=False):
            row += value * factor
        self.used += 1

    def rows(self) -> Ints:
        """The weight rows: one line a feature, one column a word."""
        keys = self.keys[: self.used]
        keys ^= keys >> _FOLD
        keys *= _FINAL
        keys >>= _SHIFT
        return keys.view(np.int64)


def nearest(flag: NDArray[np.bool_], laid: Sentences) -> tuple[Ints, Ints]:
    """For each padded word the index of the nearest flagged word before and after it in its sentence, or 0."""
    size = len(flag)
    index = np.arange(size)
    stop = (laid.sentence < 0) | flag
    left = np.zeros(size, np.int64)
    right = np.zeros(size, np.int64)
    np.maximum.accumulate(np.where(stop, index, 0)[:-1], out=left[1:])
    right[:-1] = np.minimum.accumulate(np.where(stop, index, size - 1)[:0:-1])[::-1]
    # The padding at the ends carries no flag, so that "none" and padding are one: index 0
    return np.where(flag[left], left, 0), np.where(flag[right], right, 0)


_STEPS = np.array([0, 0, 1, 2, 2, 3, 3, 3] + [4] * 5 + [5] * 8 + [6] * 200)


def distance(gap: Ints) -> Ints:
    """Sort distances in words into seven classes."""
    return _STEPS[np.minimum(gap, 200)]


def context(laid: Sentences, lexicon: Lexicon, quotes: NDArray[np.bool_]) -> Ints:
    """The hashed rows of the first tagger, one column a padded word (without the outermost padding).

    ``quotes`` flags the vocabulary's quotation tokens.
    """
    end = len(laid.word) - EDGE
    width = end - EDGE
    word = laid.word.view(np.uint64)
    cl, st = lexicon.cluster[laid.word].view(np.uint64), lexicon.stem[laid.word].view(np.uint64)
    shape = laid.shape.view(np.uint64)

    def at(values: Keys, offset: int) -> Keys:
        return values[EDGE + offset : end + offset]

    w0, c0 = at(word, 0), at(cl, 0)
    before, after, before2, after2 = at(cl, -1), at(cl, 1), at(cl, -2), at(cl, 2)
    hashes = _Hashes(32, width)
    add = hashes.add
    add(at(shape, -1), at(shape, 0), at(shape, 1))
    add(at(word, -1), w0)
    add(w0, at(word, 1))
    add(at(word, 1), at(word, 2))
    add(at(word, -2), at(word, -1))
    add(before, c0, after)
    add(before2, before, c0)
    add(c0, after, after2)
    add(w0, before)
    add(w0, after)
    add(w0, before, after)
    add(at(st, 0), after, after2)
    add(at(st, 0), before2, before)
    cue = lexicon.cue[laid.word]
    index = np.arange(EDGE, end)
    own = at((cue > 0).view(np.uint8).astype(np.uint64), 0)
    sides: list[Keys] = []
    for found in nearest(cue > 0, laid):
        here = found[EDGE:end]
        none = here == 0
        gap = distance(np.abs(here - index))
        gap[none] = 7
        name = cue[here].view(np.uint64)
        add(name, gap.view(np.uint64), own)
        add(name, c0)
        side = 1 + (gap > 2)  # noqa: PLR2004 - near and far
        side[none] = 0
        sides.append(side.astype(np.uint64))
    quoted = quotes[laid.word]
    flags: list[Keys] = []
    for found in nearest(quoted, laid):
        here = found[EDGE:end]
        gap = np.abs(here - index)
        flag = 3 - (gap < 5) - (gap == 1)  # noqa: PLR2004 - next to it, near, far
        flag[here == 0] = 0
        flags.append(flag.astype(np.uint64))
        add(word[here], c0)
    both = flags[0] * np.uint64(4) + flags[1]
    add(w0, both)
    add(c0, both)
    add(both, sides[0], sides[1], own)
    sentence = laid.sentence[EDGE:end]
    opening = laid.word[laid.first]
    around = laid.place.view(np.uint64)[sentence]
    add(around, c0)
    add(around, w0)
    add(opening.view(np.uint64)[sentence], c0)
    place = np.minimum(index - laid.first[sentence], 6) * 7 + np.minimum(laid.count[sentence] // 6, 6)
    add(place.view(np.uint64))
    return hashes.rows()


class Trigger(NamedTuple):
    """The cues of a text, one line each: padded index of their first and last word, sentence, and what they are."""

    first: Ints
    last: Ints
    head: Ints  # padded index of the word that names the cue
    form: Ints  # 0 plain, 1 -ing, 2 after a form of "be", 3 "according", 4 mark


def window(laid: Sentences, cues: Trigger) -> tuple[Ints, Ints, Ints]:
    """The words near each cue: padded index, number of the cue, and the count of words of each cue."""
    number = laid.sentence[cues.head]
    start = np.maximum(laid.first[number], cues.first - REACH)
    stop = np.minimum(laid.first[number] + laid.count[number], cues.last + REACH + 1)
    count = stop - start
    owner = np.repeat(np.arange(len(count)), count)
    shift = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    return start[owner] + shift, owner, count


def side_of(at: Ints, first: Ints, last: Ints) -> Ints:
    """Where words stand: 0 before the cue, 1 after it, 2 in it."""
    return np.where(at < first, 0, np.where(at > last, 1, 2))


THAT = (2, 3)
"""Vocabulary numbers of "that" and "whether" (``lexicon.FIXED``)."""


def around(
    laid: Sentences,
    lexicon: Lexicon,
    quotes: NDArray[np.bool_],
    *,
    cues: Trigger,
    tags: Ints,
    at: Ints,
    owner: Ints,
) -> Ints:
    """The hashed rows of the second tagger: the words around each cue, seen from that cue.

    ``tags`` are the first tagger's labels of the padded words; ``at`` and ``owner`` come from ``window``.
    """
    word = laid.word
    cl = lexicon.cluster[word].view(np.uint64)
    first, last = cues.first[owner], cues.last[owner]
    sides = side_of(at, first, last)
    gap = np.where(sides == 0, first - at, np.where(sides == 1, at - last, 0))
    side = sides.view(np.uint64)
    near = (np.minimum(gap, 6) * SIDES + sides).view(np.uint64)
    far = (distance(gap) * SIDES + sides).view(np.uint64)
    key = lexicon.stem[word[cues.head]].view(np.uint64)[owner]
    form = cues.form.view(np.uint64)[owner]
    marks = word.view(np.uint64)
    w0, c0 = marks[at], cl[at]
    before, after, before2, after2 = cl[at - 1], cl[at + 1], cl[at - 2], cl[at + 2]
    hashes = _Hashes(40, len(at))
    add = hashes.add
    add(near, form)
    add(far, form)
    add(near, form, c0)
    add(near, c0, before)
    add(near, c0, after)
    add(key, near)
    add(key, far, c0)
    add(key, side, w0)
    add(key, form, far)
    add(side, before, c0, after)
    add(side, marks[at - 1], w0)
    add(side, w0, marks[at + 1])
    add(side, before2, before, c0)
    add(side, c0, after, after2)
    shape = laid.shape.view(np.uint64)
    add(side, shape[at - 1], shape[at], shape[at + 1])
    # What the first tagger thought of this word and its neighbours
    tag = tags.view(np.uint64)
    own = tag[at]
    trio = (tag[at - 1] * np.uint64(8) + own) * np.uint64(8) + tag[at + 1]
    add(trio, side)
    add(trio, near)
    add(own, far, form)
    add(own, key, side)
    # What stands between this word and the cue
    low, high = np.minimum(at, last), np.maximum(at, first)
    comma = np.minimum(_between(word == 1, low, high), 3)
    other = np.minimum(_between(tags == 4, low, high), 2)  # noqa: PLR2004 - BU
    quoted = np.minimum(_between(quotes[word], low, high), 2)
    mark = np.minimum(_between((word >= THAT[0]) & (word <= THAT[1]), low, high), 2)
    sources = np.minimum(_between(tags == 6, low, high), 2)  # noqa: PLR2004 - BS
    clause = (comma * 3 + other).view(np.uint64)
    add(clause, side, own)
    add(clause, sources.view(np.uint64), side, own)
    add(clause, side, c0)
    add(quoted.view(np.uint64), side, c0, form)
    add(mark.view(np.uint64), clause, side)
    # Where the sentence stands around the cue
    start = laid.first[laid.sentence[cues.head]]
    stop = start + laid.count[laid.sentence[cues.head]]
    ends = ((cues.first == start) + 2 * (cues.last + 2 >= stop)).astype(np.uint64)[owner]
    follows, leads = marks[cues.last + 1], marks[cues.first - 1]
    ahead, behind = cl[cues.first - 1][owner], cl[cues.last + 1][owner]
    add(ends, side, c0)
    add(behind, side, c0)
    add(ahead, side, c0)
    add(follows[owner], near, form)
    add(leads[owner], near)
    add(behind, ahead, side, own)
    return hashes.rows()


def _between(flag: NDArray[np.bool_], low: Ints, high: Ints) -> Ints:
    """Count flagged words strictly between two padded positions."""
    total = np.zeros(len(flag) + 1, np.int64)
    np.cumsum(flag, out=total[1:])
    between: Ints = np.maximum(total[high] - total[np.minimum(low + 1, high)], 0)
    return between
