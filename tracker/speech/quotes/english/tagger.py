"""The two taggers: which words report (cue, source, content), and what belongs to each cue.

Linear chains trained by ``tools/train_quotes.py`` and run here in numpy, all sentences of a text at once. The first
labels every word; the second looks at the words around one cue and labels that cue's own source and content.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tracker.speech.quotes.english import features
from tracker.speech.quotes.english.chain import Floats, Ints, best
from tracker.speech.quotes.english.lexicon import is_quote, stem, unknown
from tracker.speech.quotes.english.link import Attribution
from tracker.speech.tokens.tokens import Tokens

NONE, U, C, S, BU, BC, BS = range(7)
"""Labels of the first tagger: nothing; inside a cue, content, source; their first words."""
NOTHING, CUE, CONTENT, NEW_CONTENT, SOURCE, NEW_SOURCE = range(6)
"""Labels of the second tagger."""
CUE_BIAS, CONTENT_BIAS, SOURCE_BIAS = 0.6, 0.6, 2.5
"""Added to the scores of first words: the second tagger throws wrong cues out but can't find missing ones, and a cue
without a source is rarer in life than in its training windows. Set on the development part."""

SCALE = 64
"""A weight of 1 in the data file."""
MOST = 400
"""The largest weight kept: the sum of all features of a word stays a small number."""
SLICE = 512
"""Words whose rows are looked up at once."""
LANE = 8
"""Columns of a row of weights: one more than the labels, so that rows lie evenly in memory and are read faster."""
FACTS = ("cluster", "fine", "stem", "suffix", "cue")
"""What the data file tells of each word."""
Shorts = NDArray[np.int16]
_BE = frozenset("is are was were be been being 's get got".split())


def cue_spans(tags: Ints, bounds: Ints) -> list[tuple[int, int]]:
    """The (first, last) token of each cue the first tagger found, in order; none reaches over a sentence's end."""
    begins = set(bounds[:, 0].tolist())
    out: list[list[int]] = []
    for i in np.flatnonzero((tags == BU) | (tags == U)).tolist():
        if tags[i] == U and out and out[-1][1] == i - 1 and i not in begins:
            out[-1][1] = i
        else:
            out.append([i, i])
    return [(a, b) for a, b in out]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A text in the numbers of the vocabulary: words, shapes, sentences (rows of (first, past last) word), their places."""

    words: Ints
    shapes: Ints
    bounds: Ints
    place: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Words and classes of the taggers."""

    words: list[str]
    index: dict[str, int]
    lexicon: features.Lexicon
    quotes: NDArray[np.bool_]
    rates: dict[str, float]

    @classmethod
    def made(cls, words: list[str], cluster: Ints, fine: Ints, rates: dict[str, float]) -> Vocabulary:
        """Build from word types, their classes, and how often each stem is a cue."""
        stems = [w if w.startswith("<") else stem(w) for w in words]
        ranked = {w: i + 1 for i, w in enumerate(sorted(rates))}
        cue = np.array([ranked.get(stem(w), 0) for w in words])
        suffixes = _numbered([w[-3:] if w.isalpha() else w[:1] for w in words])
        return cls.of(
            words,
            features.Lexicon(
                cluster=cluster, fine=fine, stem=_numbered(stems), suffix=suffixes, cue=cue, words=len(words)
            ),
            rates,
        )

    @classmethod
    def of(cls, words: list[str], lexicon: features.Lexicon, rates: dict[str, float]) -> Vocabulary:
        """Build from what is known of each word."""
        quotes = np.array([w[:1] == "<" and (is_quote(w) or w == "<unk:quote>") for w in words])
        return cls(words=words, index={w: i for i, w in enumerate(words)}, lexicon=lexicon, quotes=quotes, rates=rates)

    def lay(self, doc: Tokens) -> Sheet:
        """A text in the numbers of the vocabulary."""
        ids: list[int | None] = list(map(self.index.get, doc.words))
        if None in ids:
            for i, known in enumerate(ids):
                if known is None:
                    ids[i] = self.index[unknown(doc.words[i], doc.shapes[i])]
        words = np.array(ids, np.int64)
        bounds = np.array(doc.sentences, np.int64)
        place = features.placed(bounds, np.array(doc.paragraph), self.quotes[words])
        return Sheet(words, np.array(doc.shapes, np.int64), bounds, place)

    def trigger(self, words: list[str], laid: features.Sentences, spans: list[tuple[int, int]]) -> features.Trigger:
        """Describe cues given by their (first, last) tokens."""
        heads, forms = [], []
        for a, b in spans:
            head = a if a == b else max(range(a, b + 1), key=lambda i: (self.rates.get(stem(words[i]), 0.0), i))
            heads.append(head)
            forms.append(_form(words, head))
        at = laid.at
        index = np.array(spans, np.int64).reshape(-1, 2)
        return features.Trigger(at[index[:, 0]], at[index[:, 1]], at[np.array(heads, np.int64)], np.array(forms))

    def save(self, path: Path, first: tuple[Floats, Floats], second: tuple[Floats, Floats]) -> None:
        """Write the data file: words, classes and weights (half precision, empty rows left out)."""
        packed: dict[str, Any] = {}
        for name, (weights, moves) in (("first", first), ("second", second)):
            used = np.flatnonzero(np.abs(weights).max(1) > 0.02)  # noqa: PLR2004 - below, a weight decides nothing
            packed[f"{name}_rows"] = np.diff(used, prepend=0).astype(np.uint32)
            packed[f"{name}_size"] = np.array(weights.shape)
            packed[f"{name}_weights"] = np.round(weights[used] * SCALE).clip(-MOST, MOST).astype(np.int16)
            packed[f"{name}_moves"] = moves
        packed["words"] = np.frombuffer("\n".join(self.words).encode(), np.uint8)
        packed["rates"] = np.frombuffer(json.dumps(self.rates, sort_keys=True).encode(), np.uint8)
        for fact in FACTS:
            packed[fact] = getattr(self.lexicon, fact).astype(np.uint16)
        np.savez_compressed(path, **packed)


