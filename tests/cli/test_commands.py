"""The `tracker` command from outside: exit codes, shapes, and one clear line for each error."""

import contextlib
import json
import sqlite3
import subprocess
from pathlib import Path

import openpyxl
import pytest

from tests import commands
from tests.conftest import SECRET, sqlite_url
from tests.hostile import answer, hostile

TEXT = "Norland’s foreign minister Mara Lind spoke on Wednesday.\n\n“We need the bridge toll now, and no delay,” Lind said.\n"


class Place:
    """A folder with a configuration, and the command run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def configure(self, text: str) -> None:
        (self.folder / "config.toml").write_text(text)

    def __call__(self, *command: str, text: str | bytes = "", code: int = 0) -> subprocess.CompletedProcess[str]:
        result = commands.run(self.folder, *command, given=text.encode() if isinstance(text, str) else text)
        assert "Traceback" not in result.stderr, result.stderr
        assert result.returncode == code, result.stdout + result.stderr
        return result


CONFIG = f"""
[site]
secret_key = "{SECRET}"
[database]
url = "sqlite:///record.sqlite"
[[topics]]
id = "bridge-toll"
name = "The toll"
any = ["bridge toll"]
[[topics.positions]]
step = 1
label = "Against"
phrases = ["no toll"]
[[topics.positions]]
step = 2
label = "Later"
[[topics.positions]]
step = 3
label = "For"
phrases = ["toll now"]
"""


@pytest.fixture
def bare(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def tracker(tmp_path: Path, sqlite_template: Path) -> Place:
    place = Place(tmp_path)
    place.configure(CONFIG)
    sqlite_url(sqlite_template, tmp_path)
    return place


def test_add_export_verify_and_the_same_document_twice(tracker):
    line = json.dumps(
        {"url": "https://courier.example/1", "text": TEXT, "published": "2024-03-06", "outlet": "Courier"}
    )
    assert tracker("add", "--jsonl", "-", text=line + "\n").stdout.startswith("1 new, 0 known already, ")
    assert tracker("add", "--jsonl", "-", text=line + "\n").stdout.startswith(
        "0 new, 1 known already, 0 new statements"
    )
    rows = [json.loads(row) for row in tracker("export", "claims", "--format", "jsonl").stdout.splitlines()]
    [row] = [row for row in rows if row["kind"] == "direct"]
    place = row["appearances"][0]
    assert TEXT[place["start"] : place["end"]] == place["exact"]
    assert row["speaker"] == "Mara Lind"
    assert row["said"] == {
        "from": "2024-03-06",
        "to": "2024-03-06",
        "precision": "day",
        "basis": "Wednesday",
        "conflict": None,
    }
    assert row["codings"][0]["position"] == "For"
    assert set(row) == {
        "claim",
        "text",
        "kind",
        "polarity",
        "speaker",
        "role",
        "candidates",
        "said",
        "channel",
        "venue",
        "question",
        "condition",
        "topics",
        "codings",
        "status",
        "corrections",
        "appearances",
    }
    assert "everything holds" in tracker("verify", "--all").stdout


def test_bad_lines_are_named_and_the_others_taken(tracker):
    lines = [
        "{",
        json.dumps({"text": ""}),
        json.dumps({"text": TEXT, "surprise": 1}),
        json.dumps({"text": TEXT}),
        "\udcff",
    ]
    result = tracker("add", "--jsonl", "-", text="\n".join(lines).encode("utf-8", "surrogateescape"))
    assert result.stdout.startswith("1 new")
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["line 1", "line 2", "line 3", "line 5"]


def test_add_takes_a_file_or_standard_input_and_refuses_what_is_neither(tracker):
    (tracker.folder / "note.txt").write_text(TEXT)
    assert "added" in tracker("add", "note.txt", "--said", "2024-03-06").stdout
    assert "in the record already" in tracker("add", "note.txt").stdout
    assert "added" in tracker("add", "-", text=TEXT + "More.").stdout
    assert "neither an address" in tracker("add", "nowhere.txt", code=1).stderr
    tracker("add", code=2)


def test_an_address_goes_through_the_same_gate_as_everything_else(tracker):
    assert tracker("add", "http://169.254.169.254/latest", code=1).stderr.count("\n") == 1


def test_import_tells_each_row_that_is_none_and_what_it_did(tracker):
    (tracker.folder / "kept.csv").write_text(
        "text,speaker,sayd\nThe bridge toll is fair to all,Mara Lind,x\n,Mara Lind,x\n"
    )
    trial = tracker("import", "kept.csv", "--dry-run")
    assert trial.stdout == "1 new, 0 known already, 1 refused (dry run: nothing was written)\n"
    done = tracker("import", "kept.csv")
    assert done.stdout == "1 new, 0 known already, 1 refused\n"
    assert done.stderr.splitlines() == [
        "columns that are not read: sayd",
        "line 3: text: empty (each row is one statement of one speaker)",
    ]
    assert tracker("import", "none.csv", code=1).stderr.startswith("none.csv: can't be read")


def test_a_workbook_is_written_into_a_file(tracker, tmp_path):
    tracker("add", "-", text="“=1+1 is what the bridge toll comes to, at least,” Mara Lind said on Wednesday.\n")
    tracker("export", "claims", "--format", "xlsx", "--output", "kept.xlsx")
    (sheet,) = openpyxl.load_workbook(tmp_path / "kept.xlsx").worksheets
    assert next(sheet.iter_rows(min_row=2, values_only=True))[1].startswith("=1+1 is what")
    tracker("export", "claims", "--format", "csv", "--output", "kept.csv")
    assert "\"'=1+1" in (tmp_path / "kept.csv").read_text("utf-8")


def test_the_public_record_is_written_as_one_file_with_its_metadata_and_never_over_another(tracker, tmp_path):
    tracker("add", "-", text="“We need the bridge toll now, and not in ten years,” Mara Lind said on Wednesday.\n")
    told = tracker("export", "sqlite", "public.db").stdout
    assert "1 statement, 1 appearance" in told
    assert told.endswith("datasette public.db --metadata public.metadata.json\n")
    with contextlib.closing(sqlite3.connect(tmp_path / "public.db")) as file:
        assert file.execute("SELECT text FROM statement").fetchone()[0].startswith("We need the bridge toll now")
    tracker("export", "sqlite", "public.db")
    assert "is there already" in tracker("export", "sqlite", "record.sqlite", code=1).stderr


def test_csv_is_safe_to_open(tracker):
    tracker("add", "-", text="“=1+1 is what the bridge toll comes to, at least,” Mara Lind said on Wednesday.\n")
    assert "\"'=1+1" in tracker("export", "claims", "--format", "csv").stdout


def test_extract_answers_every_line_in_its_place(bare):
    lines = [
        json.dumps({"id": "a", "text": TEXT, "published": "2024-03-06"}),
        "not json",
        json.dumps({"id": "b", "text": ""}),
        json.dumps({"id": "c", "text": TEXT, "published": "soon"}),
        json.dumps({"id": "d"}),
        json.dumps({"id": 5, "text": TEXT}),
    ]
    out = [json.loads(line) for line in bare("extract", text="\n".join(lines)).stdout.splitlines()]
    assert [row["id"] for row in out] == ["a", None, "b", "c", "d", None]
    assert out[0]["quotes"][-1]["speaker"]["name"] == "Mara Lind"
    assert ["error" in row for row in out] == [False, True, False, True, True, True]


def test_check_config_names_all_mistakes_and_opens_nothing(bare):
    bare.configure('[site]\nsecret_key = "short-but-not-printed"\ncolour = 1\n[fetch]\ndeadline_s = -1\n')
    result = bare("check-config", code=2)
    assert len(result.stderr.splitlines()) == 3
    assert "short-but-not-printed" not in result.stderr
    assert [path.name for path in bare.folder.iterdir()] == ["config.toml"]


@pytest.mark.parametrize("command", [["collect"], ["send"], ["run"], ["export", "claims"], ["user", "list"]])
def test_without_a_configuration_every_command_says_so(bare, command):
    assert "there is no such file" in bare(*command, code=2).stderr


def test_an_absent_database_is_never_made_silently(bare):
    bare.configure(CONFIG)
    for command in (["collect"], ["serve"], ["run"], ["scheduler"], ["db", "check"], ["verify"]):
        refused = bare(*command, code=1).stderr
        assert "there is no record at" in refused
        assert "tracker init" in refused
    assert not list(bare.folder.glob("record.sqlite*"))
    (bare.folder / "record.sqlite").touch()
    assert "there is no record at" in bare("run", code=1).stderr
    assert (bare.folder / "record.sqlite").stat().st_size == 0


def test_an_upgrade_that_is_asked_for_makes_an_empty_record_and_says_so(bare):
    bare.configure(CONFIG)
    assert "there was no record here: an empty one was made" in bare("db", "upgrade").stdout
    assert "there was no record" not in bare("db", "upgrade").stdout
    assert "current and whole" in bare("db", "check").stdout


def test_init_makes_the_database_that_a_configuration_names(bare):
    bare.configure(CONFIG)
    (bare.folder / "password").write_text("a long enough password\n")
    made = bare("init", "--admin", "ada@example.org", "--password-file", "password")
    assert "Kept config.toml as it is" in made.stdout
    assert (bare.folder / "config.toml").read_text() == CONFIG
    assert "current and whole" in bare("db", "check").stdout


def test_init_writes_a_configuration_a_database_and_the_first_admin(bare):
    (bare.folder / "password").write_text("a long enough password\n")
    result = bare("init", "--admin", "ada@example.org", "--password-file", "password")
    assert "tracker --config config.toml run" in result.stdout
    assert (bare.folder / "secret.key").stat().st_mode & 0o077 == 0
    assert bare("user", "list").stdout.split("\t")[:3] == ["ada@example.org", "admin", "open"]
    assert (
        "nothing was changed" in bare("init", "--admin", "x@example.org", "--password-file", "password", code=1).stderr
    )


def test_accounts_are_added_listed_and_disabled(tracker):
    (tracker.folder / "password").write_text("a long enough password\n")
    tracker("user", "add", "Ben@example.org", "--name", "Ben", "--role", "editor", "--password-file", "password")
    assert (
        "there is an account"
        in tracker(
            "user", "add", "ben@example.org", "--name", "B", "--role", "reader", "--password-file", "password", code=1
        ).stderr
    )
    tracker("user", "disable", "ben@example.org")
    assert tracker("user", "list").stdout == "ben@example.org\teditor\tdisabled\tBen\n"
    assert "everything holds" in tracker("verify", "--all").stdout


def test_a_password_and_a_role_are_changed_and_the_last_admin_is_kept(tracker):
    for name, words in (("password", "a long enough password"), ("new", "another long password"), ("short", "short")):
        (tracker.folder / name).write_text(f"{words}\n")
    tracker("user", "add", "ada@example.org", "--name", "Ada", "--role", "admin", "--password-file", "password")
    told = tracker("user", "password", "Ada@example.org", "--password-file", "new").stdout
    assert told == "ada@example.org has a new password; its sessions have ended.\n"
    refused = tracker("user", "password", "ada@example.org", "--password-file", "short", code=1)
    assert refused.stderr == "the password is too short: at least 12 characters\n"
    nobody = tracker("user", "password", "eve@example.org", "--password-file", "new", code=1)
    assert nobody.stderr == "eve@example.org: there is no such account\n"
    last = tracker("user", "role", "ada@example.org", "editor", code=1).stderr
    assert last == "ada@example.org is the last open admin and can't be made an editor; make another admin first\n"
    assert "the last open admin and can't be disabled" in tracker("user", "disable", "ada@example.org", code=1).stderr
    tracker("user", "add", "ben@example.org", "--name", "Ben", "--role", "admin", "--password-file", "password")
    told = tracker("user", "role", "ada@example.org", "editor").stdout
    assert told == "ada@example.org is an editor now; its sessions have ended.\n"
    tracker("user", "role", "ben@example.org", "chief", code=2)
    assert "everything holds" in tracker("verify", "--all").stdout


def test_collect_gives_one_line_a_source(tracker):
    tracker.configure(CONFIG + '[[sources]]\nid = "clips"\nname = "Clips"\nkind = "folder"\npath = "clips"\n')
    (tracker.folder / "clips").mkdir()
    (tracker.folder / "clips/a.txt").write_text(TEXT)
    line = tracker("collect", "--once", "--source", "clips").stdout.rstrip("\n").split("\t")
    assert line[:3] == ["clips", "ok", "1"]
    assert int(line[3]) >= 1
    assert "clips\tok" in tracker("sources", "list").stdout
    assert "text:" in tracker("sources", "test", "clips").stdout
    assert "no source" in tracker("collect", "--source", "other", code=1).stderr


def test_config_may_stand_before_or_after_the_command_or_in_the_environment(tracker, tmp_path):
    other = Place(tmp_path / "elsewhere")
    other.folder.mkdir()
    config = str(tracker.folder / "config.toml")
    assert "current" in other("--config", config, "db", "check").stdout
    assert "current" in other("db", "check", "--config", config).stdout


def test_an_event_without_a_pivot_is_warned_of_by_check_config_and_at_the_start(tracker):
    tracker.configure(CONFIG + '[[events]]\nid = "fair"\nname = "The fair"\nstart = 2024-05-01\nend = 2024-05-02\n')
    told = tracker("check-config")
    assert told.stderr.startswith("warning: events.0.pivot: is missing")
    assert "2024-05-01 00:00 UTC" in told.stderr
    assert told.stdout.startswith("the configuration is complete")
    lines = [json.loads(line) for line in tracker("collect").stderr.splitlines()]
    assert [line["detail"] for line in lines if line["event"] == "configuration"] == [told.stderr[9:].strip()]


def test_wrong_usage_is_exit_code_2(tracker):
    tracker("nonsense", code=2)
    tracker("export", "claims", "--format", "xml", code=2)


def test_add_reads_captions_and_word_documents_and_previews_without_keeping(tracker):
    turns = (
        "Mara Lind>We need the bridge toll now, and no delay.",
        "Bo Vale>And the law?",
        "Mara Lind>It comes in May.",
    )
    captions = "WEBVTT\n\n" + "\n".join(f"00:0{n}.000 --> 00:0{n + 1}.000\n<v {turn}\n" for n, turn in enumerate(turns))
    (tracker.folder / "hall.vtt").write_text(captions)
    told = tracker("add", "hall.vtt", "--kind", "transcript", "--said", "2024-03-06", "--preview").stdout
    assert "2024-03-06\tturn\tMara Lind\tWe need the bridge toll now" in told
    assert "nothing was kept" in told
    assert tracker("verify", "--all").stdout.startswith("0 quotes")
    assert "new statements" in tracker("add", "-", "--kind", "transcript", text=captions).stdout
    assert "Word document" in tracker("add", "-", text=b"PK\x03\x04 broken").stdout


def test_a_document_nobody_can_read_is_kept_told_counted_and_listed(tracker):
    good, bad = (
        json.dumps({"text": TEXT}),
        json.dumps({"html": "<html><body></body></html>", "url": "https://c.example/2"}),
    )
    told = tracker("add", "--jsonl", "-", text=f"{good}\n{bad}\n[]\n")
    assert told.stdout.endswith("1 kept but unreadable, 1 lines refused\n")
    assert told.stdout.startswith("2 new, 0 known already, ")
    assert "line 2: kept, but nobody can read it: " in told.stderr
    [row] = tracker("unreadable").stdout.splitlines()
    assert row.split("\t")[1::2] == ["hand", "https://c.example/2"]
    assert tracker("unreadable", "--again").stdout.splitlines() == [row], "another reader would not find a text in it"


def test_backfill_names_what_is_wrong(tracker):
    window = ("--from", "2023-05-01", "--to", "2023-05-02")
    assert "no source" in tracker("backfill", "--source", "nobody", *window, code=1).stderr
    tracker("backfill", "--source", "nobody", "--from", "yesterday", "--to", "2023-05-02", code=2)


FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>C</title><item><title>Lind on the bridge</title>
<link>{link}</link><pubDate>Wed, 06 Mar 2024 10:00:00 GMT</pubDate></item></channel></rss>"""


