"""What a text is read with: the reader, the speakers the record knows, its topics and scales; and a name for all that.

The name stands on each snapshot (`read_with`). Where it is another than that of today, the snapshot is due to be read again
(`jobs.reread`). Speakers count with what people configured of them: who is merely named in some document makes no other
document due, or each new name would have the whole record read again.
"""

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from functools import lru_cache

from tracker.db import Session
from tracker.positions import queries as positions
from tracker.positions.matching import VERSION as MATCHING
from tracker.positions.suggesters.assertion import VERSION as SUGGESTING
from tracker.speech import queries as speech
from tracker.speech.people.known_speakers import KnownSpeakers
from tracker.speech.people.office_holders import office_holders
from tracker.speech.reading import READER_VERSION, KnownSpeaker
from tracker.world import World

PARTS = ("reader", "speakers", "topics", "positions")
"""What the name is made of, in its order."""


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """The known speakers, and the name of all that a text is read with."""

    speakers: KnownSpeakers
    name: str

    def differs_in(self, name: str | None) -> frozenset[str]:
        """The parts in which another name differs from this one; all where there is none."""
        old = (name or "").split()
        if len(old) != len(PARTS):
            return frozenset(PARTS)
        return frozenset(part for part, one, other in zip(PARTS, old, self.name.split(), strict=True) if one != other)

    def after(self, name: str | None, parts: Collection[str]) -> str:
        """The name of what a snapshot was read with, when only these parts were brought up to date."""
        old = (name or "").split()
        if len(old) != len(PARTS):
            old = ["-"] * len(PARTS)
        pairs = zip(PARTS, old, self.name.split(), strict=True)
        return " ".join(new if part in parts else one for part, one, new in pairs)


def context_now(world: World) -> ReadingContext:
    """What a text is read with at this moment."""
    with world.database.reading() as session:
        known = KnownSpeakers(speech.known_speakers(session))
    return ReadingContext(known, context_name(world, known))


def context_name(world: World, known: Iterable[KnownSpeaker]) -> str:
    """The name of what a text is read with, when these speakers are known."""
    with world.database.reading() as session:
        topics = topics_digest(session)
        scales = positions.scales(session)
    configured = sorted(section.name for section in world.settings.speakers)
    told = [asdict(one) for one in known if (one.aliases or one.offices) and not _is_listed(one)]
    told.sort(key=lambda one: str(one["name"]))
    return " ".join((READER_VERSION, _digest([configured, told]), topics, _digest([MATCHING, SUGGESTING, scales])))


def topics_digest(session: Session) -> str:
    """The part of the name that the topics make."""
    topics = [(topic.id, topic.name, topic.description, topic.rules) for topic in positions.topics(session)]
    return _digest([MATCHING, topics])


def _is_listed(speaker: KnownSpeaker) -> bool:
    """Whether all that is known of a speaker is what the list of office holders says."""
    listed = _listed().get(speaker.name)
    return listed is not None and set(speaker.aliases) <= listed[0] and len(speaker.offices) <= listed[1]


@lru_cache(maxsize=1)
def _listed() -> dict[str, tuple[set[str], int]]:
    return {
        spelling: ({one.speaker.name, *one.speaker.aliases}, len(one.speaker.offices))
        for one in office_holders()
        for spelling in (one.speaker.name, *one.speaker.aliases)
    }


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, default=str, ensure_ascii=True).encode()).hexdigest()[:12]
