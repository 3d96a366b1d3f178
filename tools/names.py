"""Measures how plain the names of the code are: `python -m tools.names`, figures with the places behind them.

The figures and where they should stand come from reading public code bases (healthchecks, procrastinate, httpx,
sqlite-utils: class names with two meanings 0 to 1 %, nine of them together 4 calls with six or more positional values).
"""

import ast
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("tracker", "jobs")
MANY_VALUES = 6
"""From so many positional values on, a reader counts commas."""
MANY_FIELDS = 4
"""A dataclass of more fields takes keywords only."""
LONGEST_SUBJECT = 72
"""Letters of a commit's subject."""
LISTS = frozenset({"select", "where", "iter", "or_", "and_", "join", "max", "min", "print", "chain", "update", "union"})
"""Calls that take any number of like things, where the place of one means nothing."""
MOST_SHARED_PERCENT = 2.0
"""Class names that stand for two things, in percent of all class names."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A place that counts against a figure, and what stands there."""

    place: str
    what: str


def modules(root: Path) -> Iterator[tuple[str, ast.Module]]:
    """Every module of the product with its path; migrations are history and keep their names."""
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            if "versions" not in path.parts:
                yield str(path.relative_to(root)), ast.parse(path.read_text(encoding="utf-8"))


def shared_class_names(root: Path) -> tuple[int, list[Finding]]:
    """How many class names there are, and those that two or more modules give to classes of their own."""
    places = defaultdict(list)
    for path, tree in modules(root):
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(f"{path}:{node.lineno}")
    shared = [Finding(place=", ".join(found), what=name) for name, found in sorted(places.items()) if len(found) > 1]
    return len(places), shared


def positional_calls(root: Path) -> list[Finding]:
    """Calls that pass six or more values by position alone."""
    return [
        Finding(place=f"{path}:{node.lineno}", what=f"{ast.unparse(node.func)}, {len(node.args)} values")
        for path, tree in modules(root)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and len(node.args) >= MANY_VALUES and not _lists(node)
    ]


def positional_dataclasses(root: Path) -> list[Finding]:
    """Dataclasses of more than four fields that still take their values by position."""
    return [
        Finding(place=f"{path}:{node.lineno}", what=f"{node.name}, {_fields(node)} fields")
        for path, tree in modules(root)
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and _fields(node) > MANY_FIELDS and _is_positional(node)
    ]


def subjects(root: Path, since: str) -> list[Finding]:
    """Commits after `since` whose subject is too long or that say no why."""
    log = subprocess.run(
        ["git", "log", "--no-merges", "--format=%h%x00%s%x00%b%x01", f"{since}..HEAD"],
        cwd=root, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    found = []
    for entry in log.split("\x01"):
        if "\x00" not in entry:
            continue
        commit, subject, body = entry.strip().split("\x00")
        if len(subject) > LONGEST_SUBJECT:
            found.append(Finding(place=commit, what=f"{len(subject)} letters: {subject}"))
        if not body.strip():
            found.append(Finding(place=commit, what=f"no body: {subject}"))
    return found


def _lists(call: ast.Call) -> bool:
    """Whether a call takes any number of like things, where the place of one means nothing."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in LISTS


def _fields(node: ast.ClassDef) -> int:
    return sum(isinstance(part, ast.AnnAssign) for part in node.body)


def _is_positional(node: ast.ClassDef) -> bool:
    for mark in node.decorator_list:
        if isinstance(mark, ast.Call) and getattr(mark.func, "id", getattr(mark.func, "attr", "")) == "dataclass":
            return not any(word.arg == "kw_only" for word in mark.keywords)
        if getattr(mark, "id", "") == "dataclass":
            return True
    return False


def main() -> int:
    """Prints the figures; ends with 1 where one of them is off its mark."""
    total, shared = shared_class_names(ROOT)
    percent = 100 * len(shared) / total
    rows = [
        (
            f"class names that stand for two things: {len(shared)} of {total} ({percent:.1f} %)",
            shared,
            percent > MOST_SHARED_PERCENT,
        ),
        ("calls with six or more positional values", calls := positional_calls(ROOT), bool(calls)),
        ("dataclasses of more than four fields without kw_only", wide := positional_dataclasses(ROOT), bool(wide)),
    ]
    if len(sys.argv) > 1:
        rows.append((f"commits since {sys.argv[1]} off the rule", late := subjects(ROOT, sys.argv[1]), bool(late)))
    for title, found, _ in rows:
        print(f"{len(found):4} {title}")
        for one in found:
            print(f"       {one.place}: {one.what}")
    return int(any(off for _, _, off in rows))


if __name__ == "__main__":
    sys.exit(main())
