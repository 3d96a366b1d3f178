"""Reports that something was not said: "denied that …", "did not say when …", "rejected reports that …".

A report whose verb is negated, or denies by itself, is a denial of its words; one that tells nothing of them ("declined to
say whether", "did not confirm") is no utterance. The negation may stand outside what was found as the verb.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from enum import Enum, auto
from functools import lru_cache

from tracker.languages.data import Denials, Language
from tracker.languages.phrases import any_of
from tracker.speech.draft import Draft
from tracker.speech.tokens.tokens import QUOTE, Tokens
from tracker.speech.types import Polarity, Span

INVERTED = 6
"""Words between a negation that opens the clause and its verb: "nor did the mayor of Ulm say"."""
BEHIND = 7
"""Words behind a verb that rejects within which it is told what it rejects."""
OPENING = 3
"""Words of a clause within which the word that makes it a question stands."""
STOPS = frozenset({",", ":", ";", ".", "—"})


class _Told(Enum):
    """What a reporting clause tells of its words."""

    SAID = auto()
    DENIED = auto()
    NOTHING = auto()


def mark_denials(doc: Tokens, language: Language | None, drafts: Iterable[Draft]) -> None:
    """Mark the drafts whose report is a denial; one that tells nothing of its words becomes no utterance."""
    if language is None:
        return
    for draft in drafts:
        told = _Clause(doc, language, draft).told() if draft.cue and not draft.date_only else _Told.SAID
        if told is _Told.DENIED:
            draft.polarity = Polarity.DENIED
        draft.date_only = draft.date_only or told is _Told.NOTHING


@lru_cache(maxsize=16)
def _single(words: Denials) -> frozenset[str]:
    """The words that deny by themselves."""
    return frozenset(phrase for phrase in words.denying if " " not in phrase)


class _Clause:
    """The words around the verb of one report."""

    def __init__(self, doc: Tokens, language: Language, draft: Draft) -> None:
        """Find the verb of a draft that has one, and where its words are reported."""
        self.doc, self.language, self.words = doc, language, language.denials
        self.draft = draft
        cue: Span = draft.cue or (0, 0)
        self.first, self.last = doc.at(cue[0]), doc.at(max(cue[0], cue[1] - 1))
        number = max(0, bisect_right(doc.sentences, (self.first, len(doc.words))) - 1)
        self.start, self.end = doc.sentences[number]
        self.content: int | None = next((i for i in map(self._token, draft.spans) if self.last < i < self.end), None)

    def _token(self, span: Span) -> int:
        return self.doc.at(span[0])

    def told(self) -> _Told:
        """Tell whether the clause says, denies, or tells nothing of its words."""
        first, end = self.draft.spans[0][0], self.draft.spans[-1][1]
        if end <= self.doc.starts[self.start] or first >= self.doc.ends[self.end - 1]:
            return _Told.SAID  # the report of another sentence, gone on with
        direct = all(self._token(span) in self.doc.region for span in self.draft.spans) and not self.draft.whole
        negated, refused, denying = self._ahead()
        cue = self.doc.words[self.first : self.last + 1]
        denying = denying or self._denies() or self._denied_before()
        negated = negated or any(map(self._negated_at, range(self.first, self.last + 1))) or self._behind(direct=direct)
        refused = refused or any(word in self.words.refusing for word in cue)
        silent = any(word in self.words.silent for word in cue) or denying
        if (negated or refused) and (silent or self._asks()):
            return _Told.NOTHING
        if direct:
            return _Told.DENIED if negated or refused or (denying and self._denies_quotation()) else _Told.SAID
        if denying:
            return _Told.NOTHING if self._asks() else _Told.DENIED
        return _Told.DENIED if negated or refused or self._rejects() else _Told.SAID

    def _ahead(self) -> tuple[bool, bool, bool]:
        """Tell whether a negation, a refusal or a denial stands before the verb, with nothing but small words between."""
        words, negated, refused, denying = self.doc.words, False, False, False
        at = self.first - 1
        while at >= self.start:
            word = words[at]
            if self._negates(at):
                negated = self._negated_at(at)
            elif word in self.words.refusing:
                refused = True
            elif word in _single(self.words):
                denying = True
            elif word not in self.words.helpers:
                break
            at -= 1
        return negated or self._opened(at), refused, denying

    def _negates(self, index: int) -> bool:
        return self.doc.words[index].replace("’", "'") in self.words.negations

    def _negated_at(self, index: int) -> bool:
        """Tell whether a word negates and what follows does not take it back: "not only"."""
        follows = self.doc.words[index + 1] if index + 1 < self.end else ""
        return self._negates(index) and follows not in self.words.exceptions

    def _opened(self, at: int) -> bool:
        """See "nor did Moor say": the negation opens the clause, then a helping verb and who speaks."""
        words = self.doc.words
        for i in range(at, max(self.start, at - INVERTED) - 1, -1):
            if words[i] in STOPS or self.doc.shapes[i] == QUOTE:
                return False
            if self._negates(i) and i + 1 < len(words) and words[i + 1] in self.words.helpers:
                return i == self.start or words[i - 1] in STOPS or words[i - 1] in self.language.grammar.conjunctions
        return False

    def _behind(self, *, direct: bool) -> bool:
        """Tell whether a negation stands behind the verb in the same clause, where the language puts it there."""
        if direct and self.content is None:
            return False  # “…”, sagte sie nicht ohne Stolz
        words = self.doc.words
        for i in range(self.last + 1, min(self.end, self.last + 1 + self.words.behind)):
            if words[i] in STOPS or words[i] in self.language.that or self.doc.shapes[i] == QUOTE:
                return False
            if self._negates(i):
                return self._negated_at(i)
        return False

    def _denies(self) -> bool:
        """Tell whether the verb denies by itself: "denied", "ruled out"."""
        span = self.doc.starts[self.first], self.doc.ends[min(self.end, self.last + 4) - 1]
        found = any_of(self.words.denying).search(self.doc.low, *span)
        return found is not None and found.start() < self.doc.ends[self.last]

    def _denied_before(self) -> bool:
        """See "dementierte, gesagt zu haben", "отрицал, что говорил": a denial governs the clause of the verb."""
        words, at = self.doc.words, self.first - 1
        that = at >= self.start and words[at] in self.language.that
        at -= that
        if at <= self.start or words[at] != "," or words[at - 1] not in _single(self.words):
            return False
        stop = self.end if self.content is None else self.content
        return that or any(word in self.words.infinitive for word in words[self.last + 1 : stop])

    def _denies_quotation(self) -> bool:
        """Tell whether a quotation is what is denied: "denied saying “…”"; not "denied it: “…”"."""
        if self.content is None:
            return False
        if self._denied_before():
            return True
        words = self.doc.words[self.last + 1 : self.content]
        return not STOPS.intersection(words) and not any(word in self.words.as_words for word in words)

    def _asks(self) -> bool:
        """Tell whether an indirect question follows: "when", "whether"."""
        words = self.doc.words
        at = self.content
        if at is None:
            at = next((i for i in range(self.last + 1, self.end) if words[i] in STOPS), self.end)
            return any(w in self.words.questions for w in words[self.last + 1 : min(self.end, at + 1 + OPENING)])
        return any(word in self.words.questions for word in words[at : min(self.end, at + OPENING)])

    def _tells_when(self, index: int) -> bool:
        """Tell whether a word may be part of a day between a verb and what is reported: "disputed on Monday that"."""
        word = self.doc.words[index]
        return word in self.language.weekdays or word in self.language.days or word in self.language.grammar.little

    def _rejects(self) -> bool:
        """Tell whether what others say is rejected: "dismissed claims that"; not "dismissed the plan as “a joke”"."""
        words = self.doc.words
        before = max(self.start, self.first - 1)
        verb = next((i for i in range(before, self.last + 1) if words[i] in self.words.rejecting), None)
        if verb is None:
            return False
        for i in range(verb + 1, min(self.end, verb + 1 + BEHIND)):
            if words[i] in self.words.claims:
                called = words[i + 1 : min(self.end, i + 4)]
                return not any(word in self.words.as_words for word in called)
            if words[i] in self.language.that and all(self._tells_when(n) for n in range(verb + 1, i)):
                return True
            if words[i] in STOPS or words[i] in self.language.that:
                break
        return False
