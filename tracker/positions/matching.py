"""Topic rules: whether a text speaks of a topic, and because of which terms.

A phrase matches when all its words stand near each other, in any order, compared by their stems; a phrase in "double
quotation marks" matches only as it stands. A `*` at the end of a word matches any ending.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tracker.languages.data import default, of_all
from tracker.speech import wording

NEAR = 30
"""Words: as far apart as the words of a topic's phrase may stand: about one long sentence, or the end of one and the next.

Measured on 255 statements labelled by hand, with four topics' plain phrases: 12 finds 30 %, 30 finds 38 % at one wrong
match in nine for both; more finds little more.
"""
CLOSE = 12
"""Words: the same for a position's phrase, whose words must also keep their order (about one clause)."""
MIN_STEM = 4


@lru_cache(maxsize=1)
def _stop_words() -> frozenset[str]:
    """The small words of all languages: the rules of a topic are written in any."""
    return of_all(lambda language: language.grammar.little)


@dataclass(frozen=True, slots=True)
class Match:
    """The phrases of the rules that a text met, as they are written in the rules."""

    terms: tuple[str, ...]


class WordIndex:
    """A text as its folded words, with the places of each word and stem; made once for all phrases it is held against."""

    def __init__(self, text: str) -> None:
        """Fold the text and note where each word and each stem stands."""
        self.folded = wording.fold(text)
        self.places: dict[str, list[int]] = {}
        self.stems: dict[str, list[int]] = {}
        for place, word in enumerate(self.folded.split()):
            self.places.setdefault(word, []).append(place)
            self.stems.setdefault(stem(word), []).append(place)

    def where(self, want: str) -> list[int]:
        """The places of a wanted word: by its stem, or by its beginning when it ends with `*`."""
        if want.endswith("*"):
            found = (places for word, places in self.places.items() if word.startswith(want[:-1]))
            return sorted(place for places in found for place in places)
        return self.stems.get(stem(want), [])


@lru_cache(maxsize=8)
def _index(text: str) -> WordIndex:
    """The words of a text; the rules of many topics are held against one text after the other."""
    return WordIndex(text)


def match(text: str, rules: Mapping[str, Sequence[str]], context: str = "") -> Match | None:
    """The terms that make `text` belong to a topic with these rules (`any`, `all`, `none`), or None.

    All of `all`, one of `any` (when there are any) and none of `none` must be met. A phrase may be met together with the
    `context` (the question, the sentence before), but never by the context alone.
    """
    own = _index(text)
    both = _index(f"{context}\n{text}") if context else own
    if any(contains_phrase(both, phrase) for phrase in rules.get("none", ())):
        return None
    needed = list(rules.get("all", ()))
    if not all(_met(own, both, phrase) for phrase in needed):
        return None
    choice = list(rules.get("any", ()))
    met = [phrase for phrase in choice if _met(own, both, phrase)]
    if choice and not met:
        return None
    return Match(tuple(needed + met)) if needed or met else None


def _met(own: WordIndex, both: WordIndex, phrase: str) -> bool:
    if contains_phrase(own, phrase):
        return True
    return both is not own and any(own.where(want) for want in _wanted(phrase)) and contains_phrase(both, phrase)


def contains_phrase(words: WordIndex, phrase: str) -> bool:
    """Whether a phrase stands in a text: as it is when in quotation marks, else all its words near each other."""
    if phrase.strip().startswith('"') and phrase.strip().endswith('"'):
        whole = wording.fold(phrase)
        return bool(whole) and f" {whole} " in f" {words.folded} "
    places = [words.where(want) for want in _wanted(phrase)]
    if not places or not all(places):
        return False
    rarest, *others = sorted(places, key=len)
    return any(all(any(abs(place - start) < NEAR for place in one) for one in others) for start in rarest)


def contains_in_order(words: WordIndex, phrase: str) -> bool:
    """Whether the words of a phrase stand in a text one after the other and near each other: "no toll" is not "toll, no"."""
    places = [words.where(want) for want in _wanted(phrase)]
    return bool(places) and all(places) and any(_follows(start, start, places[1:]) for start in places[0])


def _follows(start: int, last: int, places: Sequence[list[int]]) -> bool:
    for one in places:
        found = next((place for place in one if place > last), None)
        if found is None or found - start >= CLOSE:
            return False
        last = found
    return True


@lru_cache(maxsize=2048)
def _wanted(phrase: str) -> tuple[str, ...]:
    """The words that count in a phrase, `*` kept; small words count only when there is nothing else."""
    wanted = [wording.fold(word) + ("*" if word.endswith("*") else "") for word in phrase.split() if wording.fold(word)]
    return tuple([word for word in wanted if word not in _stop_words()] or wanted)


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A word without its commonest endings; nouns and verbs of one family meet (invite, invited, invitation stay two)."""
    for ending in default().grammar.word_endings:
        if word.endswith(ending) and len(word) - len(ending) >= MIN_STEM:
            return word[: -len(ending)]
    return word
