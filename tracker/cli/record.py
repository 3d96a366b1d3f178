"""Commands about the record itself: add, extract, export, verify."""

import json
import sys
from pathlib import Path
from typing import IO, Any

import click

from tracker.cli.base import fail, groups, lines, main, settings, world

UNREADABLE = "kept, but nobody can read it:"


@main.command()
@click.argument("place", required=False)
@click.option("--jsonl", help="Many documents, one JSON object a line, from this file (- is standard input).")
@click.option("--outlet", help="Who published it.")
@click.option("--published", help="When it was published: 2023-06-19 or 2023-06-19T10:00:00Z.")
@click.option("--said", help="The day the words were said, when you know it: 2023-06-19.")
@click.option("--kind", type=click.Choice(["article", "transcript"]))
@click.option("--title", help="Its headline.")
@click.option("--language", help="Its language, when you know it: en, de, uk.")
@click.option("--note", help="What a reader should know of how it came here.")
@click.option("--preview", is_flag=True, help="Show who is read as saying what; keep nothing in the record.")
def add(place: str | None, jsonl: str | None, *, preview: bool, **about: str | None) -> None:
    """Add a document by hand from PLACE: an address, a file (HTML, text, PDF, Word, captions), or - for standard input.

    It is marked as entered by hand for ever.
    """
    from jobs.extract import SpeakersOfRecord
    from jobs.ingest import manual
    from tracker.archive.supplied import InvalidDocument, from_line

    if (place is None) == (jsonl is None):
        raise click.UsageError("give one place (an address, a file or -), or --jsonl FILE")
    here = world()
    if place is not None:
        given = manual.load_document(here, place, {key: value for key, value in about.items() if value})
        if preview:
            _shown(manual.preview(here, "", given))
        else:
            _told(manual.add(here, given))
        return
    if any(about.values()):
        raise click.UsageError("--jsonl takes everything from its lines")
    speakers = SpeakersOfRecord(here)
    totals = {"new": 0, "known already": 0, "new statements": 0, "kept but unreadable": 0, "lines refused": 0}
    for number, line in enumerate(lines(str(jsonl))(), 1):
        if not line.strip():
            continue
        try:
            added = manual.add(here, from_line(line), speakers=speakers)
        except InvalidDocument as error:
            click.echo(f"line {number}: {error}", err=True)
            totals["lines refused"] += 1
            continue
        totals["new" if added.new else "known already"] += 1
        totals["new statements"] += added.claims
        if added.unreadable:
            click.echo(f"line {number}: {UNREADABLE} {added.unreadable}", err=True)
            totals["kept but unreadable"] += 1
    click.echo(", ".join(f"{count} {what}" for what, count in totals.items()))
    if totals["lines refused"] and not totals["new"] and not totals["known already"]:
        sys.exit(1)


def _shown(preview: Any) -> None:  # noqa: ANN401 - jobs.ingest.manual.DocumentPreview, imported late
    click.echo(
        f"{preview.kind}, {preview.language or 'language not known'}, {preview.size} characters by {preview.rule}"
    )
    for one in preview.utterances:
        who = one.speaker if one.resolved else f"{one.speaker} (not resolved)" if one.speaker else "nobody named"
        click.echo(f"{one.said}\t{one.kind}\t{who}\t{' '.join(one.words.split())}")
    click.echo(f"{preview.total} statements; nothing was kept")


def _told(added: Any) -> None:  # noqa: ANN401 - jobs.ingest.manual.AddResult, imported late
    if not added.new:
        click.echo("this document is in the record already; nothing was added")
    elif added.unreadable:
        click.echo(f"{UNREADABLE} {added.unreadable}; archived as {added.sha256}")
    else:
        click.echo(f"added: {added.claims} new statement{'' if added.claims == 1 else 's'}, archived as {added.sha256}")


@main.command()
@click.option(
    "--again", is_flag=True, help="Read those again that the reader stopped at, as after an update of this program."
)
def unreadable(*, again: bool) -> None:
    """List the documents that are kept and that nobody can read, tab-separated: since, source, archived as, what, why."""
    from jobs import extract
    from tracker.archive import queries

    place = world()
    if again:
        counts = extract.read_again(place)
        click.echo(f"{counts.read} read again, {counts.claims} new statements", err=True)
    with place.database.reading() as session:
        for one in queries.unreadable_snapshots(session):
            when = f"{one.fetched_at:%Y-%m-%dT%H:%M:%SZ}"
            click.echo("\t".join([when, one.source_id, one.sha256, one.item, " ".join(one.why.split())]))


@main.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would be taken; write nothing.")
def import_(file: Path, *, dry_run: bool) -> None:
    """Take statements kept elsewhere from FILE (CSV): columns text and speaker, and said, url, outlet, published, kind."""
    from jobs.ingest import csv_import

    place = world()
    strange = csv_import.unused_columns(csv_import.read_header(file))
    if strange:
        click.echo(f"columns that are not read: {', '.join(strange)}", err=True)
    totals = {"new": 0, "known already": 0, "refused": 0}
    for line, row in csv_import.read_rows(file):
        if isinstance(row, str):
            click.echo(f"line {line}: {row}", err=True)
            totals["refused"] += 1
            continue
        totals["new" if csv_import.store_row(place, row, dry_run=dry_run) else "known already"] += 1
    told = ", ".join(f"{number} {what}" for what, number in totals.items())
    click.echo(f"{told}{' (dry run: nothing was written)' if dry_run else ''}")
    if totals["refused"] and totals["refused"] == sum(totals.values()):
        sys.exit(1)


