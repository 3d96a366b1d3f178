"""docs/known-gaps.md names every word that nothing sets, and no other."""

import re
from pathlib import Path

from tracker.permissions import PERMISSIONS
from tracker.speech.models import Form

ROOT = Path(__file__).parents[2]
GAPS = (ROOT / "docs/known-gaps.md").read_text("utf-8")
CODE = "\n".join(
    path.read_text("utf-8")
    for folder in ("tracker", "jobs")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
)


def listed(heading):
    """The first words of the rows of the table below a heading."""
    part = GAPS.partition(f"### {heading}")[2].partition("\n## ")[0].partition("\n### ")[0]
    return set(re.findall(r"^\| `([^`]+)`", part, re.MULTILINE))


def written(kind, column):
    """The members of an enum that some line of the code puts into a column, or gives back for it."""
    put = rf"(?:{column}\s*=\s*|return |else |default=){kind.__name__}\.(\w+)"
    return {kind[name].value for name in re.findall(put, CODE)}


def test_the_form_of_an_appearance_that_nothing_sets():
    assert set(Form) - written(Form, "form") == {Form.TRANSLATED}
    assert "appearance.form" in listed("Other columns")


def test_the_columns_that_nothing_sets():
    assert listed("Other columns") == {"appearance.form"}


def test_the_permissions_that_nothing_asks_for():
    asked = set(re.findall(r"(?:can|require_permission)\(\"([^\"]+)\"\)", CODE))
    assert listed("Permissions") == set(PERMISSIONS) - asked
