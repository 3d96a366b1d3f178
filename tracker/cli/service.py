"""Commands that run the service: run, serve, scheduler, worker, demo; and its set-up: init, check-config, db."""

import secrets
import signal
import threading
from pathlib import Path
from types import FrameType

import click

from tracker.cli import base
from tracker.cli.accounts import read_password
from tracker.cli.base import fail, main


@main.command("check-config")
@click.argument("file", required=False, type=click.Path(path_type=Path))
def check_config(file: Path | None) -> None:
    """Check a configuration completely; all mistakes at once, nothing opened."""
    from tracker.settings import load

    found = load(file or base.config_path())
    click.echo(
        f"the configuration is complete: {len(found.sources)} sources, {len(found.topics)} topics, {len(found.events)} events"
    )


@main.group()
def db() -> None:
    """Migrations."""


@db.command()
def upgrade() -> None:
    """Bring the database to this version."""
    from tracker.db import Database

    database = Database(base.settings().database.url)
    before = database.revision() if database.file is None or database.file.exists() else None
    database.upgrade()
    click.echo(f"the database is at revision {database.revision()} (it was at {before or 'none'})")


@db.command()
def check() -> None:
    """Say whether the database suits this version; exit 1 when not."""
    from tracker.db import Database

    Database(base.settings().database.url).require_current()
    click.echo("the database is current")


@main.command()
@click.option("--base-url", default="http://127.0.0.1:8000", show_default=True, help="The address readers will use.")
@click.option("--admin", help="The first admin's email address.")
@click.option("--name", default="Admin", show_default=True, help="The first admin's name.")
@click.option("--password-file", type=click.Path(path_type=Path), help="Read the admin's password from this file.")
def init(base_url: str, admin: str | None, name: str, password_file: Path | None) -> None:
    """Write a configuration with a strong secret, create the database and the first admin."""
    from tracker import accounts, audit
    from tracker.accounts import Role

    target = base.config_path()
    if target.exists():
        fail(f"{target} is there already; nothing was changed (edit it, or give another --config)")
    email = admin or click.prompt("Email address of the first admin")
    password = read_password(password_file)
    secret_file = target.with_name("secret.key")
    target.parent.mkdir(parents=True, exist_ok=True)
    if not secret_file.exists():
        secret_file.touch(mode=0o600)
        secret_file.write_text(secrets.token_hex(32) + "\n", encoding="utf-8")
    target.write_text(_starting_configuration(base_url, secret_file.name), encoding="utf-8")
    place = base.world(upgrade=True)
    with place.database.transaction() as session:
        made = accounts.add(session, place.now(), email=email, name=name, role=Role.ADMIN, password=password)
        audit.write(
            session, place.now(), actor="command line", action="account made", subject=f"user:{made.id}", new="admin"
        )
    click.echo(f"Wrote {target} and {secret_file}, made the database, and {made.email} is its first admin.")
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
    from jobs import schedule
    from tracker.web.serving import serving

    place = base.world(upgrade=True)
    with serving(place, host, port) as address, schedule.running(place):
        click.echo(f"{place.settings.site.name} answers at {address}")
        wait_for_signal().wait()
        place.gate.close()


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
def serve(host: str, port: int) -> None:
    """Web only, any number of them."""
    from tracker.web.serving import serving

    place = base.world(configure=False)
    with serving(place, host, port) as address:
        click.echo(f"{place.settings.site.name} answers at {address}")
        wait_for_signal().wait()


@main.command()
def scheduler() -> None:
    """The schedule only; a second one stands by."""
    from jobs import schedule

    place = base.world()
    with schedule.running(place):
        click.echo("leading the schedule" if schedule.renew(place) else "standing by: another scheduler leads")
        wait_for_signal().wait()
        place.gate.close()


@main.command()
def worker() -> None:
    """Take work beside the scheduler; any number of them, on any machines, when the database is PostgreSQL."""
    from jobs import work

    place = base.world(configure=False)
    work.require_shared(place)
    stop = wait_for_signal()
    click.echo("looking for work")
    work.run_until(place, stop)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--data", type=click.Path(path_type=Path), default=Path("data"), show_default=True)
def demo(host: str, port: int, data: Path) -> None:
    """Fill a fresh folder with the demo record through the real pipeline, then serve it."""
    from jobs import schedule
    from tracker import demo as demonstration
    from tracker.web.serving import serving

    base.log_to_stderr()
    place = demonstration.prepare(data, f"http://{host}:{port}", tell=click.echo)
    with serving(place, host, port) as address, schedule.running(place):
        click.echo(
            f"{place.settings.site.name} answers at {address} (demo data; mails lie in {place.settings.mail.folder})"
        )
        wait_for_signal().wait()
        place.gate.close()


def wait_for_signal() -> threading.Event:
    """An event that SIGTERM and SIGINT set; the second signal ends the process at once."""
    stop = threading.Event()

    def handle(number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise SystemExit(128 + number)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handle)
    return stop