@main.command()
@click.option("--explain", is_flag=True, help="Say which rule decided each speaker and date.")
@click.argument("file", default="-")
def extract(file: str, *, explain: bool) -> None:
    """Find the quotations in documents: JSON Lines in, JSON Lines out; no database."""
    from tracker.speech import jsonl

    for group in groups(file):
        for answer in jsonl.answers([line for line in group if line.strip()], explain=explain):
            click.echo(json.dumps(answer, ensure_ascii=True))


@main.command()
@click.argument("query", nargs=-1, required=True)
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True)
@click.option(
    "--order", type=click.Choice(["said-newest", "said-oldest", "relevance"]), default="said-newest", show_default=True
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=25, show_default=True, help="How many at most.")
def search(query: tuple[str, ...], form: str, order: str, limit: int) -> None:
    """Find statements by the site's search grammar: words, "phrases", begin*, -without, OR, speaker:, topic:, before:."""
    from tracker.positions.queries import searches
    from tracker.record import export as exporting
    from tracker.speech.search.grammar import parse

    asked = parse(" ".join(query))
    for problem in asked.problems:
        click.echo(problem, err=True)
    if asked.is_empty:
        raise click.UsageError("there is nothing to look for in this query")
    with world().database.reading() as session:
        found = searches.hits(session, asked, searches.SearchOrder(order), size=limit)
        rows = exporting.claims_by_id(session, found.claim_ids)
        total = searches.count(session, asked)
    if form == "table":
        for row in rows:
            words = " ".join(row["text"].split())
            denied = "denied: " if row["polarity"] == "denied" else ""
            click.echo(
                f"{row['said']['from'] or 'day unknown'}\t{row['speaker'] or 'not resolved'}\t{row['claim']}\t{denied}{words}"
            )
        more = "more than " if total > searches.MOST_COUNTED else ""
        click.echo(f"{more}{min(total, searches.MOST_COUNTED)} found, {len(rows)} shown", err=True)
    else:
        for piece in exporting.formatted(rows, form):
            sys.stdout.write(piece)


@main.group()
def export() -> None:
    """Write the record to standard output, provenance in every row."""


@export.command()
@click.option("--topic", help="Only statements on this topic.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "json", "jsonl", "xlsx"]), default="jsonl", show_default=True
)
@click.option("--output", type=click.File("wb", lazy=True), help="Write into this file instead of standard output.")
def claims(topic: str | None, form: str, output: IO[bytes] | None) -> None:
    """Export claims, oldest said first."""
    from tracker.record import export as exporting
    from tracker.record import spreadsheet

    if form == "xlsx" and output is None and sys.stdout.isatty():
        raise click.UsageError("a workbook is no text: give --output FILE")
    out = output or sys.stdout.buffer
    place = world()
    with place.database.reading() as session:
        if form == "xlsx":
            spreadsheet.write(out, exporting.claims(session, topic))
            return
        for piece in exporting.write(session, form, topic):
            out.write(piece.encode())


@export.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def sqlite(file: Path) -> None:
    """Write the public record into one SQLite FILE, with metadata for Datasette beside it; an older such file is replaced."""
    from tracker.record import sqlite_file
    from tracker.record.sqlite_file import PublicSiteInfo

    place = world()
    site = place.settings.site
    info = PublicSiteInfo(name=site.name, base_url=site.base_url.rstrip("/"), contact=site.contact, at=place.now())
    with place.database.reading() as session:
        counts = sqlite_file.write(session, file, info)
    click.echo(
        ", ".join(f"{counts[name]} {name}{'' if counts[name] == 1 else 's'}" for name in ("statement", "appearance"))
    )
    click.echo(f"datasette {file} --metadata {sqlite_file.metadata_path(file)}")


@main.command()
@click.option("--all", "everything", is_flag=True, help="Every row, every archived byte, and both chains.")
def verify(*, everything: bool) -> None:
    """Prove that every quote stands word for word in its archived copy; exit 1 and the rows that fail."""
    from tracker.record import proof

    place = world(configure=False)
    result = proof.verify(place.database, place.archive, everything=everything)
    for problem in result.problems:
        click.echo(problem, err=True)
    click.echo(", ".join(f"{number} {name}" for name, number in result.counts.items()))
    if result.problems:
        fail(f"{len(result.problems)} problems found")
    click.echo("everything holds")


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
def backup(folder: Path) -> None:
    """Write the whole record into a new FOLDER, while everything runs."""
    from tracker.record import backup as backups

    place = world(configure=False)
    made = backups.backup(place.database, place.archive, folder, place.now())
    click.echo(f"{made.rows} rows and {made.contents} archived copies in {folder}")
    click.echo("keep your configuration and its secret beside it: they are not part of the record")


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
def restore(folder: Path) -> None:
    """Bring the backup in FOLDER into the empty place that the configuration names; refuses to overwrite."""
    from tracker import world as worlds
    from tracker.record import backup as backups
    from tracker.record import proof

    place = worlds.build(settings())
    made = backups.restore(place.database, place.archive, folder)
    click.echo(f"{made.rows} rows and {made.contents} archived copies restored")
    result = proof.verify(place.database, place.archive, everything=True)
    for problem in result.problems:
        click.echo(problem, err=True)
    if result.problems:
        fail(f"{len(result.problems)} problems found; the backup is damaged")
    click.echo("everything holds")
