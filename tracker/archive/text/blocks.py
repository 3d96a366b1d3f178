"""A page as its reader sees it: blocks of running text in the order of the page, to the letter. Pure.

A block is a run of inline content between two block boundaries or line breaks, as CSS lays it out (CSS Display 3,
"block container"): what a paragraph holds, a cell, a heading. White space is collapsed as on the screen; nothing else of
the text is touched. What a browser does not show (scripts, comments, hidden elements) is not there.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tracker.languages.data import default, languages

BLOCK = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu nav ol optgroup option p "
    "pre search section select summary table tbody td tfoot th thead tr ul video audio".split()
)
UNSEEN = frozenset(
    "applet area audio base button canvas datalist embed head iframe input link map math meta noembed noframes noscript "
    "object option param script select source style svg template textarea title track video".split()
)
BREAK = "br"
CUTS = dict.fromkeys((0xAD, 0x200B, 0x2060, 0xFEFF))
"""Characters that show where a word may be cut (soft hyphen) or must not be, and nothing else."""
CONSENT = re.compile(
    r"(?:^|[^a-z])(?:cookies?|consent|gdpr|dsgvo|onetrust|didomi|usercentrics|cybot\w*|truste|quantcast|sp_message)(?![a-z])"
)
COOKIE = re.compile(r"\bcookies?\b", re.IGNORECASE)
FEWEST_COOKIES, LETTERS_EACH = 2, 400
"""A part of a page that says "cookie" so often asks for consent to them."""
OPENING = "“„«‹‘‚\"'”"
NONE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
SIMPLE = re.compile(r"[.#][A-Za-z_][\w-]*")
READ_ALOUD = frozenset({"sr-only", "visually-hidden", "screen-reader-text", "visuallyhidden", "a11y-hidden"})
"""Class names for words that screen readers alone get: “Share this”, “opens in a new window”."""
MOST = 0.3
"""A rule of a style sheet that would hide more than this share of the page's text hides it until a script shows it."""


@dataclass(slots=True)
class Block:
    """One run of text, where it stands in the tree, and how much of it is links."""

    text: str
    element: Any
    linked: int = 0
    folded: tuple[str, ...] = field(default=())
    """Its words without case and punctuation: how two renderings of one passage are compared."""


@dataclass(slots=True)
class _Run:
    """The block being written: its pieces, the letters in links, the innermost block that holds its first word."""

    pieces: list[str] = field(default_factory=list)
    linked: int = 0
    owner: Any = None

    def add(self, text: str, place: "_Place") -> None:
        if self.owner is None and not text.isspace():
            self.owner = place.owner
        self.pieces.append(text)
        if place.link:
            self.linked += len(text.strip())

    def close(self, into: list[Block]) -> None:
        text = " ".join("".join(self.pieces).split())
        if text:
            into.append(Block(text, self.owner, min(self.linked, len(text)), fold(text)))
        self.pieces.clear()
        self.linked, self.owner = 0, None


@dataclass(frozen=True, slots=True)
class _Place:
    """Where text stands: the block around it, whether in a link, whether line breaks count, the end of a `<q>`."""

    owner: Any
    link: bool = False
    lines: bool = False
    closing: str = ""


def blocks(root: Any, language: str | None = None) -> list[Block]:  # noqa: ANN401 - lxml ships no types
    """The blocks of a tree without its unseen parts, in their order. `language` chooses the marks of `<q>` elements."""
    from lxml import etree

    found: list[Block] = []
    run = _Run()
    places = [_Place(root)]
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        outer = places[-1]
        if event == "start":
            if tag in BLOCK or tag == BREAK:
                run.close(found)
            place = _place(element, outer, run.pieces, language)
            places.append(place)
            _write(element.text, place, run, found)
            continue
        if outer.closing:
            run.pieces.append(outer.closing)
        if tag in BLOCK:
            run.close(found)
        places.pop()
        _write(element.tail, places[-1], run, found)
    run.close(found)
    return found


def _place(element: Any, outer: _Place, before: list[str], language: str | None) -> _Place:  # noqa: ANN401 - as above
    tag = element.tag
    if tag in BLOCK:
        return _Place(element, outer.link, outer.lines or tag in {"pre", "listing"})
    if tag == "a" and not outer.link:
        return _Place(outer.owner, link=True, lines=outer.lines)
    if tag == "q" and not _marked(element, before):
        marks = _quote_marks(element, language)
        before.append(marks[0])
        return _Place(outer.owner, outer.link, outer.lines, marks[-1])
    return _Place(outer.owner, outer.link, outer.lines) if outer.closing else outer


def _write(text: str | None, place: _Place, run: _Run, found: list[Block]) -> None:
    if not text:
        return
    if not place.lines:
        run.add(text, place)
        return
    for number, line in enumerate(text.split("\n")):
        if number:
            run.close(found)
        run.add(line, place)


def fold(text: str) -> tuple[str, ...]:
    """The words of a text without case and punctuation; a place where a word may be cut is not seen."""
    return tuple(re.findall(r"\w+", text.translate(CUTS).casefold()))


