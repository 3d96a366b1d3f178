"""A changed configuration is in the audit trail: what changed, from what, to what; and nothing where nothing did."""

from sqlmodel import col, select

from tests.conftest import EVENT, TOPIC
from tracker import audit
from tracker import world as worlds
from tracker.audit import AuditEntry

SOURCE = {"id": "wire", "name": "Norland Wire", "kind": "feed", "url": "https://wire.example/feed", "every_minutes": 30}
SPEAKER = {"name": "Mara Lind", "aliases": ["Lind"], "offices": [{"title": "Minister", "body": "Norland"}]}


def trail(world):
    with world.database.reading() as session:
        assert audit.verify(session)[1] == []
        entries = list(session.exec(select(AuditEntry).order_by(col(AuditEntry.id))))
    return [(one.action, one.subject, one.field, one.old, one.new) for one in entries]


def test_the_first_filling_is_one_entry_that_counts(make_world):
    world = make_world(sources=[SOURCE], speakers=[SPEAKER])
    assert trail(world) == [
        ("configured for the first time", "configuration", None, None, "source: 1, topic: 1, event: 1, speaker: 1")
    ]


def test_the_same_configuration_again_adds_nothing(make_world):
    world = make_world(sources=[SOURCE], speakers=[SPEAKER])
    for _ in range(3):
        worlds.configure(world)
    make_world(sources=[SOURCE], speakers=[SPEAKER])
    assert len(trail(world)) == 1


def test_every_changed_field_is_told_with_what_it_was(make_world):
    make_world(sources=[SOURCE], speakers=[SPEAKER])
    world = make_world(
        sources=[{**SOURCE, "every_minutes": 60, "name": "The Wire"}, {**SOURCE, "id": "second"}],
        topics=[{**TOPIC, "any": ["toll"]}],
        events=[{**EVENT, "place": "Seaford"}],
        speakers=[{**SPEAKER, "aliases": ["Lind", "M. Lind"]}],
    )
    told = {(subject, field): (action, old, new) for action, subject, field, old, new in trail(world)[1:]}
    assert told["source:wire", "every_minutes"] == ("changed", "30", "60")
    assert told["source:wire", "name"] == ("changed", "Norland Wire", "The Wire")
    assert told["event:bridge-opening", "place"] == ("changed", "Nordhaven", "Seaford")
    assert told["topic:bridge-toll", "rules"][2] == '{"all": [], "any": ["toll"], "none": []}'
    assert told["speaker:mara-lind", "aliases"] == ("changed", '["Lind"]', '["Lind", "M. Lind"]')
    assert told["source:second", None][0] == "added"
    assert len(told) == 6


def test_a_source_that_is_configured_no_more_is_told_as_switched_off(make_world):
    make_world(sources=[SOURCE])
    world = make_world()
    told = {(subject, field): (old, new) for _, subject, field, old, new in trail(world)[1:]}
    assert told["source:wire", "enabled"] == ("true", "false")
