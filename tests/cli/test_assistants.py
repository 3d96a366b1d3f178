"""The public record as an assistant asks it, with the protocol's own client: verbatim, cited, read-only."""

import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters, stdio_client

from tests.conftest import SECRET
from tests.web import seed
from tests.web.conftest import make_world

TRACKER = Path(sys.executable).parent / "tracker"


@pytest.fixture
def place(sqlite_template, tmp_path):
    """A configuration over a made-up record; the public ids of its claims by their short names."""
    file = tmp_path / "record.sqlite"
    file.write_bytes(Path(sqlite_template).read_bytes())
    world = make_world(f"sqlite:///{file}", tmp_path)
    with world.database.transaction() as session:
        seeded = seed.fill(session)
    world.database.dispose()
    config = tmp_path / "config.toml"
    config.write_text(
        f'[site]\nsecret_key = "{SECRET}"\nbase_url = "https://record.example.org"\n[database]\nurl = "sqlite:///{file}"\n'
    )
    return config, seeded


def ask(config: Path, *calls: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The answers to calls of tools, each by name and arguments, over standard input and output."""
    found: list[dict[str, Any]] = []

    async def talk() -> None:
        parameters = StdioServerParameters(command=str(TRACKER), args=["--config", str(config), "mcp"])
        async with Client(stdio_client(parameters)) as client:
            tools = (await client.list_tools()).tools
            assert all(tool.annotations is not None and tool.annotations.read_only_hint for tool in tools)
            for name, arguments in calls:
                answer = await client.call_tool(name, arguments)
                assert not answer.is_error, answer
                found.append(answer.structured_content or {})

    anyio.run(talk)
    return found


def test_an_assistant_gets_exact_words_with_day_source_and_address(place):
    config, seeded = place
    searched, one, missing = ask(
        config,
        ("search_statements", {"query": "harbour pact", "speaker": "mara-lind"}),
        ("get_statement", {"statement_id": seeded.claims["hostile"]}),
        ("get_statement", {"statement_id": "nothing"}),
    )
    assert searched["total"] == len(searched["statements"]) > 0
    for statement in searched["statements"]:
        assert statement["speaker"] == "Mara Lind"
        assert statement["permalink"] == f"https://record.example.org/c/{statement['id']}"
        assert statement["words"] in statement["citation"]
        assert statement["said"]["words"] in statement["citation"]
    assert one["words"] == f"“{seed.HOSTILE}”"
    assert one["record"]["appearances"][0]["exact_sha256"]
    assert "no statement" in missing["error"]


def test_what_is_not_shown_on_the_site_is_not_told(place):
    config, seeded = place
    rejected, merged = ask(
        config,
        ("get_statement", {"statement_id": seeded.claims["rejected"]}),
        ("get_statement", {"statement_id": seeded.claims["merged"]}),
    )
    assert "error" in rejected
    assert merged["id"] == seeded.claims["unresolved"]


def test_a_line_up_names_key_quotes_and_what_changed(place):
    config, _ = place
    found, missing = ask(
        config,
        ("line_up", {"topic_id": seed.PACT, "event_id": seed.SUMMIT}),
        ("line_up", {"topic_id": seed.PACT, "event_id": "nothing"}),
    )
    (lind,) = [row for row in found["rows"] if row["speaker"] == "Mara Lind"]
    assert "from 2 to 3" in lind["finding"]
    assert lind["before"]["citation"]
    assert lind["after"]["citation"]
    assert "error" in missing


def test_who_said_a_phrase_first_comes_first_and_each_speaker_once(place):
    config, _ = place
    (found,) = ask(config, ("who_said_first", {"phrase": "Harbour Pact"}))
    days = [one["said"]["from"] for one in found["speakers"]]
    assert len(days) > 1
    assert days == sorted(days)
    names = [one["speaker"] for one in found["speakers"]]
    assert len(names) == len(set(names))
    assert all("harbour pact" in one["words"].lower() for one in found["speakers"])


def test_a_query_that_can_not_be_read_is_answered_with_a_sentence(place):
    config, _ = place
    bad_day, bad_order = ask(
        config,
        ("search_statements", {"query": "pact", "said_from": "soon"}),
        ("search_statements", {"query": "pact", "order": "loudest"}),
    )
    assert "said_from" in bad_day["error"]
    assert "loudest" in bad_order["error"]


def test_the_same_is_served_over_http(place):
    config, _ = place
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(TRACKER), "--config", str(config), "mcp", "--http", f"127.0.0.1:{port}"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as server:
        try:
            for _ in range(300):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)

            async def talk() -> dict[str, Any]:
                async with Client(f"http://127.0.0.1:{port}/mcp") as client:
                    answer = await client.call_tool("search_statements", {"query": "harbour pact"})
                    return answer.structured_content or {}

            assert anyio.run(talk)["total"] > 0
        finally:
            server.terminate()
