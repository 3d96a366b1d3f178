"""What a page says: bytes to main text, title, date and language, with the rule that did it. Pure.

HTML goes through trafilatura; then a second look puts back passages with quotation marks that it dropped inside the
article. Plain text is taken as it is given, to the letter. What CSS, comments and scripts hide is not text.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from tracker.errors import TrackerError

EXTRACTOR_VERSION = "2026.11.1"
"""Stored with each snapshot; raise it with every change of what is extracted."""
REPLACEMENT = "\ufffd"
QUOTED = re.compile(r"[“„«\"][^“”„»\"\n]{15,}[”“»\"]")
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
NEVER = "self::script or self::style or self::template or self::noscript or self::iframe or self::svg or self::head"
ASIDE = {"nav", "aside", "footer", "header", "form", "button", "figure", "table", "select"}
BOILERPLATE = re.compile(
    r"comment|related|promo|newsletter|sidebar|footer|cookie|share|recommend|teaser|advert", re.IGNORECASE
)
BLOCKS = ("p", "blockquote", "li", "div", "dd")
LINKED = 0.5
"""A block of which more than this share is link text is a teaser."""


class Unreadable(TrackerError):
    """There is no text to be had from these bytes; the words say why."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page read. `published` is an aware time or a plain day; `rule` names what made the text."""

    text: str
    title: str | None
    published: datetime | date | None
    published_raw: str | None
    language: str | None
    rule: str
    damaged: bool
    outlet: str | None = None


def read_page(body: bytes, *, content_type: str | None, url: str | None) -> Page:
    """The main text of a document and what it tells about itself. Raises `Unreadable`, never anything else."""
    kind = (content_type or "").split(";")[0].strip().lower()
    if not body.strip():
        raise Unreadable("the document is empty")
    try:
        if kind == "application/pdf" or body.startswith(b"%PDF-"):
            return _plain(_pdf(body), "pypdf")
        if kind in {"text/vtt", "application/x-subrip"} or body.lstrip(b"\xef\xbb\xbf").startswith(b"WEBVTT"):
            return _plain(_captions(body), "webvtt")
        if kind == "text/plain":
            return _plain(_decoded(body, content_type), "plain text")
        return _html(_decoded(body, content_type), url)
    except Unreadable:
        raise
    except Exception as error:
        # Parsers fail in ways of their own on hostile bytes: for us it is one thing, a document nobody can read.
        raise Unreadable(f"the document can't be read: {error.__class__.__name__}") from error


def _plain(text: str, rule: str) -> Page:
    if not text.strip():
        raise Unreadable("the document has no text")
    return Page(text, None, None, None, None, rule, REPLACEMENT in text)


def _decoded(body: bytes, content_type: str | None) -> str:
    """The body as text by the WHATWG rules: header, then declaration, then what the bytes look like."""
    from w3lib.encoding import html_to_unicode

    return str(html_to_unicode(content_type, body, auto_detect_fun=_guess, default_encoding="utf-8")[1])


def _guess(body: bytes) -> str:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _pdf(body: bytes) -> str:
    from pypdf import PdfReader

    return "\n\n".join((page.extract_text() or "").strip() for page in PdfReader(io.BytesIO(body)).pages)


def _captions(body: bytes) -> str:
    """The captions of a VTT or SRT file, joined to lines; a change of voice begins a new paragraph with its name."""
    import webvtt

    text = body.decode("utf-8", "replace").lstrip("\ufeff")
    # Its class is iterable by __getitem__, which its types don't tell.
    captions: Any = (
        webvtt.from_string(text) if text.startswith("WEBVTT") else webvtt.from_buffer(io.StringIO(text), format="srt")
    )
    paragraphs: list[tuple[str | None, list[str]]] = []
    for caption in captions:
        voice = getattr(caption, "voice", None)
        words = " ".join(caption.text.split())
        if not paragraphs or (voice and paragraphs[-1][0] != voice):
            paragraphs.append((voice, []))
        paragraphs[-1][1].append(words)
    return "\n\n".join((f"{voice}: " if voice else "") + " ".join(lines) for voice, lines in paragraphs)


