"""Commands that do now what the schedule does by itself: collect, send, recheck, reread; and a look at the sources."""

import sys
from dataclasses import asdict
from datetime import datetime, timedelta

import click

from tracker.cli.base import BUSY, fail, main, world
from tracker.errors import TrackerError


@main.command()
@click.option("--once", is_flag=True, help="Look at all sources (or those named) now, due or not.")
@click.option("--source", "sources", multiple=True, help="Only this source (may be given several times).")
def collect(*, once: bool, sources: tuple[str, ...]) -> None:
    """Collect the sources that are due, through to claims and owed alerts; one line for each source."""
    from jobs import collect as job

    place = world()
    _know(place, sources)
    outcomes = job.run(place, sources, everything=once)
    for outcome in outcomes:
        detail = " ".join(outcome.detail.split())
        click.echo(f"{outcome.source_id}\t{outcome.state}\t{outcome.new_documents}\t{outcome.new_claims}\t{detail}")
    if outcomes and all(outcome.state == "already running" for outcome in outcomes):
        fail("every source asked for is being looked at by somebody else", BUSY)


@main.command()
@click.option("--once", is_flag=True, help="The same; sending is always one pass.")
def send(*, once: bool) -> None:  # noqa: ARG001 - the interface has the option
    """Send what is owed and due: mails, and messages to webhooks."""
    from jobs import deliver, post_webhooks

    place = world()
    mails, posts = deliver.run(place), post_webhooks.run(place)
    sent, postponed = mails.sent + posts.sent, mails.postponed + posts.postponed
    click.echo(f"sent {sent}, to be tried again {postponed}, failed {mails.failed}")


@main.command()
@click.option("--once", is_flag=True, help="Look at every kept document now, due or not.")
def recheck(*, once: bool) -> None:
    """Look again at what was published: changed, removed, or the same."""
    from jobs import extract
    from jobs import recheck as job

    place = world()
    counts = job.run(place, everything=once)
    extract.run(place)
    click.echo("\t".join(f"{name} {number}" for name, number in asdict(counts).items()))


@main.command()
@click.option(
    "--what",
    multiple=True,
    type=click.Choice(["reader", "topics", "positions", "speakers"]),
    help="Only for the sake of this (may be given several times): the texts, the topics, or the suggested positions.",
)
@click.option("--dry-run", is_flag=True, help="Show every difference and change nothing.")
def reread(*, what: tuple[str, ...], dry_run: bool) -> None:
    """Read what is held again: what the machine set follows, the rest is proposed to the editors; nobody is told.

    A line for each difference, tab-separated: the statement, the field, what becomes of it, the old and the new value.
    """
    from jobs import reread as job
    from tracker.speech import queries
    from tracker.speech.ledger.rereading import in_words
    from tracker.speech.models import ReadingChange

    place = world()

    def tell(change: ReadingChange) -> None:
        with place.database.reading() as session:
            public_id = queries.public_id(session, change.claim_id)
        cells = [public_id, change.field, change.state.value, in_words(change.old), in_words(change.new)]
        click.echo("\t".join(" ".join(cell.split()) for cell in cells))

    counts = job.run_all(place, what, dry_run=dry_run, tell=tell)
    click.echo("\t".join(f"{name} {number}" for name, number in asdict(counts).items()))


@main.command()
@click.option("--source", "source_id", required=True, help="The source to fill in.")
@click.option("--from", "first", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The first day of the window.")
@click.option("--to", "last", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The last day of the window.")
def backfill(source_id: str, first: datetime, last: datetime) -> None:
    """Take in what a source published in a past window; go on with one that was begun. Sends no alerts."""
    from jobs import backfill as job

    place = world()
    tell = (lambda line: click.echo(line, err=True)) if sys.stderr.isatty() else (lambda _line: None)
    outcome = job.run(place, source_id, first.date(), last.date(), tell)
    counts = ", ".join(f"{number} {state.value}" for state, number in outcome.found.items()) or "nothing found"
    click.echo(f"{counts}; {outcome.claims} new statements")
    if outcome.stopped or outcome.lists_waiting:
        click.echo(f"stopped: {outcome.stopped or 'too many lists'}; the same command goes on from here")


@main.group()
def sources() -> None:
    """Health of the sources, and a trial of one."""


@sources.command("list")
def list_() -> None:
    """List the sources, tab-separated: id, state, since, last good, next look, failures in a row, new in 7 days, cause.

    The state is that of the last look, or "no statement found" where many documents were read and none gave one.
    """
    from tracker.archive import queries
    from tracker.speech import queries as speech
    from tracker.speech import source_health
    from tracker.speech.source_health import Health, Yield

    place = world()
    with place.database.reading() as session:
        lately = queries.yields(session, place.now() - timedelta(days=7))
        given = speech.yields_of_sources(session)
        for row in queries.all_sources(session):
            gave = given.get(row.id, Yield())
            health = source_health.health(row, gave, place.now())
            state = "paused" if not row.enabled else row.state.value if row.state else "not looked at yet"
            if health is Health.SILENT:
                state = health.value
            planned = row.enabled and row.gone_looks < queries.GONE_TWICE
            times = [
                f"{value:%Y-%m-%dT%H:%M:%SZ}" if value else "-"
                for value in (row.state_since, row.last_good_at, row.next_at if planned else None)
            ]
            cause = " ".join((source_health.cause(row, gave, place.now()) or row.note or "").split())
            click.echo("\t".join([row.id, state, *times, str(row.failures), str(lately.get(row.id, 0)), cause]))


@sources.command()
@click.argument("which")
def test(which: str) -> None:
    """Show what WHICH (a source's id, or an address) would give; stores nothing."""
    from jobs.ingest import probe

    place = world()
    for line in probe.run(place, which):
        click.echo(line)


def _know(place: object, names: tuple[str, ...]) -> None:
    """Refuse a source nobody configured, before anything is done."""
    from tracker.archive import queries
    from tracker.world import World

    if not isinstance(place, World) or not names:
        return
    with place.database.reading() as session:
        known = {row.id for row in queries.all_sources(session)}
    missing = [name for name in names if name not in known]
    if missing:
        raise TrackerError(f"there is no source {missing[0]!r} (`tracker sources list` names them)")
