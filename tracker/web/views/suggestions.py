"""What each suggester says of a statement on a topic, why, and how far it agrees with the topic's editors."""

from collections.abc import Mapping
from dataclasses import dataclass

from tracker.db import Session
from tracker.positions import queries as positions
from tracker.positions.models import TopicSuggester
from tracker.positions.queries import suggester_rows
from tracker.positions.suggesters.types import SuggesterName

NAMES: Mapping[SuggesterName, str] = {
    SuggesterName.PHRASES: "Phrases of the scale",
    SuggesterName.LEARNED: "Learned from this topic’s codings",
    SuggesterName.ADDRESS: "Language model",
}
"""In the order in which a suggestion counts before another's, see `coding_rows.in_force`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggesterLine:
    """One suggester beside the form."""

    name: str
    step: str | None
    """The step it suggests, in words; None where it suggests none."""
    reasons: tuple[str, ...]
    agreement: str


def suggester_lines(db: Session, claim_id: int, topic_id: str) -> tuple[SuggesterLine, ...]:
    """Every suggester that suggests something, or that was measured on the topic."""
    said = {one.by: one for one in positions.suggestions(db, claim_id, topic_id)}
    known = suggester_rows.suggesters_of(db, topic_id)
    return tuple(
        SuggesterLine(
            name=words,
            step=f"{said[name].step} {said[name].label}" if name in said else None,
            reasons=said[name].reasons if name in said else (),
            agreement=agreement_words(name, known.get(name)),
        )
        for name, words in NAMES.items()
        if name in said or name in known
    )


def suggester_name(by: str) -> str:
    """A suggester's name on pages."""
    return next((words for name, words in NAMES.items() if name == by), by)


def agreement_words(name: SuggesterName, row: TopicSuggester | None) -> str:
    """How far a suggester agrees with confirmed codings, in a sentence or two."""
    if row is None or not row.coded + row.without:
        return "Agreement not measured yet."
    codings = f"{row.coded + row.without} confirmed coding{'s' if row.coded + row.without > 1 else ''}"
    unseen = " that it had not learned from" if name is SuggesterName.LEARNED else ""
    if name is SuggesterName.LEARNED and row.model is None:
        return f"Not sure enough to suggest anything yet, measured on {codings}."
    if not row.shown:
        return f"Of {codings}{unseen} it would have suggested a step for none."
    told = f"Of {codings}{unseen} it suggests a step for {row.shown}: the editors’ own for {row.exact}"
    told += f", one within a step of it for {row.near}." if row.near != row.exact else "."
    return told + (f" It leaves alone {row.alone} of {row.without} without a position." if row.without else "")
