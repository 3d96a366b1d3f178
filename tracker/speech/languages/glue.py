"""Words that are two: many Russian and Ukrainian pages lose the space beside a link; French joins verb and pronoun."""

from __future__ import annotations

import re
from functools import lru_cache

from tracker.speech.languages.data import Language

_CAMEL = re.compile(r"(?<=[а-яёіїєґ])(?=[А-ЯЁІЇЄҐ])")
_INVERTED = re.compile(r"\w-(?:t-)?(ils?|elles?|on)$", re.IGNORECASE)
"""French pronouns behind their verb: "a-t-elle", "dit-il"."""
LEAST = 4
"""Letters of the shortest word that is looked for in front of a verb."""
VERB = 6
"""Letters of the shortest verb that is looked for at the end of a word."""
SHORTEST = 8
_PREFIXES = (
    "пере",
    "подо",
    "недо",
    "наго",
    "обес",
    "разо",
    "пред",
    "пере",
    "воз",
    "само",
    "едино",
    "благо",
    "пока",
    "дока",
)
"""Beginnings of verbs: what follows them is no word of its own."""


@lru_cache(maxsize=16384)
def seams(word: str, language: Language) -> tuple[int, ...]:
    """Give the places inside a word where a space was lost, or nothing."""
    if language.code == "fr":
        return tuple(m.start(1) for m in _INVERTED.finditer(word))
    camel = tuple(m.start() for m in _CAMEL.finditer(word))
    return camel or _seam(word, language)


def _seam(word: str, language: Language) -> tuple[int, ...]:
    """Give the place where a verb meets the word before or behind it."""
    lowered = word.lower()
    if len(word) < SHORTEST or lowered in language.verbs:
        return ()
    for pronoun in language.he | language.she:
        if lowered.endswith(pronoun) and lowered[: -len(pronoun)] in language.verbs:
            return (len(word) - len(pronoun),)
    for at in range(VERB - 1, len(word) - LEAST + 1):
        if lowered[:at] in language.verbs and lowered[at:] in language.titles:
            return (at,)
    for at in range(LEAST, len(word) - VERB + 1):
        if lowered[at:] in language.verbs and lowered[:at] not in _PREFIXES:
            return (at,)
    return ()


def unglued(language: Language | None) -> bool:
    """Say whether pages of this language glue words, or the language itself does."""
    return language is not None and language.code in ("ru", "uk", "fr")
