"""The scale: how far two positions stand apart, and the verdict on what a speaker said before and after. Pure.

A scale is the ordered step numbers of one version of a topic's positions. A verdict describes, it never judges.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """The six verdicts; the values are the words of the exports."""

    REVERSED = "reversed"
    MOVED = "moved"
    UNCHANGED = "unchanged"
    FIRST = "first position"
    SILENT = "no later statement"
    UNCLEAR = "not comparable"


class Refusal(StrEnum):
    """Why two sides can't be compared."""

    NOT_CODED_AFTER = "no position is coded after the event"
    FRAGMENTS_AFTER = "only fragments are quoted after the event"
    NOT_CODED = "no position is coded on either side"
    CHOSEN_NOT_CODED = "the key quote an editor chose carries no position"
    OTHER_SCALE = "the two positions belong to different versions of the scale"
    NOT_PLACED = "no statement can be placed before or after the event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What two key quotes say together. `distance` is in steps of the scale, with sign: +1 is one step up."""

    outcome: Outcome
    before: int | None = None
    after: int | None = None
    distance: int = 0
    refusal: Refusal | None = None


ORDER = tuple(Outcome)
"""The order of a line-up by size of shift."""

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def distance(before: int, after: int, steps: Sequence[int]) -> int:
    """Steps from `before` to `after`, counted along the scale: positive is up. Raises ValueError for a foreign step."""
    ordered = sorted(set(steps))
    return ordered.index(after) - ordered.index(before)


def opposite(before: int, after: int, steps: Sequence[int]) -> bool:
    """Do the two positions lie on opposite sides of the scale's middle? The middle step itself is on neither side."""
    ordered = sorted(set(steps))
    middle = (len(ordered) - 1) / 2
    return (ordered.index(before) - middle) * (ordered.index(after) - middle) < 0


def compare(before: int, after: int, steps: Sequence[int]) -> Verdict:
    """The verdict on two coded positions of one scale."""
    apart = distance(before, after, steps)
    if apart == 0:
        outcome = Outcome.UNCHANGED
    elif opposite(before, after, steps):
        outcome = Outcome.REVERSED
    else:
        outcome = Outcome.MOVED
    return Verdict(outcome=outcome, before=before, after=after, distance=apart)


def first(after: int) -> Verdict:
    """No position before the event, one after it."""
    return Verdict(outcome=Outcome.FIRST, after=after)


def silent(before: int) -> Verdict:
    """A position before the event, nothing found after it."""
    return Verdict(outcome=Outcome.SILENT, before=before)


def refuse(refusal: Refusal, before: int | None = None, after: int | None = None) -> Verdict:
    """Two sides that can't be compared, and why."""
    return Verdict(outcome=Outcome.UNCLEAR, before=before, after=after, refusal=refusal)


def count(number: int, noun: str) -> str:
    """A number with its noun: "one step", "two steps", "12 steps"."""
    word = NUMBERS[number] if 0 <= number < len(NUMBERS) else str(number)
    return f"{word} {noun}" if number == 1 else f"{word} {noun}s"


def words(verdict: Verdict) -> str:
    """The verdict in two or three words: "moved one step", "unchanged", "no later statement"."""
    if verdict.outcome is Outcome.MOVED:
        return f"moved {count(abs(verdict.distance), 'step')}"
    return verdict.outcome.value


def direction(verdict: Verdict) -> str | None:
    """Up, down, or None where nothing moved."""
    if verdict.distance == 0:
        return None
    return "up" if verdict.distance > 0 else "down"


def sentence(verdict: Verdict) -> str:
    """The verdict with its steps: "moved one step, from 2 to 3"."""
    if verdict.outcome in {Outcome.MOVED, Outcome.REVERSED}:
        return f"{words(verdict)}, from {verdict.before} to {verdict.after}"
    if verdict.outcome is Outcome.UNCHANGED:
        return f"unchanged at {verdict.after}"
    if verdict.outcome is Outcome.FIRST:
        return f"first position, {verdict.after}"
    if verdict.outcome is Outcome.SILENT:
        return f"no later statement; {verdict.before} before"
    return f"not comparable: {verdict.refusal}"
