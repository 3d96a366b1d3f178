"""An HTML page to its main text, title, date and language. Pure.

trafilatura chooses what of a page is its main text. The words themselves are then taken from the page's own blocks
(`tracker.archive.text.blocks`), to the letter: what trafilatura leaves out inside a paragraph is there again. A second look
puts back whole blocks it dropped inside the article, by general rules: they hold a quotation or read as sentences, and
they are not navigation, teasers, comments or forms.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from tracker.archive.published import PublishedDate
from tracker.archive.text.blocks import Block, blocks, drop_consent, drop_unseen, fold
from tracker.archive.text.extracted import ExtractedText
from tracker.archive.text.visible_day import visible_day
from tracker.languages.data import languages, of_all
from tracker.languages.phrases import either

QUOTED = re.compile(r"[“„«\"‟〝「『][^“”„»\"]{12,}|‘[^’]{12,}")
SENTENCE = re.compile(r"[.!?…:;。！？।؟]['\"”’»“」』)\]]*$")
GRAM = 4
SHORT = 40
"""Characters of a block that is long enough to be a sentence of its own."""
FEW_WORDS, LONG_WORD = 6, 12
LINKED = 0.5
"""A block of which more than this share is link text is a teaser or navigation."""
NEARLY = 0.9
CORE = 0.8
"""The innermost element with this share of the words kept is the article."""
HALF = 0.5
FEW = 0.2
"""At most this share of what the extraction took is left out again as boilerplate."""
LEAD = 8
"""Blocks between the heading and the first paragraph that was kept: lead, byline, date, picture."""
LEAVES = frozenset({"p", "li", "blockquote", "dd", "h1", "h2"})
ASIDE = frozenset({"nav", "footer", "form", "fieldset", "menu", "select", "dialog", "address"})
BESIDE = frozenset({"aside", "header", "figure", "figcaption", "details"})
BOILERPLATE = re.compile(
    r"(?:^|[^a-z])(?:comments?|disqus|replies|respond|related|recirc\w*|recommend\w*|promo\w*|newsletters?|subscri\w*|"
    r"sidebar|side-?bar|foot(?:er)?|cookies?|consent|shar(?:e|es|ing)|social|teasers?|advert\w*|ads?|sponsor\w*|"
    r"outbrain|taboola|popular|trending|most-?(?:read|viewed)|read-?(?:more|next|also)|more-?(?:from|on|stories|news)|"
    r"up-?next|next-?(?:up|article|story)|nav\w*|menu|breadcrumbs?|byline|author\w*|bio|tags?|tag-?list|paywall|regwall|sign-?up|"
    r"log-?in|signin|toolbar|pagination|pager|copyright|legal|disclaimer|credits?|print-?only|modal|popup|overlay|"
    r"breaking|ticker|widget-?area|survey|poll|donat\w*|membership|corrections?-?form|seealso|see-also|linkbox)"
    r"(?![a-z])"
)
PULLED = re.compile(
    r"pull-?(?:ed-?)?quote|pq\b|quote|zitat|citation|blockquote|tweet|twitter|x-post|post-embed|embed", re.IGNORECASE
)


@lru_cache(maxsize=1)
def _frame() -> re.Pattern[str]:
    """Find the beginning of a line that is no part of the text, in any language."""
    return re.compile(rf"(?:{either(of_all(lambda language: language.page.chrome))}|©)\b", re.IGNORECASE)


def read(text: str, url: str | None) -> ExtractedText | None:
    """The main text of a decoded page and what it tells about itself; None when these are no HTML or hold no text."""
    import trafilatura
    from trafilatura.utils import load_html

    tree = load_html(text)
    if tree is None:
        return None
    title, outlet, written = _about(tree, url)
    language = _language(tree)
    drop_unseen(tree)
    drop_consent(tree)
    page = blocks(tree, language)
    # Typed as a document or a dict by its makers; without `as_dict` it is the document. It works on a copy of the tree.
    found: Any = trafilatura.bare_extraction(tree, url=url, fast=True, include_comments=False, include_tables=True)
    words, rule = choose(page, (found.text or "") if found is not None else "")
    if not words:
        return None
    return ExtractedText(
        text=words,
        title=title,
        outlet=outlet,
        language=language,
        published=_published(written),
        rule=rule,
    )


def _about(tree: Any, url: str | None) -> tuple[str | None, str | None, str | None]:  # noqa: ANN401 - lxml ships no types
    """Title, name of the site and date as the page tells them.

    The steps of trafilatura's own metadata without author, tags and licence, which nobody asks for and which cost as much
    as the text.
    """
    from htmldate import find_date
    from trafilatura.metadata import examine_meta, extract_meta_json, extract_sitename, extract_title

    about = examine_meta(tree)
    try:
        about = extract_meta_json(tree, about)
    except Exception:  # noqa: BLE001 - JSON of any shape stands in pages; what it can't tell the page itself may
        about.title = about.title or None
    title = about.title or extract_title(tree)
    site = (about.sitename or extract_sitename(tree) or "").lstrip("@") or (urlsplit(url or "").hostname or "")
    shown = visible_day(tree, languages().get(_language(tree) or ""))
    found = find_date(tree, url=url, original_date=True, extensive_search=False, outputformat="%Y-%m-%dT%H:%M:%S%z")
    written = found if shown is None or (found or "").startswith(shown) else shown
    return _line(title), _line(site), written or None


def _line(text: str | None) -> str | None:
    return " ".join((text or "").split()) or None


def choose(page: Sequence[Block], main: str) -> tuple[str, str]:
    """The main text in the page's own words, and the rule that made it, given what the extraction took for it."""
    lines = [line for line in (_unlisted(raw) for raw in main.split("\n")) if line]
    if not lines:
        kept = [number for number, block in enumerate(page) if _speaks(block) and not _aside(block, ())]
        return "\n".join(page[number].text for number in kept), "paragraphs of the page"
    kept_blocks, foreign = _matched(page, lines)
    solid = sorted(number for number in kept_blocks if len(page[number].text) > SHORT)
    back: set[int] = set()
    if solid:
        ground = _ground(page, solid)
        kept_blocks -= _left_out(page, kept_blocks, ground)
        back = _put_back(page, kept_blocks, ground)
    rule = "trafilatura, dropped passages put back" if back else "trafilatura"
    out: list[str] = []
    for number in sorted({*kept_blocks, *back, *foreign}):
        if number in kept_blocks or number in back:
            out.append(page[number].text)
        out.extend(foreign.get(number, ()))
    return "\n".join(out), rule


