"""Each page is one typed object: its template uses every field of it, and nothing that it does not have."""

import dataclasses
import importlib
import pkgutil
import re
import typing
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import UnionType

import pytest
from jinja2 import Environment, FileSystemLoader, nodes
from sqlmodel import SQLModel

import tracker.web

TEMPLATES = Path(tracker.web.__file__).parents[2] / "templates"
LONGEST_LINE = 160
environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)


def page_types() -> list[type]:
    found = {}
    for module in pkgutil.walk_packages(tracker.web.__path__, "tracker.web."):
        for thing in vars(importlib.import_module(module.name)).values():
            if dataclasses.is_dataclass(thing) and isinstance(thing, type) and "template" in vars(thing):
                found[thing.__name__] = thing
    return sorted(found.values(), key=lambda thing: thing.__name__)


PAGES = page_types()


def tree(name: str) -> nodes.Template:
    return environment.parse(environment.loader.get_source(environment, name)[0])


def with_parents(name: str) -> Iterator[nodes.Template]:
    here = tree(name)
    yield here
    for parent in here.find_all(nodes.Extends):
        assert isinstance(parent.template, nodes.Const)
        yield from with_parents(parent.template.value)


def used_fields(name: str) -> set[str]:
    return {
        use.attr
        for one in (*with_parents(name), *macros_of(name))
        for use in one.find_all(nodes.Getattr)
        if isinstance(use.node, nodes.Name) and use.node.name == "page"
    }


def macros_of(name: str) -> list[nodes.Template]:
    """The files of macros that a template imports: some are given the page."""
    imported = [found for one in with_parents(name) for found in one.find_all(nodes.Import)]
    return [
        one
        for found in imported
        if isinstance(found.template, nodes.Const)
        for one in with_parents(found.template.value)
    ]


def members(kind: object) -> Mapping[str, object] | None:
    """The fields and properties of a type with their types; None where the type is not ours to know."""
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        told = {name: one.fget for name, one in vars(kind).items() if isinstance(one, property)}
        returned = {name: typing.get_type_hints(one).get("return") for name, one in told.items()}
        return {**typing.get_type_hints(kind), **returned}
    if isinstance(kind, type) and issubclass(kind, SQLModel):
        return {name: field.annotation for name, field in kind.model_fields.items()}
    return None


def plain(kind: object) -> object:
    """A type without its None."""
    if typing.get_origin(kind) in {typing.Union, UnionType}:
        rest = [one for one in typing.get_args(kind) if one is not type(None)]
        return rest[0] if len(rest) == 1 else None
    return kind


def element(kind: object) -> object:
    kind = plain(kind)
    if typing.get_origin(kind) in {tuple, list, Sequence} and typing.get_args(kind):
        return typing.get_args(kind)[0]
    return None


class Walk:
    """Follows the attributes a template asks for through the types of the page."""

    def __init__(self) -> None:
        self.wrong: list[str] = []

    def kind(self, node: nodes.Node, names: Mapping[str, object]) -> object:
        if isinstance(node, nodes.Name):
            return names.get(node.name)
        if isinstance(node, nodes.Getattr):
            owner = plain(self.kind(node.node, names))
            known = members(owner)
            if known is None:
                return None
            if node.attr not in known:
                self.wrong.append(f"{getattr(owner, '__name__', owner)}.{node.attr}")
                return None
            return known[node.attr]
        if isinstance(node, nodes.Getitem):
            return element(self.kind(node.node, names))
        return None

    def visit(self, node: nodes.Node, names: Mapping[str, object]) -> None:
        if isinstance(node, nodes.For):
            self.visit(node.iter, names)
            inner = dict(names)
            if isinstance(node.target, nodes.Name):
                inner[node.target.name] = element(self.kind(node.iter, names))
            else:
                inner.update(dict.fromkeys((one.name for one in node.target.find_all(nodes.Name)), None))
            for one in (*node.body, *node.else_, *([node.test] if node.test else [])):
                self.visit(one, inner)
            return
        if isinstance(node, nodes.Macro):
            names = {**names, **dict.fromkeys((one.name for one in node.args), None)}
        if isinstance(node, nodes.Getattr):
            self.kind(node, names)
        for child in node.iter_child_nodes():
            self.visit(child, names)


def test_there_are_pages_to_compare():
    assert len(PAGES) > 15


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.__name__)
def test_a_template_uses_every_field_of_its_page_and_no_other(page):
    assert used_fields(page.template) == {field.name for field in dataclasses.fields(page)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.__name__)
def test_what_a_template_asks_for_is_there_all_the_way_down(page):
    walk = Walk()
    for one in with_parents(page.template):
        walk.visit(one, {"page": page})
    assert walk.wrong == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.__name__)
def test_a_page_is_frozen(page):
    assert page.__dataclass_params__.frozen


OWN_SCRIPT = (
    r"<script (?:src=\"\{\{ url_for\('static', filename='\w+\.js'\) \}\}\" defer></script>"
    r'|type="application/ld\+json">\{\{ page\.share\.linked_data \}\}</script>)'
)
"""A file of ours that the page works without, and data that no browser runs."""


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")) + sorted((TEMPLATES / "macros").iterdir()), ids=str)
def test_no_template_carries_a_script_a_style_or_an_unescaped_value(path):
    text = re.sub(OWN_SCRIPT, "", path.read_text())
    for forbidden in ("<script", "style=", "<style", "|safe", "| safe", " onclick", "javascript:", "{% autoescape"):
        assert forbidden not in text


@pytest.mark.parametrize("path", [path for path in sorted(TEMPLATES.rglob("*.*")) if path.is_file()], ids=str)
def test_no_line_of_a_template_is_longer_than_a_screen(path):
    long = [number for number, line in enumerate(path.read_text("utf-8").splitlines(), 1) if len(line) > LONGEST_LINE]
    assert not long, f"lines {long} of {path.name} have more than {LONGEST_LINE} characters"
