"""Everything that any command imports, also late: read once by the process from which tests/commands.py forks."""

import importlib
import pkgutil

import jobs
import tracker

for package in (tracker, jobs):
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not module.name.startswith("tracker.migrations"):
            importlib.import_module(module.name)
for name in ("alembic.command", "feedparser", "htmldate", "lxml.html", "pypdf", "requests", "trafilatura", "waitress"):
    importlib.import_module(name)
