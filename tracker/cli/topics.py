"""Commands about topics: out of the record as a file, and into it."""

import sys
from pathlib import Path
from typing import IO

import click

from tracker.cli.base import main, world
from tracker.errors import TrackerError

ACTOR = "tracker topics import"


class _OnlyTold(Exception):
    """Ends a transaction that must leave nothing."""


@main.group()
def topics() -> None:
    """Topics as a file: export and import."""


@topics.command("export")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--topic", "only", multiple=True, help="Only this topic (may be given several times).")
def export_topics(file: Path | None, only: tuple[str, ...]) -> None:
    """Write the topics with their scales into FILE, or to standard output: TOML, as in the configuration."""
    from tracker.positions import queries as positions
    from tracker.record import topic_files

    with world(configure=False).database.reading() as session:
        missing = sorted(set(only) - {one.id for one in positions.topics(session)})
        if missing:
            raise TrackerError(f"there is no topic {missing[0]!r}")
        text = topic_files.write(session, only)
    if file is None:
        sys.stdout.write(text)
    else:
        file.write_text(text, encoding="utf-8")


@topics.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--reason", help="Why, for the audit trail (else the name of the file).")
@click.option("--dry-run", is_flag=True, help="Say what would be new or changed, and change nothing.")
def import_topics(file: IO[bytes], reason: str | None, *, dry_run: bool) -> None:
    """Make and change topics as FILE (or - for standard input) tells: all of them, or none where one can't be taken.

    One line a topic: its id, and new, changed or unchanged. Topics that FILE does not name stay as they are.
    """
    from tracker import world as worlds
    from tracker.positions.ledger import definitions
    from tracker.record import topic_files

    name = "standard input" if file.name == "<stdin>" else file.name
    try:
        sections = topic_files.read(file.read().decode("utf-8"))
    except UnicodeDecodeError as error:
        raise TrackerError(f"{name}: no UTF-8: {error}") from error
    place = world(configure=False)
    configured = {one.id for one in place.settings.topics}
    if both := [one.id for one in sections if one.id in configured]:
        raise TrackerError(f"topics: {both[0]!r} is in the configuration file and is changed there only")
    told: list[str] = []
    try:
        with place.database.transaction() as session:
            definitions.wait_for_turn(session)
            for section in sections:
                outcome = definitions.import_topic(
                    session,
                    place.now(),
                    by=ACTOR,
                    told=worlds.new_topic(section),
                    reason=reason or f"imported from {name}",
                )
                told.append(f"{section.id}\t{outcome}")
            if dry_run:
                raise _OnlyTold  # noqa: TRY301 - it ends the transaction
    except _OnlyTold:
        pass
    click.echo("\n".join(told))
    if not dry_run and any(not line.endswith("\tunchanged") for line in told):
        click.echo("What is held follows by the job reread, or now with: tracker reread --what topics", err=True)