def test_a_source_is_tried_collected_and_listed(tracker):
    with hostile() as web:
        page = f"<html lang='en'><body><article><p>{TEXT}</p></article></body></html>"
        web.pages |= {"/feed": answer(FEED.format(link=web.url("/a")).encode()), "/a": answer(page.encode())}
        tracker.configure(
            f"""{CONFIG}
[fetch]
allow_private = ["{web.place}"]
per_host_gap_s = 0
[[sources]]
id = "courier"
name = "Nordhaven Courier"
kind = "feed"
url = "{web.url("/feed")}"
"""
        )
        told = tracker("sources", "test", "courier").stdout
        assert "- Lind on the bridge | 2024-03-06T10:00:00+00:00 | " in told
        assert "text: " in told
        assert tracker("sources", "list").stdout.splitlines()[0].split("\t")[:2] == ["courier", "not looked at yet"]
        assert tracker("collect", "--once").stdout.startswith("courier\tok\t1\t1\t")
        listed = tracker("sources", "list").stdout.splitlines()[0].split("\t")
        assert listed[:2] == ["courier", "ok"]
        assert listed[5:7] == ["0", "1"]
        web.pages["/feed"] = answer(status="403 Forbidden")
        assert tracker("collect", "--once").stdout.startswith("courier\tblocked\t0\t0\t")
        assert "refuses us (403 Forbidden)" in tracker("sources", "list").stdout
        assert tracker("sources", "test", web.url("/feed")).stdout.startswith("blocked: ")
