"""Do two readings of a page say the same? White space, clocks and counters change with every fetch and say nothing. Pure."""

import re
from collections.abc import Callable
from functools import lru_cache

from tracker.languages.data import PageFrame, of_all
from tracker.languages.phrases import either

LONGEST = 60


@lru_cache(maxsize=1)
def _volatile() -> re.Pattern[str]:
    """Find a line that changes by itself, in any language: a clock, a counter, the place of an advertisement."""

    def words(pick: Callable[[PageFrame], tuple[str, ...]]) -> str:
        return either(of_all(lambda language: pick(language.page)))

    clock = (
        rf"(?:(?:{words(lambda page: page.before_times)})\W*)?"
        rf"(?:\d+\s*(?:{words(lambda page: page.units)})(?:\s*(?:{words(lambda page: page.ago)}))?"
        rf"|{words(lambda page: page.recent)})\W*"
    )
    counter = rf"(?:\d[\d,.\s]*[km]?\s*)?(?:{words(lambda page: page.counters)})(?:\W*\d[\d,.\s]*[km]?)?\W*"
    return re.compile(rf"{clock}|{counter}|{words(lambda page: page.advertisements)}|[\d\W]*", re.IGNORECASE)


def strip_volatile(text: str) -> str:
    """The text without what changes by itself: its lines by single blanks, lines that are a clock or a counter gone."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line and not (len(line) <= LONGEST and _volatile().fullmatch(line)))


def same_text(old: str, new: str) -> bool:
    """Whether two texts of a page say the same words in the same order."""
    return old == new or strip_volatile(old) == strip_volatile(new)
