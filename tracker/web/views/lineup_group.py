"""A group of speakers around an event: its confirmed positions before and after, who moved, who is not heard."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tracker.positions import shift_rule
from tracker.positions.lineup import LineUp, LineUpSide
from tracker.positions.shift_rule import VerdictKind
from tracker.speech.queries import SpeakerRef
from tracker.web.views.lineup_chart import SHIFTED


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadStep:
    """One step of the scale and how many of the group hold it on each side."""

    step: int
    label: str
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSpread:
    """The spread of a group: by step, with how many speakers of each side it rests on."""

    name: str
    members: int
    steps: tuple[SpreadStep, ...]
    before: int
    after: int
    moved: tuple[str, ...]
    no_later: tuple[str, ...]
    unheard: tuple[str, ...]
    """Members without any statement in these days."""


def spread(
    name: str, members: Mapping[int, SpeakerRef], built: LineUp, steps: Sequence[tuple[int, str]]
) -> GroupSpread:
    """The spread of a group's key quotes, confirmed codings only. `members` are all speakers of the group."""
    before = Counter(_held([row.before for row in built.rows]))
    after = Counter(_held([row.after for row in built.rows]))
    names = {number: who.name for number, who in members.items()}
    heard = {row.speaker_id for row in built.rows}
    return GroupSpread(
        name=name,
        members=len(members),
        steps=tuple(
            SpreadStep(step=step, label=label, before=before[step], after=after[step]) for step, label in steps
        ),
        before=before.total(),
        after=after.total(),
        moved=tuple(
            f"{names[row.speaker_id]}, {shift_rule.verdict_title(row.verdict)}"
            for row in built.rows
            if row.verdict.outcome in SHIFTED
        ),
        no_later=_named(names, [row.speaker_id for row in built.rows if row.verdict.outcome is VerdictKind.SILENT]),
        unheard=_named(names, set(names) - heard),
    )


def _held(cells: Sequence[LineUpSide]) -> list[int]:
    return [cell.key.step for cell in cells if cell.key is not None and cell.key.step is not None]


def _named(names: Mapping[int, str], ids: Collection[int]) -> tuple[str, ...]:
    return tuple(sorted(names[number] for number in ids))
