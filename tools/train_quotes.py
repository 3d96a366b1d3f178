"""Trains the two quotation taggers from articles with marked attributions.

    python tools/train_quotes.py TRAIN.jsonl[.gz] [--out tracker/speech/quotes/english/weights.npz] [--folds 4]

Input: one article a line, {"text": str, "attributions": [{"content": [[s, e], ...], "source": ..., "cue": ...}]},
offsets in code points: made from a PolNeAR 1.0.0 checkout, which is not part of this project.
Nothing of the texts is kept but word types that occur at least twice, their classes, and weights.

Steps: words -> classes by their neighbours (SVD, k-means, seed 7) -> first tagger (cue, source and content of every
sentence) -> the same trained on folds, so that the second tagger learns from labels as they really come -> second
tagger (source and content of one cue).
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import chain
from tracker.speech.quotes.english import chain as decoder
from tracker.speech.quotes.english import features, tagger
from tracker.speech.quotes.english.lexicon import FIXED, UNKNOWN, stem, unknown
from tracker.speech.tokens import layout, marks, tokens

SEED = 7
CLUSTERS, FINE = 64, 320
LEAST = 2
SETTINGS = chain.Settings()
NONE, U, C, S, BU, BC, BS = range(7)


def log(*words: object) -> None:
    """Tell what is being done, with the time."""
    print(time.strftime("%H:%M:%S"), *words, file=sys.stderr, flush=True)


def articles(path: Path) -> list[dict[str, Any]]:
    """Read the articles."""
    opened = gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")
    with opened as lines:
        return [json.loads(line) for line in lines]


def prepared(article: dict[str, Any]) -> tokens.Tokens:
    """The tokens of an article as the reader makes them."""
    text = article["text"]
    paragraphs = layout.paragraphs(text)
    return tokens.tokens(text, paragraphs, marks.regions(text, paragraphs))


def classes(documents: list[tokens.Tokens]) -> tuple[list[str], dict[str, np.ndarray]]:
    """The word types and their classes."""
    counts = Counter(w for d in documents for w in d.words)
    shapes: dict[str, Counter[int]] = {}
    words = list(FIXED) + list(UNKNOWN)
    known = set(words)
    words += sorted((w for w, n in counts.items() if n >= LEAST and w not in known), key=lambda w: (-counts[w], w))
    index = {w: i for i, w in enumerate(words)}
    ids = [
        np.array([index.get(w) or index[unknown(w, s)] for w, s in zip(d.words, d.shapes, strict=True)])
        for d in documents
    ]
    del shapes
    return words, {"ids": np.concatenate(ids), **clusters(words, ids, documents)}


def clusters(words: list[str], ids: list[np.ndarray], documents: list[tokens.Tokens]) -> dict[str, np.ndarray]:
    """Classes of words that stand between the same neighbours."""
    flat = []
    for row, d in zip(ids, documents, strict=True):
        for a, b in d.sentences:
            flat += [0, *row[a:b].tolist()]
    flat.append(0)
    stream = np.array(flat)
    frequent = 600
    order = np.argsort(-np.bincount(stream, minlength=len(words)))
    column = np.full(len(words), frequent)
    column[order[:frequent]] = np.arange(frequent)
    wide = frequent + 1
    blocks = []
    for offset in (-2, -1, 1, 2):
        table = np.zeros((len(words), wide))
        here = stream[2:-2]
        there = column[stream[2 + offset : len(stream) - 2 + offset]]
        np.add.at(table, (here, there), 1.0)
        blocks.append(table * (1.0 if abs(offset) == 1 else 0.6))
    table = np.concatenate(blocks, axis=1)
    total = table.sum()
    expected = table.sum(1, keepdims=True) * table.sum(0, keepdims=True) / total
    with np.errstate(divide="ignore", invalid="ignore"):
        pmi = np.nan_to_num(np.maximum(np.log((table + 0.0) / (expected + 0.5)), 0.0), neginf=0.0, posinf=0.0)
    weight = np.sqrt(np.bincount(stream, minlength=len(words)) + 1.0)[:, None]
    gram = (pmi * np.minimum(weight, 30)).T @ (pmi * np.minimum(weight, 30))
    vectors = np.linalg.eigh(gram)[1]
    space = pmi @ vectors[:, -70:]
    space /= np.linalg.norm(space, axis=1, keepdims=True) + 1e-9
    counts = np.bincount(stream, minlength=len(words)).astype(float)
    return {"cluster": means(space, counts, CLUSTERS), "fine": means(space, counts, FINE)}


def means(space: np.ndarray, counts: np.ndarray, size: int) -> np.ndarray:
    """Spherical k-means, words weighted by the root of their count."""
    random = np.random.default_rng(SEED)
    weight = np.sqrt(counts + 0.1)[:, None]
    order = np.argsort(-counts)[: size * 4]
    centres = space[random.choice(order, size, replace=False)]
    label = np.zeros(len(space), np.int64)
    for _ in range(40):
        label = (space @ centres.T).argmax(1)
        centres = np.zeros_like(centres)
        np.add.at(centres, label, space * weight)
        norm = np.linalg.norm(centres, axis=1, keepdims=True)
        centres = np.where(norm > 0, centres / (norm + 1e-9), space[random.choice(order, size)])
    label += 1
    label[0] = 0
    return label


def gold(article: dict[str, Any], doc: tokens.Tokens) -> list[dict[str, list[int]]]:
    """For each attribution the tokens of its content, source and cue."""
    starts, ends = np.array(doc.starts), np.array(doc.ends)
    out = []
    for attribution in article["attributions"]:
        row: dict[str, list[int]] = {}
        for part in ("content", "source", "cue"):
            found: list[int] = []
            for s, e in attribution[part]:
                for i in range(int(np.searchsorted(ends, s, side="right")), int(np.searchsorted(starts, e))):
                    if (min(e, ends[i]) - max(s, starts[i])) * 2 >= ends[i] - starts[i]:
                        found.append(i)
            row[part] = found
        out.append(row)
    return out


def pieces(items: list[int]) -> list[tuple[int, int]]:
    """Join neighbouring tokens to (first, last) pieces."""
    out: list[list[int]] = []
    for i in sorted(set(items)):
        if out and out[-1][1] == i - 1:
            out[-1][1] = i
        else:
            out.append([i, i])
    return [(a, b) for a, b in out]


def main_piece(doc: tokens.Tokens, cue: list[int], rate: dict[str, float]) -> tuple[int, int] | None:
    """The piece of a cue that names it."""
    found = [p for p in pieces(cue) if p[1] - p[0] < 9]
    if not found:
        return None
    return max(found, key=lambda p: (max(rate.get(stem(doc.words[i]), 0.0) for i in range(p[0], p[1] + 1)), -p[0]))


def labels(doc: tokens.Tokens, rows: list[dict[str, list[int]]], rate: dict[str, float]) -> list[int]:
    """The first tagger's true label of each token."""
    out = [NONE] * len(doc.words)
    for part, begin, inside in (("content", BC, C), ("source", BS, S)):
        for row in rows:
            for a, b in pieces(row[part]):
                out[a : b + 1] = [begin] + [inside] * (b - a)
    for row in rows:
        piece = main_piece(doc, row["cue"], rate)
        if piece:
            a, b = piece
            out[a : b + 1] = [BU] + [U] * (b - a)
    return out


