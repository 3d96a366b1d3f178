"""The archive: bytes of a page to a committed snapshot, and how much of a page's quotes survives.

    python -m benchmarks.evidence             cost and quality on made-up pages
    python -m benchmarks.evidence PAGES GOLD  quality on pages you have: PAGES/name.html beside GOLD/name.txt

The made-up pages have the weight of real ones: navigation, scripts, style sheets, teasers and comments around 30 paragraphs.
"""

import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import trafilatura
from trafilatura.settings import Document

from benchmarks.common import Figure, ratio
from benchmarks.floors import fresh
from jobs.ingest import store
from tests.archive.layouts import LAYOUTS
from tracker.archive.models import Source
from tracker.archive.supplied import from_object
from tracker.archive.text import html
from tracker.archive.text.extractor import extract_text

PAGES = 30
WORDS = (
    "the council of Nordhaven met again and talked about the harbour bridge road sand price law winter budget toll "
    "parliament minister speech hall morning question answer member party vote reading crown ship tide wind north"
).split()
QUOTED = re.compile(r"[“„«\"][^“”„»\"]{20,400}[”“»\"]")


def page(number: int) -> str:
    """A made-up news page of about 90 kB; each number gives other words."""
    chance = random.Random(number)

    def sentence(length: int) -> str:
        return " ".join(chance.choice(WORDS) for _ in range(length)).capitalize() + "."

    def paragraph(at: int) -> str:
        if at % 4 == 1:
            return f"<p>“{sentence(14)[:-1]},” <a href='/lind'>Mara Lind</a> said. <em>{sentence(6)}</em></p>"
        return f"<p>{sentence(18)} <span class='x'>{sentence(12)}</span> {sentence(9)}</p>"

    menu = "".join(f"<li class='nav-item'><a href='/s{n}'>{sentence(2)}</a></li>" for n in range(60))
    teasers = "".join(
        f"<div class='teaser card'><a href='/t{n}'><img src='{n}.jpg' alt=''><h3>{sentence(7)}</h3></a><span class='time'>"
        f"{n} h</span></div>"
        for n in range(40)
    )
    body = "".join(
        paragraph(n) + ("<div class='ad-slot'><p>Advertisement</p></div>" if n % 9 == 8 else "") for n in range(30)
    )
    comments = "".join(f"<li class='comment'><p>{sentence(20)}</p></li>" for n in range(20))
    script = "var data = " + json.dumps(
        [{"id": n, "title": sentence(5), "tags": [sentence(1)] * 3} for n in range(200)]
    )
    style = "".join(f".c{n} .d{n}{{margin:{n}px;color:#{n:06x}}}" for n in range(300))
    return (
        f"<!doctype html><html lang='en'><head><title>{sentence(6)}</title><meta property='og:site_name' content='Courier'>"
        f"<meta property='article:published_time' content='2024-03-{number % 27 + 1:02}T10:00:00Z'><style>{style}</style>"
        f"<script>{script}</script></head><body><nav><ul>{menu}</ul></nav><main><article><h1>{sentence(6)}</h1>{body}</article>"
        f"</main><aside>{teasers}</aside><section id='comments'><ol>{comments}</ol></section>"
        "<footer>Courier</footer></body></html>"
    )


def snapshots() -> Figure:
    """Bytes of a page to a committed snapshot (archived record, synced; text, title, date; row), against trafilatura."""
    pages = [page(number).encode() for number in range(PAGES)]
    with fresh() as place:
        with place.database.reading() as session:
            source = session.get_one(Source, "hand")
        count = iter(range(10**9))

        def ours() -> None:
            for body in pages:
                number = next(count)
                given = from_object(
                    {"html": body.decode() + f"<!-- {number} -->", "url": f"https://c.example/{number}"}
                )
                store.store_new(place, source, given)

        def reference() -> None:
            for body in pages:
                trafilatura.bare_extraction(body, fast=True, with_metadata=True)

        found, took = ratio(ours, reference, rounds=7)
    size = sum(map(len, pages)) // PAGES // 1000
    return Figure(
        floor="archive",
        what=f"HTML of {size} kB to committed snapshot",
        reference="trafilatura, metadata",
        ratio=found,
        ours=f"{PAGES / took:.0f} pages/s",
    )


def reading() -> Figure:
    """The reading alone: main text in the page's own words, title, date, language, against trafilatura."""
    pages = [page(number) for number in range(PAGES)]
    found, took = ratio(
        lambda: [html.read(one, None) for one in pages],
        lambda: [trafilatura.bare_extraction(one, fast=True, with_metadata=True) for one in pages],
        rounds=7,
    )
    return Figure(
        floor="archive",
        what="main text of a page",
        reference="trafilatura, metadata",
        ratio=found,
        ours=f"{PAGES / took:.0f} pages/s",
    )


def figures() -> Iterator[Figure]:
    """The figures of cost."""
    yield snapshots()
    yield reading()


def layouts() -> dict[str, object]:
    """How many passages of the layouts in tests/archive/layouts.py survive word for word, and what else gets in."""
    found: dict[str, object] = {}
    for name, extract in (("ours", _ours), ("trafilatura", _trafilatura)):
        kept = [passage for one in LAYOUTS for passage in one.kept if _plain(passage) in _plain(extract(one.page))]
        extra = [words for one in LAYOUTS for words in one.out if words in extract(one.page)]
        found[name] = {"passages": sum(len(one.kept) for one in LAYOUTS), "kept": len(kept), "boilerplate": len(extra)}
    return found


def quality(pages: Path, gold: Path) -> dict[str, dict[str, float]]:
    """Quotes kept verbatim and precision, recall and F1 of runs of four words, on pages with a known text."""
    totals: dict[str, dict[str, float]] = {}
    for name, extract in (("ours", _ours), ("trafilatura", _trafilatura)):
        quotes = kept = 0
        precision, recall = [], []
        for file in sorted(pages.glob("*.html")):
            true = gold / f"{file.stem}.txt"
            if not true.exists():
                continue
            want, got = true.read_text(errors="replace"), extract(file.read_text(errors="replace"))
            spoken = [_plain(one) for one in QUOTED.findall(_plain(want))]
            quotes += len(spoken)
            kept += sum(one in _plain(got) for one in spoken)
            ours, theirs = _runs(got), _runs(want)
            same = sum((ours & theirs).values())
            precision.append(same / max(1, sum(ours.values())))
            recall.append(same / max(1, sum(theirs.values())))
        p, r = sum(precision) / len(precision), sum(recall) / len(recall)
        totals[name] = {
            "quotes": quotes,
            "kept": kept,
            "P": round(p, 3),
            "R": round(r, 3),
            "F1": round(2 * p * r / (p + r), 3),
        }
    return totals


def _ours(text: str) -> str:
    return extract_text(text.encode(), content_type="text/html; charset=utf-8", url=None).text


def _trafilatura(text: str) -> str:
    found = trafilatura.bare_extraction(text, fast=True, include_comments=False)
    return found.text or "" if isinstance(found, Document) else ""


def _plain(text: str) -> str:
    return " ".join(text.split())


def _runs(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return Counter(tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3)))


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(quality(Path(sys.argv[1]), Path(sys.argv[2])), indent=1))
    else:
        print(json.dumps(layouts(), indent=1))
        for figure in figures():
            print(f"{figure.what}: {figure.ratio:.2f} × {figure.reference} ({figure.ours})")