def drop_unseen(root: Any) -> None:  # noqa: ANN401 - as above
    """Take out of a tree what a browser does not show: comments, scripts, hidden elements. Their tails stay.

    A `<noscript>` that holds paragraphs is what the page shows where no script runs, as here: it stays.
    """
    hiding = {name for sheet in root.iter("style") for name in _hiding(sheet)}
    doomed = []
    for element in root.iter():
        tag = element.tag
        shown = tag == "noscript" and element.find(".//p") is not None
        if not isinstance(tag, str) or (tag in UNSEEN and not shown):
            doomed.append(element)
    _drop_all(doomed)
    hidden = _in_use(root, hiding)
    _drop_all([element for element in root.iter() if element.attrib and _is_hidden(element, hidden)])


def drop_consent(root: Any) -> None:  # noqa: ANN401 - as above
    """Take the question for consent to cookies out of a tree: it is as long as an article, and nobody's words.

    It names itself in a class or an id, or speaks of cookies all the time; and it holds no heading of a page, no article
    and no quotation.
    """
    doomed = []
    for element in root.iter("div", "section", "aside", "form", "dialog", "footer"):
        if any(above in doomed for above in element.iterancestors()) or _is_text(element):
            continue
        words = element.text_content()
        named = f"{element.get('class') or ''} {element.get('id') or ''}".lower().replace("_", "-")
        times = len(COOKIE.findall(words))
        often = times >= FEWEST_COOKIES and len(words) <= LETTERS_EACH * times
        if times and (often or CONSENT.search(named)):
            doomed.append(element)
    _drop_all(doomed)


def _is_text(element: Any) -> bool:  # noqa: ANN401 - as above
    """Whether an element holds the text of a page, or a part of it does."""
    if any(above.tag in {"article", "main"} for above in element.iterancestors()):
        return True
    return any(True for _ in element.iter("h1", "article", "main")) or any(
        mark in element.text_content() for mark in "“„«"
    )


def _drop_all(doomed: list[Any]) -> None:
    for element in doomed:
        parent = element.getparent()
        if parent is not None:
            _drop(parent, element)


def _drop(parent: Any, element: Any) -> None:  # noqa: ANN401 - as above
    """`drop_tree` of lxml.html, for comments too."""
    tail = element.tail
    if tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + tail
        else:
            before.tail = (before.tail or "") + tail
    parent.remove(element)


def _is_hidden(element: Any, names: frozenset[str]) -> bool:  # noqa: ANN401 - as above
    get = element.get
    if "hidden" in element.attrib or NONE.search(get("style") or ""):
        return element.tag not in {"body", "html"}
    classes = get("class")
    if classes:
        for name in classes.split():
            if name in READ_ALOUD or f".{name}" in names:
                return element.tag not in {"body", "html"}
    return bool(names) and f"#{get('id')}" in names


def _in_use(root: Any, names: set[str]) -> frozenset[str]:  # noqa: ANN401 - as above
    """Those of the names that hide something here, but not the article itself: that one a script shows later."""
    if not names:
        return frozenset()
    sizes: Counter[str] = Counter()
    for element in root.iter():
        for name in names.intersection(_names(element)) if element.attrib else ():
            sizes[name] += len(element.text_content())
    limit = MOST * len(root.text_content())
    return frozenset(name for name, size in sizes.items() if size <= limit)


def _hiding(sheet: Any) -> Iterator[str]:  # noqa: ANN401 - as above
    """The class and id selectors of a style sheet that stand alone in a rule which hides what they name.

    What is hidden under a condition (a medium, a script's class around it) is not hidden here.
    """
    css = sheet.text or ""
    if "print" in (sheet.get("media") or ""):
        return
    depth = counted = 0
    for match in NONE.finditer(css):
        opening = css.rfind("{", 0, match.start())
        if opening < counted:
            continue
        depth += css.count("{", counted, opening) - css.count("}", counted, opening)
        counted = opening
        if depth:
            continue
        before = max(css.rfind(end, 0, opening) for end in ("}", ";", "*/", ">")) + 1
        names = (name.strip() for name in css[before:opening].lstrip("/").split(","))
        yield from (name for name in names if SIMPLE.fullmatch(name))


def _names(element: Any) -> list[str]:  # noqa: ANN401 - as above
    names = [f".{name}" for name in (element.get("class") or "").split()]
    return [*names, f"#{element.get('id')}"] if element.get("id") else names


def _marked(element: Any, before: list[str]) -> bool:  # noqa: ANN401 - as above
    """Whether the page writes the quotation marks of a `<q>` itself, inside it or just before it."""
    words = (element.text or "").lstrip()
    last = "".join(before[-2:]).rstrip()
    return (words[:1] != "" and words[0] in OPENING) or (last != "" and last[-1] in OPENING)


def _quote_marks(element: Any, language: str | None) -> str:  # noqa: ANN401 - as above
    """The marks a browser puts around a `<q>` (HTML Living Standard 15.3.5, quotes): by its language, inner ones single."""
    inside = any(True for _ in element.iterancestors("q"))
    known = languages().get((element.get("lang") or language or "")[:2].lower(), default())
    return "‘’" if inside else known.page.quotation_marks
