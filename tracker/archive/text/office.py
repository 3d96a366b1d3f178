"""Documents that are no pages: PDF and DOCX bytes to text. Pure.

The words are taken as they stand, in the order in which they are read: columns one after the other, without the heads,
feet and numbers of pages. A word that a PDF cuts at the end of a line is joined again; the hyphen of "long-term" stays.
"""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Container, Sequence
from functools import lru_cache
from typing import Any

from tracker.languages.data import of_all
from tracker.languages.letters import CAPITALS

CUT = re.compile(r"([^\W\d_]+)([-\u00ad\u2010])$")
OPENS = re.compile(
    rf"(?:[{CAPITALS}][\w.'’-]*\s?){{1,6}}(?:\([^)]{{1,60}}\))?:\s|[•▪–—*]\s|\(?\d{{1,3}}[.)]\s|Q[:.]?\s"
)
ENDED = re.compile(r"[.!?:…][\"'”’»)\]]*$")
WORDS = re.compile(r"[^\W\d_]+")
SOFT_HYPHEN = "\u00ad"
NUMBER = re.compile(r"\d+")
PAGE_NUMBER = re.compile(r"[\W_]*(?:[^\W\d_]{1,8}\.?\s+)?(\d{1,4})(?:\s*(?:/|[^\W\d_]{1,5})\s*\d{1,4})?[\W_]*")
"""A line that holds a number and nothing else, or says so: “- 3 -”, “Page 3 of 12”, “3/12”."""
DEEPEST_FRAME = 3
"""Lines of the head or foot of a page."""
FEWEST_ROWS = 4
"""Rows with words in both columns; a signature beside a date has fewer."""
MOST_ROWS = 0.6
"""Share of the lines that reach the gutter and must have it."""
SHORTEST_PART = 2
"""Letters; parts so short ("in", "er") are words and endings both."""
FULL = 0.75
"""A line shorter than this share of the longest one ended before its end."""
LARGEST_PART = 50_000_000
"""Bytes of one unpacked part of a DOCX; more is a bomb."""
MOST_PAGES = 5_000
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
UNSEEN = frozenset(f"{WORD}{name}" for name in ("del", "moveFrom", "instrText", "delText", "txbxContent"))
"""Words that were deleted, and codes: no reader of the document sees them."""


class NoText(ValueError):
    """There is no text to be had; the words say why."""


def pdf(body: bytes) -> str:
    """The text of a PDF, its paragraphs parted by an empty line. Raises `NoText` for a locked or scanned document."""
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(body))
    if reader.is_encrypted and not reader.decrypt(""):
        raise NoText("the document is locked with a password")
    pages = without_frames([_lines(page) for page in reader.pages[:MOST_PAGES]])
    words = whole_words([line for page in pages for line in page])
    text = "\n\n".join(joined_pages(["\n".join(page) for page in pages], words))
    if not text.strip():
        raise NoText("the document has no text, only pictures of it: it would have to be read by eye")
    return text


def _lines(page: Any) -> list[str]:  # noqa: ANN401 - an untyped page
    """The lines of a page in the order in which they are read: column after column."""
    plain = (page.extract_text() or "").strip()
    try:
        layout = page.extract_text(extraction_mode="layout", layout_mode_space_vertically=False)
    except Exception:  # noqa: BLE001 - a font that can't be measured: the order of the file is what there is
        layout = ""
    return columns(layout) or [line.strip() for line in plain.split("\n")]


