"""Topic rules: whether a text speaks of a topic, and because of which terms.

A phrase matches when all its words stand near each other, in any order, compared by their stems; a phrase in "double
quotation marks" matches only as it stands. A `*` at the end of a word matches any ending.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tracker.speech import wording

NEAR = 12
"""Words: as far apart as the words of one phrase may stand (about one clause)."""
SHORTEST_STEM = 4
ENDINGS = ("ments", "ment", "ions", "ion", "ings", "ing", "ies", "ers", "ed", "es", "er", "e", "s", "y")
LITTLE = frozenset("a an and as at by for in is it its of on or s that the this to with der die das ein eine und в и на".split())


@dataclass(frozen=True, slots=True)
class Match:
    """The phrases of the rules that a text met, as they are written in the rules."""

    terms: tuple[str, ...]


def match(text: str, rules: Mapping[str, Sequence[str]]) -> Match | None:
    """The terms that make `text` belong to a topic with these rules (`any`, `all`, `none`), or None.

    All of `all`, one of `any` (when there are any) and none of `none` must be met.
    """
    words = tuple(wording.fold(text).split())
    if any(meets(words, phrase) for phrase in rules.get("none", ())):
        return None
    needed = list(rules.get("all", ()))
    if not all(meets(words, phrase) for phrase in needed):
        return None
    choice = list(rules.get("any", ()))
    met = [phrase for phrase in choice if meets(words, phrase)]
    if choice and not met:
        return None
    return Match(tuple(needed + met)) if needed or met else None


def meets(words: Sequence[str], phrase: str) -> bool:
    """Whether a phrase stands in a folded text, given as its words."""
    exact = phrase.strip().startswith('"') and phrase.strip().endswith('"')
    if exact:
        whole = wording.fold(phrase)
        return bool(whole) and f" {whole} " in f" {' '.join(words)} "
    wanted = _wanted(phrase)
    if not wanted:
        return False
    places = [
        {place for place, word in enumerate(words) if _fits(word, want)}
        for want in wanted
    ]
    if not all(places):
        return False
    if len(places) == 1:
        return True
    return any(
        all(any(abs(place - start) < NEAR for place in others) for others in places[1:]) for start in places[0]
    )


@lru_cache(maxsize=2048)
def _wanted(phrase: str) -> tuple[str, ...]:
    """The words that count in a phrase, `*` kept; small words count only when there is nothing else."""
    wanted = [
        wording.fold(word) + ("*" if word.endswith("*") else "") for word in phrase.split() if wording.fold(word)
    ]
    return tuple([word for word in wanted if word not in LITTLE] or wanted)


def _fits(word: str, want: str) -> bool:
    if want.endswith("*"):
        return word.startswith(want[:-1])
    return word == want or stem(word) == stem(want)


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A word without its commonest endings; nouns and verbs of one family meet (invite, invited, invitation stay two)."""
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word[: -len(ending)]
    return word
