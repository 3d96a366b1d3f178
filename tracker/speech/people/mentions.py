"""A source phrase taken apart: "NATO Secretary General Ann Lee" is Ann Lee, by her office."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from tracker.languages.data import Language, or_default
from tracker.languages.letters import is_cyrillic
from tracker.languages.phrases import either
from tracker.languages.word_forms import is_oblique
from tracker.speech.people.names import (
    POSSESSIVE,
    WORD,
    body_words,
    fold,
    genitive,
    heads,
    is_compound,
    is_office,
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
    stop_words,
    titled,
    words_before_name,
)
from tracker.speech.people.office_words import names_country

SHORTEST = 5
"""Letters of the shortest body looked for at the end of a compound."""
LONGEST = 90
"""Code points of the longest name of a body."""
_Words = list[tuple[str, int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """A source phrase taken apart: the name with its code points, the office, or the pronoun."""

    name: str | None
    start: int
    end: int
    role: str | None
    body: bool = False
    bare: bool = False  # one capital word before a preposition: "Officials at the ministry", or "Moor in an interview"
    pronoun: str | None = None


def parse_mention(text: str, start: int, end: int, language: Language | None) -> Parts:
    """The name, role and kind of a source phrase."""
    found = _parse(text[start:end], language)
    return replace(found, start=start + found.start, end=start + found.end) if start else found


@lru_cache(maxsize=16384)
def _parse(phrase: str, language: Language | None) -> Parts:
    """Take a phrase apart; offsets are counted from its beginning."""
    first = _first_part(or_default(language)).split(phrase, maxsplit=1)[0]
    stress = or_default(language).grammar.reflexive
    words = [(m.group(), m.start(), m.end()) for m in WORD.finditer(first) if m.group().lower() not in stress]
    if not words:
        return Parts(name=None, start=0, end=len(phrase), role=None)
    lowered = first.strip().lower()
    if language and (lowered in _pronouns(language) or _names_nobody(words, language)):
        pronoun = lowered if lowered in _pronouns(language) else None
        role = None if pronoun else phrase.strip() or None
        return Parts(name=None, start=0, end=len(phrase), role=role, pronoun=pronoun)
    owner = _owner(words, language)
    occupied = _behind_occupation(words) if owner else []
    behind = (occupied or _behind(words, owner, language)) if owner else []
    if owner and not behind and _bodily(words[:owner], language):
        return _unnamed(phrase, words, language)
    named = (
        _person_of(words, language)
        if _heads_body(words, language)
        else _name(words[:owner] if owner else words, language)
    )
    named = occupied or named or behind
    second = _second(phrase, language) if len(named) < 2 else None  # noqa: PLR2004 - a first name and a surname
    if second:
        return replace(second, role=first.strip() or None)
    if named and not _office_of_body(words, named, language):
        found = _named(phrase, words, named, language)
        return replace(found, bare=bool(owner) and not behind and len(named) == 1 and found.role is None)
    return _unnamed(phrase, words, language)


def _office_of_body(words: _Words, named: _Words, language: Language | None) -> bool:
    """Whether an office stands before a body it is of, where it stands first: "la dirigeante de la CGT"."""
    if language is None or not language.grammar.office_first or language.grammar.has_cases:
        return False
    body = _bodily(named, language) or (len(named) == 1 and named[0][0].isupper() and len(named[0][0]) > 1)
    return body and any(is_office(word, language) for word, *_ in words[:2] if word != named[0][0])


def _names_nobody(words: _Words, language: Language) -> bool:
    """Whether a phrase is made of words that name nobody: "a Senior Administration Official", "Speaker_01"."""
    bare = [re.sub(r"[\d_]+$", "", plain(word)) for word, _, _ in words]
    kept = [word for word in bare if word and word not in language.grammar.articles | language.grammar.indefinite]
    people = language.transcripts.nobody
    return all(word in people for word in kept) and any(word[:1].isupper() for word, _, _ in words)


def _person_of(words: _Words, language: Language | None) -> _Words:
    """The person whom the body before them sends, in the nominative: "МВД Судландии Иван Захаров"."""
    last = words[-2:]
    if language is None or len(words) < 3 or any(not _capital(word) for word, _, _ in last):  # noqa: PLR2004
        return []
    return last if is_oblique(last[0][0], language) is False else []


@lru_cache(maxsize=16)
def _first_part(language: Language) -> re.Pattern[str]:
    """Find where the part of a phrase ends that names: at a mark, or a relative pronoun."""
    return re.compile(rf"[,(;:\[]| (?:{either(language.grammar.relative)}) ")


@lru_cache(maxsize=16)
def _pronouns(language: Language) -> frozenset[str]:
    return language.he | language.she | language.they | language.grammar.relative


def _owner(words: _Words, language: Language | None) -> int:
    """The number of the word behind which a place or body follows: "Ada Moor of Norland", "the mayor of Ulm"; else 0."""
    owners = language.names.owners if language else frozenset()
    return next(
        (n for n, (word, _, _) in enumerate(words) if n and word in owners and not _joined_name(words, n, language)), 0
    )


def _joined_name(words: _Words, at: int, language: Language | None) -> bool:
    """Whether a small word stands inside a name: "José da Moura"; behind an office it does not."""
    if not is_own_particle(words[at][0], language):
        return False
    head = at
    while head and (words[head - 1][0][0].isupper() or words[head - 1][0] in particles()):
        head -= 1
    if head == at:
        return False
    row = [word for word, _, _ in words[head:]]
    if at == 1 and head == 0 and row[0].lower() in particles():
        return True  # "Van der Moor"
    return joins_name(row, at - head, language) is True


def _behind(words: _Words, owner: int, language: Language | None) -> _Words:
    """The name behind an office and its place: "Foreign Minister of Norland Ada Moor"."""
    if not any(titled(word, language) for word, _, _ in words[:owner]):
        return []
    tail = len(words)
    while tail > owner + 1 and words[tail - 1][0][0].isupper() and not titled(words[tail - 1][0], language):
        tail -= 1
    run = words[tail:]
    size = 3 if len(run) > 2 and len(run[-2][0].strip(".")) == 1 else 2  # noqa: PLR2004 - a middle initial
    placed = tail > owner + 1  # "Secretary of State Ann Lee": a place stands before the name
    named = run[-size:] if len(run) > size - placed else []
    return [] if any(plain(w) in body_words() for w, _, _ in named) else named


def _behind_occupation(words: _Words) -> _Words:
    """The name behind a body and what somebody is there: "University of Ulm economist Ada Moor"."""
    head = len(words)
    while head and words[head - 1][0][0].isupper():
        head -= 1
    named = words[head:]
    if len(named) not in (2, 3) or not head or not knows_first_name(plain(named[0][0])):
        return []
    return [] if any(plain(word) in body_words() for word, _, _ in named) else named


def _second(phrase: str, language: Language | None) -> Parts | None:
    """The name of "the mayor, Ann Lee" and "the mayor of Ulm, Ann Lee of the Reds": the first part is her office."""
    rest = re.match(r"[^,]*[^\W\d_][^,]*,\s*", phrase)
    if not rest or rest.end() >= len(phrase) or not _office(rest.group(), language):
        return None
    inner = parse_mention(phrase, rest.end(), len(phrase), language)
    if inner.name and not inner.body and " " in inner.name:
        return inner
    return None


def _office(words: str, language: Language | None) -> bool:
    """Whether a phrase is an office or another common noun: it begins small, or holds a title."""
    found = WORD.findall(words)
    if found and found[-1][0].islower() and any(w.endswith(("'s", "’s", "s'", "s’")) for w in found):
        return True  # "Ulmia’s envoy"
    first = WORD.search(words)
    return first is not None and (
        first.group()[0].islower()
        or plain(first.group()) in stop_words(language)
        or any(titled(w, language) for w in WORD.findall(words))
    )


def _heads_body(words: _Words, language: Language | None) -> bool:
    """Whether a body stands first and owns what follows: "офис премьера Ады Мур" is the office, not the person."""
    if language is None or not language.grammar.body_first:
        return False
    return fold(words[0][0], language) in _folded_bodies(language)


@lru_cache(maxsize=16)
def _folded_bodies(language: Language) -> frozenset[str]:
    return frozenset(fold(b, language) for b in language.bodies)


def _name(words: _Words, language: Language | None) -> _Words:
    """The name at the end of the words, if there is one."""
    stop = stop_words(language)
    if language is not None and language.grammar.body_first:
        words = _without_body(words, language)
    head = len(words)
    while head and _is_name(words[head - 1][0], language):
        if head < len(words) and words[head - 1][0].endswith(("'s", "’s")):
            break
        head -= 1
    run = words[head:]
    for number, (word, _, _) in enumerate(run):
        if number and word in particles() and _bodily(run[number:], language):
            run = run[:number]
            break
    run = run[: name_ends([word for word, _, _ in run], language)]
    named = [w for n, w in enumerate(run) if plain(w[0]) not in stop or _keeps(run, n, language)]
    while len(named) > 2 and is_short_body(named[0][0]):  # noqa: PLR2004
        named.pop(0)
    if len(named) == 3 and occupation(named[0][0], named[1][0], language):  # noqa: PLR2004 - a first name and a surname behind it
        named = named[1:]
    if len(named) > 1 and language is not None:
        named = named[_nouns_ahead([word for word, _, _ in named], language) :]
    named = [w for w in named if is_cyrillic(w[0]) == is_cyrillic(named[0][0])]
    return named if any(len(w[0].strip(".")) > 1 for w in named) else []


def _keeps(run: _Words, number: int, language: Language | None) -> bool:
    """Whether a small word belongs to the name around it: "José da Moura", "Van der Moor", "De Moor"."""
    word = run[number][0]
    if number and word[0].isupper() and is_own_particle(run[number - 1][0].lower(), language):
        return True  # "Van der Meer", though "meer" is a small word
    if number == len(run) - 1 or not is_own_particle(word.lower(), language):
        return False
    if word[0].isupper():
        return all(one.lower() in particles() for one, _, _ in run[:number])
    return any(one[0].isupper() for one, _, _ in run[:number])


def _nouns_ahead(words: list[str], language: Language) -> int:
    """How many of capital words tell what somebody does: "Meteorologin Ada Moor", "Schülerin Moor"; nouns bear capitals."""
    if knows_first_name(plain(words[0])):
        return 0
    if not language.grammar.capital_nouns:
        cut = 0 if language.is_tagged else words_before_name(words, language)
        return cut or int(is_compound(words[0]))
    first = next((n for n, word in enumerate(words[:-1]) if n and knows_first_name(plain(word))), 0)
    if first:
        return 0 if words[first].lower() in particles() else first
    return int(names_occupation(words[0], language, sure=True))


def _without_body(words: _Words, language: Language) -> _Words:
    """The name behind an office, its body and its country: "глава МИД Судландии Иво Бранд"; a name before an agency."""
    if len(words) > 1 and plain(words[0][0]) in stop_words(language) and not titled(words[0][0], language):
        return _without_body(words[1:], language)
    if not titled(words[0][0], language):
        cut = next((n for n, (w, _, _) in enumerate(words) if n and not _capital(w)), len(words))
        return words[:cut] if _capital(words[0][0]) else words  # "Хольма РИА Север", "Хольм перед саммитом"
    tail = len(words)
    while tail > 1 and words[tail - 1][0][0].isupper():
        tail -= 1
    run = words[tail:]
    while len(run) > 2 and (run[0][0].isupper() or _owns(run[0][0], run[1][0], language)):  # noqa: PLR2004
        run = run[1:]
    return run if len(run) > 1 else words


def _owns(word: str, following: str, language: Language) -> bool:
    """Whether a word owns the office before it: a genitive, and no first name before a father's name."""
    return genitive(word, language) and not is_patronymic(following, language)


