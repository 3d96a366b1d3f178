"""An utterance on its way: found in the text, its speaker and day not yet known."""

from __future__ import annotations

from dataclasses import dataclass, field

from tracker.speech.types import Polarity, Span


@dataclass(slots=True, kw_only=True)
class Draft:
    """An utterance before names and dates: code points of its pieces, source and cue."""

    spans: list[Span]
    source: Span | None
    cue: Span | None
    rule: str
    regions: list[int] = field(default_factory=list)
    reporting_clause: list[Span] = field(
        default_factory=list
    )  # the reporting clause, where the date of saying may stand
    whole: bool = False  # ``spans`` hold the reporting clause too: the sentence is the utterance
    date_only: bool = False  # no utterance: only tells who spoke and when
    polarity: Polarity = Polarity.AFFIRMED
