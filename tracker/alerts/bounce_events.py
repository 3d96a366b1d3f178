"""What a mail provider posts of mails that came back: JSON of several providers, read as a mailbox is. Pure.

Which mail it was, only our own id says, wherever it stands; how bad it is, the words that providers use for it. Known are the
events of Mailgun, SendGrid and Brevo, and a form of our own: `{"event": "hard", "message_id": "<…@…>", "reason": "…"}`.
"""

import json
from collections.abc import Iterator

from tracker.alerts.bounce_reports import OUR_ID, BounceReport, Severity
from tracker.errors import TrackerError

KINDS = frozenset({"event", "type", "severity"})
"""Keys whose words say what happened."""
REASONS = ("reason", "description", "response", "message")
WORDS: tuple[tuple[Severity, frozenset[str], str], ...] = (
    (Severity.DELAY, frozenset({"deferred", "delayed", "temporary"}), "a server goes on trying"),
    (Severity.SOFT, frozenset({"soft", "soft_bounce", "blocked"}), "mail came back"),
    (
        Severity.HARD,
        frozenset({"complaint", "complained", "spam", "spamreport"}),
        "its reader told the mail provider that our mails are unwanted",
    ),
    (Severity.HARD, frozenset({"hard", "hard_bounce", "invalid_email", "bounce", "failed"}), "mail came back"),
)
"""The first line with a word of an event is what it means: what is temporary is so, though it is called failed, too."""
MOST_EVENTS = 1000
DEEPEST = 8


class BadEvents(TrackerError):
    """What was posted is no JSON of events."""


def read_events(raw: bytes) -> list[BounceReport]:
    """The reports in what was posted; what tells of no failure, or of no mail like ours, is none. Raises `BadEvents`."""
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BadEvents("what was posted is no JSON") from error
    events = told if isinstance(told, list) else [told]
    found = (_report(event) for event in events[:MOST_EVENTS])
    return [report for report in found if report is not None]


def _report(event: object) -> BounceReport | None:
    values = list(_values(event, "", DEEPEST))
    ids = tuple(dict.fromkeys(one for _, value in values for one in OUR_ID.findall(value)))
    words = {value.strip().lower() for key, value in values if key in KINDS}
    line = next(((severity, says) for severity, known, says in WORDS if words & known), None)
    if line is None or not ids:
        return None
    severity, says = line
    reason = next((value for name in REASONS for key, value in values if key == name and value.strip()), "")
    return BounceReport(message_ids=ids, severity=severity, reason=f"{says}: {reason}" if reason else says)


def _values(value: object, key: str, depth: int) -> Iterator[tuple[str, str]]:
    """Each text of a value with the key it stands under."""
    if isinstance(value, str):
        yield key, value
    elif depth and isinstance(value, dict):
        for name, inner in value.items():
            yield from _values(inner, str(name).lower(), depth - 1)
    elif depth and isinstance(value, list):
        for inner in value:
            yield from _values(inner, key, depth - 1)