def _numbered(values: list[str]) -> Ints:
    seen: dict[str, int] = {}
    return np.array([seen.setdefault(v, len(seen)) for v in values])


def _form(words: list[str], head: int) -> int:
    word = words[head]
    if not word[:1].isalpha():
        return 4
    if word == "according":
        return 3
    if word.endswith("ing"):
        return 1
    return 2 if _BE.intersection(words[max(0, head - 3) : head]) else 0


@dataclass(frozen=True, slots=True)
class Weights:
    """One tagger ready to read: hashed rows, summed rows of words at each place, and moves between labels.

    Weights are whole numbers, ``SCALE`` to one, so that their sums are exact in whatever order they are taken.
    """

    hashed: Shorts
    summed: dict[int, Shorts]
    moves: Floats

    @classmethod
    def made(
        cls, weights: Shorts, moves: Floats, lexicon: features.Lexicon, wanted: dict[int, str], sides: int
    ) -> Weights:
        """Sum the rows of each word at each place, so that reading looks up one row for all of them."""
        tables = features.places(lexicon, wanted, sides)
        summed = {}
        for place, rows in zip(wanted, tables, strict=True):
            summed[place] = weights.take(rows[:, 0], axis=0)
            for column in rows.T[1:]:
                summed[place] += weights.take(column, axis=0)
        return cls(weights[: features.HASHED].copy(), summed, moves)

    def scores(self, rows: Ints, words: dict[int, Ints]) -> Floats:
        """The score of each label at each word, from hashed rows (feature by word) and words by place."""
        out = np.empty((rows.shape[1], LANE), np.int16)
        for first in range(0, rows.shape[1], SLICE):
            some = slice(first, first + SLICE)
            np.add.reduce(self.hashed.take(rows[:, some], axis=0), axis=0, dtype=np.int16, out=out[some])
        for place, index in words.items():
            out += self.summed[place].take(index, axis=0)
        return out[:, : len(self.moves)].astype(np.float32) / np.float32(SCALE)


@dataclass(frozen=True, slots=True)
class Model:
    """A vocabulary with the weights of both taggers."""

    vocabulary: Vocabulary
    first: Weights
    second: Weights


