"""Who is meant: names, surnames, titles, offices and pronouns, resolved inside one document.

A mention is resolved only where exactly one person fits. Two that fit are candidates, never a pick; the mentions that
led to a name are kept as its chain.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache

from tracker.languages.data import Language
from tracker.languages.phrases import either
from tracker.languages.word_forms import is_known_verb, is_place_in_genitive, is_surname
from tracker.speech.people.mentions import Parts, parse_mention
from tracker.speech.people.names import (
    CAPITAL,
    fold,
    gender,
    is_office,
    knows_first_name,
    names_occupation,
    plain,
)
from tracker.speech.people.office_holders import find_office_holder
from tracker.speech.people.office_words import names_country, read_office
from tracker.speech.people.person_index import Person, PersonIndex, distinct, opens_sentence
from tracker.speech.people.proof import holds_office, is_no_subject, is_outlet, is_proven, names_no_body
from tracker.speech.people.proxies import holder_behind, names_the_principal
from tracker.speech.people.roles import Roles
from tracker.speech.types import Mention, Span


@lru_cache(maxsize=16)
def _and(language: Language) -> re.Pattern[str]:
    return re.compile(rf"\s(?:{either(language.grammar.conjunctions)})\s")


@lru_cache(maxsize=16)
def _parts(language: Language) -> re.Pattern[str]:
    """Find what parts those who speak together; a party and state in brackets is no part of a name."""
    return re.compile(rf"\s*\([^()]{{0,40}}\)|,?\s(?:{either(language.grammar.conjunctions)})\s|,\s")


@lru_cache(maxsize=16)
def _goes_on_verb(language: Language) -> re.Pattern[str] | None:
    """Find, behind a pronoun, a verb by which the last speaker goes on: "he then added"."""
    grammar = language.grammar
    if not grammar.goes_on:
        return None
    return re.compile(rf"\s+(?:(?:{either(grammar.goes_on_adverbs)})\s+)?(?:{either(grammar.goes_on)})\b")


@lru_cache(maxsize=16)
def _definite(language: Language) -> re.Pattern[str]:
    """Find an article at the head of a sentence, and the three words behind it."""
    articles = either(language.grammar.articles)
    return re.compile(rf"\W*(?:{articles})\s+((?:[\w’'-]+\s+){{1,3}})", re.IGNORECASE)


def _lead(piece: str) -> int:
    """How many code points of titles may stand before a name: none after a small word, "a friend of Ada Moor"."""
    first = piece.lstrip()[:1]
    return len(piece) if first.isupper() else len(piece) - len(piece.lstrip())


_VERB_BEFORE = re.compile(r",\s([^\W\d_]+)\s$")
_WORD_BEFORE = re.compile(r"(?<!\w)([^\W\d_]+)\s$")
_LEAD = re.compile(r"\W*(?:[\w’'.\-]+\W+){0,3}")
"""What may stand before the subject of a sentence: an adverb, a short phrase."""
NEAR = 700
"""Code points before a pronoun within which its person is looked for."""
BACK = 4
"""Sentences before a pronoun within which its person is looked for."""
RELATIVE = 60
"""Code points before "who" within which its person is looked for."""
CANDIDATES = 6
NEAR_WORD = 24
"""Code points before a name within which the word before it begins."""
UNPROVEN = "nothing tells that this is a person"
GLUED, NAME = 9, 3
"""Letters of a word that may be a surname and a verb, and of each of the two."""


@dataclass(slots=True)
class PastSpeaker:
    """Somebody who spoke, and the words that named them."""

    person: str
    span: Span


def _place(seen: PastSpeaker) -> int:
    return seen.span[0]


@dataclass(frozen=True, slots=True)
class TextLayout:
    """What the resolver needs to know of a text's build: its sentences, and the stretches in quotation marks."""

    sentences: tuple[Span, ...] = ()
    quoted: tuple[Span, ...] = ()

    def inside(self, at: int) -> bool:
        """Whether a place lies in quotation marks."""
        number = bisect_left(self.quoted, (at + 1, 0)) - 1
        return number >= 0 and at < self.quoted[number][1]

    def number(self, at: int) -> int:
        """The number of the sentence that holds a place."""
        return max(0, bisect_left(self.sentences, (at + 1, 0)) - 1)


