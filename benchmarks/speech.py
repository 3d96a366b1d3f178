"""The reader: its cost on made-up articles, and its quality where labelled articles are at hand.

    python -m benchmarks.speech                                   cost
    python -m benchmarks.speech ARTICLES.jsonl.gz SCORER.py        quality too
    LABELLED=ARTICLES.jsonl.gz SCORER=SCORER.py make bench         the same, with all other figures

``ARTICLES`` is a part of a PolNeAR checkout in the layout ``tools/train_quotes.py`` reads, ``SCORER`` the script that
scores it. Neither is part of this project.
"""

import gc
import gzip
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from benchmarks.common import Figure, ratio
from tracker.speech import jsonl
from tracker.speech.reading import Manuscript, read_all

ARTICLES = 40
SENTENCES = (
    "Finance Minister Mara Lind spoke on Monday about road {n}. “We need road {n} now,” Lind told reporters. ",
    "According to the council, the work costs {n} crowns if the winter is mild. ",
    "“This is the {n}th time,” said Bo Vale, who leads the opposition. “It will not be the last,” he added.\n\n",
    "The price of sand rose by {n} crowns since the winter, and nobody knows why.\n\n",
)
TOGETHER = 12
"""Articles read side by side: as many as a pipe holds at once."""
ROUNDS = 5
LONG = 1_000_000
SHORT = 1_000


def article(number: int, size: int = 5000) -> str:
    """A made-up article of about ``size`` characters."""
    text, n = "", number
    while len(text) < size:
        text += SENTENCES[n % len(SENTENCES)].format(n=n)
        n += 1
    return text


def read_articles(texts: list[str]) -> None:
    """Read articles, as many side by side as a pipe holds at once."""
    asked = [Manuscript(text=text, published=date(2024, 3, 20), language="en", kind="article") for text in texts]
    for first in range(0, len(asked), TOGETHER):
        read_all(asked[first : first + TOGETHER])


def articles() -> Figure:
    """Articles of 5 kB to utterances, against finding their words with a regular expression."""
    texts = [article(n) for n in range(ARTICLES)]
    found, took = ratio(lambda: read_articles(texts), lambda: [re.findall(r"\w+", t) for t in texts])
    return Figure(
        floor="speech",
        what="articles of 5 kB to utterances",
        reference="re.findall of words",
        ratio=found,
        ours=f"{ARTICLES / took:.0f} articles/s",
    )


def growth() -> Figure:
    """One text of 1 MB against a thousand of 1 kB: about 1 where the cost is linear."""
    short = [article(n, SHORT) for n in range(LONG // SHORT)]
    long = [article(0, LONG)]
    found, took = ratio(lambda: read_articles(long), lambda: read_articles(short), rounds=1)
    return Figure(
        floor="speech", what="one text of 1 MB", reference="a thousand texts of 1 kB", ratio=found, ours=f"{took:.1f} s"
    )


def marks() -> Figure:
    """A million quotation marks, against a million letters in words."""
    found, took = ratio(
        lambda: read_articles(["“a” " * (LONG // 2)]), lambda: read_articles(["abc " * (LONG // 2)]), rounds=1
    )
    return Figure(
        floor="speech",
        what="a million quotation marks",
        reference="half a million words",
        ratio=found,
        ours=f"{took:.1f} s",
    )


ODD = "“" + "‘“" * 20 + "we need it" + "”’" * 20 + "” “a b c d e f” he said on Monday, March 18, 2024. "
PARTS = 8
ODD_PART = 8_000


def odd_marks() -> Figure:
    """A text of odd marks against its eighths: about 1 where the cost is linear.

    Without the garbage collector: a full collection walks everything a process holds, not what the reader does.
    """
    text = (ODD * (PARTS * ODD_PART // len(ODD) + 1))[: PARTS * ODD_PART]
    parts = [text[first : first + ODD_PART] for first in range(0, len(text), ODD_PART)]
    gc.collect()
    gc.disable()
    try:
        found, took = ratio(lambda: read_articles([text]), lambda: read_articles(parts))
    finally:
        gc.enable()
    return Figure(
        floor="speech",
        what="64,000 characters of odd marks",
        reference="eight times 8,000 of them",
        ratio=found,
        ours=f"{took:.2f} s",
    )


def labelled() -> str:
    """The table of quality if the environment names labelled articles and their scorer, else a sentence that says so."""
    articles_, scorer = os.environ.get("LABELLED"), os.environ.get("SCORER")
    if not articles_ or not scorer:
        return "The reader's quality was not measured: LABELLED and SCORER name no labelled articles and scorer."
    return quality(Path(articles_), Path(scorer))


def figures() -> Iterator[Figure]:
    """All figures of cost."""
    for measure in (articles, growth, marks, odd_marks):
        yield measure()


def quality(labelled: Path, scorer: Path) -> str:
    """Read labelled articles and give the scorer's table, with the articles a second on one core."""
    with gzip.open(labelled, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    asked = [json.dumps({k: r[k] for k in ("id", "text", "title", "published")} | {"kind": "article"}) for r in rows]
    groups = [asked[n : n + TOGETHER] for n in range(0, len(asked), TOGETHER)]
    took, answers = 0.0, []
    for _ in range(ROUNDS):
        began = time.process_time()
        answers = [json.dumps(answer) for group in groups for answer in jsonl.answers(group)]
        took = min(took or math.inf, time.process_time() - began)
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as out:
        out.write("\n".join(answers))
        out.flush()
        command = [sys.executable, str(scorer), str(labelled), out.name]
        table = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return f"{len(rows) / took:.0f} articles/s\n{table}"


if __name__ == "__main__":
    for figure in figures():
        print(f"{figure.what:32} {figure.ratio:8.2f} × {figure.reference} ({figure.ours})", flush=True)
    if len(sys.argv) > 2:
        print(quality(Path(sys.argv[1]), Path(sys.argv[2])))
