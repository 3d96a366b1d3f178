"""Who is meant by an office: by what the document calls somebody, by the record, by the list of office holders."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from difflib import SequenceMatcher

from tracker.languages.data import Language
from tracker.languages.word_forms import is_genitive
from tracker.speech.people.names import POSSESSIVE, body_words, modifiers, plain, role_words
from tracker.speech.people.office_holders import find_office_holder, holders_of_kind, titles_of_kind
from tracker.speech.people.office_words import PublicOffice, office_around, office_of_name
from tracker.speech.people.person_index import Person, PersonIndex, distinct

VAGUE = "leader"
"""The kind of office that names nobody without its country."""
ALIKE = 0.75
"""Share of letters from which two surnames of one office holder are two spellings."""
_NEXT = re.compile(r"[^\S\n]+([^\W\d_]+)")


def spelt_alike(name: str, other: str) -> bool:
    """Whether two surnames may be two spellings of one: "Belooussov" and "Belousov"."""
    one, two = (plain(words.split()[-1]) for words in (name, other))
    return SequenceMatcher(None, one, two).ratio() >= ALIKE


SUFFIX = 8
"""Letters from which the end of a compound is an office of its own: "chef" is too many."""


class Roles:
    """The offices of one document's people, and who holds one that is named without its holder."""

    def __init__(self, person_index: PersonIndex, day: date | None) -> None:
        """Take the people of a document, and the day on which offices are looked up."""
        self.person_index = person_index
        self.day = day
        self._told: dict[str, tuple[PublicOffice, ...]] = {}

    def office(self, start: int, end: int) -> PublicOffice | None:
        """The public office a mention names, with the words around it that belong to it."""
        language = self.person_index.language
        found, stop = office_around(self.person_index.text, start, end, language) if language else (None, end)
        if found is None or found.body is not None:
            return found
        vague = found.kind == VAGUE or self.is_of_another(stop)
        return None if vague else found

    def is_of_another(self, end: int) -> bool:
        """Whether words behind an office tell whose it is: "the president | of the bank", "президент | компании"."""
        text, language = self.person_index.text, self.person_index.language
        behind = _NEXT.match(text, end)
        if language is None or behind is None:
            return False
        word = behind.group(1)
        if not language.grammar.has_cases:
            follows = _NEXT.match(text, behind.end())
            if follows is not None and follows.group(1).lower() in self._times(language):
                return False  # "said the mayor on Monday"
            return word.lower() in language.names.owners | language.names.office_of
        return word[0].isupper() or is_genitive(word, language)

    @staticmethod
    def _times(language: Language) -> set[str]:
        """Words of time: days of the week, months, "today"."""
        return {*language.weekdays, *language.months, *(word for phrase in language.days for word in phrase.split())}

    def by_office(self, office: PublicOffice, start: int, spoken: Iterable[str]) -> list[str]:
        """Those who may hold an office named at a place, by what the text tells before it, else behind it, else by the day."""
        heard = list(dict.fromkeys(spoken))
        here = [p for p in distinct(list(self.person_index.people.values())) if self._holds(p, office)]
        before = [p.name for p in here if p.where[0][0] < start]
        named = before or [p.name for p in here]
        named += [name for name in heard if name not in named and self._held(name, office)]
        if office.body is None or office.former:
            return named
        on_day = [one.name for one in holders_of_kind(office.kind, office.body, self.day)]
        ours = [name for name in (*named, *heard, *self._names()) if self._canonical(name) in on_day]
        exact = [p.name for p in here if any(o.body == office.body for o in self._offices(p))]
        if len(on_day) == 1:
            alike = [name for name in exact if spelt_alike(name, on_day[0])]
            holder = (ours or alike or on_day)[0]
            others = [name for name in exact if self._canonical(name) != on_day[0] and name not in alike]
            return list(dict.fromkeys([holder, *others]))
        return exact or named

    def _names(self) -> list[str]:
        return [person.name for person in self.person_index.people.values()]

    def _canonical(self, name: str) -> str:
        """A name as the list of office holders has it."""
        language = self.person_index.language
        holder = find_office_holder(name, language.code if language else None)
        return holder.speaker.name if holder else name

    def _offices(self, person: Person) -> tuple[PublicOffice, ...]:
        """The offices a document gives to somebody."""
        if person.name not in self._told:
            language, text = self.person_index.language, self.person_index.text
            found = [office_of_name(text, *where, language) for where in person.where] if language else []
            self._told[person.name] = tuple(dict.fromkeys(office for office in found if office))
        return self._told[person.name]

    def _holds(self, person: Person, office: PublicOffice) -> bool:
        if any(plain(word) in body_words() for word in person.name.split()) or self._is_body(person.name):
            return False
        return any(
            own.former == office.former
            and (own.body is None or office.body is None or own.body == office.body)
            and titles_of_kind(own.kind, own.body or office.body) & titles_of_kind(office.kind, office.body or own.body)
            for own in self._offices(person)
        )

    def _is_body(self, name: str) -> bool:
        language = self.person_index.language
        return language is not None and any(word.lower() in language.bodies for word in name.split())

    def _held(self, name: str, office: PublicOffice) -> bool:
        """Whether the list of office holders gives somebody this office: on the day, or a former one before it."""
        language = self.person_index.language
        holder = find_office_holder(name, language.code if language else None)
        if holder is None or self.day is None:
            return False
        for own in holder.speaker.offices:
            if own.title not in titles_of_kind(office.kind, own.body) or office.body not in (None, own.body):
                continue
            if own.held_on(self.day) is not office.former and (
                not office.former or (own.until and own.until < self.day)
            ):
                return True
        return False

    def by_words(self, words: frozenset[str], start: int) -> list[str]:
        """Those to whom the document gives an office of these words, and not the deputy's or the former one.

        Who is named only behind ``start`` can't be meant by a part of a compound there.
        """
        language = self.person_index.language
        hits = []
        for person in self.person_index.people.values():
            own = (role_words(told, language) for told in person.roles)
            compounds = person.where[0][0] < start
            if any(
                self._within(words, told, compounds=compounds) and not (told - words) & modifiers(language)
                for told in own
            ):
                hits.append(person)
        return [p.name for p in distinct(hits)]

    def _within(self, words: frozenset[str], told: frozenset[str], *, compounds: bool) -> bool:
        """Whether an office has these words, perhaps inside a compound: "Ratschefin" is a "Stadtratschefin"."""
        if words <= told or not (compounds and self.person_index.grammar.compounds):
            return words <= told
        return all(len(word) >= SUFFIX and any(one.endswith(word) for one in told) for word in words)

    def words_of(self, office: str) -> frozenset[str]:
        """The words of an office that tell which one it is: no articles, no prepositions before its place, no genitive."""
        index = self.person_index
        small = (
            index.grammar.articles | index.words.names.owners | index.words.names.office_of | index.words.names.proxy_of
        )
        return role_words(POSSESSIVE.sub("", office), index.language) - {plain(word) for word in small} - {"s"}

    def by_record(self, words: frozenset[str]) -> list[str]:
        """The speakers of the record who held an office of these words on the day."""
        language: Language | None = self.person_index.language
        if self.day is None:
            return []
        found = []
        for speaker in self.person_index.known.office_holders:
            for office in speaker.offices:
                told = self.words_of(f"{office.title} {office.body or ''}")
                if office.held_on(self.day) and words <= told and not (told - words) & modifiers(language):
                    found.append(speaker.name)
        return list(dict.fromkeys(found))