def _is_owner_of_office(word: str, language: Language) -> bool:
    """Whether a word behind an office is in the case of a place it is of: "мэр Казани", "burmistrz Gdańska"."""
    if language.names.has_dictionary:
        return is_place_in_genitive(word, language) or not is_surname(word, language)
    endings = language.names.genitive_endings
    return (
        bool(endings)
        and word.lower().endswith(endings)
        and not word.lower().endswith(language.names.he_surnames or ("\0",))
    )


class Resolver:
    """Resolves the mentions of one document in the order of the text."""

    def __init__(self, person_index: PersonIndex, day: date | None, text_layout: TextLayout | None = None) -> None:
        """Take the people of a document, the day on which offices are looked up, and the build of the text."""
        self.person_index = person_index
        self.day = day
        self.text_layout = text_layout or TextLayout()
        self.roles = Roles(person_index, day)
        self.spoken: list[PastSpeaker] = []
        self.unsure: list[int] = []
        self.proven: dict[tuple[str, str | None], bool] = {}
        self.gender = {
            p.name: sex
            for p in person_index.people.values()
            if (sex := gender(plain(p.name.split()[0]), p.name, p.roles, person_index.language))
        }

    @cached_property
    def starts(self) -> list[tuple[int, str]]:
        """All places where a person of the document is named, by full name or by a surname only one bears."""
        person_index = self.person_index
        found = {(where[0], p.name) for p in person_index.people.values() for where in p.where}
        inside = sorted((where[0], where[1]) for p in person_index.people.values() for where in p.where)
        single = {key: people[0] for key, people in person_index.last.items() if len(distinct(people)) == 1}
        for match in CAPITAL.finditer(person_index.text) if single else ():
            word = match.group()
            person = single.get(fold(word, person_index.language)) or self._joined_to_verb(word, single)
            if person is None:
                continue
            at = bisect_left(inside, (match.start() + 1, 0)) - 1
            if at < 0 or inside[at][1] <= match.start():
                found.add((match.start(), person.name))
        return sorted(found)

    def _joined_to_verb(self, word: str, single: Mapping[str, Person]) -> Person | None:
        """Whose surname a word begins with, where the page lost the space before its verb: "Мурначала"."""
        language = self.person_index.language
        if len(word) < GLUED or language is None or not language.grammar.loses_spaces:
            return None
        for at in range(NAME, len(word) - NAME + 1):
            rest = word[at:].lower()
            person = single.get(fold(word[:at], language))
            if person and any(is_known_verb(rest[:end], language) for end in range(NAME, len(rest) + 1)):
                return person
        return None

    def mention(self, start: int, end: int) -> Mention:
        """The mention at a span, resolved as far as the document allows."""
        parts = parse_mention(self.person_index.text, start, end, self.person_index.language)
        words = self.person_index.text[start:end]
        if parts.pronoun or self._describes(words):
            return (
                self._pronoun(start, end, words, parts.pronoun) if parts.pronoun else self._described(start, end, words)
            )
        several = self._several(start, end)
        if several:
            return Mention(
                start=start,
                end=end,
                text=words,
                name=None,
                candidates=several,
                role=parts.role,
                chain=(),
                rule="several speakers together",
            )
        if self._is_principal(start, parts):
            return self._for_another(start, end, words, parts)
        leads = parts.body and parts.start > start and holds_office(parts.role, self.person_index.language)
        if parts.name is None or leads or self._is_office(words, parts.name, parts):
            return self._role(start, end, words, (parts.role if parts.name is None else None) or words)
        if parts.body and (body := self._body(start, end, words, parts)):
            return body
        return self._named(start, end, words, parts)

    def _body(self, start: int, end: int, words: str, parts: Parts) -> Mention | None:
        """The body a mention names, unless its one word is somebody's surname; a country or any body is none."""
        index, name = self.person_index, parts.name or ""
        found = self._known(name)
        if " " not in name and index.bearers(index.key([name])):
            return None
        nobody = found is None and names_no_body(name, index.language)
        if nobody or not index.is_tagged:
            self.unsure.append(start)  # a pronoun behind it may mean the body
        if nobody:
            return Mention(start=start, end=end, text=words, role=words, rule="a country, or any body")
        return Mention(start=start, end=end, text=words, name=found or name, role=parts.role, rule="body")

    def _describes(self, words: str) -> bool:
        """Whether a mention is a word for somebody named before, and no more: "the politician", "политик"."""
        grammar = self.person_index.grammar
        found = [word for word in words.lower().split() if word not in grammar.articles]
        return (
            len(found) == 1 and found[0] in grammar.named_before and words.lower().split()[0] not in grammar.indefinite
        )

    def _described(self, start: int, end: int, words: str) -> Mention:
        """Resolve such a word by the last subject before it, as a pronoun is."""
        found = self._subject_before(start, None)
        if found is None or self._is_unsure(found, start):
            self.unsure.append(start)
            return Mention(start=start, end=end, text=words, role=words, rule="role, several or nobody")
        self._seen(found.person, (start, end))
        chain = ((start, end), found.span)
        return Mention(
            start=start, end=end, text=words, name=found.person, role=words, chain=chain, rule="named before"
        )

    def _is_unsure(self, found: PastSpeaker, start: int) -> bool:
        """Whether somebody was named since who may be two, so that the one before them is no choice."""
        return bool(self.unsure) and found.span[0] < self.unsure[-1] < start and start - self.unsure[-1] < NEAR

    def _is_office(self, words: str, name: str, parts: Parts) -> bool:
        """Whether a mention names an office and nobody; its country is no name: "президент Норвегии"."""
        index = self.person_index
        if index.language is not None and read_office(words.strip(), index.language):
            return True
        return parts.bare and not index.bearers(index.key([name]))

    def _is_principal(self, start: int, parts: Parts) -> bool:
        """Whether a mention names the one for whom somebody else speaks."""
        name = (parts.name or "").split()
        several = self.person_index.grammar.has_cases and len(name) > 2  # noqa: PLR2004 - more than one name
        known = several and self.person_index.bearers(self.person_index.key(name))
        return not known and names_the_principal(self.person_index.text, start, parts, self.person_index.language)

    def _for_another(self, start: int, end: int, words: str, parts: Parts) -> Mention:
        """Who speaks for the one a mention names: the name behind it, "a spokesman for Moor, Ida Brandt,", or nobody."""
        behind = holder_behind(self.person_index.text, parts, end)
        if behind < end:
            holder = parse_mention(self.person_index.text, behind, end, self.person_index.language)
            if holder.name and " " in holder.name and not holder.body:
                return self._named(start, end, words, replace(holder, role=words[: behind - start].strip(" ,")))
        self.unsure.append(end)
        return Mention(start=start, end=end, text=words, role=words, rule="speaks for somebody else")

    def _several(self, start: int, end: int) -> tuple[str, ...]:
        """The names of those who speak together: "Ada Moor and Bo Lind", "Sens. Jo Park, Ann Lee and Bo Lind"."""
        text, names = self.person_index.text, []
        if not _and(self.person_index.words).search(text, start, end):
            return ()
        at = start
        for stop, follows in [
            (m.start(), m.end()) for m in _parts(self.person_index.words).finditer(text, start, end)
        ] + [(end, end)]:
            if at > start and text[at - 2] == "," and not text[at : at + 1].isupper():
                break  # what follows tells more of one of them
            found = parse_mention(text, at, stop, self.person_index.language)
            if found.name and not found.body and found.start - at <= _lead(text[at:stop]):
                bearers = self.person_index.bearers(self.person_index.key(found.name.split()))
                name = bearers[0].name if len(bearers) == 1 else found.name
                if name not in names and (bearers or " " in name or at == start or stop == end):
                    names.append(name)
            at = follows
        return tuple(names) if len(names) > 1 else ()

    def _known(self, name: str) -> str | None:
        """The one speaker of the record who bears a name."""
        words, code = name.split(), self.person_index.words.code
        hits = self.person_index.known.bearers(words, code)
        if not hits and len(self.person_index.key(words)) == 1:
            holder = find_office_holder(name, code)
            return holder.speaker.name if holder else None
        return hits[0] if len(hits) == 1 else None

    def _named(self, start: int, end: int, words: str, parts: Parts) -> Mention:
        if is_no_subject(self.person_index.text, start, parts.name or "", self.person_index.language):
            self.unsure.append(start)
            return Mention(start=start, end=end, text=words, role=parts.role, rule="in a case that no subject has")
        key = self.person_index.key((parts.name or "").split())
        found = self.person_index.bearers(key)
        role = parts.role
        introduced = [p for p in found if p.where[0][0] < start]
        if len(found) > 1 and len(introduced) == 1:
            found = introduced  # who is named only later can't be meant yet
        if len(found) > 1:
            names = tuple(p.name for p in found)
            self.unsure.append(start)
            return Mention(
                start=start,
                end=end,
                text=words,
                name=None,
                candidates=names,
                role=role,
                chain=tuple(p.where[0] for p in found),
                rule="two bear this name",
            )
        here = (parts.start, parts.end)
        if found:
            person = found[0]
            if self._is_unproven(person, parts) or not self._is_proven(person.name, parts.role):
                self.unsure.append(start)
                return Mention(start=start, end=end, text=words, role=role, rule=UNPROVEN)
            chain = (here,) if person.where[0][0] == parts.start else (here, person.where[0])
            self._seen(person.name, (start, end))
            role = role or (person.roles[0] if person.roles else None)
            return Mention(
                start=start,
                end=end,
                text=words,
                name=person.name,
                candidates=(),
                role=role,
                chain=chain,
                rule="surname" if len(key) == 1 else "name",
            )
        return self._as_given(start, end, words, parts)

    def _as_given(self, start: int, end: int, words: str, parts: Parts) -> Mention:
        """A name that the document writes only here: the record's, or as it stands, where something tells that it is one."""
        index, role, here = self.person_index, parts.role, (parts.start, parts.end)
        known = self._known(parts.name or "")
        if known is None:
            if self._is_place_of_office(start, parts):
                return self._role(start, end, words, words)
            alone = not role and len(index.key((parts.name or "").split())) == 1
            if self._is_no_name(parts, alone=alone):
                return Mention(start=start, end=end, text=words, role=words, rule="unnamed")
            if not self._is_proven(parts.name or "", role):
                self.unsure.append(start)
                return Mention(start=start, end=end, text=words, role=role, rule=UNPROVEN)
            if alone and opens_sentence(index.text, parts.start) and self._common(words):
                rule = "a capital that may only open the sentence"
                return Mention(start=start, end=end, text=words, role=role, rule=rule)
        name = known or parts.name
        if name:
            self._seen(name, (start, end))
        return Mention(start=start, end=end, text=words, name=name, role=role, chain=(here,), rule="name as given")

    def _is_place_of_office(self, start: int, parts: Parts) -> bool:
        """Whether a lone word behind an office and a preposition is where it is held: "der Bürgermeister von Ulm"."""
        language, text = self.person_index.language, self.person_index.text
        before = text[start : parts.start].split()
        if not before and language is not None and language.grammar.has_cases:
            ahead = _WORD_BEFORE.search(text, max(0, start - NEAR_WORD), start)
            before = [ahead.group(1)] if ahead else []
        if language is None or not before or " " in (parts.name or ""):
            return False
        if language.grammar.has_cases and is_office(before[-1], language):
            return _is_owner_of_office(parts.name or "", language)
        if len(before) < 2:  # noqa: PLR2004 - an office and a preposition
            return False
        joins = language.names.proxy_of | language.names.owners | language.names.office_of
        return before[-1].lower() in joins and is_office(before[-2], language)

    def _is_proven(self, name: str, role: str | None) -> bool:
        """Whether the record, or anything in the text, tells that a name is a person's or an outlet's."""
        index = self.person_index
        proven = self.proven.get((name, role))
        if proven is None:
            surname = self._known(name.rsplit(maxsplit=1)[-1]) if " " in name else None
            recorded = (surname,) if surname else ()
            proven = (
                self._known(name) is not None
                or is_outlet(name, index.language)
                or is_proven(index, name, role, recorded)
            )
            self.proven[name, role] = proven
        return proven

    def _is_unproven(self, person: Person, parts: Parts) -> bool:
        """Whether two nouns with capitals, named once, might as well be no person: "Wichtige Frage: “...”"."""
        index = self.person_index
        offices = [word for role in (parts.role, *person.roles) for word in (role or "").split()]
        if not index.grammar.capital_nouns or len(person.where) > 1:
            return False
        if any(is_office(word, index.language) for word in offices):
            return False
        words = person.name.split()
        if knows_first_name(plain(words[0])) or "." in words[0] or "-" in words[0] or self._known(person.name):
            return False
        return len(re.findall(rf"(?<!\w){re.escape(words[-1])}", index.text)) == 1

    def _is_no_name(self, parts: Parts, *, alone: bool) -> bool:
        """Whether words with capitals that name nobody else in the text are common words, or a place."""
        index = self.person_index
        if index.are_nouns(parts.start, (parts.name or "").split()):
            return True
        words = (parts.name or "").split()
        if len(words) == 2 and not parts.role and names_occupation(words[0], index.language):  # noqa: PLR2004
            return True
        if not alone or index.language is None or index.language.is_tagged:
            return False
        if index.grammar.capital_nouns:
            return True  # a noun, for all that is known
        before = _WORD_BEFORE.search(index.text, max(0, parts.start - NEAR), parts.start)
        return index.grammar.has_cases and before is not None and before.group(1).lower() in index.grammar.prepositions

    def _common(self, word: str) -> bool:
        """Whether a word with a capital may be a common noun: "Experts" opens a sentence, "experts" stands elsewhere."""
        people = self.person_index.grammar.people
        if not people:
            return True
        low, text = word.lower(), self.person_index.text
        if low in people or re.search(rf"(?<!\w){re.escape(low)}(?!\w)", text) is not None:
            return True
        return not self._is_proper(word)

    def _is_proper(self, word: str) -> bool:
        """Whether a word with a capital is a name: letters in capitals, a first name, a country, or one inside a sentence."""
        language, text = self.person_index.language, self.person_index.text
        if word.isupper() or knows_first_name(plain(word)) or (language and names_country(word.lower(), language)):
            return True
        places = re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", text)
        return any(not opens_sentence(text, place.start()) for place in places)

    def _seen(self, name: str, span: Span) -> None:
        self.spoken.append(PastSpeaker(name, span))

    def _role(self, start: int, end: int, words: str, role: str) -> Mention:
        """Resolve "the secretary general": by the office it names, by the roles the document gives, by the record."""
        index = self.person_index
        names, rule = self._holders(start, end, words)
        if not names and (goes_on := self._another_word_for(start, words)):
            names, rule = [goes_on], "another word for the last speaker"
        if len(names) > 1 and rule == "office in the document" and self._fits_one(start, names):
            names = [self.spoken[-1].person]
        if len(names) == 1:
            self._seen(names[0], (start, end))
            where = next((p.where[0] for p in index.people.values() if p.name == names[0]), None)
            return Mention(
                start=start,
                end=end,
                text=words,
                name=names[0],
                candidates=(),
                role=role,
                chain=(where,) if where else (),
                rule=rule,
            )
        if names or not index.is_tagged:
            self.unsure.append(start)  # a pronoun behind it may mean whoever that is
        return Mention(
            start=start,
            end=end,
            text=words,
            name=None,
            candidates=tuple(names[:CANDIDATES]),
            role=role,
            chain=(),
            rule=rule if rule == "unnamed" else "role, several or nobody",
        )

    def _another_word_for(self, start: int, words: str) -> str | None:
        """The last speaker, where a definite office that the text gives to nobody can mean nobody else.

        "Moor said ... The Green deputy added": the office is told of nobody, nobody else was named since, and a public
        office of a country would have a holder of its own.
        """
        language, grammar = self.person_index.language, self.person_index.grammar
        first, *rest = words.lower().split() or [""]
        if (
            language is None
            or first not in grammar.articles
            or not rest
            or (self.unsure and start - self.unsure[-1] < NEAR)
        ):
            return None
        if read_office(words.strip(), language) or not is_office(rest[-1], language):
            return None
        if any(proxy.lower() in words.lower() for proxy in language.names.proxies):
            return None
        return self.spoken[-1].person if self._fits(start, None) and self._is_person(self.spoken[-1].person) else None

    def _holders(self, start: int, end: int, words: str) -> tuple[list[str], str]:
        """Those an office may mean, and by which rule."""
        index = self.person_index
        wanted = self.roles.words_of(words)
        if not words.split() or words.lower().split()[0] in index.grammar.indefinite:
            return [], "unnamed"
        office = self.roles.office(start, end)
        if office is not None:
            recorded = self.roles.by_record(wanted)
            names = self.roles.by_office(office, start, [seen.person for seen in self.spoken])
            if recorded or names or office.body is not None:
                if len(recorded) == 1 and (not names or names == recorded):
                    return recorded, "office on the day"
                return names or recorded, "office in the document"
        if not any(is_office(word, index.language) for word in words.split()):
            return [], "unnamed"
        if self.roles.is_of_another(end):
            return [], "role, several or nobody"
        named = self.roles.by_words(wanted, start)
        return (named, "role in the document") if named else (self.roles.by_record(wanted), "office on the day")

    def _fits_one(self, start: int, names: list[str]) -> bool:
        """Whether the last speaker is one of several holders, and none of the others was named since."""
        if not self.spoken or start - self.spoken[-1].span[1] > NEAR or self.spoken[-1].person not in names:
            return False
        since = {name for name, _ in self.named_between(self.spoken[-1].span[1], start)}
        return not since & set(names) - {self.spoken[-1].person}

    def _pronoun(self, start: int, end: int, words: str, pronoun: str) -> Mention:
        """Resolve "he" and "she" by the last subject before them that fits, else by the one name nearby."""
        language = self.person_index.language
        if pronoun in self.person_index.grammar.relative:
            return self._relative(start, end, words)
        if language is None or pronoun in language.they:
            return Mention(
                start=start, end=end, text=words, name=None, candidates=(), role=None, chain=(), rule="pronoun"
            )
        sex = "he" if pronoun in language.he else "she"
        found, why = self._goes_on(start, end, sex), "pronoun, goes on speaking"
        if found is None:
            found, why = self._subject_before(start, sex), "pronoun, last subject"
        near = [n for n in self.named_between(max(0, start - NEAR), start) if self._may_be(n[0], sex)]
        names = tuple(dict.fromkeys(name for name, _ in near))
        if found is None and len(names) == 1 and not self._told(start):
            at = near[0][1]
            found, why = PastSpeaker(names[0], (at, at + len(names[0]))), "pronoun, only name"
        if found is not None and self._is_unsure(found, start):
            found = None
        if found is None:
            return Mention(
                start=start,
                end=end,
                text=words,
                name=None,
                candidates=names[:CANDIDATES],
                role=None,
                chain=(),
                rule="pronoun, several fit",
            )
        self.gender.setdefault(found.person, sex)
        self._seen(found.person, (start, end))
        return Mention(
            start=start,
            end=end,
            text=words,
            name=found.person,
            candidates=(),
            role=None,
            chain=((start, end), found.span),
            rule=why,
        )

    def _may_be(self, name: str, sex: str) -> bool:
        """Whether a pronoun may mean somebody: of that gender for all that is known, and a person."""
        return self._is_of(name, sex) and self._is_person(name)

    def _is_person(self, name: str) -> bool:
        """Whether a name is surely a person's: two capitals may be a place, a company or an aircraft."""
        return self.person_index.is_surely(name) or any(seen.person == name for seen in self.spoken)

    def _goes_on(self, start: int, end: int, sex: str) -> PastSpeaker | None:
        """The last speaker for "he added": whoever goes on has spoken before, whoever was named meanwhile."""
        verb = _goes_on_verb(self.person_index.words)
        if verb is None or not self.spoken or not verb.match(self.person_index.text, end):
            return None
        last = self.spoken[-1]
        near = start - last.span[1] <= NEAR and self._is_of(last.person, sex)
        return last if near else None

    def _told(self, start: int) -> bool:
        """Whether somebody spoke nearby, so that a name alone is not the only choice."""
        return self._last_spoke(start - NEAR + 1, start) is not None

    def _subject_before(self, start: int, sex: str | None) -> PastSpeaker | None:
        """The subject of the nearest sentence before a pronoun that fits it; anybody fits where its sex is not told."""
        if not self.starts and not self.spoken:
            return None
        sentences = self.text_layout.sentences
        last = self.text_layout.number(start)
        last -= self._closes(start)
        for number in range(last, max(-1, last - BACK), -1):
            first, end = sentences[number] if sentences else (max(0, start - NEAR), start)
            subject = self.subject(first, min(end, start))
            if subject is None:
                if number < last and self._acts_unnamed(first, end):
                    self.unsure.append(first)  # the pronoun may mean whoever that is
                    return None
                continue
            if self._is_of(subject.person, sex):
                return subject if self._is_person(subject.person) else None
        return self.spoken[-1] if self._fits(start, sex) else None

    def _acts_unnamed(self, start: int, end: int) -> bool:
        """Whether an office that names nobody acts at the head of a sentence: "Le maire a invité ...", "The director ..."."""
        index = self.person_index
        head = _definite(index.words).match(index.text, start, end)
        return head is not None and any(is_office(word, index.language) for word in head.group(1).split())

    def _is_of(self, name: str, sex: str | None) -> bool:
        """Whether somebody is of a sex, for all that is known."""
        return sex is None or self.gender.get(name, sex) == sex

    def _closes(self, start: int) -> bool:
        """Whether a pronoun behind its verb closes the sentence, so that it is about somebody: "..., sagte er."."""
        language, text = self.person_index.language, self.person_index.text
        if language is None or language.is_tagged or not self.text_layout.sentences:
            return False
        before = _VERB_BEFORE.search(text, max(0, start - RELATIVE), start)
        end = self.text_layout.sentences[self.text_layout.number(start)][1]
        return before is not None and before.group(1).lower() in language.verbs and "," not in text[start:end]

    def _fits(self, start: int, sex: str | None) -> bool:
        """Whether the last speaker stands near enough and nobody else was named since."""
        if not self.spoken or start - self.spoken[-1].span[1] > NEAR:
            return False
        last = self.spoken[-1]
        since = {n for n, _ in self.named_between(last.span[1], start) if self._is_of(n, sex)}
        return since <= {last.person} and self._is_of(last.person, sex)

    def _last_spoke(self, start: int, end: int) -> PastSpeaker | None:
        """Who spoke last between two code points; mentions are resolved in the order of the text."""
        number = bisect_left(self.spoken, end, key=_place) - 1
        return self.spoken[number] if number >= 0 and self.spoken[number].span[0] >= start else None

    def subject(self, start: int, end: int) -> PastSpeaker | None:
        """Who acts in a sentence: who speaks in it, or the name at its head, or its only name."""
        spoke = self._last_spoke(start, end)
        named = [(n, at) for n, at in self.named_between(start, end) if not self.text_layout.inside(at)]
        if not self.person_index.grammar.has_cases and all(self._is_governed(at) for _, at in named):
            named = []
        lead = _LEAD.match(self.person_index.text, start, end)
        head = lead.end() if lead else start
        if named and named[0][1] <= head and not (spoke and spoke.span[0] <= named[0][1]):
            name, at = named[0]
            return PastSpeaker(name, (at, at + len(name)))
        if spoke is None and len({n for n, _ in named}) == 1:
            name, at = named[0]
            return PastSpeaker(name, (at, at + len(name)))
        return spoke

    def _is_governed(self, at: int) -> bool:
        """Whether a preposition stands before a name, so that it is no subject: "mit Moor"."""
        before = _WORD_BEFORE.search(self.person_index.text, max(0, at - NEAR_WORD), at)
        return before is not None and before.group(1).lower() in self.person_index.grammar.prepositions

    def _relative(self, start: int, end: int, words: str) -> Mention:
        near = self.named_between(max(0, start - RELATIVE), start)
        if near:
            name, at = near[-1]
            self._seen(name, (start, end))
            return Mention(
                start=start,
                end=end,
                text=words,
                name=name,
                candidates=(),
                role=None,
                chain=((start, end), (at, at + len(name))),
                rule="relative clause",
            )
        return Mention(
            start=start, end=end, text=words, name=None, candidates=(), role=None, chain=(), rule="relative clause"
        )

    def named_between(self, start: int, end: int) -> list[tuple[str, int]]:
        """The people named between two code points, and where."""
        low = bisect_left(self.starts, (start, ""))
        high = bisect_left(self.starts, (end, ""))
        return [(name, at) for at, name in self.starts[low:high]]
