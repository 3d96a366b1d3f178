"""British government transcripts: "Prime Minister:", "Question (Jo Park, BBC):", or the label alone on a bold line."""

from __future__ import annotations

import re

from tracker.speech.turns.dialect import AFTER, NAME, SMALL, START, Dialect

DIALECT = Dialect(
    name="gov.uk",
    label=re.compile(
        START
        + rf"(?:(?P<label>{NAME}(?:,?[ \u00a0]+(?:{NAME}|{SMALL})){{0,7}}(?:[ \u00a0]*\([^)\n]{{2,60}}\))?){AFTER}"
        + rf"|\*\*(?P<bold>{NAME}(?:,?[ \u00a0]+(?:{NAME}|{SMALL})){{0,7}})\*\*(?:[ \t]*\([^)\n]{{2,60}}\))?:?[ \t]*$)",
        re.MULTILINE,
    ),
    hints=("downing street", "gov.uk", "transcript of the speech", "exactly as it was delivered", "prime minister"),
)