def _html(text: str, url: str | None) -> Page:
    import trafilatura
    from trafilatura.utils import load_html

    tree = load_html(text)
    if tree is None:
        raise Unreadable("this is no HTML page")
    raw, published = _date(text, url)
    _drop_hidden(tree)
    # Typed as a document or a dict by its makers; without `as_dict` it is the document.
    found: Any = trafilatura.bare_extraction(
        tree, url=url, fast=True, with_metadata=True, include_comments=False, include_tables=True
    )
    main = (found.text or "").strip() if found is not None else ""
    if not main:
        raise Unreadable("no main text was found on the page")
    restored = _restored(tree, main)
    rule = "trafilatura" if restored == main else "trafilatura, quoted passages put back"
    return Page(
        text=restored,
        title=found.title or None,
        published=published,
        published_raw=raw,
        language=_language(tree, found.language),
        rule=rule,
        damaged=REPLACEMENT in restored,
        outlet=found.sitename or None,
    )


def _drop_hidden(tree: Any) -> None:  # noqa: ANN401 - lxml ships no types
    """Take out what a reader does not see: scripts, comments, hidden elements. Their tails stay."""
    for element in tree.xpath(
        f"//*[@hidden or contains(@style, 'display') or contains(@style, 'visibility') or ({NEVER})]"
    ):
        styled = element.get("style") or ""
        unseen = (
            "hidden" in element.attrib
            or HIDDEN.search(styled)
            or element.tag in NEVER.replace("self::", "").split(" or ")
        )
        if unseen and element.tag != "head" and element.getparent() is not None:
            element.drop_tree()
    for comment in tree.xpath("//comment()"):
        if comment.getparent() is not None:
            comment.drop_tree()


def _date(text: str, url: str | None) -> tuple[str | None, datetime | date | None]:
    """The day or time of first publication as the page tells it, raw and read."""
    from htmldate import find_date

    raw = find_date(text, url=url, original_date=True, extensive_search=False, outputformat="%Y-%m-%dT%H:%M:%S%z")
    if not raw:
        return None, None
    try:
        moment = datetime.fromisoformat(raw)
    except ValueError:
        return raw, None
    if moment.tzinfo is None or (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return raw, moment.date()
    return raw, moment.astimezone(UTC)


def _language(tree: Any, found: str | None) -> str | None:  # noqa: ANN401 - lxml ships no types
    declared = (tree.get("lang") or "").strip().lower().replace("_", "-").split("-")[0]
    return declared if re.fullmatch(r"[a-z]{2,3}", declared) else found


def _restored(tree: Any, main: str) -> str:  # noqa: ANN401 - lxml ships no types
    """The text with the quoted passages of the article that the extraction dropped, each after the passage before it."""
    lines = main.split("\n")
    kept = [_bare(line) for line in lines]
    whole = " ".join(kept)
    blocks = [(block, " ".join(block.text_content().split())) for block in _leaves(tree)]
    inside = [number for number, (_, words) in enumerate(blocks) if len(words) > 40 and _bare(words) in whole]  # noqa: PLR2004 - a sentence
    if len(inside) < 2:  # noqa: PLR2004 - an article has a beginning and an end
        return main
    after = 0
    for number in range(inside[0], inside[-1] + 1):
        block, words = blocks[number]
        bare = _bare(words)
        place = next(
            (n for n in range(after, len(lines)) if bare and (bare in kept[n] or (kept[n] and kept[n] in bare))), None
        )
        if place is not None:
            after = place
        elif QUOTED.search(words) and bare not in whole and not _aside(block):
            lines.insert(after + 1, words)
            kept.insert(after + 1, bare)
            after += 1
    return "\n".join(lines)


def _leaves(tree: Any) -> Iterator[Any]:  # noqa: ANN401 - lxml ships no types
    """Blocks that hold text and no other block, in the order of the page."""
    for element in tree.iter(*BLOCKS):
        if not any(True for _ in element.iterdescendants(*BLOCKS)):
            yield element


def _aside(block: Any) -> bool:  # noqa: ANN401 - lxml ships no types
    """Whether a block stands in navigation, teasers, comments or the like, or is mostly links."""
    for element in (block, *block.iterancestors()):
        named = f"{element.get('class') or ''} {element.get('id') or ''}"
        if element.tag in ASIDE or (
            element.tag not in {"body", "html", "main", "article"} and BOILERPLATE.search(named)
        ):
            return True
    words = len(block.text_content())
    return words == 0 or sum(len(link.text_content()) for link in block.iter("a")) / words > LINKED


def _bare(text: str) -> str:
    """Letters and digits only: how two renderings of one passage are compared."""
    return re.sub(r"\W+", "", text).casefold()
