"""Whether one statement answers the words of a query, told from its words alone: the same that the databases' indexes say.

For who holds the statement and many queries, where the search holds the query and many statements. Pure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from tracker.speech.search import tokens
from tracker.speech.search.grammar import SearchQuery, Term


@dataclass(frozen=True)
class StatementWords:
    """The words of a statement as the search's index holds them: quote, what stands about it, stems; each a row of words."""

    rows: Sequence[str]

    @cached_property
    def words(self) -> frozenset[str]:
        """Each word once."""
        return frozenset(word for row in self.rows for word in row.split())

    def answer(self, query: SearchQuery) -> bool:
        """Whether every group of the query has a term that stands here, and none of its unwanted ones does."""
        return all(any(map(self._has, group)) for group in query.wanted) and not any(map(self._has, query.unwanted))

    def _has(self, term: Term) -> bool:
        if len(term.words) == 1 and not term.is_prefix:
            return not self.words.isdisjoint(tokens.forms(term))
        row = " ".join(("", *term.words)) + ("" if term.is_prefix else " ")
        return any(row in f" {words} " for words in self.rows)


def anchors(query: SearchQuery) -> Iterator[str]:
    """Words of which a statement must have one for the query to find it: those of its longest group; none may be given.

    A beginning ("memb*") is no word, so a group with one can't be an anchor.
    """
    groups = [group for group in query.wanted if not any(term.is_prefix and len(term.words) == 1 for term in group)]
    if groups:
        longest = max(groups, key=lambda group: min(len(_rarest(term)) for term in group))
        for term in longest:
            yield from tokens.forms(term) if len(term.words) == 1 else (_rarest(term),)


def _rarest(term: Term) -> str:
    """The longest word of a term that stands in it whole."""
    whole = term.words[:-1] if term.is_prefix and len(term.words) > 1 else term.words
    return max(whole, key=len)
