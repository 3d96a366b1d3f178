"""Case forms of names, from a dictionary of the language where it ships with one (pymorphy3: Russian and Ukrainian)."""

from __future__ import annotations

from functools import lru_cache

from pymorphy3 import MorphAnalyzer

from tracker.languages.data import Language
from tracker.languages.letters import is_cyrillic

FIRST_NAME, SURNAME = "Name", "Surn"
NOMINATIVE, SINGULAR = "nomn", "sing"
DATIVE = "datv"
PLACE = "Geox"
GENITIVE, OWNERS = "gent", frozenset({"NOUN", "ADJF"})
LONG = 8
"""Letters from which a word no dictionary knows is no surname."""
SHORT = 2
"""Letters of words that may be short names: "Бо"."""
NO_NAME = frozenset({"VERB", "INFN", "ADVB", "NPRO", "PREP", "CONJ", "PRCL", "PRED", "INTJ", "GRND", "NUMR", "PRTF"})
"""Parts of speech that are no part of a name, as the dictionary calls them."""


@lru_cache(maxsize=4)
def _analyzer(code: str) -> MorphAnalyzer:
    """Load the dictionary of a language: 0.2 seconds and some tens of megabytes, once."""
    return MorphAnalyzer(lang=code)


@lru_cache(maxsize=65536)
def _forms(word: str, code: str, wanted: str) -> tuple[tuple[str | None, str | None, str], ...]:
    """What a word may be as a name of a kind, in the singular: its case, its gender, and its nominative."""
    out = []
    for form in _analyzer(code).parse(word):
        if wanted in form.tag.grammemes and form.tag.number in (SINGULAR, None):
            wished = {NOMINATIVE} | ({form.tag.gender} if form.tag.gender else set())
            nominative = form.inflect(wished) if wanted == SURNAME else form.inflect({NOMINATIVE})
            out.append((form.tag.case, form.tag.gender, nominative.word if nominative else form.normal_form))
    return tuple(out)


@lru_cache(maxsize=65536)
def _known(word: str, code: str) -> bool:
    return bool(_analyzer(code).word_is_known(word))


def is_oblique(first_name: str, language: Language) -> bool | None:
    """Whether a first name stands in another case than the nominative; None where no dictionary knows it."""
    if not language.names.has_dictionary:
        return None
    forms = _forms(first_name.lower(), language.code, FIRST_NAME)
    if not forms or not _known(first_name.lower(), language.code):
        return None
    return all(case != NOMINATIVE for case, _, _ in forms)


def nominative(name: str, language: Language) -> str:
    """A first name and surname in the nominative; as they are where the dictionary can't tell."""
    words = name.split()
    if len(words) < 2:  # noqa: PLR2004 - a first name and a surname
        return name
    if not is_oblique(words[0], language):
        return _with_surname_in_nominative(words, language)
    gender, first = next(
        (g, word) for case, g, word in _forms(words[0].lower(), language.code, FIRST_NAME) if case != NOMINATIVE
    )
    if len(words) > 2:  # noqa: PLR2004
        return name
    surnames = _forms(words[-1].lower(), language.code, SURNAME)
    cases = {case for case, _, _ in _forms(words[0].lower(), language.code, FIRST_NAME)}
    last = next((word for case, g, word in surnames if g in (gender, None) and case in cases), None)
    if last is None and gender == "masc":
        return name
    return f"{_capital(first)} {_capital(last) if last else words[-1]}"


def _with_surname_in_nominative(words: list[str], language: Language) -> str:
    """The same of a first name that has no cases: "Гэри Хольма" is Гэри Хольм."""
    if len(words) > 2 or is_oblique(words[0], language) is None or not is_never_nominative(words[1], language):  # noqa: PLR2004
        return " ".join(words)
    last = next((word for case, g, word in _forms(words[1].lower(), language.code, SURNAME) if g == "masc"), None)
    return f"{words[0]} {_capital(last)}" if last else " ".join(words)


@lru_cache(maxsize=65536)
def is_never_nominative(word: str, language: Language) -> bool:
    """Whether the dictionary knows a word in other cases only, so that it is no subject: "Городецкого", "Русской"."""
    if len(word) <= SHORT or not language.names.has_dictionary or not _known(word.lower(), language.code):
        return False
    cases = [form.tag.case for form in _analyzer(language.code).parse(word.lower())]
    return all(cases) and NOMINATIVE not in cases


def _capital(word: str) -> str:
    return "-".join(part.capitalize() for part in word.split("-"))


@lru_cache(maxsize=65536)
def is_common_word(word: str, language: Language) -> bool:
    """Whether the dictionary knows a word, and never as a name: a verb, an adverb, a pronoun."""
    if len(word) <= SHORT or not language.names.has_dictionary or not _known(word.lower(), language.code):
        return False
    return all(form.tag.POS in NO_NAME for form in _analyzer(language.code).parse(word.lower()))


@lru_cache(maxsize=65536)
def is_place_in_genitive(word: str, language: Language) -> bool:
    """Whether the dictionary knows a word as a place in the genitive, as behind an office: "мэр Казани"."""
    if not language.names.has_dictionary or not _known(word.lower(), language.code):
        return False
    tags = [form.tag for form in _analyzer(language.code).parse(word.lower())]
    return any(PLACE in tag.grammemes and tag.case == GENITIVE for tag in tags)


@lru_cache(maxsize=65536)
def is_surname(word: str, language: Language) -> bool:
    """Whether a word may be a surname: the dictionary says so, or its ending; "Минсвязи" and "Norsoft" are none."""
    low = word.lower()
    if not is_cyrillic(low):
        return False
    if low.endswith((*language.names.he_surnames, *language.names.she_surnames)):
        return True
    known = _known(low, language.code)
    tags = [form.tag for form in _analyzer(language.code).parse(low)]
    return any(SURNAME in tag.grammemes or FIRST_NAME in tag.grammemes for tag in tags) if known else len(low) < LONG


def is_dative(word: str, language: Language) -> bool:
    """Whether the dictionary knows a word as a noun or name that may stand in the dative, and never in the nominative."""
    if not language.names.has_dictionary or not _known(word.lower(), language.code):
        return False
    cases = [form.tag.case for form in _analyzer(language.code).parse(word.lower()) if form.tag.case]
    return DATIVE in cases and NOMINATIVE not in cases


def is_genitive(word: str, language: Language) -> bool:
    """Whether the dictionary knows a word as a noun or adjective in the genitive, and as nothing else."""
    if len(word) <= SHORT or not language.names.has_dictionary or not _known(word.lower(), language.code):
        return False
    tags = [form.tag for form in _analyzer(language.code).parse(word.lower())]
    return any(tag.case == GENITIVE for tag in tags) and all(tag.POS in OWNERS for tag in tags)


@lru_cache(maxsize=65536)
def is_verb(word: str, language: Language) -> bool:
    """Whether a word may be a finite verb; one that no dictionary knows may."""
    if not language.names.has_dictionary or not _known(word, language.code):
        return True
    return any(form.tag.POS == "VERB" for form in _analyzer(language.code).parse(word))


@lru_cache(maxsize=65536)
def is_known_verb(word: str, language: Language) -> bool:
    """Whether the dictionary knows a word, and as a finite verb."""
    return language.names.has_dictionary and _known(word, language.code) and is_verb(word, language)


@lru_cache(maxsize=65536)
def lemma(word: str, language: Language | None) -> str | None:
    """The first form of a word in small letters; None where the language has no dictionary."""
    if language is None or not language.names.has_dictionary:
        return None
    return str(_analyzer(language.code).parse(word)[0].normal_form)
