"""A statement with what it is read with, and a text as words that are found in any form of its language.

A word is found by its stem in the text's language. A name is also found in another language or script: a country or body as
the languages' tables of offices call it ("NATO", "OTAN", "НАТО"; "Swedish" for "Sweden"), any other by its sound.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from tracker.languages.data import default, languages
from tracker.languages.detect import language_of
from tracker.languages.letters import romanized
from tracker.languages.word_forms import lemma
from tracker.speech import wording
from tracker.speech.search import tokens

NEAR = 30
"""Words: as far apart as the words of a topic's phrase may stand: about one long sentence, or the end of one and the next.

Measured on 255 statements labelled by hand, with four topics' plain phrases: 12 finds 30 %, 30 finds 38 % at one wrong
match in nine for both; more finds little more.
"""
CLOSE = 12
"""Words: the same for a position's phrase, whose words must also keep their order (about one clause)."""
SHORT = 3
"""Letters: so short a name is found only where it is written in capitals ("US", not "us")."""
MIN_NAME, LONG_NAME = 5, 6
"""Letters of a name without its ending that other endings may follow: three; behind a long one six ("Ukrainians")."""
MIN_COMPOUND = 6
"""Letters of a word that is found inside a compound: "Waffenstillstandsabkommen"."""
HEAD = 8_000
"""Characters of a document's text that tell what it is about, beside its title: those of a long article."""
LEAD = 500
"""Characters of a document's text that are its first paragraph or two: with its title they tell its main subject."""
BEFORE = 240
"""Characters before a quote that it is read with."""
FAR_BEFORE, FAR_BEHIND = 600, 300
"""Characters around a quote that belong to the same train of thought; 240 to 800 did about as well on labelled topics."""
WORD = re.compile(r"\w+(?:['’]\w+)*\*?")
ELISION = re.compile(r"\b(\w{1,2})['’](?=\w{3})")
"""Joins a small word to the one behind it: "l’OTAN"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """The words of a statement, and what it is read with when its topic is looked for."""

    text: str
    before: str = ""
    """The sentence before it."""
    question: str = ""
    title: str = ""
    document: str = ""
    """The whole text it stands in."""
    around: str = ""
    """What of that text stands near it, on both sides, with its own words between."""
    language: str | None = None

    @property
    def code(self) -> str:
        """The language of its words; told by them where the document tells none."""
        return self.language or language_of(self.document or self.text, None) or default().code

    @property
    def context(self) -> str:
        """What stands before it and what was asked."""
        return f"{self.before}\n{self.question}".strip()

    @property
    def head(self) -> str:
        """What of the document tells what it is about."""
        return self.document[:HEAD]

    @property
    def opening(self) -> str:
        """The document's title and lead."""
        return f"{self.title}\n{self.document[:LEAD]}"


def passage_at(
    *,
    text: str,
    question: str | None,
    document: str,
    start: int,
    titles: Sequence[str | None],
    codes: Sequence[str | None],
) -> Passage:
    """A statement whose words begin at `start` of a document; of titles and languages the first that is told counts."""
    return Passage(
        text=text,
        before=text_before(document, start),
        question=question or "",
        title=next(filter(None, titles), ""),
        document=document,
        around=document[max(0, start - FAR_BEFORE) : start + len(text) + FAR_BEHIND],
        language=next(filter(None, codes), None),
    )


