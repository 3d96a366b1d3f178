"""Numbers that are asked for on every page and change only when the record does: counted once, kept until it does.

The key is the newest row of each table that can change them; every correction writes an audit entry, so it counts too.
"""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from flask import current_app

from tracker.db import Session
from tracker.positions import queries as positions

T = TypeVar("T")
MAX_ENTRIES = 500


def cached(db: Session, name: Hashable, make: Callable[[], T]) -> T:
    """What `make` gives for the record as it stands; made anew when the record has changed."""
    kept: dict[Hashable, tuple[tuple[int, ...], Any]] = current_app.extensions.setdefault("cache", {})
    state = positions.newest_rows(db)
    known = kept.get(name)
    if known is not None and known[0] == state:
        found: T = known[1]
        return found
    made = make()
    if len(kept) >= MAX_ENTRIES:
        kept.clear()
    kept[name] = (state, made)
    return made
