"""What a shift is: which statements of a speaker are one, how far apart, and the verdict on a before and after. Pure.

A scale is the ordered step numbers of one version of a topic's positions, with the steps of its two outer sides. A verdict
describes, it never judges. Its words are those of the design: "moved two steps up", and "changed sides" only from one outer
side to the other.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class VerdictKind(StrEnum):
    """The six verdicts; the values are the words of the exports. `REVERSED` reads "changed sides" on every page."""

    REVERSED = "reversed"
    MOVED = "moved"
    UNCHANGED = "unchanged"
    FIRST = "first position"
    SILENT = "no later statement"
    UNCLEAR = "not comparable"


class NotComparable(StrEnum):
    """Why two sides can't be compared."""

    NOT_CODED_AFTER = "no position is coded after the event"
    FRAGMENTS_AFTER = "only fragments are quoted after the event"
    NOT_CODED = "no position is coded on either side"
    CHOSEN_NOT_CODED = "the key quote an editor chose carries no position"
    OTHER_SCALE = "the two positions belong to different versions of the scale"
    NOT_PLACED = "no statement can be placed before or after the event"
    SAME_DAY_AFTER = "what may be later is of the same day, not placed"
    UNSURE_AFTER = "what may be later has no sure day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What two key quotes say together. `distance` is in steps of the scale, with sign: +1 is one step up."""

    outcome: VerdictKind
    before: int | None = None
    after: int | None = None
    distance: int = 0
    refusal: NotComparable | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """One version of a topic's scale: its steps in order, and which of them lie on the lower and the upper outer side."""

    steps: tuple[int, ...]
    lower: frozenset[int]
    upper: frozenset[int]

    @classmethod
    def of(cls, steps: Iterable[int], lower: Iterable[int] = (), upper: Iterable[int] = ()) -> "Scale":
        """A scale of these steps; one that defines no sides has its lowest and its highest step as sides."""
        ordered, low, high = tuple(sorted(set(steps))), frozenset(lower), frozenset(upper)
        if not low and not high and ordered:
            low, high = frozenset(ordered[:1]), frozenset(ordered[-1:])
        return cls(steps=ordered, lower=low, upper=high)


VERDICT_ORDER = tuple(VerdictKind)
"""The order of a line-up by size of shift."""

NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True, slots=True, kw_only=True)
class CodedStatement:
    """One statement with its confirmed position in force: the days it may have been said on, the step and its scale."""

    claim_id: int
    said_from: date
    said_to: date
    coding_id: int
    position_id: int
    scale: int
    step: int


def is_shift(before: CodedStatement, after: CodedStatement) -> bool:
    """Whether two statements of one speaker, the earlier one first, are a shift: other steps of the same scale."""
    return before.scale == after.scale and before.step != after.step


def find_shifts(coded: Sequence[CodedStatement]) -> list[tuple[CodedStatement, CodedStatement]]:
    """The shifts among one speaker's statements on one topic, each as its earlier and its later statement.

    A statement is held against the last one whose days all lie before its own: days that overlap prove no order.
    """
    ordered = sorted(coded, key=lambda one: (one.said_to, one.claim_id))
    ends = [one.said_to for one in ordered]
    found: list[tuple[CodedStatement, CodedStatement]] = []
    for after in ordered:
        earlier = bisect_left(ends, after.said_from)
        if earlier and is_shift(ordered[earlier - 1], after):
            found.append((ordered[earlier - 1], after))
    return found


def steps_between(before: int, after: int, scale: Scale) -> int:
    """Steps from `before` to `after`, counted along the scale: positive is up. Raises ValueError for a foreign step."""
    return scale.steps.index(after) - scale.steps.index(before)


def changed_sides(before: int, after: int, scale: Scale) -> bool:
    """Whether one position lies on one outer side of the scale and the other on the other."""
    return (before in scale.lower and after in scale.upper) or (before in scale.upper and after in scale.lower)


def compare_positions(before: int, after: int, scale: Scale) -> Verdict:
    """The verdict on two coded positions of one scale."""
    apart = steps_between(before, after, scale)
    if apart == 0:
        outcome = VerdictKind.UNCHANGED
    elif changed_sides(before, after, scale):
        outcome = VerdictKind.REVERSED
    else:
        outcome = VerdictKind.MOVED
    return Verdict(outcome=outcome, before=before, after=after, distance=apart)


def first_position(after: int) -> Verdict:
    """No position before the event, one after it."""
    return Verdict(outcome=VerdictKind.FIRST, after=after)


def no_later_statement(before: int) -> Verdict:
    """A position before the event, nothing found after it."""
    return Verdict(outcome=VerdictKind.SILENT, before=before)


def not_comparable(refusal: NotComparable, before: int | None = None, after: int | None = None) -> Verdict:
    """Two sides that can't be compared, and why."""
    return Verdict(outcome=VerdictKind.UNCLEAR, before=before, after=after, refusal=refusal)


def count_in_words(number: int, noun: str) -> str:
    """A number with its noun: "one step", "two steps", "12 steps"."""
    word = NUMBER_WORDS[number] if 0 <= number < len(NUMBER_WORDS) else str(number)
    return f"{word} {noun}" if number == 1 else f"{word} {noun}s"


def verdict_title(verdict: Verdict) -> str:
    """The verdict in a few words: "moved one step up", "changed sides, four steps down", "no later statement"."""
    steps = count_in_words(abs(verdict.distance), "step")
    way = direction(verdict)
    if verdict.outcome is VerdictKind.MOVED:
        return f"moved {steps} {way}" if way else "moved"
    if verdict.outcome is VerdictKind.REVERSED:
        return f"changed sides, {steps} {way}" if way else "changed sides"
    return verdict.outcome.value


def direction(verdict: Verdict) -> str | None:
    """Up, down, or None where nothing moved."""
    if verdict.distance == 0:
        return None
    return "up" if verdict.distance > 0 else "down"


def verdict_sentence(verdict: Verdict) -> str:
    """The verdict with its steps: "moved one step, from 2 to 3"."""
    if verdict.outcome in {VerdictKind.MOVED, VerdictKind.REVERSED}:
        return f"{verdict_title(verdict)}, from {verdict.before} to {verdict.after}"
    if verdict.outcome is VerdictKind.UNCHANGED:
        return f"unchanged at {verdict.after}"
    if verdict.outcome is VerdictKind.FIRST:
        return f"first position, {verdict.after}"
    if verdict.outcome is VerdictKind.SILENT:
        return f"no later statement; {verdict.before} before"
    return f"not comparable: {verdict.refusal}"