def text_before(text: str, start: int) -> str:
    """What stands before a quote in its paragraph, or the end of the paragraph before: at most two sentences."""
    return text[max(0, start - BEFORE) : start].rstrip().rsplit("\n\n", 1)[-1]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A word of a phrase: as it is folded, with `*` where any ending will do; and whether it is a name."""

    word: str
    is_name: bool = False
    is_capital: bool = False
    """Written in capitals alone."""


class DocumentWords:
    """The different words of a text, and which of them are a wanted word in some form.

    A statement is looked through with that of its document: what is found out of a word holds for all its statements.
    """

    def __init__(self, words: Iterable[str], code: str) -> None:
        """Take the folded words of a text in a language."""
        self.words, self.code = frozenset(words), code
        self._found: dict[Wanted, tuple[tuple[str, ...], tuple[str, ...]]] = {}

    def forms(self, want: Wanted) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The words that are the wanted one in some form or spelling, and those that name the same country or body."""
        found = self._found.get(want)
        if found is None:
            found = self._found[want] = tuple(self._forms(want)), tuple(self._of_its_body(want))
        return found

    @cached_property
    def by_body(self) -> dict[str, list[str]]:
        """The words that name a country or body, by what they name."""
        out: dict[str, list[str]] = {}
        for word in self.words:
            for body in bodies_in(word, self.code):
                out.setdefault(body, []).append(word)
        return out

    @cached_property
    def _stems(self) -> dict[str, set[str]]:
        out: dict[str, set[str]] = {}
        for word in self.words:
            out.setdefault(stem(word, self.code), set()).add(word)
        return out

    @cached_property
    def _by_sound(self) -> list[tuple[str, str]]:
        """The words in Latin letters with what they are in the text, in order: those that begin alike stand together."""
        return sorted((romanized(word), word) for word in self.words)

    def _forms(self, want: Wanted) -> set[str]:
        if want.word.endswith("*"):
            return {word for word in self.words if word.startswith(want.word[:-1])}
        found = self._stems.get(stem(want.word, self.code), set())
        if want.is_name:
            return found | self._sounding_like(romanized(want.word))
        if len(want.word) >= MIN_COMPOUND and _has_compounds(self.code):
            return found | {word for word in self.words if _is_in_compound(want.word, word)}
        return found

    def _of_its_body(self, want: Wanted) -> set[str]:
        if not want.is_name or want.word.endswith("*"):
            return set()
        return {word for body in bodies_called(want.word) for word in self.by_body.get(body, ())}

    def _sounding_like(self, name: str) -> set[str]:
        """The words that are a name, given in Latin letters, in another case, script or spelling."""
        base, compounds, out = _base(name), _has_compounds(self.code), set[str]()
        begin = base if len(base) >= MIN_NAME else name
        for place in range(bisect_left(self._by_sound, (begin,)), len(self._by_sound)):
            sound, word = self._by_sound[place]
            if not sound.startswith(begin):
                break
            if _sounds_like(name, sound, compounds=compounds):
                out.add(word)
        return out


class WordIndex:
    """A text as its folded words, with the places of each; made once for all phrases it is held against."""

    def __init__(self, text: str, code: str, vocabulary: DocumentWords | None = None) -> None:
        """Fold the text and note where each word stands; `vocabulary` is that of the document, where it is at hand."""
        self._text = apart(text)
        self.folded = wording.fold(self._text)
        self.words = self.folded.split()
        self.places: dict[str, list[int]] = {}
        for place, word in enumerate(self.words):
            self.places.setdefault(word, []).append(place)
        known = vocabulary is not None and vocabulary.words.issuperset(self.places)
        self.vocabulary = vocabulary if vocabulary is not None and known else DocumentWords(self.places, code)
        self._found: dict[Wanted, list[int]] = {}

    @cached_property
    def capitals(self) -> frozenset[str]:
        """The words that the text writes in capitals."""
        return frozenset(wording.fold(word) for word in WORD.findall(self._text) if len(word) > 1 and word.isupper())

    def where(self, want: Wanted) -> list[int]:
        """The places of a wanted word, in order."""
        found = self._found.get(want)
        if found is None:
            found = self._found[want] = self._look(want)
        return found

    def where_each(self, wanted: Iterable[Wanted]) -> list[list[int]]:
        """The places of each wanted word; none where one of them stands nowhere."""
        places: list[list[int]] = []
        for want in wanted:
            found = self.where(want)
            if not found:
                return []
            places.append(found)
        return places

    @cached_property
    def bodies(self) -> frozenset[str]:
        """The countries and bodies that the text names, by names and adjectives that are not too short to be sure."""
        found = self.vocabulary.by_body.items()
        return frozenset(
            body for body, words in found if any(len(word) > SHORT and word in self.places for word in words)
        )

    def _look(self, want: Wanted) -> list[int]:
        forms, others = self.vocabulary.forms(want)
        found = {word for word in forms if word in self.places}
        if found and self._is_too_short(want):
            found = set()
        found.update(word for word in others if word in self.places and (len(word) > SHORT or word in self.capitals))
        return sorted(place for word in found for place in self.places[word])

    def _is_too_short(self, want: Wanted) -> bool:
        return want.is_name and want.is_capital and len(want.word) <= SHORT and want.word not in self.capitals


