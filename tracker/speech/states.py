"""The states of a statement in the editors' work: which follows which, and what each shows to the public. Pure.

new → in review → confirmed or rejected → published → corrected or withdrawn. A statement is public from the day it is
found, and says that nobody has checked it; only what was rejected or withdrawn, or merged into another, is in no list.
"""

from collections.abc import Mapping

from tracker.errors import TrackerError
from tracker.speech.models import Status

HIDDEN = (Status.REJECTED, Status.WITHDRAWN)
"""In no list, line-up, count, feed or mail; the statement's own address answers 410 with the reason."""
UNCHECKED = (Status.NEW, Status.IN_REVIEW)
"""Public, and marked as not checked by an editor."""

MOVES: Mapping[Status, frozenset[Status]] = {
    Status.NEW: frozenset({Status.IN_REVIEW, Status.CONFIRMED, Status.REJECTED, Status.WITHDRAWN}),
    Status.IN_REVIEW: frozenset({Status.CONFIRMED, Status.REJECTED, Status.WITHDRAWN}),
    Status.CONFIRMED: frozenset({Status.PUBLISHED, Status.CORRECTED, Status.REJECTED, Status.WITHDRAWN}),
    Status.REJECTED: frozenset({Status.IN_REVIEW}),
    Status.PUBLISHED: frozenset({Status.CORRECTED, Status.WITHDRAWN}),
    Status.CORRECTED: frozenset({Status.PUBLISHED, Status.WITHDRAWN}),
    Status.WITHDRAWN: frozenset({Status.IN_REVIEW, Status.NEW}),
}
"""What may follow on each state. To NEW only a rereading brings back what a rereading withdrew. Undoing is no move."""


class BadMove(TrackerError):
    """A statement can't go from its state to the one asked for."""


def require_move(old: Status, new: Status) -> Status:
    """`new`, where it may follow on `old`. Raises `BadMove`."""
    if new not in MOVES[old]:
        raise BadMove(f"A statement that is {old.value} can’t become {new.value}.")
    return new


def after_fix(old: Status) -> Status:
    """The state of a statement whose speaker, day or kind an editor set: corrected, once somebody had confirmed it."""
    return Status.CORRECTED if old in {Status.CONFIRMED, Status.PUBLISHED, Status.CORRECTED} else Status.IN_REVIEW


def ways_out(old: Status) -> Status:
    """How an editor takes a statement off the record: rejected before it was published, withdrawn after."""
    return Status.WITHDRAWN if old in {Status.PUBLISHED, Status.CORRECTED} else Status.REJECTED
