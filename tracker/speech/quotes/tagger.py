"""The two taggers: which words report (cue, source, content), and what belongs to each cue.

Linear chains trained by ``tools/train_quotes.py`` and run here in numpy, all sentences of a text at once. The first
labels every word; the second looks at the words around one cue and labels that cue's own source and content.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tracker.speech.quotes import features
from tracker.speech.quotes.lexicon import is_quote, stem, unknown
from tracker.speech.quotes.tokens import QUOTE, Tokens

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
O, U, C, S, BU, BC, BS = range(7)
"""Labels of the first tagger: nothing; inside a cue, content, source; their first words."""
NOTHING, CUE, CONTENT, NEW_CONTENT, SOURCE, NEW_SOURCE = range(6)
"""Labels of the second tagger."""
CUE_BIAS = 0.6
"""Added to the score of cue labels: the second tagger throws wrong cues out, but can't find missing ones."""
SOURCE_BIAS = 2.5
CONTENT_BIAS = 0.6

_BE = frozenset("is are was were be been being 's get got".split())


def best(sentences: list[tuple[int, int]], scores: Floats, moves: Floats, bias: float = 0.0) -> Ints:
    """Give the best label of each word: Viterbi over all sentences side by side."""
    if not sentences:
        return np.zeros(0, np.int64)
    bounds = np.array(sentences)
    if bias:
        scores = scores.copy()
        scores[:, BU] += bias
    return _viterbi(bounds[:, 0], bounds[:, 1] - bounds[:, 0], scores, moves)


def _viterbi(start: Ints, count: Ints, scores: Floats, moves: Floats) -> Ints:
    order = np.argsort(-count, kind="stable")
    start, count = start[order], count[order]
    longest = int(count[0])
    alive = np.searchsorted(-count, -np.arange(longest), side="left")
    labels = scores.shape[1]
    back = np.zeros((longest, len(start), labels), np.int8)
    state = scores[start].copy()
    turned = np.ascontiguousarray(moves.T)
    for step in range(1, longest):
        n = int(alive[step])
        paths = state[:n, None, :] + turned
        chosen = paths.argmax(2)
        back[step, :n] = chosen
        state[:n] = paths.max(2) + scores[start[:n] + step]
    out = np.zeros(len(scores), np.int64)
    label = state.argmax(1)
    lines = np.arange(len(start))
    for step in range(longest - 1, -1, -1):
        n = int(alive[step])
        out[start[:n] + step] = label[:n]
        if step:
            label[:n] = back[step, lines[:n], label[:n]]
    return out


