"""The people of one document: every full name in its text, with the offices it is given there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache

from tracker.languages.data import Language, or_default
from tracker.languages.joined_words import has_joined_words, split_joined_words
from tracker.languages.letters import is_cyrillic
from tracker.languages.phrases import either
from tracker.languages.word_forms import is_common_word, is_oblique, nominative
from tracker.speech.people.known_speakers import KnownSpeakers
from tracker.speech.people.names import (
    CAPITAL,
    POSSESSIVE,
    WORD,
    body_words,
    fold,
    genitive,
    is_own_particle,
    is_patronymic,
    is_short_body,
    joins_name,
    knows_first_name,
    name_ends,
    names_occupation,
    occupation,
    particles,
    plain,
    sequence,
    stop_words,
    suffixes,
    titled,
    words_before_name,
)
from tracker.speech.people.office_words import names_country
from tracker.speech.people.proxies import follows_proxy
from tracker.speech.types import KnownSpeaker, Span

LONGEST = 4
"""Words of the longest name, small ones apart."""
BEFORE = 60
"""Characters before a name in which its office is looked for."""
ALIKE = 4
"""First letters by which two spellings of a first name before the same surname are one."""
SHORTEST_NOUN = 4
"""Letters of the shortest noun that is cut off before a first name: "Bo Ada Moor" has two."""
_PARTICIPLE = 6
"""Letters from which a capital participle opens a sentence rather than a name."""

_BEFORE_NOUN = re.compile(r"(?<!\w)([^\W\d_]+)\s$")
_BEHIND = re.compile(r",\s([^,.;:!?\n“”\"«»()]{3,60})(?=[,.]\s)")
_AHEAD = re.compile(r"(?:^|[.!?\n]|,)\s*((?:[^\W\d_][\w’'\-]*\s){0,7}[^\W\d_][\w’'\-]*),\s$")
MARKS = frozenset("“”„\"«»‘’'")
APPOSED = 80
"""Characters before a name in which an apposition may begin."""
OFFICE = 6
"""Words of the longest office before "of"."""
_Words = list[tuple[str, int, int]]


@lru_cache(maxsize=16)
def _abstract(language: Language) -> re.Pattern[str]:
    """Find nouns that are no name, in a language whose nouns bear capitals."""
    return re.compile(rf"(?:{either(language.names.abstract_endings)})(?:en|s)?$")


@lru_cache(maxsize=16)
def _office_of(language: Language) -> re.Pattern[str]:
    """Find the office before a place in capitals and its holder: "Foreign Minister of Norland Ada Moor"."""
    of, articles = either(language.names.office_of), either(language.grammar.articles)
    return re.compile(
        rf"(?:[A-Z][\w’'-]*[ \u00a0])*([A-Z][\w’'-]*)[ \u00a0](?:{of})(?:[ \u00a0](?:{articles}))?[ \u00a0]+$"
    )


@lru_cache(maxsize=16)
def _behind_office(language: Language) -> re.Pattern[str]:
    """Find where the word that names an office ends: "minister | for transport"."""
    return re.compile(rf"\s(?:{either(language.names.office_prepositions)})\s")


@lru_cache(maxsize=16)
def short_office(language: Language) -> re.Pattern[str]:
    """Find an office in short: "SRS'in"."""
    ending = language.names.short_office_ending
    return re.compile(rf"[A-Z][A-Za-z]{{0,2}}['’]{ending}" if ending else r"(?!)")


@dataclass(slots=True)
class Person:
    """Somebody named in the text: full name as first written, where, and with which role words."""

    name: str
    key: tuple[str, ...]
    where: list[Span] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)


class PersonIndex:
    """The people and bodies of one document."""

    def __init__(self, text: str, language: Language | None, known: Collection[KnownSpeaker]) -> None:
        """Look for the full names in a text; ``known`` people are called as the record calls them."""
        self.text = text
        self.language = language
        self.words = or_default(language)
        self.grammar = self.words.grammar
        self.is_tagged = language is None or language.is_tagged
        self.stop = stop_words(language)
        self.known = KnownSpeakers.of(known)
        self.people: dict[tuple[str, ...], Person] = {}
        self.last: dict[str, list[Person]] = {}
        self._capitals = Counter(CAPITAL.findall(text)) if self.grammar.capital_nouns else Counter()
        for match in sequence().finditer(text):
            self._sequence(*match.span(1))
        self._shorten()
        self._drop_openers()
        self._rename()

    def _rename(self) -> None:
        """Call people by the nominative of their names, and as the record calls them."""
        if self.language is not None and self.words.names.has_dictionary:
            for person in self.people.values():
                person.name = nominative(person.name, self.language)
        code = self.language.code if self.language else None
        for key, person in self.people.items() if self.known else ():
            person.name = self.known.called(key, code) or person.name

    def _shorten(self) -> None:
        """Fold "Ulmian Ada Moor" into "Ada Moor": what stands before a name seen alone is no part of it."""
        for key in [k for k in self.people if len(k) > 2 and k[-2:] in self.people]:  # noqa: PLR2004 - first and last name
            long, short = self.people[key], self.people[key[-2:]]
            if knows_first_name(key[0]) and not knows_first_name(key[-2]):
                self._forget(short.key)  # two surnames: "Lisa Moor Lind", then "Moor Lind"
                self.people[short.key] = long
                long.where = sorted(short.where + long.where)
                continue
            self._forget(key)
            short.where = sorted(short.where + long.where)
            short.roles += [r for r in long.roles if r not in short.roles]

    def _forget(self, key: tuple[str, ...]) -> Person:
        person = self.people.pop(key)
        self.last[key[-1]].remove(person)
        return person

    def _drop_openers(self) -> None:
        """Forget "Following Moor" beside "Ada Moor": the first word only opens the sentence."""
        for bearers in [b for b in self.last.values() if len(b) > 1]:
            for person in [p for p in bearers if self._opener(p)]:
                if len(bearers) > 1:
                    self._forget(person.key)

    def _opener(self, person: Person) -> bool:
        first, last = person.name.split()[0], person.name.split()[-1]
        if (
            self.grammar.capital_nouns
            and last.endswith(self.words.names.case_endings)
            and not self._capitals[first + last]
        ):
            return any(not p.name.endswith(self.words.names.case_endings) for p in self.last[person.key[-1]])
        if not all(self._opens(start) for start, _ in person.where):
            return False
        if self.grammar.has_cases and len(person.where) == 1:
            return any(len(p.where) > 1 or p.roles for p in self.last[person.key[-1]] if p is not person)
        participle = self.grammar.participle_ending
        if participle and first.endswith(participle) and len(first) >= _PARTICIPLE:
            return True
        return re.search(rf"(?<!\w){re.escape(first.lower())}(?!\w)", self.text) is not None

    def _opens(self, at: int) -> bool:
        """Whether a sentence begins at a place."""
        return opens_sentence(self.text, at)

    def key(self, words: list[str]) -> tuple[str, ...]:
        """The words of a name as they are compared; "De Moor" alone is Moor."""
        while len(words) > 1 and not self.is_tagged and is_own_particle(words[0].lower(), self.language):
            words = words[1:]
        return tuple(fold(w, self.language) for w in words if plain(w) not in suffixes())

    def _sequence(self, start: int, end: int) -> None:
        """Enter the name in a row of capital words: what follows the last title, small word or owner."""
        words = [self._unglued(m.group(), start + m.start()) for m in WORD.finditer(self.text[start:end])]
        while len(words) > 1 and self._follows(words[-1][0]):
            words.pop()
        words = words[: name_ends([word for word, _, _ in words], self.language)]
        words, cut = self._begin_of_name(words)
        held = self._office_before(words[0][1]) if cut < len(words) - 2 else ""
        cut = len(words) - 2 if held else cut + self._country(words, cut)
        cut += len(words) - cut == 3 and occupation(words[cut][0], words[cut + 1][0], self.language)  # noqa: PLR2004
        cut += self._nouns_before(words, cut)
        cut += self._is_country_before(words, cut)
        before, words = self._held_office(words[:cut]), self._trimmed(words[cut:])
        if len(words) == LONGEST and self._are_two(words):
            self._sequence(words[0][1], words[1][2])
            self._sequence(words[2][1], words[3][2])
            return
        if not 1 < sum(word not in particles() for word, _, _ in words) <= LONGEST or not self._name(words):
            return
        if self.are_nouns(words[0][1], [word for word, _, _ in words]):
            return
        if not before and len(words) == 2 and names_occupation(words[0][0], self.language):  # noqa: PLR2004
            return
        key = self.key([w for w, _, _ in words])
        if len(key) > 1:
            office = self.text[before[0][1] : before[-1][2]] if before else ""
            role = self._role_before(before[0][1] if before else words[0][1], office)
            role = (f"{held} {office}" if held else role) or self._apposition(words[0][1], words[-1][2])
            if role and self.grammar.has_cases and self._owns_office(words):
                role = ""  # the office of another: "пресс-секретарь президента Ады Мур"
            self._add(POSSESSIVE.sub("", self.text[words[0][1] : words[-1][2]]), key, (words[0][1], words[-1][2]), role)

    def _begin_of_name(self, words: _Words) -> tuple[_Words, int]:
        """The words up to where a name ends, and the number of the one it begins with."""
        cut = 0
        for number, (word, _, _) in enumerate(words):
            owner = word.endswith(("'s", "’s")) and number < len(words) - 1
            if is_own_particle(word.lower() if number > cut else word, self.language):
                joined = joins_name([one for one, _, _ in words[cut:]], number - cut, self.language)
                if joined is False:
                    return words[:number], cut
                cut = cut if joined else number + 1
            elif owner or plain(word) in self.stop or titled(word, self.language) or _acronym(word):
                cut = number + 1
        return words, cut

    def _is_country_before(self, words: _Words, cut: int) -> bool:
        """Whether a country stands before a first name and a surname: "Ambassador to Ukraine Ada Moor"."""
        rest = [word for word, _, _ in words[cut:]]
        if len(rest) < 3 or self.language is None or knows_first_name(plain(rest[0])):  # noqa: PLR2004
            return False
        return names_country(rest[0].lower(), self.language) and knows_first_name(plain(rest[1]))

    def _nouns_before(self, words: _Words, cut: int) -> int:
        """How many nouns stand before a first name: "Meteorologin Ada Moor", where nouns bear capitals."""
        rest = words[cut:]
        if len(rest) < 3 or knows_first_name(plain(rest[0][0])):  # noqa: PLR2004 - more than first name and surname
            return 0
        if not self.grammar.capital_nouns:
            return 0 if self.is_tagged else words_before_name([word for word, _, _ in rest], self.language)
        first = next((n for n, (word, _, _) in enumerate(rest[:-1]) if knows_first_name(plain(word))), 0)
        first = first or int(names_occupation(rest[0][0], self.language, sure=True))
        initials = any("." in word or len(word) < SHORTEST_NOUN for word, _, _ in rest[:first])
        return 0 if initials or plain(rest[first][0]) in suffixes() | particles() else first

    def _owns(self, word: str) -> bool:
        """Whether a name stands in the genitive of a language whose nouns bear capitals: "Moors"."""
        bare, names = plain(word), self.words.names
        return word.endswith(names.case_endings) and bare not in names.names_in_s and not knows_first_name(bare)

    def are_nouns(self, start: int, words: list[str]) -> bool:
        """Whether words with capitals are common words and no name: "die Einladung Norlands", "Говорю Аде"."""
        first = words[0]
        if self.language is None or "." in first:
            return False
        if self.grammar.capital_nouns and any(map(self._owns, words[1:-1])):
            return not any(plain(word) in body_words() for word in words)  # "Ada Moors Besuch"
        if knows_first_name(plain(first)):
            return False
        return is_common_word(first, self.language) or (
            self.grammar.capital_nouns and self._are_capital_nouns(start, words)
        )

    def _are_capital_nouns(self, start: int, words: list[str]) -> bool:
        """The same for words of a language whose nouns bear capitals, the first of which is no known first name."""
        if any(plain(word) in body_words() for word in words):
            return False
        first, last = words[0], words[-1]
        if first.lower() in self.grammar.determiners | self.grammar.number_words or any(
            word in self.words.names.particles for word in words
        ):
            return True
        if any(_abstract(self.words).search(word) for word in words[:-1]):
            return True
        if len(words) > 2:  # noqa: PLR2004 - a first name and a surname
            return False
        if self._owns(first) and re.search(rf"(?<!\w){re.escape(first[:-1])}(?!\w)", self.text):
            return True  # "Bennetts Interview", where Bennett is named too
        owner = last[:-1] if last.endswith(self.words.names.case_endings) else ""
        owned = owner and re.search(rf"(?<!\w){re.escape(owner)}(?!\w)", self.text) is not None
        before = _BEFORE_NOUN.search(self.text, max(0, start - BEFORE), start)
        return bool(owned or (before is not None and before.group(1).lower() in self.grammar.determiners))

    def _are_two(self, words: _Words) -> bool:
        """Whether four words are an owner and a name: "пресс-секретарь Ады Мур Ида Брандт"."""
        if self.language is None:
            return False
        return is_oblique(words[0][0], self.language) is True and is_oblique(words[2][0], self.language) is False

    def _owns_office(self, words: _Words) -> bool:
        start, end = words[0][1], words[-1][2]
        return self.language is not None and follows_proxy(self.text, start, start, self.text[start:end], self.language)

    def _held_office(self, words: _Words) -> _Words:
        """Leave out the small words before an office: "According to" tells none."""
        while words and plain(words[0][0]) in self.stop and not titled(words[0][0], self.language):
            words = words[1:]
        return words

    def _country(self, words: _Words, cut: int) -> int:
        """How many words behind an office tell whose it is: "министр Норландии Ада Мур"."""
        owners = words[cut:-2]
        if not self.grammar.has_cases or not owners or is_patronymic(words[-2][0], self.language):
            return 0
        held = cut or self._role_before(words[0][1], "")
        return len(owners) if held and all(genitive(word, self.language) for word, _, _ in owners) else 0

    def _office_before(self, at: int) -> str:
        """The office that ends with "of" before a row of capitals: "Foreign Minister of Norland Ada Moor"."""
        if not self.words.names.office_of:
            return ""
        found = _office_of(self.words).search(self.text, max(0, at - BEFORE), at)
        return found.group() if found and titled(found.group(1), self.language) else ""

    def _unglued(self, word: str, at: int) -> tuple[str, int, int]:
        """A word with its code points, without what the page has glued to its end."""
        if self.language is not None and has_joined_words(self.language):
            word = word[: next(iter(split_joined_words(word, self.language)), len(word))]
        return word, at, at + len(word)

    def _follows(self, word: str) -> bool:
        """Whether a word after a name is no part of it: "Ada Moor Monday", "Ada Moor von EU"."""
        return plain(word) in self.stop or plain(word) in suffixes() or word in particles() or _acronym(word)

    def _trimmed(self, words: _Words) -> _Words:
        """Leave out the noun that follows a name in German: "Ada Moor Empörung"."""
        while self.grammar.capital_nouns and len(words) > 2 and self._noun(words):  # noqa: PLR2004 - first and last name
            words = words[:-1]
        return words

    def _noun(self, words: _Words) -> bool:
        last, before = words[-1][0], words[-2][0]
        return bool(_abstract(self.words).search(last)) or self._capitals[before] > self._capitals[last]

    def _name(self, words: _Words) -> bool:
        first, last = words[0][0], words[-1][0]
        marked = (
            self.text[words[0][1] - 1 : words[0][1]] in MARKS and self.text[words[-1][2] : words[-1][2] + 1] in MARKS
        )
        if (words[0][1] and marked) or any(short_office(self.words).fullmatch(w) for w, _, _ in words):
            return False  # a title in quotation marks: “Morning Talk”
        if any(plain(w) in body_words() for w, _, _ in words) or is_cyrillic(first) != is_cyrillic(last):
            return False
        names = self.words.names
        # A capital word in s before a capital is a genitive in German: "Moors Besuch"
        owns = self.grammar.capital_nouns and first.endswith(names.case_endings)
        return not (owns and plain(first) not in names.names_in_s)

    def _role_before(self, start: int, role: str) -> str:
        """Add the words of an office written small before the name: "former president", "премьер-министр"."""
        before = self.text[max(0, start - BEFORE) : start].split("\n")[-1].split()
        kept: list[str] = []
        for word in reversed(before):
            if not (titled(word, self.language) and word[-1].isalnum()):
                break
            kept.append(word)
        if not kept and self.grammar.has_cases:
            near = before[-OFFICE:]
            last = next((n for n in range(len(near) - 1, -1, -1) if near[n][-1] in '.,;:!?—–-»”"'), -1)
            first = next((n for n in range(last + 1, len(near)) if titled(near[n], self.language)), len(near))
            kept = near[: first - 1 if first else None : -1] if first < len(near) else []
        return " ".join([*reversed(kept), role]).strip()

    def _apposition(self, start: int, end: int) -> str:
        """The office between commas behind a name, or before a name between commas: "Ada Moor, the mayor of Ulm,"."""
        behind = _BEHIND.match(self.text, end)
        if behind:
            return self._office_of(behind.group(1))
        ahead = _AHEAD.search(self.text, max(0, start - APPOSED), start)
        return self._office_of(ahead.group(1)) if ahead and self.text[end : end + 1] == "," else ""

    def _office_of(self, words: str) -> str:
        """An office if the phrase is one: its last word before "of" is a title; "wife of the president" is none."""
        head = _behind_office(self.words).split(words, maxsplit=1)[0].split()
        if not head or len(head) > OFFICE:
            return ""
        first_is_head = self.grammar.office_first
        named = head[0] if first_is_head else head[-1]
        if head[0].lower() in self.grammar.articles | self.grammar.indefinite and len(head) > 1 and first_is_head:
            named = head[1]
        return words.strip() if titled(named, self.language) else ""

    def _add(self, name: str, key: tuple[str, ...], where: Span, role: str) -> None:
        """Enter one sighting of a full name."""
        person = self.people.get(key)
        if person is None:
            person = self.people[key] = Person(" ".join(name.split()), key)
            self.last.setdefault(key[-1], []).append(person)
        elif len(name) < len(person.name):
            person.name = " ".join(name.split())  # the nominative is the shortest form
        person.where.append(where)
        lowered = role.lower().strip()
        if lowered and lowered not in person.roles:
            person.roles.append(lowered)

    def is_surely(self, name: str) -> bool:
        """Whether a name is a person's for certain: its first name is known, or it has initials, or an office here."""
        first = name.split(maxsplit=1)[0]
        if is_short_body(first):
            return False  # "FC Norhavn"
        if "." in first or len(first) < SHORTEST_NOUN or knows_first_name(plain(first)):
            return True
        return any(person.name == name and person.roles for person in self.people.values())

    def bearers(self, words: tuple[str, ...]) -> list[Person]:
        """The people of the document who bear these names, by surname or by all their names."""
        if len(words) > 1 and words in self.people:
            return [self.people[words]]
        if len(words) > 2 and words[-2:] in self.people:  # noqa: PLR2004 - first and last name
            return [self.people[words[-2:]]]
        found = self.last.get(words[-1], []) if words else []
        if len(words) > 1:
            found = [p for p in found if _same_first(p.key[0], words[0])]
        return distinct(found)


def _same_first(one: str, other: str) -> bool:
    """Whether two first names may be one: spelt alike, or an initial of the other."""
    return one[:1] == other[:1] and (len(other) < 3 or one[:ALIKE] == other[:ALIKE])  # noqa: PLR2004 - "J." and "J"


def _acronym(word: str) -> bool:
    """Whether a word is a body in capitals, "UN" or "NATO", and not initials as in "JD Moor"."""
    return word.isupper() and "." not in word and (len(word) > 2 or is_short_body(word))  # noqa: PLR2004


def opens_sentence(text: str, at: int) -> bool:
    """Whether a sentence begins at a place: nothing before it, or a full stop or a line's end."""
    before = text[max(0, at - 4) : at].rstrip(' #>*-–—\u00a0«„“"')
    return not before or before[-1] in ".!?\n"


def distinct(found: list[Person]) -> list[Person]:
    """Leave out other forms of a name: "Ann B. Lee" is "Ann Lee", "Mihail Mur" is "Mihajlo Mur"."""
    out: list[Person] = []
    for person in found:
        if not any(o.key[-1] == person.key[-1] and o.key[0][:ALIKE] == person.key[0][:ALIKE] for o in out):
            out.append(person)
    return out
