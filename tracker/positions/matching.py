"""Topic rules: whether a statement is about a topic, and because of which terms.

A phrase matches when all its words stand near each other, in any order and in any form; a phrase in "double quotation
marks" matches only as it stands. A `*` at the end of a word matches any ending.

A statement is read with what stands around it, and each step away must be made up for (`_Comparison`):

1. Its own words need nothing else.
2. With the sentence before or the question, one word of the phrase that is no name must be its own.
3. An answer is about what its question asks.
4. In a document whose title or text holds a whole phrase of the topic, all words of a phrase but its names must be its own,
   and it must name no other country or body.
5. Its own are the names of the topic's name, tied by a preposition ("Ukraine’s future is in NATO"), or close to a word of
   the description.
6. In a document whose title or lead holds a whole phrase, the text around it holds one too; and it names no other country
   or body: "Why wait?", where all speak of the rate cut.

A phrase of one word that is none of the topic's name counts only where the names of that name stand around it ("Hungary" is
not yet Sweden's accession), unless the topic has no longer phrase: then who wrote it means the word.

Measured on statements labelled by hand in nine languages, see docs/topics.md. Chosen with these documents in view: no figure
for unseen ones.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product

from tracker.languages.data import of_all
from tracker.positions import passage as words
from tracker.positions.passage import CLOSE, Passage, Wanted, WordIndex
from tracker.speech import wording

VERSION = "2026.11.28"
"""Of the way topics are found: where it changes, held statements are compared anew (`jobs.reading_context`)."""
TIED = 8
"""Words: as far apart as the names of a topic may stand that a preposition ties ("Ukraine’s future is in NATO")."""
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
POSSESSIVE = re.compile(r"['’]s?$")
IN_QUESTION, WITH_CONTEXT, WITH_DOCUMENT = "in the question", "with what stands before it", "with the document"
NAMES_TIED, IN_DESCRIPTION, IN_TEXT = "its names", "its description", "in the text around it"
STEPS = (IN_QUESTION, WITH_CONTEXT, WITH_DOCUMENT, NAMES_TIED, IN_DESCRIPTION, IN_TEXT)
"""How a term that was not met by the statement's own words alone ends, in brackets."""


@dataclass(frozen=True, slots=True)
class Match:
    """The phrases of the rules that a statement met, as they are written there, with where they were met."""

    terms: tuple[str, ...]


STANDS_THERE = 40
"""Letters at the head of a statement by which its document is known to hold it."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of a topic, taken apart."""

    written: str
    exact: str
    """Folded, where it must stand as it is."""
    names: tuple[Wanted, ...]
    links: tuple[Wanted, ...]
    """Its words that are no names."""

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """All its words."""
        return (*self.names, *self.links)

    @property
    def is_lone(self) -> bool:
        """Whether it is one word, in any form: of itself it tells little."""
        return not self.exact and len(self.wanted) == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRule:
    """What makes a statement one of a topic."""

    every: tuple[Phrase, ...]
    any: tuple[Phrase, ...]
    none: tuple[Phrase, ...]
    names: tuple[Wanted, ...]
    """The proper names in the topic's name."""
    subject: tuple[Wanted, ...]
    """The other words of its name."""
    described: tuple[Wanted, ...]
    """The words of its description that are no names."""
    lone_words_count: bool = True
    """Whether all its phrases are single words, which count by themselves then."""


@lru_cache(maxsize=1)
def _little() -> frozenset[str]:
    """The small words of all languages: the rules of a topic are written in any."""
    return of_all(lambda language: language.grammar.little)


@lru_cache(maxsize=1)
def _prepositions() -> frozenset[str]:
    return of_all(lambda language: language.grammar.prepositions) | _little()


@lru_cache(maxsize=1)
def _conjunctions() -> frozenset[str]:
    return of_all(lambda language: language.grammar.conjunctions)


