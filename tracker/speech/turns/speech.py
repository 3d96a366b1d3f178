"""A speech: one voice, with one label or none, told by its heading and by the first person of its words."""

from __future__ import annotations

import re
from functools import lru_cache

from tracker.languages.data import Language, or_default
from tracker.languages.phrases import either
from tracker.speech.turns.cut import names_office_holder
from tracker.speech.types import Manuscript

LONGEST_HEADING = 200
"""Characters of a first line that may be the heading of a text without a title."""
NEAR_START = 60
"""Characters of a heading within which it must name the kind of speaking: later it is what the page is about."""
FEWEST = 3
"""Words of the first person in the shortest speech."""
SHARE = 0.01
"""Least share of them among all words: reporters write of themselves in no sentence of a hundred."""
QUOTED = 0.15
"""Share of the text in quotation marks from which it is told about, not spoken."""
LEAD = 1500
"""Code points at the head of a text within which the label stands that opens a speech."""
_LABEL = re.compile(r"^([^\W\d_][^\n:]{2,80}):[ \t]*(?=\S)", re.MULTILINE)
_QUOTATION = re.compile(r"[“„«\"][^“”„»\"\n]{20,}[”“»\"]")


@lru_cache(maxsize=16)
def _kind_of_speaking(language: Language) -> re.Pattern[str]:
    """Find the kind of a speech in a heading."""
    words = language.transcripts
    return re.compile(rf"\b(?:{either(dict.fromkeys((*words.occasions, *words.statements)))})", re.IGNORECASE)


@lru_cache(maxsize=16)
def first_person(language: Language) -> re.Pattern[str]:
    """Find words of the first person, also with a capital ("I" only so: a small one is a number or a letter)."""
    words = {form for word in language.transcripts.first_person for form in (word, word[:1].upper() + word[1:])}
    return re.compile(rf"\b(?:{either(words)})\b")


def heading(manuscript: Manuscript) -> str:
    """The title, or the first line where a text without one begins with a short line that is no sentence."""
    if manuscript.title:
        return manuscript.title
    first = manuscript.text.lstrip().partition("\n")[0].strip()
    return first if 0 < len(first) <= LONGEST_HEADING and first[-1] not in '.!?…:”"' else ""


def is_speech(manuscript: Manuscript, language: Language | None) -> bool:
    """Whether a text of unknown kind is somebody's speech: its source, heading or label says so, and so do its words."""
    known = or_default(language)
    told = manuscript.spoken or _kind_of_speaking(known).search(heading(manuscript)[:NEAR_START])
    if not told and not any(names_office_holder(m[1], known) for m in _LABEL.finditer(manuscript.text, 0, LEAD)):
        return False
    text = manuscript.text
    of_oneself = len(first_person(known).findall(text))
    if of_oneself < max(FEWEST, SHARE * len(text.split())):
        return False
    return sum(len(found) for found in _QUOTATION.findall(text)) <= QUOTED * len(text)
