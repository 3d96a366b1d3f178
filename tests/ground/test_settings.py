import math
import re
import tomllib
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import settings as settings_of
from hypothesis import strategies as st
from pydantic import BaseModel

from tests.conftest import SECRET
from tracker import setting_sections, settings
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
        ("bounces", settings.BouncesSection),
        ("operators", settings.Operators),
        ("fetch", settings.FetchSection),
        ("schedule", settings.Schedule),
        ("sources", setting_sections.SourceSection),
        ("topics", setting_sections.TopicSection),
        ("events", setting_sections.EventSection),
        ("speakers", setting_sections.SpeakerSection),
        ("webhooks", setting_sections.WebhookSection),
    ],
)
def test_the_example_shows_every_key_and_no_other(section, model):
    text = (ROOT / "config.example.toml").read_text()
    # keys that stand there as a comment count as shown
    shown = tomllib.loads(
        text.replace("# secret_key = ", "secret_key = ")
        .replace("# username", "username")
        .replace("# password", "password")
        .replace("# hook_key", "hook_key")
        .replace("# return_path = ", "return_path = ")
        .replace("# user_agent", "user_agent")
        .replace('# key_file = "secrets/archive-desk"', 'key_file = "secrets/archive-desk"')
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


def test_captures_are_asked_of_the_internet_archive_and_nobody_else():
    asked = settings.ArchiveOrg()
    assert asked.cdx_url == "https://web.archive.org/cdx/search/cdx"
    assert asked.playback_url == "https://web.archive.org/web"
    assert asked.save_url == "https://web.archive.org/save"


def test_settings_are_frozen():
    found = parse(GOOD, Path("/x"))
    with pytest.raises(Exception, match="frozen"):
        found.site.name = "other"  # type: ignore[misc]  # the very fault that must be refused


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


def test_an_event_without_a_pivot_is_warned_of_with_what_that_means():
    event = {"id": "e", "name": "E", "start": "2024-01-05", "end": "2024-01-06"}
    [line] = parse({**GOOD, "events": [event]}, Path("/x")).warnings
    assert line.startswith("events.0.pivot: is missing: what 'e' parts")
    assert "2024-01-05 00:00 UTC" in line
    assert parse({**GOOD, "events": [{**event, "pivot": "2024-01-05T10:00:00Z"}]}, Path("/x")).warnings == ()


TOPIC = {"id": "t", "name": "T", "any": ["x"]}
EVENT = {"id": "e", "name": "E", "start": date(2024, 1, 5), "end": date(2024, 1, 6)}
SOURCE = {"id": "s", "name": "S", "kind": "feed", "url": "https://c.example/feed"}


def steps(count):
    return [{"step": number, "label": f"L{number}"} for number in range(count)]


WRONG = [
    *[({"site": {"base_url": url}}, "site.base_url", "https://") for url in (
        "https://c.example/\nx", "https://c.example/\tx", "https://c.example /", "https://\u00a0c.example", "https://c.example\x00",
        "https://ann:pass@c.example", "https://ann@c.example", "https://c.example:99999", "https://c.example:x", "https://[::1",
        "https://c.example/?", "https://c.example#", "//c.example", "",
    )],
    *[({section: {key: value}}, f"{section}.{key}", "") for section, key, value in (
        ("site", "trusted_proxies", True), ("fetch", "workers", "4"), ("fetch", "workers", 4.0), ("fetch", "workers", False),
        ("fetch", "per_host_gap_s", math.nan), ("fetch", "per_host_gap_s", math.inf), ("fetch", "per_host_gap_s", 1e9),
        ("fetch", "deadline_s", True), ("fetch", "max_bytes", 10**12), ("fetch", "max_items", 10**9),
        ("mail", "timeout_s", math.inf), ("mail", "data_timeout_s", 10**9), ("mail", "port", 0), ("mail", "port", True),
        ("schedule", "collect_s", 10**12), ("schedule", "tidy_s", True), ("schedule", "deliver_s", "30"),
        ("archive_org", "copies", 1), ("archive_org", "copies", "yes"), ("site", "name", " "),
        ("site", "name", date(2024, 1, 1)),
        ("site", "name", "On the\u202e Record"), ("site", "contact", "a\nb@c.example"), ("site", "timezone", "Nowhere/At"),
        ("archive", "path", "a\x00b"), ("database", "url", "sqlite:///a\nb"),
    )],
    *[({"database": {"url": f"postgresql://ann:pass@{place}"}}, "database.url", "its port is not a number") for place in (
        "h:port/record", "h:0/record", "h:99999/record", "[::1/record",
    )],
    *[({"sources": [{**SOURCE, key: value}]}, f"sources.0.{key}", "") for key, value in (
        ("every_minutes", True), ("every_minutes", 10**12), ("every_minutes", 525_601), ("every_minutes", "60"), ("name", ""),
        ("name", "A\u2066B"), ("id", "a\n"), ("enabled", "true"), ("full_text", 0), ("verified_on", 20240101),
        ("public_context", True),
        ("timeout_s", math.nan), ("url", "https://c.example/\nx"), ("url", "https://ann:pass@c.example/"), ("outlet", " "),
        ("link_pattern", "(" * 5000), ("link_pattern", "[[a]]"),
        ("skip_title", "("), ("date_format", "%999999999d"), ("expect_every", "0d"),
    )],
    *[({"topics": [{**TOPIC, key: value}]}, f"topics.0.{key}", "") for key, value in (
        ("any", [""]), ("any", ["toll", " "]), ("all", ["\t"]), ("none", [""]), ("name", " "), ("positions", steps(1)),
        ("positions", steps(2)), ("positions", steps(8)), ("positions", [{**one, "phrases": [" "]} for one in steps(3)]),
        ("positions", [{**one, "step": True} for one in steps(3)]), ("positions", [{**one, "label": ""} for one in steps(3)]),
    )],
    *[({"events": [{**EVENT, key: value}]}, "events.0", "") for key, value in (
        ("pivot", "2024-02-05T10:00:00Z"), ("pivot", "2023-01-05T10:00:00Z"), ("pivot", 1704448800), ("start", 5),
        ("end", True),
        ("pivot", "0001-01-01T00:00:00+14:00"), ("start", "0001-01-01"), ("name", ""), ("topics", [""]), ("place", "A\u202eB"),
    )],
    ({"speakers": [{"name": "Ada Moor", "aliases": [""]}]}, "speakers.0.aliases.0", "blank"),
    ({"speakers": [{"name": " "}]}, "speakers.0.name", "blank"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "key", "hint"), WRONG)
def test_what_can_not_be_meant_is_refused_with_its_key_and_a_hint(data, key, hint):
    found = mistakes({**data, "site": {"secret_key": SECRET, **data.get("site", {})}})
    assert all(line.startswith(key) for line in found), found
    assert hint in found[0]
    assert all("pass@" not in line for line in found)


def test_scales_of_no_steps_and_of_three_to_seven_are_taken():
    for count in (0, 3, 7):
        assert (
            len(parse({**GOOD, "topics": [{**TOPIC, "positions": steps(count)}]}, Path("/x")).topics[0].positions)
            == count
        )


@pytest.mark.parametrize("content", [SECRET + "\nmore\n", "x" * 10_000, SECRET + "\x00", ""])
def test_a_secret_file_holds_the_secret_alone_and_is_never_printed(tmp_path, content):
    (tmp_path / "key").write_text(content)
    with pytest.raises(BadSettings) as caught:
        parse({"site": {"secret_key_file": "key"}}, tmp_path)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 3000,
        "a = " + "{b=" * 3000,
        "a" + ".a" * 3000 + " = 1",
        "a = " + "9" * 5000,
        "\ufeff[site",
        "a = 1979-99-99",
    ],
)
def test_a_file_nested_without_end_or_with_impossible_values_is_one_clear_line(tmp_path, text):
    (tmp_path / "c.toml").write_text(text)
    with pytest.raises(BadSettings) as caught:
        load(tmp_path / "c.toml")
    assert len(caught.value.mistakes[0]) < 300


