"""Which language a text is in, told by its commonest words."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from tracker.languages.data import Language, language_of_tag, languages

_WORD = re.compile(r"[^\W\d_]+")
SAMPLE = 2500
"""Characters of a text looked at to tell its language."""
LEAST = 8
"""Fewer words tell nothing."""
SURE = 0.12
"""Least share of common words in a text of a known language."""
PLAINLY = 40
"""Fewer words never speak against the language that was told: labels and names are of none."""
CLEAR = 1.3
"""How many times more of them than of any other language's."""


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text[:SAMPLE].lower()))


def _share(words: Counter[str], language: Language) -> float:
    return sum(words[w] for w in language.common & words.keys()) / max(1, words.total())


@lru_cache(maxsize=1)
def _common() -> dict[str, tuple[str, ...]]:
    """The languages of each common word."""
    out: dict[str, tuple[str, ...]] = {}
    for code, language in languages().items():
        for word in language.common:
            out[word] = (*out.get(word, ()), code)
    return out


def detect(text: str) -> str | None:
    """The code of the known language whose common words the text is full of, or None."""
    words = _words(text)
    total = words.total()
    if total < LEAST:
        return None
    seen = dict.fromkeys(languages(), 0)
    table = _common()
    for word in words.keys() & table.keys():
        for code in table[word]:
            seen[code] += words[word]
    ranked = sorted(((n / total, code) for code, n in seen.items()), reverse=True)
    best, code = ranked[0]
    rivals = [rival for share, rival in ranked[1:] if best < share * CLEAR]
    return code if best >= SURE and all(_clearly(words, code, rival) for rival in rivals) else None


def _clearly(words: Counter[str], code: str, rival: str) -> bool:
    """Whether the words that only one of two near languages has tell which it is: "af" is Danish, "av" Norwegian."""
    one, other = languages()[code].common, languages()[rival].common
    own, theirs = (sum(words[w] for w in only & words.keys()) for only in (one - other, other - one))
    return own > theirs * CLEAR


def language_of(text: str, told: str | None) -> str | None:
    """The language of a text: as told, unless the words plainly are of another language we know."""
    known = language_of_tag(told)
    given = known.code if known else (told or "").strip().lower().replace("_", "-").split("-")[0] or None
    words = _words(text)
    if known is not None and (words.total() < PLAINLY or _share(words, known) >= SURE):
        return given
    found = detect(text)
    if given is None or (known is not None and found is not None):
        return found
    return given
