"""Comparing wordings: the words two quotes share, and what differs between two copies of one."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.speech import wording
from tracker.speech.wording import Piece
from tracker.web.views import dates

SMALL = frozenset(
    "a an and are as at be been but by for from had has have he her his i in is it its of on or our she that the their "
    "them there they this to was we were what when which who will with would you your not do does did so if all".split()
)
NAMED = 8


@dataclass(frozen=True, slots=True)
class WordRun:
    """A run of text, marked or not."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """Two key quotes with the words they share marked, and the count in words."""

    before: tuple[WordRun, ...]
    after: tuple[WordRun, ...]
    legend: str


def compare(before: str, after: str) -> Compared:
    """Two different statements: shared words marked, small words left out."""
    early, late = _weighty(before), _weighty(after)
    shared = early & late
    both = sorted(shared)
    named = ", ".join(both[:NAMED]) + (", …" if len(both) > NAMED else "")
    words = f"{len(both)} of {len(early | late)} different words, small words left out"
    told = f"Marked words appear in both quotes ({words})"
    return Compared(_runs(before, shared), _runs(after, shared), f"{told}{': ' + named if both else ''}.")


def _weighty(text: str) -> set[str]:
    return {word for word in wording.fold(text).split() if word not in SMALL and len(word) > 1}


def _runs(text: str, shared: set[str]) -> tuple[WordRun, ...]:
    runs: list[WordRun] = []
    end = 0
    for found in wording.WORD.finditer(text):
        if wording.fold(found[0]) in shared:
            if found.start() > end:
                runs.append(WordRun(text[end : found.start()], marked=False))
            runs.append(WordRun(found[0], marked=True))
            end = found.end()
    if end < len(text):
        runs.append(WordRun(text[end:], marked=False))
    return tuple(runs)


def legend(pieces: Sequence[Piece], *, is_part: bool = False) -> str:
    """How many words differ, in words: "2 words only here, 1 missing"; `is_part` where only a part of the text is quoted."""
    new, gone = wording.counts(pieces)
    if not new and not gone:
        told = "Same words; only marks or spaces differ" if len(pieces) > 1 else "Word for word the same"
    else:
        told = f"{dates.counted(new, 'word')} only here, {gone} missing"
    return f"A part of it is quoted. {told}" if is_part else told
