"""White House briefings and remarks: "THE PRESIDENT:", "MS. RAY:", and questions as "Q" without a colon."""

from __future__ import annotations

import re

from tracker.speech.turns.dialect import AFTER, CAPS, START, Dialect

DIALECT = Dialect(
    name="white house",
    label=re.compile(
        START
        + rf"(?:(?P<label>(?:{CAPS}|,)(?:[ \u00a0]+(?:{CAPS}|of|for|de|and|\d{{1,3}}))*"
        + rf"(?:[ \u00a0]\([^)\n]{{2,60}}\))?){AFTER}"
        + r"|(?P<question>Q)(?:[ \t\u00a0]*:|(?=[ \t\u00a0]*\([^)\n]{2,60}\)[ \t\u00a0]|[ \t\u00a0]+\S)))",
        re.MULTILINE,
    ),
    inline=True,
    bodies=frozenset({"United States", "White House"}),
    hints=("white house", "press briefing", "press gaggle", "remarks by", "press secretary", "a.m. e", "p.m. e"),
    noise=re.compile(r"END\s+\d|\\?#+\s*$|\d{1,2}:\d{2} [AP]\.M\.|\(?As (?:prepared|delivered)"),
)
