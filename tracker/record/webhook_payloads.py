"""What a webhook is told: the statement as the read interface gives it, with the occasion; the same facts as the mail."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tracker.alerts.models import Delivery, Occasion
from tracker.alerts.queries import followers, items
from tracker.db import Session
from tracker.positions.models import Shift
from tracker.record import export
from tracker.speech.models import Appearance, Correction

TYPES = {
    Occasion.NEW_CLAIMS: "statement.new",
    Occasion.SHIFT: "shift.signed",
    Occasion.SOURCE_CHANGED: "statement.source_changed",
    Occasion.CORRECTED: "statement.corrected",
    Occasion.PING: "ping",
}
"""The `type` of each occasion, in the standard's form: parts joined by full stops."""


def payload(session: Session, row: Delivery, base_url: str) -> str:
    """The body of the POST for a delivery: `type`, `timestamp` (since when it is owed) and `data`."""
    data: dict[str, Any] = {"occasion": row.occasion.value, "follows": _follows(session, row)}
    if row.occasion is not Occasion.PING:
        data |= _FACTS[row.occasion](session, int(row.subject.split(":")[1]), base_url)
    told = {
        "type": TYPES[row.occasion],
        "timestamp": row.owed_at.isoformat().replace("+00:00", "Z"),
        "data": data,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _follows(session: Session, row: Delivery) -> str | None:
    """The alert that it is owed to, in words."""
    if row.subscription_id is None:
        return None
    return followers.alerts_by_id(session, [row.subscription_id])[row.subscription_id].summary


def _statement(session: Session, claim_id: int, base_url: str) -> dict[str, Any]:
    told = _statements(session, [claim_id])[0]
    return {"statement": told, "link": _link(told, base_url)}


def _shift(session: Session, shift_id: int, base_url: str) -> dict[str, Any]:
    shift, item = session.get_one(Shift, shift_id), items.shift_item(session, shift_id)
    before, after = _statements(session, [shift.before_claim_id, shift.after_claim_id])
    return {
        "topic": shift.topic_id,
        "speaker": item.speaker,
        "finding": item.finding,
        "before": before,
        "statement": after,
        "link": _link(after, base_url),
    }


def _change(session: Session, appearance_id: int, base_url: str) -> dict[str, Any]:
    item = items.change_item(session, appearance_id)
    change = {"outlet": item.outlet, "url": item.address, "what": item.what, "now_reads": item.now_reads}
    return {**_statement(session, session.get_one(Appearance, appearance_id).claim_id, base_url), "change": change}


def _correction(session: Session, correction_id: int, base_url: str) -> dict[str, Any]:
    """The statement as it stands now: all its corrections are part of it; and in words the one that it is told for."""
    [item] = items.correction_items(session, [correction_id])
    claim_id = session.get_one(Correction, correction_id).claim_id
    return {**_statement(session, claim_id, base_url), "correction": list(item.what)}


_FACTS = {
    Occasion.NEW_CLAIMS: _statement,
    Occasion.SHIFT: _shift,
    Occasion.SOURCE_CHANGED: _change,
    Occasion.CORRECTED: _correction,
}


def _statements(session: Session, claim_ids: Sequence[int]) -> list[dict[str, Any]]:
    return export.claims_by_id(session, claim_ids)


def _link(statement: Mapping[str, Any], base_url: str) -> str:
    return f"{base_url}/c/{statement['claim']}"