def cue_spans(tags: Ints, sentences: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Give the (first, last) token of each cue the first tagger found, in order."""
    begins = {a for a, _ in sentences}
    out: list[list[int]] = []
    for i in np.flatnonzero((tags == BU) | (tags == U)).tolist():
        if tags[i] == U and out and out[-1][1] == i - 1 and i not in begins:
            out[-1][1] = i
        else:
            out.append([i, i])
    return [(a, b) for a, b in out]


@dataclass(frozen=True, slots=True)
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
        stems = _numbered([stem(w) if not w.startswith("<") else w for w in words])
        suffixes = _numbered([w[-3:] if w.isalpha() else w[:1] for w in words])
        ranked = {w: i + 1 for i, w in enumerate(sorted(rates))}
        cue = np.array([ranked.get(stem(w), 0) for w in words])
        sizes = (len(words), int(cluster.max()) + 1, int(fine.max()) + 1, int(stems.max()) + 1, int(suffixes.max()) + 1)
        lexicon = features.Lexicon(cluster, fine, stems, suffixes, cue, (*sizes, len(ranked) + 1))
        quotes = np.array([is_quote(w) or w == "<unk:quote>" for w in words])
        return cls(words, {w: i for i, w in enumerate(words)}, lexicon, quotes, rates)

    def lay(self, doc: Tokens) -> tuple[features.Sentences, Ints]:
        """Give the padded words of a text and the place of each sentence (headline, start of paragraph, other)."""
        get = self.index.get
        ids = [get(w) or self.index[unknown(w, s)] for w, s in zip(doc.words, doc.shapes, strict=True)]
        laid = features.pad(np.array(ids, np.int64), np.array(doc.shapes, np.int64), np.array(doc.sentences, np.int64))
        paragraph = np.array(doc.paragraph)
        head = np.where(np.concatenate(([True], paragraph[1:] != paragraph[:-1])), 2, 0)
        head[paragraph == 0] = 1
        return laid, head

    def trigger(self, doc: Tokens, laid: features.Sentences, spans: list[tuple[int, int]]) -> features.Trigger:
        """Describe cues given by their (first, last) tokens."""
        heads, forms = [], []
        for a, b in spans:
            head = max(range(a, b + 1), key=lambda i: (self.rates.get(stem(doc.words[i]), 0.0), i))
            heads.append(head)
            forms.append(_form(doc, head))
        at = laid.at
        index = np.array(spans, np.int64).reshape(-1, 2)
        return features.Trigger(at[index[:, 0]], at[index[:, 1]], at[np.array(heads, np.int64)], np.array(forms))

    def mark(self, laid: features.Sentences, tags: Ints, spans: list[tuple[int, int]]) -> Ints:
        """Give the first tagger's labels of the padded words."""
        out = np.zeros(len(laid.word), np.int64)
        out[laid.at] = tags
        return out

    def save(self, path: Path, first: tuple[Floats, Floats], second: tuple[Floats, Floats]) -> None:
        """Write the data file: words, classes and weights (half precision, empty rows left out)."""
        packed: dict[str, Any] = {}
        for name, (weights, moves) in (("first", first), ("second", second)):
            used = np.flatnonzero(np.abs(weights).max(1) > 1e-3)
            packed[f"{name}_rows"] = np.diff(used, prepend=0).astype(np.uint32)
            packed[f"{name}_size"] = np.array(weights.shape)
            packed[f"{name}_weights"] = weights[used].astype(np.float16)
            packed[f"{name}_moves"] = moves
        packed["words"] = np.frombuffer("\n".join(self.words).encode(), np.uint8)
        packed["rates"] = np.frombuffer(json.dumps(self.rates, sort_keys=True).encode(), np.uint8)
        packed["cluster"] = self.lexicon.cluster.astype(np.uint16)
        packed["fine"] = self.lexicon.fine.astype(np.uint16)
        np.savez_compressed(path, **packed)


def _numbered(values: list[str]) -> Ints:
    seen: dict[str, int] = {}
    return np.array([seen.setdefault(v, len(seen)) for v in values])


def _form(doc: Tokens, head: int) -> int:
    word = doc.words[head]
    if not word[:1].isalpha():
        return 4
    if word.endswith("ing") and word != "according":
        return 1
    if word == "according":
        return 3
    if any(doc.words[i] in _BE for i in range(max(0, head - 3), head)):
        return 2
    return 0


def size_of_context(vocabulary: Vocabulary) -> int:
    """Give the number of weight rows of the first tagger."""
    return _probe(vocabulary)[0]


def size_of_around(vocabulary: Vocabulary) -> int:
    """Give the number of weight rows of the second tagger."""
    return _probe(vocabulary)[1]


def _probe(vocabulary: Vocabulary) -> tuple[int, int]:
    words, clusters, fines, stems, suffixes, _ = vocabulary.lexicon.sizes
    first = 5 * (words + fines) + 2 * words + 7 * clusters + 3 * (stems + suffixes) + features.SHAPES**3 + 49
    second = 5 * clusters * 3 + 3 * fines * 3 + 21 + 120 + features.SHAPES**3 * 3 + 512 * 3
    return first + features.HASHED, second + features.HASHED


@dataclass(frozen=True, slots=True)
class Model:
    """A vocabulary with the weights of both taggers."""

    vocabulary: Vocabulary
    first: Floats
    first_moves: Floats
    second: Floats
    second_moves: Floats


def load(path: Path | None = None) -> Model:
    """Read the data file."""
    opened = path.open("rb") if path else resources.files("tracker.speech.quotes").joinpath("weights.npz").open("rb")
    with opened as stream, np.load(stream, allow_pickle=False) as data:
        words = data["words"].tobytes().decode().split("\n")
        rates = json.loads(data["rates"].tobytes())
        vocabulary = Vocabulary.made(words, data["cluster"].astype(np.int64), data["fine"].astype(np.int64), rates)
        return Model(
            vocabulary,
            _weights(data, "first"),
            data["first_moves"],
            _weights(data, "second"),
            data["second_moves"],
        )


def _weights(data: Any, name: str) -> Floats:
    out = np.zeros(tuple(data[f"{name}_size"]), np.float32)
    out[np.cumsum(data[f"{name}_rows"].astype(np.int64))] = data[f"{name}_weights"]
    return out


@lru_cache(maxsize=1)
def model() -> Model:
    """Give the model, read once."""
    return load()


@dataclass(frozen=True, slots=True)
class Attribution:
    """What the taggers found for one cue: (first, last) token pieces."""

    cue: tuple[int, int]
    source: list[tuple[int, int]]
    content: list[tuple[int, int]]


def attributions(doc: Tokens, engine: Model | None = None) -> list[Attribution]:
    """Give every cue with its source and content, in order of the text."""
    engine = engine or model()
    if not doc.words:
        return []
    laid, head = engine.vocabulary.lay(doc)
    lexicon, quotes = engine.vocabulary.lexicon, engine.vocabulary.quotes
    rows = features.context(laid, lexicon, quotes, head)
    tags = best(doc.sentences, engine.first[rows].sum(1), engine.first_moves, CUE_BIAS)
    spans = cue_spans(tags, doc.sentences)
    if not spans:
        return []
    trigger = engine.vocabulary.trigger(doc, laid, spans)
    table, at, owner = features.around(laid, lexicon, quotes, trigger, engine.vocabulary.mark(laid, tags, spans))
    count = np.bincount(owner, minlength=len(spans))
    scores = engine.second[table].sum(1)
    scores[:, NEW_SOURCE] += SOURCE_BIAS
    scores[:, NEW_CONTENT] += CONTENT_BIAS
    labels = _viterbi(np.cumsum(count) - count, count, scores, engine.second_moves)
    back = np.full(len(laid.word), -1)
    back[laid.at] = np.arange(len(laid.at))
    return _collect(spans, back[at].tolist(), owner.tolist(), labels.tolist())


def _collect(
    spans: list[tuple[int, int]], tokens: list[int], owners: list[int], labels: list[int]
) -> list[Attribution]:
    found = [Attribution(span, [], []) for span in spans]
    last = -1
    for token, owner, label in zip(tokens, owners, labels, strict=True):
        if label in (CONTENT, NEW_CONTENT, SOURCE, NEW_SOURCE):
            parts = found[owner].content if label in (CONTENT, NEW_CONTENT) else found[owner].source
            if label in (CONTENT, SOURCE) and parts and parts[-1][1] == token - 1 and last == token - 1:
                parts[-1] = (parts[-1][0], token)
            else:
                parts.append((token, token))
        last = token
    return [a for a in found if a.content]


assert QUOTE == 5  # noqa: S101 - the vocabulary's "<unk:quote>" stands at this shape
