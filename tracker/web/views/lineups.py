"""Line-ups as they are kept: the light rows of a topic around an event, and what was built from them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tracker.db import Session
from tracker.positions import lineup
from tracker.positions import queries as positions
from tracker.positions.lineup import Coverage, LineUp, LineUpOptions
from tracker.positions.models import Event
from tracker.positions.queries import LineUpInput, TopicWithScale
from tracker.speech.queries import SpeakerRef
from tracker.web.cache import cached


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLineUp:
    """A built line-up with its topic and event, its speakers by id, and what was searched."""

    subject: TopicWithScale
    event: Event
    events: tuple[Event, ...]
    """All that matter to the topic, the latest first."""
    built: LineUp
    speakers: Mapping[int, SpeakerRef]
    coverage: tuple[Coverage, Coverage]
    unresolved: int
    facts: str
    """All that it rests on beside the rows that `cached` looks at: a configured topic or event, the sources' last look."""


def line_up(
    db: Session, topic_id: str, event_id: str, options: LineUpOptions, slugs: Collection[str] = ()
) -> KeptLineUp | None:
    """The line-up of a topic around an event, of some speakers or of all; built anew when the record has changed.

    None when there is no such topic or event, or the event does not matter to the topic.
    """
    subject, events = positions.topic(db, topic_id), positions.events_of(db, topic_id)
    event = next((one for one in events if one.id == event_id), None)
    if subject is None or event is None:
        return None
    days = options.window_days
    coverage = positions.lineup_coverage(db, event, days)
    facts = repr((subject, events, coverage))

    def found() -> LineUpInput:
        return positions.lineup_input(db, topic_id, event, days)

    material = cached(db, ("said", topic_id, event_id, days), found, event.pivot, large=True)
    chosen = {number: who for number, who in material.speakers.items() if not slugs or who.slug in slugs}

    def built() -> LineUp:
        return lineup.build(
            [one for one in material.stated if one.speaker_id in chosen],
            event.pivot,
            steps=subject.steps,
            names={number: who.name for number, who in material.speakers.items()},
            options=options,
            coverage=coverage,
        )

    return KeptLineUp(
        subject=subject,
        event=event,
        events=tuple(events),
        built=cached(db, ("built", topic_id, event_id, options, frozenset(slugs)), built, facts, large=True),
        speakers=chosen,
        coverage=coverage,
        unresolved=material.unresolved,
        facts=facts,
    )
