"""The speakers a record knows, found by name, surname or office without going through all of them.

A record of years knows tens of thousands, and every document asks for a dozen names. So the names are folded once in each
language that is read, and whoever is added later is added to what is folded already.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tracker.languages.data import languages
from tracker.speech.people.names import fold, plain, suffixes
from tracker.speech.types import KnownSpeaker

Key = tuple[str, ...]


@dataclass(slots=True)
class _Names:
    """Names as they are compared in one language: whole ones, and surnames of people."""

    whole: dict[Key, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    surnames: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, speaker: KnownSpeaker, code: str | None) -> None:
        """Enter all names of one speaker."""
        for alias in (speaker.name, *speaker.aliases):
            key = name_key(alias.split(), code)
            if not key:
                continue
            self.whole[key][speaker.name] = None
            if speaker.kind == "person":
                self.surnames[key[-1]][speaker.name] = None


class KnownSpeakers:
    """Known speakers with an index of their names; grows, and forgets nobody."""

    def __init__(self, speakers: Iterable[KnownSpeaker] = ()) -> None:
        """Take the speakers in the order in which the record knows them."""
        self._speakers: dict[str, KnownSpeaker] = {}
        self._holders: dict[str, KnownSpeaker] = {}
        self._names: dict[str | None, _Names] = {}
        self.add(speakers)

    @classmethod
    def of(cls, speakers: "Collection[KnownSpeaker]") -> "KnownSpeakers":
        """The same speakers with an index; those that have one already as they are."""
        return speakers if isinstance(speakers, cls) else cls(speakers)

    def __iter__(self) -> Iterator[KnownSpeaker]:
        return iter(self._speakers.values())

    def __len__(self) -> int:
        return len(self._speakers)

    def __contains__(self, speaker: object) -> bool:
        return isinstance(speaker, KnownSpeaker) and self._speakers.get(speaker.name) == speaker

    def add(self, speakers: Iterable[KnownSpeaker]) -> None:
        """Take in more speakers, and what is told anew of those that are there (more names, more offices)."""
        for speaker in speakers:
            self._speakers[speaker.name] = speaker
            if speaker.offices:
                self._holders[speaker.name] = speaker
            for code, names in self._names.items():
                names.add(speaker, code)

    @property
    def office_holders(self) -> tuple[KnownSpeaker, ...]:
        """Those of whom an office is known, held now or once."""
        return tuple(self._holders.values())

    def called(self, words: Sequence[str], code: str | None) -> str | None:
        """What the record calls who bears this whole name or alias; of several the last one it came to know."""
        found = self._in(code).whole.get(name_key(words, code))
        return next(reversed(found)) if found else None

    def bearers(self, words: Sequence[str], code: str | None) -> tuple[str, ...]:
        """The names of those who bear a whole name or alias, or a surname where it is one word."""
        key, names = name_key(words, code), self._in(code)
        found = dict(names.whole.get(key, {}))
        if len(key) == 1:
            found.update(names.surnames.get(key[0], {}))
        return tuple(found)

    def _in(self, code: str | None) -> _Names:
        if code not in self._names:
            names = self._names[code] = _Names()
            for speaker in self:
                names.add(speaker, code)
        return self._names[code]


def name_key(words: Sequence[str], code: str | None) -> Key:
    """The words of a name as they are compared in a language: folded, without "Jr" and the like."""
    language = languages().get(code or "")
    return tuple(fold(word, language) for word in words if plain(word) not in suffixes())
