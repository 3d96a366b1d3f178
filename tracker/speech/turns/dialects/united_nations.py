"""United Nations press encounters and noon briefings: "The Secretary-General:", "Spokesman:", "Question:", "Q:"."""

from __future__ import annotations

import re

from tracker.speech.turns.dialect import AFTER, NAME, SMALL, START, Dialect

DIALECT = Dialect(
    name="united nations",
    label=re.compile(
        START
        + rf"(?P<label>(?:The[ \u00a0]+)?(?:Secretary-General|SG|USG|Spokesman|Spokesperson|Spokeswoman|Deputy Spokesman|"
        rf"Question|Q|Correspondent|Moderator|President of the (?:General Assembly|Security Council)|"
        rf"(?:Mr\.|Ms\.|Ambassador)[ \u00a0]+{NAME}|{NAME}(?:[ \u00a0]+(?:{NAME}|{SMALL})){{1,6}})){AFTER}",
        re.MULTILINE,
    ),
    hints=("secretary-general", "united nations", "noon briefing", "press encounter", "spokesman:", "un headquarters"),
)