@lru_cache(maxsize=1)
def _says_nothing() -> frozenset[str]:
    """Words of a description that say nothing of its subject."""
    kinds: tuple[Callable[..., frozenset[str]], ...] = (
        lambda language: language.common,
        lambda language: language.grammar.finite_verbs,
        lambda language: language.grammar.question_words,
        lambda language: language.grammar.subjects,
        lambda language: language.grammar.articles,
    )
    return frozenset().union(_prepositions(), _conjunctions(), *(of_all(kind) for kind in kinds))


def rule_of(name: str, description: str, rules: Mapping[str, Sequence[str]]) -> TopicRule:
    """The rule of a topic with this name, description and phrases (`any`, `all`, `none`); made once for each."""
    told = {key: tuple(rules.get(key, ())) for key in ("all", "any", "none")}
    return _rule(name, description, told["all"], told["any"], told["none"])


@lru_cache(maxsize=512)
def _rule(
    name: str, description: str, every: tuple[str, ...], choice: tuple[str, ...], none: tuple[str, ...]
) -> TopicRule:
    about = [sentence for sentence in SENTENCE_END.split(description) if not _excludes(sentence)]
    known = _names_inside(name, *about)
    own = _phrase(name, known, opens_sentence=True)
    described = [_phrase(sentence, known, opens_sentence=True) for sentence in about]
    if not every and own.names and own.links:
        implied = tuple(
            Phrase(" ".join((*(one.word for one in own.names), link.word)), "", own.names, (link,))
            for link in own.links
        )
    else:
        implied = () if every or choice or not own.wanted else (own,)
    chosen = tuple(_phrase(one, known) for one in choice)
    return TopicRule(
        every=tuple(_phrase(one, known) for one in every),
        any=(*chosen, *implied),
        none=tuple(_phrase(one, known) for one in none),
        names=own.names if not every else (),
        subject=own.links,
        described=tuple(w for one in described for w in one.links if w.word not in _says_nothing()),
        lone_words_count=all(one.is_lone for one in chosen),
    )


def _excludes(sentence: str) -> bool:
    """Whether a sentence of a description tells what the topic is not: "Not: …"."""
    first, colon, _ = sentence.partition(":")
    return bool(colon) and wording.fold(first) in of_all(lambda language: language.grammar.negation_words)


def _names_inside(*texts: str) -> frozenset[str]:
    """The words that bear a capital inside a sentence."""
    found = (word for text in texts for one in SENTENCE_END.split(text) for word in words.WORD.findall(one)[1:])
    return frozenset(wording.fold(POSSESSIVE.sub("", word)) for word in found if word[:1].isupper())


def _phrase(written: str, known: frozenset[str], *, opens_sentence: bool = False) -> Phrase:
    bare = words.apart(written.strip())
    if bare.startswith('"') and bare.endswith('"'):
        return Phrase(written, wording.fold(bare), (), ())
    told = [word for word in (POSSESSIVE.sub("", one) for one in words.WORD.findall(bare)) if wording.fold(word)]
    told = [word for word in told if wording.fold(word) not in _little()] or told
    has_small = any(word[:1].islower() for word in told)
    names: list[Wanted] = []
    links: list[Wanted] = []
    for place, word in enumerate(told):
        folded = wording.fold(word)
        is_capital = len(word) > 1 and word.isupper()
        is_name = word[:1].isupper() and (
            is_capital
            or folded in known
            or bool(words.bodies_called(folded))
            or (has_small and not (opens_sentence and place == 0))
        )
        want = Wanted(folded + ("*" if word.endswith("*") else ""), is_name, is_capital)
        (names if is_name else links).append(want)
    return Phrase(written, "", tuple(dict.fromkeys(names)), tuple(dict.fromkeys(links)))


@lru_cache(maxsize=2048)
def wanted(phrase: str) -> tuple[Wanted, ...]:
    """The words that count in a phrase of a position, in their order; small words only when there is nothing else."""
    told = [wording.fold(word) + ("*" if word.endswith("*") else "") for word in phrase.split() if wording.fold(word)]
    return tuple(Wanted(word) for word in [word for word in told if word not in _little()] or told)


