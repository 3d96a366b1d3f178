"""Writes docs/map.md: from each address of the site to its module, its template, what it asks, and which tables that touches.

    python -m tools.address_map            # to the screen
    python -m tools.address_map --write    # into docs/map.md

It reads the source, so it can't tell what the code does not say: a page's view function is followed through the functions
of its own module, through `views` and through the modules named `queries` and `ledger`.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLACE = ROOT / "docs/map.md"
PREFIX = {"tracker/web/pages": "", "tracker/web/api": "/api/v1"}
"""Where the modules of addresses lie, and what stands before each of theirs."""
ASKED = re.compile(r"\.(queries|ledger)(\.|$)|^tracker\.(accounts|audit|runs|limits)$|^jobs\.")
PASSED_BY = ("tracker.web.context", "tracker.web.security")
"""What every page does: ask who is signed in. The page says so once."""
KEPT_READY = "newest_rows"
"""Whether a page that is kept in memory is still true: asked by the cache, about every table."""
FOLLOWED = re.compile(r"\.(queries|ledger)(\.|$)|^tracker\.web\.|^tracker\.(accounts|audit|runs|limits)$")
HEAD = """# From an address to its tables

Which module answers an address, which template it renders, which functions it asks, and which tables these name. `page` stands
for `tracker/web/pages/`, `api` for `tracker/web/api/`. Every page also asks who is signed in (`sign_in`, `user`), and those
that are kept ready ask `newest_rows` whether anything changed; neither is repeated in each row. How to add a page:
[how-to-add-a-page.md](how-to-add-a-page.md).

Written by `python -m tools.address_map --write` from the source; a test compares it with the code.

| address | module | template | asks | tables |
|---|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Module:
    """A module's functions and classes, and what its imported names stand for."""

    name: str
    functions: dict[str, ast.FunctionDef]
    classes: dict[str, ast.ClassDef]
    names: dict[str, str]


@dataclass(slots=True)
class Found:
    """What an address touches on its way."""

    templates: set[str] = field(default_factory=set)
    asks: set[str] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)
    seen: set[tuple[str, str]] = field(default_factory=set)


@cache
def module(name: str) -> Module | None:
    """A module of ours by its dotted name; None where there is none."""
    path = ROOT / (name.replace(".", "/") + ".py")
    path = path if path.exists() else ROOT / name.replace(".", "/") / "__init__.py"
    if not path.exists() or not name.startswith(("tracker", "jobs")):
        return None
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
    return Module(
        name=name,
        functions={node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)},
        classes={node.name: node for node in tree.body if isinstance(node, ast.ClassDef)},
        names=names,
    )


def table_of(full: str) -> str | None:
    """The table of a model by its full name; None for anything else."""
    where, _, name = full.rpartition(".")
    home = module(where)
    node = home.classes.get(name) if home else None
    if node is None or not any(word.arg == "table" for word in node.keywords):
        return None
    for part in node.body:
        if isinstance(part, ast.Assign) and getattr(part.targets[0], "id", "") == "__tablename__":
            return str(ast.literal_eval(part.value))
    return name.lower()


def template_of(full: str) -> str | None:
    """The template that a page's dataclass names; None for anything else."""
    where, _, name = full.rpartition(".")
    home = module(where)
    for part in home.classes[name].body if home and name in home.classes else []:
        if isinstance(part, ast.AnnAssign) and getattr(part.target, "id", "") == "template" and part.value:
            return str(ast.literal_eval(part.value))
    return None


def follow(found: Found, home: Module, name: str) -> None:
    """Adds what a function names, and what the functions name that it calls."""
    if (home.name, name) in found.seen or name not in home.functions:
        return
    found.seen.add((home.name, name))
    for node in ast.walk(home.functions[name]):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in home.names:
            _meet(found, f"{home.names[node.value.id]}.{node.attr}")
        elif isinstance(node, ast.Name) and node.id in home.functions:
            follow(found, home, node.id)
        elif isinstance(node, ast.Name):
            _meet(found, home.names.get(node.id, f"{home.name}.{node.id}"))


def _meet(found: Found, full: str) -> None:
    where, _, name = full.rpartition(".")
    home = module(where)
    if home and name not in home.functions and name not in home.classes and name in home.names:
        _meet(found, home.names[name])  # a package that hands on what its modules define
        return
    if table := table_of(full):
        found.tables.add(table)
    if template := template_of(full):
        found.templates.add(template)
    if home is None or name not in home.functions:
        return
    if where in PASSED_BY or name == KEPT_READY:
        return
    if ASKED.search(where):
        found.asks.add(full.removeprefix("tracker."))
    if FOLLOWED.search(where):
        follow(found, home, name)


def views() -> Iterator[tuple[str, str, Module, str]]:
    """Each address with its method, its module and its function."""
    for folder, prefix in PREFIX.items():
        for path in sorted((ROOT / folder).glob("*.py")):
            home = module(f"{folder.replace('/', '.')}.{path.stem}")
            if home is None:
                continue
            for function in home.functions.values():
                for mark in function.decorator_list:
                    if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Attribute) and mark.args:
                        address = prefix + str(ast.literal_eval(mark.args[0]))
                        yield address, mark.func.attr.upper(), home, function.name


def endpoints() -> Iterator[tuple[str, str, Module, str]]:
    """The addresses of the interface for programs, which a table of its own module holds."""
    home = module("tracker.web.api.views")
    if home is None:
        return
    for node in ast.walk(ast.parse((ROOT / "tracker/web/api/views.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Endpoint":
            words = {word.arg: word.value for word in node.keywords}
            view = words["view"]
            if isinstance(view, ast.Name):
                yield f"{PREFIX['tracker/web/api']}{ast.literal_eval(words['path'])}", "GET", home, view.id


def table() -> str:
    """The whole page."""
    rows = []
    for address, method, home, name in sorted([*views(), *endpoints()], key=lambda view: view[:2]):
        found = Found()
        follow(found, home, name)
        place = home.name.removeprefix("tracker.web.").replace("pages.", "page/", 1).replace("api.", "api/", 1)
        cells = (
            f"`{'POST ' if method == 'POST' else ''}{address}`",
            f"`{place}.{name}`",
            *(
                ", ".join(f"`{one}`" for one in sorted(what)) or "–"
                for what in (found.templates, found.asks, found.tables)
            ),
        )
        rows.append(f"| {' | '.join(cells)} |")
    return HEAD + "\n".join(rows) + "\n"


def main() -> int:
    """Prints the page, or writes it."""
    if "--write" in sys.argv:
        PLACE.write_text(table(), encoding="utf-8")
    else:
        print(table(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
