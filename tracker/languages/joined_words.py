"""Words that are two: pages of some languages lose the space beside a link; others join verb and pronoun."""

from __future__ import annotations

import re
from functools import lru_cache

from tracker.languages.data import Language
from tracker.languages.letters import is_joined_capital
from tracker.languages.phrases import either

LEAST = 4
"""Letters of the shortest word that is looked for in front of a verb."""
VERB = 6
"""Letters of the shortest verb that is looked for at the end of a word."""
SHORTEST = 8


@lru_cache(maxsize=16384)
def split_joined_words(word: str, language: Language) -> tuple[int, ...]:
    """The places inside a word where a space was lost, or nothing."""
    if language.grammar.inverted_pronouns:
        return tuple(m.start(1) for m in _inverted(language).finditer(word))
    camel = tuple(at for at in range(1, len(word)) if is_joined_capital(word, at))
    places: list[int] = []
    for start, end in zip((0, *camel), (*camel, len(word)), strict=True):
        places += [start + at for at in _before_verb(word[start:end], language)]
        places += [end] * (end < len(word))
    return tuple(places)


@lru_cache(maxsize=16)
def _inverted(language: Language) -> re.Pattern[str]:
    """Find a pronoun behind its verb: "a-t-elle", "dit-il"."""
    return re.compile(rf"\w-(?:t-)?({either(language.grammar.inverted_pronouns)})$", re.IGNORECASE)


def _before_verb(word: str, language: Language) -> tuple[int, ...]:
    """The place where a verb meets the word before or behind it."""
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
        if lowered[at:] in language.verbs and lowered[:at] not in language.grammar.verb_beginnings:
            return (at,)
    return ()


def has_joined_words(language: Language | None) -> bool:
    """Whether pages of this language join words, or the language itself does."""
    return language is not None and (language.grammar.loses_spaces or bool(language.grammar.inverted_pronouns))