def _matched(page: Sequence[Block], lines: Sequence[str]) -> tuple[set[int], dict[int, list[str]]]:
    """The blocks that the lines of the extraction came from; and lines that came from none, by the block before them."""
    exact: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, block in enumerate(page):
        if block.folded:
            exact[block.folded].append(number)
    grams: dict[tuple[str, ...], list[int]] | None = None
    kept: set[int] = set()
    foreign: dict[int, list[str]] = {}
    last = -1
    for line in lines:
        words = fold(line)
        if not words:
            continue
        places = [number for number in exact.get(words, ()) if number not in kept]
        if not places:
            if grams is None:
                grams = _index(page)
            places = _parts(page, grams, words, last, kept)
            if places:
                kept.update(places)
                last = max(places)
            elif not exact.get(words):
                foreign.setdefault(last, []).append(line)
            continue
        last = min(places, key=lambda number: (number <= last, abs(number - last)))
        kept.add(last)
    return kept, foreign


def _index(page: Sequence[Block]) -> dict[tuple[str, ...], list[int]]:
    """Which blocks hold which runs of four words (of all words, in shorter blocks)."""
    index: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, block in enumerate(page):
        for gram in set(_grams(block.folded)):
            if len(index[gram]) < 20:  # noqa: PLR2004 - words that stand everywhere tell nothing
                index[gram].append(number)
    return index


def _grams(words: Sequence[str]) -> list[tuple[str, ...]]:
    if len(words) <= GRAM:
        return [tuple(words)] if words else []
    return [tuple(words[i : i + GRAM]) for i in range(len(words) - GRAM + 1)]


