"""Machine transcripts: "Ada Moor (00:02):" above what was said; "Speaker 3 (06:12):" is somebody nobody has named."""

from __future__ import annotations

import re

from tracker.speech.turns.dialect import NAME, SMALL, START, Dialect

DIALECT = Dialect(
    name="timed",
    label=re.compile(
        START + rf"(?P<label>{NAME}(?:[ \u00a0]+(?:{NAME}|{SMALL}|\d{{1,2}})){{0,6}})"
        r"[ \u00a0]*[*_]*[(\[](?:\d{1,2}:)?\d{1,2}:\d{2}[)\]][*_]*[ \t]*:?[ \t]*(?=\n|\S)",
        re.MULTILINE,
    ),
    noise=re.compile(r"[(\[](?:\d{1,2}:)?\d{1,2}:\d{2}[)\]]\s*$"),
)
