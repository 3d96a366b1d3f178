"""Names as they are compared: words without accents, capitals, possessives and case endings; words that are no name."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from tracker.languages.data import Language, languages, of_all, or_default
from tracker.languages.first_names import first_names
from tracker.languages.letters import CAPITAL as _UP
from tracker.languages.letters import is_cyrillic
from tracker.languages.phrases import any_ending, either
from tracker.languages.word_forms import is_oblique, lemma

NAME_WORD = rf"(?:{_UP}[\w’'\-]*[^\W_]|(?:{_UP}\.)+)"
WORD = re.compile(r"[\w’'.\-]+")
CAPITAL = re.compile(rf"{_UP}(?<![\w’'\-]{_UP})[\w’'\-]*[^\W_]")
POSSESSIVE = re.compile(r"['’]s?$")
STEM = 3
"""A name is never cut shorter than this."""


@lru_cache(maxsize=1)
def sequence() -> re.Pattern[str]:
    """Find words with capitals in a row: a full name, perhaps with an office before it.

    What may not stand before it is looked at behind its first letter: a pattern that begins with a class of letters is
    searched for faster.
    """
    return re.compile(
        rf"({_UP}(?<![\w’']{_UP})(?:[\w’'\-]*[^\W_]|\.(?:{_UP}\.)*)"
        rf"(?:[ \u00a0\n](?:(?:{either(particles())})[ \u00a0]){{0,2}}{NAME_WORD}){{1,5}})"
    )


@lru_cache(maxsize=1)
def particles() -> frozenset[str]:
    """The small words inside names, of every language."""
    return of_all(lambda language: language.names.particles)


def is_own_particle(word: str, language: Language | None) -> bool:
    """Whether a small word stands inside names of a language: "van", "da"; most are prepositions too."""
    return language is not None and word in language.names.particles


def joins_name(words: list[str], at: int, language: Language | None) -> bool | None:
    """What a small word in a row of capitals does: True where it goes on with a name, False where it ends one, else None.

    "José da Moura", "Jaap van der Moor"; "Ada Moor | van Groenland", whose surname is told before.
    """
    before = [word for word in words[:at] if word not in particles()]
    if not before or any(titled(word, language) for word in before):
        return None
    first = before[0]
    row = any(is_own_particle(word, language) for word in (*words[at - 1 : at], *words[at + 1 : at + 2]))
    if not knows_first_name(plain(first)) and "." not in first and not (row and len(before) == 1):
        return None
    after = next((word for word in words[at:] if word not in particles()), "")
    if not after or after.isupper() or plain(after) in body_words() or is_office(after, language):
        return False if len(before) > 1 else None
    names = all(knows_first_name(plain(word)) or "." in word for word in before)
    owns = language is not None and words[at] in language.names.owners
    goes_on = language is not None and language.grammar.names_bear_articles  # "Luís Leite da Silva"
    return names or row or goes_on or not owns


@lru_cache(maxsize=1)
def suffixes() -> frozenset[str]:
    """What stands behind a name: "jr", of every language."""
    return of_all(lambda language: language.names.suffixes)


@lru_cache(maxsize=1)
def body_words() -> frozenset[str]:
    """The words that make capital words a place or body, of every language."""
    return of_all(lambda language: language.names.body_words)


@lru_cache(maxsize=1)
def _short_bodies() -> frozenset[str]:
    return of_all(lambda language: language.names.short_bodies)


def is_short_body(word: str) -> bool:
    """Whether two capitals are a body or country and no initials: "EU"."""
    return word.isupper() and word.lower() in _short_bodies()


@lru_cache(maxsize=1)
def _first_names() -> dict[str, frozenset[str]]:
    """The first names of women, men, and both, of every language: a Swede is named in Polish papers too.

    What a language file says of a name holds against the dictionary of names.
    """
    told = {
        "she": of_all(lambda language: language.names.she),
        "he": of_all(lambda language: language.names.he),
        "either": of_all(lambda language: language.names.either),
    }
    ours = frozenset().union(*told.values())
    return {sex: told[sex] | (frozenset(map(plain, names)) - ours) for sex, names in first_names().items()}


@lru_cache(maxsize=1)
def _all_first_names() -> frozenset[str]:
    return frozenset().union(*_first_names().values())


def knows_first_name(word: str) -> bool:
    """Whether a word, as names are compared, is a first name of any language."""
    names = _all_first_names()
    return word in names or ("-" in word and all(part in names for part in word.split("-")))


@lru_cache(maxsize=1)
def _same_letters() -> dict[int, str]:
    return str.maketrans({a: b for language in languages().values() for a, b in language.names.same_letters.items()})


@lru_cache(maxsize=65536)
def plain(word: str) -> str:
    """A word without accents, case and possessive, as names are compared."""
    word = POSSESSIVE.sub("", word).strip(".,")
    if word.isascii():
        return word.lower()
    if is_cyrillic(word):
        return word.lower().translate(_same_letters())  # й and ї are letters, not accents
    return "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))


@lru_cache(maxsize=65536)
def fold(word: str, language: Language | None) -> str:
    """A name as it is compared in a language: without accents, capitals and case endings."""
    bare = plain(word)
    if language is None or not language.names.case_endings:
        return bare
    cut = any_ending(language.names.case_endings).sub("", bare)
    return cut if len(cut) >= STEM else bare


@lru_cache(maxsize=32)
def title_words(language: Language | None) -> frozenset[str]:
    """All words that may stand in an office or title, as names are compared."""
    if language is None:
        return frozenset()
    offices = {word.strip() for words in language.offices.titles.values() for word in words.split(",")}
    single = {word for word in offices if " " not in word and "*" not in word}
    return frozenset(plain(w) for w in language.titles | language.places | single)


@lru_cache(maxsize=16)
def _compound(language: Language) -> re.Pattern[str] | None:
    """Find offices written as one word: "Finanzministerin"."""
    names = language.names
    if not names.compound_offices:
        return None
    return re.compile(
        rf".{{3,}}(?:(?:{either(names.compound_offices)})(?:{either(names.compound_endings)})?"
        rf"|{either(names.compound_forms)})$"
    )


@lru_cache(maxsize=16384)
def titled(word: str, language: Language | None) -> bool:
    """Whether a word is a title or an office, also in a compound: "president-elect", "NATO-Generalsekretär"."""
    bare, titles = plain(word), title_words(language)
    if bare in titles or ("-" in bare and any(p in titles for p in bare.split("-"))):
        return True
    if language is not None and word[:1].islower() and lemma(bare, language) in titles:
        return True  # in another case: "мэром"
    compound = _compound(language) if language else None
    return compound is not None and compound.match(word.lower()) is not None


def is_office(word: str, language: Language | None) -> bool:
    """Whether a word names an office by itself, also in a compound: "Betriebsratschefin", not "foreign"."""
    if language is None or plain(word) in _plain_places(language):
        return False
    return fold(word, language) in heads(language) or titled(word, language)


@lru_cache(maxsize=32)
def _plain_places(language: Language) -> frozenset[str]:
    return frozenset(map(plain, language.places))


@lru_cache(maxsize=32)
def heads(language: Language | None) -> frozenset[str]:
    """The words that name an office by themselves: "minister", not "foreign"."""
    return frozenset(fold(p, language) for w in language.titles for p in w.split("-")) if language else frozenset()


@lru_cache(maxsize=32)
def stop_words(language: Language | None) -> frozenset[str]:
    """Words that are no part of a name though they may bear a capital."""
    if language is None:
        return or_default(language).grammar.stop
    small = language.common | language.openers | language.he | language.she | language.they
    return language.grammar.stop | {plain(w) for w in small}


@lru_cache(maxsize=16)
def modifiers(language: Language | None) -> frozenset[str]:
    """The words that make another office of one, as names are compared in a language."""
    words = or_default(language).names.modifiers
    return words | {fold(word, language) for word in words}


def role_words(text: str, language: Language | None) -> frozenset[str]:
    """The words of an office as they are compared."""
    return frozenset(fold(w, language) for w in re.findall(r"[^\W\d_]+", text))


@lru_cache(maxsize=16)
def _patronymic(language: Language) -> re.Pattern[str]:
    names = language.names
    return re.compile(rf"(?:{either(names.patronymics)})(?:{either(names.patronymic_endings)})?$")


def is_patronymic(word: str, language: Language | None) -> bool:
    """Whether a word is a father's name, which stands between first name and surname."""
    return language is not None and _patronymic(language).search(word) is not None


