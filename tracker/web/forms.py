"""What visitors typed, read at the border: each reader gives a clean value, None for nothing, or `Malformed` by its name."""

import re
from datetime import date
from typing import NoReturn
from urllib.parse import urlencode

from flask import request
from werkzeug.exceptions import BadRequest

from tracker.speech.wording import visible
from tracker.web.context import current_path

LONGEST = 200
MOST_PAGES = 100_000
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NUMBER = re.compile(r"[0-9]{1,9}")  # fits every column


class Malformed(BadRequest):
    """A parameter that can't be read as what it should be; the answer is 400 and names it."""

    def __init__(self, name: str, what: str) -> None:
        """Keep the sentence: which parameter, and what is wrong with it."""
        super().__init__(f"“{name}” {what}.")


def text(name: str, longest: int = LONGEST) -> str | None:
    """A search text or choice from the address, cut to a sensible length; None when it is empty."""
    value = " ".join((request.args.get(name) or "").split())[:longest]
    return value or None


def many(name: str) -> tuple[str, ...]:
    """Every value of a field that may stand several times."""
    return tuple(value for value in request.args.getlist(name) if value)


def day(name: str) -> date | None:
    """An ISO day; None when it is empty. Raises `Malformed`."""
    value = (request.args.get(name) or "").strip()
    if not value:
        return None
    try:
        return date.fromisoformat(value) if DAY.fullmatch(value) else malformed_day(name)
    except ValueError:
        return malformed_day(name)


def malformed_day(name: str) -> NoReturn:
    """That a parameter is no day."""
    raise Malformed(name, "is no day like 2024-05-14")


def number(name: str) -> int | None:
    """A whole number of at most nine digits; None when it is empty. Raises `Malformed`."""
    value = (request.args.get(name) or "").strip()
    if not value:
        return None
    if not NUMBER.fullmatch(value):
        raise Malformed(name, "is no whole number")
    return int(value)


def page() -> int:
    """The page asked for, the first when none is. Raises `Malformed`."""
    asked = number("page")
    if asked == 0:
        raise Malformed("page", "is 0; pages are counted from 1")
    return min(asked or 1, MOST_PAGES)


def choice(name: str, allowed: tuple[str, ...]) -> str:
    """One of the allowed words, the first when none is asked for. Raises `Malformed`."""
    return _one_of(name, request.args.get(name) or "", allowed)


def only(*names: str) -> None:
    """Refuse an address with any other parameter. Raises `Malformed`."""
    for name in request.args:
        if name not in names:
            raise Malformed(visible(name)[:40], f"is not known here; known are: {', '.join(names) or 'none'}")


def once(*names: str) -> None:
    """Refuse an address that gives one of these parameters more than once. Raises `Malformed`."""
    for name in names:
        if len(request.args.getlist(name)) > 1:
            raise Malformed(name, f"is given {len(request.args.getlist(name))} times")


def address(*, drop: tuple[str, ...] = ("page",), ends: str = "page=") -> str:
    """This page's address with its filters, without the fields of `drop`, ready for one more field."""
    pairs = [(key, value) for key, value in request.args.items(multi=True) if key not in drop and value]
    query = urlencode(pairs)
    return f"{current_path()}?{query}{'&' if query else ''}{ends}"


def field(name: str, longest: int = LONGEST) -> str:
    """One field of a sent form without blanks around it."""
    return (request.form.get(name) or "").strip()[:longest]


def chosen(name: str, allowed: tuple[str, ...]) -> str:
    """One of the allowed words in a sent form, the first when none is chosen. Raises `Malformed`."""
    return _one_of(name, field(name), allowed)


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value and value not in allowed:
        raise Malformed(name, f"is none of: {', '.join(allowed)}")
    return value or allowed[0]