EXAMPLE = (ROOT / "config.example.toml").read_text()
VALUES = [
    "true", "-1", "0", "1e400", "nan", "inf", "9" * 30, '""', '" "', '"\\u202e"', '"\\u0000"', "[]", "[[]]", "{}", "[1]",
    '[""]', "{a=1}",
    "1979-05-27", "0001-01-01", "1979-05-27T07:32:00Z", "07:32:00", '"' + "x" * 1000 + '"', '"("', '"%"', '"[["', '"//"', '"https://[::1"',
]  # fmt: skip


@settings_of(max_examples=150, derandomize=True, database=None, deadline=None)
@given(st.integers(0, 2**32).map(Random))
def test_any_change_to_the_example_is_read_or_told_in_lines(tmp_path_factory, random):
    lines = EXAMPLE.splitlines()
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(lines))
        key = lines[at].split("=")[0]
        lines[at] = random.choice(
            [f"{key}= {random.choice(VALUES)}", "", lines[at][::-1], lines[random.randrange(len(lines))]]
        )
    folder = tmp_path_factory.getbasetemp()
    (folder / "secret.key").write_text(SECRET)
    (folder / "changed.toml").write_text("\n".join(lines))
    told: list[str] = []
    try:
        load(folder / "changed.toml")
    except BadSettings as error:
        told = error.mistakes
    assert all(line.isprintable() and SECRET not in line for line in told)


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
    assert setting_sections.period_minutes(text) == minutes


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
        "bounces",
        "operators",
        "suggestions",
        "fetch",
        "schedule",
        "sources",
        "topics",
        "events",
        "speakers",
        "webhooks",
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
