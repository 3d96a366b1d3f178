"""What all commands share: `--config`, exit codes, one line for each error, and the way into the world."""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from tracker.errors import TrackerError

if TYPE_CHECKING:
    from tracker.settings import Settings
    from tracker.world import World

FAILED, BAD_CONFIGURATION, BUSY = 1, 2, 75


def _choose_config(context: click.Context, _parameter: click.Parameter, value: Path | None) -> None:
    if value is not None:
        context.find_root().meta["tracker.config"] = value


CONFIG = click.Option(
    ["--config"],
    type=click.Path(path_type=Path),
    expose_value=False,
    callback=_choose_config,
    is_eager=True,
    help="The configuration file (else $TRACKER_CONFIG, else ./config.toml).",
)


class Command(click.Command):
    """A command that takes `--config` after its name as well as before it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - click's signature
        """Add the option to whatever the command takes itself."""
        super().__init__(*args, **kwargs)
        self.params.append(CONFIG)


class Group(click.Group):
    """A group whose commands turn the errors we raise on purpose into lines and an exit code."""

    command_class = Command

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Run a command; a `TrackerError` is a message, not a trace."""
        try:
            return super().invoke(ctx)
        except TrackerError as error:
            fail(str(error), _code(error))
        except Exception as error:
            if not _of_database(error):
                raise
            fail(_sentence(error), FAILED)


def _of_database(error: Exception) -> bool:
    """Whether a database raised this; without importing its libraries for commands that have none."""
    problems = sys.modules.get("sqlalchemy.exc")
    return problems is not None and isinstance(error, problems.DBAPIError)


def _sentence(error: Exception) -> str:
    """A database error in one line: what kind of fault it is, what to do, and the driver's words."""
    from tracker.condition import first_line, trouble_of
    from tracker.db import DriverError

    kind = trouble_of(error) if isinstance(error, DriverError) else None
    told = kind.value if kind else "the database refused"
    return f"{told} ({first_line(error)}); nothing was half-done"


def _code(error: TrackerError) -> int:
    """The exit code of an error; imported here, as commands without a database start in a third of the time."""
    from tracker.runs import AlreadyRunning
    from tracker.settings import BadSettings

    if isinstance(error, AlreadyRunning):
        return BUSY
    return BAD_CONFIGURATION if isinstance(error, BadSettings) else FAILED


Group.group_class = Group


def fail(message: str, code: int = FAILED) -> NoReturn:
    """End the command: each line of the message on standard error, and the exit code."""
    for line in message.splitlines():
        click.echo(line, err=True)
    sys.exit(code)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]}, params=[CONFIG])
@click.version_option(package_name="on-the-record", prog_name="tracker")
def main() -> None:
    """On the Record: who said what, when, and what changed around an event."""


def config_path() -> Path:
    """The configuration file that was chosen: `--config`, $TRACKER_CONFIG or ./config.toml."""
    chosen = click.get_current_context().find_root().meta.get("tracker.config")
    return Path(chosen or os.environ.get("TRACKER_CONFIG") or "config.toml")


def settings() -> "Settings":
    """The settings in the chosen file; sets up the log for what is then opened. Raises `BadSettings`."""
    from tracker.settings import load

    log_to_stderr()
    return load(config_path())


def world(*, upgrade: bool = False, configure: bool = True) -> "World":
    """The world of the chosen configuration: its database there, whole and current, its archive folder in place.

    `upgrade` brings an older database to this version; nothing makes one that is not there. Raises `TrackerError`.
    """
    from tracker import world as worlds

    built = worlds.build(settings())
    worlds.require_record(built, upgrade=upgrade)
    if configure:
        _warn(built.settings)
    if configure:
        worlds.configure(built)
    return built


def _warn(found: "Settings") -> None:
    """One log line for what the configuration allows and may not mean."""
    import structlog

    for line in found.warnings:
        structlog.get_logger("settings").warning("configuration", detail=line)


def log_to_stderr() -> None:
    """One line of JSON an event on standard error, from the level in $TRACKER_LOG up."""
    from tracker.cli import logs

    level = getattr(logging, os.environ.get("TRACKER_LOG", "info").upper(), logging.INFO)
    logs.set_up(level if isinstance(level, int) else logging.INFO)


def lines(path: str) -> "Callable[[], Any]":
    """A reader of the lines of a file, or of standard input for `-`; undecodable bytes become U+FFFD."""

    def read() -> Any:  # noqa: ANN401 - an iterator of lines
        stream = sys.stdin.buffer if path == "-" else _open(path)
        with stream:
            for line in stream:
                yield line.decode("utf-8", "replace")

    return read


CHUNK = 1 << 18
"""Bytes asked for at once."""


def groups(path: str) -> Iterator[list[str]]:
    """The lines of a file, or of standard input for `-`, as they come: those that are there already, together."""
    stream: Any = sys.stdin.buffer if path == "-" else _open(path)
    begun: list[bytes] = []
    with stream:
        while chunk := stream.read1(CHUNK):
            whole, newline, rest = chunk.rpartition(b"\n")
            if newline:
                yield b"".join([*begun, whole]).decode("utf-8", "replace").split("\n")
                begun = []
            begun.append(rest)
    if last := b"".join(begun):
        yield [last.decode("utf-8", "replace")]


def _open(path: str) -> Any:  # noqa: ANN401 - a binary file
    try:
        return Path(path).open("rb")
    except OSError as error:
        raise TrackerError(f"{path}: can't be read: {error.strerror}") from error
