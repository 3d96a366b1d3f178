"""The public office holders whose names the reader knows without being told: office_holders.toml, read once.

The list tells spellings of one name apart from names of two people: "Putin", "Путин" and "Wladimir Putin" are one
person. It never decides who is meant where a document names somebody else of that name, and a speaker of the record
takes the place of one here.
"""

import calendar
import tomllib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any

from tracker.languages.data import languages
from tracker.speech.people.names import fold, plain
from tracker.speech.types import KnownOffice, KnownSpeaker


@dataclass(frozen=True, slots=True)
class OfficeHolder:
    """A person of the list, whether the surname alone tells who is meant, and where the entry was looked up."""

    speaker: KnownSpeaker
    by_surname: bool
    checked: str


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    return tomllib.loads(resources.files("tracker.speech.people").joinpath("office_holders.toml").read_text("utf-8"))


@lru_cache(maxsize=1)
def office_holders() -> tuple[OfficeHolder, ...]:
    """Everybody on the list, in its order."""
    return tuple(
        OfficeHolder(
            speaker=KnownSpeaker(
                name=one["name"],
                aliases=tuple(one["spellings"]),
                offices=tuple(
                    KnownOffice(
                        title=office["title"],
                        body=office["body"],
                        since=last_day(office["from"]),
                        until=first_day(office["to"]) if "to" in office else None,
                    )
                    for office in one["offices"]
                ),
            ),
            by_surname=one.get("by_surname", False),
            checked=one["checked"],
        )
        for one in _file()["people"]
    )


def find_office_holder(name: str, code: str | None) -> OfficeHolder | None:
    """The one person of the list with this name in any of its spellings; None for nobody and for more than one.

    `code` is the language of the text that has the name: in some, names have case endings. A name of one word is a
    surname, and finds only those who are known by it.
    """
    words = [word for word in name.split() if word]
    found = _index(code).get(_key(words, code), frozenset()) if words else frozenset()
    people = [office_holders()[number] for number in found]
    if len(words) == 1:
        people = [one for one in people if one.by_surname] if len(people) == 1 else []
    return people[0] if len(people) == 1 else None


def holders_of(title: frozenset[str], bodies: frozenset[str], day: date) -> list[KnownSpeaker]:
    """Those who held an office of exactly this title (its words, as names are compared) in one of these bodies on a day."""
    return [
        one.speaker
        for one in office_holders()
        if any(
            office.body in bodies and {plain(word) for word in office.title.split()} == title and office.held_on(day)
            for office in one.speaker.offices
        )
    ]


@lru_cache(maxsize=256)
def titles_of_kind(kind: str, body: str | None) -> frozenset[str]:
    """The titles an office of a kind has on the list; a "leader" is what leads that body."""
    if kind == "leader":
        return frozenset(title for title, bodies in _file()["leaders"].items() if body is None or body in bodies)
    return frozenset(_file()["kinds"][kind])


@lru_cache(maxsize=1024)
def holders_of_kind(kind: str, body: str, day: date | None) -> tuple[KnownSpeaker, ...]:
    """Those on the list who held an office of a kind in a body on a day."""
    titles = titles_of_kind(kind, body)
    return tuple(
        one.speaker
        for one in office_holders()
        if day is not None and any(o.body == body and o.title in titles and o.held_on(day) for o in one.speaker.offices)
    )


def last_day(told: str) -> date:
    """The day from which an office is surely held: that day, or the last one of a month or year."""
    year, month, day = _parts(told)
    month = month or 12
    return date(year, month, day or calendar.monthrange(year, month)[1])


def first_day(told: str) -> date:
    """The day up to which an office is surely held: that day, or the first one of a month or year."""
    year, month, day = _parts(told)
    return date(year, month or 1, day or 1)


def _parts(told: str) -> tuple[int, int, int]:
    year, month, day = [*(int(part) for part in told.split("-")), 0, 0][:3]
    return year, month, day


def _key(words: Sequence[str], code: str | None) -> tuple[str, ...]:
    language = languages().get(code or "")
    return tuple(fold(word, language) for word in words)


@lru_cache(maxsize=32)
def _index(code: str | None) -> dict[tuple[str, ...], frozenset[int]]:
    """The list by whole names and by surnames, folded as names of a language are."""
    index: defaultdict[tuple[str, ...], set[int]] = defaultdict(set)
    for number, holder in enumerate(office_holders()):
        for spelling in (holder.speaker.name, *holder.speaker.aliases):
            words = spelling.split()
            index[_key(words, code)].add(number)
            index[_key(words[-1:], code)].add(number)
    return {key: frozenset(numbers) for key, numbers in index.items()}
