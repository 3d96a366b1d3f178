"""Which words of a statement made it one of a topic, for marking them. Pure."""

from collections.abc import Iterable

from tracker.positions import matching
from tracker.positions.matching import Phrase, TopicRule
from tracker.positions.passage import WORD, WordIndex, apart
from tracker.speech.search.marks import MarkedRun, runs_of
from tracker.speech.wording import fold


def mark(text: str, code: str, *met: tuple[TopicRule, Iterable[str]]) -> tuple[MarkedRun, ...]:
    """The words of a statement in runs, marked where they meet a term of its matches (`matching.Match`) with these rules.

    A term that was met in the question or the document marks what of it stands in the statement, which may be nothing.
    """
    plain = apart(text)  # as long as the text
    places = [(found.start(), found.end()) for found in WORD.finditer(plain)]
    words = [WordIndex(plain[start:end], code) for start, end in places]
    hit: set[int] = set()
    for rule, terms in met:
        for term in terms:
            hit |= _hits(words, matching.phrase_of(term, rule)[0])
    return runs_of(text, places, hit)


def _hits(words: list[WordIndex], phrase: Phrase) -> set[int]:
    """The numbers of the words that are words of a phrase; of one that must stand as it is, only where it does."""
    if not phrase.exact:
        return {number for number, word in enumerate(words) if any(map(word.where, phrase.wanted))}
    told = fold(phrase.exact).split()
    folded = [word.folded for word in words]
    starts = (at for at in range(len(folded) - len(told) + 1) if folded[at : at + len(told)] == told)
    return {at + place for at in starts for place in range(len(told))}
