"""“How do we know?”: the facts of a statement with the rule and the words behind each, as its page folds them away."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tracker.speech import evidence
from tracker.speech.ledger.statement_fields import values_of
from tracker.speech.models import Claim
from tracker.speech.wording import visible
from tracker.web.views.cards import BASIS
from tracker.web.views.reading_changes import value_in_words

NAMES = {
    "words": "Words",
    "polarity": "Said or denied",
    "speaker": "Speaker",
    "day": "Day",
    "question": "Asked",
    "condition": "Condition",
    "reader": "Read by",
}
FIELDS = {"words": "kind"}
"""The fields of a statement that facts of another name are about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFact:
    """One fact: its name, what stands, by which rule, the words that tell it one after the other, who else it could be."""

    name: str
    value: str
    rule: str
    words: tuple[str, ...]
    candidates: tuple[str, ...]


def how_known(claim: Claim, speaker: str | None, text: str, reasons: Mapping[str, Any]) -> tuple[KnownFact, ...]:
    """The facts of a statement as one of its copies tells them; `reasons` are those kept with that appearance."""
    standing = values_of(claim, speaker)
    read = reasons.get("read") or standing
    shown = []
    for fact in evidence.explain(text, reasons, standing):
        field = FIELDS.get(fact.name, fact.name)
        changed = field in standing and read.get(field, standing[field]) != standing[field]
        # The role stands beside the name already.
        plain = field not in standing or field == "speaker"
        value = fact.value if plain else value_in_words(field, standing[field])
        told = tuple(visible(words) for words in fact.words if words not in BASIS)
        ours = [BASIS[words] for words in fact.words if words in BASIS]
        rule = "; ".join(part for part in (*ours, visible(fact.rule)) if part)
        shown.append(
            KnownFact(
                name=NAMES[fact.name],
                value=f"reader {value}" if fact.name == "reader" else visible(value),
                rule="not as this copy was read: see the history" if changed else rule,
                words=() if changed else told,
                candidates=fact.candidates,
            )
        )
    return tuple(shown)