def _parts(
    page: Sequence[Block],
    index: dict[tuple[str, ...], list[int]],
    words: tuple[str, ...],
    last: int,
    kept: set[int],
) -> list[int]:
    """The blocks that one line is made of, or the one it is a part of; the best first, until nothing telling is left."""
    rest = set(_grams(words))
    # A short block inside a longer line has a gram of its own length only.
    for size in range(1, GRAM):
        rest.update(tuple(words[i : i + size]) for i in range(len(words) - size + 1))
    votes: Counter[int] = Counter()
    for gram in rest:
        for number in index.get(gram, ()):
            votes[number] += 1
    total = max(1, len(words) - GRAM + 1)
    chosen: list[int] = []
    covered: set[tuple[str, ...]] = set()
    for number, _ in sorted(votes.items(), key=lambda vote: (-vote[1], vote[0] <= last, abs(vote[0] - last))):
        own = set(_grams(page[number].folded))
        hits = len((own & rest) - covered)
        if number not in kept and hits and (hits >= len(own) / 2 or hits >= total / 2):
            if len(page[number].folded) < GRAM and not _near(number, chosen, last):
                continue
            chosen.append(number)
            covered |= own
        elif number in kept and hits >= total / 2:
            return []
    return chosen


def _near(number: int, chosen: Sequence[int], last: int) -> bool:
    """A block of few words is part of a line only beside other parts of it."""
    return any(abs(number - other) <= 2 for other in chosen) or 0 <= number - last <= 2  # noqa: PLR2004 - a neighbour


@dataclass(frozen=True, slots=True)
class _Ground:
    """Where the article stands: its element with those that continue it, and all that wraps them."""

    parts: frozenset[Any]
    wraps: frozenset[Any]

    def holds(self, element: Any) -> bool:  # noqa: ANN401 - an element of an untyped library
        return element in self.parts or any(above in self.parts for above in element.iterancestors())


def _left_out(page: Sequence[Block], kept: set[int], ground: _Ground) -> set[int]:
    """Blocks the extraction took that stand outside the article in boilerplate, or are nothing but a link elsewhere."""
    out = set()
    for number in kept:
        block = page[number]
        bare_link = block.linked > NEARLY * len(block.text)
        if (bare_link and _frame().match(block.text)) or (
            not ground.holds(block.element) and _aside(block, ground.wraps)
        ):
            out.add(number)
    weight = sum(len(page[number].text) for number in out)
    most = HALF if any(_is_article(part) for part in ground.parts) else FEW
    return out if weight < most * sum(len(page[number].text) for number in kept) else set()


def _put_back(page: Sequence[Block], kept: set[int], ground: _Ground) -> set[int]:
    """The blocks inside the article that the extraction dropped and a reader would miss."""
    known = {gram for number in kept for gram in _grams(page[number].folded)}
    beside = {
        (block.element.getparent(), block.element.tag) for number in kept if (block := page[number]).element.tag == "p"
    }
    back: set[int] = set()
    for number in _reach(page, sorted(kept), ground):
        block = page[number]
        if number in kept or _aside(block, ground.wraps):
            continue
        sibling = (block.element.getparent(), block.element.tag) in beside and not _chrome(block)
        if not sibling and not _speaks(block):
            continue
        grams = set(_grams(block.folded))
        if len(grams & known) <= len(grams) / 2:
            back.add(number)
            known |= grams
    return back


def _ground(page: Sequence[Block], solid: Sequence[int]) -> _Ground:
    """The innermost element that holds nearly all of the words kept, and its siblings of the same make."""
    weights: Counter[Any] = Counter()
    depth: dict[Any, int] = {}
    whole = 0
    for number in solid:
        size = len(page[number].text)
        whole += size
        chain = [page[number].element, *page[number].element.iterancestors()]
        for level, element in enumerate(reversed(chain)):
            weights[element] += size
            depth[element] = level
    core = max((element for element, size in weights.items() if size >= whole * CORE), key=lambda one: depth[one])
    # Where the page says itself which part is the article, less will do: beside a short one boilerplate weighs much.
    named = [
        one for one, size in weights.items() if size >= whole * HALF and _is_article(one) and depth[one] > depth[core]
    ]
    core = max(named, key=lambda one: depth[one], default=core)
    if core.tag in LEAVES and core.getparent() is not None:
        core = core.getparent()  # one long paragraph is no article: what stands beside it belongs to it too
    parts = {core}
    for element in (core, core.getparent()):
        parts.update(_continued(element))
    wraps = {above for part in parts for above in (part, *part.iterancestors())}
    return _Ground(frozenset(parts), frozenset(wraps))


