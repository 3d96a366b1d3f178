"""What a topic's rule would catch and lose among held statements, before it is saved. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.positions import matching
from tracker.positions.border import Border, border_of
from tracker.positions.matching import TopicRule
from tracker.positions.passage import Passage

COUNTED = ("today", "after", "gained", "lost", "asked", "kept")
NEAREST = 10
"""Statements shown that stand nearest to the border."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldStatement:
    """A statement that is compared with a rule, and how it stands to the topic today."""

    claim_id: int
    day: date | None
    passage: Passage
    linked: bool = False
    by_hand: bool = False
    """A person put it on the topic or took it off: no rule changes that."""
    coded: bool = False
    """A person confirmed a position: it leaves the topic only when an editor agrees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """Statements looked at, and how many there are of their kind."""

    statements: Iterable[HeldStatement]
    looked: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthCount:
    """How many statements of a month are on the topic today, and how many would be; None for those without a day."""

    month: date | None
    today: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BorderCase:
    """A statement near the border: whether it would be on the topic, and whether that is new."""

    held: HeldStatement
    caught: bool
    border: Border


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicPreview:
    """What a rule would do. Where not all were `looked` at, the numbers are estimates from a sample."""

    looked: int
    total: int
    today: int
    after: int
    gained: int
    lost: int
    asked: int
    """Of those lost: coded by a person, and left on the topic until an editor agrees."""
    kept: int
    """Statements of which a person decided otherwise than the rule: they stay as they are."""
    months: tuple[MonthCount, ...]
    border: tuple[BorderCase, ...]

    @property
    def is_sample(self) -> bool:
        """Whether only some statements were looked at."""
        return self.looked < self.total


def preview(strata: Sequence[Stratum], rule: TopicRule) -> TopicPreview:
    """Compare statements with a rule; each counts for as many of its kind as it was chosen from."""
    sums: dict[str, float] = dict.fromkeys(COUNTED, 0.0)
    today: dict[date | None, float] = {}
    after: dict[date | None, float] = {}
    cases: list[BorderCase] = []
    for stratum in strata:
        weight = stratum.total / stratum.looked if stratum.looked else 0.0
        for one in stratum.statements:
            found = matching.match(one.passage, rule)
            caught = one.linked if one.by_hand else found is not None
            month = one.day.replace(day=1) if one.day else None
            today[month] = today.get(month, 0.0) + weight * one.linked
            after[month] = after.get(month, 0.0) + weight * caught
            for name, counts in (
                ("today", one.linked), ("after", caught), ("gained", caught and not one.linked),
                ("lost", one.linked and not caught), ("asked", one.linked and not caught and one.coded),
                ("kept", one.by_hand and one.linked != (found is not None)),
            ):  # fmt: skip
                sums[name] += weight * counts
            if not one.by_hand and (border := border_of(one.passage, rule, found)):
                cases.append(BorderCase(held=one, caught=caught, border=border))
    months = sorted((month for month in today if month), reverse=True)
    return TopicPreview(
        looked=sum(one.looked for one in strata),
        total=sum(one.total for one in strata),
        **{name: round(number) for name, number in sums.items()},
        months=tuple(
            MonthCount(month=month, today=round(today[month]), after=round(after[month]))
            for month in (*months, *((None,) if None in today else ()))
            if round(today[month]) or round(after[month])
        ),
        border=_nearest(cases),
    )


def _nearest(cases: Sequence[BorderCase]) -> tuple[BorderCase, ...]:
    """The nearest on both sides, as many of each as there are and no more than `NEAREST`."""
    ordered = sorted(cases, key=lambda one: (one.border.distance, -(one.held.day or date.min).toordinal()))
    caught = [one for one in ordered if one.caught]
    missed = [one for one in ordered if not one.caught]
    from_caught = min(len(caught), max(NEAREST // 2, NEAREST - len(missed)))
    return (*caught[:from_caught], *missed[: NEAREST - from_caught])
