"""Write a migration from the difference between the models and the migrations: `python -m tools.revision "what changes"`."""

import sys
import tempfile
from pathlib import Path

from alembic import command

from tracker.db import MIGRATIONS, Database


def main() -> None:
    """Migrate an empty database to the newest revision, compare, and write the next numbered file."""
    if len(sys.argv) != 2:
        sys.exit('usage: python -m tools.revision "what changes"')
    number = len(list((MIGRATIONS / "versions").glob("[0-9]*.py"))) + 1
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder)}/compare.sqlite")
        if number > 1:
            database.upgrade()
        command.revision(database._alembic(), message=sys.argv[1], autogenerate=True, rev_id=f"{number:04}")  # noqa: SLF001 - Alembic's own door
        database.dispose()


if __name__ == "__main__":
    main()
