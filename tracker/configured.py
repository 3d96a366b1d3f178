"""What the configuration put into the record, and an audit entry for everything that a changed one changes."""

import json
from collections.abc import Mapping
from datetime import date, datetime

from tracker import audit
from tracker.db import Session
from tracker.record.queries import ConfiguredItems

LONGEST = 2000
ACTOR = "configuration"


def record_changes(
    session: Session, now: datetime, before: ConfiguredItems, after: ConfiguredItems, *, actor: str = ACTOR
) -> int:
    """Write what changed, field by field, and what is new, into the audit trail; how many entries.

    The first filling of an empty record is one entry that counts the things.
    """
    if not before:
        if not after:
            return 0
        kinds = [subject.partition(":")[0] for subject in after]
        told = ", ".join(f"{kind}: {kinds.count(kind)}" for kind in dict.fromkeys(kinds))
        audit.write(session, now, actor=ACTOR, action="configured for the first time", subject=ACTOR, new=told)
        return 1
    entries = 0
    for subject, fields in after.items():
        old = before.get(subject)
        if old is None:
            audit.write(session, now, actor=actor, action="added", subject=subject, new=_text(fields))
            entries += 1
            continue
        for field, value in fields.items():
            if value != old.get(field):
                audit.write(
                    session, now, actor=actor, action="changed", subject=subject, field=field,
                    old=_text(old.get(field)), new=_text(value),
                )  # fmt: skip
                entries += 1
    return entries


def _text(value: object) -> str:
    """A value as the trail keeps it: words as they are, all else as JSON."""
    if isinstance(value, str):
        return value[:LONGEST]
    return json.dumps(value, ensure_ascii=False, default=_plain, sort_keys=isinstance(value, Mapping))[:LONGEST]


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
