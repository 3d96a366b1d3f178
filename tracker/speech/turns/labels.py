"""Whom a label means: "MS. RAY" is Ada Ray where title or text name her once in full, and nobody else fits."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from tracker.languages.data import Language, or_default
from tracker.languages.letters import LATIN_CAPITALS, is_cyrillic
from tracker.languages.outlets import outlets
from tracker.languages.phrases import either
from tracker.speech.people.names import genitive, is_patronymic, knows_first_name, plain, titled
from tracker.speech.people.office_holders import find_office_holder, holders_of
from tracker.speech.people.person_index import Person, PersonIndex, short_office
from tracker.speech.turns.cut import Turn
from tracker.speech.turns.speech import heading
from tracker.speech.types import Manuscript, Mention

_WORD = re.compile(r"[^\W\d_][\w’'\-]*\.?")


@lru_cache(maxsize=16)
def _offices(language: Language) -> frozenset[str]:
    """The words of labels that are no part of a name, as names are compared."""
    return frozenset(plain(word) for word in language.transcripts.offices)


@lru_cache(maxsize=16)
def _nobody(language: Language) -> frozenset[str]:
    """The words of labels that name nobody, as names are compared."""
    return frozenset(plain(word) for word in language.transcripts.nobody)


@lru_cache(maxsize=16)
def _office_heads(language: Language) -> re.Pattern[str]:
    """Find the words of an office behind which the name stands."""
    return re.compile(rf"\b(?:{either(word.capitalize() for word in language.transcripts.office_heads)})\b")


@lru_cache(maxsize=16)
def _of_place(language: Language) -> re.Pattern[str]:
    """Find whose an office is: "of the Republic"."""
    of, articles = either(language.names.office_of), either(language.grammar.articles)
    return re.compile(rf"^\s*(?:{of})\s+(?:(?:{articles})\s+)?[\w’'\-]+")


FULL = 2
"""Words of a full name."""
LONGEST_NAME = 3
"""Words in capitals up to which a label without known offices is a name as it stands."""


def _initial(name: str) -> bool:
    """Whether a name begins with an initial: "Э. Хольм"."""
    return len(name.split(maxsplit=1)[0].strip(".")) == 1


class Labels:
    """Resolves the labels of one transcript."""

    def __init__(
        self,
        manuscript: Manuscript,
        language: Language | None,
        turns: list[Turn],
        day: date | None,
        bodies: frozenset[str] = frozenset(),
    ) -> None:
        """Take the turns of a transcript, the day on which offices are looked up, and whose offices a label means."""
        self.manuscript, self.language, self.day, self.bodies = manuscript, language, day, bodies
        self.heading = title = heading(manuscript)
        self.words = or_default(language)
        self.offices = _offices(self.words)
        self.title = PersonIndex(bare_title(title, language), language, manuscript.known)
        header = manuscript.text[: turns[0].label[0]] if turns else ""
        self.header = PersonIndex(header, language, manuscript.known)
        self._text: PersonIndex | None = None
        self.full: dict[str, str] = {}
        self.seen: dict[str, Mention] = {}
        for turn in turns:
            names = self._names(turn.words)
            if len(names) > 1 and turn.part != "question":
                surname, name = plain(names[-1]), " ".join(_cased(n) for n in names)
                if surname not in self.full or (_initial(self.full[surname]) and not _initial(name)):
                    self.full[surname] = name

    @property
    def text(self) -> PersonIndex:
        """The people named in the whole text, looked for only when title and header name nobody."""
        if self._text is None:
            self._text = PersonIndex(self.manuscript.text, self.language, self.manuscript.known)
        return self._text

    def _is_nobody(self, words: str) -> bool:
        """Whether a label names a role that anybody may have: "THE WITNESS", "WITNESS 10", "Speaker_01".

        A number or underline is a machine's: its first speaker in one recording is not its first in another.
        """
        bare = re.sub(r"\([^)]*\)?|\[[^\]]*\]?", " ", words)
        if re.search(r"\d|_", bare):
            return True
        found = [plain(word) for word in _WORD.findall(bare)]
        told = self.words.grammar.articles | self.offices
        return (
            bool(found)
            and found[-1] in _nobody(self.words)
            and all(word in _nobody(self.words) or word in told for word in found)
        )

    def _in_brackets(self, words: str) -> list[str]:
        """The names in brackets behind an office: "The Minister (Paul Kern)"."""
        for inner in re.findall(r"[(\[]([^)\]]+)[)\]]", words):
            named = self._names(inner)
            if len(named) >= FULL and all(word[:1].isupper() for word in named):
                return named
        return []

    def _names(self, words: str) -> list[str]:
        bare = self._named_part(re.sub(r"\([^)]*\)?|\[[^\]]*\]?", " ", words))
        found = [
            w for w in _WORD.findall(bare) if plain(w) not in self.offices and not short_office(self.words).fullmatch(w)
        ]
        titles = self.language.titles if self.language else frozenset()
        headed = bool(found) and plain(found[0]) in titles
        if (
            found
            and plain(found[0]) in self.words.grammar.articles
            and all(titled(w, self.language) for w in found[1:])
        ):
            return []  # "La ministre"
        if words.isupper() and len(found) > LONGEST_NAME:
            first = next((n for n, word in enumerate(found[:-1]) if knows_first_name(plain(word))), 0)
            found = found[first:]  # "DEPUTY HARBOUR WARDEN TOM STONE"
        elif len(found) > FULL and (headed or len(found) < len(_WORD.findall(bare))):
            first = next((n for n, word in enumerate(found[:-1]) if knows_first_name(plain(word))), 0)
            found = found[first:]  # "Prezes Rady Ministrów Adam Moor"
        if found and self._is_portfolio(bare, found):
            return []
        while found and plain(found[0]) in titles and len(found) > 1:
            found.pop(0)
        if headed and len(found) > FULL and _of_place(self.words).search(bare[bare.find(" ") :]):
            first = next((n for n, word in enumerate(found[:-1]) if knows_first_name(plain(word))), 0)
            found = found[first:]  # "Mayor of Nordhaven Tom Stone"
        while headed and found[FULL:] and self._owns(found[0], found[1]):
            found.pop(0)  # "Президент Норландии Эрик Хольм"
        # What stands before the office belongs to it: "President of Ulmia Ada Moor", "NATO Secretary General Ann Lee"
        after = _office_heads(self.words).split(bare)
        if len(after) > 1 and after[-1].strip() and len(_WORD.findall(after[-1])) >= 1:
            tail = [w for w in _WORD.findall(_of_place(self.words).sub("", after[-1])) if plain(w) not in self.offices]
            return tail or found
        return found

    def _is_portfolio(self, label: str, found: list[str]) -> bool:
        """Whether what stands behind an office and its preposition is what it is for: "MINISTER FOR EDUCATION"."""
        if any(knows_first_name(plain(word)) for word in found):
            return False
        before = _WORD.findall(label[: label.find(found[0])])
        joins = self.words.names.office_prepositions | self.words.names.office_of
        return len(before) > 1 and before[-1].lower() in joins and titled(before[-2].lower(), self.language)

    def _owns(self, word: str, following: str) -> bool:
        """Whether a Slavic word owns the office before it: "Президент Норландии Эрик Хольм"."""
        return is_cyrillic(word) and genitive(word, self.language) and not is_patronymic(following, self.language)

    def _named_part(self, words: str) -> str:
        """The part of a label that names: the first, but for "Prime Minister of Norland, Bo Lind" the second."""
        first, _, rest = words.partition(",")
        second = _WORD.findall(rest.split(",")[0])
        office = any(plain(w) in self.offices or titled(w, self.language) for w in _WORD.findall(first))
        named = len(second) > 1 and all(w[0].isupper() and not titled(w, self.language) for w in second)
        return rest.split(",")[0] if office and named and not outlets(self.language).search(rest) else first

    def mention(self, turn: Turn) -> Mention:
        """The speaker of a turn; a questioner without a name has none."""
        known = self.seen.get(turn.words)
        if known is None or turn.part != "answer":
            known = self._resolve(turn)
            self.seen[turn.words] = known
        start, end = turn.label
        text = self.manuscript.text[start:end]
        return Mention(
            start=start,
            end=end,
            text=text,
            name=known.name,
            candidates=known.candidates,
            role=known.role,
            chain=known.chain,
            rule=known.rule,
        )

    def _resolve(self, turn: Turn) -> Mention:
        start, end = turn.label
        words = turn.words
        if turn.part == "question":
            return Mention(
                start=start,
                end=end,
                text=words,
                name=self._asker(words),
                candidates=(),
                role="questioner",
                chain=(),
                rule="label of a questioner",
            )
        if turn.part == "answer" and self._is_nobody(words):
            return Mention(start=start, end=end, text=words, role=words, rule="a label that names nobody")
        names = self._names(words) or self._in_brackets(words)
        role = words if names != words.split() else None
        if turn.part == "moderator" and (not names or names[0].lower().strip(".") in self.words.transcripts.moderators):
            inner = re.search(r"[(\[]([^)\]]+)[)\]]", words)
            named = " ".join(_cased(w) for w in inner.group(1).split()) if inner and " " in inner.group(1) else None
            return Mention(
                start=start, end=end, text=words, name=named, candidates=(), role="moderator", chain=(), rule="label"
            )
        if not names:
            return self._office(turn)
        key = tuple(plain(n) for n in names)
        if len(key) == 1:
            return self._surname(turn, key, role)
        full = self._spelt_out(key)
        name = full or self._known(key) or " ".join(_cased(n) for n in names)
        rule = "initial and surname" if full else "full name in the label"
        return Mention(
            start=start, end=end, text=words, name=name, candidates=(), role=role, chain=((start, end),), rule=rule
        )

    def _spelt_out(self, key: tuple[str, ...]) -> str | None:
        """The full name of "Э.Хольм", as another label, the title or the header writes it."""
        if len(key) < 2 or len(key[0]) > 1:  # noqa: PLR2004 - an initial and a surname
            return None
        known = self.full.get(key[-1])
        if known and not _initial(known) and plain(known)[:1] == key[0]:
            return known
        found = {p.name for person_index in (self.title, self.header) for p in person_index.bearers((key[0], key[-1]))}
        return found.pop() if len(found) == 1 else None

    def _surname(self, turn: Turn, key: tuple[str, ...], role: str | None) -> Mention:
        start, end = turn.label
        if key[0] in self.full:
            return Mention(
                start=start,
                end=end,
                text=turn.words,
                name=self.full[key[0]],
                candidates=(),
                role=role,
                chain=((start, end),),
                rule="surname of a full label",
            )
        named = self._named_in_title(key[0])
        if named:
            known = self._known(tuple(plain(w) for w in named.split()))
            return Mention(
                start=start,
                end=end,
                text=turn.words,
                name=known or named,
                candidates=(),
                role=role,
                chain=((start, end),),
                rule="surname in the title",
            )
        for person_index, rule in ((self.title, "surname in the title"), (self.header, "surname in the header")):
            found = person_index.bearers(key)
            if len(found) == 1:
                return self._of(turn, found[0], role, rule)
        known = self._known(key)
        if known:
            return Mention(
                start=start,
                end=end,
                text=turn.words,
                name=known,
                candidates=(),
                role=role,
                chain=((start, end),),
                rule="known speaker",
            )
        return self._in_text(turn, key, role)

    def _in_text(self, turn: Turn, key: tuple[str, ...], role: str | None) -> Mention:
        """Resolve a surname by the people named in the turns themselves, else leave it as it stands."""
        start, end = turn.label
        found = self.text.bearers(key)
        if len(found) == 1:
            return self._of(turn, found[0], role, "surname in the text", found[0].where[0])
        if len(found) > 1:
            return Mention(
                start=start,
                end=end,
                text=turn.words,
                name=None,
                candidates=tuple(p.name for p in found),
                role=role,
                chain=(),
                rule="two bear this name",
            )
        near = self._misspelt(key[0])
        if near is None and titled(key[0], self.language):
            return self._office(turn)
        return Mention(
            start=start,
            end=end,
            text=turn.words,
            name=near or _cased(next((w for w in _WORD.findall(turn.words) if plain(w) == key[0]), key[0]), turn.words),
            candidates=(),
            role=role,
            chain=((start, end),),
            rule="misspelt label" if near else "surname as given",
        )

    def _of(
        self, turn: Turn, person: Person, role: str | None, rule: str, where: tuple[int, int] | None = None
    ) -> Mention:
        chain = (turn.label,) if where is None else (turn.label, where)
        start, end = turn.label
        return Mention(
            start=start,
            end=end,
            text=turn.words,
            name=person.name,
            candidates=(),
            role=person.roles[0] if person.roles else role,
            chain=chain,
            rule=rule,
        )

    def _misspelt(self, surname: str) -> str | None:
        """The one person of the title or another label whose surname has the same letters: a slip of the typist."""
        named = {p.name for p in self.title.people.values()} | {m.name for m in self.seen.values() if m.name}
        found = [n for n in named if sorted(plain(n.split()[-1])) == sorted(surname)]
        return found[0] if len(found) == 1 and len(surname) > 4 else None  # noqa: PLR2004

    def _known(self, key: tuple[str, ...]) -> str | None:
        hits = self.title.known.bearers(key, None)
        if not hits and (holder := find_office_holder(" ".join(key), self.words.code)):
            return holder.speaker.name
        return hits[0] if len(hits) == 1 else None

    def _office(self, turn: Turn) -> Mention:
        """Resolve "THE PRESIDENT" by the title of the page, else by the offices held on the day."""
        start, end = turn.label
        wanted = {plain(w) for w in _WORD.findall(turn.words)} - self.words.grammar.articles
        for person_index in (self.title, self.header):
            hits = [
                p
                for p in person_index.people.values()
                if any(wanted <= {plain(w) for w in _WORD.findall(r)} for r in p.roles)
            ]
            other = self.words.transcripts.other_office
            hits = [p for p in hits if other in wanted or not (other and any(other in r.split() for r in p.roles))]
            if len(hits) == 1:
                return self._of(turn, hits[0], turn.words, "office in the title")
        single = self._title_name(wanted)
        if single:
            known = self._known(tuple(plain(word) for word in single.split()))
            return Mention(
                start=start,
                end=end,
                text=turn.words,
                name=known or single,
                candidates=(),
                role=turn.words,
                chain=(),
                rule="office in the title",
            )
        names = []
        for speaker in self.title.known.office_holders:
            for office in speaker.offices:
                held = self.day is not None and office.held_on(self.day)
                title = {plain(w) for w in _WORD.findall(office.title)}
                full = title | {plain(w) for w in _WORD.findall(office.body or "")}
                if held and wanted <= full and title <= wanted and speaker.name not in names:
                    names.append(speaker.name)
        if not names and self.day is not None:
            names = [one.name for one in holders_of(frozenset(wanted), self.bodies, self.day)]
        if len(names) == 1:
            return Mention(
                start=start,
                end=end,
                text=turn.words,
                name=names[0],
                candidates=(),
                role=turn.words,
                chain=(),
                rule="office on the day",
            )
        return Mention(
            start=start,
            end=end,
            text=turn.words,
            name=None,
            candidates=tuple(names),
            role=turn.words,
            chain=(),
            rule="office, nobody named",
        )

    def _title_name(self, wanted: set[str]) -> str | None:
        """The name after the office in the title: "Remarks by President Moor" for "THE PRESIDENT"."""
        title = self.heading
        pattern = r"\s+".join(re.escape(w) for w in _ordered(wanted, self.words.transcripts.office_order))
        other = self.words.transcripts.other_office
        alone = rf"(?<!{other} )" if other else ""
        if not pattern:
            return None
        name = rf"[{LATIN_CAPITALS}][\w’'\-]+"
        found = set()
        for match in re.finditer(rf"(?i:{alone}{pattern})\s+({name})(\s+{name})?", bare_title(title, self.language)):
            full = match[2] and knows_first_name(plain(match[1]))
            found.add(f"{match[1]}{match[2]}" if full else match[1])
        found = {f for f in found if plain(f) not in self.offices}
        return found.pop() if len(found) == 1 else None

    def _asker(self, words: str) -> str | None:
        named = re.split(r"[(\[,]", words)[0]
        rest = [w for w in _WORD.findall(named) if plain(w) not in self.offices and plain(w) not in _nobody(self.words)]
        if len(rest) == 1:
            return self.full.get(plain(rest[0])) or (_cased(rest[0]) if rest[0] != named.strip() else None)
        return " ".join(_cased(w) for w in rest) or None

    def _named_in_title(self, surname: str) -> str | None:
        """The name "Ada Moor" for "moor" where a title names her so; the surname alone where an office stands before it.

        In a heading every word has a capital: what stands after the surname never belongs to the name.
        """
        found = set()
        words = re.findall(r"[\w’'\-.]+|,", self.heading)
        no_name = self.offices | self.words.grammar.stop | self.words.transcripts.headings
        for index, word in enumerate(words):
            if plain(word) != surname or not word[:1].isupper():
                continue
            first = words[index - 1] if index else ","
            if first[:1].isupper() and plain(first) not in no_name and not titled(first, self.language):
                middle = len(first.strip(".")) == 1 and index > 1
                found.add(
                    " ".join(
                        w.removesuffix("’s").removesuffix("'s") for w in words[index - (2 if middle else 1) : index + 1]
                    )
                )
            else:
                found.add(word.removesuffix("’s").removesuffix("'s"))
        full = {f for f in found if " " in f} or found
        return full.pop() if len(full) == 1 else None


@lru_cache(maxsize=16)
def _heading_words(language: Language) -> re.Pattern[str]:
    """Find the words of a heading that are no name."""
    words, participle = language.transcripts, language.grammar.participle_ending
    ending = rf"|\w{{4,}}{participle}" if participle else ""
    return re.compile(rf"\b(?:{either(words.headings | words.heading_small)}{ending})\b", re.IGNORECASE)


def bare_title(title: str, language: Language | None) -> str:
    """A title with the words that are no name in small letters: in a heading every word bears a capital."""
    return _heading_words(or_default(language)).sub(lambda m: m.group().lower(), title)


def _ordered(words: set[str], order: tuple[str, ...]) -> list[str]:
    known = [w for w in order if w in words]
    return known + sorted(words - set(known))


def _cased(word: str, label: str = "") -> str:
    """A name in capitals as a name is written."""
    if label:
        found = re.search(rf"(?i)\b{re.escape(word)}\b", label)
        word = found.group() if found else word
    if word.isupper() and len(word) > 1:
        return "-".join(_capital(part) for part in word.split("-"))
    prefix = _SCOTTISH.fullmatch(word)
    if prefix:
        return prefix[1].capitalize() + prefix[2].capitalize()
    return word[:1].upper() + word[1:]


_SCOTTISH = re.compile(r"(M[Cc]|M[Aa][Cc](?=[A-Z]))([A-Z]{2,})")
"""A name of which only the first letters were left small: "McCAIN"."""


def _capital(part: str) -> str:
    """A part of a name in capitals as it is written: D'AMARO is D'Amaro, MCTAVISH McTavish, BJÖRK Björk."""
    before, mark, after = part.replace("’", "'").partition("'")
    if mark and 0 < len(before) <= 2 and len(after) > 1:  # noqa: PLR2004 - O', D', Mc', not the end of "JONES'S"
        return f"{before.capitalize()}{part[len(before)]}{after.capitalize()}"
    if part.startswith("MC") and len(part) > 4:  # noqa: PLR2004 - "MCCOY" is the shortest
        return f"Mc{part[2:].capitalize()}"
    return part.capitalize()
