"""The kinds of values a configuration is made of, each refused with a sentence that says what to write instead.

Numbers are numbers (`true` is none, and none is without a bound), texts are lines a page can show, lists hold no blanks.
"""

import re
import unicodedata
import warnings
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, AllowInfNan, BeforeValidator, Field, SecretStr, Strict

YEAR_M, WEEK_S, HOUR_S = 525_600, 604_800, 3_600
"""Bounds of what is configured: minutes of a year, seconds of a week and of an hour."""
FIRST_YEAR, LAST_YEAR = 1000, 2999
LONGEST_SECRET = 4096
REORDERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029")
"""Characters that change the order in which others are shown, or end a line unseen."""


def odd_character(value: str, allowed: str = "") -> str | None:
    """The first control or reordering character of a text, as U+XXXX; None when there is none."""
    for letter in value:
        if letter not in allowed and (unicodedata.category(letter) in {"Cc", "Cs"} or letter in REORDERING):
            return f"U+{ord(letter):04X}"
    return None


def _line(value: str) -> str:
    if odd := odd_character(value):
        raise ValueError(f"holds the invisible character {odd} (write it in one line, without control characters)")
    return value


def _text(value: str) -> str:
    if odd := odd_character(value, allowed="\n\t\r"):
        raise ValueError(f"holds the invisible character {odd} (write it without control characters)")
    return value


def _filled(value: str) -> str:
    if not value.strip():
        raise ValueError("is blank (write it out, or leave the key away)")
    return _line(value)


def _path(value: Path) -> Path:
    _filled(str(value))
    return value


def _written(value: Any) -> Any:  # noqa: ANN401 - whatever TOML gave
    """Refuse a number where a day is wanted: it would be read as seconds since 1970."""
    if isinstance(value, int | float):
        raise ValueError("not a day (write it like 2023-07-11)")  # noqa: TRY004 - pydantic's way to refuse
    return value


def _near(value: date) -> date:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(f"not a year from {FIRST_YEAR} to {LAST_YEAR} (write it like 2023-07-11)")
    return value


def web_address(value: str) -> str:
    """An http or https address as it may stand in the configuration. Raises `ValueError`."""
    wanted = "(write it like https://record.example.org)"
    if any(letter.isspace() for letter in value) or odd_character(value):
        raise ValueError(f"holds a blank, a line break or a control character {wanted}")
    try:
        parts = urlsplit(value)
        _port = parts.port
    except ValueError:
        raise ValueError(f"not an http or https address {wanted}") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"not an http or https address {wanted}")
    if "@" in parts.netloc:
        raise ValueError(f"holds a user name or password, which everybody would see {wanted}")
    return value


def secret_of(value: SecretStr | None, file: Path | None) -> str:
    """A secret from the key or its file; empty where neither is given. Raises `ValueError`, never with the secret."""
    if value is not None:
        return value.get_secret_value()
    if file is None:
        return ""
    try:
        if file.exists() and not file.is_file():
            raise ValueError(f"{file} is no file")
        with file.open(encoding="utf-8") as lines:
            found = lines.read(LONGEST_SECRET + 1).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{file} can't be read: {error.__class__.__name__}") from error
    if len(found) > LONGEST_SECRET or len(found.splitlines()) > 1:
        raise ValueError(f"{file} holds several lines (it must hold the secret alone, in one line)")
    if odd_character(found):
        raise ValueError(f"{file} holds a control character (it must hold the secret alone, in one line)")
    return found


def expression_problem(expression: str) -> str | None:
    """What is wrong with a regular expression; None when nothing is."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what will mean something else in a later Python is no safe pattern now
            re.compile(expression)
    except (re.error, RecursionError, OverflowError, FutureWarning, DeprecationWarning) as error:
        return f"not a regular expression: {str(error)[:200]}"
    return None


Whole = Annotated[int, Strict()]
Number = Annotated[float, Strict(), AllowInfNan(allow_inf_nan=False)]
Flag = Annotated[bool, Strict()]
Line = Annotated[str, AfterValidator(_line)]
"""One line a page can show; it may be empty."""
Text = Annotated[str, AfterValidator(_text)]
"""The same in several lines."""
Filled = Annotated[str, AfterValidator(_filled)]
"""One line that is not blank: a name, a phrase."""
Identity = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]
Place = Annotated[Path, AfterValidator(_path)]
Day = Annotated[date, BeforeValidator(_written), AfterValidator(_near)]
Moment = Annotated[datetime, BeforeValidator(_written), AfterValidator(_near)]
WebAddress = Annotated[str, AfterValidator(web_address)]