def apart(text: str) -> str:
    """A text with the small words set apart that an apostrophe joins to the word behind."""
    return ELISION.sub(r"\1 ", text)


@lru_cache(maxsize=16)
def index(text: str, code: str, vocabulary: DocumentWords | None = None) -> WordIndex:
    """The words of a text; the rules of many topics are held against one text after the other."""
    return WordIndex(text, code, vocabulary)


@lru_cache(maxsize=4)
def index_of_document(text: str, code: str) -> WordIndex:
    """The words of a whole document, kept apart from those of its statements."""
    return WordIndex(text, code)


@lru_cache(maxsize=65536)
def stem(word: str, code: str) -> str:
    """What the forms of a word share: its stem, or its first form where the language has a dictionary and no stemmer."""
    return tokens.stem(word, code) or wording.fold(lemma(word, languages().get(code)) or word)


@lru_cache(maxsize=4)
def _has_compounds(code: str) -> bool:
    return code in languages() and languages()[code].grammar.compounds


def _is_in_compound(want: str, word: str) -> bool:
    return len(word) > len(want) and (word.startswith(want) or word.endswith(want))


def _base(name: str) -> str:
    """What other endings may follow: a longer name without its vowels at the end."""
    return name.rstrip("aeiou") if len(name) > MIN_NAME else name


def _sounds_like(name: str, word: str, *, compounds: bool) -> bool:
    """Whether a word that begins as a name does is the name in another case, script or spelling, both in Latin letters."""
    base = _base(name)
    rest = len(word) - len(base)
    if len(base) < MIN_NAME:
        return word == name or (compounds and len(name) == MIN_NAME - 1 and rest >= MIN_NAME)
    return compounds or rest <= (6 if len(base) >= LONG_NAME else 3)


@lru_cache(maxsize=16)
def _bodies(code: str) -> tuple[dict[str, set[str]], dict[str, str]]:
    """Countries and bodies of a language's table by the stems of their names of one word, and by beginnings of adjectives."""
    stems: dict[str, set[str]] = {}
    beginnings: dict[str, str] = {}
    language = languages().get(code)
    for body, phrases in language.offices.bodies.items() if language else ():
        for phrase in map(str.strip, phrases.split(",")):
            folded = wording.fold(phrase)
            if " " in folded or not folded:
                continue
            if phrase.endswith("*"):
                beginnings[folded] = body
            else:
                stems.setdefault(stem(folded, code), set()).add(body)
    return stems, beginnings


@lru_cache(maxsize=65536)
def bodies_in(word: str, code: str) -> frozenset[str]:
    """The countries and bodies a word of a language may name."""
    stems, beginnings = _bodies(code)
    longest = max((one for one in beginnings if word.startswith(one)), key=len, default="")
    return frozenset(stems.get(stem(word, code), ())) | ({beginnings[longest]} if longest else frozenset())


@lru_cache(maxsize=4096)
def bodies_called(name: str) -> frozenset[str]:
    """The countries and bodies that a name of a topic may mean, in whatever language it is written."""
    return frozenset(body for code in languages() for body in bodies_in(name, code))


def are_near(places: Sequence[list[int]], within: int = NEAR) -> bool:
    """Whether one place of each lies near one place of the rarest."""
    if not places or not all(places):
        return False
    rarest, *others = sorted(places, key=len)
    return any(all(any(abs(place - start) < within for place in one) for one in others) for start in rarest)


def matches_in_order(words: WordIndex, wanted: Sequence[Wanted]) -> Iterator[tuple[int, ...]]:
    """Where the words of a phrase stand in a text one after the other and near each other: "no toll" is not "toll, no"."""
    places = [words.where(want) for want in wanted]
    if not places or not all(places):
        return
    for start in places[0]:
        found = _following(start, places[1:])
        if found is not None:
            yield found


def _following(start: int, places: Sequence[list[int]]) -> tuple[int, ...] | None:
    """The nearest place of each word behind the one before it, from `start` on; None where one is missing or too far."""
    found = [start]
    for one in places:
        place = next((place for place in one if place > found[-1]), None)
        if place is None or place - start >= CLOSE:
            return None
        found.append(place)
    return tuple(found)
