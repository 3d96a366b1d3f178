"""Broadcasters' transcripts: "JO PARK, HOST:", then "PARK:", "(BEGIN VIDEO CLIP)", ">>" for a change of speaker."""

from __future__ import annotations

import re

from tracker.speech.turns.dialect import AFTER, CAPS, START, Dialect

DIALECT = Dialect(
    name="broadcast",
    label=re.compile(
        START + r"(?:>{2,3}[ \t]*)?"
        rf"(?P<label>{CAPS}(?:[ \u00a0]+(?:{CAPS}|[A-Z]\.))*(?:,[ \u00a0][^:\n]{{2,80}})?"
        rf"(?:[ \u00a0]\((?:voice-over|through translator|on camera|via[^)]*|[A-Z]-[A-Z]{{2}}|[^)\n]{{2,40}})\))?){AFTER}"
        r"|" + START + r"(?P<question>>{2,3})(?=[ \t])",
        re.MULTILINE,
    ),
    hints=("video clip", "voice-over", "host:", "anchor:", "correspondent:", "rush transcript", "newshour", "aired"),
    noise=re.compile(r"\((?:BEGIN|END) (?:VIDEO|AUDIO)|\(COMMERCIAL BREAK|\(CROSSTALK|\(MUSIC|Copy: Content"),
)
