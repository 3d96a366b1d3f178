"""Kremlin pages, English and Russian: the full office once, then the name: "В.Иванов:", "Question:", "Вопрос:"."""

from __future__ import annotations

import re

from tracker.speech.turns.dialect import AFTER, NAME, SMALL, START, Dialect

DIALECT = Dialect(
    name="kremlin",
    bodies=frozenset({"Russia"}),
    label=re.compile(
        START + rf"(?P<label>(?:[А-ЯЁ]\.[ \u00a0]?)?{NAME}(?:[ \u00a0]+(?:{NAME}|{SMALL}|[а-яё]+)){{0,7}}"
        rf"(?:[ \u00a0]*\([^)\n]{{2,90}}\))?){AFTER}",
        re.MULTILINE,
    ),
    hints=("kremlin", "президент россии", "president of russia", "вопрос:", "<…>"),
    noise=re.compile(r"<…>|<\.\.\.>"),
)