def phrase_of(term: str, rule: TopicRule) -> tuple[Phrase, str]:
    """The phrase behind a term of a `Match`, and the step by which it was met, empty for the statement's own words.

    The rule may be a later one than the term was met by.
    """
    step = next((one for one in STEPS if term.endswith(f" ({one})")), "")
    written = term.removesuffix(f" ({step})") if step else term
    if step == NAMES_TIED:
        return Phrase(written, wording.fold(written), (), ()), step
    if step == IN_DESCRIPTION:
        return Phrase(written, "", rule.names, (Wanted(written),)), step
    known = next((one for one in (*rule.every, *rule.any) if one.written == written), None)
    return known or _phrase(written, frozenset()), step


def match(passage: Passage, rule: TopicRule) -> Match | None:
    """The terms that make a statement belong to a topic, or None.

    All of `all`, one of `any` (when there are any) and none of `none` must be met. Without any phrase the topic's name
    is met by its proper names and one of its other words.
    """
    if not may_concern(passage, rule):
        return None
    compared = _Comparison(passage, rule)
    if any(holds(compared.both, phrase) for phrase in rule.none):
        return None
    needed = [compared.met(phrase) for phrase in rule.every]
    if not all(needed):
        return None
    met = compared.met_of(rule.any)
    if not met and rule.any:
        met = compared.around()
        if not met:
            return None
    terms = [term for term in (*needed, *met) if term]
    return Match(tuple(terms)) if terms else None


def may_concern(passage: Passage, rule: TopicRule) -> bool:
    """Whether the document has all words of a phrase, or all names, of a topic: without, none of its statements is on it.

    Asked of a document once for all its statements, so that those of other subjects are not read word by word.
    """
    if passage.text[:STANDS_THERE] not in passage.document:
        return True  # nothing tells that its words are the document's
    return _document_may_concern(passage.title, passage.document, passage.code, rule)


@lru_cache(maxsize=64)
def _document_may_concern(title: str, document: str, code: str, rule: TopicRule) -> bool:
    whole = words.index_of_document(f"{title}\n{document}", code)
    if not all(_has_words(whole, phrase) for phrase in rule.every):
        return False
    if any(_has_words(whole, phrase) for phrase in rule.any or rule.every):
        return True
    return bool(rule.names) and all(whole.where(name) for name in rule.names)


def _whole(passage: Passage) -> WordIndex:
    """The words of the document with its title."""
    return words.index_of_document(f"{passage.title}\n{passage.document}", passage.code)


def _has_words(text: WordIndex, phrase: Phrase) -> bool:
    return all(text.where(want) for want in phrase.wanted)