def gender(first: str, last: str, roles: list[str], language: Language | None) -> str | None:
    """Whether "he" or "she" is meant, where title, first name or the form of the surname tells, else None."""
    told = {plain(w) for role in roles for w in role.split()}
    names = or_default(language).names
    for pronoun, titles, surnames in (
        ("she", names.she_titles, names.she_surnames),
        ("he", names.he_titles, names.he_surnames),
    ):
        if told & titles or first in _first_names()[pronoun]:
            return pronoun
        if surnames and is_cyrillic(last) and any_ending(surnames).search(last):
            return pronoun
    return None


def genitive(word: str, language: Language | None) -> bool:
    """Whether a capital word may be the owner of an office: "министр Норландии"; no first name."""
    endings = language.names.genitive_endings if language else ()
    low = plain(word)
    return low.endswith(endings) and gender(low, "", [], language) is None


def occupation(first: str, second: str, language: Language | None) -> bool:
    """Whether the first of three capital words is no name though none of our titles: "Forecaster Dana Cole"."""
    known = _all_first_names()
    if plain(first) in known or plain(second) not in known:
        return False
    return (
        len(first) >= OCCUPATION and first.isalnum() and first.endswith(or_default(language).names.occupation_endings)
    )


OCCUPATION = 7
"""Letters of the shortest word for what somebody does."""