def load(path: Path | None = None) -> Model:
    """Read the data file."""
    opened = (
        path.open("rb") if path else resources.files("tracker.speech.quotes.english").joinpath("weights.npz").open("rb")
    )
    with opened as stream, np.load(stream, allow_pickle=False) as data:
        words = data["words"].tobytes().decode().split("\n")
        rates = json.loads(data["rates"].tobytes())
        cluster, fine, stems, suffix, cue = (data[fact].astype(np.int64) for fact in FACTS)
        lexicon = features.Lexicon(cluster=cluster, fine=fine, stem=stems, suffix=suffix, cue=cue, words=len(words))
        vocabulary = Vocabulary.of(words, lexicon, rates)
        return Model(
            vocabulary,
            Weights.made(_weights(data, "first"), data["first_moves"], lexicon, features.CONTEXT_PLACES, 1),
            Weights.made(
                _weights(data, "second"), data["second_moves"], lexicon, features.AROUND_PLACES, features.SIDES
            ),
        )


def _weights(data: Mapping[str, NDArray[Any]], name: str) -> Shorts:
    rows, labels = data[f"{name}_size"].tolist()
    out = np.zeros((rows, LANE), np.int16)
    out[np.cumsum(data[f"{name}_rows"].astype(np.int64)), :labels] = data[f"{name}_weights"]
    return out


@lru_cache(maxsize=1)
def model() -> Model:
    """The model, read once."""
    return load()


def first_words(laid: features.Sentences) -> dict[int, Ints]:
    """The words at each place around the padded words."""
    end = len(laid.word) - features.EDGE
    return {p: laid.word[features.EDGE + p : end + p] for p in features.CONTEXT_PLACES}


def second_words(laid: features.Sentences, cues: features.Trigger, at: Ints, owner: Ints) -> dict[int, Ints]:
    """The words at each place around the words of all cues, with the side of the cue they stand on."""
    side = features.side_of(at, cues.first[owner], cues.last[owner])
    return {p: laid.word[at + p] * features.SIDES + side for p in features.AROUND_PLACES}


def label(laid: features.Sentences, engine: Model) -> Ints:
    """The first tagger's labels of the padded words (padding: nothing)."""
    vocabulary = engine.vocabulary
    rows = features.context(laid, vocabulary.lexicon, vocabulary.quotes)
    scores = engine.first.scores(rows, first_words(laid))
    scores[:, BU] += CUE_BIAS
    out = np.zeros(len(laid.word), np.int64)
    out[features.EDGE : -features.EDGE] = best(laid.first - features.EDGE, laid.count, scores, engine.first.moves)
    return out


TOGETHER = 12000
"""Words read side by side: more of them cost memory, fewer cost time."""


