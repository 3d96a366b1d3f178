"""Who is meant: names, surnames, titles, offices and pronouns, resolved inside one document.

A mention is resolved only where exactly one person fits. Two that fit are candidates, never a pick; the mentions that
led to a name are kept as its chain.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from tracker.speech.languages.data import Language
from tracker.speech.parts import KnownSpeaker, Mention, Span

_UP = r"[^\W\d_a-zß-öø-ÿа-яёіїєґąćęłńóśźż]"
NAME_WORD = rf"(?:{_UP}[\w’'\-]*[^\W_]|{_UP}\.)"
_PARTICLE = r"(?:de|del|della|der|den|van|von|zu|al|el|bin|ibn|la|le|da|dos|du|ter|af)"
_SEQUENCE = re.compile(rf"(?<![\w’'])({NAME_WORD}(?:[ \u00a0\n](?:{_PARTICLE}[ \u00a0])?{NAME_WORD}){{1,5}})")
_WORD = re.compile(r"[\w’'.\-]+")
_CAPITAL = re.compile(rf"(?<![\w’'\-]){_UP}[\w’'\-]*[^\W_]")
_POSSESSIVE = re.compile(r"['’]s?$")
SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
ENGLISH_STOP = frozenset(
    "the a an this that these those in on at by for from with of and but or as it he she they we i if when while after before "
    "his her their our its my your no not yes so what who how why where there here is was are were has had have do does did "
    "will would can could may might according despite since because although though during under over about also meanwhile "
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july august september "
    "october november december mr mrs ms dr more most some many all both each every one two first last new former today "
    "yesterday tomorrow earlier later still even just only then now".split()
)
PLACE_OR_BODY = frozenset(
    "university college school institute institution party committee commission council department ministry court times post "
    "news house senate congress bank company inc corp group association foundation center centre street avenue states "
    "kingdom union nations force forces army navy police agency bureau office board league club church city county river "
    "state island islands north south east west america europe africa asia act law bill treaty summit conference war "
    "journal magazine press channel network network's radio tv media campaign administration government parliament "
    "republic federation organization organisation alliance airlines airport hospital convention national international "
    "security air one democratic republican republicans democrats".split()
)


@lru_cache(maxsize=65536)
def plain(word: str) -> str:
    """Give a word without accents, case and possessive, as names are compared."""
    word = _POSSESSIVE.sub("", word).strip(".,")
    if word.isascii():
        return word.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))


_ENDINGS = {
    "ru": re.compile(r"(?:ого|его|ому|ему|ыми|ими|ым|им|ом|ем|ой|ей|ою|ами|ах|ая|ую|ый|ий|а|я|у|ю|е|ы|и|й|о|ь)$"),
    "uk": re.compile(r"(?:ого|ього|ому|ьому|ові|еві|єві|ими|им|ім|ом|ем|єм|ою|ею|ій|ий|ая|ую|а|я|у|ю|е|і|и|й|о|ь)$"),
    "pl": re.compile(r"(?:iego|ego|iemu|emu|owi|iem|em|im|ym|ą|ę|ie|a|y|i|u|e|o)$"),
    "de": re.compile(r"s$"),
    "sv": re.compile(r"s$"),
}
"""Case endings of names, by language: names are compared without them."""
STEM = 3
"""A name is never cut shorter than this."""


@lru_cache(maxsize=65536)
def fold(word: str, code: str | None) -> str:
    """Give a name as it is compared in a language: without accents, capitals and case endings."""
    bare = plain(word)
    ending = _ENDINGS.get(code or "")
    if ending is None:
        return bare
    cut = ending.sub("", bare)
    return cut if len(cut) >= STEM else bare


@lru_cache(maxsize=32)
def title_words(language: Language | None) -> frozenset[str]:
    """Give all words that may stand in an office or title, as names are compared."""
    return frozenset(plain(w) for w in language.titles | language.places) if language else frozenset()


@lru_cache(maxsize=32)
def heads(language: Language | None) -> frozenset[str]:
    """Give the words that name an office by themselves: "minister", not "foreign"."""
    code = language.code if language else None
    return frozenset(fold(p, code) for w in language.titles for p in w.split("-")) if language else frozenset()


@lru_cache(maxsize=32)
def _stop_words(language: Language | None) -> frozenset[str]:
    """Give words that are no part of a name though they may bear a capital."""
    if language is None:
        return ENGLISH_STOP
    return ENGLISH_STOP | {plain(w) for w in language.common | language.he | language.she | language.they}


_AND = re.compile(r"\s(?:and|und|и|та|och|y|et|i|oraz)\s")

MODIFIERS = frozenset(
    "vice deputy former ex assistant acting prime first вице экс бывший бывшии премьер заместитель замглавы зам stellvertretende "
    "stellvertretender ehemaliger ehemalige tidigare vize ancien ancienne expresidente były".split()
)
"""Words that make another office of one: who is vice president is not "the president"."""


def role_words(text: str, code: str | None) -> frozenset[str]:
    """Give the words of an office as they are compared."""
    return frozenset(fold(w, code) for w in re.findall(r"[^\W\d_]+", text))


FIRST_NAMES_IN_S = frozenset(
    "jens hans klaus thomas markus lars boris lukas jonas matthias andreas nils niels tobias johannes claus marius alexis "
    "andrius denis dennis elias enis ines iris doris agnes charles james louis lewis luis carlos jesus nicolas ms dolores".split()
)


def _scripts(word: str) -> bool:
    """Say whether a word is written in Cyrillic."""
    return "\u0400" <= word[:1] <= "\u04ff"


@dataclass(slots=True)
class Person:
    """Somebody named in the text: full name as first written, where, and with which role words."""

    name: str
    key: tuple[str, ...]
    where: list[Span] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    kind: str = "person"


@dataclass(frozen=True, slots=True)
class Parts:
    """A source phrase taken apart."""

    name: str | None
    start: int
    end: int
    role: str | None
    body: bool = False
    pronoun: str | None = None


class Register:
    """The people and bodies of one document."""

    def __init__(self, text: str, language: Language | None, known: tuple[KnownSpeaker, ...]) -> None:
        self.text = text
        self.language = language
        self.titles = title_words(language)
        self.code = language.code if language else None
        self.stop = ENGLISH_STOP | (
            language.common | language.he | language.she | language.they if language else frozenset()
        )
        self.known = known
        self.people: dict[tuple[str, ...], Person] = {}
        self.last: dict[str, list[Person]] = {}
        self._scan()

    def _scan(self) -> None:
        for match in _SEQUENCE.finditer(self.text):
            self._sequence(*match.span(1))
        for speaker in self.known:
            for alias in (speaker.name, *speaker.aliases):
                words = self.key(alias.split())
                if words and words in self.people:
                    self.people[words].name = speaker.name
        self._shorten()

    def _shorten(self) -> None:
        """Fold "Ulmian Ada Moor" into "Ada Moor": what stands before a name seen alone is no part of it."""
        for key in [k for k in self.people if len(k) > 2 and k[-2:] in self.people]:
            long, short = self.people.pop(key), self.people[key[-2:]]
            self.last[key[-1]].remove(long)
            short.where = sorted(short.where + long.where)
            short.roles += [r for r in long.roles if r not in short.roles]

    def key(self, words: list[str]) -> tuple[str, ...]:
        """Give the words of a name as they are compared."""
        return tuple(fold(w, self.code) for w in words if plain(w) not in SUFFIXES)

    def titled(self, word: str) -> bool:
        """Say whether a word is a title or an office, also in a compound: "president-elect", "NATO-Generalsekretär"."""
        bare = plain(word)
        return bare in self.titles or ("-" in bare and any(p in self.titles for p in bare.split("-")))

    def _sequence(self, start: int, end: int) -> None:
        words = [(m.group(), start + m.start(), start + m.end()) for m in _WORD.finditer(self.text[start:end])]
        cut = 0
        for number, (word, _, _) in enumerate(words):
            bare = plain(word)
            owner = word.endswith(("'s", "’s")) and number < len(words) - 1
            if owner or bare in self.stop or self.titled(word):
                cut = number + 1
        role = self._role_before(words[0][1], self.text[words[0][1] : words[cut - 1][2]] if cut else "")
        words = words[cut:]
        while words and plain(words[-1][0]) in SUFFIXES:
            words.pop()
        if len(words) < 2 or len(words) > 4:
            return
        if any(plain(w) in PLACE_OR_BODY for w, _, _ in words) or _scripts(words[0][0]) != _scripts(words[-1][0]):
            return
        if self.code == "de" and words[0][0].endswith("s") and plain(words[0][0]) not in FIRST_NAMES_IN_S:
            return  # a genitive before a noun: "Moors Besuch"
        key = self.key([w for w, _, _ in words])
        if len(key) < 2:
            return
        self.add(_POSSESSIVE.sub("", self.text[words[0][1] : words[-1][2]]), key, (words[0][1], words[-1][2]), role)

    def _role_before(self, start: int, role: str) -> str:
        """Add the words of an office written small before the name: "former president", "премьер-министр"."""
        before = self.text[max(0, start - 60) : start].split("\n")[-1].split()
        kept: list[str] = []
        for word in reversed(before):
            if not (self.titled(word) and word[-1].isalnum()):
                break
            kept.append(word)
        return " ".join([*reversed(kept), role]).strip()

    def add(self, name: str, key: tuple[str, ...], where: Span, role: str) -> Person:
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
        return person

    def bearers(self, words: tuple[str, ...]) -> list[Person]:
        """Give the people of the document who bear these names, by surname or by all their names."""
        if len(words) > 1 and words in self.people:
            return [self.people[words]]
        if len(words) > 2 and words[-2:] in self.people:
            return [self.people[words[-2:]]]
        found = self.last.get(words[-1], []) if words else []
        if len(words) > 1:
            found = [p for p in found if p.key[0][:1] == words[0][:1] and (len(words[0]) < 3 or p.key[0] == words[0])]
        return _distinct(found)


def _distinct(found: list[Person]) -> list[Person]:
    """Leave out longer forms of a name that is there in a shorter one: "Ann B. Lee" is "Ann Lee"."""
    out: list[Person] = []
    for person in found:
        for other in out:
            if other.key[-1] == person.key[-1] and other.key[0] == person.key[0]:
                break
        else:
            out.append(person)
    return out


def take_apart(text: str, start: int, end: int, language: Language | None) -> Parts:
    """Give the name, role and kind of a source phrase: "NATO Secretary General Ann Lee" is Ann Lee, by her office."""
    titles = title_words(language)
    phrase = text[start:end]
    first = re.split(r"[,(;:\[]| who | whose | which ", phrase, maxsplit=1)[0]
    words = [(m.group(), start + m.start(), start + m.end()) for m in _WORD.finditer(first)]
    if not words:
        return Parts(None, start, end, None)
    lowered = first.strip().lower()
    if language and lowered in language.he | language.she | language.they | {"who", "which"}:
        return Parts(None, start, end, None, pronoun=lowered)
    tail = len(words)
    head = tail
    while (
        head
        and _is_name(words[head - 1][0], titles)
        and not (head < tail and words[head - 1][0].endswith(("'s", "’s")))
    ):
        head -= 1
    stop = _stop_words(language)
    named = [w for w in words[head:tail] if plain(w[0]) not in stop]
    if named and _scripts(named[0][0]) != _scripts(named[-1][0]):
        named = [w for w in named if _scripts(w[0]) == _scripts(named[0][0])]
    role = text[start : named[0][1]].strip(" ,\u00a0\n") if named else phrase.strip()
    if not named:
        rest = re.match(r"[^,]*,\s*", phrase)
        if rest and rest.end() < len(phrase):
            inner = take_apart(text, start + rest.end(), end, language)
            if inner.name and not inner.body and " " in inner.name:
                return Parts(inner.name, inner.start, inner.end, first.strip())
        body = any(w[0][0].isupper() for w in words if plain(w[0]) not in ("the",)) and _bodily(words, language)
        name = _body_name(text, words) if body else None
        return Parts(name, start, end, role or None, body=body)
    name = " ".join(_POSSESSIVE.sub("", text[named[0][1] : named[-1][2]]).split())
    body = _bodily(named, language) or (len(named) == 1 and named[0][0].isupper() and len(named[0][0]) > 1)
    if body:
        name = _body_name(text, words)
    after = phrase[len(first) :].strip(" ,()")
    if not role and after:
        role = after
    return Parts(name, named[0][1], named[-1][2], role or None, body=body)


def _is_name(word: str, titles: frozenset[str]) -> bool:
    bare = plain(word)
    if not bare:
        return False
    if word[0].isupper():
        return bare not in titles and not ("-" in bare and any(p in titles for p in bare.split("-")))
    return bare in ("de", "del", "van", "von", "der", "al", "el", "bin", "la", "le", "da", "dos")


def _bodily(words: list[tuple[str, int, int]], language: Language | None) -> bool:
    bodies = language.bodies if language else frozenset()
    return any(plain(w) in PLACE_OR_BODY or plain(w) in bodies for w, _, _ in words)


def _body_name(text: str, words: list[tuple[str, int, int]]) -> str:
    start = (
        words[1][1]
        if plain(words[0][0]) in ("the", "a", "an", "der", "die", "das", "el", "la", "le") and len(words) > 1
        else words[0][1]
    )
    return " ".join(_POSSESSIVE.sub("", text[start : words[-1][2]]).split())


@dataclass(slots=True)
class Seen:
    """The last people who spoke or were named as subjects, for pronouns."""

    person: str
    span: Span
    pronoun: str | None = None


class Resolver:
    """Resolves the mentions of one document in the order of the text."""

    def __init__(self, register: Register, day: date | None) -> None:
        self.register = register
        self.day = day
        self.spoken: list[Seen] = []
        self.gender: dict[str, str] = {}
        self._starts: list[tuple[int, str]] | None = None

    @property
    def starts(self) -> list[tuple[int, str]]:
        """All places where a person of the document is named, by full name or by a surname only one bears."""
        if self._starts is None:
            register = self.register
            found = {(where[0], p.name) for p in register.people.values() for where in p.where}
            inside = sorted((where[0], where[1]) for p in register.people.values() for where in p.where)
            single = {key: people[0] for key, people in register.last.items() if len(_distinct(people)) == 1}
            for match in _CAPITAL.finditer(register.text) if single else ():
                person = single.get(fold(match.group(), register.code))
                at = bisect_left(inside, (match.start() + 1, 0)) - 1
                if person and (at < 0 or inside[at][1] <= match.start()):
                    found.add((match.start(), person.name))
            self._starts = sorted(found)
        return self._starts

    def mention(self, start: int, end: int) -> Mention:
        """Give the mention at a span, resolved as far as the document allows."""
        text, language = self.register.text, self.register.language
        parts = take_apart(text, start, end, language)
        words = text[start:end]
        if parts.pronoun:
            return self._pronoun(start, end, words, parts.pronoun)
        several = self._several(start, end)
        if several:
            return Mention(start, end, words, None, several, parts.role, (), "several speakers together")
        if parts.name is None:
            return self._role(start, end, words, parts.role or words)
        if parts.body:
            found = self._known(parts.name)
            return Mention(start, end, words, found or parts.name, (), parts.role, (), "body")
        return self._named(start, end, words, parts)

    def _several(self, start: int, end: int) -> tuple[str, ...]:
        """Give the names of two who speak together: "Ada Moor and Bo Lind said"."""
        phrase = self.register.text[start:end].split(",")[0]
        if not _AND.search(phrase):
            return ()
        names, at = [], start
        for piece in _AND.split(phrase):
            found = take_apart(self.register.text, at, at + len(piece), self.register.language)
            at = self.register.text.find(" ", at + len(piece) + 1, end) + 1 if at + len(piece) < end else end
            if found.name and not found.body:
                bearers = self.register.bearers(self.register.key(found.name.split()))
                names.append(bearers[0].name if len(bearers) == 1 else found.name)
        return tuple(names) if len(names) > 1 else ()

    def _known(self, name: str) -> str | None:
        key = self.register.key(name.split())
        hits = {
            s.name
            for s in self.register.known
            for alias in (s.name, *s.aliases)
            if self.register.key(alias.split()) == key
            or (len(key) == 1 and s.kind == "person" and fold(alias.split()[-1], self.register.code) == key[0])
        }
        return hits.pop() if len(hits) == 1 else None

    def _named(self, start: int, end: int, words: str, parts: Parts) -> Mention:
        key = self.register.key((parts.name or "").split())
        found = self.register.bearers(key)
        role = parts.role
        if len(found) > 1:
            names = tuple(p.name for p in found)
            return Mention(start, end, words, None, names, role, tuple(p.where[0] for p in found), "two bear this name")
        if len(found) == 1:
            person = found[0]
            chain = (
                ((parts.start, parts.end), person.where[0])
                if person.where[0][0] != parts.start
                else ((parts.start, parts.end),)
            )
            role = role or (person.roles[0] if person.roles else None)
            self._seen(person.name, (start, end))
            return Mention(start, end, words, person.name, (), role, chain, "surname" if len(key) == 1 else "name")
        name = self._known(parts.name or "") or parts.name
        if len(key) == 1 and self.register.code != "en" and name == parts.name and self._opens(parts.start):
            return Mention(start, end, words, None, (), role, (), "a capital that may only open the sentence")
        if name:
            self._seen(name, (start, end))
        return Mention(start, end, words, name, (), role, ((parts.start, parts.end),), "name as given")

    def _opens(self, at: int) -> bool:
        before = self.register.text[max(0, at - 4) : at].rstrip(' #>*-–—\u00a0«„“"')
        return not before or before[-1] in ".!?\n"

    def _seen(self, name: str, span: Span) -> None:
        self.spoken.append(Seen(name, span))

    def _role(self, start: int, end: int, words: str, role: str) -> Mention:
        """Resolve "the secretary general" by the roles the document gives to names, else by a known office."""
        language, code = self.register.language, self.register.code
        wanted = role_words(words, code) - {"the", "a", "an", "der", "die", "das", "his", "her", "el", "la", "le"}
        definite = not re.match(r"(?:a|an|one|some|many|several|another|two|ein|eine)\s", words, re.IGNORECASE)
        if not wanted & heads(language) or not definite:
            return Mention(start, end, words, None, (), role, (), "unnamed")
        hits = []
        for person in self.register.people.values():
            for told in person.roles:
                own = role_words(told, code)
                if wanted <= own and not (own - wanted) & MODIFIERS:
                    hits.append(person)
                    break
        hits = _distinct(hits)
        if len(hits) == 1:
            self._seen(hits[0].name, (start, end))
            return Mention(start, end, words, hits[0].name, (), role, (hits[0].where[0],), "role in the document")
        offices = self._offices(wanted) if not hits else []
        if len(offices) == 1:
            self._seen(offices[0], (start, end))
            return Mention(start, end, words, offices[0], (), role, (), "office on the day")
        names = tuple(p.name for p in hits[:6]) or tuple(offices)
        return Mention(start, end, words, None, names, role, (), "role, several or nobody")

    def _offices(self, wanted: frozenset[str]) -> list[str]:
        if self.day is None:
            return []
        out = []
        for speaker in self.register.known:
            for office in speaker.offices:
                words = role_words(f"{office.title} {office.body or ''}", self.register.code)
                holds = (office.since is None or office.since <= self.day) and (
                    office.until is None or self.day <= office.until
                )
                if holds and wanted <= words and not (words - wanted) & MODIFIERS and speaker.name not in out:
                    out.append(speaker.name)
        return out

    def _pronoun(self, start: int, end: int, words: str, pronoun: str) -> Mention:
        language = self.register.language
        if language is None or pronoun in language.they or pronoun in ("who", "which"):
            return (
                self._relative(start, end, words)
                if pronoun in ("who", "which")
                else Mention(start, end, words, None, (), None, (), "pronoun")
            )
        sex = "he" if pronoun in language.he else "she"
        before = [s for s in self.spoken if s.span[0] < start]
        limit = self.register.text.rfind("\n", 0, max(0, start - 1200))
        near = self._named_between(max(limit, start - 700, 0), start)
        if before:
            last = before[-1]
            told = self.gender.get(last.person)
            rivals = [
                n
                for n, at in near
                if n != last.person and at > last.span[1] and self.gender.get(n, sex) == sex and self._subject(at)
            ]
            if told in (None, sex) and not rivals:
                self.gender[last.person] = sex
                self.spoken.append(Seen(last.person, (start, end)))
                return Mention(
                    start, end, words, last.person, (), None, ((start, end), last.span), "pronoun, last speaker"
                )
            names = tuple(dict.fromkeys([last.person, *rivals]))
            fitting = [n for n in names if self.gender.get(n) == sex]
            if len(fitting) == 1 and told != sex and len(names) == 1:
                return Mention(start, end, words, fitting[0], (), None, ((start, end),), "pronoun")
            return Mention(start, end, words, None, names, None, (last.span,), "pronoun, several fit")
        names = tuple(dict.fromkeys(n for n, _ in near))
        if len(names) == 1:
            self.gender[names[0]] = sex
            self.spoken.append(Seen(names[0], (start, end)))
            at = next(a for _, a in near)
            return Mention(
                start, end, words, names[0], (), None, ((start, end), (at, at + len(names[0]))), "pronoun, only name"
            )
        return Mention(start, end, words, None, names[:6], None, (), "pronoun")

    def _relative(self, start: int, end: int, words: str) -> Mention:
        near = self._named_between(max(0, start - 60), start)
        if near:
            name, at = near[-1]
            self._seen(name, (start, end))
            return Mention(start, end, words, name, (), None, ((start, end), (at, at + len(name))), "relative clause")
        return Mention(start, end, words, None, (), None, (), "relative clause")

    def _named_between(self, start: int, end: int) -> list[tuple[str, int]]:
        low = bisect_left(self.starts, (start, ""))
        high = bisect_left(self.starts, (end, ""))
        return [(name, at) for at, name in self.starts[low:high]]

    def _subject(self, at: int) -> bool:
        """Say whether a name stands at the head of a sentence, where a following pronoun may point to it."""
        before = self.register.text[max(0, at - 40) : at]
        return re.search(r"(?:^|[.!?\n”\"])\W*(?:[\w’'.\-]+\W+){0,3}$", before) is not None
