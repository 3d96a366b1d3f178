"""Any other transcript: a name or a role, a colon, and what was said. Tried last."""

from __future__ import annotations

import re

from tracker.speech.turns.dialect import AFTER, ARTICLE, ASIDE, NAME, SMALL, START, Dialect

DIALECT = Dialect(
    name="general",
    label=re.compile(
        START
        + rf"(?:[-–—•][ \t]*)?(?P<label>{NAME}(?:,?[ \u00a0]+(?:{NAME}|{SMALL}|\d{{1,3}})){{0,7}}{ASIDE}"
        + rf"|(?:{ARTICLE})[ \u00a0]\w[\w’'\-]+(?:[ \u00a0]\w[\w’'\-]+){{0,3}})"
        + AFTER,
        re.MULTILINE,
    ),
    least=3,
)
