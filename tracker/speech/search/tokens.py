"""Statements as the words an index holds, and a query as an expression over them, for both databases.

Beside the words as they are folded the index holds their stems, each marked with its language ("invit0en"): so "invited"
finds "invitation", "age" does not find "village", and no stem is mistaken for a word of another language. A word that is
looked for is stemmed in every language there is, since nobody says in which one they ask.

Stems: Snowball (snowballstem.org); a language without a stemmer there is found by its words as they are.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import Stemmer

from tracker.languages.data import languages
from tracker.speech.search.grammar import SearchQuery, Term
from tracker.speech.wording import fold

BOUNDARY = "0"
"""Stands between two fields in a row of words, so that no phrase crosses them."""
LONGEST_WORD = 60
LAST_POSITION = 16_383
"""Positions a PostgreSQL text vector can hold (postgresql.org/docs/current/textsearch-limitations.html)."""


@lru_cache(maxsize=16)
def _stemmer(code: str) -> "Stemmer.Stemmer | None":
    name = languages()[code].stemmer if code in languages() else ""
    return Stemmer.Stemmer(name) if name else None


@lru_cache(maxsize=100_000)
def stem(word: str, code: str) -> str | None:
    """The stem of a folded word in a language, marked with the language; None where there is no stemmer."""
    stemmer = _stemmer(code)
    return f"{fold(stemmer.stemWord(word))}0{code}" if stemmer is not None else None


def stems(words: Iterable[str], code: str | None) -> str:
    """The marked stems of folded words, in their order."""
    if not code:
        return ""
    return " ".join(found for word in words if len(word) <= LONGEST_WORD and (found := stem(word, code)))


def joined(fields: Iterable[str | None]) -> str:
    """Several fields as one row of folded words."""
    return f" {BOUNDARY} ".join(folded for one in fields if one and (folded := fold(one)))


def forms(term: Term) -> tuple[str, ...]:
    """A single word and its stems in all languages, as the index may hold them."""
    word = term.words[0]
    if term.is_exact or term.is_prefix:
        return (word,)
    return tuple(dict.fromkeys([word, *(found for code in languages() if (found := stem(word, code)))]))


def sqlite_expression(query: SearchQuery) -> str | None:
    """The query for SQLite's FTS5 (sqlite.org/fts5.html#full_text_query_syntax); None where no word is wanted.

    Words are letters and digits only, and each stands in marks: nothing typed is an operator.
    """
    if not query.wanted:
        return None
    wanted = " AND ".join(f"({' OR '.join(_fts5(term) for term in group)})" for group in query.wanted)
    if not query.unwanted:
        return wanted
    return f"({wanted}) NOT ({' OR '.join(_fts5(term) for term in query.unwanted)})"


def sqlite_unwanted(query: SearchQuery) -> str | None:
    """What must not stand in a statement, where nothing is wanted."""
    return " OR ".join(_fts5(term) for term in query.unwanted) if query.unwanted and not query.wanted else None


def _fts5(term: Term) -> str:
    row = '"' + " ".join(term.words) + '"'
    if term.is_prefix:
        return f"{row} *"
    return row if len(term.words) > 1 else "(" + " OR ".join(_marked(form, '"') for form in forms(term)) + ")"


def _marked(word: str, mark: str) -> str:
    return f"{mark}{word}{mark}"


def postgresql_expression(query: SearchQuery) -> str | None:
    """The query as a text-search query (postgresql.org/docs/current/datatype-textsearch.html); None for an empty one."""
    parts = [f"({' | '.join(_tsquery(term) for term in group)})" for group in query.wanted]
    parts += [f"!({_tsquery(term)})" for term in query.unwanted]
    return " & ".join(parts) or None


def _tsquery(term: Term) -> str:
    if len(term.words) == 1 and not term.is_prefix:
        return "(" + " | ".join(_marked(form, "'") for form in forms(term)) + ")"
    row = " <-> ".join(_marked(word, "'") for word in term.words)
    return f"({row}{':*' if term.is_prefix else ''})"


def postgresql_vector(fields: Sequence[tuple[str, str]]) -> str:
    """Rows of words with their weights (A to D) as a text vector: each word with its places and weight."""
    places: dict[str, list[str]] = {}
    at = 0
    for words, weight in fields:
        for word in words.split():
            at += 1
            found = places.setdefault(word, [])
            if len(word) <= LONGEST_WORD and at <= LAST_POSITION:
                found.append(f"{at}{weight}")
        at += 2
    return " ".join(f"'{word}':{','.join(where)}" for word, where in places.items() if where)
