"""Path expressions: where in a JSON document a value stands. Pure.

`results[*].link.href` goes through keys, numbers and every element of a list; a key with other characters stands in
quotation marks: `data["jcr:title"]`; `a | b` takes the first that is there. A template such as
`https://example.org/news/{slug}` puts values into a text.
"""

import re
from dataclasses import dataclass
from typing import Any

from tracker.errors import TrackerError

Step = str | int | None
"""A key, a place in a list, or (None) every element."""

TOKEN = re.compile(r'\.?([^\s.\[\]|"{}]+)|\.?\[\s*(?:(-?\d{1,6})|(\*)|"([^"]*)")\s*\]')
HOLE = re.compile(r"\{([^{}]+)\}")
MOST_VALUES = 5000


class BadPath(TrackerError):
    """This is no path expression; the text says where it stops making sense."""


@dataclass(frozen=True, slots=True)
class Path:
    """An expression, read: its alternatives, each a sequence of steps."""

    ways: tuple[tuple[Step, ...], ...]

    def all(self, data: Any) -> list[Any]:  # noqa: ANN401 - JSON
        """Every value the first alternative that gives any leads to, at most 5,000."""
        for way in self.ways:
            found = _walk(data, way)
            if found:
                return found
        return []

    def text(self, data: Any) -> str | None:  # noqa: ANN401 - JSON
        """The first text or number it leads to, as text."""
        for value in self.all(data):
            if isinstance(value, str) and value.strip():
                return value
            if isinstance(value, int | float) and not isinstance(value, bool):
                return str(value)
        return None


@dataclass(frozen=True, slots=True)
class Template:
    """A text with holes, each a path; without holes the whole text is one path."""

    parts: tuple[str | Path, ...]

    def text(self, data: Any) -> str | None:  # noqa: ANN401 - JSON
        """The text with its holes filled; None when one of them leads nowhere."""
        filled = [part if isinstance(part, str) else part.text(data) for part in self.parts]
        return None if any(part is None for part in filled) else "".join(part or "" for part in filled)


def read_path(expression: str) -> Path:
    """An expression, read. Raises `BadPath`."""
    return Path(tuple(_way(part.strip()) for part in expression.split("|")))


def read_template(expression: str) -> Template:
    """A path, or a text with paths in braces, read. Raises `BadPath`."""
    if "{" not in expression:
        return Template((read_path(expression),))
    parts: list[str | Path] = []
    for number, part in enumerate(HOLE.split(expression)):
        if number % 2:
            parts.append(read_path(part))
        elif "{" in part or "}" in part:
            raise BadPath(f"{expression!r}: a brace without its partner")
        elif part:
            parts.append(part)
    return Template(tuple(parts))


def _way(text: str) -> tuple[Step, ...]:
    steps: list[Step] = []
    place = 0
    while place < len(text):
        found = TOKEN.match(text, place)
        if not found or (place == 0 and text.startswith(".")):
            raise BadPath(f'{text!r}: can\'t be read from {text[place:]!r} on (write it like items[*].link or ["a:b"])')
        key, number, every, quoted = found.groups()
        steps.append(None if every else int(number) if number else quoted if key is None else key)
        place = found.end()
    if not steps:
        raise BadPath("an empty path (write it like items[*].link)")
    return tuple(steps)


def _walk(data: Any, way: tuple[Step, ...]) -> list[Any]:  # noqa: ANN401 - JSON
    here = [data]
    for step in way:
        there: list[Any] = []
        for value in here:
            if step is None:
                there += value if isinstance(value, list) else value.values() if isinstance(value, dict) else []
            elif isinstance(step, int):
                there += [value[step]] if isinstance(value, list) and -len(value) <= step < len(value) else []
            elif isinstance(value, dict) and step in value:
                there.append(value[step])
        here = there[:MOST_VALUES]
    return [value for value in here if value is not None]
