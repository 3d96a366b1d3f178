"""JSON Lines in and out: one document a line, answered by its utterances (``tracker extract``)."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Literal

from tracker.speech.evidence import as_rows, explain, reasons_of
from tracker.speech.reading import READER_VERSION, read_all, stopped
from tracker.speech.types import Manuscript, Mention, Quote, Reading, Said, Span

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_YEAR = re.compile(r"\d{4}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class BadLine(ValueError):
    """A line that is no document; the message says why, and `identity` is its id where it has one."""

    identity: str | None = None


def answer(line: str, *, explain: bool = False) -> dict[str, Any]:
    """The answer to one input line; a line that can't be read is answered with an error, never raised."""
    return answers([line], explain=explain)[0]


def answers(lines: Sequence[str], *, explain: bool = False) -> list[dict[str, Any]]:
    """The answers to some input lines, in their order; lines given together are read faster."""
    asked: list[tuple[str, Manuscript] | BadLine] = []
    for line in lines:
        try:
            asked.append(document(line))
        except BadLine as error:
            asked.append(error)
    readings = iter(_readings([one[1] for one in asked if not isinstance(one, BadLine)]))
    out: list[dict[str, Any]] = []
    for one in asked:
        if isinstance(one, BadLine):
            out.append({"id": one.identity, "error": str(one)})
            continue
        reading = next(readings)
        if isinstance(reading, str):
            out.append({"id": one[0], "error": reading})
            continue
        quotes = [quote(q, one[1].text, explained=explain) for q in reading.quotes]
        out.append({"id": one[0], "language": reading.language, "quotes": quotes})
    return out


def _readings(manuscripts: list[Manuscript]) -> list[Reading | str]:
    """Read documents together; where the reader raises, each alone, and the one it raised at gives a sentence."""
    try:
        return list(read_all(manuscripts))
    except Exception as error:  # noqa: BLE001 - whatever it is, it goes into the answer
        # The reader must never raise; should it, only the line it raised at goes without an answer.
        if len(manuscripts) == 1:
            return [stopped(error)]
        return [reading for one in manuscripts for reading in _readings([one])]


def document(line: str) -> tuple[str, Manuscript]:
    """The id and manuscript of an input line."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        message = f"not JSON: {error}"
        raise BadLine(message) from None
    if not isinstance(row, dict):
        message = "not a JSON object"
        raise BadLine(message)
    identity = row.get("id")
    try:
        manuscript = _manuscript(row)
    except BadLine as error:
        error.identity = identity if isinstance(identity, str) else None
        raise
    return str(identity), manuscript


def _manuscript(row: dict[str, Any]) -> Manuscript:
    text = row.get("text")
    if not isinstance(row.get("id"), str) or not isinstance(text, str):
        message = "id and text must be strings"
        raise BadLine(message)
    for key in ("title", "language", "published", "timezone"):
        if not isinstance(row.get(key), str | None):
            message = f"{key} must be a string"
            raise BadLine(message)
    kind = row.get("kind")
    if kind not in (None, "article", "transcript"):
        message = "kind must be article or transcript"
        raise BadLine(message)
    moment, precision = published(row.get("published"))
    return Manuscript(
        text=text,
        title=row.get("title"),
        published=moment,
        published_precision=precision,
        language=row.get("language"),
        kind=kind,
        timezone=row.get("timezone") or "UTC",
    )


def published(value: str | None) -> tuple[date | datetime | None, Literal["day", "month", "year"]]:
    """Read a publication date: a day, a time (without a zone: UTC), a month "YYYY-MM" or a year "YYYY"."""
    if not value:
        return None, "day"
    try:
        if _YEAR.fullmatch(value):
            return date(int(value), 1, 1), "year"
        if found := _MONTH.fullmatch(value):
            return date(int(found[1]), int(found[2]), 1), "month"
        if _DAY.fullmatch(value):
            return date.fromisoformat(value), "day"
        moment = datetime.fromisoformat(value)
    except (ValueError, OverflowError):
        message = "published must be an ISO date or time"
        raise BadLine(message) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)), "day"


def _span(span: Span | None) -> dict[str, int] | None:
    return None if span is None else {"start": span[0], "end": span[1]}


def quote(found: Quote, text: str = "", *, explained: bool = False) -> dict[str, Any]:
    """One utterance as it goes over the wire; ``explained`` adds which rules decided by which words of `text`."""
    row: dict[str, Any] = {
        "start": found.start,
        "end": found.end,
        "spans": [list(s) for s in found.spans],
        "kind": found.kind,
        "speaker": _speaker(found.speaker),
        "cue": _span(found.cue),
        "said": _said(found.said),
        "question": _span(found.question),
        "condition": _span(found.condition),
        "polarity": found.polarity.value,
        "altered": found.altered,
    }
    if explained:
        speaker = found.speaker
        row["why"] = {
            "quote": found.rule,
            "speaker": speaker.rule if speaker else "no source",
            "role": speaker.role if speaker else None,
            "chain": [list(s) for s in speaker.chain] if speaker else [],
            "said": found.said.rule or "no time expression",
            "facts": as_rows(explain(text, reasons_of(found, READER_VERSION), _read(text, found))),
        }
    return row


def _read(text: str, found: Quote) -> dict[str, dict[str, Any]]:
    """What a quote tells of each field, as the record keeps it of an appearance."""
    speaker, said = found.speaker, _said(found.said)
    return {
        "kind": {"kind": found.kind},
        "polarity": {"polarity": found.polarity.value},
        "speaker": {"name": speaker.name if speaker else None, "candidates": speaker.candidates if speaker else ()},
        "day": {"from": said["from"], "to": said["to"], "basis": "", "conflict": said["conflict"]},
        "question": {"question": text[slice(*found.question)] if found.question else None},
        "condition": {"condition": text[slice(*found.condition)] if found.condition else None},
    }


def _speaker(mention: Mention | None) -> dict[str, Any] | None:
    if mention is None:
        return None
    return {
        "start": mention.start,
        "end": mention.end,
        "text": mention.text,
        "name": mention.name,
        "candidates": list(mention.candidates),
    }


def _said(said: Said) -> dict[str, Any]:
    basis = said.basis if said.basis is None or isinstance(said.basis, str) else _span(said.basis)
    return {
        "from": said.first.isoformat() if said.first else None,
        "to": said.last.isoformat() if said.last else None,
        "precision": said.precision,
        "basis": basis,
        "conflict": said.conflict,
    }
