"""Those who speak for somebody else: "a spokesman for Ada Moor" is not Ada Moor, nor are her office and her adviser."""

from __future__ import annotations

import re
from functools import lru_cache

from tracker.languages.data import Language
from tracker.languages.phrases import either
from tracker.languages.word_forms import is_oblique
from tracker.speech.people.mentions import Parts
from tracker.speech.people.names import WORD, is_patronymic, knows_first_name, plain, titled

BEFORE = 60
"""Code points before a mention in which the word for who speaks may stand."""
_CLAUSE = re.compile(r"[.,;:!?()\[\]«»“”„\"\n—–]")


@lru_cache(maxsize=16)
def _proxies(language: Language) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{either(language.names.proxies)})(?!\w)", re.IGNORECASE)


def names_the_principal(text: str, start: int, parts: Parts, language: Language | None) -> bool:
    """Whether the name of a mention is of the one for whom somebody else speaks: "an adviser to Ada Moor"."""
    if language is None or parts.name is None or parts.body or not language.names.proxies:
        return False
    name = text[parts.start : parts.end]
    if _owns_proxy_behind(text, parts.end, name, language):
        return True
    within = _proxies(language).search(text, parts.start, parts.end)
    if within is not None and within.end() < parts.end:  # "Büro von Ada Moor", where nouns bear capitals
        behind = WORD.search(text, within.end(), parts.end)
        return behind is not None and behind.group().lower() in language.names.proxy_of
    several = language.grammar.has_cases and len(name.split()) > 2  # noqa: PLR2004 - a first name and a surname
    if several and not any(is_patronymic(word, language) for word in name.split()):
        return bool(_proxies(language).search(text, start, parts.start))  # "речниця Ади Мур Іда Брандт": two names
    return follows_proxy(text, start, parts.start, name, language)


def _owns_proxy_behind(text: str, end: int, name: str, language: Language) -> bool:
    """Whether the one who speaks for a name stands behind its genitive: "Ada Moors pressekreterare"."""
    if not name.endswith(language.names.owner_endings or ("\0",)):
        return False
    behind = re.compile(r"\s+").match(text, end)
    return behind is not None and _proxies(language).match(text, behind.end()) is not None


def follows_proxy(text: str, start: int, at: int, name: str, language: Language) -> bool:
    """Whether a name at a place is of the one for whom the office before it, from ``start`` on, speaks."""
    low = max(0, start - BEFORE)
    opened = max((m.end() for m in _CLAUSE.finditer(text, low, at)), default=low)
    proxies = list(_proxies(language).finditer(text, opened, at))
    if not proxies:
        return False
    found = proxies[-1]
    between = [m.group() for m in WORD.finditer(text, found.end(), at)]
    if language.grammar.has_cases:
        return _in_another_case(found.group(), between, name.split(), language)
    if not between or between[0].lower() not in language.names.proxy_of:
        return False
    last = between[-1]
    return (
        len(between) == 1
        or titled(last, language)
        or plain(last) in language.grammar.articles | language.names.proxy_of
        or last.lower() in language.grammar.determiners
    )


def _in_another_case(proxy: str, between: list[str], name: list[str], language: Language) -> bool:
    """Whether a name is in the case of an owner: "пресс-секретарь президента Ады Мур", not "... Ида Брандт"."""
    if proxy.lower() in language.names.proxies_oblique:
        return bool(between)  # "по словам пресс-секретаря президента ...": whose name it is, its case can't tell
    oblique = is_oblique(name[0], language)
    if oblique is None:
        first, last = plain(name[0]), plain(name[-1])
        if len(name) == 1:
            oblique = first.endswith(language.names.owned_endings) and not knows_first_name(first)
        elif knows_first_name(first):
            oblique = False
        else:
            oblique = first.endswith(language.names.owned_endings) and (
                first[-1] != last[-1] or not last.endswith(language.names.she_surnames or ("\0",))
            )
    return oblique


def holder_behind(text: str, parts: Parts, end: int) -> int:
    """Where the part behind the comma after a principal's name begins, "..., Ida Brandt,"; the end if there is none."""
    comma = re.compile(r"\s*,\s*").match(text, parts.end, end)
    return comma.end() if comma else end