def _capital(word: str) -> bool:
    """Whether a word can be part of a name: a capital, and no acronym."""
    return word[0].isupper() and not (word.isupper() and len(word) > 1)


def _named(phrase: str, words: _Words, named: _Words, language: Language | None) -> Parts:
    role = phrase[: named[0][1]].strip(" ,\u00a0\n")
    name = " ".join(POSSESSIVE.sub("", phrase[named[0][1] : named[-1][2]]).split())
    body = _bodily(named, language) or (len(named) == 1 and named[0][0].isupper() and len(named[0][0]) > 1)
    if body:
        name = _body_name(phrase, words, language)
    if not role:
        role = phrase[words[-1][2] :].strip(" ,()")
    return Parts(name=name, start=named[0][1], end=named[-1][2], role=role or None, body=body)


def _unnamed(phrase: str, words: _Words, language: Language | None) -> Parts:
    """Read an office or a body."""
    grammar = or_default(language).grammar
    final = words[-1][0]
    people = fold(final, language) in heads(language) or (final[0].islower() and not _bodily(words[-1:], language))
    people = people or _office_of_body(words, words[-1:], language)
    owned = _owner(words, language)
    body = (
        (not people or bool(owned and _bodily(words[:owned], language)))
        and not _begins_with_somebody(words, language)
        and plain(words[0][0]) not in grammar.indefinite
        and len(phrase) <= LONGEST
        and any(w[0][0].isupper() for w in words if plain(w[0]) not in grammar.articles)
        and _bodily(words, language)
    )
    return Parts(
        name=_body_name(phrase, words, language) if body else None,
        start=0,
        end=len(phrase),
        role=phrase.strip() or None,
        body=body,
    )


