"""The import contracts hold, and they would notice: a floor that imports upward breaks the build."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("tracker", "jobs"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("tracker/archive/queries.py", "import tracker.speech.models", "only ever goes up"),
        ("tracker/db.py", "import tracker.world", "only ever goes up"),
        ("jobs/tidy.py", "import tracker.web", "only ever goes up"),
        ("tracker/speech/wording.py", "import sqlalchemy", "pure rooms"),
        ("tracker/positions/ledger.py", "import requests", "HTTP has one room"),
        ("tracker/web/dates.py", "import smtplib", "SMTP has one room"),
        ("tracker/alerts/ledger.py", "import flask", "nothing of Flask"),
    ],
)
def test_an_import_that_goes_the_wrong_way_breaks_the_build(copy, file, line, contract):
    path = copy / file
    path.write_text(path.read_text() + f"\n{line}\n")
    result = lint(copy)
    assert result.returncode != 0
    assert contract in result.stdout


def test_the_house_keeps_its_contracts(copy):
    result = lint(copy)
    assert result.returncode == 0, result.stdout
