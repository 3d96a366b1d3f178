"""`tracker topics export` and `import`, from outside."""

import json

from tests.cli.test_commands import bare, tracker

__all__ = ["bare", "tracker"]
FERRY = '[[topics]]\nid = "ferry"\nname = "The ferry"\nany = ["night ferry"]\n'
TEXT = "“The night ferry must sail again this winter,” said Minister Mara Lind on Monday.\n"


def test_topics_go_out_and_come_in_and_the_second_time_nothing_changes(tracker):
    (tracker.folder / "ferry.toml").write_text(FERRY)
    done = tracker("topics", "import", "ferry.toml", "--dry-run")
    assert done.stdout == "ferry\tnew\n"
    assert "ferry" not in tracker("topics", "export").stdout
    done = tracker("topics", "import", "ferry.toml", "--reason", "Asked for.")
    assert done.stdout == "ferry\tnew\n"
    assert "tracker reread --what topics" in done.stderr
    tracker("topics", "export", "out.toml", "--topic", "ferry")
    assert (tracker.folder / "out.toml").read_text().startswith(FERRY)
    again = tracker("topics", "import", "-", text=(tracker.folder / "out.toml").read_text())
    assert (again.stdout, again.stderr) == ("ferry\tunchanged\n", "")


def test_what_is_held_follows_by_the_command_that_is_named(tracker):
    line = json.dumps({"url": "https://courier.example/1", "text": TEXT, "published": "2024-03-06"})
    tracker("add", "--jsonl", "-", text=line + "\n")
    tracker("topics", "import", "-", text=FERRY)
    tracker("reread", "--what", "topics")
    row = json.loads(tracker("export", "claims", "--topic", "ferry").stdout.splitlines()[0])
    assert {"topic": "ferry", "matched": ["night ferry"]} in row["topics"]


def test_one_topic_that_can_t_be_taken_keeps_all_out(tracker):
    tracker("verify")  # the configuration is in the record
    tolls = FERRY + '[[topics]]\nid = "bridge-toll"\nname = "Mine"\nany = ["x"]\n'
    refused = tracker("topics", "import", "-", text=tolls, code=1)
    assert refused.stderr == "topics: 'bridge-toll' is in the configuration file and is changed there only\n"
    assert "ferry" not in tracker("topics", "export").stdout
    bad = tracker("topics", "import", "-", text=FERRY + "al = 3\nid2 = 4\n", code=2)
    assert len(bad.stderr.splitlines()) == 2


def test_the_start_refuses_a_topic_that_is_in_both_places_and_export_helps(tracker):
    tracker("topics", "import", "-", text=FERRY)
    config = (tracker.folder / "config.toml").read_text()
    tracker.configure(config + FERRY)
    refused = tracker("export", "claims", code=1)
    assert refused.stderr.startswith("topics: 'ferry' is in the configuration file, and on the site")
    assert "id: ferry" in tracker("topics", "export").stdout
    assert "there is no topic 'none-such'" in tracker("topics", "export", "--topic", "none-such", code=1).stderr
