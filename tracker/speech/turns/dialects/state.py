"""United States Department of State: "MR MARSH:" without a full stop, "QUESTION:", "SECRETARY HALE:"."""

from __future__ import annotations

import re

from tracker.speech.turns.dialect import AFTER, CAPS, START, Dialect

DIALECT = Dialect(
    name="state department",
    label=re.compile(
        START
        + rf"(?P<label>(?:(?:MR|MS|MRS|DR|SECRETARY|AMBASSADOR|DEPUTY SECRETARY|UNDER SECRETARY|SENIOR|FOREIGN MINISTER|"
        rf"PRIME MINISTER|PRESIDENT|SECRETARY GENERAL|HIGH REPRESENTATIVE|ASSISTANT SECRETARY)"
        rf"(?:[ \u00a0]+(?:{CAPS}|of|for|and))*|QUESTION|MODERATOR|OPERATOR|STAFF)){AFTER}",
        re.MULTILINE,
    ),
    inline=True,
    hints=("department press briefing", "department of state", "question:"),
    noise=re.compile(r"\(?(?:In progress|The briefing was concluded)|###"),
)
