"""A formula on a topic: who said a phrase first, who took it over, who dropped it, when it was last said. Pure.

A formula is a run of words, compared as bare words (no case, accents or marks). Somebody "dropped" it who has spoken on the
topic since without it; who has not spoken since is only not heard any more, which is another thing.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

DROPPED_AFTER = 2
"""Later statements on the topic without the phrase, from which a speaker is said to have dropped it."""
SHORTEST, LONGEST = 3, 7
"""Words of a phrase that is proposed because it recurs."""
MOST_PROPOSED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicStatement:
    """One statement on a topic as formulas see it: who, when (None: unknown), its bare words."""

    claim_id: int
    speaker_id: int
    day: date | None
    folded: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaUser:
    """One speaker who used a formula: every use and every other statement on the topic, in the order said."""

    speaker_id: int
    uses: tuple[TopicStatement, ...]
    others: tuple[TopicStatement, ...]
    since: int
    """Statements on the topic after the last use, without the phrase."""

    @property
    def first(self) -> date | None:
        """The day of the first use; None where no use has a day."""
        return next((one.day for one in self.uses if one.day is not None), None)

    @property
    def last(self) -> date | None:
        """The day of the last use."""
        return next((one.day for one in reversed(self.uses) if one.day is not None), None)

    @property
    def dropped(self) -> bool:
        """Whether the speaker went on speaking of the topic without the phrase."""
        return self.since >= DROPPED_AFTER


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentSpeaker:
    """A speaker who spoke of a topic several times and has not been found doing so for long."""

    speaker_id: int
    statements: int
    last: date


def trace(phrase: str, statements: Iterable[TopicStatement]) -> tuple[FormulaUser, ...]:
    """Who used a phrase (bare words), the first one first; those whose uses have no day come last."""
    words = f" {phrase} "
    said: dict[int, list[TopicStatement]] = {}
    for one in sorted(statements, key=lambda one: (one.day or date.max, one.claim_id)):
        said.setdefault(one.speaker_id, []).append(one)
    users = []
    for speaker, mine in said.items():
        uses = tuple(one for one in mine if words in f" {one.folded} ")
        if not uses:
            continue
        last = max((one.day for one in uses if one.day is not None), default=None)
        others = tuple(one for one in mine if one not in uses)
        since = len([one for one in others if last is not None and one.day is not None and one.day > last])
        users.append(FormulaUser(speaker_id=speaker, uses=uses, others=others, since=since))
    return tuple(sorted(users, key=lambda one: (one.first or date.max, one.speaker_id)))


def recurring(statements: Iterable[TopicStatement], small: frozenset[str]) -> tuple[tuple[str, int, int], ...]:
    """Phrases that several speakers use, with the number of statements and speakers, the most shared first.

    A phrase neither begins nor ends with one of the `small` words, and none is a part of a longer one that is as common.
    """
    speakers: dict[str, set[int]] = {}
    seen: Counter[str] = Counter()
    for one in statements:
        words = one.folded.split()
        phrases = {
            " ".join(words[start : start + length])
            for length in range(SHORTEST, LONGEST + 1)
            for start in range(len(words) - length + 1)
            if words[start] not in small and words[start + length - 1] not in small
        }
        for phrase in phrases:
            seen[phrase] += 1
            speakers.setdefault(phrase, set()).add(one.speaker_id)
    shared = [(phrase, seen[phrase], len(who)) for phrase, who in speakers.items() if len(who) > 1]
    shared.sort(key=lambda one: (-one[2], -one[1], -len(one[0]), one[0]))
    kept: list[tuple[str, int, int]] = []
    for phrase, number, who in shared:
        if not any(f" {phrase} " in f" {other} " or f" {other} " in f" {phrase} " for other, _, _ in kept):
            kept.append((phrase, number, who))
        if len(kept) == MOST_PROPOSED:
            break
    return tuple(kept)


def silent(statements: Sequence[TopicStatement], today: date, days: int, fewest: int = 3) -> tuple[SilentSpeaker, ...]:
    """Who spoke of a topic at least `fewest` times and not in the last `days`, the one last heard first."""
    said: dict[int, list[date]] = {}
    for one in statements:
        if one.day is not None:
            said.setdefault(one.speaker_id, []).append(one.day)
    found = [
        SilentSpeaker(speaker_id=speaker, statements=len(mine), last=max(mine))
        for speaker, mine in said.items()
        if len(mine) >= fewest and today - max(mine) > timedelta(days=days)
    ]
    return tuple(sorted(found, key=lambda one: (-one.last.toordinal(), one.speaker_id)))
