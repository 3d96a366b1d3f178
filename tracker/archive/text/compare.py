"""Do two readings of a page say the same? White space, clocks and counters change with every look and say nothing. Pure."""

import re

VOLATILE = re.compile(
    r"(?:(?:published|updated|posted|last updated|aktualisiert|vor|il y a|hace|обновлено)\W*)?"
    r"(?:\d+\s*(?:s|sec\w*|m|min\w*|h|hr?s?|hours?|stunden?|days?|tage?n?|heures?|jours?|horas?|dias?|минут\w*|час\w*)"
    r"(?:\s*(?:ago|назад))?|just now|moments? ago|today|yesterday)\W*"
    r"|(?:\d[\d,.\s]*[km]?\s*)?(?:comments?|shares?|views?|likes?|reads?|replies|kommentare?|commentaires?|min(?:ute)?s? read|"
    r"retweets?|reposts?|followers?|readers?|people (?:are )?reading)(?:\W*\d[\d,.\s]*[km]?)?\W*"
    r"|advertisement\w*|anzeige|publicité|publicidad|реклама|[\d\W]*",
    re.IGNORECASE,
)
LONGEST = 60


def strip_volatile(text: str) -> str:
    """The text without what changes by itself: its lines by single blanks, lines that are a clock or a counter gone."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line and not (len(line) <= LONGEST and VOLATILE.fullmatch(line)))


def same_text(old: str, new: str) -> bool:
    """Whether two texts of a page say the same words in the same order."""
    return old == new or strip_volatile(old) == strip_volatile(new)
