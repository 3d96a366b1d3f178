"""What was told of a document is in its row and in what it says, whichever way it came in; no field can be forgotten."""

import json
from dataclasses import MISSING, fields

import pytest

from jobs import collect
from jobs.ingest import manual
from tests.jobs.test_way import claims, everything
from tracker.archive import supplied
from tracker.archive.ledger.sources import NewSource
from tracker.archive.models import Document
from tracker.archive.types import NewDocument
from tracker.positions.ledger.definitions import NewEvent, NewPosition, NewTopic
from tracker.speech.ledger.speakers import NewOffice, NewSpeaker

TOLD = {
    "url": "https://courier.example/1",
    "text": "Mara Lind spoke.\n\n“The bridge needs a toll now, and it needs it this year,” Mara Lind said.",
    "title": "Lind on the bridge",
    "outlet": "Courier",
    "published": "2024-03-06",
    "said": "2024-03-05",
    "language": "en",
    "kind": "article",
    "note": "From our own files.",
    "channel": "press conference",
}


def test_all_that_a_line_may_tell_is_kept_and_none_of_it_dropped(world):
    assert set(TOLD) == supplied.KEYS - {"id", "html"}
    manual.add(world, supplied.from_line(json.dumps(TOLD)))
    [row] = everything(world, Document)
    kept = {
        name: getattr(row, name) for name in ("url", "title", "outlet", "said", "language", "kind", "note", "channel")
    }
    assert kept == {name: TOLD[name] for name in kept}
    assert row.published_raw == TOLD["published"]


def test_the_channel_of_a_line_is_that_of_its_statements(world):
    manual.add(world, supplied.from_line(json.dumps(TOLD)))
    assert [row["channel"] for row in claims(world)] == ["press conference"]


@pytest.mark.parametrize(("told", "channel"), [("speech", "speech"), ("", "press release"), (None, "press release")])
def test_a_document_without_a_channel_has_its_source_s(make_world, tmp_path, told, channel):
    folder = tmp_path / "clippings"
    folder.mkdir()
    (folder / "one.json").write_text(json.dumps({**TOLD, "channel": told}))
    source = {"id": "clips", "name": "Clips", "kind": "folder", "path": "clippings", "channel": "press release"}
    world = make_world(sources=[source])
    collect.run(world)
    assert [row["channel"] for row in claims(world)] == [channel]


@pytest.mark.parametrize("row", [NewDocument, NewSource, NewSpeaker, NewOffice, NewTopic, NewPosition, NewEvent])
def test_a_forgotten_field_is_a_mistake_and_no_silent_default(row):
    assert [one.name for one in fields(row) if one.default is not MISSING or one.default_factory is not MISSING] == []
