"""What is asked for on every page and changes only when the record does: numbers and built line-ups, kept until it does.

The key is the newest row of each table that can change them; every correction writes an audit entry, so it counts too.
Each process keeps its own and asks the database itself, so none shows what another has changed since.
"""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from flask import Flask, current_app

from tracker.db import Session
from tracker.positions import queries as positions

T = TypeVar("T")
MAX_ENTRIES = 500
MAX_LARGE = 24
"""Line-ups and their pages are some megabytes each where a topic is large."""
STATE, NUMBERS, LARGE = "newest rows", "cache", "cache of large things"


def cached(db: Session, name: Hashable, make: Callable[[], T], also: object = None, *, large: bool = False) -> T:
    """What `make` gives for the record as it stands; made anew when the record or `also` has changed.

    `db` is a read-only view, so its state is asked once.
    """
    kept: dict[Hashable, tuple[object, Any]] = current_app.extensions.setdefault(LARGE if large else NUMBERS, {})
    if STATE not in db.info:
        db.info[STATE] = positions.newest_rows(db)
    state = db.info[STATE], also
    known = kept.get(name)
    if known is not None and known[0] == state:
        found: T = known[1]
        return found
    made = make()
    if len(kept) >= (MAX_LARGE if large else MAX_ENTRIES):
        kept.clear()
    kept[name] = (state, made)
    return made


def forget(app: Flask) -> None:
    """Keep nothing any longer, as a process that has just started."""
    for store in (NUMBERS, LARGE):
        app.extensions.pop(store, None)