def attributions(docs: Sequence[Tokens], engine: Model | None = None) -> list[list[Attribution]]:
    """Every cue of each text with its source and content, in order.

    Texts are read side by side and long ones in parts: the number of calls costs time here, not what one does. What is
    found in a text never depends on its neighbours.
    """
    engine = engine or model()
    out: list[list[Attribution]] = [[] for _ in docs]
    group: list[_Part] = []
    size = 0
    for number, doc in enumerate(docs):
        if not doc.words:
            continue
        sheet = engine.vocabulary.lay(doc)
        first = 0
        while first < len(sheet.bounds):
            start = int(sheet.bounds[first, 0])
            last = int(np.searchsorted(sheet.bounds[:, 1], start + TOGETHER - size, side="right"))
            last = max(last, first + (size == 0))
            if last > first:
                part = _Part(number=number, doc=doc, sheet=sheet, first=first, last=last)
                group.append(part)
                size += part.end - part.start
                first = last
            if first < len(sheet.bounds) or size >= TOGETHER:
                _read(group, engine, out)
                group, size = [], 0
    if group:
        _read(group, engine, out)
    return out


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Some sentences of one text."""

    number: int
    doc: Tokens
    sheet: Sheet
    first: int
    last: int

    @property
    def start(self) -> int:
        return self.doc.sentences[self.first][0]

    @property
    def end(self) -> int:
        return self.doc.sentences[self.last - 1][1]


def _read(parts: list[_Part], engine: Model, out: list[list[Attribution]]) -> None:
    """Read some parts of texts side by side."""
    shift = np.cumsum([0, *(p.end - p.start for p in parts)])
    bounds = np.concatenate(
        [p.sheet.bounds[p.first : p.last] - p.start + s for p, s in zip(parts, shift, strict=False)]
    )
    words = [word for p in parts for word in p.doc.words[p.start : p.end]]
    laid = features.pad(
        np.concatenate([p.sheet.words[p.start : p.end] for p in parts]),
        np.concatenate([p.sheet.shapes[p.start : p.end] for p in parts]),
        bounds,
        np.concatenate([p.sheet.place[p.first : p.last] for p in parts]),
    )
    found = _find(laid, words, bounds, engine)
    firsts = shift.tolist()
    for attribution in found:
        number = bisect_right(firsts, attribution.cue[0]) - 1
        part = parts[number]
        out[part.number].append(attribution.moved(part.start - firsts[number]))


def _find(laid: features.Sentences, words: list[str], bounds: Ints, engine: Model) -> list[Attribution]:
    """The cues of some sentences with source and content, in tokens of these sentences."""
    vocabulary = engine.vocabulary
    tags = label(laid, engine)
    seen = tags[laid.at]
    spans = cue_spans(seen, bounds)
    if not spans:
        return []
    cues = vocabulary.trigger(words, laid, spans)
    at, owner, count = features.window(laid, cues)
    rows = features.around(laid, vocabulary.lexicon, vocabulary.quotes, cues=cues, tags=tags, at=at, owner=owner)
    scores = engine.second.scores(rows, second_words(laid, cues, at, owner))
    scores[:, NEW_SOURCE] += SOURCE_BIAS
    scores[:, NEW_CONTENT] += CONTENT_BIAS
    labels = _around_cues(np.cumsum(count) - count, count, at=at, cues=cues, scores=scores, moves=engine.second.moves)
    token = np.zeros(len(laid.word), np.int64)
    token[laid.at] = np.arange(len(laid.at))
    kept = np.flatnonzero(labels >= CONTENT)
    found = _collect(spans, token[at[kept]].tolist(), owner[kept].tolist(), labels[kept].tolist())
    sources = (seen == S) | (seen == BS)
    for attribution in found:
        if not attribution.source:
            number = int(laid.sentence[laid.at[attribution.cue[0]]])
            _add_source(attribution, seen, sources, words, tuple(bounds[number].tolist()))
    return found


def _around_cues(start: Ints, count: Ints, *, at: Ints, cues: features.Trigger, scores: Floats, moves: Floats) -> Ints:
    """The labels of all windows: what stands before and after a cue are two sequences, as the cue itself is known."""
    before = cues.first - at[start]
    follows = start + before + cues.last - cues.first + 1
    after = start + count - follows
    scores[(start + before - 1)[before > 0]] += moves[:, CUE]
    scores[follows[after > 0]] += moves[CUE]
    return best(np.concatenate((start, follows)), np.concatenate((before, after)), scores, moves)


def _collect(
    spans: list[tuple[int, int]], tokens: list[int], owners: list[int], labels: list[int]
) -> list[Attribution]:
    found = [Attribution(span, [], []) for span in spans]
    for token, owner, name in zip(tokens, owners, labels, strict=True):
        parts = found[owner].content if name in (CONTENT, NEW_CONTENT) else found[owner].source
        if name in (CONTENT, SOURCE) and parts and parts[-1][1] == token - 1:
            parts[-1] = (parts[-1][0], token)
        else:
            parts.append((token, token))
    return [a for a in found if a.content]


NEAR = 8
"""Words between a cue and a source the second tagger left out but the first saw."""


def _add_source(
    found: Attribution, tags: Ints, sources: NDArray[np.bool_], words: list[str], sentence: tuple[int, ...]
) -> None:
    """Add the source only the first tagger saw: the nearest one of the sentence, before the cue rather than after it."""
    start, end = sentence
    content = {i for a, b in found.content for i in range(a, b + 1)}
    first, last = found.cue
    for order in (range(first - 1, max(start - 1, first - NEAR), -1), range(last + 1, min(end, last + NEAR))):
        for i in order:
            if i in content or words[i] in (".", ";"):
                break
            if sources[i]:
                a = b = i
                while a > start and tags[a] == S:
                    a -= 1
                while b + 1 < end and tags[b + 1] == S:
                    b += 1
                if not content.intersection(range(a, b + 1)):
                    found.source.append((a, b))
                    return
