"""Reads the language files: one TOML file per language, nothing about a language anywhere else."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """What the rules need to know of a language; words are lower case."""

    code: str
    common: frozenset[str]
    verbs: frozenset[str]
    that: frozenset[str]
    according: tuple[str, ...]
    he: frozenset[str]
    she: frozenset[str]
    they: frozenset[str]
    titles: frozenset[str]
    weekdays: dict[str, int]
    months: dict[str, int]
    days: dict[str, int]
    spans: dict[str, str]
    conditions: tuple[str, ...]
    negations: frozenset[str]
    vague: tuple[str, ...]
    post: tuple[str, ...]
    bodies: frozenset[str]
    subjunctive: frozenset[str]


def _numbered(lists: list[list[str]]) -> dict[str, int]:
    return {form: number for number, forms in enumerate(lists) for form in forms}


def _language(raw: dict[str, Any]) -> Language:
    def words(key: str) -> frozenset[str]:
        return frozenset(str(raw.get(key, "")).split())

    return Language(
        code=raw["code"],
        common=words("common"),
        verbs=words("verbs"),
        that=words("that"),
        according=tuple(raw["according"]),
        he=words("he"),
        she=words("she"),
        they=words("they"),
        titles=words("titles"),
        weekdays=_numbered(raw["weekdays"]),
        months=_numbered(raw["months"]),
        days=dict(raw["days"]),
        spans=dict(raw["spans"]),
        conditions=tuple(raw["conditions"]),
        negations=words("negations"),
        vague=tuple(raw["vague"]),
        post=tuple(raw["post"]),
        bodies=words("bodies"),
        subjunctive=words("subjunctive"),
    )


@lru_cache(maxsize=1)
def languages() -> dict[str, Language]:
    """Give all languages by code, in order of their codes."""
    folder = resources.files("tracker.speech.languages")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    read = [_language(tomllib.loads(f.read_text(encoding="utf-8"))) for f in files]
    return {language.code: language for language in read}


_WORD = re.compile(r"[^\W\d_]+")
SAMPLE = 4000
"""Characters of a text looked at to tell its language."""
SURE = 0.12
"""Least share of common words in a text of a known language."""


def detect(text: str) -> str | None:
    """Give the code of the known language whose common words the text is full of, or None."""
    words = _WORD.findall(text[:SAMPLE].lower())
    if len(words) < 8:  # noqa: PLR2004 - fewer words tell nothing
        return None
    counts = {code: sum(w in language.common for w in words) for code, language in languages().items()}
    best = max(counts, key=lambda code: counts[code])
    ordered = sorted(counts.values(), reverse=True)
    if counts[best] < SURE * len(words) or ordered[0] < ordered[1] * 1.3:
        return None
    return best


def language_of(text: str, told: str | None) -> str | None:
    """Give the language of a text: as told, unless the words plainly are of another language we know."""
    given = (told or "").strip().lower().replace("_", "-").split("-")[0] or None
    found = detect(text)
    if given is None or (found is not None and given in languages()):
        return found if found is not None else given
    if found is not None and given not in languages():
        return given
    return given
