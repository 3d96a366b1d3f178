"""Commands about definitions as files: sources, topics, events and speakers, out of the record and into it."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from tracker.cli.base import main, world
from tracker.cli.work import sources
from tracker.errors import TrackerError

if TYPE_CHECKING:
    from tracker.db import Session
    from tracker.record.definition_files import Kind
    from tracker.world import World
Import = Callable[..., str]
"""Takes a session, the world, a section, who and why, and says what came of it."""
AFTER = "What is held follows by the job reread, or now with: tracker reread --what "


class _OnlyTold(Exception):
    """Ends a transaction that must leave nothing."""


@main.group()
def topics() -> None:
    """Topics as a file: export and import."""


@main.group()
def events() -> None:
    """Events as a file: export and import."""


@main.group()
def speakers() -> None:
    """Speakers with their other names, offices and groups as a file: export and import."""


def _import_source(session: "Session", place: "World", section: Any, actor: str, reason: str) -> str:  # noqa: ANN401 - a section
    from tracker import world as worlds
    from tracker.archive.ledger import source_edits

    source_edits.wait_for_turn(session)
    return source_edits.save_source(session, place.now(), by=actor, told=worlds.new_source(section), reason=reason)


def _import_topic(session: "Session", place: "World", section: Any, actor: str, reason: str) -> str:  # noqa: ANN401 - a section
    from tracker import world as worlds
    from tracker.positions.ledger import definitions

    definitions.wait_for_turn(session)
    return definitions.import_topic(session, place.now(), by=actor, told=worlds.new_topic(section), reason=reason)


def _import_event(session: "Session", place: "World", section: Any, actor: str, reason: str) -> str:  # noqa: ANN401 - a section
    from tracker import world as worlds
    from tracker.positions import queries as positions
    from tracker.positions.ledger import definitions

    definitions.wait_for_turn(session)
    known = {one.id for one in positions.topics(session)}
    if unknown := [topic for topic in section.topics if topic not in known]:
        raise TrackerError(f"events: {section.id!r} names the topic {unknown[0]!r}, which is not in the record")
    return definitions.import_event(session, place.now(), by=actor, told=worlds.new_event(section), reason=reason)


def _import_speaker(session: "Session", place: "World", section: Any, actor: str, reason: str) -> str:  # noqa: ANN401, ARG001 - as the others
    from tracker import configured
    from tracker import world as worlds
    from tracker.record import queries
    from tracker.speech.ledger import speakers as ledger

    before = queries.configured_items(session, [section.name])
    ledger.configure(session, place.now(), [worlds.new_speaker(section)])
    if section.groups:
        ledger.set_groups(session, section.name, section.groups)
    session.flush()
    after = queries.configured_items(session, [section.name])
    if not configured.record_changes(session, place.now(), before, after, actor=actor):
        return "unchanged"
    return "changed" if before.keys() == after.keys() else "new"


def _define(group: click.Group, kind: "Kind", take: Import) -> None:
    """Add the commands `export` and `import` to a group."""
    one = kind.removesuffix("s")

    @group.command("export", help=f"Write the {kind} into FILE, or to standard output, as YAML ({_formats(kind)}).")
    @click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
    @click.option(f"--{one}", "only", multiple=True, help=f"Only this {one} (may be given several times).")
    def export(file: Path | None, only: tuple[str, ...]) -> None:
        with world(configure=False).database.reading() as session:
            text = _written(session, kind, only, file.suffix.lower() if file else "")
        if file is None:
            sys.stdout.write(text)
        else:
            file.write_text(text, encoding="utf-8")

    @group.command(
        "import",
        help=f"Make and change {kind} as FILE (or - for standard input) tells: all of them, or none where one can't be taken. "
        f"One line each: its id, and new, changed or unchanged. {kind.capitalize()} that FILE does not name stay as they are.",
    )
    @click.argument("file", type=click.File("rb"))
    @click.option("--reason", help="Why, for the audit trail (else the name of the file).")
    @click.option("--dry-run", is_flag=True, help="Say what would be new or changed, and change nothing.")
    def import_(file: IO[bytes], reason: str | None, *, dry_run: bool) -> None:
        name = "standard input" if file.name == "<stdin>" else file.name
        told = list(_taken(kind, take, _sections(file, name, kind), reason or f"imported from {name}", dry_run=dry_run))
        click.echo("\n".join(told))
        changed = any(not line.endswith("\tunchanged") for line in told)
        if changed and not dry_run and kind in {"topics", "speakers"}:
            click.echo(f"{AFTER}{kind}", err=True)


def _formats(kind: "Kind") -> str:
    return {"sources": "as OPML where FILE ends in .opml: its feeds", "topics": "as TOML where FILE ends in .toml"}.get(
        kind, "its days and times as ISO 8601 has them"
    )


def _written(session: "Session", kind: "Kind", only: tuple[str, ...], suffix: str) -> str:
    from tracker.record import definition_files, topic_files

    found = definition_files.told(session, kind, only)
    known = {name for one in found for name in (one.get("id"), one["name"])}
    if missing := sorted(set(only) - known):
        raise TrackerError(f"there is no {kind.removesuffix('s')} {missing[0]!r}")
    if suffix == ".toml" and kind == "topics":
        return topic_files.write(session, only)
    if suffix == ".opml" and kind == "sources":
        return definition_files.as_opml(found)
    return definition_files.as_yaml(kind, found)


def _sections(file: IO[bytes], name: str, kind: "Kind") -> tuple[Any, ...]:
    from tracker.record import definition_files

    try:
        return definition_files.read(file.read().decode("utf-8-sig"), kind)
    except UnicodeDecodeError as error:
        raise TrackerError(f"{name}: no UTF-8: {error}") from error


def _taken(kind: "Kind", take: Import, sections: tuple[Any, ...], reason: str, *, dry_run: bool) -> Iterator[str]:
    """The lines of an import, written in one transaction or not at all."""
    place = world(configure=kind in {"events", "speakers"})  # an event names topics of the file, too
    settings = place.settings
    in_file = {"sources": {one.id for one in settings.sources}, "topics": {one.id for one in settings.topics}}
    if both := [one.id for one in sections if kind in in_file and one.id in in_file[kind]]:
        raise TrackerError(f"{kind}: {both[0]!r} is in the configuration file and is changed there only")
    lines: list[str] = []
    try:
        with place.database.transaction() as session:
            for section in sections:
                outcome = take(session, place, section, f"tracker {kind} import", reason)
                lines.append(f"{getattr(section, 'id', section.name)}\t{outcome}")
            if dry_run:
                raise _OnlyTold  # noqa: TRY301 - it ends the transaction
    except _OnlyTold:
        pass
    yield from lines


_define(sources, "sources", _import_source)
_define(topics, "topics", _import_topic)
_define(events, "events", _import_event)
_define(speakers, "speakers", _import_speaker)
