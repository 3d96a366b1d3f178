"""Line-ups as they are kept: the light rows of a topic around an event, and what was built from them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from tracker.db import Session
from tracker.positions import lineup
from tracker.positions import queries as positions
from tracker.positions.lineup import Coverage, LineUp, LineUpOptions
from tracker.positions.models import Event
from tracker.positions.placement import TurningPoint
from tracker.positions.queries import LineUpInput, TopicWithScale
from tracker.speech.queries import SpeakerRef
from tracker.web.cache import cached


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLineUp:
    """A built line-up with its topic and event, its speakers by id, and what was searched."""

    subject: TopicWithScale
    event: Event
    turn: TurningPoint
    events: tuple[Event, ...]
    """All that matter to the topic, the latest first."""
    built: LineUp
    speakers: Mapping[int, SpeakerRef]
    everybody: Mapping[int, SpeakerRef]
    """All who spoke on the topic in these days, whoever was asked for."""
    coverage: tuple[Coverage, Coverage]
    unresolved: int
    groups: Mapping[str, Mapping[int, SpeakerRef]]
    """The groups that it can be narrowed to, with their speakers by id."""
    facts: str
    """All that it rests on beside the rows that `cached` looks at: a configured topic or event, the sources' last look."""


def line_up(
    db: Session,
    topic_id: str,
    event_id: str,
    options: LineUpOptions,
    slugs: Collection[str] = (),
    *,
    group: str | None = None,
    at: datetime | None = None,
) -> KeptLineUp | None:
    """The line-up of a topic around an event, of some speakers, a group or all; built anew when the record has changed.

    With `at`, as the record knew it then. None when there is no such topic or event, or the event does not matter to the
    topic. An unknown group has no member.
    """
    subject, events = positions.topic(db, topic_id), positions.events_of(db, topic_id)
    event = next((one for one in events if one.id == event_id), None)
    if subject is None or event is None:
        return None
    turn = positions.turning_point(event)
    span = options.span(turn)
    coverage = positions.lineup_coverage(db, turn, span)
    groups = positions.groups(db, event)
    facts = repr((subject, events, coverage, groups))

    def found() -> LineUpInput:
        return positions.lineup_input(db, topic_id, event_id, span, at)

    material = cached(db, ("said", topic_id, event_id, span, at), found, large=True)
    members = groups.get(group, {}) if group is not None else material.speakers
    chosen = {
        number: who
        for number, who in material.speakers.items()
        if number in members and (not slugs or who.slug in slugs)
    }

    def built() -> LineUp:
        return lineup.build(
            [one for one in material.stated if one.speaker_id in chosen],
            turn,
            scales=subject.scales,
            names={number: who.name for number, who in material.speakers.items()},
            options=options,
            coverage=coverage,
        )

    name = ("built", topic_id, event_id, options, at, group, frozenset(slugs))
    return KeptLineUp(
        subject=subject,
        event=event,
        turn=turn,
        events=tuple(events),
        built=cached(db, name, built, facts, large=True),
        speakers=chosen,
        everybody=material.speakers,
        coverage=coverage,
        unresolved=material.unresolved,
        groups=groups,
        facts=facts,
    )
