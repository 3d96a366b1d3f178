"""The words of a statement that answer a query, for marking them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tracker.languages.data import languages
from tracker.speech.search.grammar import SearchQuery, Term
from tracker.speech.search.tokens import forms, stem
from tracker.speech.wording import WORD, fold


@dataclass(frozen=True, slots=True)
class MarkedRun:
    """A run of a text, and whether it is what was looked for."""

    text: str
    marked: bool


def mark(text: str, query: SearchQuery) -> tuple[MarkedRun, ...]:
    """The text in runs; nothing is marked where no word of it was asked for."""
    words = [(match.start(), match.end(), fold(match.group())) for match in WORD.finditer(text)]
    hit: set[int] = set()
    for term in (term for group in query.wanted for term in group):
        hit |= set(_hits([word for _, _, word in words], term))
    return runs_of(text, [(start, end) for start, end, _ in words], hit)


def runs_of(text: str, words: Sequence[tuple[int, int]], hit: Collection[int]) -> tuple[MarkedRun, ...]:
    """The text in runs, those of its words marked whose numbers are hits; hits one after the other are one run."""
    runs: list[MarkedRun] = []
    done = 0
    for number in sorted(hit):
        start, end = words[number]
        if number - 1 in hit and runs and done == words[number - 1][1]:
            runs[-1] = MarkedRun(text[done - len(runs[-1].text) : end], marked=True)
        else:
            runs += [MarkedRun(text[done:start], marked=False), MarkedRun(text[start:end], marked=True)]
        done = end
    runs.append(MarkedRun(text[done:], marked=False))
    return tuple(run for run in runs if run.text)


def _hits(words: list[str], term: Term) -> list[int]:
    """The numbers of the words that a term finds."""
    size = len(term.words)
    if size > 1:
        starts = [at for at in range(len(words) - size + 1) if _is_row(words[at : at + size], term)]
        return [at + place for at in starts for place in range(size)]
    if term.is_prefix:
        return [at for at, word in enumerate(words) if word.startswith(term.words[0])]
    wanted = set(forms(term))
    return [at for at, word in enumerate(words) if word in wanted or _stems(word) & wanted]


def _is_row(words: list[str], term: Term) -> bool:
    *all_but_last, last = zip(words, term.words, strict=True)
    fits = last[0].startswith(last[1]) if term.is_prefix else last[0] == last[1]
    return fits and all(word == wanted for word, wanted in all_but_last)


def _stems(word: str) -> set[str]:
    return {found for code in languages() if (found := stem(word, code))}