def columns(layout: str) -> list[str]:
    """The lines of a page set in two columns, the left one first, between what runs over both; empty for one column.

    `layout` gives the page as it looks, in letters of one width. A gutter is a strip of blanks that most lines share, with
    words on both sides of it.
    """
    lines = [line.rstrip() for line in layout.split("\n") if line.strip()]
    width = max((len(line) for line in lines), default=0)
    rows = {at: sum(_parts_at(line, at) for line in lines) for at in range(width // 4, 3 * width // 4)}
    place = max(rows, key=lambda at: rows[at], default=0)
    best = rows.get(place, 0)
    if best < FEWEST_ROWS or best < MOST_ROWS * sum(1 for line in lines if len(line) > place):
        return []
    out: list[str] = []
    left: list[str] = []
    right: list[str] = []
    for line in lines:
        if line[place - 1 : place + 1].strip():  # over both columns: what stands above it is read first
            out += [*left, *right, _squeezed(line)]
            left, right = [], []
            continue
        left.append(_squeezed(line[:place]))
        right.append(_squeezed(line[place:]))
    return [line for line in [*out, *left, *right] if line]


def _parts_at(line: str, place: int) -> bool:
    """Whether blanks part a line at this place, with words on both sides."""
    return line[place - 1 : place + 1] == "  " and bool(line[:place].strip()) and bool(line[place:].strip())


def _squeezed(line: str) -> str:
    return " ".join(line.split())


def without_frames(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """The lines of each page without its number and without the head or foot that another page has too."""
    kept = [[line for line in page if line] for page in pages]
    for edge in (0, -1):
        for _ in range(DEEPEST_FRAME):
            outer = Counter(NUMBER.sub("#", page[edge]) for page in kept if page)
            doomed = [bool(page) and _is_frame(page[edge], number, outer) for number, page in enumerate(kept, 1)]
            if not any(doomed):
                break
            for page, drop in zip(kept, doomed, strict=True):
                if drop:
                    del page[edge]
    return kept


def _is_frame(line: str, number: int, outer: Counter[str]) -> bool:
    """Whether the first or last line of a page is its number, or stands on another page too."""
    bare = PAGE_NUMBER.fullmatch(line)
    return (bare is not None and int(bare[1]) == number) or (
        outer[NUMBER.sub("#", line)] > 1 and ENDED.search(line) is None
    )


def whole_words(lines: Sequence[str]) -> frozenset[str]:
    """The words of a document that no end of a line cuts, in lower case."""
    found: set[str] = set()
    cut = False
    for line in lines:
        words = WORDS.findall(line.casefold())
        was_cut, cut = cut, CUT.search(line) is not None
        found.update(words[was_cut : len(words) - cut])
    return frozenset(found)


def joined_pages(pages: Sequence[str], words: Container[str] = ()) -> list[str]:
    """The paragraphs of all pages; one that a page cuts in the middle of a sentence goes on over it."""
    out: list[str] = []
    for page in pages:
        found = [part for part in paragraphs(page, words).split("\n\n") if part]
        if out and found and ENDED.search(out[-1]) is None and OPENS.match(found[0]) is None and _goes_on(found[0]):
            out[-1] = _joined(out[-1], found.pop(0), words)
        out += found
    return out


def _goes_on(line: str) -> bool:
    """Whether a page begins in the middle of a sentence, by its first letter."""
    first = next((char for char in line if char.isalpha()), "")
    return first.islower()


def paragraphs(page: str, words: Container[str] = ()) -> str:
    """The lines of a page joined into paragraphs; `words` are those of the document, in lower case.

    A line belongs to the one before it unless that one ended early with the end of a sentence, or this one begins with a
    speaker's label or a mark of a list.
    """
    lines = [line.strip() for line in page.split("\n")]
    longest = max((len(line) for line in lines), default=0)
    out: list[str] = []
    before = ""
    for line in lines:
        if out and before and line and not _begins(before, line, longest):
            out[-1] = _joined(out[-1], line, words)
        elif line:
            out.append(line)
        before = line
    return "\n\n".join(out)


def _joined(text: str, line: str, words: Container[str]) -> str:
    cut = CUT.search(text)
    following = WORDS.match(line)
    if cut is None or following is None or not following[0][0].islower():
        return f"{text} {line}"
    return (text[: cut.start(2)] if _is_cut(cut, following[0], line, words) else text) + line


def _is_cut(cut: re.Match[str], following: str, line: str, words: Container[str]) -> bool:
    """Whether a hyphen at the end of a line only cuts a word, and is none of the word's own ("long-term").

    It is the word's own where one more follows ("two-to-one"), where the part before it begins compounds, or where both parts
    are words that the document has elsewhere; never where the document has the word without one.
    """
    before = cut[1].casefold()
    if cut[2] == SOFT_HYPHEN or before + following.casefold() in words:
        return True
    if line[len(following) : len(following) + 1] == "-":
        return False
    if min(len(before), len(following)) <= SHORTEST_PART:
        return True
    if before in _compounding():
        return False
    return not (before in words and following.casefold() in words)


@lru_cache(maxsize=1)
def _compounding() -> frozenset[str]:
    """The first parts of words that are written with a hyphen, in any language."""
    return frozenset(of_all(lambda language: language.page.compounds))


def _begins(before: str, line: str, longest: int) -> bool:
    """Whether a line begins a paragraph of its own."""
    if OPENS.match(line):
        return True
    return ENDED.search(before) is not None and len(before) < longest * FULL


def docx(body: bytes) -> str:
    """The text of a Word document (ECMA-376 part 1, 17.3): one line a paragraph; deleted words are not there."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            info = package.getinfo("word/document.xml")
            if info.file_size > LARGEST_PART:
                raise NoText("the document unpacks to more than we read")
            xml = package.read(info)
    except (zipfile.BadZipFile, KeyError, RuntimeError) as error:
        raise NoText("this is no Word document (.docx)") from error
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(xml, parser)
    text = "\n\n".join(line for line in (_paragraph(one).strip() for one in root.iter(f"{WORD}p")) if line)
    if not text:
        raise NoText("the document has no text")
    return text


def _paragraph(paragraph: Any) -> str:  # noqa: ANN401 - lxml ships no types
    pieces: list[str] = []
    for element in paragraph.iter():
        if any(above.tag in UNSEEN for above in element.iterancestors(*UNSEEN)) or element.tag in UNSEEN:
            continue
        if element.tag == f"{WORD}t":
            pieces.append(element.text or "")
        elif element.tag in {f"{WORD}tab", f"{WORD}br", f"{WORD}cr"}:
            pieces.append(" ")
        elif element.tag == f"{WORD}noBreakHyphen":
            pieces.append("-")
    return "".join(pieces)
