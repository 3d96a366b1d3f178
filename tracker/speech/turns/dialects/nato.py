"""NATO press conferences: "Ann Lee (NATO Secretary General):", then "NATO Secretary General:", "Tom Ek (Radio Ö):"."""

from __future__ import annotations

import re

from tracker.speech.turns.dialect import AFTER, NAME, SMALL, START, Dialect

DIALECT = Dialect(
    name="nato",
    label=re.compile(
        START + rf"(?P<label>{NAME}(?:,?[ \u00a0]+(?:{NAME}|{SMALL})){{0,9}}"
        rf"(?:[ \u00a0]*(?:\([^)\n]{{2,90}}\)|\[[^\]\n]{{2,90}}\]))?){AFTER}",
        re.MULTILINE,
    ),
    hints=("nato", "north atlantic", "secretary general", "secretary-general"),
    noise=re.compile(r"\(?As delivered|Last updated", re.IGNORECASE),
)
