"""Documents that are no pages: PDF and DOCX bytes to text. Pure.

The words are taken as they stand. A word that a PDF cuts at the end of a line is joined again; its hyphen goes only when
the document has the word without one elsewhere, for "well-known" is written with one.
"""

import io
import re
import zipfile
from collections.abc import Container
from typing import Any

from tracker.languages.letters import CAPITALS

CUT = re.compile(r"([^\W\d_]+)([-\u00ad\u2010])$")
OPENS = re.compile(
    rf"(?:[{CAPITALS}][\w.'’-]*\s?){{1,6}}(?:\([^)]{{1,60}}\))?:\s|[•▪–—*]\s|\(?\d{{1,3}}[.)]\s|Q[:.]?\s"
)
ENDED = re.compile(r"[.!?:…][\"'”’»)\]]*$")
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
    pages = [(page.extract_text() or "").strip() for page in reader.pages[:MOST_PAGES]]
    words = frozenset(word.casefold() for page in pages for word in re.findall(r"[^\W\d_]+", page))
    text = "\n\n".join(paragraphs(page, words) for page in pages if page)
    if not text.strip():
        raise NoText("the document has no text, only pictures of it: it would have to be read by eye")
    return text


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
    following = re.match(r"[^\W\d_]+", line)
    if cut is None or following is None or not following[0][0].islower():
        return f"{text} {line}"
    whole = (cut[1] + following[0]).casefold() in words
    return text[: cut.start(2)] + line if whole or cut[2] == "\u00ad" else text + line


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
