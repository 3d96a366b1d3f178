"""Who may do what: the permission table, and the one question about it. Pure."""

from tracker.accounts import Role, User

PERMISSIONS: dict[str, Role] = {
    "read full archived copies": Role.READER,
    "add documents": Role.REPORTER,
    "see job runs": Role.REPORTER,
    "review": Role.EDITOR,
    "confirm position": Role.EDITOR,
    "correct statements": Role.EDITOR,
    "manage webhooks": Role.EDITOR,
    "change sources": Role.ADMIN,
    "change accounts": Role.ADMIN,
}
"""An act and the least role that may do it; each role may do what the ones before it may."""


def can(user: User | None, act: str) -> bool:
    """Whether `user` may do `act`, say "confirm position"; an unknown act is a programming error (KeyError)."""
    least = PERMISSIONS[act]
    order = list(Role)
    return user is not None and user.disabled_at is None and order.index(user.role) >= order.index(least)
