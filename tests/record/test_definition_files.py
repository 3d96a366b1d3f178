"""Definitions leave the record as files and come into another one, equal; what is wrong is told by its name."""

import pytest
import yaml

from tracker import world as worlds
from tracker.record import definition_files
from tracker.record.definition_files import BadDefinitions
from tracker.settings import BadSettings
from tracker.speech.ledger import speakers as speaker_ledger

DEFINED = {
    "sources": [
        {"id": "wire", "name": "Norsk: tråd", "kind": "feed", "url": "https://wire.example/feed?a=1&b=2", "language": "no",
         "expect_every": "2d", "rights": "Short quotes."},
        {"id": "list", "name": "List", "kind": "json", "url": "https://list.example/", "enabled": False,
         "paths": {"items": "data", "url": "link"}},
    ],
    "topics": [
        {"id": "night-ferry", "name": "The “night” ferry", "any": ["night ferry", "yes"], "none": ['"ferry museum"'],
         "examples_in": ["The ferry; at night."],
         "positions": [{"step": 0, "id": "never", "label": "Never", "phrases": ["no ferry"]},
                       {"step": 1, "id": "later", "label": "Later"}, {"step": 2, "id": "now", "label": "Now"}]},
    ],
    "events": [
        {"id": "opening", "name": "Opening", "start": "2024-03-10", "end": "2024-03-11", "pivot": "2024-03-10T12:00:00Z",
         "zone": "Europe/Oslo", "pivot_zone": "Europe/Oslo", "during": True, "groups": {"allies": ["Ada Moor"]},
         "topics": ["night-ferry"]},
    ],
    "speakers": [
        {"name": "Ada Moor", "aliases": ["Ада Мур"], "groups": ["allies"],
         "offices": [{"title": "minister", "body": "Norland", "from": "2020-01-01"}]},
    ],
}  # fmt: skip


@pytest.fixture
def filled(make_world):
    return make_world(**DEFINED)


def told(world, kind, *only):
    with world.database.reading() as session:
        return definition_files.told(session, kind, only)


@pytest.mark.parametrize("kind", definition_files.SECTIONS)
def test_what_goes_out_as_yaml_is_what_the_configuration_holds_and_comes_in_again(filled, kind):
    text = definition_files.as_yaml(kind, told(filled, kind))
    own = [one for one in definition_files.read(text, kind) if getattr(one, "id", one.name) != "hand"]
    wanted = definition_files.read(yaml.safe_dump({kind: DEFINED[kind]}), kind)
    assert sorted(own, key=lambda one: one.name) == sorted(wanted, key=lambda one: one.name)


def test_feeds_go_out_as_opml_and_come_in_from_folders_each_with_a_name_of_its_own(filled):
    text = definition_files.as_opml(told(filled, "sources"))
    assert [(one.name, one.url) for one in definition_files.read(text, "sources")] == [
        ("Norsk: tråd", "https://wire.example/feed?a=1&b=2")
    ]
    folders = """<?xml version="1.0"?><opml version="1.0"><body><outline text="Press">
        <outline text="Harbour news" xmlUrl="https://a.example/feed"/><outline title="Harbour News" xmlUrl="https://b.example/feed"/>
        <outline text="Порт" xmlUrl="https://c.example/feed"/></outline></body></opml>"""
    assert [one.id for one in definition_files.read(folders, "sources")] == ["harbour-news", "harbour-news-2", "port"]


def test_only_what_is_asked_for_goes_out(filled):
    assert [one["id"] for one in told(filled, "sources", "list")] == ["list"]


def test_speakers_are_written_as_they_were_told(filled):
    section = definition_files.read(yaml.safe_dump({"speakers": DEFINED["speakers"]}), "speakers")[0]
    with filled.database.transaction() as session:
        speaker_ledger.configure(session, filled.now(), [worlds.new_speaker(section)])
    assert told(filled, "speakers")[0]["offices"] == [{"title": "minister", "body": "Norland", "from": "2020-01-01"}]


@pytest.mark.parametrize(
    ("text", "kind", "problem", "says"),
    [
        ("sources: 3", "sources", BadSettings, "sources.configuration"),
        ("- a\n- b", "topics", BadDefinitions, "must hold `topics` and nothing else"),
        ("topics: []\nevents: []", "topics", BadDefinitions, "must hold `topics` and nothing else"),
        ("topics: [", "topics", BadDefinitions, "neither YAML nor TOML"),
        ("[[topics", "topics", BadDefinitions, "neither YAML nor TOML"),
        ("topics: &a [*a, *a]", "topics", BadDefinitions, "references"),
        ("topics: !!python/object/apply:os.getcwd []", "topics", BadDefinitions, "neither YAML nor TOML"),
        ("<opml><body>", "sources", BadDefinitions, "not OPML"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><opml/>', "sources", BadDefinitions, "entities are not taken"),
        ("<opml/>", "events", BadDefinitions, "OPML holds sources only"),
        ("speakers:\n- name: A\n- name: A", "speakers", BadSettings, "'A' stands twice"),
        (
            "events:\n- {id: a, name: A, start: 2024-03-02, end: 2024-03-01}",
            "events",
            BadSettings,
            "ends before it starts",
        ),
    ],
)
def test_what_is_no_file_of_definitions_is_refused_by_name(text, kind, problem, says):
    with pytest.raises(problem, match=says):
        definition_files.read(text, kind)
