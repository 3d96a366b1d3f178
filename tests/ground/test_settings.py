import re
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from tests.conftest import SECRET
from tracker import settings
from tracker.settings import BadSettings, Settings, load, parse

ROOT = Path(__file__).parents[2]
GOOD = {"site": {"secret_key": SECRET}}


def mistakes(data: dict) -> list[str]:
    with pytest.raises(BadSettings) as caught:
        parse(data, Path("/nowhere"))
    return caught.value.mistakes


def test_the_example_is_a_complete_configuration(tmp_path):
    (tmp_path / "config.toml").write_text((ROOT / "config.example.toml").read_text())
    (tmp_path / "secret.key").write_text(SECRET)
    found = load(tmp_path / "config.toml")
    assert found.topics[0].id == "ukraine-nato-membership"
    assert found.archive.path == tmp_path / "data/archive"
    assert found.database.url == f"sqlite:///{tmp_path}/data/record.sqlite"


def keys_of(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


@pytest.mark.parametrize(
    ("section", "model"),
    [
        ("site", settings.Site),
        ("database", settings.DatabaseSection),
        ("archive", settings.ArchiveSection),
        ("mail", settings.Mail),
        ("fetch", settings.FetchSection),
        ("schedule", settings.Schedule),
        ("sources", settings.SourceSection),
        ("topics", settings.TopicSection),
        ("events", settings.EventSection),
        ("speakers", settings.SpeakerSection),
    ],
)
def test_the_example_shows_every_key_and_no_other(section, model):
    text = (ROOT / "config.example.toml").read_text()
    # keys that stand there as a comment count as shown
    shown = tomllib.loads(
        text.replace("# secret_key = ", "secret_key = ")
        .replace("# username", "username")
        .replace("# password", "password")
        .replace("# user_agent", "user_agent")
    )[section]
    tables = shown if isinstance(shown, list) else [shown]
    assert set().union(*(set(table) for table in tables)) == keys_of(model)


def test_every_mistake_is_told_at_once_with_its_key_path_and_a_hint():
    found = mistakes(
        {
            "site": {"secret_key": SECRET, "base_url": "ftp://x", "colour": "red"},
            "fetch": {"allow_private": ["*.example.org"]},
            "sources": [{"id": "A B", "name": "x", "kind": "feed", "url": "http://x.org/"}],
            "topics": [{"id": "t", "name": "T"}],
        }
    )
    assert len(found) == 5
    assert any(line.startswith("site.base_url:") and "https://" in line for line in found)
    assert any(line.startswith("site.colour: unknown key") for line in found)
    assert any(line.startswith("fetch.allow_private") and "host:port" in line for line in found)
    assert any(line.startswith("sources.0.id:") for line in found)
    assert any(line.startswith("topics.0") and "nothing can match" in line for line in found)


@pytest.mark.parametrize("secret", ["", "short", "a" * 40, "changeme" * 5, "secret-secret-secret-secret-secret"])
def test_a_missing_or_weak_secret_stops_the_start_and_is_not_printed(secret):
    found = mistakes({"site": {"secret_key": secret}})
    assert any("secret_key" in line for line in found)
    assert not secret or all(secret not in line for line in found if "hint" not in line)


def test_a_secret_may_stand_in_a_file(tmp_path):
    (tmp_path / "key").write_text(SECRET + "\n")
    assert parse({"site": {"secret_key_file": "key"}}, tmp_path).site.secret == SECRET


def test_a_missing_secret_file_is_named(tmp_path):
    with pytest.raises(BadSettings, match="key can't be read"):
        parse({"site": {"secret_key_file": "key"}}, tmp_path)


def test_settings_are_frozen():
    found = parse(GOOD, Path("/x"))
    with pytest.raises(Exception, match="frozen"):
        found.site.name = "other"


def test_a_folder_source_needs_a_path_and_a_feed_an_address():
    found = mistakes(
        {**GOOD, "sources": [{"id": "a", "name": "A", "kind": "folder"}, {"id": "b", "name": "B", "kind": "feed"}]}
    )
    assert "needs `path`" in found[0]
    assert "needs `url`" in found[1]


def test_ids_name_one_thing_and_events_name_known_topics():
    topic = {"id": "t", "name": "T", "any": ["x"]}
    assert "stands twice" in mistakes({**GOOD, "topics": [topic, topic]})[0]
    event = {"id": "e", "name": "E", "start": "2024-01-01", "end": "2024-01-01", "topics": ["u"]}
    assert "not configured" in mistakes({**GOOD, "topics": [topic], "events": [event]})[0]


def test_an_event_without_a_pivot_is_parted_at_the_beginning_of_its_first_day():
    event = {"id": "e", "name": "E", "start": "2024-01-05", "end": "2024-01-06"}
    assert parse({**GOOD, "events": [event]}, Path("/x")).events[0].moment.isoformat() == "2024-01-05T00:00:00+00:00"


def test_a_file_that_is_no_toml_or_missing_is_one_clear_line(tmp_path):
    (tmp_path / "c.toml").write_text("[site\n")
    with pytest.raises(BadSettings, match="not TOML"):
        load(tmp_path / "c.toml")
    with pytest.raises(BadSettings, match="no such file"):
        load(tmp_path / "absent.toml")


@pytest.mark.parametrize(
    ("text", "minutes"), [("30m", 30), ("6h", 360), ("2d", 2880), ("1w", 10080), ("x", None), ("3y", None)]
)
def test_periods_are_read(text, minutes):
    assert settings.period_minutes(text) == minutes


@pytest.mark.parametrize(
    "data", [{"site": []}, {"site": 3}, {"sources": 1}, {"topics": {"a": 1}}, {"fetch": {"workers": "x"}}]
)
def test_any_wrong_shape_is_a_message(data):
    assert mistakes(data)


def test_settings_has_a_section_for_every_table_of_the_interface():
    assert set(Settings.model_fields) == {
        "site",
        "database",
        "archive",
        "archive_org",
        "mail",
        "fetch",
        "schedule",
        "sources",
        "topics",
        "events",
        "speakers",
    }


def test_the_user_agent_carries_the_address_of_this_site_unless_another_is_configured():
    def agent(base_url, **fetch):
        site = {"secret_key": SECRET, "base_url": base_url}
        return settings.parse({"site": site, "fetch": fetch}, Path()).user_agent

    assert re.fullmatch(
        r"OnTheRecord/[0-9.]+ \(\+https://news\.example/record/sources\)", agent("https://news.example/record/")
    )
    assert agent("https://b\u00fccher.example").isascii()
    assert agent("https://news.example", user_agent="Ours/2 (+https://x.example)") == "Ours/2 (+https://x.example)"


@pytest.mark.parametrize("agent", ["", "Ours/1\r\nX: y", "Ours/1 \u2713"])
def test_a_user_agent_that_no_header_can_hold_is_a_mistake(agent):
    with pytest.raises(settings.BadSettings, match=r"fetch\.user_agent: .*one line of ASCII"):
        settings.parse({"site": {"secret_key": SECRET}, "fetch": {"user_agent": agent}}, Path())
