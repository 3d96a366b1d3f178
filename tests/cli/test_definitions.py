"""`tracker sources|events|speakers export` and `import`, from outside."""

import json
import subprocess
import sys

from tests.cli.test_commands import bare, tracker

__all__ = ["bare", "tracker"]
SOURCES = "sources:\n- {id: wire, name: The wire, kind: feed, url: https://wire.example/feed, language: no}\n"
EVENTS = "events:\n- {id: fair, name: The fair, start: 2024-05-01, end: 2024-05-02, topics: [bridge-toll]}\n"
SPEAKERS = "speakers:\n- name: Ada Moor\n  aliases: [Ада Мур]\n  groups: [allies]\n"


def test_each_kind_comes_in_once_and_goes_out_as_it_came(tracker):
    tracker("verify")  # the configuration is in the record
    for kind, text, name in (
        ("sources", SOURCES, "wire"),
        ("events", EVENTS, "fair"),
        ("speakers", SPEAKERS, "Ada Moor"),
    ):
        assert tracker(kind, "import", "-", "--dry-run", text=text).stdout == f"{name}\tnew\n"
        assert tracker(kind, "import", "-", text=text).stdout == f"{name}\tnew\n"
        assert tracker(kind, "import", "-", text=text).stdout == f"{name}\tunchanged\n"
        tracker(kind, "export", f"{kind}.yaml")
        out = (tracker.folder / f"{kind}.yaml").read_text("utf-8")
        assert name in out
    assert "language: 'no'" in (tracker.folder / "sources.yaml").read_text("utf-8")
    assert "\nwire\t" in tracker("sources", "list").stdout


def test_feeds_come_and_go_as_opml(tracker):
    (tracker.folder / "feeds.opml").write_text(
        '<opml><body><outline text="Harbour" xmlUrl="https://h.example/f"/></body></opml>'
    )
    assert tracker("sources", "import", "feeds.opml").stdout == "harbour\tnew\n"
    tracker("sources", "export", "out.opml")
    assert 'xmlUrl="https://h.example/f"' in (tracker.folder / "out.opml").read_text("utf-8")


def test_what_can_not_be_taken_keeps_all_out_and_says_why(tracker):
    refused = tracker("events", "import", "-", text=EVENTS.replace("bridge-toll", "nothing"), code=1)
    assert "names the topic 'nothing', which is not in the record" in refused.stderr
    assert "there is no source 'none-such'" in tracker("sources", "export", "--source", "none-such", code=1).stderr
    assert json.dumps("fair") not in tracker("events", "export").stdout


def test_a_command_that_asks_nothing_of_the_record_loads_nothing_for_it():
    asked = (
        "import sys, tracker.cli; print([one for one in ('sqlalchemy', 'flask', 'lxml', 'yaml') if one in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout == "[]\n"
