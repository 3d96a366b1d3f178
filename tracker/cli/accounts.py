"""`tracker user`: accounts of colleagues."""

from pathlib import Path

import click

from tracker.cli.base import fail, main, world

ROLES = ("reader", "reporter", "editor", "admin")


@main.group()
def user() -> None:
    """Add, list, change and disable accounts."""


@user.command()
@click.argument("email")
@click.option("--name", required=True, help="The colleague's name, as the history shows it.")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--password-file", type=click.Path(path_type=Path), help="Read the password from this file.")
def add(email: str, name: str, role: str, password_file: Path | None) -> None:
    """Make an account; asks for the password unless a file gives it."""
    from tracker import accounts, audit
    from tracker.accounts import Role

    password = read_password(password_file)
    place = world(configure=False)
    with place.database.transaction() as session:
        made = accounts.add(session, place.now(), email=email, name=name, role=Role(role), password=password)
        audit.write(
            session, place.now(), actor="command line", action="account made", subject=f"user:{made.id}", new=role
        )
    click.echo(f"{made.email} is {'an' if role in {'editor', 'admin'} else 'a'} {role} now.")


@user.command("list")
def list_() -> None:
    """List the accounts: address, role, state and name, tab-separated."""
    from tracker import accounts

    place = world(configure=False)
    with place.database.reading() as session:
        for row in accounts.list_users(session):
            click.echo(f"{row.email}\t{row.role.value}\t{'disabled' if row.disabled_at else 'open'}\t{row.name}")


@user.command()
@click.argument("email")
def disable(email: str) -> None:
    """Close an account and end its sessions."""
    from tracker import accounts, audit

    place = world(configure=False)
    with place.database.transaction() as session:
        row = accounts.disable(session, place.now(), email)
        audit.write(session, place.now(), actor="command line", action="account disabled", subject=f"user:{row.id}")
    click.echo(f"{row.email} is disabled; its sessions have ended.")


@user.command()
@click.argument("email")
@click.option("--password-file", type=click.Path(path_type=Path), help="Read the password from this file.")
def password(email: str, password_file: Path | None) -> None:
    """Set the password of an account and end its sessions; asks for it unless a file gives it."""
    from tracker import accounts, audit

    new = read_password(password_file)
    place = world(configure=False)
    with place.database.transaction() as session:
        row = accounts.set_password(session, email, new)
        audit.write(session, place.now(), actor="command line", action="password changed", subject=f"user:{row.id}")
    click.echo(f"{row.email} has a new password; its sessions have ended.")


@user.command()
@click.argument("email")
@click.argument("role", type=click.Choice(ROLES))
def role(email: str, role: str) -> None:
    """Set the role of an account and end its sessions."""
    from tracker import accounts, audit
    from tracker.accounts import Role

    place = world(configure=False)
    with place.database.transaction() as session:
        old = accounts.find(session, email)
        before = old.role.value if old else None
        row = accounts.set_role(session, email, Role(role))
        audit.write(
            session, place.now(), actor="command line", action="role changed", subject=f"user:{row.id}", field="role",
            old=before, new=role,
        )  # fmt: skip
    click.echo(f"{row.email} is {'an' if role in {'editor', 'admin'} else 'a'} {role} now; its sessions have ended.")


def read_password(file: Path | None) -> str:
    """A password from a file, or from a prompt that shows nothing."""
    if file is None:
        return str(click.prompt("Password (at least 12 characters)", hide_input=True, confirmation_prompt=True))
    try:
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{file}: can't be read: {error}")
        raise AssertionError from error
