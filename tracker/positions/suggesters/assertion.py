"""Which words of a statement assert something, and whether any do: the gate that all suggesters share.

"Nobody wants to raise the toll" does not say "raise the toll"; nor do "Will you raise the toll?", "she was asked whether they
would raise the toll", "if we raise the toll", "I won't comment on raising the toll". Each word stands in a clause, up to the
next mark, and a sentence; what negates stands in the clause, what asks or refuses in the sentence.

Coarse on purpose: behind a negation no phrase of its clause counts (anywhere in it, where a language negates behind the
verb). A suggestion that is missing costs an editor one press, a wrong one the trust in all.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tracker.languages.data import Language, languages
from tracker.languages.phrases import lowered, phrases
from tracker.positions.passage import Wanted, WordIndex, apart, matches_in_order
from tracker.positions.suggesters.types import StatementText
from tracker.speech import wording

VERSION = "2026.11.27"
"""Of the gate and of how phrases are met: where it changes, held statements are compared anew (`jobs.reading_context`)."""
MIN_WORDS = 4
"""A shorter statement is a fragment and holds no position."""
BRACKETS = re.compile(r"\[[^\]]*\]")
"""What an editor put in is not the speaker's."""
SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*$")
QUESTION_END = re.compile(r"\?[\"'”’»“)\]\s]*$")
CLAUSE_END = re.compile(r"[,;:—–][\"'”’»]*$|^[-—–]+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class _ClauseWords:
    """Words of a statement up to the next mark."""

    sentence: int
    negations: tuple[int, ...]
    """The words of the statement that negate; a phrase that does counts as the clause's first."""
    condition_from: int | None
    """The word of the statement at which it becomes a condition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clues:
    """The words of a language that keep a clause from asserting what it says."""

    negations: frozenset[str]
    exceptions: frozenset[str]
    holding_back: re.Pattern[str]
    """Finds what negates in several words: "too early"."""
    conditions: tuple[tuple[str, ...], ...]
    unstated: re.Pattern[str]
    """Finds sentences that tell what was asked, or refuse an answer."""
    negations_cancel: bool
    negates_behind: bool
    """A negation may stand behind what it negates: "erhöhen wir nicht"."""


class Assertions:
    """A statement's words with what each of them is part of: a negated clause, a condition, a question, a refusal."""

    def __init__(self, text: str, code: str) -> None:
        """Take the statement apart, once for all phrases it is held against."""
        self.text = BRACKETS.sub(" ", text)
        self.index = WordIndex(self.text, code)
        self._clues = _clues(code)
        self._clause_of: list[int] = []
        self._clauses: list[_ClauseWords] = []
        self._unstated: set[int] = set()
        self._sentences = 0
        for sentence in _sentences(self.text):
            self._take(sentence)

    @property
    def asserts_nothing(self) -> bool:
        """Whether it is a fragment, ends in a question, or does nothing but ask and refuse."""
        return (
            len(self.index.words) < MIN_WORDS
            or QUESTION_END.search(self.text) is not None
            or len(self._unstated) == self._sentences
        )

    def met(self, phrase: Sequence[Wanted]) -> bool:
        """Whether the words of a phrase stand in order and near each other where the statement asserts them."""
        return any(self._asserted(places, phrase) for places in matches_in_order(self.index, phrase))

    def stated(self) -> Iterator[tuple[int, str, bool]]:
        """The words of sentences that state something: their place, the word, and whether its clause negates it."""
        for place, word in enumerate(self.index.words):
            clause = self._clause_at(place)
            if clause is None or clause.sentence not in self._unstated:
                yield place, word, clause is not None and self._negations(clause, place) > 0

    def _asserted(self, places: Sequence[int], phrase: Sequence[Wanted]) -> bool:
        words = {want.word for want in phrase}
        own = sum(word in self._clues.negations for word in words)
        conditional = not words.isdisjoint(word for opener in self._clues.conditions for word in opener)
        clauses = [clause for place in places if (clause := self._clause_at(place)) is not None]
        for place, clause in zip(places, clauses, strict=len(places) == len(clauses)):
            if clause.sentence in self._unstated:
                return False
            if not conditional and clause.condition_from is not None and place >= clause.condition_from:
                return False
        first, last = min(places), max(places)
        between = {self._clause_of[place] for place in range(first, min(last + 1, len(self._clause_of)))}
        negations = sum(self._negations(self._clauses[number], last) for number in between)
        return negations == 0 if own == 0 else not (self._clues.negations_cancel and negations > own)

    def _negations(self, clause: _ClauseWords, last: int) -> int:
        """How often a clause negates what ends at a word."""
        return len(clause.negations) if self._clues.negates_behind else sum(at <= last for at in clause.negations)

    def _clause_at(self, place: int) -> _ClauseWords | None:
        return self._clauses[self._clause_of[place]] if place < len(self._clause_of) else None

    def _take(self, sentence: list[str]) -> None:
        number, self._sentences = self._sentences, self._sentences + 1
        words = " ".join(sentence)
        if QUESTION_END.search(words) or self._clues.unstated.search(lowered(words)):
            self._unstated.add(number)
        for clause in _clauses(sentence):
            folded = [word for token in clause for word in wording.fold(token).split()]
            if folded:
                self._add(number, " ".join(clause), folded)

    def _add(self, sentence: int, written: str, folded: list[str]) -> None:
        begins = len(self._clause_of)
        self._clause_of.extend([len(self._clauses)] * len(folded))
        clues = self._clues
        follows = [*folded[1:], ""]
        negations = [
            place
            for place, (word, after) in enumerate(zip(folded, follows, strict=True), start=begins)
            if word in clues.negations and after not in clues.exceptions
        ]
        negations.extend([begins] * len(clues.holding_back.findall(lowered(written))))
        opens = _first_of(clues.conditions, folded)
        self._clauses.append(
            _ClauseWords(
                sentence=sentence,
                negations=tuple(negations),
                condition_from=None if opens is None else begins + opens,
            )
        )


def holds_none(statement: StatementText) -> bool:
    """Whether a statement can hold no position whatever its words: denied, a fragment, a question, a refusal."""
    return statement.denied or assertions(statement.text, statement.code).asserts_nothing


@lru_cache(maxsize=64)
def assertions(text: str, code: str) -> Assertions:
    """What a text asserts; kept, since several suggesters read one statement."""
    return Assertions(text, code)


def _sentences(text: str) -> Iterable[list[str]]:
    """The written words of each sentence, small words set apart as the index has them."""
    sentence: list[str] = []
    for token in apart(text).split():
        sentence.append(token)
        if SENTENCE_END.search(token):
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def _clauses(sentence: Iterable[str]) -> Iterable[list[str]]:
    clause: list[str] = []
    for token in sentence:
        clause.append(token)
        if CLAUSE_END.search(token):
            yield clause
            clause = []
    if clause:
        yield clause


def _first_of(openers: Collection[tuple[str, ...]], words: Sequence[str]) -> int | None:
    """Where the first of some phrases stands among words."""
    return next(
        (
            place
            for place in range(len(words))
            if any(tuple(words[place : place + len(opener)]) == opener for opener in openers)
        ),
        None,
    )


@lru_cache(maxsize=32)
def _clues(code: str) -> _Clues:
    language: Language | None = languages().get(code)
    if language is None:
        none = phrases(())
        return _Clues(
            negations=frozenset(), exceptions=frozenset(), holding_back=none, conditions=(), unstated=none,
            negations_cancel=False, negates_behind=False,
        )  # fmt: skip
    told = language.assertions
    single = {word for word in told.negating if " " not in word}
    negations = {*language.grammar.negation_words, *language.denials.negations, *single}
    return _Clues(
        negations=frozenset(folded for word in negations if (folded := wording.fold(word)) and " " not in folded),
        exceptions=frozenset(map(wording.fold, language.denials.exceptions)),
        holding_back=phrases(word for word in told.negating if " " in word),
        conditions=tuple(tuple(wording.fold(opener).split()) for opener in language.conditions),
        unstated=phrases((*told.asked, *told.refused)),
        negations_cancel=told.negations_cancel,
        negates_behind=language.denials.behind > 0,
    )
