"""What all benchmarks share: a figure, and a fair way to time two things against each other."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One measurement: how much time ours takes for each unit of the reference's, the median over several rounds."""

    floor: str
    what: str
    reference: str
    ratio: float
    ours: str
    """The absolute figure of this run, to give the ratio a feeling; machines differ."""


def ratio(ours: Callable[[], object], reference: Callable[[], object], rounds: int = 5) -> tuple[float, float]:
    """Median of ours/reference over pairs of runs, one after the other, and the median seconds of ours.

    Pairs, because a machine's speed drifts: both halves of a pair feel the same drift.
    """
    ours()
    reference()
    pairs = [(seconds(ours), seconds(reference)) for _ in range(rounds)]
    return statistics.median(a / b for a, b in pairs), statistics.median(a for a, _ in pairs)


def seconds(work: Callable[[], object]) -> float:
    """How long one run takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
