"""`tracker mcp`: the public record for assistants, read-only (Model Context Protocol, by its official library)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tracker.cli.base import fail, main, world
from tracker.errors import TrackerError

if TYPE_CHECKING:
    from mcp.server import MCPServer

    from tracker.db import Session
    from tracker.record.assistants import PublicSite
    from tracker.world import World

T = TypeVar("T")
INSTRUCTIONS = (
    "A public record of what office holders said: every statement is verbatim, with the day it was said, how that day is "
    "known, its sources and a permanent address. Quote `words` exactly and give `citation` or `permalink` with them. Words of "
    "kind “indirect” are the outlet's, not the speaker's; a `polarity` of “denied” means that the speaker denied them. A "
    "position is “suggested” until an editor confirmed it. What is not on the record was not found; that does not mean that "
    "it was not said."
)


@main.command("mcp")
@click.option("--http", metavar="HOST:PORT", help="Serve over HTTP at /mcp instead of standard input and output.")
def assistants(http: str | None) -> None:
    """Serve the public record to assistants, read-only: search, statement, line-up, who said a phrase first."""
    try:
        server = _server(world(configure=False))
    except ModuleNotFoundError:
        fail("assistants need the extra: pip install 'on-the-record[assistants]' (the package mcp)")
    if http is None:
        server.run("stdio")
        return
    host, _, port = http.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:  # noqa: PLR2004 - the highest port
        raise click.UsageError("--http takes HOST:PORT, such as 127.0.0.1:8765")
    click.echo(f"assistants connect to http://{http}/mcp", err=True)
    server.run("streamable-http", host=host, port=int(port), stateless_http=True)


def _server(place: "World") -> "MCPServer":
    from mcp.server import MCPServer
    from mcp.types import ToolAnnotations

    from tracker.record import assistants as record

    server = MCPServer(place.settings.site.name, instructions=INSTRUCTIONS)
    reads_only = ToolAnnotations(read_only_hint=True, destructive_hint=False, open_world_hint=False)

    @contextmanager
    def asked() -> Iterator[tuple["Session", "PublicSite"]]:
        site = place.settings.site
        with place.database.reading() as session:
            yield session, record.PublicSite(name=site.name, address=site.base_url, today=place.now().date())

    def tool(function: Callable[..., Any]) -> Callable[..., Any]:
        return server.tool(annotations=reads_only)(function)

    @tool
    def search_statements(
        query: str = "",
        speaker: str = "",
        topic: str = "",
        said_from: str = "",
        said_to: str = "",
        order: str = "said-newest",
        cursor: str = "",
    ) -> dict[str, Any]:
        """Find statements by words ("phrases", begin*, -without, OR), speaker, topic and days (2023-07-11).

        `order`: said-newest, said-oldest or relevance. `cursor`: the `next` of the answer before.
        """
        with asked() as (session, site):
            return _answer(
                lambda: record.search(
                    session,
                    site,
                    query=query,
                    speaker=speaker,
                    topic=topic,
                    said_from=said_from,
                    said_to=said_to,
                    order=order,
                    cursor=cursor or None,
                )
            )

    @tool
    def get_statement(statement_id: str) -> dict[str, Any]:
        """One statement by its permanent id, with every source, archived copy, coding and the evidence for its day."""
        with asked() as (session, site):
            return record.statement(session, site, statement_id) or {"error": f"there is no statement {statement_id!r}"}

    @tool
    def line_up(topic_id: str, event_id: str) -> dict[str, Any]:
        """What each speaker said on a topic before and after an event, by confirmed codings, and what changed."""
        with asked() as (session, site):
            found = record.line_up(session, site, topic_id, event_id)
            return found or {"error": f"there is no line-up of {topic_id!r} around {event_id!r}"}

    @tool
    def who_said_first(phrase: str) -> dict[str, Any]:
        """Who said a phrase word for word, in the order of days: the first on this record, and who took it over."""
        with asked() as (session, site):
            return _answer(lambda: record.first_said(session, site, phrase))

    return server


def _answer(read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """An answer, or the sentence on what could not be read."""
    try:
        return read()
    except (TrackerError, ValueError) as error:
        return {"error": str(error)}
