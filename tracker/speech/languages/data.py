"""Reads the language files: one TOML file per language, nothing about a language anywhere else."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Language:
    """What the rules need to know of a language; words are lower case."""

    code: str
    common: frozenset[str]
    openers: frozenset[str]
    verbs: frozenset[str]
    that: frozenset[str]
    according: tuple[str, ...]
    he: frozenset[str]
    she: frozenset[str]
    they: frozenset[str]
    titles: frozenset[str]
    places: frozenset[str]
    after: frozenset[str]
    weekdays: dict[str, int]
    months: dict[str, int]
    days: dict[str, int]
    spans: dict[str, str]
    conditions: tuple[str, ...]
    no_clause: tuple[str, ...]
    negations: frozenset[str]
    vague: tuple[str, ...]
    occasions: tuple[str, ...]
    post: tuple[str, ...]
    bodies: frozenset[str]
    subjunctive: frozenset[str]
    media: frozenset[str]


def _numbered(lists: list[list[str]]) -> dict[str, int]:
    return {form: number for number, forms in enumerate(lists) for form in forms}


def _language(raw: dict[str, Any]) -> Language:
    def words(key: str) -> frozenset[str]:
        return frozenset(str(raw.get(key, "")).split())

    return Language(
        code=raw["code"],
        common=words("common"),
        openers=words("openers"),
        verbs=words("verbs"),
        that=words("that"),
        according=tuple(raw["according"]),
        he=words("he"),
        she=words("she"),
        they=words("they"),
        titles=words("titles"),
        places=words("places"),
        after=words("after"),
        weekdays=_numbered(raw["weekdays"]),
        months=_numbered(raw["months"]),
        days=dict(raw["days"]),
        spans=dict(raw["spans"]),
        conditions=tuple(raw["conditions"]),
        no_clause=tuple(raw.get("no_clause", ())),
        negations=words("negations"),
        vague=tuple(raw["vague"]),
        occasions=tuple(raw["occasions"]),
        post=tuple(raw["post"]),
        bodies=words("bodies"),
        subjunctive=words("subjunctive"),
        media=words("media"),
    )


@lru_cache(maxsize=1)
def languages() -> dict[str, Language]:
    """Give all languages by code, in order of their codes."""
    folder = resources.files("tracker.speech.languages")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    read = [_language(tomllib.loads(f.read_text(encoding="utf-8"))) for f in files]
    return {language.code: language for language in read}


_WORD = re.compile(r"[^\W\d_]+")
SAMPLE = 2500
"""Characters of a text looked at to tell its language."""
LEAST = 8
"""Fewer words tell nothing."""
SURE = 0.12
"""Least share of common words in a text of a known language."""
CLEAR = 1.3
"""How many times more of them than of any other language's."""


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text[:SAMPLE].lower()))


def _share(words: Counter[str], language: Language) -> float:
    return sum(words[w] for w in language.common & words.keys()) / max(1, words.total())


@lru_cache(maxsize=1)
def _common() -> dict[str, tuple[str, ...]]:
    """Give the languages of each common word."""
    out: dict[str, tuple[str, ...]] = {}
    for code, language in languages().items():
        for word in language.common:
            out[word] = (*out.get(word, ()), code)
    return out


def detect(text: str) -> str | None:
    """Give the code of the known language whose common words the text is full of, or None."""
    words = _words(text)
    total = words.total()
    if total < LEAST:
        return None
    seen = dict.fromkeys(languages(), 0)
    table = _common()
    for word in words.keys() & table.keys():
        for code in table[word]:
            seen[code] += words[word]
    (best, code), (second, _) = sorted(((n / total, code) for code, n in seen.items()), reverse=True)[:2]
    return code if best >= SURE and best >= second * CLEAR else None


def language_of(text: str, told: str | None) -> str | None:
    """Give the language of a text: as told, unless the words plainly are of another language we know."""
    given = (told or "").strip().lower().replace("_", "-").split("-")[0] or None
    known = languages().get(given or "")
    if known is not None and _share(_words(text), known) >= SURE:
        return given
    found = detect(text)
    if given is None or (known is not None and found is not None):
        return found
    return given
