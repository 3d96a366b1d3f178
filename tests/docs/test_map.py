"""docs/map.md says what the code does, and holds every address of the site; so does the tree of errors."""

import importlib
import pkgutil
import re

import jobs
import tracker
from tools import address_map
from tracker import errors
from tracker.errors import TrackerError
from tracker.web.app import create_app

MAP = address_map.PLACE.read_text("utf-8")


def test_the_map_is_what_the_source_says():
    assert address_map.table() == MAP, "run: python -m tools.address_map --write"


def test_every_address_of_the_site_is_on_the_map(world):
    rules = {rule.rule for rule in create_app(world).url_map.iter_rules()} - {"/static/<path:filename>"}
    listed = {address.removeprefix("POST ") for address in re.findall(r"^\| `([^`]+)`", MAP, re.MULTILINE)}
    assert rules - listed == set()
    assert listed - rules == set()


def test_the_map_follows_a_page_to_its_template_its_queries_and_their_tables():
    [row] = [line for line in MAP.splitlines() if line.startswith("| `/t/<topic_id>/around/<event_id>` ")]
    assert "page/lineup" in row
    assert "`lineup.html`" in row
    assert all(f"`{table}`" in row for table in ("claim", "coding", "event", "position", "speaker"))


def branches(kind, depth=0):
    """A class of errors and those below it, each with its depth."""
    yield depth, kind.__name__
    for below in kind.__subclasses__():
        if below.__module__.startswith(("tracker.", "jobs.")):
            yield from branches(below, depth + 1)


def test_the_tree_of_errors_names_every_error_below_its_parent():
    for package in (tracker, jobs):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name:
                importlib.import_module(module.name)
    written = re.findall(r"^( *)(?:\* )?(\w*(?:Error|[a-z]))(?= {2,}|$)", errors.__doc__, re.MULTILINE)
    assert {(len(indent) // 2, name) for indent, name in written} == set(branches(TrackerError))