def fit(
    rows: list[np.ndarray], tags: list[list[int]], size: int, count: int, name: str
) -> tuple[np.ndarray, np.ndarray]:
    """Train one chain; give its weights (rows x labels) and transitions (labels x labels)."""
    kept = [(r, t) for r, t in zip(rows, tags, strict=True) if len(t)]
    table = np.concatenate([r for r, _ in kept])
    truth = np.array([t for _, row in kept for t in row])
    lengths = np.array([len(t) for _, t in kept])
    log("training", name, len(kept), "sequences", len(truth), "words", table.shape[1], "features", size, "rows")
    weights, moves = chain.train(table, truth, lengths, size, count, SETTINGS)
    log("trained", name, int((np.abs(weights) > 1e-3).sum()), "weights")
    return weights, moves


def cut(doc: tokens.Tokens, table: np.ndarray, tags: list[int]) -> tuple[list[np.ndarray], list[list[int]]]:
    """Cut rows and labels into sentences."""
    return [table[a:b] for a, b in doc.sentences], [tags[a:b] for a, b in doc.sentences]


def laid_out(doc: tokens.Tokens, engine: tagger.Vocabulary) -> features.Sentences:
    """A text as the taggers see it."""
    sheet = engine.lay(doc)
    return features.pad(sheet.words, sheet.shapes, sheet.bounds, sheet.place)


def first_rows(doc: tokens.Tokens, engine: tagger.Vocabulary) -> np.ndarray:
    """Weight rows of all features of the first tagger, one line a token."""
    laid = laid_out(doc, engine)
    hashed = features.context(laid, engine.lexicon, engine.quotes)
    places = features.places(engine.lexicon, features.CONTEXT_PLACES, 1)
    words = tagger.first_words(laid)
    table = np.concatenate(
        [hashed.T, *(p[words[o]] for o, p in zip(features.CONTEXT_PLACES, places, strict=True))], axis=1
    )
    return table[laid.at - features.EDGE].astype(np.int32)


