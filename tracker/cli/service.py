"""Commands that run the service: run, serve, scheduler, worker, demo; and its set-up: init, check-config, db.

How the service ends, within ten seconds whatever it is in the middle of (two are left for a busy machine):

1. SIGTERM or SIGINT sets `stopping`: every loop asks it between two items, requests and mail talks that wait are cut off.
2. Jobs get `jobs.runner.schedule.GRACE_S` seconds for the item in hand, then the lease is given back and the site closes.
3. What still hangs after `END_S` (a disk that does not answer, a database that is locked) is left: the process ends. Nothing
   is half-done by that, as after kill -9; the next start takes back at once what this process held.
"""

import os
import secrets
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from tracker.cli import base
from tracker.cli.accounts import read_password
from tracker.cli.base import fail, main

if TYPE_CHECKING:
    from tracker.world import World


@main.command("check-config")
@click.argument("file", required=False, type=click.Path(path_type=Path))
def check_config(file: Path | None) -> None:
    """Check a configuration completely; all mistakes at once, nothing opened."""
    from tracker.settings import load

    found = load(file or base.config_path())
    for line in found.warnings:
        click.echo(f"warning: {line}", err=True)
    click.echo(
        f"the configuration is complete: {len(found.sources)} sources, {len(found.topics)} topics, {len(found.events)} events"
    )


@main.group()
def db() -> None:
    """Migrations."""


@db.command()
def upgrade() -> None:
    """Bring the database to this version; where there is none, make an empty one and say so."""
    from tracker.db import Database

    database = Database(base.settings().database.url)
    before = None if database.is_empty() else database.revision()
    database.upgrade()
    if before is None:
        click.echo("there was no record here: an empty one was made, without an account (`tracker user add` makes one)")
    click.echo(f"the database is at revision {database.revision()} (it was at {before or 'none'})")


@db.command()
def check() -> None:
    """Whether the database is whole and suits this version; exit 1 when not."""
    from tracker.db import Database

    database = Database(base.settings().database.url)
    database.require_whole()
    database.require_current()
    click.echo("the database is current and whole")


@main.command()
@click.option("--base-url", default="http://127.0.0.1:8000", show_default=True, help="The address readers will use.")
@click.option("--admin", help="The first admin's email address.")
@click.option("--name", default="Admin", show_default=True, help="The first admin's name.")
@click.option("--password-file", type=click.Path(path_type=Path), help="Read the admin's password from this file.")
def init(base_url: str, admin: str | None, name: str, password_file: Path | None) -> None:
    """Write a configuration with a strong secret, create the database and the first admin.

    A configuration that is there already is kept as it is; then only the database that it names is made, if there is none.
    """
    from tracker import accounts, audit
    from tracker import world as worlds
    from tracker.accounts import Role

    target = base.config_path()
    written = not target.exists()
    if not written and not worlds.build(base.settings()).database.is_empty():
        fail(f"{target} and its database are there already; nothing was changed (give another --config)")
    email = accounts.fold_email(admin or click.prompt("Email address of the first admin"))
    password = accounts.require_strong(read_password(password_file))
    if written:
        secret_file = target.with_name("secret.key")
        target.parent.mkdir(parents=True, exist_ok=True)
        if not secret_file.exists():
            secret_file.touch(mode=0o600)
            secret_file.write_text(secrets.token_hex(32) + "\n", encoding="utf-8")
        target.write_text(_starting_configuration(base_url, secret_file.name), encoding="utf-8")
    base.log_to_stderr()
    place = worlds.build(base.settings())
    place.database.upgrade()
    worlds.require_record(place)
    worlds.configure(place)
    with place.database.transaction() as session:
        made = accounts.add(session, place.now(), email=email, name=name, role=Role.ADMIN, password=password)
        audit.write(
            session, place.now(), actor="command line", action="account made", subject=f"user:{made.id}", new="admin"
        )
    click.echo(f"Wrote {target} and its secret.key," if written else f"Kept {target} as it is,")
    click.echo(f"made the database, and {made.email} is its first admin.")
    click.echo("Next: add sources and topics to the configuration (config.example.toml shows every key),")
    click.echo(f"then: tracker --config {target} check-config && tracker --config {target} run")


def _starting_configuration(base_url: str, secret_file: str) -> str:
    return f"""# On the Record. Every key is explained in config.example.toml.
[site]
base_url = "{base_url}"
secret_key_file = "{secret_file}"

[database]
url = "sqlite:///data/record.sqlite"

[archive]
path = "data/archive"

[mail]
transport = "folder"
folder = "data/mail"
"""


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
def run(host: str, port: int) -> None:
    """Web and scheduler in one process: the small newsroom's whole service."""
    from jobs.runner import schedule
    from tracker.web.serving import serving

    place = base.world(upgrade=True)
    stop_on_signal(place)
    look_for_damage(place)
    with serving(place, host, port) as address, schedule.running(place):
        click.echo(f"{place.settings.site.name} answers at {address}")
        place.stopping.wait()


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
def serve(host: str, port: int) -> None:
    """Web only, any number of them."""
    from tracker.web.serving import serving

    place = base.world(configure=False)
    stop_on_signal(place)
    look_for_damage(place)
    with serving(place, host, port) as address:
        click.echo(f"{place.settings.site.name} answers at {address}")
        place.stopping.wait()


@main.command()
def scheduler() -> None:
    """The schedule only; a second one stands by."""
    from jobs.runner import schedule

    place = base.world()
    stop_on_signal(place)
    look_for_damage(place)
    with schedule.running(place):
        click.echo("leading the schedule" if schedule.renew(place) else "standing by: another scheduler leads")
        place.stopping.wait()


@main.command()
def worker() -> None:
    """Take work beside the scheduler; any number of them, on any machines, when the database is PostgreSQL."""
    from jobs.runner import worker

    place = base.world(configure=False)
    worker.require_shared(place)
    stop_on_signal(place)
    click.echo("looking for work")
    worker.run_until_stopped(place)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--data", type=click.Path(path_type=Path), default=Path("data"), show_default=True)
def demo(host: str, port: int, data: Path) -> None:
    """Fill a fresh folder with the demo record through the real pipeline, then serve it."""
    from jobs.runner import schedule
    from tracker import demo as demonstration
    from tracker.web.serving import serving

    base.log_to_stderr()
    place = demonstration.prepare(data, f"http://{host}:{port}", tell=click.echo)
    stop_on_signal(place)
    look_for_damage(place)
    with serving(place, host, port) as address, schedule.running(place):
        click.echo(
            f"{place.settings.site.name} answers at {address} (demo data; mails lie in {place.settings.mail.folder})"
        )
        place.stopping.wait()


END_S = 8.0
"""Seconds after the signal when the process ends, whatever still hangs."""


def look_for_damage(place: "World") -> None:
    """Look at the whole database file beside the service; readiness tells what is found."""
    threading.Thread(target=place.database.find_damage, name="look for damage", daemon=True).start()


def stop_on_signal(place: "World") -> None:
    """From now on SIGTERM and SIGINT stop the world, and end the process after `END_S`; a second one ends it at once."""
    asked, told = os.pipe()

    def handle(number: int, _frame: FrameType | None) -> None:
        # No lock may be taken here: the signal may have come while this very thread holds it.
        if place.stopping.is_set():
            os._exit(128 + number)
        os.write(told, b"x")

    def end() -> None:
        os.read(asked, 1)
        place.stop()
        threading.Event().wait(END_S)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)

    threading.Thread(target=end, name="end", daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handle)
