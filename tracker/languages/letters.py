"""Letters of scripts with capitals, as parts of regular expressions: facts about writing, not about a language."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

LATIN = 0x250
"""First code point behind Latin letters in common use."""
CASED = 0x590
"""First code point behind Latin, Greek, Cyrillic and Armenian letters."""
CYRILLIC = (0x400, 0x4FF)


def _ranges(fits: Callable[[str], bool], end: int) -> str:
    """The letters below a code point that fit, as the inside of a character class."""
    out: list[list[int]] = []
    for code in range(end):
        if not fits(chr(code)):
            continue
        if out and out[-1][1] == code - 1:
            out[-1][1] = code
        else:
            out.append([code, code])
    return "".join(chr(a) if a == b else f"{chr(a)}-{chr(b)}" for a, b in out)


SMALL = _ranges(str.islower, CASED)
"""Small letters, for a character class."""
CAPITALS = _ranges(str.isupper, CASED)
"""Capital letters, for a character class."""
LATIN_CAPITALS = _ranges(str.isupper, LATIN)
"""Capital Latin letters, for a character class."""
CAPITAL = rf"[^\W\d_{SMALL}]"
"""A capital letter, or one of a script without capitals."""


def is_cyrillic(word: str) -> bool:
    """Whether a word is written in Cyrillic."""
    return bool(word) and CYRILLIC[0] <= ord(word[0]) <= CYRILLIC[1]


def is_joined_capital(word: str, at: int) -> bool:
    """Whether a capital stands behind a small letter, both Cyrillic: "заявилМур"."""
    return (
        at > 0 and word[at].isupper() and word[at - 1].islower() and is_cyrillic(word[at]) and is_cyrillic(word[at - 1])
    )


PLAIN_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "ı": "i",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ħ": "h",
        "ŋ": "n",
        "ŧ": "t",
        "ə": "e",
        "ɖ": "d",
        "ĸ": "k",
        "ƒ": "f",
        "ɓ": "b",
        "ɗ": "d",
        "ƙ": "k",
        "ґ": "г",
    }
)
"""Letters that Unicode does not take apart into a base and an accent, and what is typed for them (as in ICU Latin-ASCII)."""


def count_small_cyrillic(text: str) -> int:
    """How many small letters of Russian, Ukrainian and Belarusian a text has."""
    return len(_SMALL_CYRILLIC.findall(text))


_SMALL_CYRILLIC = re.compile("[а-яёіїєґў]")


_LATIN_FOR = {
    **dict(zip("абвгдезийклмнопрстуфхыіїєґэў", "abvgdeziiklmnoprstufhyiieheu", strict=True)),
    "ж": "zh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "",
    "ь": "",
    "ю": "iu",
    "я": "ia",
}
_ROMANIZED = str.maketrans(_LATIN_FOR)
_SPELLINGS = (("ph", "f"), ("y", "i"), ("j", "i"), ("w", "v"), ("c", "k"), ("q", "k"))
_DOUBLED = re.compile(r"(.)\1+")


@lru_cache(maxsize=65536)
def romanized(folded: str) -> str:
    """A folded word in Latin letters, written alike in all languages: "ukraini" for "Україні", "kiiv" for "Kyiv"."""
    out = folded.translate(_ROMANIZED)
    for one, other in _SPELLINGS:
        out = out.replace(one, other)
    return _DOUBLED.sub(r"\1", out)


VOWELS = frozenset("aeiouyаеиоуыэюя")
"""Vowels that a folded ending may leave behind a stem, in Latin and Cyrillic."""
