"""How a reading knows what it tells: the reasons of one quote, kept with its appearance, and the facts they show.

The statement's page ("How do we know?") and `tracker extract --explain` show the same facts: both ask `explain`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tracker.speech.types import Quote

Reasons = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing a reading tells: what, by which rule, and the words of the text that tell it, in the order they are used."""

    name: str
    """ "words", "polarity", "speaker", "day", "question", "condition" or "reader"."""
    value: str
    rule: str = ""
    words: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()


def reasons_of(quote: Quote, reader: str) -> Reasons:
    """Which rule decided each field of a quote, with the places of its evidence, as JSON keeps it."""
    mention = quote.speaker
    reasons: Reasons = {"reader": reader, "quote": quote.rule, "said": {"rule": quote.said.rule}}
    if mention is not None:
        reasons["speaker"] = {
            "span": [mention.start, mention.end],
            "chain": [list(span) for span in mention.chain],
            "rule": mention.rule,
            "candidates": list(mention.candidates),
        }
    if quote.cue:
        reasons["cue"] = list(quote.cue)
    if quote.said.basis is not None:
        reasons["said"]["basis"] = list(quote.said.basis) if isinstance(quote.said.basis, tuple) else quote.said.basis
    if quote.condition:
        reasons["condition"] = list(quote.condition)
    return reasons


def explain(text: str, reasons: Mapping[str, Any], read: Mapping[str, Mapping[str, Any]]) -> tuple[Fact, ...]:
    """The facts of one quote of `text`: its reasons, and what was read of each field (`statement_fields.values_of`)."""
    cue = _words(text, [reasons["cue"]] if reasons.get("cue") else [])
    who, when = reasons.get("speaker") or {}, reasons.get("said") or {}
    speaker, day = read["speaker"], read["day"]
    named = _words(text, [who["span"], *who.get("chain", ())]) if who else ()
    days = " to ".join(dict.fromkeys(one for one in (day["from"], day["to"]) if one))
    facts = [
        Fact(name="words", value=str(read["kind"]["kind"]), rule=str(reasons.get("quote", ""))),
        Fact(
            name="polarity", value=str(read["polarity"]["polarity"]), rule="reporting words" if cue else "", words=cue
        ),
        Fact(
            name="speaker",
            value=str(speaker["name"] or "not resolved"),
            rule=str(who.get("rule", "")),
            words=named,
            candidates=tuple(speaker["candidates"]),
        ),
        Fact(
            name="day",
            value=f"{days or 'unknown'} ({day['conflict']})" if day["conflict"] else days or "unknown",
            rule=str(when.get("rule", "")),
            words=_basis(text, when.get("basis"), str(day["basis"])),
        ),
    ]
    told = [(name, read[name][name]) for name in ("question", "condition")]
    facts += [Fact(name=name, value=str(words)) for name, words in told if words]
    if reasons.get("reader"):
        facts.append(Fact(name="reader", value=str(reasons["reader"])))
    return tuple(facts)


def as_rows(facts: Sequence[Fact]) -> list[dict[str, Any]]:
    """Facts as JSON has them, without what is empty."""
    return [
        {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(fact).items() if value}
        for fact in facts
    ]


def _basis(text: str, basis: object, told: str) -> tuple[str, ...]:
    if isinstance(basis, list | tuple):
        return _words(text, [basis])
    return (str(basis or told),) if basis or told else ()


def _words(text: str, spans: Sequence[Sequence[int]]) -> tuple[str, ...]:
    """The words at these places, each once."""
    return tuple(dict.fromkeys(" ".join(text[start:end].split()) for start, end in spans if start < end))