def _is_article(element: Any) -> bool:  # noqa: ANN401 - as above
    return element.tag in {"article", "main"} or "articleBody" in (element.get("itemprop") or "")


def _continued(element: Any) -> Iterator[Any]:  # noqa: ANN401 - as above
    """The siblings that look like one more piece of the same text: same tag and class, no heading of their own."""
    made = element.get("class") if element is not None else None
    if not made or element.tag == "article" or element.getparent() is None:
        return
    for other in element.getparent().iterchildren(element.tag):
        if other is not element and other.get("class") == made and other.find(".//h1") is None:
            yield other


def _reach(page: Sequence[Block], kept: Sequence[int], ground: _Ground) -> Iterator[int]:
    """The blocks in question: from the first to the last one kept, and what runs on right before and after them.

    Before them up to the page's heading: the lead often stands in a box of its own, above the picture.
    """
    first = kept[0]
    heading = next((n for n in range(first, -1, -1) if page[n].element.tag == "h1"), None)
    if heading is not None and first - heading <= LEAD:
        first = heading
    yield from range(first, kept[-1] + 1)
    quiet = 0
    for number in range(kept[-1] + 1, len(page)):
        if not ground.holds(page[number].element):
            if len(ground.parts) == 1:
                return
            continue
        if _speaks(page[number]) and not _aside(page[number], ground.wraps):
            quiet = 0
            yield number
        else:
            quiet += 1
            if quiet > (page[number].element.tag == "dt" if len(ground.parts) == 1 else LEAD):
                return


def _speaks(block: Block) -> bool:
    """Whether a block holds words a reader of the article would miss: a quotation, or a sentence of its own."""
    text = block.text
    if _chrome(block):
        return False
    if QUOTED.search(text):
        return True
    if len(text) <= SHORT or not SENTENCE.search(text):
        return False
    # A script that writes no blanks has few and long "words".
    return len(block.folded) > FEW_WORDS or len(text) > LONG_WORD * len(block.folded)


def _chrome(block: Block) -> bool:
    """Whether a block is a link elsewhere or says so."""
    return block.linked > LINKED * len(block.text) or _frame().match(block.text) is not None


def _aside(block: Block, wraps: Container[Any]) -> bool:
    """Whether a block stands in navigation, teasers, comments, forms or the like.

    What wraps the article says nothing about its parts, so those elements are not asked.
    """
    beside = False
    for element in (block.element, *block.element.iterancestors()):
        if element in wraps or element.tag in {"body", "html"}:
            break
        named = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('role') or ''}".lower()
        pulled = PULLED.search(named) is not None or element.tag == "blockquote"
        if pulled:
            return False
        if element.tag in ASIDE or BOILERPLATE.search(named.replace("_", "-")):
            return True
        beside = beside or element.tag in BESIDE
    return beside and not QUOTED.search(block.text)


def _unlisted(line: str) -> str:
    """A line of the extraction without the marks it puts before list items and between cells."""
    return line.strip().removeprefix("- ").replace("|", " ").strip()


def _published(raw: str | None) -> PublishedDate:
    """The day or time of first publication as the page tells it."""
    try:
        moment = datetime.fromisoformat(raw or "")
    except ValueError:
        return PublishedDate(raw=raw or None)
    is_day = moment.tzinfo is None or (moment.hour, moment.minute, moment.second) == (0, 0, 0)
    return PublishedDate.parsed(raw, moment.date() if is_day else moment)


def _language(tree: Any) -> str | None:  # noqa: ANN401 - lxml ships no types
    declared = (tree.get("lang") or "").strip().lower().replace("_", "-").split("-")[0]
    return declared if re.fullmatch(r"[a-z]{2,3}", declared) else None
