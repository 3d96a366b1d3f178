"""Whether anything tells that a name is a person's or a body's: without that, words with capitals name nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tracker.languages.data import Language, languages, or_default
from tracker.languages.outlets import outlets
from tracker.languages.word_forms import is_never_nominative, is_oblique
from tracker.speech.people.mentions import names_body
from tracker.speech.people.names import (
    body_words,
    fold,
    is_office,
    is_short_body,
    knows_first_name,
    names_occupation,
    plain,
)
from tracker.speech.people.office_words import names_country

if TYPE_CHECKING:
    from tracker.speech.people.person_index import Person, PersonIndex

INITIALS = 2
"""Letters of the longest initials without full stops: "JD Moor"."""
LONG = 6
"""Letters of the longest name whose ending tells no case."""
NEIGHBOUR = 40
"""Code points beside a word in which its neighbours are looked for."""
_BEFORE = re.compile(r"([^\W\d_][\w’'.\-]*)\s$")
_JOINS = frozenset("’'-_")


def is_proven(person_index: PersonIndex, name: str, role: str | None, recorded: tuple[str, ...] = ()) -> bool:
    """Whether a name has a first name known in some language, initials, an office, or stands as a surname elsewhere.

    ``recorded`` are the names of those in the record who bear its surname.
    """
    words = name.split()
    if is_country(name, person_index.language):
        return False
    if _has_first_name(words, person_index.language) or holds_office(role, person_index.language):
        return True
    people = [person for person in person_index.people.values() if person.name == name]
    if any(holds_office(told, person_index.language) for person in people for told in person.roles):
        return True
    if len(words) == 1:
        return _is_named_in_full(person_index, words[0]) or _is_introduced(person_index, words[0])
    # The record knows another of that surname; "Moor Garantien" beside Ada Moor; "Explaining Norland", where "explaining"
    # stands elsewhere.
    no_name = any(words[-1] in known.split() for known in recorded) or _is_common(person_index.text, words[0])
    return not no_name and not _is_of_another(person_index, words, people) and _stands_alone(person_index, words[-1])


def _is_common(text: str, word: str) -> bool:
    """Whether a word stands in small letters elsewhere in a text."""
    return word[:1].isupper() and any(_places(text, word.lower()))


def _places(text: str, word: str) -> Iterator[int]:
    """Where a whole word stands in a text, as the number of the code point behind it."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        before, behind = text[at - 1 : at] if at else "", text[end : end + 1]
        if not (before.isalnum() or before in _JOINS) and not behind.isalnum():
            yield end
        at = text.find(word, end)


def is_country(name: str, language: Language | None) -> bool:
    """Whether a name is a country's and no body's: what a country says, somebody said for it."""
    if name.isupper() or (language is not None and names_body(name, language)):
        return False
    return any(one is not None and names_country(name.lower(), one) for one in (language, languages().get("en")))


def names_no_body(name: str, language: Language | None) -> bool:
    """Whether a body's name is a country's, or a lone word that any body may be called by: "the Forum"."""
    words = name.split()
    both = or_default(language).grammar.conjunctions.intersection(words[1:-1])
    if both and any(is_country(word, language) for word in (words[0], words[-1])):
        return True  # "Deutschland und die USA"
    return is_country(name, language) or (not name.isupper() and plain(name) in body_words())


def holds_office(role: str | None, language: Language | None) -> bool:
    """Whether the words beside a name hold an office, a title or what somebody does."""
    found = re.findall(r"[^\W\d_][\w’'.\-]*", role or "")
    return any(is_office(word, language) or names_occupation(word, language, sure=True) for word in found)


def is_no_subject(text: str, start: int, name: str, language: Language | None) -> bool:
    """Whether a name stands in a case no subject has, and not behind "according to": "призывают Хольма", "Moorowi"."""
    if language is None or not language.grammar.has_cases:
        return False
    words = name.split()
    endings = language.names.object_endings
    oblique = bool(endings) and any(word.lower().endswith(endings) and len(word) > LONG for word in words)
    if language.names.has_dictionary:
        somebody_else = any(is_oblique(word, language) is False for word in words[1:])  # "Аде Мур Олег Линд"
        several = is_oblique(words[0], language) is True and not somebody_else
        oblique = is_never_nominative(name, language) if len(words) == 1 else several
    if not oblique:
        return False
    before = f" {' '.join(text[max(0, start - NEIGHBOUR) : start].lower().split())} "
    return not any(f" {phrase} " in before for phrase in language.according)


def _has_first_name(words: list[str], language: Language | None) -> bool:
    first = words[0]
    if language is not None and is_oblique(first, language) is not None:
        return True  # "Ады Мур"
    if len(words) == 1:
        return knows_first_name(plain(first))
    short = first.isupper() and len(first) <= INITIALS and not is_short_body(first)
    return "." in first or short or any(knows_first_name(plain(word)) for word in words[:-1])


def _is_of_another(person_index: PersonIndex, words: list[str], people: list[Person]) -> bool:
    """Whether the first word is the surname of somebody else: "Moor Sicherheitsgarantien" beside Ada Moor."""
    bearers = person_index.last.get(fold(words[0], person_index.language), [])
    return any(
        person not in people and _has_first_name(person.name.split(), person_index.language) for person in bearers
    )


def _stands_alone(person_index: PersonIndex, surname: str) -> bool:
    """Whether the last word of a name stands elsewhere for the whole: not behind an article, not beside a capital."""
    text, grammar = person_index.text, person_index.grammar
    for end in _places(text, surname):
        start = end - len(surname)
        before = _BEFORE.search(text, max(0, start - NEIGHBOUR), start)
        word = before.group(1) if before else ""
        if word[:1].isupper() and not is_office(word, person_index.language) and text[start - 1] != "\n":
            continue
        if word.lower() in grammar.articles and not grammar.names_bear_articles:
            continue
        return True
    return False


def _is_named_in_full(person_index: PersonIndex, word: str) -> bool:
    """Whether a lone word is part of a name that the document writes in full."""
    key = fold(word, person_index.language)
    return any(
        key in person.key and _has_first_name(person.name.split(), person_index.language)
        for person in person_index.people.values()
    )


def _is_introduced(person_index: PersonIndex, word: str) -> bool:
    """Whether an office or title stands before a lone word somewhere: "o técnico Moor"."""
    for end in _places(person_index.text, word):
        start = end - len(word)
        before = _BEFORE.search(person_index.text, max(0, start - NEIGHBOUR), start)
        if before and is_office(before.group(1), person_index.language):
            return True
    return False


def is_outlet(name: str, language: Language | None) -> bool:
    """Whether a name is a paper's, agency's or station's."""
    return outlets(language).fullmatch(name) is not None
