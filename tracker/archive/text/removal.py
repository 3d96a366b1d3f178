"""Is this still the document? A page that answers 200 may be an error page, the front page, a wall or another text. Pure.

The words decide: where enough of the old ones stand, the document is there, however the page is dressed. Where they do
not, the address the answer came from, the title and the length tell what stands in their place.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import urlsplit

from tracker.languages.data import of_all
from tracker.languages.phrases import any_of, either

GRAM = 4
HERE = 0.3
"""With this share of the old runs of four words the document is there, changed or not."""
ANOTHER = 0.1
"""With less than this share another text stands there."""
FEW_WORDS = 30
"""A shorter text can be rewritten whole: only clear signs tell that it is gone."""
SHORTER = 0.5
HEAD = 400
FRONT = re.compile(r"/?(?:[a-z]{2}(?:-[a-z]{2})?/?)?(?:index\.\w{3,5}|home/?|default\.aspx?)?", re.IGNORECASE)


@lru_cache(maxsize=1)
def _not_found() -> re.Pattern[str]:
    """Find what a page says that is not there, in any language."""
    return re.compile(rf"\b404\b|\b410\b|{either(of_all(lambda language: language.page.not_found))}", re.IGNORECASE)


@lru_cache(maxsize=1)
def _wall_address() -> re.Pattern[str]:
    """Find, in a path or a host, that a page wants a login or consent."""
    paths = either(of_all(lambda language: language.page.wall_paths))
    return re.compile(rf"/(?:{paths})(?:[/?._-]|$)|^(?:login|accounts?|auth|sso|consent|id)\.", re.IGNORECASE)


def _walls() -> re.Pattern[str]:
    """Find what a page says that wants a login or consent, in any language."""
    return any_of(of_all(lambda language: language.page.walls))


@dataclass(frozen=True, slots=True)
class Removal:
    """What stands in the document's place: a state, and the sentence for the person who looks."""

    state: Literal["gone", "moved", "blocked"]
    why: str


def detect_removal(old: str, new: str, *, title: str | None, asked: str, final: str) -> Removal | None:
    """What stands at the address instead of the document, or None while it is there (its words changed or not)."""
    words = _words(old)
    kept = kept_share(words, _words(new))
    if kept >= HERE:
        return None
    return _removal_by_address(asked, final) or _removal_by_content(
        old, new, title, another=kept < ANOTHER and len(words) >= FEW_WORDS
    )


def _removal_by_address(asked: str, final: str) -> Removal | None:
    """What the address the answer came from tells."""
    if _path(asked) == _path(final):
        return None
    parts = urlsplit(final)
    if FRONT.fullmatch(parts.path or "/") and not FRONT.fullmatch(urlsplit(asked).path or "/"):
        return Removal("moved", "the address leads to the front page now")
    if _wall_address().search(parts.path) or _wall_address().search(parts.hostname or ""):
        return Removal("blocked", "the address leads to a page that asks for a sign-in or for consent")
    return None


def _removal_by_content(old: str, new: str, title: str | None, *, another: bool) -> Removal | None:
    """What the page itself tells."""
    short = len(new) < SHORTER * len(old)
    if _not_found().search(title or "") or (short and _not_found().search(new[:HEAD])):
        return Removal("gone", "the address answers with a page that says it is not there")
    if short and _walls().search(f"{title or ''} {new[:HEAD]}"):
        return Removal("blocked", "a page that asks for a sign-in, a subscription or consent stands before it")
    if not new.strip():
        return Removal("gone", "the page has no readable text now")
    return Removal("gone", "another text stands at the address now") if another else None


def kept_share(old: Sequence[str], new: Sequence[str]) -> float:
    """The share of the old text's runs of four words (fewer in a short text) that the new one has."""
    size = min(GRAM, max(1, len(old) // 3))
    ours = _grams(old, size)
    return len(ours & _grams(new, size)) / len(ours) if ours else 0.0


def _grams(words: Sequence[str], size: int) -> set[tuple[str, ...]]:
    return {tuple(words[i : i + size]) for i in range(len(words) - size + 1)}


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _path(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return (parts.hostname or "").removeprefix("www."), parts.path.rstrip("/")
