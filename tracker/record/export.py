"""`tracker export claims`: one claim a row with its whole provenance, oldest said first.

CSV is RFC 4180 in UTF-8; a cell that a spreadsheet would take for a formula gets a leading apostrophe.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from tracker import accounts
from tracker.db import Session
from tracker.record import queries
from tracker.speech.models import Claim, Precision
from tracker.speech.queries import corrections as correction_queries
from tracker.speech.queries import roles
from tracker.speech.wording import visible

FORMULA = ("=", "+", "-", "@", "\t", "\r", "|", "＝", "＋", "－", "＠")
LOT = 500
"""Claims whose provenance is read together: a fixed number of SELECTs for each lot."""
COLUMNS = (
    "claim",
    "text",
    "kind",
    "polarity",
    "speaker",
    "role",
    "said_from",
    "said_to",
    "said_precision",
    "said_basis",
    "said_conflict",
    "channel",
    "question",
    "condition",
    "topics",
    "codings",
    "status",
    "url",
    "outlet",
    "published",
    "fetched",
    "snapshot",
    "start",
    "end",
    "exact",
    "exact_sha256",
    "form",
    "state",
    "corrections",
)


MIME = {
    "csv": "text/csv",
    "jsonl": "application/jsonl",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The forms in which what a search finds is given; XLSX, which is no text, is written by `spreadsheet`."""
BYTE_ORDER_MARK = "\ufeff"
"""Begins each CSV: without it a spreadsheet opened by double click reads it in another encoding."""


def write(session: Session, form: str, topic_id: str | None) -> Iterator[str]:
    """The export in pieces: `jsonl` one object a line, `json` one list, `csv` one row for each appearance."""
    yield from formatted(claims(session, topic_id), form)


def formatted(rows: Iterable[dict[str, Any]], form: str) -> Iterator[str]:
    """Claims as the interface's objects, in a form of the export."""
    if form == "jsonl":
        yield from (json.dumps(row, ensure_ascii=True) + "\n" for row in rows)
    elif form == "json":
        yield json.dumps(list(rows), ensure_ascii=True, indent=1) + "\n"
    else:
        yield BYTE_ORDER_MARK + _csv_line(COLUMNS)
        for row in rows:
            yield from (_csv_line(line) for line in flat_rows(row))


def claims(session: Session, topic_id: str | None = None, public_id: str | None = None) -> Iterator[dict[str, Any]]:
    """Each claim as the interface's object, oldest said first (those whose day is unknown at the end)."""
    yield from _in_lots(session, queries.claims(session, topic_id, public_id))


def claims_by_id(session: Session, claim_ids: Sequence[int]) -> list[dict[str, Any]]:
    """These claims as the interface's objects, in this order."""
    place = {claim_id: number for number, claim_id in enumerate(claim_ids)}
    return list(_in_lots(session, sorted(queries.claims_by_id(session, claim_ids), key=lambda row: place[row[0].id])))


def _in_lots(session: Session, rows: Iterable[tuple[Claim, str | None]]) -> Iterator[dict[str, Any]]:
    left = iter(rows)
    while lot := list(islice(left, LOT)):
        ids = [claim.id for claim, _ in lot]
        held = roles(session, [claim for claim, _ in lot])
        topics, codings, places = _topics(session, ids), _codings(session, ids), _appearances(session, ids)
        notes = _corrections(session, ids)
        for claim, speaker in lot:
            yield {
                "claim": claim.public_id,
                "text": claim.text,
                "kind": claim.kind.value,
                "polarity": claim.polarity.value,
                "speaker": speaker,
                "role": held[claim.id],
                "candidates": list(claim.candidates),
                "said": _said(claim),
                "channel": claim.channel,
                "venue": claim.venue,
                "question": claim.question,
                "condition": claim.condition,
                "topics": topics.get(claim.id, []),
                "codings": codings.get(claim.id, []),
                "status": claim.status.value,
                "appearances": places.get(claim.id, []),
                "corrections": notes.get(claim.id, []),
            }


