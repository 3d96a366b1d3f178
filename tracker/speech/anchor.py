"""Where a quote stands: whether a new version has its words, W3C selectors, text-fragment links, verification.

A quote is found again only by its own words. A similar sentence is never taken for it.
"""

import hashlib
import re
from urllib.parse import quote as percent

from tracker.speech.wording import plain_marks

CONTEXT = 32
"""Characters of prefix and suffix in a TextQuoteSelector (W3C Web Annotation Data Model, 4.2.4)."""
LONG_QUOTE = 300
"""A text fragment longer than this is written as its first and last words."""
EDGE_WORDS = 5
ALIKE = 60.0
OPENS = re.compile(r"[“„«»\"]")
CLOSES = re.compile(r"[”“«»\"]")


def sha256(text: str) -> str:
    """The SHA-256 of a text's UTF-8 bytes, hexadecimal (lone surrogates are kept as they are)."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def holds(text: str, start: int, end: int, exact: str, exact_sha256: str) -> bool:
    """Law 1: the words at the place are the words kept, and their hash is the hash kept."""
    return 0 <= start < end <= len(text) and text[start:end] == exact and sha256(exact) == exact_sha256


def still_stands(exact: str, after: str, new: str) -> bool:
    """Whether words stand in a new version, in whatever style of marks, and do not run on where they had ended.

    `after` is what followed them, `new` the new version's text as `wording.plain_marks` gives it.
    """
    words = plain_marks(exact)
    ended = words[-1:].isalnum() and not _runs_on(plain_marks(after[:CONTEXT]))
    place = new.find(words)
    while place >= 0:
        if not (ended and _runs_on(new[place + len(words) :][:CONTEXT])):
            return True
        place = new.find(words, place + 1)
    return False


def _runs_on(after: str) -> bool:
    return after.lstrip()[:1].isalnum()


def selectors(text: str, start: int, end: int) -> list[dict[str, str | int]]:
    """The place as W3C selectors: TextQuoteSelector and TextPositionSelector."""
    return [
        {
            "type": "TextQuoteSelector",
            "exact": text[start:end],
            "prefix": text[max(0, start - CONTEXT) : start],
            "suffix": text[end : end + CONTEXT],
        },
        {"type": "TextPositionSelector", "start": start, "end": end},
    ]


def text_fragment(text: str, start: int, end: int) -> str:
    """The `#:~:text=` directive of a link to the words at this place (WICG URL Fragment Text Directives, 3.1).

    A browser goes to the first place that fits, without regard to case and white space. So the words stand alone where
    they are unique in the text, with the words before or after them where they are not; a long quote, or one over several
    paragraphs, is written as its first and last words. Empty when no directive would lead there.
    """
    first, last = _words_between(text, start, end)
    if first >= last:
        return ""
    exact = text[first:last]
    if len(exact) <= LONG_QUOTE and "\n" not in exact:
        return _directive(text, first, last, [exact])
    for number in range(EDGE_WORDS, 4 * EDGE_WORDS, EDGE_WORDS):
        words = re.findall(r"\S+", exact)
        if len(words) <= 2 * number:
            break
        head, tail = " ".join(words[:number]), " ".join(words[-number:])
        if "\n" in exact[: len(head)] or "\n" in exact[-len(tail) :]:
            head, tail = exact.split("\n", 1)[0].strip(), exact.rsplit("\n", 1)[1].strip()
        found = _directive(text, first, last, [head, tail])
        if found:
            return found
    return _directive(text, first, last, [exact.split("\n", 1)[0].strip(), exact.rsplit("\n", 1)[-1].strip()])


def link_to(url: str, text: str, start: int, end: int) -> str:
    """The address with the directive that leads to these words, beside a fragment it has already."""
    directive = text_fragment(text, start, end)
    if not directive:
        return url
    return f"{url}{directive.removeprefix('#')}" if "#" in url else f"{url}{directive}"


def now_reads(exact: str, text: str) -> str | None:
    """The passage of a new version that is most like words that were changed: to show, never to anchor to."""
    from rapidfuzz import fuzz

    found = fuzz.partial_ratio_alignment(exact, text, score_cutoff=ALIKE)
    if found is None or found.dest_end <= found.dest_start:
        return None
    start, end = found.dest_start, found.dest_end
    while start and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return _within_marks(exact, text[start:end])


def _within_marks(exact: str, passage: str) -> str:
    """The passage from its first mark to its last one, where the words kept begin and end with marks."""
    middle = len(passage) // 2
    opens = [found.start() for found in OPENS.finditer(passage, 0, middle)] if OPENS.match(exact) else []
    closes = [found.end() for found in CLOSES.finditer(passage, middle)] if CLOSES.search(exact.rstrip()[-1:]) else []
    return passage[min(opens, default=0) : max(closes, default=len(passage))].strip()


def _directive(text: str, start: int, end: int, parts: list[str]) -> str:
    """The directive for these words, with as much around them as makes their place the first that fits; or nothing."""
    for size in (0, 3, 6, 12):
        before = " ".join(re.findall(r"\S+", text[:start])[-size:]) if size else ""
        after = " ".join(re.findall(r"\S+", text[end:])[:size]) if size else ""
        for prefix, suffix in ((before, ""), ("", after), (before, after)) if size else (("", ""),):
            if size and not (prefix or suffix):
                continue
            if _leads_to(text, prefix, parts, suffix) == (start, end):
                pieces = [f"{_escape(prefix)}-"] if prefix else []
                pieces += [_escape(part) for part in parts]
                pieces += [f"-{_escape(suffix)}"] if suffix else []
                return f"#:~:text={','.join(pieces)}"
    return ""


def _leads_to(text: str, prefix: str, parts: list[str], suffix: str) -> tuple[int, int] | None:
    """Where a browser would go in this text: the first place that fits, at word boundaries."""
    middle = r"(?s:.*?)".join(_loosely(part) for part in parts)
    pattern = (
        (f"{_loosely(prefix)}\\s*" if prefix else "") + f"({middle})" + (f"\\s*{_loosely(suffix)}" if suffix else "")
    )
    found = re.search(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE)
    return found.span(1) if found else None


def _loosely(words: str) -> str:
    return r"\s+".join(re.escape(word) for word in words.split())


def _words_between(text: str, start: int, end: int) -> tuple[int, int]:
    """The place without white space, marks and punctuation at its edges: pages show marks that are no text of theirs."""
    start, end = max(0, start), min(len(text), end)
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return start, end


def _escape(text: str) -> str:
    # "-", "," and "&" have a meaning inside a directive; `quote` leaves "-" alone.
    return percent(" ".join(text.split()), safe="", errors="replace").replace("-", "%2D")