def _begins_with_somebody(words: _Words, language: Language | None) -> bool:
    """Whether a small word that is no body stands first: "investigadora de la Universidad de Ulm" is who works there."""
    first = next((word for word, _, _ in words if plain(word) not in or_default(language).grammar.articles), "")
    if language is None or language.is_tagged or not first:
        return False
    if is_office(first, language) or first.lower() in language.names.proxies:
        return True  # "Sprecher des Verkehrsministeriums"
    if not language.grammar.office_first or not first[0].islower():
        return False
    return not names_body(first, language) and plain(first) not in body_words()


def _is_name(word: str, language: Language | None) -> bool:
    bare = plain(word)
    if not bare:
        return False
    if word[0].isupper():
        return not titled(word, language)
    return bare in particles()


def names_body(word: str, language: Language) -> bool:
    """Whether a word in small letters names a body, also in a compound or as a country: "verkehrsministerium", "ukraine"."""
    bodies = _plain_bodies(language)
    return plain(word) in bodies or _joined(plain(word), language) or names_country(word, language)


def _bodily(words: _Words, language: Language | None) -> bool:
    bodies = _plain_bodies(language) if language else frozenset()
    if (
        language
        and language.grammar.compounds
        and any(_joined(plain(w), language) for w, _, _ in words if w[0].isupper())
    ):
        return True
    return any((w[0].isupper() and plain(w) in body_words()) or plain(w) in bodies for w, _, _ in words)


@lru_cache(maxsize=4096)
def _joined(word: str, language: Language) -> bool:
    """Whether a compound ends with a body: "Verkehrsministeriums"."""
    bare = word.removesuffix(language.names.compound_genitive)
    return any(
        len(b) >= SHORTEST and b != word and (word.endswith(b) or bare.endswith(b)) for b in _plain_bodies(language)
    )


@lru_cache(maxsize=16)
def _plain_bodies(language: Language) -> frozenset[str]:
    return frozenset(plain(b) for b in language.bodies)


def _body_name(text: str, words: _Words, language: Language | None) -> str:
    known = or_default(language)
    genitive_ending = known.names.body_genitive
    if len(words) == 1 and genitive_ending and words[0][0].endswith(genitive_ending):
        return words[0][0][:-1]
    first = 1 if plain(words[0][0]) in known.grammar.articles and len(words) > 1 else 0
    while first < len(words) - 1 and plain(words[first][0]) in known.openers:
        first += 1  # "When TMZ"
    return " ".join(POSSESSIVE.sub("", text[words[first][1] : words[-1][2]]).split())