class _Comparison:
    """A statement as it is held against the rule of one topic."""

    def __init__(self, passage: Passage, rule: TopicRule) -> None:
        self._passage, self._rule, self._code = passage, rule, passage.code
        known = _whole(passage).vocabulary
        self._own = words.index(passage.text, self._code, known)
        context = passage.context
        self.both = words.index(f"{context}\n{passage.text}", self._code, known) if context else self._own

    def met(self, phrase: Phrase) -> str | None:
        """The phrase as it is written, where the statement meets it by its own words or with what stands before it."""
        if holds(self._own, phrase):
            return phrase.written
        counts = phrase.links or phrase.names
        if self.both is not self._own and any(map(self._own.where, counts)) and holds(self.both, phrase):
            return f"{phrase.written} ({WITH_CONTEXT})"
        return None

    def met_of(self, phrases: Sequence[Phrase]) -> list[str]:
        """Those of these phrases that are met; none where all of them are lone words that do not count here."""
        met = [(phrase, term) for phrase in phrases if (term := self.met(phrase))]
        return [term for _, term in met] if any(self._counts(phrase) for phrase, _ in met) else []

    def _counts(self, phrase: Phrase) -> bool:
        """Whether a phrase that is met tells the topic: a lone word does where it is its subject, or its names stand near."""
        if not phrase.is_lone or self._rule.lone_words_count:
            return True
        return phrase.wanted[0] in self._rule.subject or self._is_named

    @cached_property
    def _is_named(self) -> bool:
        """Whether the names of the topic's name (two of them, where there are more) stand in or around the statement."""
        names = self._rule.names
        opening = words.index_of_document(self._passage.opening, self._code)
        return sum(bool(self.both.where(one) or opening.where(one)) for one in names) >= min(len(names), 2)

    def around(self) -> list[str]:
        """The one term a statement is linked by that meets no phrase so."""
        found = self._asked() or self._titled() or self._tied() or self._described() or self._in_text()
        return [found] if found else []

    def _asked(self) -> str | None:
        if not self._passage.question:
            return None
        question = words.index(self._passage.question, self._code)
        met = (phrase for phrase in self._rule.any if holds(question, phrase))
        found = next(filter(self._counts, met), None)
        return f"{found.written} ({IN_QUESTION})" if found else None

    def _titled(self) -> str | None:
        """A phrase of which the statement has all but the names, in a document that is about the topic."""
        for phrase in self._rule.any:
            if not phrase.names or not words.are_near([self._own.where(link) for link in phrase.links]):
                continue
            if not all(map(self._own.where, phrase.names)) and self._names_another(phrase.names):
                continue
            parts = [words.index_of_document(one, self._code) for one in (self._passage.title, self._passage.head)]
            if not any(holds(part, one) for part in parts for one in self._rule.any):
                return None
            if all(any(part.where(name) for part in (self.both, *parts)) for name in phrase.names):
                return f"{phrase.written} ({WITH_DOCUMENT})"
        return None

    def _names_another(self, names: Sequence[Wanted]) -> bool:
        """Whether the statement names a country or body beside these: what it says may be about that one."""
        known = frozenset().union(*(words.bodies_called(name.word) for name in names))
        return bool(self._own.bodies - known)

    def _tied(self) -> str | None:
        """The topic's names where a preposition ties them, in a document that has one of its other words."""
        tie = self._tie()
        if not tie:
            return None
        whole = _whole(self._passage)
        links = (*(link for phrase in self._rule.any for link in phrase.links), *self._rule.described)
        return f"{tie} ({NAMES_TIED})" if any(self.both.where(one) or whole.where(one) for one in links) else None

    def _tie(self) -> str:
        """The words from one name of the topic to the other, the last before it a preposition."""
        places = [self._own.where(name) for name in self._rule.names]
        if len(places) < 2 or not words.are_near(places, TIED):  # noqa: PLR2004 - two names make a tie
            return ""
        pairs = (sorted(pair) for pair in product(*places[:2]))
        first, last = min(pairs, key=lambda pair: pair[1] - pair[0])
        between = self._own.words[first + 1 : last]
        if not between or between[-1] not in _prepositions() or _conjunctions() & set(between):
            return ""
        return " ".join(self._own.words[first : last + 1])

    def _described(self) -> str | None:
        """A word of the description close to all names of the topic."""
        places = [self._own.where(name) for name in self._rule.names]
        if len(places) < 2:  # noqa: PLR2004 - one name and a word are too little
            return None
        for link in self._rule.described:
            if words.are_near([*places, self._own.where(link)], CLOSE):
                return f"{link.word} ({IN_DESCRIPTION})"
        return None

    def _in_text(self) -> str | None:
        """A phrase in the text around the statement, in a document whose title or lead holds one; and no other country."""
        phrases = [phrase for phrase in self._rule.any if not phrase.is_lone]
        if not self._passage.around or not phrases:
            return None
        opening = words.index_of_document(self._passage.opening, self._code)
        if not any(holds(opening, phrase) for phrase in phrases):
            return None
        known = [name for phrase in phrases for name in phrase.names]
        if self._names_another((*self._rule.names, *known)):
            return None
        around = words.index(self._passage.around, self._code)
        found = next((phrase for phrase in phrases if holds(around, phrase)), None)
        return f"{found.written} ({IN_TEXT})" if found else None


def holds(text: WordIndex, phrase: Phrase) -> bool:
    """Whether a phrase stands in a text: as it is when in quotation marks, else all its words near each other."""
    if phrase.exact:
        return f" {phrase.exact} " in f" {text.folded} "
    return words.are_near(text.where_each(phrase.wanted))
