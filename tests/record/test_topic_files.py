"""Topics leave the record as a file and come into another one, equal; what is wrong is told and nothing is half done."""

import tomllib
from typing import Any

import pytest
from sqlmodel import col, select

from tracker import world as worlds
from tracker.audit import AuditEntry
from tracker.positions import queries as positions
from tracker.positions.ledger import definitions
from tracker.positions.models import Position, Topic
from tracker.record import topic_files
from tracker.setting_sections import TopicSection
from tracker.settings import BadSettings

STEPS: list[dict[str, Any]] = [
    {"step": 0, "id": "never", "label": "Never", "definition": "No\nferry.", "side": "lower", "phrases": ["not ferry"]},
    {"step": 1, "id": "later", "label": "Later “soon”"},
    {"step": 5, "id": "now", "label": "Now", "side": "upper", "phrases": ["ferry now", "-not now"]},
]  # fmt: skip
TOPICS: list[dict[str, Any]] = [
    {"id": "night-ferry", "name": 'The "night" ferry', "description": "Back\\slash, tab\tand\nlines.", "any": ["night ferry"],
     "none": ['"ferry museum"'], "examples_in": ["The ferry; at night."], "examples_out": ["Пором"], "positions": STEPS},
    {"id": "cina-soli", "name": "Ціна солі", "any": ["ціна* солі", "salt price"], "all": ["Norland"]},
    {"id": "zz", "name": "L’île 🛥", "all": ["l’île"]},
]  # fmt: skip


def sections(topics=None):
    return [TopicSection.model_validate(one) for one in (TOPICS if topics is None else topics)]


def bring(world, told, reason="Moved house."):
    with world.database.transaction() as session:
        return [
            definitions.import_topic(session, world.now(), by="import", told=worlds.new_topic(one), reason=reason)
            for one in told
        ]


def exported(world, *only):
    with world.database.reading() as session:
        return topic_files.write(session, only)


@pytest.fixture
def bare(make_world):
    return make_world(topics=[], events=[])


def test_what_was_exported_and_imported_is_equal(bare):
    assert bring(bare, sections()) == ["new", "new", "new"]
    text = exported(bare)
    assert sorted(topic_files.read(text), key=lambda one: one.id) == sorted(sections(), key=lambda one: one.id)
    assert bring(bare, topic_files.read(text)) == ["unchanged"] * 3
    assert exported(bare) == text


def test_a_file_is_what_the_configuration_holds(bare, make_world):
    bring(bare, sections())
    told = tomllib.loads(exported(bare))["topics"]
    assert [TopicSection.model_validate(one) for one in told] == list(topic_files.read(exported(bare)))


def test_only_what_was_asked_for_is_exported(bare):
    bring(bare, sections())
    assert [one.id for one in topic_files.read(exported(bare, "zz", "cina-soli"))] == ["cina-soli", "zz"]


def test_a_change_is_in_the_trail_and_the_scale_gets_a_version_only_where_a_step_means_something_else(bare):
    bring(bare, sections())
    topic = {**TOPICS[0], "any": ["night ferry", "ferry at night"],
             "positions": [{**STEPS[0], "phrases": ["no ferry"]}, *STEPS[1:]]}  # fmt: skip
    assert bring(bare, sections([topic]), "Wider.") == ["changed"]
    with bare.database.reading() as session:
        held = positions.topic(session, "night-ferry")
        assert held.topic.scale == 1
        assert held.positions[0].phrases == ["no ferry"]
        told = {one.field for one in session.exec(select(AuditEntry).where(AuditEntry.reason == "Wider."))}
    assert told == {"any", "never"}
    topic["positions"] = [STEPS[0], {**STEPS[1], "label": "Some day"}, STEPS[2]]
    assert bring(bare, sections([topic]), "Clearer.") == ["changed"]
    with bare.database.reading() as session:
        assert positions.topic(session, "night-ferry").topic.scale == 2


def test_without_steps_in_the_file_the_scale_stays(bare):
    bring(bare, sections())
    without = {name: value for name, value in TOPICS[0].items() if name != "positions"}
    assert bring(bare, sections([without])) == ["unchanged"]
    assert bring(bare, sections([{**without, "name": "Ferries"}])) == ["changed"]
    with bare.database.reading() as session:
        assert len(session.exec(select(Position).where(col(Position.topic_id) == "night-ferry")).all()) == 3


def test_a_phrase_with_a_semicolon_is_not_two(bare):
    bring(bare, sections([{**TOPICS[2], "any": ["a; b"]}]))
    assert bring(bare, sections([{**TOPICS[2], "any": ["a", "b"]}])) == ["changed"]
    with bare.database.reading() as session:
        assert session.get(Topic, "zz").rules["any"] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("topics = 3", "topics.configuration"), ("[site]\nname = 1", "nothing else"), ("", "nothing else"),
        ("[[topics", "not TOML"), ('[[topics]]\nid = "a"\nname = "A"', "nothing can match"),
        ('[[topics]]\nid = "a"\nany = ["x"]', "topics.0.name: is missing"),
        ('[[topics]]\nid = "a"\nname = "A"\nany = ["x"]\nal = ["y"]', "topics.0.al: unknown key"),
        ('[[topics]]\nid = "a"\nname = "A"\nany = ["x"]\n' * 2, "'a' stands twice"),
        ('[[topics]]\nid = "A b"\nname = "A"\nany = ["x"]', "topics.0.id"),
    ],
)  # fmt: skip
def test_what_is_no_file_of_topics_is_refused_by_name(text, told):
    with pytest.raises(BadSettings, match=told.replace("[", r"\[")):
        topic_files.read(text)