def second_set(
    doc: tokens.Tokens,
    rows: list[dict[str, list[int]]],
    engine: tagger.Vocabulary,
    tags: np.ndarray,
    rate: dict[str, float],
) -> tuple[list[np.ndarray], list[list[int]]]:
    """Windows around the cues the first tagger found, and around those it missed, with their true labels."""
    laid = laid_out(doc, engine)
    truth = {}
    for n, row in enumerate(rows):
        piece = main_piece(doc, row["cue"], rate)
        if piece:
            for i in range(piece[0], piece[1] + 1):
                truth[i] = n
    found = tagger.cue_spans(tags, np.array(doc.sentences))
    owners: list[int | None] = []
    for a, b in found:
        hits = Counter(truth[i] for i in range(a, b + 1) if i in truth)
        owners.append(hits.most_common(1)[0][0] if hits else None)
    for n, row in enumerate(rows):
        piece = main_piece(doc, row["cue"], rate)
        if piece and n not in owners and any(s[0] <= piece[0] and piece[1] < s[1] for s in doc.sentences):
            found.append(piece)
            owners.append(n)
    if not found:
        return [], []
    cues = engine.trigger(doc.words, laid, found)
    marked = np.zeros(len(laid.word), np.int64)
    marked[laid.at] = tags
    at, owner, _ = features.window(laid, cues)
    hashed = features.around(laid, engine.lexicon, engine.quotes, cues=cues, tags=marked, at=at, owner=owner)
    places = features.places(engine.lexicon, features.AROUND_PLACES, features.SIDES)
    words = tagger.second_words(laid, cues, at, owner)
    table = np.concatenate(
        [hashed.T, *(p[words[o]] for o, p in zip(features.AROUND_PLACES, places, strict=True))], axis=1
    )
    table = table.astype(np.int32)
    back = np.full(len(laid.word), -1)
    back[laid.at] = np.arange(len(laid.at))
    token = back[at]
    xs, ys = [], []
    for k, (a, b) in enumerate(found):
        lines = np.flatnonzero(owner == k)
        index = owners[k]
        y = np.zeros(len(doc.words), np.int64)
        if index is not None:
            for part, begin, inside in (("content", 3, 2), ("source", 5, 4)):
                for p, q in pieces(rows[index][part]):
                    y[p : q + 1] = inside
                    y[p] = begin
        y[a : b + 1] = 1
        xs.append(table[lines])
        ys.append(y[token[lines]].tolist())
    return xs, ys


def main() -> None:
    """Train both taggers and write the data file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", type=Path)
    parser.add_argument("--out", type=Path, default=Path("tracker/speech/quotes/english/weights.npz"))
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--limit", type=int, default=None)
    options = parser.parse_args()
    source = articles(options.train)[: options.limit]
    documents = [prepared(a) for a in source]
    log(len(documents), "articles", sum(len(d.words) for d in documents), "tokens")
    gold_rows = [gold(a, d) for a, d in zip(source, documents, strict=True)]
    words, made = classes(documents)
    total: Counter[str] = Counter(stem(w) for d in documents for w in d.words)
    cued: Counter[str] = Counter(
        stem(d.words[i]) for d, rows in zip(documents, gold_rows, strict=True) for r in rows for i in r["cue"]
    )
    rate = {w: n / total[w] for w, n in cued.items() if n >= 2}
    engine = tagger.Vocabulary.made(words, made["cluster"], made["fine"], {w: r for w, r in rate.items() if r > 0.12})
    log(len(words), "words", engine.lexicon.words)
    tags = [labels(d, r, rate) for d, r in zip(documents, gold_rows, strict=True)]
    tables = [first_rows(d, engine) for d in documents]
    size = features.size(engine.lexicon, features.CONTEXT_PLACES, 1)

    def train_first(chosen: list[int], name: str) -> tuple[np.ndarray, np.ndarray]:
        xs: list[np.ndarray] = []
        ys: list[list[int]] = []
        for i in chosen:
            x, y = cut(documents[i], tables[i], tags[i])
            xs += x
            ys += y
        return fit(xs, ys, size, 7, name)

    everything = list(range(len(documents)))
    first = train_first(everything, "first")
    xs: list[np.ndarray] = []
    ys: list[list[int]] = []
    for fold in range(options.folds):
        weights, moves = train_first([i for i in everything if i % options.folds != fold], f"fold {fold}")
        for i in everything:
            if i % options.folds == fold:
                scores = weights[tables[i]].sum(1)
                scores[:, BU] += tagger.CUE_BIAS
                bounds = np.array(documents[i].sentences)
                predicted = decoder.best(bounds[:, 0], bounds[:, 1] - bounds[:, 0], scores, moves)
                x, y = second_set(documents[i], gold_rows[i], engine, predicted, rate)
                xs += x
                ys += y
    second = fit(xs, ys, features.size(engine.lexicon, features.AROUND_PLACES, features.SIDES), 6, "second")
    engine.save(options.out, first, second)
    log("wrote", options.out, options.out.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
