"""How far two people who code apart agree: Krippendorff's alpha. Pure.

K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), https://repository.upenn.edu/asc_papers/43: alpha is
1 - D_o / D_e over the coincidences of values within units; units with fewer than two values are left out. The ordinal
difference of two values is the squared sum of how often the values from one to the other occur, the ends counted half.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

Value = TypeVar("Value", int, str)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Alpha over `units` units; None where nothing can be told: no unit with two values, or the same value everywhere."""

    alpha: float | None
    units: int


def ordinal(units: Sequence[Sequence[int]]) -> Agreement:
    """The agreement on steps of a scale; each unit has the values its coders gave it."""
    counts = Counter(value for unit in units if len(unit) > 1 for value in unit)
    ordered = sorted(counts)

    def difference(one: int, other: int) -> float:
        low, high = min(one, other), max(one, other)
        between = sum(counts[value] for value in ordered if low <= value <= high)
        return (between - (counts[low] + counts[high]) / 2) ** 2

    return _alpha(units, difference)


def nominal(units: Sequence[Sequence[str]]) -> Agreement:
    """The agreement on kinds without an order."""
    return _alpha(units, lambda one, other: float(one != other))


def _alpha(units: Sequence[Sequence[Value]], difference: Callable[[Value, Value], float]) -> Agreement:
    pairable = [unit for unit in units if len(unit) > 1]
    values = Counter(value for unit in pairable for value in unit)
    total = sum(values.values())
    observed = 0.0
    for unit in pairable:
        each = Counter(unit)
        observed += sum(
            number * other_number * difference(one, other)
            for one, number in each.items()
            for other, other_number in each.items()
            if one != other
        ) / (len(unit) - 1)
    expected = sum(
        number * other_number * difference(one, other)
        for one, number in values.items()
        for other, other_number in values.items()
        if one != other
    )
    if not expected:
        return Agreement(None, len(pairable))
    return Agreement(1 - (total - 1) * observed / expected, len(pairable))
