"""What visitors typed, read at the border: each reader gives a clean value or None, never an exception."""

from datetime import date
from urllib.parse import urlencode

from flask import request

from tracker.web.context import here

LONGEST = 200
MOST_PAGES = 100_000


def text(name: str) -> str | None:
    """A search text or choice from the address, cut to a sensible length; None when it is empty."""
    value = " ".join((request.args.get(name) or "").split())[:LONGEST]
    return value or None


def many(name: str) -> tuple[str, ...]:
    """Every value of a field that may stand several times."""
    return tuple(value for value in request.args.getlist(name) if value)


def day(name: str) -> date | None:
    """An ISO day."""
    try:
        return date.fromisoformat((request.args.get(name) or "").strip())
    except ValueError:
        return None


def number(name: str) -> int | None:
    """A whole number of at most nine digits."""
    value = (request.args.get(name) or "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 9 else None  # noqa: PLR2004 - fits every column


def page() -> int:
    """The page asked for; the first when the address says nonsense."""
    return min(max(number("page") or 1, 1), MOST_PAGES)


def choice(name: str, allowed: tuple[str, ...]) -> str:
    """One of the allowed words; the first when the address says another."""
    value = request.args.get(name)
    return value if value in allowed else allowed[0]


def address(*, drop: tuple[str, ...] = ("page",), ends: str = "page=") -> str:
    """This page's address with its filters, without the fields of `drop`, ready for one more field."""
    pairs = [(key, value) for key, value in request.args.items(multi=True) if key not in drop and value]
    query = urlencode(pairs)
    return f"{here()}?{query}{'&' if query else ''}{ends}"


def field(name: str, longest: int = LONGEST) -> str:
    """One field of a sent form without blanks around it."""
    return (request.form.get(name) or "").strip()[:longest]
