"""Topics, scales, events and groups as they are configured, and what the configuration leaves alone."""

from datetime import date

import pytest
from pydantic import ValidationError
from sqlmodel import select

from tracker import world as worlds
from tracker.positions import queries
from tracker.positions.models import Event
from tracker.setting_sections import EventSection, TopicSection

STEPS = [{"step": number, "label": label} for number, label in enumerate(("Never", "Not now", "Now"), 1)]
OPENING = {
    "id": "opening", "name": "Opening of the bridge", "start": "2024-03-10", "end": "2024-03-11",
    "pivot": "2024-03-10T23:30:00Z", "zone": "Europe/Vilnius", "pivot_reason": "The toll was announced.", "during": True,
    "documents": ["https://example.org/agenda"], "groups": {"hosts": ["Mara Lind", "Nobody Known"]}, "topics": ["toll"],
}  # fmt: skip


def sided(*sides):
    steps = [{**step, **({"side": side} if side else {})} for step, side in zip(STEPS, sides, strict=True)]
    return {"id": "toll", "name": "The toll", "any": ["toll"], "positions": steps}


def test_the_sides_of_a_scale_come_from_its_steps(make_world):
    world = make_world(topics=[sided("lower", "upper", "upper")], events=[])
    with world.database.reading() as session:
        scale = queries.topic(session, "toll").scales[1]
    assert (scale.steps, scale.lower, scale.upper) == ((1, 2, 3), frozenset({1}), frozenset({2, 3}))


@pytest.mark.parametrize(
    ("sides", "told"),
    [
        (("lower", None, None), "only one side is named"),
        ((None, None, "upper"), "only one side is named"),
        (("upper", None, "lower"), "lies above"),
        (("lower", "upper", "lower"), "lies above"),
    ],
)
def test_sides_that_are_none_are_refused(sides, told):
    with pytest.raises(ValidationError, match=told):
        TopicSection.model_validate(sided(*sides))


def test_a_change_of_sides_is_a_new_version_of_the_scale(make_world, tmp_path):
    world = make_world(topics=[sided(None, None, None)], events=[])
    other = world.settings.model_copy(update={"topics": (TopicSection.model_validate(sided("lower", None, "upper")),)})
    object.__setattr__(world, "settings", other)
    worlds.configure(world)
    with world.database.reading() as session:
        subject = queries.topic(session, "toll")
    assert subject.topic.scale == 2
    assert sorted(subject.scales) == [1, 2]


def test_an_event_keeps_its_zones_its_reason_its_documents_and_its_days(make_world):
    world = make_world(topics=[sided(None, None, None)], events=[OPENING], speakers=[{"name": "Mara Lind"}])
    with world.database.reading() as session:
        event = session.get_one(Event, "opening")
        turn = queries.turning_point(event)
        groups = queries.groups(session, event)
    assert (event.zone, event.pivot_zone, event.pivot_reason) == (
        "Europe/Vilnius", "Europe/Vilnius", "The toll was announced."
    )  # fmt: skip
    assert event.documents == ["https://example.org/agenda"]
    assert (turn.day, turn.during) == (date(2024, 3, 11), (date(2024, 3, 10), date(2024, 3, 11)))
    assert {name: [one.name for one in members.values()] for name, members in groups.items()} == {
        "hosts": ["Mara Lind"]
    }


def test_an_event_without_a_pivot_begins_at_midnight_where_it_happens():
    told = {name: value for name, value in OPENING.items() if name != "pivot"}
    assert EventSection.model_validate(told).moment.isoformat() == "2024-03-09T22:00:00+00:00"


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "../etc", "EEST "])
def test_a_zone_nobody_knows_is_a_mistake_of_the_configuration(zone):
    with pytest.raises(ValidationError, match="not a time zone"):
        EventSection.model_validate({**OPENING, "zone": zone})


def test_the_groups_of_a_speaker_are_those_of_the_configuration(make_world):
    people = [{"name": "Mara Lind", "groups": ["allies", "cabinet"]}, {"name": "Tor Aske", "groups": ["allies"]}]
    world = make_world(topics=[sided(None, None, None)], events=[OPENING], speakers=people)
    with world.database.transaction() as session:
        event = session.exec(select(Event)).one()
        groups = {
            name: sorted(one.name for one in found.values()) for name, found in queries.groups(session, event).items()
        }
    assert groups == {"allies": ["Mara Lind", "Tor Aske"], "cabinet": ["Mara Lind"], "hosts": ["Mara Lind"]}