def names_occupation(word: str, language: Language | None, *, sure: bool = False) -> bool:
    """Whether a noun tells what somebody does, and is no first name, where nouns bear capitals: "Kontrolleur".

    A sure one has an ending that no adjective has: "Meteorologin", not "Berliner".
    """
    if language is None or not language.grammar.capital_nouns or knows_first_name(plain(word)):
        return False
    endings = language.names.doing_endings if sure else language.names.occupation_endings
    return word.lower().endswith(endings) and (len(word) >= OCCUPATION or "-" in word)


def is_compound(word: str) -> bool:
    """Whether a word is joined to letters in capitals by a hyphen: "TV-kommentator"."""
    head, hyphen, tail = word.partition("-")
    return bool(hyphen) and head.isupper() and len(head) > 1 and tail[:1].islower()


def words_before_name(words: list[str], language: Language | None) -> int:
    """How many words stand before a first name and surname that are no name: "Tribunal Ada Moor", "Наций Бо Линд"."""
    first = len(words) - 2
    if first < 1:
        return 0
    if language is not None and language.names.has_dictionary:
        if is_oblique(words[first], language) is not False or is_oblique(words[0], language) is not None:
            return 0
    elif not knows_first_name(plain(words[first])):
        return 0
    if any("." in word or len(word) < SHORTEST or word.lower() in particles() for word in words[: first + 1]):
        return 0  # initials, "Abu Ali": a name of another kind
    return first


SHORTEST = 4
"""Letters of the shortest word that is cut off before a first name."""


def name_ends(words: list[str], language: Language | None) -> int:
    """How many of capital words and particles are a name, where nouns bear capitals: "Ada Moor | den Gästen"."""
    if language is None or not language.grammar.capital_nouns:
        return len(words)
    for number, word in enumerate(words):
        before = [one for one in words[:number] if one not in particles()]
        known = [knows_first_name(plain(one)) for one in before]
        if word in particles() and len(before) > 1 and known[0] and not all(known):
            return number
    return len(words)
