"""Commands that hand the record to others: bundles that prove themselves."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import click

from tracker.cli.base import fail, main, world


@main.command()
@click.argument("subject", nargs=-1, required=True, metavar="CLAIM | TOPIC EVENT")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="The ZIP to write; must not be there."
)
def bundle(subject: tuple[str, ...], output: Path) -> None:
    """Write the proof of a statement (CLAIM), or of the line-up of TOPIC around EVENT, into one ZIP that stands without us."""
    from tracker.archive.warc import NotArchived
    from tracker.record import bundle as bundles

    if len(subject) not in {1, 2}:
        raise click.UsageError("give one statement, or a topic and an event")
    if output.exists():
        raise click.UsageError(f"{output} is there already; choose another name")
    place = world(configure=False)
    site = place.settings.site
    maker = bundles.BundleMaker(site.name, site.base_url, place.now())
    with place.database.reading() as session:
        about = (
            bundles.statement_subject(session, subject[0])
            if len(subject) == 1
            else bundles.lineup_subject(session, *subject)
        )
        if about is None:
            fail(f"there is no {'statement' if len(subject) == 1 else 'line-up'} {' around '.join(subject)}")
        try:
            with _appearing_whole(output) as file:
                number = bundles.write(file, session, place.archive, about, maker)
        except NotArchived as error:
            fail(str(error))
    click.echo(f"{number} files, {len(about.claim_ids)} statements in {output}; README.md in it says how to prove it")


@contextlib.contextmanager
def _appearing_whole(path: Path) -> Iterator[IO[bytes]]:
    """A file that is there when all of it was written, and not at all otherwise."""
    with tempfile.NamedTemporaryFile(dir=path.absolute().parent, prefix=".bundle-", delete=False) as file:
        written = Path(file.name)
        try:
            yield file
        except BaseException:
            written.unlink()
            raise
    written.chmod(0o644)
    written.replace(path)


@main.command("verify-bundle")
@click.argument("file", type=click.Path(path_type=Path))
def verify_bundle(file: Path) -> None:
    """Prove the bundle FILE from itself alone; exit 1 and what does not hold."""
    from tracker.record import bundle_proof

    result = bundle_proof.verify(file)
    for problem in result.problems:
        click.echo(problem, err=True)
    click.echo(", ".join(f"{number} {name}" for name, number in result.counts.items()))
    if result.problems:
        fail(f"{len(result.problems)} problems found")
    click.echo("everything holds")


@main.group()
def audit() -> None:
    """The audit trail: who decided what, when and why."""


@audit.command("verify")
def verify_audit() -> None:
    """Prove that no entry of the audit trail was changed, taken out or put in later; exit 1 and which one does not hold."""
    from tracker import audit as trail

    with world(configure=False).database.reading() as session:
        count, problems = trail.verify(session)
    for problem in problems:
        click.echo(problem, err=True)
    click.echo(f"{count} audit entries")
    if problems:
        fail(f"{len(problems)} problems found")
    click.echo("the chain is whole")
