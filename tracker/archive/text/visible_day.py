"""The day that a page shows beside its headline, where nothing in its head tells when it was published. Pure.

It counts before a time in a list beside the article and before the day of a change, which is all that is left then.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from functools import lru_cache
from typing import Any

from tracker.languages.data import Language
from tracker.languages.phrases import either

LINES = 12
"""Short lines behind the headline in which the day may stand; before it half as many."""
LENGTH = 70
"""Characters of the longest such line."""
DAY_ALONE = 24
"""Characters of a line that holds no sentence though it ends with a full stop: "9 марта 2026 г."."""
_SHORT = f"[self::p or self::time or self::span or self::div][string-length(normalize-space()) <= {LENGTH}]"
_OWN = "[not(ancestor-or-self::aside or ancestor::nav or ancestor::footer or ancestor::ul or ancestor::figure)]"
_TOLD = (
    "//meta[contains(@property, 'published') or contains(@name, 'ublish') or contains(@itemprop, 'datePublished')"
    " or contains(@name, 'pubdate') or @name = 'date' or starts-with(@name, 'DC.date') or starts-with(@name, 'dc.date')]"
    " | //script[contains(text(), 'datePublished')] | //time[@pubdate or @itemprop = 'datePublished']"
)


def visible_day(tree: Any, language: Language | None) -> str | None:  # noqa: ANN401 - lxml ships no types
    """The one day in the lines around the first headline, as an ISO day; None where the head tells it, or two stand there."""
    headline = next(tree.iter("h1"), None)
    if language is None or headline is None or tree.xpath(_TOLD):
        return None
    behind = headline.xpath(f"(following::*{_SHORT}{_OWN})[position() <= {LINES}]")
    before = headline.xpath(f"(preceding::*{_SHORT}{_OWN})[position() > last() - {LINES // 2}]")
    lines = (" ".join(" ".join(one.itertext()).split()) for one in (*before, *behind))
    days = {day for line in lines if not _is_sentence(line) for day in _days(line, language)}
    return days.pop() if len(days) == 1 else None


def _is_sentence(line: str) -> bool:
    return len(line) > DAY_ALONE and line.endswith((".", "!", "?", "…", ":"))


def _days(line: str, language: Language) -> Iterator[str]:
    for found in _written(language).finditer(line):
        day, month = found["d1"] or found["d2"] or found["d3"], found["m1"] or found["m2"]
        number = language.months[month.lower()] + 1 if month else int(found["n"])
        with suppress(ValueError):
            yield date(int(found["y"]), number, int(day)).isoformat()


@lru_cache(maxsize=32)
def _written(language: Language) -> re.Pattern[str]:
    """Find a day with its year: "9. März 2026", "March 9, 2026", "9 de marzo de 2026", "09.03.2026"."""
    month, of = either(language.months), rf"(?:(?:{either(language.dates.of)})\s+)?"
    ordinal = rf"(?:\.|{either(language.dates.ordinals)})?"
    return re.compile(
        rf"(?<!\d)(?:(?P<d1>\d{{1,2}}){ordinal}\s+{of}(?P<m1>{month})\s+{of}"
        rf"|(?P<m2>{month})\s+(?P<d2>\d{{1,2}}),\s+|(?P<d3>\d{{1,2}})\.(?P<n>\d{{1,2}})\.)(?P<y>(?:19|20)\d\d)(?!\d)",
        re.IGNORECASE,
    )