def flat_rows(row: dict[str, Any]) -> Iterator[list[Any]]:
    """One claim as CSV rows, one for each place where it stands.

    A spreadsheet shows them to people, so what is invisible goes; `exact` stays as it is, since its hash proves it.
    """
    said = row["said"]
    head = [
        row["claim"],
        row["text"],
        row["kind"],
        row["polarity"],
        row["speaker"],
        row["role"],
        said["from"],
        said["to"],
        said["precision"],
        said["basis"],
        said["conflict"],
        row["channel"],
        row["question"],
        row["condition"],
        "; ".join(link["topic"] for link in row["topics"]),
        "; ".join(f"{c['topic']}: {c['step']} {c['position']} ({c['state']} by {c['by']})" for c in row["codings"]),
        row["status"],
    ]
    corrected = "; ".join(_in_a_cell(one) for one in row["corrections"])
    for place in row["appearances"] or [{}]:
        cells = [*head, *(place.get(name) for name in COLUMNS[len(head) : -1]), corrected]
        yield [
            visible(value) if isinstance(value, str) and name != "exact" else value
            for name, value in zip(COLUMNS, cells, strict=True)
        ]


def _in_a_cell(note: dict[str, Any]) -> str:
    why = f" ({note['reason']})" if note["reason"] else ""
    return f"{note['at'][:10]} {note['field']}: {note['old']} → {note['new']}{why}"


def cell(value: object) -> str:
    """A value as a spreadsheet may safely open it."""
    text = "" if value is None else str(value).replace("\x00", "\ufffd")
    return f"'{text}" if text.startswith(FORMULA) else text


def _csv_line(values: Any) -> str:  # noqa: ANN401 - any sequence of cells
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerow([cell(value) for value in values])
    return buffer.getvalue()


def _said(claim: Claim) -> dict[str, Any]:
    return {
        "from": claim.said_from.isoformat() if claim.said_from else None,
        "to": claim.said_to.isoformat() if claim.said_to else None,
        "precision": claim.said_precision.value if claim.said_from else Precision.UNKNOWN.value,
        "basis": claim.said_basis,
        "conflict": claim.said_conflict,
    }


def _topics(session: Session, claim_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    links = queries.topic_links(session, claim_ids)
    return _by_claim((link.claim_id, {"topic": link.topic_id, "matched": list(link.matched)}) for link in links)


def _codings(session: Session, claim_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    rows = list(queries.codings(session, claim_ids))
    names = accounts.public_names(session, {coding.by for coding, _ in rows})
    return _by_claim(
        (
            coding.claim_id,
            {
                "topic": coding.topic_id,
                "position": position.label if position else coding.reading.value,
                "step": position.step if position else None,
                "state": coding.state.value,
                "by": names[coding.by],
                "at": _time(coding.at),
                "reasons": list(coding.reasons),
            },
        )
        for coding, position in rows
    )


def _corrections(session: Session, claim_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    found = correction_queries.corrections(session, claim_ids)
    names = accounts.public_names(session, {one.by for notes in found.values() for one in notes})
    return _by_claim(
        (
            claim_id,
            {
                "field": one.field,
                "old": one.old,
                "new": one.new,
                "reason": one.reason,
                "by": names[one.by],
                "at": _time(one.at),
            },
        )
        for claim_id, notes in found.items()
        for one in notes
    )


def _appearances(session: Session, claim_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    rows = queries.appearances(session, claim_ids)
    return _by_claim(
        (
            place.claim_id,
            {
                "url": document.url,
                "outlet": document.outlet,
                "published": _time(document.published_at),
                "fetched": _time(snapshot.fetched_at),
                "snapshot": snapshot.sha256,
                "start": place.start,
                "end": place.end,
                "spans": [list(span) for span in place.spans],
                "exact": place.exact,
                "exact_sha256": place.exact_sha256,
                "form": place.form.value,
                "state": place.state.value,
            },
        )
        for place, snapshot, document in rows
    )


def _by_claim(rows: Iterable[tuple[int, dict[str, Any]]]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for claim_id, row in rows:
        found.setdefault(claim_id, []).append(row)
    return found


def _time(value: datetime | None) -> str | None:
    return value.isoformat().replace("+00:00", "Z") if value else None
