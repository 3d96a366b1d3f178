"""Public offices in words: "the French president", "экс-премьер Норландии", "US-Außenminister", by the language's tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from tracker.languages.data import Language
from tracker.languages.phrases import either

AHEAD, BEHIND = 4, 5
"""Words before and behind a mention that may tell more of its office: "the Norlandic | minister | of defence"."""
LONGEST = 7
"""Words of the longest office before a name."""
_WORDS_BEFORE = re.compile(r"(?:[^\W\d_][\w’'.\-]*[^\S\n]+){0,6}[^\W\d_][\w’'.\-]*,?[^\S\n]+$")
"""Find the last words before a place; a comma may part the last from it: "le maire de Nordhaven, Ada Moor"."""
_WORDS_BEHIND = re.compile(r"(?:[^\S\n]+[^\W\d_][\w’'\-]*){1,5}")
_BETWEEN = re.compile(r",\s([^,.;:!?\n“”\"«»()]{3,80})(?=[,.)]\s)")
_LETTERS = re.compile(r"[^\W\d_]+")


class PublicOffice(NamedTuple):
    """An office: its kind, the country or organisation it is of where that is told, and whether somebody held it once."""

    kind: str
    body: str | None
    former: bool = False


@lru_cache(maxsize=32)
def _titles(language: Language) -> tuple[re.Pattern[str], dict[str, str]]:
    """Find the words of an office, and tell which kind each alternative is, by the number of its group."""
    return _by_group("k", language.offices.titles)


@lru_cache(maxsize=32)
def _beginnings(language: Language) -> tuple[str, ...]:
    """How the first word of an office may begin: tells quickly that a text has none."""
    phrases = (phrase for told in language.offices.titles.values() for phrase in told.split(","))
    return tuple({found.group() for phrase in phrases if (found := _LETTERS.search(phrase))})


@lru_cache(maxsize=32)
def _bodies(language: Language) -> tuple[re.Pattern[str], dict[str, str]]:
    """Find the words of a country or organisation, likewise."""
    return _by_group("b", language.offices.bodies)


def _by_group(letter: str, table: Mapping[str, str]) -> tuple[re.Pattern[str], dict[str, str]]:
    """Find any phrase of a table, in a group by its key; the keys by the names of their groups."""
    keys = {f"{letter}{number}": key for number, key in enumerate(table)}
    told = [(phrase, group) for group, key in keys.items() for phrase in map(str.strip, table[key].split(","))]
    return re.compile(rf"(?<!\w)(?:{_alternatives(told)})(?!\w)"), keys


def _alternatives(told: list[tuple[str, str]]) -> str:
    """Phrases in groups by what they stand for; a group of a longer phrase is tried first."""
    longest: dict[int, dict[str, list[str]]] = {}
    for phrase, group in told:
        if phrase:
            longest.setdefault(len(phrase), {}).setdefault(group, []).append(phrase)
    return (
        "|".join(
            f"(?P<{group}_{size}>{either(phrases)})"
            for size in sorted(longest, reverse=True)
            for group, phrases in longest[size].items()
        )
        or r"(?!)"
    )


@lru_cache(maxsize=4096)
def names_country(word: str, language: Language) -> bool:
    """Whether a word is a country or organisation: "Türkei"."""
    return _bodies(language)[0].fullmatch(word) is not None


@lru_cache(maxsize=32)
def _former(language: Language) -> re.Pattern[str]:
    words = [word.strip() for word in language.offices.former.split(",") if word.strip()]
    return re.compile(rf"(?<!\w)(?:{either(words)})(?!\w)")


@lru_cache(maxsize=32)
def _small(language: Language) -> frozenset[str]:
    words = frozenset(word.strip() for word in language.offices.small.split(",") if word.strip())
    return words | language.grammar.articles


@lru_cache(maxsize=8192)
def read_office(phrase: str, language: Language) -> PublicOffice | None:
    """The office a phrase is, if it is nothing else: "vice president" and "the president's son" are none."""
    low = " ".join(phrase.lower().split())
    return _read(low, language, body_first=False) or _read(low, language, body_first=True)


def _read(low: str, language: Language, *, body_first: bool) -> PublicOffice | None:
    """Take title and body out of a phrase, in either order: "глава норландского МИД" has the body inside the title."""
    (titles, kinds), (bodies, names) = _titles(language), _bodies(language)
    found: dict[bool, str] = {}
    for is_body in (body_first, not body_first):
        match = (bodies if is_body else titles).search(low)
        if match is not None:
            found[is_body] = (names if is_body else kinds)[str(match.lastgroup).split("_")[0]]
            low = " ".join(f"{low[: match.start()]} {low[match.end() :]}".split())
    former = _former(language).search(low)
    if former is not None:
        low = f"{low[: former.start()]} {low[former.end() :]}"
    if False not in found or set(_LETTERS.findall(low)) - _small(language):
        return None
    kind, _, body = found[False].partition("@")
    return PublicOffice(kind, found.get(True) or body or None, former is not None)


@lru_cache(maxsize=32)
def _adjective(language: Language) -> re.Pattern[str]:
    """Find a form of a body, at the end of some words, that is no noun: those are written with a star."""
    told = (phrase.strip() for phrases in language.offices.bodies.values() for phrase in phrases.split(","))
    return re.compile(rf"(?<!\w)(?:{either(phrase for phrase in told if phrase.endswith('*'))})$")


def office_around(text: str, start: int, end: int, language: Language) -> tuple[PublicOffice | None, int]:
    """The office of a mention, with words around it that belong to it, and its end: "der [norländische] Präsident"."""
    before = _WORDS_BEFORE.search(text, max(0, start - 90), start)
    behind = _WORDS_BEHIND.match(text, end, end + 90)
    starts = [start, *_starts(before)][: AHEAD + 1]
    ends = [end, *(m.end() + end for m in re.finditer(r"\S+", behind.group() if behind else ""))][: BEHIND + 1]
    beginnings = _beginnings(language)
    if not any(word.startswith(beginnings) for word in _LETTERS.findall(text[starts[-1] : ends[-1]].lower())):
        return None, end  # most mentions are of nobody's public office: "police", "her family"
    found, stop = None, end
    for last in ends:
        if last > end and text[end:last].rsplit(maxsplit=1)[-1].lower() in _small(language):
            continue
        behind_noun = language.grammar.office_first and not language.grammar.has_cases
        if last > end and not behind_noun and _adjective(language).search(text[end:last].lower()):
            continue  # "the president Norlandic banks trust": the adjective belongs to what follows
        for first in starts:
            office = read_office(text[first:last], language)
            if office is not None and (
                found is None or (office.body and not found.body) or office.former or last > stop
            ):
                found, stop = office, last
    return found, stop


def _starts(before: re.Match[str] | None) -> list[int]:
    """Where the words before a place begin, the nearest first; none beyond a full stop."""
    out: list[int] = []
    for word in reversed(list(re.finditer(r"\S+", before.group() if before else ""))):
        if word.group().endswith(".") and len(word.group()) > 4:  # noqa: PLR2004 - "U.S."
            break
        out.append(word.start() + (before.start() if before else 0))
    return out


def office_of_name(text: str, start: int, end: int, language: Language) -> PublicOffice | None:
    """The office that stands before a name, or between commas behind it."""
    before = _WORDS_BEFORE.search(text, max(0, start - 90), start)
    for first in reversed(_starts(before)):
        office = read_office(text[first:start], language)
        if office is not None:
            return office
    behind = _BETWEEN.match(text, end)
    return read_office(behind.group(1), language) if behind else None
