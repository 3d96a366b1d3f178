"""The fields of a statement that a reading decides, as values that can be compared, stored, shown and put back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tracker.speech.models import Appearance, Claim, Precision, QuoteKind, Speaker
from tracker.speech.types import Polarity

Value = dict[str, Any]
FIELDS = ("kind", "polarity", "speaker", "day", "occasion", "question", "condition")
"""What is decided beside the words themselves."""
WORDS = "words"
REASONS: Mapping[str, tuple[str, ...]] = {
    "words": ("quote", "cue"),
    "kind": ("quote",),
    "polarity": ("quote", "cue"),
    "speaker": ("speaker",),
    "day": ("said",),
    "occasion": ("cue",),
    "condition": ("condition",),
}
"""The keys of an appearance's reasons that say why a field is what it is."""


def values_of(claim: Claim, speaker: str | None) -> dict[str, Value]:
    """Each field of a claim as it stands; `speaker` is the name of its speaker."""
    return {
        "kind": {"kind": QuoteKind(claim.kind).value},
        "polarity": {"polarity": Polarity(claim.polarity).value},
        "speaker": {
            "name": speaker,
            "mention": claim.speaker_text,
            "role": claim.role,
            "candidates": list(claim.candidates),
        },
        "day": {
            "from": claim.said_from.isoformat() if claim.said_from else None,
            "to": claim.said_to.isoformat() if claim.said_to else None,
            "precision": Precision(claim.said_precision).value,
            "basis": claim.said_basis,
            "conflict": claim.said_conflict,
        },
        "occasion": {"channel": claim.channel, "venue": claim.venue},
        "question": {"question": claim.question},
        "condition": {"condition": claim.condition},
    }


def words_value(claim: Claim, place: Appearance) -> Value:
    """The words of a claim and where they stand in the snapshot."""
    return {
        "text": claim.text,
        "altered": claim.altered,
        "start": place.start,
        "end": place.end,
        "spans": [list(span) for span in place.spans],
    }


def is_empty(field: str, value: Value) -> bool:
    """Whether a field is not known: whoever tells it only fills it in."""
    key = {"speaker": "name", "day": "from"}.get(field)
    if key is not None:
        return value.get(key) is None
    return field in {"occasion", "question", "condition"} and not any(value.values())


def is_other(field: str, old: Value, new: Value) -> bool:
    """Whether two values of a field say something else, and not only the same of other words beside the quote."""
    if field == "speaker":
        return old["name"] != new["name"] or (new["name"] is None and old["candidates"] != new["candidates"])
    keys = ("from", "to", "precision", "conflict") if field == "day" else tuple(new)
    return any(old[key] != new[key] for key in keys)


def put(claim: Claim, field: str, value: Value, speaker: Speaker | None = None) -> None:
    """Set a field of a claim to a value; of "speaker" the row is given too."""
    if field == "kind":
        claim.kind = QuoteKind(value["kind"])
    elif field == "polarity":
        claim.polarity = Polarity(value["polarity"])
    elif field == "speaker":
        claim.speaker_id = speaker.id if speaker else None
        claim.speaker_text, claim.role = value["mention"], value["role"]
        claim.candidates = list(value["candidates"])
    elif field == "day":
        claim.said_from = date.fromisoformat(value["from"]) if value["from"] else None
        claim.said_to = date.fromisoformat(value["to"]) if value["to"] else None
        claim.said_precision = Precision(value["precision"])
        claim.said_basis, claim.said_conflict = value["basis"], value["conflict"]
    elif field == "occasion":
        claim.channel, claim.venue = value["channel"], value["venue"]
    elif field == "question":
        claim.question = value["question"]
    elif field == "condition":
        claim.condition = value["condition"]
