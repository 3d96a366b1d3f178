"""What reading a document again changed or proposes, as a page shows it: the field, both values and why."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tracker.speech.ledger.statement_fields import Value
from tracker.speech.models import ChangeState, ReadingChange
from tracker.speech.queries import Statement
from tracker.speech.wording import visible
from tracker.web.views import dates
from tracker.web.views.cards import statement_label

FIELDS = {
    "words": "Words",
    "kind": "How it is given",
    "polarity": "Said or denied",
    "speaker": "Speaker",
    "day": "Day",
    "occasion": "Where",
    "question": "Question",
    "condition": "Condition",
    "statement": "The statement itself",
}
KINDS = {
    "direct": "word for word",
    "mixed": "partly quoted",
    "indirect": "reported speech",
    "turn": "turn of a transcript",
    "post": "post",
}
STATES = {
    ChangeState.PROPOSED: "waits for a decision",
    ChangeState.FOLLOWED: "followed by itself",
    ChangeState.ACCEPTED: "accepted",
    ChangeState.REFUSED: "refused",
    ChangeState.OUTDATED: "no longer follows",
}
LONGEST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """One difference: of which statement, what it is about, both values with the rule of each, and what became of it."""

    id: int
    public_id: str
    label: str
    words: str
    field: str
    old: str
    new: str
    why_old: str
    why_new: str
    state: str
    waits: bool
    when: str


def change_row(change: ReadingChange, statement: Statement) -> ChangeRow:
    """A change as a list shows it."""
    kind, _, topic = change.field.partition(":")
    name = visible(str(change.new.get("topic", topic)))
    field = {"topic": f"Topic {name}", "position": f"Position on {name}"}.get(kind, FIELDS.get(kind, kind))
    decided = f" by {change.decided_by.split('@')[0]}" if change.decided_by and "@" in change.decided_by else ""
    return ChangeRow(
        id=change.id,
        public_id=statement.public_id,
        label=statement_label(statement),
        words=shorten(statement.text),
        field=field,
        old=value_in_words(kind, change.old),
        new=value_in_words(kind, change.new),
        why_old=_why(kind, change.old, change.why_old, change.reader_old),
        why_new=_why(kind, change.new, change.why_new, change.reader_new),
        state=f"{STATES[change.state]}{decided}",
        waits=change.state is ChangeState.PROPOSED,
        when=dates.moment(change.decided_at or change.at),
    )


def value_in_words(kind: str, value: Value) -> str:
    """The value of a field as people read it."""
    return visible(_IN_WORDS.get(kind, _other)(value))


def _speaker(value: Value) -> str:
    candidates = ", ".join(value["candidates"])
    name = value["name"] or f"not resolved{f' (could be {candidates})' if candidates else ''}"
    return f"{name}, {value['role']}" if value["role"] else str(name)


def _topic(value: Value) -> str:
    words = ", ".join(f"“{word}”" for word in value["matched"])
    return f"linked{f' because of {words}' if words else ''}" if value["linked"] else "not linked"


def _other(value: Value) -> str:
    told = [str(one) for key, one in value.items() if one and key not in {"start", "end", "spans", "altered"}]
    return shorten("; ".join(told)) or "none"


def _days(value: Value) -> str:
    if not value["from"]:
        return "unknown"
    first, last = date.fromisoformat(value["from"]), date.fromisoformat(value["to"])
    days = dates.short_day(first) if first == last else f"{dates.short_day(first)} to {dates.short_day(last)}"
    return f"{days} ({value['conflict']})" if value["conflict"] else days


def _why(kind: str, value: Value, why: Mapping[str, Any], reader: str) -> str:
    rules = [
        one if isinstance(one, str) else str(one.get("rule", "")) for one in why.values() if not isinstance(one, list)
    ]
    told = [f"rule “{rule}”" for rule in rules if rule]
    if kind == "day" and value.get("basis"):
        told.append(f"evidence “{value['basis']}”")
    told += [str(reason) for reason in value.get("reasons", ())]
    if reader:
        told.append(f"reader {reader}")
    return visible("; ".join(told))


def shorten(text: str) -> str:
    """The beginning of a text, cut after a word."""
    words = visible(text)
    return words if len(words) <= LONGEST else f"{words[:LONGEST].rsplit(' ', 1)[0]} …"


_IN_WORDS: Mapping[str, Callable[[Value], str]] = {
    "speaker": _speaker,
    "day": _days,
    "kind": lambda value: KINDS.get(value["kind"], str(value["kind"])),
    "statement": lambda value: "withdrawn" if value["status"] == "withdrawn" else "stands",
    "topic": _topic,
    "position": lambda value: str(value["position"] or "none suggested"),
    "polarity": lambda value: "denied" if value["polarity"] == "denied" else "said",
}
